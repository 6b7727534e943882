"""Plays written dialogues through the real chat, over the doubles, and looks at the cart after each turn.

A dialogue is a line of a `dialogues/*.jsonl` file: `name`, `kind`, `turns`. A turn has what the customer does (`say`,
`tap` with words of a button, or `photo`), and what must be so then: `cart` is what the open quote holds, as
{sku: units}; `open` how many quotes are open; `answer` the topic of the answer; `date` the open quote's wished day.
A dialogue may need one question and no more, unless `questions` allows another number.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from storefront.domain.outbox import Message, Topic
from storefront.domain.quote import QuoteState
from storefront.services.turns import Happening
from tests.doubles.talking_shop import TalkingShop

HERE: Final = Path(__file__).parent / "dialogues"
GOAL: Final = 0.9
LEAST: Final = 60
SUNDAY: Final = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
QUESTIONS: Final = {Topic.QUESTION_PRODUCT, Topic.QUESTION_QUANTITY, Topic.QUANTITY_REFUSED}


@dataclass
class Played:
    """How a dialogue went: what differed, turn by turn, and how many questions it took."""

    name: str
    kind: str
    questions: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether every turn came out as written, with one question or none."""
        return not self.differences


def dialogues() -> Iterator[dict[str, Any]]:
    """All written dialogues."""
    for path in sorted(HERE.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line:
                yield json.loads(line)


def play(dialogue: Mapping[str, Any]) -> Played:
    """One dialogue from its beginning, with a shop of its own."""
    shop = TalkingShop()
    shop.clock.now = SUNDAY
    played = Played(dialogue["name"], dialogue["kind"])
    for number, turn in enumerate(dialogue["turns"], 1):
        try:
            answer = _does(shop, turn)
        except StopIteration:
            played.differences.append(f"{number}. {_words(turn)}: no such button")
            break
        shop.go()
        played.questions += answer is not None and answer.topic in QUESTIONS
        got = _so(shop, answer)
        for name in ("cart", "answer", "date", "open"):
            if name in turn and turn[name] != got[name]:
                played.differences.append(f"{number}. {_words(turn)}: {name} {got[name]}, not {turn[name]}")
    allowed = dialogue.get("questions", 1)
    if played.questions > allowed:
        played.differences.append(f"{played.questions} questions, not {allowed}")
    return played


def _does(shop: TalkingShop, turn: Mapping[str, Any]) -> Message | None:
    if "say" in turn:
        return shop.say(turn["say"])
    if "tap" in turn:
        return shop.tap(turn["tap"])
    return shop.handle(shop.event(Happening.MEDIA))


def _so(shop: TalkingShop, answer: Message | None) -> dict[str, Any]:
    open_quotes = [quote for quote in shop.quote_rows if quote.state is QuoteState.OFFERED]
    newest = open_quotes[-1] if open_quotes else None
    return {
        "cart": {line.sku: line.quantity for line in newest.lines} if newest else {},
        "date": newest.wished_date if newest else None,
        "answer": answer.topic.value if answer else None,
        "open": len(open_quotes),
    }


def _words(turn: Mapping[str, Any]) -> str:
    return str(turn.get("say") or turn.get("tap") or "photo")
