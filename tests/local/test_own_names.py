"""The page and its controls answer under the machine's own names only (DNS rebinding); the API under any."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dev.local.own_names import OwnNamesOnly


def answer(path: str, host: str) -> httpx.Response:
    async def reached(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("reached")

    app = Starlette(
        routes=[Route("/{path:path}", reached, methods=["GET", "POST"])],
        middleware=[Middleware(OwnNamesOnly)],
    )

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
        ) as client:
            return await client.post(path, headers={"host": host})

    return asyncio.run(ask())


@pytest.mark.parametrize(
    "path", ["/", "/_local/orders", "/_local/page/stream", "/_line_pay/web/payment/x", "/_line/v2/bot/info"]
)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "127.0.0.1.evil.example:8080", ""])
def test_a_foreign_name_reaches_neither_the_page_nor_a_control(path: str, host: str) -> None:
    refused = answer(path, host)
    assert (refused.status_code, refused.json()) == (403, {"message": "open this page as http://127.0.0.1"})


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080"])
def test_the_machines_own_names_reach_everything(host: str) -> None:
    assert answer("/_local/orders", host).text == "reached"


@pytest.mark.parametrize("path", ["/line/webhook", "/hooks/wms", "/pay/key/confirm", "/quotes/abc"])
def test_the_deployed_api_may_have_the_name_of_a_tunnel(path: str) -> None:
    assert answer(path, "shop.tunnel.example").text == "reached"
