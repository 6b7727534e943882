"""What is published for integrators is what the code does: schemas, the OpenAPI document, examples, the page."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator, ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import ValidationError as NotPromised

from dev.contracts.__main__ import MADE_WHOLE, made
from dev.contracts.examples import received_examples, sent_examples
from dev.contracts.openapi import BACK_OFFICE_ANSWERS, document
from dev.contracts.page import UnknownPart, with_made_parts
from dev.contracts.schemas import component_of, kinds, schema_of
from dev.driver.back_office import BackOffice
from dev.local.settings import ROOT
from storefront.contracts.back_office import NotAnEvent, check_data, envelope
from storefront.contracts.order_system import SENT_EVENTS
from storefront.domain.outbox import OrderEvent, OrderEventType
from storefront.domain.shipment import ShipmentStatus
from storefront.services.shipping import NewsKind
from tests.doubles.little_shop import LittleShop
from tests.doubles.promised import hold_to_the_promise, validator_of
from tests.doubles.talking_shop import TalkingShop

type Json = dict[str, Any]

GONE: Final = object()
RECEIVED, SENT = received_examples(), sent_examples()
ONE_OF_EACH = {event["type"]: event for event in (*RECEIVED.values(), *SENT.values())}


def is_valid(event: Json) -> bool:
    return bool(validator_of(event["type"]).is_valid(event))


def changed(event: Json, path: str, value: object) -> Json:
    """A copy of the event with another value at a dotted path, or with none there."""
    copy: Json = json.loads(json.dumps(event))
    *way, last = path.split(".")
    at: Any = copy
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    key = int(last) if isinstance(at, list) else last
    if value is GONE:
        del at[key]
    else:
        at[key] = value
    return copy


# The files ------------------------------------------------------------------------------------------------


def test_what_is_committed_is_what_the_code_makes() -> None:
    files = made()
    apart = [name for name, content in files.items() if (ROOT / name).read_text("utf-8") != content]
    assert apart == [], "run make contracts"


def test_nothing_else_lies_beside_what_is_made() -> None:
    there = {
        str(path.relative_to(ROOT))
        for folder in MADE_WHOLE
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert there <= set(made())


def test_the_page_asks_for_nothing_that_nobody_makes() -> None:
    with pytest.raises(UnknownPart, match="table moons"):
        with_made_parts("<!-- made: table moons -->\n<!-- /made -->")


def test_the_page_shows_every_sample_that_there_is() -> None:
    page = (ROOT / "docs" / "back-office.md").read_text("utf-8")
    samples = ROOT / "docs" / "samples"
    programs = [path for path in samples.iterdir() if path.is_file()]
    assert len(programs) == 8
    for path in (*programs, samples / "to_shop" / "shipped.json", samples / "from_shop" / "order_paid.json"):
        assert path.read_text("utf-8").rstrip() in page, path.name
    for name in sorted(Path(name).name for name in made() if name.startswith("docs/api")):
        assert name.removesuffix(".json") in page, name


def test_the_openapi_document_is_one() -> None:
    assert list(OpenAPIV31SpecValidator(document()).iter_errors()) == []


def test_the_openapi_document_speaks_of_every_event() -> None:
    told = document()
    hook = told["paths"]["/hooks/{source}"]["post"]
    accepted = hook["requestBody"]["content"]["application/cloudevents+json"]["schema"]["discriminator"][
        "mapping"
    ]
    assert set(accepted) == set(NewsKind)
    assert set(told["webhooks"]) == set(OrderEventType) == set(SENT_EVENTS)
    assert {component_of(kind) for kind in kinds()} <= set(told["components"]["schemas"])
    assert set(hook["responses"]) == set(BACK_OFFICE_ANSWERS)


@pytest.mark.parametrize("kind", kinds())
def test_every_schema_is_one_of_draft_2020_12(kind: str) -> None:
    schema = schema_of(kind)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == kind


# Events that we send --------------------------------------------------------------------------------------


def test_every_event_that_the_services_make_is_as_promised() -> None:
    """The doubles of the order system hold every body of every test so; here is one of each, for certain."""
    shops: list[LittleShop | TalkingShop] = []

    def little(way: str) -> None:
        shop = LittleShop()
        if way != "never paid":
            shop.paid()
        if way == "part and rest given back":
            shop.carry_out(shop.refund(100))
            shop.carry_out(shop.refund(620))
        elif way == "called off":
            shop.cancel()
        elif way == "never paid":
            shop.open()
            shop.go_on(4_000)
        shop.go_on(300)
        shops.append(shop)

    for way in ("paid", "part and rest given back", "called off", "never paid"):
        little(way)
    talking = TalkingShop()
    talking.paid("王小明 0912345678 7-11 市府門市")
    talking.say("改地址")
    talking.say("林小雨 0922333444 全家 西門町店")
    talking.go()
    shops.append(talking)

    bodies = [json.loads(event.body) for shop in shops for event in shop.store.all(OrderEvent)]
    assert {event["type"] for event in bodies} == set(OrderEventType)
    assert {event["data"]["delivery"]["method"] for event in bodies} == {"home", "store"}
    assert any("supersedes" in event for event in bodies)
    assert any("paidAt" not in event["data"] for event in bodies)
    for event in bodies:
        hold_to_the_promise(json.dumps(event))


@pytest.mark.parametrize("name", SENT)
def test_our_examples_are_as_promised(name: str) -> None:
    hold_to_the_promise(json.dumps(SENT[name]))


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("order_paid", "subject", GONE),
        ("order_paid", "subject", "A7K3Q9XM2T"),
        ("order_paid", "id", GONE),
        ("order_paid", "time", "yesterday"),
        ("order_paid", "data.paidAt", GONE),
        ("order_paid", "data.delivery", GONE),
        ("order_paid", "data.invoice", GONE),
        ("order_paid", "data.total", 6216.5),
        ("order_paid", "data.total", "6216"),
        ("order_paid", "data.total", -1),
        ("order_paid", "data.lines", []),
        ("order_paid", "data.lines.0.quantity", 0),
        ("order_paid", "data.currency", "NTD"),
        ("order_paid", "data.delivery.method", "drone"),
        ("order_paid", "data.delivery.address", GONE),
        ("order_paid", "data.delivery.wishedDate", "11/27"),
        ("order_paid_store", "data.delivery.store.chain", "7-11"),
        ("order_paid", "data.invoice.kind", "cloud"),
        ("order_cancelled", "data.reason", GONE),
        ("order_refunded", "data.refundedAmount", GONE),
        ("order_refunded", "data.refundedAmount", 0),
        ("order_refunded", "data.refundedTotal", GONE),
    ],
)
def test_a_body_that_was_not_promised_is_noticed(name: str, path: str, value: object) -> None:
    with pytest.raises((ValidationError, NotPromised)):
        hold_to_the_promise(json.dumps(changed(SENT[name], path, value)))
    assert not is_valid(changed(SENT[name], path, value)), "by the published schema too"


@pytest.mark.parametrize(
    "path", ["data.note", "data.invoice.title", "data.delivery.wishedDate", "supersedes"]
)
def test_what_there_is_not_is_left_out_and_never_null(path: str) -> None:
    assert not is_valid(changed(SENT["order_paid_elsewhere"], path, None))


def test_receivers_are_told_to_bear_with_more_than_we_may_send() -> None:
    event = {**SENT["order_paid"], "traceparent": "00-1-2-03"}
    assert is_valid(event)
    with pytest.raises(NotPromised):
        hold_to_the_promise(json.dumps(event))


# Events that others send ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECEIVED)
def test_our_examples_of_their_events_are_valid_and_taken(name: str) -> None:
    event = RECEIVED[name]
    assert is_valid(event)
    check_data(envelope(json.dumps(event).encode()))


def test_there_is_an_example_of_every_event() -> None:
    assert set(ONE_OF_EACH) == set(kinds())


@pytest.mark.parametrize("status", ShipmentStatus)
def test_every_status_is_in_the_schema(status: ShipmentStatus) -> None:
    assert is_valid(changed(RECEIVED["shipped"], "data.status", status.value))


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("shipped", "traceparent", "00-1-2-03"),
        ("shipped", "data.weight", {"grams": 900}),
        ("shipped", "time", "2026-11-24T02:02:00Z"),
        ("split", "data.items", []),
        ("product_changed", "data.price_twd", "1,190"),
        ("product_changed", "data.price_tiers", "24:181|60:170"),
        ("product_changed", "data.packs", ""),
        ("product_changed", "data.aliases", "茉莉|茉綠"),
        ("product_changed", "data.active", "no"),
        ("product_changed", "data.allergens", ["milk"]),
        ("product_changed", "data.specification_en", {"Net weight": 60}),
        ("refund", "data.amount", GONE),
        ("cancel", "data.reason", GONE),
        ("stock_level", "data.onHand", 0),
        ("shipped", "subject", "WEB-20261124-0007"),
        ("order_placed", "subject", GONE),
        ("order_placed", "data.externalNumber", "web-7731"),
        ("order_placed", "data.placedAt", GONE),
        ("order_placed", "data.language", "ja"),
        ("order_placed", "data.lines.0.name", GONE),
        ("order_placed", "data.delivery.wishedDate", "2026-11-27"),
        ("order_placed", "data.delivery.recipient.phone", "02-2345-6789"),
    ],
)
def test_what_the_schema_allows_is_taken(name: str, path: str, value: object) -> None:
    event = changed(RECEIVED[name], path, value)
    assert is_valid(event)
    check_data(envelope(json.dumps(event).encode()))


WRONG = [
    ("shipped", "specversion", GONE),
    ("shipped", "specversion", "0.3"),
    ("shipped", "id", GONE),
    ("shipped", "id", ""),
    ("shipped", "id", 7),
    ("shipped", "source", GONE),
    ("shipped", "type", GONE),
    ("shipped", "time", "yesterday"),
    ("shipped", "data", "shipped"),
    ("shipped", "data.shipmentId", GONE),
    ("shipped", "data.shipmentId", ""),
    ("shipped", "data.status", GONE),
    ("shipped", "data.store", {"address": "nowhere"}),
    ("split", "data.items.0.quantity", 0),
    ("split", "data.items.0.quantity", 1.5),
    ("split", "data.items.0.quantity", "12"),
    ("split", "data.items.0.sku", GONE),
    ("stock_level", "data.onHand", -1),
    ("stock_level", "data.onHand", "12"),
    ("stock_level", "data.version", GONE),
    ("refund", "data.amount", 0),
    ("refund", "data.amount", 99.5),
    ("refund", "data.amount", "171"),
    ("cancel", "data.reason", 7 * ["no"]),
    ("product_changed", "data.sku", GONE),
    ("product_changed", "data.unit", "palette"),
    ("product_changed", "data.price_twd", 180.5),
    ("product_changed", "data.price_twd", "about 180"),
    ("product_changed", "data.return_policy", "thirty-days"),
    ("product_changed", "data.version", 0),
    ("product_changed", "data.version", GONE),
    ("product_changed", "data.packs", {"palette": 40}),
    ("product_changed", "data.allergens", ["gras"]),
    ("order_placed", "data.externalNumber", GONE),
    ("order_placed", "data.externalNumber", "A-1"),
    ("order_placed", "data.externalNumber", "-WEB-7731"),
    ("order_placed", "data.externalNumber", "WEB 7731"),
    ("order_placed", "data.externalNumber", "MY-ORDER"),
    ("order_placed", "data.lines", []),
    ("order_placed", "data.lines.0.quantity", 0),
    ("order_placed", "data.lines.0.unitPrice", 180.5),
    ("order_placed", "data.total", GONE),
    ("order_placed", "data.total", -60),
    ("order_placed", "data.currency", "NTD"),
    ("order_placed", "data.delivery", GONE),
    ("order_placed", "data.delivery.method", "drone"),
    ("order_placed", "data.delivery.address", GONE),
    ("order_placed", "data.delivery.recipient.phone", GONE),
    ("order_placed", "data.delivery.recipient.phone", "12345"),
    ("order_placed", "data.delivery.wishedDate", "2026-13-01"),
    ("order_placed", "data.placedAt", "yesterday"),
    ("order_placed", "data.placedAt", "2026-11-24T09:11:40"),
    ("order_placed", "data.language", "fr"),
]


@pytest.mark.parametrize(("name", "path", "value"), WRONG)
def test_what_the_schema_refuses_is_refused_at_the_door(name: str, path: str, value: object) -> None:
    wrong = changed(RECEIVED[name], path, value)
    assert not validator_of(RECEIVED[name]["type"]).is_valid(wrong)
    with pytest.raises(NotAnEvent, match=r"^(data|specversion|id|source|type|time)"):
        check_data(envelope(json.dumps(wrong).encode()))


@pytest.mark.parametrize(
    ("name", "path", "value"),
    [
        ("shipped", "data.status", "shiped"),
        ("shipped", "subject", GONE),
        ("shipped", "subject", "what they said"),
        ("cancel", "subject", "12345"),
        ("shipped", "data.trackingUrl", "http://track.example/1"),
        ("shipped", "data.trackingNumber", 905512345678),
        ("stock_level", "subject", "A7K3Q-9XM2T"),
    ],
)
def test_the_schema_is_stricter_than_the_door_where_the_door_only_bears_with_a_slip(
    name: str, path: str, value: object
) -> None:
    slip = changed(RECEIVED[name], path, value)
    assert not is_valid(slip)
    check_data(envelope(json.dumps(slip).encode()))


def test_what_the_local_back_office_sends_is_valid() -> None:
    office = BackOffice("http://127.0.0.1:1")
    for kind, subject, data in (
        ("shipment.status.v1", "A7K3Q-9XM2T", {"shipmentId": "S1", "status": "shipped"}),
        ("stock.level.v1", None, {"sku": "TEA-JAS", "onHand": 3, "version": 1}),
    ):
        assert is_valid(office.event(kind, subject, data))
