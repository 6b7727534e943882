"""Business hours: when there is somebody in the shop, and when there will be somebody again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

LOOK_AHEAD: Final = timedelta(days=366)
"""A shop that does not open within a year has no next opening."""


@dataclass(frozen=True)
class Opening:
    """One stretch of a day, from `opens` up to `closes`, in the shop's own time."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError("a shop closes after it opens, and on the same day")


@dataclass(frozen=True)
class BusinessHours:
    """Openings by weekday (Monday is 0) in `zone`, and the days on which the shop stays closed."""

    zone: ZoneInfo
    weekly: Mapping[int, tuple[Opening, ...]]
    holidays: frozenset[date] = frozenset()

    def is_open_at(self, at: datetime) -> bool:
        """Whether somebody is there at `at` (any zone)."""
        local = at.astimezone(self.zone)
        return any(opening.opens <= local.time() < opening.closes for opening in self._openings(local.date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """When the shop opens next, in UTC; `at` itself while it is open, None if it never does."""
        if self.is_open_at(at):
            return at
        return next(self._openings_after(at), None)

    def _openings(self, day: date) -> tuple[Opening, ...]:
        return () if day in self.holidays else self.weekly.get(day.weekday(), ())

    def _openings_after(self, at: datetime) -> Iterator[datetime]:
        first = at.astimezone(self.zone).date()
        for days in range(LOOK_AHEAD.days):
            day = first + timedelta(days=days)
            for opening in sorted(self._openings(day), key=lambda each: each.opens):
                opens = datetime.combine(day, opening.opens, self.zone)
                if opens > at:
                    yield opens.astimezone(UTC)
