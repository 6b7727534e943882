"""The LINE stand-in: what it sends to a shop, what it accepts and refuses, and what a customer sees of it."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    FlexContainer,
    FlexMessage,
    MessagingApi,
    PushMessageRequest,
    ReplyMessageRequest,
    TextMessage,
)
from linebot.v3.oauth import ApiClient as TokenClient
from linebot.v3.oauth import ChannelAccessToken
from linebot.v3.oauth import Configuration as TokenConfiguration
from linebot.v3.webhook import WebhookParser
from linebot.v3.webhooks import Event, PostbackEvent, TextMessageContent
from starlette.applications import Starlette
from starlette.routing import Mount

from dev.driver.customer import Customer, NotSeen, Refused, anything
from dev.standins.line_platform import (
    Fault,
    FaultKind,
    LinePlatform,
    Manner,
    NoSuchButton,
    Signature,
    Via,
    line_app,
    line_control_routes,
)
from tests.standins.serving import base_url, free_socket, serving
from tests.standins.tiny_shop import CHANNEL_ID, CHANNEL_SECRET, TinyShop, card

TEXT = {"type": "text", "text": "hello"}
RETRY_KEY = "123e4567-e89b-12d3-a456-426614174000"


@dataclass
class Clock:
    """Seconds since 1970, moved by hand."""

    seconds: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class World:
    """LINE and a tiny shop on one port, as in the local run."""

    platform: LinePlatform
    shop: TinyShop
    clock: Clock
    url: str
    client: httpx.Client
    token: str = field(default="")

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """A call of the Messaging API with a valid token."""
        if not self.token:
            self.token = self.issue("/oauth2/v3/token").json()["access_token"]
        sent = {
            "authorization": f"Bearer {self.token}",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        return self.client.request(method, f"/_line{path}", json=body, headers=sent)

    def issue(self, path: str, **changes: str) -> httpx.Response:
        form = {"grant_type": "client_credentials", "client_id": CHANNEL_ID, "client_secret": CHANNEL_SECRET}
        return self.client.post(f"/_line{path}", data={**form, **changes})

    def push(self, to: str, *messages: dict[str, Any], **headers: str) -> httpx.Response:
        body = {"to": to, "messages": list(messages or [TEXT])}
        return self.call("POST", "/v2/bot/message/push", body, **headers)

    def reply(self, token: str, *messages: dict[str, Any], **headers: str) -> httpx.Response:
        body = {"replyToken": token, "messages": list(messages or [TEXT])}
        return self.call("POST", "/v2/bot/message/reply", body, **headers)

    def friend(self, name: str = "王小明") -> str:
        """A friend of the shop; the shop was not told."""
        customer = self.platform.add_customer(name)
        self.platform.follow(customer.user_id)
        return customer.user_id

    def act(self, user_id: str, what: str, **body: Any) -> dict[str, Any]:
        """Something that a customer does."""
        response = self.client.post(f"/_local/line/customers/{user_id}/{what}", json=body)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def reply_token(self, user_id: str) -> str:
        """The reply token of a text that the shop got and left unanswered."""
        self.shop.answers = False
        self.act(user_id, "text", text="hi")
        return str(self.shop.received[-1]["replyToken"])

    def seen(self, user_id: str) -> list[dict[str, Any]]:
        """The shop's messages that reached this customer."""
        entries = self.platform.chat(user_id).entries
        return [entry.message for entry in entries if entry.from_shop and entry.delivered]


@pytest.fixture
def world() -> Iterator[World]:
    listening, clock, shop = free_socket(), Clock(), TinyShop()
    url = base_url(listening)
    platform = LinePlatform(f"{url}/line/webhook", CHANNEL_ID, CHANNEL_SECRET, clock)
    shop.base, shop.line = url, f"{url}/_line"
    routes = [*shop.routes(), *line_control_routes(platform), Mount("/_line", line_app(platform))]
    with serving(Starlette(routes=routes), listening), httpx.Client(base_url=url, trust_env=False) as client:
        yield World(platform, shop, clock, url, client)


