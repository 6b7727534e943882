"""Refunding: gives back what was captured, never twice and never more (M4, C12, C13).

LINE Pay has no idempotency key for refunds, so the list of refunds is read before the first call and after
every call without a clear answer; only a list that lacks ours allows another call.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from storefront.domain.casework import CaseKind, OperatorCase, WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import Conflict
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import OrderEventType, Topic
from storefront.domain.payment import PaymentAttempt
from storefront.domain.payment_answers import RefundRecord, Verdict
from storefront.domain.refund import Refund, RefundState
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
CALL_TAKES_AT_MOST: Final = timedelta(seconds=30)
RETRY_SECONDS: Final = 30
GIVE_UP_AFTER: Final = timedelta(minutes=60)


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

    def _proven_unsent(self, refund: Refund) -> Refund:
        again = refund.proven_unsent(self._clock())
        self._store.commit(Put(again))
        return written(again)

    def _ask(self, refund: Refund, transaction_id: str, listed: tuple[RefundRecord, ...]) -> None:
        known = tuple(record.refund_transaction_id for record in listed)
        sent = refund.sent(known, self._clock() + CALL_TAKES_AT_MOST)
        self._store.commit(Put(sent))
        sent = written(sent)
        answer = self._gateway.refund(transaction_id, sent.amount, sent.currency)
        match answer.verdict:
            case Verdict.DONE if answer.value is not None:
                self._finish(sent, answer.value)
            case Verdict.REFUSED:
                self._refused(sent, answer.code or "")
            case Verdict.MISCONFIGURED:
                self._refused(sent, answer.code or "")
            case _:
                listed_after = self._listed(transaction_id)
                ours = self._ours(sent, listed_after) if listed_after is not None else None
                if ours is not None:
                    self._finish(sent, ours)
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
        self._store.commit(
            Put(given_back), Put(done), Put(message), Put(event), *self._stock_back(given_back)
        )
        self._telling.deliver(message.message_id)
        self._jobs.send_order_event(event.event_id, 0)
        if given_back.state is OrderState.REFUNDED:
            self._waits.wake(given_back, WaitStep.DELIVERY, given_back.order_number)

    @staticmethod
    def _stock_back(order: Order) -> tuple[StockMove, ...]:
        """A fully refunded order's goods that never left the warehouse can be sold again."""
        if order.state is not OrderState.REFUNDED:
            return ()
        left = {line.sku: line.quantity - order.shipped.get(line.sku, 0) for line in order.counted_lines}
        return tuple(
            StockMove(sku, available=units, committed=-units)
            for sku, units in sorted(left.items())
            if units > 0
        )

    def _refused(self, refund: Refund, code: str) -> None:
        """LINE Pay will not: a person has to give the money back in another way."""
        order = self._order(refund.order_number)
        now = self._clock()
        facts = {"refundId": refund.refund_id, "amount": str(refund.amount), "code": code}
        case = OperatorCase(
            CaseKind.REFUND_REFUSED, f"{order.order_number}:{refund.refund_id}", now, facts, due_at=now
        )
        self._store.commit(Put(refund.refused(code, now)), Put(replace(order, open_refund=None)), Put(case))
        self._metrics.count("OperatorCases")

    def _later(self, refund: Refund) -> None:
        now = self._clock()
        writes: list[Write] = [Put(refund.later(now + timedelta(seconds=2 * RETRY_SECONDS)))]
        subject = f"{refund.order_number}:{refund.refund_id}"
        stuck = now - refund.created_at > GIVE_UP_AFTER
        if stuck and self._store.read(OperatorCase, CaseKind.REFUND_UNKNOWN, subject) is None:
            facts = {"refundId": refund.refund_id, "amount": str(refund.amount)}
            writes.append(Put(OperatorCase(CaseKind.REFUND_UNKNOWN, subject, now, facts, due_at=now)))
            self._metrics.count("OperatorCases")
        self._store.commit(*writes)
        if not stuck:
            self._jobs.refund(refund.order_number, refund.refund_id, RETRY_SECONDS)

    def _order(self, order_number: str) -> Order:
        order = self._store.read(Order, order_number)
        if order is None:
            raise LookupError("a refund names an order that is gone")
        return order
