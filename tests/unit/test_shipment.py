"""Parcels: what is known of them decides, never what came first."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.order import DeliveryMethod
from storefront.domain.shipment import (
    EXCEPTIONS,
    NOTICES,
    RANK,
    TERMINAL,
    Parcel,
    ShipmentEvent,
    ShipmentStatus,
    StoreStop,
    parcels_cover,
    units_left,
)
from tests.doubles.machinery import START

S = ShipmentStatus
MINUTE = timedelta(minutes=1)


def event(status: ShipmentStatus, minute: int = 0, name: str = "", **facts: object) -> ShipmentEvent:
    return ShipmentEvent(name or f"{status.value}{minute}", status, START + minute * MINUTE, **facts)  # type: ignore[arg-type]


def parcel(*events: ShipmentEvent, name: str = "S1") -> Parcel:
    made = Parcel("A7K3Q-9XM2T", name)
    for each in events:
        made = made.with_event(each, START)
    return made


def test_every_status_has_a_rank_of_its_own_and_a_place_in_the_notices() -> None:
    assert set(RANK) == set(S)
    assert len(set(RANK.values())) == len(S)
    assert NOTICES[DeliveryMethod.HOME] == {S.SHIPPED, S.DELIVERED} | EXCEPTIONS
    assert (
        NOTICES[DeliveryMethod.STORE]
        == {
            S.READY_FOR_PICKUP,
            S.PICKUP_REMINDER,
            S.STORE_CLOSED,
            S.PICKED_UP,
        }
        | EXCEPTIONS
    )


@pytest.mark.parametrize(
    "arrival", list(permutations([S.SHIPPED, S.OUT_FOR_DELIVERY, S.DELIVERED, S.PREPARING]))
)
def test_a_late_event_does_not_undo_delivered_G2(arrival: tuple[ShipmentStatus, ...]) -> None:
    known = parcel(*(event(status, RANK[status]) for status in arrival))
    assert known.status is S.DELIVERED
    assert [each.status for each in known.events] == [S.PREPARING, S.SHIPPED, S.OUT_FOR_DELIVERY, S.DELIVERED]
    assert known.is_final


def test_the_same_fact_again_changes_nothing_G1() -> None:
    once = parcel(event(S.SHIPPED))
    assert once.with_event(event(S.SHIPPED), START + MINUTE) == once


def test_what_is_known_of_a_parcel_comes_from_its_furthest_event_that_tells_it() -> None:
    store = StoreStop("市府門市", "台北市信義區市府路45號", "2026-11-30")
    known = parcel(
        event(
            S.SHIPPED,
            1,
            carrier="tcat",
            tracking_number="111",
            tracking_url="https://a.example",
            items={"A": 2},
        ),
        event(S.READY_FOR_PICKUP, 2, store=store, tracking_number="222"),
        event(S.PICKED_UP, 3),
    )
    assert (known.carrier, known.tracking_number, known.tracking_url) == ("tcat", "222", "https://a.example")
    assert (known.store, known.items, known.latest.status) == (store, {"A": 2}, S.PICKED_UP)
    bare = parcel(event(S.PREPARING))
    assert (bare.carrier, bare.tracking_number, bare.tracking_url) == (None, None, None)
    assert (bare.store, bare.items, bare.is_final) == (None, {}, False)


@pytest.mark.parametrize(
    ("status", "label", "left"),
    [
        (S.PREPARING, False, False),
        (S.LABEL_CREATED, True, False),
        (S.SHIPPED, True, True),
        (S.LOST, True, True),
    ],
)
def test_a_label_and_leaving_are_read_off_the_rank(status: ShipmentStatus, label: bool, left: bool) -> None:
    assert (parcel(event(status)).has_label, parcel(event(status)).has_left) == (label, left)


@pytest.mark.parametrize("known", sorted(TERMINAL))
@pytest.mark.parametrize("told", list(S))
def test_another_end_than_the_known_one_contradicts_it_G3(
    known: ShipmentStatus, told: ShipmentStatus
) -> None:
    assert parcel(event(known)).contradicts(event(told, 5)) == (told in TERMINAL and told is not known)


def test_nothing_contradicts_a_parcel_on_its_way() -> None:
    assert not parcel(event(S.RETURNING)).contradicts(event(S.DELIVERED))


def is_news(*events: ShipmentEvent) -> bool:
    """Whether the last of these is news when it comes."""
    return parcel(*events).is_news(events[-1])


def test_a_milestone_is_news_unless_a_later_one_is_known_G2() -> None:
    assert is_news(event(S.SHIPPED, 1))
    assert is_news(event(S.SHIPPED, 1), event(S.DELIVERED, 2))
    assert not is_news(event(S.DELIVERED, 2), event(S.SHIPPED, 1))
    assert not is_news(event(S.OUT_FOR_DELIVERY, 2), event(S.SHIPPED, 3))


def test_the_same_milestone_is_news_once_N1() -> None:
    assert not is_news(event(S.DELIVERED, 1), event(S.DELIVERED, 2))
    assert not is_news(event(S.DELAYED, 1), event(S.DELAYED, 2))


def test_an_exception_is_news_until_something_later_has_happened() -> None:
    ready = event(S.READY_FOR_PICKUP, 10)
    assert is_news(ready, event(S.STORE_CLOSED, 20))
    assert is_news(ready, event(S.STORE_CLOSED, 10))
    assert not is_news(ready, event(S.STORE_CLOSED, 5))
    assert not is_news(ready, event(S.PICKED_UP, 30), event(S.STORE_CLOSED, 20))
    assert is_news(event(S.OUT_FOR_DELIVERY, 1), event(S.DELAYED, 2))
    assert is_news(event(S.DELIVERY_ATTEMPTED, 1), event(S.RETURNING, 2))
    assert is_news(event(S.RETURNING, 1), event(S.RETURNED, 2))
    assert is_news(event(S.SHIPPED, 1), event(S.LOST, 2))


def test_arriving_at_another_store_after_one_closed_is_news_again() -> None:
    first, closed, second = (
        event(S.READY_FOR_PICKUP, 1),
        event(S.STORE_CLOSED, 2),
        event(S.READY_FOR_PICKUP, 3),
    )
    assert is_news(first, closed, second)
    known = parcel(first, closed, second)
    assert [known.stores_closed_before(each) for each in (first, closed, second)] == [0, 0, 1]
    assert not is_news(first, closed, second, event(S.READY_FOR_PICKUP, 4))


# Several parcels ----------------------------------------------------------------------------------------------


def boxed(name: str, status: ShipmentStatus, **items: int) -> Parcel:
    return parcel(event(status, items=items), name=name)


ORDERED = {"A": 3, "B": 2}


@pytest.mark.parametrize(
    ("parcels", "left"),
    [
        ([], {}),
        ([boxed("S1", S.PREPARING)], {}),
        ([boxed("S1", S.SHIPPED)], {"A": 3, "B": 2}),
        ([boxed("S1", S.SHIPPED, A=1)], {"A": 1}),
        ([boxed("S1", S.SHIPPED, A=9)], {"A": 3}),
        ([boxed("S1", S.SHIPPED, Z=1)], {}),
        ([boxed("S1", S.SHIPPED, A=1), boxed("S2", S.SHIPPED, A=2, B=2)], {"A": 3, "B": 2}),
        ([boxed("S1", S.SHIPPED, A=1), boxed("S2", S.PREPARING, A=2, B=2)], {"A": 1}),
        ([boxed("S1", S.SHIPPED, A=1), boxed("S2", S.SHIPPED)], {"A": 3, "B": 2}),
        ([boxed("S1", S.PREPARING, A=1), boxed("S2", S.SHIPPED)], {"A": 2, "B": 2}),
        ([boxed("S1", S.PREPARING, A=9), boxed("S2", S.SHIPPED)], {"B": 2}),
    ],
)
def test_what_has_left_is_what_the_parcels_that_left_hold(
    parcels: list[Parcel], left: dict[str, int]
) -> None:
    for arrival in permutations(parcels):
        assert units_left(ORDERED, arrival) == left


@pytest.mark.parametrize(
    ("parcels", "covered"),
    [
        ([], False),
        ([boxed("S1", S.DELIVERED)], True),
        ([boxed("S1", S.DELIVERED, A=3)], False),
        ([boxed("S1", S.DELIVERED, A=3, B=2)], True),
        ([boxed("S1", S.DELIVERED, A=3), boxed("S2", S.DELIVERED, B=2)], True),
        ([boxed("S1", S.DELIVERED, A=3), boxed("S2", S.DELIVERED)], True),
    ],
)
def test_an_order_is_covered_when_its_parcels_hold_all_of_it(parcels: list[Parcel], covered: bool) -> None:
    assert parcels_cover(ORDERED, parcels) is covered


facts = st.builds(
    event,
    st.sampled_from(list(S)),
    st.integers(0, 5),
    st.uuids().map(str),
    items=st.dictionaries(st.sampled_from("AB"), st.integers(1, 3), max_size=2),
)


@given(
    st.lists(facts, min_size=1, max_size=6).flatmap(
        lambda some: st.tuples(st.just(some), st.permutations(some))
    )
)
def test_any_order_of_arrival_ends_in_the_same_parcel_T2(
    arrivals: tuple[list[ShipmentEvent], list[ShipmentEvent]],
) -> None:
    first, second = arrivals
    assert parcel(*first) == parcel(*second, *first)
    assert units_left(ORDERED, [parcel(*first)]) == units_left(ORDERED, [parcel(*second)])


@given(st.lists(facts, min_size=1, max_size=6))
def test_at_every_arrival_no_more_units_have_left_than_were_ordered(some: list[ShipmentEvent]) -> None:
    left = units_left(ORDERED, [parcel(*some), parcel(*some, name="S2")])
    assert all(0 < units <= ORDERED[sku] for sku, units in left.items())


def test_a_parcel_is_known_by_its_order_and_its_own_id_together() -> None:
    assert parcel(event(S.SHIPPED)) != replace(parcel(event(S.SHIPPED)), order_number="B8M4R-2YN3V")
