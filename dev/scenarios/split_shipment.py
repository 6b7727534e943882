"""One order in two parcels: the first arrives while the second is still to come, and both say where the order is."""

from dev.driver.customer import Customer, Message
from dev.driver.shopping import ANSWER, GRACE, NOTICE, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.DELIVERY, "分兩件寄出", "一筆訂單分兩個包裹：第一件先送達，第二件後到；訂單狀態由兩件一起決定。"
)

TEA, CAKES = {"sku": "TEA-JAS", "quantity": 12}, {"sku": "CAK-PIN", "quantity": 2}


async def play(stage: Stage) -> None:
    customer = await stage.customer("曾雅文")

    stage.step("訂購")
    order = await buy(
        customer, stage.pay, "茉莉綠茶 12 盒、鳳梨酥 2 盒", "曾雅文 0928111222 台中市西區公益路68號"
    )

    stage.step("第一個包裹")
    await stage.back_office.shipment_status(
        order, "shipped", "S1", carrier="tcat", trackingNumber="905512345678", items=[TEA]
    )
    left = await customer.wait_for(order, NOTICE + GRACE)
    stage.expect("905512345678" in left.words, "the notice has the first parcel's number")
    await stage.back_office.shipment_status(order, "delivered", "S1")
    arrived = await customer.wait_for("已送達", NOTICE + GRACE)
    stage.expect("其他包裹" in arrived.words, "the notice says that more is on its way")
    stage.expect(arrived.labels == _without_scores(arrived), "and does not ask yet how it was")
    status = await _status_of(customer, order)
    stage.expect("部分送達" in status.words, "the order is there in part")

    stage.step("第二個包裹")
    await stage.back_office.shipment_status(
        order, "shipped", "S2", carrier="tcat", trackingNumber="905512345689", items=[CAKES]
    )
    second = await customer.wait_for(order, NOTICE + GRACE)
    stage.expect("第 2 個包裹，共 2 個" in second.words, "the notice says which of the two it is")
    status = await _status_of(customer, order)
    stage.expect(
        "905512345678" in status.words and "905512345689" in status.words, "the order shows both parcels"
    )

    stage.step("全部送達")
    await stage.back_office.shipment_status(order, "delivered", "S2")
    last = await customer.wait_for("已送達", NOTICE + GRACE)
    stage.expect("滿意" in last.words, "the last parcel asks how it was")
    status = await _status_of(customer, order)
    stage.expect("部分送達" not in status.words and "訂單已完成" in status.words, "now all of it is there")


async def _status_of(customer: Customer, order: str) -> Message:
    await customer.say(order)
    return await customer.wait_for(order, ANSWER + GRACE)


def _without_scores(message: Message) -> list[str]:
    return [label for label in message.labels if "滿意" not in label]
