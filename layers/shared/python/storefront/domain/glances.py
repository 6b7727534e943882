"""What the replay desk may see of things that hold words of customers or back offices: who, which, and of what kind."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Glance:
    """What a stored event is about, without what it says: its type, and the order or the like that it names."""

    type: str
    subject: str | None


@dataclass(frozen=True)
class ChatGlance:
    """Who wrote, and what kind of thing; never what."""

    type: str
    customer_id: str
    line_message_id: str
