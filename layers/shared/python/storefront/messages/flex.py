"""The pieces of LINE messages as plain JSON: each function returns a new tree from nothing but its arguments.

Limits and names are those of LINE's Messaging API (message objects, Flex Message elements). Text is clamped
here, so whatever a customer or a back office wrote can neither break a card nor make LINE refuse it.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Final

type Node = dict[str, object]

BRAND: Final = "#2F6B4F"
INK: Final = "#1E2A25"
QUIET: Final = "#5F6B66"
TINT: Final = "#EFF5F1"
LINE_COLOUR: Final = "#DCE5E0"
ON_BRAND: Final = "#FFFFFF"
ON_BRAND_QUIET: Final = "#DDEBE3"

ATTENTION: Final = "#8A4B00"
ATTENTION_TINT: Final = "#FFF4E0"

ALT_TEXT_MOST: Final = 400
TEXT_MOST: Final = 5000
FIELD_MOST: Final = 300
QUICK_REPLIES_MOST: Final = 13
QUICK_LABEL_MOST: Final = 20
BUTTON_LABEL_MOST: Final = 40
DISPLAY_TEXT_MOST: Final = 300


def clamped(text: str, most: int) -> str:
    """`text` within `most` UTF-16 units, LINE's measure, with an ellipsis when something was cut off."""
    if _units(text) <= most:
        return text
    kept = text[: most - 1]
    while _units(kept) > most - 1:
        kept = kept[:-1]
    return kept + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="replace")) // 2


def size_of(component: Node) -> int:
    """Bytes of `component` as LINE is taken to count them: compact JSON in UTF-8."""
    return len(json.dumps(component, ensure_ascii=False, separators=(",", ":")).encode())


def one_line(text: str, most: int = FIELD_MOST) -> str:
    """What somebody else wrote, on one line within `most` units; never empty, for LINE refuses empty text."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return clamped(" ".join(printable.split()), most) or "–"


# Messages -----------------------------------------------------------------------------------------


def text_message(said: str, quick: Sequence[Node] = ()) -> Node:
    """A plain text message, with quick replies below it."""
    return _with_quick_replies({"type": "text", "text": clamped(said, TEXT_MOST)}, quick)


def flex_message(summary: str, contents: Node, quick: Sequence[Node] = ()) -> Node:
    """A card. `summary` is what notifications and the chat list show, so it states the fact."""
    message: Node = {"type": "flex", "altText": clamped(summary, ALT_TEXT_MOST), "contents": contents}
    return _with_quick_replies(message, quick)


def _with_quick_replies(message: Node, quick: Sequence[Node]) -> Node:
    if not quick:
        return message
    items = [
        {"type": "action", "action": {**action, "label": clamped(str(action["label"]), QUICK_LABEL_MOST)}}
        for action in quick[:QUICK_REPLIES_MOST]
    ]
    return {**message, "quickReply": {"items": items}}


# Actions ------------------------------------------------------------------------------------------


def postback(label: str, data: str, said: str) -> Node:
    """A tap that comes back to us as `data`; the chat shows `said` as the customer's own words."""
    return {
        "type": "postback",
        "label": clamped(label, BUTTON_LABEL_MOST),
        "data": data,
        "displayText": clamped(said, DISPLAY_TEXT_MOST),
    }


def date_picker(label: str, data: str, *, first: str, chosen: str | None) -> Node:
    """A tap that asks for a day, from `first` on, both in ISO 8601; it comes back to us as `data` with the day."""
    initial = {"initial": chosen} if chosen is not None and chosen >= first else {}
    return {
        "type": "datetimepicker",
        "label": clamped(label, BUTTON_LABEL_MOST),
        "data": data,
        "mode": "date",
        "min": first,
        **initial,
    }


def said_as(words: str) -> Node:
    """A tap that writes `words` into the chat as if the customer had typed them."""
    return {
        "type": "message",
        "label": clamped(words, BUTTON_LABEL_MOST),
        "text": clamped(words, DISPLAY_TEXT_MOST),
    }


def relabelled(action: Node, label: str) -> Node:
    """`action` under a shorter name."""
    return {**action, "label": clamped(label, BUTTON_LABEL_MOST)}


def link(label: str, uri: str) -> Node:
    """A tap that opens `uri`, which must be https, http or tel and percent-encoded."""
    return {"type": "uri", "label": clamped(label, BUTTON_LABEL_MOST), "uri": uri}


