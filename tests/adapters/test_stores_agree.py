"""The store in memory and the one in DynamoDB mean the same: whatever is true of a service over one is true over
the other. Tables are those of template.yaml, under moto."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from storefront.adapters.catalogue_table import CatalogueTable
from storefront.adapters.dynamodb import DynamoDbStore
from storefront.adapters.layout import LAYOUTS, Table
from storefront.domain.casework import (
    CaseKind,
    OperatorCase,
    ReceivedEvent,
    UnappliedEvent,
    WaitStep,
    WorkflowWait,
)
from storefront.domain.conversation import Conversation, DeliveryDetails, OrderDelivery
from storefront.domain.coupon import EVERYBODY, CouponTally
from storefront.domain.delivery import InvoiceChoice, InvoiceKind, Recipient, StoreChain, StorePickup
from storefront.domain.erasure import Erasure
from storefront.domain.errors import Conflict, CouponUsedUp, StockShort
from storefront.domain.language import Language
from storefront.domain.linking import ExternalNumber, LinkTries, Misses
from storefront.domain.money import Currency
from storefront.domain.order import NOBODY, Order, OrderState, Origin, PaymentMethod
from storefront.domain.outbox import Message, OrderEvent, OrderEventType, ReplyToken, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.quote import Quote, QuoteLine
from storefront.domain.quote_record import QuoteRemark
from storefront.domain.refund import Refund
from storefront.domain.replay_desk import DeskAction, DeskEntry, LetterDecision, Place
from storefront.domain.shipment import Parcel, ShipmentEvent, ShipmentStatus, StoreStop
from storefront.domain.unknown_phrase import PhraseOfCustomer
from storefront.services.ports import CouponUse, DueKind, Erase, Put, StockMove, Store, Write
from tests.aws.deployment import REGION, TABLE, Deployment
from tests.doubles.little_shop import CUSTOMER, DELIVERY, RETENTION, TEA, customer_row, order_row
from tests.doubles.machinery import START
from tests.doubles.memory_store import Counters, MemoryStore

SOON = START + timedelta(minutes=5)
UNITS = 5
NAMES = {Table.LEDGER: "LedgerTable", Table.PERSONAL: "PersonalTable", Table.CATALOGUE: "CatalogueTable"}


@contextmanager
def dynamodb() -> Iterator[DynamoDbStore]:
    """The stack's tables, empty but for five units of tea."""
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        deployment = Deployment()
        for logical_id, properties in deployment.of_kind(TABLE).items():
            kept = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
            asked: Any = {name: properties[name] for name in kept if name in properties}
            client.create_table(TableName=deployment.reference(logical_id), **asked)
        tables = {table: deployment.reference(logical_id) for table, logical_id in NAMES.items()}
        CatalogueTable(client, tables[Table.CATALOGUE], lambda: START).replace([TEA], {TEA.sku: UNITS})
        yield DynamoDbStore(client, tables, lambda: START, RETENTION, lambda _seconds: None)


def in_memory() -> MemoryStore:
    return MemoryStore(stock={TEA.sku: Counters.of(UNITS)})


# One row of every kind -----------------------------------------------------------------------------------

