"""The quote desk: from words to one current quote, what is asked on the way, and what becomes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.catalogue import Catalogue, Product
from storefront.domain.conversation import Step
from storefront.domain.order import OrderState
from storefront.domain.outbox import Message, Topic
from storefront.domain.quote import Quote, QuoteState
from storefront.services.ports import Put, Write
from storefront.services.turns import Happening
from tests.doubles.machinery import START
from tests.doubles.memory_store import Counters, MemoryStore
from tests.doubles.talking_shop import JUN, MEI, TalkingShop

SECOND = timedelta(seconds=1)


def versions(shop: TalkingShop) -> list[tuple[str, int, QuoteState]]:
    return [(quote.quote_id, quote.quote_version, quote.state) for quote in shop.quote_rows]


def sell(shop: TalkingShop, sku: str, **changes: object) -> None:
    """The shop changes one product."""
    catalogue = shop.catalogues.catalogue
    changed: Product = replace(catalogue.products[sku], **changes)  # type: ignore[arg-type]
    shop.catalogues.catalogue = Catalogue({**catalogue.products, sku: changed}, catalogue.version + 1)


def accept(shop: TalkingShop, quote: Quote | None = None, who: str = MEI) -> Message:
    quote = quote or shop.quote
    return shop.press(f"accept?q={quote.quote_id}&v={quote.quote_version}", who)


def version(shop: TalkingShop, number: int) -> Quote:
    return next(quote for quote in shop.quote_rows if quote.quote_version == number)


# From words to a quote --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "lines", "subtotal"),
    [
        ("茉莉綠茶 1 盒", {"TEA-JAS": (1, 180)}, 180),
        ("茉莉綠茶 23 盒", {"TEA-JAS": (23, 180)}, 4_140),
        ("茉莉綠茶 24 盒", {"TEA-JAS": (24, 171)}, 4_104),
        ("我要 3 箱茉莉綠茶", {"TEA-JAS": (36, 171)}, 6_156),
        ("茉莉綠茶 5 箱", {"TEA-JAS": (60, 160)}, 9_600),
        ("茉莉綠茶十箱", {"TEA-JAS": (120, 150)}, 18_000),
        ("鳳梨酥 1 箱又 3 盒", {"CAK-PIN": (23, 340)}, 7_820),
        ("茉莉綠茶 3 盒、高山烏龍茶 2 罐", {"TEA-JAS": (3, 180), "TEA-OOL": (2, 420)}, 1_380),
        ("鳳梨酥 2 盒，禮盒包裝 2 組", {"CAK-PIN": (2, 360), "SVC-GIF": (2, 60)}, 840),
        ("茉莉綠茶 ３ 盒", {"TEA-JAS": (3, 180)}, 540),
    ],
)
def test_an_inquiry_is_quoted_by_tier_and_pack(
    text: str, lines: dict[str, tuple[int, int]], subtotal: int
) -> None:
    shop = TalkingShop()
    answer = shop.say(text)
    assert (answer.topic, answer.facts) == (Topic.QUOTE, {"quote_id": "quote1", "quote_version": "1"})
    assert {line.sku: (line.quantity, line.unit_price) for line in shop.quote.lines} == lines
    assert shop.quote.subtotal == subtotal
    assert shop.quote.valid_until == START + timedelta(days=1)
    assert f"NT${subtotal:,}" in shop.line.sent[0].said
    held = {sku: counters.held for sku, counters in shop.store.stock.items() if counters.held}
    assert held == {sku: units for sku, (units, _) in lines.items() if sku in shop.store.stock}
    assert len(shop.line.sent) == 1


@pytest.mark.parametrize(
    ("correction", "lines"),
    [
        ("改成 5 盒", {"TEA-JAS": 5}),
        ("再加 2 盒", {"TEA-JAS": 5}),
        ("再加太陽餅 1 盒", {"TEA-JAS": 3, "CAK-SUN": 1}),
        ("少 1 盒", {"TEA-JAS": 2}),
        ("高山烏龍茶 2 罐", {"TEA-OOL": 2}),
        ("茉莉綠茶換成太陽餅 2 盒", {"CAK-SUN": 2}),
    ],
)
def test_a_correction_makes_the_next_version_and_holds_the_net_stock(
    correction: str, lines: dict[str, int]
) -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.go()
    shop.say(correction)
    assert shop.lines() == lines
    assert versions(shop) == [
        ("quote1", 1, QuoteState.SUPERSEDED),
        ("quote1", 2, QuoteState.OFFERED),
    ]
    assert {sku: counters.held for sku, counters in shop.store.stock.items() if counters.held} == lines
    assert shop.workflow.ended == [("decision:quote1-1", "QuoteEnded")]
    assert [name for name, _ in shop.workflow.started] == ["quote1-1", "quote1-2"]


def test_a_product_taken_back_leaves_the_others_and_the_last_one_lets_the_quote_go() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒、高山烏龍茶 2 罐")
    shop.go()
    shop.say("不要高山烏龍茶")
    assert shop.lines() == {"TEA-JAS": 3}
    assert shop.held("TEA-OOL") == 0
    answer = shop.say("不要茉莉綠茶")
    assert answer.topic is Topic.QUOTE_DECLINED
    assert shop.quote.state is QuoteState.DECLINED
    assert shop.held("TEA-JAS") == 0
    assert shop.say("不要茉莉綠茶").topic is Topic.QUOTE_DECLINED
    assert len(shop.quote_rows) == 2


# Questions -----------------------------------------------------------------------------------------------------


def test_a_quantity_alone_answers_the_question_before_it() -> None:
    shop = TalkingShop()
    asked = shop.say("茉莉綠茶")
    assert (asked.topic, asked.facts) == (Topic.QUESTION_QUANTITY, {"sku": "TEA-JAS"})
    assert shop.quote_rows == []
    assert shop.say("2 箱").topic is Topic.QUOTE
    assert shop.lines() == {"TEA-JAS": 24}
    assert shop.conversation().asked_sku is None


def test_a_quantity_alone_out_of_the_blue_is_not_understood() -> None:
    shop = TalkingShop()
    assert shop.say("3").topic is Topic.NOT_UNDERSTOOD
    assert shop.quote_rows == []


def test_a_quantity_with_its_unit_out_of_the_blue_is_asked_of_what() -> None:
    shop = TalkingShop()
    asked = shop.say("兩罐")
    assert (asked.topic, asked.facts) == (
        Topic.QUESTION_PRODUCT,
        {"candidates": "TEA-OOL,TEA-SPR", "quantity": "2"},
    )
    assert shop.quote_rows == []
    assert shop.say("春茶").topic is Topic.QUOTE
    assert shop.lines() == {"TEA-SPR": 2}


def test_a_pack_out_of_the_blue_becomes_units_once_its_product_is_named() -> None:
    shop = TalkingShop()
    assert shop.say("三箱").topic is Topic.QUESTION_PRODUCT
    assert shop.say("茉莉綠茶").topic is Topic.QUOTE
    assert shop.lines() == {"TEA-JAS": 36}


def test_part_of_a_name_asks_which_and_a_tap_quotes_it() -> None:
    shop = TalkingShop()
    asked = shop.say("茶 3 盒")
    assert asked.topic is Topic.QUESTION_PRODUCT
    assert asked.facts == {"candidates": "TEA-JAS,TEA-ASM", "quantity": "3"}
    assert shop.quote_rows == []
    shop.tap("茉莉綠茶")
    assert shop.lines() == {"TEA-JAS": 3}


def test_part_of_a_name_without_a_quantity_asks_which_and_then_how_many() -> None:
    shop = TalkingShop()
    assert shop.say("要一點高山").topic is Topic.QUESTION_PRODUCT
    asked = shop.tap("高山烏龍茶")
    assert asked is not None
    assert asked.topic is Topic.QUESTION_QUANTITY
    assert shop.say("2 罐").topic is Topic.QUOTE
    assert shop.lines() == {"TEA-OOL": 2}


def test_what_is_clear_waits_for_the_answer_about_the_rest() -> None:
    shop = TalkingShop()
    assert shop.say("高山烏龍茶 2 罐，茉莉綠茶").topic is Topic.QUESTION_QUANTITY
    assert shop.quote_rows == []
    shop.say("3 盒")
    assert shop.lines() == {"TEA-OOL": 2, "TEA-JAS": 3}


def test_an_answer_by_name_completes_what_waits() -> None:
    shop = TalkingShop()
    shop.say("高山烏龍茶 2 罐，茉莉綠茶")
    shop.say("茉莉綠茶 3 盒")
    assert shop.lines() == {"TEA-OOL": 2, "TEA-JAS": 3}
    shop.say("茉莉綠茶 4 盒")
    assert shop.lines() == {"TEA-JAS": 4}


def test_an_answer_by_name_leaves_nothing_over_from_a_quote_that_stands_by_itself() -> None:
    shop = TalkingShop()
    shop.say("高山烏龍茶 2 罐")
    shop.say("茉莉綠茶")
    shop.say("茉莉綠茶 3 盒")
    assert shop.lines() == {"TEA-JAS": 3}


@pytest.mark.parametrize("text", ["拿鐵咖啡 3 盒", "牛肉麵 2 個"])
def test_an_unknown_product_is_not_understood_and_nothing_is_held(text: str) -> None:
    shop = TalkingShop()
    before = shop.store.stock.copy()
    assert shop.say(text).topic is Topic.NOT_UNDERSTOOD
    assert shop.quote_rows == []
    assert shop.store.stock == before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("茉莉綠茶 0 盒", "zero"),
        ("茉莉綠茶 -3 盒", "negative"),
        ("茉莉綠茶三點五箱", "fraction"),
        ("茉莉綠茶 1000000000 盒", "too_many"),
        ("茉莉綠茶 10000 盒", "too_many"),
        ("茉莉綠茶十幾盒", "approximate"),
    ],
)
def test_a_quantity_that_is_none_is_asked_about_politely_and_can_be_answered_B1(
    text: str, reason: str
) -> None:
    shop = TalkingShop()
    answer = shop.say(text)
    assert (answer.topic, answer.facts["reason"]) == (Topic.QUANTITY_REFUSED, reason)
    assert shop.quote_rows == []
    assert shop.held("TEA-JAS") == 0
    shop.say("3 盒")
    assert shop.lines() == {"TEA-JAS": 3}


@pytest.mark.parametrize(
    "text", ["茉莉綠茶 1_000 盒", "茉莉綠茶 NaN 盒", "茉莉綠茶 True 盒", "茉莉綠茶 ² 盒", "茉莉綠茶 ½ 盒"]
)
def test_odd_numbers_never_become_a_quote_B1(text: str) -> None:
    shop = TalkingShop()
    assert shop.say(text).topic in {Topic.QUANTITY_REFUSED, Topic.QUESTION_QUANTITY, Topic.NOT_UNDERSTOOD}
    assert shop.quote_rows == []


def test_more_than_can_be_quoted_of_what_is_not_counted_is_too_many() -> None:
    shop = TalkingShop()
    shop.say("禮盒包裝 9999 組")
    answer = shop.say("再加 1 組")
    assert (answer.topic, answer.facts) == (Topic.QUANTITY_REFUSED, {"reason": "too_many"})
    assert versions(shop) == [("quote1", 1, QuoteState.OFFERED)]


# Dates and form --------------------------------------------------------------------------------------------------


def test_a_wished_day_stays_with_the_quote_through_changes_until_another_is_told() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒，12/5 前要")
    assert shop.quote.wished_date == "2026-12-05"
    shop.say("再加 2 盒")
    assert (shop.lines(), shop.quote.wished_date) == ({"TEA-JAS": 5}, "2026-12-05")
    shop.say("報價單")
    assert (shop.quote.formal, shop.quote.wished_date) == (True, "2026-12-05")
    shop.say("改成 6 盒，12/8 到")
    assert (shop.quote.formal, shop.quote.wished_date) == (True, "2026-12-08")


def test_a_day_alone_is_a_wish_for_the_open_quote() -> None:
    shop = TalkingShop()
    assert shop.say("12/5 前要").topic is Topic.NOT_UNDERSTOOD
    shop.say("茉莉綠茶 3 盒")
    assert shop.say("12/5 前要").topic is Topic.QUOTE
    assert (shop.lines(), shop.quote.wished_date) == ({"TEA-JAS": 3}, "2026-12-05")
    shop.clock.now = shop.quote.valid_until
    assert shop.say("12/6 前要").topic is Topic.NOT_UNDERSTOOD


def test_a_day_that_is_long_past_does_not_keep_a_quote_from_being_made() -> None:
    shop = TalkingShop()
    assert shop.say("茉莉綠茶 3 盒，上個月就要了").topic is Topic.QUOTE
    assert shop.quote.wished_date is None


def test_the_wished_day_reaches_the_order_system() -> None:
    shop = TalkingShop()
    order = shop.paid(text="茉莉綠茶 3 盒，12/5 前要")
    event = shop.order_system.taken[f"{order.order_number}:order.paid.v1:1"]
    assert '"wishedDate":"2026-12-05"' in event.body
    # It is about that order only: the same details serve the next one without it.
    on_file = shop.conversation().on_file
    assert on_file is not None
    assert on_file.wished_date is None


def test_a_formal_quote_is_the_open_one_again() -> None:
    shop = TalkingShop()
    assert shop.say("報價單").topic is Topic.HOW_TO_ORDER
    shop.say("茉莉綠茶 3 盒")
    assert shop.say("報價單").topic is Topic.QUOTE
    assert (shop.quote.quote_version, shop.quote.formal, shop.lines()) == (2, True, {"TEA-JAS": 3})
    assert shop.held("TEA-JAS") == 3
    assert "報價單" in shop.line.sent[-1].said


# Stock -----------------------------------------------------------------------------------------------------------


def test_too_little_stock_is_told_with_what_there_is_and_what_is_alike() -> None:
    shop = TalkingShop()
    answer = shop.say("限量春茶 10 罐")
    assert answer.topic is Topic.OUT_OF_STOCK
    assert answer.facts == {
        "sku": "TEA-SPR",
        "wanted": "10",
        "available": "5",
        "lead_days": "1",
        "rest_on": "2026-11-25",
        "similar": "TEA-OOL,TEA-JAS,TEA-ASM",
    }
    assert shop.quote_rows == []
    assert shop.store.stock["TEA-SPR"] == Counters.of(5)
    assert shop.workflow.started == []


def test_what_is_there_can_be_taken_together_with_the_rest_of_the_order() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒、限量春茶 10 罐")
    shop.press("order_of?sku=TEA-SPR&n=5")
    assert shop.lines() == {"TEA-JAS": 3, "TEA-SPR": 5}


def test_a_smaller_quantity_alone_answers_too_little_stock() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    assert shop.say("再加限量春茶 6 罐").topic is Topic.OUT_OF_STOCK
    shop.say("那 2 罐")
    assert shop.lines() == {"TEA-JAS": 3, "TEA-SPR": 2}


def test_a_change_that_cannot_be_had_leaves_the_quote_as_it_is_and_can_be_changed_again() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    assert shop.say("改成 5000 盒").topic is Topic.OUT_OF_STOCK
    assert versions(shop) == [("quote1", 1, QuoteState.OFFERED)]
    assert shop.held("TEA-JAS") == 3
    shop.say("改成 1200 盒")
    assert shop.lines() == {"TEA-JAS": 1_200}
    assert shop.store.stock["TEA-JAS"] == Counters(1_200, 1_200, 0, 2_400)


class RacingStore(MemoryStore):
    """A store in which another customer takes the stock between the plan and the commit."""

    taken: tuple[str, int] | None = None

    def commit(self, *writes: Write) -> None:
        if self.taken is not None:
            sku, units = self.taken
            counters = self.stock[sku]
            self.stock[sku] = replace(
                counters, available=counters.available - units, held=counters.held + units
            )
            self.taken = None
        super().commit(*writes)


def test_stock_that_goes_between_plan_and_commit_is_told_instead_of_a_crash_B5() -> None:
    store = RacingStore()
    shop = TalkingShop(store=store)
    store.taken = ("TEA-SPR", 4)
    answer = shop.say("限量春茶 3 罐")
    assert (answer.topic, answer.facts["available"]) == (Topic.OUT_OF_STOCK, "1")
    assert shop.quote_rows == []
    assert store.stock["TEA-SPR"] == Counters(1, 4, 0, 5)


def test_the_last_tins_are_never_promised_twice_S1() -> None:
    shop = TalkingShop()
    customers = [f"U{number:032d}" for number in range(8)]
    topics = [shop.say("限量春茶 2 罐", who).topic for who in customers]
    assert topics.count(Topic.QUOTE) == 2
    assert topics.count(Topic.OUT_OF_STOCK) == 6
    assert shop.store.stock["TEA-SPR"] == Counters(1, 4, 0, 5)


# A catalogue that changes in between ------------------------------------------------------------------------------


def test_a_change_of_price_shows_in_the_next_version_only_B2() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    sell(shop, "TEA-JAS", price=200)
    assert accept(shop).topic is Topic.ASK_DELIVERY
    assert shop.order.subtotal == 540
    shop.say("茉莉綠茶 3 盒")
    assert shop.quote.subtotal == 600


def test_a_product_that_is_no_longer_on_offer_drops_out_of_a_change() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒、高山烏龍茶 2 罐")
    sell(shop, "TEA-OOL", active=False)
    shop.say("茉莉綠茶改成 5 盒")
    assert shop.lines() == {"TEA-JAS": 5}
    assert (shop.held("TEA-JAS"), shop.held("TEA-OOL")) == (5, 0)


def test_an_old_button_of_a_product_that_is_gone_says_so_and_leaves_the_quote_alone() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    sell(shop, "TEA-OOL", active=False)
    answer = shop.press("order_of?sku=TEA-OOL&n=1")
    assert (answer.topic, answer.facts) == (Topic.QUESTION_QUANTITY, {"sku": "TEA-OOL"})
    assert "沒有販售" in shop.line.sent[-1].said
    assert versions(shop) == [("quote1", 1, QuoteState.OFFERED)]


def test_a_quote_whose_products_are_all_gone_is_renewed_to_the_catalogue() -> None:
    shop = TalkingShop()
    shop.say("高山烏龍茶 2 罐")
    sell(shop, "TEA-OOL", active=False)
    assert shop.press("renew?q=quote1&v=1").topic is Topic.CATALOGUE
    assert versions(shop) == [("quote1", 1, QuoteState.OFFERED)]


def test_a_product_that_is_counted_from_now_on_was_not_on_hold_before() -> None:
    shop = TalkingShop()
    shop.say("禮盒包裝 5 組")
    sell(shop, "SVC-GIF", stock_counted=True)
    shop.store.stock["SVC-GIF"] = Counters.of(3)
    answer = shop.say("改成 4 組")
    assert (answer.topic, answer.facts["available"]) == (Topic.OUT_OF_STOCK, "3")
    shop.say("改成 2 組")
    assert shop.store.stock["SVC-GIF"] == Counters(1, 2, 0, 3)


def test_a_product_that_is_no_longer_counted_gives_its_hold_back() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    sell(shop, "TEA-JAS", stock_counted=False)
    shop.say("改成 5 盒")
    assert shop.lines() == {"TEA-JAS": 5}
    assert shop.held("TEA-JAS") == 0


# Acceptance --------------------------------------------------------------------------------------------------------


def test_accepting_makes_one_order_and_asks_for_the_delivery_B4() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    answer = accept(shop)
    number = shop.order.order_number
    assert (answer.topic, answer.facts) == (
        Topic.ASK_DELIVERY,
        {"order_number": number, "missing": "", "method": ""},
    )
    assert (shop.quote.state, shop.quote.order_number) == (QuoteState.ACCEPTED, number)
    assert shop.order.state is OrderState.AWAITING_DETAILS
    assert shop.order.lines == shop.quote.lines
    assert shop.held("TEA-JAS") == 3
    conversation = shop.conversation()
    assert (conversation.step, conversation.order_number, conversation.cart) == (Step.DELIVERY, number, {})
    again = accept(shop)
    assert (again.topic, again.facts["order_number"]) == (Topic.ASK_DELIVERY, number)
    assert len(shop.orders) == 1
    assert shop.held("TEA-JAS") == 3


def test_a_quote_is_accepted_by_its_owner_only_B3_Q1() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒", MEI)
    quote = shop.quote
    shop.say("好", JUN)
    for verb in ("accept", "decline", "renew", "change"):
        foreign = shop.press(f"{verb}?q={quote.quote_id}&v=1", JUN)
        unknown = shop.press(f"{verb}?q=nothing&v=1", JUN)
        assert (foreign.topic, foreign.facts) == (unknown.topic, unknown.facts) == (Topic.QUOTE_UNKNOWN, {})
    assert shop.quote_rows == [quote]
    assert shop.orders == []
    assert shop.workflow.ended == []


@pytest.mark.parametrize(
    ("moment", "topic", "state"),
    [
        (-SECOND, Topic.ASK_DELIVERY, QuoteState.ACCEPTED),
        (timedelta(0), Topic.QUOTE_EXPIRED, QuoteState.EXPIRED),
        (SECOND, Topic.QUOTE_EXPIRED, QuoteState.EXPIRED),
    ],
)
def test_a_quote_can_be_accepted_until_it_expires_and_not_a_moment_later_Q4(
    moment: timedelta, topic: Topic, state: QuoteState
) -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.go()
    shop.clock.now = shop.quote.valid_until + moment
    assert accept(shop).topic is topic
    assert shop.quote.state is state
    assert shop.held("TEA-JAS") == (3 if state is QuoteState.ACCEPTED else 0)
    assert len(shop.orders) == (1 if state is QuoteState.ACCEPTED else 0)
    ended = [] if state is QuoteState.ACCEPTED else [("decision:quote1-1", "QuoteEnded")]
    assert shop.workflow.ended == ended


def test_the_button_of_an_old_version_offers_the_current_one_B3() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.say("改成 5 盒")
    before = shop.quote_rows
    answer = accept(shop, version(shop, 1))
    assert (answer.topic, answer.facts) == (
        Topic.QUOTE_SUPERSEDED,
        {"quote_id": "quote1", "quote_version": "2"},
    )
    assert shop.quote_rows == before
    assert shop.orders == []


def test_the_button_of_an_old_version_shows_the_order_once_the_new_one_is_accepted() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.say("改成 5 盒")
    accept(shop)
    answer = accept(shop, version(shop, 1))
    assert (answer.topic, answer.facts["order_number"]) == (Topic.ASK_DELIVERY, shop.order.order_number)
    assert len(shop.orders) == 1


def test_the_button_of_an_old_version_offers_to_renew_the_newest_once_that_has_expired() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.say("改成 5 盒")
    shop.clock.now = shop.quote.valid_until
    answer = accept(shop, version(shop, 1))
    assert (answer.topic, answer.facts["quote_version"]) == (Topic.QUOTE_EXPIRED, "2")
    assert shop.held("TEA-JAS") == 0
    again = accept(shop, version(shop, 1))
    assert (again.topic, again.facts["quote_version"]) == (Topic.QUOTE_EXPIRED, "2")


def test_the_button_of_a_superseded_quote_without_a_current_one_offers_to_renew_it() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.say("改成 5 盒")
    shop.say("取消")
    answer = accept(shop, version(shop, 1))
    assert (answer.topic, answer.facts["quote_version"]) == (Topic.QUOTE_EXPIRED, "1")


def test_the_button_of_another_ended_quote_offers_to_renew_that_one() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.say("改成 5 盒")
    shop.press("decline?q=quote1&v=2")
    shop.say("高山烏龍茶 2 罐")
    shop.press(f"decline?q={shop.quote.quote_id}&v=1")
    answer = accept(shop, version(shop, 2))
    assert (answer.topic, answer.facts["quote_id"]) == (Topic.QUOTE_EXPIRED, "quote1")
    answer = accept(shop, shop.quote_rows[0])
    assert (answer.topic, answer.facts) == (
        Topic.QUOTE_EXPIRED,
        {"quote_id": "quote1", "quote_version": "1"},
    )


# Other buttons -----------------------------------------------------------------------------------------------------


def test_declining_frees_the_stock_and_cannot_be_undone_by_the_old_button() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.go()
    answer = shop.press("decline?q=quote1&v=1")
    assert (answer.topic, shop.quote.state, shop.held("TEA-JAS")) == (
        Topic.QUOTE_DECLINED,
        QuoteState.DECLINED,
        0,
    )
    assert shop.workflow.ended == [("decision:quote1-1", "QuoteEnded")]
    assert accept(shop).topic is Topic.QUOTE_EXPIRED
    assert shop.press("decline?q=quote1&v=1").topic is Topic.QUOTE_EXPIRED
    assert shop.orders == []


@pytest.mark.parametrize("verb", ["decline", "change"])
def test_a_late_button_of_an_accepted_quote_says_where_the_order_stands(verb: str) -> None:
    shop = TalkingShop()
    order = shop.accepted()
    answer = shop.press(f"{verb}?q=quote1&v=1")
    assert (answer.topic, answer.facts["order_number"]) == (Topic.ASK_DELIVERY, order.order_number)
    assert shop.orders == [order]


def test_renewing_an_expired_quote_takes_todays_prices_and_keeps_what_was_asked_for() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒，12/5 前要")
    shop.say("報價單")
    shop.clock.now = shop.quote.valid_until
    accept(shop)
    sell(shop, "TEA-JAS", price=200)
    assert shop.press("renew?q=quote1&v=2").topic is Topic.QUOTE
    assert shop.quote.quote_id != "quote1"
    assert (shop.quote.subtotal, shop.quote.formal, shop.quote.wished_date) == (600, True, "2026-12-05")
    assert shop.held("TEA-JAS") == 3


def test_renewing_long_after_forgets_a_day_that_has_passed() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒，12/5 前要")
    shop.clock.go_on(30 * 86_400)
    accept(shop)
    shop.press("renew?q=quote1&v=1")
    assert shop.quote.wished_date is None


def test_the_change_button_says_how_and_changes_nothing() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    rows = shop.quote_rows
    answer = shop.press("change?q=quote1&v=1")
    assert (answer.topic, answer.facts) == (Topic.ASK_CHANGE, {"quote_id": "quote1", "quote_version": "1"})
    assert shop.quote_rows == rows
    shop.clock.now = shop.quote.valid_until
    assert shop.press("change?q=quote1&v=1").topic is Topic.QUOTE_EXPIRED


def test_an_earlier_order_is_quoted_again_at_todays_prices() -> None:
    shop = TalkingShop()
    order = shop.paid(text="茉莉綠茶 3 盒、高山烏龍茶 2 罐")
    sell(shop, "TEA-JAS", price=200)
    shop.press(f"reorder?o={order.order_number}")
    assert shop.lines() == {"TEA-JAS": 3, "TEA-OOL": 2}
    assert shop.quote.subtotal == 1_440
    assert shop.quote.state is QuoteState.OFFERED


@pytest.mark.parametrize(
    ("state", "topic"),
    [(OrderState.PAID, Topic.ORDER_STATUS), (OrderState.EXPIRED, Topic.ORDER_STATUS)],
)
def test_asking_to_pay_an_order_that_is_over_shows_where_it_stands(state: OrderState, topic: Topic) -> None:
    shop = TalkingShop()
    order = shop.paid()
    shop.store.commit(Put(replace(shop.order, state=state)))
    answer = shop.press(f"pay_again?o={order.order_number}")
    assert (answer.topic, answer.facts["order_number"]) == (topic, order.order_number)
    assert shop.jobs.named("open_payment") == []


def test_asking_to_pay_before_the_details_are_told_asks_for_them() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    shop.say("高山烏龍茶 2 罐")
    answer = shop.press(f"pay_again?o={order.order_number}")
    assert answer.topic is Topic.ASK_DELIVERY
    assert (shop.conversation().step, shop.conversation().order_number) == (Step.DELIVERY, order.order_number)


def test_a_second_message_while_the_first_is_repeated_does_not_double_the_hold() -> None:
    shop = TalkingShop()
    first = shop.event(Happening.TEXT, text="茉莉綠茶 3 盒")
    shop.chat.handle(first)
    shop.say("茉莉綠茶 3 盒")
    shop.chat.handle(first)
    assert shop.held("TEA-JAS") == 3
    assert [quote.quote_version for quote in shop.quote_rows] == [1, 2]


def picked(shop: TalkingShop, day: str) -> Message:
    """The customer picks a day on the newest quote's calendar."""
    data = f"wish_date?q={shop.quote.quote_id}&v={shop.quote.quote_version}"
    return shop.answer_to(replace(shop.event(Happening.POSTBACK, data=data), picked_day=day))


