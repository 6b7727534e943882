"""A customer writes as people chat: a name, a quantity, one thing more, a day, a change, each in its own message."""

from dev.driver.customer import anything
from dev.driver.shopping import ANSWER, GRACE, ask_for_quote, has_accept
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "分好幾句說", "顧客像平常聊天一樣，品名、數量、追加、日期、修改各寫一句。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("許雅筑")

    stage.step("只說名稱")
    await customer.say("茉莉")
    asked = await customer.wait_for(anything, ANSWER + GRACE)
    stage.expect(not has_accept(asked), "one question and no guess")

    stage.step("再說數量")
    first = await ask_for_quote(customer, "三箱")
    stage.expect("NT$6,156" in first.words, "3 cases are 36 boxes at NT$171")

    stage.step("再加一樣，有一個錯字")
    second = await ask_for_quote(customer, "再兩盒鳳黎酥")
    stage.expect("NT$6,876" in second.words, "the same quote with two boxes of pineapple cakes more")

    stage.step("日期")
    third = await ask_for_quote(customer, "下週三送")
    stage.expect(
        "希望到貨日" in third.words and "(三)" in third.words, "the day stands there with its weekday"
    )

    stage.step("改數量")
    fourth = await ask_for_quote(customer, "茉莉綠茶改成 1 箱，鳳梨酥不要了")
    stage.expect(
        "NT$2,160" in fourth.words and "鳳梨酥" not in fourth.words, "12 boxes at NT$180 and nothing else"
    )
    stage.expect("希望到貨日" in fourth.words, "the day stays")
