"""Every minute, and as the workflow's last resort: whatever was left half done is found and handed on."""

from typing import Any

from storefront import bootstrap
from storefront.contracts.tasks import ApprovalNeedsOperator, NeedsOperator, failed_workflow
from storefront.observability import flush_metrics, logger


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    try:
        if "task" in event or event.get("source") == "aws.states":
            return {"caseOpened": _person_called(failed_workflow(event))}
        found = bootstrap.sweeping().sweep()
        logger().info("swept", extra={"found": found})
        return {"found": found}
    finally:
        flush_metrics()


def _person_called(failed: NeedsOperator | ApprovalNeedsOperator) -> bool:
    sweeping = bootstrap.sweeping()
    if isinstance(failed, ApprovalNeedsOperator):
        return sweeping.approval_needs_operator(failed.approvalId, failed.state)
    return sweeping.needs_operator(failed.quoteId, failed.quoteVersion, failed.state)
