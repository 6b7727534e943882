"""Products: prices by quantity, names by language, and the contradictions that no product may hold."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.catalogue import (
    Allergen,
    Catalogue,
    PriceTier,
    Product,
    ProductKind,
    ReturnPolicy,
    Unit,
)
from storefront.domain.errors import InvalidProduct, ProductProblem
from storefront.domain.language import Language

TEA = Product(
    sku="TEA-JAS",
    kind=ProductKind.GOODS,
    names={Language.ZH_TW: "茉莉綠茶", Language.EN: "Jasmine green tea"},
    unit=Unit.BOX,
    price=180,
    floor_price=140,
    return_policy=ReturnPolicy.SEVEN_DAYS,
    aliases=("茉莉", "茉綠"),
    packs={Unit.CASE: 12},
    tiers=(PriceTier(24, 171), PriceTier(60, 160), PriceTier(120, 150)),
    stock_counted=True,
    lead_days=2,
    descriptions={Language.ZH_TW: "花香清雅"},
    specifications={Language.ZH_TW: {"淨重": "60 公克", "產地": "台灣"}},
    shelf_life_days=730,
    allergens=(Allergen.SULPHITES,),
    picture="jasmine-green-tea.png",
    version=3,
)


@pytest.mark.parametrize(
    ("quantity", "unit_price"),
    [(1, 180), (23, 180), (24, 171), (59, 171), (60, 160), (119, 160), (120, 150), (9_999, 150)],
)
def test_the_unit_price_falls_at_each_tier(quantity: int, unit_price: int) -> None:
    assert TEA.unit_price(quantity) == unit_price


@pytest.mark.parametrize(
    ("quantity", "tier"),
    [(1, PriceTier(24, 171)), (24, PriceTier(60, 160)), (119, PriceTier(120, 150)), (120, None)],
)
def test_the_next_tier_is_the_first_that_is_not_reached(quantity: int, tier: PriceTier | None) -> None:
    assert TEA.next_tier(quantity) == tier


def test_a_product_without_tiers_has_one_price_and_no_next_tier() -> None:
    plain = replace(TEA, tiers=())
    assert (plain.unit_price(9_999), plain.next_tier(1)) == (180, None)


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_more_units_never_cost_more_each(one: int, other: int) -> None:
    assert TEA.unit_price(max(one, other)) <= TEA.unit_price(min(one, other))


def test_names_and_texts_fall_back_to_what_the_shop_wrote() -> None:
    assert [TEA.name(language) for language in Language] == [
        "茉莉綠茶",
        "Jasmine green tea",
        "茉莉綠茶",
        "茉莉綠茶",
    ]
    assert TEA.description(Language.EN) == "花香清雅"
    assert TEA.specification(Language.TH) == {"淨重": "60 公克", "產地": "台灣"}
    silent = replace(TEA, names={Language.TH: "ชา"}, descriptions={}, specifications={})
    assert (silent.name(Language.JA), silent.description(Language.JA), silent.specification(Language.JA)) == (
        "ชา",
        "",
        {},
    )


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"sku": ""}, ("sku", "malformed")),
        ({"sku": "TEA#1"}, ("sku", "malformed")),
        ({"sku": "茶"}, ("sku", "malformed")),
        ({"names": {}}, ("names", "missing")),
        ({"names": {Language.EN: "  "}}, ("names", "missing")),
        ({"names": {Language.EN: "x" * 101}}, ("names", "too-long")),
        ({"aliases": ("x" * 101,)}, ("aliases", "too-long")),
        ({"aliases": tuple(map(str, range(101)))}, ("aliases", "too-long")),
        ({"descriptions": {Language.JA: "x" * 2_001}}, ("descriptions", "too-long")),
        ({"specifications": {Language.JA: {"x" * 1_000: "y" * 1_001}}}, ("specifications", "too-long")),
        ({"picture": "../secret.png"}, ("picture", "malformed")),
        ({"picture": "https://elsewhere.example/a.png"}, ("picture", "malformed")),
        ({"version": -1}, ("version", "negative")),
        ({"price": 0, "tiers": (), "floor_price": 0}, ("price", "out-of-range")),
        ({"price": 10_000_000}, ("price", "out-of-range")),
        ({"tiers": (PriceTier(1, 170),)}, ("tiers", "quantities-not-rising")),
        ({"tiers": (PriceTier(60, 171), PriceTier(24, 160))}, ("tiers", "quantities-not-rising")),
        ({"tiers": (PriceTier(24, 180),)}, ("tiers", "prices-not-falling")),
        ({"tiers": (PriceTier(24, 160), PriceTier(60, 171))}, ("tiers", "prices-not-falling")),
        ({"tiers": (PriceTier(24, 0),), "floor_price": 0}, ("tiers", "out-of-range")),
        ({"floor_price": -1}, ("floor_price", "negative")),
        ({"floor_price": 151}, ("floor_price", "above-a-price")),
        ({"packs": {Unit.BOX: 12}}, ("packs", "same-as-unit")),
        ({"packs": {Unit.CASE: 1}}, ("packs", "too-small")),
        ({"lead_days": -1}, ("lead_days", "out-of-range")),
        ({"lead_days": 366}, ("lead_days", "out-of-range")),
        ({"shelf_life_days": 0}, ("shelf_life_days", "out-of-range")),
        ({"return_policy": ReturnPolicy.SERVICE}, ("return_policy", "not-for-goods")),
    ],
)
def test_a_product_that_contradicts_itself_cannot_be_built(
    facts: Mapping[str, Any], problem: tuple[str, str]
) -> None:
    with pytest.raises(InvalidProduct) as refused:
        replace(TEA, **facts)
    assert refused.value.problems == (ProductProblem(*problem),)
    assert refused.value.code == "invalid-product"


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(
        InvalidProduct, match=r"sku malformed, .*floor_price above-a-price, lead_days out-of-range"
    ):
        replace(TEA, sku="?", floor_price=999, lead_days=-1)


def test_a_product_survives_the_way_through_the_store() -> None:
    assert msgspec.json.decode(msgspec.json.encode(TEA), type=Product) == TEA
    assert msgspec.convert(msgspec.to_builtins(TEA), Product) == TEA


def test_what_is_not_on_offer_is_not_found() -> None:
    gone = replace(TEA, sku="TEA-OLD", active=False)
    catalogue = Catalogue.of([TEA, gone], version=7)
    assert (catalogue.find("TEA-JAS"), catalogue.find("TEA-OLD"), catalogue.find("NONE")) == (TEA, None, None)
    assert catalogue.on_offer == (TEA,)
    assert catalogue.version == 7


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh-TW", Language.ZH_TW),
        ("zh-Hant", Language.ZH_TW),
        ("zh_HK", Language.ZH_TW),
        ("ja", Language.JA),
        ("ja-JP", Language.JA),
        ("EN-gb", Language.EN),
        ("th", Language.TH),
        ("ko", None),
        ("enm", None),
        ("", None),
        (None, None),
    ],
)
def test_a_profile_tag_chooses_the_language_that_serves_its_reader(
    tag: str | None, language: Language | None
) -> None:
    assert Language.of_tag(tag) is language
