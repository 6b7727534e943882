"""The link desk: an order that was placed elsewhere becomes the customer's, by its number and digits of the phone.

Whatever is wrong gets the same answer after the same work: a number that never was, digits that are not right, an order
that is somebody else's (X4, N4). Only what concerns the asker alone is said: that the order is theirs already, and that
they tried too often.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from storefront.domain.conversation import Conversation, OrderDelivery, Step
from storefront.domain.linking import (
    ExternalNumber,
    LinkRules,
    LinkTries,
    missed,
    proves,
    subject_of,
)
from storefront.domain.order import Order
from storefront.domain.order_number import parse_order_number
from storefront.domain.outbox import Topic
from storefront.language.intents import Intent, intent_of
from storefront.language.linking import NumberNamed, digits_given, number_named, too_few_digits
from storefront.language.postbacks import Postback
from storefront.services.ports import Clock, Put, Store
from storefront.services.turns import ChatEvent, Turn

VERBS: Final = frozenset({"link_order", "link_stop"})


@dataclass(frozen=True)
class _Candidate:
    """An order that a number may mean, with the details that prove it; both are None for a number that none has."""

    order: Order | None
    delivery: OrderDelivery | None

    def proven_by(self, given: str, digits: int) -> tuple[Order, OrderDelivery] | None:
        """The two rows, if the order is one to be linked and these are its digits."""
        order, delivery = self.order, self.delivery
        phone = delivery.details.destination.recipient.phone if delivery is not None else ""
        right = proves(given, phone, digits)
        if order is None or delivery is None or not order.may_be_linked or not right:
            return None
        return order, delivery


class LinkDesk:
    """Turns that link an order."""

    def __init__(self, store: Store, rules: LinkRules, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    # What the customer writes and taps ---------------------------------------------------------------------

    def meant(self, conversation: Conversation, text: str) -> Turn:
        """綁定訂單, with or without the number."""
        named = number_named(text)
        return self._asks_number(conversation) if named is None else self._asks_digits(conversation, named)

    def tapped(self, conversation: Conversation, postback: Postback, _event: ChatEvent) -> Turn:
        """The buttons that begin and end it."""
        if postback.verb == "link_stop":
            return Turn(conversation.not_linking(), Topic.LINK_LEFT)
        return self._asks_number(conversation)

    def answered(self, conversation: Conversation, text: str) -> Turn | None:
        """What was asked for; None when the text is about something else."""
        if conversation.step is Step.LINK_DIGITS and conversation.linking is not None:
            given = digits_given(text, self._rules.digits)
            if given is not None:
                return self._proves(conversation, conversation.linking, given)
            if too_few_digits(text, self._rules.digits):
                return Turn(conversation, Topic.LINK_DIGITS, self._facts())
        turn = self.numbered(conversation, text)
        if turn is None and intent_of(text) is Intent.CANCEL and number_named(text) is None:
            return Turn(conversation.not_linking(), Topic.LINK_LEFT)
        return turn

    def numbered(self, conversation: Conversation, text: str) -> Turn | None:
        """A number, where one was asked for or another is to be tried."""
        named = number_named(text)
        return self._asks_digits(conversation, named) if named is not None and named.alone else None

    # Steps -------------------------------------------------------------------------------------------------

    def _asks_number(self, conversation: Conversation) -> Turn:
        if self._is_locked(conversation):
            return self._locked(conversation)
        return Turn(replace(conversation, step=Step.LINK_NUMBER, linking=None, misses=0), Topic.LINK_NUMBER)

    def _asks_digits(self, conversation: Conversation, named: NumberNamed) -> Turn:
        """Asked for whatever the number is; only one that is theirs already needs no proof."""
        own = self._own(conversation, self._candidates(named.number))
        if own is not None:
            return self._theirs(conversation, own)
        if self._is_locked(conversation):
            return self._locked(conversation)
        asking = replace(conversation, step=Step.LINK_DIGITS, linking=named.number, misses=0)
        hint = {"slip": "yes"} if named.slip else {}
        return Turn(asking, Topic.LINK_DIGITS, {**self._facts(), **hint})

    def _proves(self, conversation: Conversation, number: str, given: str) -> Turn:
        """The digits, looked at unless the customer or the order is locked."""
        now, rules = self._clock(), self._rules
        candidates = self._candidates(number)
        own = self._own(conversation, candidates)
        if own is not None:
            return self._theirs(conversation, own)
        if self._is_locked(conversation):
            return self._locked(conversation)
        known = next((each.order.order_number for each in candidates if each.order is not None), number)
        subject = subject_of(known)
        tries = self._store.read(LinkTries, subject)
        locked = tries is not None and tries.misses.lock_at(now, rules.tries_of_an_order)
        proofs = [each.proven_by(given, rules.digits) for each in candidates]
        proven = next((each for each in proofs if each is not None), None)
        if proven is not None and not locked:
            return self._linked(conversation, *proven)
        misses = missed(
            tries.misses if tries is not None else None, now, rules.tries_of_an_order, rules.locked
        )
        counted = LinkTries(subject, misses, tries.revision if tries is not None else 0)
        mine = missed(conversation.link_misses, now, rules.tries, rules.locked)
        return Turn(
            replace(conversation, link_misses=mine),
            Topic.LINK_REFUSED,
            self._facts(),
            () if locked else (Put(counted),),
        )

    def _linked(self, conversation: Conversation, order: Order, delivery: OrderDelivery) -> Turn:
        """Written on the condition that nobody else was first; whoever was not is answered as somebody else."""
        now, customer = self._clock(), conversation.customer_id
        writes = (Put(order.linked(customer, now)), Put(replace(delivery, customer_id=customer)))
        facts = {"order_number": order.order_number, "as_of": now.isoformat()}
        return Turn(conversation.not_linking(), Topic.ORDER_LINKED, facts, writes)

    def _theirs(self, conversation: Conversation, order: Order) -> Turn:
        facts = {
            "order_number": order.order_number,
            "as_of": self._clock().isoformat(),
            "before": "yes",
        }
        return Turn(conversation.not_linking(), Topic.ORDER_LINKED, facts)

    def _locked(self, conversation: Conversation) -> Turn:
        return Turn(conversation.not_linking(), Topic.LINK_LOCKED, {"hours": str(self._rules.locked_hours)})

    # Look-ups ----------------------------------------------------------------------------------------------

    def _candidates(self, number: str) -> Sequence[_Candidate]:
        """The orders that have this number, ours or another system's; as many reads if there is none."""
        known = [each.order_number for each in self._store.rows_of(ExternalNumber, number)]
        numbers = [parse_order_number(number) or number, *(known or [number])]
        return [
            _Candidate(self._store.read(Order, each), self._store.read(OrderDelivery, each))
            for each in numbers
        ]

    @staticmethod
    def _own(conversation: Conversation, candidates: Sequence[_Candidate]) -> Order | None:
        orders = (each.order for each in candidates if each.order is not None)
        return next((each for each in orders if each.customer_id == conversation.customer_id), None)

    def _is_locked(self, conversation: Conversation) -> bool:
        misses = conversation.link_misses
        return misses is not None and misses.lock_at(self._clock(), self._rules.tries)

    def _facts(self) -> dict[str, str]:
        return {"digits": str(self._rules.digits)}


__all__ = ["VERBS", "LinkDesk"]
