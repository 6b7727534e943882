"""Wakes the functions that the first order meets, so that every first answer is quick, without any effect.

The doors get requests that they only look at: LINE's own test of a webhook, which has no events, and requests
that come from nobody. The functions behind queues get an event that nobody answers, or ids of nothing.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections.abc import Awaitable

import httpx

from dev.local.context import LocalContext
from dev.local.deploying import local_session
from dev.local.overlay import API_ID
from dev.local.template import Json, http_routes

WEBHOOK = "/line/webhook"
NO_EVENTS = b'{"destination":"warm-up","events":[]}'
NOBODYS_EVENT = {
    "receivedAt": "2000-01-01T00:00:00Z",
    "event": {
        "type": "videoPlayComplete",
        "mode": "active",
        "webhookEventId": "warm-up",
        "timestamp": 0,
        "source": {"type": "user", "userId": "warm-up"},
    },
}
# What wakes a function behind a queue, by its logical id in the template.
WAKING: dict[str, Json] = {
    "InquiryToQuoteFunction": NOBODYS_EVENT,
    "OrderStatusFunction": NOBODYS_EVENT,
    "LinePayCheckoutFunction": {"job": "check", "attemptId": "warm-up", "cause": "warm-up"},
    "ShippingNotificationsFunction": {"source": "warm-up", "eventId": "warm-up"},
    "OrderEventsFunction": {"eventId": "warm-up"},
}
# As many cold starts at once as the smallest machine has cores.
AT_ONCE = 2


def batch_of(body: Json) -> Json:
    """What Lambda hands to a function for one message of a queue."""
    attributes = {"MessageGroupId": "warm-up"}
    record = {
        "messageId": "warm-up",
        "eventSource": "aws:sqs",
        "body": json.dumps(body),
        "attributes": attributes,
    }
    return {"Records": [record]}


def door_requests(template: Json, line_channel_secret: str) -> list[httpx.Request]:
    """One request to each function that stands behind a route; its path has `warm-up` for every variable."""
    first = {route.function: route for route in reversed(http_routes(template))}
    requests = []
    for route in first.values():
        path = re.sub(r"\{[^}]*\}", "warm-up", route.path)
        request = httpx.Request(route.method, f"http://{API_ID}.execute-api.localhost{path}")
        if path == WEBHOOK:
            code = hmac.new(line_channel_secret.encode(), NO_EVENTS, hashlib.sha256).digest()
            signature = {
                "x-line-signature": base64.b64encode(code).decode(),
                "content-type": "application/json",
            }
            request = httpx.Request(route.method, request.url, headers=signature, content=NO_EVENTS)
        requests.append(request)
    return requests


async def warm_up(template: Json, context: LocalContext) -> None:
    """Whatever the functions answer is fine: they are awake then."""
    stack = context.stack
    turn = asyncio.Semaphore(AT_ONCE)
    functions = local_session().client("lambda", endpoint_url=stack.endpoint)

    async def in_turn(call: Awaitable[object]) -> None:
        async with turn:
            await call

    def invoke(logical_id: str, body: Json) -> None:
        functions.invoke(
            FunctionName=stack.functions[logical_id], Payload=json.dumps(batch_of(body)).encode()
        )

    async def ask(client: httpx.AsyncClient, request: httpx.Request) -> None:
        host = {**request.headers, "host": request.url.host}
        path = request.url.raw_path.decode()
        await client.request(request.method, f"{stack.endpoint}{path}", headers=host, content=request.content)

    async with httpx.AsyncClient(timeout=60.0, trust_env=False) as client:
        await asyncio.gather(
            *(in_turn(asyncio.to_thread(invoke, *waking)) for waking in WAKING.items()),
            *(
                in_turn(ask(client, request))
                for request in door_requests(template, context.line.channel_secret)
            ),
        )
