"""The wire inspector's routes: what a filter finds, one hop whole, its command for bash, and sending it again.

A replay goes through the local run's own port, as the original did, and shows up as a hop of its own.
"""

import difflib
import time
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.driver.back_office import sign
from dev.page.asking import json_object
from dev.page.curl import curl_command
from dev.page.hops import REPLAY_HEADER, Headers, Hop, Mask, Party, detail, read_json, read_out, replays
from dev.page.wire import Wire
from dev.standins.line_platform import LinePlatform, Signature

JsonObject = dict[str, Any]

REPLAY_SECONDS = 40.0
_OF_A_CONNECTION = {
    "host",
    "content-length",
    "connection",
    "accept-encoding",
    "transfer-encoding",
    "keep-alive",
}
_STANDARD = ("webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True)
class WireDesk:
    """The handlers of the routes; `base_url` is the local run's own address."""

    wire: Wire
    line: LinePlatform
    base_url: str

    def routes(self) -> list[Route]:
        hop = "/_local/page/wire/{number:int}"
        return [
            Route("/_local/page/wire", self.find),
            Route(hop, self.show),
            Route(f"{hop}/curl", self.curl),
            Route(f"{hop}/replay", self.replay, methods=["POST"]),
        ]

    async def find(self, request: Request) -> Response:
        asked = request.query_params
        return JSONResponse({"numbers": self.wire.find(asked.get("order", ""), asked.get("search", ""))})

    async def show(self, request: Request) -> Response:
        hop = self.wire.hop(request.path_params["number"])
        if hop is None:
            return _gone()
        original = self.wire.hop(hop.replay_of) if hop.replay_of is not None else None
        shown = detail(hop, self.wire.mask)
        if original is not None:
            shown["difference"] = difference(original, hop, self.wire.mask)
        return JSONResponse(shown)

    async def curl(self, request: Request) -> Response:
        """The command. A Standard Webhooks signature is made anew, for an old one is refused."""
        hop = self.wire.hop(request.path_params["number"])
        if hop is None:
            return _gone()
        if hop.checked == "clientSecret":
            return JSONResponse({"message": "the channel's secret stands in its body"}, 409)
        headers = self.wire.whole_headers(hop)
        resigned = hop.checked == "standardWebhook" and hop.header("webhook-signature") is not None
        if resigned:
            headers = self._signed_now(hop, broken=False)
        return JSONResponse(
            {"command": curl_command(hop.method, hop.url, headers, hop.request_body), "resigned": resigned}
        )

    async def replay(self, request: Request) -> Response:
        """`how` is exact, resigned (Standard Webhooks, with the time of now) or broken."""
        asked = await json_object(request)
        if asked is None:
            return JSONResponse({"message": "send an object as application/json"}, 400)
        hop = self.wire.hop(request.path_params["number"])
        if hop is None:
            return _gone()
        how = asked.get("how")
        if how not in replays(hop):
            return JSONResponse({"message": f"how is one of {', '.join(replays(hop)) or 'nothing'}"}, 400)
        status = await self._send(hop, str(how))
        return JSONResponse({"status": status})

    async def _send(self, hop: Hop, how: str) -> int | None:
        headers = {name: value for name, value in hop.request_headers if name.lower() not in _OF_A_CONNECTION}
        if hop.sender is Party.LINE:
            if how == "broken":
                headers |= self.line.sign(hop.request_body, Signature.BAD)
            sent = await self.line.post_raw(
                hop.request_body, {**headers, REPLAY_HEADER: str(hop.number)}, "replay"
            )
            return sent.status
        if hop.sender is Party.BACK_OFFICE and how != "exact":
            headers = dict(self._signed_now(hop, broken=how == "broken"))
        async with httpx.AsyncClient(trust_env=False, timeout=REPLAY_SECONDS) as client:
            try:
                answer = await client.request(
                    hop.method,
                    self.base_url + hop.path,
                    content=hop.request_body,
                    headers={**headers, REPLAY_HEADER: str(hop.number)},
                )
            except httpx.HTTPError:
                return None
        return answer.status_code

    def _signed_now(self, hop: Hop, *, broken: bool) -> Headers:
        secret = self.wire.standard_secret(hop)
        if broken or secret is None:
            secret = "whsec_c29tZWJvZHktZWxzZXMtc2VjcmV0"  # noqa: S105 - somebody else's, that is the point
        signed = sign(secret, hop.header("webhook-id") or "", int(time.time()), hop.request_body)
        kept = [
            (name, value)
            for name, value in hop.request_headers
            if name.lower() not in _STANDARD and name.lower() not in _OF_A_CONNECTION
        ]
        return (*kept, *signed.items())


def difference(original: Hop, replay: Hop, mask: Mask) -> JsonObject:
    """What was answered otherwise this time, line by line; `lines` is empty where it was the same."""
    before, after = (_answer_lines(hop, mask) for hop in (original, replay))
    lines = (
        []
        if before == after
        else [
            {"kind": {"-": "before", "+": "now", " ": "both"}[line[0]], "text": line[2:]}
            for line in difflib.ndiff(before, after)
            if line[0] in "-+ "
        ]
    )
    return {"number": original.number, "lines": lines}


def _answer_lines(hop: Hop, mask: Mask) -> list[str]:
    said = read_json(hop.response_body)
    written = read_out(said) if said is not None else None
    text = hop.response_body.decode(errors="replace") if written is None else written
    return [f"HTTP {hop.status or '—'}", *mask.text(text).splitlines()[:400]]


def _gone() -> Response:
    return JSONResponse({"message": "this hop is no longer kept"}, 404)
