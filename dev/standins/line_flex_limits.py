"""What LINE accepts in the `contents` of a Flex message: containers, components and their properties.

Keywords, units and which component may stand where follow the reference of the Messaging API; problems are told as
pointers into the container (`/body/contents/0/text`).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from dev.standins.line_action_limits import AREA_ACTION, BUTTON_ACTION, LINK
from dev.standins.line_checks import (
    Check,
    Place,
    Problem,
    anything,
    both,
    flag,
    items,
    measure,
    one_of,
    shape,
    tagged,
    text,
    uri,
    whole,
)

# LINE says "30 KB" and "50 KB", not of what: compact UTF-8 and the smaller kilobyte are the safe reading.
BUBBLE_BYTES = 30_000
CAROUSEL_BYTES = 50_000
ANIMATED_IMAGES = 10

KEYWORDS = ("none", "xs", "sm", "md", "lg", "xl", "xxl")
SIZES = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl")
COLOUR = text(pattern=r"#[0-9a-fA-F]{6}([0-9a-fA-F]{2})?")
PERCENTAGE = text(pattern=r"\d+(\.\d+)?%")
SPACE = measure(*KEYWORDS)
OFFSET = measure(*KEYWORDS, percent=True, signed=True)
PADDING = measure(*KEYWORDS, percent=True)
LENGTH = measure(percent=True)
RATIO_HEIGHT = 3
RATIO_MOST = 100_000
ALIGN = one_of("start", "end", "center")
GRAVITY = one_of("top", "bottom", "center")
VIDEO_ACTION = tagged(
    {"uri": shape({"type": anything, "uri": LINK}, {"label": text(20), "altUri": anything})}
)
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
            "paddingAll": PADDING,
            "paddingTop": PADDING,
            "paddingBottom": PADDING,
            "paddingStart": PADDING,
            "paddingEnd": PADDING,
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
    {"aspectRatio": aspect_ratio, "action": VIDEO_ACTION},
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
    for index, bubble in enumerate(carousel["contents"]):
        if (bubble.get("hero") or {}).get("type") == "video":
            yield place.at("contents").at(index).at("hero").problem("a video can't stand in a carousel")
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
