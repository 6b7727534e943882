"""The catalogue: what the shop sells, at which price from which quantity, and under which terms.

A product that contradicts itself cannot be built. Prices are in the payable unit of the shop's currency, tax
included; quantities are counted in the product's own unit.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import chain
from typing import Final, Protocol

from storefront.domain.errors import InvalidProduct, ProductProblem
from storefront.domain.language import Language

MAX_PRICE: Final = 9_999_999
MAX_NAME_LENGTH: Final = 100
MAX_ALIASES: Final = 100
MAX_TEXT_LENGTH: Final = 2_000
MAX_LEAD_DAYS: Final = 365

_SKU: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_PICTURE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}\.(?:png|jpg|jpeg)")
_FALLBACKS: Final = (Language.ZH_TW, Language.EN)


class ProductKind(StrEnum):
    """Goods travel in a parcel; a service goes along with goods."""

    GOODS = "goods"
    SERVICE = "service"


class ReturnPolicy(StrEnum):
    """What becomes of the seven days to return that a distance sale has in Taiwan.

    Consumer Protection Act, article 19; the exception for perishable goods holds only if the customer was
    told before the contract, so every quote shows the policy of each line.
    """

    SEVEN_DAYS = "seven-days"
    PERISHABLE_NO_RETURN = "perishable-no-return"
    SERVICE = "service"


class Unit(StrEnum):
    """What a product is counted in, or packed in; each has a word in every language."""

    BAG = "bag"
    BOTTLE = "bottle"
    BOX = "box"
    CAN = "can"
    CASE = "case"
    CUP = "cup"
    DOZEN = "dozen"
    JAR = "jar"
    PACK = "pack"
    PIECE = "piece"
    SET = "set"
    TIME = "time"
    TIN = "tin"


class Allergen(StrEnum):
    """The eleven allergens that must be named on food in Taiwan (食品過敏原標示規定, since 2020-07-01)."""

    CRUSTACEANS = "crustaceans"
    MANGO = "mango"
    PEANUT = "peanut"
    MILK = "milk"
    EGG = "egg"
    NUTS = "nuts"
    SESAME = "sesame"
    GLUTEN = "gluten"
    SOYBEAN = "soybean"
    FISH = "fish"
    SULPHITES = "sulphites"


@dataclass(frozen=True)
class PriceTier:
    """From `from_quantity` units on, every unit of the line costs `unit_price`."""

    from_quantity: int
    unit_price: int


@dataclass(frozen=True)
class Product:
    """One thing that can be ordered. `floor_price` is the least unit price that needs no approval.

    Raises:
        InvalidProduct: the facts contradict each other; it names every problem at once.
    """

    sku: str
    kind: ProductKind
    names: Mapping[Language, str]
    unit: Unit
    price: int
    floor_price: int
    return_policy: ReturnPolicy
    aliases: tuple[str, ...] = ()
    packs: Mapping[Unit, int] = field(default_factory=dict)
    tiers: tuple[PriceTier, ...] = ()
    stock_counted: bool = False
    lead_days: int = 0
    descriptions: Mapping[Language, str] = field(default_factory=dict)
    specifications: Mapping[Language, Mapping[str, str]] = field(default_factory=dict)
    shelf_life_days: int | None = None
    allergens: tuple[Allergen, ...] = ()
    picture: str | None = None
    active: bool = True
    version: int = 0

    def __post_init__(self) -> None:
        problems = (
            *_identity_problems(self),
            *_wording_problems(self),
            *_price_problems(self),
            *_terms_problems(self),
        )
        if problems:
            raise InvalidProduct(self.sku, problems)

    def name(self, language: Language) -> str:
        """The name in `language`; a product that has none there is called as the shop calls it."""
        return _in_language(self.names, language) or self.sku

    def description(self, language: Language) -> str:
        """The description in `language`, else in another; empty when there is none at all."""
        return _in_language(self.descriptions, language) or ""

    def specification(self, language: Language) -> Mapping[str, str]:
        """Labels and values (net weight, origin, …) in the order in which the shop wrote them."""
        return _in_language(self.specifications, language) or {}

    def unit_price(self, quantity: int) -> int:
        """What each unit costs when `quantity` units are bought."""
        reached = [tier.unit_price for tier in self.tiers if tier.from_quantity <= quantity]
        return reached[-1] if reached else self.price

    def next_tier(self, quantity: int) -> PriceTier | None:
        """The next cheaper tier above `quantity` units, if there is one."""
        return next((tier for tier in self.tiers if tier.from_quantity > quantity), None)


class ProductChange(Protocol):
    """What a back office tells of one product; facts that it leaves out stay as they are."""

    @property
    def sku(self) -> str: ...
    @property
    def stock(self) -> int | None: ...
    def to_product(self, current: Product | None = None) -> Product: ...


@dataclass(frozen=True)
class Catalogue:
    """The products by SKU, in the shop's own order; a higher `version` is a newer catalogue."""

    products: Mapping[str, Product]
    version: int = 0

    @classmethod
    def of(cls, products: Iterable[Product], version: int = 0) -> "Catalogue":
        return cls({product.sku: product for product in products}, version)

    def find(self, sku: str) -> Product | None:
        """The product of `sku`, if it is on offer."""
        product = self.products.get(sku)
        return product if product is not None and product.active else None

    @property
    def on_offer(self) -> tuple[Product, ...]:
        """The products that may be ordered today."""
        return tuple(product for product in self.products.values() if product.active)


