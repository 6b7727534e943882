"""The address of a paid order can be changed in the chat until there is a label; the price stays as it was paid."""

import json
from dataclasses import replace
from typing import Any

import pytest

from storefront.domain.conversation import OrderDelivery, Step
from storefront.domain.delivery import HomeDelivery, InvoiceKind, StorePickup
from storefront.domain.order import DeliveryMethod, Order, OrderState
from storefront.domain.outbox import OrderEvent, OrderEventState, Topic
from storefront.services.ports import Put
from storefront.services.redirecting import why_not
from tests.doubles.talking_shop import JUN, TalkingShop

HOME = "王小明 0912345678 台北市信義區市府路45號"
STORE = "王小明 0912345678 7-11 市府門市"
OTHER_HOME = "林小雨 0922333444 台中市西屯區台灣大道三段99號"
OTHER_STORE = "林小雨 0922333444 全家 西門町店"


@pytest.fixture
def shop() -> TalkingShop:
    return TalkingShop()


def delivery_of(shop: TalkingShop, order: Order) -> OrderDelivery:
    delivery = shop.store.read(OrderDelivery, order.order_number)
    assert delivery is not None
    return delivery


def events_of(shop: TalkingShop) -> list[OrderEvent]:
    return sorted(shop.store.all(OrderEvent), key=lambda event: event.event_id)


def told(event: OrderEvent) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(event.body)
    return body


def change(shop: TalkingShop, **changes: object) -> None:
    shop.store.commit(Put(replace(shop.order, **changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "asking", ["改地址", "我要更改配送", "change my address", "届け先を変更", "เปลี่ยนที่อยู่"]
)
def test_a_paid_order_goes_elsewhere_and_the_order_system_hears_of_it(shop: TalkingShop, asking: str) -> None:
    before = shop.paid(HOME)

    assert shop.say(asking).topic is Topic.ASK_DELIVERY
    answer = shop.say(OTHER_HOME)
    shop.go()

    assert (answer.topic, answer.facts) == (Topic.DELIVERY_CHANGED, {"order_number": before.order_number})
    place = delivery_of(shop, before).details.destination
    assert isinstance(place, HomeDelivery)
    assert (place.recipient.name, place.recipient.phone) == ("林小雨", "0922333444")
    assert "台灣大道" in place.address
    after = shop.order
    assert after == replace(before, delivery_changes=1, revision=after.revision)
    first, second = events_of(shop)
    assert told(second)["supersedes"] == first.event_id == f"{before.order_number}:order.paid.v1:1"
    assert told(second)["id"] == second.event_id == f"{before.order_number}:order.paid.v1:2"
    assert told(second)["type"] == "order.paid.v1"
    assert told(second)["data"] == {
        **told(first)["data"],
        "delivery": {
            "method": "home",
            "recipient": {"name": "林小雨", "phone": "0922333444"},
            "address": place.address,
        },
    }
    assert [event.state for event in (first, second)] == [OrderEventState.TAKEN, OrderEventState.TAKEN]
    assert shop.conversation().step is Step.FREE


def test_a_new_address_alone_keeps_the_person(shop: TalkingShop) -> None:
    order = shop.paid(HOME)
    shop.say("改地址")

    assert shop.say("台中市西屯區台灣大道三段99號").topic is Topic.DELIVERY_CHANGED

    assert delivery_of(shop, order).details.destination.recipient.name == "王小明"


def test_the_button_of_the_status_card_does_the_same(shop: TalkingShop) -> None:
    order = shop.paid(HOME)

    assert shop.press(f"deliver_new?o={order.order_number}").topic is Topic.ASK_DELIVERY
    assert shop.press(f"deliver_store?o={order.order_number}").topic is Topic.ASK_DELIVERY
    assert shop.say("全家 西門町店").topic is Topic.DELIVERY_CHANGED

    assert isinstance(delivery_of(shop, order).details.destination, StorePickup)
    assert shop.order.delivery_method is DeliveryMethod.STORE
    assert shop.order.shipping_fee == order.shipping_fee


def test_the_invoice_of_a_paid_order_is_settled(shop: TalkingShop) -> None:
    order = shop.with_link(HOME)
    shop.press(f"invoice?o={order.order_number}")
    shop.say("捐贈 25885")
    attempt = shop.attempts[-1]
    shop.pay.approve(attempt.transaction_id or "")
    shop.checkout.settle(attempt.attempt_id, "returned")
    shop.go()
    shop.say("改地址")

    shop.say(f"{OTHER_HOME} 手機條碼 /ABC1234")

    assert delivery_of(shop, order).details.invoice.kind is InvoiceKind.DONATION


def test_a_way_that_costs_more_than_was_paid_is_refused_with_a_person_at_hand(shop: TalkingShop) -> None:
    order = shop.paid(STORE)
    before = delivery_of(shop, order)
    shop.say("改地址")

    answer = shop.say(OTHER_HOME)

    assert (answer.topic, answer.facts["reason"]) == (Topic.DELIVERY_CANNOT_CHANGE, "fee")
    assert delivery_of(shop, order) == before
    assert shop.order == order
    assert len(events_of(shop)) == 1
    assert shop.conversation().step is Step.FREE


def test_a_way_that_costs_less_is_fine_and_the_fee_stays_as_paid(shop: TalkingShop) -> None:
    order = shop.paid(HOME)
    shop.say("改地址")

    assert shop.say(OTHER_STORE).topic is Topic.DELIVERY_CHANGED

    assert shop.order.shipping_fee == order.shipping_fee == 120
    assert shop.order.captured == order.captured


def test_with_free_shipping_every_way_is_free(shop: TalkingShop) -> None:
    shop.paid(STORE, "茉莉綠茶 36 盒")
    shop.say("改地址")

    assert shop.say(OTHER_HOME).topic is Topic.DELIVERY_CHANGED
    assert shop.order.shipping_fee == 0


def test_chilled_goods_that_are_paid_stay_on_their_way_to_a_door(shop: TalkingShop) -> None:
    order = shop.paid(HOME, "鳳梨酥 4 盒，低溫宅配")
    before = delivery_of(shop, order)
    shop.say("改地址")

    answer = shop.say("王小明 0912345678 澎湖縣馬公市中正路1號")

    assert (answer.topic, answer.facts["reason"]) == (Topic.DELIVERY_CANNOT_CHANGE, "chilled")
    assert delivery_of(shop, order) == before
    assert shop.order == order
    assert len(events_of(shop)) == 1


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"labelled": True}, "shipped"), ({"open_refund": "r1"}, "refund")],
)
def test_with_a_label_or_a_refund_under_way_it_is_too_late(
    shop: TalkingShop, changes: dict[str, object], reason: str
) -> None:
    order = shop.paid(HOME)
    change(shop, **changes)
    before = shop.order

    for answer in (shop.say("改地址"), shop.press(f"deliver_new?o={order.order_number}")):
        assert (answer.topic, answer.facts["reason"]) == (Topic.DELIVERY_CANNOT_CHANGE, reason)

    assert shop.order == before
    assert len(events_of(shop)) == 1


