"""What back offices really send: numbers for texts, nulls for nothing, clocks from other worlds, odd encodings."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from storefront.contracts.back_office import NotAnEvent, envelope, news_in
from storefront.services.shipping import CancelNews, RefundNews, ShipmentNews, StockNews, UnreadableNews

RECEIVED_AT = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def body(**changes: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "e1",
        "source": "/wms",
        "type": "shipment.status.v1",
        "subject": "A7K3Q-9XM2T",
        "data": {"shipmentId": "S1", "status": "shipped"},
        **changes,
    }


def read(**changes: Any) -> object:
    return news_in(json.dumps(body(**changes)).encode(), RECEIVED_AT)


def shipment(**data: Any) -> ShipmentNews:
    news = read(data={"shipmentId": "S1", "status": "shipped", **data})
    assert isinstance(news, ShipmentNews)
    return news


def test_numbers_where_texts_belong_are_read_as_texts() -> None:
    news = shipment(shipmentId=7, trackingNumber=906123456789, store={"name": 101, "deadline": 20261130})
    assert news.shipment_id == "7"
    assert news.event is not None
    assert news.event.tracking_number == "906123456789"
    assert news.event.store is not None
    assert (news.event.store.name, news.event.store.deadline) == ("101", "20261130")


def test_null_means_that_there_is_none() -> None:
    news = shipment(carrier=None, trackingNumber=None, trackingUrl=None, store=None, items=None, note=None)
    assert news.event is not None
    assert (news.event.carrier, news.event.store, news.event.items) == (None, None, {})


def test_no_subject_is_no_order() -> None:
    stock = read(type="stock.level.v1", subject=None, data={"sku": "TEA-JAS", "onHand": 5, "version": 1})
    assert stock == StockNews("TEA-JAS", 5, 1)
    cancel = read(type="order.cancel.requested.v1", subject=None, data={"reason": "x"})
    assert cancel == CancelNews("", "x")


def test_the_same_product_twice_in_one_parcel_is_added_up() -> None:
    news = shipment(
        items=[{"sku": "A", "quantity": 1}, {"sku": "B", "quantity": 2}, {"sku": "A", "quantity": 3}]
    )
    assert news.event is not None
    assert news.event.items == {"A": 4, "B": 2}


@pytest.mark.parametrize(
    ("time", "at"),
    [
        (None, RECEIVED_AT),
        ("2026-11-24T14:00:00+08:00", RECEIVED_AT),
        ("2026-11-24T06:00:00Z", RECEIVED_AT),
        ("2026-11-24T06:00:00", RECEIVED_AT),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-12:00", RECEIVED_AT),
        ("0001-01-01T00:00:00+12:00", RECEIVED_AT),
    ],
)
def test_the_time_of_a_fact_is_kept_in_utc_and_one_outside_all_calendars_is_ours_G6(
    time: str | None, at: datetime
) -> None:
    news = read(time=time)
    assert isinstance(news, ShipmentNews)
    assert news.event is not None
    assert news.event.at == at
    assert news.event.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("event_type", "data"),
    [
        ("shipment.status.v1", {"shipmentId": True, "status": "shipped"}),
        ("shipment.status.v1", {"shipmentId": "", "status": "shipped"}),
        ("shipment.status.v1", {"shipmentId": "\ud800", "status": "shipped"}),
        (
            "shipment.status.v1",
            {"shipmentId": "S1", "status": "shipped", "items": [{"sku": "A", "quantity": 0}]},
        ),
        (
            "shipment.status.v1",
            {"shipmentId": "S1", "status": "shipped", "items": [{"sku": "A", "quantity": 1.5}]},
        ),
        (
            "shipment.status.v1",
            {"shipmentId": "S1", "status": "shipped", "items": [{"sku": "A", "quantity": True}]},
        ),
        ("stock.level.v1", {"sku": "A", "onHand": "5", "version": 1}),
        ("stock.level.v1", {"sku": "A", "onHand": 10**12, "version": 1}),
        ("refund.requested.v1", {"amount": -1}),
        ("refund.requested.v1", {"amount": 99.5}),
        ("refund.requested.v1", {"amount": "100"}),
    ],
)
def test_numbers_that_count_are_never_guessed_X19(event_type: str, data: dict[str, Any]) -> None:
    assert read(type=event_type, data=data) == UnreadableNews("unreadable-data:ValidationError")


def test_a_refund_without_an_amount_asks_for_all_that_is_left() -> None:
    assert read(type="refund.requested.v1", data={"reason": "x"}) == RefundNews("A7K3Q-9XM2T", None, "x")
    assert read(type="refund.requested.v1", data={"amount": None}) == RefundNews("A7K3Q-9XM2T", None, "")


def test_a_byte_order_mark_does_no_harm() -> None:
    assert envelope(b"\xef\xbb\xbf" + json.dumps(body()).encode()).id == "e1"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "big5"])
def test_only_utf_8_is_json(encoding: str) -> None:
    with pytest.raises(NotAnEvent, match="body: not JSON"):
        envelope(json.dumps(body(subject="訂單"), ensure_ascii=False).encode(encoding))


@pytest.mark.parametrize(
    "text",
    [
        '{"id": "a", "id": "b"}',
        '{"data": {"amount": NaN}}',
        '{"data": {"amount": -Infinity}}',
        '{"data": ' + "[" * 100_000 + "]" * 100_000 + "}",
        '{"data": {"amount": ' + "9" * 5_000 + "}}",
        "",
        "\x00",
    ],
)
def test_what_is_no_plain_json_is_no_event_X18_K13(text: str) -> None:
    with pytest.raises(NotAnEvent, match="body: not JSON"):
        envelope(text.encode())


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"specversion": "0.3"}, "specversion"),
        ({"id": ""}, "id"),
        ({"id": 5}, "id"),
        ({"source": None}, "source"),
        ({"type": "x" * 201}, "type"),
        ({"time": "yesterday"}, "time"),
        ({"data": [1]}, "data"),
        ({"data": None}, "data"),
        ({"subject": 7}, "subject"),
    ],
)
def test_what_is_no_event_is_said_with_its_place(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(NotAnEvent, match=f"^{where}: "):
        envelope(json.dumps(body(**changes)).encode())


@pytest.mark.parametrize("text", ["[]", "null", "1", '"event"'])
def test_json_that_is_no_object_is_no_event(text: str) -> None:
    with pytest.raises(NotAnEvent, match=r"^body: "):
        envelope(text.encode())


def test_a_stored_body_that_cannot_be_read_is_told_and_never_raises() -> None:
    news = news_in(b"{", RECEIVED_AT)
    assert isinstance(news, UnreadableNews)
    assert news.reason.startswith("body: not JSON")
