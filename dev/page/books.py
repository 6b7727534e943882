"""What the back office's desk shows of the shop's books, read while somebody looks, and told when it has changed."""

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool

from dev.page.feed import Feed, News

JsonObject = dict[str, Any]

# How often the books are read while a window is open; reading them costs the local AWS two scans.
READING_SECONDS = 1.5
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Books:
    """The shop at one moment. `pages`: by order number, all that is known of the order.

    `waiting`: by kind (`approvals`, `stuck`, `cases`), how much waits for a person, and a `digest` that changes with
    anything of it; the list itself is the operator's desk's to give.
    """

    orders: Sequence[JsonObject] = ()
    pages: Mapping[str, JsonObject] = field(default_factory=dict)
    stock: Sequence[JsonObject] = ()
    waiting: Mapping[str, JsonObject] = field(default_factory=dict)

    def news(self) -> list[News]:
        return [
            ("orders", {"available": True, "orders": list(self.orders)}),
            ("stock", list(self.stock)),
            ("waiting", dict(self.waiting)),
        ]


class Office(Protocol):
    """The shop behind the desk. Both wait for the network: they are called in a thread."""

    def books(self) -> Books: ...

    def operate(self, task: Mapping[str, Any]) -> JsonObject:
        """What the operator's desk answers to a task, as `make cases` asks it."""
        ...


NOT_AVAILABLE: JsonObject = {"available": False, "orders": []}


class BookReader:
    """Reads for all windows at once, and not at all while none is open."""

    def __init__(self, office: Office, feed: Feed) -> None:
        self._office = office
        self._feed = feed
        self._told: dict[str, Any] = {}
        self._windows = 0
        self._task: asyncio.Task[None] | None = None
        feed.register(lambda: list(self._told.items()))

    async def latest(self) -> Books | None:
        """The books as they are now; nothing while the product cannot be asked: the page says so and goes on."""
        try:
            return await run_in_threadpool(self._office.books)
        except Exception:
            logger.exception("the books cannot be read")
            return None

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Reads and tells while at least one such block runs."""
        self._windows += 1
        if self._task is None:
            self._task = asyncio.create_task(self._go_on())
        try:
            yield
        finally:
            self._windows -= 1
            if self._windows == 0:
                self._task.cancel()
                self._task = None

    async def _go_on(self) -> None:
        while True:
            books = await self.latest()
            for name, value in books.news() if books else [("orders", NOT_AVAILABLE)]:
                if self._told.get(name) != value:
                    self._told[name] = value
                    self._feed.tell(name, value)
            await asyncio.sleep(READING_SECONDS)
