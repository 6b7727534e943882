"""Telling: a message reaches LINE once, or it is recorded why it does not."""

from datetime import timedelta

import pytest

from storefront.domain.conversation import Conversation
from storefront.domain.outbox import Message, MessageState, ReplyToken, Topic
from storefront.services.ports import Put, SendOutcome, Write
from storefront.services.telling import STALE_AFTER, new_message
from tests.doubles.little_shop import CUSTOMER, LINE_USER, LittleShop
from tests.doubles.machinery import START

MESSAGE = "event:1"
TOKEN = ReplyToken("token", START + timedelta(seconds=50))


def written(shop: LittleShop, reply: ReplyToken | None = None, topic: Topic = Topic.HOW_TO_ORDER) -> Message:
    message = new_message(MESSAGE, CUSTOMER, topic, {}, shop.clock.now, reply)
    shop.store.commit(Put(message))
    return message


def after(shop: LittleShop) -> Message:
    message = shop.store.read(Message, MESSAGE)
    assert message is not None
    return message


def customer(shop: LittleShop) -> Conversation:
    conversation = shop.store.read(Conversation, CUSTOMER)
    assert conversation is not None
    return conversation


def keep_token(shop: LittleShop, token: ReplyToken = TOKEN) -> None:
    conversation = customer(shop)
    shop.store.commit(Put(Conversation(**{**vars(conversation), "reply": token})))


def test_a_message_is_answered_with_its_reply_token_which_is_free() -> None:
    shop = LittleShop()
    written(shop, TOKEN)
    shop.telling.deliver(MESSAGE)
    assert [(sent.kind, sent.key) for sent in shop.line.sent] == [("reply", "token")]
    assert (after(shop).state, after(shop).settled_at, after(shop).due_at) == (
        MessageState.SENT,
        START,
        None,
    )


def test_a_message_without_a_token_is_pushed_with_its_own_key_N1() -> None:
    shop = LittleShop()
    message = written(shop)
    shop.telling.deliver(MESSAGE)
    assert [(sent.kind, sent.key, sent.to) for sent in shop.line.sent] == [
        ("push", message.retry_key, LINE_USER)
    ]


def test_a_message_is_sent_once_however_often_it_is_delivered_N1() -> None:
    shop = LittleShop()
    written(shop)
    for _ in range(3):
        shop.telling.deliver(MESSAGE)
    assert shop.line.tries == 1


def test_a_living_token_of_the_customer_is_claimed_and_used_up() -> None:
    shop = LittleShop()
    keep_token(shop)
    written(shop)
    shop.telling.deliver(MESSAGE)
    assert [sent.kind for sent in shop.line.sent] == ["reply"]
    assert customer(shop).reply is None


def test_a_token_that_is_over_is_not_used() -> None:
    shop = LittleShop()
    keep_token(shop)
    written(shop)
    shop.clock.now = TOKEN.usable_until
    shop.telling.deliver(MESSAGE)
    assert [sent.kind for sent in shop.line.sent] == ["push"]


@pytest.mark.parametrize("claimed", [True, False])
def test_a_refused_token_falls_back_to_a_push_A8(claimed: bool) -> None:
    shop = LittleShop()
    if claimed:
        keep_token(shop)
    written(shop, None if claimed else TOKEN)
    shop.line.script.append(SendOutcome.REPLY_TOKEN_REFUSED)
    shop.telling.deliver(MESSAGE)
    assert [sent.kind for sent in shop.line.sent] == ["push"]
    assert after(shop).state is MessageState.SENT


def test_a_lost_answer_to_a_reply_is_not_doubled_by_a_push_while_the_token_tells_A8() -> None:
    shop = LittleShop()
    written(shop, TOKEN)
    shop.line.lost = 1
    shop.telling.deliver(MESSAGE)
    assert (after(shop).state, after(shop).tries) == (MessageState.PENDING, 1)
    shop.clock.go_on(20)
    shop.telling.deliver(MESSAGE)
    assert after(shop).state is MessageState.SENT
    assert [sent.kind for sent in shop.line.sent] == ["reply"]


def test_a_refused_token_whose_push_had_no_answer_is_pushed_again_with_the_same_key_N2() -> None:
    shop = LittleShop()
    message = written(shop, TOKEN)
    shop.line.script.extend([SendOutcome.REPLY_TOKEN_REFUSED, SendOutcome.UNKNOWN])
    shop.telling.deliver(MESSAGE)
    shop.clock.go_on(20)
    shop.telling.deliver(MESSAGE)
    assert [(sent.kind, sent.key) for sent in shop.line.sent] == [("push", message.retry_key)]
    assert after(shop).state is MessageState.SENT


def test_a_lost_answer_to_a_push_is_tried_again_with_the_same_key_E1_E6() -> None:
    shop = LittleShop()
    written(shop)
    shop.line.lost = 1
    shop.telling.deliver(MESSAGE)
    assert after(shop).state is MessageState.PENDING
    assert after(shop).due_at == START + timedelta(seconds=20)
    shop.clock.go_on(60)
    shop.sweeping.sweep()
    assert after(shop).state is MessageState.SENT
    assert len(shop.line.sent) == 1


