"""Cards without an order: the welcome, how to order, the catalogue, and short answers to short words."""

from collections.abc import Mapping
from itertools import islice
from typing import Final
from urllib.parse import quote

from storefront.domain.catalogue import Product, ProductKind
from storefront.messages import flex, product_cards, taps
from storefront.messages.flex import Node
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

CARDS_MOST: Final = 12
SUGGESTIONS_MOST: Final = 10
type Facts = Mapping[str, str]


def example_order(scene: Scene, speaker: Speaker) -> str:
    """Words that would make a quote, from the shop's own catalogue: `茉莉綠茶 2 箱、高山烏龍茶 5 罐`."""
    goods = (product for product in scene.catalogue().on_offer if product.kind is ProductKind.GOODS)
    first_two = islice(goods, 2)
    return speaker.listed([_example(product, speaker, place) for place, product in enumerate(first_two)])


def _example(product: Product, speaker: Speaker, place: int) -> str:
    pack = next(iter(product.packs), None)
    counted = speaker.counted(2, pack) if pack and place == 0 else speaker.counted(5, product.unit)
    return speaker.say("form.named_count", name=product.name(speaker.language), counted=counted)


def welcome(_facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    shop = scene.shop.name
    card = flex.bubble(
        flex.heading(speaker.say("welcome.title", shop=shop), below=speaker.say("welcome.below")),
        flex.body(
            flex.text(speaker.say("welcome.text")),
            _example_strip(scene, speaker),
            flex.quiet(speaker.say("welcome.commands")),
        ),
        flex.footer(
            flex.button(taps.plain(speaker, "catalogue"), primary=True),
            flex.button(taps.plain(speaker, "person")),
        ),
    )
    return [flex.flex_message(speaker.say("welcome.summary", shop=shop), card, taps.languages(speaker))]


def how_to_order(_facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    steps = [flex.text(speaker.say(f"how_to_order.step{number}")) for number in (1, 2, 3, 4)]
    card = flex.bubble(
        flex.heading(speaker.say("how_to_order.title"), above=scene.shop.name),
        flex.body(*steps, _example_strip(scene, speaker), flex.quiet(speaker.say("how_to_order.commands"))),
        flex.footer(
            flex.button(taps.plain(speaker, "catalogue"), primary=True),
            flex.button(taps.plain(speaker, "orders")),
            flex.button(taps.plain(speaker, "person")),
        ),
    )
    return [flex.flex_message(speaker.say("how_to_order.summary"), card, taps.languages(speaker))]


def _example_strip(scene: Scene, speaker: Speaker) -> Node:
    example = example_order(scene, speaker)
    return flex.notice(speaker.say("how_to_order.example", example=example), color=flex.BRAND, tint=flex.TINT)


def catalogue(_facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    summary = speaker.say("catalogue.summary", shop=scene.shop.name)
    cards = product_cards.on_offer(scene, speaker, CARDS_MOST)
    if cards is None:
        return [flex.text_message(speaker.say("catalogue.empty"), [taps.plain(speaker, "person")])]
    return [flex.flex_message(summary, cards, [taps.plain(speaker, "orders"), taps.plain(speaker, "person")])]


def not_understood(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A hint with an example; the second time in a row it offers a person first."""
    wants_person = facts.get("offer_person") == "yes"
    key = "not_understood.again" if wants_person else "not_understood.text"
    said = speaker.say(key, example=example_order(scene, speaker))
    cards = product_cards.on_offer(scene, speaker, SUGGESTIONS_MOST)
    person = taps.plain(speaker, "person")
    others = [taps.plain(speaker, "orders"), *taps.languages(speaker)]
    if cards is None:
        return [flex.text_message(said, [person, *others])]
    summary = speaker.say("catalogue.summary", shop=scene.shop.name)
    return [flex.text_message(said), flex.flex_message(summary, cards, [person, *others])]


def thanks(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    return [flex.text_message(speaker.say("thanks.text"))]


def acknowledged(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    return [flex.text_message(speaker.say("acknowledged.text"))]


def group_hint(_facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    return [flex.text_message(speaker.say("group_hint.text", link=chat_link(scene.shop.official_account)))]


def chat_link(official_account: str) -> str:
    """The address that opens the one-to-one chat with the shop."""
    return f"https://line.me/R/ti/p/{quote(official_account, safe='')}"


def language_changed(_facts: Facts, _scene: Scene, speaker: Speaker) -> list[Node]:
    return [flex.text_message(speaker.say("language_changed.text"), taps.menu(speaker))]
