"""When a message may cost a push, and when it may ring."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.outbox import Topic
from storefront.domain.push_policy import (
    SHOP_TIME,
    MessageClass,
    NoPush,
    PushLater,
    PushNow,
    PushPolicy,
    Quota,
    class_of,
)

POLICY = PushPolicy(time(22), time(8), reserve=50)


def taipei(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, second, tzinfo=SHOP_TIME)


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [
        (taipei(21, 59, 59), False),
        (taipei(22), True),
        (taipei(0), True),
        (taipei(7, 59, 59), True),
        (taipei(8), False),
        (taipei(14), False),
    ],
)
def test_quiet_hours_go_over_midnight_in_the_shops_own_time(moment: datetime, quiet: bool) -> None:
    assert POLICY.is_quiet_at(moment.astimezone(UTC)) is quiet


def test_quiet_hours_within_a_day_are_understood_too() -> None:
    siesta = PushPolicy(time(13), time(15))
    assert [siesta.is_quiet_at(taipei(hour)) for hour in (12, 13, 14, 15)] == [False, True, True, False]


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: 2_000 < moment.year < 9_000))
def test_the_end_of_the_quiet_hours_is_within_a_day_and_not_quiet(moment: datetime) -> None:
    morning = POLICY.quiet_is_over_at(moment)
    assert moment < morning <= moment + timedelta(days=1)
    assert not POLICY.is_quiet_at(morning)
    assert morning.tzinfo is UTC


@pytest.mark.parametrize(
    ("topic", "by_day", "at_night"),
    [
        (Topic.QUOTE, PushNow(silent=False), PushNow(silent=False)),
        (Topic.PAID, PushNow(silent=False), PushNow(silent=True)),
        (Topic.SHIPMENT, PushNow(silent=False), PushNow(silent=True)),
        (Topic.THANKS, NoPush(), NoPush()),
        (Topic.GROUP_HINT, NoPush(), NoPush()),
    ],
)
def test_answers_may_ring_at_any_hour_money_and_goods_are_silent_at_night(
    topic: Topic, by_day: object, at_night: object
) -> None:
    assert POLICY.plan(topic, taipei(12), None) == by_day
    assert POLICY.plan(topic, taipei(23), None) == at_night


@pytest.mark.parametrize("topic", list(Topic))
def test_every_topic_has_a_class(topic: Topic) -> None:
    assert class_of(topic) in MessageClass


def test_only_what_can_wait_asks_for_the_quota() -> None:
    asking = {topic for topic in Topic if POLICY.asks_the_quota(topic)}
    assert asking == {
        topic for topic in Topic if class_of(topic) in {MessageClass.REMINDER, MessageClass.MARKETING}
    }
    assert POLICY.may_spend(Topic.PAID, Quota(200, 200))


def test_later_is_a_moment_in_the_morning() -> None:
    assert PushLater(POLICY.quiet_is_over_at(taipei(23).astimezone(UTC))).at == datetime(
        2026, 11, 25, 0, 0, tzinfo=UTC
    )
