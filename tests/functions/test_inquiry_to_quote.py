"""The queue of chat events: an answer to whatever a customer sends, and one poison record harms nobody else."""

import json
from typing import Any

import pytest

from dev.standins import line_reading
from dev.standins.line_limits import message_problems
from dev.standins.line_platform import ChatEntry
from storefront.domain.conversation import Conversation
from storefront.domain.order import OrderState
from tests.aws.world import Phone, World, sqs_event, words

ACCEPT = ("接受報價", "確認訂購", "Accept", "注文を確定", "ยืนยันการสั่งซื้อ")


def has_accept(phone: Phone) -> bool:
    return any(
        label in shown
        for entry in phone.everything()
        for button in line_reading.buttons(entry.message)
        for shown in button.shown
        for label in ACCEPT
    )


def calls(entries: list[ChatEntry]) -> int:
    """How many calls to LINE brought these messages; one may bring up to five."""
    return len({entry.request_id for entry in entries})


def test_an_inquiry_is_one_answer_with_its_amount_and_an_accept_button(shop: World) -> None:
    phone = shop.phone()
    quote = phone.say("我要 3 箱茉莉綠茶")
    assert calls(quote) == 1
    assert quote[0].via == "reply", "a living reply token is free"
    assert "NT$6,156" in words(quote)
    assert has_accept(phone)


@pytest.mark.parametrize(
    "inquiry",
    [
        "我要 0 箱茉莉綠茶",
        "我要 -3 箱茉莉綠茶",
        "我要 1000000000 箱茉莉綠茶",
        "我要三點五箱茉莉綠茶",
        "我要 3.5 箱茉莉綠茶",
        "我要 1_000 盒茉莉綠茶",
        "我要 1e9 盒茉莉綠茶",
        "我要 NaN 箱茉莉綠茶",
        "我要 ½ 箱茉莉綠茶",
        "我要 99999999999999999999999999999999999999 箱茉莉綠茶",
    ],
)
def test_a_quantity_that_cannot_be_is_a_polite_question_and_no_offer(shop: World, inquiry: str) -> None:
    phone = shop.phone()
    stock, workflows = shop.stock("TEA-JAS"), shop.workflows()
    answer = phone.say(inquiry)
    said = words(answer)
    assert calls(answer) == 1
    assert "？" in said or "請" in said, said
    assert "Traceback" not in said
    assert not has_accept(phone)
    assert (shop.stock("TEA-JAS"), shop.workflows()) == (stock, workflows)


@pytest.mark.parametrize(
    "inquiry", ["我要３箱茉莉綠茶", "我要三箱茉莉綠茶", "茉莉綠茶叁箱", "3箱 茉莉綠茶 謝謝"]
)
def test_other_ways_to_write_three_are_three(shop: World, inquiry: str) -> None:
    assert "NT$6,156" in words(shop.phone().say(inquiry))


def test_an_unknown_product_and_too_much_of_a_known_one_carry_no_accept_button(shop: World) -> None:
    phone = shop.phone()
    assert calls(phone.say("我要 3 箱外星人果汁")) == 1
    assert calls(phone.say("我要 9999 盒茉莉綠茶")) == 1
    assert not has_accept(phone)


