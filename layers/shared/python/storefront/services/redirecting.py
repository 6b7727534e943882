"""Redirecting: a paid order goes to another place, as long as it has no label.

The price stays as it was paid. The order system is told by another `order.paid.v1` that stands in the place of the
earlier one (docs/decisions/address-change.md).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from storefront.domain.conversation import DELIVERY_LOOKED_AT_AFTER, DeliveryDetails, OrderDelivery
from storefront.domain.delivery import Delivery, HomeDelivery
from storefront.domain.order import DeliveryMethod, Order, OrderState
from storefront.domain.outbox import OrderEvent, OrderEventState, OrderEventType
from storefront.messages.scene import Shop
from storefront.services.order_events import event_id_of, order_event
from storefront.services.ports import Put, Store, Write


@dataclass(frozen=True)
class Redirection:
    """What a change of delivery writes and whom it tells; or the `refusal`, a code that the wording files know."""

    writes: tuple[Write, ...] = ()
    event: OrderEvent | None = None
    refusal: str | None = None


def shipping_fee(shop: Shop, method: DeliveryMethod, goods_total: int) -> int:
    """Fee of `method` for goods worth `goods_total`, both in payable units; free from the shop's threshold."""
    if goods_total >= shop.free_shipping_from:
        return 0
    return shop.shipping_home if method is DeliveryMethod.HOME else shop.shipping_store


def goes_there(shop: Shop, order: Order, destination: Delivery) -> bool:
    """Whether what was ordered can travel to `destination`: chilled goods reach doors of the main island only."""
    if not shop.sends_chilled(order.lines):
        return True
    return isinstance(destination, HomeDelivery) and not destination.is_on_an_outlying_island


def why_not(order: Order) -> str | None:
    """Why the delivery of `order` cannot be changed any more, or not now; None when it can."""
    if order.is_unpaid_and_open:
        return "confirming" if order.confirming_attempt is not None else None
    if order.placed_elsewhere:
        return "elsewhere"
    if order.state is not OrderState.PAID:
        return "ended"
    if order.labelled:
        return "shipped"
    return "refund" if order.open_refund is not None else None


class Redirecting:
    """Plans another delivery of a paid order; the caller commits it with the message that tells of it."""

    def __init__(self, store: Store, shop: Shop) -> None:
        self._store = store
        self._shop = shop

    def plan(self, order: Order, details: DeliveryDetails, now: datetime) -> Redirection:
        """Send `order` to `details`; its invoice, its note and the day that was wished for stay as they were."""
        refusal = why_not(order)
        if refusal is None and not goes_there(self._shop, order, details.destination):
            refusal = "chilled"
        if (
            refusal is None
            and shipping_fee(self._shop, details.method, order.goods_total) > order.shipping_fee
        ):
            refusal = "fee"
        if refusal is not None:
            return Redirection(refusal=refusal)
        kept = self._store.read(OrderDelivery, order.order_number)
        if kept is not None:
            before = kept.details
            details = replace(
                details, invoice=before.invoice, note=before.note, wished_date=before.wished_date
            )
            if details == before:
                return Redirection()
        delivery = OrderDelivery(
            order.order_number,
            order.customer_id,
            details,
            due_at=kept.due_at if kept is not None else now + DELIVERY_LOOKED_AT_AFTER,
            revision=kept.revision if kept is not None else 0,
        )
        changed = order.redelivered_to(details.method)
        earlier_id = self._paid_event_id(order)
        event = order_event(
            changed,
            delivery,
            OrderEventType.PAID,
            now,
            sequence=self._sequence(changed),
            supersedes=earlier_id,
        )
        writes = (Put(changed), Put(delivery), Put(event), *self._held_back(earlier_id, now))
        return Redirection(writes, event)

    def _held_back(self, earlier_id: str, now: datetime) -> tuple[Write, ...]:
        """An earlier event that is not taken yet must not arrive behind the new one: it is kept, and not sent."""
        earlier = self._store.read(OrderEvent, earlier_id)
        if earlier is None or earlier.state is not OrderEventState.PENDING:
            return ()
        return (Put(earlier.ended(OrderEventState.KEPT, now)),)

    def _paid_event_id(self, order: Order) -> str:
        return event_id_of(order.order_number, OrderEventType.PAID, self._sequence(order))

    @staticmethod
    def _sequence(order: Order) -> str:
        return str(order.delivery_changes + 1)
