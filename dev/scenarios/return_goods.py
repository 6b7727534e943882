"""Goods that came are to go back, by button and with a photo; the back office refunds and the customer hears of it."""

from dev.driver.shopping import ANSWER, GRACE, NOTICE, SETTLED, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.AFTERWARDS, "退貨", "收到後用按鈕申請退貨並附照片；後台退款，顧客收到通知。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("何佳穎")
    staff = await stage.staff()

    stage.step("訂購與送達")
    order = await buy(customer, stage.pay, "雙層玻璃杯 5 個", "何佳穎 0938777888 台北市信義區市府路45號")
    captured = await stage.books.captured(order)
    for status in ("shipped", "delivered"):
        await stage.back_office.shipment_status(order, status)
        await customer.wait_for(order, NOTICE + GRACE)

    stage.step("評分")
    await customer.tap("不滿意")
    await customer.wait_for("很抱歉", ANSWER + GRACE)
    await customer.say("杯子太薄了")
    await customer.wait_for("已轉達", ANSWER + GRACE)
    card = await staff.wait_for("顧客評分很低", NOTICE + GRACE)
    stage.expect(order in card.words, "staff see the score with the order")

    stage.step("退貨申請")
    await customer.say(order)
    status_card = await customer.wait_for("已送達", ANSWER + GRACE)
    stage.expect("退換貨" in status_card.everything, "the delivered order's card offers a return")
    await customer.tap("退換貨")
    await customer.wait_for("退換貨申請", ANSWER + GRACE)
    await customer.tap("退貨退款")
    await customer.wait_for("退貨的原因", ANSWER + GRACE)
    await customer.tap("不合需求")
    taken = await customer.wait_for("已收到退貨申請", ANSWER + GRACE)
    stage.expect("LINE Pay" in taken.words, "the customer hears what happens next")
    card = await staff.wait_for("顧客申請退換貨", NOTICE + GRACE)
    stage.expect("雙層玻璃杯" in card.words and "不合需求" in card.words, "staff see what and why")
    await customer.photo()
    await customer.wait_for("收到照片", ANSWER + GRACE)

    stage.step("退款")
    await stage.shop_office.refund(order, "七天內退貨")
    refunded = await customer.wait_for("退款完成", SETTLED + GRACE)
    stage.expect(f"NT${captured:,}" in refunded.words, f"all of it is back: NT${captured:,}")
    stage.expect(await stage.books.refunded(order) == captured, "LINE Pay gave it back")
    await customer.say(order)
    ended = await customer.wait_for("已退款", ANSWER + GRACE)
    stage.expect("退換貨" not in ended.labels, "nothing more can go back")
