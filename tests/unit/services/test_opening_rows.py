"""Opening a payment: what LINE Pay is asked and what is written down, whole."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.errors import Conflict, OrderEnded
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.order import HistoryStep, OrderState
from storefront.domain.outbox import Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import Answer, Call, Verdict
from storefront.domain.quote import Discount, DiscountKind
from storefront.services.attempts import CALL_LEASE, SWEEP_GRACE
from storefront.services.checkout import Checkout, Closing
from storefront.services.ports import Put, Write
from tests.doubles.line_pay_model import Lost
from tests.doubles.little_shop import CUSTOMER, GRACE, ORDER, WINDOW, LittleShop
from tests.doubles.machinery import START
from tests.doubles.written import (
    KEY1,
    Busy,
    captured_at_line_pay,
    cases,
    jobs,
    told,
    watched,
)


def test_line_pay_is_asked_for_the_frozen_lines_and_given_our_own_addresses_M3() -> None:
    shop, pay = watched()
    shop.open()
    assert pay.asked == [
        {
            "order_id": f"{ORDER}-1",
            "amount": 720,
            "currency": Currency.TWD,
            "lines": [
                ("TEA-JAS", "茉莉綠茶", 3, 180),
                ("SVC-GIF", "禮盒包裝", 1, 60),
                ("shipping", "運費", 1, 120),
            ],
            "confirm_url": "https://shop.example/pay/key1/confirm",
            "cancel_url": "https://shop.example/pay/key1/cancel",
            "language": Language.ZH_TW,
        }
    ]


def test_free_shipping_is_no_line() -> None:
    shop, pay = watched()
    shop.change(shipping_fee=0)
    shop.open()
    assert pay.asked[0]["lines"] == [("TEA-JAS", "茉莉綠茶", 3, 180), ("SVC-GIF", "禮盒包裝", 1, 60)]


def test_a_discount_makes_one_line_of_all_M3() -> None:
    shop, pay = watched()
    shop.change(discounts=(Discount(DiscountKind.COUPON, "TEA100", 100),))
    shop.open()
    assert pay.asked[0]["lines"] == [("order", ORDER, 1, 620)]


def test_the_intent_is_whole_before_line_pay_is_asked_M2() -> None:
    shop, pay = watched()
    before = shop.order
    shop.open()
    attempt, order = pay.stored[0]
    assert attempt == PaymentAttempt(
        attempt_id=KEY1,
        order_number=ORDER,
        customer_id=CUSTOMER,
        provider_order_id=f"{ORDER}-1",
        amount=720,
        currency=Currency.TWD,
        state=AttemptState.REQUESTING,
        created_at=START,
        expires_at=START + WINDOW,
        call_until=START + CALL_LEASE,
        due_at=START + CALL_LEASE,
        revision=1,
    )
    assert order == replace(
        before,
        active_attempt=KEY1,
        attempts_made=1,
        hold_until=START + WINDOW + GRACE,
        due_at=START + WINDOW + 3 * GRACE,
        revision=before.revision + 1,
    )


def test_a_hold_that_lasts_longer_already_is_not_shortened_by_a_link() -> None:
    shop = LittleShop()
    long = START + timedelta(days=1)
    shop.change(hold_until=long)
    shop.open()
    assert (shop.order.hold_until, shop.order.due_at) == (long, long + 2 * GRACE)


def test_an_answered_request_is_stored_with_its_card_and_its_first_look() -> None:
    shop, pay = watched()
    shop.open()
    assert shop.attempt == replace(
        pay.stored[0][0],
        state=AttemptState.REQUESTED,
        transaction_id="202600000001",
        payment_url="https://pay.example/202600000001",
        call_until=None,
        due_at=START + timedelta(seconds=30) + SWEEP_GRACE,
        revision=2,
    )
    facts = {"order_number": ORDER, "attempt_id": KEY1}
    assert told(shop, f"payment_card:{KEY1}") == (CUSTOMER, Topic.PAYMENT_CARD, facts, START)
    assert jobs(shop) == [("check_payment", (KEY1, "schedule"), 30)]


def test_asking_again_tells_of_the_same_link_under_the_cause_that_asked() -> None:
    shop = LittleShop()
    shop.open()
    shop.checkout.open_payment(ORDER, "event2")
    facts = {"order_number": ORDER, "attempt_id": KEY1}
    assert told(shop, "payment_card:event2") == (CUSTOMER, Topic.PAYMENT_CARD, facts, START)
    assert len(shop.line.sent) == 2
    shop.checkout.open_payment(ORDER, "event2")
    assert len(shop.line.sent) == 2


def test_asking_while_a_confirm_is_unanswered_tells_that_it_is_being_processed() -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    shop.checkout.open_payment(ORDER, "event2")
    facts = {"order_number": ORDER}
    assert told(shop, "processing:event2") == (CUSTOMER, Topic.PAYMENT_PROCESSING, facts, START)


def test_when_line_pay_never_answers_the_customer_is_told_once_a_cause() -> None:
    shop = LittleShop()
    shop.pay.script(Call.REQUEST, *[Lost.BEFORE] * 3)
    shop.open("event1")
    assert len(shop.pay.made(Call.REQUEST)) == 3
    facts = {"order_number": ORDER}
    assert told(shop, "payment_unavailable:event1") == (CUSTOMER, Topic.PAYMENT_UNAVAILABLE, facts, START)
    assert {(each.settled_at, each.reason) for each in shop.attempts} == {(START, "request:no-answer")}


def test_a_request_refused_for_good_is_kept_with_its_code_and_told_to_a_person() -> None:
    shop = LittleShop()
    shop.pay.script(Call.REQUEST, "1104")
    shop.open("event1")
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.CLOSED, "request:1104")
    assert cases(shop) == [(CaseKind.PAYMENT_MISCONFIGURED, ORDER, {"code": "1104"}, START)]
    assert len(shop.pay.made(Call.REQUEST)) == 1


def test_one_link_is_told_of_once_to_whoever_asked_for_it() -> None:
    shop = LittleShop()
    shop.open("event1")
    assert shop.told == ["payment_card"]
    assert len(shop.line.sent) == 1


def test_a_replaced_link_ends_at_that_moment() -> None:
    shop = LittleShop()
    shop.open()
    shop.clock.now = shop.attempt.expires_at
    shop.open("event2")
    replaced, _ = shop.attempts
    assert (replaced.state, replaced.settled_at, replaced.reason) == (
        AttemptState.CLOSED,
        shop.clock.now,
        "replaced",
    )


def test_a_success_that_names_no_transaction_is_no_link() -> None:
    shop, pay = watched()
    request = pay.request

    def empty(**asked: Any) -> Any:
        request(**asked)
        return Answer(Verdict.DONE, "0000")

    pay.request = empty  # type: ignore[method-assign]
    shop.open("event1")
    assert {attempt.reason for attempt in shop.attempts} == {"request:0000"}
    assert shop.told == ["payment_unavailable"]


def test_asking_after_the_end_expires_the_order_in_the_name_of_who_asked() -> None:
    shop = LittleShop()
    shop.clock.now = shop.order.hold_until
    with pytest.raises(OrderEnded):
        shop.checkout.open_payment(ORDER, "event7")
    assert shop.order.history[-1] == HistoryStep(shop.clock.now, OrderState.EXPIRED, "event7")


def test_asking_after_the_end_looks_once_at_a_payment_that_cannot_be_proven_yet() -> None:
    shop = LittleShop()
    shop.open()
    captured_at_line_pay(shop)
    shop.pay.script(Call.DETAILS, *[Lost.BEFORE] * 10)
    shop.clock.now = shop.order.hold_until
    shop.checkout.open_payment(ORDER, "event2")
    assert len(shop.pay.made(Call.DETAILS)) == 1
    assert (shop.order.state, shop.told) == (OrderState.AWAITING_PAYMENT, ["payment_card"])


def test_opening_says_which_order_kept_changing_and_what_became_of_one_that_ended() -> None:
    shop = LittleShop()
    shop.cancel()
    with pytest.raises(OrderEnded, match=r"^cancelled$"):
        shop.checkout.open_payment(ORDER, "workflow")
    shop = LittleShop()
    shop.clock.now = shop.order.hold_until
    with pytest.raises(OrderEnded, match=r"^expired$"):
        shop.checkout.open_payment(ORDER, "workflow")
    with pytest.raises(LookupError, match=r"^an attempt or a workflow names an order that is gone$"):
        shop.checkout.open_payment("GONE", "workflow")


def test_opening_tries_eight_times_and_no_more() -> None:
    shop = LittleShop()
    busy = Busy(shop, 7)
    shop.open()
    assert shop.attempt.state is AttemptState.REQUESTED
    shop = LittleShop()
    busy = Busy(shop, 100)
    with pytest.raises(Conflict, match=rf"^{ORDER}$"):
        shop.checkout.open_payment(ORDER, "workflow")
    assert busy.tried == 8


@pytest.mark.parametrize("seconds", [-1, 0])
def test_a_window_is_over_a_grace_after_the_hold_and_not_before_H1(seconds: int) -> None:
    shop = LittleShop()
    shop.clock.now = shop.order.hold_until + GRACE + timedelta(seconds=seconds)
    assert shop.checkout.close(ORDER, "sweep") is (Closing.CLOSED if seconds == 0 else Closing.UNSETTLED)


def test_a_token_of_an_expired_order_is_ended_with_its_state_D1() -> None:
    shop = LittleShop()
    shop.clock.now = shop.order.hold_until + GRACE
    shop.checkout.close(ORDER, "sweep")
    shop.checkout.await_payment(ORDER, "late")
    assert shop.workflow.ended[-1] == ("late", "OrderEnded")
    assert shop.workflow.causes[-1] == "expired"


def test_a_token_of_an_order_that_is_still_to_be_paid_waits_D1() -> None:
    shop = LittleShop()
    shop.checkout.await_payment(ORDER, "token1")
    assert (shop.workflow.woken, shop.workflow.ended) == ([], [])
    shop.open()
    shop.pay_and_return()
    assert shop.workflow.woken == [("token1", {"orderNumber": ORDER})]


def test_an_address_of_our_own_may_end_with_a_stroke_or_without() -> None:
    for base in ("https://shop.example/X", "https://shop.example/X/", "https://shop.example/X//"):
        shop, pay = watched()
        Checkout(
            shop.store, pay, shop.telling, shop.waits, shop.jobs, shop.clock, shop.ids, shop.metrics,
            shop.timers, base,
        ).open_payment(ORDER, "workflow")  # fmt: skip
        assert pay.asked[0]["cancel_url"] == "https://shop.example/X/pay/key1/cancel"


def test_a_case_that_somebody_else_opens_at_the_same_moment_is_one_case() -> None:
    shop = LittleShop()
    shop.pay.script(Call.REQUEST, "1104")
    commit = shop.store.commit

    def overtaken(*writes: Write) -> None:
        if any(isinstance(write, Put) and isinstance(write.entity, OperatorCase) for write in writes):
            commit(*writes)
            raise Conflict("OperatorCase")
        commit(*writes)

    shop.store.commit = overtaken  # type: ignore[method-assign]
    shop.open("event1")
    assert len(cases(shop)) == 1
    assert shop.told == ["payment_unavailable"]
