"""What is mutated, in three groups, and which tests may judge it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "layers" / "shared" / "python" / "storefront"

JUDGES: Final = (
    *("unit/test_money.py", "unit/test_order.py", "unit/test_payment.py", "unit/test_payment_answers.py"),
    *("unit/test_quote.py", "unit/test_reconciliation.py", "unit/test_stored_words.py", "unit/services"),
    *("unit/messages/test_money_and_parcels.py", "unit/messages/test_quote_cards.py"),
    *("adapters/test_stock_conditions.py", "adapters/test_stores_agree.py"),
)
"""Tests that run in seconds; of these, each mutant is judged by those that run its lines, the fastest first."""


class Group(StrEnum):
    """What is at stake in a module."""

    MONEY = "money"
    ATTEMPT = "attempt"
    STOCK = "stock"


@dataclass(frozen=True)
class Target:
    """One module; `only` names the functions that count when the rest of it has another subject.

    `own_tests` judge what runs while the module is imported (tables, constants, defaults), because such a mutant
    needs a fresh interpreter that imports little. `on_import` names the functions that do.
    """

    path: str
    group: Group
    own_tests: tuple[str, ...]
    on_import: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()

    @property
    def file(self) -> Path:
        return PACKAGE / self.path

    @property
    def module(self) -> str:
        return "storefront." + self.path.removesuffix(".py").replace("/", ".")


TARGETS: Final = (
    Target("domain/money.py", Group.MONEY, ("unit/test_money.py", "unit/test_stored_words.py")),
    Target("domain/order.py", Group.MONEY, ("unit/test_order.py", "unit/test_stored_words.py")),
    Target("domain/refund.py", Group.MONEY, ("unit/test_payment.py", "unit/test_stored_words.py")),
    Target(
        "domain/reconciliation.py",
        Group.MONEY,
        ("unit/test_reconciliation.py", "unit/test_stored_words.py", "unit/services/test_reconciling.py"),
    ),
    Target("services/refunding.py", Group.MONEY, ("unit/services/test_refunding.py",)),
    Target("services/cancelling.py", Group.MONEY, ("unit/services/test_calling_off_paid_orders.py",)),
    Target("domain/moves.py", Group.ATTEMPT, ("unit/test_payment.py",)),
    Target("domain/payment.py", Group.ATTEMPT, ("unit/test_payment.py", "unit/test_stored_words.py")),
    Target(
        "domain/payment_answers.py",
        Group.ATTEMPT,
        ("unit/test_payment_answers.py", "unit/test_stored_words.py"),
        on_import=frozenset({"_table"}),
    ),
    Target(
        "services/checkout.py",
        Group.ATTEMPT,
        (
            "unit/test_stored_words.py",
            "unit/services/test_opening.py",
            "unit/services/test_settling.py",
            "unit/services/test_closing.py",
        ),
    ),
    Target("services/payment_page.py", Group.ATTEMPT, ("unit/services/test_payment_page.py",)),
    Target(
        "domain/quote.py",
        Group.STOCK,
        ("unit/test_quote.py", "unit/test_stored_words.py", "unit/services/test_quoting.py"),
    ),
    Target("services/quoting.py", Group.STOCK, ("unit/services/test_quoting.py",)),
    Target(
        "services/deciding.py", Group.STOCK, ("unit/services/test_deciding.py", "unit/test_stored_words.py")
    ),
    Target(
        "adapters/dynamodb.py",
        Group.STOCK,
        ("adapters/test_stock_conditions.py",),
        only=frozenset(
            f"DynamoDbStore.{name}"
            for name in ("commit", "_commit_one", "_refused", "_item", "_put", "_move")
        ),
    ),
)
