"""Quantities in four languages: whole numbers from 1 to 9,999, and a reason for everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.language import Language
from storefront.language.numerals import chinese_number, english_number, thai_number
from storefront.language.quantities import (
    MAX_QUANTITY,
    Refusal,
    RefusedQuantity,
    find_quantities,
    read_quantity,
)
from storefront.language.text import clean, fold

READ = {
    1: "1 一 １ 一個 1盒 ひとつ 一つ หนึ่ง ๑ 壹盒",
    2: "2 二 兩盒 两盒 二個 ふたつ สอง two 2缶 2pcs 2️⃣",
    6: "半打 6 半ダース ครึ่งโหล 六盒",
    12: "12 十二 一打 １２ ๑๒ สิบสอง 十二盒 1ダース 1โหล twelve",
    20: "20 二十 廿 twenty ยี่สิบ 貳拾 廿盒",
    35: "35 卅五 三十五 thirty-five สามสิบห้า",
    120: "120 一百二十 百二 一百二 120盒 百二盒",
    205: "205 兩百零五 二百〇五",
    1200: "1200 1,200 一千兩百 １，２００ 一千二",
    9999: "9999 9,999 九千九百九十九",
}
PHRASES = {
    "half a dozen": 6,
    "two dozen": 24,
    "one hundred and twenty boxes": 120,
    "a box": 1,
    "2 dozen cases": 24,
    "3 more boxes": 3,
    "สองกล่อง": 2,
    "三盒，謝謝": 3,
    "3 盒就好": 3,
    "007": 7,
    "833 dozen": 833 * 12,
}
REFUSED = {
    Refusal.ZERO: "0 零 〇 0盒 ０ ศูนย์ zero 00",
    Refusal.NEGATIVE: "-3 -3盒 負三盒 −2 -0",
    Refusal.FRACTION: "3.5 三點五箱 ½ 2½ 1/2盒 半箱 一箱半 兩盒半 ３．５ ครึ่งลัง 0.5 3.0",
    Refusal.TOO_LARGE: "10000 一萬 1萬盒 99999999999999999999 10,000盒 兩萬盒 三億",
    Refusal.APPROXIMATE: "三五盒 兩三盒 2-3盒 2~3盒 十幾盒 十來盒 三十多盒 幾十盒 2到3盒 一二三盒",
    Refusal.NOT_A_NUMBER: "1_000 1e9 ² 2² ٣ 1.2.3 1,00 十十盒 NaN inf 0x10 True 鳳梨酥 1e-3 ४",
}


@pytest.mark.parametrize(
    ("text", "value"),
    [(text, value) for value, texts in READ.items() for text in texts.split()],
)
def test_a_quantity_is_read(text: str, value: int) -> None:
    assert read_quantity(text) == value


@pytest.mark.parametrize(("text", "value"), PHRASES.items())
def test_a_quantity_in_several_words_is_read(text: str, value: int) -> None:
    assert read_quantity(text) == value


@pytest.mark.parametrize(
    ("text", "reason"), [(text, reason) for reason, texts in REFUSED.items() for text in texts.split()]
)
def test_what_is_no_quantity_is_refused_with_its_reason(text: str, reason: Refusal) -> None:
    assert read_quantity(text) == RefusedQuantity(clean(text), reason)


@pytest.mark.parametrize("text", ["three point five", "minus 3", "two and a half boxes"])
def test_words_that_make_a_number_unusable_are_heard(text: str) -> None:
    assert isinstance(read_quantity(text), RefusedQuantity)


def test_too_many_dozens_are_refused() -> None:
    assert read_quantity("834 dozen") == RefusedQuantity("834 dozen", Refusal.TOO_LARGE)


def test_two_quantities_are_not_one() -> None:
    assert read_quantity("2盒 3盒") == RefusedQuantity("2盒 3盒", Refusal.NOT_A_NUMBER)


@pytest.mark.parametrize(
    "text",
    [
        "我們一起去",
        "統一超商",
        "第一次",
        "三明治",
        "10%",
        "500g",
        "A4",
        "3樓",
        "十分感謝",
        "萬一",
        "one more thing",
        "สามารถ",
        "3人",
        "一個月",
        "三天",
        "5折",
        "2位",
        "千萬不要",
        "a question",
        "v2",
    ],
)
def test_numbers_that_count_nothing_for_sale_are_no_quantities(text: str) -> None:
    assert find_quantities(fold(clean(text)), None) == ()


def test_a_mention_knows_its_place_and_what_its_unit_may_mean() -> None:
    (chinese,) = find_quantities("要 3 箱", Language.ZH_TW)
    (japanese,) = find_quantities("3箱", Language.JA)
    assert (chinese.start, chinese.end, chinese.value, chinese.unit) == (2, 5, 3, ("case",))
    assert (japanese.value, japanese.unit) == (3, ("box", "case"))


@given(st.integers(1, MAX_QUANTITY))
def test_chinese_numerals_are_read_back(value: int) -> None:
    digits = "零一二三四五六七八九"
    written = ""
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // power % 10
        if digit:
            written += digits[digit] + name
        elif written and value % power and not written.endswith("零"):
            written += "零"
    assert chinese_number(written) == value
    assert read_quantity(written + "盒") == value


@pytest.mark.parametrize(
    ("run", "value"),
    [("十", 10), ("百", 100), ("廿五", 25), ("百廿", 120), ("一二〇", 120), ("一萬二", 10002), ("", None)],
)
def test_short_forms_of_chinese_numbers(run: str, value: int | None) -> None:
    assert chinese_number(run) == value


@pytest.mark.parametrize("run", ["三五", "十十", "百千", "一" * 13, "三零零五", "二廿"])
def test_what_is_no_chinese_number(run: str) -> None:
    assert chinese_number(run) in {None, 3005}


@pytest.mark.parametrize(
    ("run", "value"),
    [
        ("twenty-five", 25),
        ("one hundred and twenty", 120),
        ("two thousand five", 2005),
        ("twenty twenty", None),
        ("x", None),
    ],
)
def test_english_numbers(run: str, value: int | None) -> None:
    assert english_number(run) == value


@pytest.mark.parametrize(
    ("run", "value"), [("สิบเอ็ด", 11), ("ยี่สิบ", 20), ("ร้อยห้าสิบ", 150), ("สองพัน", 2000), ("สองสาม", None)]
)
def test_thai_numbers(run: str, value: int | None) -> None:
    assert thai_number(run) == value


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    value = read_quantity(text)
    assert isinstance(value, RefusedQuantity) or 1 <= value <= MAX_QUANTITY


@given(st.text(alphabet="0123456789๐๑٣²½.,_-+eE/點半一二三百千萬幾打dozenhalf盒 箱"))
def test_any_mixture_of_digits_and_units_is_read_or_refused(text: str) -> None:
    for mention in find_quantities(fold(clean(text)), None):
        assert (mention.value is None) is (mention.refusal is not None)
        assert mention.value is None or 1 <= mention.value <= MAX_QUANTITY
        assert mention.start < mention.end
