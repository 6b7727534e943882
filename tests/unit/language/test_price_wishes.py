"""Wishes for a lower price: with and without a figure, for one or for all, in four languages; and what is none."""

import pytest

from storefront.language.price_wishes import PriceWish, WishKind, price_wish_of
from tests.corpus.vocabularies import demo_vocabulary, general_store_vocabulary

PIN, JAS = "CAK-PIN", "TEA-JAS"


@pytest.mark.parametrize(
    ("text", "kind", "amount", "unit", "skus"),
    [
        ("可以算便宜一點嗎？", WishKind.CHEAPER, None, None, ()),
        ("鳳梨酥太貴了啦", WishKind.CHEAPER, None, None, (PIN,)),
        ("any discount?", WishKind.CHEAPER, None, None, ()),
        ("もう少し安くなりませんか", WishKind.CHEAPER, None, None, ()),
        ("ลดหน่อยได้ไหมคะ", WishKind.CHEAPER, None, None, ()),
        ("150 一盒可以嗎?", WishKind.UNIT_PRICE, 150, "box", ()),
        ("鳳梨酥一盒算我 320", WishKind.UNIT_PRICE, 320, "box", (PIN,)),
        ("一箱三千五可以嗎", WishKind.UNIT_PRICE, 3500, "case", ()),
        ("can you do 300 each for pineapple cake", WishKind.UNIT_PRICE, 300, None, (PIN,)),
        ("1箱300元でお願いできますか", WishKind.UNIT_PRICE, 300, "box", ()),
        ("กล่องละ ๓๐๐ ได้ไหม", WishKind.UNIT_PRICE, 300, "box", ()),
        ("20 盒鳳梨酥總共 6,000 可以嗎", WishKind.TOTAL, 6000, None, (PIN,)),
        ("買 20 盒可以算 300 嗎", WishKind.SOME_PRICE, 300, None, ()),
        ("打九折好嗎", WishKind.PERCENT_OFF, 10, None, ()),
        ("可以打85折嗎", WishKind.PERCENT_OFF, 15, None, ()),
        ("八五折", WishKind.PERCENT_OFF, 15, None, ()),
        ("1割引お願いします", WishKind.PERCENT_OFF, 10, None, ()),
        ("ลด 10% ได้ไหม", WishKind.PERCENT_OFF, 10, None, ()),
        ("half price?", WishKind.PERCENT_OFF, 50, None, ()),
        ("便宜 50 元好嗎", WishKind.AMOUNT_OFF, 50, None, ()),
    ],
)
def test_a_wish_is_read_with_its_figure(
    text: str, kind: WishKind, amount: int | None, unit: str | None, skus: tuple[str, ...]
) -> None:
    wish = price_wish_of(text, demo_vocabulary())
    assert wish == PriceWish(kind, amount, unit, skus, wish.phrase if wish else "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "鳳梨酥 20 盒",
        "鳳梨酥 150 盒可以嗎",
        "5 可以嗎",
        "can we get 24 glasses by Dec 10?",
        "預算三千元以內，鳳梨酥五盒",
        "鳳梨酥一盒360對嗎",
        "優惠碼 ABC123",
        "ลดชาเขียวมะลิ 2 กล่อง",
        "12/3 可以嗎",
        "貴公司有統編嗎",
    ],
)
def test_what_wishes_for_no_price_is_none(text: str) -> None:
    assert price_wish_of(text, demo_vocabulary()) is None


def test_three_cakes_of_soap_are_not_three_dollars() -> None:
    assert price_wish_of("薰衣草手工皂 3 塊可以嗎", general_store_vocabulary()) is None


def test_a_long_text_is_read_up_to_a_point() -> None:
    assert price_wish_of("哈" * 5_000 + "打九折", demo_vocabulary()) is None
