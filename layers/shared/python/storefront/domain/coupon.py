"""Coupons: codes that take something off a quote, for some products, for a time, so and so many times.

A coupon is noted when a quote is made and used up when the quote is accepted. How often it was used is counted in two
tallies, of everybody and of each customer.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.catalogue import MAX_PRICE, Product
from storefront.domain.offers import Period, Scope, percent_of, percent_problems, refuse
from storefront.domain.quote import QuoteLine

EVERYBODY: Final = "everybody"
"""Whose tally counts all uses of a coupon; no customer is called so, for their names have 26 characters."""

_CODE: Final = re.compile(r"[A-Z0-9]{4,20}")


class CouponKind(StrEnum):
    """How a coupon's `value` is meant."""

    PERCENT = "percent"
    """Per cent off the products that it is for."""

    AMOUNT = "amount"
    """So many payable units off, once."""


class CouponRefusal(StrEnum):
    """Why a code takes nothing off."""

    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    OVER = "over"
    NOT_FOR_THESE = "not_for_these"
    LEAST_TOTAL = "least_total"
    AT_FLOOR = "at_floor"
    USED_UP = "used_up"
    USED_BY_YOU = "used_by_you"


@dataclass(frozen=True)
class Coupon:
    """One code. `least_total` is what the products that it is for have to cost together, at the quote's prices.

    Raises:
        InvalidPriceRules: it contradicts itself; it names every problem at once.
    """

    code: str
    kind: CouponKind
    value: int
    scope: Scope
    period: Period
    least_total: int = 0
    uses: int | None = None
    uses_per_customer: int | None = None
    may_undercut_floor: bool = False

    def __post_init__(self) -> None:
        refuse((*self.scope.problems(), *self.period.problems(), *self._problems()))

    def _problems(self) -> Iterator[str]:
        if not _CODE.fullmatch(self.code):
            yield "code is not 4 to 20 capital letters and digits"
        if self.kind is CouponKind.PERCENT:
            yield from percent_problems(self.value)
        elif not 1 <= self.value <= MAX_PRICE:
            yield "value is not an amount"
        if self.least_total < 0:
            yield "least_total is negative"
        for name, limit in (("uses", self.uses), ("uses_per_customer", self.uses_per_customer)):
            if limit is not None and limit < 1:
                yield f"{name} is less than 1"

    def refusal_at(self, now: datetime) -> CouponRefusal | None:
        """Whether it is too early or too late for it."""
        if now < self.period.starts:
            return CouponRefusal.NOT_YET
        return None if now < self.period.ends else CouponRefusal.OVER

    def covered(self, lines: Sequence[QuoteLine], products: Mapping[str, Product]) -> tuple[QuoteLine, ...]:
        """The lines that it is for."""
        return tuple(line for line in lines if self.scope.covers(products[line.sku]))

    def refusal_for(
        self, lines: Sequence[QuoteLine], products: Mapping[str, Product]
    ) -> CouponRefusal | None:
        """Whether it is for other products, or for more of them."""
        covered = self.covered(lines, products)
        if not covered:
            return CouponRefusal.NOT_FOR_THESE
        enough = sum(line.amount for line in covered) >= self.least_total
        return None if enough else CouponRefusal.LEAST_TOTAL

    def takes_off(self, amount: int) -> int:
        """What it takes off products that cost `amount` together, never more than that."""
        off = percent_of(amount, self.value) if self.kind is CouponKind.PERCENT else self.value
        return min(off, amount)


@dataclass(frozen=True)
class CouponTally:
    """How many accepted orders have used coupon `code`: those of `holder`, a customer's id or EVERYBODY.

    Counted by conditional moves, never written whole.
    """

    code: str
    holder: str
    uses: int = 0
