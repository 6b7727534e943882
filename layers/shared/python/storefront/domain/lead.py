"""Leads: how much a customer wants something, from what they did and when. Pure; rules are the shop's data.

Each signal has points that halve with its age, their sum is bounded, and thresholds make a grade of it. No words of the
customer are kept: products, quantities and what a question was about, in codes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TOLD_KEPT: Final = 10


class Signal(StrEnum):
    """What a customer did that says something."""

    VIEW = "view"
    REPEATED_VIEW = "repeated_view"
    QUESTION = "question"
    PRICE_QUESTION = "price_question"
    SAMPLE = "sample"
    LARGE_QUANTITY = "large_quantity"


class Grade(StrEnum):
    """How warm a lead is."""

    COLD = "cold"
    WARM = "warm"
    HOT = "hot"


@dataclass(frozen=True)
class LeadRules:
    """The shop's judgement: points by signal, thresholds, and times in hours; amounts in payable units.

    A lead is told to staff when it is hot and the last time is `cool_down_hours` past; the same request of the same
    customer is told once in `same_request_hours`.
    """

    points: Mapping[str, int]
    warm_from: int
    hot_from: int
    most: int
    half_life_hours: int
    repeated_within_hours: int
    cool_down_hours: int
    same_request_hours: int
    large_units: int
    large_amount: int
    remembered: int


@dataclass(frozen=True)
class Heard:
    """One signal: about which product, what the question was about, of how many units."""

    signal: Signal
    at: datetime
    sku: str = ""
    about: str = ""
    units: int = 0


@dataclass(frozen=True)
class Told:
    """What staff were told of this customer, and when."""

    what: str
    at: datetime


@dataclass(frozen=True)
class Lead:
    """One customer's signals, oldest first, and what staff know of them."""

    customer_id: str
    heard: tuple[Heard, ...] = ()
    told: tuple[Told, ...] = ()
    revision: int = 0

    def hearing(self, signals: Iterable[Heard], rules: LeadRules) -> "Lead":
        """With more signals; a second look at the same product within the time of the rules weighs more."""
        heard = list(self.heard)
        for each in signals:
            seen = any(
                earlier.sku == each.sku
                and earlier.signal in {Signal.VIEW, Signal.REPEATED_VIEW}
                and each.at - earlier.at <= timedelta(hours=rules.repeated_within_hours)
                for earlier in heard
            )
            again = each.signal is Signal.VIEW and seen
            heard.append(replace(each, signal=Signal.REPEATED_VIEW) if again else each)
        if len(heard) > rules.remembered:
            # The lightest go, so that one more signal never lowers a score.
            latest = max(each.at for each in heard)
            places = sorted(range(len(heard)), key=lambda place: -weight(heard[place], latest, rules))
            heard = [heard[place] for place in sorted(places[: rules.remembered])]
        return replace(self, heard=tuple(heard))

    def score_at(self, now: datetime, rules: LeadRules) -> int:
        """From 0 to `rules.most`; more signals never lower it, time never raises it."""
        return score(self.heard, now, rules)

    def grade_at(self, now: datetime, rules: LeadRules) -> Grade:
        reached = self.score_at(now, rules)
        if reached >= rules.hot_from:
            return Grade.HOT
        return Grade.WARM if reached >= rules.warm_from else Grade.COLD

    def was_told(self, what: str, now: datetime, hours: int) -> bool:
        """Whether staff heard of this within the last `hours`."""
        return any(each.what == what and now - each.at < timedelta(hours=hours) for each in self.told)

    def telling(self, what: str, now: datetime) -> "Lead":
        others = tuple(each for each in self.told if each.what != what)
        return replace(self, told=(*others, Told(what, now))[-TOLD_KEPT:])


def weight(heard: Heard, now: datetime, rules: LeadRules) -> float:
    """A signal's points, halved for every half-life of its age; a signal of the future counts whole."""
    age = max(0.0, (now - heard.at).total_seconds())
    faded: float = rules.points.get(heard.signal, 0) * 0.5 ** (age / (rules.half_life_hours * 3600))
    return faded


def score(heard: Iterable[Heard], now: datetime, rules: LeadRules) -> int:
    """The weight of all signals in whole points, never above `rules.most`."""
    return min(rules.most, int(sum(weight(each, now, rules) for each in heard)))
