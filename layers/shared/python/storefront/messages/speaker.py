"""One language's voice: sentences, amounts, quantities and times as its readers write them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from storefront.domain.catalogue import Catalogue, Product
from storefront.domain.language import Language
from storefront.domain.money import Currency, format_amount
from storefront.domain.quote import QuoteLine
from storefront.messages.wording import wording_of

TAIPEI: Final = ZoneInfo("Asia/Taipei")
BUDDHIST_ERA: Final = 543
"""Years that Thai readers add: 2026 is 2569."""


@dataclass(frozen=True)
class Speaker:
    """Says things in `language`; times come in UTC and are told in Taipei's."""

    language: Language
    wording: Mapping[str, str]

    @classmethod
    def of(cls, language: Language) -> "Speaker":
        """The voice with the strings of its wording file."""
        return cls(language, wording_of(language))

    def say(self, key: str, **values: object) -> str:
        """The sentence of `key`; KeyError for one that the files do not have is a slip of ours."""
        return self.wording[key].format(**values)

    # Amounts and quantities --------------------------------------------------------------------------------

    @staticmethod
    def amount(payable_units: int, currency: Currency) -> str:
        return format_amount(payable_units, currency)

    def unit(self, unit: str, quantity: int = 1) -> str:
        """The word for `unit`; English has a second one for more than one."""
        forms = self.wording[f"unit.{unit}"].split("|")
        return forms[0] if quantity == 1 else forms[-1]

    def counted(self, quantity: int, unit: str) -> str:
        """`36 盒`, `36 boxes`."""
        return self.say("form.counted", quantity=f"{quantity:,}", unit=self.unit(unit, quantity))

    def counted_with_pack(self, quantity: int, product: Product | None, unit: str) -> str:
        """`36 盒（3 箱）` when the quantity is a whole number of packs."""
        counted = self.counted(quantity, unit)
        if product is None or product.unit != unit:
            return counted
        for pack, size in sorted(product.packs.items(), key=lambda each: -each[1]):
            if quantity % size == 0:
                return self.say("form.with_pack", counted=counted, packs=self.counted(quantity // size, pack))
        return counted

    # Names -------------------------------------------------------------------------------------------------

    def line_name(self, line: QuoteLine, spoken: Language, catalogue: Catalogue) -> str:
        """The frozen name of a line, or today's name when the customer reads another language than then."""
        product = catalogue.products.get(line.sku)
        return line.name if spoken is self.language or product is None else product.name(self.language)

    def listed(self, words: list[str]) -> str:
        return self.say("form.comma").join(words)

    # Times -------------------------------------------------------------------------------------------------

    def moment(self, at: datetime) -> str:
        """`11/24(二) 14:02`"""
        local = at.astimezone(TAIPEI)
        return self.say("time.moment", day=self.day(local.date()), time=f"{local:%H:%M}")

    def clock(self, at: datetime) -> str:
        """`14:02`"""
        return f"{at.astimezone(TAIPEI):%H:%M}"

    def day(self, day: date) -> str:
        """`11/24(二)`"""
        return self.say("time.day", month=self._month(day), day=day.day, weekday=self._weekday(day))

    def dated(self, at: datetime) -> str:
        """`2026/11/24(二)`, for what is kept or is long ago."""
        day = at.astimezone(TAIPEI).date()
        year = day.year + (BUDDHIST_ERA if self.language is Language.TH else 0)
        return self.say(
            "time.dated", year=year, month=self._month(day), day=day.day, weekday=self._weekday(day)
        )

    def when_written(self, written: str) -> str | None:
        """A day or moment that somebody wrote in ISO 8601; None when it is written in another way."""
        try:
            if len(written) == len("2026-11-24"):
                return self.day(date.fromisoformat(written))
            at = datetime.fromisoformat(written)
        except ValueError:
            return None
        return self.moment(at if at.tzinfo else at.replace(tzinfo=TAIPEI).astimezone(UTC))

    def _month(self, day: date) -> str:
        return self.wording["time.months"].split()[day.month - 1]

    def _weekday(self, day: date) -> str:
        return self.wording["time.weekdays"].split()[day.weekday()]
