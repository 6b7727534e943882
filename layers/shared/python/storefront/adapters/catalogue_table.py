"""The catalogue and the stock in DynamoDB: one read for all that is on offer, one row for each stock counter.

Rows (all keys are strings; the sort key is `-` unless it says otherwise):

    PRODUCT#<sku>           the product as JSON, its version, whether it is on offer
    STOCK#<sku>             on_hand, available, held, committed, and the back office's version of the count
    CATALOGUE               all products on offer, compressed, with a version that rises with every change
    CATALOGUE <label>#<n>   parts of that, if it outgrows one item

What customers see switches with the CATALOGUE row alone. Products are changed together with it or before it,
so a change that stops half way is invisible, and is mended by doing it again.
"""

import gzip
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

import msgspec

from storefront.domain.catalogue import Catalogue, Product, ProductChange
from storefront.domain.errors import Conflict
from storefront.services.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CACHE_SECONDS: Final = 2
"""How long a function may answer from the catalogue that it read last."""

PART_BYTES: Final = 350_000
"""An item holds 400 KB, names of attributes included."""

NEVER_TOLD: Final = -1
"""Version of a count that no back office told: older than any that one may tell."""

TRIES: Final = 8
_READ_AT_ONCE: Final = 100
_WRITTEN_AT_ONCE: Final = 25

# Rows, keys and requests in the low-level client's own notation ({"S": …}, {"N": …}, {"B": …}).
type _Item = Mapping[str, Any]
type _Write = Any

_LOST: Final = frozenset({"ConditionalCheckFailed", "TransactionConflict"})


@dataclass(frozen=True)
class Replacement:
    """What a new catalogue changed: its version, and the SKUs that are no longer on offer."""

    version: int
    withdrawn: tuple[str, ...]


@dataclass(frozen=True)
class _Head:
    """The CATALOGUE row: `parts` is 0 when it holds the products itself."""

    version: int = 0
    label: str = ""
    parts: int = 0
    packed: bytes = b""

    def part_keys(self) -> list[_Item]:
        return [_key("CATALOGUE", f"{self.label}#{number}") for number in range(self.parts)]


@dataclass(frozen=True)
class _Stock:
    """One stock row; `version` is the back office's, untouched by holds and sales."""

    on_hand: int
    available: int
    held: int
    committed: int
    version: int

    def counted(self, on_hand: int, version: int) -> "_Stock":
        """The row after a physical count: what is held or sold stays promised."""
        return replace(self, on_hand=on_hand, available=on_hand - self.held - self.committed, version=version)


