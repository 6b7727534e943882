"""The replay desk: events that software could not finish, put before a person who replays or dismisses them.

An event stands here because it is parked or quarantined (a row of `ReceivedEvent`), or because its job was given up by
its queue (a dead letter). Whatever a person does is an entry of the desk's journal, and is done once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from storefront.domain.errors import ActionRefused

JOURNAL_MONTHS: Final = 3
"""So far back the desk looks for what was done: an event and its copies are gone by then (docs/data.md)."""


class Place(StrEnum):
    """Where something stands that waits for the desk: the events' own rows, or the dead letters of a queue."""

    EVENTS = "events"
    BACK_OFFICE = "back_office"
    CHAT = "chat"
    STATUS = "status"
    PAYMENTS = "payments"
    ORDER_EVENTS = "order_events"


CHATS: Final = frozenset({Place.CHAT, Place.STATUS})
"""Queues whose letters hold what a customer wrote."""


class Standing(StrEnum):
    """What became of an event that stands at the desk, or stood there."""

    PARKED = "parked"
    QUARANTINED = "quarantined"
    DEAD_LETTER = "dead_letter"
    UNDER_WAY = "under_way"
    APPLIED = "applied"
    DISMISSED = "dismissed"


class DeskAction(StrEnum):
    """What a person may do."""

    REPLAY = "replay"
    DISMISS = "dismiss"


@dataclass(frozen=True)
class ItemId:
    """The desk's name of one thing: `events:<source>:<webhook id>`, or `<queue>:<SQS message id>`."""

    place: Place
    rest: str

    @classmethod
    def parse(cls, text: str) -> "ItemId":
        """Read it as the list shows it.

        Raises:
            ActionRefused: it is no such name.
        """
        place, _, rest = text.partition(":")
        if place not in set(Place) or not rest:
            raise ActionRefused("no such event: name it as the list does")
        item = cls(Place(place), rest)
        if item.place is Place.EVENTS and not all(rest.partition(":")):
            raise ActionRefused("an event of a back office is named events:<source>:<webhook id>")
        return item

    @classmethod
    def of_event(cls, source: str, event_id: str) -> "ItemId":
        return cls(Place.EVENTS, f"{source}:{event_id}")

    @property
    def event(self) -> tuple[str, str]:
        """Source and webhook id of an event."""
        source, _, event_id = self.rest.partition(":")
        return source, event_id

    def __str__(self) -> str:
        return f"{self.place.value}:{self.rest}"


@dataclass(frozen=True)
class DeadLetter:
    """A job that its queue gave up; `group` is the FIFO group that it waited in, `receipt` our hold on it."""

    place: Place
    letter_id: str
    body: str
    sent_at: datetime
    group: str = ""
    receipt: str = field(default="", compare=False)

    @property
    def item(self) -> ItemId:
        return ItemId(self.place, self.letter_id)

    @property
    def job(self) -> Mapping[str, Any]:
        """The body; empty if it is no JSON object."""
        try:
            parsed = json.loads(self.body)
        except ValueError:
            return {}
        return parsed if isinstance(parsed, dict) else {}


@dataclass(frozen=True)
class LetterDecision:
    """What was decided about a dead letter: once, by one person, and carried out however often that takes."""

    place: Place
    letter_id: str
    action: DeskAction
    who: str
    decided_at: datetime
    done_at: datetime | None = None
    revision: int = 0


@dataclass(frozen=True)
class DeskEntry:
    """One thing that a person did at the desk: an append-only row (X25). `note` is the person's own words.

    Facts are ids, types and reasons; what a customer wrote is never among them. `customer` is whose letter it was: with
    that customer the note is forgotten.
    """

    item: str
    at: datetime
    who: str
    action: DeskAction
    note: str
    facts: dict[str, str] = field(default_factory=dict)
    revision: int = 0

    @property
    def month(self) -> str:
        return month_of(self.at)


@dataclass(frozen=True)
class DeskDeed:
    """What a person asks the desk to do."""

    item: ItemId
    action: DeskAction
    who: str
    note: str

    @property
    def is_signed(self) -> bool:
        """Whether it says who and why: both are kept."""
        return bool(self.who.strip() and self.note.strip())

    def entry(self, at: datetime, facts: Mapping[str, str]) -> DeskEntry:
        return DeskEntry(str(self.item), at, self.who, self.action, self.note, dict(facts))

    def decision(self, at: datetime) -> LetterDecision:
        return LetterDecision(self.item.place, self.item.rest, self.action, self.who, at)


def month_of(moment: datetime) -> str:
    """The part of the journal that `moment` is in, as 2026-11."""
    return f"{moment:%Y-%m}"


def months_until(moment: datetime, count: int = JOURNAL_MONTHS) -> tuple[str, ...]:
    """The latest `count` months of the journal, the latest first."""
    months = []
    for _ in range(count):
        months.append(month_of(moment))
        moment = moment.replace(day=1) - timedelta(days=1)
    return tuple(months)


def done(decision: LetterDecision, now: datetime) -> LetterDecision:
    """The same, carried out."""
    return replace(decision, done_at=now)
