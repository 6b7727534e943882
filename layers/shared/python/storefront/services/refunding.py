"""Refunding: gives back what was captured, never twice and never more (M4, C12, C13).

LINE Pay has no idempotency key for refunds, so the list of refunds is read before the first call and after
every call without a clear answer; only a list that lacks ours, read when no call can be on its way any more,
allows another call.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.casework import CaseKind, WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import Conflict, StockShort
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import OrderEventType, Topic
from storefront.domain.payment import PaymentAttempt
from storefront.domain.payment_answers import Answer, RefundRecord, Verdict
from storefront.domain.refund import Refund, RefundState
from storefront.services.cases import case_writes
from storefront.services.order_events import order_event
from storefront.services.ports import (
    Clock,
    Jobs,
    Metrics,
    PaymentGateway,
    Put,
    StockMove,
    Store,
    Write,
    written,
)
from storefront.services.telling import Telling, new_message
from storefront.services.waiting import Waits

TRIES: Final = 8
CALL_LEASE: Final = timedelta(seconds=100)
"""Nobody asks again before this is over: longer than the function that asked may live (90 s)."""

PART_PATIENCE: Final = timedelta(minutes=10)
RETRY_SECONDS: Final = 30
ASK_A_PERSON_AFTER: Final = timedelta(minutes=60)
SLOWLY: Final = timedelta(minutes=15)
"""Between two looks once a person has been asked."""

ALREADY_TRIES: Final = 3
"""So often may LINE Pay say that there is nothing left while its list lacks ours; then a person compares."""

PASSING_REFUSALS: Final = frozenset({"1104", "1105", "1106", "2042"})
"""Merchant switched off, signature wrong, the merchant's reserve for refunds too low: true until somebody mends it."""

POSTPONED: Final = timedelta(hours=1)
LAST_ASKED_AFTER: Final = timedelta(hours=24)


def stock_back(order: Order) -> tuple[StockMove, ...]:
    """A fully refunded order's goods that never left the warehouse can be sold again."""
    if order.state is not OrderState.REFUNDED:
        return ()
    left = {line.sku: line.quantity - order.shipped.get(line.sku, 0) for line in order.counted_lines}
    return tuple(
        StockMove(sku, available=units, committed=-units) for sku, units in sorted(left.items()) if units > 0
    )


