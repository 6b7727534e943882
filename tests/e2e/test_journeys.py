"""Whole journeys through the running product: the deployed functions, tables, queues and state machine.

The same scenario files play in `make run SCENARIO=…`; each asserts what the customer and the order system hear.
"""

import asyncio

import pytest

from dev.scenario import Line, play
from tests.e2e.spawned import LocalRun

pytestmark = pytest.mark.local_run


@pytest.mark.parametrize(
    "scenario",
    [
        "happy",
        "store_pickup",
        "returning",
        "store_closed",
        "unknown_product",
        "tiered_quote",
        "alternatives",
        "coupon",
        "last_five_tins",
        "product_question",
        "comparison",
        "sample_request",
        "hand_over",
        "haggle",
        "approval",
        "approval_counter",
    ],
)
def test_the_journey_goes_as_its_scenario_says(local_run: LocalRun, scenario: str) -> None:
    told: list[Line] = []

    status = asyncio.run(play(scenario, local_run.base_url, report=told.append))

    assert status == 0, "\n".join(line.text for line in told)
