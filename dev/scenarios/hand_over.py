"""A customer asks for a person; staff take the chat over, end it, and the shop's own answers are back."""

from dev.driver.customer import Customer
from dev.driver.shopping import ANSWER, GRACE, ask_for_quote
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.PEOPLE, "轉真人客服", "顧客要找真人；店員接手聊天、結束後，商店恢復自動回覆。")

QUIET_SECONDS = 4.0


async def play(stage: Stage) -> None:
    customer = await stage.customer("許文華")
    staff = await stage.staff()

    stage.step("轉真人")
    await ask_for_quote(customer, "茉莉綠茶 3 盒")
    await customer.say("我要找真人客服")
    await customer.wait_for("已通知", ANSWER + GRACE)
    card = await staff.wait_for("顧客要找真人", ANSWER + GRACE)
    stage.expect("NT$540" in card.words, "staff see the open quote: NT$540")

    stage.step("店員接手")
    await staff.tap("我來接手")
    await staff.wait_for("已接手", ANSWER + GRACE)
    await _silent(stage, customer, "我想問包裝可以客製嗎")
    await _silent(stage, customer, "茉莉綠茶保存期限多久")

    stage.step("店員結束")
    await staff.tap("結束")
    await staff.wait_for("已恢復自動回覆", ANSWER + GRACE)
    await customer.say("茉莉綠茶保存期限多久")
    await customer.wait_for("730 天", ANSWER + GRACE)

    stage.step("自己回來")
    await customer.say("真人客服")
    await customer.wait_for("已通知", ANSWER + GRACE)
    await _silent(stage, customer, "在嗎")
    quote = await ask_for_quote(customer, "鳳梨酥 2 盒")
    stage.expect("NT$720" in quote.words, "a clear order brings the answers back: NT$720")


async def _silent(stage: Stage, customer: Customer, words: str) -> None:
    await customer.say(words)
    heard = await customer.new_messages(quiet_seconds=QUIET_SECONDS)
    stage.expect(heard == [], f"no answer of the shop's own to {words}")
