"""A customer cancels a paid order: the order system stops packing, all money goes back, the goods are free again."""

from dev.driver.shopping import ANSWER, GRACE, SETTLED, ask_for_quote, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.AFTERWARDS, "取消已付款的訂單", "取消已付款的訂單：訂單系統停止備貨，全額退款，庫存釋出。"
)

ALL_OF_IT = "限量春茶 5 罐"


async def play(stage: Stage) -> None:
    customer = await stage.customer("徐佳玲")

    stage.step("訂購全部庫存並付款")
    order = await buy(customer, stage.pay, ALL_OF_IT, "徐佳玲 0988000111 台北市大安區和平東路一段1號")
    captured = await stage.books.captured(order)

    stage.step("取消")
    await customer.say("取消")
    pending = await customer.wait_for("退款", ANSWER + GRACE)
    stage.expect(f"NT${captured:,}" in pending.words, "the answer names the amount")
    done = await customer.wait_for("退款完成", SETTLED + GRACE)
    stage.expect(order in done.words, "the customer hears that the money is back")
    stage.expect(await stage.books.refunded(order) == captured, "LINE Pay gave all of it back")
    events = await stage.order_system.wait_for(
        order, "order.paid.v1", "order.cancelled.v1", "order.refunded.v1", timeout=SETTLED + GRACE
    )
    stage.expect(events[-1]["data"]["refundedTotal"] == captured, "the order system heard all three")

    stage.step("再取消一次也不會多退")
    await customer.say(order)
    await customer.wait_for("已退款", ANSWER + GRACE)
    again = await stage.back_office.cancel(order, "late")
    stage.expect(again.status == 202, "a late cancellation is taken")
    await customer.new_messages(quiet_seconds=4.0)
    stage.expect(await stage.books.refunded(order) == captured, "and gives nothing more back")

    stage.step("庫存回來了")
    other = await stage.customer("方大同")
    quote = await ask_for_quote(other, ALL_OF_IT)
    stage.expect("NT$6,000" in quote.words, "somebody else can have all of it")
    await other.say("取消")
    await other.wait_for("先不訂", ANSWER + GRACE)
