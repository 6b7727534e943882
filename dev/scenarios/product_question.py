"""A customer asks about products in three languages, then orders the one that was talked of."""

from dev.driver.customer import Customer
from dev.driver.shopping import ANSWER, GRACE, has_accept
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.ORDERING, "先問商品", "顧客用三種語言詢問商品，再訂剛剛聊到的那一款。")

ASKED = (
    ("茉莉綠茶保存期限多久？", "730 天"),
    ("鳳梨酥素食嗎", "蛋奶素"),
    ("高山烏龍怎麼泡", "95°C"),
    ("太陽餅有哪些過敏原", "牛奶"),
    ("春茶產地在哪裡", "梨山"),
    ("鳳梨酥可以退貨嗎", "7 天鑑賞期"),
    ("What are the pineapple cakes made of?", "butter"),
    ("ชาเขียวมะลิราคาเท่าไหร่", "NT$180"),
)


async def play(stage: Stage) -> None:
    customer = await stage.customer("陳美玲")

    stage.step("問商品")
    for question, fact in ASKED:
        await _answered(stage, customer, question, fact)

    stage.step("資料裡沒有的")
    staff = await stage.staff()
    await _answered(stage, customer, "粉圓素食嗎", "商品資料裡沒有寫")
    told = await staff.wait_for("黑糖珍珠粉圓", ANSWER + GRACE)
    stage.expect("素食標示" in told.words, "staff are told what was asked")

    stage.step("接著訂")
    await _answered(stage, customer, "限量春茶還有貨嗎", "有現貨")
    await customer.say("2 罐")
    quote = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("NT$2,400" in quote.words, "two tins of the tea that was asked about: NT$2,400")


async def _answered(stage: Stage, customer: Customer, question: str, fact: str) -> None:
    await customer.say(question)
    answer = await customer.wait_for(fact, ANSWER + GRACE)
    first = answer.words.split("\n")[0]
    stage.expect(fact in first and not has_accept(answer), f"the first line says it: {first}")
