"""Queue of back-office events, and the workflow's delivery task: parcels move, customers hear of it once."""

from typing import Any

from storefront import bootstrap
from storefront.contracts.tasks import AwaitDelivery, BackOfficeJob
from storefront.queue_consumer import consume_groups


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    if "Records" in event:
        return consume_groups(event, context, _apply)
    task = AwaitDelivery.model_validate(event)
    bootstrap.shipping().await_delivery(task.orderNumber, task.token)
    return None


def _apply(body: str) -> None:
    job = BackOfficeJob.model_validate_json(body)
    bootstrap.received_events().apply(job.source, job.eventId)
