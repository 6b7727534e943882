"""Which slips of the finger leave no doubt about a name, and which make another thing of it."""

import pytest

from storefront.language.misspellings import is_misspelt, slips


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("鳳黎酥", "鳳梨酥"),
        ("太楊餅", "太陽餅"),
        ("阿薩母紅茶", "阿薩姆紅茶"),
        ("pinapple cake", "pineapple cake"),
        ("jasmin gren tea", "jasmine green tea"),
        ("sesame oli", "sesame oil"),
        ("sun cakes", "sun cake"),
        ("パイナプルケーキ", "パイナップルケーキ"),
        ("タピオ力", "タピオカ"),
        ("ウーロソ茶", "ウーロン茶"),
        ("พายสบปะรส", "พายสบปะรด"),
    ],
)
def test_a_slip_leaves_no_doubt(written: str, name: str) -> None:
    assert is_misspelt(written, name)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("鳳凰酥", "鳳梨酥"),
        ("烏龍麵", "烏龍茶"),
        ("被子", "杯子"),
        ("bun cake", "sun cake"),
        ("son cake", "sun cake"),
        ("grass", "glass"),
        ("money", "honey"),
        ("handle", "candle"),
        ("black bean tea", "black tea"),
        ("グラム", "グラス"),
        ("紅茶", "綠茶"),
    ],
)
def test_another_thing_stays_another_thing(written: str, name: str) -> None:
    assert not is_misspelt(written, name)


def test_slips_are_counted_up_to_a_bound() -> None:
    assert [slips("oolong", other, 2) for other in ("oolong", "oolng", "oloong", "olng", "tea")] == [
        0,
        1,
        1,
        2,
        3,
    ]
