"""A customer asks for something that the shop does not have, then for something that it has."""

from dev.driver.customer import anything
from dev.driver.shopping import ANSWER, GRACE, ask_for_quote, has_accept
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "店裡沒有的商品", "顧客先問沒有賣的東西，再問有賣的。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("吳柏翰")

    stage.step("沒有的商品")
    await customer.say("我要 3 台腳踏車")
    answer = await customer.wait_for(anything, ANSWER + GRACE)
    stage.expect(not has_accept(answer), "nothing can be accepted")
    more = await customer.new_messages(quiet_seconds=2.0)
    stage.expect(not any(has_accept(message) for message in more), "no quote comes after it either")

    stage.step("有的商品")
    quote = await ask_for_quote(customer, "那我要 2 盒鳳梨酥")
    stage.expect("NT$720" in quote.words, "the quote shows NT$720")
