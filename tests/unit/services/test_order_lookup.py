"""Order look-up: a true answer to the owner, and the same nothing to everybody else."""

from dataclasses import replace

import pytest

from storefront.domain.conversation import Conversation, customer_id_of
from storefront.domain.language import Language
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.services.ports import Put, SendOutcome, Write
from storefront.services.turns import Happening
from tests.doubles.machinery import START
from tests.doubles.memory_store import MemoryStore
from tests.doubles.talking_shop import JUN, MEI, TalkingShop

UNKNOWN = "A7K3Q-9XM2T"
GROUP = "C" + "9" * 32


def asked(shop: TalkingShop, text: str = "", *, who: str = MEI, data: str = "") -> Message:
    answer = shop.ask(text, who, data)
    assert answer is not None
    return answer


def test_one_order_is_answered_with_its_status() -> None:
    shop = TalkingShop()
    order = shop.paid()
    answer = asked(shop, "我的訂單")
    assert (answer.topic, answer.facts) == (
        Topic.ORDER_STATUS,
        {"order_number": order.order_number, "as_of": START.isoformat()},
    )
    assert answer.state is MessageState.SENT
    assert (shop.line.sent[-1].kind, shop.line.sent[-1].key) == ("reply", f"token{shop.events}")


def test_several_orders_are_listed() -> None:
    shop = TalkingShop()
    first, second = shop.paid(), shop.paid(text="高山烏龍茶 2 罐")
    answer = asked(shop, "我的訂單")
    assert (answer.topic, answer.facts) == (Topic.ORDERS, {})
    shown = repr(shop.line.shown[-1])
    assert first.order_number in shown
    assert second.order_number in shown


def test_nobodys_orders_are_none() -> None:
    shop = TalkingShop()
    shop.paid()
    answer = asked(shop, "我的訂單", who=JUN)
    assert (answer.topic, answer.facts) == (Topic.NO_ORDERS, {})


@pytest.mark.parametrize("text", ["{}", "訂單 {} 到哪了", "where is {}?", "status?o={}"])
def test_an_order_number_shows_that_order(text: str) -> None:
    shop = TalkingShop()
    first = shop.paid()
    shop.paid(text="高山烏龍茶 2 罐")
    words = text.format(first.order_number)
    answer = asked(shop, data=words) if words.startswith("status") else asked(shop, words)
    assert (answer.topic, answer.facts["order_number"]) == (Topic.ORDER_STATUS, first.order_number)


@pytest.mark.parametrize(
    "typed", [str.lower, lambda number: number.replace("-", ""), lambda number: f" {number}\n"]
)
def test_an_order_number_may_be_typed_in_any_way(typed: object) -> None:
    shop = TalkingShop()
    order = shop.paid()
    assert callable(typed)
    assert asked(shop, typed(order.order_number)).topic is Topic.ORDER_STATUS


def slipped(number: str) -> str:
    """The number with its last character mistyped."""
    return number[:-1] + ("X" if number[-1] != "X" else "Y")


def test_a_foreign_an_unknown_and_a_mistyped_number_get_the_same_answer_X4() -> None:
    shop = TalkingShop()
    order = shop.paid()
    shop.say("好", JUN)
    said = []
    for number in (order.order_number, UNKNOWN, slipped(order.order_number)):
        for words, data in ((number, ""), ("", f"status?o={number}")):
            answer = asked(shop, words, who=JUN, data=data)
            assert (answer.topic, answer.facts) == (Topic.ORDER_UNKNOWN, {})
            said.append(repr(shop.line.shown[-1]))
    assert len(set(said)) == 1
    assert order.order_number not in said[0]
    assert "茉莉" not in said[0]


def test_looking_changes_nothing_but_the_answer() -> None:
    shop = TalkingShop()
    order = shop.paid()
    before = {key: row for key, row in shop.store.rows.items() if type(row) is not Message}
    asked(shop, "我的訂單")
    asked(shop, order.order_number)
    asked(shop, UNKNOWN)
    assert {key: row for key, row in shop.store.rows.items() if type(row) is not Message} == before


