"""Shipping: what back offices say, in any order and any number of times, ends in the same rows and one notice each."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import cache
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.domain.casework import OperatorCase, ReceivedEvent, ReceivedState
from storefront.domain.catalogue import ProductChange
from storefront.domain.errors import Conflict, InvalidProduct, ProductProblem
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import Message, MessageState
from storefront.domain.refund import RefundState
from storefront.domain.shipment import RANK, TERMINAL, Parcel, ShipmentStatus
from storefront.services.ports import Put, Write
from storefront.services.shipping import PARK_AGAIN_AFTER
from tests.doubles.machinery import START, MemoryCatalogues
from tests.doubles.memory_store import Counters, MemoryStore
from tests.doubles.talking_shop import TalkingShop

S = ShipmentStatus
HOME = "王小明 0912345678 台北市信義區市府路45號"
STORE = "王小明 0912345678 7-11 市府門市"
TWO_PRODUCTS = "茉莉綠茶 3 盒、高山烏龍茶 2 罐"
UNKNOWN = "A7K3Q-9XM2T"


@cache
def _paid(details: str, text: str) -> TalkingShop:
    shop = TalkingShop()
    shop.paid(details, text)
    return shop


def paid_shop(details: str = HOME, text: str = "茉莉綠茶 3 盒") -> TalkingShop:
    """A shop with one paid order whose workflow waits for the parcels."""
    before = _paid(details, text)
    shop = TalkingShop(store=before.store.copy())
    shop.pay = before.pay.copy()
    shop.ids.given = before.ids.given
    return shop


def notices(shop: TalkingShop) -> list[str]:
    """Statuses that the customer was told of, in order."""
    return [row.facts["status"] for row in shop.store.all(Message) if row.topic.value == "shipment"]


def is_complete(shop: TalkingShop) -> bool:
    return shop.order.completed_at is not None


def state_of(received: ReceivedEvent) -> tuple[str, str | None]:
    return received.state.value, received.reason


APPLIED = ("applied", None)


def test_a_number_that_the_carrier_would_not_give_is_told_all_the_same_and_counted() -> None:
    shop = paid_shop()
    received = shop.parcel(shop.order.order_number, "shipped", carrier="tcat", trackingNumber="ODD-1")
    assert state_of(received) == APPLIED
    assert notices(shop) == ["shipped"]
    (parcel,) = shop.store.all(Parcel)
    assert parcel.tracking_number == "ODD-1"
    assert shop.metrics.counts["TrackingNumberOdd"] == 1


def test_a_number_as_the_carrier_gives_them_is_not_counted() -> None:
    shop = paid_shop()
    shop.parcel(shop.order.order_number, "shipped", carrier="tcat", trackingNumber="905512345678")
    shop.parcel(shop.order.order_number, "delivered")
    assert shop.metrics.counts["TrackingNumberOdd"] == 0


# Milestones -------------------------------------------------------------------------------------------------


def test_a_parcel_goes_from_the_shelf_to_the_customer() -> None:
    shop = paid_shop()
    order = shop.order
    assert shop.store.stock["TEA-JAS"] == Counters(2_397, 0, 3, 2_400)
    for status in ("preparing", "label_created", "shipped", "out_for_delivery", "delivered"):
        assert state_of(shop.parcel(order.order_number, status)) == APPLIED
    assert notices(shop) == ["shipped", "delivered"]
    assert [sent.said for sent in shop.line.sent] == [
        f"訂單 {order.order_number} 已出貨",
        f"訂單 {order.order_number} 已送達",
    ]
    assert shop.store.stock["TEA-JAS"] == Counters(2_397, 0, 0, 2_397)
    after = shop.order
    assert (after.labelled, after.shipped, after.completed_at) == (True, {"TEA-JAS": 3}, START)
    assert shop.workflow.woken == [(f"delivery:{order.order_number}", {"orderNumber": order.order_number})]


ALL = sorted(S, key=lambda status: RANK[status])


@pytest.mark.parametrize(
    ("details", "told"),
    [
        (
            HOME,
            {"shipped", "delivered", "delivery_attempted", "store_closed", "delayed", "returning", "returned", "lost"},
        ),
        (
            STORE,
            {"ready_for_pickup", "pickup_reminder", "store_closed", "picked_up", "delivery_attempted", "delayed",
             "returning", "returned", "lost"},
        ),
    ],
)  # fmt: skip
def test_notices_go_by_the_delivery_method(details: str, told: set[str]) -> None:
    heard = set()
    for status in ALL:
        shop = paid_shop(details)
        shop.parcel(shop.order.order_number, status.value)
        heard.update(notices(shop))
    assert heard == told


def test_a_notice_is_one_message_object_that_names_the_order() -> None:
    shop = paid_shop(STORE)
    number = shop.order.order_number
    store = {"name": "市府門市", "address": "台北市信義區市府路45號", "deadline": "2026-11-30"}
    shop.parcel(number, "ready_for_pickup", store=store)
    assert len(shop.line.shown) == len(shop.line.sent) == 1
    assert number in shop.line.sent[0].said
    assert "市府門市" in shop.line.sent[0].said


def test_parcels_of_two_orders_with_the_same_name_are_two_parcels() -> None:
    shop = TalkingShop()
    first, second = shop.paid(), shop.paid(text="高山烏龍茶 2 罐")
    shop.parcel(first.order_number, "shipped", "S1")
    shop.parcel(second.order_number, "delivered", "S1")
    assert {(row.order_number, row.status) for row in shop.store.all(Parcel)} == {
        (first.order_number, S.SHIPPED),
        (second.order_number, S.DELIVERED),
    }


# Any order of arrival --------------------------------------------------------------------------------------


def final(shop: TalkingShop) -> tuple[object, ...]:
    """What has to be the same whatever came first: parcels, the order's marks, the stock."""
    order = shop.order
    parcels = sorted(
        (
            (
                row.shipment_id,
                tuple((each.event_id, each.status, tuple(each.items.items())) for each in row.events),
            )
            for row in shop.store.all(Parcel)
        ),
        key=repr,
    )
    marks = order.labelled, order.shipped, order.completed_at is not None, order.state
    return tuple(parcels), marks, shop.store.stock["TEA-JAS"], shop.store.stock["TEA-OOL"]


