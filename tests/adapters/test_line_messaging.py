"""Sending to LINE: outcomes are values, a lost answer is UNKNOWN, and one retry key is one message (E1 to E8)."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from dev.standins import line_reading
from dev.standins.line_platform import Fault, FaultKind, LinePlatform, line_app
from storefront.adapters.line_messaging import LineMessaging
from storefront.services.ports import SendOutcome
from tests.standins.serving import free_socket, serving

HELLO = [{"type": "text", "text": "您好"}]
KEY = "123e4567-e89b-12d3-a456-426614174000"
OTHER_KEY = "223e4567-e89b-12d3-a456-426614174000"


@dataclass
class World:
    """LINE, somebody in it, and the product's client."""

    platform: LinePlatform
    user_id: str
    url: str
    secret: str = "dev-line-channel-secret"
    now: datetime = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    paused: list[float] = field(default_factory=list)

    def client(self) -> LineMessaging:
        """A client that waits between tries only as far as its clock is told."""
        return LineMessaging(
            f"{self.url}/_line", lambda: ("2000000001", self.secret), lambda: self.now, self.paused.append
        )

    def seen(self) -> list[str]:
        entries = self.platform.chat(self.user_id).entries
        return [line_reading.words(entry.message) for entry in entries if entry.from_shop]

    def calls(self, part: str) -> list[Any]:
        return [hop for hop in self.platform.wire if part in hop.url]

    def reply_token(self) -> str:
        event = self.platform.text(self.user_id, "hi")
        asyncio.run(self.platform.deliver([event]))
        return str(event["replyToken"])


@pytest.fixture
def line() -> Iterator[World]:
    listening = free_socket()
    host, port = listening.getsockname()
    platform = LinePlatform(f"http://{host}:{port}/line/webhook")
    customer = platform.add_customer("王小明", "ja")
    platform.follow(customer.user_id)
    with serving(Starlette(routes=[Mount("/_line", line_app(platform))]), listening) as url:
        yield World(platform, customer.user_id, url)


def test_a_push_arrives_once_per_retry_key(line: World) -> None:
    client = line.client()
    assert client.push(line.user_id, HELLO, KEY) is SendOutcome.ACCEPTED
    assert client.push(line.user_id, HELLO, KEY) is SendOutcome.ACCEPTED, "409 says that it was taken before"
    assert line.seen() == ["您好"]
    assert client.push(line.user_id, HELLO, OTHER_KEY) is SendOutcome.ACCEPTED
    assert line.seen() == ["您好", "您好"]


def test_a_reply_is_free_and_works_once(line: World) -> None:
    client, token = line.client(), line.reply_token()
    assert client.reply(token, HELLO) is SendOutcome.ACCEPTED
    assert client.reply(token, HELLO) is SendOutcome.REPLY_TOKEN_REFUSED
    assert client.reply("0" * 32, HELLO) is SendOutcome.REPLY_TOKEN_REFUSED
    assert line.seen() == ["您好"]
    assert all("x-line-retry-key" not in hop.request_headers for hop in line.calls("/reply"))


def test_a_lost_answer_is_asked_for_again_with_the_same_key(line: World) -> None:
    line.platform.faults.append(Fault("push", FaultKind.DROP, after_effect=True))
    assert line.client().push(line.user_id, HELLO, KEY) is SendOutcome.ACCEPTED
    assert line.seen() == ["您好"]
    assert len({hop.request_headers["x-line-retry-key"] for hop in line.calls("/push")}) == 1
    assert line.paused, "not at once"


def test_a_reply_whose_answer_was_lost_is_not_said_twice(line: World) -> None:
    token = line.reply_token()
    line.platform.faults.append(Fault("reply", FaultKind.DROP, after_effect=True))
    assert line.client().reply(token, HELLO) is SendOutcome.ACCEPTED
    assert line.seen() == ["您好"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault("push", status=500, times=99),
        Fault("push", status=503, times=99),
        Fault("push", FaultKind.DROP, times=99),
    ],
)
def test_trouble_at_line_is_unknown_and_never_a_refusal(line: World, fault: Fault) -> None:
    line.platform.faults.append(fault)
    assert line.client().push(line.user_id, HELLO, KEY) is SendOutcome.UNKNOWN
    assert line.seen() == []


def test_nobody_at_the_other_end_is_unknown(line: World) -> None:
    listening = free_socket()
    host, port = listening.getsockname()
    listening.close()
    client = LineMessaging(f"http://{host}:{port}", lambda: ("1", "2"), lambda: line.now, line.paused.append)
    assert client.push(line.user_id, HELLO, KEY) is SendOutcome.UNKNOWN


def test_a_message_that_line_does_not_take_is_malformed(line: World) -> None:
    endless = [{"type": "text", "text": "長" * 5001}]
    assert line.client().push(line.user_id, endless, KEY) is SendOutcome.MALFORMED
    assert line.seen() == []


def test_too_many_at_once_and_the_end_of_the_month_s_quota_are_told_apart(line: World) -> None:
    client = line.client()
    line.platform.faults.append(Fault("push", status=429, times=99))
    assert client.push(line.user_id, HELLO, KEY) is SendOutcome.RATE_LIMITED
    line.platform.faults.clear()
    line.platform.quota = 0
    assert client.push(line.user_id, HELLO, KEY) is SendOutcome.QUOTA_USED_UP
    assert client.reply(line.reply_token(), HELLO) is SendOutcome.ACCEPTED, "a reply costs nothing"


def test_one_token_serves_ten_minutes_and_a_revoked_one_is_renewed_once(line: World) -> None:
    client = line.client()
    for seconds in (0, 300, 299):
        line.now += timedelta(seconds=seconds)
        client.push(line.user_id, HELLO, OTHER_KEY)
    assert len(line.calls("/oauth2/v3/token")) == 1
    line.now += timedelta(seconds=2)
    client.push(line.user_id, HELLO, OTHER_KEY)
    assert len(line.calls("/oauth2/v3/token")) == 2
    line.platform.tokens.revoke()
    assert client.push(line.user_id, HELLO, KEY) is SendOutcome.ACCEPTED
    assert len(line.calls("/oauth2/v3/token")) == 3


def test_a_wrong_channel_secret_is_no_crash_and_no_message(line: World) -> None:
    line.secret = "wrong"
    assert line.client().push(line.user_id, HELLO, KEY) is not SendOutcome.ACCEPTED
    assert line.seen() == []


def test_the_language_of_a_profile_is_asked_for_and_may_be_missing(line: World) -> None:
    assert line.client().profile_language(line.user_id) == "ja"
    assert line.client().profile_language("U" + "0" * 32) is None
    line.platform.faults.append(Fault("profile", FaultKind.DROP))
    assert line.client().profile_language(line.user_id) is None
