"""What is on a queue or in a running workflow while another version is deployed: frozen here, and understood (D8, H5).

A field may be added with a default; none of these lines may have to change.
"""

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from storefront.contracts.tasks import (
    PAYMENT_JOB,
    PAYMENT_TASK,
    QUOTE_TASK,
    BackOfficeJob,
    NeedsOperator,
    OrderEventJob,
)

NUMBER = "A7K3Q-9XM2T"
JOBS = [
    {"job": "open", "orderNumber": NUMBER, "cause": "sweep"},
    {"job": "close", "orderNumber": NUMBER},
    {"job": "check", "attemptId": "4ec9599fc203d176a301536c2e091a19bc852759", "cause": "schedule"},
    {"job": "check", "attemptId": "4ec9599fc203d176a301536c2e091a19bc852759", "cause": "a-cause-of-tomorrow"},
    {"job": "refund", "orderNumber": NUMBER, "refundId": "r1"},
]
TASKS = [
    (QUOTE_TASK, {"task": "await_decision", "token": "t", "quoteId": "q", "quoteVersion": 1}),
    (QUOTE_TASK, {"task": "review_quote", "quoteId": "q", "quoteVersion": 1}),
    (PAYMENT_TASK, {"task": "open_payment", "orderNumber": NUMBER}),
    (PAYMENT_TASK, {"task": "settle_payment", "token": "t", "orderNumber": NUMBER}),
    (PAYMENT_TASK, {"task": "close_payment", "orderNumber": NUMBER}),
    (TypeAdapter(OrderEventJob), {"eventId": f"{NUMBER}:order.paid.v1:1"}),
    (TypeAdapter(BackOfficeJob), {"source": "wms", "eventId": "evt-1"}),
    (TypeAdapter(NeedsOperator), {"quoteId": "q", "quoteVersion": 1, "state": "AwaitDelivery"}),
]


@pytest.mark.parametrize("job", JOBS)
def test_a_job_that_waits_on_its_queue_is_understood(job: dict[str, Any]) -> None:
    read = PAYMENT_JOB.validate_json(json.dumps({**job, "fieldOfTomorrow": 1}))
    assert read.model_dump() == job


@pytest.mark.parametrize(("reader", "task"), TASKS)
def test_a_task_of_a_workflow_that_runs_on_is_understood(
    reader: TypeAdapter[Any], task: dict[str, Any]
) -> None:
    read = reader.validate_python({**task, "fieldOfTomorrow": 1})
    assert {name: value for name, value in read.model_dump().items() if name in task} == task
