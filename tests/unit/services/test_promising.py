"""Promises of stock: one customer's holds stay within the rules of the house, whatever they do in whatever order."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storefront.domain.conversation import Conversation
from storefront.domain.holds import HoldBook, HoldLimits
from storefront.domain.order import HoldState, Order
from storefront.domain.outbox import Topic
from storefront.domain.quote import Quote, QuoteState
from tests.doubles.machinery import START
from tests.doubles.talking_shop import HOLD_LIMITS, JUN, MEI, TalkingShop

TEA, SPRING = "TEA-JAS", "TEA-SPR"
DETAILS = "王小明 0912345678 台北市信義區市府路45號"


def accept(shop: TalkingShop, who: str = MEI) -> Topic:
    return shop.press(f"accept?q={shop.quote.quote_id}&v={shop.quote.quote_version}", who).topic


def stock(shop: TalkingShop, sku: str = TEA) -> tuple[int, int]:
    return shop.store.stock[sku].available, shop.store.stock[sku].held


# What a genuine customer meets ----------------------------------------------------------------------------


def test_a_large_inquiry_is_promised_its_stock_at_once() -> None:
    shop = TalkingShop()
    assert shop.say("茉莉綠茶 120 盒").topic is Topic.QUOTE
    assert shop.quote.promised_since == START
    assert stock(shop) == (2_280, 120)
    assert shop.conversation().holds == HoldBook(promised=(START,))


def test_two_customers_and_the_last_five_tins() -> None:
    shop = TalkingShop()
    assert shop.say("春茶 5 罐", MEI).topic is Topic.QUOTE
    assert stock(shop, SPRING) == (0, 5)
    refused = shop.say("春茶 5 罐", JUN)
    assert (refused.topic, refused.facts["available"]) == (Topic.OUT_OF_STOCK, "0")
    shop.press("decline?q=quote1&v=1", MEI)
    assert shop.say("春茶 5 罐", JUN).topic is Topic.QUOTE
    assert stock(shop, SPRING) == (0, 5)


def test_an_order_of_services_needs_no_promise() -> None:
    shop = TalkingShop()
    shop.hold_limits = replace(HOLD_LIMITS, promises_an_hour=0)
    shop.say("禮盒包裝 2 組")
    assert shop.quote.promised_since == START
    assert shop.conversation().holds is None


def test_changing_a_quote_is_one_promise_however_often() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 1 盒")
    for units in range(2, 12):
        shop.say(f"改成 {units} 盒")
    assert shop.quote.promised_since == START
    assert stock(shop) == (2_389, 11)
    assert shop.conversation().holds == HoldBook(promised=(START,))


# Beyond the limits ----------------------------------------------------------------------------------------


def test_more_than_a_share_is_quoted_but_not_promised() -> None:
    shop = TalkingShop()
    assert shop.say("茉莉綠茶 1201 盒").topic is Topic.QUOTE
    assert shop.quote.promised_since is None
    assert stock(shop) == (2_400, 0)
    assert "還沒有保留庫存" in str(shop.line.shown[-1])
    assert "已保留庫存" not in str(shop.line.shown[-1])


def test_a_quote_without_promise_takes_its_stock_when_it_is_accepted_for_the_payment_window() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 1201 盒")
    assert accept(shop) is Topic.ASK_DELIVERY
    assert stock(shop) == (1_199, 1_201)
    assert shop.order.hold_until == START + timedelta(seconds=shop.timers.payment_window)
    assert shop.conversation().holds == HoldBook(orders=(shop.order.order_number,), taken=(START,))


def test_a_quote_without_promise_may_come_too_late_for_its_stock() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 1201 盒", MEI)
    shop.say("茉莉綠茶 1200 盒", JUN)
    before = stock(shop)
    answer = shop.press("accept?q=quote1&v=1", MEI)
    assert (answer.topic, answer.facts["available"]) == (Topic.OUT_OF_STOCK, "1200")
    assert (shop.orders, stock(shop)) == ([], before)
    assert shop.store.read(Quote, "quote1", 1).state is QuoteState.OFFERED  # type: ignore[union-attr]


def test_acceptances_without_promise_are_few_a_day() -> None:
    shop = TalkingShop()
    for _ in range(HOLD_LIMITS.taken_a_day):
        shop.say("茉莉綠茶 1201 盒")
        assert accept(shop) is Topic.ASK_DELIVERY
        shop.say("取消訂單")
    shop.say("茉莉綠茶 1201 盒")
    before, orders = stock(shop), len(shop.orders)
    assert accept(shop) is Topic.HOLDS_USED_UP
    assert (stock(shop), len(shop.orders)) == (before, orders)
    assert shop.quote.state is QuoteState.OFFERED
    shop.clock.go_on(86_400)
    shop.say("茉莉綠茶 1201 盒")
    assert accept(shop) is Topic.ASK_DELIVERY


def test_orders_that_wait_for_payment_are_few() -> None:
    shop = TalkingShop()
    for _ in range(HOLD_LIMITS.unpaid_orders):
        shop.say("茉莉綠茶 1 盒")
        assert accept(shop) is Topic.ASK_DELIVERY
    shop.say("鳳梨酥 1 盒")
    assert accept(shop) is Topic.HOLDS_USED_UP
    assert len(shop.orders) == HOLD_LIMITS.unpaid_orders
    assert shop.quote.state is QuoteState.OFFERED
    shop.press(f"cancel?o={shop.orders[0].order_number}")
    assert accept(shop) is Topic.ASK_DELIVERY


def test_asking_again_and_again_stops_being_promised_and_a_purchase_starts_afresh() -> None:
    shop = TalkingShop()
    for _ in range(HOLD_LIMITS.promises_an_hour):
        shop.say("春茶 5 罐")
        assert stock(shop, SPRING) == (0, 5)
        shop.press(f"decline?q={shop.quote.quote_id}&v=1")
    shop.say("春茶 5 罐")
    assert (shop.quote.promised_since, stock(shop, SPRING)) == (None, (5, 0))
    shop.paid(text="春茶 1 罐")
    shop.say("春茶 4 罐")
    assert shop.quote.promised_since is not None
    assert stock(shop, SPRING)[1] == 4


def test_one_customer_cannot_keep_the_last_tins_for_a_week_by_asking_every_day() -> None:
    shop = TalkingShop()
    promised = 0
    for _ in range(7 * 24):
        shop.say("春茶 5 罐")
        promised += stock(shop, SPRING) == (0, 5)
        shop.press(f"decline?q={shop.quote.quote_id}&v={shop.quote.quote_version}")
        shop.clock.go_on(3_600)
    assert promised == HOLD_LIMITS.promises_a_week


def test_one_customer_cannot_keep_the_last_tins_for_a_week_by_letting_every_quote_expire() -> None:
    shop = TalkingShop()
    promised = []
    for day in range(7):
        shop.say("春茶 5 罐")
        promised += [day] * (stock(shop, SPRING) == (0, 5))
        shop.clock.go_on(86_400)
        shop.sweeping.sweep()
        shop.clock.go_on(120)
        shop.sweeping.sweep()
    assert promised == [0, 1, 2]


def test_one_customer_cannot_keep_the_last_tins_for_a_week_by_changing_a_quote() -> None:
    shop = TalkingShop()
    hours = 0
    for hour in range(7 * 24):
        shop.say(f"春茶 {4 + hour % 2} 罐")
        hours += stock(shop, SPRING)[1] > 0
        shop.clock.go_on(3_600)
    assert hours <= 4 * 24


def test_a_customer_who_asks_for_everything_leaves_something_of_everything() -> None:
    shop = TalkingShop()
    goods = [sku for sku, product in shop.catalogues.catalogue.products.items() if product.stock_counted]
    for sku in goods:
        shop.press(f"order_of?sku={sku}&n={shop.store.stock[sku].on_hand}")
    assert all(shop.store.stock[sku].held == 0 for sku in goods), "one quote of everything is not promised"


# In any order ---------------------------------------------------------------------------------------------

ACTIONS = st.one_of(
    st.tuples(st.just("want"), st.sampled_from([TEA, SPRING, "CAK-SUN"]), st.integers(1, 1_300)),
    st.tuples(st.just("accept"), st.just(""), st.just(0)),
    st.tuples(st.just("decline"), st.just(""), st.just(0)),
    st.tuples(st.just("cancel"), st.just(""), st.integers(0, 4)),
    st.tuples(st.just("details"), st.just(""), st.just(0)),
    st.tuples(st.just("pay"), st.just(""), st.just(0)),
    st.tuples(st.just("wait"), st.just(""), st.sampled_from([60, 1_500, 40_000, 90_000])),
)


def holders(shop: TalkingShop) -> tuple[list[Quote], list[Order]]:
    quotes = [quote for quote in shop.quote_rows if quote.state is QuoteState.OFFERED and quote.held_lines]
    return quotes, [order for order in shop.orders if order.hold is HoldState.HELD]


def check(shop: TalkingShop, limits: HoldLimits) -> None:
    quotes, orders = holders(shop)
    assert len(quotes) <= 1
    assert len(orders) <= limits.unpaid_orders
    for sku, counters in shop.store.stock.items():
        lines = [line for quote in quotes for line in quote.held_lines]
        lines += [line for order in orders for line in order.counted_lines]
        assert counters.held == sum(line.quantity for line in lines if line.sku == sku)
        assert min(counters.available, counters.held, counters.committed) >= 0
    for quote in quotes:
        if quote.created_at == shop.clock.now:
            own = {line.sku: line.quantity for line in quote.held_lines}
            for order in orders:
                for line in order.counted_lines:
                    if line.sku in own:
                        own[line.sku] += line.quantity
            there = {sku: shop.store.stock[sku].available + units for sku, units in own.items()}
            assert limits.are_kept_by(own, there)
    book = shop.store.all(Conversation)[0].holds or HoldBook()
    assert {order.order_number for order in orders} <= set(book.orders)


def do(shop: TalkingShop, name: str, sku: str, number: int) -> None:
    match name:
        case "want":
            shop.press(f"order_of?sku={sku}&n={number}")
        case "accept" if shop.quote_rows:
            accept(shop)
        case "decline" if shop.quote_rows:
            shop.press(f"decline?q={shop.quote.quote_id}&v={shop.quote.quote_version}")
        case "cancel" if number < len(shop.orders):
            shop.press(f"cancel?o={shop.orders[number].order_number}")
        case "details" if shop.orders:
            shop.say(DETAILS)
            shop.go()
        case "pay" if shop.attempts and shop.attempts[-1].transaction_id:
            shop.pay.approve(shop.attempts[-1].transaction_id or "")
            shop.checkout.settle(shop.attempts[-1].attempt_id, "returned")
        case "wait":
            shop.clock.go_on(number)
            shop.sweeping.sweep()
            shop.go()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTIONS, max_size=25))
def test_holds_add_up_and_stay_within_the_limits_and_end(steps: list[tuple[str, str, int]]) -> None:
    shop = TalkingShop()
    shop.say("你好")
    for step in steps:
        do(shop, *step)
        check(shop, HOLD_LIMITS)
    for _ in range(4):
        shop.clock.go_on(90_000)
        shop.sweeping.sweep()
        shop.go()
    assert holders(shop) == ([], [])
    assert all(counters.held == 0 for counters in shop.store.stock.values())


# The rules themselves -------------------------------------------------------------------------------------


def test_a_share_or_a_few_units_of_few_products() -> None:
    limits = replace(HOLD_LIMITS, share_percent=50, small_units=60, whole_products=1)
    assert limits.are_kept_by({"a": 50}, {"a": 100})
    assert limits.are_kept_by({"a": 60}, {"a": 60})
    assert not limits.are_kept_by({"a": 61}, {"a": 100})
    assert not limits.are_kept_by({"a": 5, "b": 5}, {"a": 5, "b": 5})
    assert limits.are_kept_by({"a": 5, "b": 50}, {"a": 5, "b": 100})


def test_what_is_long_ago_counts_no_more() -> None:
    hour, day, week = timedelta(hours=1), timedelta(days=1), timedelta(days=7)

    def promised(*ago: timedelta) -> HoldBook:
        return HoldBook(promised=tuple(START - each for each in ago), taken=(START - day,))

    limits = replace(HOLD_LIMITS, promises_an_hour=1, promises_a_week=2, taken_a_day=1)
    assert promised(hour).may_promise(limits, START)
    assert not promised(hour - timedelta(seconds=1)).may_promise(limits, START)
    assert not promised(day, day).may_promise(limits, START)
    assert not promised(3 * day).may_promise(replace(limits, promised_hours_a_week=24), START)
    assert promised(day, week).may_promise(limits, START)
    assert promised().may_take(limits, START)
    assert not promised().may_take(limits, START - timedelta(seconds=1))
    assert promised(day, week).lately(START) == HoldBook(promised=(START - day,))


def test_the_book_is_kept_with_the_customer_it_belongs_to() -> None:
    shop = TalkingShop()
    shop.say("春茶 5 罐", MEI)
    assert shop.say("你好", JUN).topic is Topic.HOW_TO_ORDER
    assert shop.conversation(MEI).holds == HoldBook(promised=(START,))
    assert shop.conversation(JUN).holds is None


def test_one_person_who_tries_the_shop_out_for_an_hour_meets_no_limit() -> None:
    shop = TalkingShop()
    for units in range(1, 31):
        shop.say(f"鳳梨酥 {units} 盒")
    for units in range(1, 11):
        shop.say(f"太陽餅 {units} 盒")
        assert shop.quote.promised_since is not None
        assert accept(shop) is Topic.ASK_DELIVERY
        if units % 2:
            shop.say("取消訂單")
