"""Quoting: a cart becomes a frozen, numbered quote with its stock on hold; it is accepted once or it ends.

Each method plans the writes of one transaction; the caller commits them together with the message that tells
of them, so a quote that is not told of does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.alternatives import similar_to
from storefront.domain.catalogue import Catalogue, Product
from storefront.domain.conversation import Conversation
from storefront.domain.coupon import CouponRefusal
from storefront.domain.holds import goes_on
from storefront.domain.money import Currency
from storefront.domain.order import HistoryStep, HoldState, Order, OrderState
from storefront.domain.pricing import PriceRules
from storefront.domain.quote import MAX_LINES, MAX_QUANTITY, AgreedPrice, Quote, QuoteLine, QuoteState
from storefront.domain.quote_record import EntryKind, QuoteEntry
from storefront.services.coupons import redeemed
from storefront.services.ports import Catalogues, Put, StockMove, Timers, Write

NO_RULES: Final = PriceRules()
SIMILAR_LOOKED_AT: Final = 12
"""Products whose stock is read for one that is short; bounds the reads in a large catalogue."""


@dataclass(frozen=True)
class Shortage:
    """A product of which less can be promised than was wanted; quantities in its own unit."""

    sku: str
    wanted: int
    available: int


NO_COUPON: Final = ""


@dataclass(frozen=True)
class Basket:
    """What a customer wants quoted: units by SKU, and what else was told or agreed on for this quote.

    A coupon of `NO_COUPON` leaves the one of the open quote behind; None keeps it.
    """

    units: Mapping[str, int]
    wished_date: str | None = None
    formal: bool = False
    coupon: str | None = None
    agreed: Mapping[str, AgreedPrice] = field(default_factory=dict)

    @classmethod
    def of(cls, quote: Quote) -> "Basket":
        """The basket that `quote` was made of."""
        return cls(
            {line.sku: line.quantity for line in quote.lines},
            quote.wished_date,
            quote.formal,
            quote.coupon,
            quote.agreed,
        )

    def after(self, quote: Quote) -> "Basket":
        """This basket with what holds for the open `quote` besides its lines: told once is told until it ends."""
        return replace(
            self,
            wished_date=self.wished_date or quote.wished_date,
            formal=self.formal or quote.formal,
            coupon=quote.coupon if self.coupon is None else self.coupon,
            agreed={**quote.agreed, **self.agreed},
        )


@dataclass(frozen=True)
class QuotePlan:
    """A quote and the writes that make it so, and why the basket's coupon takes nothing off it, if so."""

    quote: Quote
    writes: tuple[Write, ...]
    coupon_refusal: CouponRefusal | None = None


def stock_moves(deltas: Mapping[str, int]) -> tuple[StockMove, ...]:
    """Moves from available to held, one per SKU since a transaction may name a row only once."""
    return tuple(
        StockMove(sku, available=-units, held=units) for sku, units in sorted(deltas.items()) if units != 0
    )


def released(lines: Sequence[QuoteLine]) -> tuple[StockMove, ...]:
    """Moves that give the held stock of `lines` back."""
    return stock_moves({line.sku: -line.quantity for line in lines})


def short_of(basket: Basket, there: Mapping[str, int]) -> Shortage | None:
    """The first product of which the customer wants more than they can have."""
    missing = ((sku, units) for sku, units in there.items() if basket.units[sku] > units)
    return next((Shortage(sku, basket.units[sku], units) for sku, units in missing), None)


def entry(quote: Quote, kind: EntryKind, now: datetime, cause: str, **facts: str) -> Put[QuoteEntry]:
    """The line of the quote's record that tells of this: its total, what was taken off and why, and `facts`."""
    told = {"total": str(quote.total), **facts}
    if quote.discounts:
        told["discounts"] = ",".join(f"{each.kind}:{each.code}:{each.amount}" for each in quote.discounts)
    return Put(QuoteEntry(quote.quote_id, quote.quote_version, kind, now, cause, told))


