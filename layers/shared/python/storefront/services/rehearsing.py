"""Rehearsing: what a back office's event would do if it came now, found out by the code that would do it.

The real services run on a stage that keeps what they write, with nobody at the other end of the queues, the workflow
and LINE. So what is foreseen is what would happen, as long as nothing changes meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from storefront.domain.approval import Approval
from storefront.domain.casework import ReceivedEvent, ReceivedState
from storefront.domain.catalogue import Catalogue, Product, ProductChange
from storefront.domain.conversation import Conversation
from storefront.domain.errors import StorefrontError
from storefront.domain.language import Language
from storefront.domain.order import DeliveryMethod, Order
from storefront.domain.outbox import Message, OrderEvent, Topic
from storefront.domain.push_policy import PushLater, PushPolicy, Quota
from storefront.domain.refund import Refund
from storefront.domain.shipment import Parcel, Quiet
from storefront.messages.render import plain_text, render
from storefront.messages.scene import Shop
from storefront.services.cancelling import Cancelling
from storefront.services.outside_decisions import ApprovalNews, OutsideDecisions
from storefront.services.outside_orders import OrderPlacedNews, OutsideOrders, order_named
from storefront.services.ports import Catalogues, Clock, Ids, Put, SendOutcome, Stage, Store
from storefront.services.received_events import ReceivedEvents
from storefront.services.shipping import CancelNews, News, RefundNews, ShipmentNews, Shipping
from storefront.services.telling import StoredScene, Telling
from storefront.services.waiting import Waits

FIRST: Final = "new"
"""What a row was before, if there was none."""


@dataclass(frozen=True)
class Change:
    """One thing that would be different afterwards: of which row, what, from what to what."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Notice:
    """A message that would go out: as LINE gets it, and the same as plain text. `not_before`: quiet hours end then."""

    customer_id: str
    topic: Topic
    language: Language
    text: str
    messages: Sequence[Mapping[str, object]]
    not_before: datetime | None = None


@dataclass(frozen=True)
class Foreseen:
    """How the event would end, what would change, and what the customer would read; without a notice, why none."""

    state: ReceivedState
    reason: str | None
    changes: Sequence[Change]
    notices: Sequence[Notice]
    silence: str | None


class Rehearsing:
    """Plays an event on a stage of its own."""

    def __init__(
        self,
        store: Store,
        stage: Callable[[], Stage],
        catalogues: Catalogues,
        ids: Ids,
        understand: Callable[[bytes, datetime], News | ApprovalNews | OrderPlacedNews],
        shop: Shop,
        policy: PushPolicy,
        clock: Clock,
    ) -> None:
        self._store = store
        self._stage = stage
        self._catalogues = catalogues
        self._ids = ids
        self._understand = understand
        self._shop = shop
        self._policy = policy
        self._clock = clock

    def of(self, received: ReceivedEvent) -> Foreseen:
        """What `received` would do now. It is parked, quarantined, or was never applied."""
        stage, shelves, now = self._stage(), _Shelves(self._catalogues), self._clock()
        if received.state is not ReceivedState.TAKEN:
            stage.commit(Put(received.replayed(now)))
        try:
            self._play(stage, shelves, received)
        except Exception as failed:
            # What is foreseen is that it fails: that is worth being seen, whatever the reason.
            return Foreseen(
                received.state, received.reason, (), (), f"it would fail: {type(failed).__name__}"
            )
        after = stage.read(ReceivedEvent, received.source, received.event_id) or received
        notices, silence = self._notices(stage, now)
        if not notices and silence is None:
            news = self._understand(received.body.encode(), received.received_at)
            silence = self._silence(after, news, stage)
        changes = [*self._changes(stage), *shelves.changes]
        return Foreseen(after.state, after.reason, changes, notices, silence)

    def _play(self, stage: Stage, shelves: "_Shelves", received: ReceivedEvent) -> None:
        nobody = _Nobody()
        waits = Waits(stage, nobody, self._clock)
        telling = Telling(stage, shelves, nobody, self._shop, self._clock, nobody, self._policy)
        cancelling = Cancelling(stage, self._ids)
        shipping = Shipping(stage, shelves, cancelling, telling, waits, nobody, self._clock, nobody)
        decisions = OutsideDecisions(stage, waits, self._clock, nobody)
        orders = OutsideOrders(stage, shelves, self._clock, self._ids)
        events = ReceivedEvents(stage, shipping, decisions, orders, self._understand)
        events.take_in(received.source, received.event_id)

    # What the customer would read ------------------------------------------------------------------------

    def _notices(self, stage: Stage, now: datetime) -> tuple[list[Notice], str | None]:
        notices, silence = [], None
        for message in stage.written(Message):
            conversation = stage.read(Conversation, message.customer_id)
            if conversation is None:
                silence = "the customer's chat is not known any more: it was erased, or kept long enough"
            elif conversation.blocked:
                silence = "the customer has blocked the shop"
            else:
                notices.append(self._notice(message, conversation, stage, now))
        return notices, silence

    def _notice(self, message: Message, conversation: Conversation, stage: Stage, now: datetime) -> Notice:
        scene = StoredScene(stage, self._catalogues, self._shop, conversation, now)
        plan = self._policy.plan(message.topic, now, message.useful_until)
        return Notice(
            message.customer_id,
            message.topic,
            conversation.language,
            str(plain_text(message, scene, conversation.language)["text"]),
            render(message, scene, conversation.language),
            plan.at if isinstance(plan, PushLater) else None,
        )

    def _silence(
        self, after: ReceivedEvent, news: News | ApprovalNews | OrderPlacedNews, stage: Stage
    ) -> str:
        """Why no customer would hear of it."""
        if after.state is not ReceivedState.APPLIED:
            return f"it would be {after.state.value} again: {after.reason}"
        match news:
            case ShipmentNews():
                return self._no_news(news, after.source, stage)
            case CancelNews() | RefundNews() if stage.written(Refund):
                return "the customer hears of it when LINE Pay has given the money back"
            case OrderPlacedNews():
                return "an order that was placed elsewhere is nobody's until a customer links it"
            case ApprovalNews():
                return "the customer hears of it from the workflow of the question"
            case _:
                return "it is about no order of a customer"

    @staticmethod
    def _no_news(news: ShipmentNews, source: str, stage: Stage) -> str:
        order = order_named(stage, news.order_number, source)
        parcel = stage.read(Parcel, order.order_number, news.shipment_id) if order is not None else None
        if news.event is None or parcel is None or order is None:
            return "it says nothing of a parcel"
        if not order.has_customer:
            return "the order was placed elsewhere, and no customer has linked it"
        match parcel.quiet_about(news.event, order.delivery_method or DeliveryMethod.HOME):
            case Quiet.NOT_ANNOUNCED:
                return f"{news.status} is shown to customers who ask, and announced to nobody"
            case Quiet.OVERTAKEN:
                return f"later news has overtaken it: the parcel is {parcel.status.value}"
            case Quiet.REPEATED | None:
                return "the customer has been told already"

    # What would change -----------------------------------------------------------------------------------

    def _changes(self, stage: Stage) -> list[Change]:
        changes = []
        for parcel in stage.written(Parcel):
            known = self._store.read(Parcel, parcel.order_number, parcel.shipment_id)
            before = known.status.value if known is not None else FIRST
            changes.append(Change(f"parcel {parcel.shipment_id}", before, parcel.status.value))
        for order in stage.written(Order):
            was = self._store.read(Order, order.order_number)
            changes += _of_order(was, order) if was is not None else [_new(order)]
        for refund in stage.written(Refund):
            changes.append(
                Change(f"refund {refund.refund_id}", FIRST, f"{refund.state.value} {refund.amount}")
            )
        for event in stage.written(OrderEvent):
            changes.append(Change(f"event to the order system {event.event_id}", FIRST, event.state.value))
        for approval in stage.written(Approval):
            asked = self._store.read(Approval, approval.approval_id)
            before = asked.state.value if asked is not None else FIRST
            changes.append(Change(f"price {approval.approval_id}", before, approval.state.value))
        return changes


