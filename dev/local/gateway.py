"""Passes requests for the template's routes on to the local API Gateway, byte for byte.

Signatures cover the raw body, so nothing is decoded on the way: the target, the headers and the body go on as
they came; only `Host` names the API, and what API Gateway itself would add is added.
"""

import asyncio
import time
from collections.abc import Callable

import httpcore
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev.local.context import CallLog, ProxiedCall
from dev.local.overlay import API_ID
from dev.local.template import HttpRoute
from dev.page.hops import REPLAY_HEADER

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
# A few warm workers answer a burst sooner than many cold ones on two cores.
AT_ONCE = 4
# Headers between two neighbours, not between the caller and the API.
NOT_PASSED_ON = frozenset(
    {b"host", b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", REPLAY_HEADER.encode()}
)
API_TIMEOUT = {"connect": 5.0, "read": 35.0, "write": 30.0, "pool": 60.0}


class Gateway:
    """The way from the local run's port to the deployed API."""

    def __init__(self, endpoint_port: int, log: CallLog, clock: Callable[[], float] = time.time) -> None:
        self._port = endpoint_port
        self._host = f"{API_ID}.execute-api.localhost:{endpoint_port}".encode()
        self._log = log
        self._clock = clock
        self._pool = httpcore.AsyncConnectionPool(max_connections=AT_ONCE)
        self._turn = asyncio.Semaphore(AT_ONCE)

    def routes(self, http_routes: tuple[HttpRoute, ...]) -> list[Route]:
        paths = dict.fromkeys(route.path.replace("+}", ":path}") for route in http_routes)
        return [Route(path, self._pass_on, methods=METHODS) for path in paths]

    async def aclose(self) -> None:
        await self._pool.aclose()

    async def _pass_on(self, request: Request) -> Response:
        body = await request.body()
        started, at, number = time.monotonic(), self._clock(), self._log.next_number()
        target = request.scope["raw_path"]
        if request.scope["query_string"]:
            target += b"?" + request.scope["query_string"]
        try:
            async with self._turn:
                answer = await self._pool.request(
                    request.method.encode(),
                    httpcore.URL(scheme=b"http", host=b"127.0.0.1", port=self._port, target=target),
                    headers=[*self._request_headers(request, body)],
                    content=body,
                    extensions={"timeout": API_TIMEOUT},
                )
            status, headers, content = answer.status, answer.headers, answer.content
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
            status, headers = 504, [(b"content-type", b"application/json")]
            content = b'{"message":"Endpoint request timed out"}'
        response = Response(content, status)
        response.raw_headers = [(name.lower(), value) for name, value in headers if _goes_on(name)]
        self._log.add(
            ProxiedCall(
                number=number,
                at=at,
                method=request.method,
                target=target.decode("latin-1"),
                request_headers=_text(request.headers.raw),
                request_body=body,
                status=status,
                response_headers=_text(response.raw_headers),
                response_body=content,
                milliseconds=round((time.monotonic() - started) * 1000),
            )
        )
        return response

    def _request_headers(self, request: Request, body: bytes) -> list[tuple[bytes, bytes]]:
        passed = [(name, value) for name, value in request.headers.raw if _goes_on(name)]
        has_length = any(name == b"content-length" for name, _ in passed)
        length = [(b"content-length", str(len(body)).encode())] if body and not has_length else []
        client = request.client.host if request.client else "127.0.0.1"
        added = [(b"x-forwarded-for", client.encode()), (b"x-forwarded-proto", b"http")]
        return [(b"host", self._host), *passed, *length, *added]


def _goes_on(name: bytes) -> bool:
    return name.lower() not in NOT_PASSED_ON


def _text(headers: list[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
