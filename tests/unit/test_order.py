"""Orders: which moves there are, and what each one demands."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from storefront.domain.errors import IllegalMove
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.moves import move
from storefront.domain.order import (
    ORDER_MOVES,
    DeliveryMethod,
    HistoryStep,
    HoldState,
    Order,
    OrderState,
    PaymentMethod,
)
from storefront.domain.quote import Discount, DiscountKind
from tests.doubles.little_shop import TEA, order_row
from tests.doubles.machinery import START

LATER = START + timedelta(minutes=1)
ALLOWED = {
    ("awaiting_details", "awaiting_payment"),
    ("awaiting_details", "cancelled"),
    ("awaiting_details", "expired"),
    ("awaiting_payment", "paid"),
    ("awaiting_payment", "cancelled"),
    ("awaiting_payment", "expired"),
    ("paid", "refunded"),
}


def trying() -> Order:
    return order_row().trying("a1")


def confirming() -> Order:
    return trying().confirming("a1", 720, START)


def paid() -> Order:
    return confirming().paid(720, LATER, "event1")


@pytest.mark.parametrize(("source", "target"), list(product(OrderState, repeat=2)))
def test_only_the_edges_of_the_table_can_be_walked_T1_T3(source: OrderState, target: OrderState) -> None:
    if (source.value, target.value) in ALLOWED:
        assert move(ORDER_MOVES, source, target) is target
    else:
        with pytest.raises(IllegalMove) as refused:
            move(ORDER_MOVES, source, target)
        assert str(refused.value) == f"OrderState: {source.value} -> {target.value}"


def test_an_order_begins_with_nothing_paid_shipped_or_told() -> None:
    fresh = Order(
        "ORDER1", "customer1", "quote1", 1, Language.EN, Currency.TWD, (), OrderState.AWAITING_DETAILS,
        HoldState.HELD, LATER, START,
    )  # fmt: skip
    nothing_yet = {
        "payment_method": PaymentMethod.LINE_PAY,
        **dict.fromkeys(("shipping_fee", "discount", "attempts_made", "captured", "refunded"), 0),
        **dict.fromkeys(("wished_date", "delivery_method", "active_attempt", "confirming_attempt")),
        **dict.fromkeys(
            (
                "open_refund",
                "paid_at",
                "closed_reason",
                "completed_at",
                "satisfaction",
                "due_at",
                "rated_at",
                "forgotten_at",
            )
        ),
        **{"labelled": False, "delivery_changes": 0, "shipped": {}, "history": (), "revision": 0},
    }
    assert {name: getattr(fresh, name) for name in nothing_yet} == nothing_yet


@pytest.mark.parametrize(
    ("move_it", "told"),
    [
        (lambda: paid().trying("a2"), "Order: paid -> trying"),
        (lambda: paid().confirming("a1", 720, START), "Order: paid -> confirming"),
        (lambda: paid().with_other_delivery(DeliveryMethod.STORE, 60), "Order: paid -> with_other_delivery"),
        (lambda: trying().redelivered_to(DeliveryMethod.STORE), "Delivery: awaiting_payment -> store"),
        (
            lambda: confirming().closed(OrderState.EXPIRED, LATER, "sweep", "reason"),
            "Order: confirming -> expired",
        ),
        (lambda: paid().captured_in_vain("a1", 720, LATER, "person"), "Order: paid -> captured in vain"),
        (lambda: paid().refunded_by(721, LATER, "refund:r1"), "Order: paid -> refund of 721"),
    ],
)
def test_a_refusal_says_which_move_was_refused(move_it: Callable[[], Order], told: str) -> None:
    with pytest.raises(IllegalMove) as refused:
        move_it()
    assert str(refused.value) == told


def test_the_total_is_the_frozen_lines_and_shipping_less_discount_M3() -> None:
    order = replace(order_row(), discounts=(Discount(DiscountKind.COUPON, "TEA100", 20),))
    assert (order.subtotal, order.total) == (600, 700)
    assert order.payment_method is PaymentMethod.LINE_PAY
    assert order.workflow_name == "quote1-1"
    assert [line.sku for line in order.counted_lines] == [TEA.sku]


def test_complete_delivery_details_make_the_order_payable() -> None:
    waiting = replace(order_row(OrderState.AWAITING_DETAILS), delivery_method=None, shipping_fee=0)
    ready = waiting.with_delivery(DeliveryMethod.STORE, 60, LATER, START, "event1")
    assert (ready.state, ready.delivery_method, ready.total, ready.hold_until) == (
        OrderState.AWAITING_PAYMENT,
        DeliveryMethod.STORE,
        660,
        LATER,
    )
    assert ready.history[-1] == HistoryStep(START, OrderState.AWAITING_PAYMENT, "event1")


def test_another_delivery_is_another_total_so_the_link_no_longer_counts_M3() -> None:
    changed = trying().with_other_delivery(DeliveryMethod.STORE, 60)
    assert (changed.total, changed.active_attempt) == (660, None)
    assert changed.delivery_method is DeliveryMethod.STORE


@pytest.mark.parametrize("order", [confirming(), paid(), order_row(OrderState.AWAITING_DETAILS)])
def test_the_delivery_is_not_changed_while_money_moves_or_has_moved(order: Order) -> None:
    with pytest.raises(IllegalMove):
        order.with_other_delivery(DeliveryMethod.STORE, 60)


def test_a_paid_order_may_go_elsewhere_at_the_same_price_until_it_has_a_label() -> None:
    assert paid().redelivered_to(DeliveryMethod.STORE).total == 720
    with pytest.raises(IllegalMove):
        replace(paid(), labelled=True).redelivered_to(DeliveryMethod.STORE)
    with pytest.raises(IllegalMove):
        trying().redelivered_to(DeliveryMethod.STORE)


def test_a_new_attempt_replaces_the_active_one() -> None:
    order = trying().trying("a2")
    assert (order.active_attempt, order.attempts_made) == ("a2", 2)


@pytest.mark.parametrize("order", [confirming(), paid(), order_row(OrderState.AWAITING_DETAILS)])
def test_there_is_no_new_attempt_while_one_is_confirmed_or_nothing_is_owed_M1(order: Order) -> None:
    with pytest.raises(IllegalMove):
        order.trying("a2")


def test_the_claim_marks_the_order() -> None:
    assert confirming().confirming_attempt == "a1"
    assert confirming().state is OrderState.AWAITING_PAYMENT


@pytest.mark.parametrize(
    ("order", "attempt", "amount", "seconds"),
    [
        (trying(), "a2", 720, 0),
        (trying(), "a1", 719, 0),
        (trying(), "a1", 721, 0),
        (trying(), "a1", 720, 1_260),
        (confirming(), "a1", 720, 0),
        (replace(trying(), hold=HoldState.RELEASED), "a1", 720, 0),
        (paid(), "a1", 720, 0),
        (replace(trying(), state=OrderState.CANCELLED), "a1", 720, 0),
    ],
)
def test_the_claim_is_refused_unless_everything_is_as_it_was_asked_M1_M3_S2_H1(
    order: Order, attempt: str, amount: int, seconds: int
) -> None:
    with pytest.raises(IllegalMove):
        order.confirming(attempt, amount, START + timedelta(seconds=seconds))


def test_the_hold_is_alive_strictly_before_its_deadline_H1() -> None:
    order = order_row()
    assert order.hold_is_alive_at(order.hold_until - timedelta(microseconds=1))
    assert not order.hold_is_alive_at(order.hold_until)


def test_paid_commits_the_stock_and_ends_the_claim() -> None:
    order = paid()
    assert (order.state, order.hold, order.captured, order.paid_at) == (
        OrderState.PAID,
        HoldState.COMMITTED,
        720,
        LATER,
    )
    assert (order.confirming_attempt, order.active_attempt, order.due_at) == (None, "a1", None)
    assert order.history[-1] == HistoryStep(LATER, OrderState.PAID, "event1")


def test_a_refused_confirm_frees_the_order_for_the_next_attempt() -> None:
    order = confirming().confirm_refused()
    assert (order.confirming_attempt, order.active_attempt, order.state) == (
        None,
        None,
        OrderState.AWAITING_PAYMENT,
    )


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED])
def test_an_unpaid_order_ends_with_its_stock_free(state: OrderState) -> None:
    order = trying().closed(state, LATER, "sweep", "reason")
    assert (order.state, order.hold, order.closed_reason, order.active_attempt, order.due_at) == (
        state,
        HoldState.RELEASED,
        "reason",
        None,
        None,
    )
    assert order.history[-1] == HistoryStep(LATER, state, "sweep")


def test_an_order_never_ends_while_it_is_being_confirmed_S2_H1() -> None:
    with pytest.raises(IllegalMove):
        confirming().closed(OrderState.EXPIRED, LATER, "sweep", "reason")


def test_refunds_add_up_and_the_last_one_ends_the_order_M4() -> None:
    part = replace(paid(), open_refund="r1").refunded_by(700, LATER, "refund:r1")
    assert (part.state, part.refunded, part.refundable, part.open_refund) == (OrderState.PAID, 700, 20, None)
    whole = part.refunded_by(20, LATER, "refund:r2")
    assert (whole.state, whole.refundable) == (OrderState.REFUNDED, 0)
    assert whole.history[-1] == HistoryStep(LATER, OrderState.REFUNDED, "refund:r2")


def test_the_smallest_amount_can_be_given_back_M4() -> None:
    assert paid().refunded_by(1, LATER, "refund:r1").refundable == 719


def test_money_captured_in_vain_ends_the_order_and_can_go_back_whole_M4() -> None:
    order = confirming().captured_in_vain("a1", 700, LATER, "person")
    assert (order.state, order.hold, order.closed_reason) == (
        OrderState.CANCELLED,
        HoldState.RELEASED,
        "captured-in-vain",
    )
    assert (order.confirming_attempt, order.active_attempt, order.refundable) == (None, "a1", 700)
    assert order.history[-1] == HistoryStep(LATER, OrderState.CANCELLED, "person")
    back = order.refunded_by(700, LATER, "refund:r1")
    assert (back.state, back.refundable) == (OrderState.CANCELLED, 0)


def test_an_order_that_has_ended_keeps_its_end_when_money_turns_up() -> None:
    expired = trying().closed(OrderState.EXPIRED, LATER, "sweep", "window")
    order = expired.captured_in_vain("a1", 720, LATER, "person")
    assert order == replace(expired, captured=720, active_attempt="a1")


@pytest.mark.parametrize(
    "order",
    [
        paid(),
        replace(paid(), captured=0),
        paid().refunded_by(720, LATER, "refund:r1"),
        replace(paid(), state=OrderState.REFUNDED, captured=0),
        replace(trying().closed(OrderState.EXPIRED, LATER, "sweep", "window"), captured=720),
    ],
)
def test_nothing_is_captured_in_vain_of_an_order_that_is_paid_or_holds_money_M1(order: Order) -> None:
    with pytest.raises(IllegalMove):
        order.captured_in_vain("a2", 720, LATER, "person")


@pytest.mark.parametrize("amount", [0, -1, 721])
def test_nothing_and_too_much_cannot_be_given_back_M4(amount: int) -> None:
    with pytest.raises(IllegalMove):
        paid().refunded_by(amount, LATER, "refund:r1")