def play(story: list[tuple[str, str, int, dict[str, int]]], arrival: list[int], details: str) -> TalkingShop:
    """Let the events of `story` come as `arrival` says; an event that comes twice keeps its id."""
    shop = paid_shop(details, TWO_PRODUCTS)
    number = shop.order.order_number
    for place in arrival:
        shipment, status, minute, items = story[place]
        shop.parcel(
            number,
            status,
            shipment,
            event_id=f"wh{place}",
            at=(START + timedelta(minutes=minute)).isoformat(),
            items=[{"sku": sku, "quantity": units} for sku, units in items.items()],
        )
    return shop


events = st.tuples(
    st.sampled_from(["S1", "S2"]),
    st.sampled_from(["shipped", "delivered"]) | st.sampled_from([status.value for status in S]),
    st.integers(0, 5),
    st.just({}) | st.dictionaries(st.sampled_from(["TEA-JAS", "TEA-OOL"]), st.integers(1, 3), max_size=2),
)


def has_one_end(story: list[tuple[str, str, int, dict[str, int]]]) -> bool:
    ends = {(shipment, status) for shipment, status, _, _ in story if ShipmentStatus(status) in TERMINAL}
    return len({shipment for shipment, _ in ends}) == len(ends)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(events, min_size=1, max_size=6)
    .filter(has_one_end)
    .flatmap(
        lambda story: st.tuples(
            st.just(story),
            st.permutations([*range(len(story)), *range(len(story))]),
        )
    ),
    st.sampled_from([HOME, STORE]),
)
def test_any_order_of_arrival_and_any_repetition_ends_in_the_same_rows_T2_G1_G2(
    arrivals: tuple[list[tuple[str, str, int, dict[str, int]]], list[int]], details: str
) -> None:
    story, arrival = arrivals
    in_order = play(story, list(range(len(story))), details)
    mixed = play(story, arrival, details)
    assert final(mixed) == final(in_order)
    for shop in (in_order, mixed):
        for counters in shop.store.stock.values():
            assert counters.on_hand == counters.available + counters.held + counters.committed
            assert min(counters.available, counters.held, counters.committed) >= 0
        assert {row.state for row in shop.store.all(ReceivedEvent)} == {ReceivedState.APPLIED}
        told = [(row.facts["shipment_id"], row.facts["status"]) for row in shop.store.all(Message)
                if row.topic.value == "shipment"]  # fmt: skip
        at_a_store = {"ready_for_pickup", "pickup_reminder"}
        once = [each for each in told if each[1] not in at_a_store]
        assert len(set(once)) == len(once)
        keys = [sent.key for sent in shop.line.pushes()]
        assert len(set(keys)) == len(keys) == len(told)