def test_a_label_that_comes_between_the_question_and_the_answer_is_noticed(shop: TalkingShop) -> None:
    order = shop.paid(HOME)
    shop.say("改地址")
    before = delivery_of(shop, order)
    change(shop, labelled=True)

    shop.say(OTHER_HOME)

    assert delivery_of(shop, order) == before
    assert len(events_of(shop)) == 1


def test_the_same_place_again_tells_nobody_else(shop: TalkingShop) -> None:
    order = shop.paid(HOME)
    shop.say("改地址")

    assert shop.say(HOME).topic is Topic.DELIVERY_CHANGED

    assert len(events_of(shop)) == 1
    assert shop.order == order


def test_a_second_change_stands_in_the_place_of_the_first(shop: TalkingShop) -> None:
    order = shop.paid(HOME)
    for place in (OTHER_HOME, OTHER_STORE):
        shop.say("改地址")
        shop.say(place)
    shop.go()

    assert [told(event).get("supersedes") for event in events_of(shop)] == [
        None,
        f"{order.order_number}:order.paid.v1:1",
        f"{order.order_number}:order.paid.v1:2",
    ]


def test_what_the_order_system_has_not_taken_yet_does_not_arrive_behind_the_new_address(
    shop: TalkingShop,
) -> None:
    shop.order_system.awake = False
    shop.paid(HOME)
    shop.say("改地址")
    shop.say(OTHER_HOME)
    shop.order_system.awake = True
    shop.clock.go_on(120)
    shop.sweeping.sweep()
    shop.go()

    first, second = events_of(shop)
    assert (first.state, second.state) == (OrderEventState.KEPT, OrderEventState.TAKEN)
    assert list(shop.order_system.taken) == [second.event_id]


def test_calling_off_the_change_does_not_call_off_the_order(shop: TalkingShop) -> None:
    order = shop.paid(HOME)
    shop.say("改地址")

    answer = shop.say("取消")

    assert answer.topic is Topic.ORDER_STATUS
    assert shop.order == order
    assert shop.refunds() == []
    assert shop.conversation().step is Step.FREE


def test_nobody_else_can_change_it(shop: TalkingShop) -> None:
    order = shop.paid(HOME)

    answer = shop.press(f"deliver_new?o={order.order_number}", JUN)

    assert answer.topic is Topic.ORDER_UNKNOWN
    assert shop.order == order


def test_without_an_order_there_is_nothing_to_change(shop: TalkingShop) -> None:
    assert shop.say("改地址").topic is Topic.NO_ORDERS


def test_an_unpaid_order_is_asked_for_its_delivery_anew(shop: TalkingShop) -> None:
    shop.with_link(HOME)

    assert shop.say("改地址").topic is Topic.ASK_DELIVERY
    assert shop.say(OTHER_HOME).topic is Topic.PAYMENT_CARD


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": OrderState.PAID}, None),
        ({"state": OrderState.PAID, "labelled": True}, "shipped"),
        ({"state": OrderState.PAID, "open_refund": "r"}, "refund"),
        ({"state": OrderState.REFUNDED}, "ended"),
        ({"state": OrderState.EXPIRED}, "ended"),
        ({"state": OrderState.AWAITING_PAYMENT}, None),
        ({"state": OrderState.AWAITING_PAYMENT, "confirming_attempt": "a"}, "confirming"),
    ],
)
def test_why_a_delivery_cannot_be_changed(
    shop: TalkingShop, changes: dict[str, object], reason: str | None
) -> None:
    assert why_not(replace(shop.paid(HOME), **changes)) == reason  # type: ignore[arg-type]
