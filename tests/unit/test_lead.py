"""Leads: more signals never cool one, time never warms one, and the score has its bounds."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.lead import Grade, Heard, Lead, LeadRules, Signal, score
from storefront.settings import Settings

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
RULES: LeadRules = Settings({}).lead_rules

moments = st.integers(0, 60 * 24 * 30).map(lambda minutes: NOW - timedelta(minutes=minutes))
signals = st.builds(Heard, signal=st.sampled_from(Signal), at=moments, sku=st.sampled_from(["", "A", "B"]))
many = st.one_of(st.lists(signals, max_size=12), st.lists(signals, min_size=38, max_size=60)).map(
    lambda heard: sorted(heard, key=lambda each: each.at)
)


def lead(*signals: Signal, sku: str = "A", at: datetime = NOW) -> Lead:
    return Lead("customer").hearing([Heard(signal, at, sku) for signal in signals], RULES)


def test_the_rules_of_the_demo_shop_grade_what_people_do() -> None:
    graded = {
        "nothing": Lead("customer").grade_at(NOW, RULES),
        "a look": lead(Signal.VIEW).grade_at(NOW, RULES),
        "two looks and a price": lead(Signal.VIEW, Signal.VIEW, Signal.PRICE_QUESTION).grade_at(NOW, RULES),
        "a sample": lead(Signal.SAMPLE).grade_at(NOW, RULES),
        "much of it": lead(Signal.LARGE_QUANTITY).grade_at(NOW, RULES),
        "a sample and much of it": lead(Signal.SAMPLE, Signal.LARGE_QUANTITY).grade_at(NOW, RULES),
    }
    assert graded == {
        "nothing": Grade.COLD,
        "a look": Grade.COLD,
        "two looks and a price": Grade.WARM,
        "a sample": Grade.WARM,
        "much of it": Grade.WARM,
        "a sample and much of it": Grade.HOT,
    }


def test_a_second_look_at_the_same_product_weighs_more_than_one_at_another() -> None:
    same = lead(Signal.VIEW, Signal.VIEW)
    other = lead(Signal.VIEW).hearing([Heard(Signal.VIEW, NOW, "B")], RULES)
    late = lead(Signal.VIEW).hearing([Heard(Signal.VIEW, NOW + timedelta(hours=73), "A")], RULES)
    assert [each.signal for each in same.heard] == [Signal.VIEW, Signal.REPEATED_VIEW]
    assert [each.signal for each in (*other.heard, *late.heard)] == [Signal.VIEW] * 4


def test_points_halve_with_every_half_life() -> None:
    sample = lead(Signal.SAMPLE)
    scores = [sample.score_at(NOW + timedelta(hours=48 * times), RULES) for times in range(4)]
    assert scores == [30, 15, 7, 3]


def test_what_staff_were_told_is_remembered_for_its_time() -> None:
    told = Lead("customer").telling("hot", NOW)
    assert told.was_told("hot", NOW + timedelta(hours=23), 24)
    assert not told.was_told("hot", NOW + timedelta(hours=24), 24)
    assert not told.was_told("sample", NOW, 24)
    assert len(told.telling("hot", NOW).told) == 1
    for number in range(20):
        told = told.telling(f"question:{number}", NOW)
    assert len(told.told) == 10


def test_of_too_many_signals_the_lightest_go() -> None:
    sample = Heard(Signal.SAMPLE, NOW - timedelta(hours=1), "A")
    questions = [Heard(Signal.QUESTION, NOW, "A") for _ in range(RULES.remembered)]
    kept = Lead("customer").hearing([sample, *questions], RULES)
    assert kept.heard == (sample, *questions[1:])


@given(many, signals)
def test_one_more_signal_never_lowers_the_score(heard: list[Heard], more: Heard) -> None:
    newest = replace(more, at=NOW)
    before = Lead("customer").hearing(heard, RULES)
    after = before.hearing([newest], RULES)
    assert after.score_at(NOW, RULES) >= before.score_at(NOW, RULES)


@given(many, st.integers(0, 10_000))
def test_time_never_raises_the_score(heard: list[Heard], hours: int) -> None:
    assert score(heard, NOW + timedelta(hours=hours), RULES) <= score(heard, NOW, RULES)


@given(many)
def test_the_score_and_the_row_have_their_bounds(heard: list[Heard]) -> None:
    kept = Lead("customer").hearing(heard, RULES)
    assert 0 <= kept.score_at(NOW, RULES) <= RULES.most
    assert len(kept.heard) == min(len(heard), RULES.remembered)
    assert list(kept.heard) == sorted(kept.heard, key=lambda each: each.at)


@given(many)
def test_in_the_end_every_lead_is_cold(heard: list[Heard]) -> None:
    kept = Lead("customer").hearing(heard, RULES)
    assert kept.grade_at(NOW + timedelta(days=365), RULES) is Grade.COLD
