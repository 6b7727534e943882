"""Examples of events: those for back offices are files, ours come from the code that sends the real ones."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from storefront.domain.catalogue import ReturnPolicy
from storefront.domain.conversation import DeliveryDetails, OrderDelivery
from storefront.domain.delivery import (
    HomeDelivery,
    InvoiceChoice,
    InvoiceKind,
    Recipient,
    StoreChain,
    StorePickup,
)
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.order import DeliveryMethod, HoldState, Order, OrderState
from storefront.domain.outbox import OrderEventType
from storefront.domain.quote import QuoteLine
from storefront.services.order_events import order_event

type Json = dict[str, Any]

SAMPLES: Final = Path(__file__).resolve().parents[2] / "docs" / "samples"
ORDER_NUMBER: Final = "A7K3Q-9XM2T"
PAID_AT: Final = datetime(2026, 11, 24, 1, 15, tzinfo=UTC)


def received_examples() -> dict[str, Json]:
    """Events that back offices may send, by the name of their file."""
    files = sorted((SAMPLES / "to_shop").glob("*.json"))
    return {path.stem: json.loads(path.read_text("utf-8")) for path in files}


def sent_examples() -> dict[str, Json]:
    """Events that the order system is sent, by the name of their file."""
    lines = (
        QuoteLine("TEA-JAS", "茉莉綠茶", 36, "box", 171, 180, ReturnPolicy.SEVEN_DAYS, stock_counted=True),
        QuoteLine("SVC-GIFT", "禮盒包裝", 1, "set", 60, 60, ReturnPolicy.SERVICE, stock_counted=False),
    )
    order = Order(
        order_number=ORDER_NUMBER,
        customer_id="customer",
        quote_id="quote",
        quote_version=1,
        language=Language.ZH_TW,
        currency=Currency.TWD,
        lines=lines,
        state=OrderState.PAID,
        hold=HoldState.COMMITTED,
        hold_until=PAID_AT,
        created_at=PAID_AT,
        delivery_method=DeliveryMethod.HOME,
        captured=sum(line.amount for line in lines),
        paid_at=PAID_AT,
    )
    recipient = Recipient("王小明", "0912345678")
    home = OrderDelivery(
        ORDER_NUMBER,
        "customer",
        DeliveryDetails(
            home=HomeDelivery(recipient, "台北市信義區市府路45號"),
            invoice=InvoiceChoice(InvoiceKind.MOBILE_BARCODE, "/ABC+123"),
            note="請打電話再送",
            wished_date="2026-11-27",
        ),
    )
    store = replace(
        home,
        details=replace(
            home.details,
            home=None,
            store=StorePickup(recipient, StoreChain.SEVEN, "市府門市"),
            invoice=InvoiceChoice(InvoiceKind.COMPANY, "04595257", "山嵐茶行有限公司"),
            note=None,
            wished_date=None,
        ),
    )
    paid, cancelled, refunded = OrderEventType.PAID, OrderEventType.CANCELLED, OrderEventType.REFUNDED
    first = order_event(order, home, paid, PAID_AT)
    made = {
        "order_paid": first,
        "order_paid_store": order_event(order, store, paid, PAID_AT),
        "order_paid_elsewhere": order_event(
            order, store, paid, PAID_AT, sequence="2", supersedes=first.event_id
        ),
        "order_cancelled": order_event(order, home, cancelled, PAID_AT, sequence="r1", reason="缺貨"),
        "order_refunded": order_event(
            replace(order, refunded=171),
            home,
            refunded,
            PAID_AT,
            refunded_amount=171,
            reason="破損一盒",
            sequence="r1",
        ),
    }
    return {name: json.loads(event.body) for name, event in made.items()}
