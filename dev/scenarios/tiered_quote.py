"""A quote close to its next price tier; one tap takes it there, and services are quoted beside it."""

from dev.driver.customer import anything
from dev.driver.shopping import (
    ANSWER,
    GRACE,
    accept,
    ask_for_quote,
    has_accept,
    wait_for_payment_link,
    wait_until_paid,
)
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.ORDERING, "差一點就有量大優惠", "報價差四盒就到下一級價格，按一下補到；服務項目也一起報價。"
)

DETAILS = "謝宜君 0911222333 台北市松山區民生東路五段69號"


async def play(stage: Stage) -> None:
    customer = await stage.customer("謝宜君")

    stage.step("離下一級只差 4 盒")
    quote = await ask_for_quote(customer, "茉莉綠茶 20 盒")
    stage.expect("NT$3,600" in quote.words, "20 boxes cost NT$180 each")
    stage.expect("再加 4 盒" in quote.words and "NT$9" in quote.words, "4 more save NT$9 on every box")

    stage.step("按一下就到")
    await customer.tap("再加 4 盒")
    better = await customer.wait_for("NT$4,104", ANSWER + GRACE)
    stage.expect("量大優惠" in better.words, "24 boxes cost NT$171 each, and the quote says why")

    stage.step("加上服務項目")
    await customer.say("加禮盒包裝 2 組，低溫宅配")
    whole = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect(
        "NT$120" in whole.words and "NT$160" in whole.words, "wrapping by the set, chilled delivery once"
    )
    stage.expect("NT$4,384" in whole.words, "the total has them both")

    stage.step("付款")
    await accept(customer, whole)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say(DETAILS)
    await stage.pay.approve(await wait_for_payment_link(customer))
    order = await wait_until_paid(customer)
    stage.expect(
        await stage.books.captured(order) == 4_384, "LINE Pay took what the quote said; shipping is free"
    )
