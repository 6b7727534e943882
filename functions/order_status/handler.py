"""Queue of questions about orders: answers 我的訂單, order numbers and "where is it" truthfully."""

from typing import Any

from storefront import bootstrap
from storefront.contracts.line_events import QueuedEvent, chat_event
from storefront.queue_consumer import consume_groups


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return consume_groups(event, context, _answer)


def _answer(body: str) -> None:
    queued = QueuedEvent.read(body)
    asked = chat_event(queued.event, queued.receivedAt)
    if asked is not None:
        bootstrap.order_lookup().handle(asked)
