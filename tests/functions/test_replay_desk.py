"""The replay desk, invoked by people: events that wait are listed, shown, replayed and dismissed (X25, G3 to G5)."""

import json
import uuid
from typing import Any

import pytest

from storefront.domain.casework import CaseKind, OperatorCase, ReceivedEvent, ReceivedState
from storefront.domain.order import OrderState
from tests.aws.world import World, cloud_event

FUNCTION = "OperatorDeskFunction"
SIGNED = {"who": "arn:aws:iam::1:user/mei", "note": "the warehouse has mended it"}


def ask(shop: World, task: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = shop.invoke(FUNCTION, {"task": task, **more})
    return answer


def waiting(shop: World) -> list[dict[str, Any]]:
    return list(ask(shop, "events")["events"])


def parked_for_an_unknown_order(shop: World) -> str:
    """An event of an order that is not there, and the desk's name of it."""
    event = cloud_event("shipment.status.v1", "A7K3Q-9XM2T", {"shipmentId": "S1", "status": "shipped"})
    assert shop.hook(event).status == 202
    shop.settle()
    return f"events:wms:{event['id']}"


def test_an_unknown_word_is_listed_shown_and_dismissed_and_never_comes_back_G5_X25(fresh_shop: World) -> None:
    shop = fresh_shop
    _, order = shop.phone().bought("我要 2 盒鳳梨酥")
    event = cloud_event(
        "shipment.status.v1", order.order_number, {"shipmentId": "S1", "status": "teleported"}
    )
    shop.hook(event)
    shop.settle()
    name = f"events:wms:{event['id']}"

    (item,) = waiting(shop)
    assert item == {
        "id": name,
        "place": "events",
        "kind": "parked",
        "type": "shipment.status.v1",
        "order": order.order_number,
        "since": item["since"],
        "why": "unknown-status:teleported",
        "triesAgainAt": None,
        "offers": ["replay", "dismiss"],
    }
    shown = ask(shop, "event", id=name)["event"]
    assert (shown["body"]["id"], shown["wouldGoOut"]) == (event["id"], [])
    assert shown["nothingBecause"] == "it would be parked again: unknown-status:teleported"

    done = ask(shop, "dismiss_event", id=name, **SIGNED)["event"]
    assert (done["kind"], done["offers"], done["body"]) == ("dismissed", [], None)
    assert [(each["who"], each["action"], each["note"]) for each in done["audit"]] == [
        (SIGNED["who"], "dismiss", SIGNED["note"])
    ]
    before = shop.state()
    shop.hook(event)
    shop.settle()
    again = ask(shop, "dismiss_event", id=name, **SIGNED)
    assert again == {"refused": "it does not wait: it is dismissed"}
    assert shop.state() == before
    assert waiting(shop) == []
    assert [each["id"] for each in ask(shop, "events", show="dismissed")["events"]] == [name]


def test_what_would_go_out_is_shown_without_writing_and_goes_out_once_when_it_is_replayed_N1(
    fresh_shop: World,
) -> None:
    """The warehouse was faster than the money: its event is parked when the order is paid."""
    shop = fresh_shop
    phone = shop.phone()
    _, payment = phone.ordered("我要 2 盒鳳梨酥")
    number = phone.order().order_number
    event = cloud_event("shipment.status.v1", number, {"shipmentId": "S1", "status": "shipped"})
    shop.hook(event)
    shop.settle()
    item = f"events:wms:{event['id']}"
    assert (
        ask(shop, "event", id=item)["event"]["nothingBecause"] == "it would be parked again: order-not-paid"
    )
    phone.at_line_pay(payment)
    shop.until(lambda: phone.order().state is OrderState.PAID)
    phone.heard()
    before = shop.state()

    (listed,) = waiting(shop)
    shown = ask(shop, "event", id=item)["event"]

    assert shop.state() == before
    assert (listed["id"], listed["kind"], listed["why"]) == (item, "parked", "order-not-paid")
    assert listed["triesAgainAt"] is not None
    (notice,) = shown["wouldGoOut"]
    assert (notice["topic"], notice["language"], notice["notBefore"]) == ("shipment", "zh-TW", None)
    assert number in notice["text"]
    assert (shown["foreseen"]["state"], shown["nothingBecause"]) == ("applied", None)
    assert {"what": "parcel S1", "before": "new", "after": "shipped"} in shown["foreseen"]["changes"]

    replayed = ask(shop, "replay_event", id=item, **SIGNED)["event"]
    assert (replayed["kind"], replayed["nothingBecause"]) == (
        "under_way",
        "it is on its way: look again in a moment",
    )
    refused = ask(shop, "replay_event", id=item, **SIGNED)
    assert refused == {"refused": "it does not wait: it is under_way"}
    shop.hook(event)
    shop.settle()
    assert [entry.message for entry in phone.heard()] == notice["messages"]
    after = ask(shop, "event", id=item)["event"]
    assert (after["kind"], after["audit"][0]["facts"]["foreseen"]) == ("applied", "applied: told")
    assert waiting(shop) == []


def test_an_event_of_an_unknown_order_that_is_replayed_is_parked_again_and_says_so_G4(
    fresh_shop: World,
) -> None:
    shop = fresh_shop
    item = parked_for_an_unknown_order(shop)

    ask(shop, "replay_event", id=item, **SIGNED)
    shop.settle()

    (listed,) = waiting(shop)
    assert (listed["id"], listed["kind"], listed["why"]) == (item, "parked", "unknown-order")
    assert ask(shop, "event", id=item)["event"]["audit"][0]["facts"] == {
        "was": "parked: unknown-order",
        "type": "shipment.status.v1",
        "order": "A7K3Q-9XM2T",
        "foreseen": "parked: unknown-order",
    }


def test_a_quarantined_event_is_settled_with_its_case_G3(fresh_shop: World) -> None:
    shop = fresh_shop
    _, order = shop.phone().bought("我要 2 盒鳳梨酥")
    shop.shipment(order.order_number, "delivered")
    shop.shipment(order.order_number, "lost")

    (listed,) = waiting(shop)
    assert (listed["kind"], listed["why"]) == ("quarantined", "contradicts:delivered")
    shown = ask(shop, "event", id=listed["id"])["event"]
    assert shown["nothingBecause"] == "it would be quarantined again: contradicts:delivered"
    assert len(ask(shop, "list")["cases"]) == 1

    ask(shop, "dismiss_event", id=listed["id"], **SIGNED)

    assert (waiting(shop), ask(shop, "list")["cases"]) == ([], [])
    case = shop.store.read(OperatorCase, CaseKind.EVENT_QUARANTINED, listed["id"].removeprefix("events:"))
    assert case is not None
    assert (case.resolved_by, case.resolution) == (SIGNED["who"], SIGNED["note"])


# Dead letters ------------------------------------------------------------------------------------------------


def given_up(shop: World) -> tuple[dict[str, Any], str]:
    """An event that the door has taken and whose job the queue gave up: the event, and the order's number."""
    phone, order = shop.phone(), ""
    _, bought = phone.bought("我要 2 盒鳳梨酥")
    order = bought.order_number
    event = cloud_event("shipment.status.v1", order, {"shipmentId": "S1", "status": "shipped"})
    shop.hook(event)
    shop.clear("BackOfficeQueue", shop.receive("BackOfficeQueue"))
    job = json.dumps({"source": "wms", "eventId": event["id"]})
    shop.put("BackOfficeDeadLetters", job, group=order)
    phone.heard()
    return event, order


def test_a_dead_letter_is_looked_at_as_often_as_one_likes_and_sent_back_once(fresh_shop: World) -> None:
    shop = fresh_shop
    event, number = given_up(shop)

    listed = [waiting(shop) for _ in range(3)]
    assert listed[0] == listed[1] == listed[2]
    (item,) = listed[0]
    assert (item["place"], item["kind"], item["why"]) == (
        "back_office",
        "dead_letter",
        "given up by its queue",
    )
    shown = ask(shop, "event", id=item["id"])["event"]
    assert (shown["body"]["id"], len(shown["wouldGoOut"])) == (event["id"], 1)
    assert number in shown["wouldGoOut"][0]["text"]

    ask(shop, "replay_event", id=item["id"], **SIGNED)
    assert shop.waiting("BackOfficeDeadLetters") == 0
    shop.settle()

    received = shop.store.read(ReceivedEvent, "wms", event["id"])
    assert received is not None
    assert received.state is ReceivedState.APPLIED
    gone = ask(shop, "event", id=item["id"])["event"]
    assert (gone["kind"], gone["audit"][0]["action"]) == ("under_way", "replay")
    assert waiting(shop) == []


def test_a_dismissed_dead_letter_takes_its_event_along(fresh_shop: World) -> None:
    shop = fresh_shop
    event, _ = given_up(shop)
    (item,) = waiting(shop)

    done = ask(shop, "dismiss_event", id=item["id"], **SIGNED)["event"]

    assert (done["kind"], done["body"]) == ("dismissed", {"source": "wms", "eventId": event["id"]})
    assert shop.waiting("BackOfficeDeadLetters") == 0
    before = shop.state()
    shop.hook(event)
    shop.settle()
    assert shop.state() == before
    assert (waiting(shop), shop.failures) == ([], [])


@pytest.mark.parametrize(
    ("queue", "place", "body", "kind", "order"),
    [
        (
            "PaymentsDeadLetters",
            "payments",
            {"job": "refund", "orderNumber": "A7K3Q-9XM2T", "refundId": "r1"},
            "refund",
            "A7K3Q-9XM2T",
        ),
        ("OrderEventsDeadLetters", "order_events", {"eventId": "A7K3Q-9XM2T:paid"}, "event", "A7K3Q-9XM2T"),
    ],
)
def test_what_other_queues_gave_up_is_dismissed_with_its_body_in_the_journal(
    shop: World, queue: str, place: str, body: dict[str, Any], kind: str, order: str
) -> None:
    shop.put(queue, json.dumps(body))
    (item,) = [each for each in waiting(shop) if each["place"] == place]
    assert (item["type"], item["order"], item["offers"]) == (kind, order, ["replay", "dismiss"])

    ask(shop, "dismiss_event", id=item["id"], **SIGNED)

    assert shop.waiting(queue) == 0
    audit = ask(shop, "event", id=item["id"])["event"]["audit"]
    assert [json.loads(each["facts"]["body"]) for each in audit] == [body]


def test_of_what_a_customer_wrote_the_desk_shows_and_keeps_no_word(fresh_shop: World) -> None:
    shop = fresh_shop
    phone = shop.phone()
    phone.say("我要 2 盒鳳梨酥")
    written = json.dumps(
        {
            "receivedAt": "2026-11-24T06:00:00+00:00",
            "event": shop.line.text(phone.user_id, "秘密 0912-345-678"),
        }
    )
    shop.put("InquiryDeadLetters", written, group=phone.customer_id)

    (item,) = waiting(shop)
    shown = ask(shop, "event", id=item["id"])["event"]
    assert (shown["type"], shown["body"]["customerId"]) == ("text", phone.customer_id)
    dismissed = ask(shop, "dismiss_event", id=item["id"], **SIGNED)

    told = json.dumps([item, shown, dismissed, ask(shop, "events", show="dismissed")], ensure_ascii=False)
    assert not any(word in told for word in ("秘密", "0912", phone.user_id))
    assert "秘密" not in str(shop.state())


@pytest.mark.parametrize(
    "event",
    [
        {"task": "event"},
        {"task": "event", "id": "wms:e1"},
        {"task": "event", "id": "events:wms"},
        {"task": "event", "id": "events:wms:nobody"},
        {"task": "event", "id": f"payments:{uuid.uuid4()}"},
        {"task": "events", "show": "everything"},
        {"task": "replay_event", "id": "events:wms:nobody", **SIGNED},
        {"task": "replay_event", "id": f"chat:{uuid.uuid4()}", **SIGNED},
        {"task": "dismiss_event", "id": "events:wms:nobody", "who": "mei"},
        {"task": "dismiss_event", "id": "events:wms:nobody", "who": " ", "note": "x"},
    ],
)
def test_what_cannot_be_done_changes_nothing_and_is_refused_in_words(
    shop: World, event: dict[str, Any]
) -> None:
    before = shop.state()
    answer = shop.invoke(FUNCTION, event)
    assert answer.keys() == {"refused"}
    assert shop.state() == before
