"""Offers for a time, and what a large order takes off: rules of the shop, kept as data.

Amounts are whole payable units. Every percentage rounds in one way: what is taken off is rounded up to the next whole
unit, so nobody gets less than was announced; `percent_of` is the only place where a rate meets an amount.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.catalogue import MAX_PRICE, Product, ProductKind
from storefront.domain.errors import InvalidPriceRules
from storefront.domain.language import Language
from storefront.domain.quote import MAX_QUANTITY

MAX_NAME_LENGTH: Final = 40


def percent_of(amount: int, percent: int) -> int:
    """`percent` of `amount`, rounded up to a whole unit."""
    return -(-amount * percent // 100)


@dataclass(frozen=True)
class Scope:
    """What a rule is about: products by SKU, and all products of some kinds."""

    skus: frozenset[str] = frozenset()
    kinds: frozenset[ProductKind] = frozenset()

    def covers(self, product: Product) -> bool:
        return product.sku in self.skus or product.kind in self.kinds

    def problems(self) -> Iterator[str]:
        if not self.skus and not self.kinds:
            yield "names neither skus nor kinds, so it is about nothing"


@dataclass(frozen=True)
class Period:
    """From `starts` on and before `ends`; both moments in UTC."""

    starts: datetime
    ends: datetime

    def contains(self, at: datetime) -> bool:
        return self.starts <= at < self.ends

    def problems(self) -> Iterator[str]:
        if self.starts >= self.ends:
            yield "ends before it starts"


class OfferKind(StrEnum):
    """How an offer lowers a unit price."""

    PERCENT = "percent"
    """`value` per cent off the list price."""

    UNIT_PRICE = "unit_price"
    """Each unit costs `value`."""


@dataclass(frozen=True)
class Offer:
    """A lower unit price for a time, from `from_quantity` units on.

    It never goes below a product's floor price, unless `may_undercut_floor` says that the shop means it.

    Raises:
        InvalidPriceRules: it contradicts itself; it names every problem at once.
    """

    code: str
    kind: OfferKind
    value: int
    scope: Scope
    period: Period
    names: Mapping[Language, str]
    from_quantity: int = 1
    may_undercut_floor: bool = False

    def __post_init__(self) -> None:
        refuse((*self.scope.problems(), *self.period.problems(), *self._problems()))

    def _problems(self) -> Iterator[str]:
        if self.kind is OfferKind.PERCENT:
            yield from percent_problems(self.value)
        elif not 1 <= self.value <= MAX_PRICE:
            yield "value is not a price"
        if not 1 <= self.from_quantity <= MAX_QUANTITY:
            yield f"from_quantity is not 1 to {MAX_QUANTITY}"
        if set(self.names) != set(Language):
            yield "names are not given in every language"
        if any(not 1 <= len(name) <= MAX_NAME_LENGTH for name in self.names.values()):
            yield f"a name is not 1 to {MAX_NAME_LENGTH} characters long"

    def unit_price(self, product: Product, quantity: int, at: datetime) -> int | None:
        """What a unit costs by this offer; None when it is not about this product, quantity or time."""
        if not (self.period.contains(at) and self.scope.covers(product) and quantity >= self.from_quantity):
            return None
        price = (
            product.price - percent_of(product.price, self.value)
            if self.kind is OfferKind.PERCENT
            else self.value
        )
        return max(price, 1) if self.may_undercut_floor else max(price, product.floor_price, 1)


@dataclass(frozen=True)
class OrderTier:
    """From `from_total` of goods on, `percent` per cent are taken off the whole order.

    Raises:
        InvalidPriceRules: it contradicts itself; it names every problem at once.
    """

    from_total: int
    percent: int
    may_undercut_floor: bool = False

    def __post_init__(self) -> None:
        total = () if self.from_total >= 1 else ("from_total is less than 1",)
        refuse((*total, *percent_problems(self.percent)))


def percent_problems(value: int) -> Iterator[str]:
    if not 1 <= value <= 99:
        yield "value is not a whole percentage from 1 to 99"


def refuse(problems: tuple[str, ...]) -> None:
    """Raise InvalidPriceRules with all of `problems`, if there are any."""
    if problems:
        raise InvalidPriceRules(problems)
