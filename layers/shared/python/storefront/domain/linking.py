"""Linking: an order that was placed elsewhere becomes a LINE user's, proven by its number and digits of the phone.

The digits are few, so tries are counted: those of one LINE user, and those for one order whoever makes them. What is
tried for a number that nobody ever issued counts the same, so that a lock tells nothing about orders (X4).
"""

import hashlib
import hmac
import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FEWEST_DIGITS: Final = 3
MOST_DIGITS: Final = 6
MOST_HOURS: Final = 14 * 24
"""Rows of tries are kept for longer than that."""

EXTERNAL_NUMBER: Final = r"^[0-9A-Z][0-9A-Z-]{2,30}[0-9A-Z]$"
"""Numbers of other systems, in capitals; a digit is among them, so that no word is one."""

_EXTERNAL: Final = re.compile(EXTERNAL_NUMBER)
_DIGIT: Final = re.compile("[0-9]")
_NOT_A_DIGIT: Final = re.compile("[^0-9]")


@dataclass(frozen=True)
class LinkRules:
    """What is asked for and how often (`demo_shop/limits.toml`).

    Raises:
        ValueError: the shop's file has no such number.
    """

    digits: int
    tries: int
    tries_of_an_order: int
    locked_hours: int

    def __post_init__(self) -> None:
        numbers = (self.digits, self.tries, self.tries_of_an_order, self.locked_hours)
        if any(type(each) is not int or each < 1 for each in numbers):
            raise ValueError("rules about linking are whole numbers from 1")
        if not FEWEST_DIGITS <= self.digits <= MOST_DIGITS:
            raise ValueError(f"digits = {self.digits} is not from {FEWEST_DIGITS} to {MOST_DIGITS}")
        if self.locked_hours > MOST_HOURS:
            raise ValueError(f"locked_hours = {self.locked_hours} is more than {MOST_HOURS}")

    @property
    def locked(self) -> timedelta:
        return timedelta(hours=self.locked_hours)


@dataclass(frozen=True)
class Misses:
    """Proofs that were wrong, until they count no more."""

    count: int
    until: datetime

    def lock_at(self, now: datetime, most: int) -> bool:
        """Whether no proof is looked at: there were `most` wrong ones."""
        return self.count >= most and now < self.until


def missed(known: Misses | None, now: datetime, most: int, locked: timedelta) -> Misses:
    """One more; they count for `locked` from the first of them, and the one that locks for as long from itself."""
    if known is None or now >= known.until:
        return Misses(1, now + locked)
    count = known.count + 1
    return Misses(count, now + locked if count >= most else known.until)


@dataclass(frozen=True)
class ExternalNumber:
    """The number that another system gave an order, and the number under which it is known here."""

    number: str
    source: str
    order_number: str
    revision: int = 0


@dataclass(frozen=True)
class LinkTries:
    """Wrong proofs for one order, or for a number that no order has; `subject` is a hash of either."""

    subject: str
    misses: Misses
    revision: int = 0


def subject_of(number: str) -> str:
    """What stands for a number in the ledger: it may be anything that somebody typed, a phone number too."""
    digest = hashlib.sha256(b"link:" + number.encode()).digest()
    return b32encode(digest).decode().rstrip("=").lower()[:26]


def external_number(text: str) -> str | None:
    """`text` as a number of another system, in capitals; None if it cannot be one."""
    number = text.strip().upper()
    return number if _EXTERNAL.fullmatch(number) and _DIGIT.search(number) else None


def digits_of(text: str) -> str:
    return _NOT_A_DIGIT.sub("", text)


def proves(given: str, phone: str, digits: int) -> bool:
    """Whether `given` are the last so many digits of `phone`; as long whatever they are."""
    right = digits_of(phone)[-digits:]
    return len(right) == digits and hmac.compare_digest(given.encode(), right.encode())
