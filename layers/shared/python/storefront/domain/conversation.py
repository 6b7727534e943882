"""Conversations: what the shop remembers of one customer between two messages.

The row is personal: it alone joins the customer's LINE user id, name and address to the pseudonymous ledger.
"""

import hashlib
from base64 import b32encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from storefront.domain.after_sales import Afterwards
from storefront.domain.delivery import HomeDelivery, InvoiceChoice, InvoiceKind, StoreChain, StorePickup
from storefront.domain.errors import InvalidDetail
from storefront.domain.handover import WithPerson
from storefront.domain.holds import HoldBook
from storefront.domain.language import Language
from storefront.domain.linking import Misses
from storefront.domain.order import DeliveryMethod
from storefront.domain.outbox import ReplyToken
from storefront.domain.pace import Bucket
from storefront.domain.quote import Quote

UNSENT_KEPT: Final = 20
"""Ids of messages that were taken back and may still arrive."""

MOST_GUESSES: Final = 5
GUESSING_ENDS_AFTER: Final = timedelta(hours=1)
"""After so many codes that do not exist, no code is taken from this customer until so long after the first of them."""

MOST_UNKNOWN_NUMBERS: Final = 5
NUMBERS_COOL_DOWN_AFTER: Final = timedelta(minutes=10)
"""After so many order numbers that are not the customer's, none is looked up until so long after the first of them."""

DELIVERY_LOOKED_AT_AFTER: Final = timedelta(days=30)
"""Most orders are over by then, and it is known how long their details are kept."""

PAPER_INVOICE = InvoiceChoice(kind=InvoiceKind.PAPER)


def customer_id_of(line_user_id: str) -> str:
    """Pseudonym of a LINE user (128 random bits, so a plain hash cannot be turned back)."""
    digest = hashlib.sha256(b"customer:" + line_user_id.encode()).digest()
    return b32encode(digest).decode().rstrip("=").lower()[:26]


class Step(StrEnum):
    """What the next text of the customer is taken for."""

    FREE = "free"
    DELIVERY = "delivery"
    INVOICE = "invoice"
    OFFER = "offer"
    """A number alone is the price that the customer would like."""

    REASON = "reason"
    """Words that mean nothing else say why the quote in `declined` was declined."""

    STAFF_PRICE = "staff_price"
    """A number alone is the price that a member of staff allows; `approval_id` says for what."""

    LINK_NUMBER = "link_number"
    """A number is that of an order that was placed elsewhere."""

    LINK_DIGITS = "link_digits"
    """A few digits prove that the order of the number in `linking` is theirs."""


LINKING: Final = frozenset({Step.LINK_NUMBER, Step.LINK_DIGITS})


@dataclass(frozen=True)
class DeliveryDetails:
    """Where the goods go, to whom, and what invoice is wanted: home or store, never both. Personal data."""

    home: HomeDelivery | None = None
    store: StorePickup | None = None
    invoice: InvoiceChoice = PAPER_INVOICE
    note: str | None = None
    wished_date: str | None = None

    def __post_init__(self) -> None:
        if (self.home is None) == (self.store is None):
            raise InvalidDetail("method", "one_of_two")

    @classmethod
    def to(cls, destination: HomeDelivery | StorePickup, invoice: InvoiceChoice) -> "DeliveryDetails":
        """Details for a destination of either kind."""
        if isinstance(destination, HomeDelivery):
            return cls(home=destination, invoice=invoice)
        return cls(store=destination, invoice=invoice)

    @property
    def destination(self) -> HomeDelivery | StorePickup:
        return self.home or self.store  # type: ignore[return-value]

    @property
    def method(self) -> DeliveryMethod:
        return DeliveryMethod.HOME if self.home is not None else DeliveryMethod.STORE


@dataclass(frozen=True)
class DraftDelivery:
    """Delivery details as far as they have been told."""

    name: str | None = None
    phone: str | None = None
    method: DeliveryMethod | None = None
    address: str | None = None
    chain: StoreChain | None = None
    store_name: str | None = None


