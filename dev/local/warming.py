"""Calls each function that a message meets once, with nothing in it, so that the first answer is quick.

A request without a signature is refused and an empty batch does nothing: no state changes, nobody is called.
"""

import asyncio
import json
import re
from collections.abc import Awaitable

import httpx

from dev.local.context import DeployedStack
from dev.local.deploying import local_session
from dev.local.overlay import API_ID
from dev.local.template import Json, http_routes, resources_of

EMPTY_BATCH = json.dumps({"Records": []}).encode()
# As many cold starts at once as the smallest machine has cores.
AT_ONCE = 2


def batch_functions(template: Json) -> list[str]:
    """Logical ids of the functions that a queue calls."""
    return [
        name
        for name, properties in resources_of(template, "AWS::Serverless::Function")
        if any(event.get("Type") == "SQS" for event in properties.get("Events", {}).values())
    ]


def unsigned_requests(template: Json) -> list[tuple[str, str]]:
    """Method and path of one request to each function that stands behind a route."""
    first = {route.function: route for route in reversed(http_routes(template))}
    return [(route.method, re.sub(r"\{[^}]*\}", "warm-up", route.path)) for route in first.values()]


async def warm_up(template: Json, stack: DeployedStack) -> None:
    """Whatever the functions answer is fine: they are awake then."""
    turn = asyncio.Semaphore(AT_ONCE)
    functions = local_session().client("lambda", endpoint_url=stack.endpoint)

    async def in_turn(call: Awaitable[object]) -> None:
        async with turn:
            await call

    def invoke(name: str) -> None:
        functions.invoke(FunctionName=stack.functions[name], Payload=EMPTY_BATCH)

    headers = {"host": f"{API_ID}.execute-api.localhost"}
    async with httpx.AsyncClient(
        base_url=stack.endpoint, headers=headers, timeout=60.0, trust_env=False
    ) as client:
        calls: list[Awaitable[object]] = [
            *(client.request(method, path) for method, path in unsigned_requests(template)),
            *(asyncio.to_thread(invoke, name) for name in batch_functions(template)),
        ]
        await asyncio.gather(*(in_turn(call) for call in calls))