LINE = QuoteLine.priced(TEA, 2, Language.ZH_TW)
SAMPLES: tuple[Any, ...] = (
    replace(order_row(), revision=0, shipped={TEA.sku: 1}, paid_at=START, captured=720),
    replace(
        order_row(),
        order_number="ORDER2",
        customer_id=NOBODY,
        revision=0,
        payment_method=PaymentMethod.ELSEWHERE,
        origin=Origin("shop", "WEB-1"),
    ),
    ExternalNumber("WEB-1", "shop", "ORDER2"),
    LinkTries("subject", Misses(2, SOON)),
    replace(customer_row(), revision=0, cart={TEA.sku: 2}, on_file=DELIVERY, reply=ReplyToken("token", SOON)),
    Quote("quote1", 1, CUSTOMER, Language.JA, Currency.TWD, (LINE,), START, SOON, due_at=SOON),
    PaymentAttempt(
        "attempt1",
        "ORDER1",
        CUSTOMER,
        "ORDER1-1",
        720,
        Currency.TWD,
        AttemptState.CONFIRMING,
        START,
        SOON,
        transaction_id="2026112400000000001",
        first_claimed_at=START,
        claims=2,
        due_at=SOON,
    ),
    Refund("ORDER1", "refund1", "attempt1", 100, Currency.TWD, "wish", START, known_before=("1", "2")),
    Message("event:1", CUSTOMER, Topic.PAID, START, {"order_number": "ORDER1"}, due_at=SOON),
    WorkflowWait("quote1-1", WaitStep.PAYMENT, "token", START),
    OperatorCase(CaseKind.REFUND_REFUSED, "ORDER1", START, {"code": "1163"}, due_at=START),
    OrderDelivery(
        "ORDER1",
        CUSTOMER,
        DeliveryDetails(
            store=StorePickup(Recipient("林小美", "0987654321"), StoreChain.FAMILY, "府前店"),
            invoice=InvoiceChoice(InvoiceKind.COMPANY, "04595257", "山嵐茶行"),
            note="請先來電",
            wished_date="2026-12-01",
        ),
    ),
    Erasure(CUSTOMER, "event1", START, "customer", erased={"leads": 1}, due_at=SOON),
    PhraseOfCustomer(CUSTOMER, "325708", "桂花釀", START),
    QuoteRemark(CUSTOMER, "quote1", 1, "太貴了", START, "325709"),
    UnappliedEvent("ORDER1", "warehouse", "event1"),
    UnappliedEvent("", "warehouse", "event2", due_at=SOON),
    DeskEntry("events:warehouse:event1", START, "mei", DeskAction.REPLAY, "mended", {"was": "parked"}),
    LetterDecision(Place.PAYMENTS, "message1", DeskAction.DISMISS, "mei", START, done_at=SOON),
    OrderEvent("ORDER1:order.paid.v1:1", "ORDER1", OrderEventType.PAID, '{"id":"茶"}', START, due_at=SOON),
    ReceivedEvent("warehouse", "event1", "hash", "{}", START),
    Parcel(
        "ORDER1",
        "parcel1",
        (
            ShipmentEvent(
                "event1",
                ShipmentStatus.READY_FOR_PICKUP,
                START,
                carrier="black_cat",
                store=StoreStop("府前店", deadline="2026-12-01"),
                items={TEA.sku: 2},
            ),
        ),
        updated_at=START,
    ),
)


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: type(row).__name__)
def test_a_row_comes_back_as_it_was_written(row: Any) -> None:
    ids = LAYOUTS[type(row)].ids(row)
    with dynamodb() as real:
        for store in (real, in_memory()):
            assert store.read(type(row), *ids) is None
            store.commit(Put(row))
            assert store.read(type(row), *ids) == replace(row, revision=1)


def test_an_order_that_is_nobody_s_is_in_no_customer_s_list_until_it_is_linked() -> None:
    row = next(each for each in SAMPLES if isinstance(each, Order) and each.placed_elsewhere)
    with dynamodb() as real:
        for store in (real, in_memory()):
            store.commit(Put(row))
            placed = store.read(Order, row.order_number)
            assert placed is not None
            assert store.recent_orders(CUSTOMER, 10) == []
            store.commit(Put(placed.linked(CUSTOMER, SOON)))
            linked = store.read(Order, row.order_number)
            assert linked is not None
            assert store.recent_orders(CUSTOMER, 10) == [linked]
            store.commit(Put(linked.unlinked()))
            assert store.recent_orders(CUSTOMER, 10) == []
            assert store.rows_of(ExternalNumber, "WEB-1") == []


# Generated sequences -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """Write or erase a row of a few that there are, with the revision that was read, or with an older one."""

    name: str
    value: int
    stale: bool
    due: int | None
    gone: bool = False


@dataclass(frozen=True)
class Commit:
    """One transaction."""

    changes: tuple[Change, ...]
    moves: tuple[StockMove, ...]
    uses: tuple[CouponUse, ...] = ()


CHANGES = st.builds(
    Change,
    st.sampled_from(["order-a", "order-b", "refund-a1", "refund-a2", "refund-b1", "message", "conversation"]),
    st.integers(0, 9),
    st.booleans(),
    st.none() | st.integers(0, 600),
    st.sampled_from([False, False, False, True]),
)
MOVES = st.builds(
    StockMove,
    st.sampled_from([TEA.sku, "NO-SUCH-SKU"]),
    available=st.integers(-4, 2),
    held=st.integers(-2, 3),
    committed=st.integers(-1, 1),
    on_hand=st.integers(-1, 1),
).filter(lambda move: move != StockMove(move.sku))
USES = st.builds(
    CouponUse,
    st.sampled_from(["TEA100", "CAKE5"]),
    st.sampled_from([EVERYBODY, CUSTOMER]),
    st.sampled_from([1, 1, -1]),
    st.none() | st.integers(0, 2),
)
COMMITS = st.builds(
    Commit,
    st.lists(CHANGES, max_size=3, unique_by=lambda change: change.name).map(tuple),
    st.lists(MOVES, max_size=2, unique_by=lambda move: move.sku).map(tuple),
    st.lists(USES, max_size=2, unique_by=lambda use: (use.code, use.holder)).map(tuple),
).filter(lambda commit: bool(commit.changes or commit.moves or commit.uses))


