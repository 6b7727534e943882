"""Every order in which up to six events of an order can come, copies included, ends in the same rows (T2, G1, G2, N1).

Exhaustive over the permutations of a few stories, through the services; other stories are drawn by Hypothesis in
`test_shipping.py`.
"""

from collections import Counter
from datetime import timedelta
from functools import cache
from itertools import permutations
from typing import Final

import pytest

from storefront.domain.casework import ReceivedEvent, ReceivedState
from storefront.domain.outbox import Message, Topic
from storefront.domain.shipment import Parcel
from tests.doubles.machinery import START
from tests.doubles.talking_shop import TalkingShop

HOME: Final = "王小明 0912345678 台北市信義區市府路45號"
STORE: Final = "王小明 0912345678 7-11 市府門市"
TEA, CAKES = {"sku": "TEA-JAS", "quantity": 3}, {"sku": "CAK-PIN", "quantity": 2}

type Story = tuple[tuple[str, str, list[dict[str, object]]], ...]

STORIES: Final[dict[str, tuple[str, Story]]] = {
    "home": (
        HOME,
        (
            ("S1", "preparing", []),
            ("S1", "label_created", []),
            ("S1", "shipped", []),
            ("S1", "out_for_delivery", []),
            ("S1", "delivery_attempted", []),
            ("S1", "delivered", []),
        ),
    ),
    "a store that closes": (
        STORE,
        (
            ("S1", "shipped", []),
            ("S1", "ready_for_pickup", []),
            ("S1", "store_closed", []),
            ("S1", "ready_for_pickup", []),
            ("S1", "pickup_reminder", []),
            ("S1", "picked_up", []),
        ),
    ),
    "two parcels": (
        HOME,
        (
            ("S1", "label_created", [TEA]),
            ("S2", "label_created", [CAKES]),
            ("S1", "shipped", [TEA]),
            ("S2", "shipped", [CAKES]),
            ("S1", "delivered", []),
            ("S2", "delivered", []),
        ),
    ),
    "sent back": (
        STORE,
        (
            ("S1", "shipped", []),
            ("S1", "delayed", []),
            ("S1", "ready_for_pickup", []),
            ("S1", "pickup_reminder", []),
            ("S1", "returning", []),
            ("S1", "returned", []),
        ),
    ),
}


@cache
def _paid(details: str) -> TalkingShop:
    shop = TalkingShop()
    shop.paid(details, "茉莉綠茶 3 盒、鳳梨酥 2 盒")
    return shop


def played(name: str, arrival: tuple[int, ...]) -> TalkingShop:
    """The story as its events arrive; what comes twice keeps its id and its time."""
    details, story = STORIES[name]
    before = _paid(details)
    shop = TalkingShop(store=before.store.copy())
    shop.pay = before.pay.copy()
    shop.ids.given = before.ids.given
    number = shop.order.order_number
    for place in arrival:
        shipment, status, items = story[place]
        at = (START + timedelta(minutes=place)).isoformat()
        shop.parcel(number, status, shipment, event_id=f"event{place}", at=at, items=items)
    return shop


def end_of(shop: TalkingShop) -> tuple[object, ...]:
    """What must not depend on what came first: parcels, the order's marks, the counters, the events' own ends."""
    order = shop.order
    parcels = tuple(
        (row.shipment_id, row.status, tuple((each.event_id, each.at, each.status) for each in row.events))
        for row in sorted(shop.store.all(Parcel), key=lambda row: row.shipment_id)
    )
    marks = order.labelled, tuple(sorted(order.shipped.items())), order.completed_at is not None, order.state
    stock = tuple(shop.store.stock[sku] for sku in ("TEA-JAS", "CAK-PIN"))
    return parcels, marks, stock, {row.state for row in shop.store.all(ReceivedEvent)}


@pytest.mark.parametrize("name", STORIES)
def test_every_order_of_arrival_and_every_copy_ends_the_same_T2_G1_G2_N1(name: str) -> None:
    """All permutations of one to six events, each followed by copies of all of them the other way round."""
    _, story = STORIES[name]
    for length in range(1, len(story) + 1):
        first = tuple(range(length))
        expected = end_of(played(name, first))
        assert expected[3] == {ReceivedState.APPLIED}
        for arrival in permutations(first):
            shop = played(name, (*arrival, *reversed(arrival)))
            assert end_of(shop) == expected, arrival
            told = Counter(row.message_id for row in shop.store.all(Message) if row.topic is Topic.SHIPMENT)
            pushed = [sent.key for sent in shop.line.pushes()]
            assert len(pushed) == len(set(pushed)) == told.total() == len(told), arrival
