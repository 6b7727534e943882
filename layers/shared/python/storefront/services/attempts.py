"""What opening, settling and closing a payment share: the rows they read, an attempt that is released, words to say."""

from contextlib import suppress
from datetime import timedelta
from typing import Final

from storefront.domain.casework import CaseKind
from storefront.domain.errors import Conflict
from storefront.domain.order import Order
from storefront.domain.outbox import Message, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.services.cases import case_writes
from storefront.services.ports import Clock, Put, Store, Write
from storefront.services.telling import Telling, new_message

TRIES: Final = 8
SWEEP_GRACE: Final = timedelta(seconds=30)
CALL_LEASE: Final = timedelta(seconds=100)
"""Nobody else acts on a claimed attempt before this is over. Longer than the function may live (90 s), so that
no call of an earlier claim can still be on its way."""


class Attempts:
    """Orders and their payment attempts."""

    def __init__(self, store: Store, telling: Telling, clock: Clock) -> None:
        self._store = store
        self._telling = telling
        self._clock = clock

    def order(self, order_number: str) -> Order:
        """The order as it is now. Raises LookupError: there is none, although something names it."""
        order = self._store.read(Order, order_number)
        if order is None:
            raise LookupError("an attempt or a workflow names an order that is gone")
        return order

    def find(self, attempt_id: str | None) -> PaymentAttempt | None:
        """The attempt as it is now, if there is one of that name."""
        return self._store.read(PaymentAttempt, attempt_id) if attempt_id else None

    def moved_on(self, attempt: PaymentAttempt) -> bool:
        """Whether somebody else has written the attempt since; if not, only its order stood in the way."""
        fresh = self.find(attempt.attempt_id)
        return fresh is None or fresh.revision != attempt.revision

    def release(
        self, attempt: PaymentAttempt, state: AttemptState, reason: str, topic: Topic | None = None
    ) -> None:
        """End an attempt that moved no money and let its order be paid in another one; `topic` tells of it.

        Raises:
            Conflict: the order kept changing; the caller is called again.
        """
        for _ in range(TRIES):
            order = self.order(attempt.order_number)
            writes: list[Write] = [Put(attempt.ended(state, self._clock(), reason))]
            if attempt.attempt_id in {order.active_attempt, order.confirming_attempt}:
                writes.append(Put(order.confirm_refused()))
            message = None
            if topic is not None and order.is_unpaid_and_open:
                message = self.message(order, topic, f"{topic.value}:{attempt.attempt_id}", {})
                writes.append(Put(message))
            try:
                self._store.commit(*writes)
            except Conflict:
                if self.moved_on(attempt):
                    return
                continue
            if message is not None:
                self._telling.deliver(message.message_id)
            return
        raise Conflict(attempt.attempt_id)

    def message(self, order: Order, topic: Topic, milestone: str, facts: dict[str, str]) -> Message:
        """Words about `order`, to be written together with what they tell of; `milestone` is said once, ever."""
        return new_message(
            f"{order.order_number}:{milestone}",
            order.customer_id,
            topic,
            {"order_number": order.order_number, **facts},
            self._clock(),
        )

    def tell_once(self, order: Order, topic: Topic, milestone: str, facts: dict[str, str]) -> None:
        """Say something that no change stands behind; who wrote it first sends it."""
        message = self.message(order, topic, milestone, facts)
        try:
            self._store.commit(Put(message))
        except Conflict:
            return
        self._telling.deliver(message.message_id)

    def open_case(self, kind: CaseKind, order: Order, facts: dict[str, str]) -> None:
        """Put this before a person, unless it is before one already."""
        writes = case_writes(self._store, kind, order.order_number, self._clock(), facts)
        if writes:
            with suppress(Conflict):
                self._store.commit(*writes)
