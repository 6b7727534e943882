"""Finds how many of something a customer wants, and refuses what is not a whole number from 1 to 9,999.

A refusal carries its reason so that the chat can ask politely: 0, minus 3, 3.5, 三點五, 2-3, 1e9, ² are
read as what they are, never as the part of them that happens to be a number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice

from storefront.domain.language import Language
from storefront.language import numerals
from storefront.language.text import clean, fold, language_of
from storefront.language.units import DOZEN, unit_at

MAX_QUANTITY = 9_999
_MAX_MENTIONS = 60

PRODUCT_MARK = "\ue000"
"""Stands where a product was found, so that a number beside it is known to belong to something."""
TAKEN_MARK = "\ue001"
"""Stands where a date, a price, a phone number was found. `clean` lets neither mark through."""


class Refusal(StrEnum):
    """Why a quantity cannot be taken."""

    ZERO = "zero"
    NEGATIVE = "negative"
    FRACTION = "fraction"
    TOO_LARGE = "too_large"
    APPROXIMATE = "approximate"
    NOT_A_NUMBER = "not_a_number"


@dataclass(frozen=True)
class RefusedQuantity:
    """A quantity as it was written, and why it cannot be taken."""

    written: str
    reason: Refusal


@dataclass(frozen=True)
class QuantityMention:
    """A quantity in a text: a value or a refusal, and what the unit said with it may mean."""

    start: int
    end: int
    value: int | None
    refusal: Refusal | None
    unit: tuple[str, ...]


_ODD = "²³¹⁰⁴-⁹₀-₉¼-¾⅐-⅞"
_NUMERAL = rf"[\d{_ODD}]"
_CN = numerals.CHINESE
_EN = "|".join(sorted(numerals.ENGLISH, key=len, reverse=True))
_EN_WORD = rf"(?:{_EN}|hundred(?:\sand(?=\s(?:{_EN})))?|thousand)"
_RUN = re.compile(
    rf"(?P<sign>負\s?|(?<![a-z])(?:minus|negative)\s|マイナス\s?|ลบ\s?|[-−](?={_NUMERAL}))?"
    rf"(?:(?P<digits>0x[0-9a-f]{{1,8}}|{_NUMERAL}(?:[\d{_ODD}_]|[,./](?={_NUMERAL})|e[+-]?(?=\d))*)(?P<power>[十百千萬億]{{0,3}})"
    rf"|(?P<chinese>[{_CN}半幾數][{_CN}半幾數○]*(?:點(?=[{_CN}])[{_CN}]+)?)"
    rf"|(?P<english>(?<![a-z'’-])(?:{_EN_WORD}(?:[\s-]{_EN_WORD})*(?:\spoint\s{_EN_WORD})?|half(?:\sa)?"
    rf"|another|a\scouple(?:\sof)?|a\sfew|few|several|some(?=\sbox|\stin|\scase|\sbag|\spack)|an?"
    rf"|couple(?:\sof)?)(?![a-z'’]))"
    rf"|(?P<thai>(?:{'|'.join(numerals.THAI_WORDS)}|ครึ่ง)+)"
    rf"|(?P<japanese>{'|'.join(numerals.JAPANESE_COUNTS)}|ゼロ))"
)
_ENGLISH_ARTICLES = {
    **{"a": 1, "an": 1, "another": 1, "couple": 2},
    **{"couple of": 2, "a couple": 2, "a couple of": 2},
}
_ENGLISH_VAGUE = frozenset({"a few", "few", "several", "some"})
_NO_NUMBERS = frozenset({"萬一", "千萬", "一一"})
_VAGUE = frozenset({"幾", "數", "好幾"})
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_PLAIN = re.compile(r"[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+")
_FRACTION = re.compile(r"[0-9]+[./][0-9]+|[0-9]*[¼-¾⅐-⅞]")

_BEFORE_UNIT = re.compile(
    r"\s?(?:more |extra |additional |another |less |fewer |of |(?:big|small|large|full|whole) |[大小整](?!家))?"
)
_RANGE = re.compile(
    rf"\s?(?:[-~〜–—]|到|至|或|か|から|ถึง|(?<![a-z])(?:or|to)(?![a-z]))\s?(?=[\d{_CN}]|(?:{_EN})\b)"
)
_FROM = re.compile(r"(?:從|由|(?<![a-z])from|จาก)\s?$")
_ABOUT = re.compile("[多幾來](?![a-z])")
_AND_A_HALF = re.compile(r"\s?半(?![價小年天])|\sand a half|ครึ่ง")
# After these a number counts something that is not sold: floors, people, days, discounts.
_COUNTS_OTHERS = re.compile(
    r"[a-z]|\s?(?:[樓位天週月年日號折成秒歲度倍時名家間班期級版元塊圓入片%°]|人(?!份)|分(?!之)|點|小時|分鐘"
    r"|公分|公尺|公克|克|毫升"
    r"|個(?:月|禮拜|星期|小時|人)|歳|วัน|บาท|คน|โมง|เดือน|ปี|นาที|ชั่วโมง)"
)
_LETTER_BEFORE = re.compile(r"[a-z]$")
_TIMES_BEFORE = re.compile(r"(?:^|[^a-z])(?:x|qty|q)$")
_TIMES_AFTER = re.compile(r"\s?[x×*](?![a-z])")
_STANDS_ALONE_BEFORE = re.compile(
    rf"(?:^|[\s,，、;；。:.!?()（）x×*/+{PRODUCT_MARK}{TAKEN_MARK}]"
    rf"|[要來買訂加成改購拿給共各再量為是多少减減]|เอา|ขอ|เป็น)$"
)
_STANDS_ALONE_AFTER = re.compile(
    rf"$|[\s,，、;；。:.!?()（）/+~{PRODUCT_MARK}{TAKEN_MARK}]|[謝喔哦吧啦囉]|就好|好了|ครับ|ค่ะ|คะ|นะ|です"
    rf"|で|お願い"
    r"|ください"
)
_ENGLISH_BEFORE = re.compile(
    rf"(?:^|[{PRODUCT_MARK},:;x×*(]|(?<![a-z])(?:just|only|want|need|take|get|add|to|it|of|have|order|buy))\s?$"
)
_ENGLISH_AFTER = re.compile(
    rf"\s?(?:$|[,.;!?){PRODUCT_MARK}\n]|(?:please|thanks|thx)\b|more\s?(?:$|[.,!?]|please))"
)


def read_quantity(text: str) -> int | RefusedQuantity:
    """The quantity that a whole message says ("3", "三盒", "二十"), or why it says none."""
    cleaned = clean(text, limit=200)
    mentions = find_quantities(fold(cleaned), language_of(cleaned))
    if len(mentions) != 1:
        return RefusedQuantity(cleaned, Refusal.NOT_A_NUMBER)
    value, refusal = mentions[0].value, mentions[0].refusal
    if value is None:
        return RefusedQuantity(cleaned, refusal or Refusal.NOT_A_NUMBER)
    if mentions[0].unit == (DOZEN,):
        value *= 12
    return value if value <= MAX_QUANTITY else RefusedQuantity(cleaned, Refusal.TOO_LARGE)


def find_quantities(folded: str, language: Language | None) -> tuple[QuantityMention, ...]:
    """The quantities in a folded text, from left to right, as many as an order could hold."""
    return tuple(islice(_find(folded, language), _MAX_MENTIONS))


def _find(folded: str, language: Language | None) -> Iterator[QuantityMention]:
    place = 0
    while match := _RUN.search(folded, place):
        mention = _mention(folded, match, language)
        place = max(mention.end, match.end()) if mention else match.end()
        if mention:
            yield mention


def _mention(folded: str, match: re.Match[str], language: Language | None) -> QuantityMention | None:
    start, end = match.span()
    value, refusal = _value(match)
    about = _ABOUT.match(folded, end)
    gap = _BEFORE_UNIT.match(folded, about.end() if about else end)
    unit = unit_at(folded, gap.end() if gap else end, language)
    if unit is None:
        about = None
    if _is_something_else(folded, match, unit_follows=unit is not None):
        return None
    senses: tuple[str, ...] = ()
    if unit:
        end, senses = unit.end, unit.senses
    half = match["chinese"] == "半" or (match["english"] or "").startswith("half") or match["thai"] == "ครึ่ง"
    if half and senses == (DOZEN,):
        value, refusal, senses = 6, None, ()
    elif value is not None and senses == (DOZEN,):
        of_what = unit_at(folded, end + (folded[end : end + 1] == " "), language)
        if of_what and of_what.senses != (DOZEN,):
            value, senses, end = value * 12, of_what.senses, of_what.end
    if match["japanese"] in numerals.JAPANESE_COUNTS:
        senses = ("piece",)
    if match["sign"]:
        refusal = Refusal.NEGATIVE
    onwards = _AND_A_HALF.match(folded, end) if unit else None
    if onwards:
        refusal, end = Refusal.FRACTION, onwards.end()
    if about:
        refusal = refusal or Refusal.APPROXIMATE
    upper = _RANGE.match(folded, end)
    if upper and _FROM.search(folded[max(0, start - 6) : start]):
        # from 3 to 5: only the second is wanted
        return _second_of_two(folded, start, _RUN.match(folded, upper.end()), language)
    other = _RUN.match(folded, upper.end()) if upper else None
    if other is None and unit is None and value is not None:
        other = _next_in_a_row(folded, end, value, language)
    if other:
        refusal = Refusal.APPROXIMATE
        unit = unit_at(folded, other.end() + (folded[other.end() : other.end() + 1] == " "), language)
        senses, end = (unit.senses, unit.end) if unit else ((), other.end())
    if other and upper and "から" in upper[0] and folded.startswith(("に", "へ"), end):
        return _second_of_two(folded, start, other, language)  # 2箱から4箱に変更
    if refusal is None and value is not None:
        refusal = Refusal.ZERO if value == 0 else Refusal.TOO_LARGE if value > MAX_QUANTITY else None
    return QuantityMention(start, end, None if refusal else value, refusal, senses)


def _second_of_two(
    folded: str, start: int, second: re.Match[str] | None, language: Language | None
) -> QuantityMention | None:
    """The quantity that another one is changed to; it covers both in the text."""
    mention = _mention(folded, second, language) if second else None
    return replace(mention, start=start) if mention else None


def _next_in_a_row(folded: str, end: int, value: int, language: Language | None) -> re.Match[str] | None:
    """2、3缶, 兩、三盒: the number that goes on with the one before, to say "two or three"."""
    other = _RUN.match(folded, end + 1) if folded[end : end + 1] in {"、", "，", ","} else None
    if other is None or _value(other)[0] != value + 1 or value > 9:
        return None
    gap = folded[other.end() : other.end() + 1] == " "
    return other if unit_at(folded, other.end() + gap, language) else None


def _value(match: re.Match[str]) -> tuple[int | None, Refusal | None]:
    """The value of a run of number words or the reason why it has none."""
    if match["digits"]:
        return _digits_value(match["digits"].translate(_THAI_DIGITS), match["power"])
    if match["chinese"]:
        return _chinese_value(match["chinese"])
    if match["english"]:
        return _english_value(match["english"])
    if match["japanese"]:
        return numerals.JAPANESE_COUNTS.get(match["japanese"], 0), None
    value = None if "ครึ่ง" in match["thai"] else numerals.thai_number(match["thai"])
    return value, None if value is not None else Refusal.FRACTION


def _english_value(run: str) -> tuple[int | None, Refusal | None]:
    run = " ".join(run.split())
    if run in _ENGLISH_ARTICLES:
        return _ENGLISH_ARTICLES[run], None
    if run in _ENGLISH_VAGUE:
        return None, Refusal.APPROXIMATE
    if run.startswith("half") or "point" in run:
        return None, Refusal.FRACTION
    value = numerals.english_number(run)
    return value, None if value is not None else Refusal.NOT_A_NUMBER


def _digits_value(digits: str, power: str) -> tuple[int | None, Refusal | None]:
    if not _PLAIN.fullmatch(digits):
        return None, Refusal.FRACTION if _FRACTION.fullmatch(digits) else Refusal.NOT_A_NUMBER
    plain = digits.replace(",", "").lstrip("0") or "0"
    if len(plain) > 5:
        return None, Refusal.TOO_LARGE
    value = int(plain)
    for character in power:
        value *= numerals.CHINESE_POWERS.get(character) or numerals.CHINESE_LARGE[character]
    return value, None


def _chinese_value(run: str) -> tuple[int | None, Refusal | None]:
    if "半" in run or "點" in run:
        return None, Refusal.FRACTION
    if "幾" in run or "數" in run:
        return None, Refusal.APPROXIMATE
    if len(run) > 1 and all(numerals.CHINESE_DIGITS.get(character) for character in run):
        return None, Refusal.APPROXIMATE  # 兩三盒 is two or three
    value = numerals.chinese_number(run.replace("○", "〇"))
    return value, None if value is not None else Refusal.NOT_A_NUMBER


def _is_something_else(folded: str, match: re.Match[str], *, unit_follows: bool) -> bool:
    """Whether number words count nothing that is for sale: 一起, A4, 3樓, 第二, "one more thing"."""
    start, end = match.span()
    before = folded[max(0, start - 12) : start]
    if before.endswith("第") or match["chinese"] in _NO_NUMBERS:
        return True
    if match["chinese"] in _VAGUE and not unit_follows:
        return True
    if match["digits"]:
        if _LETTER_BEFORE.search(before) and not _TIMES_BEFORE.search(before):
            return True
        stands_free = unit_follows or _TIMES_AFTER.match(folded, end) is not None
        return not stands_free and _COUNTS_OTHERS.match(folded, end) is not None
    if match["english"] and not unit_follows:
        return not _english_stands_alone(match["english"], before, folded, end)
    if unit_follows:
        return False
    only_half = match["chinese"] == "半" or match["thai"] == "ครึ่ง"
    return only_half or not (_STANDS_ALONE_BEFORE.search(before) and _STANDS_ALONE_AFTER.match(folded, end))


def _english_stands_alone(run: str, before: str, folded: str, end: int) -> bool:
    if run in _ENGLISH_ARTICLES:
        return folded.startswith(" " + PRODUCT_MARK, end)
    if run in _ENGLISH_VAGUE and run != "some":
        return folded.startswith(" " + PRODUCT_MARK, end)
    if run.startswith("half") or run == "some":
        return False
    return bool(_ENGLISH_BEFORE.search(before) and _ENGLISH_AFTER.match(folded, end))
