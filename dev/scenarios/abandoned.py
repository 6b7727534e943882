"""A customer pays and closes the window before the shop's page opens; the shop finds out by itself."""

from dev.driver.customer import anything
from dev.driver.shopping import (
    ANSWER,
    GRACE,
    accept,
    ask_for_quote,
    wait_for_payment_link,
    wait_until_paid,
)
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.PAYMENT, "付款後關閉視窗", "顧客付款後沒等頁面打開就關掉；商店自己發現已經付款。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("黃淑芬")

    stage.step("訂購")
    quote = await ask_for_quote(customer, "紅茶一箱")
    await accept(customer, quote)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say("黃淑芬 0966555444 新北市板橋區縣民大道二段7號")
    link = await wait_for_payment_link(customer)

    stage.step("付款後關閉視窗")
    await stage.pay.approve_and_leave(link)
    order = await wait_until_paid(customer, stage.patience)
    stage.expect(bool(order), f"the shop found the payment of order {order}")
