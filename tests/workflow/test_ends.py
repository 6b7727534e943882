"""The state machine run to every end that it has, by the real handlers (D1 to D7)."""

import json
from typing import Any

import pytest

from dev.standins.line_pay import Action, Fault, PaymentState
from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.order import HoldState, OrderState
from tests.aws.world import Phone, World, cloud_event, words


def held(stock: dict[str, int], units: int) -> dict[str, int]:
    """Stock of which so much more is promised."""
    return {**stock, "available": stock["available"] - units, "held": stock["held"] + units}


def ended(shop: World, name: str) -> list[str]:
    """The states on the way, once the execution is over."""
    shop.until(lambda: shop.workflows()[name] != "RUNNING")
    assert shop.workflows()[name] == "SUCCEEDED"
    return shop.path(name)


# Ends without an order ------------------------------------------------------------------------------------


def test_a_declined_quote_ends_its_workflow(shop: World) -> None:
    phone, before, orders = shop.phone(), shop.stock("TEA-JAS"), shop.orders()
    name = phone.quote()
    assert shop.stock("TEA-JAS") == held(before, 36)
    phone.say("不要了")
    assert ended(shop, name) == ["AwaitDecision", "EndedUnpaid"]
    assert shop.stock("TEA-JAS") == before
    assert shop.orders() == orders


def test_a_changed_quote_ends_the_workflow_of_the_version_before(shop: World) -> None:
    phone, before = shop.phone(), shop.stock("TEA-JAS")
    first = phone.quote()
    second = phone.quote("改成 5 箱")
    assert first.rpartition("-")[0] == second.rpartition("-")[0], "the next version of the same quote"
    assert ended(shop, first) == ["AwaitDecision", "EndedUnpaid"]
    assert shop.workflows()[second] == "RUNNING"
    assert shop.stock("TEA-JAS") == held(before, 60)


def test_an_order_that_is_cancelled_before_its_details_are_complete_ends_its_workflow(shop: World) -> None:
    phone, before = shop.phone(), shop.stock("TEA-JAS")
    name = phone.quote()
    phone.accept()
    phone.say("取消訂單")
    assert ended(shop, name) == ["AwaitDecision", "EndedUnpaid"]
    assert phone.order().state is OrderState.CANCELLED
    assert shop.stock("TEA-JAS") == before


def test_an_order_that_is_cancelled_instead_of_paid_ends_its_workflow(shop: World) -> None:
    phone, before = shop.phone(), shop.stock("TEA-JAS")
    name, payment = phone.ordered()
    phone.say("取消訂單")
    assert ended(shop, name) == ["AwaitDecision", "OpenPayment", "SettlePayment", "EndedUnpaid"]
    assert phone.order().state is OrderState.CANCELLED
    assert shop.stock("TEA-JAS") == before
    phone.at_line_pay(payment)
    assert payment.state is PaymentState.AUTHENTICATED, "approved too late: never confirmed, so never charged"
    assert phone.order().state is OrderState.CANCELLED


def test_a_quote_that_nobody_answers_expires_and_frees_its_stock(hasty_shop: World) -> None:
    shop = hasty_shop
    before = shop.stock("CAK-PIN")
    phone = shop.phone()
    name = phone.quote("我要 2 盒鳳梨酥")
    assert shop.stock("CAK-PIN") != before
    path = ended(shop, name)
    assert path[:3] == ["AwaitDecision", "ReviewQuote", "WhatBecameOfTheQuote"]
    assert path[-1] == "EndedUnpaid"
    assert shop.stock("CAK-PIN") == before


def test_a_quote_is_reminded_of_on_its_way_to_its_end(reminding_shop: World) -> None:
    shop = reminding_shop
    before = shop.stock("TEA-JAS")
    phone = shop.phone()
    name = phone.quote()
    round_of_waiting = ["AwaitDecision", "ReviewQuote", "WhatBecameOfTheQuote"]
    assert ended(shop, name) == [*round_of_waiting, *round_of_waiting, "EndedUnpaid"]
    assert shop.stock("TEA-JAS") == before
    said = words(phone.everything())
    assert (said.count("報價快到期了"), said.count("報價已過期")) == (1, 1)


def test_an_unpaid_order_is_closed_after_its_window_and_its_grace(hasty_shop: World) -> None:
    shop = hasty_shop
    before = shop.stock("TEA-JAS")
    phone = shop.phone()
    name, payment = phone.ordered()
    path = ended(shop, name)
    assert path[:5] == ["AwaitDecision", "OpenPayment", "SettlePayment", "AllowGrace", "ClosePayment"]
    assert path[-2:] == ["WhatBecameOfThePayment", "EndedUnpaid"]
    order = phone.order()
    assert (order.state, order.hold) == (OrderState.EXPIRED, HoldState.RELEASED)
    assert shop.stock("TEA-JAS") == before
    assert payment.confirmed_at is None
    assert "付款成功" not in words(phone.everything())


