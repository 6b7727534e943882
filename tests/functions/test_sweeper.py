"""Every minute, and when a workflow died: what was left half done is found and handed on (O3, D6, D7)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.order import OrderState
from storefront.services.ports import DueKind
from tests.aws.world import Phone, World, words

SCHEDULE = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "123456789012",
    "time": "2026-11-23T04:00:00Z",
    "region": "ap-northeast-1",
    "resources": ["arn:aws:events:ap-northeast-1:123456789012:rule/every-minute"],
    "detail": {},
}


def died(name: str, status: str) -> dict[str, Any]:
    """As EventBridge tells of an execution that ended badly."""
    arn = "arn:aws:states:ap-northeast-1:123456789012"
    return {
        **SCHEDULE,
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "resources": [f"{arn}:execution:shop-order:{name}"],
        "detail": {
            "executionArn": f"{arn}:execution:shop-order:{name}",
            "stateMachineArn": f"{arn}:stateMachine:shop-order",
            "name": name,
            "status": status,
            "startDate": 1790000000000,
            "stopDate": 1790000001000,
            "input": "{}",
            "output": None,
        },
    }


def test_nothing_to_do_is_done_without_a_write(fresh_shop: World) -> None:
    before = fresh_shop.state()
    found = fresh_shop.invoke("SweeperFunction", SCHEDULE)
    assert set(found["found"].values()) == {0}
    assert fresh_shop.state() == before


def test_a_message_that_a_crash_left_unsent_is_sent_once(fresh_shop: World) -> None:
    phone = fresh_shop.phone()
    # LINE does not answer: the message stays in the outbox.
    with fresh_shop.line_out_of_order():
        phone.say("謝謝")
    assert phone.heard() == []
    fresh_shop.make_due(DueKind.MESSAGE)
    for _ in range(2):
        fresh_shop.invoke("SweeperFunction", SCHEDULE)
        fresh_shop.settle()
    assert len(phone.heard()) == 1


def test_an_order_whose_workflow_never_woke_gets_its_link_all_the_same(fresh_shop: World) -> None:
    phone = fresh_shop.phone()
    name = phone.quote()
    phone.accept()
    fresh_shop.lose_token(name, "decision")
    phone.say("王小明 0912345678 台北市信義區市府路45號")
    assert phone.payment_link() is None
    fresh_shop.make_due(DueKind.ORDER)
    fresh_shop.invoke("SweeperFunction", SCHEDULE)
    fresh_shop.settle()
    assert phone.payment_link() is not None


def test_a_lost_job_to_the_order_system_is_sent_by_the_sweep(fresh_shop: World) -> None:
    fresh_shop.order_system.answers = [503]
    phone = fresh_shop.phone()
    phone.bought()
    assert fresh_shop.order_system.events == []
    fresh_shop.make_due(DueKind.ORDER_EVENT)
    fresh_shop.invoke("SweeperFunction", SCHEDULE)
    fresh_shop.settle()
    assert len(fresh_shop.order_system.events) == 1


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_dead_workflow_of_a_paid_order_becomes_one_case_for_a_person(shop: World, status: str) -> None:
    phone = shop.phone()
    name, order = phone.bought()
    assert shop.invoke("SweeperFunction", died(name, status)) == {"caseOpened": True}
    assert shop.invoke("SweeperFunction", died(name, status)) == {"caseOpened": False}
    case = shop.store.read(OperatorCase, CaseKind.DELIVERY_SILENT, order.order_number)
    assert case is not None
    assert case.facts == {"state": status}


def test_a_dead_workflow_of_what_is_over_is_nobody_s_case(shop: World) -> None:
    phone = shop.phone()
    name, order = phone.bought()
    shop.shipment(order.order_number, "delivered")
    before = shop.state()
    assert shop.invoke("SweeperFunction", died(name, "FAILED")) == {"caseOpened": False}
    assert shop.invoke("SweeperFunction", died("0000000000000000-1", "FAILED")) == {"caseOpened": False}
    assert shop.state() == before


def test_an_order_that_nobody_pays_ends_by_the_sweep_too(fresh_shop: World) -> None:
    phone = fresh_shop.phone()
    _, payment = phone.ordered()
    order = phone.order()
    assert order.state is OrderState.AWAITING_PAYMENT
    past = datetime.now(UTC) - timedelta(days=2)
    fresh_shop.put_order(order, hold_until=past, due_at=past)
    fresh_shop.invoke("SweeperFunction", SCHEDULE)
    fresh_shop.settle()
    assert phone.order().state is OrderState.EXPIRED
    assert fresh_shop.stock("TEA-JAS") == {"on_hand": 2400, "available": 2400, "held": 0, "committed": 0}
    assert payment.confirmed_at is None
    assert "付款成功" not in words(phone.everything())


def test_a_repeat_of_a_finished_order_s_tasks_changes_nothing(shop: World) -> None:
    phone: Phone = shop.phone()
    name, order = phone.bought()
    shop.shipment(order.order_number, "delivered")
    shop.until(lambda: shop.workflows()[name] == "SUCCEEDED")
    shop.settle()
    orders, said, stock = phone.order(), len(phone.everything()), shop.stock("TEA-JAS")
    quote_id, _, version = name.rpartition("-")
    number = {"orderNumber": order.order_number}
    asked = {"quoteId": quote_id, "quoteVersion": int(version)}
    answers = [
        shop.invoke("InquiryToQuoteFunction", {"task": "await_decision", "token": "t", **asked}),
        shop.invoke("InquiryToQuoteFunction", {"task": "review_quote", **asked}),
        shop.invoke("LinePayCheckoutFunction", {"task": "open_payment", **number}),
        shop.invoke("LinePayCheckoutFunction", {"task": "settle_payment", "token": "t", **number}),
        shop.invoke("LinePayCheckoutFunction", {"task": "close_payment", **number}),
        shop.invoke("ShippingNotificationsFunction", {"task": "await_delivery", "token": "t", **number}),
        shop.invoke("SweeperFunction", {"task": "needs_operator", "state": "AwaitDelivery", **asked}),
    ]
    assert answers == [
        None,
        {"outcome": "accepted", "waitSeconds": None, **number},
        number,
        None,
        {"outcome": "paid", **number},
        None,
        {"caseOpened": False},
    ]
    assert (phone.order(), len(phone.everything()), shop.stock("TEA-JAS")) == (orders, said, stock)
