"""The local page at `/`: a customer's phone and the shop's back office, side by side.

`GET /` and its assets, `GET /pictures/{name}`, the page's own configuration and stream, and the routes of its desks.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from dev.local.context import DeployedStack
from dev.page.back_office import BackOfficeDoor, Credentials, back_office_routes
from dev.page.books import BookReader, Office
from dev.page.desk import Desk
from dev.page.faults import LocalAwsDesk, fault_routes
from dev.page.feed import Feed
from dev.page.flow import Workflows, flow_routes
from dev.page.player import Player
from dev.page.playing import playing_routes
from dev.page.shop_front import LOGO, PUBLIC_PICTURES, ShopFront
from dev.page.stream import FirstCustomer, page_events
from dev.page.wire import Wire
from dev.page.wire_routes import WireDesk
from dev.standins.line_platform import LinePlatform, Via

JsonObject = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]

FOLDER = Path(__file__).resolve().parent
DEMO_SHOP = FOLDER.parents[1] / "layers" / "shared" / "python" / "storefront" / "demo_shop"

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


class Settings(Protocol):
    """The choices of the local run that the page needs; `chosen` by the stack's parameters."""

    @property
    def shop_csv(self) -> Path | None: ...
    @property
    def chosen(self) -> Mapping[str, str]: ...


class PageContext(Protocol):
    """What the page needs of the local run.

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
    @property
    def office(self) -> Office: ...


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
    stack: DeployedStack | None = getattr(context, "stack", None)
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
    books = BookReader(context.office, feed)
    times = LocalAwsDesk(stack) if stack else None
    player = Player(context.base_url, context.line, feed, context.settings.chosen, times)

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
            page_events(context.line, feed, books, run),
            media_type="text/event-stream",
            headers={"cache-control": "no-store"},
        )

    return [
        Route("/", index),
        Route("/favicon.ico", favicon),
        Route("/pictures/{name}", picture),
        Route("/_local/page/config", config),
        Route("/_local/page/stream", stream),
        *back_office_routes(
            BackOfficeDoor(context.base_url, context.credentials, desk, wire), books, context.office
        ),
        *playing_routes(player, context.line, shop.name()),
        *WireDesk(wire, context.line, context.base_url).routes(),
        *fault_routes(stack),
        *flow_routes(getattr(context, "executions", None) or (Workflows(stack).of_order if stack else None)),
        Mount("/_local/page/static", _Assets(directory=FOLDER / "static"), name="page-assets"),
    ]
