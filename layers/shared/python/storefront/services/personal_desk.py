"""The desk for personal data: a customer sees what is kept of them, takes a message back, or wishes to be forgotten.

A wish is only written down here, with what has to vanish at once; `erasing` carries it out.
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from storefront.domain.after_sales import OrderRemark
from storefront.domain.conversation import Conversation, customer_id_of
from storefront.domain.erasure import Erasure, keeps_its_details
from storefront.domain.errors import ActionRefused
from storefront.domain.lead import Lead
from storefront.domain.order import Order
from storefront.domain.outbox import Topic
from storefront.domain.quote_record import QuoteRemark
from storefront.domain.retention import Retention
from storefront.domain.unknown_phrase import PhraseOfCustomer
from storefront.language.intents import Intent
from storefront.language.postbacks import Postback
from storefront.services.phrases import Phrases
from storefront.services.ports import Clock, Erase, Put, Store, Write
from storefront.services.turns import ChatEvent, Turn

VERBS: Final = frozenset({"my_data", "erase_data", "erase_yes"})

ORDERS_MOST: Final = 1_000
"""Orders of one customer that are counted and forgotten; a shop's largest has dozens."""


class PersonalDesk:
    """Turns about personal data, and wishes that come from elsewhere."""

    def __init__(self, store: Store, phrases: Phrases, retention: Retention, clock: Clock) -> None:
        self._store = store
        self._phrases = phrases
        self._retention = retention
        self._clock = clock

    def meant(self, conversation: Conversation, intent: Intent) -> Turn:
        """Words that ask to see the data, or to have it erased."""
        if intent is Intent.ERASE_MY_DATA:
            return self.asked_to_erase(conversation)
        return self.shown(conversation)

    def tapped(self, conversation: Conversation, postback: Postback, event: ChatEvent) -> Turn:
        """The three buttons: show, ask, do."""
        match postback.verb:
            case "erase_yes":
                return self.wished(conversation, event)
            case "erase_data":
                return self.asked_to_erase(conversation)
            case _:
                return self.shown(conversation)

    def shown(self, conversation: Conversation) -> Turn:
        """What is kept and how long: counts and days as facts, names and addresses are looked up by the card."""
        customer = conversation.customer_id
        orders = self._orders(customer)
        lead = self._store.read(Lead, customer)
        facts = {
            "orders": str(len(orders)),
            "deliveries": str(sum(order.forgotten_at is None for order in orders)),
            "phrases": str(len(self._store.rows_of(PhraseOfCustomer, customer))),
            "remarks": str(len(remarks_of(self._store, customer))),
            "signals": str(len(lead.heard) if lead is not None else 0),
            **{f"{each.name}_days": str(getattr(self._retention, each.name)) for each in fields(Retention)},
        }
        if orders:
            facts["since"] = min(order.created_at for order in orders).isoformat()
        return Turn(replace(conversation, misses=0), Topic.MY_DATA, facts)

    def asked_to_erase(self, conversation: Conversation) -> Turn:
        """Nothing is erased by words alone: the card says what goes and what stays, its button does it."""
        under_way = self._under_way(conversation.customer_id)
        facts = {"orders": ",".join(under_way)}
        return Turn(replace(conversation, misses=0), Topic.ERASE_CONFIRM, facts)

    def wished(self, conversation: Conversation, event: ChatEvent) -> Turn:
        """The confirmed wish: the chat forgets at once, the rest is a job; pressed again it is the same one."""
        customer = conversation.customer_id
        facts = {"orders": ",".join(self._under_way(customer))}
        if self._open_wish(customer) is not None:
            return Turn(conversation.forgotten(), Topic.ERASURE_ASKED, facts)
        wish = Put(self._wish(customer, event.event_id, "customer", ""))
        return Turn(conversation.forgotten(), Topic.ERASURE_ASKED, facts, (wish,))

    def wished_by_staff(self, customer: str, who: str, note: str) -> Erasure:
        """The same wish, told in another way than in the chat; `customer` is a pseudonym or a LINE user id.

        Raises:
            ActionRefused: it does not say who asks and why, or the customer is nobody's.
            Conflict: the customer is writing at this moment; ask again.
        """
        if not who.strip() or not note.strip():
            raise ActionRefused("say who you are and why: both are kept")
        customer_id = customer_id_of(customer) if customer.startswith("U") else customer
        known = self._open_wish(customer_id)
        if known is not None:
            return known
        conversation = self._store.read(Conversation, customer_id)
        if conversation is None and not self._store.recent_orders(customer_id, 1):
            raise ActionRefused("nobody is known by that")
        wish = self._wish(customer_id, f"desk-{self._clock().isoformat()}", who, note)
        chat = (Put(conversation.forgotten()),) if conversation is not None else ()
        self._store.commit(Put(wish), *chat)
        return wish

    def unsent(self, conversation: Conversation | None, event: ChatEvent) -> Turn | None:
        """A message taken back: what was kept of its words goes; quotes and orders that it led to stay."""
        if conversation is None or not event.line_message_id:
            return None
        message_id = event.line_message_id
        customer = conversation.customer_id
        writes: list[Write] = []
        whose = self._store.read(PhraseOfCustomer, customer, message_id)
        if whose is not None:
            writes += self._phrases.taken_back(whose)
        remarks = remarks_of(self._store, customer)
        writes += [Erase(remark) for remark in remarks if remark.line_message_id == message_id]
        return Turn(conversation.took_back(message_id), writes=tuple(writes))

    def _wish(self, customer_id: str, cause: str, who: str, note: str) -> Erasure:
        now = self._clock()
        return Erasure(customer_id, cause, now, who, note, due_at=now)

    def _open_wish(self, customer_id: str) -> Erasure | None:
        wishes = self._store.rows_of(Erasure, customer_id)
        return next((wish for wish in wishes if wish.is_open and wish.told_at is None), None)

    def _orders(self, customer_id: str) -> Sequence[Order]:
        return self._store.recent_orders(customer_id, ORDERS_MOST)

    def _under_way(self, customer_id: str) -> list[str]:
        return [order.order_number for order in self._orders(customer_id) if keeps_its_details(order)]


def remarks_of(store: Store, customer_id: str) -> list[QuoteRemark | OrderRemark]:
    """What a customer wrote to the shop about quotes and orders."""
    return [*store.rows_of(QuoteRemark, customer_id), *store.rows_of(OrderRemark, customer_id)]
