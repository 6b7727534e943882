"""Sending through LINE's client, against the stand-in: what each answer means, and which tries are made again."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from dev.standins.line_platform import Customer, Fault, FaultKind, LinePlatform, line_app
from storefront.adapters.line_messaging import PAUSES_SECONDS, LineMessaging
from storefront.services.ports import SendOutcome
from tests.standins.serving import free_socket, serving

TEXT = [{"type": "text", "text": "報價 NT$720"}]
BROKEN = [{"type": "text", "text": "字" * 5_001}]
RETRY_KEY = "4f6a5f0e-3d9a-5b0e-8c5e-0d9a2b7c1e11"


@dataclass
class Line:
    """A running stand-in with one friend, and a client that notes its pauses instead of taking them."""

    platform: LinePlatform
    friend: Customer
    client: LineMessaging
    pauses: list[float] = field(default_factory=list)

    def heard(self) -> list[str]:
        entries = self.platform.chat(self.friend.user_id).entries
        return [entry.message["text"] for entry in entries if entry.via.value in {"reply", "push"}]

    def reply_token(self) -> str:
        """A token that lives: LINE counts its minute from the delivery, even to a webhook that is not there."""
        event = self.platform.text(self.friend.user_id, "嗨")
        asyncio.run(self.platform.deliver([event]))
        return str(event["replyToken"])

    def fails(self, call: str, status: int, times: int, *, after_effect: bool = False) -> None:
        self.platform.faults.append(
            Fault(call, FaultKind.STATUS, after_effect=after_effect, status=status, times=times)
        )


@pytest.fixture
def line() -> Iterator[Line]:
    platform = LinePlatform("http://127.0.0.1:9/line/webhook")
    friend = platform.add_customer("王小明")
    platform.follow(friend.user_id)
    with serving(Starlette(routes=[Mount("/_line", line_app(platform))]), free_socket()) as base_url:
        pauses: list[float] = []
        client = LineMessaging(
            f"{base_url}/_line",
            lambda: (platform.channel_id, platform.channel_secret),
            lambda: datetime.now(UTC),
            pauses.append,
        )
        yield Line(platform, friend, client, pauses)


def test_a_reply_arrives_and_its_token_works_once(line: Line) -> None:
    token = line.reply_token()

    assert line.client.reply(token, TEXT) is SendOutcome.ACCEPTED
    assert line.client.reply(token, TEXT) is SendOutcome.REPLY_TOKEN_REFUSED
    assert line.heard() == ["報價 NT$720"]
    assert line.pauses == []


def test_a_push_with_the_same_retry_key_arrives_once_E6(line: Line) -> None:
    outcomes = [line.client.push(line.friend.user_id, TEXT, RETRY_KEY) for _ in range(2)]

    assert outcomes == [SendOutcome.ACCEPTED, SendOutcome.ACCEPTED]
    assert line.heard() == ["報價 NT$720"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_reply_is_tried_again_at_once_while_line_is_busy_E1_E2(line: Line, status: int) -> None:
    line.fails("reply", status, times=2)

    assert line.client.reply(line.reply_token(), TEXT) is SendOutcome.ACCEPTED
    assert line.heard() == ["報價 NT$720"]
    assert line.pauses == list(PAUSES_SECONDS[:2])


@pytest.mark.parametrize("status", [429, 500, 502])
def test_a_push_is_tried_again_at_once_with_its_key_E1_E2(line: Line, status: int) -> None:
    line.fails("push", status, times=3)

    assert line.client.push(line.friend.user_id, TEXT, RETRY_KEY) is SendOutcome.ACCEPTED
    assert line.heard() == ["報價 NT$720"]
    assert line.pauses == list(PAUSES_SECONDS)


def test_a_reply_whose_answer_was_lost_is_known_by_its_spent_token_A8(line: Line) -> None:
    line.fails("reply", 500, times=1, after_effect=True)

    assert line.client.reply(line.reply_token(), TEXT) is SendOutcome.ACCEPTED
    assert line.heard() == ["報價 NT$720"]


def test_a_push_whose_answer_was_lost_arrives_once_E6(line: Line) -> None:
    line.fails("push", 500, times=1, after_effect=True)

    assert line.client.push(line.friend.user_id, TEXT, RETRY_KEY) is SendOutcome.ACCEPTED
    assert line.heard() == ["報價 NT$720"]


def test_a_line_that_stays_silent_leaves_the_outcome_unknown(line: Line) -> None:
    line.fails("push", 500, times=9)

    assert line.client.push(line.friend.user_id, TEXT, RETRY_KEY) is SendOutcome.UNKNOWN
    assert line.heard() == []
    assert line.pauses == list(PAUSES_SECONDS)


def test_a_malformed_message_is_not_sent_again_E5(line: Line) -> None:
    assert line.client.push(line.friend.user_id, BROKEN, RETRY_KEY) is SendOutcome.MALFORMED
    assert line.client.reply(line.reply_token(), BROKEN) is SendOutcome.MALFORMED
    assert line.heard() == []
    assert line.pauses == []


def test_a_recipient_that_cannot_be_is_final_E4(line: Line) -> None:
    assert line.client.push("nobody", TEXT, RETRY_KEY) is SendOutcome.MALFORMED
    assert line.pauses == []


def test_the_monthly_quota_is_told_apart_from_the_rate_limit_E3(line: Line) -> None:
    line.platform.quota = 1
    line.platform.quota_used = 1

    assert line.client.push(line.friend.user_id, TEXT, RETRY_KEY) is SendOutcome.QUOTA_USED_UP
    assert line.heard() == []
    assert line.pauses == []


def test_a_revoked_token_is_renewed_once_E8(line: Line) -> None:
    assert line.client.reply(line.reply_token(), TEXT) is SendOutcome.ACCEPTED
    line.platform.revoke_tokens()

    assert line.client.reply(line.reply_token(), TEXT) is SendOutcome.ACCEPTED
    assert line.heard() == ["報價 NT$720", "報價 NT$720"]


def test_a_line_that_is_not_there_leaves_the_outcome_unknown() -> None:
    client = LineMessaging(
        "http://127.0.0.1:9", lambda: ("1", "secret"), lambda: datetime.now(UTC), lambda _seconds: None
    )

    assert client.push("U" + "0" * 32, TEXT, RETRY_KEY) is SendOutcome.UNKNOWN
    assert client.profile_language("U" + "0" * 32) is None


def test_the_language_of_a_friend_is_read_from_the_profile(line: Line) -> None:
    assert line.client.profile_language(line.friend.user_id) == "zh-TW"
    assert line.client.profile_language("U" + "f" * 32) is None
