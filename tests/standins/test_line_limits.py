"""What LINE refuses in messages, in LINE's own units: where, and why."""

import json
from typing import Any

import pytest

from dev.standins.line_checks import graphemes, utf16_units
from dev.standins.line_flex_limits import BUBBLE_BYTES, CAROUSEL_BYTES, flex_problems
from dev.standins.line_limits import refusal

Json = dict[str, Any]

FAMILY = "👩‍👩‍👧"
HTTPS = "https://example.com/a.png"
POSTBACK: Json = {"type": "postback", "label": "接受報價", "data": "accept"}
TEXT: Json = {"type": "text", "text": "報價"}


def refused(*messages: Any) -> list[tuple[str, str]]:
    """Where and why LINE refuses to validate these messages."""
    answer = refusal("validate", {"messages": list(messages)})
    return [(detail["property"], detail["message"]) for detail in answer["details"]] if answer else []


def box(*contents: Json, layout: str = "vertical", **more: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def bubble(*contents: Json, **more: Any) -> Json:
    return {"type": "bubble", "body": box(*contents), **more}


def flex(container: Any, alt: str = "報價") -> Json:
    return {"type": "flex", "altText": alt, "contents": container}


def button(action: Json, **more: Any) -> Json:
    return {"type": "button", "action": action, **more}


def quick(*actions: Json) -> Json:
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": "好嗎?", "quickReply": {"items": items}}


def template(**of: Any) -> Json:
    return {"type": "template", "altText": "選單", "template": of}


def column(**more: Any) -> Json:
    return {"text": "a", "actions": [POSTBACK], **more}


def test_lengths_are_counted_as_line_counts_them() -> None:
    assert (utf16_units("🍎"), utf16_units("茶"), utf16_units(FAMILY)) == (2, 1, 8)
    assert (graphemes("🍎"), graphemes("茶"), graphemes(FAMILY), graphemes("ที่")) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    "message",
    [
        {"type": "text", "text": "茶" * 5000},
        {"type": "text", "text": "🍎" * 2500},
        {"type": "text", "text": "$ hi", "emojis": [{"index": 0, "productId": "a", "emojiId": "1"}]},
        {
            "type": "textV2",
            "text": "Hi {who} {{literally}}",
            "substitution": {"who": {"type": "mention", "mentionee": {"type": "user", "userId": "U1"}}},
        },
        {"type": "sticker", "packageId": "446", "stickerId": "1988"},
        {"type": "image", "originalContentUrl": HTTPS, "previewImageUrl": HTTPS},
        {"type": "location", "title": "家", "address": "台北市", "latitude": 25.03, "longitude": 121.56},
        quick({**POSTBACK, "label": FAMILY * 20}, {"type": "location", "label": "位置"}),
        quick({"type": "datetimepicker", "label": "日期", "data": "d", "mode": "date", "min": "2026-12-01"}),
        flex(bubble(TEXT, button({"type": "uri", "label": "付款", "uri": "http://127.0.0.1:8080/pay"}))),
        flex(bubble(button({"type": "uri", "label": "打電話", "uri": "tel:+886212345678"}))),
        flex(bubble({**TEXT, "size": "18px", "color": "#06c755", "margin": "none", "wrap": True})),
        flex(bubble({"type": "text", "contents": [{"type": "span", "text": "粗", "weight": "bold"}]})),
        flex(bubble(box({"type": "icon", "url": HTTPS}, TEXT, layout="baseline"), size="kilo")),
        flex(bubble({"type": "image", "url": HTTPS, "size": "full", "aspectRatio": "20:13"})),
        flex({"type": "carousel", "contents": [bubble(TEXT)] * 12}),
        template(type="confirm", text="好嗎?", actions=[POSTBACK, POSTBACK]),
        template(type="buttons", text="茶" * 160, actions=[POSTBACK]),
        {**TEXT, "sender": {"name": "小茶", "iconUrl": HTTPS}},
        {**TEXT, "quoteToken": None},
    ],
)
def test_what_line_accepts_is_accepted(message: Json) -> None:
    assert refused(message) == []