@pytest.mark.parametrize(
    "arrival", list(permutations(["preparing", "label_created", "shipped", "out_for_delivery", "delivered"]))
)
def test_a_home_delivery_in_any_order_tells_delivered_once_and_shipped_only_in_time_N1(
    arrival: tuple[str, ...],
) -> None:
    shop = paid_shop()
    number = shop.order.order_number
    for status in (*arrival, *arrival):
        shop.parcel(number, status, event_id=status)
    assert notices(shop).count("delivered") == 1
    in_time = arrival.index("shipped") < min(arrival.index("out_for_delivery"), arrival.index("delivered"))
    assert notices(shop).count("shipped") == int(in_time)
    assert shop.order.completed_at is not None
    assert shop.store.stock["TEA-JAS"] == Counters(2_397, 0, 0, 2_397)


def test_the_same_fact_under_another_webhook_id_changes_nothing_G1() -> None:
    shop = paid_shop()
    number = shop.order.order_number
    shop.parcel(number, "shipped", event_id="wh1", fact_id="fact")
    before = final(shop)
    assert state_of(shop.parcel(number, "shipped", event_id="wh2", fact_id="fact")) == APPLIED
    assert final(shop) == before
    assert notices(shop) == ["shipped"]


def test_a_store_that_closes_after_the_arrival_is_told_and_a_late_word_of_it_is_not() -> None:
    shop = paid_shop(STORE)
    number = shop.order.order_number
    at = [(START + timedelta(hours=hour)).isoformat() for hour in range(6)]
    shop.parcel(number, "ready_for_pickup", at=at[2], store={"name": "市府門市"})
    shop.parcel(number, "store_closed", at=at[1])
    assert notices(shop) == ["ready_for_pickup"]
    shop.parcel(number, "store_closed", "S2", at=at[2])
    shop.parcel(number, "ready_for_pickup", "S2", at=at[1], store={"name": "松高門市"})
    assert notices(shop) == ["ready_for_pickup", "store_closed", "ready_for_pickup"]
    shop.parcel(number, "store_closed", "S2", at=at[3])
    assert notices(shop).count("store_closed") == 1


def test_a_parcel_that_moves_to_another_store_is_told_of_there_too() -> None:
    shop = paid_shop(STORE)
    number = shop.order.order_number
    for hour, (status, name) in enumerate(
        [("ready_for_pickup", "市府門市"), ("store_closed", "市府門市"), ("ready_for_pickup", "松高門市")]
    ):
        at = (START + timedelta(hours=hour)).isoformat()
        shop.parcel(number, status, at=at, store={"name": name})
    assert notices(shop) == ["ready_for_pickup", "store_closed", "ready_for_pickup"]
    assert "松高門市" in shop.line.sent[-1].said
    (row,) = shop.store.all(Parcel)
    assert row.store is not None
    assert row.store.name == "松高門市"


# What contradicts, and what is unknown ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"), [pair for pair in permutations(sorted(status.value for status in TERMINAL), 2)]
)
def test_two_ends_of_one_parcel_are_for_a_person_G3(first: str, second: str) -> None:
    shop = paid_shop()
    number = shop.order.order_number
    shop.parcel(number, first)
    before, told = final(shop), notices(shop)
    received = shop.parcel(number, second, event_id="second")
    assert state_of(received) == ("quarantined", f"contradicts:{first}")
    assert (final(shop), notices(shop)) == (before, told)
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.subject, case.facts) == (
        "event_quarantined",
        "wms:second",
        {"reason": f"contradicts:{first}"},
    )
    assert shop.metrics.counts["EventQuarantined"] == 1
    shop.take_in("wms", "second")
    assert shop.metrics.counts["EventQuarantined"] == 1


@pytest.mark.parametrize("state", [OrderState.CANCELLED, OrderState.EXPIRED])
def test_a_parcel_of_an_order_that_was_never_paid_is_for_a_person_G3(state: OrderState) -> None:
    shop = paid_shop()
    shop.store.commit(Put(replace(shop.order, state=state)))
    received = shop.parcel(shop.order.order_number, "shipped")
    assert state_of(received) == ("quarantined", "order-ended")
    assert shop.store.all(Parcel) == []
    assert notices(shop) == []


