"""docs/payments.md says what the code does: its table of codes and its list of scenarios are held against it."""

import re
from pathlib import Path

from storefront.domain.payment_answers import TABLES, Call, Verdict
from tests.explorer.scenarios import SCENARIOS

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
