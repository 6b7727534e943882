"""The back office's books: rows of the tables by kind, the history of an order, and when windows are told of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from dev.local.order_history import history_of
from dev.local.orders import listed
from dev.local.tables import Rows, kind_of
from dev.page.books import NOT_AVAILABLE, BookReader, Books
from dev.page.feed import Feed
from storefront.adapters.layout import LAYOUTS
from storefront.domain.casework import AuditEntry, UnappliedEvent
from storefront.domain.conversation import Conversation
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.order import DeliveryMethod, HoldState, Order, OrderState
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.domain.quote import Quote
from storefront.domain.shipment import Parcel, ShipmentEvent, ShipmentStatus

JsonObject = dict[str, Any]
NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def paid_order(number: str = "A7K3Q-9XM2T", minutes: int = 0) -> Order:
    at = NOW + timedelta(minutes=minutes)
    order = Order(
        order_number=number,
        customer_id="c1",
        quote_id="q1",
        quote_version=1,
        language=Language.ZH_TW,
        currency=Currency.TWD,
        lines=(),
        state=OrderState.AWAITING_DETAILS,
        hold=HoldState.HELD,
        hold_until=at + timedelta(hours=1),
        created_at=at,
    )
    ready = order.with_delivery(DeliveryMethod.HOME, 100, at + timedelta(hours=1), at, "evt-details")
    return ready.paid(100, at, "returned")


def parcel(shipment_id: str, *statuses: ShipmentStatus) -> Parcel:
    found = Parcel("A7K3Q-9XM2T", shipment_id)
    for number, status in enumerate(statuses):
        at = NOW + timedelta(hours=number + 1)
        found = found.with_event(ShipmentEvent(f"{shipment_id}-{status}", status, at), at)
    return found


def rows(*found: object) -> Rows:
    made = Rows()
    for row in found:
        made.add(row)
    return made


def test_every_kind_is_known_by_the_keys_that_the_product_gives_it() -> None:
    parts = {kind: layout for kind, layout in LAYOUTS.items() if kind.__name__ in WANTED}
    assert set(WANTED) == {kind.__name__ for kind in parts}
    for kind, layout in parts.items():
        key = layout.key(*WANTED[kind.__name__])
        assert kind_of(key.pk, key.sk) is kind
    for kind, ids in OTHERS.items():
        key = LAYOUTS[kind].key(*ids)
        assert kind_of(key.pk, key.sk) is None


OTHERS: dict[type, tuple[str | int, ...]] = {
    Quote: ("q1", 1),
    Conversation: ("c1",),
    UnappliedEvent: ("A7K3Q-9XM2T", "wms", "evt-1"),
    AuditEntry: ("person_wanted", "c1", NOW.isoformat()),
}
WANTED: dict[str, tuple[str, ...]] = {
    "Order": ("A7K3Q-9XM2T",),
    "Parcel": ("A7K3Q-9XM2T", "S1"),
    "Refund": ("A7K3Q-9XM2T", "r1"),
    "OrderDelivery": ("A7K3Q-9XM2T",),
    "OrderEvent": ("A7K3Q-9XM2T:order.paid.v1:1",),
    "PaymentAttempt": ("a1",),
    "Message": ("evt-1",),
    "Approval": ("q1-a1",),
    "OperatorCase": ("person_wanted", "c1"),
    "ReceivedEvent": ("wms", "evt-1"),
}


def test_the_newest_order_is_first_and_its_least_far_parcel_speaks_for_it() -> None:
    status = ShipmentStatus
    entries, pages = listed(
        rows(
            paid_order(),
            paid_order("B2M8P-4RT6W", minutes=5),
            parcel("S1", status.SHIPPED, status.DELIVERED),
            parcel("S2", status.SHIPPED),
        )
    )
    assert [(entry["orderNumber"], entry["status"], entry["parcels"]) for entry in entries] == [
        ("B2M8P-4RT6W", "paid", []),
        ("A7K3Q-9XM2T", "shipped", ["S1", "S2"]),
    ]
    assert list(pages) == ["B2M8P-4RT6W", "A7K3Q-9XM2T"]


def test_an_entrys_digest_changes_with_its_history_alone() -> None:
    def digest_with(*more: object) -> str:
        entries, _ = listed(rows(paid_order(), *more))
        return str(entries[0]["digest"])

    said = Message("A7K3Q-9XM2T:paid", "c1", Topic.PAID, NOW, {"order_number": "A7K3Q-9XM2T"})
    sent = said.ended(MessageState.SENT, NOW)
    elsewhere = Message("B:paid", "c2", Topic.PAID, NOW, {"order_number": "B2M8P-4RT6W"})
    digests = [digest_with(), digest_with(said), digest_with(sent)]
    assert len(set(digests)) == 3
    assert digest_with(elsewhere) == digests[0]


def test_a_history_has_the_customers_messages_and_not_the_staffs() -> None:
    about = {"order_number": "A7K3Q-9XM2T"}
    history = history_of(
        paid_order(),
        None,
        rows(
            Message("1", "c1", Topic.PAID, NOW, about),
            Message("2", "staff", Topic.STAFF_CUSTOMER, NOW, about),
            parcel("S1", ShipmentStatus.SHIPPED),
        ),
    )
    assert [(step["kind"], step["what"]) for step in history["steps"]] == [
        ("money", "awaiting_payment"),
        ("money", "paid"),
        ("message", "paid"),
        ("parcel", "shipped"),
    ]
    assert history["delivery"] is None


class Office:
    """Books that the test turns over; it says when they are read."""

    def __init__(self) -> None:
        self.now: Books | None = Books(orders=[{"orderNumber": "A"}])
        self.readings = 0

    def books(self) -> Books:
        self.readings += 1
        if self.now is None:
            raise ConnectionError
        return self.now

    def operate(self, task: Any) -> JsonObject:
        return dict(task)


def test_the_books_are_read_only_while_a_window_is_open_and_told_when_they_change() -> None:
    async def go() -> tuple[int, list[Any]]:
        office, feed = Office(), Feed()
        reader = BookReader(office, feed)
        await asyncio.sleep(0)
        before = office.readings
        with feed.subscribe() as news, reader.watched(), reader.watched():
            told = [await news.get() for _ in range(3)]
            office.now = None
            told.append(await news.get())
            office.now = Books(orders=[{"orderNumber": "A"}], stock=[{"sku": "TEA-JAS"}])
            told += [await news.get(), await news.get()]
        # Whoever reads comes to an end when the last window is closed; if nobody did, this would wait for ever.
        reading = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*reading, return_exceptions=True)
        return before, told

    before, told = asyncio.run(go())
    shown = {"available": True, "orders": [{"orderNumber": "A"}]}
    assert before == 0
    assert told == [
        ("orders", shown),
        ("stock", []),
        ("waiting", {}),
        ("orders", NOT_AVAILABLE),
        ("orders", shown),
        ("stock", [{"sku": "TEA-JAS"}]),
    ]
