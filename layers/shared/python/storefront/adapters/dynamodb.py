"""DynamoDB: conditional writes and transactions that carry the invariants.

A row is written only if it is still the one that was read (its revision), or, if new, if it is not there. A
stock move is an atomic update that no counter survives below zero, a use of a coupon one that keeps within its limit.
One write is a plain conditional call, more are one transaction: a transaction costs twice.
"""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from storefront.adapters.layout import KIND_OF_DUE, LAYOUTS, Key, Layout, Table, day_key, stock_key
from storefront.domain.coupon import CouponTally
from storefront.domain.errors import Conflict, CouponUsedUp, StockShort
from storefront.domain.order import Order
from storefront.domain.reconciliation import shop_day
from storefront.domain.retention import Retention
from storefront.services.ports import CouponUse, DueKind, Erase, StockMove, Write

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

CUSTOMER_INDEX: Final = "customer"
DUE_INDEX: Final = "due"
DAY_INDEX: Final = "day"
DAY_PAGE: Final = 100
DUE_STEP: Final = 60_000
"""Milliseconds. The index knows the minute in which a row is due, so that one that is put off by seconds costs nothing
there; what it names too early is left out once the row is read."""

CONTENTION_TRIES: Final = 8
_PASSING: Final = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_COUNTERS: Final = ("available", "held", "committed", "on_hand")


class _WholeNumbers(TypeDeserializer):
    """Numbers come back as int: nothing in the tables has a fraction."""

    def _deserialize_n(self, value: str) -> int:
        return int(value)