# What the shop gets -----------------------------------------------------------------------------------------


def test_a_text_arrives_as_line_sends_it_and_signed_over_the_exact_body(world: World) -> None:
    user_id = world.friend()
    world.shop.requests.clear()
    done = world.act(user_id, "text", text="我要 3 箱🍎")

    [(headers, body)] = world.shop.requests
    digest = hmac.new(CHANNEL_SECRET.encode(), body, hashlib.sha256).digest()
    assert headers["x-line-signature"] == base64.b64encode(digest).decode()
    assert json.loads(body)["destination"] == world.platform.bot_user_id
    [event] = json.loads(body)["events"]
    random = {event["message"].pop(name) for name in ("id", "quoteToken", "markAsReadToken")}
    assert len(random) == 3
    assert event == {
        "type": "message",
        "mode": "active",
        "timestamp": 1_790_000_000_000,
        "source": {"type": "user", "userId": user_id},
        "webhookEventId": done["eventIds"][0],
        "deliveryContext": {"isRedelivery": False},
        "replyToken": event["replyToken"],
        "message": {"type": "text", "text": "我要 3 箱🍎"},
    }
    assert len(event["webhookEventId"]) == 26
    assert world.seen(user_id) == [{"type": "text", "text": "聽到:我要 3 箱🍎"}]


def test_lines_own_parser_knows_every_event_that_a_customer_causes(world: World) -> None:
    world.shop.answers = False
    user_id = world.platform.add_customer("王小明").user_id
    world.act(user_id, "follow")
    world.act(user_id, "text", text="hi")
    world.act(user_id, "sticker")
    world.act(user_id, "image")
    world.act(user_id, "location", title="家", address="台北市")
    world.act(user_id, "tap", data="accept")
    world.act(user_id, "unsend", messageId=world.shop.received[1]["message"]["id"])
    world.act(user_id, "unfollow")
    world.client.post("/_local/line/groups", json={"members": [user_id]})

    parser = WebhookParser(CHANNEL_SECRET)
    events: list[Event] = []
    for headers, body in world.shop.requests:
        events += parser.parse(body.decode(), headers["x-line-signature"])
    assert [event.type for event in events] == [
        "follow",
        *["message"] * 4,
        "postback",
        "unsend",
        "unfollow",
        "join",
    ]
    assert [type(event).__name__ for event in events].count("UnknownEvent") == 0
    assert isinstance(events[1].message, TextMessageContent)
    assert isinstance(events[5], PostbackEvent)
    assert [bool(getattr(event, "reply_token", None)) for event in events] == [True] * 6 + [False] * 2 + [
        True
    ]


@pytest.mark.parametrize("signature", ["bad", "missing"])
def test_a_webhook_that_is_not_lines_can_be_sent_too(world: World, signature: str) -> None:
    user_id = world.friend()
    done = world.act(user_id, "text", text="hi", signature=signature)
    assert done["statuses"] == [400]
    assert world.shop.received == []
    assert world.seen(user_id) == []


def test_copies_are_parallel_requests_with_one_event(world: World) -> None:
    user_id = world.friend()
    done = world.act(user_id, "text", text="hi", copies=4)
    assert done["statuses"] == [200] * 4
    assert len({body for _, body in world.shop.requests}) == 1
    assert [event["webhookEventId"] for event in world.shop.received] == done["eventIds"]


def test_a_redelivery_is_the_same_event_and_says_so(world: World) -> None:
    user_id = world.friend()
    done = world.act(user_id, "text", text="hi")
    world.client.post(f"/_local/line/events/{done['eventIds'][0]}/redeliver", json={})
    first, second = (json.loads(body)["events"][0] for _, body in world.shop.requests)
    assert second == {**first, "deliveryContext": {"isRedelivery": True}}
    assert world.seen(user_id) == [{"type": "text", "text": "聽到:hi"}]


