"""People: what a customer hears who wants one, and what the shop's own people see of a customer in their chats."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from storefront.domain.catalogue import Catalogue
from storefront.domain.handover import Why
from storefront.domain.language import Language
from storefront.messages import flex, taps
from storefront.messages.after_sales_cards import staff_rows
from storefront.messages.flex import Node
from storefront.messages.product_cards import about_word, abouts_in, opens, products_in, shown_name
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

CHAT_OF_THE_SHOP: Final = "https://chat.line.biz/"
"""LINE Official Account Manager's chats, where a person answers."""

OUTCOMES: Final = frozenset({"taken", "other", "ended", "gone"})
LINES_MOST: Final = 8

type Facts = Mapping[str, str]


# The customer ---------------------------------------------------------------------------------------


def person(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    shop = scene.shop
    said = [
        speaker.say("person.text", shop=shop.name, phone=shop.phone, email=shop.email),
        *opens(facts, speaker),
    ]
    back = [taps.plain(speaker, "self_service")] if facts.get("why") == Why.PERSON else []
    quick = [*back, taps.plain(speaker, "catalogue"), taps.plain(speaker, "orders")]
    return [flex.text_message("\n".join(said), quick)]


def self_service(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    return [flex.text_message(speaker.say("self_service.text"), taps.menu(speaker))]


def resumed(speaker: Speaker) -> Node:
    """Stands before the first answer after a talk with a person that ended by itself."""
    return flex.text_message(speaker.say("self_service.resumed"))


# The staff ------------------------------------------------------------------------------------------


def staff_customer(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A customer whom somebody should look at: who, why, what about, what is open; and the way to answer."""
    title = speaker.say(f"staff_customer.why.{Why(facts['why']).value}")
    called = customer_called(facts)
    as_of = speaker.moment(datetime.fromisoformat(facts["as_of"]))
    take_over = taps.of_customer(speaker, "take_over", facts["customer_id"], called)
    hand_back = taps.of_customer(speaker, "hand_back", facts["customer_id"], called)
    card = flex.bubble(
        flex.heading(title, above=scene.shop.name, below=as_of, color=flex.ATTENTION),
        flex.body(
            *(flex.row(label, value) for label, value in _rows(facts, scene, speaker)),
            flex.separator(),
            flex.quiet(speaker.say("staff_customer.how", link=CHAT_OF_THE_SHOP, called=called)),
            spacing="sm",
        ),
        flex.footer(
            flex.button(take_over, primary=True),
            flex.button(flex.link(speaker.say("tap.chat_of_the_shop.label"), CHAT_OF_THE_SHOP)),
            flex.button(hand_back),
        ),
    )
    about = _about(facts, scene, speaker)
    summary = speaker.say("staff_customer.summary", title=title, called=called, about=about or as_of)
    return [flex.flex_message(summary, card)]


def customer_called(facts: Facts) -> str:
    """A short name for a customer that tells two apart and nobody's name: `#k7q2mz`."""
    return f"#{facts['customer_id'][:6]}"


def _rows(facts: Facts, scene: Scene, speaker: Speaker) -> list[tuple[str, str]]:
    catalogue = scene.catalogue()
    language = Language.of_tag(facts.get("language")) or speaker.language
    rows = [
        ("customer", customer_called(facts)),
        ("language", speaker.say(f"language.{language}")),
        ("about", _about(facts, scene, speaker)),
        ("products", _counted_products(facts.get("products", ""), catalogue, speaker)),
        (
            "asked",
            speaker.listed(
                [about_word(about, speaker) for about in abouts_in({"kinds": facts.get("asked", "")})]
            ),
        ),
        ("since", _moment(facts.get("since"), speaker)),
        *_open(facts, scene, speaker),
        *staff_rows(facts, scene, speaker),
    ]
    return [(speaker.say(f"staff_customer.{label}"), value) for label, value in rows if value]


def _about(facts: Facts, scene: Scene, speaker: Speaker) -> str:
    """What the question was that needs a person: `樣品（茉莉綠茶）`."""
    topics = speaker.listed([about_word(about, speaker) for about in abouts_in(facts)])
    names = speaker.listed([shown_name(product, speaker) for product in products_in(facts, scene)])
    if topics and names:
        return flex.clamped(speaker.say("staff_customer.about_of", topics=topics, names=names), 200)
    return topics or names


def _counted_products(written: str, catalogue: Catalogue, speaker: Speaker) -> str:
    pairs = (pair.rpartition(":") for pair in written.split(",") if ":" in pair)
    named = [
        speaker.say("staff_customer.times", name=shown_name(catalogue.products[sku], speaker), count=count)
        for sku, _, count in pairs
        if sku in catalogue.products
    ]
    return flex.clamped("\n".join(named), 200)


def _moment(written: str | None, speaker: Speaker) -> str:
    return speaker.moment(datetime.fromisoformat(written)) if written else ""


def _open(facts: Facts, scene: Scene, speaker: Speaker) -> list[tuple[str, str]]:
    """The open quote with its total and lines, or the order."""
    if "quote_id" in facts:
        quote = scene.quote(facts["quote_id"], int(facts["quote_version"]))
        lines = [
            speaker.say(
                "form.named_count",
                name=speaker.line_name(line, quote.language, scene.catalogue()),
                counted=speaker.counted(line.quantity, line.unit),
            )
            for line in quote.lines[:LINES_MOST]
        ]
        return [
            ("quote", speaker.amount(quote.total, quote.currency)),
            ("lines", flex.clamped("\n".join(lines), 300)),
        ]
    if "order_number" in facts:
        order = scene.order(facts["order_number"])
        said = speaker.say(
            "form.pair", label=order.order_number, value=speaker.amount(order.total, order.currency)
        )
        return [("order", said)]
    return []


def staff_handover(facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    """What became of a staff member's tap."""
    outcome = facts["outcome"] if facts["outcome"] in OUTCOMES else "gone"
    called = customer_called(facts) if facts["customer_id"] else ""
    said = speaker.say(f"staff_handover.{outcome}", called=called, link=CHAT_OF_THE_SHOP)
    again = {"taken": "hand_back", "ended": "take_over"}.get(outcome)
    quick = [taps.of_customer(speaker, again, facts["customer_id"], called)] if again else []
    return [flex.text_message(said, quick)]