def row_of(change: Change) -> Any:
    """The row that a change is about, never written before."""
    due_at = None if change.due is None else START + timedelta(milliseconds=change.due * 1_001)
    kind, _, rest = change.name.partition("-")
    match kind:
        case "order":
            created = START + timedelta(seconds=rest == "b")
            order = replace(order_row(), order_number=rest, created_at=created, satisfaction=change.value)
            return replace(order, due_at=due_at, revision=0)
        case "refund":
            refund = Refund(rest[0], rest, "attempt1", change.value + 1, Currency.TWD, "wish", START)
            return replace(refund, due_at=due_at)
        case "message":
            return Message("event:1", CUSTOMER, Topic.PAID, START, {"n": str(change.value)}, due_at=due_at)
        case _:
            return replace(customer_row(), misses=change.value, revision=0)


def apply(store: Store, commit: Commit) -> tuple[str, str]:
    """Try the transaction; what came of it, as text that both stores must agree on."""
    writes: list[Write] = []
    for change in commit.changes:
        row = row_of(change)
        known = store.read(type(row), *LAYOUTS[type(row)].ids(row))
        revision = known.revision if known is not None else 0
        read = replace(row, revision=max(0, revision - change.stale))
        writes.append(Erase(read) if change.gone else Put(read))
    try:
        store.commit(*writes, *commit.moves, *commit.uses)
    except StockShort as short:
        return "short", short.sku
    except CouponUsedUp as used_up:
        return "used up", used_up.coupon
    except Conflict as conflict:
        return "conflict", str(conflict)
    return "written", ""


def name_of(row: Any) -> tuple[str | int, ...]:
    return LAYOUTS[type(row)].ids(row)


def everything_in(store: Store, before: datetime) -> dict[str, object]:
    """All that the port can tell."""
    return {
        "orders": [store.read(Order, number) for number in ("a", "b")],
        "refunds": [store.rows_of(Refund, number) for number in ("a", "b")],
        "message": store.read(Message, "event:1"),
        "conversation": store.read(Conversation, CUSTOMER),
        "tallies": [
            store.read(CouponTally, code, holder)
            for code in ("TEA100", "CAKE5")
            for holder in (EVERYBODY, CUSTOMER)
        ],
        "recent": store.recent_orders(CUSTOMER, 10),
        "recent one": store.recent_orders(CUSTOMER, 1),
        "due": {
            kind: sorted(store.due(kind, before, 25), key=name_of)
            for kind in (DueKind.ORDER, DueKind.REFUND, DueKind.MESSAGE)
        },
    }


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=(
        Phase.explicit,
        Phase.reuse,
        Phase.generate,
    ),  # each example makes tables: shrinking takes minutes
)
@given(st.lists(COMMITS, min_size=1, max_size=10), st.integers(0, 700))
def test_both_stores_answer_alike_to_any_sequence_of_transactions(
    commits: Sequence[Commit], seconds: int
) -> None:
    memory = in_memory()
    with dynamodb() as real:
        for commit in commits:
            assert apply(real, commit) == apply(memory, commit)
        before = START + timedelta(seconds=seconds)
        assert everything_in(real, before) == everything_in(memory, before)
        counters = memory.stock[TEA.sku]
        # What the memory counts, the table must be able to give, and not one unit more.
        if counters.available >= 0:
            real.commit(StockMove(TEA.sku, available=-counters.available, on_hand=1))
            with pytest.raises(StockShort):
                real.commit(StockMove(TEA.sku, available=-1))


def test_rows_that_are_due_come_oldest_first() -> None:
    rows = [
        row_of(Change(name, 1, False, due))
        for name, due in [("refund-a1", 540), ("refund-a2", 180), ("refund-b1", 360)]
    ]
    with dynamodb() as real:
        for store in (real, in_memory()):
            store.commit(*map(Put, rows))
            due = store.due(DueKind.REFUND, START + timedelta(minutes=10), 25)
            assert [row.refund_id for row in due if isinstance(row, Refund)] == ["a2", "b1", "a1"]
            first = store.due(DueKind.REFUND, START + timedelta(minutes=10), 1)
            assert [row.refund_id for row in first if isinstance(row, Refund)] == ["a2"]


