"""Dead letters at the replay desk: jobs that their queues gave up, sent back once more or dismissed.

What is decided about a letter is a row of its own, written before the queue is touched: two people cannot both decide,
and a crash in between is carried on by whoever asks for the same again. A letter that was sent back but not yet removed
may so be sent twice; whoever takes the jobs counts each once anyway.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from storefront.domain.casework import ReceivedEvent, ReceivedState
from storefront.domain.erasure import Erasure
from storefront.domain.errors import ActionRefused, Conflict
from storefront.domain.glances import ChatGlance
from storefront.domain.replay_desk import (
    CHATS,
    DeadLetter,
    DeskAction,
    DeskDeed,
    ItemId,
    LetterDecision,
    Place,
    done,
)
from storefront.services.ports import Clock, DeadLetters, Put, Store, Write, written

SILENCES: Final = {
    Place.CHAT: "the chat answers as if it had just been written: the answer depends on where the chat is then",
    Place.STATUS: "the question is answered as if it had just been asked",
    Place.PAYMENTS: "LINE Pay is asked first: what the customer hears depends on its answer",
    Place.ORDER_EVENTS: "the order system hears of it, and no customer",
    Place.BACK_OFFICE: "there is no such event any more",
}
"""Why no message is foreseen for a letter of each queue, unless it is of a back office's event that is kept."""


@dataclass(frozen=True)
class LetterView:
    """A letter as the desk shows it. `body` has no words of customers; `event` is the back-office event it is about."""

    letter: DeadLetter
    type: str
    order: str | None
    body: str
    why: str
    silence: str
    event: tuple[str, str] | None
    offers: tuple[DeskAction, ...]
    customer: str | None = None


class DeadLetterDesk:
    """Shows and settles dead letters."""

    def __init__(
        self,
        store: Store,
        letters: DeadLetters,
        glance: Callable[[str], ChatGlance | None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._letters = letters
        self._glance = glance
        self._clock = clock

    def look(self, most: int) -> Sequence[LetterView]:
        """Up to `most` letters of each queue; none is taken away."""
        return [self._view(letter) for letter in self._letters.look(most)]

    def show(self, item: ItemId) -> LetterView | None:
        """One letter; None if it is not there, or in somebody's hand."""
        letter = self._letters.hold(item)
        if letter is None:
            return None
        self._letters.let_go(letter)
        return self._view(letter)

    def act(self, deed: DeskDeed) -> None:
        """Send a letter back to its queue, or take it away for good.

        Raises:
            ActionRefused: it is not there, somebody else has decided, or its customer asked to be forgotten.
        """
        letter = self._letters.hold(deed.item)
        if letter is None:
            raise ActionRefused(
                "there is no such dead letter, or somebody has it in hand: look again in a minute"
            )
        try:
            decision = self._decided(deed, letter)
        except BaseException:
            self._letters.let_go(letter)
            raise
        if decision.action is DeskAction.REPLAY:
            self._letters.send_back(letter)
        self._letters.remove(letter)
        self._store.commit(Put(done(decision, self._clock())))

    def _decided(self, deed: DeskDeed, letter: DeadLetter) -> LetterDecision:
        """The decision about the letter: this one, or the same that somebody began and did not finish."""
        view = self._view(letter)
        known = self._store.read(LetterDecision, letter.place, letter.letter_id)
        if known is not None and known.action is not deed.action:
            raise ActionRefused(f"{known.who} has decided: {known.action.value}; ask for that to finish it")
        if deed.action not in view.offers:
            raise ActionRefused("its customer asked to be forgotten: it can only be dismissed")
        if known is not None:
            return known
        now = self._clock()
        about = {"order": view.order, "customer": view.customer}
        known_of = {name: value for name, value in about.items() if value is not None}
        facts = {"type": view.type, "body": view.body, **known_of}
        decision = deed.decision(now)
        try:
            self._store.commit(Put(decision), Put(deed.entry(now, facts)), *self._absorbed(deed, view))
        except Conflict as changed:
            raise ActionRefused("somebody else is at work on it: look again") from changed
        return written(decision)

    def _absorbed(self, deed: DeskDeed, view: LetterView) -> tuple[Write, ...]:
        """The event of a dismissed letter is dismissed with it; one that is parked or quarantined stands by itself."""
        if deed.action is not DeskAction.DISMISS or view.event is None:
            return ()
        received = self._store.read(ReceivedEvent, *view.event)
        if received is None or received.state is not ReceivedState.TAKEN:
            return ()
        return (Put(received.ended(ReceivedState.DISMISSED, "dead-letter")),)

    # What is shown ---------------------------------------------------------------------------------------

    def _view(self, letter: DeadLetter) -> LetterView:
        decision = self._store.read(LetterDecision, letter.place, letter.letter_id)
        why = "given up by its queue"
        if decision is not None:
            why = f"{decision.who} has decided: {decision.action.value}; not finished"
        silence = SILENCES[letter.place]
        if letter.place in CHATS:
            return self._chat_view(letter, why, silence)
        job = {name: str(value)[:400] for name, value in letter.job.items()}
        event = None
        if letter.place is Place.BACK_OFFICE and job.get("source") and job.get("eventId"):
            event = (job["source"], job["eventId"])
        order = job.get("orderNumber")
        if letter.place is Place.ORDER_EVENTS:
            order = job.get("eventId", "").partition(":")[0] or None
        return LetterView(
            letter, job.get("job", "event"), order, letter.body, why, silence, event, tuple(DeskAction)
        )

    def _chat_view(self, letter: DeadLetter, why: str, silence: str) -> LetterView:
        """Of what a customer wrote only who and which message: the words stand in the chat itself."""
        said = self._glance(letter.body)
        if said is None:
            return LetterView(letter, "unreadable", None, "", why, silence, None, tuple(DeskAction))
        body = json.dumps({"customerId": said.customer_id, "lineMessageId": said.line_message_id})
        wishes = self._store.rows_of(Erasure, said.customer_id)
        offers = tuple(DeskAction)
        if any(wish.asked_at >= letter.sent_at for wish in wishes):
            silence, offers = "its customer asked to be forgotten since", (DeskAction.DISMISS,)
        return LetterView(letter, said.type, None, body, why, silence, None, offers, said.customer_id)
