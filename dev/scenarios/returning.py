"""A customer orders a second time and re-uses the delivery details with one tap."""

from dev.driver.customer import Message
from dev.driver.shopping import (
    ANSWER,
    GRACE,
    accept,
    ask_for_quote,
    buy,
    wait_for_payment_link,
    wait_until_paid,
)
from dev.playbill import About, Group
from dev.scenario import Stage
from dev.standins.line_reading import buttons

ABOUT = About(Group.ORDERING, "老顧客再訂一次", "顧客第二次訂購，按一下就沿用上次的配送資料。")

# How a button says "the same as last time".
SAME = ("沿用", "上次")


def same_details(message: Message) -> str | None:
    """What the button that re-uses the details on file is called."""
    for button in buttons(message.raw):
        for shown in button.shown:
            if any(word in shown for word in SAME):
                return shown
    return None


async def play(stage: Stage) -> None:
    customer = await stage.customer("林志豪")

    stage.step("第一次訂購")
    first = await buy(
        customer, stage.pay, "我要 3 箱茉莉綠茶", "林志豪 0933222111 台中市西屯區台灣大道三段99號"
    )

    stage.step("第二次訂購")
    quote = await ask_for_quote(customer, "鳳梨酥 2 盒")
    await accept(customer, quote)
    asked = await customer.wait_for(lambda message: same_details(message) is not None, ANSWER + GRACE)
    await customer.tap(str(same_details(asked)))
    await stage.pay.approve(await wait_for_payment_link(customer))
    second = await wait_until_paid(customer)
    stage.expect(second != first, f"two orders: {first} and {second}")

    stage.step("查詢")
    await customer.say("我的訂單")
    listed = await customer.wait_for(second, ANSWER + GRACE)
    stage.expect(first in listed.everything, "the list has both orders")
