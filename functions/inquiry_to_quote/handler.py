"""Queue of chat events, and the workflow's quote tasks: what a customer wrote becomes a priced quote."""

from typing import Any

from storefront import bootstrap
from storefront.contracts.line_events import QueuedEvent, chat_event
from storefront.contracts.tasks import QUOTE_TASK, ApprovalTask, AwaitDecision, CarryOutApproval
from storefront.queue_consumer import consume_groups


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    if "Records" in event:
        return consume_groups(event, context, _answer)
    task = QUOTE_TASK.validate_python(event)
    if isinstance(task, ApprovalTask | CarryOutApproval):
        return _approval(task)
    if isinstance(task, AwaitDecision):
        bootstrap.deciding().await_decision(task.quoteId, task.quoteVersion, task.token)
        return None
    review = bootstrap.deciding().review_quote(task.quoteId, task.quoteVersion)
    return {
        "outcome": review.decision.value,
        "orderNumber": review.order_number,
        "waitSeconds": review.wait_seconds,
    }


def _approval(task: ApprovalTask | CarryOutApproval) -> dict[str, Any] | None:
    approving = bootstrap.approving()
    match task.task:
        case "await_approval":
            approving.await_decision(task.approvalId, task.token)
        case "remind_staff":
            approving.remind(task.approvalId, task.token)
        case "escalate_approval":
            approving.escalate(task.approvalId, task.token)
        case "carry_out_approval":
            return {"effect": approving.carry_out(task.approvalId).value}
    return None


def _answer(body: str) -> None:
    queued = QueuedEvent.read(body)
    happened = chat_event(queued.event, queued.receivedAt)
    if happened is not None:
        bootstrap.chat().handle(happened)
