"""What each step of a checkout asks of LINE Pay and writes down, whole: rows, messages, events and jobs."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storefront.domain.casework import CaseKind, OperatorCase, WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import Conflict, OrderEnded
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.order import HistoryStep, HoldState, OrderState
from storefront.domain.outbox import Message, OrderEvent, OrderEventType, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt, attempt_id_of
from storefront.domain.payment_answers import Call
from storefront.domain.quote import Discount, DiscountKind
from storefront.services.checkout import CALL_LEASE, SWEEP_GRACE, Checkout, Closing
from storefront.services.order_events import order_event
from storefront.services.ports import Put, Write
from tests.doubles.line_pay_model import LinePayModel, Lost
from tests.doubles.little_shop import CUSTOMER, GRACE, ORDER, WINDOW, LittleShop
from tests.doubles.machinery import START

KEY1 = attempt_id_of("key1")
LATER = START + timedelta(seconds=60)


class Asked(LinePayModel):
    """LINE Pay, remembering everything that a request said, and what was stored at that moment."""

    def __init__(self, shop: LittleShop) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []
        self.stored: list[tuple[PaymentAttempt, object]] = []
        self._shop = shop

    def request(self, **asked: Any) -> Any:
        self.asked.append(asked)
        self.stored.append((self._shop.attempt, self._shop.order))
        return super().request(**asked)


def watched() -> tuple[LittleShop, Asked]:
    shop = LittleShop()
    shop.pay = pay = Asked(shop)
    return shop, pay


def message(shop: LittleShop, milestone: str) -> Message:
    found = shop.store.read(Message, f"{ORDER}:{milestone}")
    assert found is not None
    return found


def told(shop: LittleShop, milestone: str) -> tuple[str, Topic, dict[str, str], object]:
    found = message(shop, milestone)
    return found.customer_id, found.topic, found.facts, found.created_at


def cases(shop: LittleShop) -> list[tuple[CaseKind, str, dict[str, str], object]]:
    return [(each.kind, each.subject, each.facts, each.opened_at) for each in shop.store.all(OperatorCase)]


def jobs(shop: LittleShop) -> list[tuple[str, tuple[str, ...], float]]:
    return [
        (job.name, job.arguments, (job.not_before - shop.clock.now).total_seconds())
        for job in shop.jobs.waiting
    ]


# Opening ---------------------------------------------------------------------------------------------------


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


class Busy:
    """A store of which a number of commits are lost to somebody else; what was tried is counted."""

    def __init__(self, shop: LittleShop, lost: int) -> None:
        self._commit = shop.store.commit
        self.lost = lost
        self.tried = 0
        shop.store.commit = self.commit  # type: ignore[method-assign]

    def commit(self, *writes: Write) -> None:
        self.tried += 1
        if self.lost:
            self.lost -= 1
            raise Conflict("Order")
        self._commit(*writes)


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


# Paying ----------------------------------------------------------------------------------------------------


def test_the_claim_changes_attempt_and_order_and_nothing_else_M1() -> None:
    shop = LittleShop()
    shop.open()
    attempt, order = shop.attempt, shop.order
    shop.clock.now = LATER
    seen: list[tuple[object, object, object]] = []
    confirm = shop.pay.confirm

    def watching(transaction_id: str, amount: int, currency: Currency) -> Any:
        seen.append((shop.attempt, shop.order, (transaction_id, amount, currency)))
        return confirm(transaction_id, amount, currency)

    shop.pay.confirm = watching  # type: ignore[method-assign]
    shop.pay_and_return()
    claimed = replace(
        attempt,
        state=AttemptState.CONFIRMING,
        first_claimed_at=LATER,
        claims=1,
        call_until=LATER + CALL_LEASE,
        due_at=LATER + CALL_LEASE,
        revision=attempt.revision + 1,
    )
    marked = replace(order, confirming_attempt=KEY1, revision=order.revision + 1)
    assert seen == [(claimed, marked, ("202600000001", 720, Currency.TWD))]


def test_paid_is_written_whole_M6_N3_S3() -> None:
    shop = LittleShop()
    shop.waits.keep(shop.order, WaitStep.PAYMENT, "token1")
    shop.open()
    order = shop.order
    shop.clock.now = LATER
    shop.jobs.waiting.clear()
    shop.pay_and_return()
    paid = replace(
        order,
        state=OrderState.PAID,
        hold=HoldState.COMMITTED,
        captured=720,
        paid_at=LATER,
        due_at=None,
        history=(*order.history, HistoryStep(LATER, OrderState.PAID, "returned")),
        revision=order.revision + 2,
    )
    assert shop.order == paid
    assert (shop.attempt.state, shop.attempt.settled_at, shop.attempt.due_at) == (
        AttemptState.CONFIRMED,
        LATER,
        None,
    )
    assert told(shop, "paid") == (CUSTOMER, Topic.PAID, {"order_number": ORDER}, LATER)
    delivery = shop.store.read(OrderDelivery, ORDER)
    expected = order_event(paid, delivery, OrderEventType.PAID, LATER)
    assert shop.store.all(OrderEvent) == [replace(expected, revision=1)]
    assert jobs(shop) == [("send_order_event", (expected.event_id,), 0)]
    assert shop.workflow.woken == [("token1", {"orderNumber": ORDER})]
    assert message(shop, "paid").settled_at == LATER
    assert shop.metrics.counts["OrdersPaid"] == 1


@pytest.mark.parametrize(
    ("happening", "reason", "topic", "seconds"),
    [
        ("cancel", "check:ended", Topic.PAYMENT_CANCELLED, 60),
        ("fail", "check:failed", Topic.PAYMENT_DECLINED, 60),
        ("fail", "check:failed", Topic.PAYMENT_DECLINED, 1_300),
        ("cancel", "check:ended", Topic.PAYMENT_CANCELLED, WINDOW.total_seconds() - 1),
    ],
)
def test_an_attempt_that_line_pay_ended_is_told_of_once_and_the_order_is_free_again(
    happening: str, reason: str, topic: Topic, seconds: float
) -> None:
    shop = LittleShop()
    shop.open()
    order = shop.order
    shop.clock.go_on(seconds)
    getattr(shop.pay, happening)(shop.transaction)
    shop.settle("schedule")
    now = shop.clock.now
    assert (shop.attempt.state, shop.attempt.reason, shop.attempt.settled_at) == (
        AttemptState.FAILED,
        reason,
        now,
    )
    assert shop.order == replace(order, active_attempt=None, revision=order.revision + 1)
    assert told(shop, f"{topic.value}:{KEY1}") == (CUSTOMER, topic, {"order_number": ORDER}, now)
    assert message(shop, f"{topic.value}:{KEY1}").settled_at == now


def test_a_declined_confirm_is_kept_with_its_code() -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, "1142")
    shop.pay_and_return()
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.FAILED, "confirm:1142")
    facts = {"order_number": ORDER}
    assert told(shop, f"payment_declined:{KEY1}") == (CUSTOMER, Topic.PAYMENT_DECLINED, facts, START)


def test_a_confirm_refused_for_our_own_mistake_is_told_to_a_person_with_its_code() -> None:
    shop = LittleShop()
    shop.open()
    shop.jobs.waiting.clear()
    shop.pay.script(Call.CONFIRM, "1153")
    shop.pay_and_return()
    assert cases(shop) == [(CaseKind.PAYMENT_MISCONFIGURED, ORDER, {"code": "1153"}, START)]
    assert shop.attempt.state is AttemptState.CONFIRMING
    assert jobs(shop) == [("check_payment", (KEY1, "schedule"), 30)]


def test_an_unanswered_confirm_is_counted_and_looked_after_in_half_a_minute_M5() -> None:
    shop = LittleShop()
    shop.open()
    shop.jobs.waiting.clear()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    attempt = shop.attempt
    assert (attempt.state, attempt.call_until, attempt.checks_made) == (AttemptState.CONFIRMING, None, 1)
    assert attempt.due_at == START + timedelta(seconds=30) + SWEEP_GRACE
    assert jobs(shop) == [("check_payment", (KEY1, "schedule"), 30)]
    assert shop.metrics.counts["ConfirmUnknown"] == 1


def test_another_sum_is_a_case_with_what_came_and_is_looked_at_every_quarter_of_an_hour() -> None:
    shop = LittleShop()
    shop.open()
    shop.jobs.waiting.clear()
    transaction = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(transaction, paid_amount=719)
    shop.pay_and_return()
    facts = {"attemptId": KEY1, "captured": "719"}
    assert cases(shop) == [(CaseKind.AMOUNT_MISMATCH, ORDER, facts, START)]
    assert shop.attempt.due_at == START + timedelta(seconds=900) + SWEEP_GRACE
    assert jobs(shop) == [("check_payment", (KEY1, "schedule"), 900)]


def test_a_confirm_that_nobody_can_explain_is_a_case_after_an_hour_and_not_before_C17() -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    shop.pay.script(Call.CHECK, *[Lost.BEFORE] * 2)
    shop.clock.now = START + timedelta(minutes=60)
    shop.jobs.waiting.clear()
    shop.settle()
    assert cases(shop) == []
    assert jobs(shop) == [("check_payment", (KEY1, "schedule"), 30)]
    shop.jobs.waiting.clear()
    shop.clock.go_on(61)
    shop.settle()
    assert cases(shop) == [(CaseKind.CONFIRM_UNKNOWN, ORDER, {"attemptId": KEY1}, shop.clock.now)]
    assert jobs(shop) == [("check_payment", (KEY1, "schedule"), 900)]


def test_money_of_an_order_that_has_ended_is_a_case_that_names_the_attempt() -> None:
    shop = LittleShop()
    shop.open()
    transaction = shop.transaction
    shop.pay.approve(transaction)
    shop.pay.confirm(transaction, 720, Currency.TWD)
    attempt = shop.attempt
    shop.change(state=OrderState.CANCELLED, hold=HoldState.RELEASED)
    shop.jobs.waiting.clear()
    shop.clock.now = LATER + timedelta(seconds=30)
    shop.settle()
    assert cases(shop) == [(CaseKind.PAID_WITHOUT_STOCK, ORDER, {"attemptId": KEY1}, shop.clock.now)]
    assert jobs(shop) == [("check_payment", (KEY1, "schedule"), 900)]
    assert shop.attempt.state is attempt.state
    assert "paid" not in shop.told


def test_a_request_without_an_answer_is_given_up_and_asked_again() -> None:
    shop, pay = watched()

    def dies(**_asked: object) -> Any:
        raise KeyboardInterrupt

    pay.request = dies  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        shop.open()
    shop.clock.now = START + CALL_LEASE
    shop.settle("sweep")
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.CLOSED, "unanswered-request")
    assert shop.order.active_attempt is None
    assert jobs(shop) == [("open_payment", (ORDER, "sweep"), 0)]
    assert pay.calls == []


def test_settling_tries_eight_times_and_says_which_attempt_kept_changing() -> None:
    shop = LittleShop()
    shop.open()
    busy = Busy(shop, 100)
    shop.clock.now = LATER + timedelta(seconds=30)
    with pytest.raises(Conflict, match=rf"^{KEY1}$"):
        shop.settle()
    assert busy.tried == 8
    busy.lost = 7
    shop.settle()
    assert shop.attempt.checks_made == 1


# Ending ----------------------------------------------------------------------------------------------------


def test_an_expired_order_is_written_whole_and_everybody_hears_of_it_S4() -> None:
    shop = LittleShop()
    shop.open()
    shop.waits.keep(shop.order, WaitStep.DECISION, "decision")
    shop.waits.keep(shop.order, WaitStep.PAYMENT, "payment")
    shop.waits.keep(shop.order, WaitStep.DELIVERY, "delivery")
    shop.jobs.waiting.clear()
    order = shop.order
    now = shop.clock.now = order.hold_until + GRACE
    assert shop.checkout.close(ORDER, "event9") is Closing.CLOSED
    expired = replace(
        order,
        state=OrderState.EXPIRED,
        hold=HoldState.RELEASED,
        closed_reason="payment-window-ended",
        active_attempt=None,
        due_at=None,
        history=(*order.history, HistoryStep(now, OrderState.EXPIRED, "event9")),
        revision=order.revision + 1,
    )
    assert shop.order == expired
    assert (shop.attempt.state, shop.attempt.reason, shop.attempt.settled_at) == (
        AttemptState.CLOSED,
        "window-ended",
        now,
    )
    assert told(shop, "expired") == (CUSTOMER, Topic.ORDER_EXPIRED, {"order_number": ORDER}, now)
    assert message(shop, "expired").settled_at == now
    delivery = shop.store.read(OrderDelivery, ORDER)
    expected = order_event(expired, delivery, OrderEventType.CANCELLED, now, reason="payment-window-ended")
    (event,) = shop.store.all(OrderEvent)
    assert json.loads(event.body) == json.loads(expected.body)
    assert (event.event_id, event.order_number, event.due_at) == (
        expected.event_id,
        expected.order_number,
        expected.due_at,
    )
    assert jobs(shop) == [("send_order_event", (event.event_id,), 0)]
    assert shop.workflow.ended == [("decision", "OrderEnded"), ("payment", "OrderEnded")]
    assert set(shop.workflow.causes) == {"expired"}


def test_closing_tries_eight_times_and_leaves_the_rest_to_the_next() -> None:
    shop = LittleShop()
    shop.clock.now = shop.order.hold_until + GRACE
    busy = Busy(shop, 8)
    assert shop.checkout.close(ORDER, "sweep") is Closing.UNSETTLED
    assert busy.tried == 8
    busy.lost = 7
    assert shop.checkout.close(ORDER, "sweep") is Closing.CLOSED


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
    for base in ("https://shop.example", "https://shop.example/", "https://shop.example//"):
        shop, pay = watched()
        Checkout(
            shop.store, pay, shop.telling, shop.waits, shop.jobs, shop.clock, shop.ids, shop.metrics,
            shop.timers, base,
        ).open_payment(ORDER, "workflow")  # fmt: skip
        assert pay.asked[0]["cancel_url"] == "https://shop.example/pay/key1/cancel"


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
