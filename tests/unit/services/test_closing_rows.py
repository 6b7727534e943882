"""The end of a payment window: what is written down, whole, and who hears of it."""

import json
from dataclasses import replace

from storefront.domain.casework import WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.order import HistoryStep, HoldState, OrderState
from storefront.domain.outbox import OrderEvent, OrderEventType, Topic
from storefront.domain.payment import AttemptState
from storefront.services.checkout import Closing
from storefront.services.order_events import order_event
from storefront.services.ports import Put
from tests.doubles.little_shop import CUSTOMER, GRACE, ORDER, LittleShop
from tests.doubles.written import (
    Busy,
    captured_at_line_pay,
    jobs,
    message,
    told,
)


def test_a_completed_payment_is_settled_in_the_name_of_who_closes() -> None:
    shop = LittleShop()
    shop.open()
    captured_at_line_pay(shop)
    shop.clock.now = shop.order.hold_until + GRACE
    assert shop.checkout.close(ORDER, "event7") is Closing.PAID
    assert shop.order.history[-1].cause == "event7"


def test_a_request_that_was_never_answered_does_not_keep_an_order_from_its_end_S4() -> None:
    shop = LittleShop()
    attempt = shop.open()
    shop.store.commit(Put(replace(attempt, state=AttemptState.REQUESTING, transaction_id=None)))
    shop.clock.now = shop.order.hold_until + GRACE
    calls = len(shop.pay.calls)
    assert shop.checkout.close(ORDER, "sweep") is Closing.CLOSED
    assert (shop.attempt.state, shop.attempt.reason) == (AttemptState.CLOSED, "window-ended")
    assert len(shop.pay.calls) == calls


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
