"""What the page itself keeps: the events it sent as a back office, and those the shop sent to its order system."""

import dataclasses
import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dev.page.feed import Feed, News

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class SentEvent:
    """One event to `POST /hooks/{source}`; no status means that nobody answered. `at` in milliseconds since 1970.

    `manner`: how it was sent, a word of the page. `reason`: why the shop took or refused it, in its own words.
    """

    number: int
    at: int
    event: JsonObject
    status: int | None
    answer: str
    manner: str = "signed"
    reason: str = ""


@dataclass(frozen=True)
class ReceivedEvent:
    """One event to the order system. `proven`: its signature is the shop's. The same id again counts as a delivery."""

    at: int
    event: JsonObject
    proven: bool
    deliveries: int = 1


class Desk:
    """Both lists, in memory; the feed hears of each change. `clock` gives seconds since 1970."""

    def __init__(self, feed: Feed, clock: Callable[[], float] = time.time) -> None:
        self.sent: list[SentEvent] = []
        self.received: dict[tuple[str, bool], ReceivedEvent] = {}
        self._feed = feed
        self._clock = clock
        self._numbers = itertools.count(1)
        feed.register(self._what_is_there)

    def record_sent(
        self, event: JsonObject, status: int | None, answer: str, manner: str = "signed"
    ) -> SentEvent:
        sent = SentEvent(next(self._numbers), self._now(), event, status, answer, manner, _reason_in(answer))
        self.sent.append(sent)
        self._feed.tell("sent", dataclasses.asdict(sent))
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
        self._feed.tell("orderSystem", self.received_list())
        return received

    def received_list(self) -> list[JsonObject]:
        return [dataclasses.asdict(each) for each in self.received.values()]

    def _what_is_there(self) -> list[News]:
        sent: list[News] = [("sent", dataclasses.asdict(each)) for each in self.sent]
        return [*sent, ("orderSystem", self.received_list())]

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _reason_in(answer: str) -> str:
    try:
        told = json.loads(answer)
    except ValueError:
        return ""
    return str(told.get("reason", "")) if isinstance(told, dict) else ""
