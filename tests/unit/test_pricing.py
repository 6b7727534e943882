"""Offers, order tiers and coupons: whole dollars, never below a floor by accident, never more than they apply to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.bundles import Bundle
from storefront.domain.catalogue import PriceTier, Product, ProductKind, ReturnPolicy, Unit
from storefront.domain.coupon import Coupon, CouponKind, CouponRefusal
from storefront.domain.errors import InvalidPriceRules
from storefront.domain.language import Language
from storefront.domain.offers import Offer, OfferKind, OrderTier, Period, Scope, percent_of
from storefront.domain.pricing import PriceRules, Reductions, above_floor
from storefront.domain.quote import AgreedPrice, Discount, DiscountKind, OfferedPrice, PriceReason, QuoteLine

NOW: Final = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
TODAY: Final = Period(NOW, NOW + DAY)
NAMES: Final = dict.fromkeys(Language, "新茶上市")
TEA: Final = Product(
    sku="TEA",
    kind=ProductKind.GOODS,
    names={Language.ZH_TW: "茶"},
    unit=Unit.BOX,
    price=180,
    floor_price=140,
    tiers=(PriceTier(24, 171), PriceTier(60, 160)),
    return_policy=ReturnPolicy.SEVEN_DAYS,
)
CAKE: Final = replace(TEA, sku="CAKE", price=360, floor_price=300, tiers=())
WRAPPING: Final = replace(TEA, sku="WRAP", kind=ProductKind.SERVICE, price=60, floor_price=60, tiers=())
NO_RULES: Final = PriceRules()
PRODUCTS: Final = {product.sku: product for product in (TEA, CAKE, WRAPPING)}
ALL: Final = Scope(kinds=frozenset(ProductKind))


def scope(*skus: str) -> Scope:
    return Scope(frozenset(skus))


def offer(kind: OfferKind = OfferKind.PERCENT, value: int = 10, **changes: object) -> Offer:
    made = Offer("new-tea", kind, value, scope("TEA"), TODAY, NAMES)
    return replace(made, **changes)  # type: ignore[arg-type]


def coupon(kind: CouponKind = CouponKind.AMOUNT, value: int = 100, **changes: object) -> Coupon:
    made = Coupon("TEA100", kind, value, scope("TEA"), TODAY)
    return replace(made, **changes)  # type: ignore[arg-type]


def lines(wanted: Mapping[str, int], rules: PriceRules = NO_RULES) -> list[QuoteLine]:
    return [
        QuoteLine.priced(
            PRODUCTS[sku], units, Language.EN, offered=rules.offered(PRODUCTS[sku], units, Language.EN, NOW)
        )
        for sku, units in wanted.items()
    ]


def reduced(
    wanted: Mapping[str, int], code: Coupon | None = None, *tiers: OrderTier
) -> tuple[list[int], CouponRefusal | None]:
    """What is taken off, in order, and why the coupon takes nothing."""
    found = PriceRules(order_tiers=tiers).reductions(lines(wanted), PRODUCTS, code)
    return [discount.amount for discount in found.discounts], found.coupon_refusal


# Rates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "percent", "off"),
    [(50_000, 90, 45_000), (333, 10, 34), (199, 20, 40), (1, 1, 1), (0, 50, 0), (100, 3, 3), (101, 3, 4)],
)
def test_what_a_rate_takes_off_is_rounded_up_in_whole_dollars_S2_T6(
    amount: int, percent: int, off: int
) -> None:
    assert percent_of(amount, percent) == off


@given(st.integers(0, 10**12), st.integers(1, 99))
def test_a_rate_gives_what_was_announced_and_less_than_a_dollar_more_S2_T6(amount: int, percent: int) -> None:
    off = percent_of(amount, percent)
    assert type(off) is int
    assert 0 <= off - Fraction(amount * percent, 100) < 1
    assert off <= amount


# Offers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "seconds", "units", "price", "reason"),
    [
        ({}, 0, 1, 162, PriceReason.OFFER),
        ({}, -1, 1, 180, PriceReason.LIST),
        ({}, 86_399, 1, 162, PriceReason.OFFER),
        ({}, 86_400, 1, 180, PriceReason.LIST),
        ({}, 0, 60, 160, PriceReason.TIER),
        ({"from_quantity": 2}, 0, 1, 180, PriceReason.LIST),
        ({"from_quantity": 2}, 0, 2, 162, PriceReason.OFFER),
        ({"scope": scope("CAKE")}, 0, 1, 180, PriceReason.LIST),
        ({"scope": Scope(kinds=frozenset({ProductKind.GOODS}))}, 0, 1, 162, PriceReason.OFFER),
        ({"scope": Scope(kinds=frozenset({ProductKind.SERVICE}))}, 0, 1, 180, PriceReason.LIST),
        ({"kind": OfferKind.UNIT_PRICE, "value": 150}, 0, 60, 150, PriceReason.OFFER),
        ({"kind": OfferKind.UNIT_PRICE, "value": 200}, 0, 1, 180, PriceReason.LIST),
        ({"value": 50}, 0, 1, 140, PriceReason.OFFER),
        ({"value": 50, "may_undercut_floor": True}, 0, 1, 90, PriceReason.OFFER),
        ({"kind": OfferKind.UNIT_PRICE, "value": 100}, 0, 1, 140, PriceReason.OFFER),
    ],
)
def test_an_offer_counts_for_its_products_quantity_and_time_and_stops_at_the_floor(
    changes: dict[str, object], seconds: int, units: int, price: int, reason: PriceReason
) -> None:
    rules = PriceRules((offer(**changes),))  # type: ignore[arg-type]
    at = NOW + timedelta(seconds=seconds)
    line = QuoteLine.priced(TEA, units, Language.JA, offered=rules.offered(TEA, units, Language.JA, at))
    assert (line.unit_price, line.price_reason, line.list_price) == (price, reason, 180)
    told = OfferedPrice("new-tea", "新茶上市", price, NOW + DAY)
    assert line.offer == (told if reason is PriceReason.OFFER else None)


def test_the_best_of_several_offers_is_the_customers() -> None:
    rules = PriceRules(
        (
            offer(),
            offer(code="better", value=15),
            offer(code="late", value=20, period=Period(NOW + DAY, NOW + 2 * DAY)),
        )
    )
    assert rules.offered(TEA, 1, Language.EN, NOW) == OfferedPrice("better", "新茶上市", 153, NOW + DAY)


@pytest.mark.parametrize(
    ("agreed", "price", "reason"), [(150, 150, PriceReason.AGREED), (162, 162, PriceReason.OFFER)]
)
def test_an_offer_and_an_agreed_price_do_not_add_up(agreed: int, price: int, reason: PriceReason) -> None:
    offered = PriceRules((offer(),)).offered(TEA, 1, Language.EN, NOW)
    line = QuoteLine.priced(TEA, 1, Language.EN, AgreedPrice(agreed), offered)
    assert (line.unit_price, line.price_reason) == (price, reason)
    assert (line.offer is not None) == (reason is PriceReason.OFFER)


# Order tiers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("units", "off"), [(27, []), (28, [101]), (55, [198]), (56, [404])])
def test_the_highest_order_tier_that_is_reached_counts(units: int, off: list[int]) -> None:
    tiers = (OrderTier(10_000, 1), OrderTier(20_000, 2))
    assert reduced({"CAKE": units}, None, *tiers) == (off, None)


def test_an_order_tier_stops_at_the_floors_unless_it_says_otherwise() -> None:
    wanted = {"TEA": 60, "WRAP": 1}
    room = (160 - 140) * 60
    rules = PriceRules(order_tiers=(OrderTier(1_000, 50),))
    assert rules.reductions(lines(wanted), PRODUCTS) == Reductions(
        (Discount(DiscountKind.ORDER_TIER, "from-1000", room, capped=True),)
    )
    assert reduced(wanted, None, OrderTier(1_000, 50, may_undercut_floor=True)) == ([4_830], None)
    assert reduced({"WRAP": 100}, None, OrderTier(1_000, 3)) == ([], None)


# Bundles --------------------------------------------------------------------------------------------------

TOGETHER: Final = Bundle("together", {"TEA": 2, "CAKE": 1}, off=50)
WRAPPED: Final = Bundle("wrapped", {"TEA": 2, "WRAP": 1}, free="WRAP")


@pytest.mark.parametrize(
    ("wanted", "off"),
    [
        ({"TEA": 2, "CAKE": 1}, {"together": 50}),
        ({"TEA": 4, "CAKE": 2}, {"together": 50}),
        ({"TEA": 1, "CAKE": 1}, {}),
        ({"TEA": 2}, {}),
        ({"TEA": 2, "WRAP": 3}, {"wrapped": 60}),
        ({"TEA": 2, "WRAP": 1, "CAKE": 1}, {"together": 50, "wrapped": 60}),
    ],
)
def test_what_is_bought_together_costs_less_once(wanted: Mapping[str, int], off: Mapping[str, int]) -> None:
    rules = PriceRules(bundles=(TOGETHER, WRAPPED))
    discounts = rules.reductions(lines(wanted), PRODUCTS).discounts
    assert {discount.code: discount.amount for discount in discounts} == off
    assert {discount.kind for discount in discounts} <= {DiscountKind.BUNDLE}


def test_bundles_and_a_coupon_stay_above_the_floors_together() -> None:
    rules = PriceRules(bundles=(replace(TOGETHER, off=500),))
    found = rules.reductions(lines({"TEA": 2, "CAKE": 1}), PRODUCTS, coupon())
    assert found == Reductions(
        (Discount(DiscountKind.BUNDLE, "together", 140, capped=True),), CouponRefusal.AT_FLOOR
    )


# Coupons --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "refusal"),
    [
        (-1, CouponRefusal.NOT_YET),
        (0, None),
        (86_399, None),
        (86_400, CouponRefusal.OVER),
    ],
)
def test_a_coupon_counts_from_its_first_moment_to_before_its_last_S1(
    seconds: int, refusal: CouponRefusal | None
) -> None:
    assert coupon().refusal_at(NOW + timedelta(seconds=seconds)) is refusal


@pytest.mark.parametrize(
    ("wanted", "changes", "off", "refusal"),
    [
        ({"TEA": 10}, {}, [100], None),
        ({"CAKE": 10}, {}, [], CouponRefusal.NOT_FOR_THESE),
        ({"WRAP": 10}, {"scope": ALL}, [], CouponRefusal.AT_FLOOR),
        ({"TEA": 5, "CAKE": 10}, {"least_total": 1_000}, [], CouponRefusal.LEAST_TOTAL),
        ({"TEA": 6}, {"least_total": 1_080}, [100], None),
        ({"TEA": 10, "CAKE": 10}, {"kind": CouponKind.PERCENT, "value": 5}, [90], None),
        ({"TEA": 1}, {}, [40], None),
        ({"TEA": 1}, {"may_undercut_floor": True}, [100], None),
        ({"TEA": 1}, {"may_undercut_floor": True, "value": 500}, [179], None),
        ({"TEA": 1, "CAKE": 1}, {"may_undercut_floor": True, "value": 500}, [180], None),
    ],
)
def test_a_coupon_takes_off_what_it_is_for_and_no_more_S1_S8(
    wanted: Mapping[str, int], changes: dict[str, object], off: list[int], refusal: CouponRefusal | None
) -> None:
    assert reduced(wanted, coupon(**changes)) == (off, refusal)  # type: ignore[arg-type]


def test_a_melon_coupon_leaves_the_television_alone_S1() -> None:
    """90 % off one product took 45,001 off another that cost 50,000."""
    television = replace(TEA, sku="TV", price=50_000, floor_price=0, tiers=())
    line = QuoteLine.priced(television, 1, Language.EN)
    melon = coupon(CouponKind.PERCENT, 90, scope=scope("MELON"))
    assert PriceRules().reductions([line], {"TV": television}, melon) == Reductions(
        (), CouponRefusal.NOT_FOR_THESE
    )
    fair = coupon(CouponKind.PERCENT, 90, scope=scope("TV"))
    (discount,) = PriceRules().reductions([line], {"TV": television}, fair).discounts
    assert discount.amount == 45_000


def test_a_coupon_that_is_cut_short_says_so() -> None:
    (discount,) = PriceRules().reductions(lines({"TEA": 1}), PRODUCTS, coupon()).discounts
    assert discount == Discount(DiscountKind.COUPON, "TEA100", 40, capped=True)


def test_a_price_that_a_person_approved_below_the_floor_leaves_no_room_for_a_coupon() -> None:
    line = QuoteLine.priced(TEA, 10, Language.EN, AgreedPrice(130, approved_by="staff1"))
    assert above_floor(line, TEA) == 0
    assert PriceRules().reductions([line], PRODUCTS, coupon()).coupon_refusal is CouponRefusal.AT_FLOOR


UNITS: Final = st.integers(1, 9_999)
BASKETS: Final = st.dictionaries(st.sampled_from(sorted(PRODUCTS)), UNITS, min_size=1)
SCOPES: Final = st.one_of(
    st.just(ALL),
    st.sets(st.sampled_from(sorted(PRODUCTS)), min_size=1).map(lambda skus: Scope(frozenset(skus))),
)
COUPONS: Final = st.one_of(
    st.builds(
        coupon,
        st.just(CouponKind.PERCENT),
        st.integers(1, 99),
        scope=SCOPES,
        may_undercut_floor=st.booleans(),
    ),
    st.builds(
        coupon,
        st.just(CouponKind.AMOUNT),
        st.integers(1, 10**7 - 1),
        scope=SCOPES,
        may_undercut_floor=st.booleans(),
    ),
)
OFFERS: Final = st.one_of(
    st.builds(
        offer, st.just(OfferKind.PERCENT), st.integers(1, 99), scope=SCOPES, may_undercut_floor=st.booleans()
    ),
    st.builds(
        offer,
        st.just(OfferKind.UNIT_PRICE),
        st.integers(1, 500),
        scope=SCOPES,
        may_undercut_floor=st.booleans(),
    ),
)
TIERS: Final = st.lists(
    st.builds(OrderTier, st.integers(1, 10**6), st.integers(1, 99), st.booleans()),
    max_size=3,
    unique_by=lambda tier: tier.from_total,
)


@given(BASKETS, st.lists(OFFERS, max_size=2), st.none() | COUPONS, TIERS, st.integers(1, 10**6))
def test_totals_add_up_in_whole_dollars_and_no_rule_goes_too_far(
    wanted: dict[str, int], offers: list[Offer], code: Coupon | None, tiers: list[OrderTier], off: int
) -> None:
    rules = PriceRules(tuple(offers), (), tuple(tiers), (replace(TOGETHER, off=off), WRAPPED))
    quoted = lines(wanted, rules)
    found = rules.reductions(quoted, PRODUCTS, code)
    subtotal = sum(line.amount for line in quoted)
    taken = dict.fromkeys((discount.kind for discount in found.discounts), 0)
    for discount in found.discounts:
        assert type(discount.amount) is int
        assert discount.amount > 0
        taken[discount.kind] += discount.amount
    assert subtotal - sum(taken.values()) >= 1
    assert (DiscountKind.COUPON in taken) == (code is not None and found.coupon_refusal is None)
    for line in quoted:
        product = PRODUCTS[line.sku]
        assert 1 <= line.unit_price <= product.unit_price(line.quantity)
        if not any(each.may_undercut_floor for each in offers):
            assert line.unit_price >= product.floor_price
    if code is not None:
        covered = code.covered(quoted, PRODUCTS)
        assert taken.get(DiscountKind.COUPON, 0) <= sum(line.amount for line in covered)
        if not code.may_undercut_floor:
            room = sum(above_floor(line, PRODUCTS[line.sku]) for line in covered)
            assert taken.get(DiscountKind.COUPON, 0) <= room
    if (code is None or not code.may_undercut_floor) and not any(tier.may_undercut_floor for tier in tiers):
        assert sum(taken.values()) <= sum(above_floor(line, PRODUCTS[line.sku]) for line in quoted)


# Rules that contradict themselves -------------------------------------------------------------------------


def test_an_offer_names_all_that_is_wrong_with_it_S9() -> None:
    with pytest.raises(InvalidPriceRules) as refused:
        Offer("x", OfferKind.PERCENT, 100, Scope(), Period(NOW, NOW), {Language.EN: ""}, from_quantity=0)
    assert refused.value.problems == (
        "names neither skus nor kinds, so it is about nothing",
        "ends before it starts",
        "value is not a whole percentage from 1 to 99",
        "from_quantity is not 1 to 9999",
        "names are not given in every language",
        "a name is not 1 to 40 characters long",
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"code": "tea100"}, "code is not 4 to 20 capital letters and digits"),
        ({"code": "T" * 21}, "code is not 4 to 20 capital letters and digits"),
        ({"kind": CouponKind.PERCENT, "value": 100}, "value is not a whole percentage from 1 to 99"),
        ({"value": 0}, "value is not an amount"),
        ({"least_total": -1}, "least_total is negative"),
        ({"uses": 0}, "uses is less than 1"),
        ({"uses_per_customer": 0}, "uses_per_customer is less than 1"),
    ],
)
def test_a_coupon_that_contradicts_itself_cannot_be_built(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(InvalidPriceRules) as refused:
        coupon(**changes)  # type: ignore[arg-type]
    assert refused.value.problems == (problem,)


def test_an_order_tier_that_contradicts_itself_cannot_be_built() -> None:
    with pytest.raises(InvalidPriceRules) as refused:
        OrderTier(0, 0)
    assert refused.value.problems == (
        "from_total is less than 1",
        "value is not a whole percentage from 1 to 99",
    )


def test_an_offer_that_is_no_price_cannot_be_built() -> None:
    with pytest.raises(InvalidPriceRules) as refused:
        offer(OfferKind.UNIT_PRICE, 0)
    assert refused.value.problems == ("value is not a price",)
