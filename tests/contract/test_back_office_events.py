"""Events in and out, in the form that back offices and order systems are told to expect."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from storefront.adapters.order_system import signature
from storefront.adapters.signatures import is_from_back_office
from storefront.contracts.back_office import NotAnEvent, envelope, news
from storefront.domain.shipment import ShipmentStatus
from storefront.services.shipping import (
    CancelNews,
    ProductNews,
    RefundNews,
    ShipmentNews,
    StockNews,
    UnreadableNews,
)

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ORDER = "A7K3Q-9XM2T"
PRODUCT = {
    "sku": "TEA-JAS",
    "name_zh_tw": "茉莉綠茶",
    "unit": "box",
    "price_twd": 180,
    "return_policy": "seven-days",
    "version": 4,
}


def event(kind: str, data: dict[str, Any], **changes: Any) -> bytes:
    whole = {
        "specversion": "1.0",
        "id": "evt-1",
        "source": "/wms",
        "type": kind,
        "subject": ORDER,
        "time": "2026-11-23T11:59:00+08:00",
        "datacontenttype": "application/json",
        "data": data,
        **changes,
    }
    return json.dumps(whole, ensure_ascii=False).encode()


def read(body: bytes) -> object:
    return news(envelope(body), NOW)


@pytest.mark.parametrize("status", ShipmentStatus)
def test_every_status_of_the_contract_is_understood(status: ShipmentStatus) -> None:
    heard = read(event("shipment.status.v1", {"shipmentId": "S1", "status": status.value}))
    assert isinstance(heard, ShipmentNews)
    assert heard.event is not None
    assert (heard.order_number, heard.shipment_id, heard.event.status) == (ORDER, "S1", status)
    assert heard.event.at == datetime(2026, 11, 23, 3, 59, tzinfo=UTC)


def test_everything_that_a_parcel_s_event_may_say_is_kept() -> None:
    heard = read(
        event(
            "shipment.status.v1",
            {
                "shipmentId": "S1",
                "status": "ready_for_pickup",
                "carrier": "黑貓宅急便",
                "trackingNumber": "905512345678",
                "trackingUrl": "https://t-cat.example/905512345678",
                "store": {"name": "市府門市", "address": "台北市信義區", "deadline": "2026-11-30"},
                "items": [{"sku": "TEA-JAS", "quantity": 24}, {"sku": "TEA-JAS", "quantity": 12}],
                "note": "易碎",
            },
        )
    )
    assert isinstance(heard, ShipmentNews)
    assert heard.event is not None
    assert (heard.event.carrier, heard.event.tracking_number) == ("黑貓宅急便", "905512345678")
    assert heard.event.tracking_url == "https://t-cat.example/905512345678"
    assert heard.event.store is not None
    assert heard.event.store.name == "市府門市"
    assert heard.event.items == {"TEA-JAS": 36}
    assert heard.event.note == "易碎"


@pytest.mark.parametrize(
    "url",
    ["http://t.example", "javascript:alert(1)", "https://ok@evil.example", "https://a\\b", "", "line://x"],
)
def test_a_link_that_no_customer_may_be_sent_to_is_left_out(url: str) -> None:
    heard = read(event("shipment.status.v1", {"shipmentId": "S1", "status": "shipped", "trackingUrl": url}))
    assert isinstance(heard, ShipmentNews)
    assert heard.event is not None
    assert heard.event.tracking_url is None


def test_the_other_types_of_the_contract_are_understood() -> None:
    nothing: dict[str, Any] = {"subject": None}
    assert read(
        event("stock.level.v1", {"sku": "TEA-JAS", "onHand": 96, "version": 7}, **nothing)
    ) == StockNews("TEA-JAS", 96, 7)
    assert isinstance(read(event("product.changed.v1", PRODUCT, **nothing)), ProductNews)
    assert read(event("order.cancel.requested.v1", {"reason": "缺貨"})) == CancelNews(ORDER, "缺貨")
    assert read(event("refund.requested.v1", {"reason": "破損"})) == RefundNews(ORDER, None, "破損")
    assert read(event("refund.requested.v1", {"amount": 171, "reason": "破損"})) == RefundNews(
        ORDER, 171, "破損"
    )


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("stock.level.v1", {"sku": "TEA-JAS", "onHand": -1, "version": 1}),
        ("stock.level.v1", {"sku": "TEA-JAS", "onHand": 1.5, "version": 1}),
        ("stock.level.v1", {"sku": "TEA-JAS", "onHand": True, "version": 1}),
        ("stock.level.v1", {"sku": "TEA-JAS", "onHand": "96", "version": 1}),
        ("stock.level.v1", {"sku": "TEA-JAS", "onHand": 10**12, "version": 1}),
        ("refund.requested.v1", {"amount": 0, "reason": "x"}),
        ("refund.requested.v1", {"amount": -1, "reason": "x"}),
        ("refund.requested.v1", {"amount": 99.0, "reason": "x"}),
        ("shipment.status.v1", {"status": "shipped"}),
        ("shipment.status.v1", {"shipmentId": "", "status": "shipped"}),
        ("product.changed.v1", {"sku": "TEA-JAS"}),
        ("weather.v1", {}),
    ],
)
def test_what_cannot_be_read_says_why_and_never_raises(kind: str, data: dict[str, Any]) -> None:
    heard = read(event(kind, data))
    assert isinstance(heard, UnreadableNews)
    assert heard.reason


def test_a_new_status_is_known_by_its_word() -> None:
    heard = read(event("shipment.status.v1", {"shipmentId": "S1", "status": "teleported"}))
    assert heard == ShipmentNews(ORDER, "S1", "teleported", None)


def test_an_order_number_is_read_as_people_type_it() -> None:
    heard = read(event("order.cancel.requested.v1", {"reason": ""}, subject=" a7k3q-9xm2t "))
    assert heard == CancelNews(ORDER, "")


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_a_place_and_a_reason(body: bytes) -> None:
    with pytest.raises(NotAnEvent, match=":"):
        envelope(body)


# Standard Webhooks: two implementations agree ------------------------------------------------------------

secrets = st.binary(min_size=1, max_size=64).map(lambda key: "whsec_" + base64.b64encode(key).decode())
bodies = st.dictionaries(st.text(max_size=10), st.text(max_size=20), max_size=4).map(
    lambda each: json.dumps(each).encode()
)
ids = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=40)


@given(secrets, bodies, ids)
def test_what_we_sign_is_proven_by_the_standard_s_own_package(
    secret: str, body: bytes, message_id: str
) -> None:
    now = datetime.now(UTC)
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature(secret, message_id, int(now.timestamp()), body),
    }
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)


@given(secrets, bodies, ids)
def test_what_the_standard_s_own_package_signs_is_proven_by_us(
    secret: str, body: bytes, message_id: str
) -> None:
    now = NOW
    signed = Webhook(secret).sign(message_id, now, body.decode())
    stamp = str(int(now.timestamp()))
    moment = int(now.timestamp())
    assert is_from_back_office(body, message_id, stamp, signed, [secret], moment)
    assert not is_from_back_office(body, message_id, stamp, signed, ["whsec_b3RoZXI="], moment)
    late = int((now + timedelta(seconds=301)).timestamp())
    assert not is_from_back_office(body, message_id, stamp, signed, [secret], late)


def test_the_standard_s_own_example_is_proven() -> None:
    body = b'{"test": 2432232314}'
    assert is_from_back_office(
        body,
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        1614265330,
    )
