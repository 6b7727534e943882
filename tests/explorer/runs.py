"""Runs of the explorer: one schedule, one scenario, everything; what they print, and what they return."""

import os
import random
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from tests.doubles.little_shop import Services
from tests.explorer.checks import check_effects, check_end, check_step
from tests.explorer.engine import Explorer, Report, Scenario, Violation
from tests.explorer.every_scenario import SCENARIOS
from tests.explorer.mutants import MUTANTS, Mutant
from tests.explorer.naive import NaiveServices

BY_NAME: Final = {scenario.name: scenario for scenario in SCENARIOS}
NAIVE_SCENARIOS: Final = (
    "callbacks",
    "lost-answers",
    "expiry",
    "expiry-twice",
    "customer-cancels",
    "two-attempts",
    "never-returns",
)
NAIVE_SCHEDULES: Final = 2_000


@dataclass(frozen=True)
class Outcome:
    """A report and the random schedules that were walked besides; picklable."""

    name: str
    rows: str
    schedules: int
    states: int
    steps: int
    ends: int
    exhausted: bool
    seconds: float
    walked: int = 0
    unseen: int = 0
    violation: str | None = None
    replay: str | None = None

    @property
    def held(self) -> bool:
        return self.violation is None and self.exhausted and self.unseen == 0

    def __str__(self) -> str:
        told = (
            f"{self.name:20} {_power(self.schedules):>9} schedules  {self.states:>7,} states  "
            f"{'exhausted' if self.exhausted else 'NOT exhausted'}  {self.walked:>7,} walked one by one  "
            f"{self.seconds:5.1f} s  {self.rows}"
        )
        if self.violation is not None:
            told += f"\n    {self.violation}\n    python -m tests.explorer --replay '{self.replay}'"
        if self.unseen:
            told += (
                f"\n    {self.unseen} ends that the exhaustive walk had not seen: its reduction is not sound"
            )
        return told


def _power(number: int) -> str:
    return f"{number:,}" if number < 10_000_000 else f"{number:.1e}"


def explorer(scenario: Scenario, *, naive: bool = False) -> Explorer:
    """An explorer of `scenario` over the real services, or over the naive variant."""
    if naive:
        return Explorer(scenario, NaiveServices, check_effects, check_end)
    return Explorer(scenario, Services, check_step, check_end)


def explore(name: str, *, naive: bool = False, schedules: int = 0, seed: int = 0) -> Outcome:
    """Exhaust one scenario, then walk so many random schedules of it one by one."""
    started = time.perf_counter()
    exploring = explorer(BY_NAME[name], naive=naive)
    report = exploring.exhaust()
    unseen = 0
    if report.violation is None and schedules:
        unseen = exploring.wander(random.Random(seed), schedules)  # noqa: S311 - repeatable on purpose
    return _outcome(report, time.perf_counter() - started, schedules, unseen)


def _outcome(report: Report, seconds: float, walked: int, unseen: int) -> Outcome:
    violation = report.violation
    return Outcome(
        report.scenario,
        report.rows,
        report.schedules,
        report.states,
        report.steps,
        report.ends,
        report.exhausted,
        seconds,
        0 if violation else walked,
        unseen,
        str(violation) if violation else None,
        f"{report.scenario}:{','.join(violation.schedule)}" if violation else None,
    )


def one(name: str, *, naive: bool, schedules: int, seed: int) -> int:
    """Explore one scenario; 1 if something did not hold."""
    outcome = explore(name, naive=naive, schedules=schedules // len(SCENARIOS), seed=seed)
    print(outcome)  # noqa: T201 - this is a command
    return 0 if outcome.held else 1


def replay(line: str, *, naive: bool) -> int:
    """Walk the schedule of one line, step by step."""
    name, _, tokens = line.partition(":")
    try:
        for token, told in explorer(BY_NAME[name], naive=naive).replay(tokens.split(",")):
            print(f"{token:>12}  {told}")  # noqa: T201
    except Violation as violation:
        print(violation)  # noqa: T201
        return 1
    print("everything held")  # noqa: T201
    return 0


def in_a_process(*arguments: str) -> subprocess.CompletedProcess[str]:
    """This command again, in a process of its own that has imported nothing yet."""
    found_here = os.pathsep.join(path for path in sys.path if path)
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "tests.explorer", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": found_here},
    )


def caught(mutant: Mutant) -> str | None:
    """What the explorer says of a mutant; None if it notices nothing."""
    done = in_a_process("--mutant", mutant.name, "--scenario", mutant.scenario, "--schedules", "0")
    if done.returncode == 0:
        return None
    lines = [line.strip() for line in done.stdout.splitlines() if line.startswith("    ")]
    if not lines:
        raise RuntimeError(done.stderr)
    return lines[0]


def everything(schedules: int, seed: int) -> int:
    """All scenarios on all cores, then what the explorer itself is tested with; 1 if anything did not hold."""
    started = time.perf_counter()
    walks = schedules // len(SCENARIOS) + 1
    outcomes: list[Outcome] = []
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        running = [pool.submit(explore, scenario.name, schedules=walks, seed=seed) for scenario in SCENARIOS]
        for future in running:
            outcomes.append(future.result())
            print(outcomes[-1], flush=True)  # noqa: T201
        total = sum(outcome.schedules for outcome in outcomes)
        walked = sum(outcome.walked for outcome in outcomes)
        broken = [outcome for outcome in outcomes if not outcome.held]
        print(  # noqa: T201
            f"\n{_power(total)} schedules in {sum(each.states for each in outcomes):,} states, "
            f"{sum(each.exhausted for each in outcomes)} of {len(outcomes)} scenarios exhausted; "
            f"{walked:,} schedules walked one by one; "
            f"{len(broken)} violations; {time.perf_counter() - started:.0f} s"
        )
        missed = _tests_of_the_explorer(pool)
    print(f"\n{time.perf_counter() - started:.0f} s in all")  # noqa: T201
    return 1 if broken or missed else 0


def naive_at(name: str, seed: int = 0) -> dict[str, str]:
    """What the naive checkout does wrong in one scenario, each with a schedule to replay."""
    found = explorer(BY_NAME[name], naive=True).survey(random.Random(seed), NAIVE_SCHEDULES)  # noqa: S311
    return {what: f"{name}:{','.join(violation.schedule)}" for what, violation in found.items()}


def _tests_of_the_explorer(pool: ProcessPoolExecutor) -> int:
    """The naive variant and every mutant; returns how many were not caught."""
    naive = [pool.submit(naive_at, name) for name in NAIVE_SCENARIOS]
    mutants = [pool.submit(caught, mutant) for mutant in MUTANTS]
    missed = 0
    print("\nThe naive checkout (read, act, write) is caught at")  # noqa: T201
    for name, surveyed in zip(NAIVE_SCENARIOS, naive, strict=True):
        wrong = surveyed.result()
        missed += not wrong
        for what, line in sorted(wrong.items()) or [("NOTHING", name)]:
            print(f"  {what:60} --naive --replay '{line}'")  # noqa: T201
    print("Seeded mistakes are caught at")  # noqa: T201
    for mutant, said in zip(MUTANTS, mutants, strict=True):
        missed += said.result() is None
        print(f"  {mutant.name:66} {said.result() or 'NOTHING'}", flush=True)  # noqa: T201
    return missed
