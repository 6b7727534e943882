"""Announcing: what goes out together, what may cost a push, what waits for the next answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storefront.domain.conversation import Conversation
from storefront.domain.outbox import Message, MessageState, ReplyToken, Topic
from storefront.domain.push_policy import Quota
from storefront.services.ports import Put, SendOutcome
from storefront.services.telling import ASK_AGAIN_AFTER, STALE_AFTER, WAITS_AT_MOST, new_message
from tests.doubles.little_shop import CUSTOMER, ORDER, LittleShop, customer_row
from tests.doubles.machinery import START

NIGHT = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)  # 23:30 in Taiwan


def write(
    shop: LittleShop,
    message_id: str,
    topic: Topic = Topic.HOW_TO_ORDER,
    reply: ReplyToken | None = None,
    customer: str = CUSTOMER,
) -> Message:
    message = new_message(message_id, customer, topic, {}, shop.clock.now, reply)
    shop.store.commit(Put(message))
    return message


def row(shop: LittleShop, message_id: str) -> Message:
    message = shop.store.read(Message, message_id)
    assert message is not None
    return message


def states(shop: LittleShop, *message_ids: str) -> list[MessageState]:
    return [row(shop, each).state for each in message_ids]


def conversation(shop: LittleShop) -> Conversation:
    known = shop.store.read(Conversation, CUSTOMER)
    assert known is not None
    return known


def token(shop: LittleShop) -> ReplyToken:
    return ReplyToken("token", shop.clock.now + timedelta(seconds=50))


# Together ---------------------------------------------------------------------------------------------------


def test_several_notices_to_one_customer_are_one_push_with_the_first_ones_key() -> None:
    shop = LittleShop()
    first = write(shop, "a")
    write(shop, "b")
    write(shop, "c")
    shop.telling.deliver_together(["a", "b", "c", "a"])
    assert [(sent.kind, sent.key, sent.objects) for sent in shop.line.sent] == [("push", first.retry_key, 3)]
    assert states(shop, "a", "b", "c") == [MessageState.SENT] * 3


def test_messages_to_different_customers_never_share_a_call_N4() -> None:
    shop = LittleShop()
    other = replace(customer_row(), customer_id="other", line_user_id="U" + "2" * 32, revision=0)
    shop.store.commit(Put(other))
    write(shop, "a")
    write(shop, "b", customer="other")
    shop.telling.deliver_together(["a", "b"])
    assert sorted((sent.to, sent.objects) for sent in shop.line.sent) == sorted(
        [(customer_row().line_user_id, 1), (other.line_user_id, 1)]
    )


def test_more_than_five_go_in_two_calls() -> None:
    shop = LittleShop()
    names = [f"m{number}" for number in range(7)]
    for name in names:
        write(shop, name)
    shop.telling.deliver_together(names)
    assert [sent.objects for sent in shop.line.sent] == [5, 2]
    assert states(shop, *names) == [MessageState.SENT] * 7


def test_a_lost_answer_to_a_shared_push_is_asked_again_as_it_was_N1_E6() -> None:
    shop = LittleShop()
    first = write(shop, "a")
    write(shop, "b")
    shop.line.lost = 1
    shop.telling.deliver_together(["a", "b"])
    assert states(shop, "a", "b") == [MessageState.PENDING] * 2
    write(shop, "c")
    shop.clock.go_on(60)
    shop.sweeping.sweep()
    assert states(shop, "a", "b", "c") == [MessageState.SENT] * 3
    assert [(sent.key, sent.objects) for sent in shop.line.sent] == [
        (first.retry_key, 2),
        (row(shop, "c").retry_key, 1),
    ]


def test_whoever_rides_along_is_not_sent_by_anybody_else_N1() -> None:
    shop = LittleShop()
    write(shop, "a")
    write(shop, "b")
    shop.line.lost = 1
    shop.telling.deliver_together(["a", "b"])
    shop.telling.deliver("b")
    assert shop.line.tries == 1


@pytest.mark.parametrize("ended", ["stale", "malformed"])
def test_when_the_leader_ends_without_being_sent_the_others_go_on_alone_N2(ended: str) -> None:
    shop = LittleShop()
    write(shop, "a")
    shop.clock.go_on(30)
    write(shop, "b")
    if ended == "malformed":
        shop.line.script.extend([SendOutcome.MALFORMED, SendOutcome.MALFORMED])
        shop.telling.deliver_together(["a", "b"])
    else:
        shop.line.lost = 1
        shop.telling.deliver_together(["a", "b"])
        shop.line.sent.clear()
        shop.clock.now = START + STALE_AFTER + timedelta(seconds=10)
        shop.telling.deliver("a")
    assert row(shop, "a").reason == ended
    shop.telling.deliver("b")
    assert states(shop, "a", "b") == [MessageState.UNDELIVERABLE, MessageState.SENT]


def test_a_malformed_card_is_said_in_plain_words_and_does_not_hold_up_the_others_E5() -> None:
    shop = LittleShop()
    write(shop, "a", Topic.WELCOME)
    write(shop, "b")
    shop.line.script.append(SendOutcome.MALFORMED)
    shop.telling.deliver_together(["a", "b"])
    assert states(shop, "a", "b") == [MessageState.SENT, MessageState.PENDING]
    shop.sweeping.sweep()
    assert states(shop, "b") == [MessageState.SENT]
    assert [sent.objects for sent in shop.line.sent] == [1, 1]


# Quiet hours ------------------------------------------------------------------------------------------------


def test_news_of_money_comes_at_night_at_once_without_a_sound() -> None:
    shop = LittleShop()
    shop.clock.now = NIGHT
    shop.store.commit(Put(new_message("a", CUSTOMER, Topic.ORDER_EXPIRED, {"order_number": ORDER}, NIGHT)))
    write(shop, "b")
    shop.telling.deliver("a")
    shop.telling.deliver("b")
    assert [(sent.kind, sent.silent) for sent in shop.line.sent] == [("push", True), ("push", False)]


def test_small_talk_is_said_while_it_is_free_and_never_pushed() -> None:
    shop = LittleShop()
    write(shop, "a", Topic.THANKS, token(shop))
    write(shop, "b", Topic.THANKS)
    shop.telling.deliver("a")
    shop.telling.deliver("b")
    assert [sent.kind for sent in shop.line.sent] == ["reply"]
    assert (row(shop, "b").state, row(shop, "b").reason) == (MessageState.SUPPRESSED, "not-worth-a-push")


def test_small_talk_whose_token_is_refused_is_not_pushed_either() -> None:
    shop = LittleShop()
    write(shop, "a", Topic.THANKS, token(shop))
    shop.line.script.append(SendOutcome.REPLY_TOKEN_REFUSED)
    shop.telling.deliver("a")
    assert shop.line.sent == []
    assert (row(shop, "a").state, row(shop, "a").reason) == (MessageState.SUPPRESSED, "not-worth-a-push")


def test_what_is_useful_no_more_is_not_said() -> None:
    shop = LittleShop()
    message = new_message("a", CUSTOMER, Topic.HOW_TO_ORDER, {}, START)
    shop.store.commit(Put(replace(message, useful_until=START)))
    shop.telling.deliver("a")
    assert (row(shop, "a").reason, shop.line.tries) == ("overtaken", 0)


# The month's quota ------------------------------------------------------------------------------------------


def used_up(shop: LittleShop, message_id: str = "news", topic: Topic = Topic.HOW_TO_ORDER) -> None:
    write(shop, message_id, topic)
    shop.line.script.append(SendOutcome.QUOTA_USED_UP)
    shop.telling.deliver(message_id)


def test_when_the_quota_is_used_up_the_news_waits_and_rides_on_the_next_answer_E3() -> None:
    shop = LittleShop()
    used_up(shop)
    assert (row(shop, "news").state, row(shop, "news").due_at) == (
        MessageState.PENDING,
        START + ASK_AGAIN_AFTER,
    )
    assert conversation(shop).waiting == ("news",)
    assert shop.metrics.counts["PushQuotaUsedUp"] == 1
    shop.clock.go_on(3_600)
    write(shop, "answer", reply=token(shop))
    shop.telling.deliver("answer")
    assert [(sent.kind, sent.objects) for sent in shop.line.sent] == [("reply", 2)]
    assert states(shop, "answer", "news") == [MessageState.SENT] * 2
    assert conversation(shop).waiting == ()


def test_news_that_waits_rides_once_even_if_the_answer_to_the_reply_is_lost_N1() -> None:
    shop = LittleShop()
    used_up(shop)
    write(shop, "answer", reply=token(shop))
    shop.line.lost = 1
    shop.telling.deliver("answer")
    shop.clock.go_on(20)
    shop.telling.deliver("answer")
    write(shop, "later", reply=ReplyToken("token2", shop.clock.now + timedelta(seconds=50)))
    shop.telling.deliver("later")
    assert [(sent.key, sent.objects) for sent in shop.line.sent] == [("token", 2), ("token2", 1)]
    assert states(shop, "answer", "news", "later") == [MessageState.SENT] * 3


def test_a_new_month_brings_the_news_by_push_N2() -> None:
    shop = LittleShop()
    used_up(shop)
    shop.clock.now += ASK_AGAIN_AFTER
    shop.sweeping.sweep()
    assert [(sent.kind, sent.objects) for sent in shop.line.sent] == [("push", 1)]
    assert states(shop, "news") == [MessageState.SENT]
    write(shop, "answer", reply=token(shop))
    shop.telling.deliver("answer")
    assert [sent.objects for sent in shop.line.sent] == [1, 1]


def test_news_that_nobody_asked_for_in_a_week_is_too_old_N2() -> None:
    shop = LittleShop()
    used_up(shop)
    shop.clock.now = START + WAITS_AT_MOST
    shop.line.script.append(SendOutcome.QUOTA_USED_UP)
    shop.telling.deliver("news")
    assert states(shop, "news") == [MessageState.PENDING]
    shop.clock.now += ASK_AGAIN_AFTER
    shop.sweeping.sweep()
    assert (row(shop, "news").state, row(shop, "news").reason) == (MessageState.UNDELIVERABLE, "stale")


def test_a_push_without_an_answer_never_rides_since_line_may_have_it_N1() -> None:
    shop = LittleShop()
    write(shop, "news")
    shop.line.script.extend([SendOutcome.UNKNOWN, SendOutcome.QUOTA_USED_UP])
    shop.telling.deliver("news")
    shop.clock.go_on(60)
    shop.telling.deliver("news")
    assert (row(shop, "news").waits_for_a_reply, conversation(shop).waiting) == (False, ())
    write(shop, "answer", reply=token(shop))
    shop.telling.deliver("answer")
    assert [sent.objects for sent in shop.line.sent] == [1]


def test_an_answer_brings_at_most_five_objects_and_the_rest_waits_on() -> None:
    shop = LittleShop()
    names = [f"news{number}" for number in range(6)]
    for name in names:
        used_up(shop, name)
    write(shop, "answer", reply=token(shop))
    shop.telling.deliver("answer")
    assert [sent.objects for sent in shop.line.sent] == [5]
    assert conversation(shop).waiting == ("news4", "news5")


def test_a_customer_who_has_blocked_the_shop_meanwhile_gets_nothing_that_waited_A11() -> None:
    shop = LittleShop()
    used_up(shop)
    shop.store.commit(Put(replace(conversation(shop), blocked=True)))
    shop.clock.now += ASK_AGAIN_AFTER
    shop.sweeping.sweep()
    assert (row(shop, "news").reason, shop.line.sent) == ("blocked", [])


def test_both_kinds_of_429_are_told_apart_by_the_quota_E2_E3() -> None:
    shop = LittleShop()
    write(shop, "a")
    shop.line.script.append(SendOutcome.RATE_LIMITED)
    shop.telling.deliver("a")
    assert (row(shop, "a").waits_for_a_reply, row(shop, "a").due_at) == (
        False,
        START + timedelta(seconds=20),
    )
    assert "PushQuotaUsedUp" not in shop.metrics.counts


def test_the_model_knows_its_month() -> None:
    assert Quota(200, 150).remaining == 50
    assert Quota(200, 250).remaining == 0
    assert Quota(None, 9_999).remaining is None
