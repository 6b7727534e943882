"""After delivery: how happy the customer was, what may go back, and what is reported of an order. Pure.

In Taiwan a distance sale may be undone within seven days after receipt (Consumer Protection Act, article 19); the day
of receipt does not count (Civil Code, article 120). What a product's policy excludes was said on the quote.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from storefront.domain.catalogue import ReturnPolicy
from storefront.domain.order import Order, OrderState
from storefront.domain.quote import QuoteLine

TAIPEI: Final = ZoneInfo("Asia/Taipei")
MOST_PHOTOS: Final = 20


@dataclass(frozen=True)
class AfterSalesRules:
    """How long after what; rules are the shop's data. Scores up to `low_score` are a person's to look at."""

    return_days: int
    score_hours: int
    listening_minutes: int
    low_score: int

    @classmethod
    def of(cls, table: Mapping[str, object], return_days: int) -> "AfterSalesRules":
        values = [table[name] for name in ("score_hours", "listening_minutes", "low_score")]
        if not all(isinstance(each, int) and not isinstance(each, bool) and each >= 0 for each in values):
            raise TypeError("rules about what follows a delivery are whole numbers")
        return cls(return_days, *(int(str(each)) for each in values))


class Wants(StrEnum):
    """What a customer wants of goods that go back."""

    REFUND = "refund"
    EXCHANGE = "exchange"


class ReturnReason(StrEnum):
    """Why goods go back; nobody needs one."""

    CHANGED_MIND = "changed_mind"
    FAULTY = "faulty"
    WRONG_ITEM = "wrong_item"
    OTHER = "other"


class Problem(StrEnum):
    """What is reported of goods."""

    BROKEN = "broken"
    MISSING = "missing"
    WRONG_ITEM = "wrong_item"
    OTHER = "other"


class Listening(StrEnum):
    """What the next text or photo belongs to."""

    COMMENT = "comment"
    RETURN = "return"
    PROBLEM = "problem"
    PHOTO = "photo"
    """A photo came without words: a report that follows takes it along."""


@dataclass(frozen=True)
class Afterwards:
    """What is waited for from a customer until then; `photos` are LINE's message ids, never pictures."""

    what: Listening
    until: datetime
    order_number: str | None = None
    photos: tuple[str, ...] = ()

    def with_photo(self, message_id: str) -> "Afterwards":
        return replace(self, photos=(*self.photos, message_id)[:MOST_PHOTOS])


@dataclass(frozen=True)
class OrderRemark:
    """What a customer wrote about an order after scoring it: personal, kept with the customer."""

    customer_id: str
    order_number: str
    words: str
    at: datetime
    line_message_id: str = ""
    revision: int = 0


class Verdict(StrEnum):
    """Whether an order may be sent back now, and why not."""

    OPEN = "open"
    NOT_PAID = "not_paid"
    NOT_RECEIVED = "not_received"
    NOTHING = "nothing"
    """No line of it may be sent back by the policies that the quote named."""

    TOO_LATE = "too_late"


def rated(order: Order, score: int, now: datetime, rules: AfterSalesRules) -> Order | None:
    """The order with its score; within a day it may be changed, after that it stays: None."""
    if order.satisfaction is None or order.rated_at is None:
        return replace(order, satisfaction=score, rated_at=now)
    if now - order.rated_at >= timedelta(hours=rules.score_hours):
        return None
    return replace(order, satisfaction=score)


def return_ends_at(order: Order, return_days: int) -> datetime | None:
    """The first moment at which it is too late; None for an order that has not been received."""
    if order.completed_at is None:
        return None
    received = order.completed_at.astimezone(TAIPEI).date()
    return datetime.combine(received + timedelta(days=return_days + 1), time(), TAIPEI)


def may_go_back(line: QuoteLine) -> bool:
    return line.return_policy is ReturnPolicy.SEVEN_DAYS


def returnable(order: Order) -> dict[int, QuoteLine]:
    """The lines that may be sent back, by their place in the order."""
    return {place: line for place, line in enumerate(order.lines) if may_go_back(line)}


def verdict_of(order: Order, now: datetime, return_days: int) -> Verdict:
    """Whether `order` may be sent back."""
    if order.state is not OrderState.PAID:
        return Verdict.NOT_PAID
    ends = return_ends_at(order, return_days)
    if ends is None:
        return Verdict.NOT_RECEIVED
    if not returnable(order):
        return Verdict.NOTHING
    return Verdict.OPEN if now < ends else Verdict.TOO_LATE
