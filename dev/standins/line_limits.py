"""What LINE accepts in a message: the Messaging API's objects, actions and limits, as tables of checks.

`refusal` answers as the platform does: plain problems first (`messages[0].text`), and if there are none,
those of the first Flex message that has any, as pointers into its container (`/body/contents/0/text`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from dev.standins.line_checks import (
    Check,
    Place,
    Problem,
    anything,
    both,
    flag,
    graphemes,
    items,
    measure,
    number,
    one_of,
    shape,
    tagged,
    text,
    uri,
    whole,
)

MESSAGES_PER_REQUEST = 5
RECIPIENTS_PER_MULTICAST = 500
REQUEST_BYTES = 2 * 1024 * 1024
# LINE says "30 KB" and "50 KB", not of what: compact UTF-8 and the smaller kilobyte are the safe reading.
BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
ANIMATED_IMAGES = 10
ALT_TEXT = text(1500)
POSTBACK_DATA = text(300)
HTTPS = uri("https", most=2000)
LINK = uri("http", "https", "line", "tel", most=10_000)
DATE_FORMATS = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100


def chars(most: int) -> Check:
    return text(most, count=graphemes)


# Actions -----------------------------------------------------------------------------------------------


def _date_order(action: Any, place: Place) -> Iterator[Problem]:
    """`initial`, `min` and `max` have the mode's form, lie between 1900 and 2100, min before max."""
    moments: dict[str, datetime] = {}
    for name in ("initial", "min", "max"):
        written = action.get(name)
        if written is None:
            continue
        try:
            moment = datetime.strptime(written.replace("t", "T"), DATE_FORMATS[action["mode"]])  # noqa: DTZ007 - LINE's picker has no zone
        except ValueError:
            yield place.at(name).problem("Must be a date of the mode's format")
            continue
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            yield place.at(name).problem(f"Must be between {EARLIEST_YEAR} and {LATEST_YEAR}")
        moments[name] = moment
    if "min" in moments and "max" in moments and moments["min"] >= moments["max"]:
        yield place.at("min").problem("Must be less than max")


