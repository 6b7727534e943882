"""Whole journeys through the running product: the deployed functions, tables, queues and state machine.

The same scenario files play in `make run SCENARIO=…`; each asserts what the customer and the order system hear.
"""

import asyncio
from collections.abc import Iterator

import pytest

from dev.scenario import Line, play, scenarios
from tests.e2e.spawned import LocalRun, local_stack
from tests.e2e.test_fault_journeys import FAULT_JOURNEYS

pytestmark = pytest.mark.local_run


JOURNEYS = [
    "happy",
    "burst",
    "store_pickup",
    "returning",
    "store_closed",
    "split_shipment",
    "parked_event",
    "unknown_product",
    "tiered_quote",
    "alternatives",
    "coupon",
    "last_five_tins",
    "product_question",
    "comparison",
    "sample_request",
    "hand_over",
    "return_goods",
    "strangers",
    "forget_me",
    "link_order",
    "haggle",
    "approval",
    "approval_counter",
    "formal_quote",
    "abandoned",
]
ABOUT_TIME = ["reminder", "expiry"]


def test_every_scenario_is_played_by_a_test() -> None:
    assert sorted([*JOURNEYS, *ABOUT_TIME, *FAULT_JOURNEYS]) == sorted(scenarios())


@pytest.mark.parametrize("scenario", JOURNEYS)
def test_the_journey_goes_as_its_scenario_says(local_run: LocalRun, scenario: str) -> None:
    told: list[Line] = []

    status = asyncio.run(play(scenario, local_run.base_url, report=told.append))

    assert status == 0, "\n".join(line.text for line in told)


@pytest.fixture(scope="module")
def hasty_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRun]:
    """A shop whose quotes are reminded of after half a minute and last for a whole one."""
    log = tmp_path_factory.mktemp("hasty-run") / "run.log"
    with local_stack(log, QUOTE_REMINDER_SECONDS="30", QUOTE_VALIDITY_SECONDS="60") as run:
        yield run


@pytest.mark.parametrize("scenario", ABOUT_TIME)
def test_the_journey_of_a_quote_and_its_time_goes_as_its_scenario_says(
    hasty_run: LocalRun, scenario: str
) -> None:
    told: list[Line] = []

    status = asyncio.run(play(scenario, hasty_run.base_url, report=told.append))

    assert status == 0, "\n".join(line.text for line in told)
