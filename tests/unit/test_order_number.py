"""Order numbers: they survive being written down, read out and typed back."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.order_number import (
    ALPHABET,
    OrderNumberMention,
    find_order_number,
    new_order_number,
    parse_order_number,
)

numbers = st.integers(0, 2**45 - 1).map(new_order_number)
EXAMPLE = "A7K3Q-9XM2T"


@given(numbers)
def test_a_new_number_has_the_written_form_and_is_read_back(number: str) -> None:
    assert re.fullmatch(rf"[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}", number)
    assert parse_order_number(number) == number
    assert parse_order_number(number.lower().replace("-", "")) == number


@given(numbers)
def test_a_number_always_holds_a_digit_and_a_letter(number: str) -> None:
    assert re.search("[0-9]", number)
    assert re.search("[A-Z]", number)


def test_different_bits_give_different_numbers() -> None:
    some = random.Random(7)  # noqa: S311
    bits = {some.getrandbits(45) for _ in range(3_000)}
    assert len({new_order_number(value) for value in bits}) == len(bits)


def test_a_row_of_zero_bits_is_a_number_too() -> None:
    assert parse_order_number(new_order_number(0)) == new_order_number(0)
    assert new_order_number(2**45) == new_order_number(0)


@given(numbers, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_noticed(number: str, place: int, wrong: str) -> None:
    plain = number.replace("-", "")
    changed = plain[:place] + wrong + plain[place + 1 :]
    assert (parse_order_number(changed) is not None) == (changed == plain)


@given(numbers, st.integers(0, 8), st.integers(1, 9))
def test_every_swap_of_two_characters_is_noticed(number: str, left: int, step: int) -> None:
    plain = list(number.replace("-", ""))
    right = min(left + step, 9)
    swapped = plain.copy()
    swapped[left], swapped[right] = swapped[right], swapped[left]
    assert (parse_order_number("".join(swapped)) is not None) == (swapped == plain)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        (EXAMPLE, 0, 11),
        ("a7k3q9xm2t", 0, 10),
        ("訂單A7K3Q-9XM2T到哪了", 2, 13),
        ("Ａ７Ｋ３Ｑ－９ＸＭ２Ｔ", 0, 11),
        ("A7K3Q\u200b-9XM2T?", 0, 12),
        ("my order (a7k3q-9xm2t)", 10, 21),
        ("A7K3Q–9XM2T", 0, 11),
    ],
)
def test_a_number_is_found_however_it_is_written(text: str, start: int, end: int) -> None:
    assert find_order_number(text) == OrderNumberMention(EXAMPLE, True, start, end)


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    number = next(n for n in map(new_order_number, range(10**6)) if "0" in n and "1" in n)
    for one in "IiLl":
        assert parse_order_number(number.replace("0", "O").replace("1", one)) == number


@pytest.mark.parametrize(
    "text", ["xA7K3Q-9XM2T", "A7K3Q-9XM2T1", "A7K3Q-9XM2T-3", "A7K3Q_9XM2T", "A7K3Q 9XM2T"]
)
def test_a_number_glued_to_something_else_is_not_one(text: str) -> None:
    assert find_order_number(text) is None


def test_a_slip_is_found_as_a_slip_and_a_right_number_is_preferred_to_it() -> None:
    assert find_order_number("A7K3Q-9XM2S") == OrderNumberMention("A7K3Q-9XM2S", False, 0, 11)
    assert find_order_number("A7K3Q-9XM2S A7K3Q-9XM2T") == OrderNumberMention(EXAMPLE, True, 12, 23)
    assert parse_order_number("A7K3Q-9XM2S") is None


@pytest.mark.parametrize("text", ["strawberry", "0912345678", "black-green", "", "12345-67890", "訂單編號"])
def test_words_and_phone_numbers_are_no_order_numbers(text: str) -> None:
    assert find_order_number(text) is None


@given(st.text())
def test_any_text_can_be_searched(text: str) -> None:
    mention = find_order_number(text)
    assert mention is None or 0 <= mention.start < mention.end <= len(text)
    assert parse_order_number(text) is None or mention is not None