def test_an_event_of_an_unknown_order_waits_and_is_applied_when_the_order_is_there_G4() -> None:
    shop = paid_shop()
    order = shop.order
    key = next(key for key, row in shop.store.rows.items() if row == order)
    del shop.store.rows[key]
    received = shop.parcel(order.order_number, "shipped", event_id="early")
    assert (state_of(received), received.due_at) == (
        ("parked", "unknown-order"),
        START + timedelta(seconds=30),
    )
    assert shop.line.sent == []
    shop.store.rows[key] = order
    shop.clock.go_on(31)
    shop.sweeping.sweep()
    shop.go()
    assert shop.store.read(ReceivedEvent, "wms", "early").state is ReceivedState.APPLIED  # type: ignore[union-attr]
    assert notices(shop) == ["shipped"]
    assert shop.order.shipped == {"TEA-JAS": 3}


def test_an_event_of_an_order_that_never_comes_waits_for_a_person_in_the_end_G4() -> None:
    shop = TalkingShop()
    received = shop.parcel(UNKNOWN, "shipped", event_id="lost")
    for wait in PARK_AGAIN_AFTER:
        assert received.due_at == shop.clock.now + wait
        shop.clock.now = received.due_at
        received = shop.parcel(UNKNOWN, "shipped", event_id="lost")
    assert (state_of(received), received.due_at, received.tries) == (("parked", "unknown-order"), None, 5)
    assert shop.metrics.counts["EventParkedForPeople"] == 1
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.subject, case.facts) == (
        "event_quarantined",
        "wms:lost",
        {"reason": "unknown-order"},
    )
    assert shop.store.all(Parcel) == []
    assert shop.orders == []


def test_an_event_that_its_sender_repeats_uses_up_none_of_its_tries() -> None:
    shop = TalkingShop()
    first = shop.parcel(UNKNOWN, "shipped", event_id="early")
    for _ in range(20):
        shop.clock.go_on(1)
        assert shop.parcel(UNKNOWN, "shipped", event_id="early") == first
    assert (first.tries, first.due_at) == (1, START + PARK_AGAIN_AFTER[0])
    assert shop.store.all(OperatorCase) == []


@pytest.mark.parametrize(
    ("kind", "status"), [("parcel.weighed.v9", "shipped"), ("shipment.status.v1", "odd")]
)
def test_what_nobody_understands_is_counted_once_however_often_it_comes_G5(kind: str, status: str) -> None:
    shop = TalkingShop()
    data = {"shipmentId": "S1", "status": status}
    found = [shop.back_office(kind, UNKNOWN, data, "odd") for _ in range(3)]
    assert (found[0].state, found[0].tries) == (ReceivedState.PARKED, 1)
    assert found[1:] == [found[0]] * 2
    assert shop.metrics.counts["EventUnreadable"] == 1


def test_a_parcel_that_is_faster_than_the_payment_waits_for_it() -> None:
    shop = TalkingShop()
    order = shop.with_link()
    received = shop.parcel(order.order_number, "shipped", event_id="early")
    assert state_of(received) == ("parked", "order-not-paid")
    assert (shop.store.all(Parcel), notices(shop)) == ([], [])
    shop.pay.approve(shop.attempts[-1].transaction_id or "")
    shop.checkout.settle(shop.attempts[-1].attempt_id, "returned")
    assert state_of(shop.parcel(order.order_number, "shipped", event_id="early")) == APPLIED
    assert notices(shop) == ["shipped"]


@pytest.mark.parametrize(
    ("event_type", "data", "reason"),
    [
        ("shipment.status.v1", {"shipmentId": "S1", "status": "teleported"}, "unknown-status:teleported"),
        ("shipment.status.v2", {"shipmentId": "S1", "status": "shipped"}, "unknown-type:shipment.status.v2"),
        ("loyalty.points.v1", {}, "unknown-type:loyalty.points.v1"),
        ("shipment.status.v1", {"status": "shipped"}, "unreadable-data:ValidationError"),
        ("stock.level.v1", {"sku": "TEA-JAS", "onHand": -1, "version": 1}, "unreadable-data:ValidationError"),
        ("refund.requested.v1", {"amount": 0}, "unreadable-data:ValidationError"),
        ("product.changed.v1", {"sku": "TEA-JAS"}, "unreadable-data:ValidationError"),
    ],
)
def test_what_we_do_not_know_is_kept_for_a_person_and_changes_nothing_G5(
    event_type: str, data: dict[str, object], reason: str
) -> None:
    shop = paid_shop()
    number, before = shop.order.order_number, final(shop)
    received = shop.back_office(event_type, number, data)
    assert (state_of(received), received.due_at) == (("parked", reason), None)
    assert final(shop) == before
    assert shop.metrics.counts["EventUnreadable"] == 1
    assert shop.line.sent == []