class Refunding:
    """Carries out refund intents."""

    def __init__(
        self,
        store: Store,
        gateway: PaymentGateway,
        telling: Telling,
        waits: Waits,
        jobs: Jobs,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._telling = telling
        self._waits = waits
        self._jobs = jobs
        self._clock = clock
        self._metrics = metrics

    def carry_out(self, order_number: str, refund_id: str) -> None:
        """Bring one refund to its end; safe to call again at any time."""
        for _ in range(TRIES):
            refund = self._store.read(Refund, order_number, refund_id)
            if refund is None or refund.state in {RefundState.DONE, RefundState.REFUSED}:
                return
            now = self._clock()
            if refund.state is RefundState.SENT and refund.call_until is not None and now < refund.call_until:
                self._jobs.refund(order_number, refund_id, RETRY_SECONDS)
                return
            try:
                self._step(refund)
            except Conflict:
                continue
            return
        raise Conflict(refund_id)

    def _step(self, refund: Refund) -> None:
        attempt = self._store.read(PaymentAttempt, refund.attempt_id)
        if attempt is None or attempt.transaction_id is None:
            raise LookupError("a refund names a payment that is gone")
        listed = self._listed(attempt.transaction_id)
        if listed is None:
            self._later(refund)
            return
        if refund.state is RefundState.SENT:
            ours = self._ours(refund, listed)
            if ours is not None:
                self._finish(refund, ours)
                return
            if not self._may_repeat(refund):
                self._later(refund)
                return
            refund = self._proven_unsent(refund)
        self._ask(refund, attempt.transaction_id, listed)

    def _listed(self, transaction_id: str) -> tuple[RefundRecord, ...] | None:
        """The provider's refunds of a payment; None when it gives no clear answer."""
        answer = self._gateway.details(transaction_id=transaction_id)
        if answer.verdict is not Verdict.DONE or not answer.value:
            return None
        payment = next((found for found in answer.value if found.transaction_id == transaction_id), None)
        return payment.refunds if payment is not None else None

    @staticmethod
    def _ours(refund: Refund, listed: tuple[RefundRecord, ...]) -> RefundRecord | None:
        """An entry that was not there before we asked, over our amount: refunds are serialised, so it is ours."""
        return next(
            (
                record
                for record in listed
                if record.refund_transaction_id not in refund.known_before and record.amount == refund.amount
            ),
            None,
        )

    def _may_repeat(self, refund: Refund) -> bool:
        """Whether a call that the list does not show may be made again: LINE Pay itself refuses to give all back
        twice (1165), but not a part, so a part waits until its effect would be in the list for certain."""
        gives_all = refund.amount == self._order(refund.order_number).refundable
        patience = timedelta() if gives_all else PART_PATIENCE
        return refund.call_until is None or self._clock() >= refund.call_until + patience

    def _proven_unsent(self, refund: Refund) -> Refund:
        again = refund.proven_unsent(self._clock())
        self._store.commit(Put(again))
        return written(again)

    def _ask(self, refund: Refund, transaction_id: str, listed: tuple[RefundRecord, ...]) -> None:
        known = tuple(record.refund_transaction_id for record in listed)
        sent = refund.sent(known, self._clock() + CALL_LEASE)
        self._store.commit(Put(sent))
        sent = written(sent)
        answer = self._gateway.refund(transaction_id, sent.amount, sent.currency)
        match answer.verdict:
            case Verdict.DONE if answer.value is not None:
                self._finish(sent, answer.value)
            case Verdict.REFUSED:
                self._refused(sent, answer.code or "")
            case Verdict.MISCONFIGURED if answer.code in PASSING_REFUSALS:
                self._postponed(sent, answer.code or "")
            case Verdict.MISCONFIGURED:
                self._refused(sent, answer.code or "")
            case _:
                self._after_no_clear_answer(sent, transaction_id, answer)

    def _after_no_clear_answer(self, sent: Refund, transaction_id: str, answer: Answer[RefundRecord]) -> None:
        listed = self._listed(transaction_id)
        ours = self._ours(sent, listed) if listed is not None else None
        if ours is not None:
            self._finish(sent, ours)
        elif answer.verdict is Verdict.MAYBE_ALREADY and listed is not None and sent.tries >= ALREADY_TRIES:
            # 1164, 1165, 1179 again and again, and nothing of ours in the list: somebody else gave it back.
            self._refused(sent, answer.code or "")
        else:
            self._metrics.count("RefundUnknown")
            self._later(sent)

    def _finish(self, refund: Refund, record: RefundRecord) -> None:
        """Proven: the refund, the order's balance, the customer's message and the event in one transaction."""
        order = self._order(refund.order_number)
        now = self._clock()
        given_back = order.refunded_by(refund.amount, now, f"refund:{refund.refund_id}")
        delivery = self._store.read(OrderDelivery, order.order_number)
        event = order_event(
            given_back,
            delivery,
            OrderEventType.REFUNDED,
            now,
            refunded_amount=refund.amount,
            reason=refund.reason,
            sequence=refund.refund_id,
        )
        message = new_message(
            f"{order.order_number}:refunded:{refund.refund_id}",
            order.customer_id,
            Topic.REFUNDED,
            {
                "order_number": order.order_number,
                "amount": str(refund.amount),
                "left": str(given_back.refundable),
            },
            now,
        )
        done = refund.done(record.refund_transaction_id, now)
        writes = (Put(given_back), Put(done), Put(message), Put(event))
        try:
            self._store.commit(*writes, *stock_back(given_back))
        except StockShort:
            # The counters were set from outside: the money went back all the same, and is told so.
            self._store.commit(*writes)
        self._jobs.send_order_event(event.event_id, 0)
        if given_back.state is OrderState.REFUNDED:
            self._waits.wake(given_back, WaitStep.DELIVERY, given_back.order_number)
        self._telling.deliver(message.message_id)

    def _refused(self, refund: Refund, code: str) -> None:
        """LINE Pay will not: a person has to give the money back in another way."""
        order = self._order(refund.order_number)
        now = self._clock()
        case = self._case(CaseKind.REFUND_REFUSED, refund, now, code)
        self._store.commit(Put(refund.refused(code, now)), Put(replace(order, open_refund=None)), *case)

    def _postponed(self, refund: Refund, code: str) -> None:
        """Refused for a reason that somebody can mend: a person hears of it, and it is asked again by itself."""
        now = self._clock()
        if now - refund.created_at > LAST_ASKED_AFTER:
            self._refused(refund, code)
            return
        case = self._case(CaseKind.REFUND_REFUSED, refund, now, code)
        self._store.commit(Put(refund.postponed(code, now + POSTPONED)), *case)

    def _later(self, refund: Refund) -> None:
        now = self._clock()
        if now - refund.created_at <= ASK_A_PERSON_AFTER:
            self._store.commit(Put(refund.later(now + timedelta(seconds=2 * RETRY_SECONDS))))
            self._jobs.refund(refund.order_number, refund.refund_id, RETRY_SECONDS)
            return
        case = self._case(CaseKind.REFUND_UNKNOWN, refund, now, refund.code or "")
        self._store.commit(Put(refund.later(now + SLOWLY)), *case)

    def _case(self, kind: CaseKind, refund: Refund, now: datetime, code: str) -> tuple[Write, ...]:
        facts = {"refundId": refund.refund_id, "amount": str(refund.amount), "code": code}
        return case_writes(self._store, kind, f"{refund.order_number}:{refund.refund_id}", now, facts)

    def _order(self, order_number: str) -> Order:
        order = self._store.read(Order, order_number)
        if order is None:
            raise LookupError("a refund names an order that is gone")
        return order
