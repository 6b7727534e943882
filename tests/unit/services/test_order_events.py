"""Events to the order system: the same bytes until they are taken, then never again."""

import json
from datetime import timedelta

from storefront.domain.casework import OperatorCase
from storefront.domain.outbox import OrderEvent, OrderEventState
from storefront.services.order_events import GIVE_UP_AFTER
from storefront.services.ports import Put
from tests.doubles.little_shop import ORDER, LittleShop
from tests.doubles.machinery import START

EVENT = f"{ORDER}:order.paid.v1:1"


def after(shop: LittleShop) -> OrderEvent:
    event = shop.store.read(OrderEvent, EVENT)
    assert event is not None
    return event


def test_a_paid_order_is_told_with_everything_that_packing_needs() -> None:
    shop = LittleShop().paid()
    shop.work_off()
    assert after(shop).state is OrderEventState.TAKEN
    assert json.loads(shop.order_system.taken[EVENT].body) == {
        "specversion": "1.0",
        "id": EVENT,
        "source": "/storefront",
        "type": "order.paid.v1",
        "subject": ORDER,
        "time": START.isoformat(),
        "datacontenttype": "application/json",
        "data": {
            "orderNumber": ORDER,
            "currency": "TWD",
            "total": 720,
            "lines": [
                {"sku": "TEA-JAS", "name": "茉莉綠茶", "quantity": 3, "unitPrice": 180, "amount": 540},
                {"sku": "SVC-GIF", "name": "禮盒包裝", "quantity": 1, "unitPrice": 60, "amount": 60},
            ],
            "shippingFee": 120,
            "discount": 0,
            "delivery": {
                "method": "home",
                "recipient": {"name": "王小明", "phone": "0912345678"},
                "address": "臺北市大安區和平東路一段1號",
            },
            "invoice": {"kind": "paper"},
            "paidAt": START.isoformat(),
        },
    }


def test_a_refund_says_how_much_now_and_how_much_so_far() -> None:
    shop = LittleShop().paid()
    shop.carry_out(shop.refund(100))
    second = shop.carry_out(shop.refund(20))
    event = shop.store.read(OrderEvent, f"{ORDER}:order.refunded.v1:{second.refund_id}")
    assert event is not None
    data = json.loads(event.body)["data"]
    assert (data["refundedAmount"], data["refundedTotal"], data["reason"]) == (20, 120, "test")


def test_a_silent_order_system_is_tried_three_times_in_the_first_minute_with_the_same_bytes() -> None:
    shop = LittleShop()
    shop.order_system.awake = False
    shop.paid()
    body = after(shop).body
    for _ in range(60):
        shop.clock.go_on(1)
        shop.work_off()
    assert shop.order_system.tries >= 3
    shop.order_system.awake = True
    shop.go_on(120)
    assert after(shop).state is OrderEventState.TAKEN
    assert shop.order_system.taken[EVENT].body == body


def test_an_event_whose_job_was_lost_is_found_by_the_sweeper() -> None:
    shop = LittleShop().paid()
    shop.jobs.waiting.clear()
    shop.go_on(120)
    assert after(shop).state is OrderEventState.TAKEN


def test_after_a_day_of_silence_a_person_is_asked_and_the_tries_end_O2() -> None:
    shop = LittleShop()
    shop.order_system.awake = False
    shop.paid()
    shop.go_on(GIVE_UP_AFTER.total_seconds() + 1_800, step=60)
    assert after(shop).state is OrderEventState.GIVEN_UP
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.subject) == ("order_system_silent", EVENT)
    tries = shop.order_system.tries
    shop.go_on(7_200, step=60)
    assert shop.order_system.tries == tries


def test_an_event_that_a_person_sent_again_can_be_given_up_again_O2() -> None:
    shop = LittleShop()
    shop.order_system.awake = False
    shop.paid()
    shop.clock.go_on(GIVE_UP_AFTER.total_seconds() + 1)
    shop.order_events.send(EVENT)
    (case,) = shop.store.all(OperatorCase)
    shop.store.commit(Put(OperatorCase(**{**vars(case), "resolved_at": shop.clock.now})))
    given_up = after(shop)
    shop.store.commit(
        Put(OrderEvent(**{**vars(given_up), "state": OrderEventState.PENDING, "due_at": shop.clock.now}))
    )
    shop.order_events.send(EVENT)
    assert after(shop).state is OrderEventState.GIVEN_UP
    assert [each.resolved_at for each in shop.store.all(OperatorCase)] == [None]


def test_without_an_order_system_events_are_kept_to_be_shown() -> None:
    shop = LittleShop()
    shop.order_system.configured = False
    shop.paid()
    shop.work_off()
    assert after(shop).state is OrderEventState.KEPT
    assert shop.order_system.tries == 0


def test_a_taken_event_is_not_sent_again() -> None:
    shop = LittleShop().paid()
    shop.work_off()
    shop.order_events.send(EVENT)
    assert shop.order_system.tries == 1


def test_what_another_try_recorded_first_is_left_as_it_is() -> None:
    shop = LittleShop().paid()
    event = after(shop)
    post = shop.order_system.post

    def overtaken(sent: OrderEvent, at):  # type: ignore[no-untyped-def]
        shop.store.commit(Put(event.tried(START + timedelta(hours=1))))
        return post(sent, at)

    shop.order_system.post = overtaken  # type: ignore[method-assign, assignment]
    shop.order_events.send(EVENT)
    assert after(shop).state is OrderEventState.PENDING
    assert shop.metrics.counts["OrderEventRecordedElsewhere"] == 1


def test_an_unknown_event_is_ignored() -> None:
    shop = LittleShop()
    shop.order_events.send("no-such-event")
    assert shop.order_system.tries == 0
