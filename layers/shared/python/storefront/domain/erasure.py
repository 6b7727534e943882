"""Erasures: a customer's wish to be forgotten, as a job that is carried out to its end and can be looked up later.

The row is in the ledger and pseudonymous: who wished is the customer's pseudonym, what was erased are counts. An order
that is still under way keeps its delivery details until it is over, so a wish may take weeks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from storefront.domain.moves import move
from storefront.domain.order import Order, OrderState

LOOK_AGAIN_AFTER: Final = timedelta(hours=1)
"""An order under way ends in days; an hour more or less is nothing."""


class ErasureState(StrEnum):
    """Life of a wish."""

    ASKED = "asked"
    UNDER_WAY = "under_way"
    DONE = "done"


ERASURE_MOVES: Final = {
    ErasureState.ASKED: frozenset({ErasureState.UNDER_WAY}),
    ErasureState.UNDER_WAY: frozenset({ErasureState.DONE}),
    ErasureState.DONE: frozenset[ErasureState](),
}


@dataclass(frozen=True)
class Erasure:
    """One wish of one customer, known by its cause: the event of the button, or what a person in the shop did.

    `erased` counts what is gone by its kind; `told_at` is when the customer's last message was written. Whatever the
    customer does after `asked_at` is done as somebody new, and not touched.
    """

    customer_id: str
    cause: str
    asked_at: datetime
    asked_by: str
    note: str = ""
    state: ErasureState = ErasureState.ASKED
    erased: Mapping[str, int] = field(default_factory=dict)
    told_at: datetime | None = None
    done_at: datetime | None = None
    due_at: datetime | None = None
    revision: int = 0

    @property
    def is_open(self) -> bool:
        return self.state is not ErasureState.DONE

    @property
    def message_id(self) -> str:
        """The message that says that it is done."""
        return f"erasure:{self.cause}"

    def begun(self) -> "Erasure":
        """What needs no waiting is erased."""
        return replace(self, state=move(ERASURE_MOVES, self.state, ErasureState.UNDER_WAY))

    def counted(self, kind: str, rows: int = 1) -> "Erasure":
        """With `rows` more of a kind erased."""
        return replace(self, erased={**self.erased, kind: self.erased.get(kind, 0) + rows})

    def waiting(self, now: datetime) -> "Erasure":
        """Something is still under way."""
        return replace(self, due_at=now + LOOK_AGAIN_AFTER)

    def told(self, now: datetime) -> "Erasure":
        """The customer is told; the way to them goes last."""
        return replace(self, told_at=now, due_at=now)

    def done(self, now: datetime) -> "Erasure":
        return replace(
            self, state=move(ERASURE_MOVES, self.state, ErasureState.DONE), done_at=now, due_at=None
        )


def keeps_its_details(order: Order) -> bool:
    """Whether somebody who wishes to be forgotten has to wait for it: only for a parcel that we send ourselves.

    Who delivers what was placed elsewhere has its own record of where it goes; here it is only told of.
    """
    return not order.placed_elsewhere and over_since(order) is None


def kept_since(order: Order) -> tuple[str, datetime] | None:
    """By which kind of the shop's retention the details of `order` are kept, and from when on; None while needed.

    Of an order that was placed elsewhere nobody may ever tell that it has come, so it counts from its beginning then.
    """
    if order.placed_elsewhere:
        since = order.completed_at or order.created_at
        return ("delivery", since) if order.has_customer else ("unlinked", order.created_at)
    since_over = over_since(order)
    return None if since_over is None else ("delivery", since_over)


def over_since(order: Order) -> datetime | None:
    """Since when nobody needs to know where an order goes: it has arrived, or has ended with its money back.

    None while it is under way, which is also as long as money has to go back.
    """
    if order.open_refund is not None or order.confirming_attempt is not None:
        return None
    if order.state is OrderState.PAID:
        return order.completed_at
    if order.is_unpaid_and_open or order.refundable > 0:
        return None
    return order.history[-1].at if order.history else order.created_at