def test_events_of_several_customers_may_come_in_one_request(world: World) -> None:
    one, other = world.friend("王小明"), world.friend("陳美玲")

    async def both() -> None:
        await world.platform.deliver([world.platform.text(one, "一"), world.platform.text(other, "二")])
        await world.platform.aclose()

    asyncio.run(both())
    assert len(world.shop.requests) == 1
    assert world.seen(one) == [{"type": "text", "text": "聽到:一"}]
    assert world.seen(other) == [{"type": "text", "text": "聽到:二"}]


def test_a_refused_webhook_comes_again_until_it_is_taken(world: World) -> None:
    user_id = world.friend()
    world.shop.webhook_status = 500
    world.platform.redelivery_seconds = (0.01, 0.01, 5.0)

    async def story() -> None:
        await world.platform.deliver([world.platform.text(user_id, "hi")])
        world.shop.webhook_status = 200
        while not world.shop.received:
            await asyncio.sleep(0.01)
        await world.platform.aclose()

    asyncio.run(story())
    flags = [json.loads(body)["events"][0]["deliveryContext"] for _, body in world.shop.requests]
    assert flags[0] == {"isRedelivery": False}
    assert flags[-1] == {"isRedelivery": True}


def test_an_event_in_standby_has_no_reply_token(world: World) -> None:
    user_id = world.friend()
    world.act(user_id, "text", text="hi", standby=True)
    [event] = world.shop.received
    assert event["mode"] == "standby"
    assert "replyToken" not in event


def test_a_group_is_a_chat_of_its_own(world: World) -> None:
    user_id = world.friend()
    group_id = world.client.post("/_local/line/groups", json={"members": [user_id]}).json()["groupId"]
    world.act(user_id, "text", text="大家好", groupId=group_id)
    assert world.shop.received[-1]["source"] == {"type": "group", "groupId": group_id, "userId": user_id}
    assert [message["text"] for message in world.seen(group_id)] == ["聽到:join", "聽到:大家好"]
    assert world.seen(user_id) == []


# Replies ----------------------------------------------------------------------------------------------------


def test_a_reply_token_works_once(world: World) -> None:
    user_id = world.friend()
    token = world.reply_token(user_id)
    first = world.reply(token, TEXT, {"type": "text", "text": "again"})
    assert first.status_code == 200
    assert [set(sent) for sent in first.json()["sentMessages"]] == [{"id", "quoteToken"}] * 2
    assert first.headers["x-line-request-id"]
    second = world.reply(token)
    assert (second.status_code, second.json()) == (400, {"message": "Invalid reply token"})
    assert world.seen(user_id) == [TEXT, {"type": "text", "text": "again"}]
    assert {entry.via for entry in world.platform.chat(user_id).entries if entry.from_shop} == {Via.REPLY}


def test_a_reply_token_ends_after_a_minute_and_a_redelivery_gives_it_another(world: World) -> None:
    user_id = world.friend()
    token = world.reply_token(user_id)
    world.clock.seconds += 61
    assert world.reply(token).status_code == 400
    event_id = world.shop.received[-1]["webhookEventId"]
    world.client.post(f"/_local/line/events/{event_id}/redeliver", json={})
    world.clock.seconds += 59
    assert world.reply(token).status_code == 200


def test_a_redelivery_after_twenty_minutes_gives_no_more_time(world: World) -> None:
    user_id = world.friend()
    token = world.reply_token(user_id)
    world.clock.seconds += 20 * 60 + 1
    event_id = world.shop.received[-1]["webhookEventId"]
    world.client.post(f"/_local/line/events/{event_id}/redeliver", json={})
    assert world.reply(token).status_code == 400
    assert world.seen(user_id) == []


def test_a_refused_reply_leaves_the_token_usable(world: World) -> None:
    user_id = world.friend()
    token = world.reply_token(user_id)
    assert world.reply(token, {"type": "text", "text": ""}).status_code == 400
    assert world.reply(token).status_code == 200


def test_a_reply_takes_no_retry_key(world: World) -> None:
    user_id = world.friend()
    token = world.reply_token(user_id)
    assert world.reply(token, x_line_retry_key=RETRY_KEY).status_code == 400
    assert world.seen(user_id) == []


# Pushes -----------------------------------------------------------------------------------------------------


