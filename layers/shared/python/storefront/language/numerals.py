"""Number words of four languages as integers: 一百二十, 廿五, twenty-five, ยี่สิบเอ็ด.

Each function takes one run of number words and answers None for a run that is no number; what a shop
makes of a number (too large, zero) is decided in `quantities`.
"""

import re

CHINESE_DIGITS = {
    **dict(zip("〇一二三四五六七八九", range(10), strict=True)),
    **dict(zip("零壹貳參肆伍陸柒捌玖", range(10), strict=True)),
    "兩": 2,
    "叁": 3,
    "叄": 3,
    "弐": 2,
    "壱": 1,
}
CHINESE_POWERS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
CHINESE_TENS = {"廿": 20, "卅": 30, "卌": 40}
CHINESE_LARGE = {"萬": 10_000, "億": 100_000_000}
CHINESE = "".join((*CHINESE_DIGITS, *CHINESE_POWERS, *CHINESE_TENS, *CHINESE_LARGE))
"""Every character of a Chinese or Japanese number, simplified forms folded."""

_ENGLISH_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
ENGLISH = {
    **{word: value for value, word in enumerate(_ENGLISH_SMALL.split())},
    **{word: 20 + 10 * value for value, word in enumerate(_ENGLISH_TENS.split())},
}
_ENGLISH_POWERS = {"hundred": 100, "thousand": 1_000}

_THAI_SMALL = "ศูนย์ หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า"
THAI_DIGITS = {word: value for value, word in enumerate(_THAI_SMALL.split())}
_THAI_VARIANTS = {"เอ็ด": 1, "ยี่": 2}
_THAI_POWERS = {"สิบ": 10, "ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000}
THAI_WORDS = (*THAI_DIGITS, *_THAI_VARIANTS, *_THAI_POWERS)
_THAI_WORD = re.compile("|".join(THAI_WORDS))

JAPANESE_COUNTS = {
    word: value + 1
    for value, word in enumerate(
        ("ひとつ", "ふたつ", "みっつ", "よっつ", "いつつ", "むっつ", "ななつ", "やっつ", "ここのつ")
    )
}
"""ひとつ, ふたつ and so on: a number and its counter in one word."""

_LONGEST_RUN = 12


def chinese_number(run: str) -> int | None:
    """The value of 三, 十二, 一百二十, 百二 (120), 兩百零五, 廿五, 一二〇; None for 三五 or 十十.

    Two plain digits side by side are how people say "three or so", so they are no number; three are
    read one by one, as on a telephone.
    """
    if not 0 < len(run) <= _LONGEST_RUN:
        return None
    if all(character in CHINESE_DIGITS for character in run):
        return _read_one_by_one(run)
    for large, factor in CHINESE_LARGE.items():
        head, found, tail = run.rpartition(large)
        if found:
            before = chinese_number(head) if head else 1
            after = chinese_number(tail.lstrip("零〇")) if tail.strip("零〇") else 0
            return None if before is None or after is None else before * factor + after
    return _below_ten_thousand(run)


def _read_one_by_one(run: str) -> int | None:
    if len(run) == 2 and not set(run) & set("零〇"):
        return None
    return int("".join(str(CHINESE_DIGITS[character]) for character in run))


def _below_ten_thousand(run: str) -> int | None:
    total = 0
    digit: int | None = None
    power_before = 10_000
    zero_before = False
    for character in run:
        if character in "零〇":
            if digit is not None:
                return None
            zero_before = True
        elif character in CHINESE_DIGITS:
            if digit is not None:
                return None
            digit = CHINESE_DIGITS[character]
        else:
            power = CHINESE_POWERS.get(character, 10)
            if power >= power_before or (character in CHINESE_TENS and digit is not None):
                return None
            total += CHINESE_TENS.get(character, (1 if digit is None else digit) * power)
            power_before, digit, zero_before = power, None, False
    if digit is None:
        return total
    # 一百二 is 120, but 一百零二 is 102 and 十二 is 12.
    shortened = power_before >= 100 and not zero_before
    return total + digit * (power_before // 10 if shortened else 1)


def english_number(run: str) -> int | None:
    """The value of "twelve", "twenty-five", "one hundred and twenty"; None for anything else."""
    total = 0
    current = 0
    room = 10_000
    for word in re.split(r"[\s-]+", run):
        if word == "and":
            continue
        if word in _ENGLISH_POWERS:
            current = max(current, 1) * _ENGLISH_POWERS[word]
            room = 100 if word == "hundred" else 1_000
            if word == "thousand":
                total, current = total + current, 0
        elif word in ENGLISH:
            value = ENGLISH[word]
            if value >= room:
                return None
            current += value
            room = 10 if value >= 20 else 0
        else:
            return None
    return total + current


def thai_number(run: str) -> int | None:
    """The value of สอง, สิบเอ็ด, ยี่สิบ, ร้อยห้าสิบ; None for two digits side by side."""
    total = 0
    digit: int | None = None
    for word in _THAI_WORD.findall(run):
        if word in _THAI_POWERS:
            total += (1 if digit is None else digit) * _THAI_POWERS[word]
            digit = None
        elif digit is not None:
            return None
        else:
            digit = THAI_DIGITS.get(word, _THAI_VARIANTS.get(word, 0))
    return total + (digit or 0)
