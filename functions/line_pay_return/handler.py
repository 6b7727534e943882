"""GET /pay/{key}/confirm and /pay/{key}/cancel: the browser is back from LINE Pay.

The visit is a hint that is handed on; the page shows what is committed, and asks again by itself while that is
nothing final. `visits` in its own address counts how often it has, so that waiting asks LINE Pay ever more rarely.
"""

from typing import Any

from storefront import bootstrap
from storefront.adapters.http_api import Answer, count_in, page, request_of
from storefront.messages.pages import page_headers, payment_page


def handler(event: dict[str, Any], _context: object) -> Answer:
    request = request_of(event)
    order_id, transaction_id = request.query.get("orderId"), request.query.get("transactionId")
    visits = count_in(request.query.get("visits"))
    view = bootstrap.payment_page().visit(
        request.path_parameters.get("key", ""),
        order_id,
        transaction_id,
        cancelled=request.path_parameters.get("outcome") == "cancel",
        visits=visits,
    )
    again = {"orderId": order_id, "transactionId": transaction_id, "visits": str(visits + 1)}
    html = payment_page(view.state, view.language, bootstrap.settings().shop, view.order_number, again)
    return page(html, page_headers(html))
