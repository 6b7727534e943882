"""One row of a catalogue, from a line of a CSV file or from the data of a `product.changed.v1` event.

Both carry the same columns; a cell may be blank, and a JSON row may use lists, objects and numbers where
CSV has text. Tolerant in how a fact is written (`NT$1,200`, full-width digits), strict in what it means.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from storefront.domain.catalogue import (
    Allergen,
    PriceTier,
    Product,
    ProductKind,
    ReturnPolicy,
    Unit,
)
from storefront.domain.language import Language

_WHOLE_NUMBER: Final = re.compile(r"(?:NT\$|\$)?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?")
_LONGEST_NUMBER: Final = 15
_YES: Final = frozenset({"true", "yes", "y", "1", "是", "上架"})
_NO: Final = frozenset({"false", "no", "n", "0", "否", "下架"})


def plain(text: str) -> str:
    """`text` with full-width letters, digits and punctuation made ordinary and blanks trimmed."""
    return unicodedata.normalize("NFKC", text).strip()


def _text(value: object) -> str:
    """A cell's text, blanks trimmed; JSON's lists and objects are no text."""
    if isinstance(value, list | tuple | Mapping):
        raise PydanticCustomError("not-text", "this is a list or an object, not text")
    return "" if value is None else str(value).strip()


def _one_line(value: object) -> str:
    """A text without line breaks and other control characters: names stand on cards, receipts and buttons."""
    text = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in _text(value))
    return " ".join(text.split())


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _whole_number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = plain(repr(value) if isinstance(value, float) else str(value))
    match = _WHOLE_NUMBER.fullmatch(text)
    if isinstance(value, bool) or match is None or len(text) > _LONGEST_NUMBER:
        raise PydanticCustomError("not-a-whole-number", "{value} is not a whole number", {"value": text})
    return int(match[1].replace(",", ""))


def _optional_whole_number(value: object) -> int | None:
    return None if _is_blank(value) else _whole_number(value)


def _whole_number_or(default: int) -> Callable[[object], int]:
    return lambda value: default if _is_blank(value) else _whole_number(value)


def _word_of[Word: StrEnum](words: type[Word], code: str) -> Callable[[object], Word]:
    """Parser of one word out of a closed list; `code` names the mistake."""

    def parse(value: object) -> Word:
        text = plain(str(value)).lower()
        try:
            return words(text)
        except ValueError:
            known = ", ".join(words)
            raise PydanticCustomError(
                code, "{value} is not one of {known}", {"value": text, "known": known}
            ) from None

    return parse


_unit = _word_of(Unit, "unknown-unit")
_allergen = _word_of(Allergen, "unknown-allergen")
_named_kind = _word_of(ProductKind, "unknown-kind")
_return_policy = _word_of(ReturnPolicy, "unknown-return-policy")


def _kind(value: object) -> ProductKind:
    return ProductKind.GOODS if _is_blank(value) else _named_kind(value)


def _items(value: object) -> list[str]:
    """The parts of `a|b|c`, or of a list; empty ones are dropped."""
    parts = value if isinstance(value, list | tuple) else str(value or "").replace("｜", "|").split("|")
    return [part for part in map(_one_line, parts) if part]


def _pairs(value: object, code: str) -> list[tuple[str, object]]:
    """The pairs of `a:1|b:2`, or of an object, in their order."""
    if isinstance(value, Mapping):
        return [(str(key), content) for key, content in value.items()]
    pairs: list[tuple[str, object]] = []
    for item in _items(value):
        left, colon, right = item.replace("：", ":", 1).partition(":")
        if not (colon and left.strip() and right.strip()):
            raise PydanticCustomError(code, "{value} is not written as left:right", {"value": item})
        pairs.append((left.strip(), right.strip()))
    return pairs


def _aliases(value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_items(value)))


def _packs(value: object) -> dict[Unit, int]:
    packs: dict[Unit, int] = {}
    for word, units in _pairs(value, "badly-written-packs"):
        unit = _unit(word)
        if unit in packs:
            raise PydanticCustomError("repeated-pack", "{value} stands twice", {"value": word})
        packs[unit] = _whole_number(units)
    return packs


def _price_tiers(value: object) -> tuple[PriceTier, ...]:
    return tuple(
        PriceTier(_whole_number(quantity), _whole_number(price))
        for quantity, price in _pairs(value, "badly-written-tiers")
    )


def _specification(value: object) -> dict[str, str]:
    return {label: _one_line(content) for label, content in _pairs(value, "badly-written-specification")}


def _allergens(value: object) -> tuple[Allergen, ...]:
    return tuple(dict.fromkeys(_allergen(item) for item in _items(value)))


def _active(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = plain(str(value)).lower()
    if _is_blank(value) or word in _YES:
        return True
    if word in _NO:
        return False
    raise PydanticCustomError("not-yes-or-no", "{value} is neither yes nor no", {"value": word})


# What a cell may be written as: told to whoever reads the schema, and never looked at by the parsers above.
type CellText = str | int | float | None
type CellNumberText = Annotated[str, Field(pattern=r"^(NT\$)?[0-9][0-9,]*$")]
type CellNumber = int | CellNumberText
type CellNumberOrBlank = CellNumber | Literal[""] | None
type CellList = list[CellText] | str | None
type CellSpecification = dict[str, CellText] | str | None
type CellTiers = dict[Annotated[str, Field(pattern=r"^[0-9][0-9,]*$")], CellNumber] | str | None

Text = Annotated[str, BeforeValidator(_text, json_schema_input_type=CellText)]
Line = Annotated[str, BeforeValidator(_one_line, json_schema_input_type=CellText)]
RequiredLine = Annotated[
    str,
    BeforeValidator(_one_line, json_schema_input_type=Annotated[str, Field(min_length=1)] | int),
    StringConstraints(min_length=1),
]
Specification = Annotated[
    dict[str, str], BeforeValidator(_specification, json_schema_input_type=CellSpecification)
]
WholeNumber = Annotated[int, BeforeValidator(_whole_number, json_schema_input_type=CellNumber)]
OptionalWholeNumber = Annotated[
    int | None, BeforeValidator(_optional_whole_number, json_schema_input_type=CellNumberOrBlank)
]


class CatalogueRow(BaseModel):
    """A product as the shop writes it. Prices in whole TWD, tax included; `stock` blank means not counted."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    sku: RequiredLine
    kind: Annotated[
        ProductKind, BeforeValidator(_kind, json_schema_input_type=ProductKind | Literal[""] | None)
    ] = ProductKind.GOODS
    name_zh_tw: Line = ""
    name_en: Line = ""
    name_ja: Line = ""
    name_th: Line = ""
    aliases: Annotated[tuple[str, ...], BeforeValidator(_aliases, json_schema_input_type=CellList)] = ()
    unit: Annotated[Unit, BeforeValidator(_unit)]
    packs: Annotated[
        dict[Unit, int],
        BeforeValidator(_packs, json_schema_input_type=dict[Unit, CellNumber] | str | None),
    ] = Field(default_factory=dict)
    price_twd: WholeNumber
    price_tiers: Annotated[
        tuple[PriceTier, ...],
        BeforeValidator(_price_tiers, json_schema_input_type=CellTiers),
    ] = ()
    floor_price_twd: OptionalWholeNumber = None
    stock: OptionalWholeNumber = None
    lead_days: Annotated[
        int, BeforeValidator(_whole_number_or(0), json_schema_input_type=CellNumberOrBlank)
    ] = 0
    return_policy: Annotated[ReturnPolicy, BeforeValidator(_return_policy)]
    description_zh_tw: Text = ""
    description_en: Text = ""
    description_ja: Text = ""
    description_th: Text = ""
    specification_zh_tw: Specification = Field(default_factory=dict)
    specification_en: Specification = Field(default_factory=dict)
    specification_ja: Specification = Field(default_factory=dict)
    specification_th: Specification = Field(default_factory=dict)
    shelf_life_days: OptionalWholeNumber = None
    allergens: Annotated[
        tuple[Allergen, ...],
        BeforeValidator(_allergens, json_schema_input_type=list[Allergen] | str | None),
    ] = ()
    picture: Line = ""
    active: Annotated[bool, BeforeValidator(_active, json_schema_input_type=bool | str | None)] = True
    version: Annotated[
        int, BeforeValidator(_whole_number_or(0), json_schema_input_type=CellNumberOrBlank)
    ] = 0

    def to_product(self, current: Product | None = None) -> Product:
        """The product that the row describes; a column that the row leaves out keeps what `current` has.

        A back office that knows prices but no pictures can so change a price and lose no picture. A column
        that is there but blank empties the fact.

        Raises:
            InvalidProduct: the row contradicts itself, or `current` where it says nothing.
        """
        told = set(COLUMNS) if current is None else self.model_fields_set
        facts: dict[str, Any] = {fact: value for column, fact, value in self._facts() if column in told}
        for fact, prefix in _WORDINGS.items():
            wordings = {} if current is None else dict(getattr(current, fact))
            for language, suffix in _SUFFIXES.items():
                if f"{prefix}_{suffix}" in told:
                    wordings[language] = getattr(self, f"{prefix}_{suffix}")
            facts[fact] = {language: wording for language, wording in wordings.items() if wording}
        return Product(**facts) if current is None else replace(current, **facts)

    def _facts(self) -> tuple[tuple[str, str, object], ...]:
        """Column, the product's field, and its value."""
        cheapest = min((self.price_twd, *(tier.unit_price for tier in self.price_tiers)))
        return (
            ("sku", "sku", self.sku),
            ("kind", "kind", self.kind),
            ("aliases", "aliases", self.aliases),
            ("unit", "unit", self.unit),
            ("packs", "packs", self.packs),
            ("price_twd", "price", self.price_twd),
            ("price_tiers", "tiers", self.price_tiers),
            (
                "floor_price_twd",
                "floor_price",
                cheapest if self.floor_price_twd is None else self.floor_price_twd,
            ),
            ("stock", "stock_counted", self.stock is not None),
            ("lead_days", "lead_days", self.lead_days),
            ("return_policy", "return_policy", self.return_policy),
            ("shelf_life_days", "shelf_life_days", self.shelf_life_days),
            ("allergens", "allergens", self.allergens),
            ("picture", "picture", self.picture or None),
            ("active", "active", self.active),
            ("version", "version", self.version),
        )


class ChangedRow(CatalogueRow):
    """The data of `product.changed.v1`: a row whose `version` says which of two changes is the newer one."""

    version: Annotated[
        int,
        Field(ge=1),
        BeforeValidator(_whole_number, json_schema_input_type=Annotated[int, Field(ge=1)] | CellNumberText),
    ]


COLUMNS: Final = tuple(CatalogueRow.model_fields)
REQUIRED_COLUMNS: Final = tuple(
    column for column, information in CatalogueRow.model_fields.items() if information.is_required()
)
_SUFFIXES: Final = {
    Language.ZH_TW: "zh_tw",
    Language.EN: "en",
    Language.JA: "ja",
    Language.TH: "th",
}
_WORDINGS: Final = {"names": "name", "descriptions": "description", "specifications": "specification"}

COLUMN_OF_FIELD: Final = {
    "names": "name_zh_tw",
    "descriptions": "description_zh_tw",
    "specifications": "specification_zh_tw",
    "price": "price_twd",
    "tiers": "price_tiers",
    "floor_price": "floor_price_twd",
}
"""Where in a row a mistake stands that the product itself finds; other fields are called as their column."""
