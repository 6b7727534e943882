"""Runs the tests against mutants: each mutant in a forked child of its own, which ends at the first failure.

A mutant within a function is put into a process that has imported and collected everything already: the function
gets the mutant's code, so that a child costs little more than the tests that run its lines. A mutant of what runs
on import needs a child that imports its module for the first time.
"""

import gc
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, FunctionType, ModuleType
from typing import Final

import hypothesis
import pytest

from tests.mutation import children
from tests.mutation.coverage import TestsFail, code_within, functions_of, measure
from tests.mutation.mutants import Mutant
from tests.mutation.targets import PACKAGE, Target

STILLBORN: Final = 77
QUIETLY: Final = (
    *("-qq", "--no-summary", "--capture=no", "-p", "no:cacheprovider", "-o", "timeout=0"),
    # The plugins that these tests need; all others cost half a second in every child.
    *("-p", "pytest_socket", "-p", "pytest_timeout", "-p", "_hypothesis_pytestplugin"),
    # Hypothesis is imported before pytest starts, so that no child has to.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


class Verdict(StrEnum):
    """What the tests said of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    NO_MUTANT = "no mutant"
    """It cannot even be imported: no test had to find that, so it does not count."""


def _verdict(code: int) -> Verdict:
    return {0: Verdict.SURVIVED, STILLBORN: Verdict.NO_MUTANT}.get(code, Verdict.KILLED)


def prepare() -> None:
    """Hypothesis gives every mutant the same examples and does not look for smaller ones; pytest starts quickly."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.path.insert(0, str(PACKAGE.parent))
    hypothesis.settings.register_profile(
        "mutation",
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    hypothesis.settings.load_profile("mutation")


class _FirstFailureEnds:
    """A plugin for children: nothing is asked after the first failure."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os._exit(children.FAILED)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            os._exit(children.FAILED)


# What runs on import --------------------------------------------------------------------------------------


class _Loader(SourceFileLoader):
    mutant: Mutant

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.mutant.source(), self.get_filename(fullname), "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Finds one module with a mistake in it; nothing on disk changes."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._mutant.target.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            loader = _Loader(fullname, spec.origin)
            loader.mutant = self._mutant
            spec.loader = loader
        return spec


def judge_imports(mutants: Sequence[Mutant], workers: int) -> Iterator[tuple[Mutant, Verdict]]:
    """Verdicts on what runs on import. Whoever calls must not have imported a target.

    Raises:
        TestsFail: a target's own tests fail without a mutant.
    """
    for target in dict.fromkeys(mutant.target for mutant in mutants):
        if children.end_of(children.start(partial(_imported_and_tested, target))) != 0:
            raise TestsFail(" ".join(target.import_test_files()))
    for mutant, code in children.ends(mutants, _judge_import, workers):
        yield mutant, _verdict(code)


def _judge_import(mutant: Mutant) -> int:
    sys.meta_path.insert(0, _Finder(mutant))
    return _imported_and_tested(mutant.target)


def _imported_and_tested(target: Target) -> int:
    try:
        importlib.import_module(target.module)
    except Exception:
        return STILLBORN
    return int(pytest.main([*QUIETLY, *target.import_test_files()], plugins=[_FirstFailureEnds()]))


# What runs in functions -----------------------------------------------------------------------------------


class _Session:
    """A plugin: pytest collects as ever, and then nothing runs but children."""

    def __init__(
        self, mutants: Sequence[Mutant], workers: int, tell: Callable[[Mutant, Verdict], None]
    ) -> None:
        self._mutants = mutants
        self._workers = workers
        self._tell = tell
        self.is_done = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            os._exit(children.FAILED)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True
        targets = tuple(dict.fromkeys(mutant.target for mutant in self._mutants))
        functions = {target: functions_of(target) for target in targets}
        baseline = measure(session.items, targets)

        def judge(mutant: Mutant) -> int:
            function = functions[mutant.target][mutant.where]
            own = mutant.target.test_files()
            items = [session.items[place] for place in baseline.places_of(mutant, function.__code__)]
            items.sort(key=lambda item: str(item.path) not in own)  # those that know it best come first
            _put_in(mutant, function)
            for item, following in zip(items, [*items[1:], None], strict=True):
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            return 0

        gc.freeze()  # what is here now is not looked through, and so not copied, by every child
        for mutant, code in children.ends(self._mutants, judge, self._workers):
            self._tell(mutant, _verdict(code))
        self.is_done = True
        return True


def judge_functions(mutants: Sequence[Mutant], workers: int, tell: Callable[[Mutant, Verdict], None]) -> None:
    """Tell the verdict on every mutant within a function.

    Raises:
        TestsFail: the tests that judge cannot be collected, or fail without a mutant.
    """
    session = _Session(mutants, workers, tell)
    files = dict.fromkeys(file for mutant in mutants for file in mutant.target.test_files())
    pytest.main([*QUIETLY, *files], plugins=[session])
    if not session.is_done:
        raise TestsFail(" ".join(files))


def _put_in(mutant: Mutant, function: FunctionType) -> None:
    module = compile(mutant.source(), str(mutant.target.file), "exec", dont_inherit=True)
    function.__code__ = next(
        code
        for code in code_within(module)
        if code.co_qualname == function.__qualname__
        and code.co_firstlineno == function.__code__.co_firstlineno
    )
