"""Every minute, and as the workflow's last resort: whatever was left half done is found and handed on."""

from typing import Any

from storefront import bootstrap
from storefront.contracts.tasks import NeedsOperator
from storefront.observability import flush_metrics, logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    try:
        if event.get("task") == "needs_operator" or event.get("source") == "aws.states":
            task = NeedsOperator.of(event)
            opened = bootstrap.sweeping().needs_operator(task.quoteId, task.quoteVersion, task.state)
            return {"caseOpened": opened}
        found = bootstrap.sweeping().sweep()
        logger().info("swept", extra={"found": found})
        return {"found": found}
    finally:
        flush_metrics()
