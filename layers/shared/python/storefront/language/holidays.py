"""Days that people name instead of dating them: 月底, 週末, 聖誕節前, end of the month, クリスマス, ก่อนปีใหม่."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from storefront.language.text import fold

# The days of the lunar calendar that people give presents on, as the solar calendar has them.
_LUNAR: Final = {
    "new_year": ("2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03", "2031-01-23", "2032-02-11"),
    "dragon_boat": ("2026-06-19", "2027-06-09", "2028-05-28", "2029-06-16", "2030-06-05", "2031-06-24"),
    "mid_autumn": ("2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22", "2030-09-12", "2031-10-01"),
}
_FIXED: Final = {
    "christmas_eve": (12, 24),
    "christmas": (12, 25),
    "last_day": (12, 31),
    "first_day": (1, 1),
    "valentine": (2, 14),
    "fathers_day": (8, 8),
    "national_day": (10, 10),
}
_NAMES: Final = {
    "christmas_eve": "平安夜|聖誕夜|christmas eve|クリスマスイブ|คืนคริสต์มาสอีฟ",
    "christmas": "聖誕節?|耶誕節?|christmas|xmas|クリスマス|คริสต์มาส",
    "last_day": "跨年|除夕夜?跨年|new year'?s eve|大晦日|วันสิ้นปี",
    "first_day": "元旦|新年(?!度)|new year'?s?(?: day)?|元日|お?正月|ปีใหม่",
    "valentine": "西洋情人節|情人節|valentine'?s?(?: day)?|バレンタイン(?:デー)?|วาเลนไทน์",
    "fathers_day": "父親節|爸爸節",
    "national_day": "雙十節?|國慶日?",
    "new_year": "過年|農曆年|農曆新年|春節|大年初一|chinese new year|lunar new year|cny|春節|旧正月|ตรุษจีน",
    "dragon_boat": "端午節?|dragon boat(?: festival)?",
    "mid_autumn": "中秋節?|mid[- ]autumn(?: festival)?|moon festival|ไหว้พระจันทร์",
}
_FEAST: Final = re.compile("|".join(f"(?P<{name}>{fold(words)})" for name, words in _NAMES.items()))
# A feast is a day of delivery only when the words say so: 中秋送禮 is what a present is for.
_BEFORE_IT: Final = re.compile(r"(?:(?<![a-z])(?:before|ahead of)|ก่อน)\s?(?:the )?(?:วัน)?\s?$")
_ON_IT: Final = re.compile(r"(?:(?<![a-z])(?:by|on|for|until|in time for)|ภายใน|วัน)\s?(?:the )?$")
_BEFORE_IT_BEHIND: Final = re.compile(r"\s?(?:[之以]?前|の前)")
_ON_IT_BEHIND: Final = re.compile(
    fold(r"\s?(?:當天|那天|當日)?(?:要|到貨|送達|送到|收到|寄到|配送|当日|に届|に着|着)|\s?までに?")
)
MONTH_PART: Final = re.compile(
    "(?P<which>下下個?|下個?|這個?|本)?月(?P<part>底|初|中)|(?P<end_en>(?:the )?end of (?:the|this) month"
    "|month[- ]?end)"
    "|(?P<next_en>(?:the )?end of next month)|(?P<ja>今月末|來月末|月末)|(?P<th>สิ้นเดือน(?P<th_next>หน้า)?)"
)
WEEKEND: Final = re.compile(
    "(?P<which>下下個?|下個?|這個?|本)?(?:週末|禮拜週末)|(?P<next_en>next )?(?<![a-z])(?:this "
    "|the )?weekend(?![a-z])"
    "|(?P<ja>來週末|今週末|週末)|สุดสัปดาห์(?P<th>หน้า)?"
)
IN_WEEKS: Final = re.compile(
    "(?P<n>[0-9]{1,2}|[一二三四兩])\\s?個?(?:週|星期|禮拜)(?:之|以)?後|(?<![a-z])in (?P<en>a|one|two|three"
    "|four|[0-9]{1,2}) weeks?"
    "|(?P<ja>[0-9]{1,2}|[一二三四])週間後|อีก\\s?(?P<th>[0-9]{1,2}|หนึ่ง|สอง|สาม)\\s?(?:สัปดาห์|อาทิตย์)"
)
_WEEKS: Final = {
    **{"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "หนึ่ง": 1, "สอง": 2, "สาม": 3},
    **{"一": 1, "二": 2, "兩": 2, "三": 3, "四": 4},
}


def find_feasts(folded: str, today: date) -> Iterator[tuple[int, int, date | None]]:
    """Where a feast is named as a day to deliver by, and which day that is: the next such feast, or the day before."""
    for match in _FEAST.finditer(folded):
        lead = folded[max(0, match.start() - 16) : match.start()]
        before = _BEFORE_IT.search(lead)
        begins = before or _ON_IT.search(lead)
        before_behind = _BEFORE_IT_BEHIND.match(folded, match.end())
        ends = before_behind or _ON_IT_BEHIND.match(folded, match.end())
        if begins or ends:
            day = _next_feast(match.lastgroup or "", today)
            if day and (before or before_behind):
                day -= timedelta(days=1)
            start = match.start() - len(lead) + begins.start() if begins else match.start()
            yield start, ends.end() if ends else match.end(), day


def _next_feast(name: str, today: date) -> date | None:
    if name in _FIXED:
        month, day = _FIXED[name]
        this_year = date(today.year, month, day)
        return this_year if this_year > today else date(today.year + 1, month, day)
    days = (date.fromisoformat(written) for written in _LUNAR[name])
    return next((day for day in days if day > today), None)


def read_month_part(match: re.Match[str], today: date) -> date | None:
    """The last day of a month, its 15th, or the first of the coming one for its beginning."""
    which = match["which"] or ""
    ahead = 2 if which.startswith("下下") else 1 if which.startswith("下") else 0
    if match["next_en"] or match["th_next"] or (match["ja"] or "").startswith("來"):
        ahead = 1
    part = match["part"] or "底"
    day = {"初": 1, "中": 15}.get(part)
    found = _in_month(today, ahead, day)
    return found if found >= today else _in_month(today, ahead + 1, day)


def _in_month(today: date, ahead: int, day: int | None) -> date:
    months = today.year * 12 + today.month - 1 + ahead
    year, month = months // 12, months % 12 + 1
    return date(year, month, day or monthrange(year, month)[1])


def read_weekend(match: re.Match[str], today: date) -> date:
    """The Saturday of that week, or the coming one."""
    monday = today - timedelta(days=today.weekday())
    which = match["which"] or ""
    if which.startswith("下下"):
        return monday + timedelta(days=19)
    if which.startswith("下") or match["next_en"] or match["th"] or (match["ja"] or "").startswith("來"):
        return monday + timedelta(days=12)
    saturday = monday + timedelta(days=5)
    return saturday if saturday >= today else saturday + timedelta(days=7)


def read_in_weeks(match: re.Match[str], today: date) -> date:
    """So many weeks from today."""
    written = match["n"] or match["en"] or match["ja"] or match["th"]
    return today + timedelta(weeks=_WEEKS.get(written) or int(written))