def test_a_retry_key_that_was_accepted_is_refused_for_a_day_with_the_first_answer(world: World) -> None:
    user_id = world.friend()
    first = world.push(user_id, x_line_retry_key=RETRY_KEY)
    again = world.push(user_id, x_line_retry_key=RETRY_KEY)
    assert again.status_code == 409
    assert again.headers["x-line-accepted-request-id"] == first.headers["x-line-request-id"]
    assert again.json()["sentMessages"] == first.json()["sentMessages"]
    assert world.seen(user_id) == [TEXT]

    world.clock.seconds += 24 * 3600 + 1
    world.token = ""
    assert world.push(user_id, x_line_retry_key=RETRY_KEY).status_code == 200
    assert world.seen(user_id) == [TEXT, TEXT]


def test_a_retry_key_of_a_refused_push_can_be_used_again(world: World) -> None:
    user_id = world.friend()
    assert world.push(user_id, {"type": "text"}, x_line_retry_key=RETRY_KEY).status_code == 400
    assert world.push(user_id, x_line_retry_key=RETRY_KEY).status_code == 200


def test_a_retry_key_has_to_be_a_uuid(world: World) -> None:
    assert world.push(world.friend(), x_line_retry_key="order-1").status_code == 400


def test_a_push_to_nobody_is_refused(world: World) -> None:
    answer = world.push("U" + "0" * 32)
    assert answer.status_code == 400
    assert "'to'" in answer.json()["message"]


def test_who_blocked_the_shop_never_sees_an_accepted_push(world: World) -> None:
    user_id = world.friend()
    world.act(user_id, "unfollow")
    assert world.push(user_id).status_code == 200
    assert world.seen(user_id) == []
    assert world.platform.quota_used == 0
    assert world.call("GET", f"/v2/bot/profile/{user_id}").status_code == 404


def test_a_stranger_can_be_written_to_for_seven_days_after_writing(world: World) -> None:
    user_id = world.platform.add_customer("陌生人").user_id
    world.push(user_id)
    assert world.seen(user_id) == []
    world.shop.answers = False
    world.act(user_id, "text", text="hi")
    world.push(user_id)
    world.clock.seconds += 8 * 86_400
    world.token = ""
    world.push(user_id)
    assert world.seen(user_id) == [TEXT]


def test_messages_are_counted_by_way_and_day_once_the_day_is_over(world: World) -> None:
    user_id = world.friend()
    world.push(user_id)
    world.push(user_id)
    world.reply(world.reply_token(user_id))

    def counted(way: str, day: str) -> dict[str, Any]:
        answer: dict[str, Any] = world.call("GET", f"/v2/bot/message/delivery/{way}?date={day}").json()
        return answer

    # The clock stands at 23:13 of 21 September in Japan.
    assert counted("push", "20260921") == {"status": "unready"}
    world.clock.seconds += 2 * 3600
    world.token = ""  # the one before has ended
    assert counted("push", "20260921") == {"status": "ready", "success": 2}
    assert counted("reply", "20260921") == {"status": "ready", "success": 1}
    assert counted("multicast", "20260921") == {"status": "ready", "success": 0}
    assert counted("push", "20260920") == {"status": "ready", "success": 0}
    assert counted("push", "20180330") == {"status": "out_of_service"}
    for wrong in ("", "2026921", "20260931", "yesterday"):
        assert world.call("GET", f"/v2/bot/message/delivery/push?date={wrong}").status_code == 400


def test_the_quota_counts_recipients_and_ends_with_429(world: World) -> None:
    one, other = world.friend("王小明"), world.friend("陳美玲")
    world.platform.quota = 3
    world.push(one, TEXT, TEXT, TEXT)
    assert world.call("GET", "/v2/bot/message/quota/consumption").json() == {"totalUsage": 1}
    many = {"to": [one, other, "U" + "0" * 32], "messages": [TEXT]}
    assert world.call("POST", "/v2/bot/message/multicast", many).json() == {}
    answer = world.push(one)
    assert (answer.status_code, answer.json()) == (429, {"message": "You have reached your monthly limit."})
    assert world.call("GET", "/v2/bot/message/quota").json() == {"type": "limited", "value": 3}
    assert len(world.seen(one)) == 4
    assert len(world.seen(other)) == 1
    assert world.reply(world.reply_token(one)).status_code == 200


