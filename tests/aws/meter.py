"""Counts what the functions ask of AWS, and what DynamoDB would charge for it in write and read request units.

Rules of on-demand tables: a write costs one unit per KB of the larger of the item before and after, a read one per
4 KB (half when eventually consistent), both double inside a transaction; an index entry of keys only costs one
unit when it comes or goes and two when it moves. A refused condition costs as a write would.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final

import boto3
from botocore.handlers import BUILTIN_HANDLERS

from tests.aws.deployment import ACCOUNT, REGION, TABLE, Deployment

type Item = Mapping[str, Any]

_WRITES: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


@dataclass(frozen=True)
class ApiCall:
    """One call of a function: what the role must allow, and what it costs."""

    function: str
    operation: str
    needs: tuple[tuple[str, str], ...]
    write_units: int = 0
    read_units: float = 0.0


def size(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them: names and values."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    kind, content = next(iter(value.items()))
    match kind:
        case "S":
            return len(str(content).encode())
        case "N":
            return len(str(content).strip("-").replace(".", "")) // 2 + 2
        case "BOOL" | "NULL":
            return 1
        case "M":
            return 3 + sum(len(name.encode()) + _size(each) + 1 for name, each in content.items())
        case "L":
            return 3 + sum(_size(each) + 1 for each in content)
        case "B":
            return len(content)
    raise LookupError(kind)


@dataclass(eq=False, repr=False)
class Meter:
    """Listens to every call that a function makes, between `running` and its end.

    Units are counted from `measure` on: to count them, every item is looked at before and after each write.
    """

    deployment: Deployment
    measuring: bool = False
    calls: list[ApiCall] = field(default_factory=list)
    invocations: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._running = threading.local()
        self._mark = f"metered for {self.deployment.stack}"
        self._observer = boto3.session.Session().client("dynamodb", region_name=REGION)
        self._indexes = {
            self.deployment.reference(logical_id): [
                [key["AttributeName"] for key in index["KeySchema"]]
                for index in properties.get("GlobalSecondaryIndexes", [])
            ]
            for logical_id, properties in self.deployment.of_kind(TABLE).items()
        }

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear every client that is made meanwhile, whoever makes it; not the one that was made before."""
        hooks: list[Any] = [("before-parameter-build", self._before), ("after-call", self._after)]
        BUILTIN_HANDLERS.extend(hooks)
        try:
            yield
        finally:
            for hook in hooks:
                BUILTIN_HANDLERS.remove(hook)

    @property
    def function(self) -> str | None:
        """The function that this thread is running."""
        return getattr(self._running, "function", None)

    @contextmanager
    def running(self, function: str) -> Iterator[None]:
        """The calls of this thread are the function's."""
        self.invocations.append(function)
        self._running.function = function
        try:
            yield
        finally:
            self._running.function = None

    def measure(self) -> None:
        """Count units, too, from here."""
        self.measuring = True
        self.forget()

    def forget(self) -> None:
        """Count from here."""
        self.calls.clear()
        self.invocations.clear()

    @property
    def write_units(self) -> int:
        return sum(call.write_units for call in self.calls)

    @property
    def read_units(self) -> float:
        return sum(call.read_units for call in self.calls)

    @property
    def operations(self) -> Counter[str]:
        return Counter(call.operation for call in self.calls)

    # Hearing ---------------------------------------------------------------------------------------------

    def _before(self, params: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        function = self.function
        if function is None:
            return
        service = model.service_model.service_name
        before = self._images(model.name, params) if service == "dynamodb" and self.measuring else []
        context[self._mark] = (function, service, dict(params), before)

    def _after(self, parsed: Mapping[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        metered = context.pop(self._mark, None)
        if metered is None:
            return
        function, service, params, before = metered
        counted = service == "dynamodb" and self.measuring
        writes = self._write_units(model.name, params, before) if counted else 0
        reads = self._read_units(model.name, params, parsed) if counted else 0.0
        needs = tuple(self._needs(service, model.name, params))
        self.calls.append(ApiCall(function, f"{service}:{model.name}", needs, writes, reads))

    def _images(self, operation: str, params: Mapping[str, Any]) -> list[Item]:
        """The items that a write is about to touch, as they are."""
        return [self._item(table, key) for table, key, _ in _writes(operation, params)]

    def _item(self, table: str, key: Any) -> Item:
        """An item as it is; looking is no call of the function."""
        function, self._running.function = self.function, None
        try:
            return self._observer.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {})
        finally:
            self._running.function = function

    def _write_units(self, operation: str, params: Mapping[str, Any], before: list[Item]) -> int:
        units = 0
        for (table, key, put), old in zip(_writes(operation, params), before, strict=True):
            new = put or self._item(table, key)
            base = max(1, ceil(max(size(old), size(new)) / 1024))
            units += base * (2 if operation == "TransactWriteItems" else 1)
            stored = self._item(table, key)
            units += sum(_index_units(keys, old, stored) for keys in self._indexes[table])
        return units

    @staticmethod
    def _read_units(operation: str, params: Mapping[str, Any], parsed: Mapping[str, Any]) -> float:
        def units(items: list[Item], consistent: bool, *, together: bool) -> float:
            sizes = [sum(size(item) for item in items)] if together else [size(item) for item in items]
            return sum(max(1, ceil(each / 4096)) * (1.0 if consistent else 0.5) for each in sizes)

        match operation:
            case "GetItem":
                return units([parsed.get("Item", {})], bool(params.get("ConsistentRead")), together=True)
            case "Query":
                consistent = bool(params.get("ConsistentRead"))
                return units(list(parsed.get("Items", [])), consistent, together=True)
            case "BatchGetItem":
                return sum(
                    units(
                        list(parsed.get("Responses", {}).get(table, [])) or [{}],
                        bool(asked.get("ConsistentRead")),
                        together=False,
                    )
                    for table, asked in params["RequestItems"].items()
                )
        return 0.0

    def _needs(self, service: str, operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Actions and resources as a role names them."""
        where = f"{REGION}:{ACCOUNT}"
        match service, operation:
            case "dynamodb", "TransactWriteItems":
                for each in params["TransactItems"]:
                    kind, asked = next(iter(each.items()))
                    yield f"dynamodb:{_WRITES[kind]}", f"arn:aws:dynamodb:{where}:table/{asked['TableName']}"
            case "dynamodb", "BatchGetItem":
                for table in params["RequestItems"]:
                    yield "dynamodb:BatchGetItem", f"arn:aws:dynamodb:{where}:table/{table}"
            case "dynamodb", _:
                index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
                yield f"dynamodb:{operation}", f"arn:aws:dynamodb:{where}:table/{params['TableName']}{index}"
            case "sqs", _:
                queue = params["QueueUrl"].rpartition("/")[2]
                yield "sqs:SendMessage", f"arn:aws:sqs:{where}:{queue}"
            case "secretsmanager", _:
                yield f"secretsmanager:{operation}", params["SecretId"]
            case "stepfunctions", "StartExecution":
                yield "states:StartExecution", params["stateMachineArn"]
            case "stepfunctions", _:
                # A token does not say whose it is; what answers approvals answers orders as well.
                yield f"states:{operation}", self.deployment.arn("OrderStateMachine")
            case _:
                yield f"{service}:{operation}", "*"


def _writes(operation: str, params: Mapping[str, Any]) -> Iterator[tuple[str, Any, Item]]:
    """Table, key and, for a put, the new item of everything that a call writes or checks."""
    if operation == "TransactWriteItems":
        asked = [(kind, each) for item in params["TransactItems"] for kind, each in item.items()]
    elif operation in {"PutItem", "UpdateItem", "DeleteItem"}:
        asked = [(operation.removesuffix("Item"), params)]
    else:
        return
    for kind, each in asked:
        item: Item = each["Item"] if kind == "Put" else {}
        key = each.get("Key") or {"pk": item["pk"], "sk": item["sk"]}
        yield each["TableName"], key, item


def _index_units(keys: list[str], before: Item, after: Item) -> int:
    """An entry that comes or goes costs one unit, one that moves two."""
    was, is_now = (
        {key: item[key] for key in keys} if all(key in item for key in keys) else None
        for item in (before, after)
    )
    if was == is_now:
        return 0
    return 1 if was is None or is_now is None else 2
