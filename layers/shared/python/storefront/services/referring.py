"""Referring: a price beyond the shop's own rules is put before its people, and the customer hears that it is.

One transaction writes the question, its line in the quote's record, the cards for staff and the customer's answer, so
that "somebody is looking" is true whenever it is said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from storefront.domain.approval import Approval
from storefront.domain.business_hours import BusinessHours
from storefront.domain.casework import CaseKind
from storefront.domain.conversation import Conversation
from storefront.domain.negotiation import NegotiationRules, Reason
from storefront.domain.outbox import Topic
from storefront.domain.quote import Quote
from storefront.domain.quote_record import EntryKind, QuoteEntry
from storefront.services.cases import case_writes
from storefront.services.ports import Clock, Put, Store, Timers, Workflow, Write
from storefront.services.quote_maker import named
from storefront.services.quoting import entry
from storefront.services.staff import Staff
from storefront.services.turns import ChatEvent, Turn

STANDS_ON_AT_MOST: Final = timedelta(days=3)
"""A quote outlives its own time by this much at the most, so that a question asked at night can be answered."""

OVERDUE_AFTER: Final = timedelta(hours=1)
"""So long after the workflow's last wait an approval is nobody's any more; the sweeper opens a case then."""


@dataclass(frozen=True)
class Question:
    """What a person is asked: may these be the unit prices of `quote`? With prices and units as they stand."""

    quote: Quote
    reason: Reason
    asked: Mapping[str, int]
    standing: Mapping[str, int]
    quantities: Mapping[str, int]


class Referring:
    """Plans questions to the shop's people, and begins the workflow that waits for their decision."""

    def __init__(
        self,
        store: Store,
        staff: Staff,
        workflow: Workflow,
        rules: NegotiationRules,
        hours: BusinessHours,
        timers: Timers,
        clock: Clock,
    ) -> None:
        self._store = store
        self._staff = staff
        self._workflow = workflow
        self._rules = rules
        self._hours = hours
        self._timers = timers
        self._clock = clock

    def under_way(self, quote_id: str, record: Sequence[QuoteEntry]) -> Approval | None:
        """The newest question about a quote, whatever became of it."""
        asked = _times_asked(record)
        return self._store.read(Approval, f"{quote_id}-a{asked}") if asked else None

    def told_again(self, conversation: Conversation, quote: Quote, approval: Approval) -> Turn:
        """Somebody is looking already."""
        return Turn(conversation, Topic.PRICE_REFERRED, self._facts(quote, approval))

    def refer(
        self,
        conversation: Conversation,
        question: Question,
        record: Sequence[QuoteEntry],
        event: ChatEvent,
        turn: Turn | None = None,
    ) -> Turn:
        """Ask a person; no oftener than the rules say. `turn` makes the quote where the same message ordered it."""
        quote, now = question.quote, self._clock()
        known = self.under_way(quote.quote_id, record)
        if not question.asked or (known is not None and known.is_open):
            return turn or Turn(conversation, Topic.PRICE_FIRM, named(quote))
        number = _times_asked(record) + 1
        if number > self._rules.referrals:
            return turn or Turn(conversation, Topic.PRICE_FIRM, named(quote))
        approval = Approval(
            approval_id=f"{quote.quote_id}-a{number}",
            quote_id=quote.quote_id,
            quote_version=quote.quote_version,
            customer_id=conversation.customer_id,
            reason=question.reason,
            asked=dict(question.asked),
            standing=dict(question.standing),
            quantities=dict(question.quantities),
            created_at=now,
        )
        waits = sum(self.timers_of(approval).values())
        approval = replace(approval, due_at=now + timedelta(seconds=waits) + OVERDUE_AFTER)
        lasting = self._lasting(quote, approval)
        recorded = entry(
            quote,
            EntryKind.REFERRED,
            now,
            event.event_id,
            approval=approval.approval_id,
            asked=",".join(f"{sku}:{price}" for sku, price in approval.asked.items()),
            reason=approval.reason.value,
            until=lasting.valid_until.isoformat(),
        )
        writes: tuple[Write, ...] = (Put(approval), recorded, *self._told(approval))
        facts = self._facts(quote, approval)
        causes = (approval.approval_id,)
        if turn is None:
            longer = (Put(lasting),) if lasting != quote else ()
            return Turn(
                conversation,
                Topic.PRICE_REFERRED,
                facts,
                (*writes, *longer),
                staff_causes=causes,
                referred=approval,
            )
        made = tuple(Put(lasting) if each == Put(quote) else each for each in turn.writes)
        return replace(
            turn,
            facts={**turn.facts, **facts},
            writes=(*made, *writes),
            start=lasting,
            staff_causes=causes,
            referred=approval,
        )

    def _lasting(self, quote: Quote, approval: Approval) -> Quote:
        """The same quote, valid until somebody will have been there to decide; its lines and prices stay."""
        timers = self.timers_of(approval)
        patience = timedelta(seconds=timers["approvalReminderSeconds"] + timers["approvalPatienceSeconds"])
        answered = min(approval.created_at + patience, quote.valid_until + STANDS_ON_AT_MOST)
        longer = answered - quote.valid_until
        if longer <= timedelta(0):
            return quote
        return replace(
            quote,
            valid_until=answered,
            remind_at=quote.remind_at + longer if quote.remind_at is not None else None,
            due_at=quote.due_at + longer if quote.due_at is not None else None,
        )

    def begin(self, approval: Approval | None) -> None:
        """Begin the workflow; one that was begun is fine (D5)."""
        if approval is not None:
            payload = {"approvalId": approval.approval_id, "timers": self.timers_of(approval)}
            self._workflow.start(approval.workflow_name, payload)

    def timers_of(self, approval: Approval) -> dict[str, int]:
        """The workflow's waits in seconds; a reminder counts from when somebody is there."""
        opens = self._hours.next_opening(approval.created_at)
        closed = int((opens - approval.created_at).total_seconds()) if opens is not None else 0
        return {
            "approvalReminderSeconds": closed + self._timers.approval_reminder,
            "approvalPatienceSeconds": self._timers.approval_patience,
            "quoteValiditySeconds": self._timers.quote_validity,
        }

    def _told(self, approval: Approval) -> tuple[Write, ...]:
        """Whoever can be told: staff in their chats; operators, where the shop has named no staff."""
        if self._staff.can_be_told:
            return self._staff.notices(
                approval.approval_id, Topic.STAFF_APPROVAL, {"approval_id": approval.approval_id}
            )
        facts = {"customerId": approval.customer_id, "quote": approval.quote_id, "reason": "no-staff"}
        return case_writes(self._store, CaseKind.APPROVAL_WANTED, approval.approval_id, self._clock(), facts)

    def _facts(self, quote: Quote, approval: Approval) -> dict[str, str]:
        """With the opening that the customer may wait for while the shop is closed."""
        facts = {**named(quote), "approval_id": approval.approval_id}
        now = self._clock()
        opens = self._hours.next_opening(now)
        if opens is not None and opens > now:
            facts["opens_at"] = opens.isoformat()
        return facts


def _times_asked(record: Sequence[QuoteEntry]) -> int:
    return sum(each.kind is EntryKind.REFERRED for each in record)
