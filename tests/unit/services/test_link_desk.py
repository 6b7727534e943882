"""Linking an order in the chat: proof, the one refusal, locks, who is first, and what is told from then on."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from storefront.domain.conversation import Conversation, Step
from storefront.domain.linking import LinkTries
from storefront.domain.outbox import Message
from storefront.services.turns import Happening
from tests.doubles.memory_store import MemoryStore
from tests.doubles.placed import DIGITS, NUMBER, link, now_of, placed
from tests.doubles.talking_shop import JUN, LINK_RULES, MEI, TalkingShop

LOCKED = timedelta(hours=LINK_RULES.locked_hours)


def shown_to(answer: Message, shop: TalkingShop) -> Mapping[str, Any]:
    """The message object that LINE showed last."""
    assert answer.state.value == "sent"
    return shop.line.shown[-1]


def test_the_number_and_then_the_digits_link_it_and_the_answer_is_where_it_stands() -> None:
    shop = TalkingShop()
    order = placed(shop)
    shop.parcel(NUMBER, "shipped")
    asked = shop.say("綁定訂單")
    assert (asked.topic.value, asked.facts) == ("link_number", {})
    asked = shop.say(NUMBER.lower())
    assert (asked.topic.value, asked.facts) == ("link_digits", {"digits": "4"})
    assert shop.conversation().step is Step.LINK_DIGITS
    answer = shop.say(DIGITS)
    assert (answer.topic.value, answer.facts) == (
        "order_linked",
        {"order_number": order.order_number, "as_of": shop.clock.now.isoformat()},
    )
    assert now_of(shop, order).customer_id == shop.conversation().customer_id
    assert (shop.conversation().step, shop.conversation().linking) == (Step.FREE, None)
    card = json.dumps(shown_to(answer, shop), ensure_ascii=False)
    assert NUMBER in card
    assert "已出貨" in card
    assert "其他通路訂單" in card
    assert shop.heard == ["link_number", "link_digits", "order_linked"], "no backlog of notices"


@pytest.mark.parametrize(
    ("wish", "asked"),
    [
        (f"綁定訂單 {NUMBER}", "收件人電話"),
        (f"link order {NUMBER}", "phone number"),
        (f"注文を連携 {NUMBER}", "電話番号"),
        (f"ผูกคำสั่งซื้อ {NUMBER}", "เบอร์โทร"),
    ],
)
def test_the_number_may_come_with_the_wish_in_four_languages(wish: str, asked: str) -> None:
    shop = TalkingShop()
    placed(shop)
    answer = shop.say(wish)
    assert answer.topic.value == "link_digits"
    assert asked in str(shown_to(answer, shop)["text"])
    assert shop.say(DIGITS).topic.value == "order_linked"


def test_our_number_links_it_as_well_and_the_whole_phone_number_is_as_good() -> None:
    shop = TalkingShop()
    order = placed(shop)
    shop.say(f"綁定訂單 {order.order_number}")
    assert shop.say("0922333444").topic.value == "order_linked"


def test_a_number_of_ours_comes_by_the_queue_of_questions_and_is_heard_there() -> None:
    shop = TalkingShop()
    order = placed(shop)
    shop.say("綁定訂單")
    answer = shop.ask(order.order_number)
    assert answer is not None
    assert (answer.topic.value, shop.conversation().step) == ("link_digits", Step.LINK_DIGITS)
    assert shop.say(DIGITS).topic.value == "order_linked"


def test_from_then_on_it_is_told_of_once_a_milestone_and_is_among_the_orders() -> None:
    shop = TalkingShop()
    placed(shop)
    shop.parcel(NUMBER, "shipped")
    order = link(shop, MEI)
    shop.parcel(NUMBER, "delivered")
    shop.parcel(order.order_number, "delivered", event_id="again")
    assert [each for each in shop.heard if each == "shipment"] == ["shipment"]
    listed = shop.ask("我的訂單")
    assert listed is not None
    assert (listed.topic.value, listed.facts["order_number"]) == ("order_status", order.order_number)


def test_a_slip_in_a_number_of_ours_gets_its_hint_and_is_asked_about_like_any_other() -> None:
    shop = TalkingShop()
    answer = shop.say("綁定訂單 A7K3Q-9XM2X")
    assert answer.facts == {"digits": "4", "slip": "yes"}
    assert "打錯" in str(shown_to(answer, shop)["text"])
    assert shop.say("1234").topic.value == "link_refused"


def test_too_few_digits_are_asked_for_again_and_count_as_no_try() -> None:
    shop = TalkingShop()
    placed(shop)
    shop.say(f"綁定訂單 {NUMBER}")
    assert shop.say("344").topic.value == "link_digits"
    assert shop.conversation().link_misses is None
    assert shop.store.all(LinkTries) == []


def test_one_that_is_theirs_already_says_so_and_asks_for_nothing() -> None:
    shop = TalkingShop()
    placed(shop)
    order = link(shop, MEI)
    again = shop.say(f"綁定訂單 {NUMBER}")
    assert (again.topic.value, again.facts["before"]) == ("order_linked", "yes")
    assert again.facts["order_number"] == order.order_number
    assert shop.conversation().step is Step.FREE


def test_an_order_of_the_chat_is_its_customer_s_already_and_nobody_else_s_to_link() -> None:
    shop = TalkingShop()
    order = shop.paid()
    assert shop.say(f"綁定訂單 {order.order_number}").facts.get("before") == "yes"
    shop.say(f"綁定訂單 {order.order_number}", JUN)
    assert shop.say("5678", JUN).topic.value == "link_refused"
    assert now_of(shop, order) == order


# No oracle --------------------------------------------------------------------------------------------------


class Counted(MemoryStore):
    """Counts what is read, by its kind."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.reads: list[str] = []

    def read[Entity](self, kind: type[Entity], *key: str | int) -> Entity | None:
        self.reads.append(kind.__name__)
        return super().read(kind, *key)


