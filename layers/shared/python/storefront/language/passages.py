"""Marks out a message: where products, quantities and days stand in it, and which words are left over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from storefront.domain.language import Language
from storefront.language.corrections import takes_back, takes_back_the_next
from storefront.language.dates import DateMention, find_dates
from storefront.language.pairing import Amount, Product
from storefront.language.price_wishes import PriceWish, find_price_wish, find_prices, wish_words
from storefront.language.product_questions import About, ProductQuestion, question_about, question_words
from storefront.language.products import ProductMention, Vocabulary
from storefront.language.quantities import PRODUCT_MARK, TAKEN_MARK, QuantityMention, find_quantities
from storefront.language.small_talk import marked, unexplained, without_other_numbers
from storefront.language.units import unit_at

_MAX_MENTIONS: Final = 60
_MAX_SUGGESTIONS: Final = 12
_BESIDE: Final = 2

_EACH_BEFORE: Final = re.compile(
    r"(?:各自?|都|各別|分別|每[種樣款]|อย่างละ|\beach|それぞれ)\s?(?:要|來|買|訂購?|給我|需要|加)?\s?(?:x\s?)?$"
)
_EACH_AFTER: Final = re.compile(r"\s?(?:ずつ|each\b|of each\b|อย่างละ|apiece\b)")
_NEVER_FOR_SALE: Final = re.compile(
    "問題|朋友|小孩|同事|公司|地址|地方|客人|家人|樣(?!品)|種|款|項|口味|question|friend|people|person"
    "|kinds?(?![a-z])|以上|以下|起(?![來床])|or more|and up"
)
_WORTH_ASKING: Final = re.compile(r"[\u3400-\u9fff]|[^\W\d_a-z]{2}|[a-z]{3}")


_WANTS: Final = re.compile(
    "要|買|訂|來|給我|拿|想|加|(?<![a-z])(?:want|need|order|buy|get|take|have|like|add|send)(?![a-z])"
    "|ください|お願い|欲しい|ほしい|注文|追加"
    "|ขอ|เอา|สั่ง|ซื้อ|อยากได้|เพิ่ม"
)


@dataclass(frozen=True)
class Passages:
    """A message marked out. `work` is its folded text with products, prices, days and small talk blanked out."""

    work: str
    products: tuple[Product, ...]
    amounts: tuple[Amount, ...]
    days: tuple[DateMention, ...]
    left_over: tuple[tuple[int, int], ...]
    price_wish: PriceWish | None
    asks: ProductQuestion | None
    has_quantity: bool

    @property
    def is_about_one(self) -> bool:
        """Whether it only speaks of one of something, and no word wants to have it."""
        ones = all(amount.mention.value == 1 for amount in self.amounts)
        return bool(self.amounts) and ones and _WANTS.search(self.work) is None


def mark_out(
    cleaned: str, folded: str, vocabulary: Vocabulary, today: date, language: Language | None
) -> Passages:
    """Marks out a message, cleaned and folded: first as it is written, then by its sound if words are left."""
    found = vocabulary.find(folded)
    if len(found) > _MAX_MENTIONS:
        # Nobody orders so much in one message; what comes behind is not even looked at.
        found = found[:_MAX_MENTIONS]
        cleaned, folded = cleaned[: found[-1].end], folded[: found[-1].end]
    marks = _Marks(cleaned, folded, found, today, language)
    if marks.has_han_left:
        by_sound = vocabulary.find_homophones(marks.work)
        if by_sound:
            found = tuple(sorted((*found, *by_sound), key=lambda mention: mention.start))[:_MAX_MENTIONS]
            marks = _Marks(cleaned, folded, found, today, language)
    named = [
        Product(mention.start, mention.end, mention.skus, exact=len(mention.skus) == 1) for mention in found
    ]
    pieces = _with_neighbours(folded, named, marks.pieces, vocabulary)
    suggested = [
        product for product in _suggested(folded, pieces, vocabulary) if not _belongs_to_any(product, named)
    ]
    asks = marks.asks
    if any(about is About.COMPARISON for about, _, _ in marks.asked_words):
        # "jasmine or oolong?": a part of a name is enough to be compared.
        meant = (product for product in (*named, *suggested) if len(product.skus) == 1)
        skus = dict.fromkeys(product.skus[0] for product in sorted(meant, key=lambda each: each.start))
        asks = question_about(tuple(skus), marks.asked_words)
    asked = {(product.start, product.end) for product in suggested if product.is_known}
    return Passages(
        marks.work,
        (*named, *suggested),
        tuple(_amounts(marks.work, marks.mentions)),
        tuple(marks.days),
        tuple(piece for piece in pieces if piece not in asked),
        marks.price_wish,
        asks,
        bool(marks.mentions),
    )


class _Marks:
    """One pass over a message, with the products that were found in it."""

    def __init__(
        self,
        cleaned: str,
        folded: str,
        found: Sequence[ProductMention],
        today: date,
        language: Language | None,
    ) -> None:
        work = marked(folded, ((mention.start, mention.end) for mention in found), PRODUCT_MARK)
        skus = tuple(dict.fromkeys(sku for mention in found for sku in mention.skus))
        self.price_wish = find_price_wish(cleaned, work, skus, language)
        words = question_words(work)
        self.asked_words = words
        self.asks = question_about(skus, words)
        work = _without_words(work, [(start, end) for _, start, end in words] + wish_words(work))
        work = marked(work, ((price.start, price.end) for price in find_prices(work, language)), TAKEN_MARK)
        work = without_other_numbers(work)
        self.days = [
            day for day in find_dates(work, today, language) if not _is_fraction(work, day, language)
        ]
        self.work = marked(work, ((day.start, day.end) for day in self.days), TAKEN_MARK)
        self.mentions = find_quantities(self.work, language)
        rest = marked(self.work, ((mention.start, mention.end) for mention in self.mentions), TAKEN_MARK)
        self.pieces = list(unexplained(rest))
        self.has_han_left = any(_HAN.search(folded, start, end) for start, end in self.pieces)


_FLAVOUR: Final = re.compile("口味|風味|味(?!道)")
_HAN: Final = re.compile("[\u3400-\u9fff]")


def _without_words(work: str, places: Sequence[tuple[int, int]]) -> str:
    """The text without the words of its questions and wishes, which order nothing; the products stay."""
    for start, end in places:
        blank = "".join(letter if letter == PRODUCT_MARK else " " for letter in work[start:end])
        work = work[:start] + blank + work[end:]
    return work


def _is_fraction(text: str, day: DateMention, language: Language | None) -> bool:
    """1/2 盒 is half a box, not the second of January."""
    gap = text[day.end : day.end + 1] == " "
    return "/" in text[day.start : day.end] and unit_at(text, day.end + gap, language) is not None


def _amounts(work: str, mentions: Sequence[QuantityMention]) -> list[Amount]:
    """The quantities that count; one that the message itself takes back does not."""
    amounts: list[Amount] = []
    for place, mention in enumerate(mentions):
        before = mentions[place - 1] if place else None
        following = mentions[place + 1] if place + 1 < len(mentions) else None
        lead = work[max(0, mention.start - 12) : mention.start]
        between = work[mention.end : following.start] if following else ""
        if following and takes_back(lead, between):
            continue
        if before is not None and takes_back_the_next(work[before.end : mention.start]):
            continue
        if _NEVER_FOR_SALE.match(work[mention.end : mention.end + 12].lstrip(" ")):
            continue
        each = _EACH_BEFORE.search(lead) or _EACH_AFTER.match(work, mention.end)
        amounts.append(Amount(mention, each=each is not None))
    return amounts


def _with_neighbours(
    folded: str, named: list[Product], pieces: list[tuple[int, int]], vocabulary: Vocabulary
) -> list[tuple[int, int]]:
    """Looks at the words that touch a product's name; returns the pieces that are left.

    蜜香紅茶 is perhaps not the 紅茶 of this shop, so it is asked about, with the whole of the words; 阿薩母紅茶 is the
    shop's 阿薩姆紅茶 with a slip in it; 高山茶烏龍 says the same thing twice.
    """
    ends = {end: (start, end) for start, end in pieces}
    starts = {start: (start, end) for start, end in pieces}
    gone: set[tuple[int, int]] = set()
    known: dict[str, bool] = {}
    for product in named:
        beside = (_before(folded, ends, product), _after(folded, starts, product))
        touching = [piece for piece in beside if piece is not None and piece not in gone]
        if not touching or not product.exact:
            continue
        product.start = min(product.start, *(start for start, _ in touching))
        product.end = max(product.end, *(end for _, end in touching))
        whole = folded[product.start : product.end]
        if whole not in known and len(known) < _MAX_SUGGESTIONS:
            own = set(product.skus)
            known[whole] = bool(own & set(vocabulary.misspelt(whole))) or all(
                own & set(vocabulary.candidates(folded[at:to])) for at, to in touching
            )
        product.exact = known.get(whole, False)
        gone.update(touching)
    return [piece for piece in pieces if piece not in gone]


def _before(folded: str, ends: Mapping[int, tuple[int, int]], product: Product) -> tuple[int, int] | None:
    """The words that stand against the beginning of a product's name: a space apart in Latin letters."""
    piece = ends.get(product.start)
    if piece is None and folded[product.start - 1 : product.start] == " ":
        piece = ends.get(product.start - 1)
        if piece and not (folded[piece[1] - 1] + folded[product.start]).isascii():
            return None
    return piece


