"""Finds products by the names that customers use for them: exactly, or as candidates to ask about.

A name counts as said only when it is written whole, in any language, script form or spacing. Part of a
name and a misspelt name are candidates, and so is a name that two products share: whoever asks the
customer decides, not us.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from storefront.language.text import clean, fold
from storefront.language.units import DOZEN, PIECE

_SKIPPED = frozenset(" -‐・·‧'’_")
# Glued behind a short name these make a different product: 紅茶 is sold here, 紅茶拿鐵 is not.
_MAKES_ANOTHER = re.compile(
    "奶茶|拿鐵|鮮奶|牛奶|蛋糕|餅乾|冰淇淋|冰棒|布丁|果凍|乳酪|麵包|巧克力|墊|蓋|刷|架|ミルク|ラテ|ケーキ|นม|เค้ก"
)
_SHORT_NAME = 3
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

    def __contains__(self, sku: object) -> bool:
        return sku in self._entries

    def unit_of(self, sku: str) -> str:
        """The unit that a product is sold by."""
        return self._entries[sku].unit

    def in_units(self, sku: str, quantity: int, senses: Iterable[str] = ()) -> tuple[int, str | None] | None:
        """A spoken quantity in the product's own unit, and the sense of the unit word that was taken.

        Without a unit the product's own is meant. A piece (個, 份) of something sold by the box is a box, as
        people speak. None when the product is not sold in that unit.
        """
        entry = self._entries[sku]
        meanings = tuple(senses)
        if not meanings:
            return quantity, None
        for unit in meanings:
            if unit == entry.unit:
                return quantity, unit
            if unit in self._packs[sku]:
                return quantity * self._packs[sku][unit], unit
            if unit == DOZEN:
                return quantity * 12, unit
            if unit == PIECE:
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


def _words(chunk: str) -> str:
    return " ".join(chunk.replace("-", " ").split())


def _is_letter(character: str) -> bool:
    return "a" <= character <= "z"


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


def _is_katakana(character: str) -> bool:
    return "\u30a1" <= character <= "\u30fc"


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
