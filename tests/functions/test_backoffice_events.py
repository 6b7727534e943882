"""POST /hooks/{source}: exactly the contract's answers, and nothing stored unless 202 (G1, G5 to G7, K10, K11, X8)."""

import json
import re
import time
from typing import Any

import pytest

from tests.aws.world import World, cloud_event, http_event

EVENT = cloud_event("shipment.status.v1", "A7K3Q-9XM2T", {"shipmentId": "S1", "status": "shipped"})


def new(**changes: Any) -> dict[str, Any]:
    fresh = cloud_event("shipment.status.v1", "A7K3Q-9XM2T", {"shipmentId": "S1", "status": "shipped"})
    return {**fresh, **changes}


def test_a_signed_event_is_taken_stored_and_handed_on(shop: World) -> None:
    event = new()
    answer = shop.hook(event)
    assert (answer.status, answer.json()) == (202, {"reason": "taken"})
    row = shop.rows("PersonalTable")[f"RECEIVED#wms {event['id']}"]
    assert json.loads(row["body"]["S"]) == event
    (job,) = shop.receive("BackOfficeQueue")
    assert json.loads(job["Body"]) == {"source": "wms", "eventId": event["id"]}
    shop.clear("BackOfficeQueue", [job])


def test_a_body_in_base64_is_the_same_body(shop: World) -> None:
    assert shop.hook(new(), as_base64=True).status == 202
    shop.settle()


def test_header_names_may_come_in_any_case(shop: World) -> None:
    event = new()
    body = json.dumps(event).encode()
    headers = {**shop.signed(body, str(event["id"]), shop.credentials.wms_secret)}
    for write in (str.upper, str.title, str.swapcase):
        asked = http_event("POST", "/hooks/wms", {}, body, {"source": "wms"})
        asked["headers"] = {write(name): value for name, value in headers.items()}
        assert shop.invoke("BackofficeEventsFunction", asked)["statusCode"] == 202
    shop.settle()


@pytest.mark.parametrize("claimed", ["not base64!", "e30=e30=", "訂單"])
def test_a_body_that_only_claims_to_be_base64_is_no_body(shop: World, claimed: str) -> None:
    before = shop.state()
    event = new()
    headers = shop.signed(claimed.encode(), str(event["id"]), shop.credentials.wms_secret)
    asked = http_event("POST", "/hooks/wms", headers, b"", {"source": "wms"})
    asked |= {"body": claimed, "isBase64Encoded": True}
    assert shop.invoke("BackofficeEventsFunction", asked)["statusCode"] == 401
    assert shop.state() == before


@pytest.mark.parametrize("subject", ["訂單 1", "a b\tc", "x" * 200, "A7K3Q-9XM2T", "🍵", ""])
def test_any_subject_has_a_place_in_the_queue(shop: World, subject: str) -> None:
    assert shop.hook(new(subject=subject)).status == 202
    (job,) = shop.receive("BackOfficeQueue")
    assert re.fullmatch(r"[0-9a-f]{64}", job["Attributes"]["MessageGroupId"])
    shop.clear("BackOfficeQueue", [job])


def test_events_of_one_order_wait_for_each_other_however_its_number_is_written(shop: World) -> None:
    for subject in ("A7K3Q-9XM2T", " a7k3q-9xm2t ", "B8M4R-2YN3V"):
        assert shop.hook(new(subject=subject)).status == 202
    jobs = shop.receive("BackOfficeQueue")
    groups = [job["Attributes"]["MessageGroupId"] for job in jobs]
    shop.clear("BackOfficeQueue", jobs)
    while more := shop.receive("BackOfficeQueue"):
        groups += [job["Attributes"]["MessageGroupId"] for job in more]
        shop.clear("BackOfficeQueue", more)
    assert sorted(groups.count(group) for group in set(groups)) == [1, 2]


def test_a_duplicate_is_taken_and_handed_on_again_but_stored_once(shop: World) -> None:
    event = new()
    first, rows = shop.hook(event), shop.rows("PersonalTable")
    second = shop.hook(event)
    assert (first.status, second.status) == (202, 202)
    assert shop.rows("PersonalTable") == rows
    jobs = shop.receive("BackOfficeQueue")
    assert [json.loads(job["Body"])["eventId"] for job in jobs] == [event["id"]] * 2
    shop.clear("BackOfficeQueue", jobs)


def test_the_same_id_with_another_body_is_a_conflict(shop: World) -> None:
    event = new()
    assert shop.hook(event).status == 202
    shop.settle()
    before = shop.state()
    answer = shop.hook({**event, "data": {"shipmentId": "S1", "status": "delivered"}})
    assert (answer.status, answer.json()) == (409, {"reason": "id: was taken with another body"})
    assert shop.state() == before


