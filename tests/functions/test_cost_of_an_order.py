"""What one happy order costs: invocations, state transitions, messages, and units of the tables (T10)."""

from collections import Counter

import pytest

from tests.aws.world import HOME_DETAILS, STORE_DETAILS, World, words
from tests.doubles.talking_shop import actions_in

MOST_TRANSITIONS, MOST_PUSHES, MOST_INVOCATIONS = 10, 3, 35
MOST_WRITE_UNITS, MOST_READ_UNITS = 130, 90


@pytest.fixture
def bought_and_delivered(fresh_shop: World) -> World:
    """From 我要 3 箱茉莉綠茶 to 已送達, by home delivery, seen from a warm stack."""
    phone = fresh_shop.phone()
    fresh_shop.meter.measure()
    name, order = phone.bought()
    for status in ("preparing", "shipped", "delivered"):
        fresh_shop.shipment(order.order_number, status)
    fresh_shop.until(lambda: fresh_shop.workflows()[name] == "SUCCEEDED")
    return fresh_shop


def test_a_happy_order_stays_within_its_ceilings(
    bought_and_delivered: World, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = bought_and_delivered
    (name,) = shop.workflows()
    (chat,) = shop.line.chats.values()
    calls = {(entry.request_id, entry.via.value) for entry in chat.entries if entry.from_shop}
    ways = Counter(via for _, via in calls)
    figures = {
        "state transitions": shop.transitions(name),
        "invocations": len(shop.meter.invocations),
        "pushes": ways["push"],
        "replies": ways["reply"] - 1,
        "write units": shop.meter.write_units,
        "read units": shop.meter.read_units,
        "transactions": shop.meter.operations["dynamodb:TransactWriteItems"],
    }
    with capsys.disabled():
        print("\none happy order:", ", ".join(f"{name} {value:g}" for name, value in figures.items()))  # noqa: T201
    assert figures["state transitions"] <= MOST_TRANSITIONS
    assert figures["pushes"] <= MOST_PUSHES
    assert figures["invocations"] <= MOST_INVOCATIONS
    assert figures["write units"] <= MOST_WRITE_UNITS
    assert figures["read units"] <= MOST_READ_UNITS


@pytest.mark.parametrize(
    ("details", "statuses"),
    [
        (HOME_DETAILS, ("preparing", "label_created", "shipped", "out_for_delivery", "delivered")),
        (STORE_DETAILS, ("preparing", "shipped", "ready_for_pickup", "picked_up")),
    ],
    ids=["home", "store"],
)
def test_a_happy_order_costs_at_most_three_pushes_whichever_way_it_goes(
    fresh_shop: World, details: str, statuses: tuple[str, ...]
) -> None:
    """Paid, on its way or ready, received with the question how it was; all else rides on replies."""
    phone = fresh_shop.phone()
    name, order = phone.bought(details=details)
    for status in statuses:
        fresh_shop.shipment(order.order_number, status)
    fresh_shop.until(lambda: fresh_shop.workflows()[name] == "SUCCEEDED")
    pushed = [entry for entry in phone.everything() if entry.from_shop and entry.via.value == "push"]
    assert len({entry.request_id for entry in pushed}) == 3
    assert [order.order_number in words([entry]) for entry in pushed] == [True, True, True]
    assert "付款成功" in words(pushed[:1])
    asked = [action["data"] for action in actions_in(pushed[-1].message) if "data" in action]
    assert sum("rate" in data for data in asked) == 5


def test_every_call_is_allowed_by_the_role_of_its_function(bought_and_delivered: World) -> None:
    shop = bought_and_delivered
    denied = {
        (call.function, action, resource)
        for call in shop.meter.calls
        for action, resource in call.needs
        if not shop.deployment.may(call.function, action, resource)
    }
    assert denied == set()