def _new(order: Order) -> Change:
    """Only what was placed elsewhere comes into being by an event."""
    origin = order.origin
    told = f"{origin.source}'s {origin.number}, {order.total} {order.currency.value}" if origin else ""
    return Change(f"order {order.order_number}", FIRST, told)


def _of_order(was: Order, order: Order) -> list[Change]:
    number = order.order_number
    seen = (
        ("state", was.state.value, order.state.value),
        ("label", _yes(was.labelled), _yes(order.labelled)),
        ("units that have left", _units(was.shipped), _units(order.shipped)),
        ("all has arrived", _yes(was.completed_at is not None), _yes(order.completed_at is not None)),
    )
    return [
        Change(f"order {number}: {what}", before, after) for what, before, after in seen if before != after
    ]


def _yes(fact: bool) -> str:
    return "yes" if fact else "no"


def _units(shipped: Mapping[str, int]) -> str:
    return ", ".join(f"{units} {sku}" for sku, units in sorted(shipped.items())) or "none"


class _Shelves:
    """The catalogue to look at; what would be changed in it is noted."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues
        self.changes: list[Change] = []

    def read(self) -> Catalogue:
        return self._catalogues.read()

    def available(self, skus: Sequence[str]) -> Mapping[str, int]:
        return self._catalogues.available(skus)

    def apply_product(self, change: Product | ProductChange) -> bool:
        """Raises InvalidProduct for a change that contradicts what is known, as the catalogue would."""
        known = self.read().products.get(change.sku)
        product = change if isinstance(change, Product) else change.to_product(known)
        if known is None or product.version > known.version:
            before = FIRST if known is None else f"version {known.version}"
            self.changes.append(Change(f"product {product.sku}", before, f"version {product.version}"))
        return True

    def apply_stock_level(self, sku: str, on_hand: int, version: int) -> bool:
        self.changes.append(
            Change(f"stock {sku}", "as counted before", f"{on_hand} on hand (count {version})")
        )
        return True


class _Nobody:
    """Whoever is told something during a rehearsal: takes it, and does nothing."""

    def start(self, name: str, payload: Mapping[str, object]) -> None: ...
    def wake(self, token: str, output: Mapping[str, object]) -> None: ...
    def end(self, token: str, error: StorefrontError) -> None: ...
    def open_payment(self, order_number: str, cause: str) -> None: ...
    def check_payment(self, attempt_id: str, delay_seconds: int, cause: str) -> None: ...
    def close_order(self, order_number: str) -> None: ...
    def refund(self, order_number: str, refund_id: str, delay_seconds: int) -> None: ...
    def send_order_event(self, event_id: str, delay_seconds: int) -> None: ...
    def settle_event(self, source: str, event_id: str, group: str) -> None: ...
    def count(self, name: str, value: int = 1) -> None: ...

    def reply(self, token: str, messages: Sequence[Mapping[str, object]]) -> SendOutcome:
        return SendOutcome.UNKNOWN

    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], retry_key: str, *, silent: bool = False
    ) -> SendOutcome:
        return SendOutcome.UNKNOWN

    def quota(self) -> Quota | None:
        return None

    def profile_language(self, line_user_id: str) -> str | None:
        return None
