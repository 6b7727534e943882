"""Orders: what a customer accepted, owes, paid and got back.

The order is one of three machines (order, payment attempt, shipment), and only about money and its end; where
the parcels are is derived from the parcels. The stock hold lives in the order's own row, so the one
conditional write that changes the order re-checks the hold as well (M1, S2, H1).
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from storefront.domain.errors import IllegalMove
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.moves import move
from storefront.domain.quote import Discount, QuoteLine, coupon_among


class OrderState(StrEnum):
    """Life of an order's money."""

    AWAITING_DETAILS = "awaiting_details"
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


ORDER_MOVES: Final = {
    OrderState.AWAITING_DETAILS: frozenset(
        {OrderState.AWAITING_PAYMENT, OrderState.CANCELLED, OrderState.EXPIRED}
    ),
    OrderState.AWAITING_PAYMENT: frozenset({OrderState.PAID, OrderState.CANCELLED, OrderState.EXPIRED}),
    OrderState.PAID: frozenset({OrderState.REFUNDED}),
    OrderState.CANCELLED: frozenset[OrderState](),
    OrderState.EXPIRED: frozenset[OrderState](),
    OrderState.REFUNDED: frozenset[OrderState](),
}


class HoldState(StrEnum):
    """Life of the stock behind an order: held while unpaid, then committed or released, once (S3)."""

    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"


class DeliveryMethod(StrEnum):
    """How the goods reach the customer."""

    HOME = "home"
    STORE = "store"


class PaymentMethod(StrEnum):
    """Where an order is paid: with LINE Pay in the chat, or wherever it was placed that was not the chat."""

    LINE_PAY = "line_pay"
    ELSEWHERE = "elsewhere"


NOBODY: Final = ""
"""The `customer_id` of an order that was placed elsewhere, while no LINE user is linked to it."""


@dataclass(frozen=True)
class Origin:
    """Where an order was placed that was not placed in the chat: the source that told of it, and its number there."""

    source: str
    number: str


@dataclass(frozen=True)
class HistoryStep:
    """One append-only line of an order's history; `cause` names the event, job or person behind it."""

    at: datetime
    state: OrderState
    cause: str


