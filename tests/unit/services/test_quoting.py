"""Quoting: frozen prices, stock on hold, one order per quote."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.catalogue import Catalogue
from storefront.domain.errors import Conflict, IllegalMove, StockShort
from storefront.domain.order import HoldState, OrderState
from storefront.domain.quote import MAX_QUANTITY, Quote, QuoteState
from storefront.services.ports import StockMove
from storefront.services.quoting import Basket, QuotePlan, Shortage, released, stock_moves
from tests.doubles.little_shop import CATALOGUE, STOCK, TEA, UNITS, LittleShop, customer_row
from tests.doubles.machinery import START
from tests.doubles.memory_store import Counters

FREE = STOCK - UNITS


def quoted(
    shop: LittleShop,
    cart: dict[str, int],
    previous: Quote | None = None,
    *,
    formal: bool = False,
    wished_date: str | None = None,
) -> QuotePlan:
    plan = shop.quoting.plan(
        customer_row(),
        Basket(cart, wished_date, formal),
        previous,
        "quote2",
        shop.clock.now,
        shop.quoting.catalogue(),
        "event1",
    )
    shop.store.commit(*plan.writes)
    return plan


def stored(shop: LittleShop, version: int = 1) -> Quote:
    quote = shop.store.read(Quote, "quote2", version)
    assert quote is not None
    return quote


def test_a_quote_freezes_prices_and_holds_the_stock_of_counted_products() -> None:
    shop = LittleShop()
    quoted(shop, {TEA.sku: 2, "SVC-GIF": 1})
    quote = stored(shop)
    assert (quote.quote_version, quote.state, quote.subtotal) == (1, QuoteState.OFFERED, 420)
    assert quote.valid_until == START + timedelta(days=1)
    assert quote.remind_at == START + timedelta(hours=20)
    assert quote.due_at == quote.remind_at + timedelta(seconds=60)
    assert shop.stock == Counters(FREE - 2, UNITS + 2, 0, STOCK)
    shop.catalogues.catalogue = Catalogue.of([replace(TEA, price=999)])
    assert stored(shop).subtotal == 420


def test_a_changed_cart_makes_the_next_version_and_moves_only_the_difference() -> None:
    shop = LittleShop()
    quoted(shop, {TEA.sku: 2})
    plan = quoted(shop, {TEA.sku: 5}, stored(shop))
    assert (plan.quote.quote_id, plan.quote.quote_version) == ("quote2", 2)
    assert stored(shop, 1).state is QuoteState.SUPERSEDED
    assert [write for write in plan.writes if isinstance(write, StockMove)] == [
        StockMove(TEA.sku, available=-3, held=3)
    ]
    assert shop.stock == Counters(FREE - 5, UNITS + 5, 0, STOCK)


def test_the_same_cart_again_moves_no_stock() -> None:
    shop = LittleShop()
    quoted(shop, {TEA.sku: 2})
    plan = quoted(shop, {TEA.sku: 2}, stored(shop), formal=True, wished_date="2026-12-01")
    assert not any(isinstance(write, StockMove) for write in plan.writes)
    assert (plan.quote.formal, plan.quote.wished_date) == (True, "2026-12-01")


def test_a_product_taken_out_of_the_cart_is_free_again() -> None:
    shop = LittleShop()
    quoted(shop, {TEA.sku: 2, "SVC-GIF": 1})
    quoted(shop, {"SVC-GIF": 1}, stored(shop))
    assert shop.stock == Counters(FREE, UNITS, 0, STOCK)


def test_a_quote_that_ended_is_followed_by_a_new_one() -> None:
    shop = LittleShop()
    quoted(shop, {TEA.sku: 2})
    shop.store.commit(*shop.quoting.end(stored(shop), QuoteState.DECLINED, START, "event2"))
    plan = shop.quoting.plan(
        customer_row(), Basket({TEA.sku: 1}), stored(shop), "quote3", START, CATALOGUE, "event3"
    )
    assert (plan.quote.quote_id, plan.quote.quote_version) == ("quote3", 1)


@pytest.mark.parametrize("cart", [{}, {TEA.sku: 0}, {TEA.sku: -1}, {TEA.sku: MAX_QUANTITY + 1}])
def test_a_cart_that_cannot_be_is_refused_B1(cart: dict[str, int]) -> None:
    shop = LittleShop()
    with pytest.raises(ValueError, match="a basket holds"):
        shop.quoting.plan(customer_row(), Basket(cart), None, "quote2", START, CATALOGUE, "event1")


def test_a_shortage_counts_what_this_customer_holds_already() -> None:
    shop = LittleShop()
    assert shop.quoting.shortage(Basket({TEA.sku: FREE}), {}, CATALOGUE) is None
    assert shop.quoting.shortage(Basket({TEA.sku: FREE + 1}), {}, CATALOGUE) == Shortage(
        TEA.sku, FREE + 1, FREE
    )
    assert shop.quoting.shortage(Basket({TEA.sku: FREE + 1}), {TEA.sku: 1}, CATALOGUE) is None
    assert shop.quoting.shortage(Basket({"SVC-GIF": 9_999}), {}, CATALOGUE) is None


def test_more_promised_than_there_is_shows_as_nothing_left() -> None:
    shop = LittleShop()
    shop.store.stock[TEA.sku] = Counters(-2, 5, 0, 3)
    assert shop.quoting.shortage(Basket({TEA.sku: 1}), {}, CATALOGUE) == Shortage(TEA.sku, 1, 0)


def test_the_last_units_go_to_whoever_commits_first_B5_S1() -> None:
    shop = LittleShop()
    plans = [
        shop.quoting.plan(
            customer_row(), Basket({TEA.sku: FREE}), None, f"quote{number}", START, CATALOGUE, "event1"
        )
        for number in range(2)
    ]
    shop.store.commit(*plans[0].writes)
    with pytest.raises(StockShort):
        shop.store.commit(*plans[1].writes)
    assert shop.stock == Counters(0, STOCK, 0, STOCK)
    assert len(shop.store.all(Quote)) == 1


def test_ending_a_quote_frees_its_stock_once_S3() -> None:
    shop = LittleShop()
    quoted(shop, {TEA.sku: 2})
    quote = stored(shop)
    writes = shop.quoting.end(quote, QuoteState.DECLINED, START, "event2")
    shop.store.commit(*writes)
    with pytest.raises(Conflict):
        shop.store.commit(*writes)
    with pytest.raises(IllegalMove):
        shop.quoting.end(stored(shop), QuoteState.EXPIRED, START, "event3")
    assert shop.stock == Counters(FREE, UNITS, 0, STOCK)


def test_an_accepted_quote_becomes_one_order_with_the_same_lines_B4() -> None:
    shop = LittleShop()
    quoted(shop, {TEA.sku: 2})
    quote = stored(shop)
    order, writes = shop.quoting.accept(quote, "ORDER1", START, "event1")
    _, again = shop.quoting.accept(quote, "ORDER2", START, "event2")
    shop.store.commit(*writes)
    with pytest.raises(Conflict):
        shop.store.commit(*again)
    assert (order.state, order.hold, order.lines) == (
        OrderState.AWAITING_DETAILS,
        HoldState.HELD,
        quote.lines,
    )
    assert order.hold_until == quote.valid_until
    assert stored(shop).order_number == "ORDER1"
    assert shop.stock == Counters(FREE - 2, UNITS + 2, 0, STOCK)


def test_a_quote_accepted_at_the_last_moment_still_leaves_time_to_pay() -> None:
    shop = LittleShop()
    quoted(shop, {TEA.sku: 2})
    quote = stored(shop)
    late = quote.valid_until - timedelta(seconds=1)
    order, _ = shop.quoting.accept(quote, "ORDER1", late, "event1")
    assert order.hold_until == late + timedelta(seconds=shop.timers.payment_window)
    assert order.due_at == order.hold_until + timedelta(seconds=shop.timers.grace)


def test_moves_name_each_product_once_and_nothing_that_stays() -> None:
    shop = LittleShop()
    quoted(shop, {TEA.sku: 2, "SVC-GIF": 1})
    assert stock_moves({"B": 1, "A": -2, "C": 0}) == (
        StockMove("A", available=2, held=-2),
        StockMove("B", available=-1, held=1),
    )
    assert released(stored(shop).counted_lines) == (StockMove(TEA.sku, available=2, held=-2),)