class DynamoDbStore:
    """The store port over the stack's tables; `tables` maps each table to its deployed name, `retention` says how long
    rows of each kind are kept before DynamoDB may collect them."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Mapping[Table, str],
        clock: Callable[[], datetime],
        retention: Retention,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._tables = tables
        self._clock = clock
        self._retention = retention
        self._pause = pause
        self._to_wire = TypeSerializer().serialize
        self._from_wire = _WholeNumbers().deserialize

    # Reading ---------------------------------------------------------------------------------------------

    def read[Entity](self, kind: type[Entity], *key: str | int) -> Entity | None:
        layout = LAYOUTS[kind]
        answer = self._client.get_item(
            TableName=self._tables[layout.table], Key=self._key(layout.key(*key)), ConsistentRead=True
        )
        item = answer.get("Item")
        return self._entity(kind, item) if item else None

    def rows_of[Entity](self, kind: type[Entity], *partition: str | int) -> Sequence[Entity]:
        layout = LAYOUTS[kind]
        if layout.rows is None:
            raise LookupError(f"{kind.__name__} rows do not share a partition")
        shared = layout.rows(*partition)
        pages = self._client.get_paginator("query").paginate(
            TableName=self._tables[layout.table],
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={
                ":pk": {"S": shared.pk},
                ":prefix": {"S": shared.sk},
            },
            ConsistentRead=True,
        )
        return [self._entity(kind, item) for page in pages for item in page["Items"]]

    def recent_orders(self, customer_id: str, limit: int) -> Sequence[Order]:
        answer = self._client.query(
            TableName=self._tables[Table.LEDGER],
            IndexName=CUSTOMER_INDEX,
            KeyConditionExpression="customer_key = :customer",
            ExpressionAttributeValues={":customer": {"S": customer_id}},
            ScanIndexForward=False,
            Limit=limit,
        )
        orders = self._read_keys(Order, answer["Items"])
        return sorted(orders, key=lambda order: order.created_at, reverse=True)

    def due(self, kind: DueKind, before: datetime, limit: int) -> Sequence[object]:
        entity = KIND_OF_DUE[kind]
        pages = self._client.get_paginator("query").paginate(
            TableName=self._tables[LAYOUTS[entity].table],
            IndexName=DUE_INDEX,
            KeyConditionExpression="due_kind = :kind AND due_time <= :before",
            ExpressionAttributeValues={":kind": {"S": kind.value}, ":before": {"N": str(_epoch(before))}},
            PaginationConfig={"PageSize": limit},
        )
        due: list[Any] = []
        for page in pages:
            rows: list[Any] = self._read_keys(entity, page["Items"])
            due += [row for row in rows if row.due_at is not None and row.due_at <= before]
            if len(due) >= limit:
                break
        return sorted(due, key=lambda row: row.due_at)[:limit]

    def of_day[Entity](self, kind: type[Entity], day: date) -> Iterator[Sequence[Entity]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._tables[LAYOUTS[kind].table],
            IndexName=DAY_INDEX,
            KeyConditionExpression="#day = :day",
            ExpressionAttributeNames={"#day": "day"},
            ExpressionAttributeValues={":day": {"S": day_key(kind, day)}},
            PaginationConfig={"PageSize": DAY_PAGE},
        )
        for page in pages:
            yield self._read_keys(kind, page["Items"])

    def _read_keys[Entity](self, kind: type[Entity], items: Sequence[Mapping[str, Any]]) -> list[Entity]:
        """Whole rows for the keys that an index gave; the index may lag, the rows do not."""
        table = self._tables[LAYOUTS[kind].table]
        keys = [{"pk": item["pk"], "sk": item["sk"]} for item in items]
        rows: list[Entity] = []
        for start in range(0, len(keys), 100):
            wanted: Any = {table: {"Keys": keys[start : start + 100], "ConsistentRead": True}}
            while wanted:
                answer = self._client.batch_get_item(RequestItems=wanted)
                rows += [self._entity(kind, item) for item in answer["Responses"].get(table, [])]
                wanted = answer.get("UnprocessedKeys")
                if wanted:
                    self._jitter(2)
        return rows

    # Writing ---------------------------------------------------------------------------------------------

    def commit(self, *writes: Write) -> None:
        if len(writes) == 1:
            self._commit_one(writes[0])
            return
        items = [self._item(write) for write in writes]
        for attempt in range(CONTENTION_TRIES):
            try:
                self._client.transact_write_items(TransactItems=items)
            except self._client.exceptions.TransactionCanceledException as cancelled:
                reasons = [reason.get("Code", "None") for reason in cancelled.response["CancellationReasons"]]
                self._refused(writes, reasons, cancelled)
                # Only contention stood in the way (B6): full jitter, then the same writes again.
                self._jitter(attempt)
            else:
                return
        raise Conflict("contention")

    def _jitter(self, attempt: int) -> None:
        self._pause(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter is no secret

    @staticmethod
    def _refused(writes: Sequence[Write], reasons: Sequence[str], cancelled: ClientError) -> None:
        for write, reason in zip(writes, reasons, strict=True):
            if reason == "ConditionalCheckFailed":
                raise _refusal(write) from cancelled
        if not all(reason in _PASSING or reason == "None" for reason in reasons):
            raise cancelled

    def _commit_one(self, write: Write) -> None:
        item = self._item(write)
        for attempt in range(CONTENTION_TRIES):
            try:
                if "Put" in item:
                    self._client.put_item(**item["Put"])
                elif "Delete" in item:
                    self._client.delete_item(**item["Delete"])
                else:
                    self._client.update_item(**item["Update"])
            except self._client.exceptions.ConditionalCheckFailedException as refused:
                raise _refusal(write) from refused
            except self._client.exceptions.TransactionConflictException:
                # The row is part of a transaction at this moment (B6).
                self._jitter(attempt)
            else:
                return
        raise Conflict("contention")

    def _item(self, write: Write) -> "TransactWriteItemTypeDef":
        match write:
            case StockMove():
                return self._move(write)
            case CouponUse():
                return self._use(write)
            case Erase():
                return self._erase(write.entity)
            case _:
                return self._put(write.entity)

    def _put(self, entity: Any) -> "TransactWriteItemTypeDef":
        layout = LAYOUTS[type(entity)]
        row = {name: value for name, value in msgspec.to_builtins(entity).items() if value is not None}
        row["revision"] = entity.revision + 1
        key = layout.key(*layout.ids(entity))
        row |= {"pk": key.pk, "sk": key.sk, **self._index_fields(entity, layout)}
        put: Any = {
            "TableName": self._tables[layout.table],
            "Item": {name: self._to_wire(value) for name, value in row.items()},
        }
        if entity.revision == 0:
            put["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            put["ConditionExpression"] = "revision = :read"
            put["ExpressionAttributeValues"] = {":read": {"N": str(entity.revision)}}
        return {"Put": put}

    def _erase(self, entity: Any) -> "TransactWriteItemTypeDef":
        layout = LAYOUTS[type(entity)]
        delete: Any = {
            "TableName": self._tables[layout.table],
            "Key": self._key(layout.key(*layout.ids(entity))),
            "ConditionExpression": "revision = :read",
            "ExpressionAttributeValues": {":read": {"N": str(entity.revision)}},
        }
        return {"Delete": delete}

    def _index_fields(self, entity: Any, layout: Layout) -> dict[str, object]:
        fields: dict[str, object] = {}
        if layout.due is not None and entity.due_at is not None:
            fields |= {"due_kind": layout.due.value, "due_time": _epoch(entity.due_at) // DUE_STEP * DUE_STEP}
        if isinstance(entity, Order) and entity.has_customer:
            fields |= {"customer_key": entity.customer_id, "customer_time": _epoch(entity.created_at)}
        if layout.day is not None and (moment := layout.day(entity)) is not None:
            fields |= {"day": day_key(type(entity), shop_day(moment)), "day_time": _epoch(moment)}
        if layout.kept is not None:
            kept = self._retention.of(layout.kept) if isinstance(layout.kept, str) else layout.kept
            fields["garbage_after"] = int((self._clock() + kept).timestamp())
        return fields

    def _move(self, move: StockMove) -> "TransactWriteItemTypeDef":
        changes = {name: getattr(move, name) for name in _COUNTERS if getattr(move, name)}
        values = {f":{name}": {"N": str(change)} for name, change in changes.items()}
        conditions = ["attribute_exists(pk)"]
        for name, change in changes.items():
            if change < 0:
                values[f":least_{name}"] = {"N": str(-change)}
                conditions.append(f"{name} >= :least_{name}")
        update: Any = {
            "TableName": self._tables[Table.CATALOGUE],
            "Key": self._key(stock_key(move.sku)),
            "UpdateExpression": "ADD " + ", ".join(f"{name} :{name}" for name in changes),
            "ConditionExpression": " AND ".join(conditions),
            "ExpressionAttributeValues": values,
        }
        return {"Update": update}

    def _use(self, use: CouponUse) -> "TransactWriteItemTypeDef":
        """The tally's row comes into being with its first use."""
        layout = LAYOUTS[CouponTally]
        values: Any = {":code": use.code, ":holder": use.holder, ":change": use.change}
        update: Any = {
            "TableName": self._tables[layout.table],
            "Key": self._key(layout.key(use.code, use.holder)),
            "UpdateExpression": "SET code = :code, holder = :holder ADD uses :change",
        }
        if use.change < 0:
            update["ConditionExpression"] = "uses >= :least"
            values[":least"] = -use.change
        elif use.most is not None:
            most_before = use.most - use.change
            unused_will_do = "attribute_not_exists(pk) OR " if most_before >= 0 else ""
            update["ConditionExpression"] = f"{unused_will_do}uses <= :most_before"
            values[":most_before"] = most_before
        update["ExpressionAttributeValues"] = {name: self._to_wire(value) for name, value in values.items()}
        return {"Update": update}

    @staticmethod
    def _key(key: Key) -> Any:
        return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}

    def _entity[Entity](self, kind: type[Entity], item: Mapping[str, Any]) -> Entity:
        return msgspec.convert({name: self._from_wire(value) for name, value in item.items()}, kind)


def _refusal(write: Write) -> Conflict:
    """The error for a write whose condition did not hold."""
    match write:
        case StockMove():
            return StockShort(write.sku)
        case CouponUse():
            return CouponUsedUp(write.code)
        case _:
            return Conflict(type(write.entity).__name__)


def _epoch(moment: datetime) -> int:
    """Whole milliseconds since 1970, UTC: sorts and compares as the moments do."""
    return int(moment.astimezone(UTC).timestamp() * 1000)
