"""Shipments: one per parcel, its state folded from the events that are known, never from their arrival.

Events may come late, twice or in any order; a parcel keeps each once, sorted by rank, and its status is a
function of that set, so every order of arrival ends in the same row (T2, G1, G2).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.order import DeliveryMethod


class ShipmentStatus(StrEnum):
    """What a back office may say of a parcel."""

    PREPARING = "preparing"
    LABEL_CREATED = "label_created"
    SHIPPED = "shipped"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    PICKUP_REMINDER = "pickup_reminder"
    DELIVERY_ATTEMPTED = "delivery_attempted"
    STORE_CLOSED = "store_closed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    PICKED_UP = "picked_up"
    RETURNING = "returning"
    RETURNED = "returned"
    LOST = "lost"


_S = ShipmentStatus

RANK: Final = {
    _S.PREPARING: 10,
    _S.LABEL_CREATED: 20,
    _S.SHIPPED: 30,
    _S.DELAYED: 32,
    _S.OUT_FOR_DELIVERY: 40,
    _S.DELIVERY_ATTEMPTED: 42,
    _S.STORE_CLOSED: 45,
    _S.READY_FOR_PICKUP: 50,
    _S.PICKUP_REMINDER: 55,
    _S.RETURNING: 70,
    _S.LOST: 80,
    _S.RETURNED: 85,
    _S.DELIVERED: 90,
    _S.PICKED_UP: 91,
}
"""How far along a parcel is; the highest known rank is its status."""

TERMINAL: Final = frozenset({_S.DELIVERED, _S.PICKED_UP, _S.RETURNED, _S.LOST})
RECEIVED: Final = frozenset({_S.DELIVERED, _S.PICKED_UP})
EXCEPTIONS: Final = frozenset(
    {_S.DELIVERY_ATTEMPTED, _S.STORE_CLOSED, _S.DELAYED, _S.RETURNING, _S.RETURNED, _S.LOST}
)

AT_A_STORE: Final = frozenset({_S.READY_FOR_PICKUP, _S.PICKUP_REMINDER})

NOTICES: Final = {
    DeliveryMethod.HOME: frozenset({_S.SHIPPED, _S.DELIVERED}) | EXCEPTIONS,
    DeliveryMethod.STORE: frozenset({_S.READY_FOR_PICKUP, _S.PICKUP_REMINDER, _S.PICKED_UP}) | EXCEPTIONS,
}
"""What a customer is told without asking; the rest shows in the status only."""


class Quiet(StrEnum):
    """Why a customer hears nothing of a parcel's news."""

    NOT_ANNOUNCED = "not-announced"
    REPEATED = "repeated"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True)
class StoreStop:
    """The convenience store where a parcel waits; `deadline` as the back office wrote it."""

    name: str
    address: str | None = None
    deadline: str | None = None


@dataclass(frozen=True)
class ShipmentEvent:
    """One thing that a back office said of one parcel; `at` is the source's own time."""

    event_id: str
    status: ShipmentStatus
    at: datetime
    carrier: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    store: StoreStop | None = None
    items: dict[str, int] = field(default_factory=dict)
    note: str | None = None

    @property
    def sort_key(self) -> tuple[int, datetime, str]:
        return RANK[self.status], self.at, self.event_id

    def forgotten(self) -> "ShipmentEvent":
        """Without a word about the recipient: no note, no store, nothing to look the parcel up by."""
        return replace(self, note=None, store=None, tracking_number=None, tracking_url=None)


