"""The decision on a quote, as the order workflow waits for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final

from storefront.domain.casework import WaitStep
from storefront.domain.errors import Conflict, OrderEnded, QuoteEnded
from storefront.domain.order import Order, OrderState
from storefront.domain.quote import Quote, QuoteState
from storefront.services.lapsing import Lapsing
from storefront.services.ports import Clock, Store
from storefront.services.waiting import Waits

TRIES: Final = 8
ORDER_LOOK: Final = timedelta(seconds=60)
"""An order whose time is over is closed by the sweeper, which ends the wait: looks at it are no closer than this."""


class Decision(StrEnum):
    """What became of a quote whose wait ended; the state machine branches on the value."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True)
class Review:
    """What is known of a quote at one of its moments; `wait_seconds` until the next one, if it is waited for."""

    decision: Decision
    order_number: str | None = None
    wait_seconds: int | None = None


class Deciding:
    """Keeps the workflow's token, and says what became of a quote when a moment of it has come."""

    def __init__(self, store: Store, lapsing: Lapsing, waits: Waits, clock: Clock) -> None:
        self._store = store
        self._lapsing = lapsing
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

    def review_quote(self, quote_id: str, quote_version: int) -> Review:
        """The wait for a decision was long enough for a reminder or for the end: read what really happened (D2)."""
        for _ in range(TRIES):
            quote = self._quote(quote_id, quote_version)
            try:
                self._lapsing.pass_time(quote, "workflow")
            except Conflict:
                continue
            quote = self._quote(quote_id, quote_version)
            if quote.order_number is not None:
                return self._decided(quote.order_number)
            if quote.state is not QuoteState.OFFERED:
                return Review(Decision.ENDED)
            moment = quote.remind_at or quote.valid_until
            return Review(Decision.WAITING, None, self._seconds_until(moment))
        raise Conflict(quote_id)

    def _decided(self, order_number: str) -> Review:
        order = self._store.read(Order, order_number)
        if order is None or not (order.is_unpaid_and_open or order.was_paid):
            return Review(Decision.ENDED, order_number)
        if order.state is OrderState.AWAITING_DETAILS:
            look = max(order.due_at or order.hold_until, self._clock() + ORDER_LOOK)
            return Review(Decision.WAITING, order_number, self._seconds_until(look))
        return Review(Decision.ACCEPTED, order_number)

    def _seconds_until(self, moment: datetime) -> int:
        return max(1, ceil((moment - self._clock()).total_seconds()))

    def _quote(self, quote_id: str, quote_version: int) -> Quote:
        quote = self._store.read(Quote, quote_id, quote_version)
        if quote is None:
            raise LookupError("a workflow names a quote that is gone")
        return quote