def test_a_day_from_the_calendar_makes_a_new_version_with_that_day() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    assert picked(shop, "2026-12-05").topic is Topic.QUOTE
    assert (shop.quote.quote_version, shop.quote.wished_date, shop.lines()) == (
        2,
        "2026-12-05",
        {"TEA-JAS": 3},
    )


@pytest.mark.parametrize("day", ["2026-11-20", "", "tomorrow", "2026-13-45"])
def test_a_day_that_no_calendar_offers_is_asked_for_again(day: str) -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    before = shop.quote
    assert picked(shop, day).topic is Topic.ASK_DATE
    assert shop.quote == before


def test_a_written_day_that_has_gone_is_said_and_the_quote_stays() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    before = shop.quote
    asked = shop.say("11/20 送")
    assert (asked.topic, "11/20" in str(shop.line.shown[-1])) == (Topic.ASK_DATE, True)
    assert shop.quote == before


def test_an_order_for_a_day_that_has_gone_is_quoted_without_it_and_says_so() -> None:
    shop = TalkingShop()
    answer = shop.say("茉莉綠茶 3 盒 11/20 送")
    assert (answer.topic, "11/20" in str(shop.line.shown[-1])) == (Topic.QUOTE, True)
    assert shop.quote.wished_date is None


def test_the_name_alone_answers_which_product_with_the_quantity_of_before() -> None:
    shop = TalkingShop()
    assert shop.say("茶 3 盒").topic is Topic.QUESTION_PRODUCT
    assert shop.say("紅茶").topic is Topic.QUOTE
    assert shop.lines() == {"TEA-ASM": 3}


