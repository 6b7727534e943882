"""Shops for the tests of the workflow."""

from collections.abc import Iterator

import pytest

from tests.aws.world import Door, World, world
from tests.aws.world import door as door  # noqa: PLC0414 - a fixture


@pytest.fixture
def shop(door: Door) -> Iterator[World]:
    """The template's stack with its own durations."""
    with world(door) as made:
        yield made


@pytest.fixture(scope="module")
def steady_shop(door: Door) -> Iterator[World]:
    """One shop for the tests of a module, which looks at open payments every second."""
    with world(door, PaymentCheckSeconds="1") as made:
        yield made


@pytest.fixture(scope="module")
def hasty_shop(door: Door) -> Iterator[World]:
    """Quotes last three seconds, and so do payment windows."""
    with world(
        door,
        QuoteValiditySeconds="3",
        PaymentWindowSeconds="3",
        PaymentCheckSeconds="1",
        DeliverySilenceSeconds="60",
    ) as made:
        yield made
