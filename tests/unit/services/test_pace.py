"""Flooding: one line, then silence that costs nothing, and nobody who merely writes fast is hit (X14)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.outbox import Message, Topic
from storefront.domain.pace import Bucket, Verdict, filled
from storefront.services.turns import Happening
from tests.doubles.machinery import START
from tests.doubles.talking_shop import JUN, PACE, TalkingShop

MINUTE = timedelta(minutes=1)


def test_forty_commands_at_once_are_answered_then_one_line_and_then_silence() -> None:
    shop = TalkingShop()
    topics = [shop.say("你好").topic for _ in range(PACE.commands_a_minute)]
    assert set(topics) == {Topic.HOW_TO_ORDER}
    assert shop.say("你好").topic is Topic.SLOW_DOWN
    before, calls = shop.snapshot(), len(shop.line.sent)
    for _ in range(50):
        assert shop.handle(shop.event(Happening.TEXT, text="茉莉綠茶 3 盒")) is None
    assert (shop.snapshot(), len(shop.line.sent)) == (before, calls)
    assert shop.say("你好", JUN).topic is Topic.HOW_TO_ORDER
    shop.clock.go_on(60)
    assert shop.say("茉莉綠茶 3 盒").topic is Topic.QUOTE


def test_twenty_messages_in_a_minute_meet_no_limit() -> None:
    shop = TalkingShop()
    for number in range(200):
        assert shop.say("你好").topic is Topic.HOW_TO_ORDER, number
        shop.clock.go_on(3)


def test_who_goes_on_too_fast_for_long_is_told_once() -> None:
    shop = TalkingShop()
    for _ in range(600):
        shop.handle(shop.event(Happening.TEXT, text="你好"))
        shop.clock.go_on(0.2)
    assert [message.topic for message in shop.store.all(Message)].count(Topic.SLOW_DOWN) == 1


def test_payment_links_are_few_in_a_short_time() -> None:
    shop = TalkingShop()
    order = shop.with_link()
    for _ in range(PACE.payment_links):
        shop.press(f"pay_again?o={order.order_number}")
        shop.go()
    made = len(shop.attempts)
    assert shop.press(f"pay_again?o={order.order_number}").topic is Topic.LINKS_USED_UP
    shop.go()
    assert len(shop.attempts) == made
    shop.clock.go_on(120)
    shop.press(f"pay_again?o={order.order_number}")
    shop.go()
    assert len(shop.attempts) > made - 1
    assert shop.order.is_unpaid_and_open


@given(st.lists(st.floats(0, 5), max_size=200))
def test_no_minute_has_more_than_twice_the_limit_and_a_slow_customer_is_never_refused(
    pauses: list[float],
) -> None:
    now, bucket, done = START, None, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        verdict, bucket = filled(bucket, 40, MINUTE, now)
        if verdict is Verdict.GO:
            done.append(now)
        else:
            assert pause < 60 / 40 or len(done) >= 40
        assert sum(now - each < MINUTE for each in done) <= 80


def test_the_bucket_empties_and_forgets_that_it_told() -> None:
    full = Bucket(START + MINUTE)
    assert filled(full, 40, MINUTE, START) == (Verdict.SAY_SO, Bucket(START + MINUTE, told=True))
    told = Bucket(START + MINUTE, told=True)
    assert filled(told, 40, MINUTE, START) == (Verdict.SILENCE, told)
    verdict, after = filled(told, 40, MINUTE, START + timedelta(seconds=10))
    assert (verdict, after.told) == (Verdict.GO, True)
    verdict, after = filled(told, 40, MINUTE, START + timedelta(seconds=40))
    assert (verdict, after) == (Verdict.GO, Bucket(START + timedelta(seconds=61.5)))
