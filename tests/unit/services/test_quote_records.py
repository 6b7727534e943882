"""The record of a quote: every round once, in order, with the event behind it, and never changed (append-only)."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

from storefront.contracts.case_views import record_json
from storefront.domain.errors import Conflict
from storefront.domain.quote_record import EntryKind, QuoteEntry
from storefront.services.ports import Put
from storefront.services.quote_records import QuoteRecords
from storefront.services.turns import Happening
from tests.doubles.memory_store import MemoryStore
from tests.doubles.talking_shop import TalkingShop

DEPLOYED = Path(__file__).parents[3] / "layers/shared/python/storefront"


class WatchedStore(MemoryStore):
    """A store that knows how often each line of a record was written."""

    writes = 0

    def stored(self, entity: Any) -> Any:
        if isinstance(entity, QuoteEntry):
            assert entity.revision == 0, "a line of a record is written once"
            self.writes += 1
        return super().stored(entity)


def a_long_talk() -> TalkingShop:
    shop = TalkingShop(store=WatchedStore())
    shop.say("茉莉綠茶 36 盒")
    shop.clock.go_on(1)
    shop.say("改成 60 盒")
    shop.clock.now = shop.quote.remind_at or shop.clock.now
    shop.deciding.review_quote("quote1", 2)
    for data in (
        "decline?q=quote1&v=2",
        "why?q=quote1&v=2&r=time",
        "renew?q=quote1&v=2",
        "accept?q=quote3&v=1",
    ):
        shop.clock.go_on(1)
        shop.press(data)
    return shop


def test_every_round_is_there_in_order_with_its_event() -> None:
    shop = a_long_talk()
    record = QuoteRecords(shop.store).of("quote1")
    assert record is not None
    assert [(entry.quote_version, entry.kind, entry.cause) for entry in record.entries] == [
        (1, EntryKind.OFFERED, "event1"),
        (2, EntryKind.OFFERED, "event2"),
        (2, EntryKind.REMINDED, "workflow"),
        (2, EntryKind.DECLINED, "event3"),
        (2, EntryKind.EXPLAINED, "event4"),
    ]
    assert [version.quote_version for version in record.versions] == [1, 2]
    later = QuoteRecords(shop.store).of("quote3")
    assert later is not None
    assert [(entry.kind, entry.cause) for entry in later.entries] == [
        (EntryKind.OFFERED, "event5"),
        (EntryKind.ACCEPTED, "event6"),
    ]


def test_a_second_delivery_adds_nothing() -> None:
    shop = TalkingShop(store=WatchedStore())
    events = [
        shop.event(Happening.TEXT, text="茉莉綠茶 3 盒"),
        shop.event(Happening.POSTBACK, data="decline?q=quote1&v=1"),
        shop.event(Happening.POSTBACK, data="why?q=quote1&v=1&r=price"),
    ]
    for event in events:
        shop.chat.handle(event)
    record = QuoteRecords(shop.store).of("quote1")
    shop.clock.go_on(30)
    for event in (*events, *reversed(events)):
        shop.chat.handle(event)
    assert QuoteRecords(shop.store).of("quote1") == record
    assert shop.store.writes == 3  # type: ignore[attr-defined]


def test_the_store_refuses_to_rewrite_a_line() -> None:
    shop = a_long_talk()
    line = shop.store.rows_of(QuoteEntry, "quote1")[0]
    try:
        MemoryStore(shop.store.rows, shop.store.stock).commit(_put(line, revision=0))
    except Conflict:
        return
    raise AssertionError("it was rewritten")


def _put(line: QuoteEntry, revision: int) -> Any:
    return Put(replace(line, revision=revision, facts={"total": "1"}))


def test_lines_are_made_in_one_place_and_changed_in_none() -> None:
    makers = set()
    for path in DEPLOYED.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id == "QuoteEntry"
            ):
                makers.add(path.name)
    assert makers == {"quoting.py"}


def test_an_unknown_quote_has_no_record() -> None:
    assert QuoteRecords(MemoryStore()).of("none") is None


def test_a_record_as_operators_get_it() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 36 盒")
    shop.clock.go_on(1)
    shop.press("accept?q=quote1&v=1")
    record = QuoteRecords(shop.store).of("quote1")
    assert record is not None
    told = record_json(record)
    assert told["quoteId"] == "quote1"
    (version,) = told["versions"]
    assert (version["state"], version["total"], version["orderNumber"]) == (
        "accepted",
        6_156,
        shop.order.order_number,
    )
    assert version["lines"] == [
        {"sku": "TEA-JAS", "quantity": 36, "unitPrice": 171, "listPrice": 180, "reason": "tier"}
    ]
    assert [entry["kind"] for entry in told["entries"]] == ["offered", "accepted"]
    assert told["entries"][1]["facts"] == {"total": "6156", "order": shop.order.order_number}
