"""One event of the chat, and one turn of the conversation that answers it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from storefront.domain.approval import Approval
from storefront.domain.conversation import Conversation
from storefront.domain.handover import Why
from storefront.domain.order import Order
from storefront.domain.outbox import OrderEvent, ReplyToken, Topic
from storefront.domain.quote import Quote
from storefront.language.postbacks import Postback
from storefront.services.cancelling import CancelPlan
from storefront.services.ports import Write

REPLY_TOKEN_LIFE: Final = timedelta(seconds=50)
"""LINE gives a reply token one minute from the webhook; ten seconds are kept for our own way to LINE."""


class Happening(StrEnum):
    """Kinds of chat events that the shop acts on."""

    TEXT = "text"
    POSTBACK = "postback"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    STICKER = "sticker"
    MEDIA = "media"
    UNSEND = "unsend"
    GROUP = "group"
    IGNORED = "ignored"


@dataclass(frozen=True)
class ChatEvent:
    """One webhook event, already authenticated. `at` is LINE's time, `received_at` the door's.

    `picked_day` is the day that a date picker came back with, in ISO 8601: a pointer to be checked like all of it.
    `content_id` is LINE's id of a photo or video; what it shows is never fetched.
    `line_message_id` is LINE's name of what was written, or of what is taken back.
    """

    event_id: str
    happening: Happening
    customer_id: str
    line_user_id: str
    at: datetime
    received_at: datetime
    text: str = ""
    postback_data: str = ""
    picked_day: str = ""
    content_id: str = ""
    reply_token: str | None = None
    group_id: str | None = None
    line_message_id: str = ""

    @property
    def message_id(self) -> str:
        return f"event:{self.event_id}"

    @property
    def reply(self) -> ReplyToken | None:
        if self.reply_token is None:
            return None
        return ReplyToken(self.reply_token, self.received_at + REPLY_TOKEN_LIFE)


@dataclass(frozen=True)
class Turn:
    """The answer to one event, the writes that it tells of, and what follows once they are committed.

    No topic means that somebody else answers (the payment card) or nobody. `start` is a quote whose workflow
    begins, `end` are quotes whose workflows are over, `wake` is an order that is complete, `event`
    something that the order system is told, `staff_causes` the causes of notices among the writes, `also_told`
    ids of messages to others, `referred` an approval that a person is asked for, `decided` one that is decided,
    `attention` why the shop's people have to look.
    """

    conversation: Conversation
    topic: Topic | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    start: Quote | None = None
    wake: Order | None = None
    end: tuple[Quote, ...] = ()
    open_payment: Order | None = None
    cancelled: CancelPlan | None = None
    event: OrderEvent | None = None
    staff_causes: tuple[str, ...] = ()
    also_told: tuple[str, ...] = ()
    referred: Approval | None = None
    decided: Approval | None = None
    attention: Why | None = None


def whole_number(postback: Postback, name: str) -> int | None:
    """A field of a button as a number of up to four digits; anything else is no number (K13)."""
    value = postback.fields.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else None
