"""Approving: a person's decision becomes the next version of the quote, or kind words; the workflow sees to it.

The decision is written first and carried out once, whoever comes to it: the chat at once, or the workflow. A quote that
was accepted, changed or ended meanwhile stays as it is, and the decision says so.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from storefront.domain.approval import Approval, ApprovalState, Effect
from storefront.domain.casework import CaseKind, WaitStep
from storefront.domain.conversation import Conversation
from storefront.domain.errors import Conflict
from storefront.domain.outbox import Topic
from storefront.domain.quote import AgreedPrice, Quote, QuoteState
from storefront.domain.quote_record import EntryKind
from storefront.services.cases import case_writes
from storefront.services.ports import Catalogues, Clock, Put, Store, Write
from storefront.services.quote_maker import QuoteMaker, named
from storefront.services.quote_workflows import QuoteWorkflows
from storefront.services.quoting import Basket, entry
from storefront.services.staff import Staff
from storefront.services.telling import Telling, new_message
from storefront.services.waiting import Waits

TRIES: Final = 8


@dataclass(frozen=True)
class CarryingOut:
    """A decided approval with what came of it, the writes that make it so, and what follows them."""

    approval: Approval
    writes: tuple[Write, ...]
    told: tuple[str, ...] = ()
    start: Quote | None = None
    end: tuple[Quote, ...] = ()


class Approving:
    """Carries decisions out, and does what the approval workflow asks for while nobody decides."""

    def __init__(
        self,
        store: Store,
        catalogues: Catalogues,
        maker: QuoteMaker,
        telling: Telling,
        staff: Staff,
        workflows: QuoteWorkflows,
        waits: Waits,
        clock: Clock,
    ) -> None:
        self._store = store
        self._catalogues = catalogues
        self._maker = maker
        self._telling = telling
        self._staff = staff
        self._workflows = workflows
        self._waits = waits
        self._clock = clock

    # A decision --------------------------------------------------------------------------------------------

    def plan(self, decided: Approval, now: datetime) -> CarryingOut:
        """What a decided approval does to the quote as it is now; commit all of it together."""
        conversation = self._store.read(Conversation, decided.customer_id)
        quote = self._live_version(decided, conversation, now)
        if quote is None or conversation is None:
            effect = self._why_too_late(decided)
            done = decided.carried_out(effect)
            return CarryingOut(done, (Put(done),))
        if not decided.is_granted:
            return self._refused(decided, quote, now)
        return self._granted(decided, conversation, quote, now)

    def follow_up(self, done: CarryingOut) -> None:
        """What is safe to repeat after the commit."""
        for message_id in done.told:
            self._telling.deliver(message_id)
        for quote in done.end:
            self._workflows.end(quote)
        if done.start is not None:
            self._workflows.start(done.start)

    def resume(self, approval_id: str) -> None:
        """The event of a decision came again: what followed it is done once more, with the same end."""
        approval = self._store.read(Approval, approval_id)
        if approval is None or approval.is_open:
            return
        self._telling.deliver(decision_message_id(approval_id))
        self._waits.let_go(approval, WaitStep.APPROVAL)
        quote = self._version_after(approval)
        if quote is not None and quote.quote_version > 1:
            self._workflows.end(self._store.read(Quote, quote.quote_id, quote.quote_version - 1))
            if quote.state is QuoteState.OFFERED:
                self._workflows.start(quote)

    def wake(self, approval: Approval) -> None:
        """The workflow waits no longer; one that does not wait yet will look by itself."""
        self._waits.let_go(approval, WaitStep.APPROVAL)

    def _version_after(self, approval: Approval) -> Quote | None:
        conversation = self._store.read(Conversation, approval.customer_id)
        if conversation is None or conversation.quote_id != approval.quote_id:
            return None
        return self._store.read(Quote, approval.quote_id, conversation.quote_version)

    def _live_version(
        self, approval: Approval, conversation: Conversation | None, now: datetime
    ) -> Quote | None:
        """The version that the decision is about now: the one in question or what the customer made of it."""
        quote = self._version_after(approval) if conversation is not None else None
        return quote if quote is not None and quote.is_open_at(now) else None

    def _why_too_late(self, approval: Approval) -> Effect:
        quote = self._store.read(Quote, approval.quote_id, approval.quote_version)
        newest = self._version_after(approval) or quote
        states = {each.state for each in (quote, newest) if each is not None}
        if QuoteState.ACCEPTED in states:
            return Effect.ACCEPTED_BEFORE
        return Effect.ENDED_BEFORE

    def _refused(self, decided: Approval, quote: Quote, now: datetime) -> CarryingOut:
        done = decided.carried_out(Effect.DECLINED)
        message = new_message(
            decision_message_id(done.approval_id), done.customer_id, Topic.PRICE_REFUSED, named(quote), now
        )
        facts = {"approval": done.approval_id, "by": done.decided_by or ""}
        recorded = entry(quote, EntryKind.REFUSED, now, done.approval_id, **facts)
        return CarryingOut(done, (Put(done), Put(message), recorded), (message.message_id,))

    def _granted(
        self, decided: Approval, conversation: Conversation, quote: Quote, now: datetime
    ) -> CarryingOut:
        lines = {line.sku: line for line in quote.lines}
        agreed = {
            sku: AgreedPrice(price, decided.quantities[sku], decided.decided_by)
            for sku, price in decided.granted.items()
            if sku in lines
            and lines[sku].quantity >= decided.quantities[sku]
            and price < lines[sku].unit_price
        }
        basket = Basket.of(quote)
        basket = replace(basket, agreed={**basket.agreed, **agreed})
        turn = None
        if agreed:
            turn = self._maker.make(conversation, basket, self._catalogues.read(), decided.approval_id)
        if turn is None or turn.start is None:
            done = decided.carried_out(Effect.CHANGED_BEFORE)
            return CarryingOut(done, (Put(done),))
        done = decided.carried_out(Effect.OFFERED)
        kind = "approved" if done.state is ApprovalState.APPROVED else "offered"
        saved = str(quote.total - turn.start.total)
        message = new_message(
            decision_message_id(done.approval_id),
            done.customer_id,
            Topic.QUOTE,
            {**turn.facts, "haggled": kind, "saved": saved},
            now,
        )
        recorded = entry(
            turn.start,
            EntryKind.APPROVED,
            now,
            done.approval_id,
            approval=done.approval_id,
            granted=",".join(f"{sku}:{price}" for sku, price in done.granted.items()),
            decision=done.state.value,
            by=done.decided_by or "",
        )
        # The customer may be telling us something else just now, such as where another order goes.
        talking = replace(
            turn.conversation,
            step=conversation.step,
            asked_sku=conversation.asked_sku,
            misses=conversation.misses,
        )
        writes = (Put(done), Put(talking), Put(message), recorded, *turn.writes)
        return CarryingOut(done, writes, (message.message_id,), turn.start, turn.end)

    # What the workflow asks for ----------------------------------------------------------------------------

    def await_decision(self, approval_id: str, token: str) -> None:
        """Keep the workflow's token, then look whether there is anything left to wait for (D1)."""
        self._still_wanted(approval_id, token)

    def remind(self, approval_id: str, token: str) -> None:
        """Nobody has decided: staff are told once more."""
        approval = self._still_wanted(approval_id, token)
        if approval is None:
            return
        cause = f"{approval_id}:reminder"
        if approval.reminded_at is None:
            facts = {"approval_id": approval_id, "reminder": "yes"}
            notices = self._staff.notices(cause, Topic.STAFF_APPROVAL, facts)
            self._commit(Put(replace(approval, reminded_at=self._clock())), *notices)
        self._staff.deliver(cause)

    def escalate(self, approval_id: str, token: str) -> None:
        """Still nobody: the customer hears honestly that it takes longer, and an operator is called."""
        approval = self._still_wanted(approval_id, token)
        if approval is None:
            return
        now, message_id = self._clock(), f"{approval_id}:delayed"
        if approval.escalated_at is None:
            facts = {
                "approval_id": approval_id,
                "quote_id": approval.quote_id,
                "quote_version": str(self._newest_version(approval)),
            }
            message = new_message(message_id, approval.customer_id, Topic.PRICE_DELAYED, facts, now)
            about = {"customerId": approval.customer_id, "quote": approval.quote_id, "reason": "no-decision"}
            case = case_writes(self._store, CaseKind.APPROVAL_WANTED, approval_id, now, about)
            self._commit(Put(replace(approval, escalated_at=now)), Put(message), *case)
        self._telling.deliver(message_id)

    def carry_out(self, approval_id: str) -> Effect:
        """The workflow's last step: what was decided is done, once; what nobody decided lapses.

        Raises:
            Conflict: the customer's rows kept changing; the workflow tries again.
        """
        for _ in range(TRIES):
            approval = self._approval(approval_id)
            if approval.effect is not None:
                return approval.effect
            now = self._clock()
            try:
                if approval.is_open:
                    self._store.commit(Put(approval.lapsed(now)))
                    return Effect.LAPSED
                done = self.plan(approval, now)
                notices = self._staff.notices(
                    f"{approval_id}:decided",
                    Topic.STAFF_ANSWER,
                    {"approval_id": approval_id, "said": "decided"},
                )
                self._store.commit(*done.writes, *notices)
            except Conflict:
                continue
            self.follow_up(done)
            self._staff.deliver(f"{approval_id}:decided")
            return done.approval.effect or Effect.LAPSED
        raise Conflict(approval_id)

    def _still_wanted(self, approval_id: str, token: str) -> Approval | None:
        """Keep the token; None when the workflow was sent on, since it was decided or the quote is over."""
        approval = self._approval(approval_id)
        self._waits.keep(approval, WaitStep.APPROVAL, token)
        approval = self._approval(approval_id)
        conversation = self._store.read(Conversation, approval.customer_id)
        if approval.is_open and self._live_version(approval, conversation, self._clock()) is not None:
            return approval
        self._waits.let_go(approval, WaitStep.APPROVAL)
        return None

    def _newest_version(self, approval: Approval) -> int:
        quote = self._version_after(approval)
        return quote.quote_version if quote is not None else approval.quote_version

    def _commit(self, *writes: Write) -> None:
        """A decision that comes at the same moment goes first: nothing of this is wanted then."""
        try:
            self._store.commit(*writes)
        except Conflict:
            return

    def _approval(self, approval_id: str) -> Approval:
        approval = self._store.read(Approval, approval_id)
        if approval is None:
            raise LookupError("a workflow names an approval that is gone")
        return approval


def decision_message_id(approval_id: str) -> str:
    """The one message by which the customer hears of a decision."""
    return f"{approval_id}:decision"
