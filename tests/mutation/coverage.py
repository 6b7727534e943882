"""Which tests run which lines of the mutated modules, and how long each takes."""

import importlib
import pickle
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any, Final

import pytest

from tests.mutation import children
from tests.mutation.mutants import Mutant
from tests.mutation.targets import Target

TOOL: Final = 4
"""A tool id of sys.monitoring that neither coverage.py (1) nor Hypothesis (3) takes."""

BASELINE_CPU_SECONDS: Final = 900

type Line = tuple[str, int]


class TestsFail(Exception):
    """The tests fail with no mistake put in, so they can judge nothing."""


def functions_of(target: Target) -> dict[str, FunctionType]:
    """The functions of a module by their qualified names, methods and properties included."""
    module = importlib.import_module(target.module)
    return {function.__qualname__: function for function in _functions_in(vars(module), module.__name__)}


def _functions_in(namespace: Any, module: str) -> Iterator[FunctionType]:
    for value in list(namespace.values()):
        bare = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
        if isinstance(bare, FunctionType) and bare.__module__ == module:
            yield bare
        elif isinstance(bare, type) and bare.__module__ == module:
            yield from _functions_in(vars(bare), module)


def code_within(code: CodeType) -> Iterator[CodeType]:
    """`code` and every code object in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from code_within(constant)


@dataclass(frozen=True)
class Baseline:
    """What every test did when no mistake was put in; tests by their place in the session."""

    seconds: tuple[float, ...]
    lines: tuple[frozenset[Line], ...]

    def places_of(self, mutant: Mutant, function: CodeType) -> list[int]:
        """The tests that run the mutant's lines, or at least its function, the fastest first."""
        last_of_function = max(line for code in code_within(function) for *_, line in code.co_lines() if line)
        file = str(mutant.target.file)
        for first, last in (
            (mutant.first_line, mutant.last_line),
            (function.co_firstlineno, last_of_function),
        ):
            wanted = {(file, line) for line in range(first, last + 1)}
            places = [place for place, lines in enumerate(self.lines) if lines & wanted]
            if places:
                return sorted(places, key=self.seconds.__getitem__)
        return []


def measure(items: Sequence[pytest.Item], targets: Sequence[Target]) -> Baseline:
    """Run every test once, in a child.

    Raises:
        TestsFail: one of them fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "baseline"
        pid = children.start(lambda: _run_measured(items, targets, kept), BASELINE_CPU_SECONDS)
        if children.end_of(pid) != 0:
            raise TestsFail(" ".join(sorted({str(item.path) for item in items})))
        baseline: Baseline = pickle.loads(kept.read_bytes())  # noqa: S301 - written by our own child
        return baseline


def _run_measured(items: Sequence[pytest.Item], targets: Sequence[Target], kept: Path) -> int:
    hit: set[Line] = set()

    def on_line(code: CodeType, line: int) -> object:
        hit.add((code.co_filename, line))
        return sys.monitoring.DISABLE

    sys.monitoring.use_tool_id(TOOL, "mutation")
    sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, on_line)
    for target in targets:
        for function in functions_of(target).values():
            for code in code_within(function.__code__):
                sys.monitoring.set_local_events(TOOL, code, sys.monitoring.events.LINE)
    seconds, lines = [], []
    for item, following in zip(items, [*items[1:], None], strict=True):
        hit.clear()
        sys.monitoring.restart_events()
        started = time.perf_counter()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        seconds.append(time.perf_counter() - started)
        lines.append(frozenset(hit))
    kept.write_bytes(pickle.dumps(Baseline(tuple(seconds), tuple(lines))))
    return 0
