"""Money: whole numbers of a currency's payable unit, never fractions of it.

The payable unit is the smallest that LINE Pay takes: whole dollars for TWD although ISO 4217 knows cents,
satang for THB, whole yen for JPY, cents for USD. All prices include tax.
"""

from enum import StrEnum
from typing import Final

from storefront.domain.errors import InvalidAmount

BUSINESS_TAX_PERCENT: Final = 5
"""Taiwan's business tax, contained in every price that a consumer is shown."""


class Currency(StrEnum):
    """A currency that an order may be paid in."""

    TWD = "TWD"
    THB = "THB"
    JPY = "JPY"
    USD = "USD"

    @property
    def exponent(self) -> int:
        """Decimal places between the unit that is written and the payable unit: 2 means that 100 are one."""
        return _EXPONENTS[self]

    @property
    def symbol(self) -> str:
        return _SYMBOLS[self]


_EXPONENTS: Final = {Currency.TWD: 0, Currency.THB: 2, Currency.JPY: 0, Currency.USD: 2}
_SYMBOLS: Final = {Currency.TWD: "NT$", Currency.THB: "฿", Currency.JPY: "¥", Currency.USD: "US$"}


def check_amount(amount: object) -> int:
    """`amount` itself, if it is a whole, non-negative number of payable units.

    Raises:
        InvalidAmount: it is a fraction, negative, or no number (True is not one dollar).
    """
    if type(amount) is not int:
        raise InvalidAmount(f"{type(amount).__name__} is not a whole number")
    if amount < 0:
        raise InvalidAmount(f"{amount} is negative")
    return amount


def format_amount(amount: int, currency: Currency) -> str:
    """`amount` payable units as people read them: `NT$6,156`, `฿1,234.50`; a deduction is `-NT$100`.

    Raises:
        InvalidAmount: `amount` is not a whole number.
    """
    sign = "-" if type(amount) is int and amount < 0 else ""
    whole, rest = divmod(check_amount(-amount if sign else amount), 10**currency.exponent)
    decimals = f".{rest:0{currency.exponent}d}" if currency.exponent else ""
    return f"{sign}{currency.symbol}{whole:,}{decimals}"


def included_tax(total: int, rate_percent: int = BUSINESS_TAX_PERCENT) -> int:
    """The tax within a tax-inclusive `total`, rounded half up to a payable unit.

    Raises:
        InvalidAmount: `total` or the rate is not a whole number, or negative.
    """
    gross_percent = 100 + check_amount(rate_percent)
    return (2 * check_amount(total) * rate_percent + gross_percent) // (2 * gross_percent)
