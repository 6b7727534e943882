"""Data of `order.placed.v1`: an order that was placed elsewhere, as its system tells of it."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StrictInt, model_validator

from storefront.domain.conversation import DeliveryDetails
from storefront.domain.delivery import HomeDelivery, Recipient, StoreChain, StorePickup
from storefront.domain.language import Language
from storefront.domain.linking import MOST_DIGITS, digits_of, external_number
from storefront.domain.money import Currency
from storefront.domain.quote import MAX_LINES, MAX_QUANTITY
from storefront.services.outside_orders import OrderPlacedNews, PlacedLine

EXTERNAL_NUMBER_PATTERN: Final = "^(?=.*[0-9])[0-9A-Za-z][0-9A-Za-z-]{2,30}[0-9A-Za-z]$"
"""For those who check before they send."""

type Amount = Annotated[StrictInt, Field(ge=0, le=100_000_000)]


class _Data(BaseModel):
    """A number where a text belongs (a number of an order, a telephone number) is read as one."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


def _number(written: str) -> str:
    number = external_number(written)
    if number is None:
        raise ValueError("4 to 32 letters, digits and hyphens within, a digit among them")
    return number


def _phone(written: str) -> str:
    if len(digits_of(written)) < MOST_DIGITS:
        raise ValueError(f"at least {MOST_DIGITS} digits")
    return written


class PlacedLineData(_Data):
    """One line of the order; a product of the catalogue, or whatever its name says."""

    sku: str | None = Field(default=None, min_length=1, max_length=64, description="As in the catalogue.")
    name: str | None = Field(
        default=None,
        min_length=1,
        max_length=120,
        description="As the customer read it; without a `sku`, always.",
    )
    quantity: Annotated[StrictInt, Field(ge=1, le=MAX_QUANTITY)]
    unitPrice: Amount = Field(description="Of one unit, tax included.")

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.sku is None and self.name is None:
            raise ValueError("a line has a sku, a name, or both")
        return self


class PlacedRecipientData(_Data):
    """Who takes the parcel. The last digits of the phone prove in the chat that the order is theirs."""

    name: str = Field(min_length=1, max_length=60)
    phone: Annotated[str, AfterValidator(_phone)] = Field(
        min_length=MOST_DIGITS,
        max_length=30,
        description="As the customer gave it where the order was placed; mobile or not.",
    )


class _DeliveryData(_Data):
    recipient: PlacedRecipientData
    wishedDate: date | None = None

    @property
    def whom(self) -> Recipient:
        return Recipient(self.recipient.name, self.recipient.phone)

    @property
    def day(self) -> str | None:
        return self.wishedDate.isoformat() if self.wishedDate is not None else None


class PlacedHomeData(_DeliveryData):
    """A parcel to a door."""

    method: Literal["home"]
    address: str = Field(min_length=1, max_length=200, description="Of a `home` delivery, always.")

    def details(self) -> DeliveryDetails:
        return DeliveryDetails(home=HomeDelivery(self.whom, self.address), wished_date=self.day)


class PlacedStoreOf(_Data):
    """A convenience store."""

    chain: StoreChain
    name: str = Field(min_length=1, max_length=60)


class PlacedStoreData(_DeliveryData):
    """A parcel to a convenience store."""

    method: Literal["store"]
    store: PlacedStoreOf = Field(description="Of a `store` delivery, always.")

    def details(self) -> DeliveryDetails:
        place = StorePickup(self.whom, self.store.chain, self.store.name)
        return DeliveryDetails(store=place, wished_date=self.day)


type PlacedDeliveryData = Annotated[PlacedHomeData | PlacedStoreData, Field(discriminator="method")]


class PlacedData(_Data):
    """Data of `order.placed.v1`: an order that was placed elsewhere, by telephone or in a web shop."""

    externalNumber: Annotated[str, AfterValidator(_number)] = Field(
        max_length=32,
        description="Your number of the order, as the customer has it: letters, digits and hyphens, a digit among "
        "them. Taken once; what another event says of the same number is ignored.",
        json_schema_extra={"pattern": EXTERNAL_NUMBER_PATTERN},
    )
    lines: tuple[PlacedLineData, ...] = Field(min_length=1, max_length=MAX_LINES)
    total: Amount = Field(description="The lines (`quantity` × `unitPrice`) + `shippingFee` − `discount`.")
    currency: Currency = Field(description="Amounts are whole payable units of it: dollars for TWD.")
    shippingFee: Amount = 0
    discount: Amount = 0
    delivery: PlacedDeliveryData
    language: Language | None = Field(
        default=None, description="Of the names; the shop's own if it is left out."
    )
    placedAt: AwareDatetime | None = Field(default=None, description="Left out: the event's `time`.")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        goods = sum(line.quantity * line.unitPrice for line in self.lines)
        if goods + self.shippingFee - self.discount != self.total:
            raise ValueError("total is not the lines + shippingFee - discount")
        return self

    def news(self, happened_at: datetime) -> OrderPlacedNews:
        """What it says, as the services understand it."""
        return OrderPlacedNews(
            number=self.externalNumber,
            lines=tuple(
                PlacedLine(line.sku or "", line.name or "", line.quantity, line.unitPrice)
                for line in self.lines
            ),
            currency=self.currency,
            details=self.delivery.details(),
            shipping_fee=self.shippingFee,
            discount=self.discount,
            placed_at=_in_utc(self.placedAt or happened_at) or happened_at,
            language=self.language,
        )


def _in_utc(moment: datetime) -> datetime | None:
    """None for a moment outside all calendars."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None
