"""More is wanted than there is: what is there now, when the rest could come, what is like it; nothing is ordered."""

from dev.driver.shopping import ANSWER, GRACE, has_accept
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "要得比庫存多", "回答現在有多少、何時補貨、哪一款類似；什麼都不會被訂走。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("郭家豪")

    stage.step("要得比庫存多")
    await customer.say("限量春茶 10 罐")
    answer = await customer.wait_for("庫存不足", ANSWER + GRACE)
    stage.expect("目前有 5 罐" in answer.words, "the answer says what there is")
    stage.expect("補貨" in answer.words and "(" in answer.words, "and on which day the rest could come")
    stage.expect("高山烏龍茶" in answer.words, "and names a tea that is like it")
    stage.expect(not has_accept(answer), "nothing on it orders anything")

    stage.step("改買類似的商品")
    await customer.tap("我要 高山烏龍茶 1 罐")
    quote = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("NT$420" in quote.words, "one tap quotes it")
    await customer.say("取消")
    await customer.wait_for("先不訂", ANSWER + GRACE)
