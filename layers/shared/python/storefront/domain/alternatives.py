"""What to offer when there is too little of a product: something like it."""

import re
from typing import Final

from storefront.domain.catalogue import Catalogue, Product

_WORDS: Final = re.compile(r"[a-z]{3,}|[\u4e00-\u9fff]")
"""Latin words and single Han characters: 限量春茶 and 高山烏龍茶 share one, Sun cake and Pineapple cake as well."""


def similar_to(product: Product, catalogue: Catalogue) -> tuple[Product, ...]:
    """Other products of the same kind: first those whose names share a word, then by nearness of price."""
    words = _words_of(product)

    def nearness(other: Product) -> tuple[bool, int]:
        return words.isdisjoint(_words_of(other)), abs(other.price - product.price)

    others = (
        other for other in catalogue.on_offer if other.kind is product.kind and other.sku != product.sku
    )
    return tuple(sorted(others, key=nearness))


def _words_of(product: Product) -> frozenset[str]:
    return frozenset(word for name in product.names.values() for word in _WORDS.findall(name.lower()))
