"""The formal quote as a page for a buyer's file: what is committed, for whoever has the signed link (X5).

Unknown, malformed, foreign, old and erased are one answer: nothing.
"""

from datetime import datetime, timedelta
from typing import Final

from storefront.domain.conversation import Conversation
from storefront.domain.quote import Quote, QuoteState
from storefront.domain.quote_link import is_signed_for, parts_of
from storefront.messages.quote_page import PageStanding, QuoteView
from storefront.services.ports import Clock, Store

SHOWN_FOR: Final = timedelta(days=180)
"""A page can be opened for so long after the quote's last day; a buyer's file holds the paper."""


class QuotePages:
    """Answers visits of quote pages; reads only."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def visit(self, key: str) -> QuoteView | None:
        """The quote behind a link; None for everything that is not a link of ours that still opens something."""
        parts = parts_of(key)
        if parts is None:
            return None
        quote = self._store.read(Quote, parts.quote_id, parts.quote_version)
        if quote is None or not is_signed_for(quote, parts.signature):
            return None
        now = self._clock()
        conversation = self._store.read(Conversation, quote.customer_id)
        if conversation is None or now - quote.valid_until > SHOWN_FOR:
            return None
        return QuoteView(quote, _standing(quote, now), conversation.on_file)


def _standing(quote: Quote, now: datetime) -> PageStanding:
    if quote.state is not QuoteState.OFFERED:
        return PageStanding(quote.state.value)
    return PageStanding.OPEN if quote.is_open_at(now) else PageStanding.EXPIRED
