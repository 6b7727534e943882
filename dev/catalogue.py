"""Load a catalogue: `make catalogue CSV=shop.csv` into the running local shop, with `STACK=name` into AWS.

A file with a mistake changes nothing; every mistake is named by line and column.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from storefront.adapters.catalogue_table import CatalogueTable, Replacement
from storefront.contracts.catalogue_errors import RowError
from storefront.contracts.catalogue_file import read_catalogue
from storefront.domain.catalogue import Product
from storefront.domain.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient

PROJECT: Final = Path(__file__).resolve().parent.parent
DEMO_SHOP: Final = PROJECT / "layers/shared/python/storefront/demo_shop/catalogue.csv"
TABLE_OUTPUT: Final = "CatalogueTableName"
"""The stack's output, and the local run's entry, that names the table."""


@dataclass(frozen=True)
class LoadResult:
    """What became of a file: loaded in full, or not at all because of `errors`."""

    products: int = 0
    counted: int = 0
    withdrawn: tuple[str, ...] = ()
    errors: tuple[RowError, ...] = ()
    ignored_columns: tuple[str, ...] = ()

    @property
    def loaded(self) -> bool:
        return not self.errors


class CatalogueWriter(Protocol):
    """Where a catalogue goes."""

    def replace(self, products: Sequence[Product], stock: Mapping[str, int]) -> Replacement: ...


class NoShop(Exception):
    """There is no table to load into; the message says what to do."""


def load(csv_path: Path, *, dynamodb_client: "DynamoDBClient", catalogue_table: str) -> LoadResult:
    """Load the file at `csv_path` into a table."""
    table = CatalogueTable(dynamodb_client, catalogue_table, lambda: datetime.now(UTC))
    return load_into(table, csv_path.read_bytes())


def load_into(writer: CatalogueWriter, content: bytes) -> LoadResult:
    """Hand the products of a file to `writer`, or nothing if the file holds a mistake."""
    file = read_catalogue(content)
    if file.errors:
        return LoadResult(errors=file.errors)
    replacement = writer.replace(file.products, file.stock)
    return LoadResult(
        products=len(file.products),
        counted=len(file.stock),
        withdrawn=replacement.withdrawn,
        ignored_columns=file.ignored_columns,
    )


def table_of_stack(cloudformation: "CloudFormationClient", stack: str) -> str:
    """The name of the catalogue's table in a deployed stack."""
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    for output in described.get("Outputs", []):
        if output.get("OutputKey") == TABLE_OUTPUT:
            return output["OutputValue"]
    raise NoShop(f"The stack {stack} has no output {TABLE_OUTPUT}: deploy this version of the project first.")


def local_run(root: Path, port: int | None) -> Mapping[str, Any]:
    """What a running local shop says of itself: `endpoint`, `region`, and `tables` by name of output."""
    files = [root / str(port) / "endpoint.json"] if port else sorted(root.glob("*/endpoint.json"))
    found = [file for file in files if file.is_file()]
    if not found:
        raise NoShop(
            "No local shop is running: start one with `make run`, or name a deployed one with STACK=…"
        )
    if len(found) > 1:
        ports = ", ".join(file.parent.name for file in found)
        raise NoShop(f"Several local shops are running; choose one with PORT=… ({ports}).")
    running: Mapping[str, Any] = json.loads(found[0].read_text(encoding="utf-8"))
    return running


def _local_client(endpoint: str, region: str) -> "DynamoDBClient":
    """A client for the local AWS, which takes any credentials; real ones are never sent to it."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - no secret: the local AWS takes anything
    )


def destination(arguments: argparse.Namespace) -> tuple["DynamoDBClient", str]:
    """The client and the table that the arguments and the environment mean."""
    if arguments.stack:
        return boto3.client("dynamodb"), table_of_stack(boto3.client("cloudformation"), arguments.stack)
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint and arguments.table:
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
        return _local_client(endpoint, region), arguments.table
    running = local_run(PROJECT / ".local", arguments.port)
    return _local_client(running["endpoint"], running["region"]), running["tables"][TABLE_OUTPUT]


def report(result: LoadResult) -> str:
    """What a person wants to read after a load."""
    if not result.loaded:
        heading = (
            f"沒有載入：有 {len(result.errors)} 個錯誤。 Nothing was loaded: {len(result.errors)} to mend."
        )
        return "\n".join((heading, *(str(error) for error in result.errors)))
    lines = [
        f"已載入 {result.products} 項商品。 Loaded {result.products} products, {result.counted} with stock."
    ]
    if result.withdrawn:
        lines.append(f"已下架 No longer on offer: {', '.join(result.withdrawn)}")
    if result.ignored_columns:
        lines.append(f"未使用的欄位 Ignored columns: {', '.join(result.ignored_columns)}")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Load one file; exit status 0 if it was loaded, else 1."""
    parser = argparse.ArgumentParser(prog="python -m dev.catalogue", description=__doc__)
    parser.add_argument(
        "csv", nargs="?", type=Path, default=DEMO_SHOP, help="the file; the demo shop's if left out"
    )
    parser.add_argument(
        "--stack", help="a deployed CloudFormation stack, reached with your own AWS credentials"
    )
    parser.add_argument("--port", type=int, help="port of the local run, if there are several")
    parser.add_argument("--table", help="the table itself, with AWS_ENDPOINT_URL set")
    arguments = parser.parse_args(argv)
    try:
        client, table = destination(arguments)
        result = load(arguments.csv, dynamodb_client=client, catalogue_table=table)
    except (NoShop, OSError, BotoCoreError, ClientError, Conflict) as reason:
        print(reason, file=sys.stderr)
        return 1
    print(report(result), file=sys.stdout if result.loaded else sys.stderr)
    return 0 if result.loaded else 1


if __name__ == "__main__":
    sys.exit(main())
