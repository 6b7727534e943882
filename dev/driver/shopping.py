"""What customers do on the way from an inquiry to a paid order, by the words that a person sees."""

import re

from dev.driver.customer import Customer, Message, NotSeen, anything
from dev.driver.payment_page import PaymentPage
from dev.standins.line_reading import buttons

# A quote's accept button, in the languages of the shop. Nothing else on a card says so.
ACCEPT = ("接受報價", "確認訂購", "Accept", "注文を確定", "ยืนยันการสั่งซื้อ")
PAY = ("付款", "LINE Pay", "Pay", "支払", "ชำระ")
PAID = ("付款成功", "Payment received", "お支払いが完了", "ชำระเงินสำเร็จ")
ORDER_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}(?![0-9A-Za-z])")

# Seconds that the shop has, as a customer would put up with them.
ANSWER, LINK, SETTLED, NOTICE = 15.0, 12.0, 30.0, 6.0
# A slow machine gets this much more before a step counts as failed.
GRACE = 15.0


def has_accept(message: Message) -> bool:
    return any(
        label in shown for button in buttons(message.raw) for shown in button.shown for label in ACCEPT
    )


def payment_link(message: Message) -> str | None:
    """Where the card's payment button leads."""
    for button in buttons(message.raw):
        if button.action["type"] == "uri" and any(word in button.label for word in PAY):
            return str(button.action["uri"])
    return None


def order_number(message: Message) -> str:
    """The order number that stands in the message."""
    found = ORDER_NUMBER.search(message.everything)
    if found is None:
        raise NotSeen(f"no order number in: {message.words}")
    return found[0]


async def ask_for_quote(customer: Customer, inquiry: str) -> Message:
    """Writes an inquiry and waits for the quote."""
    await customer.say(inquiry)
    return await customer.wait_for(has_accept, ANSWER + GRACE)


async def accept(customer: Customer, quote: Message) -> None:
    for button in buttons(quote.raw):
        for label in ACCEPT:
            if any(label in shown for shown in button.shown):
                await customer.tap(label)
                return
    raise NotSeen(f"no accept button in: {quote.everything}")


async def wait_for_payment_link(customer: Customer) -> str:
    """The link on the payment card that comes next."""
    card = await customer.wait_for(lambda message: payment_link(message) is not None, LINK + GRACE)
    return str(payment_link(card))


async def wait_until_paid(customer: Customer, patience: float = SETTLED) -> str:
    """Waits for the message that the payment arrived: the order number in it."""
    paid = await customer.wait_for(
        lambda message: any(words in message.words for words in PAID), patience + GRACE
    )
    return order_number(paid)


async def order_and_get_link(customer: Customer, inquiry: str, details: str) -> str:
    """From an inquiry to the payment link."""
    quote = await ask_for_quote(customer, inquiry)
    await accept(customer, quote)
    await customer.wait_for(anything, ANSWER + GRACE)
    await customer.say(details)
    return await wait_for_payment_link(customer)


async def times_told_paid(customer: Customer) -> int:
    """How often the chat says that a payment arrived."""
    chat = await customer.chat()
    return sum(any(words in message.words for words in PAID) for message in chat if message.from_shop)


async def buy(customer: Customer, pay: PaymentPage, inquiry: str, details: str) -> str:
    """The whole way from an inquiry to a paid order: its number."""
    await pay.approve(await order_and_get_link(customer, inquiry, details))
    return await wait_until_paid(customer)
