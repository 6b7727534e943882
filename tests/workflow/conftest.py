"""A shop for the tests of the workflow."""

from collections.abc import Iterator

import pytest

from tests.aws.world import Door, World, world
from tests.aws.world import door as door  # noqa: PLC0414 - a fixture


@pytest.fixture
def shop(door: Door) -> Iterator[World]:
    """The template's stack with its own durations."""
    with world(door) as made:
        yield made
