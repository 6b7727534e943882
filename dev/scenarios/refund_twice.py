"""A back office asks for the same refund again, with the same id and with others: the money goes back once."""

from dev.driver.shopping import GRACE, SETTLED, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.AFTERWARDS, "重複的退款要求", "後台用同一個和不同的編號要求同一筆退款：只退一次。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("賴怡君")

    stage.step("訂購")
    order = await buy(customer, stage.pay, "高山烏龍茶 2 罐", "賴怡君 0922888777 新竹市東區光復路二段101號")
    captured = await stage.books.captured(order)
    await stage.order_system.wait_for(order, "order.paid.v1", timeout=SETTLED + GRACE)

    stage.step("退款，同一事件送三次")
    event = stage.shop_office.event("refund.requested.v1", order, {"reason": "商品破損"})
    for _ in range(3):
        taken = await stage.shop_office.send(event)
        stage.expect(taken.status == 202, "the request is taken")

    stage.step("另一個事件再要一次")
    again = await stage.back_office.refund(order, "商品破損")
    stage.expect(again.status == 202, "it is taken as well")
    await customer.wait_for("退款完成", SETTLED + GRACE)
    await stage.books.wait_until_refunded(order, captured, GRACE)
    over = await stage.shop_office.refund(order, "再一次", captured)
    stage.expect(over.status == 202, "so is one after the money is back")

    stage.step("只退一次")
    events = await stage.order_system.wait_for(
        order, "order.paid.v1", "order.refunded.v1", timeout=SETTLED + GRACE
    )
    told = events[-1]["data"]
    stage.expect(
        (told["refundedAmount"], told["refundedTotal"]) == (captured, captured),
        f"the order system hears of {captured} given back",
    )
    more = await customer.new_messages(quiet_seconds=5.0)
    stage.expect(more == [], "nothing more is said")
    stage.expect(await stage.books.refunded(order) == captured, "LINE Pay gave back what it took, once")
