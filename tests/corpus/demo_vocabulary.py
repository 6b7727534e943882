"""The vocabulary of the demo shop, read from its catalogue."""

import csv
from pathlib import Path

from storefront.language.products import Vocabulary, VocabularyEntry

CATALOGUE = Path("layers/shared/python/storefront/demo_shop/catalogue.csv")
NAMES = ("name_zh_tw", "name_en", "name_ja", "name_th")


def demo_vocabulary() -> Vocabulary:
    """What customers of the demo shop may call its products."""
    root = Path(__file__).parents[2]
    with (root / CATALOGUE).open(encoding="utf-8") as rows:
        return Vocabulary(_entry(row) for row in csv.DictReader(rows))


def _entry(row: dict[str, str]) -> VocabularyEntry:
    packs = (pack.split(":") for pack in row["packs"].split("|") if pack)
    return VocabularyEntry(
        sku=row["sku"],
        names=(*(row[name] for name in NAMES), *row["aliases"].split("|")),
        unit=row["unit"],
        packs=tuple((name, int(size)) for name, size in packs),
    )
