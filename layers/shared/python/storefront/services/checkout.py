"""Checkout: a durable intent before every call that can move money, and the truth after it.

open_payment   order + attempt REQUESTING → request → attempt REQUESTED + payment card
settle         check → claim (attempt CONFIRMING + order.confirming_attempt) → confirm → verify → finish
finish         one transaction: attempt CONFIRMED, order PAID, stock committed, message, event to the order system
close          the window ended: look first, then free the stock

An answer that did not come is neither yes nor no (M5): the attempt stays CONFIRMING until check and details say.
Whatever follows a transaction (a job, a woken workflow, a sent message) may be lost with the function that was to
do it: the due index, the workflow's own deadline and a repeated job find it again.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from storefront.domain.casework import CaseKind, WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import Conflict, IllegalMove, OrderEnded, StockShort
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import Message, MessageState, OrderEventType, Topic
from storefront.domain.payment import CHECK_SCHEDULE, AttemptState, PaymentAttempt, attempt_id_of
from storefront.domain.payment_answers import Answer, Authentication, Capture, Reservation, Verdict
from storefront.services.cases import case_writes
from storefront.services.coupons import unredeemed
from storefront.services.order_events import order_event
from storefront.services.ports import (
    Clock,
    Ids,
    Jobs,
    Metrics,
    PaymentGateway,
    Put,
    StockMove,
    Store,
    Timers,
    Write,
    written,
)
from storefront.services.quoting import released
from storefront.services.telling import Telling, new_message
from storefront.services.waiting import Waits

TRIES: Final = 8
OPENING_TRIES: Final = 3
ATTEMPTS_THAT_EXTEND: Final = 3
"""Links after these no longer prolong the stock hold, so that asking again cannot keep stock for ever."""

SWEEP_GRACE: Final = timedelta(seconds=30)
CLOCKS_APART: Final = timedelta(seconds=1)
"""A look that comes by so much too early is the one that is due: clocks of two functions differ (H1)."""

CALL_LEASE: Final = timedelta(seconds=100)
"""Nobody else acts on a claimed attempt before this is over. Longer than the function may live (90 s), so that
no call of an earlier claim can still be on its way."""

MISMATCH_WAIT_SECONDS: Final = 900
"""A capture that is not what was asked is a person's to settle; it is looked at now and then all the same."""

OWN_CAUSES: Final = frozenset({"workflow", "sweep"})
"""Causes of a link that are not the customer's: told once is enough."""

