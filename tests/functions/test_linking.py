"""Orders that were placed elsewhere, through the functions as deployed: taken, linked, locked, told, forgotten."""

import json
from typing import Any

from dev.standins import line_reading
from storefront.domain.linking import ExternalNumber
from storefront.domain.order import Order
from storefront.services.ports import DueKind
from tests.aws.world import HttpAnswer, Phone, World, cloud_event, words
from tests.doubles.placed import ADDRESS, NAME, PHONE, placed_data

DIGITS = "3444"


def place(shop: World, number: str, source: str = "shop", **changes: Any) -> HttpAnswer:
    """The web shop tells of an order."""
    answer = shop.hook(cloud_event("order.placed.v1", number, placed_data(number, **changes)), source)
    shop.settle()
    return answer


def order_of(shop: World, number: str) -> Order:
    (known,) = shop.store.rows_of(ExternalNumber, number)
    order = shop.store.read(Order, known.order_number)
    assert order is not None
    return order


def said(phone: Phone, text: str) -> list[str]:
    return [line_reading.words(each.message) for each in phone.say(text)]


def test_an_order_is_taken_from_both_sources_and_once_for_each(shop: World) -> None:
    stock = shop.stock("TEA-JAS")
    assert place(shop, "WEB-ONCE-1").status == 202
    first = order_of(shop, "WEB-ONCE-1")
    assert place(shop, "WEB-ONCE-1", total=1_460, discount=0).status == 202
    assert order_of(shop, "WEB-ONCE-1") == first
    assert place(shop, "WEB-ONCE-1", "wms").status == 202
    assert len(shop.store.rows_of(ExternalNumber, "WEB-ONCE-1")) == 2
    assert shop.stock("TEA-JAS") == stock


def test_an_order_that_does_not_add_up_is_refused_and_nothing_is_stored(shop: World) -> None:
    before = shop.state()
    answer = place(shop, "WEB-SUM-1", total=1)
    assert (answer.status, answer.json()["reason"]) == (
        400,
        "data: Value error, total is not the lines + shippingFee - discount",
    )
    assert shop.state() == before


def test_a_customer_links_an_order_and_hears_of_its_parcels_from_then_on(shop: World) -> None:
    place(shop, "WEB-LINK-1")
    shop.shipment("WEB-LINK-1", "shipped", trackingNumber="905512345678")
    phone = shop.phone()
    assert "訂單編號" in words(phone.say("綁定訂單"))
    assert "末 4 碼" in words(phone.say("WEB-LINK-1"))
    linked = phone.say(DIGITS)
    assert len({entry.request_id for entry in linked}) == 1
    assert order_of(shop, "WEB-LINK-1").order_number in words(linked)
    assert "905512345678" in words(linked)
    shop.shipment("WEB-LINK-1", "delivered")
    shop.shipment(order_of(shop, "WEB-LINK-1").order_number, "delivered")
    heard = phone.heard()
    assert len(heard) == 1
    assert "已送達" in words(heard)
    assert "WEB-LINK-1" in words(phone.say("我的訂單"))


def test_our_own_number_is_heard_by_whichever_queue_it_comes(shop: World) -> None:
    place(shop, "WEB-OWN-1")
    phone = shop.phone()
    phone.say("link order")
    phone.say(order_of(shop, "WEB-OWN-1").order_number)
    assert "WEB-OWN-1" in words(phone.say(DIGITS))


def test_wrong_digits_a_number_that_never_was_and_somebody_else_s_order_are_answered_alike(
    shop: World,
) -> None:
    for number in ("WEB-SAME-1", "WEB-SAME-2"):
        place(shop, number)
    owner, other = shop.phone(), shop.phone()
    owner.say("綁定訂單 WEB-SAME-2")
    owner.say(DIGITS)
    answers = []
    for number, digits in (("WEB-SAME-1", "0000"), ("WEB-NONE-1", DIGITS), ("WEB-SAME-2", DIGITS)):
        answers.append((said(other, f"綁定訂單 {number}"), said(other, digits)))
    assert answers[0] == answers[1] == answers[2]
    assert not order_of(shop, "WEB-SAME-1").has_customer
    assert order_of(shop, "WEB-SAME-2").customer_id == owner.customer_id


