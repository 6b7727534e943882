"""Queue of events to the order system: paid, cancelled and refunded orders leave, signed, until they are taken."""

from typing import Any

from storefront import bootstrap
from storefront.contracts.tasks import OrderEventJob
from storefront.queue_consumer import consume


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return consume(event, context, _send)


def _send(body: str) -> None:
    bootstrap.order_events().send(OrderEventJob.model_validate_json(body).eventId)
