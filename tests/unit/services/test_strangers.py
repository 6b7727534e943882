"""Every button and every word about orders, in the hands of somebody whose order it is not (X4, N4)."""

from collections.abc import Callable

import pytest

from storefront.domain.conversation import Conversation
from storefront.domain.order import Order
from storefront.domain.outbox import Message, Topic
from storefront.language.intents import queue_of
from storefront.services.delivery_desk import VERBS as DELIVERY_VERBS
from storefront.services.turns import Happening
from tests.doubles.talking_shop import JUN, TalkingShop

UNKNOWN = "A7K3Q-9XM2T"
GROUP = "C" + "9" * 32

MORE = {
    "rate": "&score=1",
    "invoice_set": "&kind=paper",
    "problem_of": "&k=broken",
    "return_items": "&i=0",
    "return_why": "&i=0&w=refund",
    "return_send": "&i=0&w=refund&r=faulty",
}
IN_CHAT = sorted(
    DELIVERY_VERBS | {"pay_again", "cancel", "reorder", "return", "problem", "usage"} | set(MORE)
)
IN_STATUS = ["status", "orders"]
WORDS = ["{}", "訂單 {} 到哪了", "我要退貨 {}", "{} 壞掉了", "取消訂單 {}", "{} 少了一盒"]


def _in_the_making(shop: TalkingShop) -> Order:
    return shop.with_link()


def _paid(shop: TalkingShop) -> Order:
    return shop.paid()


def _come(shop: TalkingShop) -> Order:
    order = shop.paid()
    for status in ("shipped", "delivered"):
        shop.parcel(order.order_number, status)
    shop.go()
    return order


MOMENTS = [_in_the_making, _paid, _come]


def kept(shop: TalkingShop) -> dict[object, object]:
    """What is written, but for answers and what is known of the one who asks."""
    return {key: row for key, row in shop.store.rows.items() if not isinstance(row, Message | Conversation)}


def answers(
    shop: TalkingShop, ask: Callable[[str], Message | None], own: str
) -> list[tuple[Topic, dict[str, str], str]]:
    told = []
    for number in (own, UNKNOWN):
        answer = ask(number)
        assert answer is not None
        told.append((answer.topic, dict(answer.facts), repr(shop.line.shown[-1])))
    return told


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("verb", IN_CHAT + IN_STATUS)
def test_a_strangers_button_is_answered_as_if_there_were_no_such_order(
    verb: str, moment: Callable[[TalkingShop], Order]
) -> None:
    shop = TalkingShop()
    number = moment(shop).order_number
    shop.say("好", JUN)
    before, jobs, told = kept(shop), len(shop.jobs.waiting), len(shop.store.all(Message))

    def ask(of: str) -> Message | None:
        data = f"{verb}?o={of}{MORE.get(verb, '')}"
        return shop.ask(data=data, who=JUN) if verb in IN_STATUS else shop.press(data, JUN)

    foreign, unknown = answers(shop, ask, number)
    assert foreign == unknown
    assert foreign[0] is Topic.ORDER_UNKNOWN
    assert number not in str(foreign)
    assert "茉莉" not in str(foreign)
    assert (kept(shop), len(shop.jobs.waiting)) == (before, jobs)
    assert len(shop.store.all(Message)) == told + 2


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("words", WORDS)
def test_a_strangers_words_are_answered_as_if_there_were_no_such_order(
    words: str, moment: Callable[[TalkingShop], Order]
) -> None:
    shop = TalkingShop()
    number = moment(shop).order_number
    shop.say("好", JUN)
    before = kept(shop)

    def ask(of: str) -> Message | None:
        text = words.format(of)
        queue = queue_of({"type": "message", "message": {"type": "text", "text": text}})
        return shop.ask(text, JUN) if queue == "status" else shop.say(text, JUN)

    foreign, unknown = answers(shop, ask, number)
    assert foreign == unknown
    assert foreign[0] is Topic.ORDER_UNKNOWN
    assert number not in str(foreign)
    assert "茉莉" not in str(foreign)
    assert shop.conversation(JUN).unknown_numbers == 2
    assert kept(shop) == before


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("verb", IN_CHAT + IN_STATUS)
def test_in_a_group_no_button_about_an_order_says_or_does_anything(
    verb: str, moment: Callable[[TalkingShop], Order]
) -> None:
    shop = TalkingShop()
    number = moment(shop).order_number
    before, sent = kept(shop), shop.line.sent.copy()
    data = f"{verb}?o={number}{MORE.get(verb, '')}"
    event = shop.event(Happening.IGNORED, data=data, group=GROUP)
    shop.handle(event)
    shop.lookup.handle(shop.event(Happening.POSTBACK, data=data, group=GROUP))
    assert (kept(shop), shop.line.sent) == (before, sent)


@pytest.mark.parametrize("verb", IN_CHAT + IN_STATUS)
def test_the_owners_own_button_is_not_answered_like_a_strangers(verb: str) -> None:
    shop = TalkingShop()
    number = _come(shop).order_number
    data = f"{verb}?o={number}{MORE.get(verb, '')}"
    answer = shop.ask(data=data) if verb in IN_STATUS else shop.press(data)
    assert answer is not None
    assert answer.topic is not Topic.ORDER_UNKNOWN
