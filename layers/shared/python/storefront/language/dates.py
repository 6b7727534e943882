"""Finds the day that a customer wishes: 下週三, 明天, 12/3, 民國115年12月3日, next Friday, 来週の火曜日.

Weeks start on Monday: 下週三 said on a Sunday is three days off, not ten. A day without a year is the next
one that comes. The caller repeats the date with its weekday, so that the customer can see what was
understood.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from storefront.domain.language import Language
from storefront.language import holidays, numerals
from storefront.language.text import fold

_FAR_AHEAD = timedelta(days=300)


@dataclass(frozen=True)
class DateMention:
    """A day named in a folded text; `day` is None when there is no such day, or it lies too far from now."""

    start: int
    end: int
    day: date | None


_CN = "〇零一二三四五六七八九十廿卅百"
_SMALL = rf"(?:[0-9]{{1,2}}|[{_CN}]{{1,3}})"
_NOT_INSIDE = r"(?<![0-9./-])"
_WEEKDAYS = {
    **dict(zip("一二三四五六日", range(7), strict=True)),
    **dict(zip("1234567", range(7), strict=True)),
    "天": 6,
    **dict(zip("月火水木金土", range(6), strict=True)),
}
_ENGLISH_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_THAI_WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัส", "ศุกร์", "เสาร์", "อาทิตย์")
_ENGLISH_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_THAI_MONTHS = (
    *("มกรา", "กุมภา", "มีนา", "เมษา", "พฤษภา", "มิถุนา", "กรกฎา", "สิงหา", "กันยา", "ตุลา", "พฤศจิกา", "ธันวา"),
    *("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."),
)
_DAYS_AHEAD = {
    **dict.fromkeys(("今天", "今日", "today", "きょう", "วันนี้"), 0),
    **dict.fromkeys(("明天", "明日", "明早", "明晚", "tomorrow", "あした", "あす", "พรุ่งนี้"), 1),
    **dict.fromkeys(
        ("後天", "明後日", "あさって", "day after tomorrow", "the day after tomorrow", "มะรืนนี้", "มะรืน"), 2
    ),
    **dict.fromkeys(("大後天", "しあさって"), 3),
}
_EN_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_TH_MONTH = rf"(?:{'|'.join(map(re.escape, _THAI_MONTHS))})(?:คม|ยน|พันธ์)?"

_FULL = re.compile(
    rf"{_NOT_INSIDE}(?P<era>民國|令和|พ\.ศ\.)?\s?(?P<year>(?(era)[0-9]{{1,4}}|[0-9]{{2,4}})"
    rf"|[{_CN}]{{2,6}})\s?(?:[/.-]|年)\s?(?P<month>{_SMALL})\s?(?:[/.-]|月)\s?"
    rf"(?P<day>{_SMALL})(?:\s?[日號])?(?![0-9])"
)
_YEAR_LAST = re.compile(
    rf"{_NOT_INSIDE}(?P<first>[0-9]{{1,2}})/(?P<second>[0-9]{{1,2}})/(?P<year>20[0-9]{{2}}|25[0-9]{{2}})(?![0-9/])"
)
_MONTH_DAY = re.compile(rf"{_NOT_INSIDE}(?P<month>{_SMALL})\s?月\s?(?P<day>{_SMALL})\s?[日號]?(?![0-9])")
_SLASH = re.compile(rf"{_NOT_INSIDE}(?P<first>[0-9]{{1,2}})/(?P<second>[0-9]{{1,2}})(?![0-9/.])")
_DAY_ONLY = re.compile(
    rf"(?P<next>下個?月\s?)?(?<![0-9./路街巷弄段第{_CN}-])(?P<day>{_SMALL})\s?[號日](?![0-9之樓後內曜間])"
)
_RELATIVE = re.compile("|".join(sorted(_DAYS_AHEAD, key=len, reverse=True)))
_IN_DAYS = re.compile(
    rf"(?P<n>[0-9]{{1,3}}|[{_CN}兩]{{1,3}})\s?(?:天|日)[之以]?[後內]"
    rf"|(?<![a-z])in (?P<in>[0-9]{{1,3}}) days?|อีก\s?(?P<th>[0-9]{{1,3}})\s?วัน"
)
_CHINESE_WEEKDAY = re.compile(
    r"(?P<which>下下個?|下個?|這個?|本|上個?)?(?:週|星期|禮拜)(?P<day>[一二三四五六日天1-7])(?![0-9個盒箱罐])"
)
_JAPANESE_WEEKDAY = re.compile(
    r"(?P<which>再來週|來週|今週)?の?、?\s?(?P<day>[月火水木金土日])曜日?"
    r"|(?P<which2>再來週|來週|今週)の(?P<day2>[月火水木金土日])(?!曜)"
)
_ENGLISH_WEEKDAY = re.compile(
    rf"(?<![a-z])(?:(?P<which>next|this|on|by|coming)\s)?(?P<day>{'|'.join(_ENGLISH_WEEKDAYS)})(?![a-z])"
    r"|(?<![a-z])(?P<which2>next|this|on|by)\s(?P<day2>mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?![a-z])"
)
_THAI_WEEKDAY = re.compile(
    rf"วัน(?P<day>{'|'.join(_THAI_WEEKDAYS)})(?:บดี)?\s?(?P<which>(?:สัปดาห์|อาทิตย์)?หน้า|นี้)?"
)
_ENGLISH_DATE = re.compile(
    rf"(?<![a-z])(?P<m1>{_EN_MONTH})\s(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?(?![0-9:])(?!\s(?:boxe?s?|cases?"
    rf"|tins?|bags?|packs?|pieces?|pcs)(?![a-z]))"
    rf"|(?<![0-9])(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<m2>{_EN_MONTH})(?![a-z])"
)
_THAI_DATE = re.compile(
    rf"(?<![0-9])(?P<day>[0-9]{{1,2}})\s?(?P<month>{_TH_MONTH})(?:\s?(?P<year>25[0-9]{{2}}|20[0-9]{{2}}))?"
)


# 12/5（六）, Dec 5 (Sat): the weekday that goes with a date.
_WEEKDAY_SAID = re.compile(
    r"\s?[(（](?:週|星期|禮拜)?[一二三四五六日天月火水木金土](?:曜日?)?[)）]|\s?[(（](?:mon|tue|wed|thu|fri"
    r"|sat|sun)[a-z]{0,6}\.?[)）]"
)


def find_dates(folded: str, today: date, language: Language | None = None) -> tuple[DateMention, ...]:
    """The days named in a folded text, in the order of the text.

    3/12 is the third of December for a Thai and the twelfth of March for everybody else here.
    """
    mentions: list[DateMention] = []
    taken = folded
    for start, end, feast in holidays.find_feasts(folded, today):
        mentions.append(DateMention(start, end, feast))
        taken = taken[:start] + "\n" * (end - start) + taken[end:]
    for pattern, read in _READERS:
        for match in pattern.finditer(taken):
            day = read(match, today, language)
            weekday_said = _WEEKDAY_SAID.match(taken, match.end())
            end = weekday_said.end() if weekday_said else match.end()
            mentions.append(DateMention(match.start(), end, day))
            taken = taken[: match.start()] + "\n" * (end - match.start()) + taken[end:]
    return tuple(sorted(mentions, key=lambda mention: mention.start))


def _number(written: str) -> int:
    if written.isascii():
        return int(written)
    return numerals.chinese_number(written) or 0


def _real_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _coming(month: int, day: int, today: date) -> date | None:
    """The next such day; None when it is so far ahead that the day just gone was more likely meant."""
    for year in (today.year, today.year + 1):
        found = _real_day(year, month, day)
        if found and found >= today:
            return found if found - today <= _FAR_AHEAD else None
    return None


def _not_past(day: date | None, today: date) -> date | None:
    return day if day and today <= day <= today + timedelta(days=730) else None


def _read_full(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    year = _number(match["year"])
    if match["era"] == "令和":
        year += 2018
    elif year < 200:
        year += 1911
    elif year >= 2400:
        year -= 543
    return _not_past(_real_day(year, _number(match["month"]), _number(match["day"])), today)


def _read_month_day(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    return _coming(_number(match["month"]), _number(match["day"]), today)


def _read_slash(match: re.Match[str], today: date, language: Language | None) -> date | None:
    return _coming(*_month_and_day(match, language), today)


def _read_year_last(match: re.Match[str], today: date, language: Language | None) -> date | None:
    year = int(match["year"])
    return _not_past(_real_day(year - 543 if year >= 2500 else year, *_month_and_day(match, language)), today)


def _month_and_day(match: re.Match[str], language: Language | None) -> tuple[int, int]:
    month, day = int(match["first"]), int(match["second"])
    swapped = (language is Language.TH or month > 12) and day <= 12
    return (day, month) if swapped else (month, day)


def _read_day_only(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    day = _number(match["day"])
    this_month = day >= today.day and not match["next"]
    month = today if this_month else (today.replace(day=1) + timedelta(days=32))
    return _real_day(month.year, month.month, day)


def _read_relative(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    return today + timedelta(days=_DAYS_AHEAD[match[0]])


def _read_in_days(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    return today + timedelta(days=_number(match["n"] or match["in"] or match["th"]))


def _weekday(which: str, weekday: int, today: date) -> date | None:
    monday = today - timedelta(days=today.weekday())
    if which.startswith(("下下", "再來", fold("再来"))):
        return monday + timedelta(days=14 + weekday)
    if which.startswith(("下", "來", "next")) or which.endswith("หน้า"):
        return monday + timedelta(days=7 + weekday)
    if which.startswith(("這", "本", "今", "this")) or which == "นี้":
        # Said on a Sunday of a day that is over, it can only be the coming one.
        day = monday + timedelta(days=weekday)
        return day if day >= today else day + timedelta(days=7)
    if which.startswith("上"):
        return None
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _read_chinese_weekday(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    return _weekday(match["which"] or "", _WEEKDAYS[match["day"]], today)


def _read_japanese_weekday(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    written = match["day"] or match["day2"]
    weekday = 6 if written == "日" else _WEEKDAYS[written]
    return _weekday(match["which"] or match["which2"] or "", weekday, today)


def _read_english_weekday(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    written = match["day"] or match["day2"]
    weekday = next(place for place, name in enumerate(_ENGLISH_WEEKDAYS) if name.startswith(written[:3]))
    return _weekday(match["which"] or match["which2"] or "", weekday, today)


def _read_thai_weekday(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    return _weekday(match["which"] or "", _THAI_WEEKDAYS.index(match["day"]), today)


def _read_english_date(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    month = (match["m1"] or match["m2"])[:3]
    return _coming(_ENGLISH_MONTHS.index(month) + 1, int(match["d1"] or match["d2"]), today)


def _read_thai_date(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    month = next(place for place, name in enumerate(_THAI_MONTHS) if match["month"].startswith(name)) % 12 + 1
    if match["year"] is None:
        return _coming(month, int(match["day"]), today)
    year = int(match["year"])
    return _not_past(_real_day(year - 543 if year >= 2500 else year, month, int(match["day"])), today)


type _Reader = Callable[[re.Match[str], date, Language | None], date | None]


def _read_in_weeks(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    return holidays.read_in_weeks(match, today)


def _read_month_part(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    return holidays.read_month_part(match, today)


def _read_weekend(match: re.Match[str], today: date, _language: Language | None) -> date | None:
    return holidays.read_weekend(match, today)


_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_FULL, _read_full),
    (_YEAR_LAST, _read_year_last),
    (_THAI_DATE, _read_thai_date),
    (_ENGLISH_DATE, _read_english_date),
    (_MONTH_DAY, _read_month_day),
    (holidays.IN_WEEKS, _read_in_weeks),
    (_IN_DAYS, _read_in_days),
    (holidays.MONTH_PART, _read_month_part),
    (holidays.WEEKEND, _read_weekend),
    (_RELATIVE, _read_relative),
    (_JAPANESE_WEEKDAY, _read_japanese_weekday),
    (_CHINESE_WEEKDAY, _read_chinese_weekday),
    (_ENGLISH_WEEKDAY, _read_english_weekday),
    (_THAI_WEEKDAY, _read_thai_weekday),
    (_SLASH, _read_slash),
    (_DAY_ONLY, _read_day_only),
)
