"""A customer links an order from a web shop by its number and the phone, and hears of its parcel like of any other."""

import secrets

from dev.driver.shopping import ANSWER, GRACE, NOTICE, order_number
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.PEOPLE, "綁定其他通路的訂單", "顧客以訂單編號與手機末四碼綁定官網訂單，之後照常收到配送通知。"
)

PHONE = "0922-333-444"
DIGITS = "3444"


async def play(stage: Stage) -> None:
    customer, stranger = await stage.customer("林小雨"), await stage.customer("陳大文")
    number = f"WEB-{secrets.token_hex(4).upper()}-7"

    stage.step("官網訂單")
    placed = await stage.shop_office.order_placed(number, PHONE)
    stage.expect(placed.status == 202, "the web shop's event is taken")
    refused = await stage.shop_office.shipment_status(number, "shipped")
    stage.expect(refused.status == 403, "the web shop may not speak of parcels, the warehouse does")
    await stage.back_office.shipment_status(number, "shipped", carrier="tcat", trackingNumber="905512345678")

    stage.step("陌生人")
    await stranger.say(f"綁定訂單 {number}")
    asked = await stranger.wait_for("末 4 碼", ANSWER + GRACE)
    await stranger.say("0000")
    wrong = await stranger.wait_for("資料不符", ANSWER + GRACE)
    await stranger.say("綁定訂單 WEB-NOBODY-1")
    asked_of_none = await stranger.wait_for("末 4 碼", ANSWER + GRACE)
    await stranger.say(DIGITS)
    none = await stranger.wait_for("資料不符", ANSWER + GRACE)
    stage.expect(
        (asked.words, wrong.words) == (asked_of_none.words, none.words),
        "wrong digits and a number that never was are answered alike",
    )

    stage.step("綁定")
    await customer.say("綁定訂單")
    await customer.wait_for("訂單編號", ANSWER + GRACE)
    await customer.say(number.lower())
    await customer.wait_for("末 4 碼", ANSWER + GRACE)
    await customer.say(DIGITS)
    await customer.wait_for("已綁定訂單", ANSWER + GRACE)
    card = await customer.wait_for("已出貨", ANSWER + GRACE)
    ours = order_number(card)
    stage.expect(number in card.words and "905512345678" in card.words, "the answer is where it stands")

    stage.step("之後")
    await stranger.say(f"綁定訂單 {ours}")
    await stranger.wait_for("末 4 碼", ANSWER + GRACE)
    await stranger.say(DIGITS)
    theirs = await stranger.wait_for("資料不符", ANSWER + GRACE)
    stage.expect(theirs.words == none.words, "somebody else's order is answered like one that never was")
    await stage.back_office.shipment_status(number, "delivered")
    notice = await customer.wait_for(ours, NOTICE + GRACE)
    stage.expect("已送達" in notice.words, "from now on the customer hears of it")
    await customer.say("我的訂單")
    listed = await customer.wait_for("已送達", ANSWER + GRACE)
    stage.expect(number in listed.words, "it is among the customer's orders")
    events = await stage.order_system.events_of(ours)
    stage.expect(not events, "the order system hears nothing of it")
