"""Errors of the business, each a type with a stable code.

StorefrontError
├── IllegalMove          a state machine was asked for an edge it does not have
├── InvalidDetail        a delivery or invoice detail that cannot be right
├── InvalidAmount        an amount that is not a whole number of payable units
├── InvalidProduct       a catalogue row that contradicts itself
├── InvalidPriceRules    offers, coupons or order tiers that contradict themselves
├── Conflict             somebody else changed a row between our read and our write
│   ├── StockShort       a stock counter would have gone below zero
│   └── CouponUsedUp     a coupon would have been used more often than it may be
├── QuoteEnded           a quote ended without an order (the workflow catches it by name)
├── OrderEnded           an order ended unpaid (the workflow catches it by name)
├── ActionRefused        an operator asked for something that is not safe, or not so
└── SettingMissing       the function was deployed without a setting it needs
"""

from dataclasses import dataclass


class StorefrontError(Exception):
    """Root of all errors raised on purpose; `code` is stable and may be logged and matched."""

    code = "storefront-error"


class IllegalMove(StorefrontError):
    """A machine was asked to move along an edge that its table does not hold."""

    code = "illegal-move"

    def __init__(self, machine: str, source: str, target: str) -> None:
        super().__init__(f"{machine}: {source} -> {target}")
        self.machine = machine
        self.source = source
        self.target = target


class InvalidDetail(StorefrontError):
    """A delivery or invoice detail is not usable; `reason` is a code that the wording files know."""

    code = "invalid-detail"

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class Conflict(StorefrontError):
    """A conditional write lost: read again and decide again."""

    code = "conflict"


class StockShort(Conflict):
    """A stock move would have taken a counter of `sku` below zero (S1)."""

    code = "stock-short"

    def __init__(self, sku: str) -> None:
        super().__init__(sku)
        self.sku = sku


class CouponUsedUp(Conflict):
    """A use of coupon `code` would have gone beyond its limit, or a use that never was would have been given back."""

    code = "coupon-used-up"

    def __init__(self, coupon: str) -> None:
        super().__init__(coupon)
        self.coupon = coupon


class SettingMissing(StorefrontError):
    """The environment lacks a setting, or holds one that cannot be read."""

    code = "setting-missing"

    def __init__(self, name: str, reason: str = "is not set") -> None:
        super().__init__(f"{name} {reason}")
        self.name = name


class QuoteEnded(StorefrontError):
    """A quote was superseded, declined or expired: nothing follows from it."""

    code = "quote-ended"


class OrderEnded(StorefrontError):
    """An order was cancelled or expired before it was paid: nothing follows from it."""

    code = "order-ended"


class ActionRefused(StorefrontError):
    """What an operator asked for is not done, and nothing was changed; the message says why in plain words."""

    code = "action-refused"


class InvalidAmount(StorefrontError):
    """An amount of money that is not a whole, non-negative number of payable units."""

    code = "invalid-amount"


@dataclass(frozen=True)
class ProductProblem:
    """What is wrong with one field of a product; `reason` is a code."""

    field: str
    reason: str


class InvalidProduct(StorefrontError):
    """A product that contradicts itself; `problems` holds all that is wrong with it."""

    code = "invalid-product"

    def __init__(self, sku: str, problems: tuple[ProductProblem, ...]) -> None:
        super().__init__(f"{sku}: " + ", ".join(f"{problem.field} {problem.reason}" for problem in problems))
        self.sku = sku
        self.problems = problems


class InvalidPriceRules(StorefrontError):
    """Rules about prices that contradict themselves; `problems` holds all that is wrong with them."""

    code = "invalid-price-rules"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems
