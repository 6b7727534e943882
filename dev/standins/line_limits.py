"""What LINE accepts in a message and in a request: the Messaging API's objects and limits, as tables of checks.

`refusal` answers as the platform does: plain problems first (`messages[0].text`), and if there are none,
those of the first Flex message that has any, as pointers into its container (`/body/contents/0/text`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dev.standins.line_action_limits import (
    IMAGE_CAROUSEL_ACTION,
    QUICK_REPLY_ACTION,
    TEMPLATE_ACTION,
    action,
    chars,
)
from dev.standins.line_checks import (
    Check,
    Place,
    Problem,
    anything,
    both,
    flag,
    items,
    number,
    one_of,
    shape,
    tagged,
    text,
    uri,
    whole,
)
from dev.standins.line_flex_limits import flex_problems

MESSAGES_PER_REQUEST = 5
RECIPIENTS_PER_MULTICAST = 500
REQUEST_BYTES = 2 * 1024 * 1024
ALT_TEXT = text(1500)
HTTPS = uri("https", most=2000)
SOLID_COLOUR = text(pattern=r"#[0-9a-fA-F]{6}")
TRACKING_ID = text(100, pattern=r"[-a-zA-Z0-9.=,+*()%$&;:@{}!?<>\[\]]+")

# Templates, image maps, other messages -----------------------------------------------------------------


def _shorter_under_a_title(most: int) -> Check:
    def check(part: Any, place: Place) -> Iterator[Problem]:
        limit = 60 if part.get("title") or part.get("thumbnailImageUrl") else most
        yield from chars(limit)(part["text"], place.at("text"))

    return check


def _even_columns(template: Any, place: Place) -> Iterator[Problem]:
    columns = template["columns"]
    for what, kinds in (
        ("actions", {len(column["actions"]) for column in columns}),
        ("title", {bool(column.get("title")) for column in columns}),
        ("thumbnailImageUrl", {bool(column.get("thumbnailImageUrl")) for column in columns}),
    ):
        if len(kinds) > 1:
            yield place.at("columns").problem(f"all columns must be alike in {what}")


PICTURED: dict[str, Check] = {
    "thumbnailImageUrl": HTTPS,
    "imageBackgroundColor": SOLID_COLOUR,
    "title": chars(40),
    "defaultAction": action(20, label_needed=False),
}
IMAGE_FORM: dict[str, Check] = {
    "imageAspectRatio": one_of("rectangle", "square"),
    "imageSize": one_of("cover", "contain"),
}
TEMPLATE = tagged(
    {
        "buttons": both(
            shape(
                {"type": anything, "text": anything, "actions": items(TEMPLATE_ACTION, 1, 4)},
                {**PICTURED, **IMAGE_FORM},
            ),
            _shorter_under_a_title(160),
        ),
        "confirm": shape({"type": anything, "text": chars(240), "actions": items(TEMPLATE_ACTION, 2, 2)}),
        "carousel": both(
            shape(
                {
                    "type": anything,
                    "columns": items(
                        both(
                            shape({"text": anything, "actions": items(TEMPLATE_ACTION, 1, 3)}, PICTURED),
                            _shorter_under_a_title(120),
                        ),
                        1,
                        10,
                    ),
                },
                IMAGE_FORM,
            ),
            _even_columns,
        ),
        "image_carousel": shape(
            {
                "type": anything,
                "columns": items(shape({"imageUrl": HTTPS, "action": IMAGE_CAROUSEL_ACTION}), 1, 10),
            }
        ),
    }
)
AREA = shape({"x": whole(0), "y": whole(0), "width": whole(1), "height": whole(1)})
IMAGEMAP_LINK = uri("http", "https", "line", "tel", most=1000)
IMAGEMAP_ACTION = tagged(
    {
        "message": shape({"type": anything, "area": AREA, "text": text(400)}, {"label": text(100)}),
        "uri": shape({"type": anything, "area": AREA, "linkUri": IMAGEMAP_LINK}, {"label": text(100)}),
        "clipboard": shape(
            {"type": anything, "area": AREA, "clipboardText": text(1000)}, {"label": text(100)}
        ),
    }
)


def _emojis_on_dollar_signs(message: Any, place: Place) -> Iterator[Problem]:
    """Each emoji stands for a `$` in the text; positions are UTF-16 units."""
    units = message["text"].encode("utf-16-le")
    for number_, emoji in enumerate(message.get("emojis") or []):
        start = 2 * emoji["index"]
        if units[start : start + 2].decode("utf-16-le", errors="replace") != "$":
            yield (
                place.at("emojis").at(number_).at("index").problem("Must be the position of a $ in the text")
            )


def _every_brace_known(message: Any, place: Place) -> Iterator[Problem]:
    """Each `{name}` has a substitution; a brace that is meant as one is written twice."""
    unescaped = re.sub(r"\{\{|\}\}", "", message["text"])
    known = message.get("substitution") or {}
    for name in re.findall(r"\{(\w{1,20})\}", unescaped):
        if name not in known:
            yield place.at("text").problem(f"{{{name}}} has no substitution")
    if re.search(r"[{}]", re.sub(r"\{\w{1,20}\}", "", unescaped)):
        yield place.at("text").problem("A brace must be written twice")
    if len(known) > 100 or not all(re.fullmatch(r"[0-9a-zA-Z_]{1,20}", name) for name in known):
        yield place.at("substitution").problem("Keys must be [0-9a-zA-Z_]{1,20}, and 100 at the most")
    for kind in ("mention", "emoji"):
        if sum(part["type"] == kind for part in known.values()) > 20:
            yield place.at("substitution").problem(f"20 substitutions of type {kind} at the most")


def _substitutions(value: Any, place: Place) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield place.problem("Must be an object")
        return
    for name, part in value.items():
        yield from SUBSTITUTION(part, place.at(name))


SUBSTITUTION = tagged(
    {
        "mention": shape(
            {
                "type": anything,
                "mentionee": tagged(
                    {"user": shape({"type": anything, "userId": text()}), "all": shape({"type": anything})}
                ),
            }
        ),
        "emoji": shape({"type": anything, "productId": text(), "emojiId": text()}),
    }
)


def _sender_is_not_line(value: Any, place: Place) -> Iterator[Problem]:
    if isinstance(value, str) and "line" in value.casefold():
        yield place.problem("May not contain LINE")


EVERY_MESSAGE: dict[str, Check] = {
    "quickReply": shape(
        {
            "items": items(
                tagged(
                    {"action": shape({"action": QUICK_REPLY_ACTION}, {"type": anything, "imageUrl": HTTPS})}
                ),
                1,
                13,
            )
        }
    ),
    "sender": shape({}, {"name": both(chars(20), _sender_is_not_line), "iconUrl": HTTPS}),
}


def message(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    return shape({"type": anything, **required}, {**EVERY_MESSAGE, **(optional or {})})


MESSAGE = tagged(
    {
        "text": both(
            message(
                {"text": text(5000)},
                {
                    "emojis": items(
                        shape({"index": whole(0), "productId": text(), "emojiId": text()}), 0, 20
                    ),
                    "quoteToken": text(),
                },
            ),
            _emojis_on_dollar_signs,
        ),
        "textV2": both(
            message({"text": text(5000)}, {"substitution": _substitutions, "quoteToken": text()}),
            _every_brace_known,
        ),
        "sticker": message({"packageId": text(), "stickerId": text()}, {"quoteToken": text()}),
        "image": message({"originalContentUrl": HTTPS, "previewImageUrl": HTTPS}),
        "video": message(
            {"originalContentUrl": HTTPS, "previewImageUrl": HTTPS}, {"trackingId": TRACKING_ID}
        ),
        "audio": message({"originalContentUrl": HTTPS, "duration": whole(1)}),
        "location": message(
            {
                "title": text(100),
                "address": text(100),
                "latitude": number(-90, 90),
                "longitude": number(-180, 180),
            }
        ),
        "imagemap": message(
            {
                "baseUrl": HTTPS,
                "altText": ALT_TEXT,
                "baseSize": shape({"width": whole(1040, 1040), "height": whole(1)}),
                "actions": items(IMAGEMAP_ACTION, 1, 50),
            },
            {
                "video": shape(
                    {"originalContentUrl": HTTPS, "previewImageUrl": HTTPS, "area": AREA},
                    {"externalLink": shape({"linkUri": IMAGEMAP_LINK, "label": text(30)})},
                )
            },
        ),
        "template": message({"altText": ALT_TEXT, "template": TEMPLATE}),
        "flex": message({"altText": ALT_TEXT, "contents": anything}),
        "coupon": message({"couponId": text()}, {"deliveryTag": text(30)}),
    }
)
MESSAGES = items(MESSAGE, 1, MESSAGES_PER_REQUEST)
AGGREGATION_UNITS = items(text(30, pattern=r"[a-zA-Z0-9_]{1,30}"), 0, 1)

# Requests ----------------------------------------------------------------------------------------------

OPTIONS: dict[str, Check] = {"notificationDisabled": flag}
REQUESTS: dict[str, Check] = {
    "reply": shape({"replyToken": text(), "messages": MESSAGES}, OPTIONS),
    "push": shape(
        {"to": text(), "messages": MESSAGES}, {**OPTIONS, "customAggregationUnits": AGGREGATION_UNITS}
    ),
    "multicast": shape(
        {"to": items(text(), 1, RECIPIENTS_PER_MULTICAST), "messages": MESSAGES},
        {**OPTIONS, "customAggregationUnits": AGGREGATION_UNITS},
    ),
    "validate": shape({"messages": MESSAGES}),
    "loading": shape({"chatId": text()}, {"loadingSeconds": whole(5, 60, step=5)}),
    "markAsRead": shape({"markAsReadToken": text()}),
}


def refusal(request: str, body: Any) -> dict[str, Any] | None:
    """The body of LINE's 400 to this request (`reply`, `push`, …), or None with nothing to refuse."""
    problems = list(REQUESTS[request](body, Place()))
    if problems:
        return _error(f"The request body has {len(problems)} error(s)", problems)
    for index, part in enumerate(body.get("messages") or []):
        if part["type"] == "flex":
            problems = flex_problems(part["contents"])
            if problems:
                return _error(f"A message (messages[{index}]) in the request body is invalid", problems)
    return None


def message_problems(messages: list[dict[str, Any]]) -> list[Problem]:
    """Every problem of these messages, for tests and the page: `refusal` says only what LINE says first."""
    found = list(MESSAGES(messages, Place("messages")))
    for part in messages if not found else []:
        if part["type"] == "flex":
            found += flex_problems(part["contents"])
    return found


def _error(summary: str, problems: list[Problem]) -> dict[str, Any]:
    details = [{"message": problem.message, "property": problem.property} for problem in problems]
    return {"message": summary, "details": details}
