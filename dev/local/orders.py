"""The shop's orders as the local page shows them: read from the local AWS, newest first."""

from collections.abc import Iterable, Mapping
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from dev.local.context import DeployedStack
from dev.local.deploying import local_session

_MONEY = {
    "awaiting_details": "等待配送資料",
    "awaiting_payment": "等待付款",
    "paid": "已付款",
    "cancelled": "已取消",
    "expired": "逾時未付款",
    "refunded": "已退款",
}
_PARCEL = {
    "preparing": "備貨中",
    "label_created": "已建立託運單",
    "shipped": "已出貨",
    "delayed": "配送延遲",
    "out_for_delivery": "配送中",
    "delivery_attempted": "投遞未成功",
    "store_closed": "門市關閉",
    "ready_for_pickup": "已到門市",
    "pickup_reminder": "取件提醒",
    "returning": "退回中",
    "lost": "包裹遺失",
    "returned": "已退回",
    "delivered": "已送達",
    "picked_up": "已取件",
}


def read_orders(stack: DeployedStack) -> list[dict[str, Any]]:
    """All orders with their state; a local table is small enough to read whole."""
    ledger = list(_rows(stack, "LedgerTable"))
    personal = list(_rows(stack, "PersonalTable"))
    deliveries = {row["order_number"]: row["details"] for row in personal if row["sk"] == "DELIVERY"}
    parcels: dict[str, list[str]] = {}
    for row in ledger:
        if str(row["sk"]).startswith("PARCEL#"):
            parcels.setdefault(row["order_number"], []).append(row["events"][-1]["status"])
    orders = [row for row in ledger if str(row["pk"]).startswith("ORDER#") and row["sk"] == "-"]
    orders.sort(key=lambda row: str(row["created_at"]), reverse=True)
    return [
        _shown(order, deliveries.get(order["order_number"]), parcels.get(order["order_number"], []))
        for order in orders
    ]


def _shown(order: Mapping[str, Any], details: Mapping[str, Any] | None, parcels: list[str]) -> dict[str, Any]:
    status = parcels[-1] if parcels and order["state"] == "paid" else order["state"]
    amounts = (int(line["unit_price"]) * int(line["quantity"]) for line in order["lines"])
    taken_off = sum(int(discount["amount"]) for discount in order["discounts"])
    shown = {
        "orderNumber": order["order_number"],
        "status": status,
        "statusLabel": _PARCEL.get(status) or _MONEY.get(status, status),
        "total": sum(amounts) + int(order["shipping_fee"]) - taken_off,
    }
    place = (details or {}).get("home") or (details or {}).get("store")
    if place:
        shown["customerName"] = place["recipient"]["name"]
        shown["delivery"] = {"method": "home" if "address" in place else "store"}
    return shown


def _rows(stack: DeployedStack, table: str) -> Iterable[dict[str, Any]]:
    client = local_session().client("dynamodb", endpoint_url=stack.endpoint)
    read = TypeDeserializer().deserialize
    for page in client.get_paginator("scan").paginate(TableName=stack.tables[table]):
        for item in page["Items"]:
            yield {name: read(value) for name, value in item.items()}
