"""The state of the LINE stand-in: customers, chats, the events sent to the shop and what it may send back.

Everything lives in one event loop and in memory. Time comes from a clock (seconds since 1970) and every id
from a source of hex digits, so that a test can choose both. Times that are kept are milliseconds, as LINE
counts.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import secrets
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx

from dev.standins.line_counts import SentCounts
from dev.standins.line_limits import refusal
from dev.standins.line_reading import Button, buttons
from dev.standins.line_rich_menus import RichMenus
from dev.standins.line_tokens import AccessTokens
from dev.standins.line_values import (
    DAY,
    Answer,
    Change,
    Chat,
    ChatEntry,
    Customer,
    Fault,
    Hop,
    Manner,
    NoSuchButton,
    NoSuchCustomer,
    NoSuchMessage,
    Signature,
    Tapped,
    Via,
)

JsonObject = dict[str, Any]

ULID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
USER_ID = re.compile(r"U[0-9a-f]{32}")
RETRY_KEY = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
MINUTE = 60_000
# An event older than this brings no fresh minute for its reply token when it is delivered again.
REPLY_AFTER_REDELIVERY = 20 * MINUTE
# From here on LINE's console would list the delivery as request_timeout.
WEBHOOK_LIMIT_SECONDS = 2.0
# The calls a second that LINE allows to a channel.
RATE_LIMITS = {"reply": 2000, "push": 2000, "multicast": 200, "loading": 100, "token": 370}
# What a date picker without a date of its own offers first here.
FIRST_CHOICE = {"date": "2030-01-02", "time": "09:00", "datetime": "2030-01-02T09:00"}
QUOTABLE = {"text", "textV2", "sticker", "image", "video", "template", "flex"}


@dataclass
class _ReplyToken:
    chat_id: str
    event_at: int
    received_at: int | None = None
    used: bool = False


@dataclass(frozen=True)
class _Accepted:
    at: int
    request_id: str
    sent: list[JsonObject]


class LinePlatform:
    """LINE as the shop sees it; its HTTP face is `line_app`."""

    def __init__(
        self,
        webhook_url: str,
        channel_id: str = "2000000001",
        channel_secret: str = "dev-line-channel-secret",  # noqa: S107 - the local run's own, valid nowhere else
        clock: Callable[[], float] = time.time,
        *,
        reply_token_seconds: float = 60.0,
        quota: int | None = None,
        redelivery_seconds: tuple[float, ...] = (),
        webhook_timeout_seconds: float = 30.0,
        token_hex: Callable[[int], str] = secrets.token_hex,
    ) -> None:
        self.webhook_url = webhook_url
        self.channel_id = channel_id
        self.channel_secret = channel_secret
        self.reply_token_seconds = reply_token_seconds
        self.quota = quota
        self.quota_used = 0
        self.sent = SentCounts()
        self.tokens = AccessTokens(channel_id, channel_secret, self.now, token_hex)
        self.redelivery_seconds = redelivery_seconds
        self.webhook_timeout_seconds = webhook_timeout_seconds
        self.rate_limits = dict(RATE_LIMITS)
        self.customers: dict[str, Customer] = {}
        self.chats: dict[str, Chat] = {}
        self.events: dict[str, JsonObject] = {}
        self.wire: list[Hop] = []
        self.faults: list[Fault] = []
        self.on_hop: list[Callable[[Hop], None]] = []
        self._clock = clock
        self._hex = token_hex
        self._reply_tokens: dict[str, _ReplyToken] = {}
        self._accepted: dict[str, _Accepted] = {}
        self._calls: dict[tuple[str, int], int] = {}
        self._queues: list[asyncio.Queue[Change]] = []
        self._later: set[asyncio.Task[None]] = set()
        self._tls = ssl.create_default_context()
        self.bot_user_id = f"U{self._hex(16)}"
        self.rich_menus = RichMenus(self._hex, self._tell_of_rich_menus)

    async def aclose(self) -> None:
        """Ends the redeliveries that are still to come."""
        for task in self._later:
            task.cancel()
        await asyncio.gather(*self._later, return_exceptions=True)

    def now(self) -> int:
        return int(self._clock() * 1000)

    def request_id(self) -> str:
        digits = self._hex(16)
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    # Watching ------------------------------------------------------------------------------------------

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[Change]]:
        """Every change from now on, in order."""
        queue: asyncio.Queue[Change] = asyncio.Queue()
        self._queues.append(queue)
        try:
            yield queue
        finally:
            self._queues.remove(queue)

    async def entries_since(self, chat_id: str, since: int, wait_seconds: float = 0.0) -> list[ChatEntry]:
        """The chat from this index on; with nothing there yet, waits for the first entry that comes."""
        with self.subscribe() as changes:
            ends = asyncio.get_running_loop().time() + wait_seconds
            while len(self.chat(chat_id).entries) <= since:
                left = ends - asyncio.get_running_loop().time()
                if left <= 0:
                    return []
                try:
                    await asyncio.wait_for(changes.get(), left)
                except TimeoutError:
                    return []
        return self.chat(chat_id).entries[since:]

    def record(self, hop: Hop) -> Hop:
        numbered = replace(hop, number=len(self.wire))
        self.wire.append(numbered)
        self._publish("wire", numbered)
        for tell in self.on_hop:
            tell(numbered)
        return numbered

    def _tell_of_rich_menus(self) -> None:
        self._publish("menu", self.rich_menus)

    def _publish(self, kind: str, value: ChatEntry | Customer | Chat | Hop | RichMenus) -> None:
        for queue in self._queues:
            queue.put_nowait(Change(kind, value))

    # Customers -----------------------------------------------------------------------------------------

    def add_customer(
        self, display_name: str, language: str = "zh-TW", user_id: str | None = None
    ) -> Customer:
        """Somebody with LINE on the phone, who is no friend of the shop yet."""
        customer = Customer(user_id or f"U{self._hex(16)}", display_name, language)
        self.chats.setdefault(customer.user_id, Chat(customer.user_id, {customer.user_id}))
        return self._store(customer)

    def customer(self, user_id: str) -> Customer:
        if user_id not in self.customers:
            raise NoSuchCustomer(user_id)
        return self.customers[user_id]

    def change_language(self, user_id: str, language: str) -> Customer:
        return self._store(replace(self.customer(user_id), language=language))

    def chat(self, chat_id: str) -> Chat:
        if chat_id not in self.chats:
            raise NoSuchCustomer(chat_id)
        return self.chats[chat_id]

    def _store(self, customer: Customer) -> Customer:
        self.customers[customer.user_id] = customer
        self._publish("customer", customer)
        return customer

    # What customers do ---------------------------------------------------------------------------------
    # Each method builds the event and shows in the chat what the customer would see; `deliver` sends it.

    def text(
        self, user_id: str, text: str, *, group_id: str | None = None, quoted_message_id: str | None = None
    ) -> JsonObject:
        quoted = {"quotedMessageId": quoted_message_id} if quoted_message_id else {}
        return self._message(user_id, {"type": "text", "text": text, **quoted}, group_id)

    def sticker(self, user_id: str, package_id: str = "446", sticker_id: str = "1988") -> JsonObject:
        ids = {"packageId": package_id, "stickerId": sticker_id, "stickerResourceType": "STATIC"}
        return self._message(user_id, {"type": "sticker", **ids})

    def image(self, user_id: str) -> JsonObject:
        """A picture; its content is a placeholder that the data API hands out."""
        return self._message(user_id, {"type": "image", "contentProvider": {"type": "line"}})

    def location(
        self, user_id: str, title: str, address: str, latitude: float = 25.033, longitude: float = 121.5654
    ) -> JsonObject:
        where = {"title": title, "address": address, "latitude": latitude, "longitude": longitude}
        return self._message(user_id, {"type": "location", **where})

    def postback(
        self,
        user_id: str,
        data: str,
        display_text: str | None = None,
        params: dict[str, str] | None = None,
        *,
        group_id: str | None = None,
    ) -> JsonObject:
        """A tap on a postback action; `display_text` shows as the customer's own words, outside the event."""
        postback = {"data": data, **({"params": params} if params else {})}
        event = self._event("postback", user_id, group_id, replies=True, postback=postback)
        if display_text:
            shown = {"type": "text", "text": display_text}
            self._add(
                group_id or user_id, Via.CUSTOMER, shown, user_id=user_id, event_id=event["webhookEventId"]
            )
        return event

    def follow(self, user_id: str) -> JsonObject:
        """Adding the shop as a friend, or lifting the block."""
        before = self.customer(user_id)
        self._store(replace(before, friend=True, blocked=False))
        unblocked = before.blocked
        event = self._event("follow", user_id, None, replies=True, follow={"isUnblocked": unblocked})
        self._system(user_id, "已解除封鎖" if unblocked else "已加入好友")
        return event

    def unfollow(self, user_id: str) -> JsonObject:
        """Blocking the shop: later messages are accepted and never seen."""
        self._store(replace(self.customer(user_id), blocked=True))
        self._system(user_id, "已封鎖")
        return self._event("unfollow", user_id, None, replies=False)

    def unsend(self, user_id: str, message_id: str) -> JsonObject:
        """Taking back a message of one's own."""
        for chat in self.chats.values():
            for entry in chat.entries:
                if entry.message_id == message_id and entry.user_id == user_id:
                    chat.entries[entry.index] = replace(entry, unsent=True)
                    self._publish("chat", chat.entries[entry.index])
                    group_id = chat.chat_id if chat.is_group else None
                    return self._event(
                        "unsend", user_id, group_id, replies=False, unsend={"messageId": message_id}
                    )
        raise NoSuchMessage(message_id)

    def join_group(self, members: Sequence[str], group_id: str | None = None) -> JsonObject:
        """The shop is invited into a group of these customers; the event's source names the group."""
        chat = Chat(group_id or f"C{self._hex(16)}", {self.customer(user_id).user_id for user_id in members})
        self.chats[chat.chat_id] = chat
        event = self._event("join", None, chat.chat_id, replies=True)
        self._system(chat.chat_id, "已加入群組")
        return event

    def find_button(self, chat_id: str, label: str) -> Button:
        """The newest button whose label, or what it writes, contains these words; exact matches first."""
        wanted = self.tappable(chat_id)
        exact = [button for button in wanted if label in button.shown]
        partly = [button for button in wanted if any(label in shown for shown in button.shown)]
        for button in exact + partly:
            return button
        raise NoSuchButton(label, [" / ".join(button.shown) for button in wanted])

    def tappable(self, chat_id: str) -> list[Button]:
        """What can be tapped now, newest message first; quick replies go with the next message or a tap."""
        chat = self.chat(chat_id)
        seen = [entry for entry in chat.entries if entry.delivered]
        found: list[Button] = []
        for entry in reversed(seen):
            if entry.from_shop:
                open_ = entry is seen[-1] and not chat.quick_replies_used
                found += [button for button in buttons(entry.message) if open_ or not button.in_quick_reply]
        return found

    def tap(
        self,
        user_id: str,
        button: Button,
        params: dict[str, str] | None = None,
        *,
        group_id: str | None = None,
    ) -> Tapped:
        """What happens when a customer taps this button. `params` is the choice made in a date picker."""
        action = button.action
        if button.in_quick_reply and action["type"] not in {
            "camera",
            "cameraRoll",
            "location",
            "datetimepicker",
        }:
            self.chat(group_id or user_id).quick_replies_used = True
        if action["type"] == "uri":
            return Tapped(opens=str(action["uri"]))
        event: JsonObject | None = None
        match action["type"]:
            case "postback":
                shown = action.get("displayText") or action.get("text")
                event = self.postback(user_id, action["data"], shown, group_id=group_id)
            case "datetimepicker":
                mode = action["mode"]
                chosen = params or {
                    mode: str(action.get("initial") or action.get("min") or FIRST_CHOICE[mode])
                }
                event = self.postback(user_id, action["data"], None, chosen, group_id=group_id)
            case "message":
                event = self.text(user_id, action["text"], group_id=group_id)
            case "richmenuswitch":
                alias_id = str(action["richMenuAliasId"])
                switched = {
                    "newRichMenuAliasId": alias_id,
                    "status": self.rich_menus.switch(user_id, alias_id),
                }
                event = self.postback(user_id, action["data"], None, switched)
            case "location":
                event = self.location(user_id, "台北市政府", "台北市信義區市府路1號")
            case "camera" | "cameraRoll":
                event = self.image(user_id)
        return Tapped(event)

    def menu_button(self, user_id: str, area: int) -> Button:
        """The area of the rich menu that this customer sees. Raises NoSuchButton."""
        menu = self.rich_menus.shown_to(user_id)
        areas = menu.asked["areas"] if menu else []
        if not 0 <= area < len(areas):
            raise NoSuchButton(f"area {area}", [str(number) for number in range(len(areas))])
        action = areas[area]["action"]
        return Button(str(action.get("label") or ""), action)

    def _message(self, user_id: str, message: JsonObject, group_id: str | None = None) -> JsonObject:
        tokens = {"markAsReadToken": self._hex(24)}
        if message["type"] in {"text", "sticker", "image"}:
            tokens["quoteToken"] = self._hex(24)
        content = {"id": self._message_id(), **tokens, **message}
        event = self._event("message", user_id, group_id, replies=True, message=content)
        self._add(
            group_id or user_id,
            Via.CUSTOMER,
            message,
            message_id=content["id"],
            user_id=user_id,
            quote_token=tokens.get("quoteToken"),
            event_id=event["webhookEventId"],
        )
        return event

    def _event(
        self, kind: str, user_id: str | None, group_id: str | None, *, replies: bool, **fields: JsonObject
    ) -> JsonObject:
        now = self.now()
        source: JsonObject = {"type": "group", "groupId": group_id} if group_id else {"type": "user"}
        if user_id is not None:
            source["userId"] = self.customer(user_id).user_id
        event: JsonObject = {
            "type": kind,
            "mode": "active",
            "timestamp": now,
            "source": source,
            "webhookEventId": self._ulid(now),
            "deliveryContext": {"isRedelivery": False},
            **fields,
        }
        if replies:
            event["replyToken"] = self._hex(16)
            self._reply_tokens[event["replyToken"]] = _ReplyToken(group_id or str(user_id), now)
        if user_id is not None and kind in {"message", "postback"}:
            self._store(replace(self.customer(user_id), wrote_at=now))
        self.events[event["webhookEventId"]] = event
        return event

    def _system(self, chat_id: str, notice: str) -> None:
        self._add(chat_id, Via.SYSTEM, {"type": "text", "text": notice})

    def _add(self, chat_id: str, via: Via, message: JsonObject, **details: Any) -> ChatEntry:
        chat = self.chat(chat_id)
        details.setdefault("message_id", self._message_id())
        entry = ChatEntry(len(chat.entries), chat_id, self.now(), via, message, **details)
        chat.entries.append(entry)
        chat.quick_replies_used = False
        if entry.from_shop:
            chat.loading_until = 0
        self._publish("chat", entry)
        return entry

    def _message_id(self) -> str:
        return str(5 * 10**17 + int(self._hex(7), 16) % 10**17)

    def _ulid(self, milliseconds: int) -> str:
        number = (milliseconds << 80) | int(self._hex(10), 16)
        return "".join(ULID_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))

    # Webhooks ------------------------------------------------------------------------------------------

    async def deliver(self, events: Sequence[JsonObject], manner: Manner | None = None) -> list[Hop]:
        """Sends these events in one request, or in `copies` parallel ones; returns the shop's answers.

        No events at all is LINE's connection check. With `redelivery_seconds`, a request that gets no 2xx is
        sent again after each of these delays, in the background, until one is taken.
        """
        manner = manner or Manner()
        for event in events:
            token = self._reply_tokens.get(event.get("replyToken", ""))
            if token is not None:
                token.received_at = self.now()
        hops = await asyncio.gather(*(self._post(events, manner) for _ in range(manner.copies)))
        if self.redelivery_seconds and not any(_taken(hop) for hop in hops):
            task = asyncio.create_task(self._redeliver_until_taken(list(events), manner))
            self._later.add(task)
            task.add_done_callback(self._later.discard)
        return hops

    async def redeliver(self, event_ids: Sequence[str], manner: Manner | None = None) -> list[Hop]:
        """The same events again, marked as redelivery; an unused reply token lives for another minute."""
        manner = manner or Manner()
        again = [
            {**self.events[event_id], "deliveryContext": {"isRedelivery": True}} for event_id in event_ids
        ]
        for event in again:
            token = self._reply_tokens.get(event.get("replyToken", ""))
            if token is not None and self.now() - token.event_at <= REPLY_AFTER_REDELIVERY:
                token.received_at = self.now()
        return list(await asyncio.gather(*(self._post(again, manner) for _ in range(manner.copies))))

    async def _redeliver_until_taken(self, events: list[JsonObject], manner: Manner) -> None:
        for delay in self.redelivery_seconds:
            await asyncio.sleep(delay)
            hops = await self.redeliver(
                [event["webhookEventId"] for event in events], replace(manner, copies=1)
            )
            if _taken(hops[0]):
                return

    def sign(self, body: bytes, signature: Signature = Signature.GOOD) -> dict[str, str]:
        """LINE's signature header over exactly this body."""
        if signature is Signature.MISSING:
            return {}
        secret = self.channel_secret if signature is Signature.GOOD else f"not-{self.channel_secret}"
        digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
        return {"x-line-signature": base64.b64encode(digest).decode()}

    async def post_raw(self, body: bytes, headers: dict[str, str], note: str = "") -> Hop:
        """Any bytes to the webhook, as they are: for `deliver`, and for a replay from the wire inspector."""
        sent = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "LineBotWebhook/2.0",
            **headers,
        }
        at, began = self.now(), time.perf_counter()
        status, answer_headers, answer = None, {}, ""
        try:
            async with httpx.AsyncClient(
                verify=self._tls, trust_env=False, timeout=self.webhook_timeout_seconds
            ) as client:
                response = await client.post(self.webhook_url, content=body, headers=sent)
            status, answer_headers, answer = response.status_code, dict(response.headers), response.text
        except httpx.HTTPError as error:
            note = f"{note} no answer: {type(error).__name__}".strip()
        seconds = time.perf_counter() - began
        if seconds > WEBHOOK_LIMIT_SECONDS:
            note = f"{note} slower than LINE's {WEBHOOK_LIMIT_SECONDS:g} s (request_timeout)".strip()
        return self.record(
            Hop(
                number=0,
                at=at,
                direction="webhook",
                method="POST",
                url=self.webhook_url,
                request_headers=sent,
                request_body=body.decode(errors="replace"),
                status=status,
                response_headers=answer_headers,
                response_body=answer,
                milliseconds=round(seconds * 1000, 1),
                note=note,
            )
        )

    async def _post(self, events: Sequence[JsonObject], manner: Manner) -> Hop:
        travelling = [_on_standby(event) for event in events] if manner.standby else list(events)
        # LINE's own whitespace is nobody's business but the signature's: it is over these bytes.
        body = json.dumps(
            {"destination": self.bot_user_id, "events": travelling}, ensure_ascii=False, separators=(",", ":")
        ).encode()
        kinds = ", ".join(str(event["type"]) for event in events) or "connection check"
        note = kinds if manner.signature is Signature.GOOD else f"{kinds} (signature {manner.signature})"
        return await self.post_raw(body, self.sign(body, manner.signature), note)

    # What the shop sends -------------------------------------------------------------------------------

    def within_rate(self, call: str) -> bool:
        window = (call, self.now() // 1000)
        self._calls = {key: count for key, count in self._calls.items() if key[1] == window[1]}
        self._calls[window] = self._calls.get(window, 0) + 1
        return self._calls[window] <= self.rate_limits.get(call, RATE_LIMITS["push"])

    def take_fault(self, call: str) -> Fault | None:
        """The next fault set for this call, used up by one."""
        for index, fault in enumerate(self.faults):
            if fault.call in {call, "*"}:
                if fault.times <= 1:
                    del self.faults[index]
                else:
                    self.faults[index] = replace(fault, times=fault.times - 1)
                return fault
        return None

    def reply(self, body: JsonObject, request_id: str) -> Answer:
        refused = refusal("reply", body)
        if refused:
            return Answer(400, refused)
        token = self._reply_tokens.get(body["replyToken"])
        if token is None or token.used or token.received_at is None or self._too_late(token.received_at):
            return _bad_request("Invalid reply token")
        if self._foreign_quote(token.chat_id, body["messages"]):
            return _bad_request("Invalid quote token")
        token.used = True
        return Answer(
            200, {"sentMessages": self._send(token.chat_id, Via.REPLY, body["messages"], request_id)}
        )

    def push(self, body: JsonObject, request_id: str, retry_key: str | None = None) -> Answer:
        earlier = self._earlier(retry_key)
        if earlier:
            return earlier
        refused = refusal("push", body)
        if refused:
            return Answer(400, refused)
        chat = self.chats.get(body["to"])
        if chat is None:
            return _bad_request("The property, 'to', in the request body is invalid (line: -, column: -)")
        if self._foreign_quote(chat.chat_id, body["messages"]):
            return _bad_request("Invalid quote token")
        recipients = sum(self.customers[user_id].reachable(self.now()) for user_id in chat.members)
        if not self._use_quota(recipients):
            return Answer(429, {"message": "You have reached your monthly limit."})
        sent = self._send(chat.chat_id, Via.PUSH, body["messages"], request_id)
        self._remember(retry_key, request_id, sent)
        return Answer(200, {"sentMessages": sent})

    def multicast(self, body: JsonObject, request_id: str, retry_key: str | None = None) -> Answer:
        earlier = self._earlier(retry_key)
        if earlier:
            return earlier
        refused = refusal("multicast", body)
        if refused:
            return Answer(400, refused)
        if not all(USER_ID.fullmatch(user_id) for user_id in body["to"]):
            return _bad_request("The property, 'to', in the request body is invalid (line: -, column: -)")
        known = [user_id for user_id in dict.fromkeys(body["to"]) if user_id in self.customers]
        if not self._use_quota(sum(self.customers[user_id].reachable(self.now()) for user_id in known)):
            return Answer(429, {"message": "You have reached your monthly limit."})
        for user_id in known:
            self._send(user_id, Via.MULTICAST, body["messages"], request_id)
        self._remember(retry_key, request_id, [])
        return Answer(200, {})

    def show_loading(self, body: JsonObject) -> Answer:
        refused = refusal("loading", body)
        if refused:
            return Answer(400, refused)
        chat = self.chats.get(body["chatId"])
        if chat is None or chat.is_group:
            return _bad_request("The property, 'chatId', in the request body is invalid (line: -, column: -)")
        chat.loading_until = self.now() + int(body.get("loadingSeconds") or 20) * 1000
        self._publish("loading", chat)
        return Answer(202, {})

    def mark_as_read(self, body: JsonObject) -> Answer:
        """Marks the message of this token and all before it in its chat."""
        refused = refusal("markAsRead", body)
        if refused:
            return Answer(400, refused)
        for event in self.events.values():
            if event.get("message", {}).get("markAsReadToken") == body["markAsReadToken"]:
                chat = self.chat(event["source"].get("groupId") or event["source"]["userId"])
                last = next(
                    entry.index for entry in chat.entries if entry.event_id == event["webhookEventId"]
                )
                chat.entries[: last + 1] = [replace(entry, read=True) for entry in chat.entries[: last + 1]]
                self._publish("chat", chat.entries[last])
                return Answer(200, {})
        return _bad_request("Invalid mark as read token")

    def profile(self, user_id: str) -> Answer:
        customer = self.customers.get(user_id)
        if customer is None or not customer.reachable(self.now()):
            return Answer(404, {"message": "Not found"})
        return Answer(
            200,
            {"userId": user_id, "displayName": customer.display_name, "language": customer.language},
        )

    def bot_info(self) -> Answer:
        return Answer(
            200,
            {
                "userId": self.bot_user_id,
                "basicId": "@000local",
                "displayName": "Storefront",
                "chatMode": "bot",
                "markAsReadMode": "auto",
            },
        )

    def quota_limit(self) -> Answer:
        limited = {"type": "limited", "value": self.quota} if self.quota is not None else {"type": "none"}
        return Answer(200, limited)

    def content_status(self, message_id: str) -> int:
        """Whether the data API has this picture: 200, 404 for no such message, 410 for one taken back."""
        for chat in self.chats.values():
            for entry in chat.entries:
                if entry.message_id == message_id and entry.message["type"] == "image":
                    return 410 if entry.unsent else 200
        return 404

    def _send(self, chat_id: str, via: Via, messages: list[JsonObject], request_id: str) -> list[JsonObject]:
        chat = self.chat(chat_id)
        reachable = chat.is_group or self.customer(chat_id).reachable(self.now())
        delivered = reachable or (via is Via.REPLY and not self.customer(chat_id).blocked)
        if delivered:
            # Of a group, those who can be reached; of one person, that person.
            reached = sum(self.customers[user_id].reachable(self.now()) for user_id in chat.members)
            self.sent.add(via, max(1, reached), self.now())
        sent: list[JsonObject] = []
        for message in messages:
            quote_token = self._hex(24) if message["type"] in QUOTABLE else None
            entry = self._add(
                chat_id, via, message, request_id=request_id, quote_token=quote_token, delivered=delivered
            )
            sent.append({"id": entry.message_id, **({"quoteToken": quote_token} if quote_token else {})})
        return sent

    def _too_late(self, received_at: int) -> bool:
        return self.now() - received_at > self.reply_token_seconds * 1000

    def _foreign_quote(self, chat_id: str, messages: list[JsonObject]) -> bool:
        known = {entry.quote_token for entry in self.chat(chat_id).entries}
        return any(message.get("quoteToken") not in {None, *known} for message in messages)

    def _use_quota(self, recipients: int) -> bool:
        if self.quota is not None and self.quota_used + recipients > self.quota:
            return False
        self.quota_used += recipients
        return True

    def _earlier(self, retry_key: str | None) -> Answer | None:
        """The answer to a retry key that is no key, or that was accepted within the last 24 hours."""
        if retry_key is None:
            return None
        if not RETRY_KEY.fullmatch(retry_key):
            return _bad_request("The header X-Line-Retry-Key is invalid")
        accepted = self._accepted.get(retry_key.lower())
        if accepted is None or self.now() - accepted.at > DAY:
            return None
        body: JsonObject = {"message": "The retry key is already accepted"}
        if accepted.sent:
            body["sentMessages"] = accepted.sent
        return Answer(409, body, {"x-line-accepted-request-id": accepted.request_id})

    def _remember(self, retry_key: str | None, request_id: str, sent: list[JsonObject]) -> None:
        if retry_key is not None:
            self._accepted[retry_key.lower()] = _Accepted(self.now(), request_id, sent)


def _taken(hop: Hop) -> bool:
    return hop.status is not None and 200 <= hop.status < 300


def _on_standby(event: JsonObject) -> JsonObject:
    return {name: value for name, value in event.items() if name != "replyToken"} | {"mode": "standby"}


def _bad_request(message: str) -> Answer:
    return Answer(400, {"message": message})
