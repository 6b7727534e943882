"""A customer has the parcel sent to a convenience store and picks it up there."""

from dev.driver.shopping import ANSWER, GRACE, NOTICE, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.DELIVERY, "超商取貨", "包裹寄到便利商店，顧客到店取件。")

STORE = {"name": "7-11 市府門市", "address": "台北市信義區市府路1號", "deadline": "2030-12-31"}


async def play(stage: Stage) -> None:
    customer = await stage.customer("陳美玲")

    stage.step("訂購")
    order = await buy(customer, stage.pay, "太陽餅 2 盒", "陳美玲 0922333444 7-11 市府門市")

    stage.step("到店")
    await stage.back_office.shipment_status(
        order, "shipped", carrier="7-ELEVEN", trackingNumber="P12345678901"
    )
    await stage.back_office.shipment_status(order, "ready_for_pickup", store=STORE)
    arrived = await customer.wait_for(order, NOTICE + GRACE)
    stage.expect("市府" in arrived.words, "the notice names the store")

    stage.step("取件")
    await stage.back_office.shipment_status(order, "picked_up")
    await customer.wait_for(order, NOTICE + GRACE)
    await customer.say(order)
    status_card = await customer.wait_for(order, ANSWER + GRACE)
    stage.expect("P12345678901" in status_card.words, "the status shows the tracking number")
    stage.expect(
        "取件" in status_card.words or "已領" in status_card.words, "the status says that it was picked up"
    )
