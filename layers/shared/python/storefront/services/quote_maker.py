"""What every way to a quote shares: a basket becomes the one current quote, or what stands in its way is said."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import Conversation, Step
from storefront.domain.coupon import CouponRefusal
from storefront.domain.outbox import Topic
from storefront.domain.quote import Quote, QuoteState
from storefront.services.coupons import Coupons
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Clock, Ids
from storefront.services.promising import Promising
from storefront.services.quoting import Basket, Quoting, Shortage, short_of
from storefront.services.turns import Turn

TAIPEI: Final = ZoneInfo("Asia/Taipei")
SIMILAR_SHOWN: Final = 3


class QuoteMaker:
    """Makes the turn that offers a quote."""

    def __init__(
        self,
        quoting: Quoting,
        promising: Promising,
        own: OwnRows,
        coupons: Coupons,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._quoting = quoting
        self._promising = promising
        self._own = own
        self._coupons = coupons
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
            return self.short(conversation, basket, shortage, catalogue)
        now = self._clock()
        basket = replace(
            basket,
            coupon=conversation.coupon if basket.coupon is None else basket.coupon,
            wished_date=basket.wished_date or conversation.asked_date,
        )
        if open_quote is not None:
            basket = basket.after(open_quote)
        basket = replace(basket, coupon=basket.coupon or None)
        coupon, refusal = self._coupon_of(basket, conversation.customer_id, now)
        wanted = {sku: units[sku] for sku in there}
        promised, conversation = self._promising.of_quote(conversation, wanted, open_quote, there)
        try:
            plan = self._quoting.plan(
                conversation,
                replace(basket, coupon=coupon),
                open_quote,
                self._ids.quote_id(),
                now,
                catalogue,
                cause,
                promised=promised,
                page_key=self._ids.page_key(),
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
            asked_also=(),
            asked_date=None,
            misses=0,
            coupon=None,
        )
        facts = named(plan.quote)
        refusal = refusal or plan.coupon_refusal
        if refusal is not None and basket.coupon is not None:
            facts |= self._coupons.facts(basket.coupon, refusal)
        ended = (open_quote.ended(QuoteState.SUPERSEDED),) if open_quote else ()
        return Turn(talking, Topic.QUOTE, facts, plan.writes, start=plan.quote, end=ended)

    def keeps_its_word(self, quote: Quote) -> bool:
        """Whether `quote` can be accepted with what its coupon took off: somebody else may have had the last use."""
        return self._coupons.refusal_of(quote) is None

    def _coupon_of(
        self, basket: Basket, customer_id: str, now: datetime
    ) -> tuple[str | None, CouponRefusal | None]:
        """The basket's coupon, if this customer may use it now, else why not."""
        if basket.coupon is None:
            return None, None
        refusal = self._coupons.refusal(basket.coupon, customer_id, now)
        return (basket.coupon, None) if refusal is None else (None, refusal)

    def short(
        self, conversation: Conversation, basket: Basket, shortage: Shortage, catalogue: Catalogue
    ) -> Turn:
        """Less than was wanted: what there is now, when the rest could come, what is alike.

        The other products wait in the cart, so that an answer about this one makes a quote of them all.
        """
        waiting = {sku: units for sku, units in basket.units.items() if sku != shortage.sku}
        if shortage.sku in conversation.cart:
            waiting[shortage.sku] = conversation.cart[shortage.sku]
        asking = replace(conversation, cart=waiting, asked_sku=shortage.sku, misses=0)
        lead_days = catalogue.products[shortage.sku].lead_days
        similar = [product.sku for product in self._quoting.similar_to(shortage.sku, catalogue)]
        facts = {
            "sku": shortage.sku,
            "wanted": str(shortage.wanted),
            "available": str(shortage.available),
            "similar": ",".join(similar[:SIMILAR_SHOWN]),
        }
        if lead_days > 0:
            today = self._clock().astimezone(TAIPEI).date()
            facts |= {"lead_days": str(lead_days), "rest_on": (today + timedelta(days=lead_days)).isoformat()}
        return Turn(asking, Topic.OUT_OF_STOCK, facts)


def named(quote: Quote) -> dict[str, str]:
    """The facts by which a message names a quote."""
    return {"quote_id": quote.quote_id, "quote_version": str(quote.quote_version)}
