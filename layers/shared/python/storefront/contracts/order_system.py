"""Events to the order system, as their receivers may rely on them.

The services write the bodies (`storefront.services.order_events`); these models are the promise about them, from which
the published schemas are made. Tests hold every body that is really produced against them, so they forbid what
they do not name; receivers are told that more may come.
"""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from storefront.domain.delivery import InvoiceKind, StoreChain
from storefront.domain.money import Currency
from storefront.domain.outbox import OrderEventType

ORDER_NUMBER: Final = "^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$"


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


type Amount = Annotated[int, Field(strict=True, ge=0)]


class OrderedLine(_Sent):
    """One product at the price that was accepted."""

    sku: str = Field(description="The product's code in the catalogue.")
    name: str = Field(description="As the customer read it.")
    quantity: Annotated[int, Field(strict=True, ge=1)] = Field(description="In the product's own unit.")
    unitPrice: Amount = Field(description="Of one unit, tax included.")
    amount: Amount = Field(description="`quantity` × `unitPrice`.")


class SentRecipient(_Sent):
    """Who takes the parcel."""

    name: str
    phone: str = Field(description="A Taiwanese mobile number, `09` and eight digits.")


class _Delivery(_Sent):
    recipient: SentRecipient
    wishedDate: str | None = Field(
        default=None, pattern=r"^\d{4}-\d{2}-\d{2}$", description="The day that the customer wished for."
    )


class SentHomeDelivery(_Delivery):
    """A parcel to a door."""

    method: Literal["home"]
    address: str = Field(description="Of a `home` delivery, always.")


class PickupStore(_Sent):
    """A convenience store, as the customer named it."""

    chain: StoreChain
    name: str = Field(description="The store's name; its code is yours to look up.")


class SentStorePickup(_Delivery):
    """A parcel to a convenience store."""

    method: Literal["store"]
    store: PickupStore = Field(description="Of a `store` delivery, always.")


class SentInvoice(_Sent):
    """What the customer wants to become of the invoice; issuing it is yours."""

    kind: InvoiceKind
    value: str | None = Field(
        default=None, description="The mobile barcode, company number or donation code, by `kind`."
    )
    title: str | None = Field(default=None, description="The company's name, if the customer gave one.")


type SentDelivery = Annotated[SentHomeDelivery | SentStorePickup, Field(discriminator="method")]


class _OrderFacts(_Sent):
    orderNumber: str = Field(description="The number that the customer sees.")
    currency: Currency = Field(description="Amounts are whole payable units of it: dollars for TWD.")
    total: Amount = Field(description="What the customer was asked for: lines + `shippingFee` − `discount`.")
    lines: tuple[OrderedLine, ...] = Field(min_length=1)
    shippingFee: Amount
    discount: Amount
    note: str | None = Field(default=None, description="The customer's own words.")


class PaidOrder(_OrderFacts):
    """Data of `order.paid.v1`: all that packing and invoicing need."""

    delivery: SentDelivery
    invoice: SentInvoice
    paidAt: AwareDatetime


class CancelledOrder(_OrderFacts):
    """Data of `order.cancelled.v1`. With `paidAt` the order had been paid, and its money is on its way back."""

    delivery: SentDelivery | None = Field(default=None, description="Absent if the order never got that far.")
    invoice: SentInvoice | None = None
    paidAt: AwareDatetime | None = None
    reason: str = Field(description="The words of whoever cancelled it, or `payment-window-ended`.")


class RefundedOrder(_OrderFacts):
    """Data of `order.refunded.v1`: LINE Pay has given money back, all of it or a part."""

    delivery: SentDelivery | None = Field(default=None, description="Absent once personal data was erased.")
    invoice: SentInvoice | None = None
    paidAt: AwareDatetime | None = None
    refundedAmount: Annotated[int, Field(strict=True, ge=1)] = Field(description="This refund.")
    refundedTotal: Annotated[int, Field(strict=True, ge=1)] = Field(description="All refunds so far.")
    reason: str


class _SentEvent(_Sent):
    specversion: Literal["1.0"]
    id: str = Field(description="The same at every try, and the `webhook-id`: take each id once.")
    source: Literal["/storefront"]
    subject: str = Field(pattern=ORDER_NUMBER, description="The order number.")
    time: AwareDatetime = Field(description="When it happened, not when it was sent.")
    datacontenttype: Literal["application/json"]


class OrderPaidEvent(_SentEvent):
    """An order is paid: pack it. A second one with `supersedes` gives another address for the same order."""

    type: Literal[OrderEventType.PAID]
    supersedes: str | None = Field(
        default=None, description="The id of the earlier event in whose place this one stands."
    )
    data: PaidOrder


class OrderCancelledEvent(_SentEvent):
    """An order is off: pack nothing, put back what is packed."""

    type: Literal[OrderEventType.CANCELLED]
    data: CancelledOrder


class OrderRefundedEvent(_SentEvent):
    """Money went back to the customer."""

    type: Literal[OrderEventType.REFUNDED]
    data: RefundedOrder


SENT_EVENTS: Final[dict[OrderEventType, type[_SentEvent]]] = {
    OrderEventType.PAID: OrderPaidEvent,
    OrderEventType.CANCELLED: OrderCancelledEvent,
    OrderEventType.REFUNDED: OrderRefundedEvent,
}
