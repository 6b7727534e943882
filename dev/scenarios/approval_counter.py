"""Below the floor: the shop's own person names another price and declines the next; a back office decides as well."""

from dev.driver.customer import Message
from dev.driver.shopping import ANSWER, GRACE, NOTICE, ask_for_quote, has_accept
from dev.playbill import About, Group
from dev.scenario import Stage
from dev.standins.line_reading import buttons

ABOUT = About(Group.PRICES, "低於底價，店員還價", "店員還另一個價，再婉拒下一個；後台系統也能決定。")


def approval_in(card: Message) -> str:
    """The question that a card's buttons point to; an operator finds it with `make cases DO=approvals`."""
    data = next(str(each.action["data"]) for each in buttons(card.raw) if "approval_no" in str(each.action))
    return data.partition("a=")[2]


async def play(stage: Stage) -> None:
    staff = await stage.staff()
    customer = await stage.customer("吳雅婷")

    stage.step("還價")
    await ask_for_quote(customer, "高山烏龍茶 10 罐")
    await customer.say("一罐 300 可以嗎？")
    await customer.wait_for("同事", ANSWER + GRACE)
    await staff.wait_for("NT$300", ANSWER + GRACE)
    await staff.tap("還價")
    await staff.wait_for("請打一個數字", ANSWER + GRACE)
    await staff.say("330")
    await staff.wait_for("已還價 NT$330", ANSWER + GRACE)
    quote = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("NT$330" in quote.words and "NT$3,300" in quote.words, "ten tins at NT$330 are NT$3,300")

    stage.step("婉拒")
    await customer.say("還是太貴，一罐 310 可以嗎？")
    await customer.wait_for("同事", ANSWER + GRACE)
    await staff.wait_for("NT$310", ANSWER + GRACE)
    await staff.tap("婉拒")
    refused = await customer.wait_for("沒辦法", ANSWER + GRACE)
    stage.expect("NT$3,300" in refused.words, "the quote of before stands")

    stage.step("後台決定")
    other = await stage.customer("周大華")
    await ask_for_quote(other, "太陽餅 20 盒")
    await other.say("一盒 211 可以嗎？")
    await other.wait_for("同事", ANSWER + GRACE)
    card = await staff.wait_for("NT$211", ANSWER + GRACE)
    taken = await stage.shop_office.decide(approval_in(card), "approve", by="林店長")
    stage.expect(taken.status == 202, "the signed decision is taken")
    approved = await other.wait_for(has_accept, NOTICE + GRACE)
    stage.expect("NT$211" in approved.words, "and the customer has the approved price")
    told = await staff.wait_for("林店長", NOTICE + GRACE)
    stage.expect("已核准" in told.words, "staff hear who decided")