def test_rows_of_the_same_minute_that_are_not_due_yet_hide_none_that_is() -> None:
    """The index knows the minute only."""
    names = [f"refund-a{number}" for number in range(6)]
    rows = [row_of(Change(name, 1, False, 2 if name == "refund-a5" else 40)) for name in names]
    with dynamodb() as real:
        for store in (real, in_memory()):
            store.commit(*map(Put, rows))
            due = store.due(DueKind.REFUND, START + timedelta(seconds=3), 2)
            assert [row.refund_id for row in due if isinstance(row, Refund)] == ["a5"]
            assert list(store.due(DueKind.REFUND, START + timedelta(seconds=1), 2)) == []
            assert len(store.due(DueKind.REFUND, START + timedelta(seconds=41), 3)) == 3


def test_a_row_that_is_not_due_any_more_is_not_found() -> None:
    order = replace(order_row(), revision=0, due_at=START)
    with dynamodb() as real:
        for store in (real, in_memory()):
            store.commit(Put(order))
            store.commit(Put(replace(order, revision=1, due_at=None, state=OrderState.PAID)))
            assert list(store.due(DueKind.ORDER, SOON, 25)) == []


def test_a_row_is_erased_if_nobody_wrote_it_meanwhile_and_with_all_the_others_or_not_at_all() -> None:
    row = replace(customer_row(), revision=0)
    other = replace(order_row(), revision=0)
    with dynamodb() as real:
        for store in (real, in_memory()):
            with pytest.raises(Conflict):
                store.commit(Erase(row))
            store.commit(Put(row))
            store.commit(Put(replace(row, misses=1, revision=1)))
            for stale in (row, replace(row, revision=1)):
                with pytest.raises(Conflict):
                    store.commit(Erase(stale))
                with pytest.raises(Conflict):
                    store.commit(Put(other), Erase(stale))
            assert store.read(Conversation, CUSTOMER) is not None
            assert store.read(Order, other.order_number) is None
            store.commit(Put(other), Erase(replace(row, revision=2)))
            assert store.read(Conversation, CUSTOMER) is None
            assert store.read(Order, other.order_number) is not None
            store.commit(Put(row))
            store.commit(Erase(replace(row, revision=1)))
            assert store.read(Conversation, CUSTOMER) is None


def test_events_of_an_order_are_found_together() -> None:
    events = [
        OrderEvent(f"{number}:order.paid.v1:{sequence}", number, OrderEventType.PAID, "{}", START)
        for number, sequence in (("A1", "1"), ("A1", "2"), ("A11", "1"))
    ]
    with dynamodb() as real:
        for store in (real, in_memory()):
            store.commit(*map(Put, events))
            assert [event.event_id for event in store.rows_of(OrderEvent, "A1")] == [
                "A1:order.paid.v1:1",
                "A1:order.paid.v1:2",
            ]
            assert store.read(OrderEvent, "A11:order.paid.v1:1") is not None


@pytest.mark.parametrize("most", [None, 2])
def test_a_coupon_is_used_as_often_as_it_may_be_and_given_back_as_often_as_it_was_used(
    most: int | None,
) -> None:
    with dynamodb() as real:
        for store in (real, in_memory()):
            with pytest.raises(CouponUsedUp):
                store.commit(CouponUse("TEA100", EVERYBODY, -1))
            assert store.read(CouponTally, "TEA100", EVERYBODY) is None
            for _ in range(2):
                store.commit(CouponUse("TEA100", EVERYBODY, 1, most), CouponUse("TEA100", CUSTOMER, 1))
            assert store.read(CouponTally, "TEA100", CUSTOMER) == CouponTally("TEA100", CUSTOMER, 2)
            if most is not None:
                with pytest.raises(CouponUsedUp):
                    store.commit(CouponUse("TEA100", CUSTOMER, 1), CouponUse("TEA100", EVERYBODY, 1, most))
            assert store.read(CouponTally, "TEA100", CUSTOMER) == CouponTally("TEA100", CUSTOMER, 2)
            for _ in range(2):
                store.commit(CouponUse("TEA100", EVERYBODY, -1))
            with pytest.raises(CouponUsedUp):
                store.commit(CouponUse("TEA100", EVERYBODY, -1))
            assert store.read(CouponTally, "TEA100", EVERYBODY) == CouponTally("TEA100", EVERYBODY, 0)


def test_a_coupon_without_uses_is_used_by_nobody() -> None:
    with dynamodb() as real:
        for store in (real, in_memory()):
            with pytest.raises(CouponUsedUp):
                store.commit(CouponUse("GONE1", EVERYBODY, 1, 0))
            assert store.read(CouponTally, "GONE1", EVERYBODY) is None


def test_kinds_without_a_partition_of_their_own_cannot_be_listed() -> None:
    with dynamodb() as real:
        for store in (real, in_memory()):
            with pytest.raises(LookupError):
                store.rows_of(Conversation, CUSTOMER)
