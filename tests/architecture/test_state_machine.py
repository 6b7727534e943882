"""The state machine as text: it ends, waits with an end, and every name in it means something (D6, K5, K6)."""

import ast
import importlib.resources
import json
from pathlib import Path
from typing import Any, Final

import pytest
from statelint.linter import Linter

from storefront.contracts.tasks import PAYMENT_TASK, QUOTE_TASK, AwaitDelivery, failed_workflow
from storefront.domain import errors
from storefront.services.checkout import Closing
from storefront.services.deciding import Decision
from tests.aws.deployment import Deployment

FOLDER: Final = Path(__file__).resolve().parents[2] / "infra/statemachines"
MACHINES: Final[dict[str, dict[str, Any]]] = {
    path.name.removesuffix(".asl.json"): json.loads(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("*.asl.json"))
}
LOGICAL_IDS: Final = {"order": "OrderStateMachine", "approval": "ApprovalStateMachine"}
STATES: Final[dict[str, dict[str, Any]]] = {
    name: state for machine in MACHINES.values() for name, state in machine["States"].items()
}
LAST_RESORT: Final = "NeedsOperator"
TASKS: Final = {
    f"{machine}-{name}": state
    for machine, definition in MACHINES.items()
    for name, state in definition["States"].items()
    if state["Type"] == "Task"
}
WAITING: Final = {name for name, state in TASKS.items() if state["Resource"].endswith(".waitForTaskToken")}
ENDS: Final = {
    "order": {"Delivered", "EndedUnpaid", "WithPeople"},
    "approval": {"Decided", "WithPeople"},
}
MACHINE: Final = pytest.mark.parametrize("machine", sorted(MACHINES))
INFRASTRUCTURE: Final = {
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.ClientExecutionTimeoutException",
}


def next_of(state: dict[str, Any]) -> set[str]:
    """Where a state may lead."""
    catches = {each["Next"] for each in state.get("Catch", [])}
    choices = {each["Next"] for each in state.get("Choices", [])}
    return {name for name in (state.get("Next"), state.get("Default")) if name} | catches | choices


def named_errors() -> set[str]:
    """Errors of the business that the machine catches or retries by name."""
    listed = [
        name
        for state in TASKS.values()
        for rule in (*state.get("Catch", []), *state.get("Retry", []))
        for name in rule["ErrorEquals"]
    ]
    return {name for name in listed if not name.startswith("States.")} - INFRASTRUCTURE


@MACHINE
def test_statelint_has_nothing_to_say(machine: str) -> None:
    assert statelint_problems(Deployment().definition(LOGICAL_IDS[machine])) == []


def test_statelint_would_say_something_about_a_dangling_state() -> None:
    broken = json.loads(json.dumps(MACHINES["order"]))
    broken["States"]["AllowGrace"]["Next"] = "Nowhere"
    assert statelint_problems(broken)


@MACHINE
def test_every_state_can_be_reached_and_leads_to_an_end(machine: str) -> None:
    states = MACHINES[machine]["States"]
    seen, open_ = set(), {MACHINES[machine]["StartAt"]}
    while open_:
        name = open_.pop()
        seen.add(name)
        open_ |= next_of(states[name]) - seen
    assert seen == set(states)
    ends = {name for name, state in states.items() if state["Type"] in {"Succeed", "Fail"}}
    assert ends == ENDS[machine]
    leads = set(ends)
    while grown := {name for name in states if name not in leads and next_of(states[name]) & leads}:
        leads |= grown
    assert leads == set(states)


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_an_end_and_nothing_it_raises_kills_the_execution(name: str) -> None:
    state = TASKS[name]
    assert ("TimeoutSeconds" in state) != ("TimeoutSecondsPath" in state)
    if name.endswith(LAST_RESORT):
        assert [rule["ErrorEquals"] for rule in state["Retry"]] == [["States.ALL"]], (
            "the last resort only retries"
        )
        return
    assert state["Catch"][-1]["ErrorEquals"] == ["States.ALL"]
    assert all(rule["ResultPath"] for rule in state["Catch"]), "the input survives the error"
    for rule in state.get("Retry", []):
        assert set(rule["ErrorEquals"]) - named_errors() == INFRASTRUCTURE
        assert rule["JitterStrategy"] == "FULL"
        assert rule["MaxAttempts"] <= 6