def test_an_event_that_was_never_taken_changes_nothing() -> None:
    shop = paid_shop()
    rows = shop.store.rows.copy()
    shop.take_in("wms", "nothing")
    assert shop.store.rows == rows


class BusyStore(MemoryStore):
    """A store whose next commits are lost to somebody else."""

    lost = 0

    def copy(self) -> "BusyStore":
        return BusyStore(self.rows.copy(), self.stock.copy())

    def commit(self, *writes: Write) -> None:
        if self.lost:
            self.lost -= 1
            raise Conflict("Order")
        super().commit(*writes)


def busy_shop(lost: int) -> TalkingShop:
    before = _paid(HOME, "茉莉綠茶 3 盒").store
    store = BusyStore(before.rows.copy(), before.stock.copy())
    shop = TalkingShop(store=store)
    body = json.dumps(
        {
            "specversion": "1.0",
            "id": "e",
            "source": "/wms",
            "type": "shipment.status.v1",
            "subject": shop.order.order_number,
            "data": {"shipmentId": "S1", "status": "shipped"},
        }
    )
    store.commit(Put(ReceivedEvent("wms", "e", "hash", body, START)))
    store.lost = lost
    return shop


def test_an_order_that_somebody_changes_meanwhile_is_read_again() -> None:
    shop = busy_shop(lost=3)
    shop.take_in("wms", "e")
    assert notices(shop) == ["shipped"]
    assert shop.order.shipped == {"TEA-JAS": 3}


def test_an_order_that_keeps_changing_leaves_the_event_to_the_queue() -> None:
    shop = busy_shop(lost=8)
    with pytest.raises(Conflict):
        shop.take_in("wms", "e")
    assert notices(shop) == []
    shop.take_in("wms", "e")
    assert notices(shop) == ["shipped"]


# Stock that leaves ------------------------------------------------------------------------------------------------


def test_stock_leaves_once_however_many_events_say_so_S3() -> None:
    shop = paid_shop()
    number = shop.order.order_number
    for status in ("shipped", "out_for_delivery", "delivery_attempted", "out_for_delivery", "delivered"):
        shop.parcel(number, status)
    assert shop.store.stock["TEA-JAS"] == Counters(2_397, 0, 0, 2_397)
    assert shop.order.shipped == {"TEA-JAS": 3}


def items(**units: int) -> list[dict[str, object]]:
    return [{"sku": sku.replace("_", "-"), "quantity": count} for sku, count in units.items()]


def test_an_order_in_two_parcels_is_complete_with_the_last_of_them() -> None:
    shop = paid_shop(text=TWO_PRODUCTS)
    number = shop.order.order_number
    shop.parcel(number, "shipped", "S1", items=items(TEA_JAS=3))
    assert shop.order.shipped == {"TEA-JAS": 3}
    assert shop.store.stock["TEA-OOL"] == Counters(598, 0, 2, 600)
    shop.parcel(number, "delivered", "S1")
    assert not is_complete(shop)
    assert shop.workflow.woken == []
    shop.parcel(number, "shipped", "S2", items=items(TEA_OOL=2))
    shop.parcel(number, "delivered", "S2")
    assert shop.order.shipped == {"TEA-JAS": 3, "TEA-OOL": 2}
    assert is_complete(shop)
    assert [token for token, _ in shop.workflow.woken] == [f"delivery:{number}"]
    assert notices(shop) == ["shipped", "delivered", "shipped", "delivered"]
    more = [
        row.facts.get("more") for row in shop.store.all(Message) if row.facts.get("status") == "delivered"
    ]
    assert more == ["yes", None]


def test_a_part_of_a_product_leaves_with_each_parcel() -> None:
    shop = paid_shop()
    number = shop.order.order_number
    shop.parcel(number, "shipped", "S1", items=items(TEA_JAS=1))
    assert shop.store.stock["TEA-JAS"] == Counters(2_397, 0, 2, 2_399)
    shop.parcel(number, "shipped", "S2", items=items(TEA_JAS=5, UNKNOWN=1))
    assert shop.store.stock["TEA-JAS"] == Counters(2_397, 0, 0, 2_397)


