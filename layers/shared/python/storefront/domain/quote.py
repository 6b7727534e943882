"""Quotes: frozen, numbered promises of a price and of stock, valid until a moment.

A quote version never changes its lines; a change makes the next version and supersedes this one. What a
version may become is one table (`QUOTE_MOVES`). The stock that it promises is on hold until it ends, or moves
on to the order that accepts it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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


class DeclineReason(StrEnum):
    """Why a customer did not want a quote, if they say."""

    PRICE = "price"
    TIME = "time"
    ASKING = "asking"
    OTHER = "other"


class PriceReason(StrEnum):
    """Why a line costs what it costs; kept with the line, so that a price can be explained years later."""

    LIST = "list"
    TIER = "tier"
    AGREED = "agreed"
    """Negotiated within the shop's rules: never below the product's floor."""

    APPROVED = "approved"
    """Negotiated beyond them: a named person approved it."""

    OFFER = "offer"
    """Lowered for a time by an offer of the shop."""


@dataclass(frozen=True)
class AgreedPrice:
    """A unit price that was negotiated for one product, from `from_quantity` units on.

    Without `approved_by` it is within the shop's own rules; with it, that person answers for it. It holds for the
    quote in which it was agreed and for the versions that follow, until the quote ends.
    """

    unit_price: int
    from_quantity: int = 1
    approved_by: str | None = None

    @property
    def reason(self) -> PriceReason:
        return PriceReason.AGREED if self.approved_by is None else PriceReason.APPROVED


@dataclass(frozen=True)
class OfferedPrice:
    """The unit price that offer `code` gave when the quote was made; `name` as its customers read it.

    `until` is the first moment at which the offer is over. The quote keeps its price even then.
    """

    code: str
    name: str
    unit_price: int
    until: datetime


class DiscountKind(StrEnum):
    """What a whole quote may be reduced for."""

    COUPON = "coupon"
    ORDER_TIER = "order_tier"
    BUNDLE = "bundle"
    OFFER = "offer"
    ELSEWHERE = "elsewhere"
    """What the system took off in which an order was placed elsewhere; never of a quote."""


@dataclass(frozen=True)
class Discount:
    """A reduction of a whole quote: a positive amount in payable units, and the code or rule behind it.

    `capped` when the rule would have taken more, but floor prices stood in its way.
    """

    kind: DiscountKind
    code: str
    amount: int
    capped: bool = False


def coupon_among(discounts: Sequence[Discount]) -> str | None:
    """The code of the coupon that takes something off."""
    return next((each.code for each in discounts if each.kind is DiscountKind.COUPON), None)


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
    price_reason: PriceReason = PriceReason.LIST
    offer: OfferedPrice | None = None

    @property
    def amount(self) -> int:
        return self.unit_price * self.quantity

    @classmethod
    def priced(
        cls,
        product: Product,
        quantity: int,
        language: Language,
        agreed: AgreedPrice | None = None,
        offered: OfferedPrice | None = None,
    ) -> "QuoteLine":
        """Freeze the price of `product` for `quantity` units: the customer's best of today's tier, an offer, and
        what was agreed on."""
        unit_price = product.unit_price(quantity)
        reason = PriceReason.LIST if unit_price == product.price else PriceReason.TIER
        if offered is not None and offered.unit_price < unit_price:
            unit_price, reason = offered.unit_price, PriceReason.OFFER
        if agreed is not None and quantity >= agreed.from_quantity and agreed.unit_price < unit_price:
            unit_price, reason = agreed.unit_price, agreed.reason
        return cls(
            sku=product.sku,
            name=product.name(language),
            quantity=quantity,
            unit=product.unit,
            unit_price=unit_price,
            list_price=product.price,
            return_policy=product.return_policy,
            stock_counted=product.stock_counted,
            lead_days=product.lead_days,
            price_reason=reason,
            offer=offered if reason is PriceReason.OFFER else None,
        )


@dataclass(frozen=True)
class Quote:
    """One version of a quote. `revision` is the row's write counter, not the quote's version.

    `promised_since` is when the stock of its lines was first promised, by this version or one before it; None if it
    is only taken on acceptance. `remind_at` is when the customer is reminded, once; `told_of_end` says that an answer
    has told them that it has expired. `page_key` signs the link to its page, for all versions of the quote.
    """

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
    coupon: str | None = None
    agreed: Mapping[str, AgreedPrice] = field(default_factory=dict)
    discounts: tuple[Discount, ...] = ()
    promised_since: datetime | None = None
    remind_at: datetime | None = None
    told_of_end: bool = False
    page_key: str | None = None
    declined_for: DeclineReason | None = None
    due_at: datetime | None = None
    revision: int = 0

    @property
    def subtotal(self) -> int:
        """All lines, before what is taken off the whole quote."""
        return sum(line.amount for line in self.lines)

    @property
    def discount(self) -> int:
        return sum(discount.amount for discount in self.discounts)

    @property
    def total(self) -> int:
        """What the goods cost; shipping is added when the delivery is known (M3)."""
        return self.subtotal - self.discount

    @property
    def workflow_name(self) -> str:
        """Name of the order workflow's execution: a second start of it is refused by AWS (D5)."""
        return f"{self.quote_id}-{self.quote_version}"

    @property
    def counted_lines(self) -> tuple[QuoteLine, ...]:
        """The lines whose stock is counted."""
        return tuple(line for line in self.lines if line.stock_counted)

    @property
    def held_lines(self) -> tuple[QuoteLine, ...]:
        """The lines whose stock is on hold while the quote is open: none if it promised no stock."""
        return self.counted_lines if self.promised_since is not None else ()

    def is_open_at(self, now: datetime) -> bool:
        """Whether the customer may still accept; a missing sweep never makes a stale price valid (B8)."""
        return self.state is QuoteState.OFFERED and now < self.valid_until

    def ended(self, state: QuoteState) -> "Quote":
        """This version superseded, declined or expired: its stock is free again."""
        return replace(self, state=move(QUOTE_MOVES, self.state, state), remind_at=None, due_at=None)

    def accepted(self, order_number: str) -> "Quote":
        """This version accepted: its stock hold now belongs to the order."""
        return replace(
            self,
            state=move(QUOTE_MOVES, self.state, QuoteState.ACCEPTED),
            order_number=order_number,
            remind_at=None,
            due_at=None,
        )
