"""The queue of events to the order system: signed, the same id at each try, until it is taken."""

import json

from standardwebhooks import Webhook

from tests.aws.world import World


def test_a_paid_order_leaves_with_everything_that_a_packer_needs(shop: World) -> None:
    phone = shop.phone()
    _, order = phone.bought("我要 2 盒鳳梨酥")
    (event,) = (each for each in shop.order_system.events if each["subject"] == order.order_number)
    assert (event["specversion"], event["type"]) == ("1.0", "order.paid.v1")
    assert order.paid_at is not None
    assert event["data"] == {
        "orderNumber": order.order_number,
        "currency": "TWD",
        "total": 840,
        "lines": [{"sku": "CAK-PIN", "name": "鳳梨酥", "quantity": 2, "unitPrice": 360, "amount": 720}],
        "shippingFee": 120,
        "discount": 0,
        "delivery": {
            "method": "home",
            "recipient": {"name": "王小明", "phone": "0912345678"},
            "address": "台北市信義區市府路45號",
        },
        "invoice": {"kind": "paper"},
        "paidAt": order.paid_at.isoformat(),
    }


def test_a_refused_event_comes_again_with_the_same_id_and_bytes_and_a_fresh_signature(
    fresh_shop: World,
) -> None:
    shop = fresh_shop
    shop.order_system.answers = [500, 302]
    _, order = shop.phone().bought()
    event_id = f"{order.order_number}:order.paid.v1:1"
    for _ in range(3):
        shop.put("OrderEventsQueue", json.dumps({"eventId": event_id}))
        shop.settle()
    assert [status for status, _, _ in shop.order_system.requests] == [500, 302, 204]
    bodies = {body for _, _, body in shop.order_system.requests}
    assert len(bodies) == 1
    assert {headers["webhook-id"] for _, headers, _ in shop.order_system.requests} == {event_id}
    assert len(shop.order_system.events) == 1, "taken once; a later copy of the job sends nothing"
    for _, headers, body in shop.order_system.requests:
        Webhook(shop.credentials.outgoing_secret).verify(body, dict(headers))


def test_without_an_address_an_event_is_kept_and_not_sent(shop: World) -> None:
    phone = shop.phone()
    process = shop.function("OrderEventsFunction")
    address = process.environment.pop("BACKOFFICE_URL")
    try:
        shop.renew("OrderEventsFunction")
        _, order = phone.bought()
        row = shop.rows("PersonalTable")[
            f"ORDER#{order.order_number} EVENT#{order.order_number}:order.paid.v1:1"
        ]
        assert row["state"]["S"] == "kept"
    finally:
        process.environment["BACKOFFICE_URL"] = address
        shop.renew("OrderEventsFunction")
