"""Personal data: what is kept of a customer and how long, and the way to be forgotten."""

from collections.abc import Mapping
from datetime import datetime

from storefront.messages import flex, taps, terms
from storefront.messages.flex import Node
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

type Facts = Mapping[str, str]


def my_data(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Everything by its kind; the phone number is masked as on every card, enough to know one's own."""
    conversation = scene.conversation()
    none = flex.row(speaker.say("my_data.on_file"), speaker.say("my_data.nothing"))
    on_file = terms.details_facts(conversation.on_file, speaker) if conversation.on_file else [none]
    card = flex.bubble(
        flex.heading(speaker.say("my_data.title"), above=scene.shop.name),
        flex.body(
            flex.row(speaker.say("my_data.language"), speaker.say(f"language.{conversation.language}")),
            *on_file,
            flex.separator(),
            flex.row(speaker.say("my_data.orders"), _orders(facts, speaker)),
            *(
                flex.row(speaker.say(f"my_data.{kind}"), speaker.say("my_data.counted", count=facts[kind]))
                for kind in ("deliveries", "phrases", "remarks", "signals")
            ),
            flex.separator(),
            flex.quiet(
                speaker.say(
                    "my_data.kept",
                    conversation=facts["conversation_days"],
                    delivery=facts["delivery_days"],
                    events=facts["events_out_days"],
                    phrases=facts["phrases_days"],
                    remarks=facts["remarks_days"],
                    leads=facts["leads_days"],
                    messages=facts["messages_days"],
                )
            ),
            flex.quiet(speaker.say("my_data.purpose", shop=scene.shop.name, email=scene.shop.email)),
            spacing="sm",
        ),
        flex.footer(
            flex.button(taps.plain(speaker, "erase_data")),
            flex.button(taps.plain(speaker, "person")),
        ),
    )
    return [flex.flex_message(speaker.say("my_data.summary"), card)]


def _orders(facts: Facts, speaker: Speaker) -> str:
    if "since" not in facts:
        return speaker.say("my_data.nothing")
    since = speaker.dated(datetime.fromisoformat(facts["since"]))
    return speaker.say("my_data.orders_since", count=facts["orders"], since=since)


def erase_confirm(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """What goes, what stays and why, before anything is done."""
    card = flex.bubble(
        flex.heading(speaker.say("erase_confirm.title"), above=scene.shop.name, color=flex.ATTENTION),
        flex.body(
            flex.text(speaker.say("erase_confirm.goes")),
            flex.text(speaker.say("erase_confirm.stays")),
            *_under_way(facts, speaker),
            flex.quiet(speaker.say("erase_confirm.after")),
        ),
        flex.footer(
            flex.button(taps.plain(speaker, "erase_yes"), primary=True),
            flex.button(taps.plain(speaker, "my_data")),
        ),
    )
    return [flex.flex_message(speaker.say("erase_confirm.summary"), card)]


def _under_way(facts: Facts, speaker: Speaker) -> list[Node]:
    orders = [number for number in facts["orders"].split(",") if number]
    if not orders:
        return []
    said = speaker.say("erase_confirm.under_way", orders=speaker.listed(orders[:5]))
    return [flex.notice(said)]


def erasure_asked(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    orders = [number for number in facts["orders"].split(",") if number]
    if not orders:
        return [flex.text_message(speaker.say("erasure_asked.text"))]
    said = speaker.say("erasure_asked.under_way", orders=speaker.listed(orders[:5]))
    return [flex.text_message(said, [taps.plain(speaker, "orders")])]


def erased(_facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    return [flex.text_message(speaker.say("erased.text", shop=scene.shop.name))]