def test_the_same_id_from_another_source_is_another_event(shop: World) -> None:
    event = cloud_event("stock.level.v1", None, {"sku": "TEA-JAS", "onHand": 2400, "version": 1})
    assert [shop.hook(event).status, shop.hook(event, "shop").status] == [202, 202]
    shop.settle()


NOW = int(time.time())
SIGNATURE_HEADERS: list[dict[str, str]] = [
    {"webhook-id": ""},
    {"webhook-timestamp": ""},
    {"webhook-signature": ""},
    {"webhook-id": "another"},
    {"webhook-signature": "v1,"},
    {"webhook-signature": "v1"},
    {"webhook-signature": "v1,not base64 at all"},
    {"webhook-signature": "v1,AAAA"},
    {"webhook-signature": "v1,簽章"},
    {"webhook-signature": "v1,\udcff"},
    {"webhook-signature": ",,,, , ,"},
    {"webhook-signature": "v1a,AAAA v2,BBBB"},
    {"webhook-signature": " ".join(["v1,AAAA"] * 500)},
    {"webhook-timestamp": "now"},
    {"webhook-timestamp": "-1"},
    {"webhook-timestamp": f"{NOW}.5"},
    {"webhook-timestamp": f" {NOW}"},
    {"webhook-timestamp": "1_790_000_000"},
    {"webhook-timestamp": "１７９００００００"},
    {"webhook-timestamp": "9" * 400},
    {"webhook-timestamp": "NaN"},
    {"webhook-timestamp": str(NOW - 1)},
    {"webhook-timestamp": f"{NOW},{NOW}"},
    {"webhook-id": "訂單"},
    {"webhook-id": "x" * 3_000},
    {"webhook-id": "\udcff"},
]


@pytest.mark.parametrize("headers", SIGNATURE_HEADERS)
def test_a_missing_or_malformed_proof_is_401_and_never_an_error(shop: World, headers: dict[str, str]) -> None:
    before = shop.state()
    answer = shop.hook(new(), headers=headers)
    assert answer.status == 401
    assert shop.state() == before


def test_an_unsigned_event_is_401(shop: World) -> None:
    before = shop.state()
    body = json.dumps(EVENT).encode()
    for headers in ({}, {"content-type": "application/cloudevents+json"}):
        assert shop.call("POST", "/hooks/wms", headers, body).status == 401
    assert shop.state() == before


@pytest.mark.parametrize(("late", "status"), [(-3600, 401), (-310, 401), (-290, 202), (290, 202), (310, 401)])
def test_a_proof_counts_for_five_minutes_in_both_directions(shop: World, late: int, status: int) -> None:
    before = shop.state()
    assert shop.hook(new(), sent_at=int(time.time()) + late).status == status
    shop.settle()
    assert (shop.state() == before) == (status == 401)


def test_another_source_s_secret_proves_nothing(shop: World) -> None:
    before = shop.state()
    assert shop.hook(new(), "wms", secret=shop.credentials.shop_secret).status == 401
    assert shop.state() == before


def test_one_of_several_signatures_is_enough_while_a_sender_rotates(shop: World) -> None:
    event = new()
    body = json.dumps(event, ensure_ascii=False).encode()
    from_old, from_new = (
        shop.signed(body, str(event["id"]), secret)["webhook-signature"]
        for secret in ("whsec_b2xk", shop.credentials.wms_secret)
    )
    assert shop.hook(event, headers={"webhook-signature": f"{from_old} {from_new}"}).status == 202
    shop.settle()


@pytest.mark.parametrize("source", ["unknown", "", "wms2", "WMS", "../wms", "%2e%2e", "__class__", "微軟"])
def test_an_unknown_source_is_404_whatever_it_proves(shop: World, source: str) -> None:
    before = shop.state()
    assert shop.hook(new(), source).status == 404
    assert shop.state() == before


def test_the_shop_s_own_source_may_not_speak_of_parcels(shop: World) -> None:
    before = shop.state()
    answer = shop.hook(new(), "shop")
    assert (answer.status, answer.json()) == (403, {"reason": "type: shop may not send shipment.status.v1"})
    assert shop.state() == before


def test_a_body_over_256_kilobytes_is_413(shop: World) -> None:
    before = shop.state()
    large = new(data={"shipmentId": "S1", "status": "shipped", "note": "長" * 90_000})
    assert shop.hook(large).status == 413
    assert shop.call("POST", "/hooks/wms", {}, b"x" * (256 * 1024 + 1)).status == 413
    assert shop.state() == before


