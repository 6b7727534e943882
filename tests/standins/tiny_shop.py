"""A shop of a few lines for the tests of the stand-ins: checks signatures as the real one, and answers.

It sells by the contract's words (quote, acceptance, details, payment, notices), so that the scenarios can be
played without the product. LINE Pay is a page of its own here.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dev.driver.back_office import LOCAL_SECRETS

CHANNEL_ID, CHANNEL_SECRET = "2000000001", "dev-line-channel-secret"
ORDER = "A7K3Q-9XM2T"


@dataclass
class TinyShop:
    """`line` is where LINE answers, `base` where this shop does; both are set once they are served."""

    line: str = ""
    base: str = ""
    webhook_status: int = 200
    answers: bool = True
    delivered: str = "已送達"
    received: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _user: str = ""
    _status: str = "已付款"

    def routes(self) -> list[Route]:
        return [
            Route("/line/webhook", self._webhook, methods=["POST"]),
            Route("/hooks/{source}", self._hook, methods=["POST"]),
            Route("/pay/page", self._pay_page, methods=["GET"]),
            Route("/pay/page/approve", self._approve, methods=["POST"]),
            Route("/pay/confirm", self._confirm, methods=["GET"]),
        ]

    def app(self) -> Starlette:
        return Starlette(routes=self.routes())

    async def _webhook(self, request: Request) -> Response:
        body = await request.body()
        self.requests.append((dict(request.headers), body))
        digest = hmac.new(CHANNEL_SECRET.encode(), body, hashlib.sha256).digest()
        expected = base64.b64encode(digest).decode()
        if not hmac.compare_digest(expected, request.headers.get("x-line-signature", "")):
            return PlainTextResponse("signature", 400)
        if self.webhook_status != 200:
            return PlainTextResponse("out of order", self.webhook_status)
        fresh = [event for event in json.loads(body)["events"] if event["webhookEventId"] not in self._seen]
        for event in fresh:
            self._seen.add(event["webhookEventId"])
            self.received.append(event)
            if self.answers and "replyToken" in event:
                await self._say(reply_token=event["replyToken"], messages=[self._answer(event)])
        return PlainTextResponse("OK")

    def _answer(self, event: dict[str, Any]) -> dict[str, Any]:
        self._user = event["source"].get("userId", self._user)
        heard = event.get("message", {}).get("text") or event.get("postback", {}).get("data") or event["type"]
        if "茉莉綠茶" in heard:
            return card("報價 NT$6,156", {"type": "postback", "label": "接受報價", "data": "accept"})
        if "鳳梨酥" in heard:
            return card("報價 NT$720", {"type": "postback", "label": "接受報價", "data": "accept"})
        if re.search(r"09\d{8}", heard):
            link = {"type": "uri", "label": "LINE Pay 付款", "uri": f"{self.base}/pay/page"}
            return card("應付 NT$6,156", link)
        if heard == "accept":
            return {"type": "text", "text": "請提供收件人、電話與地址"}
        if heard == "我的訂單":
            return {"type": "text", "text": f"訂單 {ORDER} {self._status}"}
        return {"type": "text", "text": f"聽到:{heard}"}

    async def _hook(self, request: Request) -> Response:
        body = await request.body()
        secret = LOCAL_SECRETS.get(request.path_params["source"], "")
        try:
            event = Webhook(secret).verify(body, dict(request.headers))
        except Exception:
            return PlainTextResponse("signature", 401)
        self.received.append(event)
        status = event["data"].get("status")
        if status in {"shipped", "delivered"}:
            self._status = "已出貨" if status == "shipped" else self.delivered
            await self._push(f"訂單 {ORDER} {self._status}")
        return JSONResponse({}, 202)

    async def _pay_page(self, _request: Request) -> Response:
        return PlainTextResponse("LINE Pay")

    async def _approve(self, _request: Request) -> Response:
        return RedirectResponse(f"{self.base}/pay/confirm?orderId={ORDER}&transactionId=1", 303)

    async def _confirm(self, _request: Request) -> Response:
        await self._push(f"付款成功,訂單 {ORDER}")
        return PlainTextResponse("謝謝")

    async def _push(self, text: str) -> None:
        await self._say(to=self._user, messages=[{"type": "text", "text": text}])

    async def _say(self, *, messages: list[dict[str, Any]], to: str = "", reply_token: str = "") -> None:
        form = {"grant_type": "client_credentials", "client_id": CHANNEL_ID, "client_secret": CHANNEL_SECRET}
        async with httpx.AsyncClient(base_url=self.line, trust_env=False) as client:
            with suppress(httpx.TransportError):
                token = (await client.post("/oauth2/v3/token", data=form)).json()["access_token"]
                body = {"to": to} if to else {"replyToken": reply_token}
                await client.post(
                    f"/v2/bot/message/{'push' if to else 'reply'}",
                    json={**body, "messages": messages},
                    headers={"authorization": f"Bearer {token}"},
                )
        await asyncio.sleep(0)


def card(text: str, action: dict[str, Any]) -> dict[str, Any]:
    """A Flex message with one line and one button."""
    body = {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": text}]}
    footer = {"type": "box", "layout": "vertical", "contents": [{"type": "button", "action": action}]}
    return {
        "type": "flex",
        "altText": text,
        "contents": {"type": "bubble", "body": body, "footer": footer},
    }
