"""Every night at 03:10 in Taiwan, and on demand: yesterday's payments and refunds, held against LINE Pay's details."""

from typing import Any

from storefront import bootstrap
from storefront.contracts.tasks import ReadReport, reconciliation_task
from storefront.domain.reconciliation import Reconciliation, as_markdown
from storefront.observability import flush_metrics, logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    task = reconciliation_task(event)
    if isinstance(task, ReadReport):
        kept = bootstrap.reconciling().report_of(task.day)
        return {"found": False} if kept is None else _answer(kept)
    try:
        report = bootstrap.reconciling().reconcile(task.day)
        logger().info("reconciled", extra={"day": report.day.isoformat(), "report": as_markdown(report)})
        return _answer(report)
    finally:
        flush_metrics()


def _answer(report: Reconciliation) -> dict[str, Any]:
    return {
        "found": True,
        "day": report.day.isoformat(),
        "agrees": report.agrees,
        "compared": report.compared,
        "differences": len(report.differences),
        "healed": len(report.healed),
        "report": as_markdown(report),
    }
