"""Decisions about prices that come from outside: a back office's signed event in the place of a button.

The decision is written with the event in one transaction, then the approval's workflow is woken and carries it out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from storefront.domain.approval import Approval, ApprovalState
from storefront.domain.casework import CaseKind, ReceivedEvent, ReceivedState, WaitStep
from storefront.domain.errors import Conflict
from storefront.services.cases import case_writes
from storefront.services.ports import Clock, Metrics, Put, Store
from storefront.services.putting_aside import put_aside, taken_up
from storefront.services.waiting import Waits

TRIES: Final = 8


class OutsideDecision(StrEnum):
    """What a back office may decide."""

    APPROVE = "approve"
    COUNTER = "counter"
    DECLINE = "decline"


@dataclass(frozen=True)
class ApprovalNews:
    """A parsed `quote.approval.decided.v1`. `unit_prices` or `total` go with a counter, in payable units."""

    approval_id: str
    decision: OutsideDecision
    by: str
    unit_prices: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    note: str | None = None


class OutsideDecisions:
    """Takes decisions of back offices; the first one counts, whoever makes it."""

    def __init__(self, store: Store, waits: Waits, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._waits = waits
        self._clock = clock
        self._metrics = metrics

    def apply(self, source: str, event_id: str, news: ApprovalNews) -> None:
        """Apply one taken event; applying it again wakes the workflow again and changes nothing."""
        for _ in range(TRIES):
            received = self._store.read(ReceivedEvent, source, event_id)
            approval = self._store.read(Approval, news.approval_id)
            if received is None or received.state not in {ReceivedState.TAKEN, ReceivedState.PARKED}:
                break
            try:
                self._apply_once(received, approval, news)
            except Conflict:
                continue
            break
        else:
            raise Conflict(event_id)
        approval = self._store.read(Approval, news.approval_id)
        if approval is not None and not approval.is_open:
            self._waits.let_go(approval, WaitStep.APPROVAL)

    def _apply_once(self, received: ReceivedEvent, approval: Approval | None, news: ApprovalNews) -> None:
        if approval is None:
            self._metrics.count("EventParkedForPeople")
            aside = put_aside(self._store, received, None, self._clock())
            self._store.commit(Put(received.parked("unknown-approval", None)), *aside)
            return
        up = taken_up(self._store, received, None)
        if not approval.is_open:
            self._store.commit(Put(received.ended(ReceivedState.APPLIED, "decided-before")), *up)
            return
        state, granted = _meant(approval, news)
        if granted is None:
            self._quarantine(received)
            return
        by = f"{received.source}:{news.by}"
        decided = approval.decided(state, by, self._clock(), granted, news.note)
        self._store.commit(Put(decided), Put(received.ended(ReceivedState.APPLIED)), *up)

    def _quarantine(self, received: ReceivedEvent) -> None:
        """Prices that are no better for the customer, or of products that are not in question: a person looks."""
        now = self._clock()
        subject, reason = f"{received.source}:{received.event_id}", "no-better-price"
        case = case_writes(self._store, CaseKind.EVENT_QUARANTINED, subject, now, {"reason": reason})
        aside = put_aside(self._store, received, None, now)
        self._store.commit(Put(received.ended(ReceivedState.QUARANTINED, reason)), *case, *aside)
        self._metrics.count("EventQuarantined")


def _meant(approval: Approval, news: ApprovalNews) -> tuple[ApprovalState, Mapping[str, int] | None]:
    """The decision with the prices that it grants; None for prices that cannot be meant."""
    match news.decision:
        case OutsideDecision.APPROVE:
            return ApprovalState.APPROVED, approval.asked
        case OutsideDecision.DECLINE:
            return ApprovalState.DECLINED, {}
    if news.total is not None:
        return ApprovalState.COUNTERED, approval.prices_for_total(news.total)
    better = all(
        sku in approval.standing and 1 <= price < approval.standing[sku]
        for sku, price in news.unit_prices.items()
    )
    return ApprovalState.COUNTERED, news.unit_prices if better and news.unit_prices else None
