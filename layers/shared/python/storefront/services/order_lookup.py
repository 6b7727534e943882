"""Order look-up: a true answer whenever the customer asks, and nothing about anybody else's orders (X4, N4)."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.conversation import LINKING, Conversation
from storefront.domain.errors import Conflict
from storefront.domain.handover import Why
from storefront.domain.language import Language
from storefront.domain.order import Order, OrderState
from storefront.domain.order_number import OrderNumberMention, find_order_numbers, parse_order_number
from storefront.domain.outbox import Message, Topic
from storefront.domain.shipment import Parcel
from storefront.domain.silence import SilenceRules, may_be_silent, silent_since
from storefront.language.intents import asks_where
from storefront.language.postbacks import decode
from storefront.language.text import language_of
from storefront.services.cases import case_writes
from storefront.services.link_desk import LinkDesk
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Clock, Put, Store, Write
from storefront.services.product_desk import ProductDesk
from storefront.services.staff import Staff
from storefront.services.telling import Telling, new_message
from storefront.services.turns import ChatEvent, Happening

TRIES: Final = 4


@dataclass(frozen=True)
class LookUpAnswer:
    """What a look-up says, and what changes with it: nothing for most of them.

    `staff_cause` is the cause of notices to staff among the writes.
    """

    conversation: Conversation
    topic: Topic
    facts: dict[str, str] = field(default_factory=dict)
    writes: tuple[Write, ...] = ()
    staff_cause: str | None = None


class OrderLookup:
    """Answers questions about orders; reads only, but for the answer, guesses, and silence that people hear of."""

    def __init__(
        self,
        store: Store,
        telling: Telling,
        products: ProductDesk,
        staff: Staff,
        links: LinkDesk,
        silence: SilenceRules,
        clock: Clock,
        default_language: Language = Language.ZH_TW,
    ) -> None:
        self._store = store
        self._own = OwnRows(store)
        self._telling = telling
        self._products = products
        self._staff = staff
        self._links = links
        self._silence = silence
        self._clock = clock
        self._default_language = default_language

    def handle(self, event: ChatEvent) -> None:
        """Answer `event` once, however often it is delivered.

        Raises:
            Conflict: the customer's row kept changing; the queue delivers the event again.
        """
        if event.happening not in {Happening.TEXT, Happening.POSTBACK} or event.group_id is not None:
            return
        for _ in range(TRIES):
            known = self._store.read(Conversation, event.customer_id)
            answer = self._answer(known, event)
            try:
                self._commit(known, answer, event)
            except Conflict:
                # The event was answered before, or the customer's row moved on.
                if self._store.read(Message, event.message_id) is None:
                    continue
            self._telling.deliver(event.message_id)
            if answer.staff_cause is not None:
                self._staff.deliver(answer.staff_cause)
            return
        raise Conflict(event.event_id)

    def _commit(self, known: Conversation | None, answer: LookUpAnswer, event: ChatEvent) -> None:
        """One transaction; the customer's row is in it only if there is more to keep than when they spoke last."""
        message = new_message(
            event.message_id, event.customer_id, answer.topic, answer.facts, self._clock(), event.reply
        )
        row = (Put(answer.conversation),) if _tells_more(answer.conversation, known) else ()
        self._store.commit(*row, Put(message), *answer.writes)

    def _answer(self, known: Conversation | None, event: ChatEvent) -> LookUpAnswer:
        before = known or Conversation(event.customer_id, event.line_user_id, self._default_language)
        spoken = language_of(event.text, before.language) if event.happening is Happening.TEXT else None
        # Whoever asks for orders talks to the shop itself: a talk with a person is over.
        conversation = replace(before.spoke(spoken, event.at), with_person=None)
        if conversation.step in LINKING and event.happening is Happening.TEXT:
            # The number of an order that is to be linked comes this way, if it looks like one of ours.
            turn = self._links.numbered(conversation, event.text)
            if turn is not None and turn.topic is not None:
                return LookUpAnswer(turn.conversation, turn.topic, dict(turn.facts), turn.writes)
        conversation = conversation.not_linking()
        if event.happening is Happening.POSTBACK:
            written = decode(event.postback_data).fields.get("o", "")
            if not written:
                return self._recent(conversation, event)
            number = parse_order_number(written)
            return self._first_own(conversation, [number] if number is not None else [], event)
        mentions = find_order_numbers(event.text)
        if not mentions:
            return self._recent(conversation, event)
        return self._named(conversation, mentions, event)

    def _recent(self, conversation: Conversation, event: ChatEvent) -> LookUpAnswer:
        orders = self._store.recent_orders(conversation.customer_id, 10)
        if not orders:
            return self._about_a_product(conversation, event) or LookUpAnswer(conversation, Topic.NO_ORDERS)
        if len(orders) == 1:
            return self._status_of(conversation, orders[0], event)
        under_way = [order for order in orders if order.state is OrderState.PAID and not order.completed_at]
        if len(under_way) == 1 and asks_where(event.text):
            return self._status_of(conversation, under_way[0], event)
        return LookUpAnswer(conversation, Topic.ORDERS)

    def _named(
        self, conversation: Conversation, mentions: tuple[OrderNumberMention, ...], event: ChatEvent
    ) -> LookUpAnswer:
        """A number whose check character is wrong is unknown without a look-up; the answer says what to check."""
        numbers = [mention.number for mention in mentions if mention.valid]
        if not numbers:
            return LookUpAnswer(conversation, Topic.ORDER_UNKNOWN)
        return self._first_own(conversation, numbers, event)

    def _first_own(self, conversation: Conversation, numbers: list[str], event: ChatEvent) -> LookUpAnswer:
        """The first of the numbers that is the customer's own; one that never was and somebody else's are the same.

        Whoever names many that are not theirs gets the same answer without a look-up, until some time has passed.
        """
        heard, order = self._own.named(conversation, numbers, self._clock())
        if order is None:
            return LookUpAnswer(heard, Topic.ORDER_UNKNOWN)
        return self._status_of(heard, order, event)

    def _about_a_product(self, conversation: Conversation, event: ChatEvent) -> LookUpAnswer | None:
        """茉莉綠茶多久可以出貨 of somebody without orders asks about the product."""
        turn = self._products.named_in(event.text, conversation)
        if turn is None or turn.topic is None or turn.attention is not None:
            return None
        return LookUpAnswer(conversation, turn.topic, dict(turn.facts))

    def _status_of(self, conversation: Conversation, order: Order, event: ChatEvent) -> LookUpAnswer:
        """Where the order stands; if nothing has been heard of it for too long, that, and somebody is asked."""
        now = self._clock()
        facts = {"order_number": order.order_number, "as_of": now.isoformat()}
        if not may_be_silent(order, now, self._silence):
            return LookUpAnswer(conversation, Topic.ORDER_STATUS, facts)
        parcels = self._store.rows_of(Parcel, order.order_number)
        since = silent_since(order, parcels, now, self._silence)
        if since is None:
            return LookUpAnswer(conversation, Topic.ORDER_STATUS, facts)
        facts |= {"silent_since": since.isoformat()}
        opened = self._case(order, since, now)
        if not opened:
            return LookUpAnswer(conversation, Topic.ORDER_STATUS, facts)
        cause = f"silent:{event.event_id}"
        told = {
            "customer_id": conversation.customer_id,
            "why": Why.SILENT.value,
            "language": conversation.language.value,
            "as_of": now.isoformat(),
            "order_number": order.order_number,
            "since": since.isoformat(),
        }
        notices = self._staff.notices(cause, Topic.STAFF_CUSTOMER, told)
        return LookUpAnswer(conversation, Topic.ORDER_STATUS, facts, (*opened, *notices), cause)

    def _case(self, order: Order, since: datetime, now: datetime) -> tuple[Write, ...]:
        """The case that asks people to look, once for each silence: settled or not, until there is news."""
        settled = self._store.read(OperatorCase, CaseKind.DELIVERY_SILENT, order.order_number)
        if settled is not None and settled.opened_at > since:
            return ()
        facts = {"state": "asked", "since": since.isoformat()}
        return case_writes(self._store, CaseKind.DELIVERY_SILENT, order.order_number, now, facts)


def _tells_more(heard: Conversation, known: Conversation | None) -> bool:
    """Whether the question changed something of the customer's row that has to be kept."""
    if known is None or known.blocked:
        return True
    return replace(heard, last_event_at=known.last_event_at) != known
