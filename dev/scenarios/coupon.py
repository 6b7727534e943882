"""A code on the quote: wrong ones change nothing, the right one takes NT$100 off, once, and comes back unpaid."""

from dev.driver.customer import anything
from dev.driver.shopping import (
    ANSWER,
    GRACE,
    SETTLED,
    accept,
    ask_for_quote,
    has_accept,
    wait_for_payment_link,
    wait_until_paid,
)
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "折扣碼", "錯的折扣碼什麼都不改，對的折抵 NT$100，只能用一次，沒付款會退回。")

CODE = "TEA100"


async def play(stage: Stage) -> None:
    customer = await stage.customer("簡嘉玲")

    stage.step("不能用的折扣碼")
    await ask_for_quote(customer, "阿薩姆紅茶 12 盒")
    for code, why in (("NOSUCH9", "無法使用"), ("SWEET5", "不適用")):
        await customer.say(f"折扣碼 {code}")
        refused = await customer.wait_for(code, ANSWER + GRACE)
        stage.expect(why in refused.words and not has_accept(refused), f"{code}: {why}, the quote stays")

    stage.step("可以用的折扣碼")
    quote = await ask_for_quote(customer, f"優惠碼：{CODE.lower()}")
    stage.expect("-NT$100" in quote.words and "NT$1,700" in quote.words, "the new quote has the discount")
    await accept(customer, quote)
    await customer.wait_for(anything, ANSWER + GRACE)

    stage.step("取消後還可以再用")
    await customer.say("取消")
    await customer.wait_for("沒有向您收取任何費用", ANSWER + GRACE)
    await ask_for_quote(customer, "阿薩姆紅茶 12 盒")
    again = await ask_for_quote(customer, CODE)
    stage.expect("NT$1,700" in again.words, "the code came back with the cancelled order")

    stage.step("付款")
    await accept(customer, again)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say("簡嘉玲 0919888777 台北市中正區重慶南路一段122號")
    await stage.pay.approve(await wait_for_payment_link(customer))
    order = await wait_until_paid(customer)
    stage.expect(await stage.books.captured(order) == 1_700, "LINE Pay took NT$1,700")
    (paid,) = await stage.order_system.wait_for(order, "order.paid.v1", timeout=SETTLED + GRACE)
    data = paid["data"]
    sums = sum(line["amount"] for line in data["lines"]) + data["shippingFee"] - data["discount"]
    stage.expect(
        (data["discount"], data["total"], sums) == (100, 1_700, 1_700), "the order system's sums agree"
    )

    stage.step("用過就不能再用")
    await ask_for_quote(customer, "阿薩姆紅茶 12 盒")
    await customer.say(f"折扣碼 {CODE}")
    used = await customer.wait_for("已經用過", ANSWER + GRACE)
    stage.expect(not has_accept(used), "the quote stays without it")
    await customer.say("取消")
    await customer.wait_for("先不訂", ANSWER + GRACE)
