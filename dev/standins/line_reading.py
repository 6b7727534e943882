"""What a person sees in a LINE message, read from its raw JSON: words, buttons to tap, links to open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

JsonObject = dict[str, Any]

# What a message without words looks like in the chat.
PICTURES = {
    "image": "[圖片]",
    "video": "[影片]",
    "audio": "[語音]",
    "sticker": "[貼圖]",
    "coupon": "[優惠券]",
}


@dataclass(frozen=True)
class Button:
    """Something that can be tapped; `action` is the raw action object."""

    label: str
    action: JsonObject
    in_quick_reply: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        """The words by which a person would name this button: its label, and what it writes into the chat."""
        written = (self.label, self.action.get("displayText"), self.action.get("text"))
        return tuple(dict.fromkeys(words for words in written if words))


def words(message: JsonObject) -> str:
    """All that can be read in the message, line by line, without its buttons' labels and without altText."""
    match message.get("type"):
        case "text" | "textV2":
            return str(message["text"])
        case "flex":
            return "\n".join(_flex_words(message["contents"]))
        case "template":
            template = message["template"]
            parts = [template, *template.get("columns", [])]
            return "\n".join(part[name] for part in parts for name in ("title", "text") if part.get(name))
        case "location":
            return f"{message.get('title') or ''}\n{message.get('address') or ''}".strip()
        case "imagemap":
            return str(message["altText"])
        case kind:
            return PICTURES.get(str(kind), f"[{kind}]")


def buttons(message: JsonObject) -> list[Button]:
    """Everything in the message that can be tapped, in reading order, the quick replies last."""
    found = [Button(str(action.get("label") or ""), action) for action in _actions(message.get("contents"))]
    found += [Button(str(action.get("label") or ""), action) for action in _actions(message.get("template"))]
    quick_replies = (message.get("quickReply") or {}).get("items") or []
    found += [Button(str(item["action"].get("label") or ""), item["action"], True) for item in quick_replies]
    return found


def links(message: JsonObject) -> list[str]:
    """Every address that a tap would open."""
    return [button.action["uri"] for button in buttons(message) if button.action["type"] == "uri"]


def _flex_words(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for inner in part:
            yield from _flex_words(inner)
        return
    if not isinstance(part, dict):
        return
    if part.get("type") == "text":
        spans = "".join(str(span.get("text", "")) for span in part.get("contents") or [])
        yield spans or str(part.get("text", ""))
        return
    if part.get("type") == "box" and part.get("layout") in {"horizontal", "baseline"}:
        line = " ".join(text for text in _flex_words(part["contents"]) if text)
        if line:
            yield line
        return
    for name in ("header", "hero", "body", "footer", "contents"):
        yield from _flex_words(part.get(name))


def _actions(part: Any) -> Iterator[JsonObject]:
    if isinstance(part, list):
        for inner in part:
            yield from _actions(inner)
    elif isinstance(part, dict):
        action = part.get("action")
        if isinstance(action, dict):
            yield action
        for name in ("header", "hero", "body", "footer", "contents", "columns", "actions"):
            inner = part.get(name)
            if name == "actions" and isinstance(inner, list):
                yield from (each for each in inner if isinstance(each, dict))
            else:
                yield from _actions(inner)
