"""The files in which a shop writes down how it negotiates and when it is open; a slip in them stops the first use.

Amounts are whole payable units, units are those of the product.
"""

import tomllib
from datetime import date, time
from functools import cache
from importlib.resources import files
from typing import Annotated, Final, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from storefront.domain.bundles import Bundle
from storefront.domain.business_hours import BusinessHours, Opening
from storefront.domain.negotiation import MAX_ROUNDS, HaggleRules, NegotiationRules, QuantityStep

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

type Amount = Annotated[StrictInt, Field(ge=1, le=1_000_000)]
type Units = Annotated[StrictInt, Field(ge=1, le=9_999)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StepEntry(_File):
    """So many units more make each of all so much cheaper."""

    more: Units
    less: Amount


class HaggleEntry(_File):
    """How far the shop goes by itself, for one product or for all."""

    rounds: Annotated[StrictInt, Field(ge=0, le=MAX_ROUNDS)] = HaggleRules.rounds
    percent: Annotated[StrictInt, Field(ge=0, le=50)] = HaggleRules.percent
    concession: Amount | None = None
    step: StepEntry | None = None

    def rules(self) -> HaggleRules:
        step = QuantityStep(self.step.more, self.step.less) if self.step else None
        return HaggleRules(self.rounds, self.percent, self.concession, step)


class BundleEntry(_File):
    """What is taken off when products are bought together: an amount, or one unit of a service that is among them."""

    code: str = Field(min_length=1, max_length=40, pattern=r"^[a-z0-9-]+$")
    needs: dict[str, Units] = Field(min_length=2, max_length=5)
    off: Amount | None = None
    free: str | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.off is None) == (self.free is None):
            raise ValueError("a bundle takes an amount off or has something for free")
        if self.free is not None and self.free not in self.needs:
            raise ValueError("what is free has to be among what is bought")
        return self


class NegotiationFile(_File):
    """`negotiation.toml`."""

    total_limit: Amount
    lowest_asked_percent: Annotated[StrictInt, Field(ge=0, le=100)]
    referrals: Annotated[StrictInt, Field(ge=0, le=5)]
    usual: HaggleEntry
    products: dict[str, HaggleEntry] = {}
    bundles: tuple[BundleEntry, ...] = ()

    def rules(self) -> NegotiationRules:
        return NegotiationRules(
            usual=self.usual.rules(),
            products={sku: entry.rules() for sku, entry in self.products.items()},
            total_limit=self.total_limit,
            lowest_asked_percent=self.lowest_asked_percent,
            referrals=self.referrals,
        )


class HoursFile(_File):
    """`hours.toml`; a day that is not named is one on which the shop is closed."""

    zone: str
    holidays: tuple[date, ...] = ()
    weekly: dict[str, tuple[Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$")], ...]]

    def hours(self) -> BusinessHours:
        weekly = {
            DAYS.index(day): tuple(_opening(each) for each in openings)
            for day, openings in self.weekly.items()
        }
        return BusinessHours(ZoneInfo(self.zone), weekly, frozenset(self.holidays))


def _opening(written: str) -> Opening:
    opens, closes = written.split("-")
    return Opening(time.fromisoformat(opens), time.fromisoformat(closes))


def _read(name: str) -> str:
    return files("storefront.demo_shop").joinpath(name).read_text("utf-8")


@cache
def negotiation_file() -> NegotiationFile:
    """The shop's rules for negotiations. Raises ValidationError for a file that says what it must not."""
    return NegotiationFile.model_validate(tomllib.loads(_read("negotiation.toml")))


def negotiation_rules() -> NegotiationRules:
    return negotiation_file().rules()


def bundles() -> tuple[Bundle, ...]:
    """What the shop takes off for products that are bought together."""
    return tuple(Bundle(each.code, each.needs, each.off, each.free) for each in negotiation_file().bundles)


@cache
def business_hours() -> BusinessHours:
    """When the shop is open. Raises ValueError for days, times or a zone that do not exist."""
    return HoursFile.model_validate(tomllib.loads(_read("hours.toml"))).hours()
