"""The explorer, in a size for every day, and the tests of the explorer itself; `make explore` runs it whole."""

import random
from collections.abc import Iterator

import pytest

from tests.explorer.engine import Explorer, State
from tests.explorer.every_scenario import SCENARIOS
from tests.explorer.mutants import MUTANTS, Mutant
from tests.explorer.runs import BY_NAME, NAIVE_SCENARIOS, caught, explorer, in_a_process, naive_at

EVERY_DAY = 15_000
"""States of one scenario in the daily run; only the largest scenarios have more."""

ROWS_OF_THE_MATRIX = {
    "B2", "B4", "B5", "B8", "C1", "C2", "C3", "C4", "C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C15", "C16",
    "C17", "D1", "D2", "D3", "D4", "E1", "E6", "G1", "H1",
}  # fmt: skip
"""Races of the failure matrix; docs/payments.md says where its other rows are tested."""


@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS])
def test_no_schedule_breaks_an_invariant(name: str) -> None:
    report = explorer(BY_NAME[name]).exhaust(EVERY_DAY)
    assert report.violation is None, f"{report.violation} {report.violation and report.violation.schedule}"
    assert report.exhausted or report.states == EVERY_DAY
    assert report.schedules > 0


def test_every_race_of_the_matrix_is_a_scenario() -> None:
    told = {row for scenario in SCENARIOS for row in scenario.rows.partition(":")[0].split()}
    assert told >= ROWS_OF_THE_MATRIX


def test_a_scenario_can_be_told_by_its_name() -> None:
    assert len(BY_NAME) == len(SCENARIOS)


# The explorer itself --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["accept", "outbox", "one-link", "two-refunds"])
def test_counting_states_once_counts_every_schedule(name: str) -> None:
    """The number that the reduced walk gives is that of a walk without any reduction."""

    def all_of(exploring: Explorer, state: State) -> Iterator[None]:
        if all(place < 0 for place in state.places):
            yield None
        for _, go in exploring.moves(state):
            yield from all_of(exploring, go())

    exploring = explorer(BY_NAME[name])
    assert sum(1 for _ in all_of(exploring, exploring.first())) == explorer(BY_NAME[name]).exhaust().schedules


@pytest.mark.parametrize("name", ["callbacks", "lost-answers", "customer-cancels", "two-attempts"])
def test_schedules_walked_one_by_one_end_where_the_exhaustive_walk_has_been(name: str) -> None:
    exploring = explorer(BY_NAME[name])
    exploring.exhaust()
    assert exploring.wander(random.Random(1), 300) == 0  # noqa: S311 - repeatable on purpose
    assert exploring.report.violation is None


def test_the_naive_checkout_is_caught_at_everything_that_goes_wrong_in_practice() -> None:
    wrong = {what for name in NAIVE_SCENARIOS for what in naive_at(name)}
    assert wrong >= {
        "M1: DOUBLE_CHARGE",
        "M6: PAID_NOT_RECORDED",
        "S2: CHARGED_WITHOUT_STOCK",
        "N1: NOTIFY_0",
    }


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_seeded_mistake_is_caught(mutant: Mutant) -> None:
    assert caught(mutant) is not None


def test_a_schedule_can_be_walked_again_from_its_line() -> None:
    what, line = next(iter(naive_at("expiry-twice").items()))
    done = in_a_process("--naive", "--replay", line)
    assert done.returncode == 1, done.stderr
    *steps, last = done.stdout.splitlines()
    assert last == what
    assert len(steps) == len(line.partition(":")[2].split(","))


def test_a_step_that_is_not_possible_is_refused() -> None:
    done = in_a_process("--replay", "accept:0,7")
    assert done.returncode == 1
    assert "7 is not possible here" in done.stderr
