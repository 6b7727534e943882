"""Ports that replay what a process was answered before, and stop it at the first call that was never answered.

The services know nothing of this: a process is the real service run from its beginning over its own history, so
its state is its history. `Pause` is no `Exception`, so nothing in the services can catch it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import OrderDelivery
from tests.doubles.little_shop import CATALOGUE, Services
from tests.doubles.machinery import CountingMetrics, SequenceIds
from tests.explorer.world import Raised, Request

FUSED_ROWS: Final = (OrderDelivery,)
"""Rows that no process writes, unless its scenario says so: reading them commutes with everything."""


class Pause(BaseException):
    """The process wants to make a call that its history does not answer."""

    def __init__(self, request: Request) -> None:
        super().__init__(str(request))
        self.request = request


class History:
    """The answers so far, handed out in order."""

    def __init__(self, answers: tuple[Any, ...]) -> None:
        self._answers = answers
        self._next = 0

    def call(self, port: str, method: str, *arguments: Any, **named: Any) -> Any:
        if self._next == len(self._answers):
            raise Pause(Request(port, method, arguments, tuple(sorted(named.items()))))
        answer = self._answers[self._next]
        self._next += 1
        if isinstance(answer, Raised):
            raise answer.error(*answer.arguments)
        return answer


class RecordedPort:
    """Any port of which every call is a point where the scheduler may turn to somebody else."""

    def __init__(self, history: History, name: str, fixed: dict[Any, Any]) -> None:
        self._history = history
        self._name = name
        self._fixed = fixed

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if self._fixed and method == "read" and arguments[0] in FUSED_ROWS:
                return self._fixed.get(arguments)
            return self._history.call(self._name, method, *arguments, **named)

        return call


class LostJobs:
    """Queues that lose everything: whatever a job would do is a process of the scenario, or the sweeper's."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        def lost(*_arguments: Any, **_named: Any) -> None:
            return None

        return lost


class FixedCatalogues:
    """The catalogue itself never changes; counters are read from the world."""

    def __init__(self, history: History) -> None:
        self._history = history

    def read(self) -> Catalogue:
        return CATALOGUE

    def available(self, skus: Any) -> Any:
        return self._history.call("catalogues", "available", tuple(skus))


def cast(
    services: type[Services],
    answers: tuple[Any, ...],
    owner: str,
    fixed: dict[Any, Any],
    fixed_now: datetime | None,
) -> Services:
    """The real services of one process, over its history. With `fixed_now` the clock cannot change at all."""
    history = History(answers)
    actors: Any = services()
    actors.store = RecordedPort(history, "store", fixed)
    actors.pay = RecordedPort(history, "pay", fixed)
    actors.line = RecordedPort(history, "line", fixed)
    actors.workflow = RecordedPort(history, "workflow", fixed)
    actors.jobs = LostJobs()
    actors.ids = SequenceIds(owner)
    actors.metrics = CountingMetrics()
    actors.order_system = RecordedPort(history, "order_system", fixed)
    actors.catalogues = FixedCatalogues(history)
    actors.clock = (lambda: history.call("clock", "now")) if fixed_now is None else (lambda: fixed_now)
    return actors  # type: ignore[no-any-return]


NO_SKEW: Final = timedelta()
