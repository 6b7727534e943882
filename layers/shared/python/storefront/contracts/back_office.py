"""Events from back offices: CloudEvents 1.0 in structured mode, and what their data may say.

The envelope is checked at the door, so that a sender hears at once what is wrong with it; the data is read
behind the queue, where what we do not know is parked instead of refused.
"""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictInt,
    ValidationError,
    model_validator,
)

from storefront.contracts.catalogue_row import ChangedRow
from storefront.contracts.placed_order import PlacedData
from storefront.domain.glances import Glance
from storefront.domain.shipment import ShipmentEvent, ShipmentStatus, StoreStop
from storefront.services.outside_decisions import ApprovalNews, OutsideDecision
from storefront.services.outside_orders import OrderPlacedNews
from storefront.services.shipping import (
    CancelNews,
    News,
    NewsKind,
    ProductNews,
    RefundNews,
    ShipmentNews,
    StockNews,
    UnreadableNews,
)


class NotAnEvent(ValueError):
    """The body is not a CloudEvent; the message says what and where."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Envelope(_Wire):
    """The attributes of a CloudEvent that we read; extensions are ignored."""

    specversion: str = Field(pattern=r"^1\.", description="Version of CloudEvents.")
    id: str = Field(
        min_length=1,
        max_length=200,
        description="Yours, one for each thing that happened; send it as `webhook-id` too.",
    )
    source: str = Field(min_length=1, max_length=2_000, description="Which system speaks; for your own logs.")
    type: str = Field(min_length=1, max_length=200)
    subject: str | None = Field(default=None, max_length=200)
    time: datetime | None = Field(
        default=None, description="When it happened, with an offset (`+08:00`, `Z`); without one it is UTC."
    )
    data: dict[str, Any] = {}


def _https(url: str | None) -> str | None:
    """Only links that a customer can be sent to; anything else is left out (X16)."""
    usable = url is not None and url.startswith("https://") and "@" not in url and "\\" not in url
    return url if usable else None


def _or_none(items: object) -> object:
    """`null` is how some say that there is none."""
    return () if items is None else items


class _Data(_Wire):
    """Data of an event; a number where a text belongs (a tracking number, a parcel's id) is read as one."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


type Count = Annotated[StrictInt, Field(ge=0, le=10_000_000)]


class StoreData(_Data):
    """The convenience store where a parcel waits."""

    name: str = Field(min_length=1, max_length=60)
    address: str | None = Field(default=None, max_length=200)
    deadline: str | None = Field(
        default=None,
        max_length=60,
        description="Until when it waits: an ISO date or time is put into the customer's words, else shown as it is.",
    )


class ItemData(_Data):
    """Units of one product in a parcel."""

    sku: str = Field(min_length=1, max_length=64)
    quantity: Annotated[StrictInt, Field(ge=1, le=9_999)]


class ShipmentData(_Data):
    """Data of `shipment.status.v1`: what happened to one parcel of the order."""

    shipmentId: str = Field(
        min_length=1,
        max_length=100,
        description="Your name of the parcel; need be unique within its order only.",
    )
    status: str = Field(
        min_length=1,
        max_length=60,
        description="Another word is taken too, and waits for a person.",
        json_schema_extra={"enum": [status.value for status in ShipmentStatus]},
    )
    carrier: str | None = Field(default=None, max_length=60, description="Its id or any of its names.")
    trackingNumber: str | None = Field(default=None, max_length=60)
    trackingUrl: Annotated[str | None, AfterValidator(_https)] = Field(
        default=None,
        max_length=1_000,
        description="Where this parcel can be followed; comes before the carrier's own link. https only.",
        json_schema_extra={"pattern": r"^https://[^@\\]+$"},
    )
    store: StoreData | None = None
    items: Annotated[tuple[ItemData, ...], BeforeValidator(_or_none)] = Field(
        default=(), description="What is in the parcel; left out: all that no other parcel lists."
    )
    note: str | None = Field(default=None, max_length=500, description="Shown to the customer as it is.")


class StockData(_Data):
    """Data of `stock.level.v1`: a physical count."""

    sku: str = Field(min_length=1, max_length=64)
    onHand: Count = Field(
        description="What lies on the shelf, held and sold units included, in the product's unit."
    )
    version: Annotated[StrictInt, Field(ge=0)] = Field(
        description="Rises with each count of the product; an older one is ignored."
    )


class CancelData(_Data):
    """Data of `order.cancel.requested.v1`: the order cannot be carried out."""

    reason: str = Field(
        default="", max_length=500, description="For the order's history; the customer does not see it."
    )


class RefundData(_Data):
    """Data of `refund.requested.v1`: money is to go back."""

    amount: Annotated[StrictInt, Field(ge=1)] | None = Field(
        default=None, description="In the order's payable unit; left out: all that is left."
    )
    reason: str = Field(default="", max_length=500)


class ApprovalData(_Data):
    """Data of `quote.approval.decided.v1`: a person decided about a price that a customer asks for."""

    approvalId: str = Field(
        min_length=1, max_length=80, description="Which question; `make cases DO=approvals` lists those open."
    )
    decision: OutsideDecision = Field(
        description="`approve` the prices asked for, `counter` with others, or `decline`: the quote stands."
    )
    unitPrices: dict[str, Annotated[StrictInt, Field(ge=1, le=9_999_999)]] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        description="With `counter`: the price of one unit by SKU, each below the one quoted.",
    )
    total: Annotated[StrictInt, Field(ge=1, le=100_000_000)] | None = Field(
        default=None,
        description="With `counter`, instead: what the products in question cost together.",
    )
    by: str = Field(
        min_length=1, max_length=100, description="Who decided; kept with the price, below the floor too."
    )
    note: str | None = Field(
        default=None, max_length=500, description="For the record; the customer does not see it."
    )

    @model_validator(mode="after")
    def _prices_go_with_a_counter(self) -> Self:
        named = (self.unitPrices is not None) + (self.total is not None)
        if named != (self.decision is OutsideDecision.COUNTER):
            raise ValueError("a counter has unitPrices or total, other decisions have neither")
        return self


