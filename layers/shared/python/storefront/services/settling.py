"""Settling a payment: look, claim, confirm, verify, and the one transaction that makes an order paid.

settle         check → claim (attempt CONFIRMING + order.confirming_attempt) → confirm → verify → finish
finish         one transaction: attempt CONFIRMED, order PAID, stock committed, message, event to the order system

An answer that did not come is neither yes nor no (M5): the attempt stays CONFIRMING until check and details say.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.casework import CaseKind, WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import Conflict, IllegalMove, StockShort
from storefront.domain.order import Order
from storefront.domain.outbox import OrderEventType, Topic
from storefront.domain.payment import CHECK_SCHEDULE, AttemptState, PaymentAttempt
from storefront.domain.payment_answers import Answer, Authentication, Capture, Verdict
from storefront.services.attempts import CALL_LEASE, SWEEP_GRACE, TRIES, Attempts
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
    Timers,
    Write,
    written,
)
from storefront.services.telling import Telling
from storefront.services.waiting import Waits

CLOCKS_APART: Final = timedelta(seconds=1)
"""A look that comes by so much too early is the one that is due: clocks of two functions differ (H1)."""

MISMATCH_WAIT_SECONDS: Final = 900
"""A capture that is not what was asked is a person's to settle; it is looked at now and then all the same."""

GIVE_UP_AFTER: Final = timedelta(minutes=60)
"""A confirm that nobody can explain by then is a person's to settle; its stock stays frozen (C17)."""


class Settling:
    """Finds out what became of payment attempts, and acts on it."""

    def __init__(
        self,
        store: Store,
        attempts: Attempts,
        gateway: PaymentGateway,
        telling: Telling,
        waits: Waits,
        jobs: Jobs,
        clock: Clock,
        metrics: Metrics,
        timers: Timers,
    ) -> None:
        self._store = store
        self._attempts = attempts
        self._gateway = gateway
        self._telling = telling
        self._waits = waits
        self._jobs = jobs
        self._clock = clock
        self._metrics = metrics
        self._timers = timers

    def settle(self, attempt_id: str, cause: str) -> None:
        """Find out what became of an attempt and act on it. Safe at any time, by anybody, any number of times."""
        for _ in range(TRIES):
            attempt = self._attempts.find(attempt_id)
            if attempt is not None and attempt.state is AttemptState.CONFIRMED:
                # Whoever finished it may not have come as far as this.
                self._waits.wake(
                    self._attempts.order(attempt.order_number), WaitStep.PAYMENT, attempt.order_number
                )
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
                self._attempts.release(attempt, AttemptState.CLOSED, "unanswered-request")
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
        order = self._attempts.order(attempt.order_number)
        try:
            confirming = order.confirming(attempt.attempt_id, attempt.amount, now)
        except IllegalMove:
            if order.confirming_attempt is not None:
                return None
            # Not wanted any more: never confirmed, so never charged (C7).
            self._attempts.release(attempt, AttemptState.CLOSED, "not-wanted")
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
                self._attempts.open_case(
                    CaseKind.PAYMENT_MISCONFIGURED,
                    self._attempts.order(attempt.order_number),
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
        order = self._attempts.order(attempt.order_number)
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
            self._attempts.open_case(
                CaseKind.AMOUNT_MISMATCH, self._attempts.order(attempt.order_number), facts
            )
            self._look_after(attempt, self._clock(), MISMATCH_WAIT_SECONDS)
            return
        self._finish(attempt, capture.amount, cause)

    def _finish(self, attempt: PaymentAttempt, captured: int, cause: str) -> None:
        """The one transaction that makes an order paid (M6, N3, S3); tried again while only others' writes
        to the order stand in its way, because the money is ours already."""
        for _ in range(TRIES):
            order = self._attempts.order(attempt.order_number)
            now = self._clock()
            if not order.is_unpaid_and_open:
                if not self._attempts.moved_on(attempt):
                    self._money_without_an_order(order, attempt, now)
                return
            paid = order.paid(captured, now, cause)
            delivery = self._store.read(OrderDelivery, order.order_number)
            event = order_event(paid, delivery, OrderEventType.PAID, now)
            message = self._attempts.message(order, Topic.PAID, "paid", {})
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
                if self._attempts.moved_on(attempt):
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
        self._attempts.open_case(CaseKind.PAID_WITHOUT_STOCK, order, {"attemptId": attempt.attempt_id})
        self._look_after(attempt, now, MISMATCH_WAIT_SECONDS)

    def _paid_without_stock(self, order: Order, sku: str, writes: tuple[Write, ...]) -> None:
        case = case_writes(
            self._store, CaseKind.PAID_WITHOUT_STOCK, order.order_number, self._clock(), {"sku": sku}
        )
        self._store.commit(*writes, *case)

    def _refused(self, attempt: PaymentAttempt, reason: str, topic: Topic | None) -> None:
        """Certain that no money moved: the order can be paid again while its hold lasts."""
        self._attempts.release(attempt, AttemptState.FAILED, reason, topic)

    def _look_again(self, attempt: PaymentAttempt, now: datetime) -> None:
        """Put the next look on the schedule; past the schedule the sweeper keeps looking, then a person does."""
        made = attempt.checks_made
        if attempt.state is AttemptState.CONFIRMING:
            # Money may have moved: look at the shortest distance, whatever the schedule says.
            if attempt.first_claimed_at is None or now - attempt.first_claimed_at <= GIVE_UP_AFTER:
                self._look_after(attempt, now, self._timers.payment_check)
                return
            order = self._attempts.order(attempt.order_number)
            self._attempts.open_case(CaseKind.CONFIRM_UNKNOWN, order, {"attemptId": attempt.attempt_id})
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
