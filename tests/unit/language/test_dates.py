"""Wished days, said on a Sunday: weeks start on Monday, so that 下週三 is three days off."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.language import Language
from storefront.language.dates import DateMention, find_dates
from storefront.language.text import clean, fold

SUNDAY = date(2026, 11, 22)

SAID = {
    date(2026, 11, 22): "今天 今日 today วันนี้ 這週日 这周日 星期天",
    date(2026, 11, 23): "明天 明日 tomorrow พรุ่งนี้ 下週一 星期一 禮拜1",
    date(2026, 11, 24): "後天 后天 明後日 あさって 来週の火曜日 来週火曜",
    date(2026, 11, 25): "下週三 下周三 下禮拜三 下個星期三 週三 大後天 三天後 3天后 วันพุธ วันพุธหน้า 水曜日",
    date(2026, 12, 2): "下下週三 再来週の水曜日",
    date(2026, 12, 3): (
        "12/3 12月3日 12月3號 十二月三號 3號 "
        "民國115年12月3日 115/12/3 2026-12-03 2026/12/3 令和8年12月3日 12/3/2026 3日"
    ),
    date(2026, 12, 25): "12/25 25/12 十二月廿五日",
    date(2027, 1, 5): "1/5 1月5日 2027.1.5",
}
PHRASES = {
    "next wednesday": date(2026, 11, 25),
    "on friday": date(2026, 11, 27),
    "this sun": date(2026, 11, 22),
    "the day after tomorrow": date(2026, 11, 24),
    "in 3 days": date(2026, 11, 25),
    "dec 3": date(2026, 12, 3),
    "3rd of December": date(2026, 12, 3),
    "3 ธันวาคม 2569": date(2026, 12, 3),
    "3 ธ.ค.": date(2026, 12, 3),
    "อีก 3 วัน": date(2026, 11, 25),
    "下個月 3 號": date(2026, 12, 3),
    "月底": date(2026, 11, 30),
    "下個月底": date(2026, 12, 31),
    "下個月初": date(2026, 12, 1),
    "the end of the month": date(2026, 11, 30),
    "สิ้นเดือน": date(2026, 11, 30),
    "週末": date(2026, 11, 28),
    "下週末": date(2026, 11, 28),
    "next weekend": date(2026, 11, 28),
    "兩個禮拜後": date(2026, 12, 6),
    "in two weeks": date(2026, 12, 6),
    "五天內": date(2026, 11, 27),
    "這週五": date(2026, 11, 27),
    "今週の金曜日": date(2026, 11, 27),
    "12/5（六）": date(2026, 12, 5),
    "dec 5 (sat)": date(2026, 12, 5),
    "聖誕節前": date(2026, 12, 24),
    "before christmas": date(2026, 12, 24),
    "ก่อนคริสต์มาส": date(2026, 12, 24),
    "クリスマスまでに": date(2026, 12, 25),
    "過年前": date(2027, 2, 5),
    "元旦前": date(2026, 12, 31),
    "平安夜當天要": date(2026, 12, 24),
    "中秋節前": date(2027, 9, 14),
}


@pytest.mark.parametrize(
    ("said", "day"),
    [(said, day) for day, texts in SAID.items() for said in texts.split()] + list(PHRASES.items()),
)
def test_a_day_is_understood(said: str, day: date) -> None:
    folded = fold(clean(said))
    assert find_dates(folded, SUNDAY) == (DateMention(0, len(folded), day),)


def test_the_day_comes_before_the_month_for_thais() -> None:
    assert find_dates("3/12", SUNDAY, Language.TH)[0].day == date(2026, 12, 3)
    assert find_dates("3/12", SUNDAY, Language.EN)[0].day == date(2027, 3, 12)


@pytest.mark.parametrize(
    "said", ["2/30", "13/45", "11/20", "2020-01-01", "上週三", "9999/12/31", "民國1年1月1日"]
)
def test_a_day_that_is_none_or_gone_is_noticed_but_not_wished(said: str) -> None:
    assert [mention.day for mention in find_dates(fold(said), SUNDAY)] == [None]


@pytest.mark.parametrize(
    "said",
    [
        "7-11",
        "sun cake",
        "3 days",
        "中秋送禮",
        "聖誕禮物",
        "過年快樂",
        "maybe 8",
        "march on",
        "45號樓",
        "市府路45號",
        "wed",
        "1.5",
        "",
        "下週",
    ],
)
def test_what_is_no_day_is_left_alone(said: str) -> None:
    assert find_dates(fold(said), SUNDAY) == ()


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from("一二三四五六日"))
def test_next_week_is_the_week_after_this_one(today: date, weekday: str) -> None:
    (mention,) = find_dates(f"下週{weekday}", today)
    assert mention.day is not None
    assert 1 <= (mention.day - today).days <= 13
    assert mention.day.isocalendar().week != today.isocalendar().week


@given(
    st.text(alphabet="0123456789/.-年月日號週下民國一二三十 天後mondaydec"),
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
)
def test_any_text_can_be_searched_for_days(text: str, today: date) -> None:
    for mention in find_dates(fold(clean(text)), today):
        assert mention.day is None or mention.day >= today
