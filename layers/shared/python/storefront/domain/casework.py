"""Rows that keep the machinery honest: waiting workflows, events taken from back offices, cases for people."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.moves import move


class WaitStep(StrEnum):
    """Where the order workflow waits for somebody."""

    DECISION = "decision"
    PAYMENT = "payment"
    DELIVERY = "delivery"
    APPROVAL = "approval"


@dataclass(frozen=True)
class WorkflowWait:
    """A task token: how to wake the workflow `workflow_name` from `step`."""

    workflow_name: str
    step: WaitStep
    token: str
    stored_at: datetime
    revision: int = 0


class ReceivedState(StrEnum):
    """Life of an event that a back office sent."""

    TAKEN = "taken"
    APPLIED = "applied"
    PARKED = "parked"
    QUARANTINED = "quarantined"
    DISMISSED = "dismissed"


RECEIVED_MOVES: Final = {
    ReceivedState.TAKEN: frozenset(
        {ReceivedState.APPLIED, ReceivedState.PARKED, ReceivedState.QUARANTINED, ReceivedState.DISMISSED}
    ),
    ReceivedState.PARKED: frozenset(ReceivedState),
    ReceivedState.QUARANTINED: frozenset({ReceivedState.TAKEN, ReceivedState.DISMISSED}),
    ReceivedState.APPLIED: frozenset[ReceivedState](),
    ReceivedState.DISMISSED: frozenset[ReceivedState](),
}


@dataclass(frozen=True)
class ReceivedEvent:
    """An event as a back office sent it; its id and hash make it count once (G1, G7)."""

    source: str
    event_id: str
    body_hash: str
    body: str
    received_at: datetime
    state: ReceivedState = ReceivedState.TAKEN
    reason: str | None = None
    tries: int = 0
    due_at: datetime | None = None
    revision: int = 0

    def ended(self, state: ReceivedState, reason: str | None = None) -> "ReceivedEvent":
        """Its body stays for whoever has to look at it; what is applied or dismissed needs none."""
        body = self.body if state is ReceivedState.QUARANTINED else ""
        return replace(
            self, state=move(RECEIVED_MOVES, self.state, state), reason=reason, body=body, due_at=None
        )

    def replayed(self, now: datetime) -> "ReceivedEvent":
        """As on the day it came, with all its tries; due at once, so that a lost job is the sweeper's to find."""
        return replace(
            self,
            state=move(RECEIVED_MOVES, self.state, ReceivedState.TAKEN),
            reason=None,
            tries=0,
            due_at=now,
        )

    def parked(self, reason: str, due_at: datetime | None) -> "ReceivedEvent":
        """Kept until what it speaks of exists, or a person decides; no `due_at` means no more tries."""
        return replace(
            self,
            state=move(RECEIVED_MOVES, self.state, ReceivedState.PARKED),
            reason=reason,
            tries=self.tries + 1,
            due_at=due_at,
        )


@dataclass(frozen=True)
class UnappliedEvent:
    """An event that a person has to look at: found by its order when that is forgotten, and by how long it waits.

    One of no order has an empty number. `due_at` is since when it waits; None once nobody has to look any more.
    """

    order_number: str
    source: str
    event_id: str
    due_at: datetime | None = None
    revision: int = 0


class CaseKind(StrEnum):
    """Why a person has to look."""

    AMOUNT_MISMATCH = "amount_mismatch"
    PAID_WITHOUT_STOCK = "paid_without_stock"
    CONFIRM_UNKNOWN = "confirm_unknown"
    REFUND_REFUSED = "refund_refused"
    REFUND_UNKNOWN = "refund_unknown"
    PAYMENT_MISCONFIGURED = "payment_misconfigured"
    ORDER_SYSTEM_SILENT = "order_system_silent"
    DELIVERY_SILENT = "delivery_silent"
    EVENT_QUARANTINED = "event_quarantined"
    STOCK_BELOW_PROMISED = "stock_below_promised"
    WORKFLOW_FAILED = "workflow_failed"
    PERSON_WANTED = "person_wanted"
    RETURN_REQUESTED = "return_requested"
    PROBLEM_REPORTED = "problem_reported"
    LOW_SCORE = "low_score"
    RECONCILIATION = "reconciliation"
    APPROVAL_WANTED = "approval_wanted"
    PLACED_ELSEWHERE = "placed_elsewhere"
    """Something is asked of an order that only the system can do in which it was placed."""


