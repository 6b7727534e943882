"""Answering: what a customer wrote or tapped, by what it means, becomes the turn that answers it.

Nothing is written or sent here; `chat` commits the turn and does what follows.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from storefront.domain.conversation import LINKING, Conversation, Step
from storefront.domain.handover import Why
from storefront.domain.language import Language
from storefront.domain.order import Order, OrderState
from storefront.domain.order_number import find_order_number
from storefront.domain.outbox import Topic
from storefront.domain.pace import PaceLimits, Verdict, filled
from storefront.domain.quote import QuoteState
from storefront.language.calling_off import says_cancel
from storefront.language.coupons import coupon_in, lets_coupon_go
from storefront.language.intents import Intent, intent_of, language_named
from storefront.language.postbacks import Postback, decode
from storefront.language.shop_questions import shop_questions_of
from storefront.language.text import language_of
from storefront.services.after_sales import VERBS as AFTER_SALES_VERBS
from storefront.services.after_sales import AfterSalesDesk
from storefront.services.cancelling import Cancelling
from storefront.services.coupon_desk import CouponDesk
from storefront.services.declining import VERBS as DECLINE_VERBS
from storefront.services.declining import DeclineDesk
from storefront.services.delivery_desk import VERBS, DeliveryDesk, Reception
from storefront.services.haggling import HaggleDesk
from storefront.services.handing_over import VERBS as PEOPLE_VERBS
from storefront.services.handing_over import HandingOver
from storefront.services.link_desk import VERBS as LINK_VERBS
from storefront.services.link_desk import LinkDesk
from storefront.services.own_rows import OwnRows
from storefront.services.personal_desk import VERBS as PERSONAL_VERBS
from storefront.services.personal_desk import PersonalDesk
from storefront.services.ports import Clock, Messenger, Store
from storefront.services.product_desk import VERBS as PRODUCT_VERBS
from storefront.services.product_desk import ProductDesk
from storefront.services.quote_desk import QuoteDesk
from storefront.services.redirecting import why_not
from storefront.services.staff import STAFF_LANGUAGE, Staff
from storefront.services.staff_desk import STAFF_VERBS, StaffDesk
from storefront.services.turns import ChatEvent, Happening, Turn

MINUTE: Final = timedelta(minutes=1)
RECENT: Final = 5
"""How many of the latest orders are looked at for one that 改地址 may mean."""

SHORT_ANSWERS: Final = {
    Intent.THANKS: Topic.THANKS,
    Intent.ACKNOWLEDGE: Topic.ACKNOWLEDGED,
    Intent.GREETING: Topic.HOW_TO_ORDER,
    Intent.HELP: Topic.HOW_TO_ORDER,
    Intent.CATALOGUE: Topic.CATALOGUE,
}
"""What a short message gets that asks for nothing of the customer's own."""


@dataclass(frozen=True)
class Desks:
    """Who answers what in the chat."""

    quotes: QuoteDesk
    coupons: CouponDesk
    deliveries: DeliveryDesk
    cancelling: Cancelling
    haggling: HaggleDesk
    staff: StaffDesk
    products: ProductDesk
    people: HandingOver
    declines: DeclineDesk
    after_sales: AfterSalesDesk
    personal: PersonalDesk
    links: LinkDesk