def _in_language[Wording](wordings: Mapping[Language, Wording], language: Language) -> Wording | None:
    for candidate in (language, *_FALLBACKS, *wordings):
        if wordings.get(candidate):
            return wordings[candidate]
    return None


def _identity_problems(product: Product) -> Iterator[ProductProblem]:
    if not _SKU.fullmatch(product.sku):
        yield ProductProblem("sku", "malformed")
    if product.picture is not None and not _PICTURE.fullmatch(product.picture):
        yield ProductProblem("picture", "malformed")
    if product.version < 0:
        yield ProductProblem("version", "negative")


def _wording_problems(product: Product) -> Iterator[ProductProblem]:
    if not any(name.strip() for name in product.names.values()):
        yield ProductProblem("names", "missing")
    if any(len(name) > MAX_NAME_LENGTH for name in product.names.values()):
        yield ProductProblem("names", "too-long")
    if len(product.aliases) > MAX_ALIASES or any(len(alias) > MAX_NAME_LENGTH for alias in product.aliases):
        yield ProductProblem("aliases", "too-long")
    if any(len(text) > MAX_TEXT_LENGTH for text in product.descriptions.values()):
        yield ProductProblem("descriptions", "too-long")
    specifications = product.specifications.values()
    if any(sum(map(len, chain.from_iterable(pairs.items()))) > MAX_TEXT_LENGTH for pairs in specifications):
        yield ProductProblem("specifications", "too-long")


def _price_problems(product: Product) -> Iterator[ProductProblem]:
    if not 1 <= product.price <= MAX_PRICE:
        yield ProductProblem("price", "out-of-range")
    steps = (PriceTier(1, product.price), *product.tiers)
    pairs = tuple(zip(steps, product.tiers, strict=False))
    if any(after.from_quantity <= before.from_quantity for before, after in pairs):
        yield ProductProblem("tiers", "quantities-not-rising")
    if any(after.unit_price >= before.unit_price for before, after in pairs):
        yield ProductProblem("tiers", "prices-not-falling")
    if any(tier.unit_price < 1 for tier in product.tiers):
        yield ProductProblem("tiers", "out-of-range")
    if product.floor_price < 0:
        yield ProductProblem("floor_price", "negative")
    if product.floor_price > min(step.unit_price for step in steps):
        yield ProductProblem("floor_price", "above-a-price")


def _terms_problems(product: Product) -> Iterator[ProductProblem]:
    if product.unit in product.packs:
        yield ProductProblem("packs", "same-as-unit")
    if any(units < 2 for units in product.packs.values()):
        yield ProductProblem("packs", "too-small")
    if not 0 <= product.lead_days <= MAX_LEAD_DAYS:
        yield ProductProblem("lead_days", "out-of-range")
    if product.shelf_life_days is not None and product.shelf_life_days < 1:
        yield ProductProblem("shelf_life_days", "out-of-range")
    if product.kind is ProductKind.GOODS and product.return_policy is ReturnPolicy.SERVICE:
        yield ProductProblem("return_policy", "not-for-goods")
