"""Cleaning what customers type, and telling which language it is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.language import Language
from storefront.language.text import MAX_CHARACTERS, clean, fold, language_of


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("ＡＢＣ１２３", "ABC123"),
        ("鳳梨酥\u3000２盒", "鳳梨酥 2盒"),
        ("  a \t b  ", "a b"),
        ("a\r\n\r\n\nb", "a\nb"),
        ("鳳\u200b梨\u202e酥\ufeff", "鳳梨酥"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("a\u2028b", "a\nb"),
        ("\ud800鳳梨酥\udfff", "鳳梨酥"),
        ("2² ½ ①", "2² ½ ①"),
        ("鳳梨酥2，3盒", "鳳梨酥2，3盒"),
        ("１，２００", "1,200"),
        ("3️⃣盒", "3盒"),
        ("ﾀﾋﾟｵｶ", "タピオカ"),
        ("น้ำชา", "น้ำชา"),
        ("👩\u200d👧 a\u200db", "👩\u200d👧 ab"),
        ("a" + "\u0301" * 50, unicodedata.normalize("NFC", "a\u0301\u0301\u0301")),
        ("\u3164\u2800 ", ""),
    ],
)
def test_text_is_cleaned(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned


@given(st.text(max_size=300), st.integers(0, 100))
def test_clean_text_is_short_encodable_and_visible(written: str, limit: int) -> None:
    cleaned = clean(written, limit)
    assert len(cleaned) <= limit
    assert cleaned.encode().decode() == cleaned
    assert "  " not in cleaned
    assert "\n\n" not in cleaned
    hidden = {letter for letter in cleaned if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co"}}
    assert hidden <= {"\n", "\u200d"}


@pytest.mark.parametrize("flood", ["\ufdfa", "\u0301\u0323", "👩\u200d", "\u202e", "\ud800", " \n"])
def test_a_flood_is_cut_to_the_limit(flood: str) -> None:
    assert len(clean(flood * MAX_CHARACTERS)) <= MAX_CHARACTERS


@given(st.text(max_size=100))
def test_folding_keeps_every_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("simplified", "traditional"),
    [
        ("凤梨酥", "鳳梨酥"),
        ("太阳饼", "太陽餅"),
        ("绿茶", "緑茶"),
        ("双层玻璃杯", "雙層玻璃杯"),
        ("乌龙", "烏龍"),
        ("台北", "臺北"),
    ],
)
def test_forms_of_one_character_are_folded_together(simplified: str, traditional: str) -> None:
    assert fold(simplified) == fold(traditional)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我要鳳梨酥兩盒", Language.ZH_TW),
        ("鳳梨酥", Language.ZH_TW),
        ("我要アッサム紅茶三盒", Language.ZH_TW),
        ("鳳梨酥の禮盒", Language.ZH_TW),
        ("我要 2 tins oolong", Language.ZH_TW),
        ("鳳梨酥 ok", Language.ZH_TW),
        ("太陽餅 3箱ください", Language.JA),
        ("注文状況", Language.JA),
        ("ウーロン茶", Language.JA),
        ("ขอชาเขียวมะลิ 2 กล่อง", Language.TH),
        ("ขอ 鳳梨酥 2 กล่อง", Language.TH),
        ("2 boxes of sun cakes", Language.EN),
        ("I want to buy 2 boxes of 鳳梨酥", Language.EN),
        ("hello", Language.EN),
        ("ok", None),
        ("hi", None),
        ("A7K3Q-9XM2T", None),
        ("/ABC1234", None),
        ("0912345678", None),
        ("7-ELEVEN", None),
        ("https://example.com/order", None),
        ("😀👍", None),
        ("", None),
    ],
)
def test_the_language_of_a_text_is_told_by_its_letters(text: str, language: Language | None) -> None:
    assert language_of(text) is language


@given(st.text())
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert language_of(text) in {None, *Language}
