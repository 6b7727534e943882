"""What the catalogue says to a question about a product, as sentences; nothing where it says nothing.

Columns answer first, then the lines of the specification whose labels say that they do (`demo_shop/answers.toml`).
Nothing is derived: butter among the ingredients makes no statement about a diet.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from storefront.domain.catalogue import Catalogue, Product, ReturnPolicy
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.language.product_questions import About
from storefront.messages import flex, terms
from storefront.messages.scene import Shop
from storefront.messages.speaker import Speaker

SHOP_CURRENCY: Final = Currency.TWD
"""The currency of the catalogue's prices; a quote carries its own."""

VALUE_MOST: Final = 200
LINES_MOST: Final = 4

type Stock = Mapping[str, int]
"""Units that can be promised now, by the SKUs of counted products."""


@cache
def _labels() -> Mapping[str, tuple[str, ...]]:
    table = tomllib.loads(files("storefront").joinpath("demo_shop", "answers.toml").read_text("utf-8"))
    return {kind: tuple(words) for kind, words in table["labels"].items()}


def labelled(product: Product, kind: str, language: Language) -> list[tuple[str, str]]:
    """The lines of the specification that answer `kind`: in the reader's language, else in another that has them."""
    words = _labels()[kind]
    for spoken in (language, Language.ZH_TW, Language.EN, *product.specifications):
        found = [
            (flex.one_line(label, 40), flex.one_line(value, VALUE_MOST))
            for label, value in product.specifications.get(spoken, {}).items()
            if any(_says(label, word) for word in words)
        ]
        if found:
            return found[:LINES_MOST]
    return []


def _says(label: str, word: str) -> bool:
    folded = label.casefold()
    return (
        re.search(rf"(?<![a-z]){re.escape(word)}", folded) is not None if word.isascii() else word in folded
    )


def statement(product: Product, about: About, speaker: Speaker, shop: Shop, stock: Stock) -> list[str]:
    """What is known, the fact itself first; empty when the shop has to be asked."""
    name = product.name(speaker.language)
    match about:
        case About.PRICE:
            return [price_line(product, speaker)]
        case About.STOCK:
            return [_stock(product, speaker, stock)]
        case About.LEAD_TIME:
            return _lead_time(product, speaker, stock)
        case About.RETURNS:
            policy = speaker.say(f"terms.returns.{product.return_policy}")
            return [speaker.say("terms.returns.of", names=name, terms=policy)]
        case About.SHIPPING_FEE:
            return [shipping(shop, speaker)]
        case About.SHELF_LIFE:
            return _shelf_life(product, speaker)
        case About.ALLERGENS:
            return _allergens(product, speaker)
        case _:
            return _worded(product, about, speaker)


def _worded(product: Product, about: About, speaker: Speaker) -> list[str]:
    """What only the shop's own words say: its description, and the specification's lines."""
    name, values = product.name(speaker.language), list[str]()
    match about:
        case About.DETAILS:
            said = product.description(speaker.language)
            values = [flex.one_line(said)] if said else []
        case About.SPECIFICATION:
            pairs = labelled(product, about.value, speaker.language)
            values = [speaker.say("form.pair", label=label, value=value) for label, value in pairs]
        case About.VEGETARIAN | About.INGREDIENTS | About.USAGE | About.ORIGIN:
            values = [value for _, value in labelled(product, about.value, speaker.language)]
    return (
        [speaker.say(f"product_answer.{about.value}", name=name, value=speaker.listed(values))]
        if values
        else []
    )


def price_line(product: Product, speaker: Speaker) -> str:
    """`茉莉綠茶 NT$180／盒（24 盒起 NT$171／盒、60 盒起 NT$160／盒）`"""
    amount = speaker.amount(product.price, SHOP_CURRENCY)
    price = speaker.say("catalogue.price", amount=amount, unit=speaker.unit(product.unit))
    name = product.name(speaker.language)
    tiers = speaker.listed(tier_lines(product, speaker))
    if not tiers:
        return speaker.say("product_answer.price", name=name, price=price)
    return speaker.say("product_answer.price_tiers", name=name, price=price, tiers=tiers)


def tier_lines(product: Product, speaker: Speaker) -> list[str]:
    """What each unit costs from how many on."""
    return [
        speaker.say(
            "catalogue.tier",
            counted=speaker.counted(tier.from_quantity, product.unit),
            amount=speaker.amount(tier.unit_price, SHOP_CURRENCY),
            unit=speaker.unit(product.unit),
        )
        for tier in product.tiers[:LINES_MOST]
    ]


