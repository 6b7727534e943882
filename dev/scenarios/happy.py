"""A customer asks for three cases of tea, accepts, pays, and follows the parcel to the door."""

from dev.driver.customer import anything
from dev.driver.shopping import (
    ANSWER,
    GRACE,
    NOTICE,
    accept,
    ask_for_quote,
    wait_for_payment_link,
    wait_until_paid,
)
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "一路順利", "顧客詢價三箱茶、接受報價、付款，一路收到出貨和送達通知。")


async def play(stage: Stage) -> None:
    customer = await stage.customer()

    stage.step("詢價")
    quote = await ask_for_quote(customer, "我要 3 箱茉莉綠茶")
    stage.expect("NT$6,156" in quote.words, "the quote shows NT$6,156 (36 boxes at the case price)")

    stage.step("接受報價")
    await accept(customer, quote)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say("王小明 0912345678 台北市信義區市府路45號")
    link = await wait_for_payment_link(customer)

    stage.step("付款")
    await stage.pay.approve(link)
    order = await wait_until_paid(customer)
    stage.expect(bool(order), f"the payment arrived for order {order}")

    stage.step("出貨")
    for status, notified in (("preparing", False), ("shipped", True), ("delivered", True)):
        taken = await stage.back_office.shipment_status(order, status)
        stage.expect(taken.status == 202, f"{status} is taken")
        if notified:
            notice = await customer.wait_for(order, NOTICE + GRACE)
            stage.expect(notice.via == "push", f"the customer hears of {status}")

    stage.step("查詢")
    await customer.say("我的訂單")
    status_card = await customer.wait_for(order, ANSWER + GRACE)
    stage.expect("已送達" in status_card.words or "完成" in status_card.words, "the status says 已送達")
