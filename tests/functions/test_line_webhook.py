"""POST /line/webhook: what LINE signed goes onto its customer's queue, everything else changes nothing (A1 to A5)."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.domain.conversation import customer_id_of
from tests.aws.world import World

USER = "U4af4980629aaaaaaaaaaaaaaaaaaaaaa"


def event(text: str = "我要 3 箱茉莉綠茶", number: int = 1, **changes: Any) -> dict[str, Any]:
    """A text message as LINE documents it."""
    return {
        "type": "message",
        "message": {"type": "text", "id": "14353798921116", "quoteToken": "q3Plxr4AgKd", "text": text},
        "timestamp": 1790000000000,
        "source": {"type": "user", "userId": USER},
        "replyToken": "38ef843bde154d9b91c21320ffd17a0f",
        "mode": "active",
        "webhookEventId": f"01FZ74A0TDDPYRVKNK77XKC{number:03d}",
        "deliveryContext": {"isRedelivery": False},
        **changes,
    }


def body(*events: Any) -> bytes:
    return json.dumps({"destination": "U0000", "events": list(events)}, ensure_ascii=False).encode()


def taken(shop: World, queue: str) -> list[Any]:
    """What is on a queue, taken off it."""
    found = []
    while messages := shop.receive(queue):
        found += messages
        shop.clear(queue, messages)
    return found


BODY = body(event(), event("我的訂單", 2))


def test_events_go_onto_the_queue_that_their_words_ask_for_in_their_customers_group(shop: World) -> None:
    answer = shop.webhook(BODY)
    assert (answer.status, answer.json()) == (200, {})
    (inquiry,) = taken(shop, "InquiryQueue")
    (question,) = taken(shop, "StatusQueue")
    assert json.loads(inquiry["Body"])["event"] == event()
    assert json.loads(question["Body"])["event"] == event("我的訂單", 2)
    group = customer_id_of(USER)
    assert [each["Attributes"]["MessageGroupId"] for each in (inquiry, question)] == [group, group]
    assert USER not in inquiry["Attributes"]["MessageDeduplicationId"]


def test_the_body_is_proven_as_the_bytes_that_came_also_when_api_gateway_sent_them_as_base64(
    shop: World,
) -> None:
    assert shop.webhook(BODY, as_base64=True).status == 200
    assert len(taken(shop, "InquiryQueue")) == 1
    taken(shop, "StatusQueue")


def test_a_second_delivery_within_five_minutes_is_no_second_message(shop: World) -> None:
    again = event(number=20)
    assert [shop.webhook(body(again)).status, shop.webhook(body(again)).status] == [200, 200]
    assert len(taken(shop, "InquiryQueue")) == 1


def test_twenty_five_events_of_ten_people_all_arrive(shop: World) -> None:
    events = [
        event(number=100 + place, source={"type": "user", "userId": f"U{place % 10:032x}"})
        for place in range(25)
    ]
    assert shop.webhook(body(*events)).status == 200
    assert len(taken(shop, "InquiryQueue")) == 25


def test_the_console_s_empty_request_is_answered_and_nothing_is_enqueued(shop: World) -> None:
    before = shop.state()
    assert shop.webhook(body()).status == 200
    assert shop.state() == before


SIGNATURE = base64.b64encode(hmac.new(b"dev-line-channel-secret", BODY, hashlib.sha256).digest()).decode()


@pytest.mark.parametrize(
    "signature",
    [
        "",
        " ",
        "not base64 !",
        SIGNATURE[:-1],
        SIGNATURE + "=",
        SIGNATURE.lower(),
        f" {SIGNATURE}",
        f"{SIGNATURE},{SIGNATURE}",
        "簽章",
        "\udcff",
        base64.b64encode(hmac.new(b"another-secret", BODY, hashlib.sha256).digest()).decode(),
        base64.b64encode(hmac.new(b"", BODY, hashlib.sha256).digest()).decode(),
        base64.b64encode(hashlib.sha256(BODY).digest()).decode(),
    ],
)
def test_a_forged_signature_is_refused_and_nothing_is_enqueued(shop: World, signature: str) -> None:
    before = shop.state()
    answer = shop.webhook(BODY, signature)
    assert answer.status == 401
    assert shop.state() == before


def test_a_request_without_a_signature_is_refused(shop: World) -> None:
    before = shop.state()
    assert shop.call("POST", "/line/webhook", {"content-type": "application/json"}, BODY).status == 401
    assert shop.call("POST", "/line/webhook").status == 401
    assert shop.state() == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(BODY) - 1), bit=st.integers(0, 7), as_base64=st.booleans())
def test_one_flipped_bit_of_the_body_is_enough_to_be_refused(
    shop: World, place: int, bit: int, as_base64: bool
) -> None:
    altered = bytearray(BODY)
    altered[place] ^= 1 << bit
    answer = shop.call(
        "POST", "/line/webhook", {"x-line-signature": SIGNATURE}, bytes(altered), as_base64=True
    )
    if not as_base64:
        text = bytes(altered).decode("utf-8", "surrogateescape").encode("utf-8", "replace")
        answer = shop.call("POST", "/line/webhook", {"x-line-signature": SIGNATURE}, text)
    assert answer.status == 401
    assert (shop.waiting("InquiryQueue"), shop.waiting("StatusQueue")) == (0, 0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, len(SIGNATURE) - 1), character=st.characters(codec="utf-8"))
def test_one_other_character_of_the_signature_is_enough_to_be_refused(
    shop: World, place: int, character: str
) -> None:
    altered = SIGNATURE[:place] + character + SIGNATURE[place + 1 :]
    if altered == SIGNATURE:
        return
    assert shop.webhook(BODY, altered).status == 401
    assert (shop.waiting("InquiryQueue"), shop.waiting("StatusQueue")) == (0, 0)


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"events": null}',
        b'{"events": {}}',
        b"\xff\xfe",
        b"[" * 10_000,
        b'{"events":' + b"[" * 10_000,
    ],
)
def test_a_signed_body_that_is_no_webhook_is_refused_without_a_trace(shop: World, odd: bytes) -> None:
    before = shop.state()
    assert shop.webhook(odd, as_base64=True).status == 400
    assert shop.state() == before


def test_a_body_over_256_kilobytes_is_refused_before_it_is_read(shop: World) -> None:
    before = shop.state()
    assert shop.webhook(body(event("長" * 100_000))).status == 413
    assert shop.state() == before


@pytest.mark.parametrize(
    "unusable",
    [
        event(source={"type": "user"}),
        event(source=None),
        event(source="U123"),
        event(source={"type": "user", "userId": None}),
        event(source={"type": "user", "userId": 7}),
        event(webhookEventId=None),
        event(webhookEventId=12),
        {"type": "membership"},
        {},
        None,
        7,
        [],
        "event",
    ],
)
def test_an_event_of_nobody_is_dropped_and_those_beside_it_are_kept(shop: World, unusable: Any) -> None:
    assert shop.webhook(body(unusable, event(number=300 + hash(str(unusable)) % 600))).status == 200
    assert len(taken(shop, "InquiryQueue")) == 1


def test_a_message_in_a_group_is_never_a_question_about_an_order(shop: World) -> None:
    said = event("我的訂單", 30, source={"type": "group", "groupId": "C1", "userId": USER})
    assert shop.webhook(body(said)).status == 200
    (message,) = taken(shop, "InquiryQueue")
    assert message["Attributes"]["MessageGroupId"] == customer_id_of("C1")


def test_lone_surrogates_and_any_text_come_through_as_they_were(shop: World) -> None:
    raw = body(event(number=31)).replace("我要 3 箱茉莉綠茶".encode(), b"\\ud83d \\u0000 \\u202e")
    assert shop.webhook(raw).status == 200
    (message,) = taken(shop, "InquiryQueue")
    assert json.loads(message["Body"])["event"]["message"]["text"] == "\ud83d \x00 \u202e"


def test_the_previous_channel_secret_counts_while_it_rotates(fresh_shop: World) -> None:
    shop = fresh_shop
    current = {"channelId": "2000000001", "channelSecret": "the-new-secret"}
    with shop.secret("LineSecret", {**current, "previousChannelSecret": "dev-line-channel-secret"}):
        assert shop.webhook(body(event(number=40))).status == 200, "the old secret"
        signed = base64.b64encode(hmac.new(b"the-new-secret", BODY, hashlib.sha256).digest()).decode()
        assert shop.webhook(BODY, signed).status == 200, "the new one, asked for anew on the spot"


def test_forgeries_cannot_make_the_door_ask_for_its_secret_again_and_again(fresh_shop: World) -> None:
    def asked() -> int:
        return fresh_shop.meter.operations["secretsmanager:GetSecretValue"]

    for _ in range(20):
        assert fresh_shop.webhook(BODY, "forged").status == 401
    assert asked() == 2, "once for the first, once because it may have been rotated"


def test_a_queue_that_does_not_take_an_event_makes_line_deliver_it_again(fresh_shop: World) -> None:
    fresh_shop.remove_queue("StatusQueue")
    assert fresh_shop.webhook(body(event("我的訂單", 50))).status == 500
