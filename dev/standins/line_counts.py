"""How many messages the LINE stand-in has delivered, by way and day, as its endpoints of numbers tell it.

Days are those of UTC+9. The count of a day is ready on the next one, and there is none before LINE began to count.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from dev.standins.line_values import Answer, Via

LINES_DAY: Final = timezone(timedelta(hours=9))
FIRST_DAY: Final = "20180331"


class SentCounts:
    """A message to three recipients counts three times; replies count too, though they cost nothing."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Via, str]] = Counter()

    def add(self, via: Via, recipients: int, at: int) -> None:
        """`at` in milliseconds since 1970."""
        self._counts[via, day_of(at)] += recipients

    def on(self, via: Via, day: str, now: int) -> Answer:
        """The answer about one day, written `20261128`."""
        try:
            # strptime takes shorter forms, too.
            if datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC).strftime("%Y%m%d") != day:
                raise ValueError(day)
        except ValueError:
            return Answer(400, {"message": "The value for the 'date' parameter is invalid"})
        if day < FIRST_DAY:
            return Answer(200, {"status": "out_of_service"})
        if day >= day_of(now):
            return Answer(200, {"status": "unready"})
        return Answer(200, {"status": "ready", "success": self._counts[via, day]})


def day_of(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, LINES_DAY).strftime("%Y%m%d")
