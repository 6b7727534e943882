"""Business hours: open, closed, and when next."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from storefront.contracts.house_rules import HoursFile, business_hours
from storefront.domain.business_hours import BusinessHours, Opening

TAIPEI = ZoneInfo("Asia/Taipei")
DAY = (Opening(time(9), time(12, 30)), Opening(time(13, 30), time(18)))
HOURS = BusinessHours(TAIPEI, dict.fromkeys(range(5), DAY), frozenset({date(2026, 11, 30)}))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Taipei (the 24th is a Tuesday), in UTC as everywhere."""
    return datetime(2026, 11, day, hour, minute, tzinfo=TAIPEI).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (local(24, 9), local(24, 9)),
        (local(24, 12, 29), local(24, 12, 29)),
        (local(24, 12, 30), local(24, 13, 30)),
        (local(24, 8, 59), local(24, 9)),
        (local(24, 18), local(25, 9)),
        (local(24, 23, 59), local(25, 9)),
        (local(27, 18), datetime(2026, 12, 1, 1, tzinfo=UTC)),
    ],
)
def test_the_next_opening_is_now_while_it_is_open_and_skips_weekends_and_holidays(
    at: datetime, opens: datetime
) -> None:
    assert HOURS.next_opening(at) == opens
    assert HOURS.is_open_at(at) == (at == opens)


def test_a_holiday_is_closed_at_its_usual_hours() -> None:
    assert not HOURS.is_open_at(local(30, 10))


def test_a_shop_that_never_opens_has_no_next_opening() -> None:
    assert BusinessHours(TAIPEI, {}).next_opening(local(24, 9)) is None


def test_the_demo_shop_s_hours_can_be_read() -> None:
    hours = business_hours()
    assert hours.is_open_at(datetime(2026, 11, 24, 14, tzinfo=TAIPEI))
    assert not hours.is_open_at(datetime(2026, 11, 29, 14, tzinfo=TAIPEI)), "a Sunday"
    assert not hours.is_open_at(datetime(2026, 12, 25, 14, tzinfo=TAIPEI)), "a holiday"
    assert hours.next_opening(datetime(2026, 11, 28, 17, tzinfo=TAIPEI)) == datetime(
        2026, 11, 30, 9, tzinfo=TAIPEI
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"weekly": {"someday": ["09:00-18:00"]}},
        {"weekly": {"monday": ["9-18"]}},
        {"weekly": {"monday": ["18:00-09:00"]}},
        {"weekly": {"monday": ["25:00-26:00"]}},
        {"zone": "Asia/Nowhere"},
        {"weekly": {}, "holiday": []},
    ],
)
def test_a_slip_in_the_file_is_refused(wrong: dict[str, object]) -> None:
    written = {"zone": "Asia/Taipei", "weekly": {"monday": ["09:00-18:00"]}, **wrong}
    with pytest.raises((ValidationError, ValueError, KeyError)):
        HoursFile.model_validate(written).hours()
