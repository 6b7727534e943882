"""Finds products by the names that customers use for them: exactly, or as candidates to ask about.

A name counts as said when it is written whole, in any language, script form or spacing, or with a slip that leaves no
doubt. So does the noun at the head of a name that only one product has: 綠茶 of 茉莉綠茶, but not its 茉莉, which could
be anything of jasmine. Every other part of a name is a candidate, and so is a name that two products share: whoever
asks the customer decides, not us.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from storefront.language.misspellings import LEAST_HAN, is_misspelt
from storefront.language.sounds import sound_alike, syllables_of
from storefront.language.text import clean, fold
from storefront.language.units import COUNTER, DOZEN, PIECE, alike

# Spaces and joints, and the marks above Thai letters that hurried typing leaves out.
_SKIPPED = frozenset(" -‐・·‧'’_\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c")
_LEAST_HEAD = {"han": 2, "letters": 4}
# Glued behind a short name these make a different product: 紅茶 is sold here, 紅茶拿鐵 is not.
_MAKES_ANOTHER = re.compile(
    "奶茶|拿鐵|鮮奶|牛奶|蛋糕|餅乾|冰淇淋|冰棒|布丁|果凍|乳酪|麵包|巧克力|墊|蓋|刷|架|ミルク|ラテ|ケーキ|นม|เค้ก"
)
_SHORT_NAME = 3
_HAN_RUN = re.compile("[\u3400-\u9fff]+")
_PLURAL = re.compile(r"e?s(?![a-z])")

_ALIKE_HAN = 0.6
_ALIKE_LETTERS = 0.75
_CLEARLY_ALIKE = 0.8
_MAX_COMPARISONS = 60
_LONGEST_CHUNK = 40


@dataclass(frozen=True)
class VocabularyEntry:
    """A product as customers speak of it: all its names, the unit it is sold by, and packs with how many it holds."""

    sku: str
    names: tuple[str, ...]
    unit: str
    packs: tuple[tuple[str, int], ...] = ()
    is_service: bool = False


@dataclass(frozen=True)
class ProductMention:
    """A product named in a text; more than one SKU when products share the name."""

    start: int
    end: int
    skus: tuple[str, ...]


class Vocabulary:
    """The names of a catalogue, ready for looking up; build it once and keep it."""

    def __init__(self, entries: Iterable[VocabularyEntry]) -> None:
        self._entries = {entry.sku: entry for entry in entries}
        self._packs = {sku: dict(entry.packs) for sku, entry in self._entries.items()}
        self._skus: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, list[str]] = {}
        for entry in self._entries.values():
            for name in dict.fromkeys((*entry.names, entry.sku)):
                folded = fold(clean(name))
                key = _squeezed(folded)
                if key and entry.sku not in self._skus.get(key, ()):
                    self._skus[key] = (*self._skus.get(key, ()), entry.sku)
                    self._phrases.setdefault(entry.sku, []).append(folded)
        self._all_names = "\n".join(name for names in self._phrases.values() for name in names)
        lengths: dict[str, set[int]] = {}
        for key in self._skus:
            lengths.setdefault(key[0], set()).add(len(key))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}
        self._sounding: dict[str, list[tuple[str, str]]] = {}
        self._by_length: dict[int, list[tuple[str, str]]] = {}
        for sku, names in self._phrases.items():
            for name in names:
                words = _words(_without_marks(name))
                self._by_length.setdefault(len(words), []).append((words, sku))

    def __contains__(self, sku: object) -> bool:
        return sku in self._entries

    def unit_of(self, sku: str) -> str:
        """The unit that a product is sold by."""
        return self._entries[sku].unit

    def is_service(self, sku: str) -> bool:
        """Whether it is something done for an order (wrapping, chilled delivery) and no goods."""
        return self._entries[sku].is_service

    def in_units(self, sku: str, quantity: int, senses: Iterable[str] = ()) -> tuple[int, str | None] | None:
        """A spoken quantity in the product's own unit, and the sense of the unit word that was taken.

        Without a unit the product's own is meant. A piece (個, 份) of something sold by the box is a box, as
        people speak. None when the product is not sold in that unit.
        """
        entry = self._entries[sku]
        meanings = tuple(senses)
        if not meanings:
            return quantity, None
        packs = self._packs[sku]
        for unit in dict.fromkeys((*meanings, *(other for meant in meanings for other in alike(meant)))):
            if unit == entry.unit:
                return quantity, unit
            if unit in packs:
                return quantity * packs[unit], unit
            if unit == DOZEN:
                return quantity * 12, unit
            if unit == PIECE or (unit == COUNTER and entry.unit == PIECE):
                return quantity, unit
        return None

    def find(self, folded: str) -> tuple[ProductMention, ...]:
        """The products named in a folded text, the longest name first at each place."""
        letters: list[str] = []
        places: list[int] = []
        for place, letter in enumerate(folded):
            if letter not in _SKIPPED:
                letters.append(letter)
                places.append(place)
        squeezed = "".join(letters)
        mentions: list[ProductMention] = []
        at = 0
        while at < len(squeezed):
            for length in self._lengths.get(squeezed[at], ()):
                key = squeezed[at : at + length]
                if key not in self._skus or len(key) < length:
                    continue
                end = _end_of_word(folded, places[at], places[at + length - 1] + 1, key)
                if end is not None:
                    mentions.append(ProductMention(places[at], end, self._skus[key]))
                    while at < len(squeezed) and places[at] < end:
                        at += 1
                    break
            else:
                at += 1
        return tuple(mentions)

    def find_homophones(self, folded: str) -> tuple[ProductMention, ...]:
        """The Han names that are written by their sound (鳳黎酥), from left to right."""
        mentions: list[ProductMention] = []
        end = 0
        for run in _HAN_RUN.finditer(folded):
            for at in range(run.start(), run.end() - LEAST_HAN + 1):
                found = self._homophone_at(folded, at, run.end()) if at >= end else None
                if found:
                    mentions.append(found)
                    end = found.end
        return tuple(mentions)

    def _homophone_at(self, folded: str, at: int, run_end: int) -> ProductMention | None:
        for name, sku in self._names_that_sound_like(folded[at]):
            end = at + len(name)
            if end <= run_end and sound_alike(folded[at:end], name):
                return ProductMention(at, end, (sku,))
        return None

    def _names_that_sound_like(self, first: str) -> list[tuple[str, str]]:
        """The Han names whose first character may be read as this one, and with what SKU."""
        known = self._sounding.get(first)
        if known is None:
            found = (name for each in syllables_of(first) for name in self._by_syllable.get(each, ()))
            known = self._sounding[first] = list(dict.fromkeys(found))
        return known

    @cached_property
    def _by_syllable(self) -> dict[str, list[tuple[str, str]]]:
        """Han names by the sound of their first character, the longest first; made when the first slip turns up."""
        names: dict[str, list[tuple[str, str]]] = {}
        for sku, phrases in self._phrases.items():
            for name in phrases:
                if len(name) >= LEAST_HAN and _HAN_RUN.fullmatch(name):
                    for syllable in syllables_of(name[0]):
                        names.setdefault(syllable, []).append((name, sku))
        return {syllable: sorted(found, key=lambda each: -len(each[0])) for syllable, found in names.items()}

    def misspelt(self, chunk: str) -> tuple[str, ...]:
        """The products that have this folded text for a name, but for a slip of the finger."""
        words = _words(_without_marks(chunk[:_LONGEST_CHUNK]))
        found: dict[str, None] = {}
        for length in range(len(words) - 2, len(words) + 3):
            for name, sku in self._by_length.get(length, ()) if words else ():
                if sku not in found and is_misspelt(words, name):
                    found[sku] = None
        return tuple(found) or self._misspelt_heads(words)

    def _misspelt_heads(self, words: str) -> tuple[str, ...]:
        """tapoica pearls: two or more Latin words that end a longer name, with a slip in them."""
        count = words.count(" ") + 1
        if count < 2 or not words.isascii():
            return ()
        return tuple(
            sku
            for sku, names in self._phrases.items()
            if any(
                name.isascii()
                and name.count(" ") >= count
                and is_misspelt(words, " ".join(name.split()[-count:]))
                for name in names
            )
        )

    def headed_by(self, chunk: str) -> tuple[str, ...]:
        """The products whose names have this folded text for their head, in the order of their language."""
        words = _words(chunk[:_LONGEST_CHUNK])
        least = _LEAST_HEAD["han" if words and _is_han(words[0]) else "letters"]
        if len(words) < least:
            return ()
        return tuple(
            sku
            for sku, names in self._phrases.items()
            if not self._entries[sku].is_service and any(_is_head(words, _words(name)) for name in names)
        )

    def candidates(self, chunk: str) -> tuple[str, ...]:
        """The products whose names contain this folded text, or a part of it, or look much like it."""
        words = _words(chunk[:_LONGEST_CHUNK])
        whole = self._containing([words])
        if whole:
            return whole
        ratio, alike = self._alike(words)
        if ratio >= _CLEARLY_ALIKE:
            return alike
        return self._containing(_parts(words)) or alike

    def _containing(self, runs: Iterable[str]) -> tuple[str, ...]:
        """The products with the first of these runs of words or characters in a name."""
        for run in runs:
            if run.removesuffix("s") not in self._all_names:
                continue
            found = [
                sku for sku, names in self._phrases.items() if any(_contains(name, run) for name in names)
            ]
            if found:
                return tuple(found)
        return ()

    def _alike(self, words: str) -> tuple[float, tuple[str, ...]]:
        """The products with a name that looks most like the text, and how much (1 is the same)."""
        key = _squeezed(words)
        if len(key) < 3:
            return 0.0, ()
        letters = set(key)
        likely = sorted(
            (
                (len(letters & set(name)) / max(len(letters), len(set(name))), name)
                for name in self._skus
                if abs(len(name) - len(key)) <= max(2, len(key) // 4)
            ),
            reverse=True,
        )[:_MAX_COMPARISONS]
        needed = _ALIKE_LETTERS if key.isascii() else _ALIKE_HAN
        scored = [
            (ratio, sku)
            for shared, name in likely
            if shared >= 0.5
            for ratio in (difflib.SequenceMatcher(None, key, name, autojunk=False).ratio(),)
            if ratio >= needed
            for sku in self._skus[name]
        ]
        best = max((ratio for ratio, _ in scored), default=0.0)
        near = (sku for ratio, sku in sorted(scored, reverse=True) if ratio >= best - 0.05)
        return best, tuple(dict.fromkeys(near))


def _squeezed(folded: str) -> str:
    return "".join(letter for letter in folded if letter not in _SKIPPED)


def _without_marks(chunk: str) -> str:
    return "".join(letter for letter in chunk if not "\u0e47" <= letter <= "\u0e4c")


def _is_head(words: str, name: str) -> bool:
    """Whether the words are what a name is about: its end, but its beginning in Thai."""
    if "\u0e01" <= words[0] <= "\u0e4e":
        return name.startswith(words)
    if words.isascii():
        return f" {name.removesuffix('s')}".endswith(f" {words.removesuffix('s')}")
    return name.endswith(words)


def _words(chunk: str) -> str:
    return " ".join(chunk.replace("-", " ").split())


def _is_letter(character: str) -> bool:
    return "a" <= character <= "z"


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _is_katakana(character: str) -> bool:
    return "\u30a1" <= character <= "\u30fc" and character != "・"


def _end_of_word(folded: str, start: int, end: int, key: str) -> int | None:
    """Where a name ends in the text, an English plural included; None when it is part of another word."""
    before, after = folded[start - 1 : start], folded[end : end + 1]
    if _same_word(before, key[0]) or (key[-1].isdigit() and after.isdigit()):
        return None
    if _is_letter(key[-1]) and _is_letter(after):
        plural = _PLURAL.match(folded, end)
        return plural.end() if plural else None
    another = len(key) <= _SHORT_NAME and _MAKES_ANOTHER.match(folded, end) is not None
    return None if another or _same_word(key[-1], after) else end


def _same_word(left: str, right: str) -> bool:
    """Whether two neighbours belong to one word; Han and Thai do not mark where words end."""
    return (_is_letter(left) and _is_letter(right)) or (_is_katakana(left) and _is_katakana(right))


def _parts(words: str) -> Iterable[str]:
    """The parts of a text worth looking for in names, the longest first."""
    parts = words.split()
    if len(parts) > 1:
        for length in range(len(parts) - 1, 0, -1):
            for at in range(len(parts) - length + 1):
                yield " ".join(parts[at : at + length])
    for part in parts:
        if part.isascii():
            continue
        shortest = 2 if _is_han(part[0]) else 4
        for length in range(min(len(part) - 1, 8), shortest - 1, -1):
            for at in range(len(part) - length + 1):
                yield part[at : at + length]


def _contains(name: str, run: str) -> bool:
    if run.isascii():
        return len(run) >= 3 and f" {run.removesuffix('s')}" in f" {name}" and _whole_words(name, run)
    return len(run) >= (1 if _is_han(run[0]) else 2) and run in name


def _whole_words(name: str, run: str) -> bool:
    return re.search(rf"(?<![a-z]){re.escape(run.removesuffix('s'))}(?:e?s)?(?![a-z])", name) is not None