def copied(label: str, text: str) -> Node:
    """A tap that puts `text` on the clipboard."""
    return {
        "type": "clipboard",
        "label": clamped(label, BUTTON_LABEL_MOST),
        "clipboardText": clamped(text, 1000),
    }


# Containers ---------------------------------------------------------------------------------------


def bubble(
    header: Node | None = None,
    body: Node | None = None,
    footer: Node | None = None,
    *,
    hero: Node | None = None,
    size: str = "mega",
) -> Node:
    """One card."""
    made: Node = {"type": "bubble", "size": size}
    blocks = {"header": header, "hero": hero, "body": body, "footer": footer}
    made.update({name: block for name, block in blocks.items() if block is not None})
    return made


def carousel(bubbles: Sequence[Node]) -> Node:
    """Cards side by side, twelve at the most; LINE wants them all the same size."""
    return {"type": "carousel", "contents": list(bubbles[:12])}


def box(layout: str, contents: Iterable[Node], **look: object) -> Node:
    return {"type": "box", "layout": layout, "contents": list(contents), **look}


def vertical(*contents: Node, **look: object) -> Node:
    return box("vertical", contents, **look)


def horizontal(*contents: Node, **look: object) -> Node:
    return box("horizontal", contents, **look)


# Components ---------------------------------------------------------------------------------------


def text(said: str, *, color: str = INK, size: str = "sm", **look: object) -> Node:
    """Lettering that grows with the customer's own font size (`scaling`)."""
    return {
        "type": "text",
        "text": clamped(said, 1000) or "–",
        "color": color,
        "size": size,
        "wrap": True,
        "scaling": True,
        **look,
    }


def quiet(said: str, *, size: str = "xs", **look: object) -> Node:
    return text(said, color=QUIET, size=size, **look)


def separator(margin: str = "lg") -> Node:
    return {"type": "separator", "margin": margin, "color": LINE_COLOUR}


def button(action: Node, *, primary: bool = False, height: str = "sm") -> Node:
    """A button; the one that matters most on a card is `primary`."""
    return {
        "type": "button",
        "action": action,
        "style": "primary" if primary else "link",
        "color": BRAND,
        "height": height,
        "adjustMode": "shrink-to-fit",
        "scaling": True,
    }


def picture(url: str, *, ratio: str = "20:13") -> Node:
    """A picture across the whole card."""
    return {"type": "image", "url": url, "size": "full", "aspectRatio": ratio, "aspectMode": "cover"}


# Patterns that the cards share --------------------------------------------------------------------


def heading(title: str, *, above: str = "", below: str = "", color: str = BRAND) -> Node:
    """The coloured head of a card: what it is, whose it is, and one fact."""
    contents = [
        *([text(above, color=ON_BRAND_QUIET, size="xs")] if above else []),
        text(title, color=ON_BRAND, size="lg", weight="bold"),
        *([text(below, color=ON_BRAND_QUIET, size="sm")] if below else []),
    ]
    return vertical(*contents, backgroundColor=color, paddingAll="16px", spacing="xs")


def body(*contents: Node, spacing: str = "md") -> Node:
    return vertical(*contents, spacing=spacing, paddingAll="16px")


def footer(*buttons: Node) -> Node:
    return vertical(*buttons, spacing="sm", paddingAll="12px")


def row(label: str, value: str, *, bold: bool = False, color: str = INK) -> Node:
    """A label on the left and its value on the right."""
    return horizontal(
        quiet(label, size="sm", flex=2),
        text(value, color=color, flex=4, align="end", weight="bold" if bold else "regular"),
        spacing="md",
    )


def fact(label: str, value: str) -> Node:
    """A label above its value, for values that may take several lines."""
    return vertical(quiet(label), text(value), spacing="xs")


def notice(said: str, *, color: str = ATTENTION, tint: str = ATTENTION_TINT) -> Node:
    """A tinted strip for the one thing that must not be overlooked."""
    return vertical(
        text(said, color=color), backgroundColor=tint, cornerRadius="8px", paddingAll="10px", margin="md"
    )


def total(label: str, amount: str, below: str = "") -> Node:
    """The sum of a card, larger than anything else on it."""
    line = horizontal(
        text(label, weight="bold", flex=3, gravity="center"),
        text(amount, color=BRAND, size="xl", weight="bold", flex=4, align="end", wrap=False),
        spacing="md",
    )
    lines = [line, *([quiet(below, align="end")] if below else [])]
    return vertical(
        *lines, backgroundColor=TINT, cornerRadius="8px", paddingAll="12px", spacing="xs", margin="md"
    )
