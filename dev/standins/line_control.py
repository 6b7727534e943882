"""The control of the LINE stand-in over HTTP, for other processes: customers, what they do, what they see.

Routes under `/_local/line`, JSON in and out. A request with a body has to say `application/json`, so that no
foreign web page can send one unasked.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.standins.line_reading import Button
from dev.standins.line_rich_menus import RichMenus
from dev.standins.line_state import LinePlatform
from dev.standins.line_values import (
    Answer,
    ChatEntry,
    Customer,
    Fault,
    FaultKind,
    Hop,
    Manner,
    NoSuchButton,
    NoSuchCustomer,
    NoSuchMessage,
    Signature,
)

JsonObject = dict[str, Any]
Handler = Callable[[Request, JsonObject], Awaitable[Answer]]

LONGEST_WAIT_SECONDS = 20.0


class Unusable(ValueError):
    """The request says something that nothing can be done with."""


def entry_json(entry: ChatEntry) -> JsonObject:
    return {**dataclasses.asdict(entry), "from_shop": entry.from_shop}


def customer_json(customer: Customer) -> JsonObject:
    return dataclasses.asdict(customer)


def hop_json(hop: Hop) -> JsonObject:
    return dataclasses.asdict(hop)


def rich_menus_json(menus: RichMenus) -> JsonObject:
    """All that a page needs to show each customer their menu; one without a picture is seen by nobody."""
    return {
        "default": menus.default_id,
        "linked": dict(menus.links),
        "menus": {menu.menu_id: menu.as_json() for menu in menus.menus.values() if menu.picture},
    }


def line_control_routes(platform: LinePlatform, prefix: str = "/_local/line") -> list[Route]:
    """The routes to add to the local port; `prefix` stands before each."""
    control = _Control(platform)
    person = f"{prefix}/customers/{{user_id}}"
    return [
        _route("GET", f"{prefix}/customers", control.customers),
        _route("POST", f"{prefix}/customers", control.add_customer),
        _route("PATCH", person, control.change_customer),
        _route("POST", f"{person}/text", control.text),
        _route("POST", f"{person}/tap", control.tap),
        _route("POST", f"{person}/sticker", control.sticker),
        _route("POST", f"{person}/image", control.image),
        _route("POST", f"{person}/location", control.location),
        _route("POST", f"{person}/follow", control.follow),
        _route("POST", f"{person}/unfollow", control.unfollow),
        _route("POST", f"{person}/unsend", control.unsend),
        _route("POST", f"{prefix}/groups", control.group),
        _route("GET", f"{prefix}/richmenus", control.rich_menus),
        Route(f"{prefix}/richmenus/{{menu_id}}/picture", control.menu_picture),
        _route("POST", f"{prefix}/events", control.raw_events),
        _route("POST", f"{prefix}/events/{{event_id}}/redeliver", control.redeliver),
        _route("GET", f"{prefix}/chats/{{chat_id}}", control.chat),
        _route("GET", f"{prefix}/quota", control.quota),
        _route("PUT", f"{prefix}/quota", control.set_quota),
        _route("GET", f"{prefix}/faults", control.faults),
        _route("POST", f"{prefix}/faults", control.add_fault),
        _route("DELETE", f"{prefix}/faults", control.clear_faults),
        _route("GET", f"{prefix}/wire", control.wire),
    ]


class _Control:
    """One method per route."""

    def __init__(self, platform: LinePlatform) -> None:
        self._platform = platform

    def _user(self, request: Request) -> str:
        return self._platform.customer(request.path_params["user_id"]).user_id

    async def customers(self, _request: Request, _body: JsonObject) -> Answer:
        return Answer(200, {"customers": [customer_json(each) for each in self._platform.customers.values()]})

    async def add_customer(self, _request: Request, body: JsonObject) -> Answer:
        customer = self._platform.add_customer(
            str(body.get("displayName") or "王小明"), str(body.get("language") or "zh-TW"), body.get("userId")
        )
        hops = []
        if body.get("follow"):
            hops = await self._platform.deliver([self._platform.follow(customer.user_id)])
        return Answer(201, {**customer_json(self._platform.customer(customer.user_id)), **_statuses(hops)})

    async def change_customer(self, request: Request, body: JsonObject) -> Answer:
        return Answer(
            200, customer_json(self._platform.change_language(self._user(request), str(body["language"])))
        )

    async def text(self, request: Request, body: JsonObject) -> Answer:
        event = self._platform.text(
            self._user(request),
            str(body["text"]),
            group_id=body.get("groupId"),
            quoted_message_id=body.get("quotedMessageId"),
        )
        return await self._deliver([event], body)

    async def tap(self, request: Request, body: JsonObject) -> Answer:
        user_id, group_id = self._user(request), body.get("groupId")
        chat_id = group_id or user_id
        if "area" in body:
            button = self._platform.menu_button(user_id, int(body["area"]))
        elif "label" in body:
            button = self._platform.find_button(chat_id, str(body["label"]))
        elif "data" in body:
            button = _button_with(self._platform, chat_id, str(body["data"]))
        else:
            raise Unusable("label, data or area says what to tap")
        tapped = self._platform.tap(user_id, button, body.get("params"), group_id=group_id)
        if tapped.event is None:
            return Answer(200, {"tapped": list(button.shown), "opens": tapped.opens, "statuses": []})
        answer = await self._deliver([tapped.event], body)
        return Answer(200, {"tapped": list(button.shown), "opens": None, **answer.body})

    async def sticker(self, request: Request, body: JsonObject) -> Answer:
        ids = str(body.get("packageId") or "446"), str(body.get("stickerId") or "1988")
        return await self._deliver([self._platform.sticker(self._user(request), *ids)], body)

    async def image(self, request: Request, body: JsonObject) -> Answer:
        return await self._deliver([self._platform.image(self._user(request))], body)

    async def location(self, request: Request, body: JsonObject) -> Answer:
        return await self._deliver(
            [self._platform.location(self._user(request), str(body["title"]), str(body["address"]))], body
        )

    async def follow(self, request: Request, body: JsonObject) -> Answer:
        return await self._deliver([self._platform.follow(self._user(request))], body)

    async def unfollow(self, request: Request, body: JsonObject) -> Answer:
        return await self._deliver([self._platform.unfollow(self._user(request))], body)

    async def unsend(self, request: Request, body: JsonObject) -> Answer:
        return await self._deliver([self._platform.unsend(self._user(request), str(body["messageId"]))], body)

    async def group(self, _request: Request, body: JsonObject) -> Answer:
        event = self._platform.join_group([str(each) for each in body["members"]])
        answer = await self._deliver([event], body)
        return Answer(201, {"groupId": event["source"]["groupId"], **answer.body})

    async def redeliver(self, request: Request, body: JsonObject) -> Answer:
        event_id = request.path_params["event_id"]
        if event_id not in self._platform.events:
            return Answer(404, {"message": f"no event {event_id}"})
        return Answer(200, _statuses(await self._platform.redeliver([event_id], _manner(body))))

    async def rich_menus(self, _request: Request, _body: JsonObject) -> Answer:
        return Answer(200, rich_menus_json(self._platform.rich_menus))

    async def menu_picture(self, request: Request) -> Response:
        answer = self._platform.rich_menus.picture(request.path_params["menu_id"])
        return Response(answer.picture, answer.status, answer.headers)

    async def raw_events(self, _request: Request, body: JsonObject) -> Answer:
        return await self._deliver([dict(event) for event in body["events"]], body)

    async def chat(self, request: Request, _body: JsonObject) -> Answer:
        chat_id = request.path_params["chat_id"]
        since = int(request.query_params.get("since", "0"))
        wait = min(float(request.query_params.get("wait", "0")), LONGEST_WAIT_SECONDS)
        entries = await self._platform.entries_since(chat_id, since, wait)
        loading = self._platform.chat(chat_id).loading_until > self._platform.now()
        return Answer(
            200,
            {
                "entries": [entry_json(entry) for entry in entries],
                "next": since + len(entries),
                "loading": loading,
                "buttons": [list(button.shown) for button in self._platform.tappable(chat_id)],
            },
        )

    async def quota(self, _request: Request, _body: JsonObject) -> Answer:
        return Answer(200, {"limit": self._platform.quota, "used": self._platform.quota_used})

    async def set_quota(self, _request: Request, body: JsonObject) -> Answer:
        self._platform.quota = None if body.get("limit") is None else int(body["limit"])
        self._platform.quota_used = int(body.get("used", self._platform.quota_used))
        return Answer(200, {"limit": self._platform.quota, "used": self._platform.quota_used})

    async def faults(self, _request: Request, _body: JsonObject) -> Answer:
        return Answer(200, {"faults": [dataclasses.asdict(fault) for fault in self._platform.faults]})

    async def add_fault(self, request: Request, body: JsonObject) -> Answer:
        self._platform.faults.append(
            Fault(
                call=str(body["call"]),
                kind=FaultKind(body.get("kind", "status")),
                after_effect=bool(body.get("afterEffect")),
                status=int(body.get("status", 500)),
                seconds=float(body.get("seconds", 60.0)),
                times=int(body.get("times", 1)),
            )
        )
        return await self.faults(request, body)

    async def clear_faults(self, request: Request, body: JsonObject) -> Answer:
        self._platform.faults.clear()
        return await self.faults(request, body)

    async def wire(self, request: Request, _body: JsonObject) -> Answer:
        since = int(request.query_params.get("since", "0"))
        return Answer(
            200,
            {
                "hops": [hop_json(hop) for hop in self._platform.wire[since:]],
                "next": len(self._platform.wire),
            },
        )

    async def _deliver(self, events: list[JsonObject], body: JsonObject) -> Answer:
        hops = await self._platform.deliver(events, _manner(body))
        ids = [event.get("webhookEventId") for event in events]
        return Answer(200, {"eventIds": ids, **_statuses(hops)})


def _route(method: str, path: str, handler: Handler) -> Route:
    async def handle(request: Request) -> Response:
        try:
            body = await _body(request) if method in {"POST", "PUT", "PATCH"} else {}
            answer = await handler(request, body)
        except NoSuchButton as error:
            answer = Answer(404, {"message": str(error), "buttons": error.shown})
        except (NoSuchCustomer, NoSuchMessage) as error:
            answer = Answer(404, {"message": f"{type(error).__name__}: {error}"})
        except KeyError as error:
            answer = Answer(400, {"message": f"{error.args[0]} is missing"})
        except ValueError as error:
            answer = Answer(400, {"message": str(error)})
        return JSONResponse(answer.body, answer.status)

    return Route(path, handle, methods=[method])


async def _body(request: Request) -> JsonObject:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Unusable("send application/json")
    body = await request.json()
    if not isinstance(body, dict):
        raise Unusable("send an object")
    return dict(body)


def _manner(body: JsonObject) -> Manner:
    return Manner(
        signature=Signature(body.get("signature", "good")),
        copies=max(1, int(body.get("copies", 1))),
        standby=bool(body.get("standby")),
    )


def _statuses(hops: list[Hop]) -> JsonObject:
    return {"statuses": [hop.status for hop in hops]}


def _button_with(platform: LinePlatform, chat_id: str, data: str) -> Button:
    """The button with this postback data; data that no button has is sent all the same, as a forger would."""
    for button in platform.tappable(chat_id):
        if button.action.get("data") == data:
            return button
    return Button("", {"type": "postback", "data": data})