@dataclass(frozen=True)
class Order:
    """One accepted quote, or an order that was placed elsewhere. Amounts are in the currency's payable unit, tax
    included; times are UTC.

    One that was placed elsewhere has an `origin`, no quote and no hold, and money of it never moves here: nothing was
    captured, so nothing can be given back. `linked_at` is when its LINE user proved that it is theirs.
    """

    order_number: str
    customer_id: str
    quote_id: str
    quote_version: int
    language: Language
    currency: Currency
    lines: tuple[QuoteLine, ...]
    state: OrderState
    hold: HoldState
    hold_until: datetime
    created_at: datetime
    payment_method: PaymentMethod = PaymentMethod.LINE_PAY
    wished_date: str | None = None
    delivery_method: DeliveryMethod | None = None
    shipping_fee: int = 0
    discounts: tuple[Discount, ...] = ()
    attempts_made: int = 0
    active_attempt: str | None = None
    confirming_attempt: str | None = None
    captured: int = 0
    refunded: int = 0
    open_refund: str | None = None
    paid_at: datetime | None = None
    closed_reason: str | None = None
    labelled: bool = False
    delivery_changes: int = 0
    shipped: dict[str, int] = field(default_factory=dict)
    completed_at: datetime | None = None
    satisfaction: int | None = None
    rated_at: datetime | None = None
    history: tuple[HistoryStep, ...] = ()
    forgotten_at: datetime | None = None
    origin: Origin | None = None
    linked_at: datetime | None = None
    due_at: datetime | None = None
    revision: int = 0

    @property
    def placed_elsewhere(self) -> bool:
        return self.payment_method is PaymentMethod.ELSEWHERE

    @property
    def has_customer(self) -> bool:
        """Whether there is a LINE user to be told of it."""
        return self.customer_id != NOBODY

    @property
    def known_since(self) -> datetime:
        """Since when it is its customer's: an older order may have been linked just now."""
        return self.linked_at or self.created_at

    @property
    def subtotal(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def discount(self) -> int:
        return sum(discount.amount for discount in self.discounts)

    @property
    def coupon(self) -> str | None:
        """The coupon that the order has used, given back if it ends unpaid."""
        return coupon_among(self.discounts)

    @property
    def goods_total(self) -> int:
        """What the goods cost after what is taken off the whole order; decides whether shipping is free."""
        return self.subtotal - self.discount

    @property
    def total(self) -> int:
        """What is asked of the customer: frozen lines plus shipping less discount (M3)."""
        return self.goods_total + self.shipping_fee

    @property
    def refundable(self) -> int:
        """What may still be given back; never more than was captured (M4)."""
        return self.captured - self.refunded

    @property
    def was_paid(self) -> bool:
        """Whether it became the customer's; money that was captured in vain never made it so."""
        return self.state in {OrderState.PAID, OrderState.REFUNDED}

    @property
    def workflow_name(self) -> str:
        return f"{self.quote_id}-{self.quote_version}"

    @property
    def counted_lines(self) -> tuple[QuoteLine, ...]:
        return tuple(line for line in self.lines if line.stock_counted)

    @property
    def units_to_pack(self) -> dict[str, int]:
        """Units that its parcels bring, by SKU; of what was ordered elsewhere without a SKU no parcel can tell."""
        lines = self.lines if self.placed_elsewhere else self.counted_lines
        units: dict[str, int] = {}
        for line in lines:
            if line.sku:
                units[line.sku] = units.get(line.sku, 0) + line.quantity
        return units

    @property
    def is_unpaid_and_open(self) -> bool:
        return self.state in {OrderState.AWAITING_DETAILS, OrderState.AWAITING_PAYMENT}

    def hold_is_alive_at(self, now: datetime) -> bool:
        """Whether a confirm may still be claimed: strictly before the deadline (H1)."""
        return self.hold is HoldState.HELD and now < self.hold_until

    def _moved(self, state: OrderState, now: datetime, cause: str) -> "Order":
        return replace(
            self,
            state=move(ORDER_MOVES, self.state, state),
            history=(*self.history, HistoryStep(now, state, cause)),
        )

    @property
    def may_be_linked(self) -> bool:
        """Whether it was placed elsewhere and waits for its LINE user."""
        return self.placed_elsewhere and not self.has_customer and self.forgotten_at is None

    def linked(self, customer_id: str, now: datetime) -> "Order":
        """An order that was placed elsewhere becomes the LINE user's who proved that it is theirs.

        Raises:
            IllegalMove: it was placed in the chat, is somebody's already, or is forgotten.
        """
        if not self.may_be_linked:
            raise IllegalMove("Order", self.state.value, "linked")
        return replace(self, customer_id=customer_id, linked_at=now)

    def forgotten(self, now: datetime) -> "Order":
        """Its personal data is gone."""
        return replace(self, forgotten_at=now)

    def unlinked(self) -> "Order":
        """Nobody's again: whoever was linked hears no more of it. One that was placed in the chat stays its own."""
        return replace(self, customer_id=NOBODY, linked_at=None) if self.placed_elsewhere else self

    def with_delivery(
        self, method: DeliveryMethod, shipping_fee: int, hold_until: datetime, now: datetime, cause: str
    ) -> "Order":
        """Delivery details are complete: the total is final and the customer can pay."""
        ready = self._moved(OrderState.AWAITING_PAYMENT, now, cause)
        return replace(ready, delivery_method=method, shipping_fee=shipping_fee, hold_until=hold_until)

    def with_other_delivery(self, method: DeliveryMethod, shipping_fee: int) -> "Order":
        """Another delivery before payment: another total, so the active attempt no longer counts (M3)."""
        if self.state is not OrderState.AWAITING_PAYMENT or self.confirming_attempt is not None:
            raise IllegalMove("Order", self.state.value, "with_other_delivery")
        return replace(self, delivery_method=method, shipping_fee=shipping_fee, active_attempt=None)

    def redelivered_to(self, method: DeliveryMethod) -> "Order":
        """The address changed after payment and before a label; the price stays as it was paid."""
        if self.state is not OrderState.PAID or self.labelled or self.open_refund is not None:
            raise IllegalMove("Delivery", self.state.value, method.value)
        return replace(self, delivery_method=method, delivery_changes=self.delivery_changes + 1)

    def trying(self, attempt_id: str) -> "Order":
        """A new payment attempt replaces the active one; never while one is being confirmed (M1)."""
        if self.state is not OrderState.AWAITING_PAYMENT or self.confirming_attempt is not None:
            raise IllegalMove("Order", self.state.value, "trying")
        return replace(self, active_attempt=attempt_id, attempts_made=self.attempts_made + 1)

    def confirming(self, attempt_id: str, amount: int, now: datetime) -> "Order":
        """Claim the right to confirm: the only way money may start to move.

        Raises:
            IllegalMove: the order is not waiting for payment, its hold has ended, the amount is not its
                total, another attempt is active, or one is being confirmed already (M1, M3, S2, H1).
        """
        if (
            self.state is not OrderState.AWAITING_PAYMENT
            or self.confirming_attempt is not None
            or self.active_attempt != attempt_id
            or amount != self.total
            or not self.hold_is_alive_at(now)
        ):
            raise IllegalMove("Order", self.state.value, "confirming")
        return replace(self, confirming_attempt=attempt_id)

    def confirm_refused(self) -> "Order":
        """The provider says for certain that no money moved; the customer may try again."""
        return replace(self, confirming_attempt=None, active_attempt=None)

    def paid(self, captured: int, now: datetime, cause: str) -> "Order":
        """The money is ours and the stock is the customer's."""
        done = self._moved(OrderState.PAID, now, cause)
        return replace(
            done,
            hold=HoldState.COMMITTED,
            captured=captured,
            paid_at=now,
            confirming_attempt=None,
            due_at=None,
        )

    def closed(self, state: OrderState, now: datetime, cause: str, reason: str) -> "Order":
        """End an unpaid order and free its stock.

        Raises:
            IllegalMove: it is being confirmed: expiry and cancellation never race a confirm (H1, S2).
        """
        if self.confirming_attempt is not None:
            raise IllegalMove("Order", "confirming", state.value)
        ended = self._moved(state, now, cause)
        return replace(ended, hold=HoldState.RELEASED, closed_reason=reason, active_attempt=None, due_at=None)

    def captured_in_vain(self, attempt_id: str, amount: int, now: datetime, cause: str) -> "Order":
        """LINE Pay holds `amount` for an order that is not paid: it ends, and all of that goes back.

        Raises:
            IllegalMove: the order is paid, or holds money already.
        """
        if self.captured or self.was_paid:
            raise IllegalMove("Order", self.state.value, "captured in vain")
        ended = self
        if self.is_unpaid_and_open:
            unclaimed = replace(self, confirming_attempt=None)
            ended = unclaimed.closed(OrderState.CANCELLED, now, cause, "captured-in-vain")
        return replace(ended, captured=amount, active_attempt=attempt_id)

    def refunded_by(self, amount: int, now: datetime, cause: str) -> "Order":
        """Record a refund that the provider has proven; all of it back makes a paid order REFUNDED."""
        if not 0 < amount <= self.refundable:
            raise IllegalMove("Order", self.state.value, f"refund of {amount}")
        after = replace(self, refunded=self.refunded + amount, open_refund=None)
        if after.refundable == 0 and self.state is OrderState.PAID:
            return after._moved(OrderState.REFUNDED, now, cause)
        return after
