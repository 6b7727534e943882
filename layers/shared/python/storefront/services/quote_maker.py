"""What every way to a quote shares: a basket becomes the one current quote, or what stands in its way is said."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import Conversation, Step
from storefront.domain.outbox import Topic
from storefront.domain.quote import Quote, QuoteState
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Clock, Ids
from storefront.services.promising import Promising
from storefront.services.quoting import Basket, Quoting, Shortage, short_of
from storefront.services.turns import Turn

SIMILAR_SHOWN: Final = 3


class QuoteMaker:
    """Makes the turn that offers a quote."""

    def __init__(self, quoting: Quoting, promising: Promising, own: OwnRows, clock: Clock, ids: Ids) -> None:
        self._quoting = quoting
        self._promising = promising
        self._own = own
        self._clock = clock
        self._ids = ids

    def make(self, conversation: Conversation, basket: Basket, catalogue: Catalogue, cause: str) -> Turn:
        """Quote `basket`, or say of which product there is too little; products no longer on offer drop out.

        `cause` is the id of the event behind it, for the quote's record.
        """
        units = {sku: each for sku, each in basket.units.items() if catalogue.find(sku) is not None}
        if not units:
            return Turn(conversation, Topic.CATALOGUE)
        basket = replace(basket, units=units)
        previous = self._own.current_quote(conversation)
        open_quote = previous if previous is not None and previous.state is QuoteState.OFFERED else None
        held = {line.sku: line.quantity for line in open_quote.held_lines} if open_quote else {}
        there = self._quoting.there(basket, held, catalogue)
        shortage = short_of(basket, there)
        if shortage is not None:
            return short(conversation, basket.units, shortage, catalogue)
        if open_quote is not None:
            basket = basket.after(open_quote)
        wanted = {sku: units[sku] for sku in there}
        promised, conversation = self._promising.of_quote(conversation, wanted, open_quote, there)
        try:
            plan = self._quoting.plan(
                conversation,
                basket,
                open_quote,
                self._ids.quote_id(),
                self._clock(),
                catalogue,
                cause,
                promised=promised,
            )
        except ValueError:
            return Turn(conversation, Topic.QUANTITY_REFUSED, {"phrase": "", "reason": "too_many"})
        talking = replace(
            conversation,
            cart=dict(units),
            quote_id=plan.quote.quote_id,
            quote_version=plan.quote.quote_version,
            step=Step.FREE,
            asked_sku=None,
            misses=0,
        )
        ended = (open_quote.ended(QuoteState.SUPERSEDED),) if open_quote else ()
        return Turn(talking, Topic.QUOTE, named(plan.quote), plan.writes, start=plan.quote, end=ended)


def named(quote: Quote) -> dict[str, str]:
    """The facts by which a message names a quote."""
    return {"quote_id": quote.quote_id, "quote_version": str(quote.quote_version)}


def short(
    conversation: Conversation, cart: Mapping[str, int], shortage: Shortage, catalogue: Catalogue
) -> Turn:
    """Less than was wanted: what there is now, when the rest could come, what is alike.

    The other products wait in the cart, so that an answer about this one makes a quote of them all.
    """
    waiting = {sku: units for sku, units in cart.items() if sku != shortage.sku}
    if shortage.sku in conversation.cart:
        waiting[shortage.sku] = conversation.cart[shortage.sku]
    asking = replace(conversation, cart=waiting, asked_sku=shortage.sku, misses=0)
    product = catalogue.products[shortage.sku]
    similar = [
        other.sku for other in catalogue.on_offer if other.kind == product.kind and other.sku != product.sku
    ]
    facts = {
        "sku": shortage.sku,
        "wanted": str(shortage.wanted),
        "available": str(shortage.available),
        "lead_days": str(product.lead_days),
        "similar": ",".join(similar[:SIMILAR_SHOWN]),
    }
    return Turn(asking, Topic.OUT_OF_STOCK, facts)