@pytest.mark.parametrize(
    ("message", "where", "why"),
    [
        ({"type": "text", "text": "茶" * 5001}, "messages[0].text", "Length must be between 1 and 5000"),
        ({"type": "text", "text": "🍎" * 2501}, "messages[0].text", "Length must be between 1 and 5000"),
        ({"type": "text", "text": ""}, "messages[0].text", "May not be empty"),
        ({"type": "text"}, "messages[0].text", "May not be null"),
        ({"type": "text", "text": 5}, "messages[0].text", "Must be a string"),
        ({"type": "text", "text": "hi", "colour": "red"}, "messages[0].colour", "unknown field"),
        (
            {"type": "text", "text": "hi", "emojis": [{"index": 0, "productId": "a", "emojiId": "1"}]},
            "messages[0].emojis[0].index",
            "Must be the position of a $ in the text",
        ),
        ({"type": "textV2", "text": "Hi {who}"}, "messages[0].text", "{who} has no substitution"),
        ("hi", "messages[0]", "Must be an object"),
        (
            {"type": "image", "originalContentUrl": "http://a.tw/a.png", "previewImageUrl": HTTPS},
            "messages[0].originalContentUrl",
            "invalid uri scheme",
        ),
        (
            {"type": "location", "title": "a", "address": "b", "latitude": 91, "longitude": 0},
            "messages[0].latitude",
            "Must be between -90 and 90",
        ),
        ({**TEXT, "sender": {"name": "LINE Pay"}}, "messages[0].sender.name", "May not contain LINE"),
        (flex(bubble(TEXT), alt="茶" * 1501), "messages[0].altText", "Length must be between 1 and 1500"),
        (flex(bubble(TEXT), alt=""), "messages[0].altText", "May not be empty"),
        (quick(*[POSTBACK] * 14), "messages[0].quickReply.items", "Size must be between 1 and 13"),
        (
            quick({**POSTBACK, "label": "茶" * 21}),
            "messages[0].quickReply.items[0].action.label",
            "Length must be between 1 and 20",
        ),
        (
            quick({**POSTBACK, "data": "a" * 301}),
            "messages[0].quickReply.items[0].action.data",
            "Length must be between 1 and 300",
        ),
        (
            quick({"type": "datetimepicker", "label": "日期", "data": "d", "mode": "date", "min": "12:00"}),
            "messages[0].quickReply.items[0].action.min",
            "Must be a date of the mode's format",
        ),
        (
            template(type="confirm", text="好嗎?", actions=[POSTBACK]),
            "messages[0].template.actions",
            "Size must be between 2 and 2",
        ),
        (
            template(type="buttons", text="茶" * 61, title="價格", actions=[POSTBACK]),
            "messages[0].template.text",
            "Length must be between 1 and 60",
        ),
        (
            template(type="carousel", columns=[column(), column(actions=[POSTBACK, POSTBACK])]),
            "messages[0].template.columns",
            "all columns must be alike in actions",
        ),
    ],
)
def test_what_line_refuses_is_refused_with_its_place(message: Any, where: str, why: str) -> None:
    assert refused(message) == [(where, why)]


def test_an_unknown_kind_of_message_is_refused_with_those_there_are() -> None:
    [(where, why)] = refused({"type": "fax"})
    assert where == "messages[0].type"
    assert why.startswith("Must be one of the following values: [text, ")


