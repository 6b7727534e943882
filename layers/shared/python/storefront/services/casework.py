"""Casework: what a person may do about an operator case, each step an audit row with who, when and why (X25).

Every action is safe by the same conditions as the machine's own: money goes back only through a refund intent over
an amount that LINE Pay's details prove, and nothing makes an order paid by hand (M6). What moves money names the
order and the amount besides the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from storefront.domain.approval import Approval
from storefront.domain.casework import (
    AuditEntry,
    CaseAction,
    CaseKind,
    Deed,
    OperatorCase,
    offers_of,
)
from storefront.domain.errors import ActionRefused, Conflict, StockShort
from storefront.domain.order import Order
from storefront.domain.outbox import OrderEvent, OrderEventState
from storefront.domain.refund import Refund
from storefront.services.case_refunds import CaseRefunds, Outcome, attempt_of, order_number_of, order_of
from storefront.services.ports import Clock, DueKind, Jobs, Put, StockMove, Store

TRIES: Final = 8
LISTED_AT_MOST: Final = 200
EVER: Final = timedelta(days=36_500)


@dataclass(frozen=True)
class CaseView:
    """A case with its order as it is now, what was done about it, and what may be done."""

    case: OperatorCase
    order: Order | None
    refunds: tuple[Refund, ...]
    audit: tuple[AuditEntry, ...]
    offers: tuple[CaseAction, ...]


class Casework:
    """Lists, shows and settles operator cases."""

    def __init__(
        self,
        store: Store,
        refunds: CaseRefunds,
        jobs: Jobs,
        clock: Clock,
    ) -> None:
        self._store = store
        self._refunds = refunds
        self._jobs = jobs
        self._clock = clock

    # Looking ---------------------------------------------------------------------------------------------

    def open_cases(self) -> Sequence[OperatorCase]:
        """Cases that nobody has settled, the longest waiting first."""
        rows = self._store.due(DueKind.CASE, self._clock() + EVER, LISTED_AT_MOST)
        cases = [row for row in rows if isinstance(row, OperatorCase) and row.is_open]
        return sorted(cases, key=lambda case: case.opened_at)

    def open_approvals(self) -> Sequence[Approval]:
        """Prices that nobody has decided about, the longest waiting first."""
        rows = self._store.due(DueKind.APPROVAL, self._clock() + EVER, LISTED_AT_MOST)
        approvals = [row for row in rows if isinstance(row, Approval) and row.is_open]
        return sorted(approvals, key=lambda each: each.created_at)

    def show(self, kind: CaseKind, subject: str) -> CaseView:
        """One case, open or not.

        Raises:
            ActionRefused: there is no such case.
        """
        case = self._case(kind, subject)
        order = self._store.read(Order, order_number_of(case))
        refunds = tuple(self._store.rows_of(Refund, order.order_number)) if order is not None else ()
        audit = tuple(self._store.rows_of(AuditEntry, kind, subject))
        return CaseView(case, order, refunds, audit, offers_of(case))

    # Acting ----------------------------------------------------------------------------------------------

    def act(self, deed: Deed) -> CaseView:
        """Do one thing about an open case, with its audit row in the same transaction.

        Raises:
            ActionRefused: it is not offered, not safe, not complete, or not what the case is about.
            Conflict: the rows kept changing; ask again.
        """
        if not deed.is_signed:
            raise ActionRefused("say who you are and why: both are kept")
        for _ in range(TRIES):
            case = self._case(deed.kind, deed.subject)
            if not case.is_open:
                raise ActionRefused(f"settled already by {case.resolved_by}: {case.resolution}")
            if deed.action not in offers_of(case):
                raise ActionRefused(f"{deed.action} is not offered for a case of {deed.kind}")
            outcome = self._outcome(case, deed)
            try:
                self._commit(case, deed, outcome)
            except Conflict:
                continue
            for step in outcome.follow:
                step()
            return self.show(deed.kind, deed.subject)
        raise Conflict(deed.subject)

    def _commit(self, case: OperatorCase, deed: Deed, outcome: Outcome) -> None:
        now = self._clock()
        entry = AuditEntry(
            case.kind, case.subject, now, deed.who, deed.action, deed.note, facts=dict(outcome.facts)
        )
        after = case.resolved(now, deed.who, deed.note) if outcome.settles else case
        writes = (Put(after), Put(entry), *outcome.writes)
        try:
            self._store.commit(*writes)
        except StockShort:
            # The counters were set from outside: the case is settled all the same.
            self._store.commit(*(write for write in writes if not isinstance(write, StockMove)))

    def _outcome(self, case: OperatorCase, deed: Deed) -> Outcome:
        match deed.action:
            case CaseAction.RESOLVE:
                return Outcome(settles=True)
            case CaseAction.SETTLE_AGAIN:
                return self._settle_again(case)
            case CaseAction.SEND_AGAIN:
                return self._send_again(case)
            case CaseAction.REFUND:
                return self._refunds.give_back(case, deed)
            case CaseAction.REFUNDED_BY_HAND:
                return self._refunds.given_by_hand(case, deed)

    # What may be done ------------------------------------------------------------------------------------

    def _settle_again(self, case: OperatorCase) -> Outcome:
        """Ask LINE Pay once more what became of the payment; the case stays open until somebody has looked."""
        attempt_id = attempt_of(self._store, case, order_of(self._store, case)).attempt_id
        return Outcome(
            facts=(("attemptId", attempt_id),),
            follow=(lambda: self._jobs.check_payment(attempt_id, 0, "operator"),),
        )

    def _send_again(self, case: OperatorCase) -> Outcome:
        """The order system answers again: the same event, the same bytes, for another day of tries."""
        event = self._store.read(OrderEvent, case.subject)
        if event is None or event.state is not OrderEventState.GIVEN_UP:
            raise ActionRefused("that event is not given up")
        now = self._clock()
        again = replace(
            event, state=OrderEventState.PENDING, created_at=now, tries=0, settled_at=None, due_at=now
        )
        event_id = event.event_id
        return Outcome(
            writes=(Put(again),),
            facts=(("eventId", event_id),),
            settles=True,
            follow=(lambda: self._jobs.send_order_event(event_id, 0),),
        )

    def _case(self, kind: CaseKind, subject: str) -> OperatorCase:
        case = self._store.read(OperatorCase, kind, subject)
        if case is None:
            raise ActionRefused(f"there is no case {kind} {subject}")
        return case
