"""A stage for rehearsals: the real rows to read, and whatever is written stays on the stage.

What the services would do can be looked at so, by the very code that would do it, with no right to write needed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from storefront.adapters.layout import LAYOUTS, Key, Table
from storefront.domain.errors import Conflict
from storefront.domain.order import Order
from storefront.services.ports import CouponUse, DueKind, Erase, StockMove, Store, Write, written

type _Place = tuple[Table, Key]


class RehearsalStore:
    """The stage over a store. Counters of stock and coupons are neither moved nor asked: they never refuse here."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows: dict[_Place, Any] = {}

    def read[Entity](self, kind: type[Entity], *key: str | int) -> Entity | None:
        layout = LAYOUTS[kind]
        place = (layout.table, layout.key(*key))
        if place in self._rows:
            return cast(Entity | None, self._rows[place])
        return self._store.read(kind, *key)

    def rows_of[Entity](self, kind: type[Entity], *partition: str | int) -> Sequence[Entity]:
        layout = LAYOUTS[kind]
        found = {_place_of(row): row for row in self._store.rows_of(kind, *partition)}
        if layout.rows is not None:
            shared = layout.rows(*partition)
            found |= {
                (table, key): row
                for (table, key), row in self._rows.items()
                if table is layout.table and key.pk == shared.pk and key.sk.startswith(shared.sk)
            }
        rows = sorted(found.items(), key=lambda each: each[0][1].sk)
        return [row for _, row in rows if row is not None]

    def recent_orders(self, customer_id: str, limit: int) -> Sequence[Order]:
        orders = self._store.recent_orders(customer_id, limit)
        return [self._rows.get(_place_of(order), order) for order in orders]

    def due(self, kind: DueKind, before: datetime, limit: int) -> Sequence[object]:
        return self._store.due(kind, before, limit)

    def commit(self, *writes: Write) -> None:
        changed: dict[_Place, Any] = {}
        for write in writes:
            if isinstance(write, StockMove | CouponUse):
                continue
            entity: Any = write.entity
            place = _place_of(entity)
            layout = LAYOUTS[type(entity)]
            known: Any = self.read(type(entity), *layout.ids(entity))
            if (known.revision if known is not None else 0) != entity.revision:
                raise Conflict(type(entity).__name__)
            changed[place] = None if isinstance(write, Erase) else written(entity)
        self._rows |= changed

    def written[Entity](self, kind: type[Entity]) -> Sequence[Entity]:
        return [row for row in self._rows.values() if type(row) is kind]


def _place_of(entity: Any) -> _Place:
    layout = LAYOUTS[type(entity)]
    return layout.table, layout.key(*layout.ids(entity))
