"""The local page at `/`: a customer's phone and the shop's back office, side by side.

`GET /` and its assets, `GET /pictures/{name}`, the page's own configuration, stream and sender of back-office events,
and the local run's order system (`POST /_local/order-system`), to which the product reports by default.
"""

import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import httpx
import standardwebhooks
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from dev.driver.back_office import BackOffice
from dev.page.asking import json_object
from dev.page.desk import Desk
from dev.page.feed import Feed
from dev.page.player import Player
from dev.page.playing import playing_routes
from dev.page.shop_front import LOGO, PUBLIC_PICTURES, ShopFront
from dev.page.stream import FirstCustomer, OrderSource, page_events, read_orders
from dev.page.wire import Wire
from dev.page.wire_routes import WireDesk
from dev.standins.line_platform import LinePlatform, Via

JsonObject = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]

FOLDER = Path(__file__).resolve().parent
DEMO_SHOP = FOLDER.parents[1] / "layers" / "shared" / "python" / "storefront" / "demo_shop"
SOURCE = "wms"  # the back office that may send every type of event

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        # No script of this page may hand text to innerHTML and its like, ours included.
        "require-trusted-types-for 'script'",
    )
)
PAGE_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


class Credentials(Protocol):
    """The two secrets that the page needs."""

    @property
    def wms_secret(self) -> str: ...
    @property
    def outgoing_secret(self) -> str: ...


class Settings(Protocol):
    """The choices of the local run that the page needs; `chosen` by the stack's parameters."""

    @property
    def shop_csv(self) -> Path | None: ...
    @property
    def chosen(self) -> Mapping[str, str]: ...


class PageContext(Protocol):
    """What the page needs of the local run.

    Where there is also a callable `orders`, it is asked for the orders to show: objects with `orderNumber`, `status`,
    `statusLabel`, `total`, `customerName`, `delivery` as in the events to the order system; only the number is a must.
    Where there are `line_pay` and `proxied`, the wire shows what LINE Pay's stand-in and the gateway saw.
    """

    @property
    def base_url(self) -> str: ...
    @property
    def line(self) -> LinePlatform: ...
    @property
    def credentials(self) -> Credentials: ...
    @property
    def settings(self) -> Settings: ...


class _Assets(StaticFiles):
    """The page's own files, with the page's headers."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                extra = [(name.encode(), value.encode()) for name, value in PAGE_HEADERS.items()]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        await super().__call__(scope, receive, send_with_headers)


def page_routes(context: PageContext, shop_folder: Path = DEMO_SHOP) -> list[BaseRoute]:
    """The routes of the page, to stand before the proxied routes of the API."""
    feed = Feed()
    desk = Desk(feed)
    wire = Wire(
        feed,
        context.line,
        getattr(context, "line_pay", None),
        getattr(context, "proxied", None),
        context.credentials,
    )
    shop = ShopFront(shop_folder, context.settings.shop_csv)
    first_customer = FirstCustomer(context.line)
    run = secrets.token_hex(8)
    orders: OrderSource | None = getattr(context, "orders", None)
    player = Player(context.base_url, context.line, feed, context.settings.chosen)

    async def index(_request: Request) -> Response:
        return FileResponse(
            FOLDER / "index.html", headers=PAGE_HEADERS, media_type="text/html; charset=utf-8"
        )

    async def favicon(_request: Request) -> Response:
        return FileResponse(FOLDER / "static" / "icon.png", headers=PAGE_HEADERS)

    async def picture(request: Request) -> Response:
        file = shop.picture(request.path_params["name"])
        return FileResponse(file, headers=PAGE_HEADERS) if file else Response(status_code=404)

    async def config(_request: Request) -> Response:
        names = shop.pictures()
        return JSONResponse(
            {
                "shop": {"name": shop.name(), "logo": f"/pictures/{LOGO}" if LOGO in names else None},
                "pictures": {"prefix": PUBLIC_PICTURES, "path": "/pictures/", "names": names},
                "products": shop.products(),
                "untouched": not any(
                    entry.via is Via.CUSTOMER
                    for chat in context.line.chats.values()
                    for entry in chat.entries
                ),
            }
        )

    async def stream(_request: Request) -> Response:
        first_customer.welcome()
        return StreamingResponse(
            page_events(context.line, feed, orders, run),
            media_type="text/event-stream",
            headers={"cache-control": "no-store"},
        )

    async def send_back_office_event(request: Request) -> Response:
        asked = await json_object(request)
        if asked is None or not isinstance(asked.get("data"), dict) or not isinstance(asked.get("type"), str):
            return JSONResponse({"message": "send an object with type and data as application/json"}, 400)
        async with BackOffice(context.base_url, SOURCE, context.credentials.wms_secret) as office:
            event = office.event(asked["type"], asked.get("subject"), asked["data"])
            earlier = next((each.event for each in desk.sent if each.event["id"] == asked.get("id")), None)
            try:
                taken = await office.send(earlier or event)
            except httpx.HTTPError as error:
                sent = desk.record_sent(earlier or event, None, type(error).__name__)
            else:
                sent = desk.record_sent(taken.event, taken.status, taken.body)
        return JSONResponse(
            {"number": sent.number, "status": sent.status, "answer": sent.answer, "event": sent.event}
        )

    async def order_system(request: Request) -> Response:
        began, body = time.perf_counter(), await request.body()
        answer = take_event(body, dict(request.headers))
        headers = tuple(request.headers.items())
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        wire.order_system(
            str(request.url), headers, body, answer.status_code, bytes(answer.body), milliseconds
        )
        return answer

    def take_event(body: bytes, headers: dict[str, str]) -> JSONResponse:
        try:
            event = json.loads(body)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            return JSONResponse({"message": "not an event"}, 400)
        proven = _proven(body, headers, context.credentials.outgoing_secret)
        desk.record_received(event, proven=proven)
        if not proven:
            return JSONResponse({"message": "the signature is not the shop's"}, 401)
        return JSONResponse({"taken": event.get("id")}, 202)

    async def order_system_list(_request: Request) -> Response:
        return JSONResponse({"events": desk.received_list()})

    async def order_list(_request: Request) -> Response:
        return JSONResponse(await read_orders(orders))

    return [
        Route("/", index),
        Route("/favicon.ico", favicon),
        Route("/pictures/{name}", picture),
        Route("/_local/orders", order_list),
        Route("/_local/order-system", order_system, methods=["POST"]),
        Route("/_local/order-system", order_system_list),
        Route("/_local/page/config", config),
        Route("/_local/page/stream", stream),
        Route("/_local/page/back-office", send_back_office_event, methods=["POST"]),
        *playing_routes(player, context.line, shop.name()),
        *WireDesk(wire, context.line, context.base_url).routes(),
        Mount("/_local/page/static", _Assets(directory=FOLDER / "static"), name="page-assets"),
    ]


def _proven(body: bytes, headers: dict[str, str], secret: str) -> bool:
    try:
        standardwebhooks.Webhook(secret).verify(body, headers)
    except standardwebhooks.WebhookVerificationError:
        return False
    return True