def test_too_many_calls_in_a_second_are_refused(world: World) -> None:
    user_id = world.friend()
    world.platform.rate_limits["push"] = 2
    assert [world.push(user_id).status_code for _ in range(3)] == [200, 200, 429]
    world.clock.seconds += 1
    assert world.push(user_id).status_code == 200


def test_a_quote_needs_a_token_of_the_same_chat(world: World) -> None:
    one, other = world.friend("王小明"), world.friend("陳美玲")
    world.shop.answers = False
    world.act(one, "text", text="hi")
    quoting = {"type": "text", "text": "yes", "quoteToken": world.shop.received[-1]["message"]["quoteToken"]}
    assert world.push(other, quoting).status_code == 400
    assert world.push(one, quoting).status_code == 200


# Tokens and requests ----------------------------------------------------------------------------------------


def test_no_call_without_a_valid_token(world: World) -> None:
    user_id = world.friend()
    for header in ({}, {"authorization": "Bearer nonsense"}, {"authorization": world.token}):
        body = {"to": user_id, "messages": [TEXT]}
        assert world.client.post("/_line/v2/bot/message/push", json=body, headers=header).status_code == 401
    assert world.seen(user_id) == []


def test_a_stateless_token_lives_for_fifteen_minutes(world: World) -> None:
    user_id = world.friend()
    issued = world.issue("/oauth2/v3/token").json()
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 900)
    world.token = issued["access_token"]
    world.clock.seconds += 899
    assert world.push(user_id).status_code == 200
    world.clock.seconds += 1
    assert world.push(user_id).status_code == 401


def test_the_thirty_first_short_lived_token_revokes_the_first(world: World) -> None:
    tokens = [world.issue("/v2/oauth/accessToken").json()["access_token"] for _ in range(31)]
    statuses = []
    for world.token in (tokens[0], tokens[1], tokens[30]):
        statuses.append(world.call("GET", "/v2/bot/info").status_code)
    assert statuses == [401, 200, 200]


def test_a_wrong_secret_gets_no_token(world: World) -> None:
    answer = world.issue("/oauth2/v3/token", client_secret="guess")
    assert answer.status_code == 400
    assert answer.json() == {
        "error": "invalid_client",
        "error_description": "invalid client_id or client_secret",
    }


def test_requests_that_are_no_json_are_refused(world: World) -> None:
    world.call("GET", "/v2/bot/info")
    headers = {"authorization": f"Bearer {world.token}", "content-type": "application/json"}
    path = "/_line/v2/bot/message/push"
    assert world.client.post(path, content=b"{", headers=headers).status_code == 400
    assert world.client.post(path, content=b"[]", headers=headers).status_code == 400
    assert world.client.post(path, content=b" " * (2 * 1024 * 1024 + 1), headers=headers).status_code == 413
    text = {**headers, "content-type": "text/plain"}
    assert world.client.post(path, content=b"{}", headers=text).status_code == 415
    assert world.client.post("/_line/v2/bot/nothing", json={}, headers=headers).status_code == 404


# Small calls ------------------------------------------------------------------------------------------------


def test_a_profile_has_name_and_language(world: World) -> None:
    user_id = world.friend("陳美玲")
    expected = {"userId": user_id, "displayName": "陳美玲", "language": "zh-TW"}
    assert world.call("GET", f"/v2/bot/profile/{user_id}").json() == expected


def test_validating_sends_nothing(world: World) -> None:
    assert world.call("POST", "/v2/bot/message/validate/push", {"messages": [TEXT]}).status_code == 200
    refused = world.call("POST", "/v2/bot/message/validate/reply", {"messages": [{"type": "text"}]})
    assert refused.json() == {
        "message": "The request body has 1 error(s)",
        "details": [{"message": "May not be null", "property": "messages[0].text"}],
    }


