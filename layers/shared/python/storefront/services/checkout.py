"""Checkout: a durable intent before every call that can move money, and the truth after it.

open_payment   order + attempt REQUESTING → request → attempt REQUESTED + payment card (`opening`)
settle         what became of an attempt, and the transaction that makes its order paid (`settling`)
close          the window ended: look first, then free the stock

Whatever follows a transaction (a job, a woken workflow, a sent message) may be lost with the function that was to
do it: the due index, the workflow's own deadline and a repeated job find it again.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from storefront.domain.casework import WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import Conflict, OrderEnded
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import OrderEventType, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import Authentication, Verdict
from storefront.services.attempts import TRIES, Attempts
from storefront.services.coupons import unredeemed
from storefront.services.opening import Opening
from storefront.services.order_events import order_event
from storefront.services.ports import (
    Clock,
    Ids,
    Jobs,
    Metrics,
    PaymentGateway,
    Put,
    Store,
    Timers,
    Write,
)
from storefront.services.quoting import released
from storefront.services.settling import Settling
from storefront.services.telling import Telling
from storefront.services.waiting import Waits


class Closing(StrEnum):
    """What became of an order whose payment window ended; the state machine branches on the value."""

    CLOSED = "closed"
    PAID = "paid"
    UNSETTLED = "unsettled"


class Checkout:
    """Collects the total of an order through LINE Pay."""

    def __init__(
        self,
        store: Store,
        gateway: PaymentGateway,
        telling: Telling,
        waits: Waits,
        jobs: Jobs,
        clock: Clock,
        ids: Ids,
        metrics: Metrics,
        timers: Timers,
        public_base_url: str,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._telling = telling
        self._waits = waits
        self._jobs = jobs
        self._clock = clock
        self._timers = timers
        self._attempts = attempts = Attempts(store, telling, clock)
        self._opening = Opening(store, attempts, gateway, telling, jobs, clock, ids, timers, public_base_url)
        self._settling = Settling(store, attempts, gateway, telling, waits, jobs, clock, metrics, timers)

    def open_payment(self, order_number: str, cause: str) -> None:
        """Give the customer a payment link: the open one while it is young, else a new one (C1, C3).

        Raises:
            OrderEnded: the order was cancelled or expired.
            Conflict: the order kept changing; the caller is called again.
        """
        for _ in range(TRIES):
            order = self._attempts.order(order_number)
            if order.was_paid:
                return
            if order.state is not OrderState.AWAITING_PAYMENT:
                raise OrderEnded(order.state.value)
            now = self._clock()
            if order.confirming_attempt is not None:
                self._attempts.tell_once(order, Topic.PAYMENT_PROCESSING, f"processing:{cause}", {})
                return
            try:
                if not order.hold_is_alive_at(now):
                    closing = self._look_and_expire(order, cause, now)
                else:
                    self._opening.give_link(order, cause, now)
                    return
            except Conflict:
                continue
            if closing is Closing.CLOSED:
                raise OrderEnded(OrderState.EXPIRED.value)
            return
        raise Conflict(order_number)

    def settle(self, attempt_id: str, cause: str) -> None:
        """Find out what became of an attempt and act on it. Safe at any time, by anybody, any number of times.

        Raises:
            Conflict: the order kept changing; the caller is called again.
        """
        self._settling.settle(attempt_id, cause)

    # Ending ----------------------------------------------------------------------------------------------

    def close(self, order_number: str, cause: str) -> Closing:
        """The payment window is over: look at the open attempt first, then free the stock (D2, S4, H1)."""
        for _ in range(TRIES):
            order = self._attempts.order(order_number)
            if order.was_paid:
                return Closing.PAID
            if not order.is_unpaid_and_open:
                return Closing.CLOSED
            now = self._clock()
            if order.confirming_attempt is not None:
                return Closing.UNSETTLED
            if now < order.hold_until + timedelta(seconds=self._timers.grace):
                return Closing.UNSETTLED
            try:
                return self._look_and_expire(order, cause, now)
            except Conflict:
                continue
        return Closing.UNSETTLED

    def _look_and_expire(self, order: Order, cause: str, now: datetime) -> Closing:
        attempt = self._attempts.find(order.active_attempt)
        if attempt is not None and self._was_completed(attempt):
            self.settle(attempt.attempt_id, cause)
            return Closing.PAID if self._attempts.order(order.order_number).was_paid else Closing.UNSETTLED
        self._expire(order, attempt, cause, now)
        return Closing.CLOSED

    def _was_completed(self, attempt: PaymentAttempt) -> bool:
        """Whether LINE Pay holds this attempt's money although we never asked for it."""
        if attempt.state is not AttemptState.REQUESTED or attempt.transaction_id is None:
            return False
        answer = self._gateway.check(attempt.transaction_id)
        return answer.verdict is Verdict.DONE and answer.value is Authentication.COMPLETED

    def _expire(self, order: Order, attempt: PaymentAttempt | None, cause: str, now: datetime) -> None:
        closed = order.closed(OrderState.EXPIRED, now, cause, "payment-window-ended")
        message = self._attempts.message(order, Topic.ORDER_EXPIRED, "expired", {})
        delivery = self._store.read(OrderDelivery, order.order_number)
        event = order_event(closed, delivery, OrderEventType.CANCELLED, now, reason="payment-window-ended")
        freed: tuple[Write, ...] = (*released(order.counted_lines), *unredeemed(order))
        writes: list[Write] = [Put(closed), Put(message), Put(event), *freed]
        if attempt is not None and attempt.is_open:
            writes.append(Put(attempt.ended(AttemptState.CLOSED, now, "window-ended")))
        self._store.commit(*writes)
        self._jobs.send_order_event(event.event_id, 0)
        self._waits.end(closed, OrderEnded(closed.state.value), WaitStep.DECISION, WaitStep.PAYMENT)
        self._telling.deliver(message.message_id)

    # Workflow --------------------------------------------------------------------------------------------

    def await_payment(self, order_number: str, token: str) -> None:
        """Store the workflow's token, then look whether the outcome came first (D1, D4)."""
        self._waits.keep(self._attempts.order(order_number), WaitStep.PAYMENT, token)
        order = self._attempts.order(order_number)
        if order.was_paid:
            self._waits.wake(order, WaitStep.PAYMENT, order_number)
        elif not order.is_unpaid_and_open:
            self._waits.end(order, OrderEnded(order.state.value), WaitStep.PAYMENT)
