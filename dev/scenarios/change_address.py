"""A customer changes the address of a paid order; the order system hears of it, until there is a label."""

from dev.driver.shopping import ANSWER, GRACE, SETTLED, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.DELIVERY, "更改地址", "付款後更改配送地址，訂單系統會收到；託運單建立後就不能改。")

NEW = "台中市西屯區台灣大道三段99號"


async def play(stage: Stage) -> None:
    customer = await stage.customer("孫建宏")

    stage.step("訂購")
    order = await buy(customer, stage.pay, "鳳梨酥 2 盒", "孫建宏 0912000111 7-11 市府門市")
    (first,) = await stage.order_system.wait_for(order, "order.paid.v1", timeout=SETTLED + GRACE)

    stage.step("改成宅配：運費不夠")
    await customer.say("改地址")
    await customer.wait_for("配送", ANSWER + GRACE)
    await customer.say(NEW)
    refused = await customer.wait_for("運費", ANSWER + GRACE)
    stage.expect("轉真人客服" in refused.everything, "a person is offered")

    stage.step("改成另一家門市")
    await customer.say("改地址")
    await customer.wait_for("配送", ANSWER + GRACE)
    await customer.say("林小雨 0912000222 全家 西門町店")
    changed = await customer.wait_for("配送資料已更新", ANSWER + GRACE)
    stage.expect("西門町" in changed.words, "the answer shows the other store")
    events = await stage.order_system.wait_for(
        order, "order.paid.v1", "order.paid.v1", timeout=SETTLED + GRACE
    )
    second = events[-1]
    stage.expect(second["supersedes"] == first["id"] != second["id"], "it stands in the place of the first")
    delivery = second["data"]["delivery"]
    stage.expect(
        delivery
        == {
            "method": "store",
            "recipient": {"name": "林小雨", "phone": "0912000222"},
            "store": {"chain": "family", "name": "西門町店"},
        },
        "the order system knows where it goes now",
    )
    same = {name: value for name, value in first["data"].items() if name != "delivery"}
    stage.expect(
        {name: value for name, value in second["data"].items() if name != "delivery"} == same,
        "nothing else changed, the price least of all",
    )

    stage.step("託運單建立之後")
    await stage.back_office.shipment_status(order, "label_created")
    await customer.new_messages(quiet_seconds=2.0)
    await customer.say("改地址")
    late = await customer.wait_for("託運單", ANSWER + GRACE)
    stage.expect(order in late.words, "it is too late now, and says so")
