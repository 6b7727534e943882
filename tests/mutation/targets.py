"""What is mutated, in three groups, and which tests may judge it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGE: Final = ROOT / "layers" / "shared" / "python" / "storefront"


class Group(StrEnum):
    """What is at stake in a module."""

    MONEY = "money"
    ATTEMPT = "attempt"
    STOCK = "stock"


@dataclass(frozen=True)
class Target:
    """One module and the tests that judge it, those first that know it best.

    All tests of a run judge a mutant within a function, as far as they run its lines. What runs while the module is
    imported (tables, constants, defaults, the functions `on_import`) needs a fresh interpreter for every mutant, and
    is judged by the first `import_tests` files alone. `only` names the functions that count when the rest of the
    module has another subject.
    """

    path: str
    group: Group
    tests: tuple[str, ...]
    import_tests: int = 2
    on_import: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()

    @property
    def file(self) -> Path:
        return PACKAGE / self.path

    @property
    def module(self) -> str:
        return "storefront." + self.path.removesuffix(".py").replace("/", ".")

    def test_files(self) -> list[str]:
        return [str(ROOT / "tests" / path) for path in self.tests]

    def import_test_files(self) -> list[str]:
        return self.test_files()[: self.import_tests]


WORDS: Final = "unit/test_stored_words.py"
TARGETS: Final = (
    Target("domain/money.py", Group.MONEY, ("unit/test_money.py", WORDS)),
    Target(
        "domain/order.py",
        Group.MONEY,
        (
            *(
                "unit/test_order.py",
                WORDS,
                "unit/services/test_redirecting.py",
                "unit/services/test_settling.py",
            ),
            *("unit/services/test_refunding.py", "unit/services/test_closing.py"),
        ),
    ),
    Target(
        "domain/refund.py", Group.MONEY, ("unit/test_payment.py", WORDS, "unit/services/test_refunding.py")
    ),
    Target(
        "domain/reconciliation.py",
        Group.MONEY,
        ("unit/test_reconciliation.py", WORDS, "unit/services/test_reconciling.py"),
        import_tests=3,
    ),
    Target(
        "services/refunding.py",
        Group.MONEY,
        ("unit/services/test_refunding_rows.py", "unit/services/test_refunding.py"),
    ),
    Target(
        "services/cancelling.py",
        Group.MONEY,
        (
            *("unit/services/test_cancelling.py", "unit/services/test_calling_off_paid_orders.py"),
            *("unit/services/test_refunding.py", "unit/services/test_closing.py"),
        ),
    ),
    Target("domain/moves.py", Group.ATTEMPT, ("unit/test_order.py", "unit/test_payment.py")),
    Target(
        "domain/payment.py",
        Group.ATTEMPT,
        ("unit/test_payment.py", WORDS, "unit/services/test_settling.py", "unit/services/test_opening.py"),
    ),
    Target(
        "domain/payment_answers.py",
        Group.ATTEMPT,
        ("unit/test_payment_answers.py", WORDS),
        on_import=frozenset({"_table"}),
    ),
    Target(
        "services/checkout.py",
        Group.ATTEMPT,
        (
            *(
                "unit/services/test_opening.py",
                "unit/services/test_settling.py",
                "unit/services/test_closing.py",
            ),
            *(WORDS, "unit/services/test_money_in_vain.py", "unit/services/test_redirecting.py"),
        ),
        import_tests=4,
    ),
    Target("services/payment_page.py", Group.ATTEMPT, ("unit/services/test_payment_page.py",)),
    Target(
        "domain/quote.py",
        Group.STOCK,
        ("unit/test_quote.py", WORDS, "unit/services/test_quoting.py", "unit/services/test_promising.py"),
        import_tests=3,
    ),
    Target(
        "services/quoting.py",
        Group.STOCK,
        (
            "unit/services/test_quoting.py",
            "unit/services/test_promising.py",
            "unit/services/test_quote_desk.py",
        ),
    ),
    Target("services/deciding.py", Group.STOCK, ("unit/services/test_deciding.py", WORDS)),
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
