"""The shop's books as tests write them: orders, their pages, stock, and what waits for a person."""

from typing import Any

JsonObject = dict[str, Any]

HOME: JsonObject = {
    "orderNumber": "A7K3Q-9XM2T",
    "status": "paid",
    "state": "paid",
    "total": 6156,
    "payment": "line_pay",
    "customerName": "王小明",
    "delivery": {"method": "home", "chain": None, "store": None},
    "digest": "one",
}
STORE: JsonObject = {
    "orderNumber": "B2M8P-4RT6W",
    "status": "paid",
    "state": "paid",
    "total": 720,
    "payment": "line_pay",
    "customerName": "Emma",
    "delivery": {"method": "store", "chain": "seven", "store": "市府門市"},
    "digest": "one",
}
STOCK: list[JsonObject] = [
    {
        "sku": "CAK-PIN",
        "onHand": 800,
        "held": 0,
        "committed": 0,
        "available": 800,
        "price": 360,
        "unit": "box",
        "returnPolicy": "none",
    },
    {
        "sku": "TEA-JAS",
        "onHand": 2400,
        "held": 36,
        "committed": 12,
        "available": 2352,
        "price": 190,
        "unit": "box",
        "returnPolicy": "seven-days",
    },
]


def step(at: str, kind: str, what: str, **facts: Any) -> JsonObject:
    return {"at": f"2026-11-24T{at}+00:00", "kind": kind, "what": what, **facts}


def page_of(order: JsonObject, *steps: JsonObject) -> JsonObject:
    """The page of an order of the list: one line, paid, and to the home of its recipient."""
    delivery = order.get("delivery", {"method": "home", "chain": None, "store": None})
    return {
        "orderNumber": order["orderNumber"],
        "state": order["state"],
        "currency": "TWD",
        "createdAt": "2026-11-24T01:10:00+00:00",
        "quoteId": "w6ma3bgt0cx6pdd7",
        "payment": order["payment"],
        "externalNumber": None,
        "linkedAt": None,
        "language": "zh-TW",
        "lines": [
            {
                "sku": "TEA-JAS",
                "name": "茉莉綠茶",
                "quantity": 36,
                "unitPrice": 171,
                "listPrice": 190,
                "amount": 6156,
            }
        ],
        "discounts": [],
        "shippingFee": 0,
        "total": order["total"],
        "captured": order["total"],
        "refunded": 0,
        "refundable": order["total"],
        "closedReason": None,
        "delivery": {
            **delivery,
            "name": order.get("customerName", ""),
            "phone": "0912345678",
            "address": "台北市信義區市府路45號",
            "wishedDate": None,
            "note": None,
            "invoice": {"kind": "mobile_barcode", "value": "/ABC+123"},
        },
        "steps": list(steps) or [step("01:15:00", "money", "paid")],
    }


HISTORY = (
    step("01:10:00", "money", "awaiting_details"),
    step("01:15:00", "money", "paid"),
    step("01:15:00", "payment", "confirmed", amount=6156),
    step("01:15:01", "outgoing", "order.paid.v1", outcome="taken", event="A7K3Q-9XM2T:order.paid.v1:1"),
    step("01:15:02", "message", "paid", outcome="sent"),
    step(
        "02:00:00",
        "parcel",
        "shipped",
        parcel="S1",
        carrier="黑貓宅急便",
        tracking="905512345678",
        event="e1",
    ),
    step("02:00:01", "message", "shipment", outcome="sent", status="shipped", parcel="S1"),
    step("03:00:00", "parcel", "out_for_delivery", parcel="S1", event="e2"),
    step(
        "03:00:01",
        "message",
        "shipment",
        outcome="suppressed",
        reason="overtaken",
        status="delayed",
        parcel="S1",
    ),
    step("04:00:00", "refund", "done", amount=171, reason="破損一盒"),
    step("04:00:00", "outgoing", "order.refunded.v1", outcome="pending", event="A7K3Q-9XM2T:refund"),
)
HISTORY_LINES = [
    "訂單等待配送資料",
    "訂單已付款",
    "付款LINE Pay 已請款NT$6,156",
    "訂單系統訂單已付款已收下",
    "訊息付款成功已送出",
    "包裹已出貨S1黑貓宅急便 · 905512345678",
    "訊息已出貨S1已送出",
    "包裹配送中S1",
    "訊息配送延遲S1未送（依規則）已有更新的消息",
    "退款已退款NT$171破損一盒",
    "訂單系統訂單已退款待送",
]


def waiting(**counts: int) -> dict[str, JsonObject]:
    """How much waits; the digest is the count, so that another count is another digest."""
    return {
        kind: {"count": counts.get(kind, 0), "digest": str(counts.get(kind, 0))}
        for kind in ("approvals", "stuck", "cases")
    }


APPROVAL: JsonObject = {
    "approvalId": "k3v9q2m8x4t7w1zc-a1",
    "askedAt": "2026-11-24T01:00:00+00:00",
    "reason": "below_floor",
    "lines": [{"sku": "TEA-JAS", "quantity": 36, "standing": 171, "asked": 140}],
    "standingTotal": 6156,
    "askedTotal": 5040,
    "reminded": True,
    "escalated": False,
}
CASE: JsonObject = {
    "kind": "paid_without_stock",
    "subject": "A7K3Q-9XM2T",
    "openedAt": "2026-11-24T01:00:00+00:00",
    "facts": {"sku": "TEA-JAS"},
    "offers": ["resolve", "settle_again", "refund"],
}
CASE_IN_FULL: JsonObject = {
    **CASE,
    "order": {
        "orderNumber": "A7K3Q-9XM2T",
        "state": "paid",
        "hold": "committed",
        "currency": "TWD",
        "total": 6156,
        "captured": 6156,
        "refunded": 0,
        "refundable": 6156,
        "labelled": False,
        "confirming": False,
    },
    "refunds": [],
    "audit": [
        {
            "at": "2026-11-24T02:00:00+00:00",
            "who": "local:ann",
            "action": "settle_again",
            "note": "LINE Pay asked",
            "facts": {},
        }
    ],
}
STUCK: JsonObject = {
    "id": "events:wms:evt-1",
    "place": "events",
    "kind": "parked",
    "type": "shipment.status.v1",
    "order": "A7K3Q-9XM2T",
    "since": "2026-11-24T06:00:00+00:00",
    "why": "order-not-paid",
    "triesAgainAt": "2026-11-24T06:00:30+00:00",
    "offers": ["replay", "dismiss"],
}
STUCK_IN_FULL: JsonObject = {
    **STUCK,
    "body": {"id": "evt-1", "type": "shipment.status.v1"},
    "foreseen": {
        "state": "applied",
        "reason": None,
        "changes": [{"what": "parcel S1", "before": "new", "after": "shipped"}],
    },
    "wouldGoOut": [
        {
            "customerId": "c1",
            "topic": "shipment",
            "language": "zh-TW",
            "text": "您的訂單已出貨",
            "messages": [{"type": "text", "text": "您的訂單已出貨"}],
            "notBefore": None,
        }
    ],
    "nothingBecause": None,
    "audit": [],
}
