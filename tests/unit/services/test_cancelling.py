"""Cancelling: what it means by where the money and the parcels are, each plan whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import IllegalMove
from storefront.domain.order import HistoryStep, HoldState, Order, OrderState
from storefront.domain.outbox import OrderEvent, OrderEventType, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.quote import Discount, DiscountKind
from storefront.domain.refund import Refund, RefundState
from storefront.services.cancelling import CancelPlan
from storefront.services.coupons import unredeemed
from storefront.services.order_events import order_event
from storefront.services.ports import CouponUse, Put, StockMove
from tests.doubles.little_shop import ORDER, STOCK, TEA, UNITS, LittleShop
from tests.doubles.machinery import START
from tests.doubles.memory_store import Counters

LATER = START + timedelta(minutes=5)


def plan(shop: LittleShop) -> CancelPlan:
    return shop.cancelling.plan(shop.order, "customer", "event1", LATER)


def row[Entity](kind: type[Entity], of: CancelPlan) -> Entity:
    """The only row of this kind that the plan writes."""
    (found,) = [
        write.entity for write in of.writes if isinstance(write, Put) and isinstance(write.entity, kind)
    ]
    return found


def kinds(of: CancelPlan) -> list[str]:
    return [type(write.entity).__name__ if isinstance(write, Put) else "stock" for write in of.writes]


def test_a_plan_that_only_tells_something_writes_nothing() -> None:
    told = CancelPlan(Topic.ORDER_CANNOT_CANCEL)
    assert (told.facts, told.writes, told.closed, told.refund, told.event) == ({}, (), None, None, None)


def test_an_unpaid_order_is_closed_with_its_link_its_stock_and_an_event() -> None:
    shop = LittleShop()
    shop.open()
    before = shop.order
    planned = plan(shop)
    assert (planned.topic, planned.facts) == (Topic.ORDER_CANCELLED, {"order_number": ORDER, "refunded": "0"})
    assert sorted(kinds(planned)) == ["Order", "OrderEvent", "PaymentAttempt", "stock"]
    assert StockMove(TEA.sku, available=UNITS, held=-UNITS) in planned.writes
    closed = row(Order, planned)
    assert closed == planned.closed
    assert closed == replace(
        before,
        state=OrderState.CANCELLED,
        hold=HoldState.RELEASED,
        closed_reason="customer",
        active_attempt=None,
        due_at=None,
        history=(*before.history, HistoryStep(LATER, OrderState.CANCELLED, "event1")),
    )
    attempt = row(PaymentAttempt, planned)
    assert (attempt.state, attempt.settled_at, attempt.reason) == (
        AttemptState.CLOSED,
        LATER,
        "order-cancelled",
    )
    event = row(OrderEvent, planned)
    assert event == planned.event
    delivery = shop.store.read(OrderDelivery, ORDER)
    assert event == order_event(closed, delivery, OrderEventType.CANCELLED, LATER, reason="customer")
    assert "王小明" in event.body
    assert planned.refund is None
    shop.store.commit(*planned.writes)
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)


@pytest.mark.parametrize("state", [AttemptState.CONFIRMED, AttemptState.CLOSED, AttemptState.FAILED])
def test_an_attempt_that_has_ended_is_left_as_it_is(state: AttemptState) -> None:
    shop = LittleShop()
    attempt = shop.open()
    shop.store.commit(Put(replace(attempt, state=state)))
    assert sorted(kinds(plan(shop))) == ["Order", "OrderEvent", "stock"]


def test_a_link_that_is_being_made_ends_with_the_order() -> None:
    shop = LittleShop()
    attempt = shop.open()
    shop.store.commit(Put(replace(attempt, state=AttemptState.REQUESTING)))
    assert row(PaymentAttempt, plan(shop)).state is AttemptState.CLOSED


def test_an_unpaid_order_gives_its_coupon_back() -> None:
    shop = LittleShop()
    shop.change(discounts=(Discount(DiscountKind.COUPON, "TEA100", 100),))
    uses = [write for write in plan(shop).writes if isinstance(write, CouponUse)]
    assert uses == list(unredeemed(shop.order))
    assert {(use.code, use.change) for use in uses} == {("TEA100", -1)}


def test_an_order_without_a_link_is_closed_alone() -> None:
    assert sorted(kinds(plan(LittleShop()))) == ["Order", "OrderEvent", "stock"]


def test_an_order_is_not_cancelled_while_it_is_being_confirmed_H1() -> None:
    shop = LittleShop()
    shop.change(confirming_attempt="a1")
    facts = {"order_number": ORDER, "reason": "confirming"}
    assert plan(shop) == CancelPlan(Topic.ORDER_CANNOT_CANCEL, facts)


def test_a_paid_order_is_called_off_and_all_of_it_intended_back_M2() -> None:
    shop = LittleShop().paid()
    before = shop.order
    planned = plan(shop)
    assert (planned.topic, planned.facts) == (Topic.REFUND_PENDING, {"order_number": ORDER, "amount": "720"})
    assert sorted(kinds(planned)) == ["Order", "OrderEvent", "Refund"]
    refund = row(Refund, planned)
    assert refund == planned.refund
    assert (refund.amount, refund.reason, refund.created_at, refund.state) == (
        720,
        "customer",
        LATER,
        RefundState.INTENDED,
    )
    assert row(Order, planned) == replace(before, open_refund=refund.refund_id)
    event = row(OrderEvent, planned)
    assert event == planned.event
    delivery = shop.store.read(OrderDelivery, ORDER)
    assert event == order_event(
        before,
        delivery,
        OrderEventType.CANCELLED,
        LATER,
        reason="customer",
        sequence=refund.refund_id,
    )
    assert "王小明" in event.body
    assert planned.closed is None


def test_a_refund_of_all_that_is_left_is_the_cancellation_C13() -> None:
    shop = LittleShop().paid()
    shop.carry_out(shop.refund(100))
    shop.refund(620)
    facts = {"order_number": ORDER, "amount": "620"}
    assert plan(shop) == CancelPlan(Topic.REFUND_PENDING, facts)


def test_a_refund_of_a_part_that_is_under_way_is_not_taken_for_the_cancellation_C13() -> None:
    shop = LittleShop().paid()
    shop.refund(719)
    facts = {"order_number": ORDER, "reason": "refunding"}
    assert plan(shop) == CancelPlan(Topic.ORDER_CANNOT_CANCEL, facts)


def test_a_refund_whose_row_is_gone_is_told_as_all_that_is_left() -> None:
    shop = LittleShop().paid()
    shop.change(open_refund="gone", refunded=20)
    assert plan(shop) == CancelPlan(Topic.REFUND_PENDING, {"order_number": ORDER, "amount": "700"})


def test_a_paid_order_with_a_label_is_a_return_for_a_person() -> None:
    shop = LittleShop().paid()
    shop.change(labelled=True)
    planned = plan(shop)
    assert (planned.topic, planned.facts) == (
        Topic.ORDER_CANNOT_CANCEL,
        {"order_number": ORDER, "reason": "paid_shipped"},
    )
    case = row(OperatorCase, planned)
    assert (case.kind, case.subject, case.opened_at, case.facts) == (
        CaseKind.RETURN_REQUESTED,
        ORDER,
        LATER,
        {"reason": "customer"},
    )
    assert (planned.closed, planned.refund, planned.event) == (None, None, None)


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REFUNDED])
def test_an_order_that_has_ended_stays_ended(state: OrderState) -> None:
    shop = LittleShop()
    shop.change(state=state)
    facts = {"order_number": ORDER, "reason": "ended"}
    assert plan(shop) == CancelPlan(Topic.ORDER_CANNOT_CANCEL, facts)


def test_a_part_is_intended_back_and_marks_the_order() -> None:
    shop = LittleShop().paid()
    before = shop.order
    planned = shop.cancelling.plan_refund(before, 100, "broken", "operator", LATER)
    refund = row(Refund, planned)
    assert (planned.topic, planned.facts) == (Topic.REFUND_PENDING, {"order_number": ORDER, "amount": "100"})
    assert refund == planned.refund
    assert (refund.amount, refund.reason, refund.created_at) == (100, "broken", LATER)
    assert kinds(planned) == ["Order", "Refund"]
    assert row(Order, planned) == replace(before, open_refund=refund.refund_id)
    with pytest.raises(IllegalMove):
        shop.cancelling.plan_refund(before, 721, "broken", "operator", LATER)
