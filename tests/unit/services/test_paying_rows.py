"""Paying: what each look, claim and result writes down, whole, and whose name it is done in."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storefront.domain.casework import CaseKind, WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import Conflict
from storefront.domain.money import Currency
from storefront.domain.order import HistoryStep, HoldState, Order, OrderState
from storefront.domain.outbox import OrderEvent, OrderEventType, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import Answer, Call, Capture, Verdict
from storefront.services.attempts import CALL_LEASE, SWEEP_GRACE
from storefront.services.order_events import order_event
from storefront.services.ports import Put, Write
from storefront.services.settling import GIVE_UP_AFTER
from tests.doubles.line_pay_model import Lost, Script
from tests.doubles.little_shop import CUSTOMER, ORDER, STOCK, TEA, WINDOW, LittleShop
from tests.doubles.machinery import START
from tests.doubles.memory_store import Counters
from tests.doubles.written import KEY1, LATER, Busy, captured_at_line_pay, cases, jobs, message, told, watched


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
    shop.clock.go_on(30)
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


@pytest.mark.parametrize(
    ("checks", "confirms", "details"),
    [
        (["0123"], [], []),
        (["0110", "0123"], [Lost.BEFORE], []),
        (["0110", "0123"], ["1142"], []),
        (["0110"], ["1152"], []),
        (["0110", "0121"], ["1142"], []),
        (["0110", "0122"], ["1142"], []),
    ],
)
def test_money_that_turns_up_is_paid_in_the_name_of_the_look_that_found_it_M5(
    checks: list[str], confirms: list[Script], details: list[Script]
) -> None:
    shop = LittleShop()
    shop.open()
    captured_at_line_pay(shop)
    shop.pay.script(Call.CHECK, *checks)
    shop.pay.script(Call.CONFIRM, *confirms)
    shop.pay.script(Call.DETAILS, *details)
    shop.settle("event7")
    assert (shop.order.state, shop.order.history[-1].cause) == (OrderState.PAID, "event7")
    assert "payment_declined" not in shop.told


@pytest.mark.parametrize("check", ["0121", "0122"])
def test_an_unanswered_confirm_that_the_check_calls_ended_is_paid_if_the_details_have_it_M5(
    check: str,
) -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.AFTER)
    shop.pay.script(Call.CHECK, "0110", Lost.BEFORE, check)
    shop.pay_and_return()
    shop.clock.go_on(60)
    shop.settle("event7")
    assert (shop.order.state, shop.order.history[-1].cause) == (OrderState.PAID, "event7")


@pytest.mark.parametrize("check", ["0121", "0122"])
def test_a_decline_with_an_end_that_the_details_bear_out_is_told_with_its_code(check: str) -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, "1142")
    shop.pay.script(Call.CHECK, "0110", check)
    shop.settle()
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.FAILED, "confirm:1142")
    facts = {"order_number": ORDER}
    assert told(shop, f"payment_declined:{KEY1}") == (CUSTOMER, Topic.PAYMENT_DECLINED, facts, START)
    assert len(shop.pay.made(Call.DETAILS)) == 1


def test_details_without_our_transaction_bear_an_end_out() -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, "1142")
    shop.pay.script(Call.CHECK, "0110", "0122")
    foreign = Answer(Verdict.DONE, "0000", (Capture(f"{ORDER}-1", "other", 720),))
    shop.pay.details = lambda **_asked: foreign  # type: ignore[method-assign]
    shop.settle()
    assert shop.attempt.state is AttemptState.FAILED


@pytest.mark.parametrize(
    ("checks", "confirms"), [(["0110", Lost.BEFORE], ["1142"]), (["0110", "0123"], ["1142"])]
)
def test_what_cannot_be_known_yet_is_looked_at_again_soon_M5(
    checks: list[Script], confirms: list[Script]
) -> None:
    """A decline that no check bears out, and a success that the details do not show."""
    shop = LittleShop()
    shop.open()
    shop.jobs.waiting.clear()
    shop.pay.script(Call.CHECK, *checks)
    shop.pay.script(Call.CONFIRM, *confirms)
    shop.settle()
    assert (shop.attempt.state, shop.attempt.checks_made) == (AttemptState.CONFIRMING, 1)
    assert jobs(shop) == [("check_payment", (KEY1, "schedule"), 30)]


def test_a_look_out_of_turn_does_not_end_what_the_details_do_not_answer_for_M5() -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    attempt = shop.attempt
    shop.pay.script(Call.CHECK, "0122")
    shop.pay.script(Call.DETAILS, Lost.BEFORE)
    shop.clock.go_on(5)
    shop.settle("returned")
    assert shop.attempt == attempt


def test_a_look_out_of_turn_at_a_wrong_sum_does_not_end_what_a_person_has_to_settle_M5() -> None:
    shop = LittleShop()
    shop.open()
    captured_at_line_pay(shop)
    transaction = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(transaction, paid_amount=719)
    shop.settle()
    attempt = shop.attempt
    shop.pay.script(Call.CHECK, "0121")
    shop.clock.go_on(60)
    shop.settle("returned")
    assert (shop.attempt, len(cases(shop))) == (attempt, 1)
    assert shop.told == ["payment_card"]


def test_a_repeated_claim_has_a_lease_of_its_own() -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    first = shop.attempt
    now = shop.clock.now = START + CALL_LEASE
    seen: list[PaymentAttempt] = []
    confirm = shop.pay.confirm

    def watching(transaction_id: str, amount: int, currency: Currency) -> Any:
        seen.append(shop.attempt)
        return confirm(transaction_id, amount, currency)

    shop.pay.confirm = watching  # type: ignore[method-assign]
    shop.settle()
    assert seen == [
        replace(
            first, claims=2, call_until=now + CALL_LEASE, due_at=now + CALL_LEASE, revision=first.revision + 1
        )
    ]
    assert shop.order.state is OrderState.PAID


@pytest.mark.parametrize("marked", [False, True])
def test_a_payment_completed_without_us_is_claimed_before_it_is_recorded(marked: bool) -> None:
    """The ledger tells what happened, even if the order had another link meanwhile."""
    shop = LittleShop()
    shop.open()
    shop.change(active_attempt=KEY1 if marked else None, confirming_attempt=KEY1 if marked else None)
    captured_at_line_pay(shop)
    commit, claims = shop.store.commit, []
    shop.clock.now = LATER

    def watching(*writes: Write) -> None:
        commit(*writes)
        if shop.attempt.state is AttemptState.CONFIRMING:
            claims.append((shop.attempt, shop.order))

    shop.store.commit = watching  # type: ignore[method-assign]
    shop.settle()
    ((attempt, order),) = claims
    assert (attempt.first_claimed_at, attempt.call_until, attempt.claims) == (LATER, LATER + CALL_LEASE, 1)
    assert (order.confirming_attempt, order.active_attempt) == (KEY1, KEY1)
    assert shop.order.state is OrderState.PAID


@pytest.mark.parametrize(("early", "checks_made"), [(2, 0), (1, 1), (0, 1)])
def test_a_look_counts_from_a_second_before_its_time_on_since_clocks_differ_C4(
    early: int, checks_made: int
) -> None:
    shop = LittleShop()
    shop.open()
    shop.clock.now = START + timedelta(seconds=30 - early)
    shop.settle()
    assert shop.attempt.checks_made == checks_made
    assert len(shop.pay.made(Call.CHECK)) == 1


def test_goods_that_the_counters_do_not_know_are_a_case_about_the_order() -> None:
    shop = LittleShop()
    shop.open()
    shop.store.stock[TEA.sku] = Counters(STOCK, 0, 0, STOCK)
    shop.clock.now = LATER
    shop.pay_and_return()
    assert shop.order.state is OrderState.PAID
    assert cases(shop) == [(CaseKind.PAID_WITHOUT_STOCK, ORDER, {"sku": TEA.sku}, LATER)]


@pytest.mark.parametrize("check", ["0122", "0123"])
def test_a_result_that_a_busy_order_keeps_out_is_not_taken_for_recorded(check: str) -> None:
    """The job fails, and the queue brings it again."""
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.AFTER if check == "0123" else Lost.BEFORE)
    shop.pay.script(Call.CHECK, "0110", Lost.BEFORE)
    shop.pay_and_return()
    shop.clock.now = LATER
    shop.pay.script(Call.CHECK, *[check] * 8)
    commit = shop.store.commit

    def busy(*writes: Write) -> None:
        if any(isinstance(write, Put) and isinstance(write.entity, Order) for write in writes):
            raise Conflict("Order")
        commit(*writes)

    shop.store.commit = busy  # type: ignore[method-assign]
    with pytest.raises(Conflict, match=rf"^{KEY1}$"):
        shop.settle()
    assert shop.attempt.state is AttemptState.CONFIRMING


def test_the_times_are_those_that_the_documentation_promises() -> None:
    assert (timedelta(seconds=100), timedelta(hours=1)) == (CALL_LEASE, GIVE_UP_AFTER)
