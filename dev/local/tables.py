"""The rows of the local AWS as the product's own objects: a local table is small enough to be read whole."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import msgspec
from boto3.dynamodb.types import TypeDeserializer

from dev.local.context import DeployedStack
from dev.local.deploying import local_session
from storefront.domain.approval import Approval
from storefront.domain.casework import OperatorCase, ReceivedEvent
from storefront.domain.catalogue import Product
from storefront.domain.conversation import OrderDelivery
from storefront.domain.order import Order
from storefront.domain.outbox import Message, OrderEvent
from storefront.domain.payment import PaymentAttempt
from storefront.domain.refund import Refund
from storefront.domain.shipment import Parcel

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# What a row is, by how its partition and its sort key begin.
_KINDS: Final[tuple[tuple[str, str, type], ...]] = (
    ("ORDER#", "-", Order),
    ("ORDER#", "PARCEL#", Parcel),
    ("ORDER#", "REFUND#", Refund),
    ("ORDER#", "DELIVERY", OrderDelivery),
    ("ORDER#", "EVENT#", OrderEvent),
    ("ATTEMPT#", "-", PaymentAttempt),
    ("MESSAGE#", "-", Message),
    ("APPROVAL#", "-", Approval),
    ("CASE#", "", OperatorCase),
    ("RECEIVED#", "", ReceivedEvent),
)


class Rows:
    """Everything that was read, by kind."""

    def __init__(self) -> None:
        self._rows: dict[type, list[Any]] = {}

    def add(self, row: object) -> None:
        self._rows.setdefault(type(row), []).append(row)

    def of[Kind](self, kind: type[Kind]) -> list[Kind]:
        return self._rows.get(kind, [])


class Tables:
    """Reads the tables of one run; one client for its whole life, for making one costs more than reading."""

    def __init__(self, stack: DeployedStack) -> None:
        self._names = stack.tables
        self._client: DynamoDBClient = local_session().client("dynamodb", endpoint_url=stack.endpoint)
        self._read = TypeDeserializer().deserialize

    def rows(self) -> Rows:
        """The rows of the ledger and of the personal table that the back office shows."""
        found = Rows()
        for table in ("LedgerTable", "PersonalTable"):
            for item in self._items(table):
                kind = kind_of(item["pk"]["S"], item["sk"]["S"])
                if kind is not None:
                    row = {name: self._plain(value) for name, value in item.items()}
                    found.add(msgspec.convert(row, kind))
        return found

    def shelf(self) -> tuple[dict[str, Product], dict[str, dict[str, int]]]:
        """The products, and the counters of those that are counted (on_hand, held, committed, available), by SKU."""
        products: dict[str, Product] = {}
        counters: dict[str, dict[str, int]] = {}
        for item in self._items("CatalogueTable"):
            kind, _, sku = item["pk"]["S"].partition("#")
            if kind == "PRODUCT":
                products[sku] = msgspec.json.decode(item["product"]["S"], type=Product)
            elif kind == "STOCK":
                names = ("on_hand", "held", "committed", "available")
                counters[sku] = {name: int(item[name]["N"]) for name in names}
        return products, counters

    def _items(self, table: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("scan").paginate(TableName=self._names[table])
        for page in pages:
            yield from page["Items"]

    def _plain(self, value: Any) -> Any:
        return _whole(self._read(value))


def kind_of(pk: str, sk: str) -> type | None:
    """What a row is, by its keys; None for what the back office does not show."""
    return next((kind for part, sort, kind in _KINDS if pk.startswith(part) and sk.startswith(sort)), None)


def _whole(value: Any) -> Any:
    """Numbers come back as int: nothing in the tables has a fraction."""
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if hasattr(value, "as_integer_ratio") and not isinstance(value, bool) else value
