"""Each limit of the Messaging API from both sides: the last value that LINE takes, and the first that it refuses.

Lengths of labels and of what is shown are counted in characters that a person sees, texts and data in UTF-16 units.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dev.standins.line_flex_limits import flex_problems
from dev.standins.line_limits import message_problems

Json = dict[str, Any]
Pair = tuple[str, Json, Json]

FAMILY = "👩‍👩‍👧"  # one character, eight UTF-16 units
HTTPS = "https://example.com/a.png"
TAP: Json = {"type": "postback", "label": "好", "data": "x"}


def text(**more: Any) -> Json:
    return {"type": "text", "text": "好", **more}


def quick(action: Json, **item: Any) -> Json:
    return text(quickReply={"items": [{"type": "action", "action": action, **item}]})


def flex(*contents: Json, **bubble: Any) -> Json:
    body = {"type": "box", "layout": "vertical", "contents": list(contents)}
    return {"type": "flex", "altText": "卡片", "contents": {"type": "bubble", "body": body, **bubble}}


def box(**more: Any) -> Json:
    return flex({"type": "box", "layout": "vertical", "contents": [], **more})


def button(action: Json, **more: Any) -> Json:
    return flex({"type": "button", "action": action, **more})


def template(**of: Any) -> Json:
    return {"type": "template", "altText": "選單", "template": of}


def date(mode: str = "date", **more: str) -> Json:
    return quick({"type": "datetimepicker", "label": "日期", "data": "d", "mode": mode, **more})


def https_of(length: int, scheme: str = "https") -> str:
    start = f"{scheme}://e.tw/"
    return start + "a" * (length - len(start))


def carousel(*bubbles: Json) -> Json:
    return {"type": "flex", "altText": "卡片", "contents": {"type": "carousel", "contents": list(bubbles)}}


def video(**more: Any) -> Json:
    alt = {"type": "image", "url": HTTPS}
    return {"type": "video", "url": HTTPS, "previewUrl": HTTPS, "altContent": alt, **more}


def _texts() -> Iterator[Pair]:
    yield "text in UTF-16 units", text(text="🍎" * 2500), text(text="🍎" * 2500 + "a")
    alt = flex({"type": "text", "text": "a"})
    yield "altText 1,500", {**alt, "altText": "茶" * 1500}, {**alt, "altText": "茶" * 1501}
    emoji = {"index": 0, "productId": "a", "emojiId": "1"}
    many = [{**emoji, "index": place} for place in range(21)]
    yield "20 emojis", text(text="$" * 21, emojis=many[:20]), text(text="$" * 21, emojis=many)
    yield "sender's name 20", text(sender={"name": FAMILY * 20}), text(sender={"name": FAMILY * 21})
    yield (
        "sender's icon is https",
        text(sender={"iconUrl": HTTPS}),
        text(sender={"iconUrl": "http://e.tw/a.png"}),
    )

    face = {"type": "emoji", "productId": "a", "emojiId": "1"}
    faces = {f"e{place}": face for place in range(21)}
    few = {name: face for name in list(faces)[:20]}
    yield (
        "20 emojis put in",
        {"type": "textV2", "text": "好", "substitution": few},
        {"type": "textV2", "text": "好", "substitution": faces},
    )
    yield "a brace is written twice", {"type": "textV2", "text": "{{好}}"}, {"type": "textV2", "text": "{好"}


def _actions() -> Iterator[Pair]:
    yield (
        "13 quick replies",
        text(quickReply={"items": quick(TAP)["quickReply"]["items"] * 13}),
        text(quickReply={"items": quick(TAP)["quickReply"]["items"] * 14}),
    )
    yield "quick reply's label 20", quick({**TAP, "label": FAMILY * 20}), quick({**TAP, "label": FAMILY * 21})
    yield (
        "quick reply's picture is https",
        quick(TAP, imageUrl=HTTPS),
        quick(TAP, imageUrl="http://e.tw/a.png"),
    )
    yield "Flex button's label 40", button({**TAP, "label": "茶" * 40}), button({**TAP, "label": "茶" * 41})
    yield (
        "postback data 300 units",
        button({**TAP, "data": "a" * 300}),
        button({**TAP, "data": "🍎" * 150 + "a"}),
    )
    for name in ("displayText", "fillInText", "text"):
        yield f"{name} 300", button({**TAP, name: FAMILY * 300}), button({**TAP, name: FAMILY * 301})
    yield (
        "one way to speak",
        button({**TAP, "displayText": "好"}),
        button({**TAP, "displayText": "好", "text": "好"}),
    )
    yield (
        "inputOption",
        button({**TAP, "inputOption": "openRichMenu"}),
        button({**TAP, "inputOption": "openCamera"}),
    )
    said: Json = {"type": "message", "label": "好"}
    yield "message's text 300", button({**said, "text": "茶" * 300}), button({**said, "text": "茶" * 301})
    link: Json = {"type": "uri", "label": "開"}
    yield "uri 10,000", button({**link, "uri": https_of(10_000)}), button({**link, "uri": https_of(10_001)})
    for good in ("http://127.0.0.1:8080/a", "line://nv/chat", "tel:+886212345678", "https://e.tw/%E8%8C%B6"):
        yield f"scheme of {good}", button({**link, "uri": good}), button({**link, "uri": f"ftp{good}"})
    yield (
        "uri is encoded",
        button({**link, "uri": "https://e.tw/a"}),
        button({**link, "uri": "https://e.tw/茶 a"}),
    )
    copy: Json = {"type": "clipboard", "label": "複製"}
    yield (
        "clipboard 1,000",
        button({**copy, "clipboardText": "a" * 1000}),
        button({**copy, "clipboardText": "a" * 1001}),
    )
    for kind in ("camera", "cameraRoll", "location"):
        yield (
            f"{kind} in quick replies only",
            quick({"type": kind, "label": "開"}),
            button({"type": kind, "label": "開"}),
        )
    switch = {"type": "richmenuswitch", "label": "換", "richMenuAliasId": "a", "data": "x"}
    yield "richmenuswitch in rich menus only", button(TAP), button(switch)


def _dates() -> Iterator[Pair]:
    yield "a date", date(initial="2026-12-01"), date(initial="2026-12-1")
    yield "a day that exists", date(initial="2028-02-29"), date(initial="2026-02-29")
    yield "a time", date("time", initial="09:05"), date("time", initial="24:00")
    yield (
        "a moment, with either t",
        date("datetime", initial="2026-12-01t09:00"),
        date("datetime", initial="2026-12-01 09:00"),
    )
    yield "not before 1900", date(min="1900-01-01"), date(min="1899-12-31")
    yield "not after 2100", date(max="2100-12-31"), date(max="2101-01-01")
    yield "min before max", date(min="2026-12-01", max="2026-12-02"), date(min="2026-12-01", max="2026-12-01")
    yield "mode", date("time"), date("month")


def _flex() -> Iterator[Pair]:
    words: Json = {"type": "text", "text": "茶"}
    yield "colour with alpha", flex({**words, "color": "#11223344"}), flex({**words, "color": "#123"})
    for name in ("margin", "spacing", "cornerRadius", "paddingAll", "width", "height"):
        yield f"{name} is not negative", box(**{name: "8px"}), box(**{name: "-8px"})
    yield "an offset may be negative", box(offsetTop="-8px"), box(offsetTop="-8")
    yield "margin takes no percent", box(margin="lg"), box(margin="10%")
    yield "padding takes percent", box(paddingTop="10%"), box(paddingTop="10vw")
    yield "width takes no keyword", box(width="50%"), box(width="lg")
    yield "border keyword", box(borderWidth="semi-bold"), box(borderWidth="heavy")
    yield "justifyContent", box(justifyContent="space-evenly"), box(justifyContent="stretch")
    shade: Json = {"type": "linearGradient", "angle": "45deg", "startColor": "#000000", "endColor": "#ffffff"}
    yield "angle in degrees", box(background=shade), box(background={**shade, "angle": "45"})
    yield (
        "centre in percent",
        box(background={**shade, "centerPosition": "10%"}),
        box(background={**shade, "centerPosition": "10px"}),
    )
    picture: Json = {"type": "image", "url": HTTPS}
    yield (
        "picture's address 2,000",
        flex({**picture, "url": https_of(2000)}),
        flex({**picture, "url": https_of(2001)}),
    )
    yield "picture is https", flex(picture), flex({**picture, "url": "http://e.tw/a.png"})
    yield (
        "ratio to three times as high",
        flex({**picture, "aspectRatio": "1:3"}),
        flex({**picture, "aspectRatio": "1:3.1"}),
    )
    yield (
        "ratio to 100,000",
        flex({**picture, "aspectRatio": "100000:1"}),
        flex({**picture, "aspectRatio": "100001:1"}),
    )
    yield (
        "ten moving pictures",
        flex(*[{**picture, "animated": True}] * 10),
        flex(*[{**picture, "animated": True}] * 11),
    )
    yield "flex is not negative", flex({**words, "flex": 0}), flex({**words, "flex": -1})
    yield "a spacer is no component", flex({"type": "filler"}), flex({"type": "spacer"})
    bubble = flex(words)["contents"]
    yield "12 bubbles", carousel(*[bubble] * 12), carousel(*[bubble] * 13)
    yield (
        "bubbles of one size",
        carousel({**bubble, "size": "mega"}, bubble),
        carousel({**bubble, "size": "kilo"}, bubble),
    )
    yield (
        "a video needs room",
        flex(words, hero=video(), size="kilo"),
        flex(words, hero=video(), size="hecto"),
    )
    yield "a video stands alone", flex(words, hero=video()), carousel({**bubble, "hero": video()})
    opens = {"type": "uri", "label": "官網", "uri": "https://e.tw/"}
    yield (
        "a video leads to an address",
        flex(words, hero=video(action=opens)),
        flex(words, hero=video(action=TAP)),
    )


def _others() -> Iterator[Pair]:
    buttons = {"type": "buttons", "text": "a", "actions": [TAP]}
    yield (
        "buttons: four actions",
        template(**{**buttons, "actions": [TAP] * 4}),
        template(**{**buttons, "actions": [TAP] * 5}),
    )
    yield (
        "buttons: text 160",
        template(**{**buttons, "text": FAMILY * 160}),
        template(**{**buttons, "text": FAMILY * 161}),
    )
    yield (
        "buttons: 60 under a picture",
        template(**{**buttons, "text": "茶" * 60, "thumbnailImageUrl": HTTPS}),
        template(**{**buttons, "text": "茶" * 61, "thumbnailImageUrl": HTTPS}),
    )
    yield "title 40", template(**buttons, title="茶" * 40), template(**buttons, title="茶" * 41)
    yield (
        "solid ground",
        template(**buttons, imageBackgroundColor="#ffffff"),
        template(**buttons, imageBackgroundColor="#ffffff80"),
    )
    confirm = {"type": "confirm", "actions": [TAP, TAP]}
    yield "confirm: text 240", template(**confirm, text="茶" * 240), template(**confirm, text="茶" * 241)
    column = {"text": "a", "actions": [TAP]}
    yield (
        "ten columns",
        template(type="carousel", columns=[column] * 10),
        template(type="carousel", columns=[column] * 11),
    )
    yield (
        "column's text 120",
        template(type="carousel", columns=[{**column, "text": "茶" * 120}]),
        template(type="carousel", columns=[{**column, "text": "茶" * 121}]),
    )
    yield (
        "three actions",
        template(type="carousel", columns=[{**column, "actions": [TAP] * 3}]),
        template(type="carousel", columns=[{**column, "actions": [TAP] * 4}]),
    )
    yield (
        "template's label 20",
        template(**{**buttons, "actions": [{**TAP, "label": "茶" * 20}]}),
        template(**{**buttons, "actions": [{**TAP, "label": "茶" * 21}]}),
    )
    images = {"imageUrl": HTTPS, "action": {**TAP, "label": "茶" * 12}}
    yield (
        "image's label 12",
        template(type="image_carousel", columns=[images]),
        template(type="image_carousel", columns=[{**images, "action": {**TAP, "label": "茶" * 13}}]),
    )
    place: Json = {"type": "location", "title": "a", "address": "b", "latitude": 90, "longitude": -180}
    yield "place's title 100", {**place, "title": "茶" * 100}, {**place, "title": "茶" * 101}
    yield "longitude", place, {**place, "longitude": -180.1}
    film: Json = {"type": "video", "originalContentUrl": HTTPS, "previewImageUrl": HTTPS}
    yield "trackingId", {**film, "trackingId": "order-1.a"}, {**film, "trackingId": "訂單"}
    sound: Json = {"type": "audio", "originalContentUrl": HTTPS, "duration": 1}
    yield "duration", sound, {**sound, "duration": 0}
    area = {"x": 0, "y": 0, "width": 1, "height": 1}
    plan: Json = {
        "type": "imagemap",
        "baseUrl": HTTPS,
        "altText": "圖",
        "baseSize": {"width": 1040, "height": 1},
    }
    said = {"type": "message", "area": area, "text": "茶" * 400}
    yield "50 areas", {**plan, "actions": [said] * 50}, {**plan, "actions": [said] * 51}
    yield "area's text 400", {**plan, "actions": [said]}, {**plan, "actions": [{**said, "text": "茶" * 401}]}
    link = {"type": "uri", "area": area, "linkUri": https_of(1000)}
    yield (
        "area's address 1,000",
        {**plan, "actions": [link]},
        {**plan, "actions": [{**link, "linkUri": https_of(1001)}]},
    )
    coupon: Json = {"type": "coupon", "couponId": "a"}
    yield "deliveryTag 30", {**coupon, "deliveryTag": "a" * 30}, {**coupon, "deliveryTag": "a" * 31}


PARTS: list[Callable[[], Iterator[Pair]]] = [_texts, _actions, _dates, _flex, _others]
PAIRS = [pair for part in PARTS for pair in part()]


@pytest.mark.parametrize(("good", "bad"), [pair[1:] for pair in PAIRS], ids=[pair[0] for pair in PAIRS])
def test_the_last_is_taken_and_the_first_beyond_is_refused(good: Json, bad: Json) -> None:
    assert message_problems([good]) == []
    assert len(message_problems([bad])) >= 1


def test_names_tell_the_pairs_apart() -> None:
    names = [pair[0] for pair in PAIRS]
    assert len(set(names)) == len(names)


def test_a_problem_in_a_video_of_a_carousel_names_its_bubble() -> None:
    words = flex({"type": "text", "text": "茶"})["contents"]
    found = flex_problems(carousel(words, {**words, "hero": video()})["contents"])
    assert [(each.property, each.message) for each in found] == [
        ("/contents/1/hero", "a video can't stand in a carousel")
    ]
