"""The file of the shop's price rules: the demo shop's is valid, and a broken one is refused with every reason."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from storefront.contracts.price_rules import read_price_rules
from storefront.domain.catalogue import ProductKind
from storefront.domain.coupon import Coupon, CouponKind
from storefront.domain.errors import InvalidPriceRules
from storefront.domain.language import Language
from storefront.domain.offers import Offer, OfferKind, OrderTier, Period, Scope
from storefront.domain.pricing import PriceRules
from storefront.settings import Settings
from tests.doubles.talking_shop import demo_catalogue

DEMO = Path(__file__).parents[2] / "layers/shared/python/storefront/demo_shop/prices.toml"
GOOD = """
[[order_tiers]]
from_total = 10_000
percent = 3

[[offers]]
code = "new-tea"
kind = "percent"
value = 10
kinds = ["goods"]
from_quantity = 2
starts = 2026-12-01
ends = 2026-12-31
may_undercut_floor = true
names = { zh-TW = "新茶", en = "New tea", ja = "新茶", th = "ชาใหม่" }

[[coupons]]
code = "TEA100"
kind = "amount"
value = 100
skus = ["TEA-JAS", "TEA-OOL"]
least_total = 1_000
uses = 50
uses_per_customer = 1
starts = 2026-12-01T09:00:00
ends = 2026-12-24T12:00:00+00:00
"""
BROKEN = """
[[order_tier]]
from_total = 10_000

[[order_tiers]]
from_total = "10000"
percent = 2.5

[[offers]]
code = "spring"
kind = 1
value = 10.0
skus = ["TEA-JAS"]
starts = "tomorrow"
may_undercut_floor = "no"
names = { zh-TW = "春", fr = "printemps" }

[[offers]]
kind = "percent"

[[coupons]]
code = "lower"
kind = "percent"
value = 120
kinds = ["tea"]
starts = 2026-12-31
ends = 2026-12-01
limit = 5

[[coupons]]
code = "LOWER1"
kind = "percent"
value = 120
skus = []
uses = 0
starts = 2026-12-31
ends = 2026-12-01
"""


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(InvalidPriceRules) as refused:
        read_price_rules(text)
    return refused.value.problems


def test_the_demo_shops_rules_are_valid_and_deployed() -> None:
    rules = read_price_rules(DEMO.read_text("utf-8"))
    assert Settings({}).price_rules == rules
    assert [coupon.code for coupon in rules.coupons] == ["TEA100", "SWEET5"]
    assert rules.offers
    assert rules.order_tiers


def test_the_demo_shops_rules_are_about_products_that_it_has() -> None:
    catalogue, _ = demo_catalogue()
    rules = Settings({}).price_rules
    scopes = [*(offer.scope for offer in rules.offers), *(coupon.scope for coupon in rules.coupons)]
    assert frozenset[str]().union(*(scope.skus for scope in scopes)) <= set(catalogue.products)


def test_days_and_times_are_the_shops_own_and_a_last_day_counts_whole() -> None:
    midnight = datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert read_price_rules(GOOD) == PriceRules(
        (
            Offer(
                "new-tea",
                OfferKind.PERCENT,
                10,
                Scope(kinds=frozenset({ProductKind.GOODS})),
                Period(midnight, datetime(2026, 12, 31, 16, tzinfo=UTC)),
                {Language.ZH_TW: "新茶", Language.EN: "New tea", Language.JA: "新茶", Language.TH: "ชาใหม่"},
                2,
                may_undercut_floor=True,
            ),
        ),
        (
            Coupon(
                "TEA100",
                CouponKind.AMOUNT,
                100,
                Scope(frozenset({"TEA-JAS", "TEA-OOL"})),
                Period(datetime(2026, 12, 1, 1, tzinfo=UTC), datetime(2026, 12, 24, 12, tzinfo=UTC)),
                least_total=1_000,
                uses=50,
                uses_per_customer=1,
            ),
        ),
        (OrderTier(10_000, 3),),
    )


def test_a_file_without_rules_has_none() -> None:
    assert read_price_rules("") == PriceRules()


def test_a_broken_file_is_refused_with_everything_that_is_wrong_S9() -> None:
    assert problems_of(BROKEN) == (
        "order_tier: no such kind of rule",
        "offers spring: kind is not one of percent, unit_price",
        "offers spring: value is not a whole number",
        "offers spring: starts is not a date or a date and time",
        "offers spring: ends is missing",
        "offers spring: names: fr is no language of the shop",
        "offers spring: may_undercut_floor is not true or false",
        "offers 2: code is missing",
        "offers 2: value is missing",
        "offers 2: starts is missing",
        "offers 2: ends is missing",
        "offers 2: names is missing",
        "coupons lower: kinds is not among goods, service",
        "coupons lower: limit is not known here",
        "coupons LOWER1: names neither skus nor kinds, so it is about nothing",
        "coupons LOWER1: ends before it starts",
        "coupons LOWER1: value is not a whole percentage from 1 to 99",
        "coupons LOWER1: uses is less than 1",
        "order_tiers 1: from_total is not a whole number",
        "order_tiers 1: percent is not a whole number",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[[coupons]", "not TOML"),
        ("coupons = 3", "coupons: is not a list of tables"),
        ("[coupons]\ncode = 'A'", "coupons: is not a list of tables"),
    ],
)
def test_what_is_no_list_of_rules_is_refused(text: str, problem: str) -> None:
    assert problems_of(text)[0].startswith(problem)


def test_a_code_stands_there_once() -> None:
    assert problems_of(GOOD + GOOD) == (
        "offers new-tea: stands there twice",
        "coupons TEA100: stands there twice",
        "order_tiers 10000: stands there twice",
    )


@pytest.mark.parametrize("kind", ["1", "2", "Percent", "price", ""])
def test_a_kind_is_one_of_the_names_that_there_are_S9(kind: str) -> None:
    assert problems_of(GOOD.replace('kind = "amount"', f'kind = "{kind}"')) == (
        "coupons TEA100: kind is not one of percent, amount",
    )
