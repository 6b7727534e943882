"""Shops for the tests of the workflow."""

from collections.abc import Iterator

import pytest

from tests.aws.world import Door, World, world
from tests.aws.world import door as door  # noqa: PLC0414 - a fixture


@pytest.fixture
def fresh_shop(door: Door) -> Iterator[World]:
    """The template's stack with its own durations, in which nothing has happened yet."""
    with world(door) as made:
        yield made


@pytest.fixture(scope="module")
def shop(door: Door) -> Iterator[World]:
    """One shop for the tests of a module, which looks at open payments every second."""
    with world(door, PaymentCheckSeconds="1") as made:
        yield made


@pytest.fixture(scope="module")
def hasty_shop(door: Door) -> Iterator[World]:
    """One in which quotes and payment windows last seconds."""
    with world(door, QuoteValiditySeconds="4", PaymentWindowSeconds="3", PaymentCheckSeconds="1") as made:
        yield made


@pytest.fixture(scope="module")
def reminding_shop(door: Door) -> Iterator[World]:
    """One in which a quote is reminded of after two seconds and lasts for five."""
    with world(door, QuoteValiditySeconds="5", QuoteReminderSeconds="2") as made:
        yield made
