"""The queue of questions about orders: a true answer to the owner, and nothing about anybody else's (X4, N4)."""

import json

import pytest

from dev.standins import line_reading
from storefront.domain.order_number import new_order_number
from tests.aws.world import Phone, World, words


@pytest.fixture(scope="module")
def owner(shop: World) -> Phone:
    """A customer with one paid order."""
    phone = shop.phone("王小明")
    phone.bought()
    return phone


@pytest.mark.parametrize("asked", ["我的訂單", "my orders", "注文状況", "คำสั่งซื้อของฉัน"])
def test_one_s_own_order_is_shown_with_its_number(owner: Phone, asked: str) -> None:
    answer = owner.say(asked)
    assert len({entry.request_id for entry in answer}) == 1
    assert {entry.via for entry in answer} == {"reply"}
    assert owner.order().order_number in words(answer)


def test_a_status_follows_the_parcel(shop: World) -> None:
    phone = shop.phone()
    _, order = phone.bought()
    shop.shipment(order.order_number, "shipped", trackingNumber="TW123456789")
    phone.heard()
    assert "TW123456789" in words(phone.say(order.order_number))
    shop.shipment(order.order_number, "delivered")
    phone.heard()
    assert "已送達" in words(phone.say(f"{order.order_number} 到了嗎"))


def test_somebody_else_s_order_is_answered_like_an_unknown_one(shop: World, owner: Phone) -> None:
    other = shop.phone("陳大文")
    theirs = [line_reading.words(each.message) for each in other.say(owner.order().order_number)]
    nobody_s = [line_reading.words(each.message) for each in other.say(new_order_number(12345))]
    assert theirs == nobody_s
    assert not any("茉莉" in said or "6,156" in said for said in theirs)


@pytest.mark.parametrize(
    "verb", ["status", "cancel", "reorder", "pay_again", "rate", "deliver_home", "invoice"]
)
def test_no_button_opens_somebody_else_s_order(shop: World, owner: Phone, verb: str) -> None:
    other = shop.phone("陳大文")
    order, stock = owner.order(), shop.stock("TEA-JAS")
    answer = other.press(f"{verb}?o={order.order_number}&score=5")
    assert words(answer) == words(other.press(f"{verb}?o={new_order_number(54321)}&score=5"))
    assert order.order_number not in words(answer)
    assert (owner.order(), shop.stock("TEA-JAS")) == (order, stock)


def test_a_customer_without_orders_is_told_so(shop: World) -> None:
    phone = shop.phone()
    answer = phone.say("我的訂單")
    assert len(answer) == 1
    assert "NT$" not in words(answer)


def test_a_question_reads_and_writes_nothing_but_its_answer(shop: World, owner: Phone) -> None:
    before = shop.rows("LedgerTable")
    owner.say("我的訂單")
    after = shop.rows("LedgerTable")
    added = after.keys() - before.keys()
    assert len(added) == 1
    assert added.pop().startswith("MESSAGE#event:")
    assert {key: after[key] for key in before} == before


def test_a_poison_question_ends_among_the_dead_letters(fresh_shop: World) -> None:
    fresh_shop.put("StatusQueue", "poison", "group")
    fresh_shop.put("StatusQueue", json.dumps({"receivedAt": "2026-11-23T04:00:00Z", "event": {}}), "group")
    fresh_shop.settle()
    assert [message["Body"] for message in fresh_shop.receive("StatusDeadLetters")] == ["poison"]
    assert fresh_shop.waiting("StatusQueue") == 0
