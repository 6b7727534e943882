"""One order as the local page shows it: what it holds, where it goes, and everything that ever happened to it.

The history is one list, oldest first: the money's states, LINE Pay's attempts, parcels' events as they were applied,
refunds, events to the order system, and messages to the customer with what became of them. It speaks in codes; the
words are the page's.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from dev.local.tables import Rows
from storefront.domain.conversation import OrderDelivery
from storefront.domain.order import Order
from storefront.domain.outbox import Message, OrderEvent
from storefront.domain.payment import PaymentAttempt
from storefront.domain.refund import Refund
from storefront.domain.shipment import Parcel

JsonObject = dict[str, Any]


def history_of(order: Order, delivery: OrderDelivery | None, rows: Rows) -> JsonObject:
    """The page of one order. Amounts are in its payable unit, times in UTC."""
    steps = [*_money(order), *_attempts(order, rows), *_parcels(order, rows), *_refunds(order, rows)]
    steps += [*_outgoing(order, rows), *_messages(order, rows)]
    return {
        "orderNumber": order.order_number,
        "state": order.state.value,
        "currency": order.currency.value,
        "createdAt": order.created_at.isoformat(),
        "quoteId": order.quote_id,
        "payment": order.payment_method.value,
        "externalNumber": order.origin.number if order.origin else None,
        "linkedAt": order.linked_at.isoformat() if order.linked_at else None,
        "language": order.language.value,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unitPrice": line.unit_price,
                "listPrice": line.list_price,
                "amount": line.amount,
            }
            for line in order.lines
        ],
        "discounts": [
            {"kind": each.kind.value, "code": each.code, "amount": each.amount} for each in order.discounts
        ],
        "shippingFee": order.shipping_fee,
        "total": order.total,
        "captured": order.captured,
        "refunded": order.refunded,
        "refundable": order.refundable,
        "closedReason": order.closed_reason,
        "delivery": _delivery(delivery),
        "steps": sorted(steps, key=lambda step: step["at"]),
    }


def _delivery(delivery: OrderDelivery | None) -> JsonObject | None:
    """Where it goes; nothing once the customer is forgotten, or before the details are complete."""
    if delivery is None:
        return None
    details = delivery.details
    place = details.home or details.store
    if place is None:
        return None
    return {
        "method": "home" if details.home else "store",
        "name": place.recipient.name,
        "phone": place.recipient.phone,
        "address": details.home.address if details.home else None,
        "chain": details.store.chain.value if details.store else None,
        "store": details.store.store_name if details.store else None,
        "wishedDate": details.wished_date,
        "note": details.note,
        "invoice": {"kind": details.invoice.kind.value, "value": details.invoice.value},
    }


def _step(at: datetime, kind: str, what: str, **facts: Any) -> JsonObject:
    return {
        "at": at.isoformat(),
        "kind": kind,
        "what": what,
        **{name: value for name, value in facts.items() if value not in (None, "", 0)},
    }


def _money(order: Order) -> Iterator[JsonObject]:
    for step in order.history:
        yield _step(step.at, "money", step.state.value, cause=step.cause)


def _attempts(order: Order, rows: Rows) -> Iterator[JsonObject]:
    for attempt in rows.of(PaymentAttempt):
        if attempt.order_number == order.order_number:
            at = attempt.settled_at or attempt.first_claimed_at or attempt.created_at
            yield _step(
                at,
                "payment",
                attempt.state.value,
                amount=attempt.amount,
                reason=attempt.reason,
                transaction=attempt.transaction_id,
            )


def _parcels(order: Order, rows: Rows) -> Iterator[JsonObject]:
    for parcel in rows.of(Parcel):
        if parcel.order_number == order.order_number:
            for event in parcel.events:
                yield _step(
                    event.at,
                    "parcel",
                    event.status.value,
                    parcel=parcel.shipment_id,
                    carrier=event.carrier,
                    tracking=event.tracking_number,
                    store=event.store.name if event.store else None,
                    note=event.note,
                    event=event.event_id,
                )


def _refunds(order: Order, rows: Rows) -> Iterator[JsonObject]:
    for refund in rows.of(Refund):
        if refund.order_number == order.order_number:
            at = refund.settled_at or refund.created_at
            yield _step(
                at,
                "refund",
                refund.state.value,
                amount=refund.amount,
                reason=refund.reason,
                code=refund.code,
                transaction=refund.provider_refund_id,
            )


def _outgoing(order: Order, rows: Rows) -> Iterator[JsonObject]:
    for event in rows.of(OrderEvent):
        if event.order_number == order.order_number:
            yield _step(
                event.created_at,
                "outgoing",
                event.type.value,
                outcome=event.state.value,
                tries=event.tries,
                event=event.event_id,
            )


def _messages(order: Order, rows: Rows) -> Iterator[JsonObject]:
    """What its customer was told of it; what staff were told is not the customer's history."""
    for message in rows.of(Message):
        if (
            message.facts.get("order_number") == order.order_number
            and message.customer_id == order.customer_id
        ):
            yield _step(
                message.created_at,
                "message",
                message.topic.value,
                outcome=message.state.value,
                reason=message.reason,
                status=message.facts.get("status"),
                parcel=message.facts.get("shipment_id"),
            )
