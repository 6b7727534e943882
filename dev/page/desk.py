"""What the page itself keeps: the events it sent as a back office, and those the shop sent to its order system."""

import asyncio
import dataclasses
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class SentEvent:
    """One event to `POST /hooks/{source}`; no status means that nobody answered. `at` in milliseconds since 1970."""

    number: int
    at: int
    event: JsonObject
    status: int | None
    answer: str


@dataclass(frozen=True)
class ReceivedEvent:
    """One event to the order system. `proven`: its signature is the shop's. The same id again counts as a delivery."""

    at: int
    event: JsonObject
    proven: bool
    deliveries: int = 1


@dataclass(frozen=True)
class Note:
    """Something that changed here: `kind` is sent or orderSystem."""

    kind: str
    value: Any


class Desk:
    """Both lists, in memory, and who is told of them. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.sent: list[SentEvent] = []
        self.received: dict[tuple[str, bool], ReceivedEvent] = {}
        self._clock = clock
        self._numbers = itertools.count(1)
        self._queues: list[asyncio.Queue[Note]] = []

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[Note]]:
        """Every change from now on, in order."""
        queue: asyncio.Queue[Note] = asyncio.Queue()
        self._queues.append(queue)
        try:
            yield queue
        finally:
            self._queues.remove(queue)

    def record_sent(self, event: JsonObject, status: int | None, answer: str) -> SentEvent:
        sent = SentEvent(next(self._numbers), self._now(), event, status, answer)
        self.sent.append(sent)
        self._tell("sent", dataclasses.asdict(sent))
        return sent

    def record_received(self, event: JsonObject, *, proven: bool) -> ReceivedEvent:
        # A forged event must not be counted as one more delivery of the real one, hence the second part of the key.
        key = (str(event.get("id")), proven)
        before = self.received.get(key)
        received = (
            dataclasses.replace(before, deliveries=before.deliveries + 1)
            if before
            else ReceivedEvent(self._now(), event, proven)
        )
        self.received[key] = received
        self._tell("orderSystem", self.received_list())
        return received

    def sent_list(self) -> list[JsonObject]:
        return [dataclasses.asdict(each) for each in self.sent]

    def received_list(self) -> list[JsonObject]:
        return [dataclasses.asdict(each) for each in self.received.values()]

    def _now(self) -> int:
        return int(self._clock() * 1000)

    def _tell(self, kind: str, value: Any) -> None:
        for queue in self._queues:
            queue.put_nowait(Note(kind, value))