def test_a_payment_that_is_still_unexplained_when_the_window_ends_goes_round_again(hasty_shop: World) -> None:
    shop = hasty_shop
    phone = shop.phone()
    name, payment = phone.ordered()
    # The money moved, no answer came, and LINE Pay says nothing for a while.
    shop.pay.faults.script("confirm", Fault.drop_after_effect(), transaction_id=payment.transaction_id)
    shop.pay.faults.script(
        "check", Fault(), *[Fault.code("9000")] * 100, transaction_id=payment.transaction_id
    )
    phone.at_line_pay(payment)
    shop.until(lambda: shop.path(name).count("SettlePayment") > 1, 30)
    assert phone.order().state is OrderState.AWAITING_PAYMENT
    assert phone.order().hold is HoldState.HELD, "frozen while the outcome is unknown"
    said = words(phone.everything())
    assert "付款成功" not in said
    assert "付款失敗" not in said
    shop.pay.faults.clear()
    shop.until(lambda: phone.order().state is OrderState.PAID)
    shop.until(lambda: shop.path(name)[-1] == "AwaitDelivery")
    assert "WhatBecameOfThePayment" in shop.path(name)


# With people ----------------------------------------------------------------------------------------------


def test_a_paid_order_without_news_becomes_a_case_for_a_person(shop: World) -> None:
    phone = shop.phone()
    _, order = phone.bought()
    # The same order in an execution whose patience is a second, as in a stack with other durations.
    quote_id, _, version = order.workflow_name.rpartition("-")
    timers = {
        "paymentWindowSeconds": 60,
        "graceSeconds": 1,
        "deliverySilenceSeconds": 1,
    }
    asked = {"quoteId": quote_id, "quoteVersion": int(version), "decision": {"waitSeconds": 60}}
    shop.start("silent-1", {**asked, "timers": timers})
    path = ended(shop, "silent-1")
    assert path[-3:] == ["AwaitDelivery", "NeedsOperator", "WithPeople"]
    case = shop.store.read(OperatorCase, CaseKind.DELIVERY_SILENT, order.order_number)
    assert case is not None


def test_a_broken_function_ends_with_people_and_not_in_silence(shop: World) -> None:
    shop.start("broken-1", {"quoteId": "none", "quoteVersion": 1, "decision": {"waitSeconds": 5}})
    path = ended(shop, "broken-1")
    assert path == ["AwaitDecision", "NeedsOperator", "WithPeople"]
    assert ("InquiryToQuoteFunction", "LookupError") in shop.failures


# Refunds --------------------------------------------------------------------------------------------------


def test_an_order_whose_money_went_back_needs_no_delivery(shop: World) -> None:
    phone = shop.phone()
    name, order = phone.bought()
    shop.hook(cloud_event("refund.requested.v1", order.order_number, {"reason": "sold out"}))
    assert ended(shop, name)[-2:] == ["AwaitDelivery", "Delivered"]
    assert phone.order().state is OrderState.REFUNDED


# Tokens (D1 to D5) ------------------------------------------------------------------------------------------


def complete(phone: Phone) -> None:
    phone.accept()
    phone.say("王小明 0912345678 台北市信義區市府路45號")


def test_a_decision_that_comes_before_its_token_is_not_lost(shop: World) -> None:
    phone = shop.phone()
    with shop.workflow_on_hold():
        name = phone.quote()
        complete(phone)
        assert f"WORKFLOW#{name} WAIT#decision" not in shop.rows("LedgerTable")
    shop.until(phone.payment_link)
    assert shop.path(name)[:2] == ["AwaitDecision", "OpenPayment"]


def test_a_payment_that_is_settled_before_its_token_is_stored_is_not_lost(shop: World) -> None:
    phone = shop.phone()
    name, payment = phone.ordered()
    shop.until(lambda: shop.path(name)[-1] == "SettlePayment")
    shop.lose_token(name, "payment")
    phone.at_line_pay(payment)
    assert phone.order().state is OrderState.PAID
    assert shop.path(name)[-1] == "SettlePayment", "nobody could wake it"
    # Whoever stores a token looks for an outcome afterwards: here, a task that is tried again.
    token = shop.token_of("settle_payment", name)
    task = {"task": "settle_payment", "token": token, "orderNumber": phone.order().order_number}
    assert shop.invoke("LinePayCheckoutFunction", task) is None
    shop.until(lambda: shop.path(name)[-1] == "AwaitDelivery")


def test_parcels_that_arrive_before_their_token_are_not_lost(shop: World) -> None:
    phone = shop.phone()
    name, payment = phone.ordered()
    with shop.workflow_on_hold():
        phone.at_line_pay(payment)
        order = phone.order()
        assert order.state is OrderState.PAID
        shop.shipment(order.order_number, "shipped")
        shop.shipment(order.order_number, "delivered")
    assert ended(shop, name)[-2:] == ["AwaitDelivery", "Delivered"]