def test_of_two_with_the_right_digits_at_once_one_has_it_and_the_other_is_answered_like_anybody(
    shop: World,
) -> None:
    place(shop, "WEB-RACE-1")
    phones = [shop.phone(), shop.phone()]
    for phone in phones:
        phone.say("綁定訂單 WEB-RACE-1")
    for phone in phones:
        event = shop.line.text(phone.user_id, DIGITS)
        shop.webhook(json.dumps({"destination": "U0", "events": [event]}).encode())
    shop.settle()
    heard = [words(phone.heard()) for phone in phones]
    owner = order_of(shop, "WEB-RACE-1").customer_id
    told = dict(zip([phone.customer_id for phone in phones], heard, strict=True))
    assert "已綁定訂單" in told.pop(owner)
    (other,) = told.values()
    assert "資料不符" in other


def test_who_tries_too_often_is_locked_out(shop: World) -> None:
    place(shop, "WEB-LOCK-1")
    phone = shop.phone()
    phone.say("綁定訂單 WEB-LOCK-1")
    for _ in range(5):
        assert "資料不符" in words(phone.say("0000"))
    assert "24 小時" in words(phone.say(DIGITS))
    assert not order_of(shop, "WEB-LOCK-1").has_customer


def test_an_order_is_not_linked_in_a_group(shop: World) -> None:
    place(shop, "WEB-GROUP-1")
    phone = shop.phone()
    group = {"type": "group", "groupId": "C" + "7" * 32, "userId": phone.user_id}
    for text in ("綁定訂單 WEB-GROUP-1", DIGITS):
        phone.deliver({**shop.line.text(phone.user_id, text), "source": group})
    assert not order_of(shop, "WEB-GROUP-1").has_customer


def test_a_wish_to_cancel_is_a_case_that_shows_where_it_was_placed_and_gives_no_money_back(
    fresh_shop: World,
) -> None:
    shop = fresh_shop
    place(shop, "WEB-CANCEL-1")
    phone = shop.phone()
    phone.say("綁定訂單 WEB-CANCEL-1")
    phone.say(DIGITS)
    order = order_of(shop, "WEB-CANCEL-1")
    assert "其他通路" in words(phone.say(f"取消訂單 {order.order_number}"))
    (case,) = shop.invoke("OperatorDeskFunction", {"task": "list"})["cases"]
    assert (case["kind"], case["subject"], case["offers"]) == (
        "placed_elsewhere",
        order.order_number,
        ["resolve"],
    )
    asked = {"task": "show", "kind": case["kind"], "subject": case["subject"]}
    shown = shop.invoke("OperatorDeskFunction", asked)["case"]["order"]
    assert shown["origin"] == {"source": "shop", "number": "WEB-CANCEL-1"}
    assert order_of(shop, "WEB-CANCEL-1") == order


def test_a_linked_order_is_forgotten_with_its_customer_in_every_table(fresh_shop: World) -> None:
    shop = fresh_shop
    place(shop, "WEB-ERASE-1")
    phone = shop.phone(NAME)
    phone.say("綁定訂單 WEB-ERASE-1")
    phone.say(DIGITS)
    shop.shipment("WEB-ERASE-1", "shipped", note="管理員老金代收")
    phone.say("刪除我的資料")
    phone.tap("確定刪除")
    for _ in range(2):
        for kind in (DueKind.ERASURE, DueKind.MESSAGE):
            shop.make_due(kind)
        shop.invoke("SweeperFunction", {"source": "aws.events"})
        shop.settle()
    kept = json.dumps(shop.state(), ensure_ascii=False, default=str)
    assert [each for each in (NAME, PHONE, ADDRESS, "管理員老金代收", phone.user_id) if each in kept] == []
    phone.heard()
    shop.shipment("WEB-ERASE-1", "delivered")
    assert phone.heard() == []
    assert order_of(shop, "WEB-ERASE-1").completed_at is not None
