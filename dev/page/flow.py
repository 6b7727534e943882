"""Where an order stands in its workflow, and how it got there: from the histories of Step Functions' executions.

An order's executions are those that are named after its quote: one for each version of the quote, and one for each
question about a price. The local AWS keeps the whole history until the run ends.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.local.context import DeployedStack
from dev.local.deploying import local_session

JsonObject = dict[str, Any]
Executions = Callable[[str], list[JsonObject]]


@dataclass(frozen=True)
class Workflows:
    """Reads the local AWS. Blocking: a thread does it."""

    stack: DeployedStack

    def of_order(self, order_number: str) -> list[JsonObject]:
        """The executions of an order, oldest first; none for an order that is not there."""
        quote = self._quote_of(order_number)
        if quote is None:
            return []
        client = self._client("stepfunctions")
        found = [
            self._told(client, machine, arn, execution)
            for machine, arn in self.stack.state_machines.items()
            for page in client.get_paginator("list_executions").paginate(stateMachineArn=arn)
            for execution in page["executions"]
            if execution["name"].startswith(f"{quote}-")
        ]
        return sorted(found, key=lambda each: str(each["startedAt"]))

    def _quote_of(self, order_number: str) -> str | None:
        key = {"pk": {"S": f"ORDER#{order_number}"}, "sk": {"S": "-"}}
        answer = self._client("dynamodb").get_item(TableName=self.stack.tables["LedgerTable"], Key=key)
        return str(answer["Item"]["quote_id"]["S"]) if "Item" in answer else None

    def _told(self, client: Any, machine: str, arn: str, execution: JsonObject) -> JsonObject:
        definition = json.loads(client.describe_state_machine(stateMachineArn=arn)["definition"])
        events: list[JsonObject] = []
        for page in client.get_paginator("get_execution_history").paginate(
            executionArn=execution["executionArn"]
        ):
            events += page["events"]
        return {
            "machine": machine,
            "name": execution["name"],
            "status": execution["status"],
            "startedAt": _moment(execution["startDate"]),
            "visits": visits(events),
            "states": [{"name": name, "type": state["Type"]} for name, state in definition["States"].items()],
        }

    def _client(self, service: Any) -> Any:
        return local_session().client(service, endpoint_url=self.stack.endpoint)


def visits(events: list[JsonObject]) -> list[JsonObject]:
    """Each state as it was entered, in order: since when, until when, and the error that ended it, if one did."""
    told: list[JsonObject] = []
    for event in events:
        entered = event.get("stateEnteredEventDetails")
        if entered:
            told.append(
                {"state": entered["name"], "entered": _moment(event["timestamp"]), "left": None, "error": ""}
            )
        elif told and event.get("stateExitedEventDetails"):
            told[-1]["left"] = _moment(event["timestamp"])
        elif told and event["type"].endswith(("Failed", "TimedOut")):
            told[-1]["error"] = _error(event)
    return told


def _error(event: JsonObject) -> str:
    details = [value for key, value in event.items() if key.endswith("EventDetails")]
    return str(next((each["error"] for each in details if each.get("error")), event["type"]))


def _moment(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def flow_routes(executions: Executions | None) -> list[Route]:
    """`executions` tells those of an order; without a deployed stack there are none."""

    async def show(request: Request) -> Response:
        order = request.path_params["order"]
        found = await run_in_threadpool(executions, order) if executions else []
        return JSONResponse({"executions": found})

    return [Route("/_local/page/flow/{order}", show)]
