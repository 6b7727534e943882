"""Shipping: what a back office says becomes the parcel's state, the stock's, and at most one notice.

Events are applied in any order with the same end; what cannot be applied yet is parked, what contradicts is
quarantined, and nothing is lost (G1 to G7, T2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from storefront.domain.casework import (
    CaseKind,
    ReceivedEvent,
    ReceivedState,
    WaitStep,
)
from storefront.domain.catalogue import ProductChange
from storefront.domain.errors import Conflict, IllegalMove, InvalidProduct, OrderEnded, StockShort
from storefront.domain.order import DeliveryMethod, Order, OrderState
from storefront.domain.outbox import Message, Topic
from storefront.domain.shipment import (
    RECEIVED,
    Parcel,
    ShipmentEvent,
    parcels_cover,
    units_left,
)
from storefront.messages.carriers import is_odd_number
from storefront.services.cancelling import Cancelling, CancelPlan
from storefront.services.cases import case_writes
from storefront.services.outside_orders import order_named
from storefront.services.ports import (
    Catalogues,
    Clock,
    Jobs,
    Metrics,
    Put,
    StockMove,
    Store,
    Write,
)
from storefront.services.putting_aside import put_aside, taken_up
from storefront.services.telling import Telling, new_message
from storefront.services.waiting import Waits

TRIES: Final = 8
PARK_AGAIN_AFTER: Final = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
"""An event may overtake our own write by a little: tried again for about three quarters of an hour (G4)."""


class NewsKind(StrEnum):
    """What back offices may speak of."""

    SHIPMENT = "shipment.status.v1"
    STOCK = "stock.level.v1"
    PRODUCT = "product.changed.v1"
    CANCEL = "order.cancel.requested.v1"
    REFUND = "refund.requested.v1"
    APPROVAL = "quote.approval.decided.v1"
    PLACED = "order.placed.v1"


@dataclass(frozen=True)
class ShipmentNews:
    """A parsed `shipment.status.v1`; `status` may be a word that we do not know yet."""

    order_number: str
    shipment_id: str
    status: str
    event: ShipmentEvent | None


@dataclass(frozen=True)
class StockNews:
    """A parsed `stock.level.v1`: the physical count of one product."""

    sku: str
    on_hand: int
    version: int


@dataclass(frozen=True)
class ProductNews:
    """A parsed `product.changed.v1`."""

    change: ProductChange


@dataclass(frozen=True)
class CancelNews:
    """A parsed `order.cancel.requested.v1`."""

    order_number: str
    reason: str


@dataclass(frozen=True)
class RefundNews:
    """A parsed `refund.requested.v1`; no amount means all that is left. Amount in payable units."""

    order_number: str
    amount: int | None
    reason: str


@dataclass(frozen=True)
class UnreadableNews:
    """A signed event that we cannot use: its type is new, or its data is not what its type says."""

    reason: str


type News = ShipmentNews | StockNews | ProductNews | CancelNews | RefundNews | UnreadableNews


class Shipping:
    """Applies events from back offices."""

    def __init__(
        self,
        store: Store,
        catalogues: Catalogues,
        cancelling: Cancelling,
        telling: Telling,
        waits: Waits,
        jobs: Jobs,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._catalogues = catalogues
        self._cancelling = cancelling
        self._telling = telling
        self._waits = waits
        self._jobs = jobs
        self._clock = clock
        self._metrics = metrics

    def apply(self, source: str, event_id: str, news: News) -> None:
        """Apply one taken event and tell of it; applying it again changes nothing."""
        self._telling.deliver_together(self.take_in(source, event_id, news))

    def take_in(self, source: str, event_id: str, news: News) -> Sequence[str]:
        """Apply one taken event; the ids of the messages that it leads to, to be delivered by the caller.

        Whoever takes in several events at once lets their notices go out together; what is never delivered by
        the caller is the sweeper's.
        """
        for _ in range(TRIES):
            received = self._store.read(ReceivedEvent, source, event_id)
            if received is None or received.state not in {ReceivedState.TAKEN, ReceivedState.PARKED}:
                return ()
            try:
                message = self._apply_once(received, news)
            except Conflict:
                continue
            return (message.message_id,) if message is not None else ()
        raise Conflict(event_id)

    def _apply_once(self, received: ReceivedEvent, news: News) -> Message | None:
        match news:
            case ShipmentNews():
                return self._shipment(received, news)
            case StockNews():
                known = self._catalogues.read().products
                if news.sku not in known:
                    self._park(received, "unknown-product")
                    return None
                self._catalogues.apply_stock_level(news.sku, news.on_hand, news.version)
                self._store.commit(*self._applied(received), *self._below_promised(news.sku))
            case ProductNews():
                self._product(received, news)
            case CancelNews():
                return self._cancel(received, news)
            case RefundNews():
                return self._refund(received, news)
            case _:
                self._park_for_good(received, news.reason)
        return None

    def _below_promised(self, sku: str) -> tuple[Write, ...]:
        """A case when a count finds fewer units than are held or paid for: somebody was promised too much (S1)."""
        available = self._catalogues.available([sku]).get(sku, 0)
        if available >= 0:
            return ()
        facts = {"sku": sku, "missing": str(-available)}
        return case_writes(self._store, CaseKind.STOCK_BELOW_PROMISED, sku, self._clock(), facts)

    def _park(self, received: ReceivedEvent, reason: str, order_number: str | None = None) -> None:
        """Keep the event until what it speaks of exists; after the last try it is a person's (G4).

        One that its sender repeats is looked at out of turn: that uses up none of its tries.
        """
        waits = received.state is ReceivedState.PARKED
        if waits and (received.due_at is None or self._clock() < received.due_at):
            return
        if received.tries < len(PARK_AGAIN_AFTER):
            due_at = self._clock() + PARK_AGAIN_AFTER[received.tries]
            self._store.commit(Put(received.parked(reason, due_at)))
            return
        self._hand_over(received.parked(reason, None), reason, order_number)
        self._metrics.count("EventParkedForPeople")

    def _park_for_good(self, received: ReceivedEvent, reason: str, order_number: str | None = None) -> None:
        """Keep what no later try will understand: a newer version of the shop may, or a person (G5)."""
        if received.state is ReceivedState.PARKED:
            return
        self._metrics.count("EventUnreadable")
        self._store.commit(*self._for_people(received.parked(reason, None), order_number))

    def _product(self, received: ReceivedEvent, news: ProductNews) -> None:
        try:
            self._catalogues.apply_product(news.change)
        except InvalidProduct:
            self._quarantine(received, "contradicts-the-catalogue")
            return
        self._store.commit(*self._applied(received))

    # Parcels ---------------------------------------------------------------------------------------------

    def _shipment(self, received: ReceivedEvent, news: ShipmentNews) -> Message | None:
        if news.event is None:
            self._park_for_good(received, f"unknown-status:{news.status[:40]}", news.order_number)
            return None
        order = order_named(self._store, news.order_number, received.source)
        if order is None or order.is_unpaid_and_open:
            self._park(received, "unknown-order" if order is None else "order-not-paid", news.order_number)
            return None
        if order.state in {OrderState.CANCELLED, OrderState.EXPIRED}:
            self._quarantine(received, "order-ended", news.order_number)
            return None
        now = self._clock()
        parcels = tuple(self._store.rows_of(Parcel, order.order_number))
        known = next((each for each in parcels if each.shipment_id == news.shipment_id), None)
        before = known or Parcel(order.order_number, news.shipment_id)
        if before.contradicts(news.event):
            self._quarantine(received, f"contradicts:{before.status.value}", news.order_number)
            return None
        # What comes after the order was forgotten tells where the parcel is, and nothing of whom.
        event = news.event if order.forgotten_at is None else news.event.forgotten()
        parcel = before.with_event(event, now)
        parcels = (*(each for each in parcels if each.shipment_id != parcel.shipment_id), parcel)
        changed, moves = self._stock_leaves(order, parcels)
        changed = self._after(changed, parcels, now)
        writes: list[Write] = [Put(parcel), *self._applied(received, news.order_number)]
        if changed != order or not order.has_customer:
            # One that nobody has linked is written all the same: who links it meanwhile is to hear of this parcel.
            writes.append(Put(changed))
        message = self._notice(changed, parcel, news.event, now)
        if message is not None:
            writes.append(Put(message))
        self._commit_leaving(order, writes, moves, now)
        if is_odd_number(parcel.carrier, news.event.tracking_number):
            # Taken and shown all the same: the hint may be what is wrong.
            self._metrics.count("TrackingNumberOdd")
        if changed.completed_at is not None:
            self._waits.wake(changed, WaitStep.DELIVERY, changed.order_number)
        return message

    @staticmethod
    def _stock_leaves(order: Order, parcels: tuple[Parcel, ...]) -> tuple[Order, tuple[StockMove, ...]]:
        """Goods that leave the warehouse are no longer on hand; a refunded order has none to leave any more."""
        if order.state is OrderState.REFUNDED:
            return order, ()
        left = units_left({line.sku: line.quantity for line in order.counted_lines}, parcels)
        changes = {
            sku: left.get(sku, 0) - order.shipped.get(sku, 0) for sku in sorted({*left, *order.shipped})
        }
        moves = tuple(
            StockMove(sku, committed=-units, on_hand=-units) for sku, units in changes.items() if units != 0
        )
        return replace(order, shipped=left), moves

    def _commit_leaving(
        self, order: Order, writes: list[Write], moves: tuple[StockMove, ...], now: datetime
    ) -> None:
        """Commit what a parcel's news changes. Counters that were set from outside never keep it from being told.

        A count on hand that is too low was taken after the goods had left: then they only stop being promised.
        If they were not promised either, the counters are a person's to mend.
        """
        by_sku = {move.sku: move for move in moves}
        missing: list[str] = []
        case: tuple[Write, ...] = ()
        while True:
            try:
                self._store.commit(*writes, *case, *by_sku.values())
            except StockShort as short:
                move = by_sku.pop(short.sku)
                if move.on_hand:
                    by_sku[short.sku] = StockMove(
                        short.sku, available=-move.committed, committed=move.committed
                    )
                    continue
                missing.append(short.sku)
                kind, facts = CaseKind.STOCK_BELOW_PROMISED, {"sku": ",".join(missing)}
                case = case_writes(self._store, kind, order.order_number, now, facts)
            else:
                return

    @staticmethod
    def _after(order: Order, parcels: tuple[Parcel, ...], now: datetime) -> Order:
        """The order's own marks: a label exists; everything has arrived."""
        labelled = order.labelled or any(parcel.has_label for parcel in parcels)
        arrived = all(parcel.status in RECEIVED for parcel in parcels) and parcels_cover(
            order.units_to_pack, parcels
        )
        # Another parcel may become known after the only one had arrived: then not everything is there yet.
        completed_at = (order.completed_at or now) if arrived else None
        return replace(order, labelled=labelled, completed_at=completed_at)

    def _notice(self, order: Order, parcel: Parcel, event: ShipmentEvent, now: datetime) -> Message | None:
        """The one notice of a milestone, if somebody is to hear of it and was not overtaken (N1, G2)."""
        method = order.delivery_method or DeliveryMethod.HOME
        if not order.has_customer or parcel.quiet_about(event, method) is not None:
            return None
        message_id = f"{order.order_number}:{parcel.shipment_id}:{event.status.value}"
        if closed := parcel.stores_closed_before(event):
            message_id = f"{message_id}:{closed}"
        if self._store.read(Message, message_id) is not None:
            return None
        facts = {
            "order_number": order.order_number,
            "shipment_id": parcel.shipment_id,
            "status": event.status.value,
        }
        if event.status in RECEIVED and order.completed_at is None:
            facts["more"] = "yes"
        return new_message(message_id, order.customer_id, Topic.SHIPMENT, facts, now)

    def _quarantine(self, received: ReceivedEvent, reason: str, order_number: str | None = None) -> None:
        """Two facts that cannot both be true: a person decides (G3)."""
        self._hand_over(received.ended(ReceivedState.QUARANTINED, reason), reason, order_number)
        self._metrics.count("EventQuarantined")

    def _hand_over(self, received: ReceivedEvent, reason: str, order_number: str | None = None) -> None:
        """The event as it ends for software, with the case that puts it before a person."""
        subject = f"{received.source}:{received.event_id}"
        kind, facts = CaseKind.EVENT_QUARANTINED, {"reason": reason}
        case = case_writes(self._store, kind, subject, self._clock(), facts)
        self._store.commit(*self._for_people(received, order_number), *case)

    def _for_people(self, received: ReceivedEvent, order_number: str | None) -> tuple[Write, ...]:
        """The event with the row by which people find it.

        What it says of an order is found by the number that it names when that is forgotten, and not kept once it is.
        """
        order = order_named(self._store, order_number, received.source) if order_number is not None else None
        if order is not None and order.forgotten_at is not None:
            received, order_number = replace(received, body=""), None
        return Put(received), *put_aside(self._store, received, order_number, self._clock())

    def _applied(self, received: ReceivedEvent, order_number: str | None = None) -> tuple[Write, ...]:
        return Put(received.ended(ReceivedState.APPLIED)), *taken_up(self._store, received, order_number)

    # Workflow --------------------------------------------------------------------------------------------

    def await_delivery(self, order_number: str, token: str) -> None:
        """Store the workflow's token, then look whether everything arrived before it (D1)."""
        order = self._store.read(Order, order_number)
        if order is None:
            raise LookupError("a workflow names an order that is gone")
        self._waits.keep(order, WaitStep.DELIVERY, token)
        order = self._store.read(Order, order_number)
        if order is not None and (order.completed_at is not None or order.state is OrderState.REFUNDED):
            self._waits.wake(order, WaitStep.DELIVERY, order_number)

    # Cancel and refund requests --------------------------------------------------------------------------

    def _cancel(self, received: ReceivedEvent, news: CancelNews) -> Message | None:
        order = order_named(self._store, news.order_number, received.source)
        if order is None:
            self._park(received, "unknown-order", news.order_number)
            return None
        if order.placed_elsewhere:
            self._quarantine(received, "placed-elsewhere", news.order_number)
            return None
        if order.confirming_attempt is not None or order.open_refund is not None:
            self._park(received, "payment-under-way", news.order_number)
            return None
        plan = self._cancelling.plan(
            order, news.reason, f"{received.source}:{received.event_id}", self._clock()
        )
        return self._carry_out(received, order, plan)

    def _refund(self, received: ReceivedEvent, news: RefundNews) -> Message | None:
        order = order_named(self._store, news.order_number, received.source)
        if order is None or order.is_unpaid_and_open:
            self._park(received, "unknown-order" if order is None else "order-not-paid", news.order_number)
            return None
        if order.placed_elsewhere:
            self._quarantine(received, "placed-elsewhere", news.order_number)
            return None
        if order.open_refund is not None:
            self._park(received, "refund-under-way", news.order_number)
            return None
        amount = order.refundable if news.amount is None else news.amount
        cause = f"{received.source}:{received.event_id}"
        try:
            plan = self._cancelling.plan_refund(order, amount, news.reason, cause, self._clock())
        except IllegalMove:
            self._quarantine(received, "not-refundable", news.order_number)
            return None
        return self._carry_out(received, order, plan)

    def _carry_out(self, received: ReceivedEvent, order: Order, plan: CancelPlan) -> Message | None:
        writes: list[Write] = [*self._applied(received, order.order_number), *plan.writes]
        message = None
        if plan.closed is not None:
            message = self._message(order, plan.topic, plan.facts, received)
            writes.append(Put(message))
        self._store.commit(*writes)
        if plan.closed is not None:
            steps = (WaitStep.DECISION, WaitStep.PAYMENT)
            self._waits.end(plan.closed, OrderEnded(plan.closed.state.value), *steps)
        if plan.event is not None:
            self._jobs.send_order_event(plan.event.event_id, 0)
        if plan.refund is not None:
            self._jobs.refund(plan.refund.order_number, plan.refund.refund_id, 0)
        return message

    def _message(
        self, order: Order, topic: Topic, facts: Mapping[str, str], received: ReceivedEvent
    ) -> Message:
        message_id = f"{order.order_number}:{topic.value}:{received.event_id}"
        return new_message(message_id, order.customer_id, topic, facts, self._clock())
