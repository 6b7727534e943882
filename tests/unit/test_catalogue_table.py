"""The catalogue in DynamoDB: seen at once or not at all, the newer wins, held stock stays promised."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from dev import catalogue as loader
from storefront.adapters.catalogue_table import CatalogueTable, Replacement
from storefront.contracts.catalogue_row import ChangedRow
from storefront.domain.catalogue import Catalogue, PriceTier, Product, ProductKind, ReturnPolicy, Unit
from storefront.domain.errors import Conflict
from storefront.domain.language import Language

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "catalogue"
TEA = Product(
    sku="TEA-JAS",
    kind=ProductKind.GOODS,
    names={Language.ZH_TW: "茉莉綠茶"},
    unit=Unit.BOX,
    price=180,
    floor_price=140,
    return_policy=ReturnPolicy.SEVEN_DAYS,
    tiers=(PriceTier(24, 171),),
    stock_counted=True,
)
CAKE = replace(TEA, sku="CAK-PIN", names={Language.ZH_TW: "鳳梨酥"}, price=360, tiers=())
WRAPPING = replace(
    CAKE, sku="SVC-GIF", kind=ProductKind.SERVICE, names={Language.ZH_TW: "禮盒包裝"}, stock_counted=False
)


@dataclass
class Shop:
    """A table under moto and a clock that stands still until it is told to go on."""

    client: "DynamoDBClient"
    now: datetime = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def table(self, **options: Any) -> CatalogueTable:
        return CatalogueTable(self.client, TABLE, lambda: self.now, **options)

    def row(self, pk: str) -> Mapping[str, Any]:
        key = {"pk": {"S": pk}, "sk": {"S": "-"}}
        return self.client.get_item(TableName=TABLE, Key=key, ConsistentRead=True).get("Item", {})

    def stock(self, sku: str) -> dict[str, int]:
        return {name: int(value["N"]) for name, value in self.row(f"STOCK#{sku}").items() if "N" in value}

    def promise(self, sku: str, *, held: int, committed: int) -> None:
        """What quotes and orders do to a stock row."""
        self.client.update_item(
            TableName=TABLE,
            Key={"pk": {"S": f"STOCK#{sku}"}, "sk": {"S": "-"}},
            UpdateExpression="SET held = :held, committed = :committed, available = on_hand - :both",
            ExpressionAttributeValues={
                ":held": {"N": str(held)},
                ":committed": {"N": str(committed)},
                ":both": {"N": str(held + committed)},
            },
        )

    def rows(self) -> Sequence[Mapping[str, Any]]:
        return self.client.scan(TableName=TABLE)["Items"]


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="ap-northeast-1")
        client.create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield Shop(client)


def counters(
    on_hand: int, available: int, held: int = 0, committed: int = 0, version: int = -1
) -> dict[str, int]:
    return {
        "on_hand": on_hand,
        "available": available,
        "held": held,
        "committed": committed,
        "version": version,
    }


def test_before_the_first_load_nothing_is_on_offer(shop: Shop) -> None:
    table = shop.table()
    assert table.read() == Catalogue({})
    assert table.available(["TEA-JAS"]) == {}
    assert table.available([]) == {}


def test_a_load_puts_products_on_offer_in_their_order_and_counts_their_stock(shop: Shop) -> None:
    table = shop.table()
    assert table.replace([TEA, WRAPPING, CAKE], {"TEA-JAS": 2400, "CAK-PIN": 800}) == Replacement(1, ())
    assert shop.table().read() == Catalogue.of([TEA, WRAPPING, CAKE], version=1)
    assert list(shop.table().read().products) == ["TEA-JAS", "SVC-GIF", "CAK-PIN"]
    assert shop.stock("TEA-JAS") == counters(2400, 2400)
    assert table.available(["TEA-JAS", "CAK-PIN", "SVC-GIF"]) == {"TEA-JAS": 2400, "CAK-PIN": 800}


def test_the_catalogue_is_read_again_when_its_time_is_up_and_not_before(shop: Shop) -> None:
    shop.table().replace([TEA], {})
    reader = shop.table(cache_seconds=30)
    first = reader.read()
    shop.table().replace([CAKE], {})
    shop.now += timedelta(seconds=29)
    assert reader.read() is first
    shop.now += timedelta(seconds=1)
    assert reader.read() == Catalogue.of([CAKE], version=2)


def test_a_catalogue_that_has_not_changed_is_not_unpacked_again(shop: Shop) -> None:
    shop.table().replace([TEA], {})
    reader = shop.table(cache_seconds=30)
    first = reader.read()
    shop.now += timedelta(seconds=31)
    assert reader.read() is first


def test_whoever_changes_the_catalogue_sees_the_change_at_once(shop: Shop) -> None:
    table = shop.table()
    table.replace([TEA], {})
    table.read()
    assert table.apply_product(replace(TEA, price=200, version=1))
    assert table.read().products["TEA-JAS"].price == 200


def test_a_reload_keeps_what_is_held_and_sold(shop: Shop) -> None:
    table = shop.table()
    table.replace([TEA, CAKE], {"TEA-JAS": 100, "CAK-PIN": 10})
    shop.promise("TEA-JAS", held=20, committed=5)
    shop.promise("CAK-PIN", held=8, committed=0)
    table.replace([TEA, CAKE], {"TEA-JAS": 60, "CAK-PIN": 6})
    assert shop.stock("TEA-JAS") == counters(60, 35, held=20, committed=5)
    assert shop.stock("CAK-PIN") == counters(6, -2, held=8), (
        "more is promised than was found: nothing is on offer"
    )


def test_what_a_reload_leaves_out_is_off_the_shelf_and_comes_back_with_its_version(shop: Shop) -> None:
    table = shop.table()
    table.replace([TEA, CAKE], {"CAK-PIN": 10})
    table.apply_product(replace(CAKE, price=350, version=5))
    assert table.replace([TEA], {}) == Replacement(3, ("CAK-PIN",))
    assert list(table.read().products) == ["TEA-JAS"]
    assert shop.row("PRODUCT#CAK-PIN")["active"] == {"BOOL": False}
    assert shop.stock("CAK-PIN") == counters(10, 10)
    table.replace([TEA, CAKE], {})
    assert table.read().products["CAK-PIN"] == replace(CAKE, version=5)
    assert not table.apply_product(replace(CAKE, price=1, floor_price=1, version=5)), "told already"


def test_a_row_that_is_not_active_is_kept_but_not_offered(shop: Shop) -> None:
    table = shop.table()
    table.replace([TEA, replace(CAKE, active=False)], {})
    assert list(table.read().products) == ["TEA-JAS"]
    assert shop.row("PRODUCT#CAK-PIN")["active"] == {"BOOL": False}


def test_an_empty_catalogue_does_not_close_the_shop(shop: Shop) -> None:
    table = shop.table()
    table.replace([TEA], {})
    with pytest.raises(ValueError, match="needs a product"):
        table.replace([], {})
    assert list(table.read().products) == ["TEA-JAS"]


@pytest.mark.parametrize("versions", [(2, 3), (3, 2), (3, 2, 3)])
def test_changes_end_the_same_in_whatever_order_they_come(shop: Shop, versions: tuple[int, ...]) -> None:
    table = shop.table()
    table.replace([TEA, CAKE], {})
    taken = [table.apply_product(replace(TEA, price=200 + version, version=version)) for version in versions]
    assert table.read().products["TEA-JAS"] == replace(TEA, price=203, version=3)
    assert table.read().products["CAK-PIN"] == CAKE
    assert taken == [version > max((0, *versions[:place])) for place, version in enumerate(versions)]


def test_a_change_takes_a_product_off_the_shelf_and_back(shop: Shop) -> None:
    table = shop.table()
    table.replace([TEA, CAKE], {})
    assert table.apply_product(replace(TEA, active=False, version=1))
    assert list(table.read().products) == ["CAK-PIN"]
    assert table.apply_product(replace(TEA, version=2))
    assert set(table.read().products) == {"CAK-PIN", "TEA-JAS"}


def test_a_new_product_comes_with_the_stock_that_its_row_tells(shop: Shop) -> None:
    table = shop.table()
    row = {
        "sku": "NEW-1",
        "name_zh_tw": "新品",
        "unit": "bag",
        "price_twd": 90,
        "return_policy": "seven-days",
        "stock": 7,
    }
    assert table.apply_product(ChangedRow.model_validate({**row, "version": 1}))
    assert (table.read().version, shop.stock("NEW-1")) == (1, counters(7, 7))
    assert table.apply_product(ChangedRow.model_validate({**row, "stock": 99, "version": 2}))
    assert shop.stock("NEW-1") == counters(7, 7), "only a count moves stock that is there already"
    assert table.apply_product(replace(TEA, version=1))
    assert shop.stock("TEA-JAS") == counters(0, 0)


def test_a_row_keeps_the_facts_that_it_leaves_out(shop: Shop) -> None:
    table = shop.table()
    table.replace([replace(TEA, picture="tea.png")], {})
    row = {"sku": "TEA-JAS", "unit": "box", "price_twd": 190, "return_policy": "seven-days", "version": 1}
    assert table.apply_product(ChangedRow.model_validate(row))
    assert table.read().products["TEA-JAS"] == replace(TEA, picture="tea.png", price=190, version=1)


@pytest.mark.parametrize("levels", [((50, 2), (40, 3)), ((40, 3), (50, 2)), ((40, 3), (40, 3))])
def test_the_newest_count_wins_and_promises_are_kept(shop: Shop, levels: tuple[tuple[int, int], ...]) -> None:
    table = shop.table()
    table.replace([TEA], {"TEA-JAS": 100})
    shop.promise("TEA-JAS", held=10, committed=4)
    for on_hand, version in levels:
        table.apply_stock_level("TEA-JAS", on_hand, version)
    assert shop.stock("TEA-JAS") == counters(40, 26, held=10, committed=4, version=3)


def test_a_count_says_whether_it_was_taken(shop: Shop) -> None:
    table = shop.table()
    assert table.apply_stock_level("TEA-JAS", 12, 5)
    assert not table.apply_stock_level("TEA-JAS", 99, 5)
    assert not table.apply_stock_level("TEA-JAS", 99, 4)
    assert shop.stock("TEA-JAS") == counters(12, 12, version=5)


def test_the_first_count_of_a_back_office_is_newer_than_what_a_file_says(shop: Shop) -> None:
    table = shop.table()
    table.replace([TEA], {"TEA-JAS": 30})
    assert table.apply_stock_level("TEA-JAS", 12, 0)
    assert shop.stock("TEA-JAS") == counters(12, 12, version=0)


def test_a_reload_does_not_let_an_old_count_back_in(shop: Shop) -> None:
    table = shop.table()
    table.apply_stock_level("TEA-JAS", 12, 5)
    table.replace([TEA], {"TEA-JAS": 30})
    assert not table.apply_stock_level("TEA-JAS", 99, 5)
    assert shop.stock("TEA-JAS") == counters(30, 30, version=5)


class Racing:
    """A client that lets somebody else in just before some of its writes."""

    def __init__(self, client: "DynamoDBClient", operation: str, intrusions: list[Any]) -> None:
        self._client = client
        self._operation = operation
        self._intrusions = intrusions

    def __getattr__(self, name: str) -> Any:
        if name == self._operation and self._intrusions:
            self._intrusions.pop(0)()
        return getattr(self._client, name)


def racing(shop: Shop, operation: str, intrusions: list[Any]) -> CatalogueTable:
    client: Any = Racing(shop.client, operation, intrusions)
    return CatalogueTable(client, TABLE, lambda: shop.now)


def test_a_hold_during_a_count_is_not_lost(shop: Shop) -> None:
    shop.table().replace([TEA], {"TEA-JAS": 100})
    table = racing(shop, "update_item", [lambda: shop.promise("TEA-JAS", held=7, committed=0)])
    assert table.apply_stock_level("TEA-JAS", 50, 1)
    assert shop.stock("TEA-JAS") == counters(50, 43, held=7, version=1)


def test_two_changes_at_once_are_both_seen(shop: Shop) -> None:
    shop.table().replace([TEA, CAKE], {})
    other = shop.table()
    table = racing(
        shop, "transact_write_items", [lambda: other.apply_product(replace(CAKE, price=333, version=1))]
    )
    assert table.apply_product(replace(TEA, price=222, version=1))
    seen = shop.table().read().products
    assert (seen["TEA-JAS"].price, seen["CAK-PIN"].price) == (222, 333)


def test_a_change_during_a_reload_does_not_outlive_it_by_half(shop: Shop) -> None:
    shop.table().replace([TEA, CAKE], {})
    other = shop.table()
    table = racing(
        shop, "transact_write_items", [lambda: other.apply_product(replace(TEA, price=222, version=4))]
    )
    assert table.replace([TEA], {}).withdrawn == ("CAK-PIN",)
    assert shop.table().read() == Catalogue.of([replace(TEA, version=4)], version=3)


def test_stock_that_never_stands_still_is_a_conflict(shop: Shop) -> None:
    shop.table().replace([TEA], {"TEA-JAS": 100})
    holds = [lambda held=held: shop.promise("TEA-JAS", held=held, committed=0) for held in range(1, 20)]
    with pytest.raises(Conflict):
        racing(shop, "update_item", holds).apply_stock_level("TEA-JAS", 50, 1)
    assert shop.stock("TEA-JAS")["on_hand"] == 100


def test_a_catalogue_that_outgrows_an_item_is_read_from_its_parts(shop: Shop) -> None:
    table = shop.table(part_bytes=100)
    many = [replace(TEA, sku=f"TEA-{number}") for number in range(60)]
    table.replace(many, {})
    assert int(shop.row("CATALOGUE")["parts"]["N"]) > 1
    assert shop.table().read() == Catalogue.of(many, version=1)
    assert table.apply_product(replace(many[0], price=200, version=1))
    assert table.read().products["TEA-0"].price == 200
    parts = [row for row in shop.rows() if row["pk"]["S"] == "CATALOGUE" and row["sk"]["S"] != "-"]
    assert {row["sk"]["S"].partition("-")[0] for row in parts} == {"2"}, "parts of the old version are gone"
    shop.table().replace([TEA], {})
    assert [row["sk"]["S"] for row in shop.rows() if row["pk"]["S"] == "CATALOGUE"] == ["-"]


def test_a_reader_between_two_versions_in_parts_reads_the_newer_one(shop: Shop) -> None:
    many = [replace(TEA, sku=f"TEA-{number}") for number in range(60)]
    writer = shop.table(part_bytes=100)
    writer.replace(many, {})
    reader = racing(shop, "batch_get_item", [lambda: writer.replace([CAKE], {})])
    assert reader.read() == Catalogue.of([CAKE], version=2)


def test_rows_that_dynamodb_puts_off_are_asked_for_again(shop: Shop) -> None:
    shop.table().replace([TEA, CAKE], {"TEA-JAS": 1, "CAK-PIN": 2})
    pauses: list[float] = []

    class Reluctant:
        """Answers the first key of each request only."""

        def __getattr__(self, name: str) -> Any:
            return getattr(shop.client, name)

        def batch_get_item(self, RequestItems: Any) -> Any:
            first, *rest = RequestItems[TABLE]["Keys"]
            some: Any = {TABLE: {**RequestItems[TABLE], "Keys": [first]}}
            answer = shop.client.batch_get_item(RequestItems=some)
            left = {TABLE: {**RequestItems[TABLE], "Keys": rest}} if rest else {}
            return {**answer, "UnprocessedKeys": left}

    client: Any = Reluctant()
    table = CatalogueTable(client, TABLE, lambda: shop.now, pause=pauses.append)
    assert table.available(["TEA-JAS", "CAK-PIN"]) == {"TEA-JAS": 1, "CAK-PIN": 2}
    assert pauses == [0.05]
    with pytest.raises(Conflict):
        table.available([f"SKU-{number}" for number in range(20)])


# The loader ------------------------------------------------------------------------------------------------


def test_the_demo_shop_loads_in_full(shop: Shop) -> None:
    result = loader.load(loader.DEMO_SHOP, dynamodb_client=shop.client, catalogue_table=TABLE)
    assert result == loader.LoadResult(products=10, counted=8)
    assert len(shop.table().read().products) == 10
    assert loader.report(result) == "已載入 10 項商品。 Loaded 10 products, 8 with stock."


def test_a_file_with_a_mistake_changes_nothing(shop: Shop, tmp_path: Path) -> None:
    loader.load(loader.DEMO_SHOP, dynamodb_client=shop.client, catalogue_table=TABLE)
    before = shop.rows()
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(loader.DEMO_SHOP.read_text("utf-8").replace(",tin,", ",kettle,"), "utf-8")
    result = loader.load(wrong, dynamodb_client=shop.client, catalogue_table=TABLE)
    assert not result.loaded
    assert [(error.line, error.column) for error in result.errors] == [(3, "unit"), (5, "unit")]
    assert shop.rows() == before
    assert loader.report(result).startswith(
        "沒有載入：有 2 個錯誤。 Nothing was loaded: 2 to mend.\n第 3 列 unit |"
    )


def test_the_loader_says_what_it_withdrew_and_what_it_did_not_use() -> None:
    result = loader.LoadResult(products=1, counted=0, withdrawn=("CAK-PIN",), ignored_columns=("shelf",))
    assert loader.report(result).splitlines()[1:] == [
        "已下架 No longer on offer: CAK-PIN",
        "未使用的欄位 Ignored columns: shelf",
    ]


def test_the_running_shop_is_found_by_its_port(tmp_path: Path) -> None:
    with pytest.raises(loader.NoShop, match="make run"):
        loader.local_run(tmp_path, None)
    for port in (8080, 8081):
        (tmp_path / str(port)).mkdir()
        (tmp_path / str(port) / "endpoint.json").write_text(f'{{"endpoint": "http://127.0.0.1:{port}"}}')
    assert loader.local_run(tmp_path, 8081) == {"endpoint": "http://127.0.0.1:8081"}
    with pytest.raises(loader.NoShop, match="8080, 8081"):
        loader.local_run(tmp_path, None)
    with pytest.raises(loader.NoShop, match="make run"):
        loader.local_run(tmp_path, 9999)


class Stacks:
    """CloudFormation as far as the loader asks it."""

    def __init__(self, outputs: list[dict[str, str]]) -> None:
        self._outputs = outputs

    def describe_stacks(self, **asked: str) -> Any:
        assert asked == {"StackName": "shop"}
        return {"Stacks": [{"StackName": "shop", "Outputs": self._outputs}]}


def test_a_deployed_stack_names_its_table() -> None:
    outputs = [
        {"OutputKey": "WebhookUrl", "OutputValue": "-"},
        {"OutputKey": loader.TABLE_OUTPUT, "OutputValue": "t"},
    ]
    stacks: Any = Stacks(outputs)
    assert loader.table_of_stack(stacks, "shop") == "t"


def test_a_stack_without_the_table_is_told_as_such() -> None:
    stacks: Any = Stacks([])
    with pytest.raises(loader.NoShop, match="no output CatalogueTableName"):
        loader.table_of_stack(stacks, "shop")


def test_without_a_running_shop_the_command_says_what_to_do(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert loader.main(["--port", "1"]) == 1
    assert capsys.readouterr().err.startswith("No local shop is running: start one with `make run`")
