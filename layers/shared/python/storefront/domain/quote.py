"""Quotes: frozen, numbered promises of a price and of stock, valid until a moment.

A quote version never changes its lines; a change makes the next version and supersedes this one. What a
version may become is one table (`QUOTE_MOVES`). The stock that it promises is on hold until it ends, or moves
on to the order that accepts it.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.catalogue import Product, ReturnPolicy
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.moves import move

MAX_QUANTITY: Final = 9_999
"""Units of one product in one quote (B1)."""

MAX_LINES: Final = 20
"""Lines of one quote; bounds the write transaction that carries their stock."""


class QuoteState(StrEnum):
    """Life of one quote version."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    SUPERSEDED = "superseded"
    DECLINED = "declined"
    EXPIRED = "expired"


QUOTE_MOVES: Final = {
    QuoteState.OFFERED: frozenset(
        {QuoteState.ACCEPTED, QuoteState.SUPERSEDED, QuoteState.DECLINED, QuoteState.EXPIRED}
    ),
    QuoteState.ACCEPTED: frozenset[QuoteState](),
    QuoteState.SUPERSEDED: frozenset[QuoteState](),
    QuoteState.DECLINED: frozenset[QuoteState](),
    QuoteState.EXPIRED: frozenset[QuoteState](),
}


@dataclass(frozen=True)
class QuoteLine:
    """One product at one frozen unit price; amounts are in the currency's payable unit, tax included."""

    sku: str
    name: str
    quantity: int
    unit: str
    unit_price: int
    list_price: int
    return_policy: ReturnPolicy
    stock_counted: bool
    lead_days: int = 0

    @property
    def amount(self) -> int:
        return self.unit_price * self.quantity

    @classmethod
    def priced(cls, product: Product, quantity: int, language: Language) -> "QuoteLine":
        """Freeze today's tier price of `product` for `quantity` units."""
        return cls(
            sku=product.sku,
            name=product.name(language),
            quantity=quantity,
            unit=product.unit,
            unit_price=product.unit_price(quantity),
            list_price=product.price,
            return_policy=product.return_policy,
            stock_counted=product.stock_counted,
            lead_days=product.lead_days,
        )


@dataclass(frozen=True)
class Quote:
    """One version of a quote. `revision` is the row's write counter, not the quote's version."""

    quote_id: str
    quote_version: int
    customer_id: str
    language: Language
    currency: Currency
    lines: tuple[QuoteLine, ...]
    created_at: datetime
    valid_until: datetime
    state: QuoteState = QuoteState.OFFERED
    order_number: str | None = None
    wished_date: str | None = None
    formal: bool = False
    due_at: datetime | None = None
    revision: int = 0

    @property
    def subtotal(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def workflow_name(self) -> str:
        """Name of the order workflow's execution: a second start of it is refused by AWS (D5)."""
        return f"{self.quote_id}-{self.quote_version}"

    @property
    def counted_lines(self) -> tuple[QuoteLine, ...]:
        """The lines whose stock is counted, and therefore held."""
        return tuple(line for line in self.lines if line.stock_counted)

    def is_open_at(self, now: datetime) -> bool:
        """Whether the customer may still accept; a missing sweep never makes a stale price valid (B8)."""
        return self.state is QuoteState.OFFERED and now < self.valid_until

    def ended(self, state: QuoteState) -> "Quote":
        """This version superseded, declined or expired: its stock is free again."""
        return replace(self, state=move(QUOTE_MOVES, self.state, state), due_at=None)

    def accepted(self, order_number: str) -> "Quote":
        """This version accepted: its stock hold now belongs to the order."""
        return replace(
            self,
            state=move(QUOTE_MOVES, self.state, QuoteState.ACCEPTED),
            order_number=order_number,
            due_at=None,
        )
