"""Order look-up: a true answer to the owner, and the same nothing to everybody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.conversation import Conversation, customer_id_of
from storefront.domain.errors import Conflict
from storefront.domain.handover import WithPerson
from storefront.domain.language import Language
from storefront.domain.order_number import new_order_number
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.services.ports import Put, SendOutcome, Write
from storefront.services.turns import Happening
from tests.doubles.machinery import START
from tests.doubles.memory_store import MemoryStore
from tests.doubles.talking_shop import AN, JUN, MEI, TalkingShop

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


def slipped(number: str) -> str:
    """The number with its last character mistyped."""
    return number[:-1] + ("X" if number[-1] != "X" else "Y")


def test_a_foreign_number_and_one_that_never_was_get_the_same_answer_X4() -> None:
    shop = TalkingShop()
    order = shop.paid()
    shop.say("好", JUN)
    said = []
    for number in (order.order_number, UNKNOWN):
        for words, data in ((number, ""), ("", f"status?o={number}")):
            answer = asked(shop, words, who=JUN, data=data)
            assert (answer.topic, answer.facts) == (Topic.ORDER_UNKNOWN, {})
            said.append(repr(shop.line.shown[-1]))
    assert len(set(said)) == 1
    assert order.order_number not in said[0]
    assert "茉莉" not in said[0]


@pytest.mark.parametrize("who", [MEI, JUN])
def test_a_slip_gets_the_hint_that_every_unknown_number_gets_X4(who: str) -> None:
    shop = TalkingShop()
    order = shop.paid()
    shop.say("好", JUN)
    before = shop.conversation(who)
    for number in (slipped(order.order_number), slipped(UNKNOWN)):
        answer = asked(shop, number, who=who)
        assert (answer.topic, answer.facts) == (Topic.ORDER_UNKNOWN, {})
    assert shop.conversation(who) == before
    asked(shop, UNKNOWN, who=who)
    assert len({repr(each) for each in shop.line.shown[-3:]}) == 1
    assert "有一個字打錯了" in repr(shop.line.shown[-1])


def test_a_button_with_a_slip_in_its_number_is_as_unknown_as_any() -> None:
    shop = TalkingShop()
    order = shop.paid()
    assert asked(shop, data=f"status?o={slipped(order.order_number)}").topic is Topic.ORDER_UNKNOWN
    assert asked(shop, data="status?o=PARCEL%23S1").topic is Topic.ORDER_UNKNOWN


WAYS_TO_TYPE: list[Callable[[str], str]] = [
    str.lower,
    lambda number: number.replace("-", ""),
    lambda number: f" {number}\n",
    lambda number: number.replace("0", "O").replace("1", "I"),
    lambda number: number.lower().replace("0", "o").replace("1", "l"),
    lambda number: "".join(chr(ord(sign) + 0xFEE0) for sign in number),
    lambda number: f"訂單{number}到哪了？",
]


@pytest.mark.parametrize("typed", WAYS_TO_TYPE)
def test_an_order_number_may_be_typed_in_any_way(typed: Callable[[str], str]) -> None:
    shop = TalkingShop()
    number = "B01K7-0M1QG"
    shop.paid()
    shop.store.commit(Put(replace(shop.order, order_number=number, revision=0)))
    assert asked(shop, typed(number)).facts["order_number"] == number


def test_of_several_numbers_the_first_own_one_is_answered() -> None:
    shop = TalkingShop()
    foreign, first = shop.paid(who=JUN), shop.paid()
    second = shop.paid(text="高山烏龍茶 2 罐")
    words = f"{UNKNOWN} {foreign.order_number} {second.order_number} {first.order_number}"
    answer = asked(shop, words)
    assert (answer.topic, answer.facts["order_number"]) == (Topic.ORDER_STATUS, second.order_number)


def test_who_names_five_numbers_that_are_not_theirs_is_not_looked_up_for_ten_minutes() -> None:
    shop = TalkingShop()
    mine = shop.paid()
    theirs = shop.paid(who=JUN)
    for _ in range(2):
        assert asked(shop, UNKNOWN).topic is Topic.ORDER_UNKNOWN
        assert asked(shop, data=f"status?o={theirs.order_number}").topic is Topic.ORDER_UNKNOWN
    assert asked(shop, mine.order_number).topic is Topic.ORDER_STATUS
    assert asked(shop, theirs.order_number).topic is Topic.ORDER_UNKNOWN
    polite = repr(shop.line.shown[-1])
    before = shop.conversation()
    assert (before.unknown_numbers, before.unknown_since) == (5, START)

    for number in (mine.order_number, theirs.order_number, UNKNOWN):
        assert asked(shop, number).topic is Topic.ORDER_UNKNOWN
        assert repr(shop.line.shown[-1]) == polite
    assert shop.conversation() == before
    assert asked(shop, "我的訂單").topic is Topic.ORDER_STATUS

    shop.clock.go_on(600)
    assert asked(shop, mine.order_number).topic is Topic.ORDER_STATUS
    assert asked(shop, UNKNOWN).topic is Topic.ORDER_UNKNOWN
    assert shop.conversation().unknown_numbers == 1


def test_a_message_full_of_numbers_is_read_up_to_the_fifth() -> None:
    shop = TalkingShop()
    mine = shop.paid()
    foreign = " ".join(new_order_number(0x77 + step * 0x1234567) for step in range(9))
    assert asked(shop, f"{foreign} {mine.order_number}").topic is Topic.ORDER_UNKNOWN
    assert shop.conversation().unknown_numbers == 5


def test_looking_changes_nothing_but_the_answer() -> None:
    shop = TalkingShop()
    order = shop.paid()
    before = {key: row for key, row in shop.store.rows.items() if type(row) is not Message}
    asked(shop, "我的訂單")
    asked(shop, order.order_number)
    asked(shop, slipped(order.order_number))
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


# Silence ------------------------------------------------------------------------------------------------


def staff_told(shop: TalkingShop) -> list[dict[str, str]]:
    members = customer_id_of(AN)
    return [each.facts for each in shop.store.all(Message) if each.customer_id == members]


def test_a_paid_order_without_news_for_too_long_says_so_and_people_are_asked_once() -> None:
    shop = TalkingShop()
    order = shop.paid()
    paid_at = START.isoformat()
    shop.clock.go_on(timedelta(days=4, seconds=-1).total_seconds())
    assert "silent_since" not in asked(shop, "我的訂單").facts
    assert shop.cases == []

    shop.clock.go_on(1)
    asked_at = shop.clock.now.isoformat()
    for words in ("我的訂單", order.order_number, "到哪了"):
        answer = asked(shop, words)
        assert answer.facts == {
            "order_number": order.order_number,
            "as_of": asked_at,
            "silent_since": paid_at,
        }
    case = shop.store.read(OperatorCase, CaseKind.DELIVERY_SILENT, order.order_number)
    assert case is not None
    assert (case.facts, case.is_open) == ({"state": "asked", "since": paid_at}, True)
    assert staff_told(shop) == [
        {
            "customer_id": customer_id_of(MEI),
            "why": "silent",
            "language": "zh-TW",
            "as_of": asked_at,
            "order_number": order.order_number,
            "since": paid_at,
        }
    ]
    assert "我們已請店員查詢" in repr(shop.line.shown[-1])


def test_a_settled_case_of_silence_comes_back_only_after_news_and_another_silence() -> None:
    shop = TalkingShop()
    order = shop.paid()
    shop.clock.go_on(timedelta(days=5).total_seconds())
    asked(shop, "我的訂單")
    case = shop.store.read(OperatorCase, CaseKind.DELIVERY_SILENT, order.order_number)
    assert case is not None
    shop.store.commit(Put(case.resolved(shop.clock.now, "an", "the carrier has it")))
    shop.clock.go_on(timedelta(days=1).total_seconds())
    assert "silent_since" in asked(shop, "我的訂單").facts
    assert len(staff_told(shop)) == 1

    shop.parcel(order.order_number, "shipped")
    shipped_at = shop.clock.now
    assert "silent_since" not in asked(shop, "我的訂單").facts
    shop.clock.go_on(timedelta(days=4).total_seconds())
    assert asked(shop, "我的訂單").facts["silent_since"] == shipped_at.isoformat()
    again = shop.store.read(OperatorCase, CaseKind.DELIVERY_SILENT, order.order_number)
    assert again is not None
    assert again.is_open
    assert len(staff_told(shop)) == 2


def test_silence_is_asked_about_even_when_the_customers_row_moves_on_meanwhile() -> None:
    store = RacingStore()
    shop = TalkingShop(store=store)
    order = shop.paid()
    shop.clock.go_on(timedelta(days=5).total_seconds())
    shop.change(with_person=WithPerson(START, START))
    store.racing = True
    assert "silent_since" in asked(shop, "我的訂單").facts
    assert shop.cases == [("delivery_silent", order.order_number)]
    assert shop.conversation().misses == 1


def test_without_staff_in_line_the_case_is_enough() -> None:
    shop = TalkingShop(staff_ids=())
    order = shop.paid()
    shop.clock.go_on(timedelta(days=5).total_seconds())
    assert "silent_since" in asked(shop, "我的訂單").facts
    assert shop.cases == [("delivery_silent", order.order_number)]


class BusyStore(MemoryStore):
    """A store in which the customer's row changes before every commit of an answer."""

    busy = False

    def commit(self, *writes: Write) -> None:
        if self.busy:
            known = self.read(Conversation, customer_id_of(MEI))
            assert known is not None
            super().commit(Put(replace(known, misses=known.misses + 1)))
        super().commit(*writes)


