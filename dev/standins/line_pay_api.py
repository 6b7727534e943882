"""The HTTP face of the LINE Pay stand-in: the Online API, v3 and v4, with its signatures, and the payment page.

Every answer of the API is HTTP 200 with a return code. Faults stand between a call and its answer.
"""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dev.standins.line_api import Dropped
from dev.standins.line_pay_faults import Effect, Fault, Reply
from dev.standins.line_pay_page import page_routes
from dev.standins.line_pay_reading import JsonObject
from dev.standins.line_pay_state import Hop, LinePayPlatform, PayAnswer

SHOWN_OF_A_MAC = 8


@dataclass(frozen=True)
class Asked:
    """One request of the shop, as the endpoints need it. `path` is the signed one: no mount prefix, no query."""

    version: str
    path: str
    query: str
    body: bytes
    transaction_id: int | None
    public_base: str


Endpoint = Callable[[Asked], PayAnswer]


def line_pay_app(platform: LinePayPlatform) -> Starlette:
    """The app to mount where `LINE_PAY_BASE_URL` points."""

    def request(asked: Asked) -> PayAnswer:
        return platform.request(asked.version, asked.body, asked.public_base)

    def check(asked: Asked) -> PayAnswer:
        return platform.check(asked.transaction_id or 0)

    def confirm(asked: Asked) -> PayAnswer:
        return platform.confirm(asked.version, asked.transaction_id or 0, asked.body)

    def details(asked: Asked) -> PayAnswer:
        return platform.details(asked.version, asked.query)

    def refund(asked: Asked) -> PayAnswer:
        return platform.refund(asked.transaction_id or 0, asked.body)

    def capture_or_void(asked: Asked) -> PayAnswer:
        return platform.capture_or_void(asked.transaction_id or 0)

    def preapproved(_asked: Asked) -> PayAnswer:
        return platform.preapproved()

    payment = "/payments/{transaction_id:int}"
    authorization = "/payments/authorizations/{transaction_id:int}"
    recurring = "/payments/preapprovedPay/{key}"
    endpoints = [
        ("POST", "/payments/request", "request", request),
        ("GET", "/payments/requests/{transaction_id:int}/check", "check", check),
        ("POST", f"{payment}/confirm", "confirm", confirm),
        ("GET", "/payments", "details", details),
        ("POST", f"{payment}/refund", "refund", refund),
        ("POST", f"{authorization}/capture", "capture", capture_or_void),
        ("POST", f"{authorization}/void", "void", capture_or_void),
        ("GET", f"{recurring}/check", "preapproved", preapproved),
        ("POST", f"{recurring}/payment", "preapproved", preapproved),
        ("POST", f"{recurring}/expire", "preapproved", preapproved),
    ]
    routes = [
        _route(platform, method, f"/{version}{path}", version, call, endpoint)
        for version in ("v3", "v4")
        for method, path, call, endpoint in endpoints
    ]
    return Starlette(routes=[*routes, *page_routes(platform)])


def mac(channel_secret: str, path: str, text: bytes, nonce: str) -> str:
    """LINE Pay's signature; `text` is the query of a GET (without `?`) or the exact body of a POST."""
    message = (channel_secret + path).encode() + text + nonce.encode()
    return base64.b64encode(hmac.new(channel_secret.encode(), message, hashlib.sha256).digest()).decode()


def judge_signature(platform: LinePayPlatform, request: Request, asked: Asked) -> str:
    """good, bad, or missing."""
    nonce = request.headers.get("x-line-authorization-nonce", "")
    given = request.headers.get("x-line-authorization", "")
    if not nonce or not given:
        return "missing"
    text = asked.body if request.method == "POST" else asked.query.encode()
    due = mac(platform.channel_secret, asked.path, text, nonce)
    return "good" if hmac.compare_digest(due.encode(), given.encode()) else "bad"


def _route(
    platform: LinePayPlatform, method: str, path: str, version: str, call: str, endpoint: Endpoint
) -> Route:
    async def handle(request: Request) -> Response:
        at, began = int(platform.now() * 1000), time.perf_counter()
        asked = _asked(version, request, await request.body())
        signature = judge_signature(platform, request, asked)
        fault = platform.faults.take(call, asked.transaction_id)

        def carry_out() -> PayAnswer:
            refused = _refused_unread(platform, request, signature)
            return refused if refused is not None else endpoint(asked)

        answer = await _under_fault(platform, call, asked, fault, carry_out)
        response = _response(answer, fault)
        dropped = isinstance(response, Dropped)
        platform.record(
            Hop(
                number=0,
                at=at,
                direction="api",
                method=method,
                url=str(request.url),
                path=asked.path,
                request_headers=_shortened(dict(request.headers)),
                request_body=asked.body.decode(errors="replace"),
                signature=signature,
                status=None if dropped else response.status_code,
                response_headers={} if dropped else dict(response.headers),
                response_body="" if dropped else bytes(response.body).decode(errors="replace"),
                milliseconds=round((time.perf_counter() - began) * 1000, 1),
                note=_note(fault),
            )
        )
        return response

    return Route(path, handle, methods=[method])


