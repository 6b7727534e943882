"""What the cards may look at while they are built: facts that the services fetch, not what they decide."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from storefront.domain.approval import Approval
from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import Conversation, OrderDelivery
from storefront.domain.order import Order
from storefront.domain.payment import PaymentAttempt
from storefront.domain.quote import Quote, QuoteLine
from storefront.domain.shipment import Parcel


@dataclass(frozen=True)
class Shop:
    """The seller as the law wants it named, and the rules that cards repeat. Amounts in payable units."""

    name: str
    legal_name: str
    company_number: str
    phone: str
    email: str
    address: str
    official_account: str
    formal_quote_from: int
    shipping_home: int
    shipping_store: int
    free_shipping_from: int
    picture_base_url: str
    return_days: int = 7
    chilled: frozenset[str] = frozenset()
    """SKUs with which an order travels chilled: to a door of the main island only, the carriers' own terms."""
    public_base_url: str = ""
    """Where a customer's browser reaches our pages; without it no link to one is shown."""

    weekly: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Openings by weekday, as `hours.toml` writes them; a day that is missing is one on which the shop is closed."""

    def sends_chilled(self, lines: Iterable[QuoteLine]) -> bool:
        """Whether goods of these lines travel chilled."""
        return any(line.sku in self.chilled for line in lines)


class Scene(Protocol):
    """Lazy look-ups for one message; each is read when a card asks for it."""

    shop: Shop
    now: datetime

    def catalogue(self) -> Catalogue: ...
    def conversation(self) -> Conversation: ...
    def quote(self, quote_id: str, quote_version: int) -> Quote: ...
    def approval(self, approval_id: str) -> Approval: ...
    def order(self, order_number: str) -> Order: ...
    def delivery(self, order_number: str) -> OrderDelivery | None: ...
    def attempt(self, attempt_id: str) -> PaymentAttempt: ...
    def parcels(self, order_number: str) -> Sequence[Parcel]: ...
    def recent_orders(self) -> Sequence[Order]: ...