@dataclass(frozen=True)
class Conversation:
    """One customer's chat. `cart` maps SKU to units of the quote being talked about, `coupon` waits for the next one;
    `asked_sku` is the product whose quantity was asked for, `asked_also` those that come next, `asked_date` the day
    that was wished for meanwhile, `asked_quantity` (of the spoken `asked_unit`, to be taken as `asked_change` says)
    what was spoken of when the product was asked for; `told_in` are LINE's ids of the messages that told what is on
    file or in the draft, `unsent` of those that were taken back; `waiting` are messages that ride on the next answer,
    because no push may be spent on them; `linking` is the order number that digits were asked for, `link_misses` are
    digits that were wrong."""

    customer_id: str
    line_user_id: str
    language: Language
    language_chosen: bool = False
    blocked: bool = False
    step: Step = Step.FREE
    cart: dict[str, int] = field(default_factory=dict)
    quote_id: str | None = None
    quote_version: int = 0
    asked_sku: str | None = None
    asked_also: tuple[str, ...] = ()
    asked_date: str | None = None
    asked_quantity: int | None = None
    asked_unit: str | None = None
    asked_change: str | None = None
    order_number: str | None = None
    draft: DraftDelivery = field(default_factory=DraftDelivery)
    invoice: InvoiceChoice = PAPER_INVOICE
    on_file: DeliveryDetails | None = None
    reply: ReplyToken | None = None
    waiting: tuple[str, ...] = ()
    misses: int = 0
    coupon: str | None = None
    guesses: int = 0
    guessing_since: datetime | None = None
    approval_id: str | None = None
    last_event_at: datetime | None = None
    holds: HoldBook | None = None
    declined: str | None = None
    commands: Bucket | None = None
    links: Bucket | None = None
    with_person: WithPerson | None = None
    unknown_numbers: int = 0
    unknown_since: datetime | None = None
    afterwards: Afterwards | None = None
    told_in: tuple[str, ...] = ()
    unsent: tuple[str, ...] = ()
    linking: str | None = None
    link_misses: Misses | None = None
    revision: int = 0

    def talks_about(self, quote: Quote) -> bool:
        """Whether this version is the newest that the customer was told of."""
        return (self.quote_id, self.quote_version) == (quote.quote_id, quote.quote_version)

    def spoke(self, language: Language | None, at: datetime) -> "Conversation":
        """The customer did something: a friend, in the language of the text unless one was chosen.

        LINE may deliver an event again behind later ones, so one from before the customer left changes nothing
        about that (A6).
        """
        spoken = self.language if self.language_chosen or language is None else language
        if self._is_overtaken(at):
            return replace(self, language=spoken)
        return replace(self, language=spoken, blocked=False, last_event_at=at)

    def having_told(self, before: "Conversation", line_message_id: str) -> "Conversation":
        """Remembers which of LINE's messages told what is on file or in the draft, if this one did."""
        told = (self.draft, self.invoice, self.on_file) != (before.draft, before.invoice, before.on_file)
        if not told or not line_message_id:
            return self
        return replace(self, told_in=(*self.told_in, line_message_id)[-UNSENT_KEPT:])

    def took_back(self, line_message_id: str) -> "Conversation":
        """The customer unsent a message: details that were read from it go, those of orders stay with their orders.

        Should it arrive after that, nobody reads it (A11).
        """
        others = tuple(each for each in self.unsent if each != line_message_id)
        after = replace(self, unsent=(*others, line_message_id)[-UNSENT_KEPT:])
        if line_message_id not in self.told_in:
            return after
        return replace(after, draft=DraftDelivery(), invoice=PAPER_INVOICE, on_file=None, told_in=())

    def forgotten(self) -> "Conversation":
        """Only what an answer and the news of an order under way still need; numbers of it are no personal data."""
        return Conversation(
            customer_id=self.customer_id,
            line_user_id=self.line_user_id,
            language=self.language,
            language_chosen=self.language_chosen,
            blocked=self.blocked,
            order_number=self.order_number,
            reply=self.reply,
            waiting=self.waiting,
            commands=self.commands,
            links=self.links,
            holds=self.holds,
            guesses=self.guesses,
            guessing_since=self.guessing_since,
            unknown_numbers=self.unknown_numbers,
            unknown_since=self.unknown_since,
            link_misses=self.link_misses,
            last_event_at=self.last_event_at,
            revision=self.revision,
        )

    def guessed(self, at: datetime) -> "Conversation":
        """The customer named a coupon that does not exist."""
        if self.guessing_since is None or at - self.guessing_since >= GUESSING_ENDS_AFTER:
            return replace(self, guesses=1, guessing_since=at)
        return replace(self, guesses=self.guesses + 1)

    def guesses_too_much(self, at: datetime) -> bool:
        """Whether codes are not even looked at: somebody who tries many is looking for one."""
        since = self.guessing_since
        return self.guesses >= MOST_GUESSES and since is not None and at - since < GUESSING_ENDS_AFTER

    def counts_tries(self, at: datetime) -> bool:
        """Whether tries of codes or numbers still count: being forgotten gives nobody new ones."""
        times = (
            (self.guessing_since, GUESSING_ENDS_AFTER),
            (self.unknown_since, NUMBERS_COOL_DOWN_AFTER),
        )
        links = self.link_misses is not None and at < self.link_misses.until
        return links or any(since is not None and at - since < lasts for since, lasts in times)

    def named_unknown_order(self, at: datetime) -> "Conversation":
        """The customer named an order number that is not theirs, whether or not there is such an order."""
        if self.unknown_since is None or at - self.unknown_since >= NUMBERS_COOL_DOWN_AFTER:
            return replace(self, unknown_numbers=1, unknown_since=at)
        return replace(self, unknown_numbers=self.unknown_numbers + 1)

    def tries_numbers(self, at: datetime) -> bool:
        """Whether order numbers are not even looked up: somebody who names many is looking for one (X4)."""
        since = self.unknown_since
        enough = self.unknown_numbers >= MOST_UNKNOWN_NUMBERS
        return enough and since is not None and at - since < NUMBERS_COOL_DOWN_AFTER

    def not_linking(self) -> "Conversation":
        """Talks about something else than the order that was to be linked, if it did."""
        return replace(self, step=Step.FREE, linking=None) if self.step in LINKING else self

    def left(self, at: datetime) -> "Conversation":
        """The customer is no friend any more, unless something later has been heard: nothing is pushed (A11)."""
        return self if self._is_overtaken(at) else replace(self, blocked=True, last_event_at=at)

    def _is_overtaken(self, at: datetime) -> bool:
        return self.last_event_at is not None and at < self.last_event_at


@dataclass(frozen=True)
class OrderDelivery:
    """The delivery details of one order, apart from the ledger so that they can be erased alone.

    `due_at` is when somebody looks whether they have been kept long enough.
    """

    order_number: str
    customer_id: str
    details: DeliveryDetails
    due_at: datetime | None = None
    revision: int = 0
