"""The chat: what a customer wrote or tapped becomes one answer and the change that it tells of.

Each event is handled in one transaction: the conversation, whatever changed, and the answer's message row whose
key is the event's own id. A redelivered event finds that row and does nothing new (A6, A9, T2); what had to
follow the transaction (starting, waking or ending a workflow, asking for a payment link) is safe to repeat and is
repeated then, by what the row says.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Final

from storefront.domain.approval import Approval
from storefront.domain.casework import WaitStep
from storefront.domain.errors import Conflict, OrderEnded
from storefront.domain.order import Order, OrderState
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.domain.payment import PaymentAttempt
from storefront.domain.quote import Quote, QuoteState
from storefront.services.answering import Answering
from storefront.services.approving import Approving
from storefront.services.cancelling import CancelPlan
from storefront.services.ports import Clock, Jobs, Put, Store
from storefront.services.quote_workflows import QuoteWorkflows
from storefront.services.referring import Referring
from storefront.services.staff import Staff
from storefront.services.telling import Telling, new_message
from storefront.services.turns import ChatEvent, Happening, Turn
from storefront.services.waiting import Waits

TRIES: Final = 8


class Following(StrEnum):
    """What follows a message that somebody else answers; kept in its row, so that it can be repeated."""

    WAKE = "wake"
    OPEN_PAYMENT = "open_payment"


class Chat:
    """Commits the answers to chat events, sends them, and does what follows."""

    def __init__(
        self,
        store: Store,
        answering: Answering,
        telling: Telling,
        workflows: QuoteWorkflows,
        waits: Waits,
        staff: Staff,
        referring: Referring,
        approving: Approving,
        jobs: Jobs,
        clock: Clock,
    ) -> None:
        self._store = store
        self._answering = answering
        self._telling = telling
        self._workflows = workflows
        self._waits = waits
        self._staff = staff
        self._referring = referring
        self._approving = approving
        self._jobs = jobs
        self._clock = clock

    def handle(self, event: ChatEvent) -> None:
        """Answer `event` once, however often it is delivered.

        Raises:
            Conflict: the customer's rows kept changing; the queue delivers the event again.
        """
        if event.happening is Happening.IGNORED:
            return
        for _ in range(TRIES):
            turn = self._answering.decide(event)
            if turn is None:
                return
            try:
                message = self._commit(event, turn)
            except Conflict:
                known = self._store.read(Message, event.message_id)
                if known is not None:
                    self._resume(event, known)
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
            quiet = new_message(
                event.message_id, event.customer_id, Topic.ACKNOWLEDGED, _what_follows(turn), now
            )
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
        if turn.decided is not None:
            self._approving.wake(turn.decided)
        for quote in turn.end:
            self._workflows.end(quote)
        if turn.start is not None:
            self._workflows.start(turn.start)
        if turn.wake is not None:
            self._waits.wake(turn.wake, WaitStep.DECISION, turn.wake.order_number)
        if turn.open_payment is not None:
            self._jobs.open_payment(turn.open_payment.order_number, event.event_id)
        if turn.cancelled is not None:
            self._after_cancelling(turn.cancelled)
        if turn.event is not None:
            self._jobs.send_order_event(turn.event.event_id, 0)
        for cause in turn.staff_causes:
            self._staff.deliver(cause)
        for message_id in turn.also_told:
            self._telling.deliver(message_id)
        self._referring.begin(turn.referred)

    def _after_cancelling(self, plan: CancelPlan) -> None:
        if plan.closed is not None:
            self._end_order(plan.closed)
        if plan.event is not None:
            self._jobs.send_order_event(plan.event.event_id, 0)
        if plan.refund is not None:
            self._jobs.refund(plan.refund.order_number, plan.refund.refund_id, 0)

    def _resume(self, event: ChatEvent, message: Message) -> None:
        """The event came again: finish what a crash may have left undone; what was done is done no second time."""
        self._telling.deliver(event.message_id)
        if "approval_id" in message.facts:
            self._resume_approval(message.facts["approval_id"], message.topic)
        if "quote_id" in message.facts:
            self._resume_quote(message.facts["quote_id"], int(message.facts["quote_version"]), message.topic)
        order = self._store.read(Order, message.facts.get("order_number", ""))
        if order is None:
            return
        if order.state is OrderState.CANCELLED:
            self._end_order(order)
        elif order.state is OrderState.AWAITING_PAYMENT:
            match message.facts.get("then"):
                case Following.WAKE:
                    self._waits.wake(order, WaitStep.DECISION, order.order_number)
                case Following.OPEN_PAYMENT if not self._has_link_since(order, message):
                    self._jobs.open_payment(order.order_number, event.event_id)

    def _resume_approval(self, approval_id: str, topic: Topic) -> None:
        """A question that was put before staff, or their decision about it."""
        if topic is Topic.STAFF_ANSWER:
            self._approving.resume(approval_id)
            return
        self._staff.deliver(approval_id)
        self._referring.begin(self._store.read(Approval, approval_id))

    def _resume_quote(self, quote_id: str, version: int, topic: Topic) -> None:
        """The workflow of a quote that was told of, and the end of the one that it replaced."""
        quote = self._store.read(Quote, quote_id, version)
        if topic is not Topic.QUOTE:
            self._workflows.end(quote)
            return
        self._workflows.end(self._store.read(Quote, quote_id, version - 1))
        if quote is not None and quote.state is QuoteState.OFFERED:
            self._workflows.start(quote)

    def _end_order(self, order: Order) -> None:
        self._waits.end(order, OrderEnded(order.state.value), WaitStep.DECISION, WaitStep.PAYMENT)

    def _has_link_since(self, order: Order, message: Message) -> bool:
        """Whether a link was made after the event came for the first time, so that it is answered already."""
        if order.active_attempt is None:
            return False
        attempt = self._store.read(PaymentAttempt, order.active_attempt)
        return attempt is not None and attempt.created_at >= message.created_at


def _what_follows(turn: Turn) -> dict[str, str]:
    """The one thing that a repeated event may have to do again."""
    if turn.wake is not None:
        return {"order_number": turn.wake.order_number, "then": Following.WAKE.value}
    if turn.open_payment is not None:
        return {"order_number": turn.open_payment.order_number, "then": Following.OPEN_PAYMENT.value}
    return {}
