"""Envelopes: messages to one customer that go to LINE in one call.

LINE counts a push by its recipients, not by what is in it, so three notices in one push cost one. The first message
leads: its retry key or its reply token is the call's, and which others ride with it is written down before the call,
so that a repeated call says the same and all of them end together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from storefront.domain.outbox import Message, ReplyToken

MOST_OBJECTS: Final = 5
"""LINE takes no more message objects in one call."""

type Objects = Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Letter:
    """A message and the LINE message objects that say it."""

    message: Message
    objects: Objects


@dataclass(frozen=True)
class Envelope:
    """Letters of one call to LINE; the first leads. `sealed` says that this call is written down already."""

    letters: tuple[Letter, ...]
    sealed: bool = False

    @property
    def leader(self) -> Message:
        return self.letters[0].message

    @property
    def riders(self) -> tuple[Message, ...]:
        return tuple(letter.message for letter in self.letters[1:])

    @property
    def objects(self) -> Objects:
        return [each for letter in self.letters for each in letter.objects]

    def led_by(self, leader: Message) -> "Envelope":
        """The same letters; `leader` is the first one's message as it is now."""
        return replace(self, letters=(replace(self.letters[0], message=leader), *self.letters[1:]))

    def alone(self) -> "Envelope":
        """Only the leader's letter."""
        return Envelope(self.letters[:1])

    @property
    def reply(self) -> ReplyToken | None:
        return self.leader.reply


def packed(letters: Sequence[Letter]) -> Iterator[Envelope]:
    """The letters in envelopes that LINE takes, in order; nothing rides with a message to a group."""
    waiting: list[Letter] = []
    for letter in letters:
        if letter.message.group_id is not None:
            yield Envelope((letter,))
            continue
        if waiting and sum(len(each.objects) for each in (*waiting, letter)) > MOST_OBJECTS:
            yield Envelope(tuple(waiting))
            waiting = []
        waiting.append(letter)
    if waiting:
        yield Envelope(tuple(waiting))
