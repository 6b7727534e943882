"""Cards without an order: the welcome, how to order, the catalogue, and short answers to short words."""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Final
from urllib.parse import quote

from storefront.domain.catalogue import Product, ProductKind
from storefront.domain.money import Currency
from storefront.messages import flex, taps
from storefront.messages.flex import Node
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

CARDS_MOST: Final = 12
SUGGESTIONS_MOST: Final = 10
CARDS_BYTES: Final = 44_000
"""Room for product cards in a carousel's 50 KB; the rest is for the card that names what found none."""

SHOP_CURRENCY: Final = Currency.TWD
"""The currency of the catalogue's prices; a quote carries its own."""

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
    cards = product_cards(scene, speaker, CARDS_MOST)
    if cards is None:
        return [flex.text_message(speaker.say("catalogue.empty"), [taps.plain(speaker, "person")])]
    return [flex.flex_message(summary, cards, [taps.plain(speaker, "orders"), taps.plain(speaker, "person")])]


def not_understood(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A hint with an example; the second time in a row it offers a person first."""
    wants_person = facts.get("offer_person") == "yes"
    key = "not_understood.again" if wants_person else "not_understood.text"
    said = speaker.say(key, example=example_order(scene, speaker))
    cards = product_cards(scene, speaker, SUGGESTIONS_MOST)
    person = taps.plain(speaker, "person")
    others = [taps.plain(speaker, "orders"), *taps.languages(speaker)]
    if cards is None:
        return [flex.text_message(said, [person, *others])]
    summary = speaker.say("catalogue.summary", shop=scene.shop.name)
    return [flex.text_message(said), flex.flex_message(summary, cards, [person, *others])]


def product_cards(scene: Scene, speaker: Speaker, most: int) -> Node | None:
    """The products side by side; those that find no room are named on a last card."""
    products = scene.catalogue().on_offer
    if not products:
        return None
    cards: list[Node] = []
    left = CARDS_BYTES
    for product in products[: most if len(products) <= most else most - 1]:
        card = _product_card(product, scene, speaker)
        left -= flex.size_of(card)
        if left < 0:
            break
        cards.append(card)
    if len(cards) < len(products):
        cards.append(_more_card(products[len(cards) :], speaker))
    return flex.carousel(cards)


def _product_card(product: Product, scene: Scene, speaker: Speaker) -> Node:
    name = product.name(speaker.language)
    one = speaker.counted(1, product.unit)
    amount = speaker.amount(product.price, SHOP_CURRENCY)
    price = speaker.say("catalogue.price", amount=amount, unit=speaker.unit(product.unit))
    description = product.description(speaker.language)
    facts = [
        *([flex.text(flex.one_line(description, 120), maxLines=4)] if description else []),
        *_tiers(product, speaker),
        *_specifications(product, speaker),
    ]
    order_one = flex.relabelled(
        taps.order_of(speaker, product.sku, 1, name, one), speaker.say("tap.want.label", counted=one)
    )
    footer = flex.footer(flex.button(order_one, primary=True))
    picture = _picture(product, scene)
    if picture is None:
        body = flex.body(*facts, spacing="sm") if facts else None
        return flex.bubble(flex.heading(name, below=price), body, footer, size="kilo")
    named = (flex.text(name, size="md", weight="bold"), flex.text(price, color=flex.BRAND, weight="bold"))
    body = flex.body(*named, *facts, spacing="sm")
    return flex.bubble(body=body, footer=footer, hero=flex.picture(picture), size="kilo")


def _picture(product: Product, scene: Scene) -> str | None:
    base = scene.shop.picture_base_url.rstrip("/")
    if not base.startswith("https://") or product.picture is None:
        return None
    return f"{base}/{product.picture}"


def _tiers(product: Product, speaker: Speaker) -> Sequence[Node]:
    """What more units cost each, and how many units a pack holds."""
    tiers = [
        speaker.say(
            "catalogue.tier",
            counted=speaker.counted(tier.from_quantity, product.unit),
            amount=speaker.amount(tier.unit_price, SHOP_CURRENCY),
            unit=speaker.unit(product.unit),
        )
        for tier in product.tiers[:4]
    ]
    packs = [
        speaker.say(
            "catalogue.pack", pack=speaker.counted(1, pack), counted=speaker.counted(size, product.unit)
        )
        for pack, size in islice(product.packs.items(), 3)
    ]
    return [flex.quiet(line) for line in (*tiers, *packs)]


def _specifications(product: Product, speaker: Speaker) -> Sequence[Node]:
    pairs = list(islice(product.specification(speaker.language).items(), 5))
    lines = [
        speaker.say("form.labelled", label=flex.one_line(label, 30), value=flex.one_line(value, 60))
        for label, value in pairs
    ]
    if product.shelf_life_days is not None:
        lines.append(speaker.say("catalogue.shelf_life", days=product.shelf_life_days))
    if product.allergens:
        allergens = [speaker.say(f"allergen.{allergen}") for allergen in product.allergens]
        lines.append(speaker.say("catalogue.allergens", allergens=speaker.listed(allergens)))
    return [flex.quiet(line) for line in lines]


def _more_card(products: Sequence[Product], speaker: Speaker) -> Node:
    names = flex.clamped(speaker.listed([product.name(speaker.language) for product in products]), 500)
    return flex.bubble(
        body=flex.body(
            flex.text(speaker.say("catalogue.more", count=len(products)), size="md", weight="bold"),
            flex.quiet(names, size="sm"),
            flex.quiet(speaker.say("catalogue.more_hint")),
        ),
        size="kilo",
    )


def person(_facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    shop = scene.shop
    said = speaker.say("person.text", shop=shop.name, phone=shop.phone, email=shop.email)
    return [flex.text_message(said, [taps.plain(speaker, "catalogue"), taps.plain(speaker, "orders")])]


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