GIVE_UP_AFTER: Final = timedelta(minutes=60)
"""A confirm that nobody can explain by then is a person's to settle; its stock stays frozen (C17)."""


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
        self._ids = ids
        self._metrics = metrics
        self._timers = timers
        self._public_base_url = public_base_url.rstrip("/")

    # Opening ---------------------------------------------------------------------------------------------

    def open_payment(self, order_number: str, cause: str) -> None:
        """Give the customer a payment link: the open one while it is young, else a new one (C1, C3).

        Raises:
            OrderEnded: the order was cancelled or expired.
            Conflict: the order kept changing; the caller is called again.
        """
        for _ in range(TRIES):
            order = self._order(order_number)
            if order.was_paid:
                return
            if order.state is not OrderState.AWAITING_PAYMENT:
                raise OrderEnded(order.state.value)
            now = self._clock()
            if order.confirming_attempt is not None:
                self._tell_once(order, Topic.PAYMENT_PROCESSING, f"processing:{cause}", {})
                return
            try:
                if not order.hold_is_alive_at(now):
                    closing = self._look_and_expire(order, cause, now)
                else:
                    self._give_link(order, cause, now)
                    return
            except Conflict:
                continue
            if closing is Closing.CLOSED:
                raise OrderEnded(OrderState.EXPIRED.value)
            return
        raise Conflict(order_number)

    def _give_link(self, order: Order, cause: str, now: datetime) -> None:
        attempt = self._attempt(order.active_attempt)
        if attempt is not None and attempt.is_being_asked_for_at(now):
            # Somebody is asking at this moment; the card that this brings serves this cause as well.
            return
        young_until = attempt.expires_at - timedelta(seconds=self._timers.grace) if attempt else now
        if attempt is None or attempt.state is not AttemptState.REQUESTED or now >= young_until:
            self._new_link(order, attempt, cause)
            return
        # The card of this link was written together with it: it is sent, or about to be.
        card = self._store.read(Message, f"{order.order_number}:payment_card:{attempt.attempt_id}")
        if cause not in OWN_CAUSES and (card is None or card.state is not MessageState.PENDING):
            facts = {"attempt_id": attempt.attempt_id}
            self._tell_once(order, Topic.PAYMENT_CARD, f"payment_card:{cause}", facts)

    def _new_link(self, order: Order, previous: PaymentAttempt | None, cause: str) -> None:
        """Make attempts until one is answered; an unanswered request is abandoned, its link is nobody's (C1)."""
        for _ in range(OPENING_TRIES):
            order, attempt, key = self._intend(order, previous)
            answer = self._gateway.request(
                order_id=attempt.provider_order_id,
                amount=attempt.amount,
                currency=attempt.currency,
                lines=self._lines(order),
                confirm_url=f"{self._public_base_url}/pay/{key}/confirm",
                cancel_url=f"{self._public_base_url}/pay/{key}/cancel",
                language=order.language,
            )
            if answer.verdict is Verdict.DONE and answer.value is not None:
                self._offer(order, attempt, answer.value)
                return
            self._release(attempt, AttemptState.CLOSED, f"request:{answer.code or 'no-answer'}")
            order, previous = self._order(order.order_number), None
            if answer.verdict is Verdict.MISCONFIGURED:
                self._open_case(CaseKind.PAYMENT_MISCONFIGURED, order, {"code": answer.code or ""})
                break
            if order.state is not OrderState.AWAITING_PAYMENT or order.active_attempt is not None:
                # It was cancelled, or somebody else has got a link for it.
                raise Conflict(order.order_number)
        self._tell_once(order, Topic.PAYMENT_UNAVAILABLE, f"payment_unavailable:{cause}", {})

    def _offer(self, order: Order, attempt: PaymentAttempt, reservation: Reservation) -> None:
        """The link and the card that carries it, in one transaction; then the first look is put on the queue."""
        first_look = self._clock() + timedelta(seconds=self._timers.payment_check)
        requested = attempt.requested(
            reservation.transaction_id, reservation.payment_url, first_look + SWEEP_GRACE
        )
        card = self._message(
            order,
            Topic.PAYMENT_CARD,
            f"payment_card:{attempt.attempt_id}",
            {"attempt_id": attempt.attempt_id},
        )
        self._store.commit(Put(requested), Put(card))
        self._jobs.check_payment(attempt.attempt_id, self._timers.payment_check, "schedule")
        self._telling.deliver(card.message_id)

    def _intend(self, order: Order, previous: PaymentAttempt | None) -> tuple[Order, PaymentAttempt, str]:
        """Write the intent before the call (M2); the attempt it replaces can never be confirmed any more.

        `previous` is as it was when it was found wanting: had it got its link since, the commit is refused.
        """
        now = self._clock()
        key = self._ids.attempt_key()
        window = timedelta(seconds=self._timers.payment_window)
        grace = timedelta(seconds=self._timers.grace)
        attempt = PaymentAttempt(
            attempt_id=attempt_id_of(key),
            order_number=order.order_number,
            customer_id=order.customer_id,
            provider_order_id=f"{order.order_number}-{order.attempts_made + 1}",
            amount=order.total,
            currency=order.currency,
            state=AttemptState.REQUESTING,
            created_at=now,
            expires_at=now + window,
            call_until=now + CALL_LEASE,
            due_at=now + CALL_LEASE,
        )
        trying = order.trying(attempt.attempt_id)
        if order.attempts_made < ATTEMPTS_THAT_EXTEND:
            trying = replace(trying, hold_until=max(order.hold_until, now + window + grace))
        trying = replace(trying, due_at=trying.hold_until + 2 * grace)
        writes: list[Write] = [Put(trying), Put(attempt)]
        if previous is not None and previous.is_open:
            writes.append(Put(previous.ended(AttemptState.CLOSED, now, "replaced")))
        self._store.commit(*writes)
        return written(trying), written(attempt), key

    @staticmethod
    def _lines(order: Order) -> list[tuple[str, str, int, int]]:
        """Frozen lines plus shipping; with a discount one line that holds the total, so that sums agree (M3)."""
        if order.discount:
            return [("order", order.order_number, 1, order.total)]
        lines = [(line.sku, line.name, line.quantity, line.unit_price) for line in order.lines]
        if order.shipping_fee:
            lines.append(("shipping", "運費", 1, order.shipping_fee))
        return lines

    # Settling --------------------------------------------------------------------------------------------

    def settle(self, attempt_id: str, cause: str) -> None:
        """Find out what became of an attempt and act on it. Safe at any time, by anybody, any number of times."""
        for _ in range(TRIES):
            attempt = self._attempt(attempt_id)
            if attempt is not None and attempt.state is AttemptState.CONFIRMED:
                # Whoever finished it may not have come as far as this.
                self._waits.wake(self._order(attempt.order_number), WaitStep.PAYMENT, attempt.order_number)
                return
            if attempt is None or not attempt.is_open:
                return
            try:
                self._settle_once(attempt, cause)
            except Conflict:
                continue
            return
        raise Conflict(attempt_id)

    def _settle_once(self, attempt: PaymentAttempt, cause: str) -> None:
        now = self._clock()
        if attempt.state is AttemptState.REQUESTING or attempt.transaction_id is None:
            # No answer was ever stored, so no link was ever given: nothing can have been paid (C1, C2).
            if not attempt.is_being_asked_for_at(now):
                self._release(attempt, AttemptState.CLOSED, "unanswered-request")
                self._jobs.open_payment(attempt.order_number, "sweep")
            return
        if attempt.call_may_be_under_way(now):
            return
        answer = self._gateway.check(attempt.transaction_id)
        match answer.value if answer.verdict is Verdict.DONE else Authentication.UNKNOWN:
            case Authentication.AUTHENTICATED:
                self._confirm(attempt, cause)
            case Authentication.COMPLETED:
                self._recover(attempt, cause)
            case Authentication.ENDED:
                # LINE Pay's own time-out needs no words: the end of the order will be told.
                over = now >= attempt.expires_at
                self._ended(attempt, "check:ended", None if over else Topic.PAYMENT_CANCELLED, cause)
            case Authentication.FAILED:
                self._ended(attempt, "check:failed", Topic.PAYMENT_DECLINED, cause)
            case _:
                self._look_again(attempt, now)

    def _confirm(self, attempt: PaymentAttempt, cause: str) -> None:
        claimed = self._claim(attempt)
        if claimed is None or claimed.transaction_id is None:
            return
        answer = self._gateway.confirm(claimed.transaction_id, claimed.amount, claimed.currency)
        self._conclude(claimed, answer, cause)

    def _claim(self, attempt: PaymentAttempt) -> PaymentAttempt | None:
        """The one conditional write that lets money move; re-checks state, hold, amount and rivals (M1, S2, H1).

        An attempt that is claimed already was confirmed without an answer and is still merely authenticated:
        it may be confirmed again, by one at a time.
        """
        now = self._clock()
        if attempt.state is AttemptState.CONFIRMING:
            again = attempt.claimed_again(now, now + CALL_LEASE)
            self._store.commit(Put(again))
            return written(again)
        order = self._order(attempt.order_number)
        try:
            confirming = order.confirming(attempt.attempt_id, attempt.amount, now)
        except IllegalMove:
            if order.confirming_attempt is not None:
                return None
            # Not wanted any more: never confirmed, so never charged (C7).
            self._release(attempt, AttemptState.CLOSED, "not-wanted")
            return None
        claimed = attempt.confirming(now, now + CALL_LEASE)
        self._store.commit(Put(confirming), Put(claimed))
        return written(claimed)

    def _conclude(self, attempt: PaymentAttempt, answer: Answer[Capture], cause: str) -> None:
        match answer.verdict:
            case Verdict.DONE if answer.value is not None:
                self._verify_and_finish(attempt, answer.value, cause)
            case Verdict.REFUSED:
                self._after_refusal(attempt, answer.code or "", cause)
            case Verdict.MAYBE_ALREADY:
                self._recover(attempt, cause)
            case Verdict.MISCONFIGURED:
                self._open_case(
                    CaseKind.PAYMENT_MISCONFIGURED,
                    self._order(attempt.order_number),
                    {"code": answer.code or ""},
                )
                self._look_again(attempt, self._clock())
            case _:
                self._metrics.count("ConfirmUnknown")
                self._after_silence(attempt, cause)

    def _after_silence(self, attempt: PaymentAttempt, cause: str) -> None:
        """No answer to a confirm: look at once, since the money has moved more often than not (C8)."""
        check = self._gateway.check(attempt.transaction_id or "")
        if check.verdict is Verdict.DONE and check.value is Authentication.COMPLETED:
            self._recover(attempt, cause)
        else:
            self._look_again(attempt, self._clock())

    def _after_refusal(self, attempt: PaymentAttempt, code: str, cause: str) -> None:
        """A decline is believed only after a look: 0123 would mean that the money moved all the same."""
        transaction_id = attempt.transaction_id or ""
        check = self._gateway.check(transaction_id)
        seen = check.value if check.verdict is Verdict.DONE else Authentication.UNKNOWN
        if seen is Authentication.COMPLETED:
            self._recover(attempt, cause)
        elif seen in {Authentication.ENDED, Authentication.FAILED}:
            self._ended(attempt, f"confirm:{code}", Topic.PAYMENT_DECLINED, cause)
        elif seen is not Authentication.UNKNOWN and attempt.claims == 1:
            self._refused(attempt, f"confirm:{code}", Topic.PAYMENT_DECLINED)
        else:
            # Not known, or an earlier confirm had no answer and may still be at work: this decline is not its.
            self._look_again(attempt, self._clock())

    def _recover(self, attempt: PaymentAttempt, cause: str) -> None:
        """LINE Pay says that it is done: read the details, and believe them only if they are ours (C8, C9)."""
        _, own = self._own_capture(attempt)
        if own is None:
            self._look_again(attempt, self._clock())
            return
        if attempt.state is AttemptState.REQUESTED:
            # Completed without our claim: record the claim first, so that the ledger tells what happened.
            claimed = self._claim_late(attempt)
            if claimed is None:
                return
            attempt = claimed
        self._verify_and_finish(attempt, own, cause)

    def _ended(self, attempt: PaymentAttempt, reason: str, topic: Topic | None, cause: str) -> None:
        """The check says that nothing will come of it. Once a confirm was sent, the details have to say so as well."""
        if attempt.state is AttemptState.CONFIRMING:
            verdict, own = self._own_capture(attempt)
            if own is not None:
                self._verify_and_finish(attempt, own, cause)
                return
            if verdict not in {Verdict.DONE, Verdict.WAITING}:
                self._look_again(attempt, self._clock())
                return
        self._refused(attempt, reason, topic)

    def _own_capture(self, attempt: PaymentAttempt) -> tuple[Verdict, Capture | None]:
        """What LINE Pay's details say of this transaction; none with a clear answer means that no money moved."""
        answer = self._gateway.details(transaction_id=attempt.transaction_id)
        captures = answer.value if answer.verdict is Verdict.DONE and answer.value else ()
        own = (capture for capture in captures if capture.transaction_id == attempt.transaction_id)
        return answer.verdict, next(own, None)

    def _claim_late(self, attempt: PaymentAttempt) -> PaymentAttempt | None:
        order = self._order(attempt.order_number)
        now = self._clock()
        if order.confirming_attempt not in {None, attempt.attempt_id} or not order.is_unpaid_and_open:
            self._money_without_an_order(order, attempt, now)
            return None
        claimed = attempt.confirming(now, now + CALL_LEASE)
        self._store.commit(
            Put(replace(order, confirming_attempt=attempt.attempt_id, active_attempt=attempt.attempt_id)),
            Put(claimed),
        )
        return written(claimed)

    def _verify_and_finish(self, attempt: PaymentAttempt, capture: Capture, cause: str) -> None:
        ours = (
            capture.transaction_id == attempt.transaction_id and capture.order_id == attempt.provider_order_id
        )
        foreign = capture.currency not in {None, attempt.currency.value}
        if not ours or foreign or capture.amount != attempt.amount:
            facts = {"attemptId": attempt.attempt_id, "captured": str(capture.amount)}
            if foreign:
                facts["currency"] = capture.currency or ""
            self._open_case(CaseKind.AMOUNT_MISMATCH, self._order(attempt.order_number), facts)
            self._look_after(attempt, self._clock(), MISMATCH_WAIT_SECONDS)
            return
        self._finish(attempt, capture.amount, cause)

    def _finish(self, attempt: PaymentAttempt, captured: int, cause: str) -> None:
        """The one transaction that makes an order paid (M6, N3, S3); tried again while only others' writes
        to the order stand in its way, because the money is ours already."""
        for _ in range(TRIES):
            order = self._order(attempt.order_number)
            now = self._clock()
            if not order.is_unpaid_and_open:
                if not self._moved_on(attempt):
                    self._money_without_an_order(order, attempt, now)
                return
            paid = order.paid(captured, now, cause)
            delivery = self._store.read(OrderDelivery, order.order_number)
            event = order_event(paid, delivery, OrderEventType.PAID, now)
            message = self._message(order, Topic.PAID, "paid", {})
            writes = (Put(paid), Put(attempt.confirmed(now)), Put(event), Put(message))
            moves = [
                StockMove(line.sku, held=-line.quantity, committed=line.quantity)
                for line in order.counted_lines
            ]
            try:
                self._store.commit(*writes, *moves)
            except StockShort as short:
                # The counters were set from outside. A paid order is not lost for that: a person finds the goods.
                self._paid_without_stock(order, short.sku, writes)
            except Conflict:
                if self._moved_on(attempt):
                    return
                continue
            self._metrics.count("OrdersPaid")
            self._jobs.send_order_event(event.event_id, 0)
            self._waits.wake(order, WaitStep.PAYMENT, order.order_number)
            self._telling.deliver(message.message_id)
            return
        raise Conflict(attempt.attempt_id)

    def _money_without_an_order(self, order: Order, attempt: PaymentAttempt, now: datetime) -> None:
        """LINE Pay holds money of an order that has ended, or is paid already: a person gives it back."""
        self._open_case(CaseKind.PAID_WITHOUT_STOCK, order, {"attemptId": attempt.attempt_id})
        self._look_after(attempt, now, MISMATCH_WAIT_SECONDS)

    def _paid_without_stock(self, order: Order, sku: str, writes: tuple[Write, ...]) -> None:
        case = case_writes(
            self._store, CaseKind.PAID_WITHOUT_STOCK, order.order_number, self._clock(), {"sku": sku}
        )
        self._store.commit(*writes, *case)

    def _moved_on(self, attempt: PaymentAttempt) -> bool:
        """Whether somebody else has written the attempt since; if not, only its order stood in the way."""
        fresh = self._attempt(attempt.attempt_id)
        return fresh is None or fresh.revision != attempt.revision

    def _refused(self, attempt: PaymentAttempt, reason: str, topic: Topic | None) -> None:
        """Certain that no money moved: the order can be paid again while its hold lasts."""
        self._release(attempt, AttemptState.FAILED, reason, topic)

    def _release(
        self, attempt: PaymentAttempt, state: AttemptState, reason: str, topic: Topic | None = None
    ) -> None:
        """End an attempt that moved no money and let its order be paid in another one."""
        for _ in range(TRIES):
            order = self._order(attempt.order_number)
            writes: list[Write] = [Put(attempt.ended(state, self._clock(), reason))]
            if attempt.attempt_id in {order.active_attempt, order.confirming_attempt}:
                writes.append(Put(order.confirm_refused()))
            message = None
            if topic is not None and order.is_unpaid_and_open:
                message = self._message(order, topic, f"{topic.value}:{attempt.attempt_id}", {})
                writes.append(Put(message))
            try:
                self._store.commit(*writes)
            except Conflict:
                if self._moved_on(attempt):
                    return
                continue
            if message is not None:
                self._telling.deliver(message.message_id)
            return
        raise Conflict(attempt.attempt_id)

    def _look_again(self, attempt: PaymentAttempt, now: datetime) -> None:
        """Put the next look on the schedule; past the schedule the sweeper keeps looking, then a person does."""
        made = attempt.checks_made
        if attempt.state is AttemptState.CONFIRMING:
            # Money may have moved: look at the shortest distance, whatever the schedule says.
            if attempt.first_claimed_at is None or now - attempt.first_claimed_at <= GIVE_UP_AFTER:
                self._look_after(attempt, now, self._timers.payment_check)
                return
            order = self._order(attempt.order_number)
            self._open_case(CaseKind.CONFIRM_UNKNOWN, order, {"attemptId": attempt.attempt_id})
            self._look_after(attempt, now, MISMATCH_WAIT_SECONDS)
        elif made + 1 < len(CHECK_SCHEDULE):
            units = CHECK_SCHEDULE[made + 1] - CHECK_SCHEDULE[made]
            self._look_after(attempt, now, units * self._timers.payment_check)
        else:
            units = CHECK_SCHEDULE[-1] - CHECK_SCHEDULE[-2]
            self._look_after(attempt, now, units * self._timers.payment_check, by_sweeper=True)

    def _look_after(
        self, attempt: PaymentAttempt, now: datetime, seconds: int, *, by_sweeper: bool = False
    ) -> None:
        """Write when the next look is due and put it on the queue, unless that has been done already.

        A look out of turn (a visit of the page, an operator, a job delivered twice) changes no schedule (C15):
        each would bring another one on its own, and LINE Pay would be asked more and more often.
        """
        if self._is_looked_at_later(attempt, now):
            return
        grace = timedelta() if by_sweeper else SWEEP_GRACE
        self._store.commit(Put(attempt.checked(now + timedelta(seconds=seconds) + grace)))
        if not by_sweeper:
            self._jobs.check_payment(attempt.attempt_id, seconds, "schedule")

    @staticmethod
    def _is_looked_at_later(attempt: PaymentAttempt, now: datetime) -> bool:
        """Whether the next look is on the schedule: never after a call of our own, which ended the old one."""
        return (
            attempt.call_until is None
            and attempt.due_at is not None
            and now + CLOCKS_APART < attempt.due_at - SWEEP_GRACE
        )

    # Ending ----------------------------------------------------------------------------------------------

    def close(self, order_number: str, cause: str) -> Closing:
        """The payment window is over: look at the open attempt first, then free the stock (D2, S4, H1)."""
        for _ in range(TRIES):
            order = self._order(order_number)
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
        attempt = self._attempt(order.active_attempt)
        if attempt is not None and self._was_completed(attempt):
            self.settle(attempt.attempt_id, cause)
            return Closing.PAID if self._order(order.order_number).was_paid else Closing.UNSETTLED
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
        message = self._message(order, Topic.ORDER_EXPIRED, "expired", {})
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
        self._waits.keep(self._order(order_number), WaitStep.PAYMENT, token)
        order = self._order(order_number)
        if order.was_paid:
            self._waits.wake(order, WaitStep.PAYMENT, order_number)
        elif not order.is_unpaid_and_open:
            self._waits.end(order, OrderEnded(order.state.value), WaitStep.PAYMENT)

    # Small parts -----------------------------------------------------------------------------------------

    def _message(self, order: Order, topic: Topic, milestone: str, facts: dict[str, str]) -> Message:
        return new_message(
            f"{order.order_number}:{milestone}",
            order.customer_id,
            topic,
            {"order_number": order.order_number, **facts},
            self._clock(),
        )

    def _tell_once(self, order: Order, topic: Topic, milestone: str, facts: dict[str, str]) -> None:
        """Say something that no change stands behind; who wrote it first sends it."""
        message = self._message(order, topic, milestone, facts)
        try:
            self._store.commit(Put(message))
        except Conflict:
            return
        self._telling.deliver(message.message_id)

    def _open_case(self, kind: CaseKind, order: Order, facts: dict[str, str]) -> None:
        writes = case_writes(self._store, kind, order.order_number, self._clock(), facts)
        if writes:
            with suppress(Conflict):
                self._store.commit(*writes)

    def _order(self, order_number: str) -> Order:
        order = self._store.read(Order, order_number)
        if order is None:
            raise LookupError("an attempt or a workflow names an order that is gone")
        return order

    def _attempt(self, attempt_id: str | None) -> PaymentAttempt | None:
        return self._store.read(PaymentAttempt, attempt_id) if attempt_id else None