def action(label: int, *, label_needed: bool, quick_reply: bool = False) -> Check:
    """An action object: the place where it stands decides how long its label may be and which kinds exist."""
    name: Mapping[str, Check] = {"type": anything, "label": chars(label)}
    always = name if label_needed else {"type": anything}

    def kind(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
        return shape({**always, **required}, {**name, **(optional or {})})

    picker = kind(
        {"data": POSTBACK_DATA, "mode": one_of(*DATE_FORMATS)},
        {"initial": text(), "min": text(), "max": text()},
    )
    kinds: dict[str, Check] = {
        "postback": kind(
            {"data": POSTBACK_DATA},
            {
                "displayText": chars(300),
                "text": chars(300),
                "inputOption": one_of("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"),
                "fillInText": chars(300),
            },
        ),
        "message": kind({"text": chars(300)}),
        "uri": kind({"uri": LINK}, {"altUri": shape({}, {"desktop": LINK})}),
        "datetimepicker": both(picker, _date_order),
        "clipboard": kind({"clipboardText": text(1000)}),
    }
    if quick_reply:
        kinds |= {"camera": kind({}), "cameraRoll": kind({}), "location": kind({})}
    return tagged(kinds)


QUICK_REPLY_ACTION = action(20, label_needed=True, quick_reply=True)
TEMPLATE_ACTION = action(20, label_needed=True)
IMAGE_CAROUSEL_ACTION = action(12, label_needed=False)
BUTTON_ACTION = action(40, label_needed=True)
AREA_ACTION = action(40, label_needed=False)

# Flex --------------------------------------------------------------------------------------------------

KEYWORDS = ("none", "xs", "sm", "md", "lg", "xl", "xxl")
SIZES = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl")
COLOUR = text(pattern=r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")
PERCENTAGE = text(pattern=r"\d+(\.\d+)?%")
SPACE = measure(*KEYWORDS)
OFFSET = measure(*KEYWORDS, percent=True)
LENGTH = measure(percent=True)
RATIO_HEIGHT = 3
RATIO_MOST = 100_000
ALIGN = one_of("start", "end", "center")
GRAVITY = one_of("top", "bottom", "center")
FLEX_URI = uri("https", most=2000)


def aspect_ratio(value: Any, place: Place) -> Iterator[Problem]:
    match = re.fullmatch(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)", value) if isinstance(value, str) else None
    if not match:
        yield place.problem("invalid property")
        return
    width, height = float(match[1]), float(match[2])
    if not (1 <= width <= RATIO_MOST and 1 <= height <= RATIO_MOST and height <= RATIO_HEIGHT * width):
        yield place.problem("invalid property")


PLACED: dict[str, Check] = {
    "type": anything,
    "margin": SPACE,
    "position": one_of("relative", "absolute"),
    "offsetTop": OFFSET,
    "offsetBottom": OFFSET,
    "offsetStart": OFFSET,
    "offsetEnd": OFFSET,
}
LETTERING: dict[str, Check] = {
    "size": measure(*SIZES),
    "color": COLOUR,
    "weight": one_of("regular", "bold"),
    "style": one_of("normal", "italic"),
    "decoration": one_of("none", "underline", "line-through"),
}
SPAN = shape({"text": text()}, {"type": anything, **LETTERING})


def _text_or_spans(component: Any, place: Place) -> Iterator[Problem]:
    if component.get("text") is None and not component.get("contents"):
        yield place.problem("either of text or contents must be specified")


def component(value: Any, place: Place) -> Iterator[Problem]:
    """What may stand in a box. (By name, since a box holds boxes.)"""
    yield from COMPONENT(value, place)


def _alone_or_in_line(box: Any, place: Place) -> Iterator[Problem]:
    """A baseline box holds lettering only, and icons stand nowhere else."""
    in_line = box["layout"] == "baseline"
    allowed = (
        {"icon", "text", "filler"} if in_line else {"box", "button", "image", "text", "separator", "filler"}
    )
    for index, inner in enumerate(box["contents"]):
        if inner["type"] not in allowed:
            yield place.at("contents").at(index).problem("invalid property")


TEXT = both(
    shape(
        {"type": anything},
        {
            **PLACED,
            **LETTERING,
            "text": text(),
            "contents": items(tagged({"span": SPAN})),
            "flex": whole(0),
            "align": ALIGN,
            "gravity": GRAVITY,
            "wrap": flag,
            "lineSpacing": measure(),
            "action": AREA_ACTION,
            "maxLines": whole(0),
            "adjustMode": one_of("shrink-to-fit"),
            "scaling": flag,
        },
    ),
    _text_or_spans,
)
IMAGE = shape(
    {"type": anything, "url": FLEX_URI},
    {
        **PLACED,
        "flex": whole(0),
        "align": ALIGN,
        "gravity": GRAVITY,
        "size": measure(*SIZES, "full", percent=True),
        "aspectRatio": aspect_ratio,
        "aspectMode": one_of("fit", "cover"),
        "backgroundColor": COLOUR,
        "action": AREA_ACTION,
        "animated": flag,
    },
)
BUTTON = shape(
    {"type": anything, "action": BUTTON_ACTION},
    {
        **PLACED,
        "flex": whole(0),
        "color": COLOUR,
        "style": one_of("primary", "secondary", "link"),
        "gravity": GRAVITY,
        "height": one_of("md", "sm"),
        "adjustMode": one_of("shrink-to-fit"),
        "scaling": flag,
    },
)
BOX = both(
    shape(
        {
            "type": anything,
            "layout": one_of("horizontal", "vertical", "baseline"),
            "contents": items(component),
        },
        {
            **PLACED,
            "flex": whole(0),
            "spacing": SPACE,
            "backgroundColor": COLOUR,
            "borderColor": COLOUR,
            "borderWidth": measure("none", "light", "normal", "medium", "semi-bold", "bold"),
            "cornerRadius": SPACE,
            "width": LENGTH,
            "maxWidth": LENGTH,
            "height": LENGTH,
            "maxHeight": LENGTH,
            "paddingAll": OFFSET,
            "paddingTop": OFFSET,
            "paddingBottom": OFFSET,
            "paddingStart": OFFSET,
            "paddingEnd": OFFSET,
            "action": AREA_ACTION,
            "justifyContent": one_of(
                "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"
            ),
            "alignItems": one_of("center", "flex-start", "flex-end"),
            "background": tagged(
                {
                    "linearGradient": shape(
                        {
                            "type": anything,
                            "angle": text(pattern=r"\d+(\.\d+)?deg"),
                            "startColor": COLOUR,
                            "endColor": COLOUR,
                        },
                        {"centerColor": COLOUR, "centerPosition": PERCENTAGE},
                    )
                }
            ),
        },
    ),
    _alone_or_in_line,
)
ICON = shape(
    {"type": anything, "url": FLEX_URI},
    {**PLACED, "size": measure(*SIZES), "aspectRatio": aspect_ratio, "scaling": flag},
)
VIDEO = shape(
    {
        "type": anything,
        "url": FLEX_URI,
        "previewUrl": FLEX_URI,
        "altContent": tagged({"box": BOX, "image": IMAGE}),
    },
    {"aspectRatio": aspect_ratio, "action": AREA_ACTION},
)
COMPONENT = tagged(
    {
        "box": BOX,
        "button": BUTTON,
        "image": IMAGE,
        "video": VIDEO,
        "icon": ICON,
        "text": TEXT,
        "separator": shape({"type": anything}, {"margin": SPACE, "color": COLOUR}),
        "filler": shape({"type": anything}, {"flex": whole(0)}),
    }
)
BLOCK_STYLE = shape({}, {"backgroundColor": COLOUR, "separator": flag, "separatorColor": COLOUR})
BLOCKS = ("header", "hero", "body", "footer")


def _bubble_as_a_whole(bubble: Any, place: Place) -> Iterator[Problem]:
    if not any(bubble.get(block) for block in BLOCKS):
        yield place.problem("At least one block must be specified")
    hero = bubble.get("hero") or {}
    if hero.get("type") == "video" and bubble.get("size", "mega") not in {"kilo", "mega", "giga"}:
        yield place.at("hero").problem("a video needs a bubble of size kilo, mega or giga")
    if _json_bytes(bubble) > BUBBLE_BYTES:
        yield place.problem(f"the bubble is larger than {BUBBLE_BYTES} bytes")


BOX_ONLY = tagged({"box": BOX})
BUBBLE = both(
    shape(
        {"type": anything},
        {
            "direction": one_of("ltr", "rtl"),
            "size": one_of("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
            "header": BOX_ONLY,
            "hero": tagged({"box": BOX, "image": IMAGE, "video": VIDEO}),
            "body": BOX_ONLY,
            "footer": BOX_ONLY,
            "styles": shape({}, dict.fromkeys(BLOCKS, BLOCK_STYLE)),
            "action": AREA_ACTION,
        },
    ),
    _bubble_as_a_whole,
)


def _bubbles_of_one_size(carousel: Any, place: Place) -> Iterator[Problem]:
    if len({bubble.get("size", "mega") for bubble in carousel["contents"]}) > 1:
        yield place.at("contents").problem("all bubbles must have the same size")
    if _json_bytes(carousel) > CAROUSEL_BYTES:
        yield place.problem(f"the carousel is larger than {CAROUSEL_BYTES} bytes")


FLEX_CONTAINER = tagged(
    {
        "bubble": BUBBLE,
        "carousel": both(
            shape({"type": anything, "contents": items(tagged({"bubble": BUBBLE}), 1, 12)}),
            _bubbles_of_one_size,
        ),
    }
)

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
    "imageBackgroundColor": COLOUR,
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
    names = re.findall(r"\{(\w{1,20})\}", re.sub(r"\{\{|\}\}", "", message["text"]))
    known = message.get("substitution") or {}
    for name in names:
        if name not in known:
            yield place.at("text").problem(f"{{{name}}} has no substitution")
    if len(known) > 100 or not all(re.fullmatch(r"[0-9a-zA-Z_]{1,20}", name) for name in known):
        yield place.at("substitution").problem("Keys must be [0-9a-zA-Z_]{1,20}, and 100 at the most")


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
        "video": message({"originalContentUrl": HTTPS, "previewImageUrl": HTTPS}, {"trackingId": text(100)}),
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


def _json_bytes(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _animated(value: Any) -> int:
    if isinstance(value, list):
        return sum(_animated(part) for part in value)
    if isinstance(value, dict):
        own = value.get("type") == "image" and value.get("animated") is True
        return own + sum(_animated(part) for part in value.values())
    return 0


def flex_problems(container: Any) -> list[Problem]:
    """What LINE refuses in the `contents` of a Flex message."""
    root = Place(pointer=True)
    problems = list(FLEX_CONTAINER(container, root))
    if not problems and _animated(container) > ANIMATED_IMAGES:
        problems.append(root.problem(f"more than {ANIMATED_IMAGES} animated images"))
    return problems


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
