"""Erasing: a customer's wish to be forgotten is carried out, and details that were kept long enough go.

Each step is one transaction of what goes and the wish's own row with its count, so a crash at any moment leaves a wish
that the sweeper goes on with, and doing it twice changes nothing more. The ledger stays, and points at nobody: the
pseudonym is a hash of a LINE user id that is gone with the conversation.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from storefront.domain.casework import (
    AuditEntry,
    CaseKind,
    OperatorCase,
    ReceivedEvent,
    ReceivedState,
    UnappliedEvent,
)
from storefront.domain.conversation import DELIVERY_LOOKED_AT_AFTER, Conversation, OrderDelivery
from storefront.domain.erasure import Erasure, ErasureState, keeps_its_details, kept_since
from storefront.domain.lead import Lead
from storefront.domain.order import Order
from storefront.domain.outbox import (
    WORDS_OF_CUSTOMERS,
    Message,
    MessageState,
    OrderEvent,
    OrderEventState,
    Topic,
)
from storefront.domain.replay_desk import DeskEntry, months_until
from storefront.domain.retention import Retention
from storefront.domain.shipment import Parcel
from storefront.domain.unknown_phrase import PhraseOfCustomer
from storefront.services.outside_orders import order_named
from storefront.services.personal_desk import ORDERS_MOST, remarks_of
from storefront.services.phrases import Phrases
from storefront.services.ports import Clock, Erase, Put, Store, Write, written
from storefront.services.telling import Telling, new_message

LOOK_TOMORROW: Final = timedelta(days=1)


class Erasing:
    """Carries out wishes, and keeps nothing longer than the shop's rules say."""

    def __init__(
        self, store: Store, phrases: Phrases, telling: Telling, retention: Retention, clock: Clock
    ) -> None:
        self._store = store
        self._phrases = phrases
        self._telling = telling
        self._retention = retention
        self._clock = clock

    # A wish ------------------------------------------------------------------------------------------------

    def go_on(self, wish: Erasure) -> None:
        """Do all that can be done now; what waits for an order is looked at again.

        Raises:
            Conflict: a row was written meanwhile; what is done stays done, the rest is the next sweep's.
        """
        if wish.state is ErasureState.ASKED:
            wish = self._kept(self._words(wish).begun())
        if wish.state is ErasureState.UNDER_WAY and wish.told_at is None:
            wish, all_over = self._orders(wish)
            if not all_over:
                self._kept(wish.waiting(self._clock()))
                return
            wish = self._tell(wish)
        if wish.state is ErasureState.UNDER_WAY:
            self._close(wish)

    def _kept(self, wish: Erasure, *writes: Write) -> Erasure:
        self._store.commit(Put(wish), *writes)
        return written(wish)

    def _words(self, wish: Erasure) -> Erasure:
        """What customers wrote and what was noted of them, apart from orders."""
        customer = wish.customer_id
        for whose in self._store.rows_of(PhraseOfCustomer, customer):
            wish = self._kept(wish.counted("phrases"), *self._phrases.taken_back(whose))
        for remark in remarks_of(self._store, customer):
            wish = self._kept(wish.counted("remarks"), Erase(remark))
        lead = self._store.read(Lead, customer)
        if lead is not None:
            wish = self._kept(wish.counted("leads"), Erase(lead))
        for message in self._waiting(customer):
            ended = message.ended(MessageState.SUPPRESSED, self._clock(), "customer-erased")
            wish = self._kept(wish.counted("messages"), Put(ended))
        return self._notes(wish)

    def _waiting(self, customer_id: str) -> list[Message]:
        """Answers that still wait to be sent, with words of the customer in them."""
        conversation = self._store.read(Conversation, customer_id)
        ids = conversation.waiting if conversation is not None else ()
        messages = [self._store.read(Message, each) for each in ids]
        return [
            each
            for each in messages
            if each is not None
            and each.state is MessageState.PENDING
            and not WORDS_OF_CUSTOMERS.isdisjoint(each.facts)
        ]

    def _notes(self, wish: Erasure) -> Erasure:
        """What people in the shop noted when they talked with the customer; who did what, and when, stays."""
        kind, subject = CaseKind.PERSON_WANTED, wish.customer_id
        case = self._store.read(OperatorCase, kind, subject)
        if case is not None and case.resolution:
            wish = self._kept(wish.counted("notes"), Put(replace(case, resolution="")))
        for entry in self._store.rows_of(AuditEntry, kind, subject):
            if entry.note:
                wish = self._kept(wish.counted("notes"), Put(replace(entry, note="")))
        # As far back as the desk's journal is kept.
        months = self._retention.of("remarks") // timedelta(days=28) + 2
        for month in months_until(self._clock(), months):
            for act in self._store.rows_of(DeskEntry, month):
                if act.facts.get("customer") == wish.customer_id and act.note:
                    wish = self._kept(wish.counted("notes"), Put(replace(act, note="")))
        return wish

    def _orders(self, wish: Erasure) -> tuple[Erasure, bool]:
        """Forget those that are over; whether all are. What became theirs after the wish is somebody new's.

        An order that was placed elsewhere is forgotten at once, and nobody's again: no more is told of it.
        """
        all_over = True
        for order in self._store.recent_orders(wish.customer_id, ORDERS_MOST):
            if order.known_since > wish.asked_at or order.forgotten_at is not None:
                continue
            gone = None if keeps_its_details(order) else self._gone(order.unlinked())
            if gone is None:
                all_over = False
                continue
            counts, writes = gone
            for kind, rows in counts.items():
                wish = wish.counted(kind, rows)
            wish = self._kept(wish, *writes)
        return wish, all_over

    def _tell(self, wish: Erasure) -> Erasure:
        now = self._clock()
        message = new_message(wish.message_id, wish.customer_id, Topic.ERASED, {}, now)
        wish = self._kept(wish.told(now), Put(message))
        self._telling.deliver(message.message_id)
        return wish

    def _close(self, wish: Erasure) -> None:
        """The way to the customer goes last, once they were told; not if they have written since, as somebody new."""
        now = self._clock()
        message = self._store.read(Message, wish.message_id)
        conversation = self._store.read(Conversation, wish.customer_id)
        if conversation is not None and (_is_pending(message) or conversation.counts_tries(now)):
            self._kept(wish.waiting(now))
            return
        last = conversation.last_event_at if conversation is not None else None
        if conversation is None or (last is not None and last > wish.asked_at):
            self._kept(wish.done(now))
        else:
            self._kept(wish.counted("conversations").done(now), Erase(conversation))

    # An order ----------------------------------------------------------------------------------------------

    def keep_no_longer(self, delivery: OrderDelivery) -> None:
        """Forget an order whose details were kept as long as the shop keeps them, or say when to look again."""
        now = self._clock()
        order = self._store.read(Order, delivery.order_number)
        kept = kept_since(order) if order is not None else None
        if order is None or kept is None:
            self._store.commit(Put(replace(delivery, due_at=now + DELIVERY_LOOKED_AT_AFTER)))
            return
        kind, since = kept
        until = since + self._retention.of(kind)
        gone = self._gone(order) if until <= now else None
        if gone is None:
            self._store.commit(Put(replace(delivery, due_at=max(until, now + LOOK_TOMORROW))))
            return
        self._store.commit(*gone[1])

    def _gone(self, order: Order) -> tuple[Mapping[str, int], list[Write]] | None:
        """The writes that forget an order, and what they count; None while an event of it still has to be sent."""
        number, now = order.order_number, self._clock()
        events = self._store.rows_of(OrderEvent, number)
        if any(self._is_needed(event) for event in events):
            return None
        delivery = self._store.read(OrderDelivery, number)
        sent = [Put(event.forgotten()) for event in events if event.body]
        parcels = [
            Put(parcel.forgotten())
            for parcel in self._store.rows_of(Parcel, number)
            if parcel != parcel.forgotten()
        ]
        received = self._unapplied(order)
        counts = {
            "deliveries": int(delivery is not None),
            "events_out": len(sent),
            "parcels": len(parcels),
            "events_in": len(received) // 2,
        }
        writes: list[Write] = [Put(order.forgotten(now)), *sent, *parcels, *received]
        if delivery is not None:
            writes.append(Erase(delivery))
        return {kind: rows for kind, rows in counts.items() if rows}, writes

    def _is_needed(self, event: OrderEvent) -> bool:
        """Whether the order system has not taken it, and may yet."""
        if event.state is OrderEventState.PENDING:
            return True
        if event.state is not OrderEventState.GIVEN_UP:
            return False
        case = self._store.read(OperatorCase, CaseKind.ORDER_SYSTEM_SILENT, event.event_id)
        return case is not None and case.is_open

    def _unapplied(self, order: Order) -> list[Write]:
        """Events of back offices that nobody applied: the order is over, so nobody has to.

        They are found by the number that they name, which may be the one of the system where the order was placed.
        """
        numbers = {
            order.order_number,
            order.origin.number if order.origin is not None else order.order_number,
        }
        places = [place for each in sorted(numbers) for place in self._store.rows_of(UnappliedEvent, each)]
        writes: list[Write] = []
        for place in places:
            named = order_named(self._store, place.order_number, place.source)
            event = self._store.read(ReceivedEvent, place.source, place.event_id)
            if named is None or named.order_number != order.order_number or event is None:
                continue
            if event.state in {ReceivedState.PARKED, ReceivedState.QUARANTINED}:
                writes += [Put(event.ended(ReceivedState.DISMISSED, "forgotten")), Erase(place)]
        return writes


def _is_pending(message: Message | None) -> bool:
    return message is not None and message.state is MessageState.PENDING


__all__ = ["Erasing"]
