"""Reads an order out of a message: which products, how many of each, by when, and what must be asked.

Never a guess: a name that fits two products, a quantity that is none, a unit that the product is not sold by, all
become a question with what was understood in it.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import zip_longest

from storefront.domain.language import Language
from storefront.language.corrections import Change, takes_back
from storefront.language.dates import DateMention, find_dates
from storefront.language.intents import Intent, intent_of
from storefront.language.pairing import Amount, Pairing, Product, Token
from storefront.language.price_wishes import PriceWish, find_price_wish, find_prices
from storefront.language.product_questions import ProductQuestion, find_product_question
from storefront.language.products import Vocabulary
from storefront.language.quantities import (
    MAX_QUANTITY,
    PRODUCT_MARK,
    TAKEN_MARK,
    QuantityMention,
    Refusal,
    find_quantities,
)
from storefront.language.small_talk import marked, unexplained, without_other_numbers
from storefront.language.text import clean, fold, language_of
from storefront.language.units import unit_at

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

MAX_CHARACTERS = 2_000
"""An order longer than this is read up to here."""

_MAX_MENTIONS = 150
_MAX_SUGGESTIONS = 12
_LONGEST_NOTE = 200
_BESIDE = 2
_ONCE = "time"
"""The unit of a service that is done once for an order unless somebody says otherwise."""

_EACH_BEFORE = re.compile(
    r"(?:各自?|都|各別|分別|每[種樣款]|อย่างละ|\beach|それぞれ)\s?(?:要|來|買|訂購?|給我|需要|加)?\s?(?:x\s?)?$"
)
_EACH_AFTER = re.compile(r"\s?(?:ずつ|each\b|of each\b|อย่างละ|apiece\b)")
_NEVER_FOR_SALE = re.compile("問題|朋友|小孩|同事|公司|地址|地方|客人|家人|question|friend|people|person")
_WORTH_ASKING = re.compile(r"[\u3400-\u9fff]|[^\W\d_a-z]{2}|[a-z]{3}")


class QuestionKind(StrEnum):
    """What the customer must be asked before a quote can be made."""

    WHICH_PRODUCT = "which_product"
    UNKNOWN_PRODUCT = "unknown_product"
    HOW_MANY = "how_many"
    QUANTITY_REFUSED = "quantity_refused"
    WHICH_UNIT = "which_unit"
    WHICH_DATE = "which_date"


@dataclass(frozen=True)
class RequestedLine:
    """A product and how many of it, in its own unit.

    `sku` is None when a message corrects or answers without naming a product ("改成 5 箱", "3"): then it is about
    the only line there is, and `quantity_in_units` is as spoken, for `Vocabulary.in_units` to convert.
    REMOVE with a quantity of 0 takes the whole line away.
    """

    sku: str | None
    quantity_in_units: int
    spoken_quantity: int
    spoken_unit: str | None = None
    change: Change = Change.SET


@dataclass(frozen=True)
class Question:
    """Something to ask: the words it is about, the products they may mean, and what is known already.

    `quantity` and `unit` are as spoken, for `Vocabulary.in_units` once the product is known; `reason` says why a
    quantity was refused. HOW_MANY and WHICH_UNIT always have exactly one candidate.
    """

    kind: QuestionKind
    phrase: str
    candidates: tuple[str, ...] = ()
    quantity: int | None = None
    unit: str | None = None
    reason: Refusal | None = None
    change: Change = Change.SET


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
    cleaned = clean(text)[:MAX_CHARACTERS]
    language = language_of(cleaned, reader)
    if language is None and reader is Language.JA:
        language = reader
    folded = fold(cleaned)
    named = [
        Product(mention.start, mention.end, mention.skus, exact=len(mention.skus) == 1)
        for mention in vocabulary.find(folded)[:_MAX_MENTIONS]
    ]
    work = marked(folded, ((product.start, product.end) for product in named), PRODUCT_MARK)
    skus = tuple(dict.fromkeys(sku for product in named for sku in product.skus))
    price_wish = find_price_wish(cleaned, work, skus, language)
    asks = find_product_question(work, skus)
    work = marked(work, ((price.start, price.end) for price in find_prices(work, language)), TAKEN_MARK)
    work = without_other_numbers(work)
    days = [day for day in find_dates(work, today, language) if not _is_fraction(work, day, language)]
    work = marked(work, ((day.start, day.end) for day in days), TAKEN_MARK)
    mentions = find_quantities(work, language)
    rest = marked(work, ((mention.start, mention.end) for mention in mentions), TAKEN_MARK)
    pieces = list(unexplained(rest))
    suggested = [
        product for product in _suggested(folded, pieces, vocabulary) if not _belongs_to_any(product, named)
    ]
    tokens = Pairing(work, (*named, *suggested, *_amounts(work, mentions)), vocabulary).run()
    lines, questions = _Reader(cleaned, tokens, vocabulary).read()
    wished = next((day.day for day in days if day.day), None)
    if wished is None:
        questions += [Question(QuestionKind.WHICH_DATE, cleaned[day.start : day.end]) for day in days[:1]]
    asked = {(product.start, product.end) for product in suggested if product.is_known}
    left_over = " ".join(cleaned[start:end] for start, end in pieces if (start, end) not in asked)
    return Inquiry(
        tuple(lines),
        tuple(questions),
        left_over[:_LONGEST_NOTE],
        wished,
        intent_of(cleaned),
        language,
        price_wish,
        asks,
    )


def _is_fraction(text: str, day: DateMention, language: Language | None) -> bool:
    """1/2 盒 is half a box, not the second of January."""
    gap = text[day.end : day.end + 1] == " "
    return "/" in text[day.start : day.end] and unit_at(text, day.end + gap, language) is not None


def _amounts(work: str, mentions: tuple[QuantityMention, ...]) -> list[Amount]:
    """The quantities that count; one that the message itself takes back does not."""
    amounts: list[Amount] = []
    for mention, following in zip_longest(mentions, mentions[1:]):
        lead = work[max(0, mention.start - 12) : mention.start]
        if following and takes_back(lead, work[mention.end : following.start]):
            continue
        if _NEVER_FOR_SALE.match(work[mention.end : mention.end + 12].strip()):
            continue
        each = _EACH_BEFORE.search(lead) or _EACH_AFTER.match(work, mention.end)
        amounts.append(Amount(mention, each=each is not None))
    return amounts


def _suggested(folded: str, pieces: list[tuple[int, int]], vocabulary: Vocabulary) -> list[Product]:
    """Products that the left-over words may mean, or that are not in the catalogue at all."""
    suggested: list[Product] = []
    for start, end in pieces[:_MAX_SUGGESTIONS]:
        written = folded[start:end]
        if not _WORTH_ASKING.search(written) or _NEVER_FOR_SALE.search(written):
            continue
        candidates = vocabulary.candidates(written)
        if candidates or len(written) > 1:
            suggested.append(Product(start, end, candidates, exact=False))
    return suggested


def _belongs_to_any(suggested: Product, named: list[Product]) -> bool:
    """In มีชาอู่หลงไหม the word for tea stands beside the oolong that it belongs to."""
    return any(
        set(product.skus) & set(suggested.skus)
        and max(product.start - suggested.end, suggested.start - product.end) <= _BESIDE
        for product in named
    )


class _Reader:
    """Turns paired products and amounts into the lines that are clear and questions about the others."""

    def __init__(self, cleaned: str, tokens: list[Token], vocabulary: Vocabulary) -> None:
        self._cleaned = cleaned
        self._tokens = tokens
        self._vocabulary = vocabulary
        self._lines: list[RequestedLine] = []
        self._questions: list[Question] = []
        self._said_twice: dict[str, str] = {}

    def read(self) -> tuple[list[RequestedLine], list[Question]]:
        for token in self._tokens:
            if isinstance(token, Product):
                self._read_product(token)
            elif not token.paired:
                self._read_lone_amount(token)
        lines = [line for line in self._lines if line.sku not in self._said_twice]
        clear = {line.sku for line in self._lines}
        questions = [
            question
            for question in dict.fromkeys(self._questions)
            if question.kind is not QuestionKind.HOW_MANY or question.candidates[0] not in clear
        ]
        questions += [
            Question(QuestionKind.HOW_MANY, phrase, (sku,)) for sku, phrase in self._said_twice.items()
        ]
        return lines, questions

    def _written(self, token: Token) -> str:
        return self._cleaned[token.start : token.end]

    def _ask(
        self,
        kind: QuestionKind,
        phrase: str,
        candidates: tuple[str, ...],
        amounts: list[Amount],
        change: Change,
    ) -> None:
        mention = amounts[0].mention if amounts else None
        self._questions.append(
            Question(
                kind,
                phrase,
                candidates,
                mention.value if mention else None,
                mention.unit[0] if mention and mention.unit else None,
                mention.refusal if mention else None,
                change,
            )
        )

    def _read_product(self, product: Product) -> None:
        phrase = self._written(product)
        if product.exact:
            self._read_named(product, product.skus[0], phrase)
        elif product.is_known:
            # A single character that happens to be in a name is a clue only beside a quantity.
            if product.amounts or len(phrase) > 1:
                self._ask(QuestionKind.WHICH_PRODUCT, phrase, product.skus, product.amounts, product.change)
        elif product.amounts:
            self._ask(QuestionKind.UNKNOWN_PRODUCT, phrase, (), product.amounts, product.change)

    def _read_named(self, product: Product, sku: str, phrase: str) -> None:
        change = product.change
        if product.amounts:
            self._read_amounts(product, sku, phrase)
        elif change is Change.REMOVE:
            self._add(RequestedLine(sku, 0, 0, None, change), phrase)
        elif self._vocabulary.unit_of(sku) == _ONCE:
            self._add(RequestedLine(sku, 1, 1, None, change), phrase)
        else:
            self._ask(QuestionKind.HOW_MANY, phrase, (sku,), [], change)

    def _read_amounts(self, product: Product, sku: str, phrase: str) -> None:
        total = 0
        unit: str | None = None
        for amount in product.amounts:
            value = amount.mention.value
            if value is None:
                self._ask(
                    QuestionKind.QUANTITY_REFUSED, self._written(amount), (sku,), [amount], product.change
                )
                return
            units = self._vocabulary.in_units(sku, value, amount.mention.unit)
            if units is None:
                self._ask(QuestionKind.WHICH_UNIT, self._written(amount), (sku,), [amount], product.change)
                return
            total += units[0]
            unit = units[1]
        if total > MAX_QUANTITY:
            self._questions.append(
                Question(
                    QuestionKind.QUANTITY_REFUSED,
                    self._written(product.amounts[0]),
                    (sku,),
                    reason=Refusal.TOO_LARGE,
                    change=product.change,
                )
            )
        elif len(product.amounts) > 1:
            self._add(RequestedLine(sku, total, total, None, product.change), phrase)
        else:
            spoken = product.amounts[0].mention.value or total
            self._add(RequestedLine(sku, total, spoken, unit, product.change), phrase)

    def _add(self, line: RequestedLine, phrase: str) -> None:
        """Takes a line; the same product with another quantity in one message is asked about."""
        same = next(
            (other for other in self._lines if other.sku == line.sku and other.change is line.change), None
        )
        if same is None:
            self._lines.append(line)
        elif same != line and line.sku is not None:
            self._said_twice[line.sku] = phrase

    def _read_lone_amount(self, amount: Amount) -> None:
        """An amount without a product is about the only line there is, unless the message names products."""
        mention = amount.mention
        unit = mention.unit[0] if mention.unit else None
        others = any(
            (token.is_known or token.amounts) if isinstance(token, Product) else not token.paired
            for token in self._tokens
            if token is not amount
        )
        if mention.value is None:
            self._ask(QuestionKind.QUANTITY_REFUSED, self._written(amount), (), [amount], amount.change)
        elif others:
            self._ask(QuestionKind.WHICH_PRODUCT, self._written(amount), (), [amount], amount.change)
        else:
            self._lines.append(RequestedLine(None, mention.value, mention.value, unit, amount.change))
