"""Orders that were placed elsewhere: a web shop or somebody at a telephone tells of them, in a signed event.

Such an order takes part in what follows a purchase (parcels, notices, returns), and in nothing before it: no money is
asked for, no stock moves, the order system that told of it is told nothing. Until a LINE user links it, it is nobody's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from storefront.domain.casework import CaseKind, ReceivedEvent, ReceivedState
from storefront.domain.catalogue import Catalogue, ReturnPolicy, Unit
from storefront.domain.conversation import DELIVERY_LOOKED_AT_AFTER, DeliveryDetails, OrderDelivery
from storefront.domain.errors import Conflict
from storefront.domain.language import Language
from storefront.domain.linking import ExternalNumber
from storefront.domain.money import Currency
from storefront.domain.order import NOBODY, HoldState, Order, OrderState, Origin, PaymentMethod
from storefront.domain.order_number import parse_order_number
from storefront.domain.quote import Discount, DiscountKind, QuoteLine
from storefront.messages.flex import one_line
from storefront.services.cases import case_writes
from storefront.services.ports import Catalogues, Clock, Ids, Put, Store
from storefront.services.putting_aside import put_aside, taken_up

TRIES: Final = 8


@dataclass(frozen=True)
class PlacedLine:
    """One line of such an order; without a SKU it is no product of the catalogue. Price of one unit, tax included."""

    sku: str
    name: str
    quantity: int
    unit_price: int


@dataclass(frozen=True)
class OrderPlacedNews:
    """A parsed `order.placed.v1`. Amounts in payable units; `number` is the sender's own."""

    number: str
    lines: tuple[PlacedLine, ...]
    currency: Currency
    details: DeliveryDetails
    shipping_fee: int = 0
    discount: int = 0
    placed_at: datetime | None = None
    language: Language | None = field(default=None)


class OutsideOrders:
    """Writes down orders that were placed elsewhere, each number of a source once."""

    def __init__(
        self,
        store: Store,
        catalogues: Catalogues,
        clock: Clock,
        ids: Ids,
        default_language: Language = Language.ZH_TW,
    ) -> None:
        self._store = store
        self._catalogues = catalogues
        self._clock = clock
        self._ids = ids
        self._default_language = default_language

    def apply(self, source: str, event_id: str, news: OrderPlacedNews) -> None:
        """Apply one taken event; a number that is known already, by whatever event, changes nothing.

        Raises:
            Conflict: its rows kept changing; the queue delivers the event again.
        """
        for _ in range(TRIES):
            received = self._store.read(ReceivedEvent, source, event_id)
            if received is None or received.state not in {ReceivedState.TAKEN, ReceivedState.PARKED}:
                return
            try:
                self._apply_once(received, news)
            except Conflict:
                # The same number came twice at once, or a number of ours was drawn that there is already.
                continue
            return
        raise Conflict(event_id)

    def _apply_once(self, received: ReceivedEvent, news: OrderPlacedNews) -> None:
        known = self._store.read(ExternalNumber, news.number, received.source)
        up = taken_up(self._store, received, None)
        if known is not None:
            self._store.commit(Put(received.ended(ReceivedState.APPLIED, "known-order")), *up)
            return
        now = self._clock()
        ours = parse_order_number(news.number)
        if ours is not None and self._store.read(Order, ours) is not None:
            self._quarantine(received, now)
            return
        order = self._order(received.source, news, now)
        delivery = OrderDelivery(
            order.order_number, NOBODY, news.details, due_at=now + DELIVERY_LOOKED_AT_AFTER
        )
        self._store.commit(
            Put(ExternalNumber(news.number, received.source, order.order_number)),
            Put(order),
            Put(delivery),
            Put(received.ended(ReceivedState.APPLIED)),
            *up,
        )

    def _quarantine(self, received: ReceivedEvent, now: datetime) -> None:
        """Its number is that of an order of ours: parcels and customers could mean either, so a person decides."""
        reason = "number-taken"
        subject = f"{received.source}:{received.event_id}"
        self._store.commit(
            Put(received.ended(ReceivedState.QUARANTINED, reason)),
            *case_writes(self._store, CaseKind.EVENT_QUARANTINED, subject, now, {"reason": reason}),
            *put_aside(self._store, received, None, now),
        )

    def _order(self, source: str, news: OrderPlacedNews, now: datetime) -> Order:
        """Paid as far as we are concerned, by whatever way was agreed there; a moment to come is now."""
        language = news.language or self._default_language
        placed_at = min(news.placed_at or now, now)
        reduced = (Discount(DiscountKind.ELSEWHERE, source, news.discount),) if news.discount else ()
        return Order(
            order_number=self._ids.order_number(),
            customer_id=NOBODY,
            quote_id="",
            quote_version=0,
            language=language,
            currency=news.currency,
            lines=_frozen(news.lines, language, self._catalogues.read()),
            state=OrderState.PAID,
            hold=HoldState.RELEASED,
            hold_until=placed_at,
            created_at=placed_at,
            payment_method=PaymentMethod.ELSEWHERE,
            wished_date=news.details.wished_date,
            delivery_method=news.details.method,
            shipping_fee=news.shipping_fee,
            discounts=reduced,
            origin=Origin(source, news.number),
        )


def _frozen(lines: Sequence[PlacedLine], language: Language, catalogue: Catalogue) -> tuple[QuoteLine, ...]:
    """Lines at the prices of the other system; what the catalogue knows of a product completes them. Names are on one
    line, without what cannot be seen: every card shows them as they are here, and LINE refuses an empty one.

    What it does not know may be sent back within seven days, as the law says of whatever is sold at a distance.
    """
    made = []
    for line in lines:
        product = catalogue.products.get(line.sku)
        made.append(
            QuoteLine(
                sku=line.sku,
                name=one_line(line.name or (product.name(language) if product is not None else line.sku)),
                quantity=line.quantity,
                unit=product.unit if product is not None else Unit.PIECE,
                unit_price=line.unit_price,
                list_price=line.unit_price,
                return_policy=product.return_policy if product is not None else ReturnPolicy.SEVEN_DAYS,
                stock_counted=False,
                lead_days=product.lead_days if product is not None else 0,
            )
        )
    return tuple(made)


def order_named(store: Store, number: str, source: str) -> Order | None:
    """The order that `source` means by `number`: one of ours, or the number of the system in which it was placed.

    A warehouse may name an order that a web shop told of. If several systems use that number, it is the asking one's
    own or none.
    """
    order = store.read(Order, number)
    if order is not None or not number:
        return order
    known = store.rows_of(ExternalNumber, number)
    own = [each for each in known if each.source == source] or known
    return store.read(Order, own[0].order_number) if len(own) == 1 else None


__all__ = ["OrderPlacedNews", "OutsideOrders", "PlacedLine", "order_named"]
