"""Coupons in the chat: one answer to a code, used up with the order and given back once if that ends unpaid."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from storefront.domain.catalogue import ProductKind
from storefront.domain.conversation import MOST_GUESSES, customer_id_of
from storefront.domain.coupon import EVERYBODY, Coupon, CouponKind, CouponTally
from storefront.domain.errors import CouponUsedUp
from storefront.domain.language import Language
from storefront.domain.offers import Offer, OfferKind, OrderTier, Period, Scope
from storefront.domain.order import OrderState
from storefront.domain.outbox import Message, Topic
from storefront.domain.pricing import PriceRules
from storefront.domain.quote import Discount, DiscountKind, Quote, QuoteState
from storefront.domain.quote_record import EntryKind, QuoteEntry
from storefront.services.ports import CouponUse
from tests.doubles.machinery import START
from tests.doubles.talking_shop import JUN, MEI, TalkingShop

ALWAYS: Final = Period(START - timedelta(days=1), START + timedelta(days=30))
TEA: Final = Scope(frozenset({"TEA-JAS", "TEA-OOL"}))
TEA100: Final = Coupon("TEA100", CouponKind.AMOUNT, 100, TEA, ALWAYS, least_total=1_000)
ONCE: Final = replace(TEA100, code="ONCE1", least_total=0, uses=1)
EACH: Final = replace(TEA100, code="EACH1", least_total=0, uses_per_customer=1)
SOON: Final = replace(
    TEA100, code="SOON1", period=Period(START + timedelta(days=1), START + timedelta(days=2))
)
GONE: Final = replace(TEA100, code="GONE1", period=Period(START - timedelta(days=2), START))
CAKE5: Final = Coupon("CAKE5", CouponKind.PERCENT, 5, Scope(frozenset({"CAK-PIN"})), ALWAYS)
WRAP: Final = Coupon("WRAP10", CouponKind.PERCENT, 10, Scope(kinds=frozenset({ProductKind.SERVICE})), ALWAYS)
SPRING: Final = replace(TEA100, code="SPRING", least_total=0)
RULES: Final = PriceRules(coupons=(TEA100, ONCE, EACH, SOON, GONE, CAKE5, WRAP, SPRING))


def shop(rules: PriceRules = RULES) -> TalkingShop:
    return TalkingShop(rules=rules)


def refusal(message: Message) -> tuple[str, str, str | None]:
    """What a refused code is told with."""
    assert message.topic is Topic.COUPON_REFUSED
    return message.facts["coupon"], message.facts["coupon_refusal"], message.facts.get("coupon_value")


def uses(world: TalkingShop, code: str) -> dict[str, int]:
    return {tally.holder: tally.uses for tally in world.store.all(CouponTally) if tally.code == code}


def accept(world: TalkingShop, who: str = MEI, quote: Quote | None = None) -> Message:
    offered = quote or world.quote
    answer = world.press(f"accept?q={offered.quote_id}&v={offered.quote_version}", who)
    world.go()
    return answer


# One answer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["折扣碼 TEA100", "優惠碼：tea100", "coupon TEA100", "クーポン TEA100", "โค้ด TEA100", "TEA100", "tea100"],
)
def test_a_code_makes_the_next_version_with_its_discount(text: str) -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒")
    answer = world.say(text)
    assert (answer.topic, answer.facts) == (
        Topic.QUOTE,
        {"quote_id": world.quote.quote_id, "quote_version": "2"},
    )
    assert world.quote.discounts == (Discount(DiscountKind.COUPON, "TEA100", 100),)
    assert (world.quote.subtotal, world.quote.total, world.quote.coupon) == (1_800, 1_700, "TEA100")
    assert world.quote_rows[0].state is QuoteState.SUPERSEDED
    assert uses(world, "TEA100") == {}


def test_a_code_may_come_with_the_order() -> None:
    world = shop()
    assert world.say("我要 1 箱茉莉綠茶，折扣碼 TEA100").topic is Topic.QUOTE
    assert (world.lines(), world.quote.total) == ({"TEA-JAS": 12}, 12 * 180 - 100)


def test_a_code_in_capitals_may_come_with_the_order_without_a_word_for_it() -> None:
    world = shop()
    assert world.say("我要 1 箱茉莉綠茶 TEA100").topic is Topic.QUOTE
    assert (world.lines(), world.quote.total) == ({"TEA-JAS": 12}, 12 * 180 - 100)


def test_what_only_looks_like_a_code_with_an_order_is_a_guess_and_nothing_is_said() -> None:
    world = shop()
    answer = world.say("我要 1 箱茉莉綠茶 NOSUCH1")
    assert (answer.topic, set(answer.facts)) == (Topic.QUOTE, {"quote_id", "quote_version"})
    assert world.quote.total == 12 * 180
    assert world.conversation().guesses == 1


@pytest.mark.parametrize("text", ["不用折扣碼了", "remove the coupon", "クーポンを外して", "ไม่ใช้โค้ดแล้ว"])
def test_a_coupon_is_let_go_with_the_next_version(text: str) -> None:
    world = shop()
    world.say("我要 1 箱茉莉綠茶，折扣碼 TEA100")
    assert world.say(text).topic is Topic.QUOTE
    assert (world.quote.quote_version, world.quote.total, world.quote.coupon) == (2, 12 * 180, None)
    world.say("再加 1 盒")
    assert (world.quote.total, world.quote.coupon) == (13 * 180, None)


def test_letting_go_of_a_coupon_that_is_not_there_makes_no_new_version() -> None:
    world = shop()
    world.say("我要 1 箱茉莉綠茶")
    before = world.quote
    world.say("不用折扣碼了")
    assert world.quote_rows == [before]


def test_a_code_before_the_order_waits_for_it() -> None:
    world = shop()
    answer = world.say("折扣碼 TEA100")
    assert (answer.topic, answer.facts) == (Topic.COUPON_NOTED, {"coupon": "TEA100"})
    world.say("茉莉綠茶 1 箱")
    assert world.quote.total == 2_060
    assert world.conversation().coupon is None


def test_a_code_with_a_question_waits_for_the_answer() -> None:
    world = shop()
    assert world.say("我要茉莉綠茶，折扣碼 TEA100").topic is Topic.QUESTION_QUANTITY
    world.say("12 盒")
    assert world.quote.total == 2_060


@pytest.mark.parametrize(
    ("order", "text", "told"),
    [
        ("茉莉綠茶 10 盒", "折扣碼 NOSUCH1", ("NOSUCH1", "unknown", None)),
        ("茉莉綠茶 10 盒", "折扣碼 SOON1", ("SOON1", "not_yet", "2026-11-25T06:00:00+00:00")),
        ("茉莉綠茶 10 盒", "折扣碼 GONE1", ("GONE1", "over", "2026-11-24T06:00:00+00:00")),
        ("茉莉綠茶 10 盒", "折扣碼 CAKE5", ("CAKE5", "not_for_these", None)),
        ("茉莉綠茶 5 盒", "折扣碼 TEA100", ("TEA100", "least_total", "1000")),
        ("禮盒包裝 5 組", "折扣碼 WRAP10", ("WRAP10", "at_floor", None)),
    ],
)
def test_a_code_that_takes_nothing_off_leaves_the_quote_as_it_is_S1(
    order: str, text: str, told: tuple[str, str, str | None]
) -> None:
    world = shop()
    world.say(order)
    before = world.quote
    assert refusal(world.say(text)) == told
    assert world.quote_rows == [before]
    assert before.state is QuoteState.OFFERED
    assert world.store.all(CouponTally) == []


def test_a_refused_code_with_an_order_is_told_on_the_quote() -> None:
    world = shop()
    answer = world.say("茉莉綠茶 10 盒，折扣碼 GONE1")
    assert answer.topic is Topic.QUOTE
    assert (answer.facts["coupon"], answer.facts["coupon_refusal"]) == ("GONE1", "over")
    assert (world.quote.total, world.quote.discounts, world.quote.coupon) == (1_800, (), None)


def test_one_code_takes_the_place_of_another_and_they_do_not_add_up() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，鳳梨酥 10 盒，折扣碼 TEA100")
    world.say("折扣碼 CAKE5")
    assert world.quote.discounts == (Discount(DiscountKind.COUPON, "CAKE5", 180),)
    assert refusal(world.say("折扣碼 GONE1"))[1] == "over"
    assert world.quote.coupon == "CAKE5"


def test_a_noted_code_follows_the_quote_while_its_products_do() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 TEA100")
    answer = world.say("改成 5 盒")
    assert (answer.facts["coupon_refusal"], world.quote.total, world.quote.coupon) == (
        "least_total",
        900,
        "TEA100",
    )
    world.say("改成 6 盒")
    assert world.quote.total == 980


# Used up with the order -----------------------------------------------------------------------------------


def test_a_coupon_is_used_up_by_the_order_and_the_payment_is_for_the_reduced_total() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 EACH1")
    accept(world)
    order = world.order
    assert (order.discounts, order.coupon, order.total) == (world.quote.discounts, "EACH1", 1_700)
    assert uses(world, "EACH1") == {EVERYBODY: 1, customer_id_of(MEI): 1}
    record = world.store.rows_of(QuoteEntry, order.quote_id)
    assert [(entry.kind, entry.facts["total"], entry.facts["discounts"]) for entry in record] == [
        (EntryKind.ACCEPTED, "1700", "coupon:EACH1:100"),
        (EntryKind.OFFERED, "1700", "coupon:EACH1:100"),
    ]
    world.say("王小明 0912345678 台北市信義區市府路45號")
    world.go()
    assert world.attempts[-1].amount == world.order.total == 1_700


def test_a_customer_uses_a_coupon_once_and_another_may_as_well() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 EACH1")
    accept(world)
    world.say("茉莉綠茶 10 盒")
    assert refusal(world.say("折扣碼 EACH1")) == ("EACH1", "used_by_you", None)
    world.say("茉莉綠茶 10 盒，折扣碼 EACH1", JUN)
    assert world.quote.discount == 100


def test_a_coupon_that_somebody_else_used_up_is_told_and_nothing_is_ordered_S1() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 ONCE1")
    mine = world.quote
    world.say("茉莉綠茶 10 盒，折扣碼 ONCE1", JUN)
    accept(world, JUN)
    answer = accept(world, MEI, mine)
    assert (answer.topic, answer.facts["coupon_refusal"]) == (Topic.QUOTE, "used_up")
    assert (world.quote.quote_version, world.quote.total, world.quote.coupon) == (2, 1_800, None)
    assert [order.customer_id for order in world.orders] == [customer_id_of(JUN)]
    assert uses(world, "ONCE1") == {EVERYBODY: 1, customer_id_of(JUN): 1}
    assert accept(world).topic is Topic.ASK_DELIVERY
    assert (world.order.total, world.order.coupon) == (1_800, None)


def test_the_last_use_that_goes_between_reading_and_writing_is_not_had_twice_S1() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 ONCE1")
    order, writes = world.quoting.accept(world.quote, "ORDER", world.clock(), "event")
    assert order.coupon == "ONCE1"
    world.store.commit(CouponUse("ONCE1", EVERYBODY, 1, 1))
    before = world.snapshot()
    with pytest.raises(CouponUsedUp):
        world.store.commit(*writes)
    assert world.snapshot() == before


def test_a_coupon_that_the_shop_withdrew_is_honoured_by_no_quote_S1() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 TEA100")
    later = TalkingShop(store=world.store, rules=PriceRules())
    later.events = world.events
    answer = accept(later, quote=world.quote)
    assert (answer.topic, answer.facts["coupon_refusal"]) == (Topic.QUOTE, "unknown")
    assert (later.quote.total, later.orders) == (1_800, [])


def test_a_withdrawn_coupon_cannot_be_used_even_by_a_race_S1() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 TEA100")
    later = TalkingShop(store=world.store, rules=PriceRules())
    _, writes = later.quoting.accept(world.quote, "ORDER", world.clock(), "event")
    with pytest.raises(CouponUsedUp):
        world.store.commit(*writes)


def test_a_coupon_that_ends_after_the_quote_was_made_is_honoured_while_the_quote_holds() -> None:
    world = shop(PriceRules(coupons=(replace(TEA100, period=Period(START, START + timedelta(hours=1))),)))
    world.say("茉莉綠茶 10 盒，折扣碼 TEA100")
    world.clock.go_on(3_601)
    assert accept(world).topic is Topic.ASK_DELIVERY
    assert world.order.total == 1_700


def test_a_renewed_quote_has_todays_coupons() -> None:
    world = shop(PriceRules(coupons=(replace(TEA100, period=Period(START, START + timedelta(hours=1))),)))
    world.say("茉莉綠茶 10 盒，折扣碼 TEA100")
    world.clock.go_on(100_000)
    answer = world.press(f"renew?q={world.quote.quote_id}&v=1")
    assert (answer.topic, answer.facts["coupon_refusal"]) == (Topic.QUOTE, "over")
    assert (world.quote.total, world.quote.coupon) == (1_800, None)


# Given back -----------------------------------------------------------------------------------------------


def test_a_cancelled_order_gives_its_coupon_back_once() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 ONCE1")
    accept(world)
    world.say("取消訂單")
    assert world.order.state is OrderState.CANCELLED
    assert uses(world, "ONCE1") == {EVERYBODY: 0, customer_id_of(MEI): 0}
    world.say("取消訂單")
    world.press(f"cancel?o={world.order.order_number}")
    assert uses(world, "ONCE1") == {EVERYBODY: 0, customer_id_of(MEI): 0}
    world.say("茉莉綠茶 10 盒，折扣碼 ONCE1")
    assert world.quote.discount == 100


def test_an_order_that_runs_out_of_time_gives_its_coupon_back_once() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 ONCE1")
    accept(world)
    world.clock.now = world.order.hold_until + timedelta(hours=1)
    for _ in range(2):
        world.checkout.close(world.order.order_number, "sweep")
    assert world.order.state is OrderState.EXPIRED
    assert uses(world, "ONCE1") == {EVERYBODY: 0, customer_id_of(MEI): 0}


def test_a_refunded_order_keeps_its_coupon_used() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 ONCE1")
    accept(world)
    world.say("王小明 0912345678 台北市信義區市府路45號")
    world.go()
    world.pay.approve(world.attempts[-1].transaction_id or "")
    world.checkout.settle(world.attempts[-1].attempt_id, "returned")
    world.go()
    world.say("取消訂單")
    world.go()
    assert world.order.state is OrderState.REFUNDED
    assert (world.order.captured, world.order.refunded) == (1_700, 1_700)
    assert uses(world, "ONCE1") == {EVERYBODY: 1, customer_id_of(MEI): 1}


def test_a_declined_quote_has_used_nothing() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒，折扣碼 ONCE1")
    world.press(f"decline?q={world.quote.quote_id}&v=1")
    assert world.store.all(CouponTally) == []


# Guessing -------------------------------------------------------------------------------------------------


def guess(world: TalkingShop, times: int, text: str = "折扣碼 GUESS{n}") -> list[Any]:
    return [refusal(world.say(text.format(n=n)))[1:] for n in range(times)]


def test_who_guesses_too_much_gets_the_same_answer_for_a_code_that_there_is() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒")
    assert guess(world, MOST_GUESSES) == [("unknown", None)] * MOST_GUESSES
    assert refusal(world.say("折扣碼 TEA100")) == ("TEA100", "unknown", None)
    assert refusal(world.say("折扣碼 GONE1")) == ("GONE1", "unknown", None)
    assert world.quote.quote_version == 1
    world.say("茉莉綠茶 10 盒", JUN)
    assert world.say("折扣碼 TEA100", JUN).topic is Topic.QUOTE


def test_guesses_are_forgotten_after_an_hour() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒")
    guess(world, MOST_GUESSES)
    world.clock.go_on(3_600)
    assert world.say("折扣碼 TEA100").topic is Topic.QUOTE
    assert guess(world, 1) == [("unknown", None)]
    assert world.conversation().guesses == 1


def test_bare_codes_are_guesses_as_well() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒")
    assert guess(world, MOST_GUESSES, "XYZ{n}ABC") == [("unknown", None)] * MOST_GUESSES
    answer = world.say("SWEET12")
    assert refusal(answer)[1] == "unknown"


def test_what_looks_like_a_code_and_is_an_order_is_an_order() -> None:
    world = shop()
    assert world.say("oolong10").topic is Topic.QUOTE
    assert world.lines() == {"TEA-OOL": 10}
    assert world.conversation().guesses == 1


def test_reasons_other_than_unknown_are_no_guesses() -> None:
    world = shop()
    world.say("茉莉綠茶 10 盒")
    for _ in range(MOST_GUESSES + 1):
        world.say("折扣碼 GONE1")
    assert world.say("折扣碼 TEA100").topic is Topic.QUOTE


# Offers and order tiers in the chat -----------------------------------------------------------------------


def an_offer(until: datetime) -> PriceRules:
    names = dict.fromkeys(Language, "新茶上市")
    offer = Offer("new", OfferKind.PERCENT, 10, Scope(frozenset({"TEA-JAS"})), Period(START, until), names)
    return PriceRules((offer,))


def test_an_offer_is_frozen_in_the_quote_and_a_renewed_one_has_todays_prices() -> None:
    world = shop(an_offer(START + timedelta(hours=1)))
    world.say("茉莉綠茶 10 盒")
    assert world.quote.total == 1_620
    assert "新茶上市" in str(world.line.shown[-1])
    assert "11/24(二) 14:59" in str(world.line.shown[-1])
    world.clock.go_on(3_601)
    accept(world)
    assert world.order.total == 1_620
    world.press(f"reorder?o={world.order.order_number}")
    assert world.quote.total == 1_800


def test_a_large_order_is_reduced_as_a_whole_and_its_coupon_comes_after() -> None:
    world = shop(PriceRules(coupons=(TEA100,), order_tiers=(OrderTier(10_000, 3),)))
    world.say("高山烏龍茶 30 罐，折扣碼 TEA100")
    assert world.quote.discounts == (
        Discount(DiscountKind.ORDER_TIER, "from-10000", 360),
        Discount(DiscountKind.COUPON, "TEA100", 100),
    )
    assert (world.quote.subtotal, world.quote.total) == (11_970, 11_510)
