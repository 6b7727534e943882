"""The words by which a catalogue's products may be asked for."""

from storefront.domain.catalogue import Catalogue, ProductKind
from storefront.language.products import Vocabulary, VocabularyEntry

_newest: list[tuple[Catalogue, Vocabulary]] = []


def vocabulary_of(catalogue: Catalogue) -> Vocabulary:
    """Names and aliases of all products on offer, ready to be searched; kept while the catalogue is the same one."""
    if _newest and _newest[0][0] is catalogue:
        return _newest[0][1]
    vocabulary = Vocabulary(
        VocabularyEntry(
            sku=product.sku,
            names=(*product.names.values(), *product.aliases),
            unit=product.unit,
            packs=tuple((unit.value, held) for unit, held in product.packs.items()),
            is_service=product.kind is ProductKind.SERVICE,
        )
        for product in catalogue.on_offer
    )
    _newest[:] = [(catalogue, vocabulary)]
    return vocabulary
