"""POST /hooks/{source}: takes signed events from back offices, stores each once, hands it on, answers at once."""

from typing import Any

from storefront import bootstrap
from storefront.adapters.http_api import Answer, answer, request_of
from storefront.observability import flush_metrics, logger


def handler(event: dict[str, Any], _context: object) -> Answer:
    request = request_of(event)
    try:
        taken = bootstrap.back_office_door().take(
            request.path_parameters.get("source", ""), request.headers, request.body
        )
        logger().info("event_taken", extra={"status": taken.status, "reason": taken.reason})
        return answer(taken.status, {"reason": taken.reason})
    finally:
        flush_metrics()
