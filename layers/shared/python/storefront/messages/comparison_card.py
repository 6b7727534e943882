"""Two or three products side by side, readable on a phone: labels stand above, so each product has a whole column."""

from collections.abc import Mapping, Sequence
from typing import Final

from storefront.domain.catalogue import Product
from storefront.messages import flex, product_facts, taps
from storefront.messages.flex import Node
from storefront.messages.product_cards import picture_of, price_of, products_in, shown_name, stock_in
from storefront.messages.product_facts import SHOP_CURRENCY
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

COMPARED_MOST: Final = 3

type Facts = Mapping[str, str]


def comparison(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """Two or three products in one table: what they cost, hold and are good for, and a button to order each."""
    products = products_in(facts, scene)[:COMPARED_MOST]
    if not products:
        return [flex.text_message(speaker.say("question_quantity.gone"), taps.menu(speaker))]
    stock = stock_in(facts)
    names = [flex.clamped(shown_name(product, speaker), 40) for product in products]
    prices = [price_of(product, speaker) for product in products]
    pictures = [picture_of(product, scene) for product in products]
    rows = [
        ("comparison.price", prices),
        ("comparison.tiers", [_tiers_below_each_other(product, speaker) for product in products]),
        ("comparison.weight", [product_facts.weight(product, speaker) for product in products]),
        ("comparison.shelf_life", [_shelf_life(product, speaker) for product in products]),
        ("comparison.stock", [product_facts.stock_word(product, speaker, stock) for product in products]),
        ("comparison.good_for", [product_facts.good_for(product, speaker) for product in products]),
    ]
    card = flex.bubble(
        flex.heading(speaker.say("comparison.title"), above=scene.shop.name),
        flex.body(
            *([flex.horizontal(*map(_thumbnail, pictures), spacing="md")] if any(pictures) else []),
            _cells(names, weight="bold"),
            *(_table_row(speaker.say(label), cells) for label, cells in rows if any(cells)),
            spacing="md",
        ),
        flex.footer(
            *(
                flex.button(
                    flex.relabelled(
                        taps.of_product(speaker, "want", product.sku, name),
                        speaker.say("tap.want_named.label", name=name),
                    ),
                    primary=True,
                )
                for product, name in zip(products, names, strict=True)
            )
        ),
        size="giga",
    )
    priced = [
        speaker.say("product_answer.price", name=name, price=price)
        for name, price in zip(names, prices, strict=True)
    ]
    summary = speaker.say("comparison.summary", products=speaker.listed(priced))
    return [
        flex.flex_message(summary, card, [taps.plain(speaker, "catalogue"), taps.plain(speaker, "person")])
    ]


def _tiers_below_each_other(product: Product, speaker: Speaker) -> str:
    return "\n".join(
        speaker.say(
            "comparison.tier",
            counted=speaker.counted(tier.from_quantity, product.unit),
            amount=speaker.amount(tier.unit_price, SHOP_CURRENCY),
        )
        for tier in product.tiers[:3]
    )


def _shelf_life(product: Product, speaker: Speaker) -> str:
    return (
        "" if product.shelf_life_days is None else speaker.say("product.days", days=product.shelf_life_days)
    )


def _thumbnail(url: str | None) -> Node:
    if url is None:
        return flex.vertical({"type": "filler"})
    return {**flex.picture(url, ratio="1:1"), "flex": 1}


def _table_row(label: str, cells: Sequence[str]) -> Node:
    """The label above, so that each product has a whole column of its own on a narrow phone."""
    return flex.vertical(flex.separator("none"), flex.quiet(label), _cells(cells, size="xs"), spacing="xs")


def _cells(cells: Sequence[str], **look: str) -> Node:
    return flex.horizontal(*(flex.text(cell or "–", flex=1, **look) for cell in cells), spacing="md")
