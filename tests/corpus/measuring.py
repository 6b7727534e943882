"""Measures how well the shop understands what customers write: utterances against whole answers.

Each line of a `.jsonl` file is an utterance with the answer that a careful shopkeeper would give: `lines` as
[sku, units, change], `questions` as [kind, candidates], `date`, `intent` where it is not an order, `asks` (what it asks
about products) and `wish` as [kind, amount]. Where no `today` stands, it is said on Sunday, 22 November 2026.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from storefront.domain.language import Language
from storefront.language.inquiry import Inquiry, parse_inquiry
from storefront.language.products import Vocabulary
from tests.corpus.vocabularies import demo_vocabulary, general_store_vocabulary

HERE: Final = Path(__file__).parent
TODAY: Final = date(2026, 11, 22)
GOALS: Final = {"zh_tw": 0.98, "en": 0.95, "ja": 0.95, "th": 0.95, "general_store": 0.95, "set_aside": 0.95}
LEAST: Final = {"zh_tw": 300, "en": 120, "ja": 120, "th": 110, "general_store": 40, "set_aside": 130}
READERS: Final = {
    "zh_tw": None,
    "en": Language.EN,
    "ja": Language.JA,
    "th": Language.TH,
    "general_store": None,
    "set_aside": None,
}


@dataclass(frozen=True)
class Miss:
    """An utterance that was understood otherwise than a careful shopkeeper would."""

    text: str
    kind: str
    expected: Mapping[str, Any]
    got: Mapping[str, Any]


@dataclass
class Measured:
    """What came of a corpus: how many of each kind, the misses, products that nobody named, seconds of each parse."""

    asked: Counter[str] = field(default_factory=Counter)
    misses: list[Miss] = field(default_factory=list)
    wrong_products: list[Miss] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        """The share of utterances whose whole answer is right."""
        return 1 - len(self.misses) / sum(self.asked.values())

    def accuracy_by_kind(self) -> dict[str, tuple[int, float]]:
        """How many utterances of each kind there are, and the share that is right."""
        missed = Counter(miss.kind for miss in self.misses)
        return {kind: (asked, 1 - missed[kind] / asked) for kind, asked in sorted(self.asked.items())}

    @property
    def median_ms(self) -> float:
        """The middle one of all parse times, in milliseconds."""
        return median(self.seconds) * 1_000

    @property
    def worst_ms(self) -> float:
        """The longest parse, in milliseconds."""
        return max(self.seconds) * 1_000


def utterances(corpus: Path) -> Iterator[dict[str, Any]]:
    """The labelled utterances of a file."""
    for line in corpus.read_text(encoding="utf-8").splitlines():
        if line:
            yield json.loads(line)


def vocabulary_for(corpus: str) -> Vocabulary:
    """The products that the utterances of a file are about."""
    return general_store_vocabulary() if corpus == "general_store" else demo_vocabulary()


def measure(corpus: Path, reader: Language | None = None) -> Measured:
    """Parse every utterance of a file and compare whole answers."""
    vocabulary = vocabulary_for(corpus.stem)
    measured = Measured()
    for utterance in utterances(corpus):
        today = date.fromisoformat(utterance.get("today", TODAY.isoformat()))
        started = perf_counter()
        inquiry = parse_inquiry(utterance["text"], vocabulary, today=today, reader=reader)
        measured.seconds.append(perf_counter() - started)
        measured.asked[utterance["kind"]] += 1
        expected, got = _expected(utterance), _answer(inquiry)
        if "asks" not in utterance:
            got.pop("asks")
        miss = Miss(utterance["text"], utterance["kind"], expected, got)
        if expected != got:
            measured.misses.append(miss)
        if _products(got) - _products(expected):
            measured.wrong_products.append(miss)
    return measured


def _answer(inquiry: Inquiry) -> dict[str, Any]:
    wish = inquiry.price_wish
    return {
        "lines": _sorted([line.sku, line.quantity_in_units, line.change.value] for line in inquiry.lines),
        "questions": _sorted(
            [question.kind.value, sorted(question.candidates)] for question in inquiry.questions
        ),
        "date": inquiry.wished_date.isoformat() if inquiry.wished_date else None,
        "intent": inquiry.intent.value,
        "wish": [wish.kind.value, wish.amount] if wish else None,
        "asks": sorted(kind.value for kind in inquiry.asks.kinds) if inquiry.asks else [],
    }


def _expected(utterance: Mapping[str, Any]) -> dict[str, Any]:
    expected = {
        "lines": _sorted(utterance.get("lines", [])),
        "questions": _sorted(
            [kind, sorted(candidates)] for kind, candidates in utterance.get("questions", [])
        ),
        "date": utterance.get("date"),
        "intent": utterance.get("intent", "other"),
        "wish": utterance.get("wish"),
    }
    return {**expected, "asks": sorted(utterance["asks"])} if "asks" in utterance else expected


def _sorted(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: json.dumps(row, ensure_ascii=False))


def _products(answer: Mapping[str, Any]) -> set[str]:
    return {sku for sku, _, _ in answer["lines"] if sku}