@pytest.mark.parametrize("number", [NUMBER, "WEB-NONE-1", "A7K3Q-9XM2T", "A7K3Q-9XM2X", "theirs"])
def test_whatever_is_wrong_the_answer_and_the_work_are_the_same(number: str) -> None:
    seen: list[tuple[object, ...]] = []
    for named in (number, "WEB-UNKNOWN-9"):
        store = Counted()
        shop = TalkingShop(store=store)
        placed(shop)
        placed(shop, "WEB-OTHER-1")
        link(shop, JUN, "WEB-OTHER-1")
        written, shown = len(shop.told), len(shop.line.shown)
        shop.say(f"綁定訂單 {'WEB-OTHER-1' if named == 'theirs' else named}")
        store.reads.clear()
        answer = shop.say("0000")
        seen.append(
            (
                answer.topic,
                tuple(answer.facts.items()),
                shop.line.shown[-1],
                len(shop.told) - written,
                len(shop.line.shown) - shown,
                tuple(sorted(store.reads)),
                shop.conversation().link_misses,
                len(shop.store.all(LinkTries)),
                [each.has_customer for each in shop.orders],
            )
        )
    assert seen[0] == seen[1]
    assert seen[0][0] == "link_refused"


def test_no_number_that_was_typed_and_no_digits_stay_in_the_ledger() -> None:
    shop = TalkingShop()
    shop.say("綁定訂單 0912345678")
    shop.say("5678")
    shop.say("不用了")
    kept = repr(list(shop.store.rows.values()))
    assert "0912345678" not in kept
    assert "'5678'" not in kept


def test_in_a_group_nothing_is_linked_and_nothing_is_asked() -> None:
    shop = TalkingShop()
    order = placed(shop)
    group = "C" + "1" * 32
    first = shop.handle(shop.event(Happening.GROUP, text=f"綁定訂單 {NUMBER}", group=group))
    assert first is not None
    assert first.topic.value == "group_hint"
    assert shop.handle(shop.event(Happening.GROUP, text=DIGITS, group=group)) is None
    assert now_of(shop, order) == order
    assert {each.step for each in shop.store.all(Conversation)} == {Step.FREE}


# Locks ------------------------------------------------------------------------------------------------------


def test_a_customer_who_tries_too_often_is_locked_out_for_a_day_with_right_digits_too() -> None:
    shop = TalkingShop()
    order = placed(shop)
    shop.say(f"綁定訂單 {NUMBER}")
    for _ in range(LINK_RULES.tries):
        assert shop.say("0000").topic.value == "link_refused"
    before = shop.store.all(LinkTries)
    locked = shop.say(DIGITS)
    assert (locked.topic.value, locked.facts) == ("link_locked", {"hours": "24"})
    for words in ("綁定訂單", f"綁定訂單 {NUMBER}", "綁定訂單 WEB-OTHER-2"):
        assert shop.say(words).topic.value == "link_locked"
    assert (now_of(shop, order), shop.store.all(LinkTries)) == (order, before)
    shop.clock.now += LOCKED
    shop.say(f"綁定訂單 {NUMBER}")
    assert shop.say(DIGITS).topic.value == "order_linked"


