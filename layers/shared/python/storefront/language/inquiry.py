"""Reads an order out of a message: which products, how many of each, by when, and what must be asked.

Never a guess: a name that fits two products, a quantity that is none, a unit that the product is not sold by, all
become a question with what was understood in it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from storefront.domain.language import Language
from storefront.language.corrections import Change
from storefront.language.dates import DateMention
from storefront.language.intents import Intent, intent_of
from storefront.language.order_lines import LineReader
from storefront.language.pairing import Pairing
from storefront.language.passages import Passages, mark_out
from storefront.language.price_wishes import PriceWish
from storefront.language.product_questions import About, ProductQuestion
from storefront.language.products import Vocabulary
from storefront.language.quantities import Refusal
from storefront.language.requested import Question, QuestionKind, RequestedLine
from storefront.language.text import clean, fold, language_of

__all__ = [
    "Change",
    "Inquiry",
    "Intent",
    "Question",
    "QuestionKind",
    "Refusal",
    "RequestedLine",
    "parse_inquiry",
]

MAX_CHARACTERS: Final = 1_200
"""An order longer than this is read up to here: room for a quote's twenty lines and the words around them."""

_LONGEST_NOTE: Final = 200
_TELLING: Final = 300  # characters that tell what a message is and in which language
_PRICE_OR_STOCK = frozenset({About.PRICE, About.STOCK})
_ASKS = re.compile(r"(?:[嗎呢?？]|ですか|ますか|ไหม|มั้ย)\S{0,4}$")
_NOT_THAT_DAY = re.compile(r"(?:不是|不要|從|原本|(?<![a-z])(?:not|from)|ไม่ใช่|จาก)\s?(?:on )?$")
_ANOTHER_DAY = re.compile(
    r"改|不對|不是|更正|應該|換|(?<![a-z])(?:instead|rather|sorry|actually|no|to|wait)(?![a-z])|ではなく|じゃなく|変更|變更|やっぱり"
    r"|เปลี่ยน|แก้|ไม่ใช่|[-=]>|→"
)


@dataclass(frozen=True)
class Inquiry:
    """What a message orders: lines that are clear, questions, the words left over, the wished day.

    Beside that it may wish for a lower price and ask about products; whoever answers those finds them in
    `price_wish` and `asks`.
    """

    lines: tuple[RequestedLine, ...] = ()
    questions: tuple[Question, ...] = ()
    unknown: str = ""
    wished_date: date | None = None
    intent: Intent = Intent.OTHER
    language: Language | None = None
    price_wish: PriceWish | None = None
    asks: ProductQuestion | None = None


def parse_inquiry(
    text: str, vocabulary: Vocabulary, *, today: date, reader: Language | None = None
) -> Inquiry:
    """What a message orders from the catalogue that the vocabulary was built of.

    `reader` is the language that the customer reads: 箱 is a carton in Chinese and a box in Japanese.
    """
    cleaned = clean(text, limit=MAX_CHARACTERS)
    language = language_of(cleaned[:_TELLING], reader)
    if language is None and reader is Language.JA:
        language = reader
    passages = mark_out(cleaned, fold(cleaned), vocabulary, today, language)
    tokens = Pairing(passages.work, (*passages.products, *passages.amounts), vocabulary).run()
    lines, questions = LineReader(cleaned, tokens, vocabulary).read()
    wished, day_question = _day(cleaned, passages, today, ordered=bool(lines))
    if (
        passages.asks is not None
        and passages.is_about_one
        and not _PRICE_OR_STOCK.intersection(passages.asks.kinds)
    ):
        lines, questions = [], []  # 一箱鳳梨酥有幾盒, "how long does a box keep"
    if passages.asks is not None and not passages.has_quantity:
        # A question about the goods is answered; only price and stock lead on to "how many?".
        questions = questions if _PRICE_OR_STOCK.issuperset(passages.asks.kinds) else []
    if passages.price_wish is not None and not passages.has_quantity:
        questions = []  # 鳳梨酥一盒 320 好不好 is answered with a price, not with "how many?"
    return Inquiry(
        tuple(lines),
        (*questions, *day_question),
        " ".join(cleaned[start:end] for start, end in passages.left_over)[:_LONGEST_NOTE],
        wished,
        intent_of(cleaned[:_TELLING]),
        language,
        passages.price_wish,
        passages.asks,
    )


def _day(
    cleaned: str, passages: Passages, today: date, *, ordered: bool
) -> tuple[date | None, tuple[Question, ...]]:
    """The wished day, or the question about days that there are not."""
    asks = passages.asks
    if asks is not None and About.LEAD_TIME in asks.kinds and not ordered:
        return None, ()  # "when could it come if I order today"
    wished = _wished(passages.days, passages.work)
    if wished == today and not ordered and _ASKS.search(cleaned):
        return None, ()  # 今天有營業嗎 wishes for no delivery
    if wished is not None or not passages.days:
        return wished, ()
    first = passages.days[0]
    return None, (Question(QuestionKind.WHICH_DATE, cleaned[first.start : first.end]),)


def _wished(days: Sequence[DateMention], work: str) -> date | None:
    """The day that counts: the first, or the last one where the words correct themselves (不是 12/3 是 12/4)."""
    real = [day for day in days if day.day]
    if not real:
        return None
    lead = work[max(0, real[0].start - 8) : real[0].start]
    between = work[real[0].end : real[-1].start]
    corrects = len(real) > 1 and (_NOT_THAT_DAY.search(lead) or _ANOTHER_DAY.search(between))
    return real[-1].day if corrects else real[0].day
