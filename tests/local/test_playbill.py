"""The playbill: every scenario says in both languages what happens, and its steps are read from itself."""

import re

from dev.playbill import Group, playbill


def test_every_scenario_says_in_both_languages_what_happens() -> None:
    billed = playbill()
    assert len(billed) > 30
    for name, entry in billed.items():
        assert len(entry.english.split()) > 5, name
        assert not re.search(r"[一-鿿]", entry.english), name
        assert 2 <= len(entry.about.title) <= 12, name
        assert re.fullmatch(r"[^\n]*[一-鿿][^\n]*。", entry.about.what_happens), name
    titles = [entry.about.title for entry in billed.values()]
    assert len(set(titles)) == len(titles)


def test_a_newcomers_scenario_comes_first() -> None:
    first, *others = playbill()
    assert first == "happy"
    assert others == sorted(others)


def test_every_group_has_scenarios() -> None:
    assert {entry.about.group for entry in playbill().values()} == set(Group)


def test_the_steps_are_those_that_the_scenario_announces() -> None:
    billed = playbill()
    assert billed["happy"].steps == ("詢價", "接受報價", "付款", "出貨", "查詢")
    assert [name for name, entry in billed.items() if not entry.steps] == []


def test_what_waits_for_the_clock_of_the_shop_says_so() -> None:
    waiting = {name for name, entry in playbill().items() if entry.by_the_clock}
    assert waiting == {"abandoned", "declined", "expiry", "never_returns", "reminder"}


def test_the_english_title_is_the_name() -> None:
    assert playbill()["last_five_tins"].english_title == "Last five tins"
