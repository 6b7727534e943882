"""The local page in a real Chromium, with the real LINE stand-in and a shop that answers as the test says.

`shop` runs the page, the stand-in's control routes, a webhook and a hook on one port of 127.0.0.1, in its own thread.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import resvg_py
import standardwebhooks
import uvicorn
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response
from playwright.sync_api import Request as PageRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.responses import Response as Reply
from starlette.routing import BaseRoute, Route

from dev.page.books import Books
from dev.page.routes import page_routes
from dev.standins.line_pay import LinePayPlatform, line_pay_control_routes
from dev.standins.line_platform import LinePlatform, line_control_routes
from tests.browser.books import page_of

JsonObject = dict[str, Any]
SHOP_NAME = "山海茶行"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Secrets:
    wms_secret: str = "whsec_ZGV2LWJhY2stb2ZmaWNlLXNlY3JldC0wMDAwMDE="
    outgoing_secret: str = "whsec_ZGV2LW91dGdvaW5nLXNlY3JldC0wMDAwMDAwMDAwMDM="


@dataclass(frozen=True)
class Choices:
    shop_csv: Path | None = None
    chosen: dict[str, str] = field(default_factory=dict)


@dataclass
class Shop:
    """The page's server, with a shop behind it whose answers the test gives."""

    base_url: str
    line: LinePlatform
    loop: asyncio.AbstractEventLoop
    credentials: Secrets = field(default_factory=Secrets)
    settings: Choices = field(default_factory=Choices)
    line_pay: LinePayPlatform = field(default_factory=LinePayPlatform)
    workflows: dict[str, list[JsonObject]] = field(default_factory=dict)
    order_list: list[JsonObject] = field(default_factory=list)
    webhooks: list[JsonObject] = field(default_factory=list)
    hooks: list[JsonObject] = field(default_factory=list)
    refused: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    hook_status: int = 202
    answer: Callable[[JsonObject], list[JsonObject]] = lambda _event: []

    pages: dict[str, JsonObject] = field(default_factory=dict)
    stock: list[JsonObject] = field(default_factory=list)
    waiting: dict[str, JsonObject] = field(default_factory=dict)
    tasks: list[JsonObject] = field(default_factory=list)
    operator: Callable[[JsonObject], JsonObject] = lambda _task: {}
    read_books: Callable[[], Books] | None = None

    @property
    def office(self) -> "Shop":
        return self

    def books(self) -> Books:
        """The books as the test has written them."""
        if self.read_books:
            return self.read_books()
        pages = {order["orderNumber"]: page_of(order) for order in self.order_list} | self.pages
        return Books(list(self.order_list), pages, list(self.stock), dict(self.waiting))

    def operate(self, task: Mapping[str, Any]) -> JsonObject:
        """The operator's desk: keeps what it was asked and answers as the test says."""
        self.tasks.append(dict(task))
        return self.operator(dict(task))

    def executions(self, order: str) -> list[JsonObject]:
        return self.workflows.get(order, [])

    def within[T](self, work: Callable[[], T]) -> T:
        """Do this in the server's own thread, where the stand-in lives."""

        async def run() -> T:
            return work()

        return self.wait_for(run())

    def wait_for[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(10)

    def customer(self, name: str = "王小明", language: str = "zh-TW") -> str:
        """A friend of the shop; their user id."""

        async def add() -> str:
            customer = self.line.add_customer(name, language)
            await self.line.deliver([self.line.follow(customer.user_id)])
            return customer.user_id

        return self.wait_for(add())

    def push(self, user_id: str, *messages: JsonObject) -> None:
        """The shop writes. What LINE would refuse reaches the page too: the renderer has to warn of it."""
        self.within(lambda: self.line._send(user_id, "push", list(messages), "test"))  # type: ignore[arg-type]

    def postbacks(self) -> list[JsonObject]:
        return [event["postback"] for event in self.webhooks if event["type"] == "postback"]

    def texts(self) -> list[str]:
        return [event["message"]["text"] for event in self.webhooks if event["type"] == "message"]


async def _webhook(request: Request) -> Reply:
    shop: Shop = request.app.state.shop
    body = await request.json()
    for event in body["events"]:
        shop.webhooks.append(event)
        messages = shop.answer(event)
        if messages:
            assert (
                shop.line.reply({"replyToken": event["replyToken"], "messages": messages}, "test").status
                == 200
            )
    return Reply(status_code=200)


async def _hook(request: Request) -> Reply:
    shop: Shop = request.app.state.shop
    body = await request.body()
    try:
        event = standardwebhooks.Webhook(shop.credentials.wms_secret).verify(body, dict(request.headers))
    except standardwebhooks.WebhookVerificationError:
        shop.refused.append((dict(request.headers), body))
        return JSONResponse({"reason": "the signature does not prove that this source sent it now"}, 401)
    shop.hooks.append(event)
    return JSONResponse({"taken": event["id"]}, shop.hook_status)


@pytest.fixture(scope="session")
def shop_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with two products that are counted and one picture: a cup of tea."""
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><rect width="60" height="40" fill="#dfeee0"/>'
        '<path d="M16 14h24v8a10 10 0 0 1-10 10h-4a10 10 0 0 1-10-10z" fill="#fff" stroke="#2f6b45"/>'
        '<path d="M40 16h4a4 4 0 0 1 0 9h-5" fill="none" stroke="#2f6b45" stroke-width="1.5"/>'
        '<path d="M18 17h20v4H18z" fill="#b7d36b"/></svg>'
    )
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.toml").write_text(f'name = "{SHOP_NAME}"\n', "utf-8")
    rows = "sku,name_zh_tw,stock\nTEA-JAS,茉莉綠茶,2400\nCAK-PIN,鳳梨酥,800\nGIFT-WRAP,禮盒包裝,\n"
    (folder / "catalogue.csv").write_text(rows, "utf-8")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "TEA-JAS.png").write_bytes(
        bytes(resvg_py.svg_to_bytes(svg_string=drawing, width=600))
    )
    return folder


def told_what_to_answer(shop: Shop) -> list[BaseRoute]:
    """A shop whose answers the test gives."""
    return [
        Route("/line/webhook", _webhook, methods=["POST"]),
        Route("/hooks/wms", _hook, methods=["POST"]),
    ]


@contextmanager
def serving_shop(folder: Path, behind: Callable[[Shop], list[BaseRoute]]) -> Iterator[Shop]:
    """The page of a shop's folder and the stand-in's control routes, with these routes behind them."""
    listener = socket.create_server(("127.0.0.1", 0))
    base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    ready = threading.Event()
    made: list[tuple[Shop, uvicorn.Server]] = []

    async def serve() -> None:
        line = LinePlatform(f"{base_url}/line/webhook")
        shop = Shop(base_url, line, asyncio.get_running_loop())
        controls = [*line_control_routes(line), *line_pay_control_routes(shop.line_pay)]
        app = Starlette(routes=[*page_routes(shop, folder), *controls, *behind(shop)])
        app.state.shop = shop
        # A browser's stream never ends by itself.
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1, lifespan="off")
        server = uvicorn.Server(config)
        made.append((shop, server))
        ready.set()
        await server.serve([listener])
        await line.aclose()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(10)
    running, server = made[0]
    yield running
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def shop(shop_folder: Path) -> Iterator[Shop]:
    with serving_shop(shop_folder, told_what_to_answer) as running:
        yield running


@dataclass
class Watch:
    """What a browser did that no visit of the page may do."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def follow(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request: PageRequest) -> None:
        self.requests.append(request.url)

    def _response(self, answer: Response) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status} for {answer.url}")


@pytest.fixture
def watch(context: BrowserContext, shop: Shop) -> Iterator[Watch]:
    """Follows every window of the test; afterwards nothing may have complained, and nobody else may have been asked."""
    watching = Watch()
    context.set_default_timeout(8000)
    context.on("page", watching.follow)
    yield watching
    assert watching.complaints == []
    assert [url for url in watching.requests if not url.startswith((shop.base_url, "data:"))] == []


@pytest.fixture
def open_page(watch: Watch, context: BrowserContext, shop: Shop) -> Callable[..., Page]:
    """Open the local page and wait until it follows the stream; a newcomer is shown the guide."""

    def open_it(path: str = "/", width: int = 1440, height: int = 900, *, newcomer: bool = False) -> Page:
        page = context.new_page()
        if not newcomer:
            page.add_init_script("localStorage.setItem('guide-closed', 'yes')")
        page.set_viewport_size({"width": width, "height": height})
        page.goto(f"{shop.base_url}{path}")
        page.locator(".connection:not(.connection-lost) .dot").wait_for(state="attached")
        return page

    return open_it
