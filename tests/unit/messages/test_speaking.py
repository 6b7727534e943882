"""Times, quantities, carriers and clamped text: the small pieces that every card is made of."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev.standins.line_checks import utf16_units
from storefront.domain.language import Language
from storefront.messages.carriers import carrier_called, tracking_address
from storefront.messages.flex import clamped, one_line
from storefront.messages.speaker import Speaker
from tests.unit.messages.scenes import JASMINE

ZH, EN, JA, TH = (Speaker.of(language) for language in Language)
LATE = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # half past midnight on Wednesday in Taipei


@pytest.mark.parametrize(
    ("speaker", "moment", "dated"),
    [
        (ZH, "11/25(三) 00:30", "2026/11/25(三)"),
        (EN, "Wed 25 Nov 00:30", "Wed 25 Nov 2026"),
        (JA, "11/25(水) 00:30", "2026/11/25(水)"),
        (TH, "พ. 25 พ.ย. 00:30", "พ. 25 พ.ย. 2569"),
    ],
)
def test_times_are_taipeis_and_written_as_readers_write_them(
    speaker: Speaker, moment: str, dated: str
) -> None:
    assert (speaker.moment(LATE), speaker.dated(LATE), speaker.clock(LATE)) == (moment, dated, "00:30")


@pytest.mark.parametrize("speaker", [ZH, EN, JA, TH])
def test_every_day_of_a_year_has_a_name_of_its_own(speaker: Speaker) -> None:
    days = {speaker.day(date.fromordinal(first)) for first in range(739_617, 739_617 + 365)}
    assert len(days) == 365


def test_quantities_have_their_unit_and_whole_packs_are_named() -> None:
    assert [speaker.counted(1, "box") for speaker in (ZH, EN, JA, TH)] == [
        "1 盒",
        "1 box",
        "1ボックス",
        "1 กล่อง",
    ]
    assert EN.counted(2_400, "box") == "2,400 boxes"
    assert EN.counted_with_pack(24, JASMINE, "box") == "24 boxes (2 cases)"
    assert EN.counted_with_pack(25, JASMINE, "box") == "25 boxes"
    assert EN.counted_with_pack(24, None, "box") == "24 boxes"


def test_a_carrier_is_known_by_id_and_by_any_of_its_names() -> None:
    by_id = carrier_called(" TCAT ")
    assert by_id is not None
    assert by_id.name(Language.ZH_TW) == "黑貓宅急便"
    assert carrier_called("黑貓宅急便") is by_id
    assert carrier_called("飛天物流") is None


@pytest.mark.parametrize(
    ("called", "number", "own", "address"),
    [
        (
            "tcat",
            "901234567890",
            None,
            ("https://www.t-cat.com.tw/Inquire/TraceDetail.aspx?BillID=901234567890", True),
        ),
        ("tcat", "not a number", None, ("https://www.t-cat.com.tw/Inquire/Trace.aspx", False)),
        ("seven", "E123", None, ("https://eservice.7-11.com.tw/e-tracking/search.aspx", False)),
        ("tcat", "1", "https://track.example/1?a=b", ("https://track.example/1?a=b", True)),
        (None, None, "https://track.example/追蹤", ("https://track.example/%E8%BF%BD%E8%B9%A4", True)),
        (None, "1", "http://track.example/1", None),
        (None, "1", "javascript:alert(1)", None),
        (None, "1", "https://a b.example/", None),
        (None, "1", "https://track.example/" + "a" * 1_000, None),
        ("飛天物流", "1", None, None),
        (None, None, None, None),
    ],
)
def test_where_a_parcel_can_be_followed(
    called: str | None, number: str | None, own: str | None, address: tuple[str, bool] | None
) -> None:
    assert tracking_address(called, number, own) == address


@given(st.text(max_size=80), st.integers(min_value=1, max_value=60))
def test_clamped_text_fits_and_is_left_alone_when_it_does(written: str, most: int) -> None:
    short = clamped(written, most)
    assert utf16_units(short) <= most
    assert short == written or short.endswith("…")
    assert (short == written) is (utf16_units(written) <= most)


@given(st.text(max_size=400))
def test_one_line_is_one_printable_line(written: str) -> None:
    line = one_line(written, 100)
    assert line
    assert line.isprintable()
    assert utf16_units(line) <= 100