def test_contents_that_are_told_late_put_back_what_had_not_left() -> None:
    shop = paid_shop()
    number = shop.order.order_number
    shop.parcel(number, "shipped", "S1")
    assert shop.store.stock["TEA-JAS"].committed == 0
    shop.parcel(number, "preparing", "S1", items=items(TEA_JAS=1))
    assert shop.store.stock["TEA-JAS"] == Counters(2_397, 0, 2, 2_399)
    assert shop.order.shipped == {"TEA-JAS": 1}


def test_another_parcel_that_becomes_known_late_opens_a_completed_order_again() -> None:
    shop = paid_shop()
    number = shop.order.order_number
    complete = []
    for status, parcel in (("delivered", "S1"), ("shipped", "S2"), ("delivered", "S2")):
        shop.parcel(number, status, parcel)
        complete.append(is_complete(shop))
    assert complete == [True, False, True]


def test_a_count_that_was_taken_after_the_goods_had_left_does_not_hold_up_the_news() -> None:
    shop = paid_shop()
    shop.store.stock["TEA-JAS"] = Counters(-3, 0, 3, 0)
    received = shop.parcel(shop.order.order_number, "shipped")
    assert state_of(received) == APPLIED
    assert notices(shop) == ["shipped"]
    assert shop.store.stock["TEA-JAS"] == Counters(0, 0, 0, 0)
    assert shop.cases == []


def test_goods_that_the_counters_never_promised_are_told_of_and_shown_to_a_person() -> None:
    shop = paid_shop(text=TWO_PRODUCTS)
    number = shop.order.order_number
    shop.store.stock["TEA-JAS"] = Counters(100, 0, 0, 100)
    shop.store.stock["TEA-OOL"] = Counters(100, 0, 0, 100)
    assert state_of(shop.parcel(number, "shipped")) == APPLIED
    assert notices(shop) == ["shipped"]
    assert shop.store.stock["TEA-JAS"] == shop.store.stock["TEA-OOL"] == Counters(100, 0, 0, 100)
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.subject) == ("stock_below_promised", number)
    assert set(case.facts["sku"].split(",")) == {"TEA-JAS", "TEA-OOL"}


def test_a_parcel_of_a_refunded_order_moves_no_stock() -> None:
    shop = paid_shop()
    before = shop.store.stock["TEA-JAS"]
    shop.store.commit(Put(replace(shop.order, state=OrderState.REFUNDED)))
    assert state_of(shop.parcel(shop.order.order_number, "shipped")) == APPLIED
    assert shop.store.stock["TEA-JAS"] == before


# The workflow -------------------------------------------------------------------------------------------------------


def test_a_token_that_comes_after_the_last_parcel_is_answered_at_once_D1() -> None:
    shop = paid_shop()
    number = shop.order.order_number
    shop.parcel(number, "delivered")
    shop.workflow.woken.clear()
    shop.shipping.await_delivery(number, "late-token")
    assert shop.workflow.woken == [("late-token", {"orderNumber": number})]


def test_a_token_of_an_order_on_its_way_waits() -> None:
    shop = paid_shop()
    shop.shipping.await_delivery(shop.order.order_number, "token")
    assert shop.workflow.woken == []


def test_a_refunded_order_is_waited_for_no_longer() -> None:
    shop = paid_shop()
    shop.store.commit(Put(replace(shop.order, state=OrderState.REFUNDED)))
    shop.shipping.await_delivery(shop.order.order_number, "token")
    assert [token for token, _ in shop.workflow.woken] == ["token"]


def test_a_workflow_cannot_wait_for_an_order_that_is_gone() -> None:
    with pytest.raises(LookupError):
        TalkingShop().shipping.await_delivery(UNKNOWN, "token")


# Cancellations and refunds that a back office asks for ---------------------------------------------------------------


def cancel(shop: TalkingShop, number: str, reason: str = "缺貨", event_id: str = "") -> ReceivedEvent:
    return shop.back_office("order.cancel.requested.v1", number, {"reason": reason}, event_id)


def refund(shop: TalkingShop, number: str, event_id: str = "", **data: object) -> ReceivedEvent:
    return shop.back_office("refund.requested.v1", number, {"reason": "瑕疵", **data}, event_id)