ODD: list[dict[str, Any]] = [
    {"type": "message", "message": {"type": "hologram", "id": "1"}},
    {"type": "message", "message": {"type": "text", "id": "1", "text": "好", "brandNew": {"deep": [1]}}},
    {"type": "message", "message": {"type": "text", "id": "1"}},
    {"type": "message", "message": {"type": "text", "id": "1", "text": 7}},
    {"type": "message", "message": "text"},
    {"type": "message"},
    {"type": "postback"},
    {"type": "postback", "postback": {"data": None}},
    {"type": "postback", "postback": {"data": "accept?q=x&v=9"}},
    {"type": "postback", "postback": {"data": "accept?q=x&v=二"}},
    {"type": "postback", "postback": {"data": "order_of?sku=NONE&n=3"}},
    {"type": "postback", "postback": {"data": "reorder?o=ZZZZZ-ZZZZZ"}},
    {"type": "postback", "postback": {"data": "rate?o=ZZZZZ-ZZZZZ&score=5"}},
    {"type": "postback", "postback": {"data": "a" * 300}},
    {"type": "postback", "postback": {"data": "x", "params": {"date": "2030-01-02"}}},
    {"type": "unsend", "unsend": {"messageId": "1"}},
    {"type": "videoPlayComplete", "videoPlayComplete": {"trackingId": "x"}},
    {"type": "accountLink", "link": {"result": "ok", "nonce": "n"}},
    {"type": "memberJoined", "joined": {"members": []}},
    {"type": "somethingNew2031", "somethingNew2031": {"a": 1}},
    {"type": "follow", "follow": {"isUnblocked": "maybe"}},
    {"type": "things", "mode": "standby"},
    {"type": "message", "message": {"type": "text", "id": "1", "text": "\u202e\u200b\x00 我要"}},
    {"type": "message", "message": {"type": "text", "id": "1", "text": "\ud83d"}},
    {"type": "message", "message": {"type": "text", "id": "1", "text": "長" * 5000}},
]


@pytest.mark.parametrize("odd", ODD, ids=[json.dumps(each)[:60] for each in ODD])
def test_odd_events_crash_nothing_and_every_answer_is_one_that_line_accepts(
    shop: World, odd: dict[str, Any]
) -> None:
    phone = shop.phone()
    sent = shop.line.text(phone.user_id, "?")
    event = {**{name: sent[name] for name in sent if name not in {"type", "message"}}, **odd}
    failures = list(shop.failures)
    # In ASCII, as LINE may write it too: what cannot be encoded (half an emoji) travels as an escape.
    assert shop.webhook(json.dumps({"destination": "U0", "events": [event]}).encode()).status == 200
    shop.settle()
    assert shop.failures == failures
    assert shop.waiting("InquiryQueue") == shop.waiting("InquiryDeadLetters") == 0
    answers = phone.heard()
    assert calls(answers) <= 1
    if answers:
        assert message_problems([entry.message for entry in answers]) == []


def test_a_bot_on_standby_says_nothing_and_remembers_nothing(shop: World) -> None:
    phone = shop.phone()
    before = shop.state()
    event = {**shop.line.text(phone.user_id, "我要 3 箱茉莉綠茶"), "mode": "standby"}
    assert phone.deliver(event) == [200]
    assert phone.heard() == []
    assert shop.state() == before


def test_a_group_gets_one_line_once_and_never_an_order(shop: World) -> None:
    phone = shop.phone()
    workflows = shop.workflows()
    joined = shop.line.join_group([phone.user_id])
    group = joined["source"]["groupId"]
    phone.deliver(joined)
    for text in ("我要 3 箱茉莉綠茶", "我的訂單", "A7K3Q-9XM2T"):
        phone.deliver(shop.line.text(phone.user_id, text, group_id=group))
    said = [entry for entry in shop.line.chat(group).entries if entry.from_shop]
    assert calls(said) == 1
    assert "NT$" not in words(said)
    assert shop.workflows() == workflows


def test_a_redelivered_event_has_no_second_effect(shop: World) -> None:
    phone = shop.phone()
    event = shop.line.text(phone.user_id, "我要 3 箱茉莉綠茶")
    phone.deliver(event)
    stock, workflows = shop.stock("TEA-JAS"), shop.workflows()
    phone.heard()
    # Past the queue's own memory of five minutes, LINE's redelivery reaches the function again.
    body = json.dumps({"receivedAt": "2026-11-23T04:00:00+00:00", "event": event})
    for _ in range(2):
        shop.put("InquiryQueue", body, phone.customer_id)
        shop.settle()
    assert phone.heard() == []
    assert (shop.stock("TEA-JAS"), shop.workflows()) == (stock, workflows)


def test_two_taps_on_accept_are_one_order(shop: World) -> None:
    phone = shop.phone()
    phone.quote()
    button = shop.line.find_button(phone.user_id, "接受報價" if not phone.sees("確認訂購") else "確認訂購")
    for _ in range(2):
        tapped = shop.line.tap(phone.user_id, button)
        assert tapped.event is not None
        phone.deliver(tapped.event)
    assert sum(order.customer_id == phone.customer_id for order in shop.orders()) == 1


