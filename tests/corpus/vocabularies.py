"""The vocabularies that utterances are about: the demo shop's, and that of a general store which sells other things."""

from functools import cache
from pathlib import Path
from typing import Final

from storefront.contracts.catalogue_file import read_catalogue
from storefront.domain.catalogue import Catalogue
from storefront.language.products import Vocabulary
from storefront.services.vocabulary import vocabulary_of

_ROOT: Final = Path(__file__).parents[2]
_DEMO_SHOP: Final = _ROOT / "layers/shared/python/storefront/demo_shop/catalogue.csv"
_GENERAL_STORE: Final = Path(__file__).parent / "general_store.csv"


@cache
def demo_vocabulary() -> Vocabulary:
    """What customers of the demo shop may call its products."""
    return _of_file(_DEMO_SHOP)


@cache
def general_store_vocabulary() -> Vocabulary:
    """What customers of a shop with soap, coffee, noodles, oil, honey and towels may call its products."""
    return _of_file(_GENERAL_STORE)


def _of_file(path: Path) -> Vocabulary:
    return vocabulary_of(Catalogue.of(read_catalogue(path.read_bytes()).products, version=1))
