"""What the use cases need from the world, as small protocols; adapters and test doubles fill them in.

Every side effect of the product is one call of one of these, so a test can stop the world before and after it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from storefront.domain.casework import WaitStep
from storefront.domain.catalogue import Catalogue, Product, ProductChange
from storefront.domain.errors import StorefrontError
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.order import Order
from storefront.domain.outbox import OrderEvent
from storefront.domain.payment_answers import Answer, Authentication, Capture, RefundRecord, Reservation
from storefront.domain.push_policy import Quota
from storefront.domain.replay_desk import DeadLetter, ItemId


class Clock(Protocol):
    """The present, in UTC."""

    def __call__(self) -> datetime: ...


class Ids(Protocol):
    """Names for new things. Keys and order numbers come from a cryptographic source."""

    def quote_id(self) -> str: ...
    def order_number(self) -> str: ...
    def attempt_key(self) -> str: ...
    def refund_id(self) -> str: ...
    def page_key(self) -> str: ...


@dataclass(frozen=True)
class Put[Entity]:
    """Write `entity` if nobody wrote it since it was read; revision 0 means that it must not exist yet."""

    entity: Entity


@dataclass(frozen=True)
class Erase[Entity]:
    """Remove the row of `entity` if nobody wrote it since it was read; one that was never written cannot go."""

    entity: Entity


@dataclass(frozen=True)
class StockMove:
    """Move units of `sku` between its counters; refused if a counter that falls would go below zero (S1)."""

    sku: str
    available: int = 0
    held: int = 0
    committed: int = 0
    on_hand: int = 0


@dataclass(frozen=True)
class CouponUse:
    """Count one use more of coupon `code` by `holder` (a customer's id or EVERYBODY), or give one back.

    `change` is 1 or -1. Refused if there would be more than `most` uses (None: any number), or fewer than none.
    """

    code: str
    holder: str
    change: int
    most: int | None = None


type Write = Put[object] | Erase[object] | StockMove | CouponUse


def written[Entity](entity: Entity) -> Entity:
    """`entity` as the store holds it after a `Put`: ready to be changed and written again."""
    return replace(entity, revision=entity.revision + 1)  # type: ignore[type-var, attr-defined]


class DueKind(StrEnum):
    """What the sweeper looks for; each is one partition of the tables' due index."""

    MESSAGE = "message"
    QUOTE = "quote"
    ORDER = "order"
    ATTEMPT = "attempt"
    REFUND = "refund"
    ORDER_EVENT = "order_event"
    RECEIVED_EVENT = "received_event"
    CASE = "case"
    APPROVAL = "approval"
    ERASURE = "erasure"
    DELIVERY = "delivery"
    UNAPPLIED = "unapplied"


class Store(Protocol):
    """Durable state with conditional writes. Keys of each entity are its own id fields, in order."""

    def read[Entity](self, kind: type[Entity], *key: str | int) -> Entity | None:
        """One row, strongly consistent."""

    def rows_of[Entity](self, kind: type[Entity], *partition: str | int) -> Sequence[Entity]:
        """All rows of `kind` that share a partition (parcels of an order, refunds of an order)."""

    def recent_orders(self, customer_id: str, limit: int) -> Sequence[Order]:
        """Orders of one customer, newest first; may lag by a moment."""

    def due(self, kind: DueKind, before: datetime, limit: int) -> Sequence[object]:
        """Rows of `kind` whose `due_at` has come, oldest first; may lag by a moment.

        Of more than `limit` those of the oldest minutes are given.
        """

    def commit(self, *writes: Write) -> None:
        """All of the writes or none.

        Raises:
            StockShort: a stock move would go below zero.
            CouponUsedUp: a use of a coupon would go beyond its limit.
            Conflict: a row was changed by somebody else.
        """


class DayBook(Store, Protocol):
    """A store whose payments and refunds can also be found by their day."""

    def of_day[Entity](self, kind: type[Entity], day: date) -> Iterator[Sequence[Entity]]:
        """Rows of `kind` of one day in Taiwan, oldest first, in pages of at most 100."""


class Stage(Store, Protocol):
    """A store for rehearsals: reads the real rows, and keeps what is written to itself."""

    def written[Entity](self, kind: type[Entity]) -> Sequence[Entity]:
        """Rows of `kind` that were written on this stage, as they are now."""


class Catalogues(Protocol):
    """The shop's products, and changes to them from back offices."""

    def read(self) -> Catalogue: ...
    def available(self, skus: Sequence[str]) -> Mapping[str, int]:
        """Units that can be promised now, per counted SKU; may be stale by the time of a write."""

    def apply_product(self, change: Product | ProductChange) -> bool: ...
    def apply_stock_level(self, sku: str, on_hand: int, version: int) -> bool: ...


class PaymentGateway(Protocol):
    """LINE Pay, spoken to in whole payable units; never raises for what the provider or the network does."""

    def request(
        self,
        *,
        order_id: str,
        amount: int,
        currency: Currency,
        lines: Sequence[tuple[str, str, int, int]],
        confirm_url: str,
        cancel_url: str,
        language: Language,
    ) -> Answer[Reservation]: ...

    def check(self, transaction_id: str) -> Answer[Authentication]: ...
    def confirm(self, transaction_id: str, amount: int, currency: Currency) -> Answer[Capture]: ...
    def details(
        self, *, transaction_id: str | None = None, order_id: str | None = None
    ) -> Answer[tuple[Capture, ...]]: ...
    def refund(self, transaction_id: str, amount: int, currency: Currency) -> Answer[RefundRecord]: ...


class PaymentBooks(Protocol):
    """What LINE Pay has in its books."""

    def captures(self, transaction_ids: Sequence[str]) -> Answer[tuple[Capture, ...]]:
        """Captures of up to 100 payments with their refunds; WAITING when it knows none of them."""


class SendOutcome(StrEnum):
    """What LINE said to a message."""

    ACCEPTED = "accepted"
    REPLY_TOKEN_REFUSED = "reply_token_refused"  # noqa: S105 - an outcome, not a credential
    MALFORMED = "malformed"
    RATE_LIMITED = "rate_limited"
    QUOTA_USED_UP = "quota_used_up"
    UNKNOWN = "unknown"


class Messenger(Protocol):
    """LINE's Messaging API; outcomes are values, so a lost answer is never mistaken for a refusal.

    A reply or a push carries one to five message objects. `quota` is None when LINE does not tell it.
    """

    def reply(self, token: str, messages: Sequence[Mapping[str, object]]) -> SendOutcome: ...
    def push(
        self, to: str, messages: Sequence[Mapping[str, object]], retry_key: str, *, silent: bool = False
    ) -> SendOutcome: ...
    def quota(self) -> Quota | None: ...
    def profile_language(self, line_user_id: str) -> str | None: ...


class Workflow(Protocol):
    """The order state machine."""

    def start(self, name: str, payload: Mapping[str, object]) -> None:
        """Start the execution `name`; one that exists already is fine (D5)."""

    def wake(self, token: str, output: Mapping[str, object]) -> None:
        """Answer a task token; one that is spent, timed out or unknown is fine (D3)."""

    def end(self, token: str, error: StorefrontError) -> None:
        """Answer a task token with a business error, caught by its class name in the state machine."""


class Jobs(Protocol):
    """Work for later, on queues; a lost job is found again by the sweeper."""

    def open_payment(self, order_number: str, cause: str) -> None: ...
    def check_payment(self, attempt_id: str, delay_seconds: int, cause: str) -> None: ...
    def close_order(self, order_number: str) -> None: ...
    def refund(self, order_number: str, refund_id: str, delay_seconds: int) -> None: ...
    def send_order_event(self, event_id: str, delay_seconds: int) -> None: ...
    def settle_event(self, source: str, event_id: str, group: str) -> None: ...


class DeadLetters(Protocol):
    """Jobs that their queues gave up. Looking takes none away; a letter in hand is hidden from others for a minute."""

    def look(self, most: int) -> Sequence[DeadLetter]:
        """Up to `most` letters of each queue, in no certain order."""

    def hold(self, item: ItemId) -> DeadLetter | None:
        """Take one letter in hand; None if it is not there, or in somebody else's hand."""

    def let_go(self, letter: DeadLetter) -> None:
        """Put a letter back where it was."""

    def send_back(self, letter: DeadLetter) -> None:
        """The same job once more on the queue that gave it up."""

    def remove(self, letter: DeadLetter) -> None:
        """Take a letter away for good."""


class OrderSystem(Protocol):
    """The shop's order system, told by signed events."""

    def is_configured(self) -> bool: ...
    def post(self, event: OrderEvent, at: datetime) -> bool:
        """Whether the order system has taken the event (any 2xx)."""


class Metrics(Protocol):
    """Counts that alarms listen to."""

    def count(self, name: str, value: int = 1) -> None: ...


@dataclass(frozen=True)
class Timers:
    """Business durations in seconds; shortened in local runs, parameters of the stack in AWS."""

    quote_validity: int = 86_400
    quote_reminder: int = 72_000
    payment_window: int = 1_200
    payment_check: int = 30
    delivery_silence: int = 30 * 86_400
    approval_reminder: int = 1_800
    approval_patience: int = 3_600

    @property
    def grace(self) -> int:
        """How long a hold outlives its last moment of use, so that clocks may differ (H1)."""
        return max(1, self.payment_window // 20)


__all__ = [
    "Catalogues",
    "Clock",
    "CouponUse",
    "DayBook",
    "DeadLetters",
    "DueKind",
    "Erase",
    "Ids",
    "Jobs",
    "Messenger",
    "Metrics",
    "OrderSystem",
    "PaymentBooks",
    "PaymentGateway",
    "Put",
    "SendOutcome",
    "Stage",
    "StockMove",
    "Store",
    "Timers",
    "WaitStep",
    "Workflow",
    "Write",
]
