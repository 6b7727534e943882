"""The end of an unpaid order: by time, and by the customer; never against a confirm."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.casework import WaitStep
from storefront.domain.errors import Conflict
from storefront.domain.order import HoldState, OrderState
from storefront.domain.payment import AttemptState
from storefront.domain.payment_answers import Call
from storefront.services.checkout import Closing
from storefront.services.ports import Put, Write
from tests.doubles.line_pay_model import Lost, Stage
from tests.doubles.little_shop import GRACE, ORDER, STOCK, LittleShop
from tests.doubles.memory_store import Counters


def late() -> LittleShop:
    """An order with an unpaid link whose hold and grace are over."""
    shop = LittleShop()
    shop.open()
    shop.clock.now = shop.order.hold_until + GRACE
    return shop


def test_an_unpaid_order_ends_with_its_window_and_its_stock_is_free_S4() -> None:
    shop = late()
    shop.waits.keep(shop.order, WaitStep.PAYMENT, "token1")
    assert shop.checkout.close(ORDER, "workflow") is Closing.CLOSED
    assert (shop.order.state, shop.order.hold) == (OrderState.EXPIRED, HoldState.RELEASED)
    assert shop.order.closed_reason == "payment-window-ended"
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.CLOSED, "window-ended")
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)
    assert shop.told == ["payment_card", "order_expired"]
    assert shop.events == ["order.cancelled.v1"]
    assert shop.workflow.ended == [("token1", "OrderEnded")]


def test_closing_twice_frees_the_stock_once_S3() -> None:
    shop = late()
    shop.checkout.close(ORDER, "workflow")
    assert shop.checkout.close(ORDER, "sweep") is Closing.CLOSED
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)
    assert shop.told == ["payment_card", "order_expired"]


def test_a_hold_outlives_its_deadline_by_the_grace_H1() -> None:
    shop = late()
    shop.clock.now -= timedelta(microseconds=1)
    assert shop.checkout.close(ORDER, "workflow") is Closing.UNSETTLED
    assert shop.order.state is OrderState.AWAITING_PAYMENT


def test_expiry_never_races_a_confirm_S2_H1() -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.LATE)
    shop.pay_and_return()
    shop.clock.now = shop.order.hold_until + GRACE
    assert shop.checkout.close(ORDER, "workflow") is Closing.UNSETTLED
    assert shop.order.hold is HoldState.HELD
    shop.pay.do_late()
    shop.settle("sweep")
    assert shop.order.state is OrderState.PAID
    assert shop.checkout.close(ORDER, "workflow") is Closing.PAID


def test_a_payment_that_line_pay_has_completed_is_not_closed_M6() -> None:
    shop = late()
    found = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(found, stage=Stage.CAPTURED, captures=1)
    assert shop.checkout.close(ORDER, "workflow") is Closing.PAID
    assert shop.order.state is OrderState.PAID


def test_a_completed_payment_whose_details_do_not_come_is_left_open() -> None:
    shop = late()
    found = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(found, stage=Stage.CAPTURED, captures=1)
    shop.pay.script(Call.DETAILS, Lost.BEFORE)
    assert shop.checkout.close(ORDER, "workflow") is Closing.UNSETTLED
    assert shop.order.state is OrderState.AWAITING_PAYMENT
    assert len(shop.pay.made(Call.CHECK)) == 2


@pytest.mark.parametrize("answer", ["0000", "0110", "0121", "9000", "1104"])
def test_a_payment_that_we_never_confirmed_is_closed_whatever_else_the_look_says_C7(answer: str) -> None:
    shop = late()
    shop.pay.script(Call.CHECK, answer)
    assert shop.checkout.close(ORDER, "workflow") is Closing.CLOSED
    assert shop.pay.made(Call.CONFIRM) == []


def test_a_customer_who_approves_after_the_end_is_not_charged_C7() -> None:
    shop = late()
    shop.checkout.close(ORDER, "workflow")
    shop.pay.approve(shop.transaction)
    shop.settle("returned")
    assert shop.pay.captured == []
    assert shop.order.state is OrderState.EXPIRED


def test_an_order_without_details_ends_too() -> None:
    shop = LittleShop()
    shop.change(state=OrderState.AWAITING_DETAILS)
    shop.clock.now = shop.order.hold_until + GRACE
    assert shop.checkout.close(ORDER, "sweep") is Closing.CLOSED
    assert shop.order.state is OrderState.EXPIRED


def test_a_refunded_order_counts_as_paid_for_the_workflow() -> None:
    shop = LittleShop().paid()
    shop.carry_out(shop.refund(720))
    assert shop.checkout.close(ORDER, "workflow") is Closing.PAID


def test_an_order_that_keeps_changing_stays_unsettled() -> None:
    shop = late()

    def busy(*_writes: Write) -> None:
        raise Conflict("Order")

    shop.store.commit = busy  # type: ignore[method-assign]
    assert shop.checkout.close(ORDER, "workflow") is Closing.UNSETTLED


def test_the_sweeper_ends_what_the_workflow_forgot_S4() -> None:
    shop = LittleShop()
    shop.open()
    shop.jobs.waiting.clear()
    deadline = shop.order.hold_until + 2 * GRACE
    shop.go_on((deadline - shop.clock.now).total_seconds() + 120)
    assert shop.order.state is OrderState.EXPIRED
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)


# By the customer ------------------------------------------------------------------------------------------


def test_cancelling_an_unpaid_order_frees_its_stock_and_tells_the_order_system() -> None:
    shop = LittleShop()
    shop.open()
    assert shop.cancel() == "order_cancelled"
    assert (shop.order.state, shop.order.hold) == (OrderState.CANCELLED, HoldState.RELEASED)
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.CLOSED, "order-cancelled")
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)
    assert shop.events == ["order.cancelled.v1"]


def test_cancelling_before_there_is_a_link_works_as_well() -> None:
    shop = LittleShop()
    assert shop.cancel() == "order_cancelled"
    assert shop.attempts == []


def test_cancelling_is_refused_while_a_confirm_is_unanswered_S2() -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    plan = shop.cancelling.plan(shop.order, "customer", "test", shop.clock.now)
    assert (plan.topic.value, plan.facts["reason"], plan.writes) == ("order_cannot_cancel", "confirming", ())


def test_a_link_paid_after_the_cancellation_is_not_confirmed_C7() -> None:
    shop = LittleShop()
    shop.open()
    shop.cancel()
    shop.pay.approve(shop.transaction)
    shop.settle("returned")
    assert shop.pay.captured == []


def test_cancelling_a_paid_order_without_a_label_gives_everything_back() -> None:
    shop = LittleShop().paid()
    assert shop.cancel() == "refund_pending"
    (refund,) = shop.refunds
    assert (refund.amount, shop.order.open_refund) == (720, refund.refund_id)
    assert shop.events == ["order.paid.v1", "order.cancelled.v1"]
    shop.carry_out(refund)
    assert shop.order.state is OrderState.REFUNDED
    assert shop.events == ["order.paid.v1", "order.cancelled.v1", "order.refunded.v1"]


def test_cancelling_twice_refunds_once_and_says_so_both_times() -> None:
    shop = LittleShop().paid()
    shop.cancel()
    plan = shop.cancelling.plan(shop.order, "customer", "test", shop.clock.now)
    assert (plan.topic.value, plan.facts["amount"], plan.writes) == ("refund_pending", "720", ())
    assert len(shop.refunds) == 1


def test_cancelling_while_a_part_goes_back_is_not_taken_for_done() -> None:
    """Before, she was told that her refund was on its way, and the order was packed all the same."""
    shop = LittleShop().paid()
    refund = shop.refund(50)
    plan = shop.cancelling.plan(shop.order, "customer", "test", shop.clock.now)
    assert (plan.topic.value, plan.facts["reason"], plan.writes) == ("order_cannot_cancel", "refunding", ())
    shop.carry_out(refund)
    assert shop.cancel() == "refund_pending"
    assert shop.order.open_refund is not None
    assert sorted(each.amount for each in shop.refunds) == [50, 670]


def test_cancelling_after_the_label_becomes_one_request_for_a_return() -> None:
    shop = LittleShop().paid()
    shop.change(labelled=True)
    assert shop.cancel() == "order_cannot_cancel"
    assert shop.cancel() == "order_cannot_cancel"
    plan = shop.cancelling.plan(shop.order, "customer", "test", shop.clock.now)
    assert (plan.facts["reason"], plan.writes) == ("paid_shipped", ())
    assert shop.refunds == []


def test_cancelling_what_has_ended_changes_nothing_T3() -> None:
    shop = LittleShop()
    shop.cancel()
    before = shop.order
    plan = shop.cancelling.plan(before, "customer", "test", shop.clock.now)
    assert (plan.facts["reason"], plan.writes) == ("ended", ())


def test_a_cancellation_planned_before_a_confirm_was_claimed_is_refused_by_the_store_S2() -> None:
    shop = LittleShop()
    shop.open()
    plan = shop.cancelling.plan(shop.order, "customer", "test", shop.clock.now)
    now = shop.clock.now
    shop.store.commit(
        Put(shop.order.confirming(shop.attempt.attempt_id, 720, now)), Put(shop.attempt.confirming(now, now))
    )
    with pytest.raises(Conflict):
        shop.store.commit(*plan.writes)
    assert shop.order.hold is HoldState.HELD
