"""The mutation run itself: which mistakes it makes, how a child's end is read, and when a run holds."""

import os
import signal
from pathlib import Path

import pytest

from tests.mutation import children
from tests.mutation.judging import Verdict
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.survivors import Name, NoReason, Result, listed
from tests.mutation.targets import TARGETS, Group, Target

# Other tests of the same run may have threads; a child that only ends does not mind.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

SOURCE = '''"""A module."""

from datetime import timedelta

LEASE = timedelta(seconds=100)
EDGES = {"open": {"closed", "failed"}}


class Door:
    """A door."""

    @property
    def is_open(self) -> bool:
        """Whether it is."""
        return self.state == "open"

    def close(self, locked: bool = False) -> None:
        if self.jammed:
            return
        self.bell.ring()
        if locked and self.key is not None:
            raise ValueError("no key")
'''


def target(folder: Path, source: str = SOURCE) -> Target:
    path = folder / "door.py"
    path.write_text(source, encoding="utf-8")
    return Target(str(path), Group.MONEY, ())


def changes(mutants: list[Mutant], where: str) -> set[tuple[str, str]]:
    return {(mutant.was, mutant.became) for mutant in mutants if mutant.where == where}


def test_what_runs_on_import_is_mutated_too(tmp_path: Path) -> None:
    on_import = changes(mutants_of(target(tmp_path)), "")
    assert ("LEASE = timedelta(seconds=100)", "LEASE = timedelta(seconds=101)") in on_import
    assert ('EDGES = {"open": {"closed", "failed"}}', 'EDGES = {"open": {"failed"}}') in on_import
    assert any("locked: bool = True" in became for _, became in on_import)


def test_a_property_is_mutated_like_any_function(tmp_path: Path) -> None:
    mutants = mutants_of(target(tmp_path))
    assert ('return self.state == "open"', 'return self.state != "open"') in changes(mutants, "Door.is_open")


def test_guards_side_effects_refusals_and_conditions_are_left_out_or_turned_round(tmp_path: Path) -> None:
    closing = changes(mutants_of(target(tmp_path)), "Door.close")
    assert closing >= {
        ("return", "pass"),
        ("self.bell.ring()", "pass"),
        ('raise ValueError("no key")', "pass"),
        ("if self.jammed:", "if (not self.jammed):"),
        ("if locked and self.key is not None:", "if locked or self.key is not None:"),
        ("if locked and self.key is not None:", "if locked and self.key is None:"),
        ("if locked and self.key is not None:", "if (not locked) and self.key is not None:"),
    }


def test_every_mutant_is_another_program_and_docstrings_are_left_alone(tmp_path: Path) -> None:
    mutants = mutants_of(target(tmp_path))
    assert len({mutant.source() for mutant in mutants} | {SOURCE}) == len(mutants) + 1
    assert all('"""Whether it is."""' in mutant.source() for mutant in mutants)


def test_only_the_functions_that_were_asked_for_are_mutated(tmp_path: Path) -> None:
    whole = target(tmp_path)
    part = Target(whole.path, whole.group, (), only=frozenset({"Door.is_open"}))
    assert {mutant.where for mutant in mutants_of(part)} == {"Door.is_open"}


def test_every_target_is_a_module_with_its_own_tests() -> None:
    assert all(target.file.is_file() for target in TARGETS)
    assert all(Path(path).is_file() for target in TARGETS for path in target.test_files())


# Children -------------------------------------------------------------------------------------------------


def _raise() -> int:
    raise ValueError


def _kill_itself() -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


@pytest.mark.parametrize(
    ("work", "code"),
    [(lambda: 0, 0), (lambda: 77, 77), (_raise, children.FAILED), (_kill_itself, children.FAILED)],
)
def test_a_child_that_raises_or_is_killed_has_failed(work: object, code: int) -> None:
    assert children.end_of(children.start(work)) == code  # type: ignore[arg-type]


def test_work_that_never_ends_is_stopped() -> None:
    def loop() -> int:
        while True:
            pass

    assert children.end_of(children.start(loop, cpu_seconds=1)) == children.FAILED


def test_every_task_ends_with_its_own_code() -> None:
    assert sorted(children.ends([3, 1, 2], lambda task: task, workers=2)) == [(1, 1), (2, 2), (3, 3)]


# What a run is worth --------------------------------------------------------------------------------------


def judged(killed: int, survived: int, folder: Path) -> list[tuple[Mutant, Verdict]]:
    mutants = mutants_of(target(folder))[: killed + survived]
    assert len(mutants) == killed + survived
    verdicts = [Verdict.KILLED] * killed + [Verdict.SURVIVED] * survived
    return list(zip(mutants, verdicts, strict=True))


def reasons(run: list[tuple[Mutant, Verdict]]) -> dict[Name, str]:
    return {Name.of(mutant): "why" for mutant, verdict in run if verdict is Verdict.SURVIVED}


def test_a_run_holds_when_enough_are_killed_and_every_survivor_is_listed(tmp_path: Path) -> None:
    run = judged(17, 3, tmp_path)
    assert Result(run, reasons(run)).holds


def test_an_unlisted_survivor_breaks_a_run(tmp_path: Path) -> None:
    run = judged(19, 1, tmp_path)
    result = Result(run, {})
    assert (result.unlisted, result.holds) == ([Name.of(run[-1][0])], False)


def test_too_few_killed_break_a_run_although_all_are_listed(tmp_path: Path) -> None:
    run = judged(16, 4, tmp_path)
    assert not Result(run, reasons(run)).holds
    assert Result(run, reasons(run), again=True).holds


def test_an_entry_that_no_survivor_answers_to_breaks_a_run(tmp_path: Path) -> None:
    run = judged(19, 1, tmp_path)
    known = {**reasons(run), Name.of(run[0][0]): "why"}
    result = Result(run, known)
    assert (result.overdue, result.holds) == ([Name.of(run[0][0])], False)


def test_what_cannot_be_imported_counts_for_nothing(tmp_path: Path) -> None:
    run = judged(19, 1, tmp_path)
    stillborn = [(mutant, Verdict.NO_MUTANT) for mutant, _ in run]
    *_, total, beside = Result([*run, *stillborn], {}).table()
    assert total.split() == ["=", "total", "20", "19", "1", "95.0"]
    assert beside == "20 more could not even be imported and count for nothing."


def test_every_entry_of_the_list_has_a_reason(tmp_path: Path) -> None:
    assert all(listed().values())
    silent = tmp_path / "survivors.toml"
    silent.write_text('[[survivor]]\nmodule = "a"\nwhere = ""\nwas = "b"\nbecame = "c"\nwhy = " "\n')
    with pytest.raises(NoReason):
        listed(silent)
