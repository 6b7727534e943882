"""When a message may cost a push, and when it may ring: classes of messages, quiet hours, the month's quota.

An answer by reply token is free and always allowed. A push is paid for out of a monthly quota, and LINE's free plan
ends when that is used up, so part of it is kept for what customers must hear.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from storefront.domain.outbox import Topic

SHOP_TIME: Final = ZoneInfo("Asia/Taipei")


class MessageClass(StrEnum):
    """How much a message matters."""

    ANSWER = "answer"
    """Somebody waits for it: pushed at once if its reply token is over."""

    TRANSACTIONAL = "transactional"
    """Money and goods: at once, without a sound at night."""

    REMINDER = "reminder"
    """Useful and not urgent: not at night, and not out of the reserve."""

    MARKETING = "marketing"
    """Never at night, and not out of the reserve."""

    SMALL_TALK = "small_talk"
    """Politeness: said while it is free, never worth a push."""


_CLASSES: Final[Mapping[Topic, MessageClass]] = MappingProxyType(
    {
        Topic.THANKS: MessageClass.SMALL_TALK,
        Topic.ACKNOWLEDGED: MessageClass.SMALL_TALK,
        Topic.GROUP_HINT: MessageClass.SMALL_TALK,
        Topic.SLOW_DOWN: MessageClass.SMALL_TALK,
        Topic.QUOTE_REMINDER: MessageClass.REMINDER,
        Topic.QUOTE_LAPSED: MessageClass.REMINDER,
        Topic.PAID: MessageClass.TRANSACTIONAL,
        Topic.PAYMENT_DECLINED: MessageClass.TRANSACTIONAL,
        Topic.PAYMENT_CANCELLED: MessageClass.TRANSACTIONAL,
        Topic.ORDER_EXPIRED: MessageClass.TRANSACTIONAL,
        Topic.ORDER_CANCELLED: MessageClass.TRANSACTIONAL,
        Topic.REFUNDED: MessageClass.TRANSACTIONAL,
        Topic.REFUND_PENDING: MessageClass.TRANSACTIONAL,
        Topic.SHIPMENT: MessageClass.TRANSACTIONAL,
        Topic.ERASED: MessageClass.TRANSACTIONAL,
        Topic.STAFF_CUSTOMER: MessageClass.TRANSACTIONAL,
    }
)


def class_of(topic: Topic) -> MessageClass:
    """How much a message of `topic` matters; what answers a customer matters by itself."""
    return _CLASSES.get(topic, MessageClass.ANSWER)


@dataclass(frozen=True)
class Quota:
    """Pushes of this month, as LINE counts them: one a recipient. No limit is None."""

    limit: int | None
    used: int

    @property
    def remaining(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)


@dataclass(frozen=True)
class PushNow:
    """Push at once; `silent` is LINE's notificationDisabled."""

    silent: bool


@dataclass(frozen=True)
class PushLater:
    """Not before `at` (UTC)."""

    at: datetime


@dataclass(frozen=True)
class NoPush:
    """Not worth a push at all."""


type PushPlan = PushNow | PushLater | NoPush


@dataclass(frozen=True)
class PushPolicy:
    """The shop's rules. Quiet hours are in the shop's own time and may go over midnight; `reserve` is the number of
    pushes of a month that only answers and transactional messages may use. A quote of less than `quote_from` payable
    units is worth no reminder, and its end is told with the next answer."""

    quiet_from: time = time(22)
    quiet_until: time = time(8)
    reserve: int = 50
    quote_from: int = 300

    def is_quiet_at(self, now: datetime) -> bool:
        """Whether people in Taiwan sleep at `now`."""
        clock = now.astimezone(SHOP_TIME).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until

    def quiet_is_over_at(self, now: datetime) -> datetime:
        """The next end of the quiet hours, in the zone of `now`."""
        local = now.astimezone(SHOP_TIME)
        morning = local.replace(
            hour=self.quiet_until.hour, minute=self.quiet_until.minute, second=0, microsecond=0
        )
        if morning <= local:
            morning += timedelta(days=1)
        return morning.astimezone(now.tzinfo)

    def plan(self, topic: Topic, now: datetime, useful_until: datetime | None) -> PushPlan:
        """Whether, when and how loudly a message of `topic` may be pushed.

        A reminder that would come too late in the morning is pushed at once without a sound: a quiet line in the
        chat disturbs nobody, a missed offer does.
        """
        quiet = self.is_quiet_at(now)
        match class_of(topic):
            case MessageClass.SMALL_TALK:
                return NoPush()
            case MessageClass.ANSWER:
                return PushNow(silent=False)
            case MessageClass.TRANSACTIONAL:
                return PushNow(silent=quiet)
            case MessageClass.REMINDER if quiet and useful_until is not None:
                morning = self.quiet_is_over_at(now)
                return PushLater(morning) if morning < useful_until else PushNow(silent=True)
            case _:
                return PushLater(self.quiet_is_over_at(now)) if quiet else PushNow(silent=False)

    def may_spend(self, topic: Topic, quota: Quota | None) -> bool:
        """Whether a push for `topic` leaves the reserve alone; an unknown quota is not touched by what can wait."""
        if not self.asks_the_quota(topic):
            return True
        if quota is None:
            return False
        return quota.remaining is None or quota.remaining > self.reserve

    @staticmethod
    def asks_the_quota(topic: Topic) -> bool:
        return class_of(topic) in {MessageClass.REMINDER, MessageClass.MARKETING}
