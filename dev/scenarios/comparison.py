"""A customer compares three teas and orders one of them by its button."""

from dev.driver.shopping import ANSWER, GRACE, has_accept
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "比較三種茶", "顧客請商店比較三種茶，再按按鈕訂其中一種。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("黃雅婷")

    stage.step("比較")
    await customer.say("茉莉綠茶、高山烏龍、阿薩姆差在哪？")
    card = await customer.wait_for("商品比較", ANSWER + GRACE)
    for fact in ("NT$180", "NT$420", "NT$150", "730 天", "日月潭"):
        stage.expect(fact in card.words, f"the table says {fact}")
    stage.expect(not has_accept(card), "nothing can be accepted")

    stage.step("訂其中一種")
    await customer.tap("我要高山烏龍茶")
    await customer.wait_for("要多少", ANSWER + GRACE)
    await customer.say("3 罐")
    quote = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("NT$1,260" in quote.words, "three tins are NT$1,260")