def test_the_loading_animation_ends_with_the_next_message(world: World) -> None:
    user_id = world.friend()
    path = "/v2/bot/chat/loading/start"
    assert world.call("POST", path, {"chatId": user_id, "loadingSeconds": 7}).status_code == 400
    assert world.call("POST", path, {"chatId": user_id, "loadingSeconds": 20}).status_code == 202
    assert world.client.get(f"/_local/line/chats/{user_id}").json()["loading"] is True
    world.push(user_id)
    assert world.client.get(f"/_local/line/chats/{user_id}").json()["loading"] is False


def test_a_picture_can_be_fetched_until_it_is_taken_back(world: World) -> None:
    user_id = world.friend()
    world.shop.answers = False
    world.act(user_id, "image")
    message_id = world.shop.received[-1]["message"]["id"]
    path = f"/v2/bot/message/{message_id}/content"
    content = world.call("GET", path)
    assert (content.status_code, content.headers["content-type"]) == (200, "image/png")
    assert content.content.startswith(b"\x89PNG")
    world.act(user_id, "unsend", messageId=message_id)
    assert world.call("GET", path).status_code == 410
    assert world.call("GET", "/v2/bot/message/1/content").status_code == 404


def test_marking_as_read_covers_all_before(world: World) -> None:
    user_id = world.friend()
    world.shop.answers = False
    for words in ("一", "二", "三"):
        world.act(user_id, "text", text=words)
    token = world.shop.received[1]["message"]["markAsReadToken"]
    assert world.call("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": token}).status_code == 200
    texts = {entry.message["text"]: entry.read for entry in world.platform.chat(user_id).entries[1:]}
    assert texts == {"一": True, "二": True, "三": False}


# Faults -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after_effect", "seen"), [(False, []), (True, [TEXT])])
def test_a_server_error_may_come_before_or_after_the_effect(
    world: World, after_effect: bool, seen: list[dict[str, Any]]
) -> None:
    user_id = world.friend()
    world.platform.faults.append(Fault("push", FaultKind.STATUS, after_effect, status=503))
    assert world.push(user_id).status_code == 503
    assert world.seen(user_id) == seen
    assert world.platform.faults == []


@pytest.mark.parametrize(("after_effect", "seen"), [(False, []), (True, [TEXT])])
def test_a_connection_may_drop_before_or_after_the_effect(
    world: World, after_effect: bool, seen: list[dict[str, Any]]
) -> None:
    user_id = world.friend()
    world.call("GET", "/v2/bot/info")
    world.platform.faults.append(Fault("push", FaultKind.DROP, after_effect))
    with pytest.raises(httpx.RemoteProtocolError):
        world.push(user_id)
    assert world.seen(user_id) == seen
    assert world.platform.wire[-1].status is None


def test_a_timeout_after_the_effect_is_settled_by_the_retry_key(world: World) -> None:
    user_id = world.friend()
    world.call("GET", "/v2/bot/info")
    world.platform.faults.append(Fault("push", FaultKind.HANG, after_effect=True, seconds=0.6))
    world.client.timeout = httpx.Timeout(0.2)
    with pytest.raises(httpx.ReadTimeout):
        world.push(user_id, x_line_retry_key=RETRY_KEY)
    world.client.timeout = httpx.Timeout(5)
    assert world.push(user_id, x_line_retry_key=RETRY_KEY).status_code == 409
    assert world.seen(user_id) == [TEXT]


def test_faults_are_set_and_cleared_from_outside(world: World) -> None:
    user_id = world.friend()
    wish = {"call": "*", "status": 500, "times": 2}
    assert len(world.client.post("/_local/line/faults", json=wish).json()["faults"]) == 1
    assert world.issue("/oauth2/v3/token").status_code == 500
    assert world.client.get("/_local/line/faults").json()["faults"][0]["times"] == 1
    world.client.delete("/_local/line/faults")
    assert world.push(user_id).status_code == 200


# What the customer sees and taps ----------------------------------------------------------------------------