def test_a_quantity_that_was_asked_about_is_forgotten_with_the_next_words() -> None:
    shop = TalkingShop()
    shop.say("茶 3 盒")
    shop.say("嗚啦嗚啦")
    assert shop.say("紅茶").topic is Topic.QUESTION_QUANTITY


def test_several_products_without_a_quantity_are_asked_about_one_by_one() -> None:
    shop = TalkingShop()
    assert shop.say("鳳梨酥和太陽餅").topic is Topic.QUESTION_QUANTITY
    next_question = shop.say("3 盒")
    assert (next_question.topic, next_question.facts["sku"]) == (Topic.QUESTION_QUANTITY, "CAK-SUN")
    assert shop.quote_rows == []
    shop.say("2 盒")
    assert shop.lines() == {"CAK-PIN": 3, "CAK-SUN": 2}


def test_one_quantity_for_each_answers_about_all_that_were_asked_about() -> None:
    shop = TalkingShop()
    shop.say("鳳梨酥和太陽餅")
    shop.say("各 3 盒")
    assert shop.lines() == {"CAK-PIN": 3, "CAK-SUN": 3}


def test_a_day_that_was_told_with_the_question_is_on_the_quote() -> None:
    shop = TalkingShop()
    shop.say("鳳梨酥 12/5 要")
    shop.say("5 盒")
    assert (shop.lines(), shop.quote.wished_date) == ({"CAK-PIN": 5}, "2026-12-05")


