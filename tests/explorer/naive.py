"""A checkout as it is often written: read, act, write. The explorer has to catch it; nothing deploys it.

It looks at the state before it acts, confirms once, and writes what it thinks is true; it writes no intent and
makes nothing conditional, and a confirm without an answer is a failure to it.
"""

from dataclasses import replace
from typing import Any

from storefront.domain.casework import WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.order import HoldState, Order, OrderState
from storefront.domain.outbox import OrderEventType, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import Authentication, Verdict
from storefront.services.checkout import Checkout, Closing
from storefront.services.order_events import order_event
from storefront.services.ports import Put, StockMove
from storefront.services.quoting import released
from storefront.services.telling import new_message
from tests.doubles.little_shop import Services


class NaiveCheckout(Checkout):
    """Settles and closes without a claim."""

    def settle(self, attempt_id: str, cause: str) -> None:
        attempt = self._attempts.find(attempt_id)
        if attempt is None or attempt.state is not AttemptState.REQUESTED or attempt.transaction_id is None:
            return
        if self._gateway.check(attempt.transaction_id).value is not Authentication.AUTHENTICATED:
            return
        answer = self._gateway.confirm(attempt.transaction_id, attempt.amount, attempt.currency)
        order = self._attempts.order(attempt.order_number)
        now = self._clock()
        if answer.verdict is not Verdict.DONE:
            self._write(replace(attempt, state=AttemptState.FAILED, settled_at=now, due_at=None))
            self._attempts.tell_once(
                order, Topic.PAYMENT_DECLINED, f"payment_declined:{attempt.attempt_id}", {}
            )
            return
        paid = replace(
            order, state=OrderState.PAID, hold=HoldState.COMMITTED, captured=order.total, due_at=None
        )
        self._write(paid)
        self._write(replace(attempt, state=AttemptState.CONFIRMED, settled_at=now, due_at=None))
        moves = [
            StockMove(line.sku, held=-line.quantity, committed=line.quantity) for line in order.counted_lines
        ]
        self._store.commit(*moves)
        delivery = self._store.read(OrderDelivery, order.order_number)
        self._write(order_event(paid, delivery, OrderEventType.PAID, now))
        message = new_message(
            f"{order.order_number}:paid:{cause}",
            order.customer_id,
            Topic.PAID,
            {"order_number": order.order_number},
            now,
        )
        self._write(message)
        self._telling.deliver(message.message_id)
        self._waits.wake(order, WaitStep.PAYMENT, order.order_number)

    def close(self, order_number: str, cause: str) -> Closing:
        order = self._attempts.order(order_number)
        now = self._clock()
        if order.state is not OrderState.AWAITING_PAYMENT or now < order.hold_until:
            return Closing.UNSETTLED
        self._write(replace(order, state=OrderState.EXPIRED, hold=HoldState.RELEASED, due_at=None))
        self._store.commit(*released(order.counted_lines))
        self._attempts.tell_once(order, Topic.ORDER_EXPIRED, "expired", {})
        return Closing.CLOSED

    def _write(self, entity: Any) -> None:
        """Write whatever is there by now."""
        match entity:
            case Order():
                known: Any = self._store.read(Order, entity.order_number)
            case PaymentAttempt():
                known = self._store.read(PaymentAttempt, entity.attempt_id)
            case _:
                known = None
        self._store.commit(Put(replace(entity, revision=known.revision if known is not None else 0)))


class NaiveServices(Services):
    """The services with that checkout."""

    @property
    def checkout(self) -> NaiveCheckout:
        return NaiveCheckout(
            self.store,
            self.pay,
            self.telling,
            self.waits,
            self.jobs,
            self.clock,
            self.ids,
            self.metrics,
            self.timers,
            "https://shop.example",
        )
