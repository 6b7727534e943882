"""Orders that were placed elsewhere: taken once, followed like the others, and no money or stock of them moves here."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storefront.adapters.rehearsal import RehearsalStore
from storefront.contracts.back_office import NotAnEvent, check_data, envelope, news_in
from storefront.domain.casework import (
    CaseAction,
    CaseKind,
    Deed,
    OperatorCase,
    ReceivedEvent,
    ReceivedState,
    UnappliedEvent,
)
from storefront.domain.catalogue import ReturnPolicy
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import ActionRefused
from storefront.domain.language import Language
from storefront.domain.linking import ExternalNumber
from storefront.domain.order import NOBODY, HoldState, OrderState, Origin, PaymentMethod
from storefront.domain.outbox import Message, OrderEvent
from storefront.domain.payment import PaymentAttempt
from storefront.domain.refund import Refund
from storefront.domain.shipment import Parcel
from storefront.services.case_refunds import confirmed_by_two_fields
from storefront.services.ports import Put
from storefront.services.rehearsing import Foreseen, Rehearsing
from tests.doubles.little_shop import SHOP
from tests.doubles.machinery import START
from tests.doubles.memory_store import MemoryStore
from tests.doubles.placed import ADDRESS, DIGITS, NUMBER, link, now_of, place, placed, placed_data
from tests.doubles.talking_shop import JUN, MEI, TalkingShop


def test_the_order_is_written_with_a_number_of_ours_and_nobody_is_told() -> None:
    shop = TalkingShop()
    stock = shop.store.stock.copy()
    received = place(shop, placedAt="2026-11-23T18:00:00+08:00")
    assert (received.state, received.body) == (ReceivedState.APPLIED, "")
    order = shop.order
    assert order.origin == Origin("shop", NUMBER)
    assert order.payment_method is PaymentMethod.ELSEWHERE
    assert (order.customer_id, order.state, order.hold) == (NOBODY, OrderState.PAID, HoldState.RELEASED)
    assert (order.subtotal, order.shipping_fee, order.discount, order.total) == (1_340, 120, 60, 1_400)
    assert (order.captured, order.refundable, order.coupon, order.counted_lines) == (0, 0, None, ())
    assert order.created_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert [(line.sku, line.name, line.unit) for line in order.lines] == [
        ("TEA-JAS", "茉莉綠茶", "box"),
        ("", "年節禮盒 A", "piece"),
    ]
    assert order.lines[1].return_policy is ReturnPolicy.SEVEN_DAYS
    delivery = shop.store.read(OrderDelivery, order.order_number)
    assert delivery is not None
    assert delivery.customer_id == NOBODY
    assert (shop.told, shop.store.stock, shop.jobs.waiting, shop.workflow.started) == ([], stock, [], [])
    for kind in (PaymentAttempt, Refund, OrderEvent, OperatorCase):
        assert shop.store.all(kind) == []


def test_a_number_of_a_source_is_one_order_whatever_says_it_again() -> None:
    shop = TalkingShop()
    order = placed(shop, event_id="first")
    rows = {key: row for key, row in shop.store.rows.items() if "RECEIVED" not in key[1].pk}
    assert place(shop, event_id="first").state is ReceivedState.APPLIED
    again = place(shop, event_id="second", total=1_460, discount=0)
    assert (again.state, again.reason) == (ReceivedState.APPLIED, "known-order")
    assert {key: row for key, row in shop.store.rows.items() if "RECEIVED" not in key[1].pk} == rows
    assert shop.orders == [order]


def test_two_sources_may_use_the_same_number() -> None:
    shop = TalkingShop()
    placed(shop)
    placed(shop, source="phone")
    assert [each.origin for each in shop.orders] == [Origin("shop", NUMBER), Origin("phone", NUMBER)]
    assert len(shop.store.all(ExternalNumber)) == 2


def test_a_number_of_ours_that_there_is_already_is_drawn_again() -> None:
    shop = TalkingShop()
    first = placed(shop, "WEB-1")
    shop.ids.given -= 1
    second = placed(shop, "WEB-2")
    assert first.order_number != second.order_number
    assert [each.origin.number for each in shop.orders if each.origin] == ["WEB-1", "WEB-2"]


@pytest.mark.parametrize("written", ["with its hyphen", "without"])
def test_a_number_that_is_an_order_of_the_chat_is_put_before_a_person_G3(written: str) -> None:
    shop = TalkingShop()
    order = shop.paid("王小明 0912345678 台北市信義區市府路45號")
    number = order.order_number if written == "with its hyphen" else order.order_number.replace("-", "")

    received = place(shop, number=number)

    assert (received.state, received.reason) == (ReceivedState.QUARANTINED, "number-taken")
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind, case.facts) == (CaseKind.EVENT_QUARANTINED, {"reason": "number-taken"})
    assert shop.store.all(ExternalNumber) == []
    assert shop.order == order


def test_what_the_catalogue_knows_completes_a_line_without_a_name() -> None:
    shop = TalkingShop()
    lines = [
        {"sku": "TEA-JAS", "quantity": 1, "unitPrice": 150},
        {"sku": "GONE", "quantity": 1, "unitPrice": 50},
    ]
    order = placed(shop, lines=lines, shippingFee=0, discount=0, total=200, language="en")
    assert [line.name for line in order.lines] == ["Jasmine green tea", "GONE"]
    assert (order.language, order.lines[0].unit_price) == (Language.EN, 150)


@pytest.mark.parametrize(
    ("written", "kept"),
    [(" ", "–"), ("\u200b", "–"), ("紅茶\u202e\x1b[31m\n\n禮盒", "紅茶 [31m 禮盒"), ("a\x00b", "a b")],
)
def test_names_are_one_line_of_what_can_be_seen(written: str, kept: str) -> None:
    shop = TalkingShop()

    order = placed(shop, lines=[{"name": written, "quantity": 1, "unitPrice": 1_340}])

    assert [line.name for line in order.lines] == [kept]


@pytest.mark.parametrize("at", ["2999-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"])
def test_a_moment_to_come_is_now(at: str) -> None:
    assert placed(TalkingShop(), placedAt=at).created_at == START


def test_a_moment_outside_all_calendars_is_the_event_s() -> None:
    assert placed(TalkingShop(), placedAt="0001-01-01T00:00:00+14:00").created_at == START


NO_PHONE = {"method": "home", "address": ADDRESS, "recipient": {"name": "林", "phone": "abcdefg"}}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"total": 1_401}, "total is not the lines"),
        ({"lines": [{"quantity": 1, "unitPrice": 1_340}]}, "a sku, a name, or both"),
        ({"externalNumber": "NUMBER"}, "a digit among them"),
        ({"delivery": NO_PHONE}, "at least 6 digits"),
    ],
)
def test_what_does_not_add_up_is_refused_at_the_door(changes: dict[str, Any], told: str) -> None:
    event = {
        "specversion": "1.0",
        "id": "e",
        "source": "/shop",
        "type": "order.placed.v1",
        "data": {**placed_data(), **changes},
    }
    with pytest.raises(NotAnEvent, match=told):
        check_data(envelope(json.dumps(event).encode()))


# Parcels ----------------------------------------------------------------------------------------------------


def test_parcels_go_on_without_anybody_to_tell_and_without_stock() -> None:
    shop = TalkingShop()
    order, stock = placed(shop), shop.store.stock.copy()
    for number, status in ((NUMBER, "shipped"), (order.order_number, "delivered")):
        assert shop.parcel(number, status).state is ReceivedState.APPLIED
    after = now_of(shop, order)
    assert (after.labelled, after.completed_at) == (True, START)
    assert [each.status.value for each in shop.store.rows_of(Parcel, order.order_number)] == ["delivered"]
    assert (shop.told, shop.store.stock, shop.workflow.woken) == ([], stock, [])


def test_an_order_in_two_parcels_is_complete_when_what_can_be_told_by_sku_has_come() -> None:
    shop = TalkingShop()
    order = placed(shop)
    shop.parcel(NUMBER, "delivered", "S1", items=[{"sku": "TEA-JAS", "quantity": 1}])
    assert now_of(shop, order).completed_at is None
    shop.parcel(NUMBER, "delivered", "S2", items=[{"sku": "TEA-JAS", "quantity": 1}])
    assert now_of(shop, order).completed_at == START


def test_a_parcel_that_overtakes_its_order_waits_for_it() -> None:
    shop = TalkingShop()
    early = shop.parcel(NUMBER, "shipped", event_id="early")
    assert (early.state, early.reason) == (ReceivedState.PARKED, "unknown-order")
    order = placed(shop)
    shop.clock.go_on(60)
    shop.take_in("wms", "early")
    assert now_of(shop, order).labelled


def test_what_was_put_before_people_by_its_number_is_taken_up_by_that_number_once_it_is_repeated() -> None:
    shop = TalkingShop()
    due_at = shop.parcel(NUMBER, "shipped", event_id="early").due_at
    while due_at is not None:
        shop.clock.now = due_at
        shop.take_in("wms", "early")
        early = shop.store.read(ReceivedEvent, "wms", "early")
        due_at = early.due_at if early is not None else None
    (place,) = shop.store.all(UnappliedEvent)
    assert (place.order_number, place.due_at) == (NUMBER, shop.clock.now)
    order = placed(shop)
    shop.take_in("wms", "early")
    assert now_of(shop, order).labelled
    assert [each.due_at for each in shop.store.all(UnappliedEvent)] == [None]


def test_being_forgotten_leaves_what_another_source_s_order_of_that_number_waits_for() -> None:
    shop = TalkingShop()
    strange = {"shipmentId": "S1", "status": "teleported"}
    web, phone = placed(shop), placed(shop, source="phone")
    for source in ("shop", "phone"):
        shop.back_office("shipment.status.v1", NUMBER, strange, f"odd-{source}", source=source)
    link(shop, MEI, web.order_number)
    shop.press("erase_yes")
    shop.sweeping.sweep()
    states = [shop.store.read(ReceivedEvent, each, f"odd-{each}") for each in ("shop", "phone")]
    assert [each.state for each in states if each is not None] == [
        ReceivedState.DISMISSED,
        ReceivedState.PARKED,
    ]
    assert now_of(shop, phone).forgotten_at is None


def rehearsed(shop: TalkingShop, received: ReceivedEvent) -> Foreseen:
    """What the event would do now, with nothing written."""
    before = shop.snapshot()
    rehearsing = Rehearsing(
        shop.store,
        lambda: RehearsalStore(shop.store),
        shop.catalogues,
        shop.ids,
        news_in,
        SHOP,
        shop.policy,
        shop.clock,
    )
    foreseen = rehearsing.of(received)
    assert shop.snapshot() == before
    return foreseen


def told_by(kind: str, data: Mapping[str, object], event_id: str = "e") -> ReceivedEvent:
    body = {"specversion": "1.0", "id": event_id, "source": "/shop", "type": kind, "subject": NUMBER}
    return ReceivedEvent("shop", event_id, "hash", json.dumps({**body, "data": data}), START)


def test_what_an_event_about_it_would_do_is_foreseen() -> None:
    shop = TalkingShop()
    shop.store.commit(Put(told_by("order.placed.v1", placed_data())))
    taken = shop.store.read(ReceivedEvent, "shop", "e")
    assert taken is not None
    foreseen = rehearsed(shop, taken)
    assert (foreseen.state, foreseen.notices) == (ReceivedState.APPLIED, [])
    assert [(each.before, each.after) for each in foreseen.changes] == [("new", f"shop's {NUMBER}, 1400 TWD")]
    assert foreseen.silence == "an order that was placed elsewhere is nobody's until a customer links it"
    shop.take_in("shop", "e")

    shop.store.commit(Put(told_by("shipment.status.v1", {"shipmentId": "S1", "status": "shipped"}, "p")))
    parcel = shop.store.read(ReceivedEvent, "shop", "p")
    assert parcel is not None
    foreseen = rehearsed(shop, parcel)
    assert foreseen.silence == "the order was placed elsewhere, and no customer has linked it"
    link(shop, MEI)
    assert [each.topic.value for each in rehearsed(shop, parcel).notices] == ["shipment"]


def test_a_number_that_two_sources_use_means_the_own_one_or_none() -> None:
    shop = TalkingShop()
    web, phone = placed(shop), placed(shop, source="phone")
    assert shop.parcel(NUMBER, "shipped").reason == "unknown-order"
    told = {"shipmentId": "S1", "status": "shipped"}
    shop.back_office("shipment.status.v1", NUMBER, told, source="phone")
    assert (now_of(shop, web).labelled, now_of(shop, phone).labelled) == (False, True)


# Money ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data"),
    [("order.cancel.requested.v1", {"reason": "缺貨"}), ("refund.requested.v1", {"amount": 100})],
)
@pytest.mark.parametrize("linked", [False, True])
def test_a_request_to_cancel_or_refund_is_a_person_s(kind: str, data: dict[str, Any], linked: bool) -> None:
    shop = TalkingShop()
    order = placed(shop)
    if linked:
        link(shop, MEI)
    told = shop.told
    received = shop.back_office(kind, NUMBER, data, "asked")
    assert (received.state, received.reason) == (ReceivedState.QUARANTINED, "placed-elsewhere")
    assert shop.cases == [("event_quarantined", "wms:asked")]
    assert (now_of(shop, order).state, shop.told, shop.refunds()) == (OrderState.PAID, told, [])
    assert (shop.jobs.waiting, shop.store.all(OrderEvent)) == ([], [])


def test_a_customer_who_wants_to_cancel_hears_that_it_is_elsewhere_and_a_person_asks_there() -> None:
    shop = TalkingShop()
    placed(shop)
    order = link(shop, MEI)
    answer = shop.press(f"cancel?o={order.order_number}")
    assert (answer.topic.value, answer.facts) == (
        "order_cannot_cancel",
        {"order_number": order.order_number, "reason": "elsewhere"},
    )
    case = shop.store.read(OperatorCase, CaseKind.PLACED_ELSEWHERE, order.order_number)
    assert case is not None
    assert (case.opened_at, case.facts) == (START, {"reason": "customer", "asked": "cancel"})
    assert now_of(shop, order) == order
    assert (shop.refunds(), shop.store.all(OrderEvent)) == ([], [])
    shop.press(f"cancel?o={order.order_number}")
    assert shop.cases == [("placed_elsewhere", order.order_number)]


def test_its_address_is_changed_elsewhere() -> None:
    shop = TalkingShop()
    placed(shop)
    order = link(shop, MEI)
    answer = shop.press(f"deliver_new?o={order.order_number}")
    assert (answer.topic.value, answer.facts["reason"]) == ("delivery_cannot_change", "elsewhere")


def test_it_is_never_paid_for_here() -> None:
    shop = TalkingShop()
    placed(shop)
    order = link(shop, MEI)
    assert shop.press(f"pay_again?o={order.order_number}").topic.value == "order_status"
    shop.sweeping.sweep()
    shop.go()
    assert (shop.attempts, now_of(shop, order)) == ([], order)


def test_ordering_it_again_quotes_what_the_catalogue_has() -> None:
    shop = TalkingShop()
    placed(shop)
    order = link(shop, MEI)
    assert shop.press(f"reorder?o={order.order_number}").topic.value == "quote"
    assert shop.lines() == {"TEA-JAS": 2}


def test_it_can_be_scored_and_sent_back_like_the_others() -> None:
    shop = TalkingShop()
    placed(shop)
    order = link(shop, MEI)
    shop.parcel(NUMBER, "delivered")
    number = order.order_number
    assert shop.press(f"rate?o={number}&score=5").topic.value == "satisfaction_thanks"
    taken = shop.press(f"return_send?o={number}&i=0&w=refund&r=faulty")
    assert taken.topic.value == "return_taken"
    assert "return_requested" in [kind for kind, _ in shop.cases]
    shown = next(str(each["text"]) for each in shop.line.shown if "已收到退貨申請" in str(each.get("text")))
    assert "原本的付款方式" in shown
    assert "LINE Pay" not in shown


def test_an_operator_gives_no_money_of_it_back() -> None:
    shop = TalkingShop()
    placed(shop)
    order = link(shop, MEI)
    case = OperatorCase(CaseKind.RETURN_REQUESTED, order.order_number, START, {})
    deed = Deed(case.kind, case.subject, CaseAction.REFUND, "me", "why", order.order_number, 100)
    with pytest.raises(ActionRefused, match="elsewhere"):
        confirmed_by_two_fields(shop.store, case, deed)


# Retention --------------------------------------------------------------------------------------------------


def _personal(store: MemoryStore) -> str:
    return repr(list(store.rows.values()))


def test_nobody_linked_it_so_it_is_forgotten_after_its_time() -> None:
    shop = TalkingShop()
    order = placed(shop)
    shop.parcel(NUMBER, "shipped", trackingNumber="905512345678", note="管理員代收")
    for days in (31, 58):
        shop.clock.now = START + timedelta(days=days)
        shop.sweeping.sweep()
        assert now_of(shop, order).forgotten_at is None
    shop.clock.now = START + timedelta(days=60, minutes=1)
    shop.sweeping.sweep()
    assert now_of(shop, order).forgotten_at == shop.clock.now
    kept = _personal(shop.store)
    for personal in ("林小雨", "0922", ADDRESS, "905512345678", "管理員代收"):
        assert personal not in kept
    shop.say(f"綁定訂單 {NUMBER}", JUN)
    assert shop.say(DIGITS, JUN).topic.value == "link_refused"
    assert place(shop, event_id="late").reason == "known-order"
    assert now_of(shop, order).forgotten_at is not None


def test_a_linked_one_is_kept_like_the_others_from_its_arrival_or_else_its_beginning() -> None:
    shop = TalkingShop()
    placed(shop)
    order = link(shop, MEI)
    shop.clock.now = START + timedelta(days=179)
    shop.sweeping.sweep()
    shop.clock.now = START + timedelta(days=180)
    shop.sweeping.sweep()
    assert now_of(shop, order).forgotten_at == shop.clock.now
    assert now_of(shop, order).customer_id == order.customer_id


def test_messages_are_none_while_it_is_nobody_s() -> None:
    shop = TalkingShop()
    placed(shop)
    for status in ("shipped", "delayed", "delivered"):
        shop.parcel(NUMBER, status)
    assert shop.store.all(Message) == []
