"""The HTTP face of the LINE stand-in: the Messaging API, its token endpoints and the data API, in one app."""

import asyncio
import json
import struct
import time
import zlib
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ExceptionHandler, Receive, Scope, Send

from dev.standins.line_calls import Call, Handler, Takes
from dev.standins.line_limits import REQUEST_BYTES, refusal
from dev.standins.line_rich_menu_calls import rich_menu_calls
from dev.standins.line_state import LinePlatform
from dev.standins.line_values import Answer, Fault, FaultKind, Hop, Via

JsonObject = dict[str, Any]

UNAUTHORISED = Answer(
    401,
    {"message": "Authentication failed. Confirm that the access token in the authorization header is valid."},
)
TOO_FAST = Answer(429, {"message": "The API rate limit has been exceeded. Try again later."})
NOT_FOUND = Answer(404, {"message": "Not found"})


def placeholder_picture(side: int = 16) -> bytes:
    """A small grey square as PNG: what every picture of a customer looks like here."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checksum = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)

    rows = (b"\x00" + b"\xb0" * side) * side
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


class Dropped(Response):
    """No answer at all: the connection is closed under the caller."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # uvicorn hands the transport out by no other way than through the cycle that `receive` is bound to.
        transport = getattr(getattr(receive, "__self__", None), "transport", None)
        if transport is not None:
            transport.abort()
            await (
                receive()
            )  # returns once the server has seen the connection go, so that it does not answer 500 itself


def line_app(platform: LinePlatform) -> Starlette:
    """The app to mount where `LINE_API_BASE_URL` and `LINE_DATA_API_BASE_URL` point."""
    calls = [
        *_sending_calls(platform),
        *_reading_calls(platform),
        *rich_menu_calls(platform),
        *_token_calls(platform),
    ]
    handlers: dict[Any, ExceptionHandler] = {404: _no_such_path, 405: _no_such_path}
    return Starlette(routes=[_route(platform, call) for call in calls], exception_handlers=handlers)


def _sending_calls(platform: LinePlatform) -> list[Call]:
    def retry_key(request: Request) -> str | None:
        return request.headers.get("x-line-retry-key")

    def reply(request: Request, body: JsonObject, request_id: str) -> Answer:
        return platform.reply(body, request_id)

    def push(request: Request, body: JsonObject, request_id: str) -> Answer:
        return platform.push(body, request_id, retry_key(request))

    def multicast(request: Request, body: JsonObject, request_id: str) -> Answer:
        return platform.multicast(body, request_id, retry_key(request))

    def validate(_request: Request, body: JsonObject, _request_id: str) -> Answer:
        refused = refusal("validate", body)
        return Answer(400, refused) if refused else Answer(200, {})

    message = "/v2/bot/message"
    return [
        Call("POST", f"{message}/reply", "reply", reply),
        Call("POST", f"{message}/push", "push", push, retried=True),
        Call("POST", f"{message}/multicast", "multicast", multicast, retried=True),
        *(
            Call("POST", f"{message}/validate/{kind}", "validate", validate)
            for kind in ("reply", "push", "multicast", "narrowcast", "broadcast")
        ),
        Call(
            "POST", "/v2/bot/chat/loading/start", "loading", lambda _r, body, _i: platform.show_loading(body)
        ),
        Call(
            "POST", "/v2/bot/chat/markAsRead", "markAsRead", lambda _r, body, _i: platform.mark_as_read(body)
        ),
    ]


def _reading_calls(platform: LinePlatform) -> list[Call]:
    def profile(request: Request, _body: JsonObject, _request_id: str) -> Answer:
        return platform.profile(request.path_params["user_id"])

    def consumption(_request: Request, _body: JsonObject, _request_id: str) -> Answer:
        return Answer(200, {"totalUsage": platform.quota_used})

    def content(request: Request, _body: JsonObject, _request_id: str) -> Answer:
        status = platform.content_status(request.path_params["message_id"])
        if status == 200:
            return Answer(200, {}, picture=placeholder_picture())
        return Answer(status, {"message": "Not found" if status == 404 else "Gone"})

    def counted(via: Via) -> Handler:
        def count(request: Request, _body: JsonObject, _request_id: str) -> Answer:
            return platform.sent.on(via, request.query_params.get("date", ""), platform.now())

        return count

    message = "/v2/bot/message"
    return [
        *(
            Call("GET", f"{message}/delivery/{via}", "quota", counted(via), takes=Takes.NOTHING)
            for via in (Via.REPLY, Via.PUSH, Via.MULTICAST)
        ),
        Call("GET", "/v2/bot/profile/{user_id}", "profile", profile, takes=Takes.NOTHING),
        Call(
            "GET", f"{message}/quota", "quota", lambda _r, _b, _i: platform.quota_limit(), takes=Takes.NOTHING
        ),
        Call("GET", f"{message}/quota/consumption", "quota", consumption, takes=Takes.NOTHING),
        Call("GET", "/v2/bot/info", "info", lambda _r, _b, _i: platform.bot_info(), takes=Takes.NOTHING),
        Call("GET", f"{message}/{{message_id}}/content", "content", content, takes=Takes.NOTHING),
        Call("GET", f"{message}/{{message_id}}/content/preview", "content", content, takes=Takes.NOTHING),
    ]


