"""A customer asks twice for a better price, takes a few boxes more for the last step, and orders at that price."""

from dev.driver.customer import anything
from dev.driver.shopping import ANSWER, GRACE, accept, ask_for_quote, has_accept, wait_for_payment_link
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.PRICES, "議價", "顧客議價兩次，再多買幾盒拿到最後一級價格，就用這個價格下單。")


async def play(stage: Stage) -> None:
    customer = await stage.customer("高美玲")

    stage.step("詢價")
    quote = await ask_for_quote(customer, "我要 3 箱茉莉綠茶")
    stage.expect("NT$6,156" in quote.words, "36 boxes at NT$171 are NT$6,156")

    stage.step("第一次議價")
    await customer.say("可以算便宜一點嗎？")
    first = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("NT$165" in first.words and "NT$5,940" in first.words, "the first answer is NT$165 a box")

    stage.step("第二次議價")
    await customer.say("150 一盒可以嗎？")
    second = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("NT$159" in second.words, "the second answer is NT$159, not the 150 that was asked for")
    stage.expect("最好價格" in second.words, "and says that it is the last word")
    stage.expect("36 盒" in second.words, "the price that was named is no quantity")

    stage.step("多買一點")
    await customer.tap("再加 12 盒")
    third = await customer.wait_for(has_accept, ANSWER + GRACE)
    stage.expect("48 盒" in third.words and "NT$156" in third.words, "48 boxes cost NT$156 each")

    stage.step("用議好的價格下單")
    await accept(customer, third)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say("高美玲 0922333444 台北市信義區市府路45號")
    link = await wait_for_payment_link(customer)
    stage.expect(bool(link), "the payment is asked for NT$7,488")
    chat = await customer.chat()
    stage.expect(any("NT$7,488" in message.words for message in chat[-3:]), "and the card says so")
