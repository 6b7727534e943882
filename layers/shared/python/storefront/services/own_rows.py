"""A customer's own quotes and orders: whatever a button or a text names is looked up as theirs, or not at all.

A foreign row and an unknown one are the same to the caller (B3, X4).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from storefront.domain.conversation import Conversation
from storefront.domain.order import Order
from storefront.domain.quote import Quote
from storefront.language.postbacks import Postback
from storefront.services.ports import Store
from storefront.services.turns import whole_number

NUMBERS_MOST: Final = 5
"""Order numbers of one message that are looked at."""


class OwnRows:
    """Look-ups on behalf of one customer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def current_quote(self, conversation: Conversation) -> Quote | None:
        """The quote that is being talked about."""
        if conversation.quote_id is None:
            return None
        return self._store.read(Quote, conversation.quote_id, conversation.quote_version)

    def quote(self, conversation: Conversation, postback: Postback) -> Quote | None:
        """The quote version that a button names."""
        quote_id, version = postback.fields.get("q", ""), whole_number(postback, "v")
        if not quote_id or version is None:
            return None
        quote = self._store.read(Quote, quote_id, version)
        return quote if quote is not None and quote.customer_id == conversation.customer_id else None

    def order(self, conversation: Conversation, order_number: str | None) -> Order | None:
        """The order of that number."""
        if not order_number:
            return None
        order = self._store.read(Order, order_number)
        return order if order is not None and order.customer_id == conversation.customer_id else None

    def named(
        self, conversation: Conversation, numbers: Sequence[str], now: datetime
    ) -> tuple[Conversation, Order | None]:
        """The first of the numbers that is the customer's own; one that never was and a foreign one are alike.

        Each that is not theirs is counted in the conversation; for whoever names many of them none is looked up until
        some time has passed.
        """
        for number in numbers[:NUMBERS_MOST]:
            if conversation.tries_numbers(now):
                break
            order = self.order(conversation, number)
            if order is not None:
                return conversation, order
            conversation = conversation.named_unknown_order(now)
        return conversation, None
