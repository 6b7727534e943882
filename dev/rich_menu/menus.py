"""The shop's rich menus, one a language: what one can always do, and the way to the other languages.

Words and postbacks are the product's own taps, so a tap here does what the button on a card does. A language is a
`richmenuswitch` whose data is the product's language postback: LINE changes the menu, the shop its tongue.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from storefront.domain.language import Language
from storefront.messages import taps
from storefront.messages.speaker import Speaker

WIDTH: Final = 2500
HEIGHT: Final = 843
"""The smaller of LINE's two usual sizes: the chat keeps most of the screen."""

LANGUAGE_WIDTH: Final = 520
NAME: Final = "storefront"
CHAT_BAR: Final[Mapping[Language, str]] = {
    Language.ZH_TW: "選單",
    Language.EN: "Menu",
    Language.JA: "メニュー",
    Language.TH: "เมนู",
}
PICTURES: Final = Path(__file__).resolve().parent
DEFAULT_LANGUAGE: Final = Language.ZH_TW

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Area:
    """One tappable rectangle, in the picture's pixels, with what it shows and does."""

    x: int
    y: int
    width: int
    height: int
    drawing: str  # of drawing.py; a language has none
    label: str
    action: JsonObject

    def as_json(self) -> JsonObject:
        bounds = {"x": self.x, "y": self.y, "width": self.width, "height": self.height}
        return {"bounds": bounds, "action": self.action}


def alias_of(language: Language) -> str:
    return f"{NAME}-{language.value.lower()}"


def picture_of(language: Language) -> Path:
    return PICTURES / f"{language.value}.png"


def areas_of(language: Language) -> list[Area]:
    """Three things to do from left to right, then the three other languages from top to bottom."""
    speaker = Speaker.of(language)
    doing = [("basket", "catalogue"), ("list", "orders"), ("person", "person")]
    width = (WIDTH - LANGUAGE_WIDTH) // len(doing)
    areas = []
    for place, (drawing, verb) in enumerate(doing):
        action = taps.plain(speaker, verb)
        areas.append(Area(place * width, 0, width, HEIGHT, drawing, str(action["label"]), action))
    spoken = taps.languages(speaker)
    others = [other for other in Language if other is not language]
    height = HEIGHT // len(others)
    for place, (other, tap) in enumerate(zip(others, spoken, strict=True)):
        switch = {
            "type": "richmenuswitch",
            "label": tap["label"],
            "richMenuAliasId": alias_of(other),
            "data": tap["data"],
        }
        areas.append(
            Area(
                WIDTH - LANGUAGE_WIDTH, place * height, LANGUAGE_WIDTH, height, "", str(tap["label"]), switch
            )
        )
    return areas


def menu_of(language: Language, version: str) -> JsonObject:
    """The menu as the Messaging API takes it. `version` names its words and its picture."""
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": f"{NAME} {language.value} {version}",
        "chatBarText": CHAT_BAR[language],
        "areas": [area.as_json() for area in areas_of(language)],
    }
