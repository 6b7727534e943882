"""LINE's webhook events, read tolerantly: LINE adds properties, event types and enum values without notice."""

import json
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storefront.domain.conversation import customer_id_of
from storefront.domain.glances import ChatGlance
from storefront.services.turns import ChatEvent, Happening


class _Tolerant(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Source(_Tolerant):
    """Where an event comes from; a user who never consented has no `userId`."""

    type: str = ""
    userId: str | None = None
    groupId: str | None = None
    roomId: str | None = None

    @property
    def shared_chat(self) -> str | None:
        """Id of the group or room, if the chat is not one to one."""
        return self.groupId or self.roomId


class Content(_Tolerant):
    """A message; only text is read, everything else is known by its type."""

    id: str = ""
    type: str = ""
    text: str = ""


class Picked(_Tolerant):
    """What a date picker came back with."""

    date: str = ""


class Pressed(_Tolerant):
    """A postback: the data of a button, which the customer could have forged."""

    data: str = ""
    params: Picked | None = None


class Unsent(_Tolerant):
    """A message that its writer took back: LINE asks that nobody uses it any more."""

    messageId: str = ""


class LineEvent(_Tolerant):
    """One event of a webhook request."""

    type: str
    webhookEventId: str = Field(min_length=1, max_length=200)
    timestamp: int = Field(ge=0, le=10**14)
    mode: str = "active"
    replyToken: str | None = None
    source: Source = Source()
    message: Content | None = None
    postback: Pressed | None = None
    unsend: Unsent | None = None

    @property
    def message_id(self) -> str:
        """LINE's name of the message that was written or taken back."""
        if self.unsend is not None:
            return self.unsend.messageId
        return self.message.id if self.message is not None else ""


class QueuedEvent(_Tolerant):
    """What the webhook's door puts on a queue: LINE's event as it came, and when."""

    receivedAt: datetime
    event: dict[str, object]

    @classmethod
    def read(cls, body: str) -> "QueuedEvent":
        """From a message of the queue; half an emoji, which no text may hold, becomes a question mark (K13)."""
        whole = json.dumps(json.loads(body), ensure_ascii=False).encode("utf-8", "replace")
        return cls.model_validate_json(whole)


_SHOWS: frozenset[str] = frozenset({"image", "video"})
_MEDIA: frozenset[str] = frozenset({"image", "video", "audio", "file", "location"})


def chat_event(raw: object, received_at: datetime) -> ChatEvent | None:
    """The event as the chat understands it; None for what nobody can answer.

    Unusable are events of a bot on standby, without a user, without an id, or of another shape altogether.
    """
    try:
        event = LineEvent.model_validate(raw)
    except ValidationError:
        return None
    group = event.source.shared_chat
    chat_id = group or event.source.userId
    if event.mode != "active" or not chat_id:
        return None
    return ChatEvent(
        event_id=event.webhookEventId,
        happening=_happening(event, in_group=group is not None),
        customer_id=customer_id_of(chat_id),
        line_user_id=chat_id,
        at=datetime.fromtimestamp(event.timestamp / 1000, UTC),
        received_at=received_at,
        text=event.message.text if event.message else "",
        postback_data=event.postback.data if event.postback else "",
        picked_day=event.postback.params.date if event.postback and event.postback.params else "",
        content_id=event.message.id[:64] if event.message and event.message.type in _SHOWS else "",
        reply_token=event.replyToken,
        group_id=group,
        line_message_id=event.message_id,
    )


def chat_glance(body: str) -> ChatGlance | None:
    """Who wrote a message of the queue, and what kind of thing; None for one that nobody can read."""
    try:
        queued = QueuedEvent.read(body)
    except ValueError:
        return None
    said = chat_event(queued.event, queued.receivedAt)
    if said is None:
        return None
    return ChatGlance(said.happening.value, said.customer_id, said.line_message_id)


def _happening(event: LineEvent, *, in_group: bool) -> Happening:
    kind = event.message.type if event.message else ""
    if in_group:
        heard = event.type == "join" or (event.type == "message" and kind == "text")
        return Happening.GROUP if heard else Happening.IGNORED
    match event.type:
        case "message" if kind == "text":
            return Happening.TEXT
        case "message" if kind == "sticker":
            return Happening.STICKER
        case "message" if kind in _MEDIA:
            return Happening.MEDIA
        case "postback":
            return Happening.POSTBACK
        case "follow":
            return Happening.FOLLOW
        case "unfollow":
            return Happening.UNFOLLOW
        case "unsend":
            return Happening.UNSEND
        case _:
            return Happening.IGNORED
