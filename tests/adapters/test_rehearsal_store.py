"""The stage of a rehearsal: it reads like the store below, keeps what is written to itself, and leaves that alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.adapters.rehearsal import RehearsalStore
from storefront.domain.errors import Conflict
from storefront.domain.money import Currency
from storefront.domain.order import Order
from storefront.domain.refund import Refund
from storefront.domain.shipment import Parcel
from storefront.services.ports import CouponUse, DueKind, Erase, Put, StockMove
from tests.doubles.little_shop import order_row
from tests.doubles.machinery import START
from tests.doubles.memory_store import Counters, MemoryStore


def below() -> MemoryStore:
    store = MemoryStore(stock={"TEA-JAS": Counters.of(3)})
    store.commit(Put(replace(order_row(), revision=0)), Put(Parcel("ORDER1", "a")))
    return store


def test_what_is_written_is_read_on_the_stage_and_nowhere_else() -> None:
    store = below()
    rows, stage = dict(store.rows), RehearsalStore(store)
    (parcel,) = stage.rows_of(Parcel, "ORDER1")
    changed = replace(parcel, updated_at=START)

    stage.commit(
        Put(changed), Put(Parcel("ORDER1", "b")), StockMove("TEA-JAS", available=-9), CouponUse("X", "y", 1)
    )

    assert [row.shipment_id for row in stage.rows_of(Parcel, "ORDER1")] == ["a", "b"]
    assert stage.read(Parcel, "ORDER1", "a") == replace(changed, revision=parcel.revision + 1)
    assert [row.shipment_id for row in stage.written(Parcel)] == ["a", "b"]
    assert (store.rows, store.stock["TEA-JAS"]) == (rows, Counters.of(3))


def test_a_row_that_goes_is_gone_on_the_stage_only() -> None:
    store = below()
    stage = RehearsalStore(store)
    (parcel,) = stage.rows_of(Parcel, "ORDER1")
    stage.commit(Erase(parcel))
    assert (stage.rows_of(Parcel, "ORDER1"), stage.read(Parcel, "ORDER1", "a"), stage.written(Parcel)) == (
        [],
        None,
        [],
    )
    assert store.read(Parcel, "ORDER1", "a") == parcel


def test_a_stale_row_is_refused_as_the_store_would_and_nothing_of_the_commit_stays() -> None:
    stage = RehearsalStore(below())
    with pytest.raises(Conflict):
        stage.commit(Put(Parcel("ORDER1", "b")), Put(Parcel("ORDER1", "a")))
    assert stage.written(Parcel) == []


def test_orders_of_a_customer_and_what_is_due_come_from_below() -> None:
    store = below()
    (order,) = store.all(Order)
    refund = Refund("ORDER1", "r", "a", 1, Currency.TWD, "wish", START, due_at=START)
    store.commit(Put(refund))
    stage = RehearsalStore(store)
    changed = replace(order, labelled=True)
    stage.commit(Put(changed))
    assert stage.recent_orders(order.customer_id, 5) == [replace(changed, revision=order.revision + 1)]
    assert len(stage.due(DueKind.REFUND, START + timedelta(1), 5)) == 1
