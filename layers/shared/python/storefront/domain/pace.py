"""How fast one customer may go: so many commands a minute, so many payment links in ten; then one word, then silence.

A bucket that leaks: each thing done fills it a little, time empties it. It is one moment in the conversation's row
(when it will be empty), so keeping it costs no write of its own, and what is refused in silence writes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """What becomes of one more command."""

    GO = "go"
    SAY_SO = "say_so"
    SILENCE = "silence"


@dataclass(frozen=True)
class PaceLimits:
    """The rules of the house (`demo_shop/limits.toml`)."""

    commands_a_minute: int
    payment_links: int
    payment_link_minutes: int


@dataclass(frozen=True)
class Bucket:
    """When what was done lately counts no more, and whether the customer was told that it was too much."""

    empty_at: datetime
    told: bool = False


def filled(bucket: Bucket | None, most: int, within: timedelta, now: datetime) -> tuple[Verdict, Bucket]:
    """Whether one more of at most `most` things `within` that time is done, and the bucket after it."""
    one = within / most
    lasts = bucket.empty_at if bucket is not None and bucket.empty_at > now else now
    told = bucket is not None and bucket.told
    if lasts + one - now > within:
        return (Verdict.SILENCE if told else Verdict.SAY_SO), Bucket(lasts, told=True)
    after = lasts + one
    return Verdict.GO, Bucket(after, told=told and after - now > within / 2)