def test_a_question_that_comes_again_is_answered_once_A6() -> None:
    shop = TalkingShop()
    shop.paid()
    event = shop.event(Happening.TEXT, text="我的訂單")
    shop.lookup.handle(event)
    rows, sent = shop.store.rows.copy(), shop.line.sent.copy()
    shop.lookup.handle(event)
    assert (shop.store.rows, shop.line.sent) == (rows, sent)


def test_an_answer_that_a_crash_left_unsent_is_sent_when_the_question_comes_again_A9() -> None:
    shop = TalkingShop()
    shop.paid()
    event = shop.event(Happening.TEXT, text="我的訂單")
    sent = len(shop.line.sent)
    shop.line.script.append(SendOutcome.UNKNOWN)
    shop.lookup.handle(event)
    assert len(shop.line.sent) == sent
    shop.clock.go_on(120)
    shop.lookup.handle(event)
    assert [each.kind for each in shop.line.sent[sent:]] == ["push"]


@pytest.mark.parametrize("happening", [Happening.TEXT, Happening.POSTBACK])
def test_in_a_group_orders_are_never_spoken_of_N4(happening: Happening) -> None:
    shop = TalkingShop()
    order = shop.paid()
    rows, sent = shop.store.rows.copy(), shop.line.sent.copy()
    event = shop.event(happening, text=order.order_number, data=f"status?o={order.order_number}", group=GROUP)
    shop.lookup.handle(event)
    assert (shop.store.rows, shop.line.sent) == (rows, sent)


@pytest.mark.parametrize(
    "happening", [Happening.STICKER, Happening.FOLLOW, Happening.IGNORED, Happening.MEDIA]
)
def test_what_is_no_question_is_left_alone(happening: Happening) -> None:
    shop = TalkingShop()
    shop.lookup.handle(shop.event(happening))
    assert shop.store.rows == {}


def test_a_first_contact_may_be_a_question() -> None:
    shop = TalkingShop()
    assert asked(shop, "my orders").topic is Topic.NO_ORDERS
    conversation = shop.conversation()
    assert (conversation.language, conversation.last_event_at) == (Language.EN, START)


def test_the_language_of_the_question_decides_unless_one_was_chosen() -> None:
    shop = TalkingShop()
    shop.paid()
    asked(shop, "คำสั่งซื้อของฉัน")
    assert shop.conversation().language is Language.TH
    asked(shop, data="orders")
    assert shop.conversation().language is Language.TH
    shop.change(language=Language.JA, language_chosen=True)
    asked(shop, "我的訂單")
    assert shop.conversation().language is Language.JA


def test_a_question_from_somebody_who_had_left_makes_a_friend_again() -> None:
    shop = TalkingShop()
    shop.chat.handle(shop.event(Happening.UNFOLLOW, token=False))
    shop.clock.go_on(1)
    assert asked(shop, "我的訂單").state is MessageState.SENT
    assert not shop.conversation().blocked


class RacingStore(MemoryStore):
    """A store in which the chat writes the customer's row just before the answer is committed."""

    racing = False

    def commit(self, *writes: Write) -> None:
        if self.racing:
            self.racing = False
            known = self.read(Conversation, customer_id_of(MEI))
            fresh = known or Conversation(customer_id_of(MEI), MEI, Language.ZH_TW)
            super().commit(Put(replace(fresh, misses=1)))
        super().commit(*writes)


def test_a_row_that_moved_on_meanwhile_does_not_keep_the_answer_back() -> None:
    store = RacingStore()
    shop = TalkingShop(store=store)
    store.racing = True
    assert asked(shop, "我的訂單").state is MessageState.SENT
    assert shop.conversation().misses == 1
    assert len(shop.line.sent) == 1
