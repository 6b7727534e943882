"""Events to the order system: without them nobody packs a parcel.

An event is written with the change that it tells of, its bytes frozen, and sent until the order system takes it;
after a day a person is asked to look.
"""

from datetime import datetime, timedelta
from typing import Final

from storefront.domain.casework import CaseKind
from storefront.domain.conversation import DeliveryDetails, OrderDelivery
from storefront.domain.delivery import HomeDelivery
from storefront.domain.errors import Conflict
from storefront.domain.order import Order
from storefront.domain.outbox import OrderEvent, OrderEventState, OrderEventType
from storefront.services.cases import case_writes
from storefront.services.ports import Clock, Jobs, Metrics, OrderSystem, Put, Store, Write
from storefront.services.telling import frozen

RETRY_AFTER_SECONDS: Final = (5, 15, 40, 120, 300, 900)
"""Waits after the first, second … refusal; the last repeats. Three tries fit into the first minute."""

GIVE_UP_AFTER: Final = timedelta(hours=24)
SWEEP_GRACE: Final = timedelta(seconds=60)


def event_id_of(order_number: str, event_type: OrderEventType, sequence: str) -> str:
    """The same change has the same id, whoever writes its event and however often it is sent."""
    return f"{order_number}:{event_type.value}:{sequence}"


def order_event(
    order: Order,
    delivery: OrderDelivery | None,
    event_type: OrderEventType,
    now: datetime,
    *,
    refunded_amount: int | None = None,
    reason: str | None = None,
    sequence: str = "1",
    supersedes: str | None = None,
) -> OrderEvent:
    """The event of one change of `order`, known by order, type and `sequence`; amounts in payable units.

    `supersedes` is the id of an earlier event of the same type, in whose place this one stands.
    """
    event_id = event_id_of(order.order_number, event_type, sequence)
    body: dict[str, object] = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/storefront",
        "type": event_type.value,
        "subject": order.order_number,
        "time": now.isoformat(),
        "datacontenttype": "application/json",
        "data": _facts(order, delivery, refunded_amount, reason),
    }
    if supersedes is not None:
        body["supersedes"] = supersedes
    return OrderEvent(
        event_id=event_id,
        order_number=order.order_number,
        type=event_type,
        body=frozen(body),
        created_at=now,
        due_at=now + SWEEP_GRACE,
    )


def _facts(
    order: Order, delivery: OrderDelivery | None, refunded_amount: int | None, reason: str | None
) -> dict[str, object]:
    facts: dict[str, object] = {
        "orderNumber": order.order_number,
        "currency": order.currency.value,
        "total": order.total,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unitPrice": line.unit_price,
                "amount": line.amount,
            }
            for line in order.lines
        ],
        "shippingFee": order.shipping_fee,
        "discount": order.discount,
    }
    if delivery is not None:
        facts |= _delivery_facts(delivery.details)
    if order.paid_at is not None:
        facts["paidAt"] = order.paid_at.isoformat()
    if refunded_amount is not None:
        facts["refundedAmount"] = refunded_amount
        facts["refundedTotal"] = order.refunded
    if reason is not None:
        facts["reason"] = reason
    return facts


def _delivery_facts(details: DeliveryDetails) -> dict[str, object]:
    place = details.destination
    recipient = {"name": place.recipient.name, "phone": place.recipient.phone}
    delivery: dict[str, object] = {"method": details.method.value, "recipient": recipient}
    if isinstance(place, HomeDelivery):
        delivery["address"] = place.address
    else:
        delivery["store"] = {"chain": place.chain.value, "name": place.store_name}
    if details.wished_date is not None:
        delivery["wishedDate"] = details.wished_date
    invoice: dict[str, object] = {"kind": details.invoice.kind.value}
    if details.invoice.value is not None:
        invoice["value"] = details.invoice.value
    if details.invoice.title is not None:
        invoice["title"] = details.invoice.title
    facts: dict[str, object] = {"delivery": delivery, "invoice": invoice}
    if details.note is not None:
        facts["note"] = details.note
    return facts


class OrderEvents:
    """Sends what the order system has not taken yet."""

    def __init__(
        self, store: Store, order_system: OrderSystem, jobs: Jobs, clock: Clock, metrics: Metrics
    ) -> None:
        self._store = store
        self._order_system = order_system
        self._jobs = jobs
        self._clock = clock
        self._metrics = metrics

    def send(self, event_id: str) -> None:
        """Try once; anything but a 2xx is tried again later with the same id and the same bytes."""
        event = self._store.read(OrderEvent, event_id)
        if event is None or event.state is not OrderEventState.PENDING:
            return
        now = self._clock()
        if not self._order_system.is_configured():
            self._record(event.ended(OrderEventState.KEPT, now))
            return
        if self._order_system.post(event, now):
            self._record(event.ended(OrderEventState.TAKEN, now))
            return
        self._metrics.count("OrderEventRefused")
        if now - event.created_at > GIVE_UP_AFTER:
            facts = {"eventId": event.event_id, "tries": str(event.tries + 1)}
            case = case_writes(self._store, CaseKind.ORDER_SYSTEM_SILENT, event.event_id, now, facts)
            self._record(event.ended(OrderEventState.GIVEN_UP, now), *case)
            return
        wait = RETRY_AFTER_SECONDS[min(event.tries, len(RETRY_AFTER_SECONDS) - 1)]
        self._record(event.tried(now + timedelta(seconds=wait) + SWEEP_GRACE))
        self._jobs.send_order_event(event.event_id, wait)

    def _record(self, event: OrderEvent, *writes: Write) -> None:
        try:
            self._store.commit(Put(event), *writes)
        except Conflict:
            # Another try recorded first; the order system drops the second copy by its id.
            self._metrics.count("OrderEventRecordedElsewhere")


__all__ = ["OrderEvents", "order_event"]
