"""Plays the scenarios inside the local run, one at a time, against its own port, and tells every window of it.

What happened is kept in the order in which it happened, the scenario's lines and the chats' entries together, for the
transcript.
"""

import asyncio
import dataclasses
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from dev.local.settings import SCENARIO_SECONDS, SECONDS_PARAMETERS
from dev.pace import Pace
from dev.page.feed import Feed, News
from dev.playbill import Billed, playbill
from dev.scenario import Line, play
from dev.standins.line_platform import Change, ChatEntry, LinePlatform

JsonObject = dict[str, Any]

# The longest of the shop's own times that somebody in front of the page is asked to wait for.
WATCHED_SECONDS = 300
ENVIRONMENT = {parameter: name for name, parameter in SECONDS_PARAMETERS.items()}
logger = logging.getLogger(__name__)


class ShopTimes(Protocol):
    """How long the running shop waits, by environment variable, in seconds. Blocking."""

    def timers(self) -> dict[str, int]: ...
    def change_timers(self, wanted: Mapping[str, Any]) -> dict[str, int]: ...


class PlayState(StrEnum):
    PLAYING = "playing"
    PASSED = "passed"
    FAILED = "failed"
    STOPPED = "stopped"


class CannotPlay(Exception):
    """The scenario cannot begin now; `reason` is a word of the page, the message says it in English."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Said:
    """An entry of a chat, which may still change: it is looked up when somebody wants to read it."""

    chat_id: str
    index: int


@dataclass
class Performance:
    """One scenario as it was played, with everything that happened meanwhile. `began_at`: ms since 1970."""

    number: int
    billed: Billed
    began_at: int
    pace: Pace
    state: PlayState = PlayState.PLAYING
    timeline: list[Line | Said] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        return [each for each in self.timeline if isinstance(each, Line)]

    @property
    def people(self) -> list[str]:
        """The user ids of those who took part, in the order of their first act."""
        return list(dict.fromkeys(line.who for line in self.lines if line.who))


class Player:
    """`seconds`: the durations that somebody chose for this run, by the stack's parameter.

    With `times` a scenario about time shortens the shop's own for as long as it plays; without, only a run that was
    started with short ones can play it.
    """

    def __init__(
        self,
        base_url: str,
        line: LinePlatform,
        feed: Feed,
        seconds: Mapping[str, str],
        times: ShopTimes | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.latest: Performance | None = None
        self._base_url = base_url
        self._line = line
        self._feed = feed
        self._seconds = seconds
        self._times = times
        self._clock = clock
        self._playbill = playbill()
        self._task: asyncio.Task[None] | None = None
        feed.register(self._what_is_there)

    def playbill(self) -> list[JsonObject]:
        """The list for the desk. `shortens`: what it changes while it plays; `startWith`: what the run would have to be
        started with, if it was not."""
        return [
            {
                "name": billed.name,
                "group": billed.about.group,
                "title": {"zh-TW": billed.about.title, "en": billed.english_title},
                "what": {"zh-TW": billed.about.what_happens, "en": billed.english},
                "steps": billed.steps,
                "byTheClock": billed.by_the_clock,
                "shortens": self._shortens(billed.name),
                "startWith": self._start_with(billed.name),
            }
            for billed in self._playbill.values()
        ]

    def start(self, name: str, speed: int) -> Performance:
        """Raises CannotPlay, and ValueError for a speed that there is not."""
        if name not in self._playbill:
            raise CannotPlay("noSuchScenario", f"there is no scenario {name!r}")
        if self.latest and self.latest.state is PlayState.PLAYING:
            raise CannotPlay("alreadyPlaying", f"{self.latest.billed.name} is playing: stop it first")
        if self._start_with(name):
            raise CannotPlay("needsShorterTimes", f"start the run with: {self._start_with(name)} make run")
        number = self.latest.number + 1 if self.latest else 1
        performance = Performance(number, self._playbill[name], int(self._clock() * 1000), Pace(speed))
        self.latest = performance
        self._tell_state()
        self._task = asyncio.create_task(self._play(performance))
        return performance

    async def stop(self) -> None:
        """Returns when nothing of the scenario goes on. What the shop is doing for its customers, it finishes."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def change_pace(self, *, speed: int | None = None, hold: bool | None = None) -> None:
        """Of what is playing. Raises ValueError for a speed that there is not."""
        if self.latest is None or self.latest.state is not PlayState.PLAYING:
            return
        if speed is not None:
            self.latest.pace.go_at(speed)
        if hold is not None:
            (self.latest.pace.hold if hold else self.latest.pace.go_on)()
        self._tell_state()

    async def _play(self, performance: Performance) -> None:
        with self._line.subscribe() as changes:

            def report(line: Line) -> None:
                self._note(performance, changes)
                performance.timeline.append(line)
                self._feed.tell("playLine", self._line_json(performance, len(performance.lines) - 1, line))

            try:
                async with self._shortened(performance.billed.name):
                    status = await play(
                        performance.billed.name, self._base_url, report, pace=performance.pace
                    )
                performance.state = PlayState.FAILED if status else PlayState.PASSED
            except asyncio.CancelledError:
                performance.state = PlayState.STOPPED
            except Exception as error:
                logger.exception("the scenario %s broke off", performance.billed.name)
                report(Line("error", f"{type(error).__name__}: {error}", 0.0))
                performance.state = PlayState.FAILED
            self._note(performance, changes)
        self._tell_state()

    @staticmethod
    def _note(performance: Performance, changes: asyncio.Queue[Change]) -> None:
        """Puts what was said in the chats until now before what comes."""
        noted = {each for each in performance.timeline if isinstance(each, Said)}
        while not changes.empty():
            entry = changes.get_nowait().value
            if isinstance(entry, ChatEntry) and (said := Said(entry.chat_id, entry.index)) not in noted:
                noted.add(said)
                performance.timeline.append(said)

    @asynccontextmanager
    async def _shortened(self, name: str) -> AsyncIterator[None]:
        """The shop's times as the scenario needs them, and afterwards as they were."""
        wanted = {ENVIRONMENT[each]: seconds for each, seconds in SCENARIO_SECONDS.get(name, {}).items()}
        if self._times is None or not wanted:
            yield
            return
        now = await asyncio.to_thread(self._times.timers)
        before = {each: now[each] for each in wanted if each in now}
        await asyncio.to_thread(self._times.change_timers, wanted)
        try:
            yield
        finally:
            await asyncio.to_thread(self._times.change_timers, before)

    def _shortens(self, name: str) -> str:
        return _as_settings(SCENARIO_SECONDS.get(name, {})) if self._times else ""

    def _start_with(self, name: str) -> str:
        """`NAME=seconds …`, or nothing when this run is quick enough for the scenario or can be made so."""
        wanted = SCENARIO_SECONDS.get(name, {})
        slow = [
            each for each in wanted if int(self._seconds.get(each, WATCHED_SECONDS + 1)) > WATCHED_SECONDS
        ]
        return _as_settings(wanted) if slow and self._times is None else ""

    def _what_is_there(self) -> list[News]:
        if self.latest is None:
            return [("play", None)]
        latest = self.latest
        lines: list[News] = [
            ("playLine", self._line_json(latest, index, line)) for index, line in enumerate(latest.lines)
        ]
        return [("play", self._state_json(latest)), *lines]

    def _tell_state(self) -> None:
        if self.latest:
            self._feed.tell("play", self._state_json(self.latest))

    @staticmethod
    def _state_json(performance: Performance) -> JsonObject:
        return {
            "number": performance.number,
            "name": performance.billed.name,
            "state": performance.state,
            "speed": performance.pace.speed,
            "paused": performance.pace.held,
        }

    @staticmethod
    def _line_json(performance: Performance, index: int, line: Line) -> JsonObject:
        return {"number": performance.number, "index": index, **dataclasses.asdict(line)}


def _as_settings(seconds: Mapping[str, int]) -> str:
    return " ".join(f"{ENVIRONMENT[parameter]}={value}" for parameter, value in seconds.items())