def test_the_waits_between_tries_grow_E2() -> None:
    shop = LittleShop()
    written(shop)
    waits = []
    for _ in range(6):
        shop.line.script.append(SendOutcome.RATE_LIMITED)
        shop.telling.deliver(MESSAGE)
        due_at = after(shop).due_at
        assert due_at is not None
        waits.append((due_at - shop.clock.now).total_seconds())
        shop.telling.deliver(MESSAGE)
        assert shop.line.tries == len(waits)
        shop.clock.now = due_at
    assert waits == [20, 60, 300, 1_800, 1_800, 1_800]


def test_a_malformed_card_is_said_in_plain_words_once_E5() -> None:
    shop = LittleShop()
    written(shop, topic=Topic.WELCOME)
    shop.line.script.append(SendOutcome.MALFORMED)
    shop.telling.deliver(MESSAGE)
    assert after(shop).state is MessageState.SENT
    assert shop.line.tries == 2
    assert shop.metrics.counts["MessageMalformed"] == 1


def test_a_message_that_line_takes_in_no_form_is_undeliverable_E5() -> None:
    shop = LittleShop()
    written(shop)
    shop.line.script.extend([SendOutcome.MALFORMED, SendOutcome.MALFORMED])
    shop.telling.deliver(MESSAGE)
    assert (after(shop).state, after(shop).reason) == (MessageState.UNDELIVERABLE, "malformed")
    assert shop.metrics.counts["MessageUndeliverable"] == 1


def test_a_customer_who_blocked_the_shop_is_left_alone_E4() -> None:
    shop = LittleShop()
    shop.store.commit(Put(Conversation(**{**vars(customer(shop)), "blocked": True})))
    written(shop)
    shop.telling.deliver(MESSAGE)
    assert (after(shop).state, after(shop).reason) == (MessageState.SUPPRESSED, "blocked")
    assert shop.line.tries == 0


def test_a_customer_who_was_erased_is_not_written_to() -> None:
    shop = LittleShop()
    shop.store.commit(Put(new_message(MESSAGE, "nobody", Topic.THANKS, {}, START)))
    shop.telling.deliver(MESSAGE)
    assert (after(shop).state, after(shop).reason) == (MessageState.UNDELIVERABLE, "customer-erased")


def test_nothing_is_sent_after_line_has_forgotten_the_key_E7() -> None:
    shop = LittleShop()
    written(shop)
    shop.clock.now = START + STALE_AFTER + timedelta(seconds=1)
    shop.telling.deliver(MESSAGE)
    assert (after(shop).state, after(shop).reason) == (MessageState.UNDELIVERABLE, "stale")
    assert shop.line.tries == 0


def test_a_message_that_cannot_be_written_does_not_come_back_for_ever_O2() -> None:
    shop = LittleShop()
    written(shop, topic=Topic.ORDER_STATUS)
    shop.telling.deliver(MESSAGE)
    assert (after(shop).state, after(shop).reason) == (MessageState.UNDELIVERABLE, "cannot-be-written")
    assert shop.metrics.counts["MessageUndeliverable"] == 1
    assert shop.line.tries == 0


def test_what_somebody_else_recorded_first_is_left_as_it_is() -> None:
    shop = LittleShop()
    written(shop)
    push = shop.line.push

    def overtaken(*arguments: object, **named: object) -> SendOutcome:
        shop.store.commit(Put(after(shop).ended(MessageState.SENT, shop.clock.now)))
        return push(*arguments, **named)  # type: ignore[arg-type]

    shop.line.push = overtaken  # type: ignore[method-assign]
    shop.telling.deliver(MESSAGE)
    assert after(shop).state is MessageState.SENT
    assert shop.metrics.counts["MessageSettledElsewhere"] == 1


def test_a_message_that_somebody_else_took_up_is_not_pushed_beside_the_reply_N1() -> None:
    shop = LittleShop()
    keep_token(shop)
    written(shop)
    commit = shop.store.commit
    other = LittleShop()
    other.store, other.line = shop.store, shop.line

    def overtaken(*writes: Write) -> None:
        shop.store.commit = commit  # type: ignore[method-assign]
        other.telling.deliver(MESSAGE)
        commit(*writes)

    shop.store.commit = overtaken  # type: ignore[method-assign]
    shop.telling.deliver(MESSAGE)
    assert [sent.kind for sent in shop.line.sent] == ["reply"]


def test_a_hint_to_a_group_uses_no_private_token_and_is_worth_no_push_for_every_member() -> None:
    shop = LittleShop()
    keep_token(shop)
    message = new_message(MESSAGE, CUSTOMER, Topic.GROUP_HINT, {}, START)
    shop.store.commit(Put(Message(**{**vars(message), "group_id": "C1"})))
    shop.telling.deliver(MESSAGE)
    assert shop.line.sent == []
    assert (after(shop).state, after(shop).reason) == (MessageState.SUPPRESSED, "not-worth-a-push")
    assert customer(shop).reply == TOKEN


def test_a_message_that_is_gone_is_ignored() -> None:
    shop = LittleShop()
    shop.telling.deliver("no-such-message")
    assert shop.line.tries == 0
