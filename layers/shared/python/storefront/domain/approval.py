"""Approvals: a price beyond the shop's own rules, put before a person, who decides once.

What an approval may become is one table. The first decision counts: a later one finds it taken and is told so. The
row names no customer by name and no price but unit prices in payable units.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.moves import move
from storefront.domain.negotiation import Reason


class ApprovalState(StrEnum):
    """Life of one approval."""

    OPEN = "open"
    APPROVED = "approved"
    COUNTERED = "countered"
    DECLINED = "declined"
    LAPSED = "lapsed"


APPROVAL_MOVES: Final = {
    ApprovalState.OPEN: frozenset(
        {ApprovalState.APPROVED, ApprovalState.COUNTERED, ApprovalState.DECLINED, ApprovalState.LAPSED}
    ),
    ApprovalState.APPROVED: frozenset[ApprovalState](),
    ApprovalState.COUNTERED: frozenset[ApprovalState](),
    ApprovalState.DECLINED: frozenset[ApprovalState](),
    ApprovalState.LAPSED: frozenset[ApprovalState](),
}


class Effect(StrEnum):
    """What became of a decision."""

    OFFERED = "offered"
    DECLINED = "declined"
    ACCEPTED_BEFORE = "accepted_before"
    CHANGED_BEFORE = "changed_before"
    ENDED_BEFORE = "ended_before"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Approval:
    """One question to the shop's people: may `asked` be the unit prices of version `quote_version`?

    `standing` are the prices of that version and `quantities` its units, so that the question explains itself.
    `decided_by` is the pseudonym of a member of staff, or a back office and the name that it gave. `effect` is what
    came of the decision, once it was carried out. `escalated_at` is when an operator was called.
    """

    approval_id: str
    quote_id: str
    quote_version: int
    customer_id: str
    reason: Reason
    asked: Mapping[str, int]
    standing: Mapping[str, int]
    quantities: Mapping[str, int]
    created_at: datetime
    state: ApprovalState = ApprovalState.OPEN
    granted: Mapping[str, int] = field(default_factory=dict)
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str | None = None
    effect: Effect | None = None
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None
    due_at: datetime | None = None
    revision: int = 0

    @property
    def workflow_name(self) -> str:
        """Name of the approval workflow's execution: a second start of it is refused by AWS (D5)."""
        return self.approval_id

    @property
    def is_open(self) -> bool:
        return self.state is ApprovalState.OPEN

    @property
    def is_granted(self) -> bool:
        """Whether a person allowed prices, those asked for or others."""
        return self.state in {ApprovalState.APPROVED, ApprovalState.COUNTERED}

    @property
    def standing_total(self) -> int:
        """What the lines in question cost as they stand."""
        return sum(price * self.quantities[sku] for sku, price in self.standing.items())

    @property
    def asked_total(self) -> int:
        """What they would cost."""
        return self.total_at(self.asked)

    def total_at(self, prices: Mapping[str, int]) -> int:
        """What the lines in question cost at `prices`; a line without one stays as it is."""
        return sum(prices.get(sku, price) * self.quantities[sku] for sku, price in self.standing.items())

    def decided(
        self,
        state: ApprovalState,
        by: str,
        now: datetime,
        granted: Mapping[str, int] | None = None,
        note: str | None = None,
    ) -> "Approval":
        """This approval decided by a named person.

        Raises:
            IllegalMove: it was decided before.
        """
        return replace(
            self,
            state=move(APPROVAL_MOVES, self.state, state),
            granted=dict(granted or {}),
            decided_by=by,
            decided_at=now,
            note=note,
        )

    def lapsed(self, now: datetime) -> "Approval":
        """Nobody decided in time."""
        state = move(APPROVAL_MOVES, self.state, ApprovalState.LAPSED)
        return replace(self, state=state, decided_at=now, effect=Effect.LAPSED, due_at=None)

    def carried_out(self, effect: Effect) -> "Approval":
        """What came of the decision; nothing is left to do."""
        return replace(self, effect=effect, due_at=None)

    def prices_for(self, amount: int) -> dict[str, int] | None:
        """Unit prices for the amount that a person names: of one unit where one product is in question, else in all.

        None for an amount that is no better for the customer, or nothing at all.
        """
        if amount < 1:
            return None
        if len(self.standing) == 1:
            ((sku, standing),) = self.standing.items()
            return {sku: amount} if amount < standing else None
        return self.prices_for_total(amount)

    def prices_for_total(self, total: int) -> dict[str, int] | None:
        """Unit prices at which the lines in question come to at most `total`; None as above."""
        worth = self.standing_total
        if not 1 <= total < worth:
            return None
        prices = {sku: price * total // worth for sku, price in self.standing.items()}
        return prices if all(price >= 1 for price in prices.values()) else None
