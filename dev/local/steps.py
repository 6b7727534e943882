"""The start-up as a person sees it: one line for each step, with the seconds that it took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Steps:
    """Times the steps of a start; several may be under way at once."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, words: str) -> Iterator[None]:
        """`name` stands in the health answer, `words` in the log when the step is done."""
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 2)
        say(f"{self.seconds[name]:6.1f} s  {words}")

    def total(self) -> float:
        return round(time.monotonic() - self._started, 2)


def say(line: str) -> None:
    print(line, flush=True)


def complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
