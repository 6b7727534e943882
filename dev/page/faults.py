"""What the faults desk needs beyond the stand-ins' own controls: kills of functions, durations, looking at once.

Durations change as they would in AWS: in the environment of the functions and in the waits of the state machines. They
hold for quotes and payments that begin from then on; what runs already keeps its moments.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.local.context import DeployedStack
from dev.local.deploying import local_session
from dev.local.killing import PATH
from dev.local.overlay import with_literal_timeouts
from dev.local.settings import ROOT
from dev.page.asking import json_object

JsonObject = dict[str, Any]

TIMERS: Final[Mapping[str, str]] = {
    "QUOTE_VALIDITY_SECONDS": "QuoteValiditySeconds",
    "QUOTE_REMINDER_SECONDS": "QuoteReminderSeconds",
    "PAYMENT_WINDOW_SECONDS": "PaymentWindowSeconds",
    "PAYMENT_CHECK_SECONDS": "PaymentCheckSeconds",
}
"""What can be shortened: the environment variable of the functions, and the stack parameter of that name."""
MOST_SECONDS: Final = 30 * 86_400
KILLABLE: Final = (
    "InquiryToQuoteFunction",
    "LinePayCheckoutFunction",
    "ShippingNotificationsFunction",
    "OrderEventsFunction",
    "BackofficeEventsFunction",
    "SweeperFunction",
)
LOOKS: Final = {"sweep": "SweeperFunction"}


class Unusable(ValueError):
    """A duration that cannot be; the message is for the person who wrote it."""


@dataclass(frozen=True)
class LocalAwsDesk:
    """Acts on the local AWS by the calls that AWS has. Blocking: a thread does it."""

    stack: DeployedStack

    def timers(self) -> dict[str, int]:
        """The durations in force for what begins now, in seconds."""
        found: dict[str, int] = {}
        functions = self._client("lambda")
        for name in ("InquiryToQuoteFunction", "LinePayCheckoutFunction"):
            variables = self._variables(functions, self.stack.functions[name])
            found |= {timer: int(variables[timer]) for timer in TIMERS if timer in variables}
        return found

    def change_timers(self, wanted: Mapping[str, Any]) -> dict[str, int]:
        """Raises Unusable."""
        chosen = {name: _seconds(name, value) for name, value in wanted.items()}
        functions = self._client("lambda")
        for function in self.stack.functions.values():
            variables = self._variables(functions, function)
            mine = {name: str(seconds) for name, seconds in chosen.items() if name in variables}
            if any(variables[name] != value for name, value in mine.items()):
                functions.update_function_configuration(
                    FunctionName=function, Environment={"Variables": variables | mine}
                )
        now = self.timers()
        self._change_machines({TIMERS[name]: str(seconds) for name, seconds in now.items()})
        return now

    def _change_machines(self, values: Mapping[str, str]) -> None:
        """The local AWS takes waits as numbers only, so they stand in its definitions (`dev.local.overlay`)."""
        machines = self._client("stepfunctions")
        for file in sorted((ROOT / "infra" / "statemachines").glob("*.asl.json")):
            written = json.loads(file.read_text("utf-8"))
            for arn in self.stack.state_machines.values():
                deployed = json.loads(machines.describe_state_machine(stateMachineArn=arn)["definition"])
                if list(deployed["States"]) != list(written["States"]):
                    continue
                for name, state in written["States"].items():
                    if not _known(state, values):
                        continue
                    literal = with_literal_timeouts(state, values)
                    deployed["States"][name]["TimeoutSeconds"] = literal["TimeoutSeconds"]
                machines.update_state_machine(stateMachineArn=arn, definition=json.dumps(deployed))

    def look(self, what: str) -> JsonObject:
        """What a schedule starts every minute, now."""
        answer = self._client("lambda").invoke(FunctionName=self.stack.functions[LOOKS[what]], Payload=b"{}")
        said = json.loads(answer["Payload"].read() or b"{}")
        return {"answer": said, "failed": "FunctionError" in answer}

    def check_payment(self, order_number: str) -> str:
        """Has the open payment of an order looked at, by the job that its own delay would bring: the attempt.

        Raises Unusable when none is open.
        """
        key = {"pk": {"S": f"ORDER#{order_number}"}, "sk": {"S": "-"}}
        ledger = self.stack.tables["LedgerTable"]
        order = self._client("dynamodb").get_item(TableName=ledger, Key=key).get("Item", {})
        attempt = order.get("active_attempt", {}).get("S")
        if attempt is None:
            raise Unusable(f"{order_number} has no open payment")
        job = {"job": "check", "attemptId": attempt, "cause": "local-page"}
        self._client("sqs").send_message(
            QueueUrl=self.stack.queues["PaymentsQueue"], MessageBody=json.dumps(job)
        )
        return str(attempt)

    def _client(self, service: Any) -> Any:
        return local_session().client(service, endpoint_url=self.stack.endpoint)

    def _variables(self, functions: Any, name: str) -> dict[str, str]:
        configuration = functions.get_function_configuration(FunctionName=name)
        return dict(configuration.get("Environment", {}).get("Variables", {}))


def _known(state: JsonObject, values: Mapping[str, str]) -> bool:
    path = str(state.get("TimeoutSecondsPath", ""))
    field = path.rpartition(".")[2]
    return field == "waitSeconds" or field[:1].upper() + field[1:] in values


def _seconds(name: str, value: Any) -> int:
    if name not in TIMERS:
        raise Unusable(f"{name} is none of {', '.join(TIMERS)}")
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_SECONDS:
        raise Unusable(f"{name} is a whole number of seconds from 1 to {MOST_SECONDS}")
    return value


def fault_routes(stack: DeployedStack | None) -> list[Route]:
    """The routes of the faults desk; without a deployed stack there is nothing to kill or to hurry."""
    prefix = "/_local/page/faults"

    async def show(_request: Request) -> Response:
        if stack is None:
            return JSONResponse({"available": False})
        desk = LocalAwsDesk(stack)
        kills, timers = await _kills(stack, "GET"), await run_in_threadpool(desk.timers)
        return JSONResponse({"available": True, "functions": KILLABLE, **kills, "timers": timers})

    async def kill(request: Request) -> Response:
        asked = await json_object(request) if request.method == "POST" else {}
        if stack is None or asked is None:
            return _refused("send an object as application/json to a running stack")
        if request.method == "POST" and asked.get("function") not in KILLABLE:
            return _refused(f"function is one of {', '.join(KILLABLE)}")
        return JSONResponse(await _kills(stack, request.method, asked))

    async def timers(request: Request) -> Response:
        asked = await json_object(request)
        if stack is None or asked is None:
            return _refused("send an object as application/json to a running stack")
        try:
            return JSONResponse({"timers": await run_in_threadpool(LocalAwsDesk(stack).change_timers, asked)})
        except Unusable as error:
            return _refused(str(error))

    async def look(request: Request) -> Response:
        asked = await json_object(request)
        if stack is None or asked is None or asked.get("what") not in LOOKS:
            return _refused(f"what is one of {', '.join(LOOKS)}")
        return JSONResponse(await run_in_threadpool(LocalAwsDesk(stack).look, asked["what"]))

    async def check(request: Request) -> Response:
        asked = await json_object(request)
        if stack is None or asked is None:
            return _refused("send an object as application/json to a running stack")
        try:
            attempt = await run_in_threadpool(LocalAwsDesk(stack).check_payment, str(asked.get("order")))
        except Unusable as error:
            return _refused(str(error))
        return JSONResponse({"attempt": attempt})

    return [
        Route(prefix, show),
        Route(f"{prefix}/check", check, methods=["POST"]),
        Route(f"{prefix}/kills", kill, methods=["POST", "DELETE"]),
        Route(f"{prefix}/timers", timers, methods=["POST"]),
        Route(f"{prefix}/look", look, methods=["POST"]),
    ]


async def _kills(stack: DeployedStack, method: str, asked: JsonObject | None = None) -> JsonObject:
    async with httpx.AsyncClient(trust_env=False, timeout=10.0) as client:
        answer = await client.request(method, stack.endpoint + PATH, json=asked)
    return dict(answer.json())


def _refused(message: str) -> Response:
    return JSONResponse({"message": message}, 400)