def test_a_token_is_answered_once_and_a_second_answer_is_no_error(shop: World) -> None:
    phone = shop.phone()
    name, payment = phone.ordered()
    phone.at_line_pay(payment)
    shop.until(lambda: shop.path(name)[-1] == "AwaitDelivery")
    order, failures = phone.order(), list(shop.failures)
    for _ in range(2):
        # The task again with a token that was never given, then everything that could wake it twice.
        task = {"task": "settle_payment", "token": "spent", "orderNumber": order.order_number}
        assert shop.invoke("LinePayCheckoutFunction", task) is None
    assert shop.failures == failures
    assert shop.path(name)[-1] == "AwaitDelivery"
    assert phone.order() == order


def test_the_same_quote_starts_one_workflow_however_often_its_event_comes(shop: World) -> None:
    phone, workflows, failures = shop.phone(), shop.workflows(), list(shop.failures)
    event = shop.line.text(phone.user_id, "我要 3 箱茉莉綠茶")
    phone.deliver(event)
    shop.meter.forget()
    body = json.dumps({"receivedAt": "2026-11-23T04:00:00+00:00", "event": event})
    for _ in range(3):
        shop.put("InquiryQueue", body, phone.customer_id)
        shop.settle()
    assert len(shop.workflows()) == len(workflows) + 1
    assert shop.failures == failures
    assert shop.meter.operations["stepfunctions:StartExecution"] == 3, "the start was repeated and refused"


def test_a_token_that_is_lost_costs_time_but_no_order(hasty_shop: World) -> None:
    """The wait times out, what really happened is read, and the paid order goes on (D2)."""
    shop = hasty_shop
    phone = shop.phone()
    name, payment = phone.ordered()
    shop.lose_token(name, "payment")
    phone.at_line_pay(payment)
    assert phone.order().state is OrderState.PAID
    shop.until(lambda: shop.path(name)[-1] == "AwaitDelivery")
    assert "ClosePayment" in shop.path(name)
    assert phone.order().state is OrderState.PAID


def test_a_quote_that_is_accepted_while_its_token_is_lost_goes_on_to_its_payment(hasty_shop: World) -> None:
    shop = hasty_shop
    phone = shop.phone()
    name = phone.quote()
    shop.lose_token(name, "decision")
    complete(phone)
    shop.until(phone.payment_link)
    path = shop.path(name)
    assert path[: path.index("OpenPayment") + 1][-3:] == [
        "ReviewQuote",
        "WhatBecameOfTheQuote",
        "OpenPayment",
    ]


def test_a_quote_whose_details_are_still_missing_waits_on(shop: World) -> None:
    phone = shop.phone()
    name = phone.quote()
    phone.accept()
    quote_id, _, version = name.rpartition("-")
    answer: Any = shop.invoke(
        "InquiryToQuoteFunction", {"task": "review_quote", "quoteId": quote_id, "quoteVersion": int(version)}
    )
    assert (answer["outcome"], answer["orderNumber"]) == ("waiting", phone.order().order_number)
    assert answer["waitSeconds"] > 60
    timers = {
        "paymentWindowSeconds": 60,
        "graceSeconds": 1,
        "deliverySilenceSeconds": 60,
    }
    asked = {"quoteId": quote_id, "quoteVersion": int(version), "decision": {"waitSeconds": 1}}
    shop.start("short-1", {**asked, "timers": timers})
    shop.until(lambda: shop.path("short-1").count("AwaitDecision") > 1)
    assert shop.path("short-1")[:4] == [
        "AwaitDecision",
        "ReviewQuote",
        "WhatBecameOfTheQuote",
        "AwaitDecision",
    ]
    phone.tell_where()
    assert phone.order().state is OrderState.AWAITING_PAYMENT


def test_line_pay_out_of_order_leaves_the_workflow_waiting_for_another_try(shop: World) -> None:
    phone = shop.phone()
    name = phone.quote()
    phone.accept()
    shop.pay.faults.script("request", *[Fault.bad_gateway()] * 3)
    phone.say("王小明 0912345678 台北市信義區市府路45號")
    shop.until(lambda: shop.path(name)[-1] == "SettlePayment")
    known = len(shop.pay.payments)
    phone.tap("重新付款")
    shop.until(lambda: len(shop.pay.payments) > known)
    phone.at_line_pay(list(shop.pay.payments.values())[-1])
    shop.until(lambda: shop.path(name)[-1] == "AwaitDelivery")


@pytest.mark.parametrize("action", [Action.RETURN_TWICE, Action.LOSE_ANSWER, Action.APPROVE_AND_LEAVE])
def test_every_way_to_approve_ends_in_one_capture(shop: World, action: Action) -> None:
    phone = shop.phone()
    name, payment = phone.ordered()
    phone.at_line_pay(payment, action)
    shop.until(lambda: phone.order().state is OrderState.PAID)
    assert payment.state is PaymentState.CONFIRMED
    assert words(phone.everything()).count("付款成功") == 1
    shop.until(lambda: shop.path(name)[-1] == "AwaitDelivery")
