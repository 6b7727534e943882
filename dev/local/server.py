"""The one port of the local run: the API's routes, the stand-ins, the page and the health answer.

The port answers from the first second on: with 503 until the stack is deployed and awake.
"""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from dev.local.context import LocalContext
from dev.local.gateway import Gateway
from dev.local.own_names import OwnNamesOnly
from dev.local.steps import Steps
from dev.local.template import HttpRoute
from dev.page.routes import page_routes
from dev.standins.line_pay import line_pay_app, line_pay_control_routes
from dev.standins.line_platform import line_app, line_control_routes

# Open streams of the page must not hold up the end.
END_SECONDS = 1


class PortInUse(Exception):
    """Somebody else listens on the chosen port; the message says what to do."""


def reserve(port: int) -> socket.socket:
    """The listening socket of 127.0.0.1 and this port. Raises PortInUse."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortInUse(
            f"Port {port} is in use: end what runs there, or choose another: PORT=8081 make run"
        ) from error
    return listener


class Front:
    """The ASGI application from the first second on; `open` hands over to the whole one.

    Between `stand_by` and `open` the stand-in of LINE answers already, for what is set up there.
    """

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._whole: Starlette | None = None
        self._line: Starlette | None = None
        self._starting = Starlette(
            routes=[
                Route("/_local/health", self._health),
                Route("/{path:path}", self._health, methods=["GET", "POST"]),
            ]
        )

    def stand_by(self, line: Starlette) -> None:
        self._line = line

    def open(self, whole: Starlette) -> None:
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        early = self._line if str(scope.get("path", "")).startswith("/_line/") else None
        await (self._whole or early or self._starting)(scope, receive, send)

    async def _health(self, _request: Request) -> JSONResponse:
        return JSONResponse(
            {"status": "starting", "seconds": self._steps.seconds}, 503, headers={"retry-after": "1"}
        )


def line_alone(context: LocalContext) -> Starlette:
    """The stand-in of LINE where the whole app will have it."""
    return Starlette(routes=[Mount("/_line", line_app(context.line))])


def whole_app(context: LocalContext, gateway: Gateway, http_routes: tuple[HttpRoute, ...]) -> Starlette:
    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ready", "seconds": dict(context.seconds)})

    return Starlette(
        routes=[
            *gateway.routes(http_routes),
            Route("/_local/health", health),
            *line_control_routes(context.line),
            *line_pay_control_routes(context.line_pay),
            Mount("/_line", line_app(context.line)),
            Mount("/_line_pay", line_pay_app(context.line_pay)),
            *page_routes(context),
        ],
        middleware=[Middleware(OwnNamesOnly)],
    )


class Server(uvicorn.Server):
    """Leaves signals to the run, which has more to end than this server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def serving(front: Front, listener: socket.socket) -> AsyncIterator[None]:
    """Serves while the block runs."""
    config = uvicorn.Config(
        front, lifespan="off", log_level="warning", access_log=False, timeout_graceful_shutdown=END_SECONDS
    )
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        # Requests that wait for something new are cut short now, which is nothing to complain of.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        server.should_exit = True
        await task


@contextlib.contextmanager
def until_told_to_end() -> Iterator[asyncio.Event]:
    """An event that is set by Ctrl-C or SIGTERM."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    try:
        yield ended
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.remove_signal_handler(number)
