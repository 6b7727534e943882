"""Refunds: one durable intent per amount to give back; LINE Pay has no idempotency key for them (M2, M4).

`SENT` covers "asked and not yet known". What happened is read from LINE Pay's refund list: an entry of the same
amount that no other refund of ours has claimed is this one.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.errors import IllegalMove
from storefront.domain.money import Currency
from storefront.domain.moves import move
from storefront.domain.order import Order


class RefundState(StrEnum):
    """Life of one refund."""

    INTENDED = "intended"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"


REFUND_MOVES: Final = {
    RefundState.INTENDED: frozenset({RefundState.SENT, RefundState.REFUSED}),
    RefundState.SENT: frozenset({RefundState.INTENDED, RefundState.DONE, RefundState.REFUSED}),
    RefundState.DONE: frozenset[RefundState](),
    RefundState.REFUSED: frozenset[RefundState](),
}


@dataclass(frozen=True)
class Refund:
    """An amount of one order to give back, in the currency's payable unit. `known_before` are the provider's
    refund ids that existed before this one was asked for."""

    order_number: str
    refund_id: str
    attempt_id: str
    amount: int
    currency: Currency
    reason: str
    created_at: datetime
    state: RefundState = RefundState.INTENDED
    provider_refund_id: str | None = None
    known_before: tuple[str, ...] = ()
    call_until: datetime | None = None
    tries: int = 0
    code: str | None = None
    settled_at: datetime | None = None
    due_at: datetime | None = None
    revision: int = 0

    @classmethod
    def intended(cls, order: Order, refund_id: str, amount: int, reason: str, now: datetime) -> "Refund":
        """Intend to give back `amount`.

        Raises:
            IllegalMove: nothing was captured, another refund is open, or the amount is more than is left (C13).
        """
        if (
            order.active_attempt is None
            or order.open_refund is not None
            or not 0 < amount <= order.refundable
        ):
            raise IllegalMove("Refund", order.state.value, f"refund of {amount}")
        return cls(
            order_number=order.order_number,
            refund_id=refund_id,
            attempt_id=order.active_attempt,
            amount=amount,
            currency=order.currency,
            reason=reason,
            created_at=now,
            due_at=now,
        )

    def sent(self, known_before: tuple[str, ...], call_until: datetime) -> "Refund":
        """Written before the call: from here on money may have moved."""
        return replace(
            self,
            state=move(REFUND_MOVES, self.state, RefundState.SENT),
            known_before=known_before,
            call_until=call_until,
            tries=self.tries + 1,
            due_at=call_until,
        )

    def proven_unsent(self, due_at: datetime) -> "Refund":
        """LINE Pay's list shows that the call had no effect: it may be asked again."""
        return replace(self, state=move(REFUND_MOVES, self.state, RefundState.INTENDED), due_at=due_at)

    def postponed(self, code: str, due_at: datetime) -> "Refund":
        """Refused for a reason that passes: nothing moved, and it is asked again at `due_at`."""
        return replace(
            self, state=move(REFUND_MOVES, self.state, RefundState.INTENDED), code=code, due_at=due_at
        )

    def done(self, provider_refund_id: str, now: datetime) -> "Refund":
        return replace(
            self,
            state=move(REFUND_MOVES, self.state, RefundState.DONE),
            provider_refund_id=provider_refund_id,
            settled_at=now,
            due_at=None,
        )

    def refused(self, code: str, now: datetime) -> "Refund":
        return replace(
            self,
            state=move(REFUND_MOVES, self.state, RefundState.REFUSED),
            code=code,
            settled_at=now,
            due_at=None,
        )

    def later(self, due_at: datetime) -> "Refund":
        return replace(self, due_at=due_at)
