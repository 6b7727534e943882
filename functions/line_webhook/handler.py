"""POST /line/webhook: proves that LINE sent it, puts every event on its customer's queue, answers at once.

LINE counts more than two seconds as a failure, so there is no business here and next to nothing to import. A
5xx makes LINE deliver again; the consumers drop what they have seen.
"""

from typing import Any

from storefront import bootstrap
from storefront.adapters.http_api import Answer, answer, request_of
from storefront.observability import flush_metrics, logger, metrics


def handler(event: dict[str, Any], _context: object) -> Answer:
    request = request_of(event)
    door = bootstrap.line_door()
    try:
        if request.is_too_large:
            return answer(413, {"error": "body over 256 KB"})
        if not door.is_from_line(request.body, request.headers.get("x-line-signature")):
            metrics().add_metric(name="LineSignatureRefused", unit="Count", value=1)
            return answer(401, {"error": "the signature does not prove that LINE sent this"})
        try:
            events = door.events_of(request.body)
        except ValueError:
            return answer(400, {"error": "not a webhook body"})
        lost = door.enqueue(events)
        logger().info("webhook_taken", extra={"events": len(events), "lost": lost})
        return answer(500 if lost else 200)
    finally:
        flush_metrics()
