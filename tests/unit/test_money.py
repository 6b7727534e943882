"""Money is whole payable units: what is refused, how it is written, which tax it contains."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.errors import InvalidAmount
from storefront.domain.money import Currency, check_amount, format_amount, included_tax

amounts = st.integers(min_value=0, max_value=10**12)
rates = st.integers(min_value=0, max_value=30)


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (0, Currency.TWD, "NT$0"),
        (6_156, Currency.TWD, "NT$6,156"),
        (1_234_567, Currency.TWD, "NT$1,234,567"),
        (123_450, Currency.THB, "฿1,234.50"),
        (5, Currency.THB, "฿0.05"),
        (980, Currency.JPY, "¥980"),
        (1_999, Currency.USD, "US$19.99"),
        (-100, Currency.TWD, "-NT$100"),
        (-5, Currency.USD, "-US$0.05"),
    ],
)
def test_an_amount_is_written_with_its_symbol_and_its_decimals(
    amount: int, currency: Currency, written: str
) -> None:
    assert format_amount(amount, currency) == written


@given(amounts, st.sampled_from(Currency))
def test_what_is_written_can_be_read_back_to_the_same_amount(amount: int, currency: Currency) -> None:
    written = format_amount(amount, currency).removeprefix(currency.symbol).replace(",", "")
    assert Fraction(written) * 10**currency.exponent == amount


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (True, "bool is not a whole number"),
        (False, "bool is not a whole number"),
        (1.0, "float is not a whole number"),
        (0.5, "float is not a whole number"),
        ("100", "str is not a whole number"),
        (None, "NoneType is not a whole number"),
        (-1, "-1 is negative"),
    ],
)
def test_what_is_not_a_whole_non_negative_number_is_no_amount(wrong: object, told: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        check_amount(wrong)
    assert str(refused.value) == told


@given(amounts)
def test_a_whole_number_is_an_amount(amount: int) -> None:
    assert check_amount(amount) == amount


@pytest.mark.parametrize("wrong", [1.5, True, "100"])
def test_only_whole_numbers_are_written_as_money(wrong: object) -> None:
    with pytest.raises(InvalidAmount):
        format_amount(wrong, Currency.TWD)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("total", "tax"),
    [(0, 0), (10, 0), (11, 1), (21, 1), (105, 5), (100, 5), (6_156, 293), (31, 1), (32, 2)],
)
def test_the_tax_in_a_total_is_rounded_half_up(total: int, tax: int) -> None:
    assert included_tax(total) == tax


@given(amounts, rates)
def test_the_tax_is_the_nearest_whole_amount(total: int, rate: int) -> None:
    exact = Fraction(total * rate, 100 + rate)
    tax = included_tax(total, rate)
    assert exact - Fraction(1, 2) < tax <= exact + Fraction(1, 2)


@given(amounts, amounts)
def test_a_larger_total_never_contains_less_tax(one: int, other: int) -> None:
    assert included_tax(min(one, other)) <= included_tax(max(one, other))


@pytest.mark.parametrize(("total", "rate"), [(-1, 5), (100, -5), (100.0, 5), (100, 0.05)])
def test_tax_is_not_guessed_from_fractions_or_negatives(total: object, rate: object) -> None:
    with pytest.raises(InvalidAmount):
        included_tax(total, rate)  # type: ignore[arg-type]
