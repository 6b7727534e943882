"""LINE Pay takes the money and its answer is lost; the shop finds out, tells it once, and never says "failed"."""

from dev.driver.shopping import GRACE, PAID, SETTLED, order_and_get_link, times_told_paid, wait_until_paid
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.PAYMENT, "扣款成功但回覆遺失", "LINE Pay 扣了款，回覆卻遺失；商店查明後只說一次，絕不說「失敗」。"
)

# Words that nobody may read while the outcome is unknown.
FAILED = ("付款失敗", "未完成付款", "付款未通過", "failed")


async def play(stage: Stage) -> None:
    customer = await stage.customer("蔡佩珊")

    stage.step("訂購")
    link = await order_and_get_link(customer, "茉莉綠茶 3 盒", "蔡佩珊 0955123123 台南市東區大學路1號")

    stage.step("付款，回覆遺失")
    page = await stage.pay.lose_answer(link)
    stage.expect(not any(words in page.text for words in FAILED), "the page does not speak of a failure")
    order = await wait_until_paid(customer, SETTLED)
    payment = await stage.books.payment(link)
    stage.expect(payment["state"] == "confirmed", f"LINE Pay has the money of {order}")
    stage.expect(await stage.books.captured(order) == int(payment["amount"]), "and has it once")

    stage.step("只說一次")
    await stage.order_system.wait_for(order, "order.paid.v1", timeout=SETTLED + GRACE)
    later = await customer.new_messages(quiet_seconds=3.0)
    stage.expect(later == [], "nothing more is said")
    stage.expect(await times_told_paid(customer) == 1, "the payment was told once")
    chat = await customer.chat()
    told = [message.words for message in chat if message.from_shop]
    stage.expect(not any(words in said for said in told for words in FAILED), "a failure was never told")
    stage.expect(any(words in said for said in told for words in PAID), "the chat says that it was paid")
