"""The running product for tests that drive it from outside."""

from collections.abc import Iterator

import pytest

from tests.e2e.spawned import LocalRun, local_stack


@pytest.fixture(scope="session")
def local_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRun]:
    """One run for all tests of the session: each brings its own customer and leaves the others alone."""
    with local_stack(tmp_path_factory.mktemp("local-run") / "run.log") as run:
        yield run