class Quoting:
    """Plans quotes over today's catalogue and stock."""

    def __init__(
        self,
        catalogues: Catalogues,
        timers: Timers,
        rules: PriceRules = NO_RULES,
        currency: Currency = Currency.TWD,
    ) -> None:
        self._catalogues = catalogues
        self._timers = timers
        self._rules = rules
        self._currency = currency

    def catalogue(self) -> Catalogue:
        return self._catalogues.read()

    def similar_to(self, sku: str, catalogue: Catalogue) -> tuple[Product, ...]:
        """Products like `sku` that are in stock, the most alike first."""
        alike = similar_to(catalogue.products[sku], catalogue)[:SIMILAR_LOOKED_AT]
        available = self._catalogues.available([each.sku for each in alike if each.stock_counted])
        return tuple(each for each in alike if not each.stock_counted or available.get(each.sku, 0) > 0)

    def there(self, basket: Basket, held: Mapping[str, int], catalogue: Catalogue) -> Mapping[str, int]:
        """What a customer can have of the counted products of `basket`: what is free, and what they hold already."""
        counted = [sku for sku in basket.units if catalogue.products[sku].stock_counted]
        available = self._catalogues.available(counted)
        return {sku: max(0, available.get(sku, 0) + held.get(sku, 0)) for sku in counted}

    def shortage(self, basket: Basket, held: Mapping[str, int], catalogue: Catalogue) -> Shortage | None:
        """The first product of `basket` that cannot be promised, counting what this customer holds already."""
        return short_of(basket, self.there(basket, held, catalogue))

    def plan(
        self,
        conversation: Conversation,
        basket: Basket,
        previous: Quote | None,
        new_quote_id: str,
        now: datetime,
        catalogue: Catalogue,
        cause: str,
        *,
        promised: bool | None = None,
        page_key: str | None = None,
    ) -> QuotePlan:
        """Quote `basket` at today's prices; a quote that is still open is superseded by the next version.

        The basket's coupon has to be one that this customer may use now; whether it is for these products is
        found here. `promised` says whether its stock goes on hold; None means as it was before, and yes for a new
        quote. `page_key` signs the link to the page of a new quote.

        Raises:
            ValueError: the basket is empty, too long, or holds a quantity outside 1 to 9,999 (B1).
        """
        units = basket.units
        if not 1 <= len(units) <= MAX_LINES or not all(1 <= each <= MAX_QUANTITY for each in units.values()):
            raise ValueError("a basket holds 1 to 20 products, 1 to 9,999 units each")
        language, products = conversation.language, catalogue.products
        lines = tuple(
            QuoteLine.priced(
                products[sku],
                each,
                language,
                basket.agreed.get(sku),
                self._rules.offered(products[sku], each, language, now),
            )
            for sku, each in units.items()
        )
        coupon = self._rules.coupon(basket.coupon) if basket.coupon is not None else None
        reductions = self._rules.reductions(lines, products, coupon)
        open_quote = previous if previous is not None and previous.state is QuoteState.OFFERED else None
        since = open_quote.promised_since if open_quote is not None else None
        if promised is None:
            promised = open_quote is None or since is not None
        valid_until = now + timedelta(seconds=self._timers.quote_validity)
        reminder = now + timedelta(seconds=self._timers.quote_reminder)
        remind_at = reminder if reminder < valid_until else None
        quote = Quote(
            quote_id=open_quote.quote_id if open_quote else new_quote_id,
            quote_version=open_quote.quote_version + 1 if open_quote else 1,
            customer_id=conversation.customer_id,
            language=language,
            currency=self._currency,
            lines=lines,
            created_at=now,
            valid_until=valid_until,
            wished_date=basket.wished_date,
            formal=basket.formal,
            coupon=basket.coupon,
            agreed=basket.agreed,
            discounts=reductions.discounts,
            page_key=(open_quote.page_key if open_quote is not None else None) or page_key,
            promised_since=(since if goes_on(since, now) else now) if promised else None,
            remind_at=remind_at,
            due_at=(remind_at or valid_until) + timedelta(seconds=self._timers.grace),
        )
        deltas = {line.sku: line.quantity for line in quote.held_lines}
        writes: list[Write] = [Put(quote), entry(quote, EntryKind.OFFERED, now, cause)]
        if open_quote is not None:
            writes.append(Put(open_quote.ended(QuoteState.SUPERSEDED)))
            for line in open_quote.held_lines:
                deltas[line.sku] = deltas.get(line.sku, 0) - line.quantity
        return QuotePlan(quote, (*writes, *stock_moves(deltas)), reductions.coupon_refusal)

    def end(
        self, quote: Quote, state: QuoteState, now: datetime, cause: str, *, told: bool = True
    ) -> tuple[Write, ...]:
        """Decline or expire an open quote and free its stock (S3: the row's revision lets it happen once).

        `told` says whether an answer tells of it.
        """
        kind = EntryKind.EXPIRED if state is QuoteState.EXPIRED else EntryKind.DECLINED
        told = told and state is QuoteState.EXPIRED
        return (
            Put(replace(quote.ended(state), told_of_end=told)),
            entry(quote, kind, now, cause),
            *released(quote.held_lines),
        )

    def accept(
        self, quote: Quote, order_number: str, now: datetime, cause: str
    ) -> tuple[Order, tuple[Write, ...]]:
        """Turn an open quote into an order; the hold goes over to it and lasts the payment window at least.

        Its coupon is used up in the same transaction, which is refused if somebody else had the last use.
        Stock that was not promised is taken now, and for that window only. Committing the writes raises StockShort
        if it has gone meanwhile.
        """
        hold_until = now + timedelta(seconds=self._timers.payment_window)
        taken: tuple[StockMove, ...] = ()
        if quote.promised_since is not None:
            hold_until = max(quote.valid_until, hold_until)
        else:
            taken = stock_moves({line.sku: line.quantity for line in quote.counted_lines})
        order = Order(
            order_number=order_number,
            customer_id=quote.customer_id,
            quote_id=quote.quote_id,
            quote_version=quote.quote_version,
            language=quote.language,
            currency=quote.currency,
            lines=quote.lines,
            discounts=quote.discounts,
            state=OrderState.AWAITING_DETAILS,
            hold=HoldState.HELD,
            hold_until=hold_until,
            created_at=now,
            wished_date=quote.wished_date,
            history=(HistoryStep(now, OrderState.AWAITING_DETAILS, cause),),
            due_at=hold_until + timedelta(seconds=self._timers.grace),
        )
        accepted = entry(quote, EntryKind.ACCEPTED, now, cause, order=order_number)
        used = redeemed(order, self._rules)
        return order, (Put(quote.accepted(order_number)), Put(order), accepted, *used, *taken)
