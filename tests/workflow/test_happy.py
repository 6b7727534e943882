"""The way of an order that goes well, through every function, table and queue of the template."""

from tests.aws.world import World, words


def test_from_an_inquiry_to_the_door_in_five_states(fresh_shop: World) -> None:
    shop = fresh_shop
    phone = shop.phone()
    name, order = phone.bought()
    assert "付款成功" in words(phone.everything())
    assert order.order_number in words(phone.everything())
    assert [event["type"] for event in shop.order_system.events] == ["order.paid.v1"]
    assert shop.stock("TEA-JAS") == {"on_hand": 2400, "available": 2364, "held": 0, "committed": 36}
    assert shop.shipment(order.order_number, "shipped").status == 202
    assert "已出貨" in words(phone.heard())
    assert shop.stock("TEA-JAS") == {"on_hand": 2364, "available": 2364, "held": 0, "committed": 0}
    assert shop.shipment(order.order_number, "delivered").status == 202
    assert "已送達" in words(phone.heard())
    shop.until(lambda: shop.workflows() == {name: "SUCCEEDED"})
    assert shop.path(name) == ["AwaitDecision", "OpenPayment", "SettlePayment", "AwaitDelivery", "Delivered"]
    assert shop.transitions(name) <= 10
    assert shop.failures == []
