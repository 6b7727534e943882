"""A paid order that is called off: the order system stops packing at once and hears of the money when it is back."""

import json

import pytest

from storefront.domain.order import OrderState
from storefront.domain.outbox import OrderEvent
from storefront.domain.payment_answers import Call
from tests.doubles.line_pay_model import Lost
from tests.doubles.little_shop import ORDER, LittleShop


@pytest.fixture
def shop() -> LittleShop:
    return LittleShop().paid()


def test_the_order_system_hears_of_it_with_the_intent_and_of_the_money_when_it_is_back(
    shop: LittleShop,
) -> None:
    shop.pay.script(Call.REFUND, Lost.BEFORE)

    shop.cancel()

    assert shop.events == ["order.paid.v1", "order.cancelled.v1"]
    assert (shop.order.state, shop.order.refunded) == (OrderState.PAID, 0)
    refund_id = shop.refunds[0].refund_id
    event = shop.store.read(OrderEvent, f"{ORDER}:order.cancelled.v1:{refund_id}")
    assert event is not None
    told = json.loads(event.body)["data"]
    assert (told["reason"], told["total"]) == ("customer", 720)
    assert "refundedTotal" not in told

    shop.carry_out(shop.refunds[0])
    assert shop.events == ["order.paid.v1", "order.cancelled.v1"]
    shop.go_on(300)

    assert shop.events == ["order.paid.v1", "order.cancelled.v1", "order.refunded.v1"]
    assert shop.order.state is OrderState.REFUNDED


def test_calling_it_off_again_after_a_refused_refund_is_another_event(shop: LittleShop) -> None:
    shop.pay.script(Call.REFUND, "1163")
    shop.cancel()
    shop.carry_out(shop.refunds[0])

    shop.cancel()

    cancelled = [event.event_id for event in shop.store.all(OrderEvent) if "cancelled" in event.event_id]
    assert len(set(cancelled)) == len(cancelled) == 2


def test_a_refund_that_a_back_office_asks_for_calls_nothing_off(shop: LittleShop) -> None:
    shop.carry_out(shop.refund(720))

    assert shop.events == ["order.paid.v1", "order.refunded.v1"]
