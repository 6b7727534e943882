"""Events that cannot be applied wait at the replay desk: one is replayed and told of once, one is dismissed."""

from dev.driver.customer import anything
from dev.driver.shopping import (
    ANSWER,
    GRACE,
    NOTICE,
    accept,
    ask_for_quote,
    order_number,
    payment_link,
    wait_until_paid,
)
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.DELIVERY,
    "等待處理的事件",
    "倉庫的事件一時無法套用：店員在處理台看到內容和將送出的訊息，再決定重送或擱置。",
)


async def play(stage: Stage) -> None:
    customer = await stage.customer("許家豪")

    stage.step("出貨通知比付款早到")
    quote = await ask_for_quote(customer, "茉莉綠茶 3 盒")
    await accept(customer, quote)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say("許家豪 0922333444 台南市東區大學路1號")
    card = await customer.wait_for(lambda message: payment_link(message) is not None, ANSWER + GRACE)
    order, link = order_number(card), str(payment_link(card))
    early = await stage.back_office.shipment_status(order, "shipped", carrier="tcat")
    stage.expect(early.status == 202, "the event is taken")
    parked = await stage.replay_desk.waiting(NOTICE + GRACE, early.event["id"])
    stage.expect(parked["why"] == "order-not-paid", "it waits, since the order is not paid")
    shown = await stage.replay_desk.show(parked)
    stage.expect(shown["wouldGoOut"] == [], f"nothing would go out now: {shown['nothingBecause']}")

    stage.step("付款後重送")
    await stage.pay.approve(link)
    await wait_until_paid(customer)
    shown = await stage.replay_desk.show(parked)
    if shown["kind"] == "parked":
        (notice,) = shown["wouldGoOut"]
        stage.expect(order in notice["text"], "the desk shows the message that would go out")
        await stage.replay_desk.replay(parked, "付款已完成")
    told = await customer.wait_for("已出貨", NOTICE + GRACE)
    stage.expect(order in told.words, "the customer hears that the order is on its way")
    await stage.replay_desk.becomes(parked, "applied", NOTICE + GRACE)
    await stage.back_office.send(early.event)

    stage.step("不認識的狀態")
    odd = await stage.back_office.shipment_status(order, "handed_to_a_drone")
    unknown = await stage.replay_desk.waiting(NOTICE + GRACE, odd.event["id"])
    stage.expect(unknown["why"] == "unknown-status:handed_to_a_drone", "a word that nobody knows waits")
    await stage.replay_desk.dismiss(unknown, "倉庫測試用的狀態")
    gone = await stage.replay_desk.becomes(unknown, "dismissed", NOTICE + GRACE)
    stage.expect(gone["audit"][0]["note"] == "倉庫測試用的狀態", "who dismissed it and why is kept")

    stage.step("一切照常")
    await stage.back_office.shipment_status(order, "delivered")
    await customer.wait_for("已送達", NOTICE + GRACE)
    heard = [message for message in await customer.chat() if message.from_shop and "已出貨" in message.words]
    stage.expect(len(heard) == 1, "the customer was told once that the order is on its way")
