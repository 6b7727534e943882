"""A quote is about to end: the shop reminds of it once, and the reminder's own button accepts it."""

from dev.driver.customer import anything
from dev.driver.shopping import ANSWER, GRACE, accept, ask_for_quote, has_accept, wait_for_payment_link
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "報價快到期的提醒", "報價快到期時提醒一次，提醒上的按鈕就能接受。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("蔡佩珊")

    stage.step("詢價後沒有下文")
    quote = await ask_for_quote(customer, "我要 2 箱阿薩姆紅茶")
    total = next(word for word in quote.words.split() if word.startswith("NT$"))

    stage.step("到期前提醒")
    reminder = await customer.wait_for("報價快到期了", stage.patience)
    stage.expect(reminder.via == "push", "the shop speaks first")
    stage.expect(has_accept(reminder), "the reminder can be accepted")
    stage.expect(
        "有效至" in reminder.words and "NT$" in reminder.words, f"it says until when ({total} asked)"
    )

    stage.step("接受")
    await accept(customer, reminder)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say("蔡佩珊 0933222111 台中市西屯區台灣大道三段99號")
    stage.expect(bool(await wait_for_payment_link(customer)), "and leads to the payment")
    said = [message for message in await customer.chat() if "報價快到期了" in message.words]
    stage.expect(len(said) == 1, "it was said once")
