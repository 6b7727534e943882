"""The coupon desk: a code that a customer writes goes on the quote, or its writer is told why not."""

from dataclasses import replace

from storefront.domain.conversation import Conversation
from storefront.domain.coupon import CouponRefusal
from storefront.domain.outbox import Topic
from storefront.language.coupons import CouponMention
from storefront.services.coupons import Coupons
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Clock
from storefront.services.quote_desk import QuoteDesk
from storefront.services.quoting import NO_COUPON, Basket
from storefront.services.turns import ChatEvent, Turn


class CouponDesk:
    """Turns about codes. Trying many codes leads nowhere, and looks no different from a code that does not exist."""

    def __init__(self, quotes: QuoteDesk, coupons: Coupons, own: OwnRows, clock: Clock) -> None:
        self._quotes = quotes
        self._coupons = coupons
        self._own = own
        self._clock = clock

    def takes(self, conversation: Conversation, mention: CouponMention) -> bool:
        """Whether a message is about a coupon: a code without a word for it may be something else (`oolong10`)."""
        if not mention.unmarked:
            return True
        return self._coupons.is_known(mention.code) and not conversation.guesses_too_much(self._clock())

    def heard(self, conversation: Conversation, mention: CouponMention, event: ChatEvent) -> Turn:
        """A code, alone or with an order. Alone it leaves the quote as it is unless it takes something off."""
        now = self._clock()
        refusal: CouponRefusal | None = CouponRefusal.UNKNOWN
        if not conversation.guesses_too_much(now):
            refusal = self._coupons.refusal(mention.code, conversation.customer_id, now)
        if refusal is CouponRefusal.UNKNOWN:
            conversation = conversation.guessed(now)
        holding = conversation if refusal is not None else replace(conversation, coupon=mention.code)
        if mention.rest:
            turn = self._quotes.inquired(holding, replace(event, text=mention.rest))
            if turn.topic is Topic.QUOTE and refusal is not None:
                return replace(turn, facts={**turn.facts, **self._coupons.facts(mention.code, refusal)})
            if turn.topic is not Topic.NOT_UNDERSTOOD:
                return turn
        if refusal is not None:
            return self._refused(conversation, self._coupons.facts(mention.code, refusal))
        return self._applied(conversation, holding, event)

    def _applied(self, before: Conversation, holding: Conversation, event: ChatEvent) -> Turn:
        """The open quote with the coupon in it; without an open quote it waits for the next one."""
        quote = self._own.current_quote(holding)
        if quote is None or not quote.is_open_at(self._clock()):
            return Turn(replace(holding, misses=0), Topic.COUPON_NOTED, {"coupon": str(holding.coupon)})
        turn = self._quotes.requoted(holding, replace(Basket.of(quote), coupon=holding.coupon), event)
        if "coupon_refusal" in turn.facts:
            facts = {name: said for name, said in turn.facts.items() if name.startswith("coupon")}
            return self._refused(before, facts)
        return turn

    def let_go(self, conversation: Conversation, event: ChatEvent) -> Turn | None:
        """The open quote without its coupon; None when there is none to let go of."""
        quote = self._own.current_quote(conversation)
        if quote is None or not quote.is_open_at(self._clock()):
            return None
        basket = Basket.of(quote)
        if basket.coupon is None and conversation.coupon is None:
            return None
        return self._quotes.requoted(conversation, replace(basket, coupon=NO_COUPON), event)

    def guessed(self, turn: Turn, mention: CouponMention) -> Turn:
        """Something that looked like a code and is none: a guess, whatever else it meant."""
        if mention.rest and turn.topic is not Topic.QUOTE:
            return turn
        conversation = turn.conversation.guessed(self._clock())
        if turn.topic is Topic.NOT_UNDERSTOOD:
            return self._refused(conversation, self._coupons.facts(mention.code, CouponRefusal.UNKNOWN))
        return replace(turn, conversation=conversation)

    @staticmethod
    def _refused(conversation: Conversation, facts: dict[str, str]) -> Turn:
        return Turn(replace(conversation, misses=0), Topic.COUPON_REFUSED, facts)
