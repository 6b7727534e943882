"""Products are known by their whole names; anything less is a candidate to ask about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.language.products import ProductMention, Vocabulary, VocabularyEntry
from storefront.language.text import clean, fold
from tests.corpus.vocabularies import demo_vocabulary

SHOP = demo_vocabulary()
TEAS = ("TEA-JAS", "TEA-OOL", "TEA-ASM", "TEA-SPR")


@pytest.mark.parametrize(
    ("text", "skus"),
    [
        ("茉莉綠茶", ["TEA-JAS"]),
        ("茉莉绿茶", ["TEA-JAS"]),
        ("茉莉 綠茶", ["TEA-JAS"]),
        ("鳳梨酥太陽餅", ["CAK-PIN", "CAK-SUN"]),
        ("凤梨酥、太阳饼", ["CAK-PIN", "CAK-SUN"]),
        ("高山烏龍茶", ["TEA-OOL"]),
        ("Jasmine Green Teas", ["TEA-JAS"]),
        ("double wall glasses", ["CUP-GLA"]),
        ("double-wall glass", ["CUP-GLA"]),
        ("oolong3", ["TEA-OOL"]),
        ("tea-jas", ["TEA-JAS"]),
        ("ジャスミン緑茶", ["TEA-JAS"]),
        ("ชาเขียวมะลิสองกล่อง", ["TEA-JAS"]),
        ("glassware sunglasses", []),
        ("スクール", []),
        ("珍珠奶茶", []),
        ("紅茶拿鐵", []),
        ("綠茶", []),
        ("", []),
    ],
)
def test_whole_names_are_found_in_any_language_and_script(text: str, skus: list[str]) -> None:
    assert [sku for mention in SHOP.find(fold(clean(text))) for sku in mention.skus] == skus


def test_the_longest_name_wins() -> None:
    assert SHOP.find("茉莉綠茶兩盒") == (ProductMention(0, 4, ("TEA-JAS",)),)


def test_a_name_that_two_products_share_stands_for_both() -> None:
    shared = Vocabulary([VocabularyEntry("A", ("綠茶",), "box"), VocabularyEntry("B", ("綠茶",), "tin")])
    assert shared.find("綠茶") == (ProductMention(0, 2, ("A", "B")),)


@pytest.mark.parametrize(
    ("chunk", "skus"),
    [
        ("綠茶", ("TEA-JAS",)),
        ("茶", TEAS),
        ("鳳黎酥", ("CAK-PIN",)),
        ("jasmin green tea", ("TEA-JAS",)),
        ("oolng", ("TEA-OOL",)),
        ("tea", TEAS),
        ("cakes", ("CAK-PIN", "CAK-SUN")),
        ("ジャスミソ茶", ("TEA-JAS",)),
        ("ชา", TEAS),
        ("蛋捲", ()),
        ("wine", ()),
        ("a", ()),
    ],
)
def test_part_of_a_name_and_a_misspelt_name_are_candidates(chunk: str, skus: tuple[str, ...]) -> None:
    assert SHOP.candidates(fold(chunk)) == skus


@pytest.mark.parametrize(
    ("sku", "quantity", "senses", "units"),
    [
        ("TEA-JAS", 3, (), (3, None)),
        ("TEA-JAS", 3, ("box",), (3, "box")),
        ("TEA-JAS", 3, ("case",), (36, "case")),
        ("TEA-JAS", 3, ("box", "case"), (3, "box")),
        ("TEA-OOL", 3, ("box", "case"), (30, "case")),
        ("TEA-JAS", 2, ("dozen",), (24, "dozen")),
        ("TEA-JAS", 2, ("piece",), (2, "piece")),
        ("TEA-JAS", 2, ("tin",), None),
        ("TEA-SPR", 1, ("case",), None),
    ],
)
def test_packs_are_counted_in_the_unit_of_the_product(
    sku: str, quantity: int, senses: tuple[str, ...], units: tuple[int, str | None] | None
) -> None:
    assert SHOP.in_units(sku, quantity, senses) == units


def test_the_vocabulary_knows_what_it_holds() -> None:
    assert "TEA-JAS" in SHOP
    assert "TEA-NONE" not in SHOP
    assert SHOP.unit_of("CUP-GLA") == "piece"
    assert Vocabulary([]).find("鳳梨酥") == ()
    assert Vocabulary([]).candidates("鳳梨酥") == ()


@given(st.text())
def test_any_text_can_be_searched_for_products(text: str) -> None:
    folded = fold(clean(text))
    ends = [0]
    for mention in SHOP.find(folded):
        assert ends[-1] <= mention.start < mention.end <= len(folded)
        ends.append(mention.end)
    assert all(sku in SHOP for sku in SHOP.candidates(folded))
