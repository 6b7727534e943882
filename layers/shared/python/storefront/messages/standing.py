"""Where an order stands, in one word: derived from its money and its parcels, never stored."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from storefront.domain.order import DeliveryMethod, Order, OrderState
from storefront.domain.shipment import RANK, RECEIVED, Parcel, ShipmentStatus, parcels_cover
from storefront.messages import flex


class Standing(StrEnum):
    """What a customer is told of an order in a list; the parcel words are those of `ShipmentStatus`."""

    AWAITING_DETAILS = "awaiting_details"
    AWAITING_PAYMENT = "awaiting_payment"
    CONFIRMING = "confirming"
    PREPARING = "preparing"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    PARTLY_RECEIVED = "partly_received"
    NEEDS_ATTENTION = "needs_attention"
    DELIVERED = "delivered"
    PICKED_UP = "picked_up"
    RETURNED = "returned"
    REFUND_OPEN = "refund_open"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


_BY_MONEY: Final = {
    OrderState.AWAITING_DETAILS: Standing.AWAITING_DETAILS,
    OrderState.AWAITING_PAYMENT: Standing.AWAITING_PAYMENT,
    OrderState.CANCELLED: Standing.CANCELLED,
    OrderState.EXPIRED: Standing.EXPIRED,
    OrderState.REFUNDED: Standing.REFUNDED,
}

_S = ShipmentStatus
_BY_PARCEL: Final = {
    _S.PREPARING: Standing.PREPARING,
    _S.LABEL_CREATED: Standing.PREPARING,
    _S.SHIPPED: Standing.SHIPPED,
    _S.OUT_FOR_DELIVERY: Standing.OUT_FOR_DELIVERY,
    _S.READY_FOR_PICKUP: Standing.READY_FOR_PICKUP,
    _S.PICKUP_REMINDER: Standing.READY_FOR_PICKUP,
    _S.DELAYED: Standing.NEEDS_ATTENTION,
    _S.DELIVERY_ATTEMPTED: Standing.NEEDS_ATTENTION,
    _S.STORE_CLOSED: Standing.NEEDS_ATTENTION,
    _S.RETURNING: Standing.NEEDS_ATTENTION,
    _S.LOST: Standing.NEEDS_ATTENTION,
    _S.RETURNED: Standing.RETURNED,
    _S.DELIVERED: Standing.DELIVERED,
    _S.PICKED_UP: Standing.PICKED_UP,
}

ENDED: Final = frozenset({Standing.CANCELLED, Standing.EXPIRED, Standing.REFUNDED})
HERE: Final = frozenset({Standing.DELIVERED, Standing.PICKED_UP})
UNPAID: Final = frozenset({Standing.AWAITING_DETAILS, Standing.AWAITING_PAYMENT})

ICONS: Final = {
    Standing.AWAITING_DETAILS: "📝",
    Standing.AWAITING_PAYMENT: "💳",
    Standing.CONFIRMING: "⏳",
    Standing.PREPARING: "📦",
    Standing.SHIPPED: "🚚",
    Standing.OUT_FOR_DELIVERY: "🛵",
    Standing.READY_FOR_PICKUP: "🏪",
    Standing.PARTLY_RECEIVED: "📬",
    Standing.NEEDS_ATTENTION: "⚠️",
    Standing.DELIVERED: "✅",
    Standing.PICKED_UP: "✅",
    Standing.RETURNED: "↩️",
    Standing.REFUND_OPEN: "⏳",
    Standing.REFUNDED: "↩️",
    Standing.CANCELLED: "✖️",
    Standing.EXPIRED: "⌛",
}


def standing_of(order: Order, parcels: Sequence[Parcel]) -> Standing:
    """The one word for `order`; with several parcels the one that is furthest behind speaks for it."""
    if order.is_unpaid_and_open and order.confirming_attempt is not None:
        return Standing.CONFIRMING
    if order.state is not OrderState.PAID:
        return _BY_MONEY[order.state]
    if order.open_refund is not None and not parcels:
        return Standing.REFUND_OPEN
    return _of_parcels(order, parcels)


def _of_parcels(order: Order, parcels: Sequence[Parcel]) -> Standing:
    if not parcels:
        return Standing.PREPARING if order.completed_at is None else _received(order)
    open_ones = [parcel for parcel in parcels if parcel.status not in RECEIVED]
    if not open_ones:
        complete = order.completed_at is not None or parcels_cover(order.units_to_pack, tuple(parcels))
        return _BY_PARCEL[parcels[-1].status] if complete else Standing.PARTLY_RECEIVED
    if any(_BY_PARCEL[parcel.status] is Standing.NEEDS_ATTENTION for parcel in open_ones):
        return Standing.NEEDS_ATTENTION
    if len(open_ones) < len(parcels):
        return Standing.PARTLY_RECEIVED
    return _BY_PARCEL[min(open_ones, key=lambda parcel: RANK[parcel.status]).status]


def _received(order: Order) -> Standing:
    by_store = order.delivery_method is DeliveryMethod.STORE
    return Standing.PICKED_UP if by_store else Standing.DELIVERED


def colour_of(standing: Standing) -> str:
    """The head of a card about it; the word and the icon say the same for those who see no colours."""
    if standing in {Standing.NEEDS_ATTENTION, *UNPAID}:
        return flex.ATTENTION
    return flex.QUIET if standing in ENDED else flex.BRAND
