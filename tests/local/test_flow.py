"""How a workflow came to where it stands, read from its execution's history."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dev.page.flow import visits

BEGAN = datetime(2026, 10, 5, 3, tzinfo=UTC)


def event(kind: str, seconds: int, name: str = "", error: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"type": kind, "timestamp": BEGAN + timedelta(seconds=seconds)}
    if kind.endswith(("StateEntered", "StateExited")):
        made[f"state{kind.partition('State')[2]}EventDetails"] = {"name": name}
    if error:
        made["taskFailedEventDetails"] = {"error": error}
    return made


def at(seconds: int) -> int:
    return round((BEGAN + timedelta(seconds=seconds)).timestamp() * 1000)


def test_a_state_is_told_as_often_as_it_was_entered_with_the_error_that_ended_it() -> None:
    history = [
        event("ExecutionStarted", 0),
        event("TaskStateEntered", 1, "AwaitDecision"),
        event("TaskScheduled", 1),
        event("TaskFailed", 9, error="States.Timeout"),
        event("TaskStateExited", 9, "AwaitDecision"),
        event("TaskStateEntered", 9, "ReviewQuote"),
        event("TaskSucceeded", 10),
        event("TaskStateExited", 10, "ReviewQuote"),
        event("TaskStateEntered", 10, "AwaitDecision"),
        event("TaskTimedOut", 12),
    ]

    assert visits(history) == [
        {"state": "AwaitDecision", "entered": at(1), "left": at(9), "error": "States.Timeout"},
        {"state": "ReviewQuote", "entered": at(9), "left": at(10), "error": ""},
        {"state": "AwaitDecision", "entered": at(10), "left": None, "error": "TaskTimedOut"},
    ]


def test_an_execution_that_has_just_begun_has_been_nowhere() -> None:
    assert visits([event("ExecutionStarted", 0)]) == []