def test_other_numbers_do_not_give_a_customer_more_tries() -> None:
    shop = TalkingShop()
    placed(shop)
    for count in range(LINK_RULES.tries):
        shop.say(f"綁定訂單 WEB-{count:04d}")
        shop.say("0000")
    assert shop.say(f"綁定訂單 {NUMBER}").topic.value == "link_locked"


def test_many_customers_together_do_not_try_one_order_longer_by_either_number() -> None:
    shop = TalkingShop()
    order = placed(shop)
    for count in range(LINK_RULES.tries_of_an_order):
        who = f"U{count:032x}"
        shop.say(f"綁定訂單 {(NUMBER, order.order_number)[count % 2]}", who)
        assert shop.say("0000", who).topic.value == "link_refused"
    before = shop.store.all(LinkTries)
    shop.say(f"綁定訂單 {NUMBER}")
    assert shop.say(DIGITS).topic.value == "link_refused", "the right digits are not looked at"
    assert (now_of(shop, order), shop.store.all(LinkTries)) == (order, before)
    shop.clock.now += LOCKED
    assert shop.say(DIGITS).topic.value == "order_linked"


def test_being_forgotten_gives_nobody_new_tries() -> None:
    shop = TalkingShop()
    placed(shop)
    shop.say(f"綁定訂單 {NUMBER}")
    for _ in range(LINK_RULES.tries):
        shop.say("0000")
    shop.press("erase_yes")
    shop.sweeping.sweep()
    assert shop.say(f"綁定訂單 {NUMBER}").topic.value == "link_locked"


# Ways out ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["不用了", "取消", "never mind", "やめます", "ไม่เอาแล้ว"])
@pytest.mark.parametrize("wish", ["綁定訂單", f"綁定訂單 {NUMBER}"])
def test_never_mind_ends_it_and_calls_nothing_off(words: str, wish: str) -> None:
    shop = TalkingShop()
    bought = shop.paid()
    placed(shop)
    shop.say(wish)
    assert shop.say(words).topic.value == "link_left"
    assert shop.conversation().step is Step.FREE
    assert (now_of(shop, bought), shop.cases) == (bought, [])


def test_the_button_ends_it_too() -> None:
    shop = TalkingShop()
    shop.press("link_order")
    assert shop.conversation().step is Step.LINK_NUMBER
    assert shop.press("link_stop").topic.value == "link_left"
    assert shop.conversation().step is Step.FREE


@pytest.mark.parametrize(
    ("words", "topic"), [("茉莉綠茶 3 盒", "quote"), ("謝謝", "thanks"), ("真人客服", "person")]
)
def test_anything_else_ends_it_and_is_answered(words: str, topic: str) -> None:
    shop = TalkingShop()
    placed(shop)
    shop.say(f"綁定訂單 {NUMBER}")
    assert shop.say(words).topic.value == topic
    assert (shop.conversation().step, shop.conversation().linking) == (Step.FREE, None)
    assert shop.say(DIGITS).topic.value != "order_linked"


def test_a_tap_or_a_question_about_orders_ends_it() -> None:
    shop = TalkingShop()
    placed(shop)
    leaving: tuple[Callable[[], object], ...] = (
        lambda: shop.press("catalogue"),
        lambda: shop.ask("我的訂單"),
        lambda: shop.ask(data="orders"),
    )
    for leave in leaving:
        shop.say(f"綁定訂單 {NUMBER}")
        leave()
        assert (shop.conversation().step, shop.conversation().linking) == (Step.FREE, None)


def test_another_number_takes_the_place_of_the_first() -> None:
    shop = TalkingShop()
    placed(shop)
    shop.say("綁定訂單 WEB-WRONG-1")
    assert shop.say(NUMBER).topic.value == "link_digits"
    assert shop.say(DIGITS).topic.value == "order_linked"


def test_cancelling_an_order_by_its_number_meanwhile_means_that_order() -> None:
    shop = TalkingShop()
    bought = shop.with_link()
    shop.say("綁定訂單")
    assert shop.say(f"取消 {bought.order_number}").topic.value == "order_cancelled"
    assert shop.conversation().step is Step.FREE


def test_while_a_person_talks_the_wish_brings_the_answers_back() -> None:
    shop = TalkingShop()
    placed(shop)
    shop.say("真人客服")
    assert shop.say(f"綁定訂單 {NUMBER}").topic.value == "link_digits"
    assert shop.say(DIGITS).topic.value == "order_linked"
