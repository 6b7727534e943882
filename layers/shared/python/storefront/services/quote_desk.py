"""The quote desk: what a customer asks for becomes one current quote, which they accept, change or let go."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from storefront.domain.catalogue import Catalogue, ProductKind
from storefront.domain.conversation import Conversation, Step
from storefront.domain.order import OrderState
from storefront.domain.outbox import Topic
from storefront.domain.quote import Quote, QuoteState
from storefront.language.inquiry import (
    Change,
    Inquiry,
    Question,
    QuestionKind,
    RequestedLine,
    parse_inquiry,
)
from storefront.language.postbacks import Postback
from storefront.language.quantities import Refusal
from storefront.language.text import clean
from storefront.services.carts import (
    cart_after,
    fitting,
    is_one_answer,
    the_one_sold_by,
    units_for_all,
    with_the_quantity_asked_about,
)
from storefront.services.delivery_desk import DeliveryDesk
from storefront.services.own_rows import OwnRows
from storefront.services.phrases import Phrases
from storefront.services.ports import Clock, Ids, Put
from storefront.services.product_desk import ProductDesk
from storefront.services.promising import HoldRefusal, Promising
from storefront.services.quote_maker import QuoteMaker, named
from storefront.services.quoting import Basket, Quoting
from storefront.services.turns import ChatEvent, Turn, whole_number
from storefront.services.vocabulary import vocabulary_of

MOST_CHOICES: Final = 12
"""Products that one question can offer as buttons."""
TAIPEI: Final = ZoneInfo("Asia/Taipei")


class QuoteDesk:
    """Turns about products and quotes."""

    def __init__(
        self,
        quoting: Quoting,
        maker: QuoteMaker,
        promising: Promising,
        delivery_desk: DeliveryDesk,
        products: ProductDesk,
        own: OwnRows,
        clock: Clock,
        ids: Ids,
        phrases: Phrases,
    ) -> None:
        self._quoting = quoting
        self._maker = maker
        self._promising = promising
        self._delivery_desk = delivery_desk
        self._products = products
        self._own = own
        self._clock = clock
        self._ids = ids
        self._phrases = phrases

    # What is wanted --------------------------------------------------------------------------------------

    def read(self, conversation: Conversation, event: ChatEvent) -> Inquiry:
        """What the customer's words ask for."""
        vocabulary = vocabulary_of(self._quoting.catalogue())
        today = event.at.astimezone(TAIPEI).date()
        return parse_inquiry(event.text, vocabulary, today=today, reader=conversation.language)

    def inquired(self, conversation: Conversation, event: ChatEvent, inquiry: Inquiry | None = None) -> Turn:
        """A text that may order something; at most one question, and never a guess about a product."""
        inquiry = inquiry or self.read(conversation, event)
        answered = self._products.asked(conversation, inquiry)
        return answered or self._products.beside(self._ordered(conversation, inquiry, event), inquiry)

    def _ordered(self, conversation: Conversation, inquiry: Inquiry, event: ChatEvent) -> Turn:
        """What the words order, or what has to be asked first."""
        catalogue = self._quoting.catalogue()
        vocabulary = vocabulary_of(catalogue)
        inquiry = with_the_quantity_asked_about(conversation, inquiry, vocabulary)
        conversation = replace(conversation, asked_quantity=None, asked_unit=None, asked_change=None)
        asked = [question for question in inquiry.questions if question.kind is not QuestionKind.WHICH_DATE]
        cart = cart_after(
            conversation.cart,
            conversation.asked_sku or the_one_sold_by(inquiry, conversation.cart, vocabulary),
            inquiry,
            vocabulary,
            answers=self._answers(conversation, inquiry),
            asked_also=conversation.asked_also,
        )
        wished = inquiry.wished_date.isoformat() if inquiry.wished_date else None
        if asked:
            # What is clear already waits in the cart, and the day with it, for the answer.
            waiting = replace(
                conversation, cart=cart or conversation.cart, asked_date=wished or conversation.asked_date
            )
            return self._ask(waiting, asked, catalogue, event)
        if cart and conversation.asked_also and is_one_answer(inquiry):
            return self._ask_next(replace(conversation, cart=cart), wished)
        if cart is None and is_one_answer(inquiry) and len(conversation.cart) > 1:
            return self._ask_which_line(conversation, inquiry.lines[0], event, catalogue)
        if cart is None and is_one_answer(inquiry) and not conversation.cart:
            return self._ask_of_what(conversation, inquiry.lines[0], event, catalogue)
        if cart is None:
            return self._only_a_date(conversation, inquiry, wished, event)
        if not cart:
            return self.let_go(conversation, event)
        turn = self._maker.make(conversation, Basket(cart, wished), catalogue, event.event_id)
        gone = _day_that_is_none(inquiry)
        if gone is None or turn.topic is not Topic.QUOTE:
            return turn
        return replace(turn, facts={**turn.facts, "no_day": gone})

    def _answers(self, conversation: Conversation, inquiry: Inquiry) -> bool:
        """Whether the words answer our question about one of several products, whose others still wait."""
        if {line.sku for line in inquiry.lines} != {conversation.asked_sku} or not conversation.cart:
            return False
        quote = self._own.current_quote(conversation)
        return quote is None or conversation.cart != Basket.of(quote).units

    def _only_a_date(
        self, conversation: Conversation, inquiry: Inquiry, wished: str | None, event: ChatEvent
    ) -> Turn:
        """12/5 前要: a wish for the open quote, when the words say nothing else."""
        quote = self._own.current_quote(conversation)
        if inquiry.unknown or quote is None or not quote.is_open_at(self._clock()):
            return self.missed(conversation, event, inquiry.unknown)
        gone = _day_that_is_none(inquiry)
        if gone is not None:
            return Turn(replace(conversation, misses=0), Topic.ASK_DATE, {**named(quote), "phrase": gone})
        if wished is None:
            return self.missed(conversation, event)
        return self.requoted(conversation, replace(Basket.of(quote), wished_date=wished), event)

    def picked(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """A product chosen by button, with the quantity that was spoken of."""
        sku = postback.fields.get("sku", "")
        catalogue = self._quoting.catalogue()
        if catalogue.find(sku) is None:
            return Turn(conversation, Topic.QUESTION_QUANTITY, {"sku": sku})
        cart = {**conversation.cart, sku: whole_number(postback, "n") or 1}
        return self._maker.make(conversation, Basket(cart), catalogue, event.event_id)

    def requoted(self, conversation: Conversation, basket: Basket, event: ChatEvent) -> Turn:
        """`basket` as the current quote at today's prices."""
        return self._maker.make(conversation, basket, self._quoting.catalogue(), event.event_id)

    def dated(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """A day from the calendar: the open quote with that day; a forged one is asked for again."""
        quote = self._own.quote(conversation, postback)
        if quote is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        if not quote.is_open_at(self._clock()):
            return self._no_longer_open(conversation, quote, event)
        day = _day_of(event.picked_day)
        if day is None or day < event.at.astimezone(TAIPEI).date():
            return Turn(conversation, Topic.ASK_DATE, {**named(quote), "phrase": event.picked_day})
        return self.requoted(conversation, replace(Basket.of(quote), wished_date=day.isoformat()), event)

    def missed(self, conversation: Conversation, event: ChatEvent, phrase: str = "") -> Turn:
        """Not understood; the second time in a row a person is offered. What was not is kept for the shop."""
        misses = conversation.misses + 1
        facts = {"offer_person": "yes" if misses > 1 else "no"}
        writes = self._phrases.kept(conversation, phrase, event.line_message_id)
        return Turn(replace(conversation, misses=misses), Topic.NOT_UNDERSTOOD, facts, writes)

    def _ask_which_line(
        self, conversation: Conversation, line: RequestedLine, event: ChatEvent, catalogue: Catalogue
    ) -> Turn:
        """改成 5 箱, when there are several products: which of them is meant."""
        which = Question(
            QuestionKind.WHICH_PRODUCT,
            clean(event.text, limit=40),
            tuple(conversation.cart),
            line.spoken_quantity,
            line.spoken_unit,
            change=line.change,
        )
        asked = self._ask(conversation, (which,), catalogue, event)
        return replace(asked, facts={**asked.facts, "of": "quote"})

    def _ask_of_what(
        self, conversation: Conversation, line: RequestedLine, event: ChatEvent, catalogue: Catalogue
    ) -> Turn:
        """三箱, before anything was named: of what. A shop with more products than buttons shows its catalogue."""
        everything = tuple(product.sku for product in catalogue.on_offer if product.kind is ProductKind.GOODS)
        phrase = clean(event.text, limit=40)
        which = Question(
            QuestionKind.WHICH_PRODUCT, phrase, everything, line.spoken_quantity, line.spoken_unit
        )
        which = fitting(which, vocabulary_of(catalogue))
        if line.spoken_unit is None or len(which.candidates) > MOST_CHOICES:
            return self.missed(conversation, event, phrase)
        return self._ask(conversation, (which,), catalogue, event)

    @staticmethod
    def _ask_next(conversation: Conversation, wished: str | None) -> Turn:
        """How many of the next product, when the message named several without a quantity."""
        sku, *rest = conversation.asked_also
        asking = replace(
            conversation,
            asked_sku=sku,
            asked_also=tuple(rest),
            asked_date=wished or conversation.asked_date,
            misses=0,
        )
        return Turn(asking, Topic.QUESTION_QUANTITY, {"sku": sku})

    def _ask(
        self, conversation: Conversation, asked: Sequence[Question], catalogue: Catalogue, event: ChatEvent
    ) -> Turn:
        question = asked[0]
        also = tuple(each.candidates[0] for each in asked[1:] if each.kind is QuestionKind.HOW_MANY)
        heard = replace(conversation, misses=0, asked_also=also)
        match question.kind:
            case QuestionKind.WHICH_PRODUCT if question.candidates:
                question = fitting(question, vocabulary_of(catalogue))
                units = units_for_all(question, vocabulary_of(catalogue))
                if question.change in {Change.ADD, Change.REMOVE} and question.candidates[0] in heard.cart:
                    units = None  # a button sets a quantity; more and less need the answer in words
                facts = {
                    "candidates": ",".join(question.candidates),
                    "quantity": "" if units is None else str(units),
                    "phrase": question.phrase,
                }
                heard = replace(
                    heard,
                    asked_quantity=question.quantity,
                    asked_unit=question.unit,
                    asked_change=question.change.value,
                )
                return Turn(heard, Topic.QUESTION_PRODUCT, facts)
            case QuestionKind.HOW_MANY | QuestionKind.WHICH_UNIT if question.candidates:
                asking = replace(heard, asked_sku=question.candidates[0])
                return Turn(asking, Topic.QUESTION_QUANTITY, {"sku": question.candidates[0]})
            case QuestionKind.QUANTITY_REFUSED:
                facts = {"phrase": question.phrase, "reason": _reason(question.reason)}
                about = question.candidates[0] if question.candidates else heard.asked_sku
                return Turn(replace(heard, asked_sku=about), Topic.QUANTITY_REFUSED, facts)
            case _:
                return self.missed(conversation, event, question.phrase)

    # What becomes of it ----------------------------------------------------------------------------------

    def accepted(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """The accept button: an order, once; pressed again it says what comes next (B4)."""
        quote = self._own.quote(conversation, postback)
        if quote is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        if quote.order_number is not None:
            return self.where_it_stands(conversation, quote.order_number)
        now = self._clock()
        if not quote.is_open_at(now):
            return self._no_longer_open(conversation, quote, event)
        if not self._maker.keeps_its_word(quote):
            # Nothing is ordered at another price than was tapped: the new quote says what is different.
            return self.requoted(conversation, Basket.of(quote), event)
        number = self._ids.order_number()
        holding = self._promising.of_order(conversation, quote, number)
        if isinstance(holding, HoldRefusal):
            return Turn(conversation, Topic.HOLDS_USED_UP, {**named(quote), "reason": holding.value})
        if quote.promised_since is None:
            catalogue = self._quoting.catalogue()
            shortage = self._quoting.shortage(Basket.of(quote), {}, catalogue)
            if shortage is not None:
                return self._maker.short(conversation, Basket.of(quote), shortage, catalogue)
        order, writes = self._quoting.accept(quote, number, now, event.event_id)
        talking = replace(holding, cart={}, order_number=order.order_number, step=Step.DELIVERY, misses=0)
        asked = self._delivery_desk.ask(talking, order)
        return Turn(asked.conversation, asked.topic, asked.facts, writes)

    def where_it_stands(self, conversation: Conversation, order_number: str) -> Turn:
        """What an order of the customer's needs next; changes nothing."""
        order = self._own.order(conversation, order_number)
        if order is None:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        if order.state is OrderState.AWAITING_DETAILS:
            asked = self._delivery_desk.ask(replace(conversation, order_number=order_number), order)
            return Turn(asked.conversation, asked.topic, asked.facts)
        if order.state is OrderState.AWAITING_PAYMENT:
            return Turn(conversation, open_payment=order)
        facts = {"order_number": order_number, "as_of": self._clock().isoformat()}
        return Turn(conversation, Topic.ORDER_STATUS, facts)

    def declined(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """The decline button: the stock is free again."""
        quote = self._own.quote(conversation, postback)
        if quote is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        if quote.state is not QuoteState.OFFERED:
            return self._no_longer_open(conversation, quote, event)
        return self._end(replace(conversation, cart={}), quote, QuoteState.DECLINED, event)

    def let_go(self, conversation: Conversation, event: ChatEvent) -> Turn:
        """Nothing is left of the cart, by words: the open quote is declined, if there is one."""
        quote = self._own.current_quote(conversation)
        emptied = replace(
            conversation, cart={}, quote_id=None, quote_version=0, misses=0, asked_also=(), asked_date=None
        )
        if quote is None or quote.state is not QuoteState.OFFERED:
            return Turn(emptied, Topic.QUOTE_DECLINED)
        return self._end(emptied, quote, QuoteState.DECLINED, event)

    def renewed(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """An old quote at today's prices."""
        quote = self._own.quote(conversation, postback)
        if quote is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        today = self._clock().astimezone(TAIPEI).date().isoformat()
        wished = quote.wished_date if quote.wished_date is not None and quote.wished_date > today else None
        basket = Basket(Basket.of(quote).units, wished, quote.formal, quote.coupon)
        return self.requoted(conversation, basket, event)

    def change_asked(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """The change button: how to say what should be different."""
        quote = self._own.quote(conversation, postback)
        if quote is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        if not quote.is_open_at(self._clock()):
            return self._no_longer_open(conversation, quote, event)
        return Turn(conversation, Topic.ASK_CHANGE, named(quote))

    def formalised(self, conversation: Conversation, event: ChatEvent) -> Turn:
        """The open quote as a formal one, with the page for a buyer's file; of an accepted one the page."""
        quote = self._own.current_quote(conversation)
        if quote is not None and quote.state is QuoteState.ACCEPTED and quote.page_key is not None:
            return Turn(conversation, Topic.QUOTE_PAGE, named(quote))
        if quote is None or quote.state is not QuoteState.OFFERED:
            return Turn(conversation, Topic.HOW_TO_ORDER)
        if quote.formal and quote.is_open_at(self._clock()):
            return Turn(conversation, Topic.QUOTE, named(quote))
        return self.requoted(conversation, replace(Basket.of(quote), formal=True), event)

    def reordered(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """An earlier order once more, as a new quote at today's prices."""
        order = self._own.order(conversation, postback.fields.get("o"))
        if order is None:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        cart = {line.sku: line.quantity for line in order.lines}
        return self.requoted(conversation, Basket(cart), event)

    def _no_longer_open(self, conversation: Conversation, quote: Quote, event: ChatEvent) -> Turn:
        """An old button: what became of the quote, the current one if there is one, else an offer to renew."""
        if quote.order_number is not None:
            return self.where_it_stands(conversation, quote.order_number)
        if quote.state is QuoteState.OFFERED:
            return self._end(conversation, quote, QuoteState.EXPIRED, event)
        current = self._own.current_quote(conversation)
        if quote.state is not QuoteState.SUPERSEDED or current is None:
            return _over(conversation, quote)
        if current.is_open_at(self._clock()):
            return Turn(conversation, Topic.QUOTE_SUPERSEDED, named(current))
        if current.quote_id == quote.quote_id and current.state is not QuoteState.SUPERSEDED:
            return self._no_longer_open(conversation, current, event)
        return _over(conversation, quote)

    def _end(self, conversation: Conversation, quote: Quote, state: QuoteState, event: ChatEvent) -> Turn:
        writes = self._quoting.end(quote, state, self._clock(), event.event_id)
        topic = Topic.QUOTE_EXPIRED if state is QuoteState.EXPIRED else Topic.QUOTE_DECLINED
        return Turn(conversation, topic, named(quote), writes, end=(quote.ended(state),))


def _over(conversation: Conversation, quote: Quote) -> Turn:
    """The quote is over, and the customer knows from now on."""
    untold = quote.state is QuoteState.EXPIRED and not quote.told_of_end
    writes = (Put(replace(quote, told_of_end=True)),) if untold else ()
    return Turn(conversation, Topic.QUOTE_EXPIRED, named(quote), writes)


def _day_that_is_none(inquiry: Inquiry) -> str | None:
    """The words for a day that has gone or that no calendar has."""
    none = (question.phrase for question in inquiry.questions if question.kind is QuestionKind.WHICH_DATE)
    return next(none, None)


def _day_of(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _reason(refusal: Refusal | None) -> str:
    """Why a quantity was refused, as the wording files know it."""
    match refusal:
        case Refusal.ZERO | Refusal.NEGATIVE | Refusal.FRACTION | Refusal.APPROXIMATE:
            return refusal.value
        case Refusal.TOO_LARGE:
            return "too_many"
        case _:
            return "not_a_number"
