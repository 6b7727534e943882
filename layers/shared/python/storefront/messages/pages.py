"""The page that a browser sees when it comes back from LINE Pay: one sentence and the way back to the chat.

No script, nothing from elsewhere: the policy allows exactly the one style block, by its hash. While the
outcome is unknown the page asks again by itself every few seconds.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from html import escape
from importlib.resources import files
from typing import Final
from urllib.parse import urlencode

from storefront.domain.language import Language
from storefront.messages.greetings import chat_link
from storefront.messages.scene import Shop
from storefront.messages.speaker import Speaker

REFRESH_SECONDS: Final = 3


class PageState(StrEnum):
    """What the page may say; an unknown outcome is PROCESSING (M5)."""

    PROCESSING = "processing"
    PAID = "paid"
    NOT_PAID = "not_paid"
    CLOSED = "closed"
    NEUTRAL = "neutral"


_MARKS: Final = {
    PageState.PROCESSING: "⏳",
    PageState.PAID: "✓",
    PageState.NOT_PAID: "!",
    PageState.CLOSED: "–",
    PageState.NEUTRAL: "→",
}


def payment_page(
    state: PageState,
    language: Language,
    shop: Shop,
    order_number: str | None,
    again: Mapping[str, str | None],
) -> str:
    """The whole page. The neutral one, for ids that are not ours, says nothing of any order.

    `again` is the query with which it opens itself once more while the outcome is unknown; what is None is left out.
    """
    speaker = Speaker.of(language)
    refresh = ""
    if state is PageState.PROCESSING:
        query = urlencode({name: value for name, value in again.items() if value is not None})
        address = escape(f"?{query}")
        refresh = f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}; url={address}">'
    order = ""
    if order_number is not None and state is not PageState.NEUTRAL:
        number = escape(order_number)
        order = f'<p class="order">{escape(speaker.say("page.order.label"))}<br><strong>{number}</strong></p>'
    title, said = escape(speaker.say(f"page.{state}.title")), escape(speaker.say(f"page.{state}.text"))
    return f"""<!doctype html>
<html lang="{escape(language.value)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
{refresh}
<title>{title} | {escape(shop.name)}</title>
<style>{_style()}</style>
</head>
<body>
<main>
<header>
<p class="shop">{escape(shop.name)}</p>
<div class="mark" aria-hidden="true">{_MARKS[state]}</div>
<h1 role="status">{title}</h1>
</header>
<section>
<p>{said}</p>
{order}
<a href="{escape(chat_link(shop.official_account))}">{escape(speaker.say("page.link.label"))}</a>
</section>
</main>
</body>
</html>
"""


@cache
def _style() -> str:
    return files("storefront.messages").joinpath("pages.css").read_text("utf-8")


def page_headers(html: str) -> dict[str, str]:
    """The headers that `html` is served with; its style block is the only thing that it may load."""
    blocks = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    hashes = [f"'sha256-{b64encode(hashlib.sha256(block.encode()).digest()).decode()}'" for block in blocks]
    policy = (
        "default-src 'none'",
        f"style-src {' '.join(hashes)}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "; ".join(policy),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
