"""The queue of back-office events: parcels move, each milestone is told once, nothing is lost (G1 to G6, A10)."""

import json
from itertools import permutations

import pytest

from dev.standins import line_reading
from tests.aws.world import Phone, World, cloud_event, sqs_event, words


@pytest.fixture
def customer(shop: World) -> Phone:
    phone = shop.phone()
    phone.bought()
    return phone


def test_a_duplicate_is_one_notice(shop: World, customer: Phone) -> None:
    number = customer.order().order_number
    event = cloud_event("shipment.status.v1", number, {"shipmentId": "S1", "status": "shipped"})
    assert [shop.hook(event).status, shop.hook(event).status] == [202, 202]
    shop.settle()
    shop.shipment(number, "shipped")
    notices = customer.heard()
    assert len(notices) == 1
    assert notices[0].via == "push"
    assert number in line_reading.words(notices[0].message)


@pytest.mark.parametrize("statuses", list(permutations(["preparing", "shipped", "delivered"])))
def test_any_order_of_arrival_ends_in_the_same_state_and_overtaken_news_is_silent(
    shop: World, customer: Phone, statuses: tuple[str, ...]
) -> None:
    number = customer.order().order_number
    for status in statuses:
        shop.shipment(number, status)
    notices = [line_reading.words(entry.message) for entry in customer.heard()]
    told = [status for status in statuses if status != "preparing"]
    expected = 2 if told == ["shipped", "delivered"] else 1
    assert len(notices) == expected
    assert "已送達" in notices[-1]
    order = customer.order()
    assert order.completed_at is not None
    assert order.shipped == {"TEA-JAS": 36}


def test_an_event_of_an_order_that_is_not_paid_waits_and_is_not_told(shop: World) -> None:
    phone = shop.phone()
    phone.ordered()
    assert shop.shipment(phone.order().order_number, "shipped").status == 202
    assert phone.heard() == []


def test_one_poison_record_lets_the_other_orders_go_on(shop: World, customer: Phone) -> None:
    event = cloud_event(
        "shipment.status.v1", customer.order().order_number, {"shipmentId": "S1", "status": "shipped"}
    )
    assert shop.hook(event).status == 202
    (job,) = shop.receive("BackOfficeQueue")
    shop.clear("BackOfficeQueue", [job])
    poison = {
        "MessageId": "poison",
        "Body": "{}",
        "Attributes": {"MessageGroupId": "x", "ApproximateReceiveCount": "1"},
    }
    answer = shop.invoke(
        "ShippingNotificationsFunction", sqs_event(shop.deployment.arn("BackOfficeQueue"), [poison, job])
    )
    assert answer == {"batchItemFailures": [{"itemIdentifier": "poison"}]}
    assert "已出貨" in words(customer.heard())


def test_a_stock_count_changes_what_can_be_promised(fresh_shop: World) -> None:
    event = cloud_event("stock.level.v1", None, {"sku": "TEA-JAS", "onHand": 5, "version": 1})
    assert fresh_shop.hook(event).status == 202
    fresh_shop.settle()
    assert fresh_shop.stock("TEA-JAS") == {"on_hand": 5, "available": 5, "held": 0, "committed": 0}


def test_a_cancellation_by_the_back_office_frees_the_stock_and_tells_both_sides(shop: World) -> None:
    phone = shop.phone()
    name, _ = phone.ordered()
    order = phone.order()
    event = cloud_event("order.cancel.requested.v1", order.order_number, {"reason": "out of stock"})
    assert shop.hook(event).status == 202
    shop.until(lambda: shop.workflows()[name] == "SUCCEEDED")
    assert shop.path(name)[-1] == "EndedUnpaid"
    assert len(phone.heard()) == 1
    told = [each for each in shop.order_system.events if each["subject"] == order.order_number]
    assert [each["type"] for each in told] == ["order.cancelled.v1"]


def test_an_event_of_one_s_own_queue_that_is_gone_is_no_poison(shop: World) -> None:
    body = json.dumps({"source": "wms", "eventId": "gone"})
    event = sqs_event(shop.deployment.arn("BackOfficeQueue"), [{"MessageId": "m", "Body": body}])
    assert shop.invoke("ShippingNotificationsFunction", event) == {"batchItemFailures": []}
