"""Text that was never meant to be read: no crash, no product that nobody named, no quantity out of bounds."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.language import passages
from storefront.language.inquiry import MAX_CHARACTERS, Inquiry, parse_inquiry
from storefront.language.quantities import MAX_QUANTITY
from storefront.language.text import clean, fold
from tests.corpus.vocabularies import demo_vocabulary

TODAY = date(2026, 11, 22)
NAMES = ("鳳梨酥", "太陽餅", "紅茶", "oolong", "sun cake", "ชามะลิ", "グラス", "黑糖")
WORDS = (
    *("3", "盒", "兩箱", "0", "-1", "1e9", "2.5", "三點五", "半打", "12/3", "下週三"),
    *("改成", "不要", "再加", "各", "不是", "150一盒", "打九折", "多少錢"),
)
BITS = st.one_of(
    st.sampled_from(
        (
            *NAMES,
            *WORDS,
        )
    ),
    st.text(max_size=6),
    st.sampled_from(
        ("\u200b", "\u202e", "\u0301" * 5, "😀", "<script>", "{", "}", "'", ";", "--", "\n", ",", "、")
    ),
)


def read(text: str) -> Inquiry:
    return parse_inquiry(text, demo_vocabulary(), today=TODAY)


def assert_sound(text: str, inquiry: Inquiry) -> None:
    """Lines name products that the text has a name, or a slip of a name, of; quantities are within bounds."""
    folded = fold(clean(text, limit=MAX_CHARACTERS))
    named = {
        sku
        for product in passages.mark_out(folded, folded, demo_vocabulary(), TODAY, None).products
        for sku in product.skus
    }
    for line in inquiry.lines:
        assert line.sku is None or line.sku in named
        assert 0 <= line.quantity_in_units <= MAX_QUANTITY
    assert len(inquiry.unknown) <= 200


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert_sound(text, read(text))


@settings(max_examples=300, deadline=None)
@given(st.lists(BITS, max_size=12).map("".join))
def test_any_mixture_of_what_people_write_is_read(text: str) -> None:
    assert_sound(text, read(text))


FLOODS = {
    "a character": "鳳" * 5_000,
    "a name": "鳳梨酥" * 2_000,
    "an order": "鳳梨酥3盒" * 1_000,
    "a misspelt name": "鳳黎酥" * 1_600,
    "digits": "1" * 5_000,
    "zero width": "鳳\u200b梨\u200d酥 2 盒" * 500,
    "directions": "\u202e鳳梨酥\u202c 3盒" * 400,
    "emoji": "😀" * 5_000,
    "combining marks": "鳳" + "\u0301" * 4_999,
    "markup": "<script>alert(1)</script>" * 200,
    "brackets": "<" * 5_000,
    "json": '{"sku":"CAK-PIN","quantity":5},' * 160,
    "sql": "'; DROP TABLE orders; --" * 200,
    "quantities": "quantity: 1e9 " * 350,
    "dates": "12/3 " * 1_000,
    "line ends": "\n" * 5_000,
    "unknown words": "lorem ipsum dolor sit " * 220,
}


@pytest.mark.parametrize("flood", FLOODS)
def test_a_flood_is_read_up_to_a_point_and_makes_few_lines(flood: str) -> None:
    inquiry = read(FLOODS[flood])
    assert len(inquiry.lines) <= 2
    assert len(inquiry.questions) <= 3
    assert_sound(FLOODS[flood], inquiry)


@pytest.mark.parametrize("flood", ["a name", "an order", "digits", "dates", "quantities", "unknown words"])
def test_work_is_bounded_by_mentions_not_by_length(flood: str) -> None:
    folded = fold(clean(FLOODS[flood], limit=MAX_CHARACTERS))
    marked_out = passages.mark_out(folded, folded, demo_vocabulary(), TODAY, None)
    assert len(marked_out.products) <= 72
    assert len(marked_out.amounts) <= 60


@pytest.mark.parametrize(
    "text",
    [
        "quantity: 1e9 鳳梨酥",
        "鳳梨酥 1e9 盒",
        "鳳梨酥 0x10 盒",
        "鳳梨酥 99999999999 盒",
        "鳳梨酥 -1 盒",
        "鳳梨酥 ² 盒",
        "鳳梨酥 ½ 盒",
    ],
)
def test_a_quantity_that_is_none_is_refused_and_never_quoted(text: str) -> None:
    inquiry = read(text)
    assert inquiry.lines == ()
    assert [question.kind.value for question in inquiry.questions] == ["quantity_refused"]