def test_a_tap_sends_the_postback_and_shows_its_words(world: World) -> None:
    user_id = world.friend()
    world.shop.answers = False
    action = {"type": "postback", "label": "接受", "data": "accept:1", "displayText": "接受報價"}
    world.push(user_id, card("報價", action))
    done = world.act(user_id, "tap", label="接受報價")
    assert (done["tapped"], done["opens"]) == (["接受", "接受報價"], None)
    assert world.shop.received[-1]["postback"] == {"data": "accept:1"}
    last = world.platform.chat(user_id).entries[-1]
    assert (last.via, last.message) == (Via.CUSTOMER, {"type": "text", "text": "接受報價"})


def test_the_newest_button_is_tapped_and_an_exact_label_goes_first(world: World) -> None:
    user_id = world.friend()
    for data in ("old", "new"):
        world.push(user_id, card(data, {"type": "postback", "label": "確認", "data": data}))
    world.push(user_id, card("later", {"type": "postback", "label": "確認訂購", "data": "other"}))
    world.shop.answers = False
    world.act(user_id, "tap", label="確認")
    assert world.shop.received[-1]["postback"]["data"] == "new"


def test_a_link_only_opens(world: World) -> None:
    user_id = world.friend()
    world.push(user_id, card("pay", {"type": "uri", "label": "付款", "uri": "http://127.0.0.1:1/pay"}))
    assert world.act(user_id, "tap", label="付款")["opens"] == "http://127.0.0.1:1/pay"
    assert world.shop.requests == []


def test_a_date_picker_sends_the_choice(world: World) -> None:
    user_id = world.friend()
    world.shop.answers = False
    picker = {
        "type": "datetimepicker",
        "label": "選日期",
        "data": "date",
        "mode": "date",
        "min": "2026-12-01",
    }
    world.push(user_id, card("哪一天?", picker))
    world.act(user_id, "tap", label="選日期", params={"date": "2026-12-24"})
    assert world.shop.received[-1]["postback"] == {"data": "date", "params": {"date": "2026-12-24"}}


def test_quick_replies_go_with_the_next_message_or_a_tap(world: World) -> None:
    user_id = world.friend()
    world.shop.answers = False
    action = {"type": "postback", "label": "好", "data": "yes"}
    asking = {**TEXT, "quickReply": {"items": [{"type": "action", "action": action}]}}
    world.push(user_id, asking)
    world.act(user_id, "tap", label="好")
    with pytest.raises(NoSuchButton):
        world.platform.find_button(user_id, "好")
    world.push(user_id, asking, TEXT)
    gone = world.client.post(f"/_local/line/customers/{user_id}/tap", json={"label": "好"})
    assert (gone.status_code, gone.json()["buttons"]) == (404, [])


def test_a_subscriber_hears_of_everything_in_order(world: World) -> None:
    async def story() -> list[str]:
        with world.platform.subscribe() as changes:
            customer = world.platform.add_customer("王小明")
            await world.platform.deliver([world.platform.text(customer.user_id, "hi")])
            await world.platform.aclose()
            return [changes.get_nowait().kind for _ in range(changes.qsize())]

    assert asyncio.run(story())[:3] == ["customer", "customer", "chat"]


def test_every_hop_is_on_the_wire(world: World) -> None:
    user_id = world.friend()
    world.act(user_id, "text", text="hi")
    hops = world.client.get("/_local/line/wire").json()["hops"]
    assert sorted((hop["direction"], hop["status"], hop["url"].removeprefix(world.url)) for hop in hops) == [
        ("api", 200, "/_line/oauth2/v3/token"),
        ("api", 200, "/_line/v2/bot/message/reply"),
        ("webhook", 200, "/line/webhook"),
    ]
    webhook = next(hop for hop in hops if hop["direction"] == "webhook")
    assert webhook["request_headers"]["x-line-signature"]
    assert json.loads(webhook["request_body"])["events"][0]["message"]["text"] == "hi"


