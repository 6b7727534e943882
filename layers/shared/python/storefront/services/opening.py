"""Opening a payment: the intent before the call to LINE Pay, and the card with the link in one transaction after it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.casework import CaseKind
from storefront.domain.errors import Conflict
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt, attempt_id_of
from storefront.domain.payment_answers import Reservation, Verdict
from storefront.services.attempts import CALL_LEASE, SWEEP_GRACE, Attempts
from storefront.services.ports import Clock, Ids, Jobs, PaymentGateway, Put, Store, Timers, Write, written
from storefront.services.telling import Telling

TRIES: Final = 3
ATTEMPTS_THAT_EXTEND: Final = 3
"""Links after these no longer prolong the stock hold, so that asking again cannot keep stock for ever."""

OWN_CAUSES: Final = frozenset({"workflow", "sweep"})
"""Causes of a link that are not the customer's: told once is enough."""


class Opening:
    """Makes payment links: at LINE Pay, in the ledger and in the chat."""

    def __init__(
        self,
        store: Store,
        attempts: Attempts,
        gateway: PaymentGateway,
        telling: Telling,
        jobs: Jobs,
        clock: Clock,
        ids: Ids,
        timers: Timers,
        public_base_url: str,
    ) -> None:
        self._store = store
        self._attempts = attempts
        self._gateway = gateway
        self._telling = telling
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._timers = timers
        self._public_base_url = public_base_url.rstrip("/")

    def give_link(self, order: Order, cause: str, now: datetime) -> None:
        """The open link while it is young, else a new one (C1, C3). Raises Conflict: the order changed meanwhile."""
        attempt = self._attempts.find(order.active_attempt)
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
            self._attempts.tell_once(order, Topic.PAYMENT_CARD, f"payment_card:{cause}", facts)

    def _new_link(self, order: Order, previous: PaymentAttempt | None, cause: str) -> None:
        """Make attempts until one is answered; an unanswered request is abandoned, its link is nobody's (C1)."""
        for _ in range(TRIES):
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
            self._attempts.release(attempt, AttemptState.CLOSED, f"request:{answer.code or 'no-answer'}")
            order, previous = self._attempts.order(order.order_number), None
            if answer.verdict is Verdict.MISCONFIGURED:
                self._attempts.open_case(CaseKind.PAYMENT_MISCONFIGURED, order, {"code": answer.code or ""})
                break
            if order.state is not OrderState.AWAITING_PAYMENT or order.active_attempt is not None:
                # It was cancelled, or somebody else has got a link for it.
                raise Conflict(order.order_number)
        self._attempts.tell_once(order, Topic.PAYMENT_UNAVAILABLE, f"payment_unavailable:{cause}", {})

    def _offer(self, order: Order, attempt: PaymentAttempt, reservation: Reservation) -> None:
        """The link and the card that carries it, in one transaction; then the first look is put on the queue."""
        first_look = self._clock() + timedelta(seconds=self._timers.payment_check)
        requested = attempt.requested(
            reservation.transaction_id, reservation.payment_url, first_look + SWEEP_GRACE
        )
        card = self._attempts.message(
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
