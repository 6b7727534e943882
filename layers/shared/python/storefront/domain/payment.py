"""Payment attempts: the write-ahead ledger of every LINE Pay call that can move money (M2).

`CONFIRMING` covers "asked and not yet known": an unanswered confirm is neither failed nor paid (M5). It ends
only by what LINE Pay's check and details say.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.errors import IllegalMove
from storefront.domain.money import Currency
from storefront.domain.moves import move


class AttemptState(StrEnum):
    """Life of one attempt to collect an order's total."""

    REQUESTING = "requesting"
    REQUESTED = "requested"
    CONFIRMING = "confirming"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    FAILED = "failed"


ATTEMPT_MOVES: Final = {
    AttemptState.REQUESTING: frozenset({AttemptState.REQUESTED, AttemptState.CLOSED, AttemptState.FAILED}),
    AttemptState.REQUESTED: frozenset({AttemptState.CONFIRMING, AttemptState.CLOSED, AttemptState.FAILED}),
    AttemptState.CONFIRMING: frozenset({AttemptState.CONFIRMED, AttemptState.CLOSED, AttemptState.FAILED}),
    AttemptState.CONFIRMED: frozenset[AttemptState](),
    AttemptState.CLOSED: frozenset[AttemptState](),
    AttemptState.FAILED: frozenset[AttemptState](),
}

CHECK_SCHEDULE: Final = (1, 2, 4, 10, 20, 30, 38, 42)
"""When an open attempt is looked at, in multiples of the first delay (30 s: 30 s, 1, 2, 5, 10, 15, 19, 21 min)."""


def attempt_id_of(key: str) -> str:
    """The ledger knows an attempt by the hash of its key; the key itself stands only in LINE Pay's URLs (X5)."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]


@dataclass(frozen=True)
class PaymentAttempt:
    """One LINE Pay transaction of one order; `attempt_id` is the hash of the key in its return URLs."""

    attempt_id: str
    order_number: str
    customer_id: str
    provider_order_id: str
    amount: int
    currency: Currency
    state: AttemptState
    created_at: datetime
    expires_at: datetime
    transaction_id: str | None = None
    payment_url: str | None = None
    first_claimed_at: datetime | None = None
    claims: int = 0
    call_until: datetime | None = None
    settled_at: datetime | None = None
    reason: str | None = None
    checks_made: int = 0
    due_at: datetime | None = None
    revision: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in {AttemptState.REQUESTING, AttemptState.REQUESTED, AttemptState.CONFIRMING}

    def is_being_asked_for_at(self, now: datetime) -> bool:
        """Whether somebody may be waiting for LINE Pay's answer to the request of this attempt."""
        return self.state is AttemptState.REQUESTING and self.call_until is not None and now < self.call_until

    def requested(self, transaction_id: str, payment_url: str, due_at: datetime) -> "PaymentAttempt":
        """LINE Pay made the transaction; the customer can be given its link."""
        return replace(
            self,
            state=move(ATTEMPT_MOVES, self.state, AttemptState.REQUESTED),
            transaction_id=transaction_id,
            payment_url=payment_url,
            call_until=None,
            due_at=due_at,
        )

    def confirming(self, now: datetime, due_at: datetime) -> "PaymentAttempt":
        """Written before the confirm call: from here on money may have moved."""
        return replace(
            self,
            state=move(ATTEMPT_MOVES, self.state, AttemptState.CONFIRMING),
            first_claimed_at=now,
            claims=1,
            call_until=due_at,
            due_at=due_at,
        )

    def claimed_again(self, now: datetime, due_at: datetime) -> "PaymentAttempt":
        """Written before a confirm is repeated; refused while the call of an earlier claim may be under way."""
        if self.state is not AttemptState.CONFIRMING or self.call_may_be_under_way(now):
            raise IllegalMove("PaymentAttempt", self.state.value, "claimed again")
        return replace(self, claims=self.claims + 1, call_until=due_at, due_at=due_at)

    def call_may_be_under_way(self, now: datetime) -> bool:
        """Whether somebody may be waiting for LINE Pay's answer to a confirm of this attempt."""
        return self.state is AttemptState.CONFIRMING and self.call_until is not None and now < self.call_until

    def confirmed(self, now: datetime) -> "PaymentAttempt":
        return replace(
            self,
            state=move(ATTEMPT_MOVES, self.state, AttemptState.CONFIRMED),
            settled_at=now,
            due_at=None,
        )

    def ended(self, state: AttemptState, now: datetime, reason: str) -> "PaymentAttempt":
        """Closed or failed: certain that no money moved, or given up before it could."""
        return replace(
            self, state=move(ATTEMPT_MOVES, self.state, state), settled_at=now, reason=reason, due_at=None
        )

    def checked(self, due_at: datetime) -> "PaymentAttempt":
        """Looked at without a result; the next look is due at `due_at`."""
        return replace(self, checks_made=self.checks_made + 1, call_until=None, due_at=due_at)
