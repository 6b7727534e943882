"""The record of a quote: every round, offer, approval and answer, in order, never changed.

An entry is written in the transaction of what it tells of and is known by the event behind it, so an event that
comes twice is recorded once. It holds ids, codes and amounts; words and names are elsewhere, so the record may be
kept when a person's data is erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class EntryKind(StrEnum):
    """What may happen to a quote."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REMINDED = "reminded"
    EXPIRED = "expired"
    EXPLAINED = "explained"
    """The customer said why they declined."""

    MET = "met"
    """A price that the customer asked for was agreed to, within the shop's rules."""

    COUNTERED = "countered"
    """Another price was offered than was asked for, within the shop's rules."""

    REFERRED = "referred"
    """A person was asked."""

    APPROVED = "approved"
    """A named person allowed prices: those asked for, or others."""

    REFUSED = "refused"
    """A named person left the prices as they were."""


@dataclass(frozen=True)
class QuoteEntry:
    """One thing that happened to version `quote_version` at `at` (UTC); `cause` is the id of the event behind it.

    `facts` are codes and amounts as text, amounts in payable units.
    """

    quote_id: str
    quote_version: int
    kind: EntryKind
    at: datetime
    cause: str
    facts: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0

    @property
    def place(self) -> str:
        """Where the entry stands in the record: by time, then by what happened."""
        return f"{self.at.isoformat()}#{self.quote_version:04d}#{self.kind.value}#{self.cause}"


@dataclass(frozen=True)
class QuoteRemark:
    """Why a quote was declined, in the customer's own words: personal, and erased with them."""

    customer_id: str
    quote_id: str
    quote_version: int
    words: str
    at: datetime
    line_message_id: str = ""
    revision: int = 0
