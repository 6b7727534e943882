"""Every alarm of ours listens to a metric that the code counts, and cases have one: their announcement."""

import re
from pathlib import Path

from dev.local.template import read_template, resources_of

SOURCES = [*Path("layers/shared/python/storefront").rglob("*.py"), *Path("functions").rglob("*.py")]


def counted() -> set[str]:
    return {
        name
        for source in SOURCES
        for name in re.findall(r'\.count\(\s*"([A-Za-z]+)"', source.read_text("utf-8"))
    }


def test_every_alarm_of_ours_listens_to_something_that_is_counted() -> None:
    alarms = resources_of(read_template(Path("template.yaml")), "AWS::CloudWatch::Alarm")
    heard = {alarm["MetricName"] for _, alarm in alarms if alarm.get("Namespace") == "Storefront"}
    assert heard >= {"CasesAnnounced", "ReconciliationDifferences", "MessageMalformed"}
    assert heard <= counted()


def test_cases_are_counted_where_people_are_called_and_nowhere_else() -> None:
    assert {name for name in counted() if "Case" in name} == {"CasesAnnounced", "OpenOperatorCases"}
