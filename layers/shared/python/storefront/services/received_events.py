"""Events that the door has taken, read again and applied; the queue carries only their ids."""

from collections.abc import Callable, Sequence
from datetime import datetime

from storefront.domain.casework import ReceivedEvent
from storefront.services.outside_decisions import ApprovalNews, OutsideDecisions
from storefront.services.outside_orders import OrderPlacedNews, OutsideOrders
from storefront.services.ports import Store
from storefront.services.shipping import News, Shipping


class ReceivedEvents:
    """Applies taken events; `understand` turns a stored body into news."""

    def __init__(
        self,
        store: Store,
        shipping: Shipping,
        decisions: OutsideDecisions,
        orders: OutsideOrders,
        understand: Callable[[bytes, datetime], News | ApprovalNews | OrderPlacedNews],
    ) -> None:
        self._store = store
        self._shipping = shipping
        self._decisions = decisions
        self._orders = orders
        self._understand = understand

    def take_in(self, source: str, event_id: str) -> Sequence[str]:
        """Apply one event; the ids of the messages to deliver. One that is gone or done changes nothing."""
        received = self._store.read(ReceivedEvent, source, event_id)
        if received is None:
            return ()
        news = self._understand(received.body.encode(), received.received_at)
        if isinstance(news, ApprovalNews):
            self._decisions.apply(source, event_id, news)
            return ()
        if isinstance(news, OrderPlacedNews):
            self._orders.apply(source, event_id, news)
            return ()
        return self._shipping.take_in(source, event_id, news)