def test_an_unpaid_order_is_cancelled_and_the_customer_is_told_once() -> None:
    shop = TalkingShop()
    order = shop.with_link()
    for _ in range(2):
        assert state_of(cancel(shop, order.order_number, event_id="once")) == APPLIED
    shop.go()
    assert (shop.order.state, shop.order.closed_reason) == (OrderState.CANCELLED, "缺貨")
    assert shop.store.stock["TEA-JAS"] == Counters.of(2_400)
    assert shop.told.count("order_cancelled") == 1
    assert shop.line.sent[-1].kind == "push"
    assert list(shop.order_system.taken) == [f"{order.order_number}:order.cancelled.v1:1"]
    assert (f"payment:{order.order_number}", "OrderEnded") in shop.workflow.ended
    assert shop.attempts[-1].state.value == "closed"


def test_a_paid_order_without_a_label_is_cancelled_and_given_back() -> None:
    shop = paid_shop()
    order = shop.order
    assert state_of(cancel(shop, order.order_number)) == APPLIED
    shop.go()
    assert (shop.order.state, shop.order.refunded) == (OrderState.REFUNDED, order.total)
    assert shop.told.count("refunded") == 1
    assert shop.store.stock["TEA-JAS"] == Counters.of(2_400)
    kinds = sorted(event.type.value for event in shop.order_system.taken.values())
    assert kinds == ["order.cancelled.v1", "order.refunded.v1"]


def test_a_paid_order_with_a_label_is_not_cancelled_but_shown_to_a_person() -> None:
    shop = paid_shop()
    number = shop.order.order_number
    shop.parcel(number, "label_created")
    before = shop.order
    assert state_of(cancel(shop, number)) == APPLIED
    assert state_of(cancel(shop, number)) == APPLIED
    assert shop.order == before
    assert shop.refunds() == []
    assert shop.cases == [("return_requested", number)]
    assert shop.line.sent == []


def test_an_order_that_has_ended_is_not_cancelled_again() -> None:
    shop = TalkingShop()
    number = shop.with_link().order_number
    cancel(shop, number)
    before = shop.order
    assert state_of(cancel(shop, number)) == APPLIED
    assert shop.order == before
    assert shop.told.count("order_cancelled") == 1


@pytest.mark.parametrize("field", ["confirming_attempt", "open_refund"])
def test_a_cancellation_while_money_is_under_way_waits(field: str) -> None:
    shop = paid_shop()
    shop.store.commit(Put(replace(shop.order, **{field: "something"})))  # type: ignore[arg-type]
    before = shop.order
    assert state_of(cancel(shop, before.order_number)) == ("parked", "payment-under-way")
    assert shop.order == before


def test_a_cancellation_of_an_unknown_order_waits() -> None:
    shop = TalkingShop()
    assert state_of(cancel(shop, UNKNOWN)) == ("parked", "unknown-order")
    assert shop.orders == []


def test_a_part_is_given_back_then_the_rest_and_then_nothing_is_left_M4() -> None:
    shop = paid_shop()
    order = shop.order
    number = order.order_number
    for _ in range(2):
        assert state_of(refund(shop, number, event_id="part", amount=100)) == APPLIED
    shop.go()
    assert (shop.order.refunded, shop.order.state) == (100, OrderState.PAID)
    assert state_of(refund(shop, number)) == APPLIED
    shop.go()
    assert (shop.order.refunded, shop.order.state) == (order.total, OrderState.REFUNDED)
    assert [each.amount for each in shop.refunds()] == [100, order.total - 100]
    assert {each.state for each in shop.refunds()} == {RefundState.DONE}
    received = refund(shop, number)
    assert state_of(received) == ("quarantined", "not-refundable")
    assert len(shop.refunds()) == 2
    assert shop.told.count("refunded") == 2


@pytest.mark.parametrize("amount", [661, 10_000_000])
def test_more_than_is_left_is_for_a_person_and_moves_nothing_M4(amount: int) -> None:
    shop = paid_shop()
    assert shop.order.total == 660
    received = refund(shop, shop.order.order_number, amount=amount)
    assert state_of(received) == ("quarantined", "not-refundable")
    assert shop.refunds() == []
    assert shop.jobs.named("refund") == []


def test_a_second_refund_waits_for_the_first_C13() -> None:
    shop = paid_shop()
    number = shop.order.order_number
    refund(shop, number, amount=100)
    assert state_of(refund(shop, number, event_id="second", amount=50)) == ("parked", "refund-under-way")
    assert len(shop.refunds()) == 1
    shop.go()
    assert state_of(refund(shop, number, event_id="second", amount=50)) == APPLIED
    assert [each.amount for each in shop.refunds()] == [100, 50]


