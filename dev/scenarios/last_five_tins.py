"""Two customers and the last five tins: who asks first has them on hold, the other hears what there is and waits."""

from dev.driver.shopping import ANSWER, GRACE, ask_for_quote, has_accept
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "最後五罐", "兩位顧客都要最後五罐：先問的人先保留，另一位聽到還有什麼可以等。")

ALL_OF_IT = "限量春茶 5 罐"


async def play(stage: Stage) -> None:
    first = await stage.customer("邱明哲")
    second = await stage.customer("溫淑惠")

    stage.step("第一位詢價")
    quote = await ask_for_quote(first, ALL_OF_IT)
    stage.expect("NT$6,000" in quote.words, "all five tins are on hold for the first")

    stage.step("第二位也要")
    await second.say(ALL_OF_IT)
    answer = await second.wait_for("限量春茶", ANSWER + GRACE)
    stage.expect("沒有現貨" in answer.words, "the second hears that there are none")
    stage.expect(
        "補貨" in answer.words and "高山烏龍茶" in answer.words, "when there could be, and what is like it"
    )
    stage.expect(not has_accept(answer), "and can accept nothing")

    stage.step("第一位減量")
    await first.say("改成 3 罐")
    await first.wait_for("NT$3,600", ANSWER + GRACE)
    rest = await ask_for_quote(second, "限量春茶 2 罐")
    stage.expect("NT$2,400" in rest.words, "the two that were let go are the second's at once")

    stage.step("都不要了")
    for customer in (first, second):
        await customer.say("取消")
        await customer.wait_for("先不訂", ANSWER + GRACE)
    again = await ask_for_quote(second, ALL_OF_IT)
    stage.expect("NT$6,000" in again.words, "all five are free again")
    await second.say("取消")
    await second.wait_for("先不訂", ANSWER + GRACE)