MALFORMED: list[tuple[bytes, str]] = [
    (b"", "body: not JSON"),
    (b"not json", "body: not JSON"),
    (b"\xff\xfe\x00", "body: not JSON"),
    (b"[" * 100_000, "body: not JSON"),
    (b'{"id": ' + b"9" * 5000 + b"}", "body: not JSON"),
    (b'{"id": "a", "id": "b"}', "body: not JSON"),
    (json.dumps({**EVENT, "data": {"amount": float("nan")}}).encode(), "body: not JSON"),
    (b"[]", "body:"),
    (b"null", "body:"),
    (b"7", "body:"),
    (json.dumps({**EVENT, "specversion": "0.3"}).encode(), "specversion:"),
    (
        json.dumps({name: value for name, value in EVENT.items() if name != "type"}).encode(),
        "type: Field required",
    ),
    (json.dumps({**EVENT, "id": ""}).encode(), "id:"),
    (json.dumps({**EVENT, "id": 7}).encode(), "id:"),
    (json.dumps({**EVENT, "source": ""}).encode(), "source:"),
    (json.dumps({**EVENT, "data": "shipped"}).encode(), "data:"),
    (json.dumps({**EVENT, "time": "yesterday"}).encode(), "time:"),
    (json.dumps({**EVENT, "subject": {"order": 1}}).encode(), "subject:"),
]


@pytest.mark.parametrize(("body", "where"), MALFORMED)
def test_a_signed_body_that_is_no_event_is_400_and_says_where(shop: World, body: bytes, where: str) -> None:
    before = shop.state()
    answer = shop.hook(body, as_base64=True)
    assert answer.status == 400
    assert answer.json()["reason"].startswith(where)
    assert shop.state() == before


@pytest.mark.parametrize(
    "event",
    [
        new(type="parcel.weighed.v9"),
        new(data={"shipmentId": "S1", "status": "teleported"}),
        new(subject=None),
        new(subject="ZZZZZ-ZZZZZ"),
        new(type="stock.level.v1", data={"sku": "NONE", "onHand": 3, "version": 1}),
        new(type="order.cancel.requested.v1", data={"reason": "x"}),
    ],
)
def test_what_cannot_be_understood_or_applied_yet_is_taken_and_parked(
    shop: World, event: dict[str, Any]
) -> None:
    answer = shop.hook(event)
    assert answer.status == 202
    shop.settle()
    row = shop.rows("PersonalTable")[f"RECEIVED#wms {event['id']}"]
    assert row["state"]["S"] == "parked"
    assert json.loads(row["body"]["S"]) == event, "nothing of it is lost"


@pytest.mark.parametrize(
    ("event", "where"),
    [
        (new(data={"status": "shipped"}), "data.shipmentId: "),
        (new(data={"shipmentId": "S1"}), "data.status: "),
        (
            new(data={"shipmentId": "S1", "status": "shipped", "items": [{"sku": "A", "quantity": True}]}),
            "data.items.0.quantity: ",
        ),
        (new(type="refund.requested.v1", data={"amount": 1.5, "reason": "x"}), "data.amount: "),
        (new(type="refund.requested.v1", data={"amount": 0, "reason": "x"}), "data.amount: "),
        (
            new(type="stock.level.v1", data={"sku": "TEA-JAS", "onHand": -3, "version": 1}),
            "data.onHand: ",
        ),
        (new(type="product.changed.v1", data={"sku": "TEA-JAS"}), "data.unit: "),
    ],
)
def test_data_that_is_not_what_its_type_says_is_400_and_says_where(
    shop: World, event: dict[str, Any], where: str
) -> None:
    before = shop.state()
    answer = shop.hook(event)
    assert answer.status == 400
    assert answer.json()["reason"].startswith(where)
    assert shop.state() == before


def test_additions_of_a_newer_sender_are_taken(shop: World) -> None:
    event = new(dataschema="https://example.com/v2", traceparent="00-1-2-03", priority=3)
    event["data"]["temperature"] = {"celsius": 4}
    assert shop.hook(event).status == 202
    shop.settle()


def test_a_store_that_fails_is_an_error_so_that_the_sender_tries_again(fresh_shop: World) -> None:
    fresh_shop.remove_queue("BackOfficeQueue")
    event = new()
    assert fresh_shop.hook(event).status == 500
    assert f"RECEIVED#wms {event['id']}" in fresh_shop.rows("PersonalTable"), (
        "stored first: the sweeper finds it"
    )
