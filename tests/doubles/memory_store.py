"""A store in memory with the meaning of the store port: conditional writes, all or none, over the real layout.

`tests/adapters/test_stores_agree.py` holds it against the DynamoDB adapter.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Self

from storefront.adapters.layout import KIND_OF_DUE, LAYOUTS, Key, Table
from storefront.domain.coupon import CouponTally
from storefront.domain.errors import Conflict, CouponUsedUp, StockShort
from storefront.domain.order import Order
from storefront.services.ports import CouponUse, DueKind, Erase, StockMove, Write

MOST_WRITES: Final = 100
"""DynamoDB takes no more in one transaction."""

type RowKey = tuple[Table, Key]


@dataclass(frozen=True)
class Counters:
    """The stock of one product: on_hand = available + held + committed (S1)."""

    available: int = 0
    held: int = 0
    committed: int = 0
    on_hand: int = 0

    @classmethod
    def of(cls, units: int) -> "Counters":
        return cls(available=units, on_hand=units)

    def moved(self, move: StockMove) -> "Counters | None":
        """After `move`; None if a counter that falls would go below zero."""
        after = Counters(
            self.available + move.available,
            self.held + move.held,
            self.committed + move.committed,
            self.on_hand + move.on_hand,
        )
        falls_too_far = (
            (move.available < 0 and after.available < 0)
            or (move.held < 0 and after.held < 0)
            or (move.committed < 0 and after.committed < 0)
            or (move.on_hand < 0 and after.on_hand < 0)
        )
        return None if falls_too_far else after


class MemoryStore:
    """Rows are immutable, so a copy of the store is a copy of two dicts."""

    def __init__(
        self, rows: dict[RowKey, Any] | None = None, stock: dict[str, Counters] | None = None
    ) -> None:
        self.rows: dict[RowKey, Any] = rows if rows is not None else {}
        self.stock: dict[str, Counters] = stock if stock is not None else {}

    def copy(self) -> Self:
        return type(self)(self.rows.copy(), self.stock.copy())

    # The port --------------------------------------------------------------------------------------------

    def read[Entity](self, kind: type[Entity], *key: str | int) -> Entity | None:
        layout = LAYOUTS[kind]
        found: Entity | None = self.rows.get((layout.table, layout.key(*key)))
        return found

    def rows_of[Entity](self, kind: type[Entity], *partition: str | int) -> Sequence[Entity]:
        layout = LAYOUTS[kind]
        if layout.rows is None:
            raise LookupError(f"{kind.__name__} rows do not share a partition")
        shared = layout.rows(*partition)
        found = [
            (key.sk, row)
            for (table, key), row in self.rows.items()
            if table is layout.table and key.pk == shared.pk and key.sk.startswith(shared.sk)
        ]
        return [row for _, row in sorted(found, key=lambda each: each[0])]

    def recent_orders(self, customer_id: str, limit: int) -> Sequence[Order]:
        orders = [order for order in self.all(Order) if order.customer_id == customer_id]
        return sorted(orders, key=lambda order: order.created_at, reverse=True)[:limit]

    def due(self, kind: DueKind, before: datetime, limit: int) -> Sequence[object]:
        rows: list[Any] = self.all(KIND_OF_DUE[kind])
        rows = [row for row in rows if row.due_at is not None and row.due_at <= before]
        return sorted(rows, key=lambda row: row.due_at)[:limit]

    def commit(self, *writes: Write) -> None:
        self._check_shape(writes)
        changed: dict[RowKey, Any] = {}
        erased: list[RowKey] = []
        moved: dict[str, Counters] = {}
        for write in writes:
            if isinstance(write, StockMove):
                counters = self.stock.get(write.sku)
                after = counters.moved(write) if counters is not None else None
                if after is None:
                    raise StockShort(write.sku)
                moved[write.sku] = after
            elif isinstance(write, CouponUse):
                key, tally = self._used(write)
                changed[key] = tally
            else:
                entity: Any = write.entity
                key = row_key(entity)
                known = self.rows.get(key)
                gone = isinstance(write, Erase) and known is None
                if gone or (known.revision if known is not None else 0) != entity.revision:
                    raise Conflict(type(entity).__name__)
                if isinstance(write, Erase):
                    erased.append(key)
                else:
                    changed[key] = self.stored(entity)
        self.rows.update(changed)
        for key in erased:
            del self.rows[key]
        self.stock.update(moved)

    def _used(self, use: CouponUse) -> tuple[RowKey, CouponTally]:
        """The tally after `use`, and where it lives."""
        none_yet = CouponTally(use.code, use.holder)
        key = row_key(none_yet)
        uses = self.rows.get(key, none_yet).uses + use.change
        too_many = use.change > 0 and use.most is not None and uses > use.most
        if too_many or uses < 0:
            raise CouponUsedUp(use.code)
        return key, self.tallied(replace(none_yet, uses=uses))

    def tallied(self, tally: CouponTally) -> CouponTally:
        """`tally` as it is kept."""
        return tally

    def stored(self, entity: Any) -> Any:
        """`entity` as it is kept: one revision further."""
        return replace(entity, revision=entity.revision + 1)

    # For tests -------------------------------------------------------------------------------------------

    def all[Entity](self, kind: type[Entity]) -> list[Entity]:
        """Every row of `kind`; deployed code has no such way to look."""
        return [row for row in self.rows.values() if type(row) is kind]

    @staticmethod
    def _check_shape(writes: Sequence[Write]) -> None:
        """What DynamoDB would refuse as malformed, whatever the rows are."""
        if not 0 < len(writes) <= MOST_WRITES:
            raise ValueError(f"a commit of {len(writes)} writes")
        touched = [_touched(write) for write in writes]
        if len(set(touched)) < len(touched):
            raise ValueError("a commit may name a row only once")
        if any(isinstance(write, StockMove) and write == StockMove(write.sku) for write in writes):
            raise ValueError("a stock move has to move something")


def _touched(write: Write) -> object:
    """What a write changes."""
    match write:
        case StockMove():
            return write.sku
        case CouponUse():
            return row_key(CouponTally(write.code, write.holder))
        case _:
            return row_key(write.entity)


def row_key(entity: Any) -> RowKey:
    """Where `entity` lives."""
    layout = LAYOUTS[type(entity)]
    return layout.table, layout.key(*layout.ids(entity))
