"""Refunds that a person decides: through LINE Pay by an intent like any other, or written down as given by hand.

`give_back` also takes care of money that LINE Pay holds for an order that is not paid here: the details prove it,
the order ends, and the refund does the rest.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from storefront.domain.casework import Deed, OperatorCase, WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import ActionRefused, IllegalMove, OrderEnded
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import OrderEventType
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import Capture, Verdict
from storefront.domain.reconciliation import BY_HAND, given_back
from storefront.domain.refund import Refund, RefundState
from storefront.services.cancelling import Cancelling
from storefront.services.coupons import unredeemed
from storefront.services.order_events import order_event
from storefront.services.ports import Clock, Ids, Jobs, PaymentGateway, Put, Store, Write
from storefront.services.quoting import released
from storefront.services.refunding import stock_back
from storefront.services.waiting import Waits

_LINE_PAY_NUMBER: Final = re.compile(r"[0-9]{10,20}")


@dataclass(frozen=True)
class Outcome:
    """Writes of an action, facts for its audit row, and what follows the transaction."""

    writes: tuple[Write, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    settles: bool = False
    follow: tuple[Callable[[], None], ...] = ()


def order_number_of(case: OperatorCase) -> str:
    """A case about money is known by its order, and by its refund, transaction or event after a colon."""
    return case.subject.partition(":")[0]


def order_of(store: Store, case: OperatorCase) -> Order:
    """The order that a case is about.

    Raises:
        ActionRefused: it is about something else.
    """
    order = store.read(Order, order_number_of(case))
    if order is None:
        raise ActionRefused("the case is not about an order")
    return order


def attempt_of(store: Store, case: OperatorCase, order: Order) -> PaymentAttempt:
    """The payment that a case is about: the one it names, else the order's own."""
    named = case.facts.get("attemptId") or order.confirming_attempt or order.active_attempt
    attempt = store.read(PaymentAttempt, named) if named else None
    if attempt is None or attempt.order_number != order.order_number:
        raise ActionRefused("the order has no payment to look at")
    return attempt


def confirmed_by_two_fields(store: Store, case: OperatorCase, deed: Deed) -> Order:
    """The case's order, once the person has typed its number and an amount as well (X25)."""
    order = order_of(store, case)
    if order.placed_elsewhere:
        raise ActionRefused("the order was placed and paid elsewhere: only that system can give money back")
    if deed.order_number != order.order_number:
        raise ActionRefused("the order number is not that of the case")
    if deed.amount <= 0:
        raise ActionRefused("name the amount in whole payable units")
    return order


