"""What LINE accepts in an action object: the place where it stands decides its kinds and the length of its label."""

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
    graphemes,
    one_of,
    shape,
    tagged,
    text,
    uri,
)

POSTBACK_DATA = text(300)
LINK = uri("http", "https", "line", "tel", most=10_000)
DATE_FORMATS = {"date": "%Y-%m-%d", "time": "%H:%M", "datetime": "%Y-%m-%dT%H:%M"}
DATE_FORMS = {
    "date": r"\d{4}-\d{2}-\d{2}",
    "time": r"\d{2}:\d{2}",
    "datetime": r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}",
}
ALIAS_ID = text(pattern=r"[a-z0-9_-]{1,32}")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2100


def chars(most: int) -> Check:
    """A text of this many characters as a person counts them."""
    return text(most, count=graphemes)


def _date_order(action: Any, place: Place) -> Iterator[Problem]:
    """`initial`, `min` and `max` have the mode's form, lie between 1900 and 2100, min before max."""
    moments: dict[str, datetime] = {}
    for name in ("initial", "min", "max"):
        written = action.get(name)
        if written is None:
            continue
        try:
            if not re.fullmatch(DATE_FORMS[action["mode"]], written):
                raise ValueError(written)
            moment = datetime.strptime(written.replace("t", "T"), DATE_FORMATS[action["mode"]])  # noqa: DTZ007 - LINE's picker has no zone
        except ValueError:
            yield place.at(name).problem("Must be a date of the mode's format")
            continue
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            yield place.at(name).problem(f"Must be between {EARLIEST_YEAR} and {LATEST_YEAR}")
        moments[name] = moment
    if "min" in moments and "max" in moments and moments["min"] >= moments["max"]:
        yield place.at("min").problem("Must be less than max")


def _one_way_to_speak(action: Any, place: Place) -> Iterator[Problem]:
    if action.get("displayText") is not None and action.get("text") is not None:
        yield place.at("displayText").problem("can't be used together with text")


def action(label: int, *, label_needed: bool, quick_reply: bool = False, rich_menu: bool = False) -> Check:
    """An action object. Camera, camera roll and location exist in quick replies only, the switch in rich menus only."""
    name: Mapping[str, Check] = {"type": anything, "label": chars(label)}
    always = name if label_needed else {"type": anything}

    def kind(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
        return shape({**always, **required}, {**name, **(optional or {})})

    picker = kind(
        {"data": POSTBACK_DATA, "mode": one_of(*DATE_FORMATS)},
        {"initial": text(), "min": text(), "max": text()},
    )
    postback = kind(
        {"data": POSTBACK_DATA},
        {
            "displayText": chars(300),
            "text": chars(300),
            "inputOption": one_of("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice"),
            "fillInText": chars(300),
        },
    )
    kinds: dict[str, Check] = {
        "postback": both(postback, _one_way_to_speak),
        "message": kind({"text": chars(300)}),
        "uri": kind({"uri": LINK}, {"altUri": shape({}, {"desktop": LINK})}),
        "datetimepicker": both(picker, _date_order),
        "clipboard": kind({"clipboardText": text(1000)}),
    }
    if quick_reply:
        kinds |= {"camera": kind({}), "cameraRoll": kind({}), "location": kind({})}
    if rich_menu:
        kinds |= {"richmenuswitch": kind({"richMenuAliasId": ALIAS_ID, "data": POSTBACK_DATA})}
    return tagged(kinds)


QUICK_REPLY_ACTION = action(20, label_needed=True, quick_reply=True)
TEMPLATE_ACTION = action(20, label_needed=True)
IMAGE_CAROUSEL_ACTION = action(12, label_needed=False)
BUTTON_ACTION = action(40, label_needed=True)
AREA_ACTION = action(40, label_needed=False)
RICH_MENU_ACTION = action(20, label_needed=False, rich_menu=True)
