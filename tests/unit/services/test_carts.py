"""Carts: what words do to what is being talked about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.language.inquiry import Change, Inquiry, Question, QuestionKind, RequestedLine
from storefront.services.carts import cart_after, fitting, units_for_all
from tests.corpus.vocabularies import demo_vocabulary

VOCABULARY = demo_vocabulary()
JASMINE = "TEA-JAS"
OOLONG = "TEA-OOL"


def line(sku: str | None, units: int, change: Change = Change.SET, unit: str | None = None) -> RequestedLine:
    return RequestedLine(sku, units, units, unit, change)


def after(cart: dict[str, int], *lines: RequestedLine, asked: str | None = None) -> dict[str, int] | None:
    return cart_after(cart, asked, Inquiry(lines), VOCABULARY)


@pytest.mark.parametrize(
    ("cart", "lines", "expected"),
    [
        ({}, [], None),
        ({JASMINE: 1}, [], None),
        ({}, [line(JASMINE, 3)], {JASMINE: 3}),
        ({OOLONG: 2}, [line(JASMINE, 3)], {JASMINE: 3}),
        ({OOLONG: 2}, [line(JASMINE, 3, Change.ADD)], {OOLONG: 2, JASMINE: 3}),
        ({JASMINE: 2}, [line(JASMINE, 3, Change.ADD)], {JASMINE: 5}),
        ({JASMINE: 2, OOLONG: 1}, [line(JASMINE, 3, Change.INSTEAD)], {JASMINE: 3, OOLONG: 1}),
        ({JASMINE: 2, OOLONG: 1}, [line(JASMINE, 0, Change.REMOVE)], {OOLONG: 1}),
        ({JASMINE: 2}, [line(JASMINE, 1, Change.REMOVE)], {JASMINE: 1}),
        ({JASMINE: 2}, [line(JASMINE, 2, Change.REMOVE)], {}),
        ({JASMINE: 2}, [line(JASMINE, 9, Change.REMOVE)], {}),
        ({}, [line(JASMINE, 1, Change.REMOVE)], {}),
        ({JASMINE: 2}, [line(None, 5)], {JASMINE: 5}),
        ({JASMINE: 2}, [line(None, 2, unit="case")], {JASMINE: 24}),
        ({JASMINE: 2}, [line(None, 2, unit="tin")], None),
        ({JASMINE: 2, OOLONG: 1}, [line(None, 5)], None),
        ({}, [line(None, 5)], None),
        ({"GONE": 2}, [line(None, 5)], None),
    ],
)
def test_words_change_the_cart(
    cart: dict[str, int], lines: list[RequestedLine], expected: dict[str, int] | None
) -> None:
    before = cart.copy()
    assert after(cart, *lines) == expected
    assert cart == before


def test_a_quantity_alone_is_about_the_product_that_was_asked_about() -> None:
    assert after({OOLONG: 1}, line(None, 3), asked=JASMINE) == {OOLONG: 1, JASMINE: 3}


def test_an_answer_leaves_what_waits_in_the_cart() -> None:
    inquiry = Inquiry((line(JASMINE, 3),))
    assert cart_after({OOLONG: 1}, JASMINE, inquiry, VOCABULARY, answers=True) == {OOLONG: 1, JASMINE: 3}


quantities = st.integers(1, 9_999)
lines_of_one = st.builds(
    line, st.sampled_from([JASMINE, OOLONG, None]), quantities, st.sampled_from(list(Change))
)


@given(st.dictionaries(st.sampled_from([JASMINE, OOLONG]), quantities), st.lists(lines_of_one, max_size=4))
def test_a_cart_never_holds_less_than_one_of_anything(
    cart: dict[str, int], lines: list[RequestedLine]
) -> None:
    changed = after(cart, *lines)
    assert changed is None or all(units >= 1 for units in changed.values())


@pytest.mark.parametrize(
    ("quantity", "unit", "candidates", "units"),
    [
        (None, None, (JASMINE,), None),
        (3, None, (JASMINE, OOLONG), 3),
        (3, "box", (JASMINE, "TEA-ASM"), 3),
        (3, "case", (JASMINE, "TEA-ASM"), 36),
        (3, "case", (JASMINE, OOLONG), None),
        (3, "tin", (JASMINE,), None),
        (3, "case", (), None),
    ],
)
def test_a_quantity_is_shown_for_all_candidates_only_if_it_means_the_same(
    quantity: int | None, unit: str | None, candidates: tuple[str, ...], units: int | None
) -> None:
    question = Question(QuestionKind.WHICH_PRODUCT, "茶", candidates, quantity, unit)
    assert units_for_all(question, VOCABULARY) == units


@pytest.mark.parametrize(
    ("quantity", "unit", "candidates", "left"),
    [
        (3, "box", (JASMINE, OOLONG, "TEA-ASM"), (JASMINE, "TEA-ASM")),
        (3, "tin", (JASMINE, OOLONG), (OOLONG,)),
        (3, "case", (JASMINE, OOLONG), (JASMINE, OOLONG)),
        (3, "bag", (JASMINE, OOLONG), (JASMINE, OOLONG)),
        (3, None, (JASMINE, OOLONG), (JASMINE, OOLONG)),
        (None, "box", (JASMINE, OOLONG), (JASMINE, OOLONG)),
    ],
)
def test_candidates_are_those_that_are_sold_by_the_spoken_unit(
    quantity: int | None, unit: str | None, candidates: tuple[str, ...], left: tuple[str, ...]
) -> None:
    question = Question(QuestionKind.WHICH_PRODUCT, "茶", candidates, quantity, unit)
    assert fitting(question, VOCABULARY).candidates == left
