"""A customer asks for a sample, which always reaches a person; a large wish on top makes a hot lead of it."""

from dev.driver.shopping import ANSWER, GRACE, ask_for_quote
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.PEOPLE, "要樣品", "要樣品一定會通知店員；加上大量詢價，就成為熱門客戶。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("周志豪")
    staff = await stage.staff()

    stage.step("要樣品")
    await customer.say("可以先寄茉莉綠茶的樣品嗎？")
    answer = await customer.wait_for("樣品", ANSWER + GRACE)
    stage.expect("已通知店員" in answer.words, "the customer hears that somebody was told")
    told = await staff.wait_for("顧客想要樣品", ANSWER + GRACE)
    stage.expect("茉莉綠茶" in told.words, "staff see which product")
    stage.expect("chat.line.biz" in told.everything, "and where the chat is")

    stage.step("大量詢價")
    quote = await ask_for_quote(customer, "茉莉綠茶 240 盒")
    stage.expect("NT$36,000" in quote.words, "the quote comes at once: NT$36,000")