class CatalogueTable:
    """Reads and changes the catalogue; keeps the last one read for `cache_seconds`."""

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        clock: Clock,
        *,
        cache_seconds: int = CACHE_SECONDS,
        part_bytes: int = PART_BYTES,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._cache_for = timedelta(seconds=cache_seconds)
        self._part_bytes = part_bytes
        self._pause = pause
        self._kept = Catalogue({})
        self._kept_until: datetime | None = None

    # Reading ---------------------------------------------------------------------------------------------

    def read(self) -> Catalogue:
        """All products on offer; empty before the first load."""
        now = self._clock()
        if self._kept_until is None or now >= self._kept_until:
            self._kept = self._newest(known=self._kept)
            self._kept_until = now + self._cache_for
        return self._kept

    def available(self, skus: Sequence[str]) -> Mapping[str, int]:
        """Units that can be promised now, by SKU; below zero if more is promised than a count has found."""
        rows = self._rows([_key(f"STOCK#{sku}") for sku in skus], consistent=False)
        return {_sku_of(item): int(item["available"]["N"]) for item in rows}

    def _newest(self, known: Catalogue | None = None) -> Catalogue:
        """The catalogue as it is now; one that is `known` already is not unpacked again."""
        for _ in range(TRIES):
            head = self._head()
            if head.version == 0:
                return Catalogue({})
            if known is not None and known.version == head.version:
                return known
            if head.parts == 0:
                return _unpacked(head.packed, head.version)
            parts = {item["sk"]["S"]: item["products"]["B"] for item in self._rows(head.part_keys())}
            if len(parts) == head.parts:
                packed = b"".join(parts[key["sk"]["S"]] for key in head.part_keys())
                return _unpacked(packed, head.version)
        raise Conflict("the catalogue kept changing while it was read")

    def _head(self) -> _Head:
        item = self._client.get_item(TableName=self._table, Key=_key("CATALOGUE"), ConsistentRead=True).get(
            "Item"
        )
        if item is None:
            return _Head()
        packed = item["products"]["B"] if "products" in item else b""
        return _Head(int(item["version"]["N"]), item["label"]["S"], int(item["parts"]["N"]), packed)

    def _products(self, skus: Iterable[str]) -> dict[str, Product]:
        """Products by SKU as they were last written, on offer or not."""
        rows = self._rows([_key(f"PRODUCT#{sku}") for sku in skus])
        return {_sku_of(item): msgspec.json.decode(item["product"]["S"], type=Product) for item in rows}

    def _stocks(self, skus: Iterable[str]) -> dict[str, _Stock]:
        rows = self._rows([_key(f"STOCK#{sku}") for sku in skus])
        counters = _Stock.__dataclass_fields__
        return {_sku_of(item): _Stock(**{name: int(item[name]["N"]) for name in counters}) for item in rows}

    def _rows(self, keys: Sequence[_Item], *, consistent: bool = True) -> list[_Item]:
        """The rows that exist among `keys`; DynamoDB may answer a part of them and want to be asked again."""
        found: list[_Item] = []
        for some in batched(keys, _READ_AT_ONCE, strict=False):
            wanted: Any = {self._table: {"Keys": some, "ConsistentRead": consistent}}
            for attempt in range(TRIES):
                answer = self._client.batch_get_item(RequestItems=wanted)
                found += answer["Responses"].get(self._table, [])
                wanted = answer["UnprocessedKeys"]
                if not wanted:
                    break
                self._pause(0.05 * 2**attempt)
            else:
                raise Conflict("the table does not answer for all rows")
        return found

    # Changing --------------------------------------------------------------------------------------------

    def apply_product(self, change: Product | ProductChange) -> bool:
        """Change one product, if nobody told us of a newer version; returns whether it was changed.

        A new product begins with the stock that the change tells; afterwards only counts move it.

        Raises:
            InvalidProduct: the change contradicts itself, or the facts that it leaves alone.
            Conflict: the catalogue kept changing under us.
        """
        for _ in range(TRIES):
            head = self._head()
            catalogue = self._newest()
            current = self._products([change.sku]).get(change.sku)
            product = change if isinstance(change, Product) else change.to_product(current)
            if current is not None and product.version <= current.version:
                return False
            writes = [self._put_product(product, current)]
            if product.stock_counted and product.sku not in self._stocks([product.sku]):
                units = 0 if isinstance(change, Product) else change.stock or 0
                writes.append(
                    {"Update": self._stock_update(product.sku, None, _Stock(units, units, 0, 0, NEVER_TOLD))}
                )
            products = {**catalogue.products, product.sku: product}
            if catalogue.version == head.version and self._switch(head, products.values(), writes):
                return True
        raise Conflict("the catalogue kept changing")

    def apply_stock_level(self, sku: str, on_hand: int, version: int) -> bool:
        """Take a physical count, if nobody told us of a newer one; returns whether it was taken.

        Raises:
            Conflict: the counters kept moving under us.
        """
        return self._count(sku, on_hand, version)

    def replace(self, products: Sequence[Product], stock: Mapping[str, int]) -> Replacement:
        """Make `products` the catalogue and `stock` the counts; what is missing is no longer on offer.

        Versions that back offices gave are kept, so that an old event cannot undo what is loaded now.

        Raises:
            ValueError: there is no product at all; an empty file must not close the shop.
            Conflict: the catalogue kept changing under us.
        """
        if not products:
            raise ValueError("a catalogue needs a product")
        for sku, on_hand in stock.items():
            self._count(sku, on_hand)
        for _ in range(TRIES):
            head = self._head()
            on_offer = self._newest().products
            loaded = {product.sku: product for product in products}
            current = self._products({**loaded, **on_offer})
            changed = {
                sku: replace(product, version=max(product.version, current[sku].version))
                if sku in current
                else product
                for sku, product in loaded.items()
            }
            withdrawn = {
                sku: replace(product, active=False) for sku, product in on_offer.items() if sku not in loaded
            }
            writes = [
                self._put_product(product, current.get(sku))
                for sku, product in {**changed, **withdrawn}.items()
            ]
            written = all(self._transact(some) for some in batched(writes, _WRITTEN_AT_ONCE, strict=False))
            if written and self._switch(head, changed.values()):
                return Replacement(head.version + 1, tuple(withdrawn))
        raise Conflict("the catalogue kept changing")

    def _count(self, sku: str, on_hand: int, version: int | None = None) -> bool:
        """Set the physical count; without a `version` the count is of now, and the version stays as it is."""
        for _ in range(TRIES):
            row = self._stocks([sku]).get(sku)
            if row is not None and version is not None and version <= row.version:
                return False
            if row is None:
                counted = _Stock(on_hand, on_hand, 0, 0, NEVER_TOLD if version is None else version)
            else:
                counted = row.counted(on_hand, row.version if version is None else version)
            try:
                self._client.update_item(**self._stock_update(sku, row, counted))
            except self._client.exceptions.ConditionalCheckFailedException:
                continue
            return True
        raise Conflict(f"the stock of {sku} kept moving")

    def _stock_update(self, sku: str, read: _Stock | None, counted: _Stock) -> _Write:
        """Set all counters of a row, provided that it is still what was read."""
        after = asdict(counted)
        before = {} if read is None else asdict(read)
        unchanged = " AND ".join(f"#{name} = :was_{name}" for name in before)
        return {
            "TableName": self._table,
            "Key": _key(f"STOCK#{sku}"),
            "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in after),
            "ConditionExpression": unchanged or "attribute_not_exists(pk)",
            "ExpressionAttributeNames": {f"#{name}": name for name in after},
            "ExpressionAttributeValues": {
                **{f":{name}": {"N": str(value)} for name, value in after.items()},
                **{f":was_{name}": {"N": str(value)} for name, value in before.items()},
            },
        }

    def _put_product(self, product: Product, current: Product | None) -> _Write:
        """Write a product, provided that its version is still that of `current`."""
        item = {
            **_key(f"PRODUCT#{product.sku}"),
            "product": {"S": msgspec.json.encode(product).decode()},
            "active": {"BOOL": product.active},
        }
        return self._put(item, product.version, None if current is None else current.version)

    def _put(self, item: _Item, version: int, version_read: int | None) -> _Write:
        put: dict[str, Any] = {"TableName": self._table, "Item": {**item, "version": {"N": str(version)}}}
        if version_read is None:
            put["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            put["ConditionExpression"] = "#version = :read"
            put["ExpressionAttributeNames"] = {"#version": "version"}
            put["ExpressionAttributeValues"] = {":read": {"N": str(version_read)}}
        return {"Put": put}

    def _switch(self, head: _Head, products: Iterable[Product], writes: Sequence[_Write] = ()) -> bool:
        """Let customers see `products`, together with `writes`, unless the catalogue changed since `head`.

        Parts carry a label of their own version and content, so those of two writers at once never mix.
        """
        packed = gzip.compress(
            msgspec.json.encode([product for product in products if product.active]), mtime=0
        )
        label = f"{head.version + 1}-{hashlib.sha256(packed).hexdigest()[:16]}"
        whole = len(packed) <= self._part_bytes
        parts = (
            () if whole else tuple(bytes(part) for part in batched(packed, self._part_bytes, strict=False))
        )
        new = _Head(head.version + 1, label, len(parts))
        for key, part in zip(new.part_keys(), parts, strict=True):
            self._client.put_item(TableName=self._table, Item={**key, "products": {"B": part}})
        item = {**_key("CATALOGUE"), "label": {"S": label}, "parts": {"N": str(new.parts)}}
        if whole:
            item["products"] = {"B": packed}
        if not self._transact([*writes, self._put(item, new.version, head.version or None)]):
            return False
        for key in head.part_keys():
            self._client.delete_item(TableName=self._table, Key=key)
        self._kept_until = None
        return True

    def _transact(self, writes: Sequence[_Write]) -> bool:
        """All of `writes` or none; false if somebody else was faster."""
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as cancelled:
            reasons = {reason.get("Code") for reason in cancelled.response.get("CancellationReasons", ())}
            if reasons & _LOST:
                return False
            raise
        return True


def _key(pk: str, sk: str = "-") -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}


def _sku_of(item: _Item) -> str:
    return str(item["pk"]["S"]).partition("#")[2]


def _unpacked(packed: bytes, version: int) -> Catalogue:
    return Catalogue.of(msgspec.json.decode(gzip.decompress(packed), type=list[Product]), version)