class CaseRefunds:
    """Plans what a refund by an operator writes, and what follows it."""

    def __init__(
        self,
        store: Store,
        gateway: PaymentGateway,
        cancelling: Cancelling,
        waits: Waits,
        jobs: Jobs,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._cancelling = cancelling
        self._waits = waits
        self._jobs = jobs
        self._clock = clock
        self._ids = ids

    def give_back(self, case: OperatorCase, deed: Deed) -> Outcome:
        order = confirmed_by_two_fields(self._store, case, deed)
        if order.open_refund is not None:
            raise ActionRefused("a refund of this order is under way; look again in a minute")
        if order.state is OrderState.PAID:
            return self._of_paid(order, deed)
        if order.captured:
            return self._intend(order, deed)
        return self._in_vain(case, order, deed)

    def _of_paid(self, order: Order, deed: Deed) -> Outcome:
        """All of an order that is still here calls it off, so the order system hears at once; else money only."""
        now = self._clock()
        if deed.amount != order.refundable or order.labelled:
            return self._intend(order, deed)
        plan = self._cancelling.plan(order, "operator", deed.who, now)
        if plan.refund is None or plan.event is None:
            raise ActionRefused("the order has moved on; look again")
        order_number, refund_id, event_id = order.order_number, plan.refund.refund_id, plan.event.event_id
        return Outcome(
            writes=plan.writes,
            facts=(("refundId", refund_id), ("amount", str(deed.amount))),
            settles=True,
            follow=(
                lambda: self._jobs.send_order_event(event_id, 0),
                lambda: self._jobs.refund(order_number, refund_id, 0),
            ),
        )

    def _intend(self, order: Order, deed: Deed) -> Outcome:
        try:
            plan = self._cancelling.plan_refund(order, deed.amount, "operator", deed.who, self._clock())
        except IllegalMove as illegal:
            raise ActionRefused(f"at most {order.refundable} can be given back") from illegal
        if plan.refund is None:
            raise ActionRefused("the order has moved on; look again")
        order_number, refund_id = order.order_number, plan.refund.refund_id
        return Outcome(
            writes=plan.writes,
            facts=(("refundId", refund_id), ("amount", str(deed.amount))),
            settles=True,
            follow=(lambda: self._jobs.refund(order_number, refund_id, 0),),
        )

    def _in_vain(self, case: OperatorCase, order: Order, deed: Deed) -> Outcome:
        """LINE Pay holds money of an order that is not paid here: the order ends, and the money goes back."""
        now = self._clock()
        attempt = attempt_of(self._store, case, order)
        if attempt.call_may_be_under_way(now):
            raise ActionRefused("the payment is being confirmed at this moment; look again in two minutes")
        held = self._held_by_line_pay(attempt)
        if held <= 0:
            raise ActionRefused("LINE Pay has given everything back already")
        if deed.amount != held:
            raise ActionRefused(f"LINE Pay holds {held}, not {deed.amount}")
        writes: list[Write] = []
        if attempt.is_open:
            writes.append(Put(attempt.ended(AttemptState.CLOSED, now, "given-back")))
        ended = order.captured_in_vain(attempt.attempt_id, held, now, f"operator:{deed.who}")
        refund = Refund.intended(ended, self._ids.refund_id(), held, "operator", now)
        writes += [Put(replace(ended, open_refund=refund.refund_id)), Put(refund)]
        follow: list[Callable[[], None]] = [
            lambda: self._jobs.refund(refund.order_number, refund.refund_id, 0)
        ]
        if order.is_unpaid_and_open:
            delivery = self._store.read(OrderDelivery, order.order_number)
            event = order_event(ended, delivery, OrderEventType.CANCELLED, now, reason="operator")
            writes += [Put(event), *released(order.counted_lines), *unredeemed(order)]
            follow.append(lambda: self._jobs.send_order_event(event.event_id, 0))
            follow.append(lambda: self._end_workflow(ended))
        facts = (("refundId", refund.refund_id), ("amount", str(held)), ("attemptId", attempt.attempt_id))
        return Outcome(tuple(writes), facts, settles=True, follow=tuple(follow))

    def given_by_hand(self, case: OperatorCase, deed: Deed) -> Outcome:
        """The money went back without us: written into the balance, so that it cannot go back once more.

        A reference that is a number of LINE Pay's means a refund of its own pages, which its list has to show.
        """
        order = confirmed_by_two_fields(self._store, case, deed)
        if not deed.reference.strip():
            raise ActionRefused("name the transfer: --reference")
        now = self._clock()
        open_refund = self._store.read(Refund, order.order_number, order.open_refund or "-")
        writes: list[Write] = []
        if open_refund is not None:
            self._prove_unsent(open_refund, now)
            writes.append(Put(open_refund.refused("by-hand", now)))
        balance = replace(order, open_refund=None)
        try:
            intended = Refund.intended(balance, self._ids.refund_id(), deed.amount, "by hand", now)
        except IllegalMove as illegal:
            raise ActionRefused(f"at most {order.refundable} can be given back") from illegal
        done = replace(
            intended,
            state=RefundState.DONE,
            provider_refund_id=self._reference(case, order, deed),
            settled_at=now,
            due_at=None,
        )
        after = balance.refunded_by(deed.amount, now, f"operator:{deed.who}")
        event = order_event(
            after,
            self._store.read(OrderDelivery, order.order_number),
            OrderEventType.REFUNDED,
            now,
            refunded_amount=deed.amount,
            reason="operator",
            sequence=done.refund_id,
        )
        writes += [Put(after), Put(done), Put(event), *stock_back(after)]
        facts = (("reference", deed.reference), ("amount", str(deed.amount)), ("refundId", done.refund_id))
        return Outcome(
            tuple(writes),
            facts,
            settles=True,
            follow=(
                lambda: self._jobs.send_order_event(event.event_id, 0),
                lambda: self._waits.wake(after, WaitStep.DELIVERY, after.order_number),
            ),
        )

    def _reference(self, case: OperatorCase, order: Order, deed: Deed) -> str:
        """What proves the refund: LINE Pay's own number if its list has it, else the words of the person."""
        reference = deed.reference.strip()
        if not _LINE_PAY_NUMBER.fullmatch(reference):
            return f"{BY_HAND}{reference}"
        listed = self._capture_of(attempt_of(self._store, case, order)).refunds
        if not any(
            record.refund_transaction_id == reference and record.amount == deed.amount for record in listed
        ):
            raise ActionRefused(f"LINE Pay's list has no refund {reference} over {deed.amount}")
        refunds = self._store.rows_of(Refund, order.order_number)
        if any(refund.provider_refund_id == reference for refund in refunds):
            raise ActionRefused(f"the refund {reference} is in our books already")
        return reference

    # LINE Pay's side -------------------------------------------------------------------------------------

    def _held_by_line_pay(self, attempt: PaymentAttempt) -> int:
        """What LINE Pay took for this payment and has not given back."""
        capture = self._capture_of(attempt)
        return capture.amount - given_back(capture)

    def _capture_of(self, attempt: PaymentAttempt) -> Capture:
        answer = self._gateway.details(transaction_id=attempt.transaction_id)
        if answer.verdict is Verdict.WAITING:
            raise ActionRefused("LINE Pay has captured nothing for this payment")
        captures = answer.value if answer.verdict is Verdict.DONE and answer.value else ()
        capture = next((each for each in captures if each.transaction_id == attempt.transaction_id), None)
        if capture is None:
            raise ActionRefused("LINE Pay gives no clear answer about this payment; try again later")
        return capture

    def _prove_unsent(self, refund: Refund, now: datetime) -> None:
        """By hand only what LINE Pay has not given back and is not about to."""
        if refund.call_until is not None and now < refund.call_until:
            raise ActionRefused(
                "LINE Pay is being asked for this refund at this moment; look again in two minutes"
            )
        attempt = self._store.read(PaymentAttempt, refund.attempt_id)
        if attempt is None or attempt.transaction_id is None:
            raise ActionRefused("the refund's payment is gone")
        listed = self._capture_of(attempt).refunds
        if refund.state is RefundState.SENT and any(
            record.refund_transaction_id not in refund.known_before and record.amount == refund.amount
            for record in listed
        ):
            raise ActionRefused("LINE Pay has given it back; the next look will record it")

    def _end_workflow(self, order: Order) -> None:
        self._waits.end(order, OrderEnded(order.state.value), WaitStep.DECISION, WaitStep.PAYMENT)
