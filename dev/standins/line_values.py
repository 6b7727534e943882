"""The words of the LINE stand-in: customers, chat entries, faults, hops, answers. Times are milliseconds."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

JsonObject = dict[str, Any]

DAY = 86_400_000
# Somebody who is no friend can be written to for this long after writing to the shop.
STRANGER_DAYS = 7


class Via(StrEnum):
    """How an entry came into the chat."""

    CUSTOMER = "customer"
    REPLY = "reply"
    PUSH = "push"
    MULTICAST = "multicast"
    SYSTEM = "system"


class Signature(StrEnum):
    """How a webhook is signed: as LINE does it, as somebody without the secret would, or not at all."""

    GOOD = "good"
    BAD = "bad"
    MISSING = "missing"


class FaultKind(StrEnum):
    STATUS = "status"
    HANG = "hang"
    DROP = "drop"


@dataclass(frozen=True)
class Manner:
    """How events travel to the shop. More than one copy are parallel requests with the same body."""

    signature: Signature = Signature.GOOD
    copies: int = 1
    standby: bool = False


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong in calls of the shop.

    `call` is reply, push, multicast, validate, loading, markAsRead, profile, quota, info, content, token, or
    `*` for any. `status` answers with an error, `drop` closes the connection without an answer, `hang` waits
    for `seconds` first. With `after_effect` the call has been carried out by then; without it, nothing was.
    """

    call: str
    kind: FaultKind = FaultKind.STATUS
    after_effect: bool = False
    status: int = 500
    seconds: float = 60.0
    times: int = 1


@dataclass(frozen=True)
class Customer:
    user_id: str
    display_name: str
    language: str = "zh-TW"
    friend: bool = False
    blocked: bool = False
    wrote_at: int | None = None

    def reachable(self, now: int) -> bool:
        """Whether a push arrives; LINE answers 200 either way."""
        wrote = self.wrote_at is not None and now - self.wrote_at <= STRANGER_DAYS * DAY
        return not self.blocked and (self.friend or wrote)


@dataclass(frozen=True)
class ChatEntry:
    """One message in a chat. `index` counts from 0 within the chat; `message` is the raw JSON."""

    index: int
    chat_id: str
    at: int
    via: Via
    message: JsonObject
    message_id: str
    user_id: str | None = None
    request_id: str | None = None
    quote_token: str | None = None
    event_id: str | None = None
    delivered: bool = True
    unsent: bool = False
    read: bool = False

    @property
    def from_shop(self) -> bool:
        return self.via in {Via.REPLY, Via.PUSH, Via.MULTICAST}


@dataclass
class Chat:
    """One customer's chat with the shop, or a group's."""

    chat_id: str
    members: set[str] = field(default_factory=set)
    entries: list[ChatEntry] = field(default_factory=list)
    loading_until: int = 0
    quick_replies_used: bool = False

    @property
    def is_group(self) -> bool:
        return self.chat_id.startswith("C")


@dataclass(frozen=True)
class Hop:
    """One request and its answer on the wire between LINE and the shop, for the wire inspector."""

    number: int
    at: int
    direction: str
    method: str
    url: str
    request_headers: dict[str, str]
    request_body: str
    status: int | None
    response_headers: dict[str, str]
    response_body: str
    milliseconds: float
    note: str = ""


@dataclass(frozen=True)
class Change:
    """Something that a page would show: `kind` is chat, customer, loading, wire or menu (the rich menus)."""

    kind: str
    value: Any


@dataclass(frozen=True)
class Answer:
    """What LINE answers to one call."""

    status: int
    body: JsonObject
    headers: dict[str, str] = field(default_factory=dict)
    picture: bytes = b""


@dataclass(frozen=True)
class Tapped:
    """What a tap does: an event for the shop, an address that opens, or neither (a copy to the clipboard)."""

    event: JsonObject | None = None
    opens: str | None = None


class NoSuchCustomer(LookupError):
    """Nobody has this user id."""


class NoSuchMessage(LookupError):
    """No message of this customer has this id."""


class NoSuchButton(LookupError):
    """Nothing in the chat that can be tapped now has this label."""

    def __init__(self, label: str, shown: list[str]) -> None:
        super().__init__(f"no button {label!r}; there is: {', '.join(shown) or 'none'}")
        self.shown = shown
