"""How long each kind of personal data is kept, in days: a setting of the shop (`demo_shop/retention.toml`)."""

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Final

LONGEST_DAYS: Final = 3_650


@dataclass(frozen=True)
class Retention:
    """Days by kind of data.

    `delivery` counts from the day on which an order is over, `unlinked` from the day on which an order was placed
    elsewhere that nobody has linked, `conversation` from the customer's last word, the others from when a row was last
    written.

    Raises:
        ValueError: a number is missing, no whole number, or not within 1 and 3,650.
    """

    conversation: int
    delivery: int
    unlinked: int
    events_out: int
    events_in: int
    messages: int
    phrases: int
    remarks: int
    leads: int

    def __post_init__(self) -> None:
        for each in fields(self):
            days = getattr(self, each.name)
            if type(days) is not int or not 1 <= days <= LONGEST_DAYS:
                raise ValueError(f"{each.name} = {days!r} is no number of days from 1 to {LONGEST_DAYS}")

    def of(self, kind: str) -> timedelta:
        """How long `kind` is kept."""
        return timedelta(days=getattr(self, kind))
