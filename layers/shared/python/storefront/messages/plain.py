"""A message without its card: what LINE gets when it refuses the card, readable wherever text is.

Lettering becomes lines, a row one line, links stand in the text, and buttons become quick replies.
"""

from collections.abc import Iterator, Sequence
from typing import cast

from storefront.messages.flex import Node, text_message


def without_cards(messages: Sequence[Node]) -> Node:
    """One text message that says what `messages` say.

    Texts that came with no card have nothing to lose but their quick replies, so those are left out.
    """
    lines = [line for message in messages for line in _lines_of(message)]
    cards = [message for message in messages if message["type"] == "flex"]
    return text_message("\n".join(lines), _once([tap for card in cards for tap in _taps_of(card)]))


def _lines_of(message: Node) -> Iterator[str]:
    if message["type"] == "text":
        yield str(message["text"])
        return
    for bubble in _bubbles(message):
        for block in ("header", "body", "footer"):
            yield from _read(cast(Node, bubble.get(block, {})))


def _bubbles(message: Node) -> Sequence[Node]:
    contents = cast(Node, message["contents"])
    return cast(Sequence[Node], contents["contents"]) if contents["type"] == "carousel" else [contents]


def _children(component: Node) -> Sequence[Node]:
    return cast(Sequence[Node], component.get("contents", ()))


def _read(component: Node) -> Iterator[str]:
    kind = component.get("type")
    if kind == "text":
        yield str(component["text"])
    elif kind == "button":
        action = cast(Node, component["action"])
        if action["type"] == "uri":
            yield f"{action['label']} {action['uri']}"
    elif kind == "box" and component["layout"] == "horizontal":
        said = " ".join(line for child in _children(component) for line in _read(child))
        if said:
            yield said
    else:
        for child in _children(component):
            yield from _read(child)


def _taps_of(message: Node) -> Iterator[Node]:
    bubbles = _bubbles(message)
    for bubble in bubbles:
        for tap in _postbacks(cast(Node, bubble.get("footer", {}))):
            # Side by side, the buttons of cards have the same labels; what they say in the chat tells them apart.
            yield {**tap, "label": tap["displayText"]} if len(bubbles) > 1 else tap
    quick = cast(Node, message.get("quickReply", {"items": []}))
    for item in cast(Sequence[Node], quick["items"]):
        yield cast(Node, item["action"])


def _postbacks(component: Node) -> Iterator[Node]:
    action = cast(Node, component.get("action", {}))
    if action.get("type") == "postback":
        yield action
    for child in _children(component):
        yield from _postbacks(child)


def _once(actions: Sequence[Node]) -> list[Node]:
    """Each tap once: a card may offer in its buttons what its quick replies offer too."""
    return list({action.get("data", action["label"]): action for action in actions}.values())