def _asked(version: str, request: Request, body: bytes) -> Asked:
    mount = request.scope.get("root_path", "")
    raw_path = request.scope.get("raw_path") or request.url.path.encode()
    return Asked(
        version=version,
        path=raw_path.decode("latin-1").removeprefix(mount),
        query=request.scope["query_string"].decode("latin-1"),
        body=body,
        transaction_id=request.path_params.get("transaction_id"),
        public_base=f"{request.url.scheme}://{request.url.netloc}{mount}",
    )


def _refused_unread(platform: LinePayPlatform, request: Request, signature: str) -> PayAnswer | None:
    """What LINE Pay checks before it reads the body: the headers."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    refused = None
    if not request.headers.get("x-line-channelid"):
        refused = PayAnswer("1106")
    elif request.headers["x-line-channelid"] != platform.channel_id:
        refused = PayAnswer("1104")
    elif signature != "good" or (request.method == "POST" and content_type != "application/json"):
        refused = PayAnswer("1106")
    return refused


async def _under_fault(
    platform: LinePayPlatform,
    call: str,
    asked: Asked,
    fault: Fault | None,
    carry_out: Callable[[], PayAnswer],
) -> PayAnswer | None:
    """The due answer, carried out when the fault lets it be; None when it never was."""
    if fault is None:
        return carry_out()
    answer = carry_out() if fault.effect is Effect.AT_ONCE else None
    if fault.seconds > 0:
        platform.begin(call, asked.transaction_id, fault)
        await asyncio.sleep(fault.seconds)
        platform.end(call, asked.transaction_id)
    return carry_out() if fault.effect is Effect.AFTER_WAIT else answer


def _response(answer: PayAnswer | None, fault: Fault | None) -> Response:
    reply = fault.reply if fault else Reply.AS_DUE
    envelope = answer.envelope if answer else {}
    match reply:
        case Reply.NOTHING:
            return Dropped()
        case Reply.BAD_GATEWAY:
            page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"
            return Response(page, 502, media_type="text/html")
        case Reply.REDIRECT:
            return RedirectResponse("/elsewhere", 307)
        case Reply.EMPTY:
            return Response(b"", 200, media_type="application/json")
        case Reply.NOT_JSON:
            return Response(b'{"returnCode": "0000"', 200, media_type="application/json")
        case Reply.CODE if fault:
            return JSONResponse(PayAnswer(fault.return_code).envelope)
        case _:
            return JSONResponse(_bent(envelope, reply))


def _bent(envelope: JsonObject, reply: Reply) -> Any:
    """The envelope, in an odd shape or with a wrong fact in it."""
    match reply:
        case Reply.RESULT_CODE:
            rest = {name: value for name, value in envelope.items() if not name.startswith("return")}
            names = {
                "resultCode": envelope.get("returnCode"),
                "statusMessage": envelope.get("returnMessage"),
            }
            return {**names, **rest}
        case Reply.LIST:
            return [envelope]
        case Reply.NO_CODE:
            return {name: value for name, value in envelope.items() if name != "returnCode"}
        case Reply.WRONG_ORDER_ID | Reply.WRONG_TRANSACTION_ID | Reply.WRONG_SUM:
            info = envelope.get("info")
            if isinstance(info, list):
                return {**envelope, "info": [_wrong(row, reply) for row in info]}
            return {**envelope, "info": _wrong(info, reply)} if info else envelope
    return envelope


def _wrong(row: JsonObject, reply: Reply) -> JsonObject:
    if reply is Reply.WRONG_ORDER_ID:
        return {**row, "orderId": "SOMEBODY-ELSES"}
    if reply is Reply.WRONG_TRANSACTION_ID:
        return {**row, "transactionId": row["transactionId"] + 1}
    first, *others = row["payInfo"]
    return {**row, "payInfo": [{**first, "amount": first["amount"] + 1}, *others]}


def _shortened(headers: dict[str, str]) -> dict[str, str]:
    name = "x-line-authorization"
    return {**headers, name: f"{headers[name][:SHOWN_OF_A_MAC]}…"} if name in headers else headers


def _note(fault: Fault | None) -> str:
    if fault is None:
        return ""
    parts = (f"effect {fault.effect}", f"{fault.seconds:g} s", f"reply {fault.reply} {fault.return_code}")
    return "fault: " + ", ".join(part.strip() for part in parts)
