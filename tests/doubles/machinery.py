"""The rest of the world for tests: a clock to set, names in sequence, queues to drain, and what was woken."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from storefront.domain.catalogue import Catalogue, Product, ProductChange
from storefront.domain.errors import StorefrontError
from storefront.domain.outbox import OrderEvent
from tests.doubles.memory_store import MemoryStore
from tests.doubles.promised import hold_to_the_promise

START: Final = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@dataclass
class VirtualClock:
    """The present as the test sets it, in UTC."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class SequenceIds:
    """Names that count; `owner` keeps those of several sources apart."""

    owner: str = ""
    given: int = 0

    def _next(self, kind: str) -> str:
        self.given += 1
        return f"{kind}{self.owner}{self.given}"

    def quote_id(self) -> str:
        return self._next("quote")

    def order_number(self) -> str:
        return self._next("ORDER")

    def attempt_key(self) -> str:
        return self._next("key")

    def refund_id(self) -> str:
        return self._next("refund")

    def page_key(self) -> str:
        """Not counted: nobody sees it, and the names of other things do not depend on it."""
        return f"pagekey{self.owner}{self.given}"


@dataclass(frozen=True)
class Job:
    """One message on a queue; `arguments` are the port's own."""

    name: str
    arguments: tuple[str, ...]
    not_before: datetime


@dataclass
class RecordingJobs:
    """Queues that can be looked into and drained."""

    clock: VirtualClock
    waiting: list[Job] = field(default_factory=list)

    def _put(self, name: str, *arguments: str, delay_seconds: int = 0) -> None:
        self.waiting.append(Job(name, arguments, self.clock.now + timedelta(seconds=delay_seconds)))

    def take_due(self) -> list[Job]:
        """The jobs whose time has come, taken off the queue."""
        due = [job for job in self.waiting if job.not_before <= self.clock.now]
        self.waiting = [job for job in self.waiting if job.not_before > self.clock.now]
        return due

    def named(self, name: str) -> list[Job]:
        return [job for job in self.waiting if job.name == name]

    def open_payment(self, order_number: str, cause: str) -> None:
        self._put("open_payment", order_number, cause)

    def check_payment(self, attempt_id: str, delay_seconds: int, cause: str) -> None:
        self._put("check_payment", attempt_id, cause, delay_seconds=delay_seconds)

    def close_order(self, order_number: str) -> None:
        self._put("close_order", order_number)

    def refund(self, order_number: str, refund_id: str, delay_seconds: int) -> None:
        self._put("refund", order_number, refund_id, delay_seconds=delay_seconds)

    def send_order_event(self, event_id: str, delay_seconds: int) -> None:
        self._put("send_order_event", event_id, delay_seconds=delay_seconds)

    def settle_event(self, source: str, event_id: str, group: str) -> None:
        self._put("settle_event", source, event_id, group)


@dataclass
class RecordingWorkflow:
    """Executions that were started, and tokens that were answered."""

    started: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    woken: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    ended: list[tuple[str, str]] = field(default_factory=list)
    causes: list[str] = field(default_factory=list)

    def start(self, name: str, payload: Mapping[str, object]) -> None:
        self.started.append((name, payload))

    def wake(self, token: str, output: Mapping[str, object]) -> None:
        self.woken.append((token, output))

    def end(self, token: str, error: StorefrontError) -> None:
        self.ended.append((token, type(error).__name__))
        self.causes.append(str(error))


@dataclass
class CountingMetrics:
    """Counts by name."""

    counts: Counter[str] = field(default_factory=Counter)

    def count(self, name: str, value: int = 1) -> None:
        self.counts[name] += value


@dataclass
class OrderSystemModel:
    """An order system that takes events, each id once, while it is `awake`; it bears only what was promised."""

    configured: bool = True
    awake: bool = True
    taken: dict[str, OrderEvent] = field(default_factory=dict)
    tries: int = 0

    def is_configured(self) -> bool:
        return self.configured

    def post(self, event: OrderEvent, at: datetime) -> bool:
        self.tries += 1
        hold_to_the_promise(event.body)
        if self.awake:
            self.taken.setdefault(event.event_id, event)
        return self.awake


@dataclass
class MemoryCatalogues:
    """A fixed catalogue over the store's stock counters; what back offices changed is kept to be looked at."""

    catalogue: Catalogue
    store: MemoryStore
    changes: list[object] = field(default_factory=list)

    def read(self) -> Catalogue:
        return self.catalogue

    def available(self, skus: Sequence[str]) -> Mapping[str, int]:
        return {sku: self.store.stock[sku].available for sku in skus if sku in self.store.stock}

    def apply_product(self, change: Product | ProductChange) -> bool:
        self.changes.append(change)
        return True

    def apply_stock_level(self, sku: str, on_hand: int, version: int) -> bool:
        self.changes.append((sku, on_hand, version))
        return True
