"""The decision on a quote, as the order workflow waits for it."""

from enum import StrEnum
from typing import Final

from storefront.domain.casework import WaitStep
from storefront.domain.errors import Conflict, OrderEnded, QuoteEnded
from storefront.domain.order import Order, OrderState
from storefront.domain.quote import Quote, QuoteState
from storefront.services.ports import Clock, Store
from storefront.services.quoting import Quoting
from storefront.services.waiting import Waits

TRIES: Final = 8


class Decision(StrEnum):
    """What became of a quote whose wait ended; the state machine branches on the value."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    ENDED = "ended"


class Deciding:
    """Keeps the workflow's token, and says what became of a quote whose time is over."""

    def __init__(self, store: Store, quoting: Quoting, waits: Waits, clock: Clock) -> None:
        self._store = store
        self._quoting = quoting
        self._waits = waits
        self._clock = clock

    def await_decision(self, quote_id: str, quote_version: int, token: str) -> None:
        """Store the workflow's token, then look whether the customer has decided already (D1)."""
        quote = self._quote(quote_id, quote_version)
        self._waits.keep(quote, WaitStep.DECISION, token)
        quote = self._quote(quote_id, quote_version)
        order = self._store.read(Order, quote.order_number) if quote.order_number else None
        if order is not None and order.state is not OrderState.AWAITING_DETAILS:
            if order.is_unpaid_and_open or order.was_paid:
                self._waits.wake(order, WaitStep.DECISION, order.order_number)
            else:
                self._waits.end(order, OrderEnded(order.state.value), WaitStep.DECISION)
        elif quote.state not in {QuoteState.OFFERED, QuoteState.ACCEPTED}:
            self._waits.end(quote, QuoteEnded(quote.state.value), WaitStep.DECISION)

    def expire_quote(self, quote_id: str, quote_version: int) -> tuple[Decision, str | None]:
        """The wait for a decision is over: read what really happened, then decide (D2)."""
        for _ in range(TRIES):
            quote = self._quote(quote_id, quote_version)
            if quote.order_number is not None:
                return self._decided(quote.order_number)
            if quote.state is not QuoteState.OFFERED:
                return Decision.ENDED, None
            now = self._clock()
            if now < quote.valid_until:
                return Decision.WAITING, None
            try:
                self._store.commit(*self._quoting.end(quote, QuoteState.EXPIRED, now, "workflow"))
            except Conflict:
                continue
            return Decision.ENDED, None
        raise Conflict(quote_id)

    def _decided(self, order_number: str) -> tuple[Decision, str]:
        order = self._store.read(Order, order_number)
        if order is None or not (order.is_unpaid_and_open or order.was_paid):
            return Decision.ENDED, order_number
        if order.state is OrderState.AWAITING_DETAILS:
            return Decision.WAITING, order_number
        return Decision.ACCEPTED, order_number

    def _quote(self, quote_id: str, quote_version: int) -> Quote:
        quote = self._store.read(Quote, quote_id, quote_version)
        if quote is None:
            raise LookupError("a workflow names a quote that is gone")
        return quote
