"""The back offices' door: scopes, and secrets that change while a function is warm (X8, X9)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from dev.driver.back_office import sign
from storefront.adapters.back_office_door import BackOfficeDoor
from storefront.domain.casework import ReceivedEvent
from tests.aws.world import cloud_event
from tests.doubles.memory_store import MemoryStore

OLD, NEW = "whsec_b2xkIHNlY3JldA==", "whsec_bmV3IHNlY3JldA=="
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@dataclass
class Shop:
    """A door, what it handed on, and a secret store whose kept value may be old."""

    kept: dict[str, Any]
    fresh: dict[str, Any]
    handed_on: list[tuple[str, str, str]] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    asked_again: int = 0

    def __post_init__(self) -> None:
        self.store = MemoryStore()
        self.door = BackOfficeDoor(self.store, self, self.sources, lambda: NOW, self)  # type: ignore[arg-type]

    def sources(self, refresh: bool) -> Mapping[str, Any]:
        self.asked_again += refresh
        return self.fresh if refresh else self.kept

    def settle_event(self, source: str, event_id: str, group: str) -> None:
        self.handed_on.append((source, event_id, group))

    def count(self, name: str, value: int = 1) -> None:
        self.counted.append(name)

    def send(self, kind: str, secret: str, source: str = "wms") -> int:

        body = json.dumps(
            cloud_event(kind, "A7K3Q-9XM2T", {"shipmentId": "S1", "status": "shipped"})
        ).encode()
        return self.door.take(source, sign(secret, "evt-1", int(NOW.timestamp()), body), body).status


def source(secret: str, *types: str) -> dict[str, Any]:
    return {"wms": {"secrets": [secret], "types": list(types)}}


@pytest.mark.parametrize(
    ("scope", "kind", "status"),
    [
        ("*", "shipment.status.v1", 202),
        ("order.*", "order.cancel.requested.v1", 202),
        ("order.cancel.requested.v1", "order.cancel.requested.v1", 202),
        ("order.*", "shipment.status.v1", 403),
        ("order.*", "ordering.v1", 403),
        ("order.cancel", "order.cancel.requested.v1", 403),
        ("", "shipment.status.v1", 403),
    ],
)
def test_a_source_may_say_what_its_scopes_name(scope: str, kind: str, status: int) -> None:
    shop = Shop(source(OLD, scope), {})
    assert shop.send(kind, OLD) == status
    stored = shop.store.read(ReceivedEvent, "wms", "evt-1")
    assert (stored is not None) == (status == 202)
    assert len(shop.handed_on) == (status == 202)


def test_a_rotated_secret_and_a_new_source_count_at_once() -> None:
    assert Shop(source(OLD, "*"), source(NEW, "*")).send("shipment.status.v1", NEW) == 202
    assert Shop({}, source(NEW, "*")).send("shipment.status.v1", NEW) == 202


def test_a_source_that_was_removed_is_unknown() -> None:
    assert Shop(source(OLD, "*"), {}).send("shipment.status.v1", NEW) == 404


def test_forgeries_ask_for_the_secret_once_a_minute() -> None:
    shop = Shop(source(OLD, "*"), source(OLD, "*"))
    assert {shop.send("shipment.status.v1", NEW) for _ in range(10)} == {401}
    assert {shop.send("shipment.status.v1", NEW, "nobody") for _ in range(10)} == {404}
    assert shop.asked_again == 1
    assert shop.handed_on == []