class Answering:
    """Decides what the shop says to a chat event."""

    def __init__(
        self,
        store: Store,
        own: OwnRows,
        desks: Desks,
        messenger: Messenger,
        staff: Staff,
        clock: Clock,
        pace: PaceLimits,
        default_language: Language = Language.ZH_TW,
    ) -> None:
        self._store = store
        self._own = own
        self._quotes = desks.quotes
        self._coupons = desks.coupons
        self._deliveries = desks.deliveries
        self._cancelling = desks.cancelling
        self._haggling = desks.haggling
        self._staff_desk = desks.staff
        self._products = desks.products
        self._people = desks.people
        self._declines = desks.declines
        self._after_sales = desks.after_sales
        self._personal = desks.personal
        self._links = desks.links
        self._messenger = messenger
        self._staff = staff
        self._clock = clock
        self._pace = pace
        self._default_language = default_language

    def decide(self, event: ChatEvent) -> Turn | None:
        """The turn that answers `event`; None when nothing is to be said and nothing changes."""
        known = self._store.read(Conversation, event.customer_id)
        if event.happening is Happening.UNSEND:
            return self._personal.unsent(known, event)
        conversation = known or self._first_contact(event)
        if event.line_message_id and event.line_message_id in conversation.unsent:
            return None
        if event.happening is Happening.UNFOLLOW:
            return Turn(conversation.left(event.at))
        if event.happening is Happening.GROUP:
            return self._in_a_group(conversation, event)
        heard = conversation.spoke(None, event.at)
        verdict, bucket = filled(heard.commands, self._pace.commands_a_minute, MINUTE, self._clock())
        heard = replace(heard, commands=bucket)
        if verdict is Verdict.SILENCE:
            return None
        if verdict is Verdict.SAY_SO:
            return Turn(heard, Topic.SLOW_DOWN)
        turn = self._answer(heard, event)
        turn = replace(turn, conversation=turn.conversation.having_told(heard, event.line_message_id))
        return self._people.attended(self._people.unless_a_person_talks(heard, turn, event), event)

    def _answer(self, heard: Conversation, event: ChatEvent) -> Turn:
        """What the shop says by itself."""
        match event.happening:
            case Happening.FOLLOW:
                return Turn(heard, Topic.WELCOME)
            case Happening.STICKER:
                return Turn(heard, Topic.ACKNOWLEDGED)
            case Happening.MEDIA:
                shown = self._after_sales.photographed(heard, event)
                return shown or _to_a_person(self._after_sales.remembering(heard, event), Why.PHOTO)
            case Happening.POSTBACK:
                return self._tapped(heard.not_linking(), decode(event.postback_data), event)
            case _:
                return self._wrote(heard, event)

    def _first_contact(self, event: ChatEvent) -> Conversation:
        """A chat that we see for the first time; the profile is asked only when somebody becomes a friend."""
        if self._staff.is_staff(event.customer_id):
            return Conversation(event.customer_id, event.line_user_id, STAFF_LANGUAGE, language_chosen=True)
        language = None
        if event.happening is Happening.FOLLOW:
            language = Language.of_tag(self._messenger.profile_language(event.line_user_id))
        return Conversation(event.customer_id, event.line_user_id, language or self._default_language)

    @staticmethod
    def _in_a_group(conversation: Conversation, event: ChatEvent) -> Turn | None:
        """One line with the way to the one-to-one chat, then silence; never an order (N4)."""
        if conversation.misses > 0:
            return None
        heard = conversation.spoke(language_of(event.text, conversation.language), event.at)
        return Turn(replace(heard, misses=1), Topic.GROUP_HINT)

    def _wrote(self, heard: Conversation, event: ChatEvent) -> Turn:
        """The answer to a text. A name or an address says nothing about the language that its writer reads."""
        conversation = heard.spoke(language_of(event.text, heard.language), event.at)
        linking = self._linking(conversation, event.text)
        if linking is not None:
            return linking
        heard, conversation = heard.not_linking(), conversation.not_linking()
        answered = self._staff_desk.wrote(conversation, event.text) or self._haggling.named_amount(
            conversation, event
        )
        if answered is not None:
            return answered
        if conversation.step in {Step.OFFER, Step.STAFF_PRICE}:
            heard = replace(heard, step=Step.FREE, approval_id=None)
            conversation = replace(conversation, step=Step.FREE, approval_id=None)
        mention = coupon_in(event.text)
        if mention is not None and self._coupons.takes(conversation, mention):
            return self._coupons.heard(conversation, mention, event)
        without_coupon = self._coupons.let_go(conversation, event) if lets_coupon_go(event.text) else None
        if without_coupon is not None:
            return without_coupon
        if conversation.step is Step.REASON:
            heard, conversation = replace(heard, step=Step.FREE), replace(conversation, step=Step.FREE)
        afterwards = self._after_sales.wrote(conversation, event)
        if afterwards is not None:
            return afterwards
        turn = self._meant(heard, conversation, event)
        if turn.topic is Topic.NOT_UNDERSTOOD and conversation.declined is not None:
            return self._declines.heard(conversation, event)
        turn = replace(turn, conversation=replace(turn.conversation, declined=None))
        return turn if mention is None else self._coupons.guessed(turn, mention)

    def _linking(self, conversation: Conversation, text: str) -> Turn | None:
        """An order that was placed elsewhere: the words that begin to link it, or what was asked for then."""
        turn = self._links.answered(conversation, text) if conversation.step in LINKING else None
        if turn is None and intent_of(text) is Intent.LINK_ORDER:
            return self._links.meant(conversation.not_linking(), text)
        return turn

    def _meant(self, heard: Conversation, conversation: Conversation, event: ChatEvent) -> Turn:
        """What a text asks for, orders, or tells."""
        intent = intent_of(event.text)
        if intent in SHORT_ANSWERS:
            return Turn(conversation, SHORT_ANSWERS[intent])
        match intent:
            case Intent.TALK_TO_A_PERSON:
                return _to_a_person(conversation, Why.PERSON)
            case Intent.MY_DATA | Intent.ERASE_MY_DATA:
                return self._personal.meant(conversation, intent)
            case Intent.LANGUAGE:
                return self._speak(conversation, language_named(event.text))
            case Intent.CANCEL:
                return self._call_off(conversation, event)
            case Intent.CHANGE_DELIVERY:
                return self._change_delivery(conversation, event)
            case Intent.FORMAL_QUOTE:
                return self._quotes.formalised(conversation, event)
        order = self._own.order(conversation, conversation.order_number)
        if order is not None and conversation.step is not Step.FREE:
            told = self._told_where(heard, order, event)
            if told is not None:
                return told
        turn = self._ordered_or_asked(conversation, event)
        if turn.topic is Topic.NOT_UNDERSTOOD and order is not None and order.is_unpaid_and_open:
            return self._told_where(heard, order, event) or turn
        return turn

    def _ordered_or_asked(self, conversation: Conversation, event: ChatEvent) -> Turn:
        """A wish for goods or for a price, else a question about the shop; goods come first in a text of both."""
        inquiry = self._quotes.read(conversation, event)
        if inquiry.price_wish is not None:
            return self._haggling.wished(conversation, inquiry.price_wish, inquiry, event)
        asked = () if inquiry.lines or inquiry.asks else shop_questions_of(event.text)
        if asked:
            return Turn(replace(conversation, misses=0), Topic.SHOP_ANSWER, {"asks": ",".join(asked)})
        return self._quotes.inquired(conversation, event, inquiry)

    def _another_link(self, conversation: Conversation, order_number: str) -> Turn:
        """重新付款: a new link, not too many in a short time."""
        turn = self._quotes.where_it_stands(conversation, order_number)
        if turn.open_payment is None:
            return turn
        within = timedelta(minutes=self._pace.payment_link_minutes)
        verdict, bucket = filled(conversation.links, self._pace.payment_links, within, self._clock())
        if verdict is not Verdict.GO:
            return Turn(replace(conversation, links=bucket), Topic.LINKS_USED_UP)
        return replace(turn, conversation=replace(turn.conversation, links=bucket))

    def _told_where(self, heard: Conversation, order: Order, event: ChatEvent) -> Turn | None:
        """What a text means to the delivery desk: details of `order`, or None when it is about something else."""
        if not self._deliveries.is_about_delivery(heard, event.text):
            return None
        reception = self._deliveries.receive(heard, order, event.text, self._clock(), event.event_id)
        if reception is not None:
            return _received(reception)
        return self._quotes.where_it_stands(replace(heard, step=Step.FREE), order.order_number)

    def _tapped(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        quotes = {
            "decline": self._quotes.declined,
            "renew": self._quotes.renewed,
            "accept": self._quotes.accepted,
            "change": self._quotes.change_asked,
            "wish_date": self._quotes.dated,
            "order_of": self._quotes.picked,
            "reorder": self._quotes.reordered,
            **dict.fromkeys(DECLINE_VERBS, self._declines.tapped),
            **dict.fromkeys(AFTER_SALES_VERBS, self._after_sales.tapped),
            **dict.fromkeys(PERSONAL_VERBS, self._personal.tapped),
            **dict.fromkeys(LINK_VERBS, self._links.tapped),
        }
        if postback.verb in quotes:
            return quotes[postback.verb](conversation, postback, event)
        priced = self._tapped_price(conversation, postback, event)
        if priced is not None:
            return priced
        others = {
            **dict.fromkeys(PRODUCT_VERBS, self._products.tapped),
            **dict.fromkeys(PEOPLE_VERBS, self._people.tapped),
        }
        if postback.verb in others:
            return others[postback.verb](conversation, postback)
        return self._tapped_plainly(conversation, postback, event)

    def _tapped_plainly(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """A button about an order or about nothing in particular."""
        match postback.verb:
            case "pay_again":
                return self._another_link(conversation, postback.fields.get("o", ""))
            case "cancel":
                return self._cancel(conversation, event, postback.fields.get("o", ""))
            case "person":
                return _to_a_person(conversation, Why.PERSON)
            case "catalogue":
                return Turn(conversation, Topic.CATALOGUE)
            case "language":
                return self._speak(conversation, Language.of_tag(postback.fields.get("l")))
        if postback.verb in VERBS:
            return self._tapped_delivery(conversation, postback, event)
        return Turn(conversation, Topic.HOW_TO_ORDER)

    def _tapped_price(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn | None:
        """A button about a price, a customer's or staff's; None for another, or for staff's in another's hands."""
        if postback.verb in STAFF_VERBS:
            return self._staff_desk.tapped(conversation, postback)
        prices = {
            "haggle": self._haggling.asked,
            "offer": self._haggling.offered,
            "more": self._haggling.stepped,
        }
        if postback.verb not in prices:
            return None
        # A quote that is not open any more says so, with what can be done about it.
        turn = prices[postback.verb](conversation, postback, event)
        return turn or self._quotes.change_asked(conversation, postback, event)

    def _tapped_delivery(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """A button of the delivery desk; when it is too late for it, where the order stands."""
        order = self._own.order(conversation, postback.fields.get("o"))
        if order is None:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        reception = self._deliveries.tapped(conversation, order, postback, self._clock(), event.event_id)
        if reception is not None:
            return _received(reception)
        return self._quotes.where_it_stands(conversation, order.order_number)

    # Orders in the chat ------------------------------------------------------------------------------------

    def _call_off(self, conversation: Conversation, event: ChatEvent) -> Turn:
        """取消 means what is being talked about: an open quote that came after the order, else the order.

        Only plain words call off what is paid for; 不用了 may be the answer to something else, and 取消 while another
        address is being asked for means that change. An order that is named by its number is the one that is meant.
        """
        mention = find_order_number(event.text)
        if mention is not None:
            heard, named = self._own.named(conversation, [mention.number], self._clock())
            if named is None:
                return Turn(heard, Topic.ORDER_UNKNOWN)
            return self._cancel(heard, event, named.order_number)
        order = self._own.order(conversation, conversation.order_number)
        quote = self._own.current_quote(conversation)
        quote_is_open = quote is not None and quote.state is QuoteState.OFFERED
        if order is None or (quote_is_open and conversation.step is Step.FREE):
            return self._quotes.let_go(conversation, event)
        leaves_the_change = order.state is OrderState.PAID and conversation.step is Step.DELIVERY
        if leaves_the_change or (not order.is_unpaid_and_open and not says_cancel(event.text)):
            conversation = replace(conversation, step=Step.FREE)
            return self._quotes.where_it_stands(conversation, order.order_number)
        return self._cancel(conversation, event, order.order_number)

    def _change_delivery(self, conversation: Conversation, event: ChatEvent) -> Turn:
        """改地址 means the order in hand, or the newest one that still goes somewhere."""
        in_hand = self._own.order(conversation, conversation.order_number)
        orders = [in_hand] if in_hand is not None and why_not(in_hand) is None else []
        orders += self._store.recent_orders(conversation.customer_id, RECENT)
        if not orders:
            return Turn(conversation, Topic.NO_ORDERS)
        order = next((each for each in orders if why_not(each) is None), orders[0])
        button = Postback("deliver_new", {"o": order.order_number})
        return self._tapped_delivery(conversation, button, event)

    def _cancel(self, conversation: Conversation, event: ChatEvent, order_number: str) -> Turn:
        order = self._own.order(conversation, order_number)
        if order is None:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        plan = self._cancelling.plan(order, "customer", event.event_id, self._clock())
        talking = conversation
        if plan.closed is not None and conversation.order_number == order_number:
            talking = replace(conversation, step=Step.FREE, order_number=None)
        return Turn(talking, plan.topic, plan.facts, plan.writes, cancelled=plan)

    @staticmethod
    def _speak(conversation: Conversation, language: Language | None) -> Turn:
        if language is None:
            return Turn(conversation, Topic.HOW_TO_ORDER)
        return Turn(replace(conversation, language=language, language_chosen=True), Topic.LANGUAGE_CHANGED)


def _to_a_person(conversation: Conversation, why: Why) -> Turn:
    """The shop's people are told with the turn."""
    return Turn(replace(conversation, misses=0), Topic.PERSON, {"why": why.value}, attention=why)


def _received(reception: Reception) -> Turn:
    """The delivery desk's answer as a turn."""
    return Turn(
        reception.conversation,
        reception.topic,
        reception.facts,
        reception.writes,
        wake=reception.complete,
        open_payment=reception.reopen,
        event=reception.event,
    )
