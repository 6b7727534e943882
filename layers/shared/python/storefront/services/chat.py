"""The chat: what a customer wrote or tapped becomes one answer and the change that it tells of.

Each event is handled in one transaction: the conversation, whatever changed, and the answer's message row whose
key is the event's own id. A redelivered event finds that row and does nothing new (A6, A9, T2); what had to
follow the transaction (starting or waking the workflow) is safe to repeat and is repeated then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from storefront.domain.casework import CaseKind, OperatorCase, WaitStep
from storefront.domain.conversation import Conversation, Step
from storefront.domain.errors import Conflict, OrderEnded, QuoteEnded
from storefront.domain.language import Language
from storefront.domain.order import OrderState
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.domain.quote import Quote, QuoteState
from storefront.language.intents import Intent, intent_of, language_named
from storefront.language.postbacks import Postback, decode
from storefront.language.text import language_of
from storefront.services.cancelling import Cancelling, CancelPlan
from storefront.services.delivery_desk import DeliveryDesk, Reception
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Clock, Jobs, Messenger, Put, Store, Workflow
from storefront.services.quote_desk import QuoteDesk
from storefront.services.telling import Telling, new_message
from storefront.services.turns import ChatEvent, Happening, Turn, whole_number
from storefront.services.waiting import Waits

TRIES: Final = 8


@dataclass(frozen=True)
class Desks:
    """Who answers what in the chat."""

    quotes: QuoteDesk
    deliveries: DeliveryDesk
    cancelling: Cancelling


class Chat:
    """Answers chat events. `workflow_timers` are the durations that the workflow takes from its input, in seconds."""

    def __init__(
        self,
        store: Store,
        own: OwnRows,
        desks: Desks,
        telling: Telling,
        messenger: Messenger,
        workflow: Workflow,
        waits: Waits,
        workflow_timers: Mapping[str, int],
        jobs: Jobs,
        clock: Clock,
        default_language: Language = Language.ZH_TW,
    ) -> None:
        self._store = store
        self._own = own
        self._quotes = desks.quotes
        self._deliveries = desks.deliveries
        self._cancelling = desks.cancelling
        self._telling = telling
        self._messenger = messenger
        self._workflow = workflow
        self._waits = waits
        self._workflow_timers = dict(workflow_timers)
        self._jobs = jobs
        self._clock = clock
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

    # The transaction and what follows it -------------------------------------------------------------------

    def _commit(self, event: ChatEvent, turn: Turn) -> Message:
        """One transaction; where nobody answers yet, the reply token is left for whoever does."""
        now = self._clock()
        if turn.topic is None:
            conversation = replace(turn.conversation, reply=event.reply)
            quiet = new_message(event.message_id, event.customer_id, Topic.ACKNOWLEDGED, {}, now)
            message = quiet.ended(MessageState.SUPPRESSED, now, "answered-elsewhere")
        else:
            conversation = turn.conversation
            spoken = new_message(
                event.message_id, event.customer_id, turn.topic, turn.facts, now, event.reply
            )
            message = replace(spoken, group_id=event.group_id)
        self._store.commit(Put(conversation), Put(message), *turn.writes)
        return message

    def _follow_up(self, event: ChatEvent, turn: Turn) -> None:
        """Each part is safe to repeat, and found again by the sweeper if it is lost."""
        for quote in turn.end:
            self._waits.end(quote, QuoteEnded(quote.state.value), WaitStep.DECISION)
        if turn.start is not None:
            self._start_workflow(turn.start)
        if turn.wake is not None:
            self._waits.wake(turn.wake, WaitStep.DECISION, turn.wake.order_number)
        if turn.open_payment is not None:
            self._jobs.open_payment(turn.open_payment.order_number, event.event_id)
        if turn.cancelled is not None:
            self._after_cancelling(turn.cancelled)

    def _start_workflow(self, quote: Quote) -> None:
        """Ids and durations only: the state is in the tables."""
        payload = {
            "quoteId": quote.quote_id,
            "quoteVersion": quote.quote_version,
            "timers": self._workflow_timers,
        }
        self._workflow.start(quote.workflow_name, payload)

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
        quote = self._own.current_quote(conversation) if conversation is not None else None
        if conversation is None or quote is None:
            return
        if quote.state is QuoteState.OFFERED:
            self._start_workflow(quote)
        order = self._own.order(conversation, quote.order_number)
        if order is not None and order.state is OrderState.AWAITING_PAYMENT:
            self._waits.wake(order, WaitStep.DECISION, order.order_number)

    # What the customer did ---------------------------------------------------------------------------------

    def _decide(self, event: ChatEvent) -> Turn:
        conversation = self._store.read(Conversation, event.customer_id) or self._first_contact(event)
        if event.happening is Happening.UNFOLLOW:
            return Turn(replace(conversation, blocked=True))
        if event.happening is Happening.GROUP:
            return self._in_a_group(conversation)
        # A name or an address says nothing about the language that its writer reads.
        tells = event.happening is Happening.TEXT and conversation.step is Step.FREE
        spoken = language_of(event.text) if tells else None
        heard = conversation.spoke(spoken, event.at)
        match event.happening:
            case Happening.FOLLOW:
                return Turn(heard, Topic.WELCOME)
            case Happening.STICKER:
                return Turn(heard, Topic.ACKNOWLEDGED)
            case Happening.MEDIA:
                return self._to_a_person(heard, event)
            case Happening.POSTBACK:
                return self._tapped(heard, decode(event.postback_data), event)
            case _:
                return self._wrote(heard, event)

    def _first_contact(self, event: ChatEvent) -> Conversation:
        """A chat that we see for the first time; the profile is asked only when somebody becomes a friend."""
        language = None
        if event.happening is Happening.FOLLOW:
            language = Language.of_tag(self._messenger.profile_language(event.line_user_id))
        return Conversation(event.customer_id, event.line_user_id, language or self._default_language)

    @staticmethod
    def _in_a_group(conversation: Conversation) -> Turn:
        """One line with the way to the one-to-one chat, then silence; never an order (N4)."""
        if conversation.misses > 0:
            return Turn(conversation)
        return Turn(replace(conversation, misses=1), Topic.GROUP_HINT)

    def _to_a_person(self, conversation: Conversation, event: ChatEvent) -> Turn:
        now = self._clock()
        facts = {"customerId": conversation.customer_id}
        case = OperatorCase(CaseKind.PERSON_WANTED, event.event_id, now, facts, due_at=now)
        return Turn(replace(conversation, misses=0), Topic.PERSON, writes=(Put(case),))

    def _wrote(self, conversation: Conversation, event: ChatEvent) -> Turn:
        match intent_of(event.text):
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
            case Intent.LANGUAGE:
                return self._speak(conversation, language_named(event.text))
            case Intent.CANCEL:
                return self._cancel(conversation, event, conversation.order_number)
            case Intent.FORMAL_QUOTE:
                return self._quotes.formalised(conversation)
        order = self._own.order(conversation, conversation.order_number)
        if conversation.step is not Step.FREE and order is not None:
            reception = self._deliveries.receive(
                conversation, order, event.text, self._clock(), event.event_id
            )
            if reception is not None:
                return _received(reception)
        return self._quotes.inquired(conversation, event)

    def _tapped(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        quotes = {
            "decline": self._quotes.declined,
            "renew": self._quotes.renewed,
            "change": self._quotes.change_asked,
            "order_of": self._quotes.picked,
            "reorder": self._quotes.reordered,
        }
        if postback.verb in quotes:
            return quotes[postback.verb](conversation, postback)
        match postback.verb:
            case "accept":
                return self._quotes.accepted(conversation, postback, event)
            case "pay_again":
                return self._quotes.where_it_stands(conversation, postback.fields.get("o", ""))
            case "cancel":
                return self._cancel(conversation, event, postback.fields.get("o", ""))
            case "person":
                return self._to_a_person(conversation, event)
            case "catalogue":
                return Turn(conversation, Topic.CATALOGUE)
            case "language":
                return self._speak(conversation, Language.of_tag(postback.fields.get("l")))
            case "rate":
                return self._rate(conversation, postback)
        order = self._own.order(conversation, postback.fields.get("o"))
        if order is not None:
            reception = self._deliveries.tapped(conversation, order, postback, self._clock(), event.event_id)
            if reception is not None:
                return _received(reception)
        return Turn(conversation, Topic.HOW_TO_ORDER)

    # Orders in the chat ------------------------------------------------------------------------------------

    def _cancel(self, conversation: Conversation, event: ChatEvent, order_number: str | None) -> Turn:
        """取消 means what is being talked about: the order in hand, else the open quote."""
        if order_number is None:
            return self._quotes.let_go(conversation)
        order = self._own.order(conversation, order_number)
        if order is None:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        plan = self._cancelling.plan(order, "customer", event.event_id, self._clock())
        talking = replace(conversation, step=Step.FREE, order_number=None)
        return Turn(talking, plan.topic, plan.facts, plan.writes, cancelled=plan)

    def _rate(self, conversation: Conversation, postback: Postback) -> Turn:
        order = self._own.order(conversation, postback.fields.get("o"))
        score = whole_number(postback, "score")
        if order is None or score is None or not 1 <= score <= 5:
            return Turn(conversation, Topic.ORDER_UNKNOWN)
        rated = Put(replace(order, satisfaction=score))
        return Turn(conversation, Topic.SATISFACTION_THANKS, {"score": str(score)}, (rated,))

    @staticmethod
    def _speak(conversation: Conversation, language: Language | None) -> Turn:
        if language is None:
            return Turn(conversation, Topic.HOW_TO_ORDER)
        return Turn(replace(conversation, language=language, language_chosen=True), Topic.LANGUAGE_CHANGED)


def _received(reception: Reception) -> Turn:
    """The delivery desk's answer as a turn."""
    return Turn(
        reception.conversation,
        reception.topic,
        reception.facts,
        reception.writes,
        wake=reception.complete,
        open_payment=reception.reopen,
    )
