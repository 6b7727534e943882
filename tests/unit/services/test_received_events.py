"""Received events: what the door stored is read again, and only then understood."""

from datetime import datetime

from storefront.domain.casework import ReceivedEvent, ReceivedState
from storefront.services.ports import Put
from storefront.services.received_events import ReceivedEvents
from storefront.services.shipping import News, UnreadableNews
from tests.doubles.machinery import START
from tests.doubles.talking_shop import TalkingShop


def test_the_stored_bytes_and_the_time_of_their_arrival_are_what_is_understood() -> None:
    shop = TalkingShop()
    read: list[tuple[bytes, datetime]] = []

    def understand(body: bytes, received_at: datetime) -> News:
        read.append((body, received_at))
        return UnreadableNews("not-now")

    shop.store.commit(Put(ReceivedEvent("wms", "e1", "hash", '{"id":"茶"}', START)))
    events = ReceivedEvents(shop.store, shop.shipping, shop.decisions, shop.outside_orders, understand)
    assert events.take_in("wms", "e1") == ()
    assert read == [('{"id":"茶"}'.encode(), START)]
    received = shop.store.read(ReceivedEvent, "wms", "e1")
    assert received is not None
    assert (received.state, received.reason) == (ReceivedState.PARKED, "not-now")


def test_an_event_that_is_gone_or_another_sources_is_not_understood_at_all() -> None:
    shop = TalkingShop()
    shop.store.commit(Put(ReceivedEvent("wms", "e1", "hash", "{}", START)))
    rows = shop.store.rows.copy()

    def understand(body: bytes, received_at: datetime) -> News:
        raise AssertionError("nothing is to be read")

    events = ReceivedEvents(shop.store, shop.shipping, shop.decisions, shop.outside_orders, understand)
    assert events.take_in("wms", "e2") == ()
    assert events.take_in("shop", "e1") == ()
    assert shop.store.rows == rows