@pytest.mark.parametrize(
    ("container", "where", "why"),
    [
        (bubble({**TEXT, "colour": "red"}), "/body/contents/0/colour", "unknown field"),
        (bubble({**TEXT, "color": "red"}), "/body/contents/0/color", "Must match #"),
        (bubble({**TEXT, "size": "huge"}), "/body/contents/0/size", "invalid property"),
        (bubble({**TEXT, "weight": "heavy"}), "/body/contents/0/weight", "Must be one of the following"),
        (bubble({"type": "text", "text": ""}), "/body/contents/0/text", "May not be empty"),
        (bubble({"type": "text"}), "/body/contents/0", "either of text or contents"),
        (bubble({"type": "label", "text": "a"}), "/body/contents/0/type", "Must be one of the following"),
        (bubble({"type": "span", "text": "a"}), "/body/contents/0/type", "Must be one of the following"),
        (bubble({"type": "icon", "url": HTTPS}), "/body/contents/0", "invalid property"),
        (bubble(box(button(POSTBACK), layout="baseline")), "/body/contents/0/contents/0", "invalid property"),
        (bubble(box(TEXT, layout="diagonal")), "/body/contents/0/layout", "Must be one of the following"),
        (bubble({"type": "image", "url": "http://a.tw/a.png"}), "/body/contents/0/url", "invalid uri scheme"),
        (bubble(button({**POSTBACK, "label": "茶" * 41})), "/body/contents/0/action/label", "Length must be"),
        (
            bubble(button({"type": "postback", "data": "a"})),
            "/body/contents/0/action/label",
            "must be specified",
        ),
        (bubble(button({"type": "camera", "label": "a"})), "/body/contents/0/action/type", "Must be one of"),
        (
            bubble(button({"type": "uri", "label": "a", "uri": "javascript:alert(1)"})),
            "/body/contents/0/action/uri",
            "invalid uri scheme",
        ),
        (
            bubble(button({"type": "uri", "label": "a", "uri": "https://a.tw/茶"})),
            "/body/contents/0/action/uri",
            "invalid uri",
        ),
        (bubble({**TEXT, "maxLines": -1}), "/body/contents/0/maxLines", "Must be between 0"),
        (bubble({**TEXT, "wrap": "true"}), "/body/contents/0/wrap", "Must be a boolean"),
        ({"type": "bubble"}, "/", "At least one block must be specified"),
        ({"type": "bubble", "body": TEXT}, "/body/type", "Must be one of the following values: [box]"),
        ({"type": "bubble", "body": box(TEXT), "size": "tera"}, "/size", "Must be one of the following"),
        ({"type": "carousel", "contents": [bubble(TEXT)] * 13}, "/contents", "Size must be between 1 and 12"),
        (
            {"type": "carousel", "contents": [bubble(TEXT, size="kilo"), bubble(TEXT)]},
            "/contents",
            "all bubbles must have the same size",
        ),
        ({"type": "bubbles"}, "/type", "Must be one of the following values: [bubble, carousel]"),
    ],
)
def test_flex_is_refused_with_a_pointer_into_the_container(container: Json, where: str, why: str) -> None:
    [problem] = flex_problems(container)
    assert problem.property == where
    assert problem.message.startswith(why)


def test_a_bubble_may_be_as_large_as_its_limit_and_not_larger() -> None:
    room = BUBBLE_BYTES - len(json.dumps(bubble({"type": "text", "text": ""}), separators=(",", ":")))
    assert flex_problems(bubble({"type": "text", "text": "a" * room})) == []
    assert len(flex_problems(bubble({"type": "text", "text": "a" * (room + 1)}))) == 1
    assert len(flex_problems(bubble({"type": "text", "text": "茶" * (room // 3 + 1)}))) == 1


def test_a_carousel_has_a_limit_of_its_own() -> None:
    large = bubble({"type": "text", "text": "a" * (CAROUSEL_BYTES // 2)})
    assert flex_problems({"type": "carousel", "contents": [large]}) == []
    [problem] = flex_problems({"type": "carousel", "contents": [large, large]})
    assert problem.property == "/"


def test_animated_images_are_counted_over_the_whole_message() -> None:
    moving = {"type": "image", "url": HTTPS, "animated": True}
    assert flex_problems(bubble(*[moving] * 10)) == []
    assert len(flex_problems(bubble(*[moving] * 11))) == 1


def test_flex_problems_come_in_lines_own_words_once_the_rest_is_right() -> None:
    wrong = flex(bubble({**TEXT, "colour": "red"}))
    answer = refusal("push", {"to": "U1", "messages": [TEXT, wrong]})
    assert answer == {
        "message": "A message (messages[1]) in the request body is invalid",
        "details": [{"message": "unknown field", "property": "/body/contents/0/colour"}],
    }
    both = refusal("push", {"to": "U1", "messages": [{"type": "text"}, wrong]})
    assert both is not None
    assert both["message"] == "The request body has 1 error(s)"


@pytest.mark.parametrize(
    ("request_name", "body", "where"),
    [
        ("push", {"messages": [TEXT]}, "to"),
        ("push", {"to": "U1", "messages": []}, "messages"),
        ("push", {"to": "U1", "messages": [TEXT] * 6}, "messages"),
        ("push", {"to": "U1", "messages": [TEXT], "notificationDisabled": "no"}, "notificationDisabled"),
        (
            "push",
            {"to": "U1", "messages": [TEXT], "customAggregationUnits": ["a", "b"]},
            "customAggregationUnits",
        ),
        ("reply", {"replyToken": "", "messages": [TEXT]}, "replyToken"),
        ("multicast", {"to": ["U1"] * 501, "messages": [TEXT]}, "to"),
        ("loading", {"chatId": "U1", "loadingSeconds": 65}, "loadingSeconds"),
    ],
)
def test_requests_have_limits_too(request_name: str, body: Json, where: str) -> None:
    answer = refusal(request_name, body)
    assert answer is not None
    assert [detail["property"] for detail in answer["details"]] == [where]
