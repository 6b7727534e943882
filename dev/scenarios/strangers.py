"""Somebody else tries an order number: no answer of the shop's tells it from one that never was."""

from dev.driver.customer import Customer, anything
from dev.driver.shopping import ANSWER, GRACE, buy
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.PEOPLE, "別人的訂單編號", "別人拿訂單編號來問：回答和不存在的編號完全一樣。")

NEVER_WAS = "A7K3Q-9XM2T"


async def play(stage: Stage) -> None:
    owner = await stage.customer("沈怡君")
    stranger = await stage.customer("陌生人")

    stage.step("訂購")
    order = await buy(owner, stage.pay, "茉莉綠茶 3 盒", "沈怡君 0939888999 高雄市前鎮區中山二路5號")

    stage.step("別人來問")
    foreign = await _told(stranger, order)
    stage.expect("找不到這筆訂單" in foreign, "the stranger hears that there is no such order")
    stage.expect(
        order not in foreign and "茉莉" not in foreign, "the answer names neither the order nor a product"
    )
    stage.expect(await _told(stranger, NEVER_WAS) == foreign, "a number that never was is answered alike")
    for words in (f"我要退貨 {order}", f"{order} 壞掉了", f"取消訂單 {order}"):
        stage.expect(await _told(stranger, words) == foreign, f"and so is: {words}")

    stage.step("打錯一個字")
    slip = order[:-1] + ("X" if order[-1] != "X" else "Y")
    hint = await _told(stranger, slip)
    stage.expect("有一個字打錯了" in hint, "a wrong character is pointed out")
    stage.expect(await _told(owner, slip) == hint, "to the owner in the same words")

    stage.step("一直猜")
    stage.expect(await _told(stranger, order) == foreign, "whoever guesses on hears the same, unlooked")
    own = await _told(stranger, "我的訂單")
    stage.expect("您還沒有訂單" in own, "their own orders can be asked for all the same")

    stage.step("本人來問")
    for words in (order.lower(), order.replace("-", ""), f"訂單{order}到哪了"):
        stage.expect(order in await _told(owner, words), f"the owner is answered: {words}")


async def _told(customer: Customer, words: str) -> str:
    await customer.say(words)
    return (await customer.wait_for(anything, ANSWER + GRACE)).words
