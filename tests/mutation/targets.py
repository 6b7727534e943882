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


def _services(*names: str) -> tuple[str, ...]:
    return tuple(f"unit/services/test_{name}.py" for name in names)


TARGETS: Final = (
    Target("domain/money.py", Group.MONEY, ("unit/test_money.py", WORDS)),
    Target(
        "domain/order.py",
        Group.MONEY,
        (
            *("unit/test_order.py", WORDS, "unit/test_linking.py"),
            *_services("redirecting", "paying_rows", "closing", "coupon_desk", "outside_orders"),
        ),
        import_tests=3,
    ),
    Target("domain/refund.py", Group.MONEY, ("unit/test_payment.py", WORDS, *_services("refunding"))),
    Target(
        "domain/reconciliation.py",
        Group.MONEY,
        ("unit/test_reconciliation.py", WORDS, *_services("reconciling")),
        import_tests=3,
    ),
    Target("services/refunding.py", Group.MONEY, _services("refunding_rows", "refunding")),
    Target(
        "services/cancelling.py",
        Group.MONEY,
        _services(
            "cancelling", "calling_off_paid_orders", "refunding", "closing", "coupon_desk", "outside_orders"
        ),
    ),
    Target("domain/moves.py", Group.ATTEMPT, ("unit/test_order.py", "unit/test_payment.py")),
    Target(
        "domain/payment.py", Group.ATTEMPT, ("unit/test_payment.py", WORDS, *_services("settling", "opening"))
    ),
    Target(
        "domain/payment_answers.py",
        Group.ATTEMPT,
        ("unit/test_payment_answers.py", WORDS),
        on_import=frozenset({"_table"}),
    ),
    *(
        Target(
            f"services/{module}.py",
            Group.ATTEMPT,
            (
                *_services("opening_rows", "paying_rows", "closing_rows", "settling", "opening", "closing"),
                *(WORDS, *_services("money_in_vain", "coupon_desk", "payment_page")),
            ),
            import_tests=7,
        )
        for module in ("checkout", "opening", "settling", "attempts")
    ),
    Target("services/payment_page.py", Group.ATTEMPT, _services("payment_page")),
    Target(
        "domain/quote.py",
        Group.STOCK,
        ("unit/test_quote.py", WORDS, *_services("quoting_rows", "quoting", "promising", "coupon_desk")),
    ),
    Target(
        "services/quoting.py", Group.STOCK, _services("quoting_rows", "quoting", "promising", "coupon_desk")
    ),
    Target("services/deciding.py", Group.STOCK, (*_services("deciding"), WORDS, *_services("lapsing"))),
    Target(
        "adapters/dynamodb.py",
        Group.STOCK,
        ("adapters/test_stock_conditions.py",),
        only=frozenset(
            f"DynamoDbStore.{name}"
            for name in ("commit", "_commit_one", "_refused", "_item", "_put", "_move", "_use")
        )
        | {"_refusal"},
    ),
)
