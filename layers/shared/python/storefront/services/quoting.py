"""Quoting: a cart becomes a frozen, numbered quote with its stock on hold; it is accepted once or it ends.

Each method plans the writes of one transaction; the caller commits them together with the message that tells
of them, so a quote that is not told of does not exist.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import Conversation
from storefront.domain.money import Currency
from storefront.domain.order import HistoryStep, HoldState, Order, OrderState
from storefront.domain.quote import MAX_LINES, MAX_QUANTITY, Quote, QuoteLine, QuoteState
from storefront.services.ports import Catalogues, Put, StockMove, Timers, Write


@dataclass(frozen=True)
class Shortage:
    """A product of which less can be promised than was wanted; quantities in its own unit."""

    sku: str
    wanted: int
    available: int


@dataclass(frozen=True)
class QuotePlan:
    """A quote and the writes that make it so."""

    quote: Quote
    writes: tuple[Write, ...]


def stock_moves(deltas: Mapping[str, int]) -> tuple[StockMove, ...]:
    """Moves from available to held, one per SKU since a transaction may name a row only once."""
    return tuple(
        StockMove(sku, available=-units, held=units) for sku, units in sorted(deltas.items()) if units != 0
    )


def released(lines: Sequence[QuoteLine]) -> tuple[StockMove, ...]:
    """Moves that give the held stock of `lines` back."""
    return stock_moves({line.sku: -line.quantity for line in lines})


class Quoting:
    """Plans quotes over today's catalogue and stock."""

    def __init__(self, catalogues: Catalogues, timers: Timers, currency: Currency = Currency.TWD) -> None:
        self._catalogues = catalogues
        self._timers = timers
        self._currency = currency

    def catalogue(self) -> Catalogue:
        return self._catalogues.read()

    def shortage(
        self, cart: Mapping[str, int], held: Mapping[str, int], catalogue: Catalogue
    ) -> Shortage | None:
        """The first product of `cart` that cannot be promised, counting what this customer holds already."""
        counted = [sku for sku in cart if catalogue.products[sku].stock_counted]
        available = self._catalogues.available(counted)
        for sku in counted:
            can_promise = available.get(sku, 0) + held.get(sku, 0)
            if cart[sku] > can_promise:
                return Shortage(sku, cart[sku], max(0, can_promise))
        return None

    def plan(
        self,
        conversation: Conversation,
        cart: Mapping[str, int],
        previous: Quote | None,
        new_quote_id: str,
        now: datetime,
        catalogue: Catalogue,
        *,
        formal: bool = False,
        wished_date: str | None = None,
    ) -> QuotePlan:
        """Quote `cart` at today's prices; a quote that is still open is superseded by the next version.

        Raises:
            ValueError: the cart is empty, too long, or holds a quantity outside 1 to 9,999 (B1).
        """
        if not 1 <= len(cart) <= MAX_LINES or not all(1 <= units <= MAX_QUANTITY for units in cart.values()):
            raise ValueError("a cart holds 1 to 20 products, 1 to 9,999 units each")
        open_quote = previous if previous is not None and previous.state is QuoteState.OFFERED else None
        quote = Quote(
            quote_id=open_quote.quote_id if open_quote else new_quote_id,
            quote_version=open_quote.quote_version + 1 if open_quote else 1,
            customer_id=conversation.customer_id,
            language=conversation.language,
            currency=self._currency,
            lines=tuple(
                QuoteLine.priced(catalogue.products[sku], units, conversation.language)
                for sku, units in cart.items()
            ),
            created_at=now,
            valid_until=now + timedelta(seconds=self._timers.quote_validity),
            wished_date=wished_date,
            formal=formal,
            due_at=now + timedelta(seconds=self._timers.quote_validity + self._timers.grace),
        )
        deltas = {line.sku: line.quantity for line in quote.counted_lines}
        writes: list[Write] = [Put(quote)]
        if open_quote is not None:
            writes.append(Put(open_quote.ended(QuoteState.SUPERSEDED)))
            for line in open_quote.counted_lines:
                deltas[line.sku] = deltas.get(line.sku, 0) - line.quantity
        return QuotePlan(quote, (*writes, *stock_moves(deltas)))

    def end(self, quote: Quote, state: QuoteState) -> tuple[Write, ...]:
        """Decline or expire an open quote and free its stock (S3: the row's revision lets it happen once)."""
        return (Put(quote.ended(state)), *released(quote.counted_lines))

    def accept(
        self, quote: Quote, order_number: str, now: datetime, cause: str
    ) -> tuple[Order, tuple[Write, ...]]:
        """Turn an open quote into an order; the hold goes over to it and lasts the payment window at least."""
        window = timedelta(seconds=self._timers.payment_window)
        order = Order(
            order_number=order_number,
            customer_id=quote.customer_id,
            quote_id=quote.quote_id,
            quote_version=quote.quote_version,
            language=quote.language,
            currency=quote.currency,
            lines=quote.lines,
            state=OrderState.AWAITING_DETAILS,
            hold=HoldState.HELD,
            hold_until=max(quote.valid_until, now + window),
            created_at=now,
            wished_date=quote.wished_date,
            history=(HistoryStep(now, OrderState.AWAITING_DETAILS, cause),),
            due_at=max(quote.valid_until, now + window) + timedelta(seconds=self._timers.grace),
        )
        return order, (Put(quote.accepted(order_number)), Put(order))
