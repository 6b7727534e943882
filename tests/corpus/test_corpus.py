"""How well the shop understands what customers write: whole answers for every utterance of the corpus.

Each line of a `.jsonl` file is an utterance with the answer that a careful shopkeeper would give: `lines` as
[sku, units, change], `questions` as [kind, candidates], `date`, and `intent` where it is not an order. The day of
asking is Sunday, 22 November 2026.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from storefront.language.inquiry import parse_inquiry
from tests.corpus.demo_vocabulary import demo_vocabulary

TODAY = date(2026, 11, 22)
CORPORA = sorted(Path(__file__).parent.glob("*.jsonl"))
LEAST_UTTERANCES = {"zh_tw": 60, "en": 15, "ja": 15, "th": 15}
WANTED_ACCURACY = 1.0


def utterances(corpus: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in corpus.read_text(encoding="utf-8").splitlines() if line]


def answer(text: str) -> dict[str, Any]:
    inquiry = parse_inquiry(text, VOCABULARY, today=TODAY)
    return {
        "lines": [[line.sku, line.quantity_in_units, line.change.value] for line in inquiry.lines],
        "questions": [[question.kind.value, list(question.candidates)] for question in inquiry.questions],
        "date": inquiry.wished_date.isoformat() if inquiry.wished_date else None,
        "intent": inquiry.intent.value,
    }


def expected(utterance: dict[str, Any]) -> dict[str, Any]:
    return {
        "lines": utterance.get("lines", []),
        "questions": utterance.get("questions", []),
        "date": utterance.get("date"),
        "intent": utterance.get("intent", "other"),
    }


VOCABULARY = demo_vocabulary()


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda corpus: corpus.stem)
def test_every_utterance_of_the_corpus_gets_its_whole_answer(corpus: Path) -> None:
    asked = utterances(corpus)
    wrong = {
        utterance["text"]: answer(utterance["text"])
        for utterance in asked
        if answer(utterance["text"]) != expected(utterance)
    }
    accuracy = 1 - len(wrong) / len(asked)
    print(f"{corpus.stem}: {accuracy:.1%} of {len(asked)}")  # noqa: T201
    assert len(asked) >= LEAST_UTTERANCES[corpus.stem]
    assert accuracy >= WANTED_ACCURACY, json.dumps(wrong, ensure_ascii=False, indent=1)
