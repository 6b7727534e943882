"""Doing things once is a matter of our own rows; docs/payments.md says why nothing else is trusted with it."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOYED = sorted([*ROOT.glob("functions/**/*.py"), *ROOT.glob("layers/shared/python/**/*.py")])


def imported_by(source: str) -> set[str]:
    """Every module that a source names in an import, wherever the import stands."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def borrows_idempotency(source: str) -> bool:
    return any(name.startswith("aws_lambda_powertools.utilities.idempotency") for name in imported_by(source))


def test_there_is_deployed_code_to_look_at() -> None:
    assert len(DEPLOYED) > 50


@pytest.mark.parametrize("path", DEPLOYED, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_deployed_code_uses_the_idempotency_of_powertools_P1_to_P7(path: Path) -> None:
    assert not borrows_idempotency(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "source",
    [
        "from aws_lambda_powertools.utilities.idempotency import idempotent",
        "from aws_lambda_powertools.utilities import idempotency",
        "import aws_lambda_powertools.utilities.idempotency as once",
        "def late():\n    from aws_lambda_powertools.utilities.idempotency.config import IdempotencyConfig",
    ],
)
def test_the_look_would_find_it(source: str) -> None:
    assert borrows_idempotency(source)
    assert not borrows_idempotency("from aws_lambda_powertools.utilities.batch import BatchProcessor")
