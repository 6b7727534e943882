"""LINE's webhook events as LINE documents them, and as it may write them tomorrow."""

from datetime import UTC, datetime
from typing import Any

import pytest
from linebot.v3.webhooks import CallbackRequest

from storefront.contracts.line_events import QueuedEvent, chat_event
from storefront.domain.conversation import customer_id_of
from storefront.services.turns import Happening

USER = "U4af4980629aaaaaaaaaaaaaaaaaaaaaa"
RECEIVED = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
COMMON: dict[str, Any] = {
    "mode": "active",
    "timestamp": 1462629479859,
    "source": {"type": "user", "userId": USER},
    "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
    "deliveryContext": {"isRedelivery": False},
    "replyToken": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
}
GROUP = {"type": "group", "groupId": "Ca56f94637caaaaaaaaaaaaaaaaaaaaa1", "userId": USER}
ROOM = {"type": "room", "roomId": "Ra8dbf4673caaaaaaaaaaaaaaaaaaaaa2", "userId": USER}


def message(**content: Any) -> dict[str, Any]:
    return {**COMMON, "type": "message", "message": {"id": "444573844083572737", **content}}


TEXT = message(type="text", quoteToken="q3Plxr4AgKd", text="@All @example Good Morning!! (love)")
STICKER = message(
    type="sticker",
    quoteToken="q3Plxr4AgKd",
    packageId="446",
    stickerId="1988",
    stickerResourceType="ANIMATION",
)
IMAGE = message(type="image", quoteToken="q3Plxr4AgKd", contentProvider={"type": "line"})
VIDEO = message(type="video", duration=60000, quoteToken="q", contentProvider={"type": "line"})
AUDIO = message(type="audio", duration=60000, contentProvider={"type": "line"})
FILE = message(type="file", fileName="file.txt", fileSize=2138)
LOCATION = message(type="location", title="my location", address="台北市", latitude=25.03, longitude=121.56)
POSTBACK = {**COMMON, "type": "postback", "postback": {"data": "accept?q=abc&v=1"}}
PICKED = {**COMMON, "type": "postback", "postback": {"data": "x", "params": {"datetime": "2017-12-25T01:00"}}}
FOLLOW = {**COMMON, "type": "follow", "follow": {"isUnblocked": False}}
UNFOLLOW = {name: value for name, value in COMMON.items() if name != "replyToken"} | {"type": "unfollow"}
JOIN = {**COMMON, "type": "join", "source": GROUP}
UNSEND = {**COMMON, "type": "unsend", "unsend": {"messageId": "325708"}}
LINK = {**COMMON, "type": "accountLink", "link": {"result": "ok", "nonce": "a28b9eed3ced4c9c8b2d8f2e"}}
SEEN = {**COMMON, "type": "videoPlayComplete", "videoPlayComplete": {"trackingId": "track-id"}}

DOCUMENTED = [
    (TEXT, Happening.TEXT),
    (STICKER, Happening.STICKER),
    (IMAGE, Happening.MEDIA),
    (VIDEO, Happening.MEDIA),
    (AUDIO, Happening.MEDIA),
    (FILE, Happening.MEDIA),
    (LOCATION, Happening.MEDIA),
    (POSTBACK, Happening.POSTBACK),
    (PICKED, Happening.POSTBACK),
    (FOLLOW, Happening.FOLLOW),
    (UNFOLLOW, Happening.UNFOLLOW),
    (JOIN, Happening.GROUP),
    ({**TEXT, "source": GROUP}, Happening.GROUP),
    ({**TEXT, "source": ROOM}, Happening.GROUP),
    ({**STICKER, "source": GROUP}, Happening.IGNORED),
    ({**POSTBACK, "source": GROUP}, Happening.IGNORED),
    (UNSEND, Happening.UNSEND),
    ({**UNSEND, "source": GROUP}, Happening.IGNORED),
    (LINK, Happening.IGNORED),
    (SEEN, Happening.IGNORED),
]


@pytest.mark.parametrize(("event", "happening"), DOCUMENTED, ids=[f"{e['type']}-{h}" for e, h in DOCUMENTED])
def test_every_documented_event_is_understood_and_line_s_own_models_agree_that_it_is_one(
    event: dict[str, Any], happening: Happening
) -> None:
    CallbackRequest.from_dict({"destination": "U8e742f61d673b39c7fff3cecb7536ef0", "events": [event]})
    heard = chat_event(event, RECEIVED)
    assert heard is not None
    assert heard.happening is happening
    chat = event["source"].get("groupId") or event["source"].get("roomId") or USER
    assert (heard.customer_id, heard.line_user_id) == (customer_id_of(chat), chat)
    assert heard.event_id == COMMON["webhookEventId"]
    assert heard.at == datetime(2016, 5, 7, 13, 57, 59, 859000, tzinfo=UTC)
    assert heard.reply_token == event.get("replyToken")


def test_additions_change_nothing() -> None:
    extended = {
        **TEXT,
        "brandNew": {"deep": [1]},
        "message": {**TEXT["message"], "emojis": [{"index": 29}], "mention": None, "later": True},
        "source": {**COMMON["source"], "country": "TW"},
    }
    assert chat_event(extended, RECEIVED) == chat_event(TEXT, RECEIVED)


@pytest.mark.parametrize(
    "event",
    [
        {**TEXT, "mode": "standby"},
        {**TEXT, "mode": "somethingNew"},
        {**TEXT, "source": {"type": "user"}},
        {**TEXT, "timestamp": -1},
        {**TEXT, "timestamp": 10**20},
        {**TEXT, "webhookEventId": ""},
        {name: value for name, value in TEXT.items() if name != "type"},
        {},
        [],
        "event",
        None,
    ],
)
def test_what_nobody_can_answer_is_nothing(event: Any) -> None:
    assert chat_event(event, RECEIVED) is None


def test_half_an_emoji_becomes_a_question_mark_and_a_whole_one_stays() -> None:
    read = QueuedEvent.read(
        r'{"receivedAt": "2026-11-23T04:00:00Z", "event": {"a": "\ud83d!", "b": "\ud83d\ude00"}}'
    )
    assert read.event == {"a": "?!", "b": "😀"}


def test_a_message_is_known_by_line_s_own_id_when_it_is_written_and_when_it_is_taken_back() -> None:
    written, taken_back, tapped = (chat_event(each, RECEIVED) for each in (TEXT, UNSEND, POSTBACK))
    assert written is not None
    assert taken_back is not None
    assert tapped is not None
    ids = (written.line_message_id, taken_back.line_message_id, tapped.line_message_id)
    assert ids == ("444573844083572737", "325708", "")


def test_the_day_of_a_date_picker_comes_with_its_button() -> None:
    params = {"date": "2026-12-05", "more": 1}
    picked = {**COMMON, "type": "postback", "postback": {"data": "wish_date?q=abc&v=1", "params": params}}
    event = chat_event(picked, RECEIVED)
    assert event is not None
    assert (event.postback_data, event.picked_day) == ("wish_date?q=abc&v=1", "2026-12-05")


@pytest.mark.parametrize(
    ("event", "content_id"),
    [(IMAGE, "444573844083572737"), (VIDEO, "444573844083572737"), (FILE, ""), (LOCATION, ""), (TEXT, "")],
)
def test_only_what_shows_something_is_known_by_its_id(event: dict[str, Any], content_id: str) -> None:
    heard = chat_event(event, RECEIVED)
    assert heard is not None
    assert heard.content_id == content_id
