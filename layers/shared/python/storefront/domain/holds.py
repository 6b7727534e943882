"""What one customer's promises of stock may take: nobody empties the shop by asking.

A quote within the limits promises its stock for as long as it is valid. One beyond them comes all the same, says
that stock is taken on acceptance, and is held for the payment window only. Orders that wait for payment are few.
What a customer holds is read from the quote and the orders themselves; `HoldBook` only says which ones to read and
how often stock was promised or taken lately, so there is no counter that could be wrong or stay behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class HoldLimits:
    """The rules of the house (`demo_shop/limits.toml` says what each means)."""

    share_percent: int
    small_units: int
    whole_products: int
    promises_an_hour: int
    promises_a_week: int
    promised_hours_a_week: int
    unpaid_orders: int
    taken_a_day: int

    def are_kept_by(self, holds: Mapping[str, int], there: Mapping[str, int]) -> bool:
        """Whether units on hold by SKU leave enough for others; `there` is what this customer could have at most."""
        beyond_share = [
            units for sku, units in holds.items() if units * 100 > there.get(sku, 0) * self.share_percent
        ]
        return len(beyond_share) <= self.whole_products and all(
            units <= self.small_units for units in beyond_share
        )


@dataclass(frozen=True)
class HoldBook:
    """What a customer may hold stock with: orders not known to be settled, and when stock was promised or taken."""

    orders: tuple[str, ...] = ()
    promised: tuple[datetime, ...] = ()
    taken: tuple[datetime, ...] = ()

    def lately(self, now: datetime) -> "HoldBook":
        """Without what no limit counts any more."""
        return replace(
            self,
            promised=tuple(each for each in self.promised if now - each < WEEK),
            taken=tuple(each for each in self.taken if now - each < DAY),
        )

    def may_promise(self, limits: HoldLimits, now: datetime) -> bool:
        """Whether a new quote may promise stock, by how often and for how long that was done lately."""
        in_the_hour = sum(now - each < HOUR for each in self.promised)
        in_the_week = [each for each in self.promised if now - each < WEEK]
        return (
            in_the_hour < limits.promises_an_hour
            and len(in_the_week) < limits.promises_a_week
            and _most_held(in_the_week, now) < timedelta(hours=limits.promised_hours_a_week)
        )

    def may_take(self, limits: HoldLimits, now: datetime) -> bool:
        """Whether an acceptance may take stock that was not promised."""
        return sum(now - each < DAY for each in self.taken) < limits.taken_a_day

    def with_promise(self, now: datetime) -> "HoldBook":
        return replace(self, promised=(*self.promised, now.replace(microsecond=0)))

    def with_order(self, order_number: str) -> "HoldBook":
        return replace(self, orders=(*self.orders, order_number))

    def with_taking(self, now: datetime) -> "HoldBook":
        return replace(self, taken=(*self.taken, now.replace(microsecond=0)))


def goes_on(promised_since: datetime | None, now: datetime) -> bool:
    """Whether a changed quote keeps the promise of the one before it; after a day it counts as a new one."""
    return promised_since is not None and now - promised_since < DAY


def _most_held(promised: Sequence[datetime], now: datetime) -> timedelta:
    """How long promises made then can have lasted: each until the next one, and a day at the most."""
    ends = [*promised[1:], now][: len(promised)]
    return sum((min(DAY, end - start) for start, end in zip(promised, ends, strict=True)), timedelta())
