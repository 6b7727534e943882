"""A part of the money goes back, then the rest, then nobody can have more than was paid."""

from dev.driver.shopping import GRACE, SETTLED, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.AFTERWARDS, "部分退款", "先退一部分，再退其餘；退款總額不會超過付款金額。")

PART = 100


async def play(stage: Stage) -> None:
    customer = await stage.customer("洪雅琪")

    stage.step("訂購")
    order = await buy(customer, stage.pay, "雙層玻璃杯 5 個", "洪雅琪 0937555666 全家 西門町店")
    captured = await stage.books.captured(order)

    stage.step("部分退款")
    await stage.shop_office.refund(order, "一個有刮痕", PART)
    partly = await customer.wait_for("退款完成", SETTLED + GRACE)
    stage.expect(f"NT${PART}" in partly.words, f"the message names NT${PART}")
    stage.expect(await stage.books.refunded(order) == PART, "LINE Pay gave back a part")

    stage.step("要得比剩下的多")
    await stage.shop_office.refund(order, "全部", captured)
    stage.expect(await customer.new_messages(quiet_seconds=4.0) == [], "more than is left is not given")
    stage.expect(await stage.books.refunded(order) == PART, "and LINE Pay was not asked")

    stage.step("退回其餘")
    await stage.shop_office.refund(order, "其餘")
    await customer.wait_for("退款完成", SETTLED + GRACE)
    stage.expect(await stage.books.refunded(order) == captured, "now all of it is back")
    events = await stage.order_system.wait_for(
        order, "order.paid.v1", "order.refunded.v1", "order.refunded.v1", timeout=SETTLED + GRACE
    )
    told = [(event["data"]["refundedAmount"], event["data"]["refundedTotal"]) for event in events[1:]]
    stage.expect(
        told == [(PART, PART), (captured - PART, captured)], "the order system hears of both, with the sum"
    )
