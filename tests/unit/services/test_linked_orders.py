"""Orders that were linked: who is first, what crosses the link, and what is left once their customer is forgotten."""

import json
from collections.abc import Callable

from storefront.domain.casework import ReceivedEvent
from storefront.domain.erasure import Erasure, ErasureState
from storefront.domain.order import NOBODY
from storefront.services.ports import Put, Write
from tests.doubles.memory_store import MemoryStore
from tests.doubles.placed import ADDRESS, DIGITS, NAME, NUMBER, link, now_of, placed
from tests.doubles.talking_shop import AN, JUN, MEI, TalkingShop

# Who is first, and who comes again --------------------------------------------------------------------------


class Interrupted(MemoryStore):
    """Lets something happen between the next reading and its writing."""

    meanwhile: Callable[[], object] | None = None

    def commit(self, *writes: Write) -> None:
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            happens()
        super().commit(*writes)


def test_of_two_who_link_at_once_one_has_it_and_the_other_hears_what_everybody_hears() -> None:
    store = Interrupted()
    shop = TalkingShop(store=store)
    order = placed(shop)
    for who in (MEI, JUN):
        shop.say(f"綁定訂單 {NUMBER}", who)
    first: list[str] = []
    store.meanwhile = lambda: first.append(shop.say(DIGITS, JUN).topic.value)
    second = shop.say(DIGITS, MEI).topic.value
    assert (first, second) == (["order_linked"], "link_refused")
    assert now_of(shop, order).customer_id == shop.conversation(JUN).customer_id


def test_a_redelivered_proof_links_nothing_twice_and_is_answered_once() -> None:
    shop = TalkingShop()
    placed(shop)
    shop.say(f"綁定訂單 {NUMBER}")
    shop.say(DIGITS)
    rows, shown = shop.snapshot(), len(shop.line.shown)
    shop.handle(shop.last_event)
    assert (shop.snapshot(), len(shop.line.shown)) == (rows, shown)


def test_a_parcel_s_news_that_crosses_the_link_is_told_or_shown() -> None:
    """An event that was read before the link is applied again after it: nobody misses a parcel."""
    store = Interrupted()
    shop = TalkingShop(store=store)
    placed(shop)
    event = {
        "specversion": "1.0",
        "id": "crossing",
        "source": "/wms",
        "type": "shipment.status.v1",
        "subject": NUMBER,
        "data": {"shipmentId": "S2", "status": "shipped"},
    }
    shop.parcel(NUMBER, "preparing", "S1")
    shop.parcel(NUMBER, "label_created", "S2")
    shop.say(f"綁定訂單 {NUMBER}")
    linked: list[str] = []
    received = ReceivedEvent("wms", "crossing", "hash", json.dumps(event), shop.clock.now)
    store.commit(Put(received))
    store.meanwhile = lambda: linked.append(shop.say(DIGITS).topic.value)
    shop.take_in("wms", "crossing")
    assert linked == ["order_linked"]
    assert [each for each in shop.told if each == "shipment"] == ["shipment"]


# Being forgotten --------------------------------------------------------------------------------------------


def test_being_forgotten_erases_a_linked_order_at_once_and_ends_its_notices() -> None:
    shop = TalkingShop()
    order = placed(shop)
    shop.parcel(NUMBER, "shipped", trackingNumber="905512345678", note="管理員代收")
    link(shop, MEI)
    asked = shop.press("erase_data")
    assert asked.facts == {"orders": ""}, "it keeps nobody waiting"
    shop.press("erase_yes")
    shop.sweeping.sweep()
    shop.sweeping.sweep()
    after = now_of(shop, order)
    assert (after.customer_id, after.linked_at, after.forgotten_at) == (NOBODY, None, shop.clock.now)
    kept = repr(list(shop.store.rows.values()))
    for personal in (NAME, "0922-333-444", ADDRESS, "905512345678", "管理員代收", MEI):
        assert personal not in kept
    told = shop.told
    assert shop.parcel(NUMBER, "delivered").state.value == "applied"
    assert shop.told == told
    (wish,) = shop.store.all(Erasure)
    assert (wish.state, wish.erased["deliveries"]) == (ErasureState.DONE, 1)
    shop.say(f"綁定訂單 {NUMBER}")
    assert shop.say(DIGITS).topic.value == "link_refused"


def test_what_is_linked_after_the_wish_is_somebody_new_s() -> None:
    shop = TalkingShop()
    bought = shop.paid()
    order = placed(shop)
    shop.press("erase_yes")
    shop.clock.go_on(60)
    link(shop, MEI)
    shop.clock.go_on(60)
    shop.sweeping.sweep()
    assert now_of(shop, bought).forgotten_at is None, "its parcel is under way"
    assert now_of(shop, order).forgotten_at is None
    assert now_of(shop, order).has_customer


def test_events_that_nobody_could_apply_are_forgotten_by_either_number() -> None:
    shop = TalkingShop()
    shop.parcel(NUMBER, "teleported", event_id="early", note="管理員代收")
    placed(shop)
    shop.parcel(NUMBER, "delivered")
    shop.parcel(NUMBER, "lost", event_id="other", note="給林小雨")
    link(shop, MEI)
    shop.press("erase_yes")
    shop.sweeping.sweep()
    kept = repr(list(shop.store.rows.values()))
    assert "管理員代收" not in kept
    assert "給林小雨" not in kept


def test_staff_link_orders_like_anybody_else() -> None:
    shop = TalkingShop()
    placed(shop)
    assert link(shop, AN).customer_id == shop.conversation(AN).customer_id


def test_nobody_s_orders_are_in_nobody_s_list() -> None:
    shop = TalkingShop()
    placed(shop)
    answer = shop.ask("我的訂單")
    assert answer is not None
    assert answer.topic.value == "no_orders"
