"""GET /pay/{key}/confirm and /pay/{key}/cancel: the browser is back from LINE Pay.

The visit is a hint that is handed on; the page shows what is committed, and asks again by itself while that is
nothing final.
"""

from typing import Any

from storefront import bootstrap
from storefront.adapters.http_api import Answer, page, request_of
from storefront.messages.pages import page_headers, payment_page


def handler(event: dict[str, Any], _context: object) -> Answer:
    request = request_of(event)
    view = bootstrap.payment_page().visit(
        request.path_parameters.get("key", ""),
        request.query.get("orderId"),
        request.query.get("transactionId"),
        cancelled=request.path_parameters.get("outcome") == "cancel",
    )
    html = payment_page(view.state, view.language, bootstrap.settings().shop, view.order_number)
    return page(html, page_headers(html))