def _after(folded: str, starts: Mapping[int, tuple[int, int]], product: Product) -> tuple[int, int] | None:
    """The words that stand against the end of a product's name: a space apart in Latin letters."""
    piece = starts.get(product.end)
    beside = starts.get(product.end + 1)
    if piece is None and beside and _FLAVOUR.match(folded, beside[1]):
        return beside  # 太陽餅 蜂蜜口味
    if piece is None and folded[product.end : product.end + 1] == " ":
        piece = starts.get(product.end + 1)
        if piece and not (folded[product.end - 1] + folded[piece[0]]).isascii():
            return None
    return piece


def _suggested(folded: str, pieces: list[tuple[int, int]], vocabulary: Vocabulary) -> list[Product]:
    """Products that the left-over words may mean, or that are not in the catalogue at all."""
    suggested: list[Product] = []
    for start, end in pieces[:_MAX_SUGGESTIONS]:
        written = folded[start:end]
        if not _WORTH_ASKING.search(written) or _NEVER_FOR_SALE.search(written):
            continue
        meant = vocabulary.misspelt(written) or vocabulary.headed_by(written)
        candidates = meant or vocabulary.candidates(written)
        if candidates or len(written) > 1 or not written.isascii():
            suggested.append(Product(start, end, candidates, exact=len(meant) == 1))
    return suggested


def _belongs_to_any(suggested: Product, named: list[Product]) -> bool:
    """In มีชาอู่หลงไหม the word for tea stands beside the oolong that it belongs to."""
    return any(
        set(product.skus) & set(suggested.skus)
        and max(product.start - suggested.end, suggested.start - product.end) <= _BESIDE
        for product in named
    )
