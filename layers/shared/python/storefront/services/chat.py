"""The chat: what a customer wrote or tapped becomes one answer and the change that it tells of.

Each event is handled in one transaction: the conversation, whatever changed, and the answer's message row whose
key is the event's own id. A redelivered event finds that row and does nothing new (A6, A9, T2); what had to
follow the transaction (starting or waking the workflow) is safe to repeat and is repeated then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from storefront.domain.casework import CaseKind, OperatorCase, WaitStep
from storefront.domain.conversation import Conversation, Step
from storefront.domain.errors import Conflict, OrderEnded, QuoteEnded
from storefront.domain.language import Language
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import Message, MessageState, ReplyToken, Topic
from storefront.domain.quote import Quote, QuoteState
from storefront.language.inquiry import Change, Inquiry, Question, QuestionKind, parse_inquiry
from storefront.language.intents import Intent, intent_of
from storefront.language.postbacks import Postback, decode
from storefront.language.quantities import Refusal
from storefront.language.text import language_of
from storefront.services.cancelling import Cancelling, CancelPlan
from storefront.services.delivery_desk import DeliveryDesk, Reception
from storefront.services.ports import Clock, Ids, Jobs, Messenger, Put, Store, Workflow, Write
from storefront.services.quoting import Quoting, Shortage
from storefront.services.telling import Telling, new_message
from storefront.services.vocabulary import vocabulary_of
from storefront.services.waiting import Waits

REPLY_TOKEN_LIFE: Final = timedelta(seconds=50)
"""LINE gives a reply token one minute from the webhook; ten seconds are kept for our own way to LINE."""

TRIES: Final = 8
TAIPEI: Final = ZoneInfo("Asia/Taipei")


class Happening(StrEnum):
    """Kinds of chat events that the shop acts on."""

    TEXT = "text"
    POSTBACK = "postback"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    STICKER = "sticker"
    MEDIA = "media"
    GROUP = "group"
    IGNORED = "ignored"


class Decision(StrEnum):
    """What became of a quote whose wait ended; the state machine branches on the value."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True)
class ChatEvent:
    """One webhook event, already authenticated. `at` is LINE's time, `received_at` the door's."""

    event_id: str
    happening: Happening
    customer_id: str
    line_user_id: str
    at: datetime
    received_at: datetime
    text: str = ""
    postback_data: str = ""
    reply_token: str | None = None
    group_id: str | None = None

    @property
    def message_id(self) -> str:
        return f"event:{self.event_id}"

    @property
    def reply(self) -> ReplyToken | None:
        if self.reply_token is None:
            return None
        return ReplyToken(self.reply_token, self.received_at + REPLY_TOKEN_LIFE)


@dataclass(frozen=True)
class Turn:
    """The answer to one event. No topic means that somebody else answers (the payment card) or nobody."""

    conversation: Conversation
    topic: Topic | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    start: Quote | None = None
    wake: Order | None = None
    end: tuple[Quote, ...] = ()
    open_payment: Order | None = None
    cancelled: CancelPlan | None = None


def _whole_number(postback: Postback, name: str) -> int | None:
    """A field of a button as a number of up to four digits; anything else is no number (K13)."""
    value = postback.fields.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 4 else None


def _refusal_reason(refusal: Refusal | None) -> str:
    """The reason as the wording files know it."""
    match refusal:
        case Refusal.ZERO | Refusal.NEGATIVE | Refusal.FRACTION:
            return refusal.value
        case Refusal.TOO_LARGE:
            return "too_many"
        case _:
            return "not_a_number"


