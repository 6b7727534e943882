"""Events that are put aside for a person: the row by which the desk and the erasure find them, and its end."""

from dataclasses import replace
from datetime import datetime

from storefront.domain.casework import ReceivedEvent, ReceivedState, UnappliedEvent
from storefront.services.ports import Put, Store, Write


def put_aside(
    store: Store, received: ReceivedEvent, order_number: str | None, now: datetime
) -> tuple[Write, ...]:
    """The write by which an event that waits for a person is found; none while it is found already."""
    place = _place(store, received, order_number)
    return (Put(replace(place, due_at=now)),) if place.due_at is None else ()


def taken_up(store: Store, received: ReceivedEvent, order_number: str | None) -> tuple[Write, ...]:
    """The write after which nobody has to look at an event any more; none if nobody had to."""
    if received.state not in {ReceivedState.PARKED, ReceivedState.QUARANTINED} or received.due_at is not None:
        return ()
    place = _place(store, received, order_number)
    return (Put(replace(place, due_at=None)),) if place.due_at is not None else ()


def _place(store: Store, received: ReceivedEvent, order_number: str | None) -> UnappliedEvent:
    known = store.read(UnappliedEvent, order_number or "", received.source, received.event_id)
    return known or UnappliedEvent(order_number or "", received.source, received.event_id)