def shipping(shop: Shop, speaker: Speaker) -> str:
    rule = terms.shipping_rule(shop, (), SHOP_CURRENCY, speaker)
    return speaker.say("product_answer.shipping_fee", rule=rule)


def stock_word(product: Product, speaker: Speaker, stock: Stock) -> str:
    """Stock in a few words, for a table."""
    if not product.stock_counted:
        return speaker.say("product_answer.stock.word")
    left = stock.get(product.sku, 0)
    if left < 1:
        return speaker.say("product_answer.stock.none_word")
    return speaker.counted(left, product.unit)


def _stock(product: Product, speaker: Speaker, stock: Stock) -> str:
    name = product.name(speaker.language)
    if not product.stock_counted:
        return speaker.say("product_answer.stock.some", name=name)
    left = stock.get(product.sku, 0)
    if left > 0:
        return speaker.say(
            "product_answer.stock.counted", name=name, counted=speaker.counted(left, product.unit)
        )
    if product.lead_days > 0:
        return speaker.say("product_answer.stock.later", name=name, days=product.lead_days)
    return speaker.say("product_answer.stock.none", name=name)


def _lead_time(product: Product, speaker: Speaker, stock: Stock) -> list[str]:
    if product.stock_counted and stock.get(product.sku, 0) < 1:
        return [_stock(product, speaker, stock)]
    if product.lead_days < 1:
        return []
    name = product.name(speaker.language)
    return [speaker.say("product_answer.lead_time", name=name, days=product.lead_days)]


def _shelf_life(product: Product, speaker: Speaker) -> list[str]:
    name = product.name(speaker.language)
    said = []
    if product.shelf_life_days is not None:
        said.append(speaker.say("product_answer.shelf_life", name=name, days=product.shelf_life_days))
    stored = labelled(product, "storage", speaker.language)
    values = speaker.listed([value for _, value in stored])
    return [*said, *([speaker.say("product_answer.storage", name=name, value=values)] if stored else [])]


def _allergens(product: Product, speaker: Speaker) -> list[str]:
    name = product.name(speaker.language)
    said = []
    if product.allergens:
        named = speaker.listed([speaker.say(f"allergen.{allergen}") for allergen in product.allergens])
        said.append(speaker.say("product_answer.allergens", name=name, value=named))
    notes = [
        speaker.say("form.labelled", label=label, value=value)
        for label, value in labelled(product, "allergens", speaker.language)
    ]
    return [*said, *notes]


def general(about: About, catalogue: Catalogue, shop: Shop, speaker: Speaker) -> list[str]:
    """What holds for the whole shop, when a question names no product; empty when it depends on the product."""
    match about:
        case About.SHIPPING_FEE:
            return [shipping(shop, speaker)]
        case About.RETURNS:
            return _returns(catalogue, speaker)
        case About.VEGETARIAN:
            return [line for product in catalogue.on_offer for line in _worded(product, about, speaker)]
        case About.LEAD_TIME:
            days = sorted({product.lead_days for product in catalogue.on_offer if product.lead_days > 0})
            if not days:
                return []
            key = "product_answer.lead_times" if len(days) > 1 else "product_answer.lead_time_of_all"
            return [speaker.say(key, least=days[0], most=days[-1])]
        case _:
            return []


def _returns(catalogue: Catalogue, speaker: Speaker) -> list[str]:
    names_of: dict[ReturnPolicy, list[str]] = {}
    for product in catalogue.on_offer:
        names_of.setdefault(product.return_policy, []).append(product.name(speaker.language))
    return [
        speaker.say(
            "terms.returns.of",
            names=flex.clamped(speaker.listed(names_of[policy]), VALUE_MOST),
            terms=speaker.say(f"terms.returns.{policy}"),
        )
        for policy in ReturnPolicy
        if policy in names_of
    ]


def good_for(product: Product, speaker: Speaker) -> str:
    """What it is good for: a label of its own, else the description."""
    stated = labelled(product, "good_for", speaker.language)
    said = stated[0][1] if stated else product.description(speaker.language)
    return flex.one_line(said, 80) if said else ""


def weight(product: Product, speaker: Speaker) -> str:
    stated = labelled(product, "weight", speaker.language)
    return stated[0][1] if stated else ""