def test_somebody_else_s_button_is_no_key_to_the_quote(shop: World) -> None:
    owner, other = shop.phone("王小明"), shop.phone("陳大文")
    owner.quote()
    button = shop.line.find_button(owner.user_id, "確認訂購" if owner.sees("確認訂購") else "接受報價")
    orders, stock = len(shop.orders()), shop.stock("TEA-JAS")
    answer = other.press(str(button.action["data"]))
    assert calls(answer) == 1
    assert "茉莉" not in words(answer)
    assert "6,156" not in words(answer)
    assert (len(shop.orders()), shop.stock("TEA-JAS")) == (orders, stock)


def test_a_dead_reply_token_costs_a_push_and_loses_no_answer(shop: World) -> None:
    phone = shop.phone()
    event = shop.line.text(phone.user_id, "我要 3 箱茉莉綠茶")
    phone.deliver({**event, "replyToken": "0" * 32})
    answer = phone.heard()
    assert {entry.via for entry in answer} == {"push"}
    assert "NT$6,156" in words(answer)


def test_one_poison_record_of_ten_customers_fails_alone(fresh_shop: World) -> None:
    phones = [fresh_shop.phone(f"顧客 {place}") for place in range(10)]
    bodies = [
        json.dumps(
            {"receivedAt": "2026-11-23T04:00:00+00:00", "event": fresh_shop.line.text(phone.user_id, "你好")}
        )
        for phone in phones
    ]
    bodies[4] = '{"receivedAt": "never", "event": 7}'
    records = [
        {
            "MessageId": f"m{place}{part}",
            "Body": body if part == "a" else bodies[0 if place == 4 else place].replace("你好", "謝謝"),
            "Attributes": {"MessageGroupId": phones[place].customer_id, "ApproximateReceiveCount": "1"},
        }
        for place, body in enumerate(bodies)
        for part in "ab"
        if part == "a" or place == 4
    ]
    answer = fresh_shop.invoke(
        "InquiryToQuoteFunction", sqs_event(fresh_shop.deployment.arn("InquiryQueue"), records)
    )
    assert {each["itemIdentifier"] for each in answer["batchItemFailures"]} == {"m4a", "m4b"}
    heard = [calls(phone.heard()) for phone in phones]
    assert heard == [1, 1, 1, 1, 0, 1, 1, 1, 1, 1]


def test_a_poison_record_ends_alone_among_the_dead_letters_and_its_customer_is_answered(
    fresh_shop: World,
) -> None:
    phone = fresh_shop.phone()
    fresh_shop.put("InquiryQueue", "poison", phone.customer_id)
    assert calls(phone.say("我要 3 箱茉莉綠茶")) == 1
    assert has_accept(phone)
    assert [message["Body"] for message in fresh_shop.receive("InquiryDeadLetters")] == ["poison"]


def test_who_blocks_the_shop_is_written_to_no_more(shop: World) -> None:
    phone = shop.phone()
    phone.deliver(shop.line.unfollow(phone.user_id))
    conversation = shop.store.read(Conversation, phone.customer_id)
    assert conversation is not None
    assert conversation.blocked
    assert phone.heard() == []


def test_acceptance_asks_where_to_and_a_complete_answer_asks_line_pay(shop: World) -> None:
    phone = shop.phone()
    phone.quote()
    phone.accept()
    assert phone.order().state is OrderState.AWAITING_DETAILS
    payment = phone.tell_where("王小明 0912345678 7-11 市府門市")
    assert payment.asked.amount == 6156
    assert phone.order().state is OrderState.AWAITING_PAYMENT


def test_a_task_of_a_workflow_that_nobody_knows_is_an_error_not_a_guess(shop: World) -> None:
    before = shop.state()
    for task in (
        {"task": "await_decision", "token": "t", "quoteId": "none", "quoteVersion": 1},
        {"task": "review_quote", "quoteId": "none", "quoteVersion": 1},
        {"task": "sing"},
        {},
    ):
        with pytest.raises((LookupError, ValueError)):
            shop.invoke("InquiryToQuoteFunction", task)
    assert shop.state() == before