@dataclass(frozen=True)
class Parcel:
    """One parcel of one order; known by order and `shipment_id` together."""

    order_number: str
    shipment_id: str
    events: tuple[ShipmentEvent, ...] = ()
    updated_at: datetime | None = None
    revision: int = 0

    @property
    def status(self) -> ShipmentStatus:
        return self.events[-1].status

    @property
    def latest(self) -> ShipmentEvent:
        return self.events[-1]

    @property
    def is_final(self) -> bool:
        return self.status in TERMINAL

    @property
    def has_label(self) -> bool:
        return any(RANK[event.status] >= RANK[_S.LABEL_CREATED] for event in self.events)

    @property
    def has_left(self) -> bool:
        return any(RANK[event.status] >= RANK[_S.SHIPPED] for event in self.events)

    @property
    def carrier(self) -> str | None:
        return next((event.carrier for event in reversed(self.events) if event.carrier), None)

    @property
    def tracking_number(self) -> str | None:
        return next((event.tracking_number for event in reversed(self.events) if event.tracking_number), None)

    @property
    def tracking_url(self) -> str | None:
        return next((event.tracking_url for event in reversed(self.events) if event.tracking_url), None)

    @property
    def store(self) -> StoreStop | None:
        return next((event.store for event in reversed(self.events) if event.store), None)

    @property
    def items(self) -> dict[str, int]:
        return next((event.items for event in reversed(self.events) if event.items), {})

    def knows(self, event_id: str) -> bool:
        return any(event.event_id == event_id for event in self.events)

    def with_event(self, event: ShipmentEvent, now: datetime) -> "Parcel":
        """This parcel with one more fact; the same fact again changes nothing (G1)."""
        if self.knows(event.event_id):
            return self
        events = tuple(sorted((*self.events, event), key=lambda known: known.sort_key))
        return replace(self, events=events, updated_at=now)

    def forgotten(self) -> "Parcel":
        """Without a word about the recipient; what happened when stays."""
        return replace(self, events=tuple(event.forgotten() for event in self.events))

    def contradicts(self, event: ShipmentEvent) -> bool:
        """Whether `event` names another end than the one that is known: a person has to look (G3)."""
        ends = {known.status for known in self.events if known.status in TERMINAL}
        return event.status in TERMINAL and bool(ends - {event.status})

    def is_news(self, event: ShipmentEvent) -> bool:
        """Whether the customer has not been overtaken by later facts: milestones go by rank, exceptions by time.

        `event` is one of this parcel's events already.
        """
        if self.repeats(event):
            return False
        if event.status in EXCEPTIONS and not self.is_final:
            return not any(
                RANK[known.status] > RANK[event.status] and known.at > event.at for known in self.events
            )
        return self.latest.event_id == event.event_id

    def repeats(self, event: ShipmentEvent) -> bool:
        """Whether an earlier fact says the same of this parcel, at the same store."""
        return any(
            known.status is event.status
            and known.sort_key < event.sort_key
            and self.stores_closed_before(known) == self.stores_closed_before(event)
            for known in self.events
        )

    def quiet_about(self, event: ShipmentEvent, method: DeliveryMethod) -> Quiet | None:
        """Why `event`, one of this parcel's, makes no notice; None if the customer is to hear of it."""
        if event.status not in NOTICES[method]:
            return Quiet.NOT_ANNOUNCED
        if self.repeats(event):
            return Quiet.REPEATED
        return None if self.is_news(event) else Quiet.OVERTAKEN

    def stores_closed_before(self, event: ShipmentEvent) -> int:
        """How often the parcel's store had closed by the time of `event`: at the next store it arrives anew."""
        if event.status not in AT_A_STORE:
            return 0
        return sum(known.status is _S.STORE_CLOSED and known.at <= event.at for known in self.events)


def units_left(ordered: Mapping[str, int], parcels: Sequence[Parcel]) -> dict[str, int]:
    """Units of each ordered product that have left the warehouse.

    A parcel that lists no items holds what the other parcels do not list. A function of what is known of all
    parcels, whatever came first, so that every order of arrival moves the same stock in the end (T2).
    """
    left = _packed(parcel for parcel in parcels if parcel.has_left)
    if any(parcel.has_left and not parcel.items for parcel in parcels):
        still_here = _packed(parcel for parcel in parcels if not parcel.has_left)
        left = {sku: units - still_here.get(sku, 0) for sku, units in ordered.items()}
    return {sku: min(units, left[sku]) for sku, units in ordered.items() if left.get(sku, 0) > 0}


def _packed(parcels: Iterable[Parcel]) -> dict[str, int]:
    """Units by SKU that the parcels list."""
    packed: dict[str, int] = {}
    for parcel in parcels:
        for sku, units in parcel.items.items():
            packed[sku] = packed.get(sku, 0) + units
    return packed


def parcels_cover(ordered: Mapping[str, int], parcels: Sequence[Parcel]) -> bool:
    """Whether the parcels hold all that was ordered; parcels that list no items hold everything."""
    if any(not parcel.items for parcel in parcels):
        return bool(parcels)
    packed = _packed(parcels)
    return all(packed.get(sku, 0) >= quantity for sku, quantity in ordered.items())
