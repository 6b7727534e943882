"""The broom: finds what was left half done, by the due index, and gives it to whoever finishes it.

Every job here is safe to repeat, so a sweep that overlaps with the work itself does no harm.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.approval import Approval
from storefront.domain.casework import CaseKind, OperatorCase, ReceivedEvent
from storefront.domain.conversation import OrderDelivery
from storefront.domain.erasure import Erasure
from storefront.domain.errors import Conflict
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import Message, OrderEvent
from storefront.domain.payment import PaymentAttempt
from storefront.domain.quote import Quote
from storefront.domain.refund import Refund
from storefront.services.cases import case_writes
from storefront.services.erasing import Erasing
from storefront.services.lapsing import Lapsing
from storefront.services.ports import Clock, DueKind, Jobs, Metrics, Put, Store, Write
from storefront.services.telling import Telling

BATCH: Final = 100
TIME_FOR_A_SWEEP: Final = timedelta(seconds=40)
"""The function has a minute, and one message may take a while; what is not begun within this is the next sweep's."""

NUDGE_AGAIN_AFTER: Final = timedelta(minutes=2)
REMIND_AFTER: Final = timedelta(hours=24)
"""A case that nobody has settled is put before people again."""


class Sweeping:
    """One sweep over everything that is due."""

    def __init__(
        self,
        store: Store,
        lapsing: Lapsing,
        telling: Telling,
        jobs: Jobs,
        clock: Clock,
        metrics: Metrics,
        erasing: Erasing,
    ) -> None:
        self._store = store
        self._lapsing = lapsing
        self._telling = telling
        self._jobs = jobs
        self._clock = clock
        self._metrics = metrics
        self._erasing = erasing

    def sweep(self) -> dict[str, int]:
        """Do or hand on what is due; returns how many rows of each kind were found.

        Cases come first, and messages, which may keep LINE waiting, last: people are called whatever else goes wrong.
        """
        started = self._clock()
        found = {
            DueKind.CASE: self._each(DueKind.CASE, OperatorCase, self._case, started),
            DueKind.QUOTE: self._each(DueKind.QUOTE, Quote, self._quote, started),
            DueKind.ORDER: self._each(DueKind.ORDER, Order, self._order, started),
            DueKind.ATTEMPT: self._each(DueKind.ATTEMPT, PaymentAttempt, self._attempt, started),
            DueKind.REFUND: self._each(DueKind.REFUND, Refund, self._refund, started),
            DueKind.APPROVAL: self._each(DueKind.APPROVAL, Approval, self._approval, started),
            DueKind.ORDER_EVENT: self._each(DueKind.ORDER_EVENT, OrderEvent, self._order_event, started),
            DueKind.RECEIVED_EVENT: self._each(
                DueKind.RECEIVED_EVENT, ReceivedEvent, self._received, started
            ),
            DueKind.ERASURE: self._each(DueKind.ERASURE, Erasure, self._erasing.go_on, started),
            DueKind.DELIVERY: self._each(
                DueKind.DELIVERY, OrderDelivery, self._erasing.keep_no_longer, started
            ),
            DueKind.MESSAGE: self._messages(started),
        }
        open_cases = len(self._store.due(DueKind.CASE, self._clock() + 2 * REMIND_AFTER, BATCH))
        self._metrics.count("OpenOperatorCases", open_cases)
        return {kind.value: count for kind, count in found.items()}

    def _each[Row](
        self, kind: DueKind, row_type: type[Row], act: Callable[[Row], None], started: datetime
    ) -> int:
        rows = [row for row in self._store.due(kind, self._clock(), BATCH) if isinstance(row, row_type)]
        self._each_of(rows, act, started)
        return len(rows)

    def _each_of[Work](self, rows: Sequence[Work], act: Callable[[Work], None], started: datetime) -> None:
        for row in rows:
            if self._clock() - started > TIME_FOR_A_SWEEP:
                break
            try:
                act(row)
            except Conflict:
                # Somebody is at work on it; the next sweep looks again.
                self._metrics.count("SweepConflict")
            except Exception:
                # One row that cannot be dealt with must not keep the others waiting (O2); it stays due.
                self._metrics.count("SweepFailed")

    def _messages(self, started: datetime) -> int:
        """What is due to one customer goes out together."""
        rows = self._store.due(DueKind.MESSAGE, self._clock(), BATCH)
        by_customer: dict[str, list[str]] = {}
        for row in rows:
            if isinstance(row, Message):
                by_customer.setdefault(row.customer_id, []).append(row.message_id)
        self._each_of(list(by_customer.values()), self._telling.deliver_together, started)
        return len(rows)

    def _quote(self, quote: Quote) -> None:
        self._lapsing.pass_time(quote, "sweep")

    def _order(self, order: Order) -> None:
        """An order without a link is opened; one whose hold is over is closed. Both by the payment function."""
        now = self._clock()
        if not order.is_unpaid_and_open:
            return
        if order.state is OrderState.AWAITING_PAYMENT and order.attempts_made == 0 and now < order.hold_until:
            self._jobs.open_payment(order.order_number, "sweep")
        else:
            self._jobs.close_order(order.order_number)
        self._store.commit(Put(replace(order, due_at=now + NUDGE_AGAIN_AFTER)))

    def _attempt(self, attempt: PaymentAttempt) -> None:
        self._jobs.check_payment(attempt.attempt_id, 0, "sweep")

    def _refund(self, refund: Refund) -> None:
        self._jobs.refund(refund.order_number, refund.refund_id, 0)

    def _order_event(self, event: OrderEvent) -> None:
        self._jobs.send_order_event(event.event_id, 0)

    def _received(self, event: ReceivedEvent) -> None:
        self._jobs.settle_event(event.source, event.event_id, event.event_id)

    def _approval(self, approval: Approval) -> None:
        """Its workflow should have ended it long ago: a person has to look, today and every day."""
        now = self._clock()
        case = self._approval_case(approval, "overdue", now)
        self._store.commit(Put(replace(approval, due_at=now + REMIND_AFTER)), *case)

    def _case(self, case: OperatorCase) -> None:
        """Put a case before people, whoever opened it: the alarm listens to the first count, a kind has its own."""
        self._store.commit(Put(replace(case, due_at=self._clock() + REMIND_AFTER)))
        self._metrics.count("CasesAnnounced")
        self._metrics.count(f"Case.{case.kind.value}")

    def approval_needs_operator(self, approval_id: str, state: str) -> bool:
        """The workflow of an approval gave up in `state`: a person is called unless everything is done."""
        approval = self._store.read(Approval, approval_id)
        if approval is None or approval.effect is not None:
            return False
        writes = self._approval_case(approval, state, self._clock())
        if not writes:
            return False
        self._store.commit(*writes)
        return True

    def _approval_case(self, approval: Approval, state: str, now: datetime) -> tuple[Write, ...]:
        facts = {"customerId": approval.customer_id, "quote": approval.quote_id, "reason": state}
        return case_writes(self._store, CaseKind.APPROVAL_WANTED, approval.approval_id, now, facts)

    def needs_operator(self, quote_id: str, quote_version: int, state: str) -> bool:
        """A workflow gave up in `state`: read what really happened, and call a person if it is not over."""
        quote = self._store.read(Quote, quote_id, quote_version)
        order = self._store.read(Order, quote.order_number) if quote and quote.order_number else None
        if (
            order is None
            or order.completed_at is not None
            or not (order.is_unpaid_and_open or order.state is OrderState.PAID)
        ):
            return False
        kind = CaseKind.DELIVERY_SILENT if order.was_paid else CaseKind.WORKFLOW_FAILED
        now = self._clock()
        writes = case_writes(self._store, kind, order.order_number, now, {"state": state})
        if not writes:
            return False
        self._store.commit(*writes)
        return True
