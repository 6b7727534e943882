"""A customer looks at what is kept, wishes to be forgotten, hears that it is done, and orders again as somebody new."""

from dev.driver.shopping import ANSWER, GRACE, NOTICE, ask_for_quote, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.PEOPLE, "刪除個人資料", "顧客查看留存的資料、要求刪除、收到完成通知，再以新顧客身分訂購。"
)

SWEPT = 150.0
"""Seconds; the sweeper, who carries it out, comes once a minute."""

DETAILS = "金絲雀 0987654321 台北市信義區市府路45號"


async def play(stage: Stage) -> None:
    customer = await stage.customer("金絲雀")

    stage.step("訂購與送達")
    order = await buy(customer, stage.pay, "茉莉綠茶 3 盒", DETAILS)
    await customer.say("刪除我的資料")
    asked = await customer.wait_for("要刪除您的資料嗎", ANSWER + GRACE)
    stage.expect(
        order in asked.words, "an order under way is named: it keeps its details until it has arrived"
    )
    for status in ("shipped", "delivered"):
        await stage.back_office.shipment_status(order, status)
        await customer.wait_for(order, NOTICE + GRACE)

    stage.step("我的資料")
    await customer.say("我的資料")
    shown = await customer.wait_for("保存期限", ANSWER + GRACE)
    stage.expect("金絲雀" in shown.words and "市府路45號" in shown.words, "the customer sees what is kept")
    stage.expect("0987654321" not in shown.words, "the phone number is masked")

    stage.step("刪除我的資料")
    await customer.tap("刪除我的資料")
    asked = await customer.wait_for("要刪除您的資料嗎", ANSWER + GRACE)
    stage.expect(
        "會留下" in asked.words and order not in asked.words, "the card says what goes and what stays"
    )
    await customer.tap("確定刪除")
    await customer.wait_for("正在刪除您的資料", ANSWER + GRACE)
    await customer.wait_for("已全部刪除", SWEPT)

    stage.step("之後")
    await customer.say("我的資料")
    kept = await customer.wait_for("保存期限", ANSWER + GRACE)
    stage.expect("金絲雀" not in kept.words and "市府路" not in kept.words, "nothing is on file any more")
    await customer.say(order)
    card = await customer.wait_for(order, ANSWER + GRACE)
    stage.expect("金絲雀" not in card.words and "市府路" not in card.words, "the old order has no address")
    await ask_for_quote(customer, "茉莉綠茶 3 盒")
