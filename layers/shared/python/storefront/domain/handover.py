"""Handing a chat over to a person, and the way back. Pure; rules are the shop's data.

While a person talks with a customer the shop's own answers to free text stay silent; buttons work, and money and
shipping are always told. Nobody is stuck: words that the rules name, a clear order, a button or some hours bring the
answers back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Why(StrEnum):
    """Why the shop's people are told of a customer."""

    PERSON = "person"
    PHOTO = "photo"
    QUESTION = "question"
    SAMPLE = "sample"
    HOT = "hot"
    SILENT = "silent"
    RETURN = "return"
    PROBLEM = "problem"
    SCORE = "score"


@dataclass(frozen=True)
class HandoverRules:
    """`pauses` are the reasons that silence the answers; `back_by_words` the intents that end it."""

    pauses: tuple[str, ...]
    back_by_words: tuple[str, ...]
    back_after_hours: int

    @classmethod
    def of(cls, table: Mapping[str, object]) -> "HandoverRules":
        hours = table["back_after_hours"]
        pauses, words = table["pauses"], table["back_by_words"]
        if not (isinstance(hours, int) and isinstance(pauses, list) and isinstance(words, list)):
            raise TypeError("handover rules are two lists of words and a number of hours")
        return cls(tuple(map(str, pauses)), tuple(map(str, words)), hours)


@dataclass(frozen=True)
class WithPerson:
    """A person is wanted, or talks, since then; `member` of the staff (a pseudonym) took it over."""

    since: datetime
    last_word_at: datetime
    member: str | None = None

    def hearing(self, at: datetime) -> "WithPerson":
        """The customer said more to the person."""
        return replace(self, last_word_at=max(at, self.last_word_at))

    def taken_by(self, member: str) -> "WithPerson":
        return replace(self, member=member)

    def is_over_at(self, now: datetime, rules: HandoverRules) -> bool:
        """Whether nobody has said anything for so long that the shop's own answers are back."""
        return now - self.last_word_at >= timedelta(hours=rules.back_after_hours)
