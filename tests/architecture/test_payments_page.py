"""docs/payments.md says what the code does: its table of codes and its list of scenarios are held against it."""

import re
from datetime import timedelta
from pathlib import Path

from storefront.domain.payment_answers import TABLES, Call, Verdict
from storefront.services import attempts, refunding
from tests.aws.deployment import Deployment
from tests.explorer.engine import FUNCTION_LIFE
from tests.explorer.every_scenario import SCENARIOS

PAGE = (Path(__file__).parents[2] / "docs" / "payments.md").read_text(encoding="utf-8")


def test_the_table_of_codes_is_that_of_the_code() -> None:
    calls = "|".join(call.value for call in Call)
    rows = re.findall(rf"^\| ({calls}) \| ([0-9 ]+) \| ([a-z_]+) \|$", PAGE, flags=re.MULTILINE)
    told: dict[Call, dict[str, Verdict]] = {call: {} for call in Call}
    for call, codes, verdict in rows:
        told[Call(call)] |= dict.fromkeys(codes.split(), Verdict(verdict))
    assert told == {call: dict(table) for call, table in TABLES.items()}


def test_every_scenario_of_the_explorer_is_told() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE, flags=re.MULTILINE))
    assert rows == {scenario.name: scenario.rows for scenario in SCENARIOS}


def test_a_lease_outlives_the_function_that_took_it() -> None:
    """Otherwise a call of an earlier claim could still be on its way when somebody else asks."""
    life = Deployment().resources["LinePayCheckoutFunction"]["Properties"]["Timeout"]
    assert timedelta(seconds=life) <= FUNCTION_LIFE
    assert min(attempts.CALL_LEASE, refunding.CALL_LEASE) > FUNCTION_LIFE
