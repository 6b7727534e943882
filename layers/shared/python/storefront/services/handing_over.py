"""Handing over: a customer and the shop's people find each other, and the shop's own answers step aside and come back.

Everything is written with the turn that causes it: the case, the notices to staff, the customer's lead. A person who
takes over answers in LINE Official Account Manager, where the chat is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from storefront.domain.business_hours import BusinessHours
from storefront.domain.casework import AuditEntry, CaseAction, CaseKind, OperatorCase
from storefront.domain.conversation import Conversation
from storefront.domain.handover import HandoverRules, Why, WithPerson
from storefront.domain.lead import Lead
from storefront.domain.outbox import Topic
from storefront.domain.quote import QuoteState
from storefront.language.intents import intent_of
from storefront.language.postbacks import Postback
from storefront.services.cases import case_writes
from storefront.services.leads import Leads, asked_in, summary_of
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Clock, Put, Store, Write
from storefront.services.staff import Staff
from storefront.services.turns import ChatEvent, Happening, Turn

TAKEN_OVER: Final = "taken_over"
"""The word of the rules for a chat that staff took over."""

OWN_DATA: Final = frozenset({Topic.MY_DATA, Topic.ERASE_CONFIRM})
"""Whoever asks what is kept of them is answered, whoever else is talking."""

VERBS: Final = frozenset({"self_service", "take_over", "hand_back"})


@dataclass(frozen=True)
class _Notice:
    why: Why
    what: str


class HandingOver:
    """What follows a turn besides its answer, and what staff's buttons do."""

    def __init__(
        self,
        store: Store,
        own: OwnRows,
        staff: Staff,
        leads: Leads,
        rules: HandoverRules,
        hours: BusinessHours,
        clock: Clock,
    ) -> None:
        self._store = store
        self._own = own
        self._staff = staff
        self._leads = leads
        self._rules = rules
        self._hours = hours
        self._clock = clock

    # The customer's side -----------------------------------------------------------------------------------

    def unless_a_person_talks(self, heard: Conversation, turn: Turn, event: ChatEvent) -> Turn:
        """`turn`, or silence while a person talks with the customer and the words are not clearly to the shop.

        Taps always work. Once nobody has said anything for long the answers are back, and the first one says so.
        """
        talk = heard.with_person
        if talk is None:
            return turn
        if talk.is_over_at(self._clock(), self._rules):
            return self._back(turn, says_so=event.happening is Happening.TEXT)
        if event.happening in {Happening.POSTBACK, Happening.FOLLOW}:
            return turn
        if event.happening is Happening.MEDIA and turn.attention is None:
            return turn  # it belongs to a request that was made by button
        if event.happening is Happening.TEXT:
            if _is_a_clear_order(turn) or intent_of(event.text) in self._rules.back_by_words:
                return self._back(turn)
            if turn.attention is Why.PERSON or turn.topic in OWN_DATA or _is_about_delivery(heard, turn):
                return turn
        # A product named alone is remembered, so that the quantity sent after it makes a clear order.
        named = turn.conversation.asked_sku if turn.topic is Topic.QUESTION_QUANTITY else heard.asked_sku
        return Turn(replace(heard, with_person=talk.hearing(event.at), asked_sku=named))

    @staticmethod
    def _back(turn: Turn, *, says_so: bool = False) -> Turn:
        conversation = replace(turn.conversation, with_person=None)
        told = {"resumed": "yes"} if says_so and turn.topic is not Topic.QUOTE else {}
        return replace(turn, conversation=conversation, facts={**turn.facts, **told})

    def attended(self, turn: Turn, event: ChatEvent) -> Turn:
        """`turn` with what the shop's people have to know of it."""
        customer = turn.conversation.customer_id
        if event.group_id is not None or self._staff.is_staff(customer):
            return turn
        now = self._clock()
        lead = self._leads.hearing(turn, now)
        notice = self._notice(turn, lead, now)
        writes: list[Write] = list(turn.writes)
        conversation, causes = turn.conversation, turn.staff_causes
        if notice is not None:
            lead = lead or self._leads.of(customer)
            opened = self._case(turn, notice) if notice.why is not Why.HOT else ()
            writes += opened
            if self._is_news(turn, notice, lead, now, opened=bool(opened)):
                lead = lead.telling(notice.what, now).telling(Why.HOT, now)
                cause = f"handover:{event.event_id}"
                writes += self._staff.notices(cause, Topic.STAFF_CUSTOMER, self._facts(turn, notice, lead))
                causes = (*causes, cause)
            if notice.why in self._rules.pauses:
                known = conversation.with_person or WithPerson(now, now)
                conversation = replace(conversation, with_person=known.hearing(now))
        if lead is not None:
            writes.append(Put(lead))
        facts = {**turn.facts, **(self._when_somebody_is_there(now) if turn.attention is not None else {})}
        return replace(
            turn, conversation=conversation, facts=facts, writes=tuple(writes), staff_causes=causes
        )

    def _when_somebody_is_there(self, now: datetime) -> Mapping[str, str]:
        opens = self._hours.next_opening(now)
        return {} if opens is None or opens <= now else {"opens": opens.isoformat()}

    def _notice(self, turn: Turn, lead: Lead | None, now: datetime) -> _Notice | None:
        """Why staff have to look, and how the same request is known again."""
        if turn.attention is not None:
            about = ":".join(asked_in(turn, name) for name in ("kinds", "skus"))
            return _Notice(turn.attention, f"{turn.attention}:{about}"[:120])
        if lead is not None and self._leads.is_hot_news(lead, now):
            return _Notice(Why.HOT, Why.HOT)
        return None

    def _is_news(self, turn: Turn, notice: _Notice, lead: Lead, now: datetime, *, opened: bool) -> bool:
        """One notice for an album of pictures, for a wish said twice, for a question asked again."""
        if notice.why is Why.PHOTO:
            return opened
        if notice.why is Why.PERSON:
            return opened or turn.conversation.with_person is None
        return not self._leads.was_told(lead, notice.what, now)

    def _case(self, turn: Turn, notice: _Notice) -> tuple[Write, ...]:
        """One open case of a customer is enough."""
        customer = turn.conversation.customer_id
        facts = {"customerId": customer, "why": notice.why.value}
        return case_writes(self._store, CaseKind.PERSON_WANTED, customer, self._clock(), facts)

    def _facts(self, turn: Turn, notice: _Notice, lead: Lead) -> dict[str, str]:
        """The conversation in ids and codes: who, why, what was looked at and asked, what is open."""
        conversation = turn.conversation
        about = {name: asked_in(turn, name) for name in ("kinds", "skus") if asked_in(turn, name)}
        return {
            "customer_id": conversation.customer_id,
            "why": notice.why.value,
            "language": conversation.language.value,
            "as_of": self._clock().isoformat(),
            **summary_of(lead),
            **(about if notice.why is not Why.HOT else {}),
            **self._open(turn),
        }

    def _open(self, turn: Turn) -> Mapping[str, str]:
        """The quote or the order that is being talked about."""
        conversation = turn.conversation
        quote = turn.start or self._own.current_quote(conversation)
        if quote is not None and quote.state is QuoteState.OFFERED and quote.is_open_at(self._clock()):
            return {"quote_id": quote.quote_id, "quote_version": str(quote.quote_version)}
        order = self._own.order(conversation, conversation.order_number)
        return {"order_number": order.order_number} if order is not None else {}

    # The staff's side --------------------------------------------------------------------------------------

    def tapped(self, conversation: Conversation, postback: Postback) -> Turn:
        """The customer's button back to self-service, and the buttons of staff cards, which only staff may press."""
        if postback.verb == "self_service":
            return Turn(replace(conversation, with_person=None), Topic.SELF_SERVICE)
        if not self._staff.is_staff(conversation.customer_id):
            return Turn(conversation, Topic.HOW_TO_ORDER)
        return self._pressed(conversation, postback)

    def _pressed(self, member: Conversation, postback: Postback) -> Turn:
        customer_id = postback.fields.get("c", "")
        customer = self._store.read(Conversation, customer_id) if customer_id else None
        if customer is None:
            return _told(member, customer_id, "gone")
        if postback.verb == "take_over":
            return self._take_over(member, customer)
        return self._hand_back(member, customer)

    def _take_over(self, member: Conversation, customer: Conversation) -> Turn:
        """The first of two wins; whoever lost is told so."""
        now = self._clock()
        talk = customer.with_person
        if talk is not None and talk.member is not None and not talk.is_over_at(now, self._rules):
            mine = talk.member == member.customer_id
            return _told(member, customer.customer_id, "taken" if mine else "other")
        if talk is None or talk.is_over_at(now, self._rules):
            talk = WithPerson(now, now)
        writes: list[Write] = []
        if TAKEN_OVER in self._rules.pauses:
            writes.append(Put(replace(customer, with_person=talk.taken_by(member.customer_id))))
        facts = {"customerId": customer.customer_id, "why": TAKEN_OVER}
        writes += case_writes(self._store, CaseKind.PERSON_WANTED, customer.customer_id, now, facts)
        return _told(member, customer.customer_id, "taken", *writes)

    def _hand_back(self, member: Conversation, customer: Conversation) -> Turn:
        """The shop's own answers are back, and the case is settled; pressed again it says the same."""
        now = self._clock()
        writes: list[Write] = []
        if customer.with_person is not None:
            writes.append(Put(replace(customer, with_person=None)))
        case = self._store.read(OperatorCase, CaseKind.PERSON_WANTED, customer.customer_id)
        if case is not None and case.is_open:
            who, note = f"line:{member.customer_id}", "ended in the staff's chat"
            writes.append(Put(case.resolved(now, who, note)))
            writes.append(Put(AuditEntry(case.kind, case.subject, now, who, CaseAction.RESOLVE, note)))
        return _told(member, customer.customer_id, "ended", *writes)


def _is_a_clear_order(turn: Turn) -> bool:
    """Whether the words made a quote by themselves; a wish for a lower price may be said to the person."""
    return turn.topic is Topic.QUOTE and turn.referred is None and "haggled" not in turn.facts


def _is_about_delivery(heard: Conversation, turn: Turn) -> bool:
    """Whether the words answer what an order still needs."""
    complete = turn.wake is not None or turn.event is not None or turn.open_payment is not None
    return complete or turn.conversation.draft != heard.draft or turn.conversation.invoice != heard.invoice


def _told(member: Conversation, customer_id: str, outcome: str, *writes: Write) -> Turn:
    facts = {"customer_id": customer_id, "outcome": outcome}
    return Turn(member, Topic.STAFF_HANDOVER, facts, writes)
