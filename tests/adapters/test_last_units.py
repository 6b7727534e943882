"""32 threads buy the last 50 units: exactly 50 are sold (B5, S1).

moto checks and writes in two steps, so without a lock around each call it would sell more than there is; DynamoDB
itself is atomic. With the lock, what is tested is that one call of ours is enough.
"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import boto3
import botocore.client
import pytest
from moto import mock_aws

from storefront.adapters.catalogue_table import CatalogueTable
from storefront.adapters.dynamodb import DynamoDbStore
from storefront.adapters.layout import Table
from storefront.domain.errors import Conflict, StockShort
from storefront.domain.quote import Quote, QuoteState
from storefront.services.ports import StockMove, Timers
from storefront.services.quoting import Basket, Quoting
from tests.aws.deployment import REGION, TABLE, Deployment
from tests.doubles.little_shop import RETENTION, TEA, customer_row
from tests.doubles.machinery import START

THREADS = 32
UNITS = 50
NAMES = {Table.LEDGER: "LedgerTable", Table.PERSONAL: "PersonalTable", Table.CATALOGUE: "CatalogueTable"}


@pytest.fixture
def one_call_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    lock = threading.RLock()
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

    def locked(client: Any, operation: str, parameters: Any) -> Any:
        with lock:
            return call(client, operation, parameters)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", locked)


@pytest.mark.usefixtures("one_call_at_a_time")
def test_the_last_fifty_units_are_sold_once_each() -> None:
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
        catalogues = CatalogueTable(client, tables[Table.CATALOGUE], lambda: START)
        catalogues.replace([TEA], {TEA.sku: UNITS})
        quoting = Quoting(catalogues, Timers())
        catalogue = quoting.catalogue()
        together = threading.Barrier(THREADS)

        def buy(buyer: int) -> int:
            """Quote one unit after the other until there are none left; returns how many were got."""
            store = DynamoDbStore(client, tables, lambda: START, RETENTION)
            together.wait()
            got = 0
            while True:
                quote_id = f"quote{buyer}x{got}"
                plan = quoting.plan(
                    customer_row(), Basket({TEA.sku: 1}), None, quote_id, START, catalogue, "event1"
                )
                try:
                    store.commit(*plan.writes)
                except StockShort:
                    return got
                except Conflict:
                    continue
                got += 1

        with ThreadPoolExecutor(THREADS) as buyers:
            sold = list(buyers.map(buy, range(THREADS)))

        assert sum(sold) == UNITS
        assert dict(catalogues.available([TEA.sku])) == {TEA.sku: 0}
        store = DynamoDbStore(client, tables, lambda: START, RETENTION)
        for buyer, got in enumerate(sold):
            for number in range(got):
                quote = store.read(Quote, f"quote{buyer}x{number}", 1)
                assert quote is not None
                assert quote.state is QuoteState.OFFERED
            assert store.read(Quote, f"quote{buyer}x{got}", 1) is None
        with pytest.raises(StockShort):
            store.commit(StockMove(TEA.sku, held=-UNITS - 1, available=UNITS + 1))
        ended = replace(plan_of(store), state=QuoteState.OFFERED)
        store.commit(*quoting.end(ended, QuoteState.DECLINED, START, "event2"))
        assert dict(catalogues.available([TEA.sku])) == {TEA.sku: 1}


def plan_of(store: DynamoDbStore) -> Quote:
    """Any quote that was sold."""
    found = (store.read(Quote, f"quote{buyer}x0", 1) for buyer in range(THREADS))
    return next(quote for quote in found if quote is not None)
