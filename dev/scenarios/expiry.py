"""Nobody answers a quote: it ends, its stock is free, and one tap asks for today's price."""

from dev.driver.customer import anything
from dev.driver.shopping import ANSWER, GRACE, ask_for_quote, has_accept
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "報價到期", "沒有人回覆報價：到期後庫存釋出，按一下就依今日價格重報。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("鄭宇翔")
    other = await stage.customer("羅雅文")

    stage.step("詢價後沒有下文")
    quote = await ask_for_quote(customer, "限量春茶 5 罐")
    await other.say("限量春茶 5 罐")
    refused = await other.wait_for("限量春茶", ANSWER + GRACE)
    stage.expect(not has_accept(refused), "all five are on hold meanwhile")

    stage.step("到期")
    told = await customer.wait_for("報價已過期", stage.patience)
    stage.expect(told.via == "push" and not has_accept(told), "the customer hears of the end")
    rest = await ask_for_quote(other, "限量春茶 2 罐")
    stage.expect("NT$2,400" in rest.words, "the stock is free again")
    await other.say("取消")
    await other.wait_for("先不訂", ANSWER + GRACE)

    stage.step("重新報價")
    await customer.tap("依今日價格重新報價")
    again = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("NT$6,000" in again.words and quote.raw != again.raw, "one tap makes a new quote")

    stage.step("這次先不用")
    await customer.say("取消")
    await customer.wait_for("方便告訴我們原因嗎", ANSWER + GRACE)
    await customer.tap("太貴了")
    thanks = await customer.wait_for(anything, ANSWER + GRACE)
    stage.expect("謝謝您告訴我們" in thanks.words, "the reason is taken with thanks")
