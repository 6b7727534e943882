"""GET /quotes/{key}: a quote as a page to print and file, for whoever has its signed link. Changes nothing."""

from typing import Any

from storefront import bootstrap
from storefront.adapters.http_api import Answer, page, request_of
from storefront.messages.pages import page_headers
from storefront.messages.quote_page import nothing_page, quote_page


def handler(event: dict[str, Any], _context: object) -> Answer:
    shop = bootstrap.settings().shop
    view = bootstrap.quote_pages().visit(request_of(event).path_parameters.get("key", ""))
    html = nothing_page(shop) if view is None else quote_page(view, shop)
    return page(html, page_headers(html), status=404 if view is None else 200)
