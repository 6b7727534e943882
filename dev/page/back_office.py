"""The routes of the back office's desk: events out in every manner, the books, and the operator's desk.

Also the local run's order system (`POST /_local/order-system`), to which the product reports by default.
"""

import json
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol

import httpx
import standardwebhooks
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from dev.driver.back_office import BackOffice
from dev.page.asking import json_object
from dev.page.books import NOT_AVAILABLE, BookReader, Office
from dev.page.desk import Desk, SentEvent
from dev.page.wire import Wire

JsonObject = dict[str, Any]

SOURCE = "wms"  # the back office that may send every type of event
# The door takes a signature that is five minutes old at most.
STALE_SECONDS: Final = 400
SOMEBODY_ELSES: Final = "whsec_bm90IHRoZSBzaG9wJ3Mgc2VjcmV0IQ=="


class Credentials(Protocol):
    """The two secrets that the desk needs."""

    @property
    def wms_secret(self) -> str: ...
    @property
    def outgoing_secret(self) -> str: ...


class Manner(StrEnum):
    """How an event is sent. All but the first are what the shop has to refuse."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    WRONG_SIGNATURE = "wrong_signature"
    STALE = "stale"
    OTHER_BODY = "other_body"


@dataclass(frozen=True)
class BackOfficeDoor:
    """Sends events through the shop's front door, as a back office would, and keeps what was answered."""

    base_url: str
    credentials: Credentials
    desk: Desk
    wire: Wire

    async def send(self, asked: JsonObject, manner: Manner) -> SentEvent:
        """With the `id` of an earlier event that one again, byte for byte, unless another body is wished for."""
        async with BackOffice(self.base_url, SOURCE, self.credentials.wms_secret) as office:
            event = office.event(asked["type"], asked.get("subject"), asked["data"])
            if isinstance(asked.get("time"), str):
                event["time"] = asked["time"]
            earlier = next(
                (each.event for each in self.desk.sent if each.event["id"] == asked.get("id")), None
            )
            if earlier is not None:
                event = {**event, "id": earlier["id"]} if manner is Manner.OTHER_BODY else earlier
            try:
                taken = await office.send(
                    event,
                    secret=SOMEBODY_ELSES if manner is Manner.WRONG_SIGNATURE else None,
                    age_seconds=STALE_SECONDS if manner is Manner.STALE else 0,
                    signed=manner is not Manner.UNSIGNED,
                )
            except httpx.HTTPError as error:
                return self.desk.record_sent(event, None, type(error).__name__, manner)
            return self.desk.record_sent(taken.event, taken.status, taken.body, manner)


def back_office_routes(door: BackOfficeDoor, books: BookReader, office: Office) -> list[BaseRoute]:
    async def send(request: Request) -> Response:
        asked = await json_object(request)
        if asked is None or not isinstance(asked.get("data"), dict) or not isinstance(asked.get("type"), str):
            return JSONResponse({"message": "send an object with type and data as application/json"}, 400)
        try:
            manner = Manner(asked.get("manner", Manner.SIGNED))
        except ValueError:
            return JSONResponse({"message": f"manner is one of {', '.join(Manner)}"}, 400)
        sent = await door.send(asked, manner)
        return JSONResponse(
            {
                "number": sent.number,
                "status": sent.status,
                "answer": sent.answer,
                "reason": sent.reason,
                "event": sent.event,
            }
        )

    async def order_system(request: Request) -> Response:
        began, body = time.perf_counter(), await request.body()
        answer = take_event(body, dict(request.headers))
        headers = tuple(request.headers.items())
        milliseconds = round((time.perf_counter() - began) * 1000, 1)
        door.wire.order_system(
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
        proven = _proven(body, headers, door.credentials.outgoing_secret)
        door.desk.record_received(event, proven=proven)
        if not proven:
            return JSONResponse({"message": "the signature is not the shop's"}, 401)
        return JSONResponse({"taken": event.get("id")}, 202)

    async def order_system_list(_request: Request) -> Response:
        return JSONResponse({"events": door.desk.received_list()})

    async def order_list(_request: Request) -> Response:
        now = await books.latest()
        return JSONResponse(NOT_AVAILABLE if now is None else {"available": True, "orders": list(now.orders)})

    async def order_page(request: Request) -> Response:
        now = await books.latest()
        page = now.pages.get(request.path_params["number"]) if now else None
        return JSONResponse({"message": "no such order"}, 404) if page is None else JSONResponse(page)

    async def operate(request: Request) -> Response:
        task = await json_object(request)
        if task is None or not isinstance(task.get("task"), str):
            return JSONResponse({"message": "send an object with task as application/json"}, 400)
        try:
            return JSONResponse(await run_in_threadpool(office.operate, task))
        except Exception as error:  # the desk may be away: the page says so and goes on
            return JSONResponse({"message": type(error).__name__}, 502)

    return [
        Route("/_local/orders", order_list),
        Route("/_local/orders/{number}", order_page),
        Route("/_local/order-system", order_system, methods=["POST"]),
        Route("/_local/order-system", order_system_list),
        Route("/_local/page/back-office", send, methods=["POST"]),
        Route("/_local/page/operator", operate, methods=["POST"]),
    ]


def _proven(body: bytes, headers: dict[str, str], secret: str) -> bool:
    try:
        standardwebhooks.Webhook(secret).verify(body, headers)
    except standardwebhooks.WebhookVerificationError:
        return False
    return True
