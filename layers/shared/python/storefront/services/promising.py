"""Promising stock: whether one customer's quotes and unpaid orders may hold what is wanted, by the rules of the house.

Whatever makes a customer hold more is a turn of their own chat, and every turn writes the conversation's row: its
revision makes two of them exclude each other, so what is read here is still so when the turn is committed. Holds that
end meanwhile only leave more room.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from storefront.domain.conversation import Conversation
from storefront.domain.holds import HoldBook, HoldLimits, goes_on
from storefront.domain.order import HoldState, Order
from storefront.domain.quote import Quote
from storefront.services.ports import Clock, Store


class HoldRefusal(StrEnum):
    """Why a quote cannot be accepted now; it stays open."""

    UNPAID_ORDERS = "unpaid_orders"
    TAKEN_OFTEN = "taken_often"


class Promising:
    """Keeps a customer's holds within `limits`."""

    def __init__(self, store: Store, limits: HoldLimits, clock: Clock) -> None:
        self._store = store
        self._limits = limits
        self._clock = clock

    def of_quote(
        self,
        conversation: Conversation,
        wanted: Mapping[str, int],
        open_quote: Quote | None,
        there: Mapping[str, int],
    ) -> tuple[bool, Conversation]:
        """Whether a quote of `wanted` units of counted products may promise them, and the conversation after that.

        A change of a quote goes on with its promise for a day, then it counts as a new one.
        `open_quote` is the one that it replaces; `there` is what this customer could have besides unpaid orders.
        """
        now = self._clock()
        book, unpaid = self._settled(conversation)
        if not wanted:
            return True, replace(conversation, holds=_kept(book))
        since = open_quote.promised_since if open_quote is not None else None
        same_promise = goes_on(since, now)
        own = _units(unpaid)
        holds = {sku: units + own[sku] for sku, units in wanted.items()}
        might_have = {sku: units + own[sku] for sku, units in there.items()}
        may_promise = same_promise or book.may_promise(self._limits, now)
        if not may_promise or not self._limits.are_kept_by(holds, might_have):
            return False, replace(conversation, holds=_kept(book))
        return True, replace(conversation, holds=_kept(book if same_promise else book.with_promise(now)))

    def of_order(
        self, conversation: Conversation, quote: Quote, order_number: str
    ) -> Conversation | HoldRefusal:
        """The conversation after `quote` has become one more unpaid order, or why it cannot."""
        now = self._clock()
        book, unpaid = self._settled(conversation)
        if len(unpaid) >= self._limits.unpaid_orders:
            return HoldRefusal.UNPAID_ORDERS
        book = book.with_order(order_number)
        if quote.promised_since is None and quote.counted_lines:
            if not book.may_take(self._limits, now):
                return HoldRefusal.TAKEN_OFTEN
            book = book.with_taking(now)
        return replace(conversation, holds=book)

    def _settled(self, conversation: Conversation) -> tuple[HoldBook, Sequence[Order]]:
        """The book without what is over, and the orders that still hold stock. A purchase forgives the past."""
        book = (conversation.holds or HoldBook()).lately(self._clock())
        orders = [self._store.read(Order, number) for number in book.orders]
        unpaid = [order for order in orders if order is not None and order.hold is HoldState.HELD]
        if any(order is not None and order.hold is HoldState.COMMITTED for order in orders):
            book = replace(book, promised=(), taken=())
        return replace(book, orders=tuple(order.order_number for order in unpaid)), unpaid


def _kept(book: HoldBook) -> HoldBook | None:
    """A book without anything in it is not kept."""
    return None if book == HoldBook() else book


def _units(orders: Sequence[Order]) -> Counter[str]:
    units: Counter[str] = Counter()
    for order in orders:
        for line in order.counted_lines:
            units[line.sku] += line.quantity
    return units