def test_calling_it_off_forgets_what_was_still_to_be_asked() -> None:
    shop = TalkingShop()
    shop.say("鳳梨酥和太陽餅 12/5 要")
    shop.say("取消")
    shop.say("紅茶 3 盒")
    assert (shop.lines(), shop.quote.wished_date) == ({"TEA-ASM": 3}, None)


def test_a_quantity_alone_with_several_products_asks_which_of_them() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒、紅茶 3 盒")
    asked = shop.say("改成 5 盒")
    assert (asked.topic, asked.facts["candidates"], asked.facts["quantity"]) == (
        Topic.QUESTION_PRODUCT,
        "TEA-JAS,TEA-ASM",
        "5",
    )
    shop.tap("阿薩姆紅茶")
    assert shop.lines() == {"TEA-JAS": 3, "TEA-ASM": 5}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("再加一盒", {"TEA-OOL": 10, "CAK-PIN": 21}),
        ("再加兩罐", {"TEA-OOL": 12, "CAK-PIN": 20}),
        ("改成 5 罐", {"TEA-OOL": 5, "CAK-PIN": 20}),
    ],
)
def test_the_unit_says_which_of_several_products_when_only_one_is_sold_by_it(
    said: str, expected: dict[str, int]
) -> None:
    shop = TalkingShop()
    shop.say("高山烏龍茶 10 罐、鳳梨酥 20 盒")
    assert shop.say(said).topic is Topic.QUOTE
    assert shop.lines() == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [("再加兩盒", {"TEA-JAS": 3, "TEA-ASM": 5}), ("少一盒", {"TEA-JAS": 3, "TEA-ASM": 2})],
)
def test_more_and_less_of_one_of_several_is_counted_from_what_there_is(
    said: str, expected: dict[str, int]
) -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒、紅茶 3 盒")
    assert shop.say(said).topic is Topic.QUESTION_PRODUCT
    assert shop.say("紅茶").topic is Topic.QUOTE
    assert shop.lines() == expected