def test_a_row_that_keeps_changing_leaves_the_question_on_its_queue() -> None:
    store = BusyStore()
    shop = TalkingShop(store=store)
    shop.say("hello")
    store.busy = True
    with pytest.raises(Conflict):
        asked(shop, "我的訂單")
    assert shop.store.read(Message, f"event:event{shop.events}") is None


def test_a_question_of_somebody_without_orders_may_be_about_a_product() -> None:
    shop = TalkingShop()
    assert asked(shop, "茉莉綠茶多久可以出貨").topic is Topic.PRODUCT_ANSWER


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("到哪了？", Topic.ORDER_STATUS),
        ("什麼時候到", Topic.ORDER_STATUS),
        ("Where is my order?", Topic.ORDER_STATUS),
        ("いつ届きますか", Topic.ORDER_STATUS),
        ("ถึงไหนแล้ว", Topic.ORDER_STATUS),
        ("我的訂單", Topic.ORDERS),
        ("my orders", Topic.ORDERS),
        ("注文状況", Topic.ORDERS),
        ("คำสั่งซื้อของฉัน", Topic.ORDERS),
    ],
)
def test_where_it_is_means_the_one_order_that_is_under_way(words: str, topic: Topic) -> None:
    shop = TalkingShop()
    come = shop.paid()
    for status in ("shipped", "delivered"):
        shop.parcel(come.order_number, status)
    under_way = shop.paid(text="高山烏龍茶 2 罐")
    answer = asked(shop, words)
    assert answer.topic is topic
    assert answer.facts.get("order_number", under_way.order_number) == under_way.order_number
    shop.paid(text="鳳梨酥 2 盒")
    assert asked(shop, words).topic is Topic.ORDERS
