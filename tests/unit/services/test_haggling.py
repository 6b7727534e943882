"""Haggling in the chat: from a wish to the next version of the quote, in the customer's words and by button."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.domain.conversation import Step
from storefront.domain.language import Language
from storefront.domain.outbox import Message, Topic
from storefront.domain.quote import PriceReason, Quote, QuoteState
from storefront.domain.quote_record import EntryKind, QuoteEntry
from tests.doubles.talking_shop import JUN, MEI, TalkingShop

TEA = "我要 3 箱茉莉綠茶"
RECORDED = {EntryKind.MET, EntryKind.COUNTERED, EntryKind.REFERRED, EntryKind.APPROVED, EntryKind.REFUSED}


@pytest.fixture
def shop() -> TalkingShop:
    return TalkingShop()


def prices(quote: Quote) -> dict[str, tuple[int, str]]:
    return {line.sku: (line.unit_price, line.price_reason.value) for line in quote.lines}


def record(shop: TalkingShop) -> list[tuple[str, dict[str, str]]]:
    """The rounds, without the totals."""
    entries = sorted(shop.store.all(QuoteEntry), key=lambda entry: (entry.quote_version, entry.at))
    return [
        (entry.kind.value, {name: each for name, each in entry.facts.items() if name != "total"})
        for entry in entries
        if entry.kind in RECORDED
    ]


def answered(message: Message) -> tuple[Topic, dict[str, str]]:
    facts = {name: each for name, each in message.facts.items() if not name.startswith("quote_")}
    return message.topic, facts


STEP = {"step_sku": "TEA-JAS", "step_more": "12"}


# Two rounds -----------------------------------------------------------------------------------------------


def test_two_wishes_without_an_amount_get_two_concessions_and_the_second_is_the_last_word(
    shop: TalkingShop,
) -> None:
    shop.say(TEA)

    first = shop.say("可以算便宜一點嗎？")
    assert answered(first) == (
        Topic.QUOTE,
        {"haggled": "countered", "saved": "216", **STEP, "step_price": "162"},
    )
    assert prices(shop.quote) == {"TEA-JAS": (165, "agreed")}

    second = shop.say("再便宜一點")
    assert answered(second) == (
        Topic.QUOTE,
        {"haggled": "countered", "saved": "216", "last_word": "yes", **STEP, "step_price": "156"},
    )
    assert prices(shop.quote) == {"TEA-JAS": (159, "agreed")}
    assert [quote.state for quote in shop.quote_rows] == [
        QuoteState.SUPERSEDED,
        QuoteState.SUPERSEDED,
        QuoteState.OFFERED,
    ]
    assert record(shop) == [
        (
            "countered",
            {"asked": "", "offered": "TEA-JAS:165", "round": "1", "reason": "best_of_round"},
        ),
        (
            "countered",
            {"asked": "", "offered": "TEA-JAS:159", "round": "2", "reason": "best_of_round"},
        ),
    ]


@pytest.mark.parametrize(
    ("wish", "price", "kind", "asked"),
    [
        ("168 一盒可以嗎", 168, "met", "TEA-JAS:168"),
        ("一盒 160 可以嗎", 165, "countered", "TEA-JAS:160"),
        ("茉莉綠茶一盒 166 可以嗎", 166, "met", "TEA-JAS:166"),
        ("一箱 2000 可以嗎", 166, "met", "TEA-JAS:166"),
        ("全部算 6000 好嗎", 166, "met", "TEA-JAS:166"),
        ("全部算 5500 好嗎", 165, "countered", "TEA-JAS:152"),
        ("打九五折好嗎", 165, "countered", "TEA-JAS:162"),
        ("便宜 100 元好嗎", 168, "met", "TEA-JAS:168"),
        ("could you do 167 each", 167, "met", "TEA-JAS:167"),
        ("1箱2000円でお願いできますか", 171, "already", ""),
        ("ลดหน่อยได้ไหมคะ", 165, "countered", ""),
        ("まけてもらえますか", 165, "countered", ""),
    ],
)
def test_a_wish_is_met_or_countered(shop: TalkingShop, wish: str, price: int, kind: str, asked: str) -> None:
    shop.say(TEA)

    shop.say(wish)

    assert shop.quote.lines[0].unit_price == price
    if kind == "already":
        assert record(shop) == []
        return
    (entry,) = record(shop)
    assert (entry[0], entry[1]["asked"], entry[1]["offered"]) == (kind, asked, f"TEA-JAS:{price}")


def test_numbers_of_a_wish_are_no_quantities(shop: TalkingShop) -> None:
    shop.say(TEA)
    for wish in ("150 一盒可以嗎", "165 可以嗎", "全部 5000 好嗎"):
        shop.say(wish)
        assert shop.lines() == {"TEA-JAS": 36}


def test_one_message_may_order_and_wish(shop: TalkingShop) -> None:
    answer = shop.say("我要 3 箱茉莉綠茶，可以便宜一點嗎")

    assert answer.topic is Topic.QUOTE
    assert prices(shop.quote) == {"TEA-JAS": (165, "agreed")}
    assert len(shop.quote_rows) == 1
    assert [kind for kind, _ in record(shop)] == ["countered"]
    assert shop.held("TEA-JAS") == 36


def test_the_agreed_price_is_what_is_ordered_and_the_order_says_why(shop: TalkingShop) -> None:
    shop.say(TEA)
    shop.say("168 一盒可以嗎")

    order = shop.accepted_now()

    (line,) = order.lines
    assert (line.unit_price, line.price_reason, order.goods_total) == (168, PriceReason.AGREED, 36 * 168)


def test_what_was_agreed_stays_when_more_is_ordered_and_not_when_less_is(shop: TalkingShop) -> None:
    shop.say(TEA)
    shop.say("168 一盒可以嗎")

    shop.say("改成 4 箱")
    assert prices(shop.quote) == {"TEA-JAS": (168, "agreed")}
    shop.say("改成 1 箱")
    assert prices(shop.quote) == {"TEA-JAS": (180, "list")}


# What cannot be haggled over ----------------------------------------------------------------------------


def test_without_a_quote_it_is_asked_what_and_how_many(shop: TalkingShop) -> None:
    assert answered(shop.say("可以便宜一點嗎")) == (Topic.PRICE_FIRST, {"sku": ""})
    assert answered(shop.say("茉莉綠茶可以便宜一點嗎")) == (Topic.PRICE_FIRST, {"sku": "TEA-JAS"})
    assert shop.quote_rows == []

    shop.say("36 盒")
    assert shop.lines() == {"TEA-JAS": 36}


def test_a_service_at_a_fixed_price_is_not_haggled_over(shop: TalkingShop) -> None:
    shop.say("禮盒包裝 1 組")
    before = shop.quote_rows

    assert shop.say("可以便宜一點嗎").topic is Topic.PRICE_FIRM
    assert shop.quote_rows == before


def test_a_price_no_lower_than_the_quote_changes_nothing(shop: TalkingShop) -> None:
    shop.say(TEA)
    before = shop.quote_rows

    assert shop.say("一盒 175 可以嗎").topic is Topic.PRICE_ALREADY
    assert shop.quote_rows == before


def test_a_price_for_one_of_two_products_is_asked_about(shop: TalkingShop) -> None:
    shop.say("茉莉綠茶 36 盒、鳳梨酥 2 盒")
    before = shop.quote_rows

    answer = shop.say("150 一盒可以嗎")
    assert answered(answer) == (Topic.PRICE_WHICH, {"skus": "TEA-JAS,CAK-PIN", "amount": "150"})
    assert shop.quote_rows == before

    shop.tap("茉莉綠茶")
    assert prices(shop.quote) == {"TEA-JAS": (165, "agreed"), "CAK-PIN": (360, "list")}


def test_a_total_for_two_products_is_shared(shop: TalkingShop) -> None:
    shop.say("茉莉綠茶 36 盒、鳳梨酥 2 盒")
    total = shop.quote.total

    shop.say(f"全部算 {total - 100} 好嗎")

    assert shop.quote.total <= total - 100
    assert prices(shop.quote) == {"TEA-JAS": (168, "agreed"), "CAK-PIN": (355, "agreed")}


# Buttons ------------------------------------------------------------------------------------------------


def test_the_button_asks_for_a_price_and_a_number_alone_is_the_answer(shop: TalkingShop) -> None:
    shop.say(TEA)

    shop.tap("議價")
    assert shop.conversation().step is Step.OFFER
    shop.say("168元")

    assert prices(shop.quote) == {"TEA-JAS": (168, "agreed")}
    assert shop.conversation().step is Step.FREE


def test_after_the_button_everything_else_still_means_what_it_says(shop: TalkingShop) -> None:
    shop.say(TEA)
    shop.tap("議價")

    shop.say("改成 5 箱")

    assert shop.lines() == {"TEA-JAS": 60}
    assert shop.conversation().step is Step.FREE


@pytest.mark.parametrize("language", Language)
def test_what_the_button_suggests_to_write_is_understood(shop: TalkingShop, language: Language) -> None:
    shop.say(TEA)
    shop.press(f"language?l={language.value}")
    shop.press(f"haggle?q={shop.quote.quote_id}&v=1")
    suggested = re.findall(r"[「“](.+?)[」”]", str(shop.line.shown[-1]["text"]))
    assert len(suggested) == 2

    for words in suggested:
        shop.press(f"haggle?q={shop.quote.quote_id}&v={shop.quote.quote_version}")
        shop.say(words)

    assert [(kind, facts["asked"]) for kind, facts in record(shop)] == [
        ("countered", "TEA-JAS:162"),
        ("met", "TEA-JAS:162"),
    ]
    assert shop.lines() == {"TEA-JAS": 36}


@pytest.mark.parametrize("words", ["NT$168", "168元", "那 168 元呢", "１６８ 元"])
def test_an_amount_of_money_alone_is_a_wish_about_the_open_quote(shop: TalkingShop, words: str) -> None:
    shop.say(TEA)

    shop.say(words)

    assert prices(shop.quote) == {"TEA-JAS": (168, "agreed")}
    assert shop.lines() == {"TEA-JAS": 36}


def test_while_a_price_is_talked_about_a_number_alone_is_the_next_word(shop: TalkingShop) -> None:
    shop.say(TEA)
    shop.say("便宜一點好嗎")
    assert shop.conversation().step is Step.OFFER

    shop.say("那 160 呢")

    assert prices(shop.quote) == {"TEA-JAS": (160, "agreed")}


def test_a_small_number_is_a_quantity_all_the_same(shop: TalkingShop) -> None:
    shop.say(TEA)
    shop.say("便宜一點好嗎")

    shop.say("48")

    assert shop.lines() == {"TEA-JAS": 48}


def test_without_a_talk_about_prices_a_number_alone_is_a_quantity(shop: TalkingShop) -> None:
    shop.say(TEA)

    shop.say("168")

    assert shop.lines() == {"TEA-JAS": 168}


def test_a_wish_for_another_quantity_is_answered_at_that_quantity(shop: TalkingShop) -> None:
    shop.say(TEA)

    shop.say("如果買 4 箱可以便宜嗎")

    assert shop.lines() == {"TEA-JAS": 48}
    assert prices(shop.quote) == {"TEA-JAS": (165, "agreed")}
    assert [quote.quote_version for quote in shop.quote_rows] == [1, 2]


def test_a_counter_offer_is_one_tap_away(shop: TalkingShop) -> None:
    shop.say(TEA)
    shop.tap("議價")

    shop.tap("總共 NT$5,848")

    assert prices(shop.quote) == {"TEA-JAS": (165, "agreed")}


def test_a_few_more_units_are_cheaper_once(shop: TalkingShop) -> None:
    shop.say(TEA)
    shop.say("便宜一點好嗎")

    shop.tap("再加 12 盒")
    assert shop.lines() == {"TEA-JAS": 48}
    assert prices(shop.quote) == {"TEA-JAS": (162, "agreed")}
    assert record(shop)[-1] == ("met", {"asked": "", "offered": "TEA-JAS:162", "reason": "step"})

    again = f"more?q={shop.quote.quote_id}&v={shop.quote.quote_version}&sku=TEA-JAS"
    assert shop.press(again).topic is Topic.ASK_CHANGE
    assert shop.lines() == {"TEA-JAS": 48}


PRICE_BUTTONS: list[Callable[[Quote], str]] = [
    lambda quote: f"haggle?q={quote.quote_id}&v={quote.quote_version}",
    lambda quote: f"offer?q={quote.quote_id}&v={quote.quote_version}&t=5000",
    lambda quote: f"more?q={quote.quote_id}&v={quote.quote_version}&sku=TEA-JAS",
]


@pytest.mark.parametrize("button", PRICE_BUTTONS)
def test_another_customer_s_button_is_of_no_quote(shop: TalkingShop, button: Callable[[Quote], str]) -> None:
    shop.say(TEA)
    before = shop.quote_rows

    assert shop.press(button(shop.quote), JUN).topic is Topic.QUOTE_UNKNOWN
    assert shop.quote_rows == before


@pytest.mark.parametrize("button", PRICE_BUTTONS)
def test_a_button_of_an_old_version_changes_nothing(
    shop: TalkingShop, button: Callable[[Quote], str]
) -> None:
    shop.say(TEA)
    old = shop.quote
    shop.say("改成 5 箱")
    before = shop.quote_rows

    shop.press(button(old))

    assert shop.quote_rows == before


@pytest.mark.parametrize("total", ["0", "-1", "1e9", "", "99999999999999", "六千"])
def test_a_forged_counter_offer_is_no_offer(shop: TalkingShop, total: str) -> None:
    shop.say(TEA)
    before = shop.quote_rows

    shop.press(f"offer?q={shop.quote.quote_id}&v=1&t={total}".replace("六千", "%E5%85%AD"))

    assert shop.quote_rows == before


def test_an_event_that_comes_twice_is_one_round(shop: TalkingShop) -> None:
    shop.say(TEA)
    shop.say("便宜一點好嗎")
    event = shop.last_event

    for _ in range(2):
        shop.handle(event)

    assert len(shop.quote_rows) == 2
    assert [kind for kind, _ in record(shop)] == ["countered"]


# Whatever is asked --------------------------------------------------------------------------------------

WISHES = st.sampled_from(
    [
        "可以便宜一點嗎",
        "150 一盒可以嗎",
        "一盒 100 可以嗎",
        "一盒 1 元可以嗎",
        "全部算 3000 好嗎",
        "打五折好嗎",
        "便宜 5000 元好嗎",
        "160 可以嗎",
        "改成 4 箱",
        "再加 2 盒鳳梨酥",
        "more?q={q}&v={v}&sku=TEA-JAS",
        "offer?q={q}&v={v}&t=1",
        "haggle?q={q}&v={v}",
        "168",
    ]
)


@settings(max_examples=40, deadline=None)
@given(wishes=st.lists(WISHES, max_size=14))
def test_no_sequence_of_wishes_gets_below_a_floor_without_a_person(wishes: list[str]) -> None:
    shop = TalkingShop()
    shop.say(TEA)
    catalogue = shop.catalogues.catalogue
    for wish in wishes:
        data = wish.format(q=shop.quote.quote_id, v=shop.quote.quote_version)
        before = shop.quote
        if "?" in wish:
            shop.press(data)
        else:
            shop.say(data)
        quote = shop.quote
        assert quote.total >= sum(
            catalogue.products[line.sku].floor_price * line.quantity for line in quote.lines
        )
        for line in quote.lines:
            assert isinstance(line.unit_price, int)
            assert line.unit_price >= catalogue.products[line.sku].floor_price
            assert line.price_reason is not PriceReason.APPROVED
            same = [each for each in before.lines if each.sku == line.sku and each.quantity == line.quantity]
            assert all(line.unit_price <= each.unit_price for each in same), "asking never raises a price"
    rounds = [kind for kind, _ in record(shop) if kind in {"met", "countered"}]
    assert len(rounds) <= 3, "two rounds, and one step"
    assert sum(kind == "referred" for kind, _ in record(shop)) <= 2


def test_the_customer_of_the_haggling_is_who_it_is_told(shop: TalkingShop) -> None:
    shop.say(TEA, MEI)
    shop.say("茉莉綠茶 3 盒", JUN)

    shop.say("便宜一點好嗎", JUN)

    mine = [quote for quote in shop.quote_rows if quote.customer_id == shop.conversation(MEI).customer_id]
    assert [prices(quote) for quote in mine] == [{"TEA-JAS": (171, "tier")}]
