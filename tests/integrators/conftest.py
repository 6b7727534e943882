"""The shop as an integrator meets it: an address and a secret, and programs of theirs that run on their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from dev.contracts.examples import SAMPLES
from tests.aws.world import Door, World, world
from tests.aws.world import door as door  # noqa: PLC0414 - a fixture

INTERPRETERS: Final = {".sh": "bash", ".py": sys.executable, ".mjs": "node", ".php": "php"}
LANGUAGES: Final = sorted(INTERPRETERS)


@dataclass(frozen=True)
class Sample:
    """One program of docs/samples, run as the page says."""

    path: Path

    @property
    def interpreter(self) -> str:
        return INTERPRETERS[self.path.suffix]

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], **variables}

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own sample
            [self.interpreter, str(self.path), *arguments],
            env=self.environment(variables),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def start(self, command: Sequence[str], **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own sample
            [self.interpreter, *command],
            env=self.environment(variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def sample(name: str) -> Sample:
    """The sample, if its interpreter is here: CI has them all, elsewhere one may be missing and is then named."""
    found = Sample(SAMPLES / name)
    assert found.path.is_file()
    if shutil.which(found.interpreter) is None:
        missing = f"{found.interpreter} is not installed, so {name} did not run"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found


@pytest.fixture(scope="module")
def shop(door: Door) -> Iterator[World]:
    """One shop for the tests of a module."""
    with world(door) as made:
        yield made