def test_a_replay_of_raw_bytes_is_possible(world: World) -> None:
    async def story() -> int | None:
        body = b'{"destination":"U","events":[]}'
        hop = await world.platform.post_raw(body, world.platform.sign(body))
        bad = await world.platform.post_raw(body, world.platform.sign(body, Signature.BAD))
        await world.platform.deliver([], Manner(copies=1))
        await world.platform.aclose()
        assert bad.status == 400
        return hop.status

    assert asyncio.run(story()) == 200


def test_the_control_api_wants_json_and_knows_its_customers(world: World) -> None:
    path = f"/_local/line/customers/{world.friend()}/text"
    assert world.client.post(path, content=b'{"text": "hi"}').status_code == 400
    assert world.client.post(path, json={}).json() == {"message": "text is missing"}
    assert world.client.post("/_local/line/customers/Uxx/text", json={"text": "hi"}).status_code == 404
    assert world.shop.requests == []


# The driver -------------------------------------------------------------------------------------------------


def test_a_driven_customer_writes_reads_taps_and_follows_links(world: World) -> None:
    async def story() -> None:
        async with await Customer.create(world.url, "王小明") as customer:
            assert (await customer.wait_for(anything)).words == "聽到:follow"
            await customer.say("我要 3 箱茉莉綠茶")
            quote = await customer.wait_for("接受報價", timeout=5)
            assert quote.words == "報價 NT$6,156"
            await customer.tap("接受報價")
            await customer.wait_for("收件人", timeout=5)
            await customer.say("王小明 0912345678 台北市信義區市府路45號")
            await customer.wait_for("付款", timeout=5)
            assert await customer.links() == [f"{world.url}/pay/page"]
            with pytest.raises(NotSeen, match=r"no '報價' within 0\.1 s; the shop wrote: nothing"):
                await customer.wait_for("報價", timeout=0.1)
            with pytest.raises(Refused, match="no button '取消'"):
                await customer.tap("取消")

    asyncio.run(story())


def test_a_driven_customer_notices_a_shop_that_does_not_take_the_event(world: World) -> None:
    world.shop.webhook_status = 500

    async def story() -> None:
        async with await Customer.create(world.url, follow=False) as customer:
            with pytest.raises(Refused, match=r"the shop answered \[500\]"):
                await customer.say("hi")

    asyncio.run(story())


# LINE's own client ------------------------------------------------------------------------------------------


def test_lines_own_client_gets_a_token_replies_and_pushes(world: World) -> None:
    user_id = world.friend()
    reply_token = world.reply_token(user_id)
    host = f"{world.url}/_line"
    with TokenClient(TokenConfiguration(host=host)) as token_client:
        issued = ChannelAccessToken(token_client).issue_stateless_channel_token_by_client_secret(
            client_id=CHANNEL_ID, client_secret=CHANNEL_SECRET
        )
    assert issued.expires_in == 900

    flex = card("報價", {"type": "postback", "label": "接受報價", "data": "accept"})
    contents = FlexContainer.from_dict(flex["contents"])
    with ApiClient(Configuration(host=host, access_token=issued.access_token)) as client:
        api = MessagingApi(client)
        message = FlexMessage(altText="報價", contents=contents)
        replied = api.reply_message(ReplyMessageRequest(replyToken=reply_token, messages=[message]))
        assert replied.sent_messages is not None
        request = PushMessageRequest(to=user_id, messages=[TextMessage(text="付款成功")])
        first = api.push_message_with_http_info(request, x_line_retry_key=RETRY_KEY)
        with pytest.raises(ApiException) as again:
            api.push_message(request, x_line_retry_key=RETRY_KEY)
        with pytest.raises(ApiException) as refused:
            api.push_message(PushMessageRequest(to=user_id, messages=[TextMessage(text="x" * 5001)]))
        assert api.get_profile(user_id).display_name == "王小明"

    assert again.value.status == 409
    accepted = again.value.headers["x-line-accepted-request-id"]
    assert accepted == first.headers["x-line-request-id"]
    assert refused.value.status == 400
    assert json.loads(refused.value.body)["details"][0]["property"] == "messages[0].text"
    assert world.seen(user_id) == [flex, {"type": "text", "text": "付款成功"}]
