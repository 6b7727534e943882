"""What a message asks to have: lines that are clear, and the questions about what is not."""

from dataclasses import dataclass
from enum import StrEnum

from storefront.language.corrections import Change
from storefront.language.quantities import Refusal


class QuestionKind(StrEnum):
    """What the customer must be asked before a quote can be made."""

    WHICH_PRODUCT = "which_product"
    UNKNOWN_PRODUCT = "unknown_product"
    HOW_MANY = "how_many"
    QUANTITY_REFUSED = "quantity_refused"
    WHICH_UNIT = "which_unit"
    WHICH_DATE = "which_date"


@dataclass(frozen=True)
class RequestedLine:
    """A product and how many of it, in its own unit.

    `sku` is None when a message corrects or answers without naming a product ("改成 5 箱", "3"): then it is about
    the only line there is, and `quantity_in_units` is as spoken, for `Vocabulary.in_units` to convert.
    REMOVE with a quantity of 0 takes the whole line away. `for_all`: the quantity is meant for every line there is
    (全部改成 5 盒).
    """

    sku: str | None
    quantity_in_units: int
    spoken_quantity: int
    spoken_unit: str | None = None
    change: Change = Change.SET
    for_all: bool = False


@dataclass(frozen=True)
class Question:
    """Something to ask: the words it is about, the products they may mean, and what is known already.

    `quantity` and `unit` are as spoken, for `Vocabulary.in_units` once the product is known; `reason` says why a
    quantity was refused. HOW_MANY and WHICH_UNIT always have exactly one candidate.
    """

    kind: QuestionKind
    phrase: str
    candidates: tuple[str, ...] = ()
    quantity: int | None = None
    unit: str | None = None
    reason: Refusal | None = None
    change: Change = Change.SET
