"""A wire between the stand-ins and a gateway's log, served for real, with no shop behind it."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from dev.driver.back_office import LOCAL_SECRETS, sign
from dev.local.context import CallLog, LocalCredentials, ProxiedCall
from dev.page.feed import Feed
from dev.page.hops import Hop
from dev.page.wire import Wire
from dev.page.wire_routes import WireDesk
from dev.standins.line_pay import LinePayPlatform, line_pay_app, mac
from dev.standins.line_platform import LinePlatform, line_app
from tests.standins.serving import base_url, free_socket, serving

ORDER, OTHER = "A7K3Q-9XM2T", "B2M8P-4RT6W"
CREDENTIALS = LocalCredentials()


class World:
    """The stand-ins and a gateway's log around a wire; `shop` answers what would go to the deployed API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.line = LinePlatform(f"{url}/line/webhook")
        self.line_pay = LinePayPlatform()
        self.log = CallLog()
        self.feed = Feed()
        self.wire = Wire(self.feed, self.line, self.line_pay, self.log, CREDENTIALS)
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.app = Starlette(
            routes=[
                Mount("/_line", line_app(self.line)),
                Mount("/_line_pay", line_pay_app(self.line_pay)),
                *WireDesk(self.wire, self.line, url).routes(),
                Route("/{path:path}", self._gateway, methods=["GET", "POST"]),
            ]
        )

    async def _gateway(self, request: Request) -> Response:
        body, at = await request.body(), time.time()
        status, answer = self.answers.get(request.url.path, (200, b'{"ok": true}'))
        query = request.scope["query_string"].decode()
        self.log.add(
            ProxiedCall(
                number=self.log.next_number(),
                at=at,
                method=request.method,
                target=request.url.path + (f"?{query}" if query else ""),
                request_headers=tuple(request.headers.items()),
                request_body=body,
                status=status,
                response_headers=(("content-type", "application/json"),),
                response_body=answer,
                milliseconds=1,
            )
        )
        return Response(answer, status)

    def hops(self) -> list[Hop]:
        return [hop for number in self.wire.find() if (hop := self.wire.hop(number))]


def in_world[T](story: Callable[[World, httpx.AsyncClient], Awaitable[T]]) -> tuple[World, T]:
    """Plays a story against a served world; the stand-ins live in the server's thread, as in a local run."""
    listening = free_socket()
    world = World(base_url(listening))

    async def play() -> T:
        async with httpx.AsyncClient(base_url=world.url, trust_env=False) as client:
            return await story(world, client)

    with serving(world.app, listening):
        return world, asyncio.run(play())


def lines(world: World) -> list[tuple[str, str, str, int | None, str]]:
    return [
        (hop.sender.value, hop.receiver.value, hop.method, hop.status, hop.signature.value)
        for hop in world.hops()
    ]


async def token(world: World, client: httpx.AsyncClient) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": world.line.channel_id,
        "client_secret": world.line.channel_secret,
    }
    return str((await client.post("/_line/oauth2/v3/token", data=form)).json()["access_token"])


async def pay_request(world: World, client: httpx.AsyncClient, order: str = ORDER) -> dict[str, Any]:
    body = json.dumps(
        {
            "amount": 100,
            "currency": "TWD",
            "orderId": f"{order}-1",
            "packages": [
                {"id": "1", "amount": 100, "products": [{"name": "茶", "quantity": 1, "price": 100}]}
            ],
            "redirectUrls": {
                "confirmUrl": f"{world.url}/pay/key-of-{order}/confirm",
                "cancelUrl": f"{world.url}/pay/key-of-{order}/cancel",
            },
        }
    ).encode()
    return await pay_call(world, client, "/v4/payments/request", body)


async def pay_call(world: World, client: httpx.AsyncClient, path: str, body: bytes) -> dict[str, Any]:
    headers = {
        "x-line-channelid": world.line_pay.channel_id,
        "x-line-authorization-nonce": "n1",
        "x-line-authorization": mac(world.line_pay.channel_secret, path, body, "n1"),
        "content-type": "application/json",
    }
    answer = await client.post(f"/_line_pay{path}", content=body, headers=headers)
    return dict(answer.json())


async def report(client: httpx.AsyncClient, age: int = 0, secret: str | None = None) -> None:
    body = json.dumps({"specversion": "1.0", "type": "shipment.status.v1", "subject": ORDER}).encode()
    headers = sign(secret or LOCAL_SECRETS["wms"], "evt-1", int(time.time()) - age, body)
    await client.post("/hooks/wms", content=body, headers=headers)
