"""Queue of back-office events, and the workflow's delivery task: parcels move, customers hear of it once."""

from collections.abc import Sequence
from typing import Any

from storefront import bootstrap
from storefront.contracts.tasks import AwaitDelivery, BackOfficeJob
from storefront.queue_consumer import consume_groups


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    if "Records" in event:
        told: list[str] = []
        return consume_groups(
            event,
            context,
            lambda body: told.extend(_take_in(body)),
            lambda: bootstrap.telling().deliver_together(told),
        )
    task = AwaitDelivery.model_validate(event)
    bootstrap.shipping().await_delivery(task.orderNumber, task.token)
    return None


def _take_in(body: str) -> Sequence[str]:
    job = BackOfficeJob.model_validate_json(body)
    return bootstrap.received_events().take_in(job.source, job.eventId)
