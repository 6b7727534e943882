"""Products: cards with picture, specification and price tiers, and answers to questions about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from storefront.domain.catalogue import Product
from storefront.language.product_questions import About
from storefront.messages import flex, product_facts, taps
from storefront.messages.flex import Node
from storefront.messages.product_facts import SHOP_CURRENCY, Stock
from storefront.messages.scene import Scene
from storefront.messages.speaker import Speaker

CARDS_BYTES: Final = 44_000
"""Room for product cards in a carousel's 50 KB; the rest is for the card that names what found none."""

ASKED_NEXT: Final = (
    About.PRICE,
    About.STOCK,
    About.SHELF_LIFE,
    About.USAGE,
    About.INGREDIENTS,
    About.ALLERGENS,
    About.VEGETARIAN,
    About.ORIGIN,
    About.LEAD_TIME,
    About.RETURNS,
)
"""Questions that an answer offers next, as far as the catalogue answers them."""

NEXT_MOST: Final = 5
WHICH_MOST: Final = 12

type Facts = Mapping[str, str]


def shown_name(product: Product, speaker: Speaker) -> str:
    """The name on one line, whatever signs a back office put into it."""
    return flex.one_line(product.name(speaker.language), 100)


def opens(facts: Facts, speaker: Speaker) -> list[str]:
    """When somebody of the shop will be there, if it matters and nobody is now."""
    if "opens" not in facts:
        return []
    return [speaker.say("person.opens", at=speaker.moment(datetime.fromisoformat(facts["opens"])))]


# In a row ------------------------------------------------------------------------------------------


def on_offer(scene: Scene, speaker: Speaker, most: int) -> Node | None:
    """The products side by side; those that find no room are named on a last card."""
    products = scene.catalogue().on_offer
    if not products:
        return None
    return side_by_side(products, scene, speaker, most)


def side_by_side(products: Sequence[Product], scene: Scene, speaker: Speaker, most: int) -> Node:
    """Small cards of `products`, as many as find room."""
    cards: list[Node] = []
    left = CARDS_BYTES
    for product in products[: most if len(products) <= most else most - 1]:
        card = _small_card(product, scene, speaker)
        left -= flex.size_of(card)
        if left < 0:
            break
        cards.append(card)
    if len(cards) < len(products):
        cards.append(_more_card(products[len(cards) :], speaker))
    return flex.carousel(cards)


def _small_card(product: Product, scene: Scene, speaker: Speaker) -> Node:
    name = shown_name(product, speaker)
    one = speaker.counted(1, product.unit)
    price = price_of(product, speaker)
    description = product.description(speaker.language)
    facts = [
        *([flex.text(flex.one_line(description, 120), maxLines=4)] if description else []),
        *(flex.quiet(line) for line in product_facts.tier_lines(product, speaker)),
        *(flex.quiet(line) for line in _packs(product, speaker)),
        *_short_specification(product, speaker),
    ]
    order_one = flex.relabelled(
        taps.order_of(speaker, product.sku, 1, name, one), speaker.say("tap.want.label", counted=one)
    )
    footer = flex.footer(
        flex.button(order_one, primary=True),
        flex.button(taps.of_product(speaker, "about", product.sku, name)),
    )
    picture = picture_of(product, scene)
    if picture is None:
        body = flex.body(*facts, spacing="sm") if facts else None
        return flex.bubble(flex.heading(name, below=price), body, footer, size="kilo")
    named = (flex.text(name, size="md", weight="bold"), flex.text(price, color=flex.BRAND, weight="bold"))
    body = flex.body(*named, *facts, spacing="sm")
    return flex.bubble(body=body, footer=footer, hero=flex.picture(picture), size="kilo")


def price_of(product: Product, speaker: Speaker) -> str:
    amount = speaker.amount(product.price, SHOP_CURRENCY)
    return speaker.say("catalogue.price", amount=amount, unit=speaker.unit(product.unit))


def picture_of(product: Product, scene: Scene) -> str | None:
    base = scene.shop.picture_base_url.rstrip("/")
    if not base.startswith("https://") or product.picture is None:
        return None
    return f"{base}/{product.picture}"


def _packs(product: Product, speaker: Speaker) -> list[str]:
    """How many units a pack holds."""
    return [
        speaker.say(
            "catalogue.pack", pack=speaker.counted(1, pack), counted=speaker.counted(size, product.unit)
        )
        for pack, size in islice(product.packs.items(), 3)
    ]


def _short_specification(product: Product, speaker: Speaker) -> Sequence[Node]:
    lines = [
        speaker.say("form.labelled", label=label, value=value)
        for label, value in _specification(product, speaker, most=5, longest=60)
    ]
    if product.shelf_life_days is not None:
        lines.append(speaker.say("catalogue.shelf_life", days=product.shelf_life_days))
    if product.allergens:
        lines.append(speaker.say("catalogue.allergens", allergens=_allergens(product, speaker)))
    return [flex.quiet(line) for line in lines]


