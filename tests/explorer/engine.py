"""The scheduler: every interleaving of a scenario's processes, its faults and its crashes, each state once.

A state is the world, the history of every process, and what may still go wrong. Two schedules that lead to the
same state have the same futures, because the services are deterministic over their histories: the futures are
walked once and counted for both. That is the only reduction, and it is sound; a scenario that was walked to its
end is exhausted.
"""

import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from storefront.adapters.layout import LAYOUTS
from storefront.domain.errors import Conflict, OrderEnded
from tests.doubles.line_pay_model import Script
from tests.doubles.little_shop import Services
from tests.explorer.recorded import NO_SKEW, Pause, cast
from tests.explorer.world import CanonicalStore, Environment, Request, World

FUNCTION_LIFE: Final = timedelta(seconds=90)
"""AWS ends the payment function after this: a process that was begun earlier takes no further step."""

EXPECTED_ENDS: Final = (Conflict, OrderEnded)
"""Errors with which a process may give its job back to the queue."""

DONE: Final = -1
DEAD: Final = -2


class Violation(Exception):
    """An invariant does not hold; `code` is its id."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code}: {what}")
        self.code = code
        self.what = what
        self.schedule: tuple[str, ...] = ()


@dataclass(frozen=True)
class Program:
    """One process: a use case that somebody asks for."""

    name: str
    run: Callable[[Services], object]
    skew: timedelta = NO_SKEW


@dataclass(frozen=True)
class Happening:
    """Something that the world does by itself, once, at any moment at which it `can`."""

    name: str
    does: Environment
    can: Callable[[World], bool] = lambda _world: True


@dataclass(frozen=True)
class Scenario:
    """What runs at the same time, what may go wrong, and where it begins. `rows` are those of the failure matrix.

    `redirects` when a process writes another delivery, which is fixed in every other scenario.
    """

    name: str
    rows: str
    begins: Callable[[type[Services]], World]
    programs: tuple[Program, ...]
    happenings: tuple[Happening, ...] = ()
    crashes: int = 1
    faults: dict[str, tuple[Script, ...]] = field(default_factory=dict)
    fault_budget: int = 1
    time_passes: bool = False
    redirects: bool = False


@dataclass(frozen=True)
class State:
    """One point of a schedule."""

    world: World
    places: tuple[int, ...]
    begun: tuple[datetime | None, ...]
    happened: int
    crashes: int
    faults: int

    @property
    def key(self) -> Any:
        return (self.world.key, self.places, self.begun, self.happened, self.crashes, self.faults)


@dataclass
class Place:
    """A process after one history: what it wants to do next, or how it ended."""

    answers: tuple[Any, ...]
    request: Request | None = None
    ended: int = 0
    error: BaseException | None = None
    next: dict[int, int] = field(default_factory=dict)


@dataclass
class Report:
    """What became of one scenario."""

    scenario: str
    rows: str
    schedules: int = 0
    states: int = 0
    steps: int = 0
    ends: int = 0
    exhausted: bool = False
    violation: Violation | None = None


class Explorer:
    """Walks one scenario. `check_step` sees every step, `check_end` every world in which all have ended."""

    def __init__(
        self,
        scenario: Scenario,
        services: type[Services],
        check_step: Callable[[World, Request, World], None],
        check_end: Callable[[World, bool], None],
    ) -> None:
        self._scenario = scenario
        self._services = services
        self._check_step = check_step
        self._check_end = check_end
        self._canon = CanonicalStore.canon
        self._places: list[list[Place]] = [[] for _ in scenario.programs]
        self._begin_world = scenario.begins(services)
        self._fixed = {} if scenario.redirects else fixed_rows(self._begin_world)
        self._ended: dict[Any, None] = {}
        self._memo: dict[Any, int] = {}
        self.report = Report(scenario.name, scenario.rows)

    # Processes -------------------------------------------------------------------------------------------

    def _place(self, process: int, answers: tuple[Any, ...]) -> int:
        """Run the process over `answers` and see what it wants next."""
        program = self._scenario.programs[process]
        place = Place(answers)
        now = None if self._scenario.time_passes else self._begin_world.now + program.skew
        try:
            program.run(cast(self._services, answers, program.name, self._fixed, now))
            place.ended = DONE
        except Pause as pause:
            place.request = pause.request
        except Exception as error:
            if not isinstance(error, EXPECTED_ENDS):
                place.error = error
            place.ended = DEAD
        places = self._places[process]
        places.append(place)
        return len(places) - 1

    def _after(self, process: int, place: int, answer: Any) -> int:
        known = self._places[process][place]
        answer = self._canon(answer)
        following = known.next.get(id(answer))
        if following is None:
            following = self._place(process, (*known.answers, answer))
            known.next[id(answer)] = following
        return following

    # States ----------------------------------------------------------------------------------------------

    def first(self) -> State:
        places = tuple(
            0 if self._places[process] else self._place(process, ())
            for process in range(len(self._scenario.programs))
        )
        scenario = self._scenario
        begun = (None,) * len(places)
        return State(self._begin_world, places, begun, 0, scenario.crashes, scenario.fault_budget)

    def moves(self, state: State) -> Iterator[tuple[str, Callable[[], State]]]:
        """Everything that may happen next, by its token."""
        for process, place in enumerate(state.places):
            if place < 0:
                continue
            begun = state.begun[process]
            if begun is not None and state.world.now - begun > FUNCTION_LIFE:
                # AWS has ended it: whatever it had in mind, it does not do it.
                yield f"k{process}", self._ends(state, process, 0)
                continue
            request = self._places[process][place].request
            if request is None:
                failed = self._places[process][place].error
                raise AssertionError("an ended process is no place to go on from") from failed
            yield str(process), self._steps(state, process, request, None)
            if state.faults:
                for fault in self._scenario.faults.get(str(request), ()):
                    yield f"{process}~{fault}", self._steps(state, process, request, fault)
            if state.crashes:
                yield f"c{process}", self._ends(state, process, 1)
        for number, happening in enumerate(self._scenario.happenings):
            if not state.happened >> number & 1 and happening.can(state.world):
                yield f"h{number}", self._happens(state, number, happening)

    def _steps(
        self, state: State, process: int, request: Request, fault: Script | None
    ) -> Callable[[], State]:
        def step() -> State:
            before = state.world if fault is None else state.world.with_fault(request, fault)
            world, answer = before.answer(request, self._scenario.programs[process].skew)
            if world is not state.world:
                self._check_step(state.world, request, world)
            self.report.steps += 1
            place = self._after(process, state.places[process], answer)
            ended = self._places[process][place]
            if ended.error is not None:
                raise Violation("E", f"{self._scenario.programs[process].name}: {ended.error!r}")
            begun = state.begun
            if self._scenario.time_passes and begun[process] is None:
                begun = _with(begun, process, state.world.now)
            return State(
                world,
                _with(state.places, process, ended.ended or place),
                _with(begun, process, None) if ended.ended else begun,
                state.happened,
                state.crashes,
                state.faults - (fault is not None),
            )

        return step

    def _ends(self, state: State, process: int, cost: int) -> Callable[[], State]:
        def end() -> State:
            return State(
                state.world,
                _with(state.places, process, DEAD),
                _with(state.begun, process, None),
                state.happened,
                state.crashes - cost,
                state.faults,
            )

        return end

    def _happens(self, state: State, number: int, happening: Happening) -> Callable[[], State]:
        def happen() -> State:
            world = state.world.copy()
            happening.does(world)
            happened = state.happened | 1 << number
            return State(world, state.places, state.begun, happened, state.crashes, state.faults)

        return happen

    # Walks -----------------------------------------------------------------------------------------------

    def exhaust(self, most_states: int | None = None) -> Report:
        """Walk every schedule; with `most_states` stop after so many states and say that it was not exhausted."""
        sys.setrecursionlimit(20_000)
        path: list[str] = []
        try:
            self.report.schedules = self._walk(self.first(), path, most_states)
            self.report.exhausted = most_states is None or len(self._memo) < most_states
        except Violation as violation:
            violation.schedule = tuple(path)
            self.report.violation = violation
        self.report.states = len(self._memo)
        self.report.ends = len(self._ended)
        return self.report

    def _walk(self, state: State, path: list[str], most_states: int | None) -> int:
        key = state.key
        known = self._memo.get(key)
        if known is not None:
            return known
        if most_states is not None and len(self._memo) >= most_states:
            return 0
        self._memo[key] = 0
        schedules = 0
        if all(place < 0 for place in state.places):
            self._end(state)
            schedules = 1
        for token, go in self.moves(state):
            path.append(token)
            schedules += self._walk(go(), path, most_states)
            path.pop()
        self._memo[key] = schedules
        return schedules

    def _end(self, state: State) -> None:
        disturbed = (
            state.crashes < self._scenario.crashes
            or state.faults < self._scenario.fault_budget
            or DEAD in state.places
        )
        key = (state.world.key, disturbed)
        if key not in self._ended:
            self._check_end(state.world, disturbed)
            self._ended[key] = None

    def wander(self, chance: random.Random, schedules: int) -> int:
        """Walk so many random schedules to their ends, one by one and without any reduction.

        Returns how many of their ends the exhaustive walk had not seen: anything but 0 would mean that its
        reduction is not sound.
        """
        known = len(self._ended)
        for _ in range(schedules):
            try:
                self._wander_once(chance)
            except Violation as violation:
                self.report.violation = violation
                break
        return len(self._ended) - known

    def survey(self, chance: random.Random, schedules: int) -> dict[str, Violation]:
        """What goes wrong in so many random schedules, each kind with the first schedule that led to it."""
        found: dict[str, Violation] = {}
        for _ in range(schedules):
            try:
                self._wander_once(chance)
            except Violation as violation:
                found.setdefault(str(violation), violation)
        return found

    def _wander_once(self, chance: random.Random) -> None:
        state, path = self.first(), list[str]()
        try:
            while True:
                moves = list(self.moves(state))
                if all(place < 0 for place in state.places) and (
                    not moves or chance.random() < 1 / (len(moves) + 1)
                ):
                    break
                token, go = moves[chance.randrange(len(moves))]
                path.append(token)
                state = go()
            self._end(state)
        except Violation as violation:
            violation.schedule = tuple(path)
            raise

    def replay(self, tokens: list[str]) -> Iterator[tuple[str, str]]:
        """Walk one schedule and tell each step; raises the Violation that it ends in."""
        state = self.first()
        for token in tokens:
            moves = dict(self.moves(state))
            if token not in moves:
                raise SystemExit(f"{token} is not possible here; possible are {', '.join(moves)}")
            yield token, self._told(state, token)
            state = moves[token]()
        if all(place < 0 for place in state.places):
            self._end(state)

    def _told(self, state: State, token: str) -> str:
        if token.startswith("h"):
            return self._scenario.happenings[int(token[1:])].name
        kind = token[0] if token[0] in "ck" else ""
        process = int(token.removeprefix(kind).split("~")[0])
        request = self._places[process][state.places[process]].request
        doing = f"{self._scenario.programs[process].name}: {request}"
        return {"c": f"crash before {doing}", "k": f"timed out before {doing}"}.get(kind, doing)


def fixed_rows(world: World) -> dict[Any, Any]:
    """The rows that nobody writes, by the arguments of their reading."""
    return {(type(row), *LAYOUTS[type(row)].ids(row)): row for row in world.store.rows.values()}


def _with[Value](values: tuple[Value, ...], place: int, value: Value) -> tuple[Value, ...]:
    return (*values[:place], value, *values[place + 1 :])
