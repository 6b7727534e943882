"""Linking an order that was placed elsewhere: the two questions, the one refusal, and the order itself."""

from collections.abc import Mapping

from storefront.messages import flex, taps
from storefront.messages.flex import Node
from storefront.messages.order_cards import order_status
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

type Facts = Mapping[str, str]


def link_number(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    return [flex.text_message(speaker.say("link.number"), [taps.plain(speaker, "link_stop")])]


def link_digits(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """Asks for the digits; a number with a slip in it is pointed out, by its check character alone."""
    hint = [speaker.say("link.slip")] if facts.get("slip") == "yes" else []
    said = "\n".join([*hint, speaker.say("link.digits", digits=facts["digits"])])
    return [flex.text_message(said, [taps.plain(speaker, "link_stop"), taps.plain(speaker, "person")])]


def link_refused(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """The same for a number that never was, digits that are not right, and an order that is somebody else's (X4)."""
    said = speaker.say("link.refused", digits=facts["digits"])
    return [flex.text_message(said, [taps.plain(speaker, "link_stop"), taps.plain(speaker, "person")])]


def link_locked(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    said = speaker.say("link.locked", hours=facts["hours"])
    return [flex.text_message(said, [taps.plain(speaker, "person"), taps.plain(speaker, "orders")])]


def link_left(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    quick = [taps.plain(speaker, "orders"), taps.plain(speaker, "catalogue")]
    return [flex.text_message(speaker.say("link.left"), quick)]


def order_linked(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """That it is theirs from now on, or was already, and where it stands; what happened before is not told again."""
    said = "link.before" if facts.get("before") == "yes" else "link.done"
    linked = flex.text_message(speaker.say(said, order=facts["order_number"]))
    return [linked, *order_status(facts, scene, speaker)]