def _specification(product: Product, speaker: Speaker, most: int, longest: int) -> list[tuple[str, str]]:
    return [
        (flex.one_line(label, 30), flex.one_line(value, longest))
        for label, value in islice(product.specification(speaker.language).items(), most)
    ]


def _allergens(product: Product, speaker: Speaker) -> str:
    return speaker.listed([speaker.say(f"allergen.{allergen}") for allergen in product.allergens])


def _more_card(products: Sequence[Product], speaker: Speaker) -> Node:
    names = flex.clamped(speaker.listed([shown_name(product, speaker) for product in products]), 500)
    return flex.bubble(
        body=flex.body(
            flex.text(speaker.say("catalogue.more", count=len(products)), size="md", weight="bold"),
            flex.quiet(names, size="sm"),
            flex.quiet(speaker.say("catalogue.more_hint")),
        ),
        size="kilo",
    )


# One product ---------------------------------------------------------------------------------------


def product(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """All that the catalogue says of one product."""
    found = scene.catalogue().find(facts.get("skus", ""))
    if found is None:
        return [flex.text_message(speaker.say("question_quantity.gone"), taps.menu(speaker))]
    card = _whole_card(found, stock_in(facts), scene, speaker)
    summary = product_facts.price_line(found, speaker)
    return [flex.flex_message(summary, card, _next_questions(found, (About.PRICE,), facts, scene, speaker))]


def _whole_card(product: Product, stock: Stock, scene: Scene, speaker: Speaker) -> Node:
    name, price = shown_name(product, speaker), price_of(product, speaker)
    description = product.description(speaker.language)
    rows = [*_specification(product, speaker, most=12, longest=120), *_terms(product, stock, speaker)]
    body = flex.body(
        *([flex.text(flex.one_line(description, 300))] if description else []),
        *_tier_table(product, speaker),
        *(flex.quiet(line) for line in _packs(product, speaker)),
        flex.separator("md"),
        *(_labelled_row(label, value) for label, value in rows),
        flex.quiet(speaker.say(f"terms.returns.{product.return_policy}")),
        spacing="sm",
    )
    footer = flex.footer(
        flex.button(taps.of_product(speaker, "want", product.sku, name), primary=True),
        flex.button(taps.plain(speaker, "person")),
    )
    picture = picture_of(product, scene)
    head = flex.heading(name, below=price)
    return flex.bubble(head, body, footer, hero=flex.picture(picture) if picture else None)


def _tier_table(product: Product, speaker: Speaker) -> list[Node]:
    """From how many units on each costs how much."""
    if not product.tiers:
        return []
    rows = [
        flex.horizontal(
            flex.text(
                speaker.say("catalogue.from", counted=speaker.counted(tier.from_quantity, product.unit)),
                flex=3,
            ),
            flex.text(
                speaker.say(
                    "catalogue.price",
                    amount=speaker.amount(tier.unit_price, SHOP_CURRENCY),
                    unit=speaker.unit(product.unit),
                ),
                color=flex.BRAND,
                weight="bold",
                align="end",
                flex=4,
            ),
            spacing="md",
        )
        for tier in product.tiers[:6]
    ]
    return [
        flex.vertical(*rows, backgroundColor=flex.TINT, cornerRadius="8px", paddingAll="10px", spacing="xs")
    ]


def _labelled_row(label: str, value: str) -> Node:
    return flex.horizontal(flex.quiet(label, size="sm", flex=3), flex.text(value, flex=7), spacing="md")


def _terms(product: Product, stock: Stock, speaker: Speaker) -> list[tuple[str, str]]:
    """Rows of what has a column of its own."""
    rows = []
    if product.shelf_life_days is not None:
        days = speaker.say("product.days", days=product.shelf_life_days)
        rows.append((about_word(About.SHELF_LIFE, speaker), days))
    if product.allergens:
        rows.append((about_word(About.ALLERGENS, speaker), _allergens(product, speaker)))
    if not product.stock_counted or product.sku in stock:
        rows.append((about_word(About.STOCK, speaker), product_facts.stock_word(product, speaker, stock)))
    if product.lead_days > 0:
        rows.append(
            (about_word(About.LEAD_TIME, speaker), speaker.say("quote.leaves_value", days=product.lead_days))
        )
    return rows


def about_word(about: About, speaker: Speaker) -> str:
    """What a question is about, in a word."""
    return speaker.say(f"product_answer.about.{about.value}")


# Answers -------------------------------------------------------------------------------------------


def abouts_in(facts: Facts) -> list[About]:
    """What was asked; a word that is none of ours is left out."""
    return [About(kind) for kind in facts.get("kinds", "").split(",") if kind in set(About)]


def products_in(facts: Facts, scene: Scene) -> list[Product]:
    """The products that a message is about, as far as they are still on offer."""
    found = (scene.catalogue().find(sku) for sku in facts.get("skus", "").split(","))
    return [product for product in found if product is not None]


def stock_in(facts: Facts) -> dict[str, int]:
    """The units that could be promised when the question was asked: `TEA-JAS:24,TEA-OOL:0`."""
    pairs = (pair.rpartition(":") for pair in facts.get("stock", "").split(","))
    return {sku: int(units) for sku, _, units in pairs if units.isdigit()}


def product_answer(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The fact in the first line, then the product and a way to order it; nothing here makes an order."""
    said = [*answer_lines(facts, scene, speaker), *opens(facts, speaker)]
    products = products_in(facts, scene)
    person, catalogue = taps.plain(speaker, "person"), taps.plain(speaker, "catalogue")
    if not products:
        return [flex.text_message("\n".join(said), [catalogue, person])]
    if len(products) == 1:
        card = _order_card(products[0], scene, speaker)
        quick = [*_next_questions(products[0], abouts_in(facts), facts, scene, speaker), person]
    else:
        card = side_by_side(products, scene, speaker, WHICH_MOST)
        quick = [catalogue, person]
    return [flex.text_message("\n".join(said)), flex.flex_message(said[0], card, quick)]


def also_answered(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """The answer to what was asked beside an order, after the quote."""
    asked = {name.removeprefix("also_"): fact for name, fact in facts.items() if name.startswith("also_")}
    if not asked:
        return []
    return [flex.text_message("\n".join([*answer_lines(asked, scene, speaker), *opens(facts, speaker)]))]


def answer_lines(facts: Facts, scene: Scene, speaker: Speaker) -> list[str]:
    """The answers, one after the other; what nobody wrote down is the shop's to answer."""
    abouts, products = abouts_in(facts), products_in(facts, scene)
    lines: list[str] = []
    for about in abouts:
        if products and about is not About.SHIPPING_FEE:
            for each in products:
                lines += _answer(each, about, facts, scene, speaker)
        else:
            lines += product_facts.general(about, scene.catalogue(), scene.shop, speaker) or [
                speaker.say("product_answer.sample_of_any")
                if about is About.SAMPLE
                else speaker.say("product_answer.unknown_of_any", topic=about_word(about, speaker))
            ]
    return lines or [speaker.say("question_quantity.gone")]


def _answer(product: Product, about: About, facts: Facts, scene: Scene, speaker: Speaker) -> list[str]:
    name = shown_name(product, speaker)
    if about is About.SAMPLE:
        return [speaker.say("product_answer.sample", name=name)]
    known = product_facts.statement(product, about, speaker, scene.shop, stock_in(facts))
    if known:
        return known
    unknown = speaker.say("product_answer.unknown", name=name, topic=about_word(about, speaker))
    if about not in {About.VEGETARIAN, About.ALLERGENS}:
        return [unknown]
    # What is in it is a fact; what follows from it is the shop's to say.
    stock = stock_in(facts)
    return [unknown, *product_facts.statement(product, About.INGREDIENTS, speaker, scene.shop, stock)]


def _next_questions(
    product: Product, asked: Sequence[About], facts: Facts, scene: Scene, speaker: Speaker
) -> list[Node]:
    name = shown_name(product, speaker)
    answered = [
        about
        for about in ASKED_NEXT
        if about not in asked
        and product_facts.statement(product, about, speaker, scene.shop, stock_in(facts))
    ]
    return [
        taps.question(speaker, about.value, product.sku, name, about_word(about, speaker))
        for about in answered[:NEXT_MOST]
    ]


def _order_card(product: Product, scene: Scene, speaker: Speaker) -> Node:
    """The product in short, under an answer about it."""
    name = shown_name(product, speaker)
    picture = picture_of(product, scene)
    body = flex.body(
        flex.text(name, size="md", weight="bold"),
        flex.text(price_of(product, speaker), color=flex.BRAND, weight="bold"),
        *(flex.quiet(line) for line in product_facts.tier_lines(product, speaker)),
        spacing="sm",
    )
    footer = flex.footer(
        flex.button(taps.of_product(speaker, "want", product.sku, name), primary=True),
        flex.button(taps.of_product(speaker, "about", product.sku, name)),
    )
    return flex.bubble(body=body, footer=footer, hero=flex.picture(picture) if picture else None, size="kilo")


def question_about(facts: Facts, scene: Scene, speaker: Speaker) -> list[Node]:
    """A question without a product: of which one?"""
    (about, *_) = abouts_in(facts) or [About.DETAILS]
    topic = about_word(about, speaker)
    products = products_in(facts, scene) or list(scene.catalogue().on_offer)
    choices = [
        flex.relabelled(
            taps.question(speaker, about.value, product.sku, shown_name(product, speaker), topic),
            shown_name(product, speaker),
        )
        for product in products[:WHICH_MOST]
    ]
    said = speaker.say("question_about.text", topic=topic)
    return [flex.text_message(said, [*choices, taps.plain(speaker, "person")])]
