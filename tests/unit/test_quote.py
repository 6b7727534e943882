"""Quotes: frozen lines, one life, and a moment after which they can be accepted no more."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.catalogue import PriceTier, Product, ProductKind, ReturnPolicy, Unit
from storefront.domain.errors import IllegalMove
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.quote import (
    MAX_LINES,
    MAX_QUANTITY,
    QUOTE_MOVES,
    AgreedPrice,
    Discount,
    DiscountKind,
    OfferedPrice,
    PriceReason,
    Quote,
    QuoteLine,
    QuoteState,
    coupon_among,
)
from tests.doubles.machinery import START

TEA = Product(
    sku="TEA-JAS",
    kind=ProductKind.GOODS,
    names={Language.ZH_TW: "茉莉綠茶", Language.EN: "Jasmine green tea"},
    unit=Unit.BOX,
    price=180,
    floor_price=140,
    tiers=(PriceTier(24, 171), PriceTier(60, 160), PriceTier(120, 150)),
    return_policy=ReturnPolicy.SEVEN_DAYS,
    stock_counted=True,
    lead_days=2,
)
WRAPPING = replace(TEA, sku="SVC-GIF", price=60, floor_price=60, tiers=(), stock_counted=False)
UNTIL = START + timedelta(days=1)


def quote(*lines: QuoteLine, state: QuoteState = QuoteState.OFFERED) -> Quote:
    return Quote(
        "quote1", 2, "customer1", Language.ZH_TW, Currency.TWD, lines, START, UNTIL, state, due_at=UNTIL
    )


@pytest.mark.parametrize(
    ("units", "price"),
    [(1, 180), (23, 180), (24, 171), (59, 171), (60, 160), (119, 160), (120, 150), (9_999, 150)],
)
def test_a_line_is_priced_by_the_tier_that_its_quantity_reaches(units: int, price: int) -> None:
    line = QuoteLine.priced(TEA, units, Language.EN)
    reason = PriceReason.LIST if units < 24 else PriceReason.TIER
    assert line == QuoteLine(
        "TEA-JAS", "Jasmine green tea", units, "box", price, 180, ReturnPolicy.SEVEN_DAYS, True, 2, reason
    )
    assert line.amount == units * price


@pytest.mark.parametrize(
    ("units", "agreed", "price", "reason"),
    [
        (12, AgreedPrice(165, 12), 165, PriceReason.AGREED),
        (13, AgreedPrice(130, 12, "staff1"), 130, PriceReason.APPROVED),
        (11, AgreedPrice(165, 12), 180, PriceReason.LIST),
        (60, AgreedPrice(165, 12), 160, PriceReason.TIER),
        (24, AgreedPrice(171, 12), 171, PriceReason.TIER),
    ],
)
def test_an_agreed_price_counts_from_its_quantity_on_and_never_raises_a_price(
    units: int, agreed: AgreedPrice, price: int, reason: PriceReason
) -> None:
    line = QuoteLine.priced(TEA, units, Language.EN, agreed)
    assert (line.unit_price, line.price_reason, line.list_price) == (price, reason, 180)


@pytest.mark.parametrize(
    ("units", "agreed", "offered", "price", "reason"),
    [
        (1, None, 179, 179, PriceReason.OFFER),
        (1, None, 180, 180, PriceReason.LIST),
        (24, None, 171, 171, PriceReason.TIER),
        (24, None, 170, 170, PriceReason.OFFER),
        (24, AgreedPrice(169), 170, 169, PriceReason.AGREED),
        (24, AgreedPrice(170), 170, 170, PriceReason.OFFER),
        (24, AgreedPrice(165, 25), 170, 170, PriceReason.OFFER),
        (25, AgreedPrice(165, 25, "staff1"), 170, 165, PriceReason.APPROVED),
    ],
)
def test_the_customer_gets_the_best_price_there_is_and_an_offer_is_kept_only_if_it_was_that(
    units: int, agreed: AgreedPrice | None, offered: int, price: int, reason: PriceReason
) -> None:
    offer = OfferedPrice("SPRING", "春茶", offered, UNTIL)
    line = QuoteLine.priced(TEA, units, Language.EN, agreed, offer)
    assert (line.unit_price, line.price_reason) == (price, reason)
    assert line.offer == (offer if reason is PriceReason.OFFER else None)


def test_a_price_is_agreed_for_any_quantity_and_by_nobody_unless_said() -> None:
    assert AgreedPrice(165) == AgreedPrice(165, from_quantity=1, approved_by=None)
    assert Discount(DiscountKind.COUPON, "TEA100", 100).capped is False


def test_only_a_coupon_among_the_discounts_is_a_coupon() -> None:
    tier = Discount(DiscountKind.ORDER_TIER, "from-1500", 50)
    assert coupon_among(()) is None
    assert coupon_among((tier,)) is None
    assert coupon_among((tier, Discount(DiscountKind.COUPON, "TEA100", 100))) == "TEA100"


def test_a_line_without_more_said_is_at_list_price_and_ready_at_once() -> None:
    line = QuoteLine("A", "a", 1, "box", 10, 10, ReturnPolicy.SEVEN_DAYS, True)
    assert (line.lead_days, line.price_reason, line.offer) == (0, PriceReason.LIST, None)


def test_a_quote_begins_offered_with_nothing_else_said() -> None:
    fresh = Quote("quote1", 1, "customer1", Language.ZH_TW, Currency.TWD, (), START, UNTIL)
    nothing_yet = {
        "state": QuoteState.OFFERED,
        **dict.fromkeys(("order_number", "wished_date", "coupon", "promised_since", "due_at")),
        **dict.fromkeys(("declined_for", "page_key", "remind_at")),
        **{"formal": False, "agreed": {}, "discounts": (), "told_of_end": False, "revision": 0},
    }
    assert {name: getattr(fresh, name) for name in nothing_yet} == nothing_yet


def test_only_a_quote_that_promised_its_stock_holds_it() -> None:
    tea, wrapping = (QuoteLine.priced(each, 3, Language.ZH_TW) for each in (TEA, WRAPPING))
    assert quote(tea, wrapping).held_lines == ()
    assert replace(quote(tea, wrapping), promised_since=START).held_lines == (tea,)


def test_what_is_taken_off_a_quote_lowers_its_total_and_no_line_M3() -> None:
    line = QuoteLine.priced(TEA, 10, Language.EN)
    reduced = replace(
        quote(line),
        discounts=(
            Discount(DiscountKind.COUPON, "TEA100", 100),
            Discount(DiscountKind.ORDER_TIER, "from-1500", 50),
        ),
    )
    assert (reduced.subtotal, reduced.discount, reduced.total) == (1_800, 150, 1_650)


@given(st.lists(st.tuples(st.sampled_from([TEA, WRAPPING]), st.integers(1, 9_999)), max_size=20))
def test_a_subtotal_is_the_sum_of_whole_amounts_M3(some: list[tuple[Product, int]]) -> None:
    lines = [QuoteLine.priced(product, units, Language.ZH_TW) for product, units in some]
    subtotal = quote(*lines).subtotal
    assert isinstance(subtotal, int)
    assert subtotal == sum(product.unit_price(units) * units for product, units in some)


def test_only_counted_lines_hold_stock() -> None:
    tea, wrapping = (QuoteLine.priced(each, 3, Language.ZH_TW) for each in (TEA, WRAPPING))
    assert quote(tea, wrapping).counted_lines == (tea,)


def test_a_workflow_is_named_after_the_version_D5() -> None:
    assert quote().workflow_name == "quote1-2"


@pytest.mark.parametrize(
    ("state", "seconds", "is_open"),
    [
        (QuoteState.OFFERED, -1, True),
        (QuoteState.OFFERED, 0, False),
        (QuoteState.OFFERED, 1, False),
        *((state, -1, False) for state in QuoteState if state is not QuoteState.OFFERED),
    ],
)
def test_a_quote_is_open_while_offered_and_before_its_moment_Q4_B8(
    state: QuoteState, seconds: int, is_open: bool
) -> None:
    assert quote(state=state).is_open_at(UNTIL + timedelta(seconds=seconds)) is is_open


@pytest.mark.parametrize(("source", "target"), list(product(QuoteState, QuoteState)))
def test_only_an_offered_quote_moves_and_only_once_T1_T3_Q2(source: QuoteState, target: QuoteState) -> None:
    before = replace(quote(state=source), remind_at=START)

    def moved() -> Quote:
        return before.accepted("A7K3Q-9XM2T") if target is QuoteState.ACCEPTED else before.ended(target)

    if source is not QuoteState.OFFERED or target is QuoteState.OFFERED:
        with pytest.raises(IllegalMove):
            moved()
        return
    assert target in QUOTE_MOVES[source]
    after = moved()
    order_number = "A7K3Q-9XM2T" if target is QuoteState.ACCEPTED else None
    assert after == replace(before, state=target, order_number=order_number, remind_at=None, due_at=None)


def test_a_quote_is_as_long_and_as_large_as_one_transaction_and_one_customer_may_make_it_B1() -> None:
    assert (MAX_LINES, MAX_QUANTITY) == (20, 9_999)
