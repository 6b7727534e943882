"""A price below the floor is put before the shop's own person, who approves it; the customer orders at that price."""

from dev.driver.customer import anything
from dev.driver.shopping import ANSWER, GRACE, accept, ask_for_quote, has_accept, wait_for_payment_link
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.PRICES, "低於底價，店員核准", "出價低於底價，送到店員自己的聊天室；核准後顧客用這個價格下單。"
)


async def play(stage: Stage) -> None:
    staff = await stage.staff()
    customer = await stage.customer("張志明")

    stage.step("詢價並出價")
    await ask_for_quote(customer, "我要 3 箱茉莉綠茶")
    await customer.say("一盒 121 可以嗎？")
    answer = await customer.wait_for("同事", ANSWER + GRACE)
    stage.expect(
        "NT$6,156" in answer.words, "the customer hears that somebody is asked, and the quote stands"
    )

    stage.step("店員核准")
    card = await staff.wait_for("NT$121", ANSWER + GRACE)
    stage.expect("底價 NT$140" in card.words, "the card says what the floor is")
    await staff.tap("核准 NT$121")
    done = await staff.wait_for("已核准", ANSWER + GRACE)
    stage.expect("新的報價已經傳給客人" in done.words, "staff hear what came of it")

    stage.step("客人收到新報價")
    quote = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("NT$121" in quote.words and "NT$4,356" in quote.words, "36 boxes at NT$121 are NT$4,356")

    stage.step("別人按不動")
    await staff.tap("核准 NT$121")
    taken = await staff.wait_for("已核准", ANSWER + GRACE)
    stage.expect("您" in taken.words, "a second tap only hears of the first")

    stage.step("下單")
    await accept(customer, quote)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say("張志明 0933444555 台北市信義區市府路45號")
    link = await wait_for_payment_link(customer)
    chat = await customer.chat()
    stage.expect(
        bool(link) and any("NT$4,356" in message.words for message in chat[-3:]),
        "the payment is asked for NT$4,356",
    )
