"""The shop's orders as the local page lists them, newest first, each with its whole history."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from dev.local.order_history import history_of
from dev.local.tables import Rows
from storefront.domain.conversation import OrderDelivery
from storefront.domain.order import Order, OrderState
from storefront.domain.shipment import RANK, Parcel

JsonObject = dict[str, Any]


def listed(rows: Rows) -> tuple[list[JsonObject], dict[str, JsonObject]]:
    """The list, and by order number the page of each order. An entry's `digest` changes with anything of its page."""
    orders = sorted(rows.of(Order), key=lambda order: order.created_at, reverse=True)
    deliveries = {row.order_number: row for row in rows.of(OrderDelivery)}
    pages = {
        order.order_number: history_of(order, deliveries.get(order.order_number), rows) for order in orders
    }
    parcels: dict[str, list[Parcel]] = {}
    for parcel in rows.of(Parcel):
        parcels.setdefault(parcel.order_number, []).append(parcel)
    entries = [
        _entry(order, pages[order.order_number], parcels.get(order.order_number, [])) for order in orders
    ]
    return entries, pages


def _entry(order: Order, page: JsonObject, parcels: Sequence[Parcel]) -> JsonObject:
    delivery = page["delivery"] or {}
    entry = {
        "orderNumber": order.order_number,
        "status": _status(order, parcels),
        "state": order.state.value,
        "total": order.total,
        "payment": order.payment_method.value,
        "createdAt": page["createdAt"],
        "parcels": sorted(parcel.shipment_id for parcel in parcels),
        "digest": digest(page),
    }
    if delivery:
        entry["customerName"] = delivery["name"]
        entry["delivery"] = {
            "method": delivery["method"],
            "chain": delivery["chain"],
            "store": delivery["store"],
        }
    return entry


def _status(order: Order, parcels: Sequence[Parcel]) -> str:
    """Where the goods are, once they are on their way; the parcel that is least far speaks for the order."""
    if order.state is not OrderState.PAID or not parcels:
        return order.state.value
    return min((parcel.status for parcel in parcels), key=RANK.__getitem__).value


def digest(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """Another one whenever anything in `value` is another."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
