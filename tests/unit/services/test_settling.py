"""Settling an attempt: what LINE Pay's check, confirm and details say, and what they do not say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.casework import OperatorCase, WaitStep
from storefront.domain.errors import Conflict
from storefront.domain.order import HoldState, Order, OrderState
from storefront.domain.payment import CHECK_SCHEDULE, AttemptState, PaymentAttempt
from storefront.domain.payment_answers import TABLES, Call, Verdict
from storefront.services.attempts import CALL_LEASE
from storefront.services.ports import Put, StockMove, Write
from storefront.services.settling import GIVE_UP_AFTER, MISMATCH_WAIT_SECONDS
from tests.doubles.line_pay_model import Lost, Stage
from tests.doubles.little_shop import ORDER, STOCK, TEA, UNITS, LittleShop
from tests.doubles.machinery import START
from tests.doubles.memory_store import Counters

HELD = Counters(STOCK - UNITS, UNITS, 0, STOCK)
SOLD = Counters(STOCK - UNITS, 0, UNITS, STOCK)


def opened() -> LittleShop:
    shop = LittleShop()
    shop.open()
    return shop


def unpaid_and_unchanged(shop: LittleShop) -> bool:
    return shop.order.state is OrderState.AWAITING_PAYMENT and shop.stock == HELD and "paid" not in shop.told


def test_an_approved_payment_is_confirmed_and_everything_that_paid_means_is_one_transaction_M6() -> None:
    shop = opened()
    shop.waits.keep(shop.order, WaitStep.PAYMENT, "token1")
    shop.clock.go_on(60)
    shop.pay_and_return()
    order = shop.order
    assert (order.state, order.hold, order.captured, order.paid_at) == (
        OrderState.PAID,
        HoldState.COMMITTED,
        720,
        shop.clock.now,
    )
    assert (order.confirming_attempt, order.due_at) == (None, None)
    assert (shop.attempt.state, shop.attempt.settled_at) == (AttemptState.CONFIRMED, shop.clock.now)
    assert shop.stock == SOLD
    assert shop.told == ["payment_card", "paid"]
    assert shop.events == ["order.paid.v1"]
    assert shop.workflow.woken == [("token1", {"orderNumber": ORDER})]
    assert [called.amount for called in shop.pay.made(Call.CONFIRM)] == [720]
    assert shop.metrics.counts["OrdersPaid"] == 1


def test_the_claim_is_stored_before_money_can_move_M2() -> None:
    shop = opened()
    seen: list[tuple[AttemptState, str | None]] = []
    confirm = shop.pay.confirm

    def watched(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        seen.append((shop.attempt.state, shop.order.confirming_attempt))
        return confirm(transaction_id, amount, currency)

    shop.pay.confirm = watched  # type: ignore[method-assign]
    shop.pay_and_return()
    assert seen == [(AttemptState.CONFIRMING, shop.attempt.attempt_id)]


def test_a_customer_who_has_not_approved_yet_is_not_charged() -> None:
    shop = opened()
    shop.settle("schedule")
    assert shop.pay.made(Call.CONFIRM) == []
    assert shop.attempt.state is AttemptState.REQUESTED
    assert unpaid_and_unchanged(shop)


def test_the_looks_follow_the_schedule_of_a_customer_who_never_comes_back_C4() -> None:
    shop = opened()
    looks: list[float] = []
    for _ in range(len(CHECK_SCHEDULE)):
        (job,) = shop.jobs.named("check_payment")
        shop.clock.now = job.not_before
        looks.append((job.not_before - START).total_seconds())
        shop.work_off()
    assert looks == [30, 60, 120, 300, 600, 900, 1_140, 1_260]
    assert shop.jobs.named("check_payment") == []
    assert shop.attempt.due_at == shop.clock.now + timedelta(seconds=120)


def test_a_customer_who_approved_and_closed_the_browser_has_paid_by_the_next_look_C4() -> None:
    shop = opened()
    shop.pay.approve(shop.transaction)
    shop.go_on(30)
    assert shop.order.state is OrderState.PAID
    assert shop.told == ["payment_card", "paid"]


def test_a_lost_look_is_made_up_for_by_the_sweeper_C16() -> None:
    shop = opened()
    shop.jobs.waiting.clear()
    shop.pay.approve(shop.transaction)
    shop.go_on(120)
    assert shop.order.state is OrderState.PAID


@pytest.mark.parametrize("cause", ["returned", "cancelled"])
def test_a_visit_of_the_page_is_a_hint_and_leaves_the_schedule_as_it_is_C15(cause: str) -> None:
    shop = opened()
    before, waiting = shop.attempt, list(shop.jobs.waiting)
    shop.settle(cause)
    assert shop.attempt == before
    assert shop.jobs.waiting == waiting


def test_a_customer_who_cancels_and_then_approves_after_all_has_paid_C15() -> None:
    shop = opened()
    shop.settle("cancelled")
    shop.pay.approve(shop.transaction)
    shop.settle("cancelled")
    assert shop.order.state is OrderState.PAID


def test_a_payment_cancelled_at_line_pay_can_be_tried_again() -> None:
    shop = opened()
    shop.pay.cancel(shop.transaction)
    shop.settle("cancelled")
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.FAILED, "check:ended")
    assert (shop.order.active_attempt, shop.order.confirming_attempt) == (None, None)
    assert shop.told == ["payment_card", "payment_cancelled"]
    assert unpaid_and_unchanged(shop)
    shop.open("event2")
    shop.pay_and_return()
    assert shop.order.state is OrderState.PAID


def test_a_payment_that_line_pay_ended_by_time_is_closed_without_a_word() -> None:
    shop = opened()
    shop.pay.cancel(shop.transaction)
    shop.clock.now = shop.attempt.expires_at
    shop.settle()
    assert shop.attempt.state is AttemptState.FAILED
    assert shop.told == ["payment_card"]


def test_a_payment_that_failed_at_line_pay_is_told_as_declined() -> None:
    shop = opened()
    shop.pay.fail(shop.transaction)
    shop.settle()
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.FAILED, "check:failed")
    assert shop.told == ["payment_card", "payment_declined"]


UNCLEAR = [
    code
    for code, meaning in TABLES[Call.CONFIRM].items()
    if meaning in {Verdict.UNKNOWN, Verdict.WAITING}
] + ["7777"]  # fmt: skip


@pytest.mark.parametrize("code", UNCLEAR)
def test_a_confirm_that_is_not_clear_is_neither_failed_nor_paid_M5_C8(code: str) -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, code)
    shop.pay_and_return()
    assert shop.attempt.state is AttemptState.CONFIRMING
    assert shop.order.confirming_attempt == shop.attempt.attempt_id
    assert unpaid_and_unchanged(shop)
    assert shop.told == ["payment_card"]
    assert [job.not_before for job in shop.jobs.named("check_payment")][-1] == START + timedelta(seconds=30)


@pytest.mark.parametrize("lost", list(Lost))
def test_a_confirm_without_an_answer_is_looked_after_until_the_truth_is_known_C8(lost: Lost) -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, lost)
    shop.pay_and_return()
    if lost is Lost.AFTER:
        assert shop.order.state is OrderState.PAID
    else:
        assert shop.attempt.state is AttemptState.CONFIRMING
    shop.pay.do_late()
    shop.go_on(120)
    assert shop.order.state is OrderState.PAID
    assert shop.pay.transactions[shop.transaction].captures == 1
    assert shop.told == ["payment_card", "paid"]


@pytest.mark.parametrize("code", ["1152", "1172"])
def test_already_made_is_believed_only_if_the_details_are_ours_C9(code: str) -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, code)
    shop.pay_and_return()
    assert shop.attempt.state is AttemptState.CONFIRMING
    assert unpaid_and_unchanged(shop)
    assert len(shop.pay.made(Call.DETAILS)) == 1


def test_already_made_by_us_is_paid_after_the_details_C9() -> None:
    """The first confirm took effect without an answer, and the look after it had none either."""
    shop = opened()
    shop.pay.script(Call.CONFIRM, Lost.AFTER)
    shop.pay.approve(shop.transaction)
    confirm = shop.pay.confirm

    def blinded(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        shop.pay.script(Call.CHECK, "9000")
        return confirm(transaction_id, amount, currency)

    shop.pay.confirm = blinded  # type: ignore[method-assign]
    shop.settle("returned")
    assert unpaid_and_unchanged(shop)
    shop.go_on(60)
    assert shop.order.state is OrderState.PAID
    assert shop.pay.transactions[shop.transaction].captures == 1


DECLINED = [code for code, meaning in TABLES[Call.CONFIRM].items() if meaning is Verdict.REFUSED]


@pytest.mark.parametrize("code", DECLINED)
def test_a_declined_confirm_frees_the_order_for_another_try(code: str) -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, code)
    shop.pay_and_return()
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.FAILED, f"confirm:{code}")
    assert shop.order.confirming_attempt is None
    assert shop.told == ["payment_card", "payment_declined"]
    assert unpaid_and_unchanged(shop)


def test_a_decline_is_not_believed_when_the_check_says_completed_M5() -> None:
    shop = opened()
    shop.pay.approve(shop.transaction)
    confirm = shop.pay.confirm

    def declines_but_charges(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        confirm(transaction_id, amount, currency)
        return replace(confirm(transaction_id, amount, currency), verdict=Verdict.REFUSED, code="1142")

    shop.pay.confirm = declines_but_charges  # type: ignore[method-assign]
    shop.settle("returned")
    assert shop.order.state is OrderState.PAID
    assert shop.told == ["payment_card", "paid"]


def test_a_decline_that_cannot_be_looked_after_is_not_told_M5() -> None:
    shop = opened()
    shop.pay.approve(shop.transaction)
    shop.pay.script(Call.CONFIRM, "1142")
    check = shop.pay.check
    looks = iter([check])

    def once(transaction_id):  # type: ignore[no-untyped-def]
        if next(looks, None) is None:
            shop.pay.script(Call.CHECK, Lost.BEFORE)
        return check(transaction_id)

    shop.pay.check = once  # type: ignore[method-assign]
    shop.settle("returned")
    assert shop.attempt.state is AttemptState.CONFIRMING
    assert shop.told == ["payment_card"]


@pytest.mark.parametrize(
    "code", [code for code, meaning in TABLES[Call.CONFIRM].items() if meaning is Verdict.MISCONFIGURED]
)
def test_a_confirm_refused_for_our_own_mistake_becomes_a_case_and_is_looked_after(code: str) -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, code)
    shop.pay_and_return()
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.facts) == ("payment_misconfigured", {"code": code})
    assert shop.attempt.state is AttemptState.CONFIRMING
    assert shop.told == ["payment_card"]


def test_another_amount_than_asked_is_a_persons_to_settle_M3_C11() -> None:
    shop = opened()
    shop.pay.transactions[shop.transaction] = replace(
        shop.pay.transactions[shop.transaction], paid_amount=700
    )
    shop.pay_and_return()
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.facts["captured"]) == ("amount_mismatch", "700")
    assert shop.attempt.state is AttemptState.CONFIRMING
    assert unpaid_and_unchanged(shop)
    assert shop.attempt.due_at == START + timedelta(seconds=MISMATCH_WAIT_SECONDS + 30)
    shop.go_on(3600, step=60)
    assert len(shop.store.all(OperatorCase)) == 1
    assert shop.order.state is OrderState.AWAITING_PAYMENT


def test_details_of_another_order_are_not_ours_X5() -> None:
    shop = opened()
    shop.pay.transactions[shop.transaction] = replace(
        shop.pay.transactions[shop.transaction], order_id="SOMEBODY-ELSES"
    )
    shop.pay_and_return()
    assert [case.kind.value for case in shop.store.all(OperatorCase)] == ["amount_mismatch"]
    assert unpaid_and_unchanged(shop)


def test_nobody_acts_while_a_confirm_may_be_under_way_C16() -> None:
    shop = opened()
    shop.pay.approve(shop.transaction)
    claimed_at = shop.clock.now
    claim = shop.attempt.confirming(claimed_at, claimed_at + CALL_LEASE)
    shop.store.commit(Put(claim), Put(shop.order.confirming(claim.attempt_id, claim.amount, claimed_at)))
    shop.clock.now = claimed_at + CALL_LEASE - timedelta(seconds=1)
    calls = len(shop.pay.calls)
    shop.settle("sweep")
    assert len(shop.pay.calls) == calls
    shop.clock.now = claimed_at + CALL_LEASE
    shop.settle("sweep")
    assert shop.order.state is OrderState.PAID


def test_a_confirm_that_nobody_can_explain_becomes_a_case_and_its_stock_stays_frozen_C17() -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    shop.pay.script(Call.CHECK, *["9000"] * 1_000)
    shop.go_on(GIVE_UP_AFTER.total_seconds() + 120, step=30)
    assert [case.kind.value for case in shop.store.all(OperatorCase)] == ["confirm_unknown"]
    assert shop.attempt.state is AttemptState.CONFIRMING
    assert shop.stock == HELD
    assert shop.order.state is OrderState.AWAITING_PAYMENT


def test_a_payment_approved_after_the_hold_has_ended_is_never_confirmed_C7_S2() -> None:
    shop = opened()
    shop.pay.approve(shop.transaction)
    shop.clock.now = shop.order.hold_until
    shop.settle()
    assert shop.pay.made(Call.CONFIRM) == []
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.CLOSED, "not-wanted")


def test_a_payment_approved_just_within_the_hold_is_confirmed_H1() -> None:
    shop = opened()
    shop.pay.approve(shop.transaction)
    shop.clock.now = shop.order.hold_until - timedelta(microseconds=1)
    shop.settle()
    assert shop.order.state is OrderState.PAID


def test_an_attempt_whose_total_changed_is_never_confirmed_M3() -> None:
    shop = opened()
    shop.pay.approve(shop.transaction)
    shop.change(shipping_fee=60)
    shop.settle()
    assert shop.pay.made(Call.CONFIRM) == []
    assert shop.attempt.reason == "not-wanted"


def test_a_payment_completed_without_our_asking_is_recorded_and_paid() -> None:
    shop = opened()
    found = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(found, stage=Stage.CAPTURED, captures=1)
    shop.settle()
    assert (shop.order.state, shop.attempt.state) == (OrderState.PAID, AttemptState.CONFIRMED)


def test_money_for_an_order_that_ended_is_a_persons_to_settle() -> None:
    shop = opened()
    found = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(found, stage=Stage.CAPTURED, captures=1)
    shop.change(state=OrderState.CANCELLED, hold=HoldState.RELEASED, active_attempt=None)
    shop.settle()
    assert [case.kind.value for case in shop.store.all(OperatorCase)] == ["paid_without_stock"]
    assert shop.order.state is OrderState.CANCELLED


def test_a_busy_order_does_not_keep_money_that_came_from_being_recorded_M6_C10() -> None:
    shop = opened()
    commit = shop.store.commit
    others = iter(range(3))

    def busy(*writes: Write) -> None:
        paying = any(isinstance(write, StockMove) and write.committed for write in writes)
        if paying and next(others, None) is not None:
            commit(Put(replace(shop.order, satisfaction=5)))
        commit(*writes)

    shop.store.commit = busy  # type: ignore[method-assign]
    shop.pay_and_return()
    assert (shop.order.state, shop.order.satisfaction) == (OrderState.PAID, 5)
    assert len(shop.pay.made(Call.CONFIRM)) == 1


def test_paid_goods_that_the_counters_do_not_know_are_not_a_lost_order() -> None:
    shop = opened()
    shop.store.stock[TEA.sku] = Counters(STOCK, 0, 0, STOCK)
    shop.pay_and_return()
    assert shop.order.state is OrderState.PAID
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.facts) == ("paid_without_stock", {"sku": TEA.sku})
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)
    assert shop.told == ["payment_card", "paid"]


def test_a_repeated_look_at_a_paid_attempt_only_wakes_the_workflow_again() -> None:
    shop = LittleShop().paid()
    shop.waits.keep(shop.order, WaitStep.PAYMENT, "token1")
    calls = len(shop.pay.calls)
    shop.settle("schedule")
    assert shop.workflow.woken == [("token1", {"orderNumber": ORDER})]
    assert len(shop.pay.calls) == calls
    assert shop.told == ["payment_card", "paid"]


@pytest.mark.parametrize("state", [AttemptState.CLOSED, AttemptState.FAILED])
def test_an_attempt_that_ended_is_never_asked_about_again_T3(state: AttemptState) -> None:
    shop = opened()
    shop.store.commit(Put(shop.attempt.ended(state, shop.clock.now, "test")))
    calls = len(shop.pay.calls)
    shop.settle("returned")
    assert len(shop.pay.calls) == calls


def test_an_unknown_attempt_is_ignored() -> None:
    shop = opened()
    calls = len(shop.pay.calls)
    shop.checkout.settle("no-such-attempt", "returned")
    assert len(shop.pay.calls) == calls


def test_an_attempt_that_keeps_changing_is_left_to_the_queue() -> None:
    shop = opened()
    shop.clock.go_on(30)

    def busy(*_writes: Write) -> None:
        raise Conflict("PaymentAttempt")

    shop.store.commit = busy  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        shop.settle("schedule")


def test_a_token_stored_after_the_outcome_is_answered_at_once_D1() -> None:
    shop = LittleShop().paid()
    shop.checkout.await_payment(ORDER, "token1")
    assert shop.workflow.woken == [("token1", {"orderNumber": ORDER})]


def test_a_token_stored_before_the_outcome_is_answered_by_it_D1() -> None:
    shop = opened()
    shop.checkout.await_payment(ORDER, "token1")
    assert (shop.workflow.woken, shop.workflow.ended) == ([], [])
    shop.pay_and_return()
    assert shop.workflow.woken == [("token1", {"orderNumber": ORDER})]


def test_a_token_of_an_order_that_ended_is_ended_D1() -> None:
    shop = opened()
    shop.cancel()
    shop.checkout.await_payment(ORDER, "token1")
    assert shop.workflow.ended == [("token1", "OrderEnded")]


def test_a_retried_task_brings_a_new_token_and_only_that_one_is_answered_D4() -> None:
    shop = opened()
    shop.checkout.await_payment(ORDER, "token1")
    shop.checkout.await_payment(ORDER, "token2")
    shop.pay_and_return()
    assert [token for token, _ in shop.workflow.woken] == ["token2"]


def test_no_order_row_is_ever_made_by_settling() -> None:
    shop = opened()
    shop.pay_and_return()
    assert len(shop.store.all(Order)) == 1
    assert len(shop.store.all(PaymentAttempt)) == 1


def test_a_confirm_that_somebody_else_finished_meanwhile_is_left_as_it_is() -> None:
    """Our lease ran out while we waited, a look found the money and recorded it."""
    shop = opened()
    shop.pay.approve(shop.transaction)
    confirm = shop.pay.confirm

    def slow(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        answer = confirm(transaction_id, amount, currency)
        shop.clock.now += CALL_LEASE
        shop.settle("sweep")
        return answer

    shop.pay.confirm = slow  # type: ignore[method-assign]
    shop.settle("returned")
    assert shop.order.state is OrderState.PAID
    assert shop.told == ["payment_card", "paid"]
    assert shop.store.all(OperatorCase) == []


def test_a_decline_that_somebody_else_recorded_meanwhile_is_told_once() -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, "1142")
    shop.pay.approve(shop.transaction)
    confirm = shop.pay.confirm

    def slow(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        answer = confirm(transaction_id, amount, currency)
        shop.pay.cancel(transaction_id)
        shop.clock.now += CALL_LEASE
        shop.settle("sweep")
        return answer

    shop.pay.confirm = slow  # type: ignore[method-assign]
    shop.settle("returned")
    assert shop.attempt.state is AttemptState.FAILED
    assert shop.told == ["payment_card", "payment_cancelled"]


def test_money_that_comes_for_an_order_that_ended_by_other_means_is_a_persons_to_settle() -> None:
    """No way of ours leads here: rows were changed by hand."""
    shop = opened()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    shop.change(state=OrderState.EXPIRED, hold=HoldState.RELEASED)
    shop.settle("schedule")
    assert [case.kind.value for case in shop.store.all(OperatorCase)] == ["paid_without_stock"]
    assert shop.order.captured == 0
    assert shop.attempt.state is AttemptState.CONFIRMING


def test_a_busy_order_does_not_keep_a_decline_from_being_recorded() -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, "1142")
    confirm = shop.pay.confirm

    def busy(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        answer = confirm(transaction_id, amount, currency)
        commit = shop.store.commit

        def overtaken(*writes: Write) -> None:
            shop.store.commit = commit  # type: ignore[method-assign]
            shop.change(satisfaction=4)
            commit(*writes)

        shop.store.commit = overtaken  # type: ignore[method-assign]
        return answer

    shop.pay.confirm = busy  # type: ignore[method-assign]
    shop.pay_and_return()
    assert (shop.attempt.state, shop.order.satisfaction) == (AttemptState.FAILED, 4)
    assert shop.told == ["payment_card", "payment_declined"]


# One chain of looks ---------------------------------------------------------------------------------------


def waiting_looks(shop: LittleShop) -> int:
    return len(shop.jobs.named("check_payment"))


@pytest.mark.parametrize(
    "cause", ["returned", "cancelled", "operator", "schedule", "sweep", "reconciliation"]
)
def test_looking_out_of_turn_at_an_unanswered_confirm_starts_no_second_chain_of_looks_C8(cause: str) -> None:
    """Before, each visit of the page or repeated job brought a chain of its own, each asking every 30 s."""
    shop = opened()
    shop.jobs.waiting.clear()
    shop.pay.script(Call.CONFIRM, Lost.LATE)
    shop.pay_and_return()
    shop.pay.script(Call.CHECK, *["9000"] * 100)
    assert waiting_looks(shop) == 1
    before = shop.attempt
    for _ in range(10):
        shop.clock.go_on(2)
        shop.settle(cause)
    assert shop.attempt == before
    assert waiting_looks(shop) == 1
    shop.clock.now = shop.jobs.waiting[0].not_before
    shop.work_off()
    assert waiting_looks(shop) == 1
    assert shop.attempt.checks_made == before.checks_made + 1


def test_a_look_that_is_delivered_twice_is_one_step_of_the_schedule_C4() -> None:
    shop = opened()
    shop.clock.go_on(30)
    (job,) = shop.jobs.take_due()
    shop.work(job)
    shop.work(job)
    assert shop.attempt.checks_made == 1
    assert waiting_looks(shop) == 1


def test_looking_out_of_turn_at_a_wrong_sum_starts_no_second_chain_of_looks_C11() -> None:
    shop = opened()
    shop.jobs.waiting.clear()
    found = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(found, paid_amount=700)
    shop.pay_and_return()
    for _ in range(5):
        shop.clock.go_on(5)
        shop.settle("operator")
    assert waiting_looks(shop) == 1
    assert shop.attempt.due_at == START + timedelta(seconds=MISMATCH_WAIT_SECONDS + 30)


def test_a_look_that_was_lost_is_made_up_for_by_whoever_comes_next_C16() -> None:
    """The look is overdue, so a visit takes its place and puts the next one on the queue."""
    shop = opened()
    shop.jobs.waiting.clear()
    shop.clock.go_on(31)
    shop.settle("returned")
    assert shop.attempt.checks_made == 1
    assert [job.not_before for job in shop.jobs.named("check_payment")] == [START + timedelta(seconds=61)]


# An end after a confirm -----------------------------------------------------------------------------------


def ended_though_captured(code: str) -> LittleShop:
    """The confirm took the money and its answer was lost; every check says that nothing came of the payment."""
    shop = opened()
    shop.jobs.waiting.clear()
    shop.pay.approve(shop.transaction)
    shop.pay.script(Call.CONFIRM, Lost.AFTER)
    confirm = shop.pay.confirm

    def confirms_and_then_denies(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        shop.pay.script(Call.CHECK, *[code] * 50)
        return confirm(transaction_id, amount, currency)

    shop.pay.confirm = confirms_and_then_denies  # type: ignore[method-assign]
    return shop


@pytest.mark.parametrize("code", ["0121", "0122"])
def test_an_end_that_the_details_deny_is_not_told_as_failed_M5(code: str) -> None:
    shop = ended_though_captured(code)
    shop.settle("returned")
    shop.go_on(60)
    assert shop.order.state is OrderState.PAID
    assert shop.told == ["payment_card", "paid"]


@pytest.mark.parametrize("code", ["0121", "0122"])
def test_an_end_is_not_believed_while_the_details_do_not_answer_M5(code: str) -> None:
    shop = ended_though_captured(code)
    shop.pay.script(Call.DETAILS, Lost.BEFORE, "9000")
    shop.settle("returned")
    for _ in range(2):
        shop.clock.go_on(30)
        shop.work_off()
        assert shop.attempt.state is AttemptState.CONFIRMING
        assert "paid" not in shop.told
    shop.go_on(30)
    assert shop.order.state is OrderState.PAID
    assert shop.told == ["payment_card", "paid"]


def test_an_end_that_the_details_bear_out_is_told() -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    shop.pay.fail(shop.transaction)
    shop.go_on(30)
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.FAILED, "check:failed")
    assert len(shop.pay.made(Call.DETAILS)) == 1
    assert shop.told == ["payment_card", "payment_declined"]


def test_a_decline_with_an_end_that_the_details_deny_is_paid_M5() -> None:
    shop = opened()
    shop.pay.approve(shop.transaction)
    confirm = shop.pay.confirm

    def declines_but_charges(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        answer = confirm(transaction_id, amount, currency)
        shop.pay.script(Call.CHECK, "0122")
        return replace(answer, verdict=Verdict.REFUSED, code="1281", value=None)

    shop.pay.confirm = declines_but_charges  # type: ignore[method-assign]
    shop.settle("returned")
    assert shop.order.state is OrderState.PAID
    assert shop.told == ["payment_card", "paid"]


@pytest.mark.parametrize(
    ("currency", "state"), [(None, "paid"), ("TWD", "paid"), ("JPY", "awaiting_payment")]
)
def test_the_same_number_in_another_currency_is_another_amount_M3(currency: str | None, state: str) -> None:
    shop = opened()
    confirm = shop.pay.confirm

    def in_currency(transaction_id, amount, _currency):  # type: ignore[no-untyped-def]
        answer = confirm(transaction_id, amount, _currency)
        assert answer.value is not None
        return replace(answer, value=replace(answer.value, currency=currency))

    shop.pay.confirm = in_currency  # type: ignore[method-assign]
    shop.pay_and_return()
    assert shop.order.state.value == state
    cases = [(case.kind.value, case.facts["currency"]) for case in shop.store.all(OperatorCase)]
    assert cases == ([("amount_mismatch", "JPY")] if currency == "JPY" else [])
