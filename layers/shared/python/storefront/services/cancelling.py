"""Cancelling: an unpaid order is closed at once; a paid one is refunded until a label exists."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from storefront.domain.casework import CaseKind
from storefront.domain.conversation import OrderDelivery
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import OrderEvent, OrderEventType, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.refund import Refund
from storefront.services.cases import case_writes
from storefront.services.coupons import unredeemed
from storefront.services.order_events import order_event
from storefront.services.ports import Ids, Put, Store, Write
from storefront.services.quoting import released


@dataclass(frozen=True)
class CancelPlan:
    """What cancelling means for one order now, and the writes that make it so."""

    topic: Topic
    facts: Mapping[str, str] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    closed: Order | None = None
    refund: Refund | None = None
    event: OrderEvent | None = None


class Cancelling:
    """Plans cancellations and refunds; the caller commits the plan with the message that tells of it."""

    def __init__(self, store: Store, ids: Ids) -> None:
        self._store = store
        self._ids = ids

    def plan(self, order: Order, reason: str, cause: str, now: datetime) -> CancelPlan:
        """What cancelling `order` does, by where its money and its parcels are."""
        facts = {"order_number": order.order_number}
        if order.placed_elsewhere:
            # Its money is not here, and who packs it does not listen to us: a person has to ask there.
            asked = {"reason": reason, "asked": "cancel"}
            writes = case_writes(self._store, CaseKind.PLACED_ELSEWHERE, order.order_number, now, asked)
            return CancelPlan(Topic.ORDER_CANNOT_CANCEL, {**facts, "reason": "elsewhere"}, writes)
        if order.confirming_attempt is not None:
            return CancelPlan(Topic.ORDER_CANNOT_CANCEL, {**facts, "reason": "confirming"})
        if order.is_unpaid_and_open:
            return self._close(order, reason, cause, now)
        if order.open_refund is not None:
            under_way = self._store.read(Refund, order.order_number, order.open_refund)
            amount = under_way.amount if under_way is not None else order.refundable
            if amount < order.refundable:
                # It gives back a part; whoever wants the rest as well must not take it for the cancellation.
                return CancelPlan(Topic.ORDER_CANNOT_CANCEL, {**facts, "reason": "refunding"})
            return CancelPlan(Topic.REFUND_PENDING, {**facts, "amount": str(amount)})
        if order.state is OrderState.PAID and not order.labelled:
            return self._give_all_back(order, reason, now)
        if order.state is OrderState.PAID:
            writes = case_writes(
                self._store, CaseKind.RETURN_REQUESTED, order.order_number, now, {"reason": reason}
            )
            return CancelPlan(Topic.ORDER_CANNOT_CANCEL, {**facts, "reason": "paid_shipped"}, writes)
        return CancelPlan(Topic.ORDER_CANNOT_CANCEL, {**facts, "reason": "ended"})

    def _close(self, order: Order, reason: str, cause: str, now: datetime) -> CancelPlan:
        closed = order.closed(OrderState.CANCELLED, now, cause, reason)
        writes: list[Write] = [Put(closed), *released(order.counted_lines), *unredeemed(order)]
        attempt = self._attempt(order)
        if attempt is not None and attempt.state in {AttemptState.REQUESTING, AttemptState.REQUESTED}:
            writes.append(Put(attempt.ended(AttemptState.CLOSED, now, "order-cancelled")))
        delivery = self._store.read(OrderDelivery, order.order_number)
        event = order_event(closed, delivery, OrderEventType.CANCELLED, now, reason=reason)
        facts = {"order_number": order.order_number, "refunded": "0"}
        return CancelPlan(Topic.ORDER_CANCELLED, facts, (*writes, Put(event)), closed=closed, event=event)

    def _give_all_back(self, order: Order, reason: str, now: datetime) -> CancelPlan:
        """A paid order is called off: the order system hears at once that nothing is to be packed, and once more
        when the money is proven back. The refund's id keeps the events of two cancellations apart."""
        refund_id = self._ids.refund_id()
        plan = self._refund(order, refund_id, order.refundable, reason, now)
        delivery = self._store.read(OrderDelivery, order.order_number)
        event = order_event(order, delivery, OrderEventType.CANCELLED, now, reason=reason, sequence=refund_id)
        return replace(plan, writes=(*plan.writes, Put(event)), event=event)

    def plan_refund(self, order: Order, amount: int, reason: str, cause: str, now: datetime) -> CancelPlan:
        """The intent to give `amount` back, written before LINE Pay is asked (M2, M4).

        One refund of an order is open at a time (C13); the amount is always explicit.

        Raises:
            IllegalMove: the amount is not within what is left to give back.
        """
        return self._refund(order, self._ids.refund_id(), amount, reason, now)

    @staticmethod
    def _refund(order: Order, refund_id: str, amount: int, reason: str, now: datetime) -> CancelPlan:
        refund = Refund.intended(order, refund_id, amount, reason, now)
        marked = replace(order, open_refund=refund_id)
        facts = {"order_number": order.order_number, "amount": str(amount)}
        return CancelPlan(Topic.REFUND_PENDING, facts, (Put(marked), Put(refund)), refund=refund)

    def _attempt(self, order: Order) -> PaymentAttempt | None:
        if order.active_attempt is None:
            return None
        return self._store.read(PaymentAttempt, order.active_attempt)
