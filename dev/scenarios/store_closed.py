"""The store for the pick-up closes; the customer hears of it, and of the parcel's way on."""

from dev.driver.shopping import GRACE, NOTICE, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.DELIVERY, "取件門市關閉", "取件門市暫停營業；顧客收到通知，也知道包裹改到哪裡。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("許雅婷")

    stage.step("訂購")
    order = await buy(customer, stage.pay, "珍珠 3 包", "許雅婷 0977888999 全家 西門町店")

    stage.step("門市關閉")
    await stage.back_office.shipment_status(order, "store_closed", note="門市暫停營業")
    await customer.wait_for(order, NOTICE + GRACE)

    stage.step("改送其他門市")
    other = {"name": "全家 中華店", "address": "台北市萬華區中華路一段90號", "deadline": "2030-12-31"}
    await stage.back_office.shipment_status(order, "ready_for_pickup", store=other)
    arrived = await customer.wait_for(order, NOTICE + GRACE)
    stage.expect("中華" in arrived.words, "the notice names the other store")
