"""Negotiation: meet, counter or call a person; never below the floor, never upwards, never without an end."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from storefront.contracts.house_rules import NegotiationFile, negotiation_rules
from storefront.domain.negotiation import (
    MAX_ROUNDS,
    Decision,
    HaggleRules,
    NegotiationRules,
    Position,
    QuantityStep,
    Reason,
    StepOffer,
    Verdict,
    decide,
    for_total,
)

TEA_RULES = HaggleRules(rounds=2, concession=6, step=QuantityStep(12, 3))
RULES = NegotiationRules(usual=HaggleRules(), products={"TEA": TEA_RULES})


def tea(price: int = 171, quantity: int = 36) -> Position:
    return Position("TEA", quantity, price, 171, 140, TEA_RULES)


def cake(price: int = 360) -> Position:
    return Position("CAKE", 2, price, 360, 290, HaggleRules(rounds=1, percent=5))


def said(asked: Mapping[str, int] | None, *, round_number: int = 1, price: int = 171) -> Decision:
    return decide([tea(price)], asked, round_number, 6156, RULES)


# One answer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "round_number", "answer"),
    [
        (None, 1, Decision(Verdict.COUNTER, Reason.BEST_OF_ROUND, {"TEA": 165})),
        (None, 2, Decision(Verdict.COUNTER, Reason.BEST_OF_ROUND, {"TEA": 159}, last=True)),
        ({"TEA": 168}, 1, Decision(Verdict.MEET, Reason.WITHIN_RULES, {"TEA": 168})),
        ({"TEA": 165}, 1, Decision(Verdict.MEET, Reason.WITHIN_RULES, {"TEA": 165})),
        ({"TEA": 164}, 1, Decision(Verdict.COUNTER, Reason.BEST_OF_ROUND, {"TEA": 165})),
        ({"TEA": 140}, 1, Decision(Verdict.COUNTER, Reason.BEST_OF_ROUND, {"TEA": 165})),
        ({"TEA": 159}, 2, Decision(Verdict.MEET, Reason.WITHIN_RULES, {"TEA": 159}, last=True)),
        ({"TEA": 139}, 1, Decision(Verdict.REFER, Reason.BELOW_FLOOR, {"TEA": 139})),
        ({"TEA": 70}, 1, Decision(Verdict.REFER, Reason.BELOW_FLOOR, {"TEA": 70})),
        ({"TEA": 69}, 1, Decision(Verdict.COUNTER, Reason.BEST_OF_ROUND, {"TEA": 165})),
        ({"TEA": 160}, 3, Decision(Verdict.REFER, Reason.ROUNDS_USED, {"TEA": 160})),
        (None, 3, Decision(Verdict.REFER, Reason.ROUNDS_USED, {"TEA": 165})),
        ({"TEA": 171}, 1, Decision(Verdict.ALREADY, Reason.WITHIN_RULES)),
        ({"TEA": 200}, 1, Decision(Verdict.ALREADY, Reason.WITHIN_RULES)),
        ({"CAKE": 100}, 1, Decision(Verdict.ALREADY, Reason.WITHIN_RULES)),
    ],
)
def test_the_answer_to_one_wish(asked: Mapping[str, int] | None, round_number: int, answer: Decision) -> None:
    assert said(asked, round_number=round_number) == answer


def test_at_the_floor_a_person_decides_about_the_next_step() -> None:
    assert said(None, price=140) == Decision(Verdict.REFER, Reason.AT_FLOOR, {"TEA": 134})


def test_a_large_quote_is_a_person_s_matter_from_the_first_word_on() -> None:
    assert decide([tea()], {"TEA": 170}, 1, 50_001, RULES) == Decision(
        Verdict.REFER, Reason.LARGE_TOTAL, {"TEA": 170}
    )
    assert decide([tea()], {"TEA": 170}, 1, 50_000, RULES).verdict is Verdict.MEET


def test_the_line_that_can_give_gives_and_the_other_stays() -> None:
    answer = decide([tea(159), cake()], None, 1, 1000, RULES)

    assert answer == Decision(Verdict.COUNTER, Reason.BEST_OF_ROUND, {"CAKE": 342}, last=True)


# Quantity steps, totals -----------------------------------------------------------------------------------


def test_a_few_more_units_make_each_cheaper_down_to_the_floor() -> None:
    assert tea(165).stepped() == StepOffer("TEA", 48, 162)
    assert tea(141).stepped() == StepOffer("TEA", 48, 140)
    assert tea(140).stepped() is None
    assert tea(165, quantity=9_990).stepped() is None
    assert cake().stepped() is None


def test_a_total_is_shared_by_what_the_lines_can_give() -> None:
    lines = [tea(), cake()]
    worth = 36 * 171 + 2 * 360

    shared = for_total(lines, 60, worth + 60 - 100, 1)

    assert shared == {"TEA": 168, "CAKE": 352}
    assert worth - 100 >= 36 * 168 + 2 * 352
    assert for_total(lines, 60, worth + 60, 1) == {"TEA": 171, "CAKE": 360}


def test_a_total_below_all_floors_takes_every_floor_down() -> None:
    prices = for_total([tea(), cake()], 0, 3000, 1)

    assert prices == {"TEA": 74, "CAKE": 154}
    assert decide([tea(), cake()], prices, 1, 6876, RULES).verdict is Verdict.REFER


# Whatever is asked ----------------------------------------------------------------------------------------


@st.composite
def tables(draw: st.DrawFn) -> list[Position]:
    """One to three lines with any rules and any prices that a catalogue may hold."""
    lines = []
    for number in range(draw(st.integers(1, 3))):
        floor = draw(st.integers(1, 5_000))
        usual = draw(st.integers(floor, floor * 3))
        rules = HaggleRules(
            rounds=draw(st.integers(0, MAX_ROUNDS)),
            percent=draw(st.integers(0, 50)),
            concession=draw(st.none() | st.integers(1, 1_000)),
            step=draw(st.none() | st.builds(QuantityStep, st.integers(1, 50), st.integers(1, 500))),
        )
        lines.append(Position(f"P{number}", draw(st.integers(1, 9_999)), usual, usual, floor, rules))
    return lines


WISHES = st.lists(
    st.none()
    | st.dictionaries(st.sampled_from(["P0", "P1", "P2"]), st.integers(0, 20_000), max_size=3)
    | st.integers(0, 10_000_000),
    max_size=12,
)


def test_a_product_that_gives_nothing_is_answered_with_what_the_others_can_give() -> None:
    fixed = Position("FIX", 1, 10, 10, 10, HaggleRules(rounds=0))
    soft = Position("SOFT", 1, 100, 100, 50, HaggleRules(rounds=1, percent=10))
    assert decide([fixed, soft], {"FIX": 1}, 1, 110, RULES) == Decision(
        Verdict.COUNTER, Reason.BEST_OF_ROUND, {"SOFT": 90}, last=True
    )


@given(lines=tables(), wishes=WISHES, limit=st.sampled_from([1_000, 50_000, 10**9]))
def test_no_sequence_of_wishes_gets_below_a_floor_or_raises_a_price_or_goes_on_for_ever(
    lines: list[Position], wishes: list[Mapping[str, int] | int | None], limit: int
) -> None:
    rules, rounds = NegotiationRules(total_limit=limit), 0
    for wish in wishes:
        total = sum(each.price * each.quantity for each in lines)
        asked = for_total(lines, 0, wish, rounds + 1) if isinstance(wish, int) else wish
        answer = decide(lines, asked, rounds + 1, total, rules)
        assert all(isinstance(price, int) for price in answer.prices.values())
        for each in lines:
            assert 0 <= answer.prices.get(each.sku, each.price) <= each.price
        if answer.verdict in {Verdict.ALREADY, Verdict.REFER}:
            continue
        assert answer.prices, "an offer offers something"
        rounds += 1
        for each in lines:
            assert each.floor <= answer.prices.get(each.sku, each.price)
            if asked is not None and each.sku in asked and answer.verdict is Verdict.MEET:
                assert answer.prices.get(each.sku, each.price) <= max(asked[each.sku], 0) or (
                    asked[each.sku] >= each.price
                )
        lines = [
            Position(
                each.sku,
                each.quantity,
                answer.prices.get(each.sku, each.price),
                each.usual,
                each.floor,
                each.rules,
            )
            for each in lines
        ]
        if answer.last:
            after = decide(lines, None, rounds + 1, 0, rules)
            assert after.verdict is Verdict.REFER, "the last word was the last"
    assert rounds <= MAX_ROUNDS


@given(lines=tables())
def test_a_step_is_cheaper_and_never_below_the_floor(lines: list[Position]) -> None:
    for line in lines:
        step = line.stepped()
        if step is not None:
            assert line.floor <= step.unit_price < line.price
            assert step.quantity > line.quantity


@given(lines=tables(), rest=st.integers(0, 1_000), asked=st.integers(0, 10_000_000), number=st.integers(1, 6))
def test_prices_for_a_total_never_come_to_more_than_was_named(
    lines: list[Position], rest: int, asked: int, number: int
) -> None:
    prices = for_total(lines, rest, asked, number)
    worth = sum(each.price * each.quantity for each in lines)

    total = sum(prices[each.sku] * each.quantity for each in lines) + rest

    assert total <= max(asked, rest) if asked <= worth + rest else total == worth + rest


# The file -------------------------------------------------------------------------------------------------


def test_the_demo_shop_s_rules_can_be_read() -> None:
    rules = negotiation_rules()

    assert rules.of("TEA-JAS") == HaggleRules(rounds=2, concession=6, step=QuantityStep(12, 3))
    assert rules.of("CUP-GLA") == rules.usual == HaggleRules(rounds=2, percent=3)


GOOD: dict[str, object] = {
    "total_limit": 1,
    "lowest_asked_percent": 0,
    "referrals": 0,
    "usual": {},
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"total_limit": 0},
        {"total_limit": "1"},
        {"usual": {"rounds": MAX_ROUNDS + 1}},
        {"usual": {"percent": 51}},
        {"usual": {"round": 1}},
        {"products": {"TEA": {"step": {"more": 0, "less": 1}}}},
        {"products": {"TEA": {"step": {"more": 1}}}},
        {"bundles": [{"code": "a", "needs": {"A": 1}, "off": 1}]},
        {"bundles": [{"code": "a", "needs": {"A": 1, "B": 1}}]},
        {"bundles": [{"code": "a", "needs": {"A": 1, "B": 1}, "off": 1, "free": "A"}]},
        {"bundles": [{"code": "a", "needs": {"A": 1, "B": 1}, "free": "C"}]},
        {"bundels": []},
    ],
)
def test_a_slip_in_the_file_is_refused(wrong: dict[str, object]) -> None:
    NegotiationFile.model_validate(GOOD)
    with pytest.raises(ValidationError):
        NegotiationFile.model_validate({**GOOD, **wrong})
