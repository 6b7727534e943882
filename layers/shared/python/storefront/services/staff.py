"""The shop's own people in LINE: who is one of them, and how they are told of something in their own chats.

Who they are is data of the deployment. A notice is one message row a member, written with the change that it tells of
and known by its cause, so that a repeated event tells nobody twice; it is sent as every message is.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from storefront.domain.conversation import Conversation, customer_id_of
from storefront.domain.language import Language
from storefront.domain.outbox import Topic
from storefront.services.ports import Clock, Put, Store, Write
from storefront.services.telling import Telling, new_message

STAFF_LANGUAGE: Final = Language.ZH_TW
"""What staff read unless they chose another language in their chat."""


class Staff:
    """The members of staff, by their LINE user ids."""

    def __init__(
        self, store: Store, telling: Telling, clock: Clock, line_user_ids: Sequence[str] = ()
    ) -> None:
        self._store = store
        self._telling = telling
        self._clock = clock
        self._members = {customer_id_of(each): each for each in line_user_ids}

    @property
    def can_be_told(self) -> bool:
        """Whether there is anybody at all."""
        return bool(self._members)

    def is_staff(self, customer_id: str) -> bool:
        """Whether a chat is a staff member's: what guards every button that only staff may press."""
        return customer_id in self._members

    def notices(self, cause: str, topic: Topic, facts: Mapping[str, str]) -> tuple[Write, ...]:
        """The writes that tell every member of `topic`; commit them with what they tell of, then `deliver`."""
        now = self._clock()
        writes: list[Write] = []
        for member, line_user_id in self._members.items():
            if self._store.read(Conversation, member) is None:
                writes.append(Put(Conversation(member, line_user_id, STAFF_LANGUAGE, language_chosen=True)))
            writes.append(Put(new_message(_message_id(cause, member), member, topic, facts, now)))
        return tuple(writes)

    def deliver(self, cause: str) -> None:
        """Send the notices of `cause` that are still to be sent; the sweeper finds what this leaves."""
        for member in self._members:
            self._telling.deliver(_message_id(cause, member))


def _message_id(cause: str, member: str) -> str:
    return f"staff:{cause}:{member}"