DATA_OF_TYPE: Final[dict[NewsKind, type[BaseModel]]] = {
    NewsKind.SHIPMENT: ShipmentData,
    NewsKind.STOCK: StockData,
    NewsKind.PRODUCT: ChangedRow,
    NewsKind.CANCEL: CancelData,
    NewsKind.REFUND: RefundData,
    NewsKind.APPROVAL: ApprovalData,
    NewsKind.PLACED: PlacedData,
}
ABOUT_AN_ORDER: Final = frozenset({NewsKind.SHIPMENT, NewsKind.CANCEL, NewsKind.REFUND})
"""Types whose `subject` is the number of an order; the others have none, or need none."""


def envelope(body: bytes) -> Envelope:
    """The envelope of a body.

    Raises:
        NotAnEvent: it is not JSON in UTF-8, repeats a name, or lacks what every CloudEvent has.
    """
    try:
        parsed = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_once_each, parse_constant=_no_constant
        )
    except (ValueError, RecursionError) as refused:
        raise NotAnEvent(f"body: not JSON ({type(refused).__name__})") from refused
    try:
        return Envelope.model_validate(parsed)
    except ValidationError as refused:
        first = refused.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise NotAnEvent(f"{where}: {first['msg']}") from refused


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    if len(names) != len(set(names)):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def check_data(event: Envelope) -> None:
    """Hold the data of a type that we know against its model, while the sender still listens.

    Raises:
        NotAnEvent: it is not what its type says; the message names the field.
    """
    if event.type not in set(NewsKind):
        return
    model = DATA_OF_TYPE[NewsKind(event.type)]
    try:
        model.model_validate(event.data)
    except ValidationError as refused:
        first = refused.errors(include_input=False, include_url=False)[0]
        where = ".".join(("data", *(str(part) for part in first["loc"])))
        raise NotAnEvent(f"{where}: {first['msg']}") from refused


def news(event: Envelope, received_at: datetime) -> News | ApprovalNews | OrderPlacedNews:
    """What an event says, as the shipping service understands it; never raises."""
    try:
        return _news(event, received_at)
    except (ValidationError, ValueError) as refused:
        return UnreadableNews(f"unreadable-data:{type(refused).__name__}")


def news_in(body: bytes, received_at: datetime) -> News | ApprovalNews | OrderPlacedNews:
    """What a stored body says; never raises."""
    try:
        return news(envelope(body), received_at)
    except NotAnEvent as refused:
        return UnreadableNews(str(refused)[:80])


def glance(body: str) -> Glance:
    """What a stored body is about; nothing once it was emptied. Never raises."""
    if not body:
        return Glance("", None)
    try:
        event = envelope(body.encode())
    except NotAnEvent:
        return Glance("unreadable", None)
    return Glance(event.type, event.subject)


def _news(event: Envelope, received_at: datetime) -> News | ApprovalNews | OrderPlacedNews:
    subject = (event.subject or "").strip().upper()
    match event.type:
        case NewsKind.SHIPMENT:
            return _shipment(event, subject, received_at)
        case NewsKind.STOCK:
            stock = StockData.model_validate(event.data)
            return StockNews(stock.sku, stock.onHand, stock.version)
        case NewsKind.PRODUCT:
            return ProductNews(ChangedRow.model_validate(event.data))
        case NewsKind.CANCEL:
            return CancelNews(subject, CancelData.model_validate(event.data).reason)
        case NewsKind.APPROVAL:
            decided = ApprovalData.model_validate(event.data)
            return ApprovalNews(
                decided.approvalId,
                decided.decision,
                decided.by,
                decided.unitPrices or {},
                decided.total,
                decided.note,
            )
        case NewsKind.PLACED:
            return PlacedData.model_validate(event.data).news(_in_utc(event.time, received_at))
        case NewsKind.REFUND:
            refund = RefundData.model_validate(event.data)
            return RefundNews(subject, refund.amount, refund.reason)
        case _:
            return UnreadableNews(f"unknown-type:{event.type[:60]}")


def _shipment(event: Envelope, subject: str, received_at: datetime) -> ShipmentNews:
    shipment = ShipmentData.model_validate(event.data)
    known = shipment.status in set(ShipmentStatus)
    if not known:
        return ShipmentNews(subject, shipment.shipmentId, shipment.status, None)
    items: dict[str, int] = {}
    for item in shipment.items:
        items[item.sku] = items.get(item.sku, 0) + item.quantity
    fact = ShipmentEvent(
        event_id=event.id,
        status=ShipmentStatus(shipment.status),
        at=_in_utc(event.time, received_at),
        carrier=shipment.carrier,
        tracking_number=shipment.trackingNumber,
        tracking_url=shipment.trackingUrl,
        store=(
            StoreStop(shipment.store.name, shipment.store.address, shipment.store.deadline)
            if shipment.store
            else None
        ),
        items=items,
        note=shipment.note,
    )
    return ShipmentNews(subject, shipment.shipmentId, shipment.status, fact)


def _in_utc(said: datetime | None, received_at: datetime) -> datetime:
    """The source's own time, for display and for telling late exceptions; one outside all calendars is ours (G6)."""
    if said is None:
        return received_at
    try:
        return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
    except OverflowError:
        return received_at
