"""A customer is forgotten by the functions as they are deployed: every item of every table is searched."""

import json

from storefront.domain.conversation import Conversation
from storefront.domain.erasure import Erasure, ErasureState
from storefront.domain.order import OrderState
from storefront.services.ports import DueKind
from tests.aws.world import Phone, World, words

NAME, PHONE, ADDRESS = "金絲雀", "0987654321", "花蓮縣瑞穗鄉溫泉路三段777號"
WORDS, NOTE = "斑紋翡翠露", "管理員老金代收"
DESK = {"task": "erase", "who": "arn:aws:iam::1:user/mei", "note": "asked by letter"}


def swept(shop: World) -> None:
    """A sweep later, when what waits is due."""
    for kind in (DueKind.ERASURE, DueKind.MESSAGE):
        shop.make_due(kind)
    shop.invoke("SweeperFunction", {"source": "aws.events"})
    shop.settle()


def found(shop: World, phone: Phone) -> list[str]:
    kept = json.dumps(shop.state(), ensure_ascii=False, default=str)
    return [each for each in (NAME, PHONE, ADDRESS, WORDS, NOTE, phone.user_id) if each in kept]


def bought(shop: World) -> Phone:
    phone = shop.phone(NAME)
    phone.say(f"有沒有{WORDS}")
    _, order = phone.bought(details=f"{NAME} {PHONE} {ADDRESS}")
    shop.shipment(order.order_number, "shipped", note=NOTE)
    shop.settle()
    return phone


def test_a_customer_is_forgotten_in_every_table_once_the_order_has_arrived(fresh_shop: World) -> None:
    shop = fresh_shop
    phone = bought(shop)
    assert found(shop, phone) == [NAME, PHONE, ADDRESS, WORDS, NOTE, phone.user_id]
    phone.say("刪除我的資料")
    phone.tap("確定刪除")
    swept(shop)
    assert WORDS not in found(shop, phone)
    assert NAME in found(shop, phone), "the order is under way"

    number = phone.order().order_number
    shop.shipment(number, "delivered", note=NOTE)
    shop.settle()
    swept(shop)
    swept(shop)
    assert found(shop, phone) == []
    assert "您的資料已全部刪除" in words(phone.everything())
    (wish,) = shop.store.rows_of(Erasure, phone.customer_id)
    assert wish.state is ErasureState.DONE
    assert phone.order().state is OrderState.PAID

    before = shop.state()
    swept(shop)
    assert shop.state() == before


def test_a_message_that_is_taken_back_leaves_no_words(shop: World) -> None:
    phone = shop.phone()
    event = shop.line.text(phone.user_id, f"有沒有{WORDS}")
    phone.deliver(event)
    assert WORDS in found(shop, phone)
    unsent = {name: event[name] for name in event if name not in {"type", "message", "replyToken"}}
    unsent |= {
        "type": "unsend",
        "webhookEventId": "01UNSEND" + event["webhookEventId"][8:],
        "unsend": {"messageId": event["message"]["id"]},
    }
    shop.webhook(json.dumps({"destination": "U0", "events": [unsent]}).encode())
    shop.settle()
    assert WORDS not in found(shop, phone)


def test_an_operator_s_wish_is_carried_out_and_told(fresh_shop: World) -> None:
    shop = fresh_shop
    phone = shop.phone(NAME)
    phone.say(f"有沒有{WORDS}")
    asked = shop.invoke("OperatorDeskFunction", {**DESK, "customer": phone.user_id})["erasure"]
    assert (asked["customerId"], asked["state"], asked["erased"]) == (phone.customer_id, "asked", {})
    swept(shop)
    swept(shop)
    assert found(shop, phone) == []
    assert shop.store.read(Conversation, phone.customer_id) is None
    refused = shop.invoke("OperatorDeskFunction", {**DESK, "customer": phone.user_id, "note": " "})
    assert refused == {"refused": "say who you are and why: both are kept"}
