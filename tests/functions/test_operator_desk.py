"""Invoked by people: operator cases are listed, shown and settled, each step with who and why (X25)."""

from typing import Any

import pytest

from storefront.domain.order import OrderState
from tests.aws.world import World

FUNCTION = "OperatorDeskFunction"
ACT = {"task": "act", "who": "arn:aws:iam::1:user/mei", "note": "spoke with the customer"}


def act(shop: World, action: str, kind: str, subject: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = shop.invoke(
        FUNCTION, {**ACT, "action": action, "kind": kind, "subject": subject, **more}
    )
    return answer


def test_a_return_is_given_back_with_two_fields_typed_in_and_leaves_an_audit(fresh_shop: World) -> None:
    shop = fresh_shop
    phone = shop.phone()
    _, order = phone.bought("我要 2 盒鳳梨酥")
    number = order.order_number
    shop.shipment(number, "label_created")
    shop.settle()
    phone.say("取消訂單")
    (case,) = shop.invoke(FUNCTION, {"task": "list"})["cases"]
    assert (case["kind"], case["subject"], case["offers"]) == (
        "return_requested",
        number,
        ["resolve", "refund", "refunded_by_hand"],
    )

    refused = act(shop, "refund", "return_requested", number, amount=order.captured)
    assert refused == {"refused": "the order number is not that of the case"}
    done = act(shop, "refund", "return_requested", number, orderNumber=number, amount=order.captured)
    shop.settle()

    assert done["case"]["resolvedBy"] == ACT["who"]
    assert phone.order().state is OrderState.REFUNDED
    shown = shop.invoke(FUNCTION, {"task": "show", "kind": "return_requested", "subject": number})["case"]
    assert shown["order"]["refunded"] == order.captured
    assert [(entry["who"], entry["action"], entry["note"]) for entry in shown["audit"]] == [
        (ACT["who"], "refund", ACT["note"])
    ]
    assert [refund["state"] for refund in shown["refunds"]] == ["done"]
    assert shop.invoke(FUNCTION, {"task": "list"}) == {"cases": []}


def test_the_record_of_a_quote_is_read_by_its_number(shop: World) -> None:
    phone = shop.phone()
    name = phone.quote()
    phone.accept()
    quote_id = name.rpartition("-")[0]
    record = shop.invoke(FUNCTION, {"task": "record", "quoteId": quote_id})["record"]
    assert [(entry["version"], entry["kind"]) for entry in record["entries"]] == [
        (1, "offered"),
        (1, "accepted"),
    ]
    assert record["versions"][0]["orderNumber"] == phone.order().order_number
    assert shop.invoke(FUNCTION, {"task": "record", "quoteId": "none"}) == {"refused": "no such quote"}


def test_a_case_that_is_not_there_is_refused_in_words(shop: World) -> None:
    answer = shop.invoke(FUNCTION, {"task": "show", "kind": "confirm_unknown", "subject": "nobody"})

    assert answer == {"refused": "there is no case confirm_unknown nobody"}


SHOW = {"task": "show", "kind": "confirm_unknown"}


@pytest.mark.parametrize(
    "event",
    [
        {},
        {**SHOW, "subject": ""},
        {**SHOW, "subject": "x" * 3000},
        {**ACT, "action": "resolve", "kind": "confirm_unknown", "subject": "x", "note": "n" * 1001},
        {"task": "pay", "kind": "confirm_unknown", "subject": "x"},
        {**ACT, "action": "mark_paid", "kind": "confirm_unknown", "subject": "x"},
        {**ACT, "action": "refund", "kind": "confirm_unknown", "subject": "x", "amount": "720"},
        {**ACT, "action": "refund", "kind": "confirm_unknown", "subject": "x", "amount": -1},
        {**ACT, "action": "refund", "kind": "confirm_unknown", "subject": "x", "amount": 1.5},
    ],
)
def test_what_is_no_task_changes_nothing_and_is_refused_in_words(shop: World, event: dict[str, Any]) -> None:
    before = shop.state()
    answer = shop.invoke(FUNCTION, event)
    assert answer.keys() == {"refused"}
    assert len(answer["refused"]) < 300, "what was typed is not repeated"
    assert shop.state() == before


def test_words_that_nobody_understood_are_listed_with_how_often_they_were_written(fresh_shop: World) -> None:
    shop = fresh_shop
    shop.phone().say("我想買蛋捲 3 盒")
    shop.phone().say("蛋捲兩盒")

    (phrase,) = shop.invoke(FUNCTION, {"task": "phrases"})["phrases"]

    assert (phrase["phrase"], phrase["count"], phrase["language"]) == ("蛋捲", 2, "zh-TW")
