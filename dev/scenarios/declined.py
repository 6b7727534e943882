"""LINE Pay declines the card at first; the customer pays again and the order goes through once."""

from dev.driver.customer import Message, anything
from dev.driver.shopping import (
    ANSWER,
    GRACE,
    PAID,
    accept,
    ask_for_quote,
    payment_link,
    wait_for_payment_link,
    wait_until_paid,
)
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(Group.PAYMENT, "付款被拒再付一次", "第一次付款被拒；顧客再付一次，訂單只成立一次。")


def offers_payment(message: Message) -> bool:
    """A link to LINE Pay, or a button that asks for one."""
    return payment_link(message) is not None or any("付款" in label for label in message.labels)


async def play(stage: Stage) -> None:
    customer = await stage.customer("張家瑋")

    stage.step("訂購")
    quote = await ask_for_quote(customer, "烏龍茶 5 罐")
    await accept(customer, quote)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say("張家瑋 0955666777 高雄市前鎮區中山二路5號")
    first_link = await wait_for_payment_link(customer)

    stage.step("付款被拒")
    await stage.pay.decline(first_link)
    again = await customer.wait_for(offers_payment, stage.patience)
    stage.expect(not any(words in again.words for words in PAID), "nothing says that it was paid")

    stage.step("再付一次")
    link = payment_link(again)
    if link is None:
        await customer.tap(next(label for label in again.labels if "付款" in label))
        link = await wait_for_payment_link(customer)
    await stage.pay.approve(link)
    order = await wait_until_paid(customer)
    stage.expect(bool(order), f"the payment arrived for order {order}")
    said_paid = [
        message for message in await customer.chat() if any(words in message.words for words in PAID)
    ]
    stage.expect(len(said_paid) == 1, "it was paid once")