def test_a_refund_of_an_unpaid_or_unknown_order_waits() -> None:
    shop = TalkingShop()
    order = shop.with_link()
    assert state_of(refund(shop, order.order_number, amount=1)) == ("parked", "order-not-paid")
    assert state_of(refund(shop, UNKNOWN, amount=1)) == ("parked", "unknown-order")
    assert shop.refunds() == []


# Stock and products --------------------------------------------------------------------------------------------------


def count(shop: TalkingShop, sku: str, on_hand: int, version: int = 1) -> ReceivedEvent:
    return shop.back_office("stock.level.v1", None, {"sku": sku, "onHand": on_hand, "version": version})


def test_a_count_is_handed_to_the_catalogue() -> None:
    shop = paid_shop()
    assert state_of(count(shop, "TEA-JAS", 500, 7)) == APPLIED
    assert shop.catalogues.changes == [("TEA-JAS", 500, 7)]
    assert shop.cases == []


def test_a_count_of_an_unknown_product_waits() -> None:
    shop = paid_shop()
    assert state_of(count(shop, "NEW-TEA", 5)) == ("parked", "unknown-product")
    assert shop.catalogues.changes == []


def test_a_count_below_what_is_promised_calls_a_person_once() -> None:
    shop = paid_shop()
    shop.store.stock["TEA-JAS"] = Counters(-2, 0, 3, 1)
    for _ in range(2):
        assert state_of(count(shop, "TEA-JAS", 1)) == APPLIED
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.subject, case.facts) == (
        "stock_below_promised",
        "TEA-JAS",
        {"sku": "TEA-JAS", "missing": "2"},
    )


CHANGED = {
    "sku": "TEA-JAS",
    "kind": "goods",
    "name_zh_tw": "茉莉綠茶",
    "unit": "box",
    "price_twd": 190,
    "floor_price_twd": 140,
    "return_policy": "seven-days",
    "version": 3,
}


def test_a_changed_product_is_handed_to_the_catalogue() -> None:
    shop = paid_shop()
    assert state_of(shop.back_office("product.changed.v1", None, CHANGED)) == APPLIED
    (change,) = shop.catalogues.changes
    assert change.sku == "TEA-JAS"  # type: ignore[attr-defined]


class ContradictedCatalogues(MemoryCatalogues):
    """A catalogue that no change fits."""

    def apply_product(self, change: ProductChange) -> bool:  # type: ignore[override]
        raise InvalidProduct(change.sku, (ProductProblem("price", "out-of-range"),))


def test_a_product_that_contradicts_itself_is_for_a_person() -> None:
    shop = paid_shop()
    shop.catalogues = ContradictedCatalogues(shop.catalogues.catalogue, shop.store)
    received = shop.back_office("product.changed.v1", None, CHANGED)
    assert state_of(received) == ("quarantined", "contradicts-the-catalogue")


# Telling --------------------------------------------------------------------------------------------------------------


def test_a_notice_that_line_did_not_take_is_sent_by_the_sweep_with_the_same_key_N1() -> None:
    shop = paid_shop()
    shop.line.lost = 1
    shop.parcel(shop.order.order_number, "shipped", event_id="wh1")
    (notice,) = [row for row in shop.store.all(Message) if row.topic.value == "shipment"]
    assert notice.state is MessageState.PENDING
    shop.clock.go_on(120)
    shop.sweeping.sweep()
    assert notices(shop) == ["shipped"]
    assert len(shop.line.sent) == 1
    fresh = shop.store.read(Message, notice.message_id)
    assert fresh is not None
    assert fresh.state is MessageState.SENT


def test_an_order_before_its_delivery_method_is_known_is_told_of_like_a_home_delivery() -> None:
    shop = paid_shop()
    shop.store.commit(Put(replace(shop.order, delivery_method=None)))
    shop.parcel(shop.order.order_number, "shipped")
    assert notices(shop) == ["shipped"]


def test_only_the_owner_hears_of_a_parcel_N4() -> None:
    shop = paid_shop()
    shop.parcel(shop.order.order_number, "shipped")
    (message,) = [row for row in shop.store.all(Message) if row.topic.value == "shipment"]
    order = shop.store.read(Order, shop.order.order_number)
    assert order is not None
    assert message.customer_id == order.customer_id
