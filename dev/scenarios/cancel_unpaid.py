"""A customer cancels before paying: nothing is charged, not even by the old link, and the goods are free again."""

from dev.driver.shopping import ANSWER, GRACE, SETTLED, ask_for_quote, order_and_get_link, order_number
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.AFTERWARDS, "付款前取消", "付款前取消：就算按了舊連結也不會扣款，庫存釋出。")

# All that the demo shop has of it, so that nobody else could have any while it is on hold.
ALL_OF_IT = "限量春茶 5 罐"


async def play(stage: Stage) -> None:
    customer = await stage.customer("羅志明")

    stage.step("訂購全部庫存")
    link = await order_and_get_link(customer, ALL_OF_IT, "羅志明 0912777888 高雄市左營區博愛二路1號")

    stage.step("取消")
    await customer.say("取消")
    answer = await customer.wait_for("取消", ANSWER + GRACE)
    stage.expect("沒有向您收取任何費用" in answer.words, "the answer says that nothing was charged")
    order = order_number(answer)
    await stage.order_system.wait_for(order, "order.cancelled.v1", timeout=SETTLED + GRACE)

    stage.step("還是按了舊的付款連結")
    page = await stage.pay.approve(link)
    stage.expect("付款成功" not in page.text, "the page does not say that it was paid")
    stage.expect(await customer.new_messages(quiet_seconds=4.0) == [], "nor does the chat")
    stage.expect(await stage.books.captured(order) == 0, "LINE Pay took nothing")

    stage.step("庫存回來了")
    other = await stage.customer("葉小芳")
    quote = await ask_for_quote(other, ALL_OF_IT)
    stage.expect("NT$6,000" in quote.words, "somebody else can have all of it")
    await other.say("取消")
    await other.wait_for("先不訂", ANSWER + GRACE)