@pytest.mark.parametrize("name", sorted(WAITING))
def test_a_waiting_task_takes_its_patience_from_the_input_and_hands_its_token_over(name: str) -> None:
    state = TASKS[name]
    decision = name == "order-AwaitDecision"
    assert state["TimeoutSecondsPath"].startswith("$.decision." if decision else "$.timers.")
    assert state["Parameters"]["Payload"]["token.$"] == "$$.Task.Token"


def test_whoever_timed_out_looks_at_what_really_happened_first() -> None:
    after_timeout: dict[str, str] = {}
    for name in WAITING:
        for rule in TASKS[name]["Catch"]:
            if {"States.Timeout", "States.ALL"} & set(rule["ErrorEquals"]):
                after_timeout.setdefault(name, rule["Next"])
    assert after_timeout == {
        "order-AwaitDecision": "ReviewQuote",
        "order-SettlePayment": "AllowGrace",
        "order-AwaitDelivery": LAST_RESORT,
        "approval-AwaitApproval": "RemindStaff",
        "approval-RemindStaff": "Escalate",
        "approval-Escalate": "CarryOut",
    }


def test_every_error_that_is_caught_is_a_class_and_every_error_that_ends_a_wait_is_caught() -> None:
    classes = {name for name, value in vars(errors).items() if isinstance(value, type)}
    assert named_errors() <= classes
    assert ended_with() <= named_errors()
    assert ended_with(), "the services end waits with errors"


def ended_with() -> set[str]:
    """Classes of errors that the services answer a task token with."""
    found = set()
    services = Path(str(importlib.resources.files("storefront.services")))
    for path in services.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "end"
            ):
                found |= {
                    each.func.id
                    for each in node.args
                    if isinstance(each, ast.Call)
                    and isinstance(each.func, ast.Name)
                    and isinstance(vars(errors).get(each.func.id), type)
                }
    return found


def test_every_choice_has_a_default_and_knows_the_answers_that_its_task_gives() -> None:
    answers = {
        "WhatBecameOfTheQuote": {str(each) for each in Decision},
        "WhatBecameOfThePayment": {str(each) for each in Closing},
    }
    for name, state in STATES.items():
        if state["Type"] == "Choice":
            assert "Default" in state
            assert {each["StringEquals"] for each in state["Choices"]} <= answers[name]


def test_payloads_are_what_the_functions_read() -> None:
    for state in TASKS.values():
        payload = {
            key.removesuffix(".$"): 1 if "Version" in key else "x" for key in state["Parameters"]["Payload"]
        } | {"task": state["Parameters"]["Payload"]["task"]}
        match state["Parameters"]["FunctionName"]:
            case "${InquiryToQuoteFunctionArn}":
                QUOTE_TASK.validate_python(payload)
            case "${LinePayCheckoutFunctionArn}":
                PAYMENT_TASK.validate_python(payload)
            case "${ShippingNotificationsFunctionArn}":
                AwaitDelivery.model_validate(payload)
            case "${SweeperFunctionArn}":
                failed_workflow(payload)
            case other:
                raise AssertionError(other)


def test_the_execution_holds_ids_and_durations_only() -> None:
    kept = {name for state in TASKS.values() for name in (state.get("ResultSelector") or {})}
    assert kept == {"outcome.$", "orderNumber.$", "waitSeconds.$"}
    assert all(
        state.get("ResultPath") is None or "ResultSelector" in state or name == "order-AwaitDecision"
        for name, state in TASKS.items()
    )


def statelint_problems(definition: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in Linter.validate(definition)]