@dataclass(frozen=True)
class OperatorCase:
    """Something that software must not decide; `subject` is an order number or an event id."""

    kind: CaseKind
    subject: str
    opened_at: datetime
    facts: dict[str, str]
    resolved_at: datetime | None = None
    resolved_by: str | None = None
    resolution: str | None = None
    due_at: datetime | None = None
    revision: int = 0

    @property
    def is_open(self) -> bool:
        return self.resolved_at is None

    def resolved(self, now: datetime, who: str, note: str) -> "OperatorCase":
        """Settled by a person; opened again only if the matter comes back."""
        return replace(self, resolved_at=now, resolved_by=who, resolution=note, due_at=None)


class CaseAction(StrEnum):
    """What a person may do about a case; nothing makes an order paid by hand (M6)."""

    RESOLVE = "resolve"
    SETTLE_AGAIN = "settle_again"
    REFUND = "refund"
    REFUNDED_BY_HAND = "refunded_by_hand"
    SEND_AGAIN = "send_again"


_PAYMENT: Final = frozenset({CaseAction.RESOLVE, CaseAction.SETTLE_AGAIN, CaseAction.REFUND})
_REFUND: Final = frozenset({CaseAction.RESOLVE, CaseAction.REFUND, CaseAction.REFUNDED_BY_HAND})

OFFERS: Final = {
    CaseKind.AMOUNT_MISMATCH: _PAYMENT,
    CaseKind.PAID_WITHOUT_STOCK: _PAYMENT,
    CaseKind.CONFIRM_UNKNOWN: _PAYMENT,
    CaseKind.RECONCILIATION: _PAYMENT | _REFUND,
    CaseKind.REFUND_REFUSED: _REFUND,
    CaseKind.REFUND_UNKNOWN: frozenset({CaseAction.RESOLVE, CaseAction.REFUNDED_BY_HAND}),
    CaseKind.PAYMENT_MISCONFIGURED: frozenset({CaseAction.RESOLVE, CaseAction.SETTLE_AGAIN}),
    CaseKind.RETURN_REQUESTED: _REFUND,
    CaseKind.PROBLEM_REPORTED: _REFUND,
    CaseKind.DELIVERY_SILENT: frozenset({CaseAction.RESOLVE, CaseAction.REFUND}),
    CaseKind.ORDER_SYSTEM_SILENT: frozenset({CaseAction.RESOLVE, CaseAction.SEND_AGAIN}),
}
"""What is offered per kind; a kind that is not here can only be resolved."""


def offers_of(case: OperatorCase) -> tuple[CaseAction, ...]:
    """What may be done about `case`; nothing once it is settled."""
    if not case.is_open:
        return ()
    offered = OFFERS.get(case.kind, frozenset({CaseAction.RESOLVE}))
    return tuple(action for action in CaseAction if action in offered)


@dataclass(frozen=True)
class AuditEntry:
    """One thing that a person did about a case: an append-only row (X25). `note` is the person's own words."""

    kind: CaseKind
    subject: str
    at: datetime
    who: str
    action: CaseAction
    note: str
    facts: dict[str, str] = field(default_factory=dict)
    revision: int = 0


@dataclass(frozen=True)
class Deed:
    """What a person asks for. `order_number` and `amount` (payable units) are typed in again where money moves."""

    kind: CaseKind
    subject: str
    action: CaseAction
    who: str
    note: str
    order_number: str = ""
    amount: int = 0
    reference: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether it says who and why: both are kept."""
        return bool(self.who.strip() and self.note.strip())
