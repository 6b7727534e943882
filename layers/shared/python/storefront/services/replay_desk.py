"""The replay desk's use cases: what waits is listed and shown, replayed or dismissed, each act with its row (X25).

A replayed event goes the way of every event: it is as on the day it came, and its job goes onto the queue, so order of
arrival, duplicates and notices are held by what holds them always. A crash after the act's transaction leaves an event
that is due, which the sweeper hands on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from storefront.domain.casework import CaseKind, OperatorCase, ReceivedEvent, ReceivedState, UnappliedEvent
from storefront.domain.errors import ActionRefused, Conflict
from storefront.domain.glances import Glance
from storefront.domain.replay_desk import (
    DeskAction,
    DeskDeed,
    DeskEntry,
    ItemId,
    Place,
    Standing,
    months_until,
)
from storefront.services.dead_letter_desk import DeadLetterDesk, LetterView
from storefront.services.ports import Clock, DueKind, Jobs, Put, Store, Write
from storefront.services.putting_aside import taken_up
from storefront.services.rehearsing import Foreseen, Rehearsing

TRIES: Final = 8
LISTED_AT_MOST: Final = 100
"""Of each kind; what waits longest is listed."""

EVER: Final = timedelta(days=36_500)
WAITING: Final = frozenset({ReceivedState.PARKED, ReceivedState.QUARANTINED})


@dataclass(frozen=True)
class DeskItem:
    """One thing of the list. `order` is what the event names, known or not; `tries_again_at` only while it is tried."""

    item: ItemId
    standing: Standing
    since: datetime
    why: str
    type: str = ""
    order: str | None = None
    tries_again_at: datetime | None = None
    offers: tuple[DeskAction, ...] = tuple(DeskAction)


@dataclass(frozen=True)
class DeskList:
    """What waits, the longest waiting first; `more` if not everything was looked at."""

    items: Sequence[DeskItem]
    more: bool


@dataclass(frozen=True)
class DeskView:
    """One thing in full: the body as it came (empty once nobody needs it), what would happen, what was done."""

    item: DeskItem
    body: str
    foreseen: Foreseen | None
    silence: str | None
    journal: Sequence[DeskEntry] = field(default=())


class ReplayDesk:
    """Lists, shows, replays and dismisses."""

    def __init__(
        self,
        store: Store,
        letters: DeadLetterDesk,
        rehearsing: Rehearsing,
        jobs: Jobs,
        glance: Callable[[str], Glance],
        clock: Clock,
    ) -> None:
        self._store = store
        self._letters = letters
        self._rehearsing = rehearsing
        self._jobs = jobs
        self._glance = glance
        self._clock = clock

    # Looking ---------------------------------------------------------------------------------------------

    def waiting(self) -> DeskList:
        """Parked and quarantined events and dead letters, the longest waiting first."""
        horizon = self._clock() + EVER
        tried = self._store.due(DueKind.RECEIVED_EVENT, horizon, LISTED_AT_MOST)
        aside = self._store.due(DueKind.UNAPPLIED, horizon, LISTED_AT_MOST)
        letters = self._letters.look(LISTED_AT_MOST)
        named = [
            self._store.read(ReceivedEvent, place.source, place.event_id)
            for place in aside
            if isinstance(place, UnappliedEvent)
        ]
        events = {
            (event.source, event.event_id): event
            for event in (*tried, *named)
            if isinstance(event, ReceivedEvent) and event.state in WAITING
        }
        items = [self._item(event) for event in events.values()]
        items += [_letter_item(each) for each in letters]
        more = LISTED_AT_MOST in {len(tried), len(aside)} or len(letters) >= LISTED_AT_MOST
        return DeskList(sorted(items, key=lambda each: (each.since, str(each.item))), more)

    def done(self, action: DeskAction) -> DeskList:
        """What was dismissed (or replayed) in this month and the last ones, the newest first."""
        entries = [entry for entry in self._journal() if entry.action is action]
        items = [
            DeskItem(
                ItemId.parse(entry.item),
                Standing.DISMISSED if action is DeskAction.DISMISS else Standing.UNDER_WAY,
                entry.at,
                entry.note,
                entry.facts.get("type", ""),
                entry.facts.get("order"),
                offers=(),
            )
            for entry in entries[:LISTED_AT_MOST]
        ]
        return DeskList(items, len(entries) > LISTED_AT_MOST)

    def show(self, item: ItemId) -> DeskView:
        """One thing, as it is now.

        Raises:
            ActionRefused: there is no such thing, and nothing was ever done about it.
        """
        journal = [entry for entry in self._journal() if entry.item == str(item)]
        if item.place is Place.EVENTS:
            return self._event_view(self._event(item), journal)
        letter = self._letters.show(item)
        if letter is not None:
            return self._letter_view(letter, journal)
        if not journal:
            raise ActionRefused("there is no such dead letter")
        last = journal[0]
        standing = Standing.DISMISSED if last.action is DeskAction.DISMISS else Standing.UNDER_WAY
        facts = last.facts
        gone = DeskItem(
            item, standing, last.at, last.note, facts.get("type", ""), facts.get("order"), offers=()
        )
        return DeskView(gone, facts.get("body", ""), None, "it has left the dead letters", journal)

    # Acting ----------------------------------------------------------------------------------------------

    def act(self, deed: DeskDeed) -> DeskView:
        """Replay or dismiss one thing, with the row of who and why in the same transaction.

        Raises:
            ActionRefused: it is not there, not waiting any more, or not signed.
            Conflict: the rows kept changing; ask again.
        """
        if not deed.is_signed:
            raise ActionRefused("say who you are and why: both are kept")
        if deed.item.place is not Place.EVENTS:
            self._letters.act(deed)
            return self.show(deed.item)
        for _ in range(TRIES):
            received = self._event(deed.item)
            if received.state not in WAITING:
                raise ActionRefused(f"it does not wait: it is {_standing(received).value}")
            try:
                self._commit(deed, received)
            except Conflict:
                continue
            if deed.action is DeskAction.REPLAY:
                glance = self._glance(received.body)
                group = glance.subject or glance.type or received.event_id
                self._jobs.settle_event(received.source, received.event_id, group)
            return self.show(deed.item)
        raise Conflict(str(deed.item))

    def _commit(self, deed: DeskDeed, received: ReceivedEvent) -> None:
        now = self._clock()
        glance = self._glance(received.body)
        facts = {"was": f"{received.state.value}: {received.reason}", "type": glance.type}
        if glance.subject:
            facts["order"] = glance.subject
        if deed.action is DeskAction.REPLAY:
            if not received.body:
                raise ActionRefused(
                    "its body is gone with the order that it was about: it can only be dismissed"
                )
            foreseen = self._rehearsing.of(received)
            facts["foreseen"] = f"{foreseen.state.value}: {foreseen.reason or foreseen.silence or 'told'}"
            after = received.replayed(now)
        else:
            after = received.ended(ReceivedState.DISMISSED, received.reason)
        self._store.commit(Put(after), Put(deed.entry(now, facts)), *self._no_longer(received, deed, now))

    def _no_longer(self, received: ReceivedEvent, deed: DeskDeed, now: datetime) -> tuple[Write, ...]:
        """The case of the event is settled with it, and nobody has to look at it any more."""
        kind, subject = CaseKind.EVENT_QUARANTINED, f"{received.source}:{received.event_id}"
        case = self._store.read(OperatorCase, kind, subject)
        settled: tuple[Write, ...] = ()
        if case is not None and case.is_open:
            settled = (Put(case.resolved(now, deed.who, deed.note)),)
        return *settled, *taken_up(self._store, received, self._order_of(received))

    def _order_of(self, received: ReceivedEvent) -> str:
        """The order under whose number the event was put aside: of some types it is none."""
        for number in (self._named(received), ""):
            if self._store.read(UnappliedEvent, number, received.source, received.event_id) is not None:
                return number
        return ""

    def _named(self, received: ReceivedEvent) -> str:
        return (self._glance(received.body).subject or "").strip().upper()

    # What is shown ---------------------------------------------------------------------------------------

    def _event(self, item: ItemId) -> ReceivedEvent:
        received = self._store.read(ReceivedEvent, *item.event)
        if received is None:
            raise ActionRefused("there is no such event")
        return received

    def _item(self, received: ReceivedEvent) -> DeskItem:
        glance = self._glance(received.body)
        offers = tuple(DeskAction) if received.body else (DeskAction.DISMISS,)
        return DeskItem(
            ItemId.of_event(received.source, received.event_id),
            _standing(received),
            received.received_at,
            received.reason or "",
            glance.type,
            glance.subject,
            received.due_at if received.state is ReceivedState.PARKED else None,
            offers if received.state in WAITING else (),
        )

    def _event_view(self, received: ReceivedEvent, journal: Sequence[DeskEntry]) -> DeskView:
        item = self._item(received)
        if not item.type and journal:
            facts = journal[-1].facts
            item = replace(item, type=facts.get("type", ""), order=facts.get("order"))
        if received.state in WAITING and received.body:
            foreseen = self._rehearsing.of(received)
            return DeskView(item, received.body, foreseen, foreseen.silence, journal)
        told = {
            ReceivedState.APPLIED: "it has been applied",
            ReceivedState.DISMISSED: "it has been dismissed",
            ReceivedState.TAKEN: "it is on its way: look again in a moment",
        }
        silence = told.get(received.state, "its body is gone with the order that it was about")
        return DeskView(item, received.body, None, silence, journal)

    def _letter_view(self, view: LetterView, journal: Sequence[DeskEntry]) -> DeskView:
        item = _letter_item(view)
        received = self._store.read(ReceivedEvent, *view.event) if view.event is not None else None
        if received is None:
            return DeskView(item, view.body, None, view.silence, journal)
        foreseen = None
        if received.state is ReceivedState.TAKEN or (received.state in WAITING and received.body):
            foreseen = self._rehearsing.of(received)
        silence = foreseen.silence if foreseen is not None else f"the event is {received.state.value} already"
        return DeskView(item, received.body, foreseen, silence, journal)

    def _journal(self) -> list[DeskEntry]:
        """What was done at the desk, the newest first."""
        months = months_until(self._clock())
        entries = [entry for month in months for entry in self._store.rows_of(DeskEntry, month)]
        return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _standing(received: ReceivedEvent) -> Standing:
    return {
        ReceivedState.TAKEN: Standing.UNDER_WAY,
        ReceivedState.PARKED: Standing.PARKED,
        ReceivedState.QUARANTINED: Standing.QUARANTINED,
        ReceivedState.APPLIED: Standing.APPLIED,
        ReceivedState.DISMISSED: Standing.DISMISSED,
    }[received.state]


def _letter_item(view: LetterView) -> DeskItem:
    return DeskItem(
        view.letter.item,
        Standing.DEAD_LETTER,
        view.letter.sent_at,
        view.why,
        view.type,
        view.order,
        offers=view.offers,
    )
