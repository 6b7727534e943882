"""Shops for the tests of the functions."""

from collections.abc import Iterator

import pytest

from tests.aws.world import Door, World, world
from tests.aws.world import door as door  # noqa: PLC0414 - a fixture


@pytest.fixture(scope="module")
def shop(door: Door) -> Iterator[World]:
    """One shop for the tests of a module; each brings its own customer."""
    with world(door, PaymentCheckSeconds="1") as made:
        yield made


@pytest.fixture
def fresh_shop(door: Door) -> Iterator[World]:
    """A shop in which nothing has happened yet."""
    with world(door) as made:
        yield made