def _token_calls(platform: LinePlatform) -> list[Call]:
    def stateless(_request: Request, form: JsonObject, _request_id: str) -> Answer:
        return platform.tokens.issue(form, stateless=True)

    def short_lived(_request: Request, form: JsonObject, _request_id: str) -> Answer:
        return platform.tokens.issue(form, stateless=False)

    return [
        Call("POST", "/oauth2/v3/token", "token", stateless, takes=Takes.FORM),
        Call("POST", "/v2/oauth/accessToken", "token", short_lived, takes=Takes.FORM),
    ]


def _route(platform: LinePlatform, call: Call) -> Route:
    async def handle(request: Request) -> Response:
        at, began = platform.now(), time.perf_counter()
        request_id = platform.request_id()
        raw = await request.body()
        fault = platform.take_fault(call.name)
        answer: Answer | None = None
        if fault is None or fault.after_effect:
            answer = _answer(platform, call, request, raw, request_id)
        response = await _as_response(answer, fault, request_id)
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        platform.record(_hop(request, raw, response, fault, at=at, milliseconds=milliseconds))
        return response

    return Route(call.path, handle, methods=[call.method])


async def _no_such_path(_request: Request, _error: Exception) -> Response:
    return _response(NOT_FOUND)


def _answer(platform: LinePlatform, call: Call, request: Request, raw: bytes, request_id: str) -> Answer:
    """What the call answers once LINE has let it pass."""
    refused = _refused_unread(platform, call, request, raw)
    if refused is not None:
        return refused
    if call.takes is Takes.NOTHING:
        return call.handler(request, {}, request_id)
    if call.takes is Takes.PICTURE:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        return call.handler(request, {"content": raw, "mediaType": media_type}, request_id)
    if call.takes is Takes.FORM:
        return call.handler(request, dict(parse_qsl(raw.decode(errors="replace"))), request_id)
    try:
        body = json.loads(raw)
    except ValueError as error:
        where = f"(line: {getattr(error, 'lineno', 1)}, column: {getattr(error, 'colno', 1)})"
        return Answer(400, {"message": f"The request body could not be parsed as JSON {where}"})
    return call.handler(request, body, request_id)


def _refused_unread(platform: LinePlatform, call: Call, request: Request, raw: bytes) -> Answer | None:
    """What LINE checks before it reads the body: token, rate, size, media type."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    refused = None
    if call.takes is not Takes.FORM and not platform.tokens.authorise(request.headers.get("authorization")):
        refused = UNAUTHORISED
    elif not platform.within_rate(call.name):
        refused = TOO_FAST
    elif len(raw) > REQUEST_BYTES:
        refused = Answer(413, {"message": "Request entity too large"})
    elif call.takes.refuses(content_type):
        refused = Answer(415, {"message": f"The Content-Type header must be {call.takes.spoken}"})
    elif "x-line-retry-key" in request.headers and not call.retried:
        refused = Answer(400, {"message": "The header X-Line-Retry-Key can't be used with this endpoint"})
    return refused


async def _as_response(answer: Answer | None, fault: Fault | None, request_id: str) -> Response:
    if fault is not None:
        if fault.kind is FaultKind.HANG:
            await asyncio.sleep(fault.seconds)
        elif fault.kind is FaultKind.STATUS:
            answer = Answer(fault.status, {"message": f"The stand-in was told to answer {fault.status}"})
        else:
            return Dropped()
    if answer is None:
        return Dropped()
    return _response(answer, request_id)


def _response(answer: Answer, request_id: str = "") -> Response:
    headers = {**answer.headers, **({"x-line-request-id": request_id} if request_id else {})}
    if answer.picture:
        return Response(answer.picture, answer.status, {"content-type": "image/png", **headers})
    return Response(json.dumps(answer.body, ensure_ascii=False), answer.status, headers, "application/json")


def _readable(raw: bytes) -> str:
    """A body as the wire shows it; a picture is told of by its size."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return f"[{len(raw):,} bytes]"


def _hop(
    request: Request, raw: bytes, response: Response, fault: Fault | None, *, at: int, milliseconds: float
) -> Hop:
    dropped = isinstance(response, Dropped)
    effect = "after" if fault and fault.after_effect else "before"
    return Hop(
        number=0,
        at=at,
        direction="api",
        method=request.method,
        url=str(request.url),
        request_headers=dict(request.headers),
        request_body=_readable(raw),
        status=None if dropped else response.status_code,
        response_headers={} if dropped else dict(response.headers),
        response_body="" if dropped else _readable(bytes(response.body)),
        milliseconds=milliseconds,
        note=f"fault: {fault.kind} {effect} the effect" if fault else "",
    )