class Chat:
    """Answers chat events."""

    def __init__(
        self,
        store: Store,
        quoting: Quoting,
        desk: DeliveryDesk,
        cancelling: Cancelling,
        telling: Telling,
        messenger: Messenger,
        workflow: Workflow,
        waits: Waits,
        workflow_input: "WorkflowInput",
        jobs: Jobs,
        clock: Clock,
        ids: Ids,
        default_language: Language = Language.ZH_TW,
    ) -> None:
        self._store = store
        self._quoting = quoting
        self._desk = desk
        self._cancelling = cancelling
        self._telling = telling
        self._messenger = messenger
        self._workflow = workflow
        self._waits = waits
        self._workflow_input = workflow_input
        self._jobs = jobs
        self._clock = clock
        self._ids = ids
        self._default_language = default_language

    def handle(self, event: ChatEvent) -> None:
        """Answer `event` once, however often it is delivered.

        Raises:
            Conflict: the customer's rows kept changing; the queue delivers the event again.
        """
        if event.happening is Happening.IGNORED:
            return
        for _ in range(TRIES):
            turn = self._decide(event)
            try:
                message = self._commit(event, turn)
            except Conflict:
                if self._store.read(Message, event.message_id) is not None:
                    self._resume(event)
                    return
                continue
            if message.state is MessageState.PENDING:
                self._telling.deliver(message.message_id)
            self._follow_up(event, turn)
            return
        raise Conflict(event.event_id)

    def _commit(self, event: ChatEvent, turn: Turn) -> Message:
        now = self._clock()
        if turn.topic is None:
            conversation = replace(turn.conversation, reply=event.reply)
            quiet = new_message(event.message_id, event.customer_id, Topic.ACKNOWLEDGED, {}, now)
            message = quiet.ended(MessageState.SUPPRESSED, now, "answered-elsewhere")
        else:
            conversation = turn.conversation
            message = new_message(
                event.message_id, event.customer_id, turn.topic, turn.facts, now, event.reply
            )
            message = replace(message, group_id=event.group_id)
        self._store.commit(Put(conversation), Put(message), *turn.writes)
        return message

    def _follow_up(self, event: ChatEvent, turn: Turn) -> None:
        """What comes after the transaction; each part is safe to repeat, and found again if it is lost."""
        for quote in turn.end:
            self._waits.end(quote, QuoteEnded(quote.state.value), WaitStep.DECISION)
        if turn.start is not None:
            self._workflow.start(turn.start.workflow_name, self._workflow_input(turn.start))
        if turn.wake is not None:
            self._waits.wake(turn.wake, WaitStep.DECISION, turn.wake.order_number)
        if turn.open_payment is not None:
            self._jobs.open_payment(turn.open_payment.order_number, event.event_id)
        if turn.cancelled is not None:
            self._after_cancelling(turn.cancelled)

    def _after_cancelling(self, plan: CancelPlan) -> None:
        if plan.closed is not None:
            steps = (WaitStep.DECISION, WaitStep.PAYMENT)
            self._waits.end(plan.closed, OrderEnded(plan.closed.state.value), *steps)
        if plan.event is not None:
            self._jobs.send_order_event(plan.event.event_id, 0)
        if plan.refund is not None:
            self._jobs.refund(plan.refund.order_number, plan.refund.refund_id, 0)

    def _resume(self, event: ChatEvent) -> None:
        """The event came again: finish what a crash may have left undone."""
        self._telling.deliver(event.message_id)
        conversation = self._store.read(Conversation, event.customer_id)
        if conversation is None or conversation.quote_id is None:
            return
        quote = self._store.read(Quote, conversation.quote_id, conversation.quote_version)
        if quote is None:
            return
        if quote.state is QuoteState.OFFERED:
            self._workflow.start(quote.workflow_name, self._workflow_input(quote))
        elif quote.order_number is not None:
            order = self._store.read(Order, quote.order_number)
            if order is not None and order.state is OrderState.AWAITING_PAYMENT:
                self._waits.wake(order, WaitStep.DECISION, order.order_number)

    # Workflow --------------------------------------------------------------------------------------------

    def await_decision(self, quote_id: str, quote_version: int, token: str) -> None:
        """Store the workflow's token, then look whether the customer has decided already (D1)."""
        quote = self._quote_of_workflow(quote_id, quote_version)
        self._waits.keep(quote, WaitStep.DECISION, token)
        quote = self._quote_of_workflow(quote_id, quote_version)
        order = self._store.read(Order, quote.order_number) if quote.order_number else None
        if order is not None and order.state is not OrderState.AWAITING_DETAILS:
            if order.is_unpaid_and_open or order.captured:
                self._waits.wake(order, WaitStep.DECISION, order.order_number)
            else:
                self._waits.end(order, OrderEnded(order.state.value), WaitStep.DECISION)
        elif quote.state not in {QuoteState.OFFERED, QuoteState.ACCEPTED}:
            self._waits.end(quote, QuoteEnded(quote.state.value), WaitStep.DECISION)

    def expire_quote(self, quote_id: str, quote_version: int) -> tuple[Decision, str | None]:
        """The wait for a decision is over: read what really happened, then decide (D2)."""
        for _ in range(TRIES):
            quote = self._quote_of_workflow(quote_id, quote_version)
            if quote.order_number is not None:
                return self._decided(quote.order_number)
            if quote.state is not QuoteState.OFFERED:
                return Decision.ENDED, None
            if self._clock() < quote.valid_until:
                return Decision.WAITING, None
            try:
                self._store.commit(*self._quoting.end(quote, QuoteState.EXPIRED))
            except Conflict:
                continue
            return Decision.ENDED, None
        raise Conflict(quote_id)

    def _decided(self, order_number: str) -> tuple[Decision, str]:
        order = self._store.read(Order, order_number)
        if order is None or not (order.is_unpaid_and_open or order.captured):
            return Decision.ENDED, order_number
        if order.state is OrderState.AWAITING_DETAILS:
            return Decision.WAITING, order_number
        return Decision.ACCEPTED, order_number

    def _quote_of_workflow(self, quote_id: str, quote_version: int) -> Quote:
        quote = self._store.read(Quote, quote_id, quote_version)
        if quote is None:
            raise LookupError("a workflow names a quote that is gone")
        return quote

    # What the customer did -------------------------------------------------------------------------------

    def _decide(self, event: ChatEvent) -> Turn:
        conversation = self._store.read(Conversation, event.customer_id) or self._first_contact(event)
        match event.happening:
            case Happening.FOLLOW:
                return Turn(conversation.spoke(None, event.at), Topic.WELCOME)
            case Happening.UNFOLLOW:
                return Turn(replace(conversation, blocked=True))
            case Happening.GROUP:
                return self._in_a_group(conversation, event)
            case Happening.STICKER:
                return Turn(conversation.spoke(None, event.at), Topic.ACKNOWLEDGED)
            case Happening.MEDIA:
                return self._to_a_person(conversation.spoke(None, event.at), event)
            case Happening.POSTBACK:
                return self._tapped(conversation.spoke(None, event.at), decode(event.postback_data), event)
            case _:
                return self._wrote(conversation.spoke(language_of(event.text), event.at), event)

    def _first_contact(self, event: ChatEvent) -> Conversation:
        language = None
        if event.happening is Happening.FOLLOW:
            language = Language.of_tag(self._messenger.profile_language(event.line_user_id))
        return Conversation(event.customer_id, event.line_user_id, language or self._default_language)

    def _in_a_group(self, conversation: Conversation, event: ChatEvent) -> Turn:
        """One line with the way to the one-to-one chat, then silence; never an order (N4)."""
        if conversation.misses > 0:
            return Turn(conversation)
        return Turn(replace(conversation, misses=1), Topic.GROUP_HINT)

    def _to_a_person(self, conversation: Conversation, event: ChatEvent) -> Turn:
        case = OperatorCase(
            CaseKind.PERSON_WANTED,
            event.event_id,
            self._clock(),
            {"customerId": conversation.customer_id},
            due_at=self._clock(),
        )
        return Turn(replace(conversation, misses=0), Topic.PERSON, writes=(Put(case),))

    def _wrote(self, conversation: Conversation, event: ChatEvent) -> Turn:
        intent = intent_of(event.text)
        match intent:
            case Intent.THANKS:
                return Turn(conversation, Topic.THANKS)
            case Intent.ACKNOWLEDGE:
                return Turn(conversation, Topic.ACKNOWLEDGED)
            case Intent.GREETING | Intent.HELP:
                return Turn(conversation, Topic.HOW_TO_ORDER)
            case Intent.CATALOGUE:
                return Turn(conversation, Topic.CATALOGUE)
            case Intent.TALK_TO_A_PERSON:
                return self._to_a_person(conversation, event)
            case Intent.CANCEL:
                return self._cancel(conversation, event)
            case Intent.FORMAL_QUOTE:
                return self._formal(conversation)
        order = self._order_in_hand(conversation)
        if conversation.step is not Step.FREE and order is not None:
            reception = self._desk.receive(conversation, order, event.text, self._clock(), event.event_id)
            if reception is not None:
                return self._received(reception)
        return self._inquired(conversation, event)

    def _tapped(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:  # noqa: PLR0911
        match postback.verb:
            case "accept":
                return self._accept(conversation, postback, event)
            case "decline":
                return self._decline(conversation, postback)
            case "renew":
                return self._renew(conversation, postback)
            case "change":
                return self._ask_change(conversation, postback)
            case "order_of":
                units = _whole_number(postback, "n") or 1
                return self._quote(conversation, {**conversation.cart, postback.fields.get("sku", ""): units})
            case "reorder":
                return self._reorder(conversation, postback)
            case "pay_again":
                return self._pay_again(conversation, postback)
            case "cancel":
                return self._cancel(conversation, event, postback.fields.get("o", ""))
            case "person":
                return self._to_a_person(conversation, event)
            case "catalogue":
                return Turn(conversation, Topic.CATALOGUE)
            case "language":
                return self._speak(conversation, postback)
            case "rate":
                return self._rate(conversation, postback)
        order = self._own_order(conversation, postback.fields.get("o", ""))
        if order is not None:
            reception = self._desk.tapped(conversation, order, postback, self._clock(), event.event_id)
            if reception is not None:
                return self._received(reception)
        return Turn(conversation, Topic.HOW_TO_ORDER)

    def _received(self, reception: Reception) -> Turn:
        return Turn(
            reception.conversation,
            reception.topic,
            reception.facts,
            reception.writes,
            wake=reception.complete,
            open_payment=reception.reopen,
        )

    # Quotes ----------------------------------------------------------------------------------------------

    def _inquired(self, conversation: Conversation, event: ChatEvent) -> Turn:
        catalogue = self._quoting.catalogue()
        today = event.at.astimezone(TAIPEI).date()
        inquiry = parse_inquiry(event.text, vocabulary_of(catalogue), today=today)
        asked = [question for question in inquiry.questions if question.kind is not QuestionKind.WHICH_DATE]
        if asked:
            return self._ask(conversation, asked[0])
        cart = self._cart_after(conversation, inquiry)
        if cart is None:
            return self._missed(conversation)
        if not cart:
            return self._empty(conversation)
        wished = inquiry.wished_date.isoformat() if inquiry.wished_date else None
        return self._quote(conversation, cart, wished_date=wished)

    def _ask(self, conversation: Conversation, question: Question) -> Turn:
        """One question at a time, about what could not be understood for certain; never a guess."""
        heard = replace(conversation, misses=0)
        match question.kind:
            case QuestionKind.WHICH_PRODUCT:
                facts = {
                    "candidates": ",".join(question.candidates),
                    "quantity": self._units_for_all(question),
                    "phrase": question.phrase,
                }
                return Turn(heard, Topic.QUESTION_PRODUCT, facts)
            case QuestionKind.HOW_MANY | QuestionKind.WHICH_UNIT if question.candidates:
                asking = replace(heard, asked_sku=question.candidates[0])
                return Turn(asking, Topic.QUESTION_QUANTITY, {"sku": question.candidates[0]})
            case QuestionKind.QUANTITY_REFUSED:
                facts = {"phrase": question.phrase, "reason": _refusal_reason(question.reason)}
                return Turn(heard, Topic.QUANTITY_REFUSED, facts)
            case _:
                return self._missed(conversation)

    def _units_for_all(self, question: Question) -> str:
        """The quantity in the products' own units, if it means the same for every candidate."""
        if question.quantity is None:
            return ""
        vocabulary = vocabulary_of(self._quoting.catalogue())
        senses = (question.unit,) if question.unit else ()
        found = {vocabulary.in_units(sku, question.quantity, senses) for sku in question.candidates}
        units = found.pop() if len(found) == 1 else None
        return str(units[0]) if units is not None else ""

    @staticmethod
    def _missed(conversation: Conversation) -> Turn:
        """Not understood; the second time in a row a person is offered."""
        misses = conversation.misses + 1
        offer = "yes" if misses > 1 else "no"
        return Turn(replace(conversation, misses=misses), Topic.NOT_UNDERSTOOD, {"offer_person": offer})

    def _cart_after(self, conversation: Conversation, inquiry: Inquiry) -> dict[str, int] | None:
        """The cart that the words lead to; None when they name nothing that can be ordered.

        A request that stands by itself replaces the cart; 再, 加, 改成 and 不要 change it, and so does a
        quantity alone, which is about the product that was asked about or the only one there is.
        """
        if not inquiry.lines:
            return None
        corrects = any(line.change is not Change.SET or line.sku is None for line in inquiry.lines)
        cart = dict(conversation.cart) if corrects else {}
        vocabulary = vocabulary_of(self._quoting.catalogue())
        for line in inquiry.lines:
            sku, units = line.sku, line.quantity_in_units
            if sku is None:
                sku = conversation.asked_sku or (next(iter(cart)) if len(cart) == 1 else None)
                if sku is None or sku not in vocabulary:
                    return None
                senses = (line.spoken_unit,) if line.spoken_unit else ()
                converted = vocabulary.in_units(sku, line.quantity_in_units, senses)
                if converted is None:
                    return None
                units = converted[0]
            match line.change:
                case Change.ADD:
                    cart[sku] = cart.get(sku, 0) + units
                case Change.REMOVE if units == 0 or cart.get(sku, 0) <= units:
                    cart.pop(sku, None)
                case Change.REMOVE:
                    cart[sku] -= units
                case _:
                    cart[sku] = units
        return cart

    def _empty(self, conversation: Conversation) -> Turn:
        """Everything was taken out of the cart: the open quote is declined."""
        quote = self._current_quote(conversation)
        emptied = replace(conversation, cart={}, quote_id=None, quote_version=0)
        if quote is None or quote.state is not QuoteState.OFFERED:
            return Turn(emptied, Topic.QUOTE_DECLINED)
        writes = self._quoting.end(quote, QuoteState.DECLINED)
        return Turn(emptied, Topic.QUOTE_DECLINED, writes=writes, end=(quote.ended(QuoteState.DECLINED),))

    def _quote(
        self,
        conversation: Conversation,
        cart: Mapping[str, int],
        *,
        formal: bool = False,
        wished_date: str | None = None,
    ) -> Turn:
        catalogue = self._quoting.catalogue()
        cart = {sku: units for sku, units in cart.items() if sku in catalogue.products}
        if not cart:
            return Turn(conversation, Topic.CATALOGUE)
        now = self._clock()
        previous = self._current_quote(conversation)
        still_open = previous is not None and previous.state is QuoteState.OFFERED
        held = {line.sku: line.quantity for line in previous.lines} if previous and still_open else {}
        shortage = self._quoting.shortage(cart, held)
        if shortage is not None:
            return self._short(conversation, shortage)
        try:
            plan = self._quoting.plan(
                conversation,
                cart,
                previous,
                self._ids.quote_id(),
                now,
                formal=formal,
                wished_date=wished_date,
            )
        except ValueError:
            return Turn(conversation, Topic.QUANTITY_REFUSED, {"phrase": "", "reason": "too_many"})
        quote = plan.quote
        talking = replace(
            conversation,
            cart=dict(cart),
            quote_id=quote.quote_id,
            quote_version=quote.quote_version,
            step=Step.FREE,
            asked_sku=None,
            misses=0,
        )
        facts = {"quote_id": quote.quote_id, "quote_version": str(quote.quote_version)}
        ended = (previous.ended(QuoteState.SUPERSEDED),) if previous and still_open else ()
        return Turn(talking, Topic.QUOTE, facts, plan.writes, start=quote, end=ended)

    def _short(self, conversation: Conversation, shortage: Shortage) -> Turn:
        catalogue = self._quoting.catalogue()
        product = catalogue.products[shortage.sku]
        similar = [
            other.sku
            for other in catalogue.products.values()
            if other.active and other.kind == product.kind and other.sku != product.sku
        ]
        facts = {
            "sku": shortage.sku,
            "wanted": str(shortage.wanted),
            "available": str(shortage.available),
            "lead_days": str(product.lead_days),
            "similar": ",".join(similar[:3]),
        }
        return Turn(replace(conversation, misses=0), Topic.OUT_OF_STOCK, facts)

    def _accept(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        quote = self._quote_named(conversation, postback)
        if quote is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        now = self._clock()
        if quote.state is QuoteState.ACCEPTED and quote.order_number is not None:
            return self._where_it_stands(conversation, quote.order_number)
        if not quote.is_open_at(now):
            return self._no_longer_open(conversation, quote)
        order, writes = self._quoting.accept(quote, self._ids.order_number(), now, event.event_id)
        talking = replace(
            conversation,
            cart={},
            order_number=order.order_number,
            step=Step.DELIVERY,
            misses=0,
        )
        return self._with_writes(self._desk.ask(talking, order), writes)

    def _where_it_stands(self, conversation: Conversation, order_number: str) -> Turn:
        """The accept button again: say what comes next, change nothing (B4)."""
        order = self._own_order(conversation, order_number)
        if order is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        if order.state is OrderState.AWAITING_DETAILS:
            return self._with_writes(self._desk.ask(conversation, order), ())
        if order.state is OrderState.AWAITING_PAYMENT:
            return Turn(conversation, open_payment=order)
        as_of = self._clock().isoformat()
        return Turn(conversation, Topic.ORDER_STATUS, {"order_number": order_number, "as_of": as_of})

    @staticmethod
    def _with_writes(reception: Reception, writes: tuple[Write, ...]) -> Turn:
        return Turn(reception.conversation, reception.topic, reception.facts, (*writes, *reception.writes))

    def _no_longer_open(self, conversation: Conversation, quote: Quote) -> Turn:
        facts = {"quote_id": quote.quote_id, "quote_version": str(quote.quote_version)}
        if quote.state is QuoteState.SUPERSEDED:
            current = self._current_quote(conversation)
            if current is not None and current.is_open_at(self._clock()):
                facts = {"quote_id": current.quote_id, "quote_version": str(current.quote_version)}
                return Turn(conversation, Topic.QUOTE_SUPERSEDED, facts)
        if quote.state is QuoteState.OFFERED:
            writes = self._quoting.end(quote, QuoteState.EXPIRED)
            return Turn(
                conversation,
                Topic.QUOTE_EXPIRED,
                facts,
                writes,
                end=(quote.ended(QuoteState.EXPIRED),),
            )
        return Turn(conversation, Topic.QUOTE_EXPIRED, facts)

    def _decline(self, conversation: Conversation, postback: Postback) -> Turn:
        quote = self._quote_named(conversation, postback)
        if quote is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        if quote.state is not QuoteState.OFFERED:
            return self._no_longer_open(conversation, quote)
        writes = self._quoting.end(quote, QuoteState.DECLINED)
        ended = (quote.ended(QuoteState.DECLINED),)
        return Turn(replace(conversation, cart={}), Topic.QUOTE_DECLINED, writes=writes, end=ended)

    def _renew(self, conversation: Conversation, postback: Postback) -> Turn:
        """An old quote at today's prices."""
        quote = self._quote_named(conversation, postback)
        if quote is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        return self._quote(conversation, {line.sku: line.quantity for line in quote.lines})

    def _ask_change(self, conversation: Conversation, postback: Postback) -> Turn:
        quote = self._quote_named(conversation, postback)
        if quote is None:
            return Turn(conversation, Topic.QUOTE_UNKNOWN)
        if not quote.is_open_at(self._clock()):
            return self._no_longer_open(conversation, quote)
        facts = {"quote_id": quote.quote_id, "quote_version": str(quote.quote_version)}
        return Turn(conversation, Topic.ASK_CHANGE, facts)

    def _formal(self, conversation: Conversation) -> Turn:
        """The same cart as a formal quote."""
        quote = self._current_quote(conversation)
        if quote is None or quote.state is not QuoteState.OFFERED:
            return Turn(conversation, Topic.HOW_TO_ORDER)
        return self._quote(conversation, {line.sku: line.quantity for line in quote.lines}, formal=True)

    def _reorder(self, conversation: Conversation, postback: Postback) -> Turn:
        order = self._own_order(conversation, postback.fields.get("o", ""))
        if order is None:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        return self._quote(conversation, {line.sku: line.quantity for line in order.lines})

    # Orders ----------------------------------------------------------------------------------------------

    def _pay_again(self, conversation: Conversation, postback: Postback) -> Turn:
        order = self._own_order(conversation, postback.fields.get("o", ""))
        if order is None:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        return self._where_it_stands(conversation, order.order_number)

    def _cancel(self, conversation: Conversation, event: ChatEvent, order_number: str = "") -> Turn:
        """取消 by text means what is being talked about: the order in hand, else the open quote."""
        order = (
            self._own_order(conversation, order_number) if order_number else self._order_in_hand(conversation)
        )
        if order is None and order_number:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        if order is None:
            return self._empty(conversation)
        plan = self._cancelling.plan(order, "customer", event.event_id, self._clock())
        talking = replace(conversation, step=Step.FREE, order_number=None)
        return Turn(talking, plan.topic, plan.facts, plan.writes, cancelled=plan)

    def _rate(self, conversation: Conversation, postback: Postback) -> Turn:
        order = self._own_order(conversation, postback.fields.get("o", ""))
        score = _whole_number(postback, "score")
        if order is None or score is None or not 1 <= score <= 5:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        rated = Put(replace(order, satisfaction=score))
        return Turn(conversation, Topic.SATISFACTION_THANKS, {"score": str(score)}, (rated,))

    def _speak(self, conversation: Conversation, postback: Postback) -> Turn:
        language = Language.of_tag(postback.fields.get("l", ""))
        if language is None:
            return Turn(conversation, Topic.HOW_TO_ORDER)
        chosen = replace(conversation, language=language, language_chosen=True)
        return Turn(chosen, Topic.LANGUAGE_CHANGED)

    # Look-ups: only what is the customer's own (B3, X4) ----------------------------------------------------

    def _current_quote(self, conversation: Conversation) -> Quote | None:
        if conversation.quote_id is None:
            return None
        return self._store.read(Quote, conversation.quote_id, conversation.quote_version)

    def _quote_named(self, conversation: Conversation, postback: Postback) -> Quote | None:
        quote_id, version = postback.fields.get("q", ""), _whole_number(postback, "v")
        if not quote_id or version is None:
            return None
        quote = self._store.read(Quote, quote_id, version)
        if quote is None or quote.customer_id != conversation.customer_id:
            return None
        return quote

    def _own_order(self, conversation: Conversation, order_number: str) -> Order | None:
        if not order_number:
            return None
        order = self._store.read(Order, order_number)
        if order is None or order.customer_id != conversation.customer_id:
            return None
        return order

    def _order_in_hand(self, conversation: Conversation) -> Order | None:
        if conversation.order_number is None:
            return None
        return self._own_order(conversation, conversation.order_number)


class WorkflowInput:
    """The order workflow's execution input: ids and durations in seconds, nothing else."""

    def __init__(self, timers: Mapping[str, int]) -> None:
        self._timers = dict(timers)

    def __call__(self, quote: Quote) -> dict[str, object]:
        return {
            "quoteId": quote.quote_id,
            "quoteVersion": quote.quote_version,
            "timers": self._timers,
        }
