"""What a quote, its end and its acceptance write, whole: the rows, the record and the stock that moves with them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.catalogue import Catalogue
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.order import HistoryStep, HoldState, Order, OrderState
from storefront.domain.quote import (
    MAX_LINES,
    MAX_QUANTITY,
    AgreedPrice,
    Discount,
    DiscountKind,
    Quote,
    QuoteLine,
    QuoteState,
)
from storefront.domain.quote_record import EntryKind, QuoteEntry
from storefront.services.ports import Put, StockMove, Timers, Write
from storefront.services.quoting import Basket, QuotePlan, Quoting, Shortage, entry
from tests.doubles.little_shop import CATALOGUE, TEA, WRAPPING, LittleShop, customer_row
from tests.doubles.machinery import START
from tests.doubles.memory_store import Counters

NOW = START + timedelta(hours=1)
TIMERS = Timers()
GRACE = timedelta(seconds=TIMERS.grace)
VALID = timedelta(seconds=TIMERS.quote_validity)
WINDOW = timedelta(seconds=TIMERS.payment_window)
JAPANESE = replace(customer_row(), language=Language.JA)


def rows[Entity](kind: type[Entity], writes: Sequence[Write]) -> list[Entity]:
    return [write.entity for write in writes if isinstance(write, Put) and isinstance(write.entity, kind)]


def moves(writes: Sequence[Write]) -> list[StockMove]:
    return [write for write in writes if isinstance(write, StockMove)]


def plan(
    basket: Basket,
    previous: Quote | None = None,
    *,
    promised: bool | None = None,
    quoting: Quoting | None = None,
) -> QuotePlan:
    quoting = quoting or LittleShop().quoting
    return quoting.plan(JAPANESE, basket, previous, "quote2", NOW, CATALOGUE, "event1", promised=promised)


def quote_of(units: int, *, promised: bool | None = None) -> Quote:
    return replace(plan(Basket({TEA.sku: units}), promised=promised).quote, revision=1)


# Offering --------------------------------------------------------------------------------------------------


def test_a_quote_says_who_when_what_and_for_how_long() -> None:
    agreed = {TEA.sku: AgreedPrice(170)}
    basket = Basket({TEA.sku: 2, WRAPPING.sku: 1}, "2026-12-01", formal=True, agreed=agreed)
    planned = plan(basket)
    quote = planned.quote
    assert (quote.quote_id, quote.quote_version, quote.customer_id) == ("quote2", 1, JAPANESE.customer_id)
    assert (quote.language, quote.currency, quote.state) == (Language.JA, Currency.TWD, QuoteState.OFFERED)
    assert quote.lines == (
        QuoteLine.priced(TEA, 2, Language.JA, AgreedPrice(170)),
        QuoteLine.priced(WRAPPING, 1, Language.JA),
    )
    assert (quote.created_at, quote.valid_until, quote.promised_since) == (NOW, NOW + VALID, NOW)
    assert (quote.wished_date, quote.formal, quote.agreed) == ("2026-12-01", True, agreed)
    assert (quote.coupon, quote.discounts, planned.coupon_refusal) == (None, (), None)
    assert rows(Quote, planned.writes) == [quote]
    facts = {"total": "400"}
    assert rows(QuoteEntry, planned.writes) == [
        QuoteEntry("quote2", 1, EntryKind.OFFERED, NOW, "event1", facts)
    ]
    assert moves(planned.writes) == [StockMove(TEA.sku, available=-2, held=2)]


def test_a_quote_is_written_in_the_customers_language() -> None:
    shop = LittleShop()
    tea = replace(TEA, names={Language.ZH_TW: "茉莉綠茶", Language.JA: "ジャスミン茶"})
    catalogue = Catalogue.of([tea])
    planned = shop.quoting.plan(JAPANESE, Basket({TEA.sku: 1}), None, "quote2", NOW, catalogue, "event1")
    assert planned.quote.lines[0].name == "ジャスミン茶"


def test_a_quote_keeps_the_key_of_its_page_in_all_versions() -> None:
    quoting = LittleShop().quoting
    basket = Basket({TEA.sku: 1})

    def key_of(previous: Quote | None, page_key: str | None) -> str | None:
        made = quoting.plan(JAPANESE, basket, previous, "quote2", NOW, CATALOGUE, "event1", page_key=page_key)
        return made.quote.page_key

    assert (key_of(None, None), key_of(None, "key2")) == (None, "key2")
    assert key_of(replace(quote_of(1), page_key="key1"), "key2") == "key1"
    assert key_of(quote_of(1), "key2") == "key2"


def test_a_basket_and_a_plan_without_more_said_have_nothing_to_tell() -> None:
    basket = Basket({})
    assert (basket.wished_date, basket.formal, basket.coupon, basket.agreed) == (None, False, None, {})
    assert QuotePlan(quote_of(1), ()).coupon_refusal is None


def test_the_record_tells_everything_that_was_taken_off() -> None:
    quote = replace(
        quote_of(5),
        discounts=(
            Discount(DiscountKind.COUPON, "TEA100", 100),
            Discount(DiscountKind.ORDER_TIER, "from-500", 50),
        ),
    )
    told = entry(quote, EntryKind.OFFERED, NOW, "event1").entity.facts
    assert told == {"total": "750", "discounts": "coupon:TEA100:100,order_tier:from-500:50"}


def test_a_shop_may_count_in_another_currency() -> None:
    shop = LittleShop()
    quoting = Quoting(shop.catalogues, TIMERS, currency=Currency.JPY)
    assert plan(Basket({TEA.sku: 1}), quoting=quoting).quote.currency is Currency.JPY


def test_the_next_version_ends_the_one_before_and_moves_the_difference_S3() -> None:
    before = replace(quote_of(5), quote_id="quote1")
    planned = plan(Basket({TEA.sku: 2}), before)
    assert (planned.quote.quote_id, planned.quote.quote_version) == (before.quote_id, 2)
    assert planned.quote.promised_since == before.promised_since
    assert rows(Quote, planned.writes) == [planned.quote, before.ended(QuoteState.SUPERSEDED)]
    assert moves(planned.writes) == [StockMove(TEA.sku, available=3, held=-3)]


def test_a_version_keeps_to_what_was_promised_or_not_unless_told_otherwise() -> None:
    before = quote_of(5, promised=False)
    assert (before.promised_since, moves(plan(Basket({TEA.sku: 2}), before).writes)) == (None, [])
    now_promised = plan(Basket({TEA.sku: 2}), before, promised=True)
    assert now_promised.quote.promised_since == NOW
    assert moves(now_promised.writes) == [StockMove(TEA.sku, available=-2, held=2)]
    no_longer = plan(Basket({TEA.sku: 2}), quote_of(5), promised=False)
    assert no_longer.quote.promised_since is None
    assert moves(no_longer.writes) == [StockMove(TEA.sku, available=5, held=-5)]


@pytest.mark.parametrize("state", [state for state in QuoteState if state is not QuoteState.OFFERED])
def test_a_quote_that_is_over_is_not_superseded(state: QuoteState) -> None:
    over = replace(quote_of(5, promised=False), state=state, quote_id="quote1")
    planned = plan(Basket({TEA.sku: 2}), over)
    assert (planned.quote.quote_id, planned.quote.quote_version) == ("quote2", 1)
    assert planned.quote.promised_since == NOW
    assert rows(Quote, planned.writes) == [planned.quote]


def test_a_basket_holds_one_to_twenty_products_of_one_to_9999_units_B1() -> None:
    products = [replace(TEA, sku=f"TEA-{number:02}") for number in range(MAX_LINES + 1)]
    shop = LittleShop()
    many = {product.sku: 1 for product in products}

    def quoted(units: dict[str, int]) -> Quote:
        catalogue = Catalogue.of(products)
        basket = Basket(units)
        return shop.quoting.plan(JAPANESE, basket, None, "quote2", NOW, catalogue, "event1").quote

    assert (MAX_LINES, MAX_QUANTITY) == (20, 9_999)
    assert len(quoted(dict(list(many.items())[:20])).lines) == 20
    assert quoted({"TEA-00": 9_999}).lines[0].quantity == 9_999
    assert quoted({"TEA-00": 1}).lines[0].quantity == 1
    for units in (many, {}, {"TEA-00": 10_000}, {"TEA-00": 0}, {"TEA-00": 1, "TEA-01": 0}):
        with pytest.raises(ValueError, match=r"^a basket holds 1 to 20 products, 1 to 9,999 units each$"):
            quoted(units)


def test_a_basket_can_be_made_of_a_quote_and_keeps_what_was_told_before() -> None:
    quote = replace(
        quote_of(5),
        wished_date="2026-12-01",
        formal=True,
        coupon="TEA100",
        agreed={TEA.sku: AgreedPrice(170)},
    )
    basket = Basket.of(quote)
    assert basket == Basket({TEA.sku: 5}, "2026-12-01", True, "TEA100", {TEA.sku: AgreedPrice(170)})
    assert Basket({TEA.sku: 1}).after(quote) == replace(basket, units={TEA.sku: 1})
    told = Basket({TEA.sku: 1}, "2026-12-24", False, "TEA200", {TEA.sku: AgreedPrice(160)})
    assert told.after(quote) == replace(told, formal=True)
    assert Basket({}).after(replace(quote, formal=False)).formal is False


# What there is ---------------------------------------------------------------------------------------------


def test_what_a_customer_can_have_is_what_is_free_and_what_is_held_for_them() -> None:
    quoting = LittleShop().quoting
    basket = Basket({TEA.sku: 8, WRAPPING.sku: 100})
    assert quoting.there(basket, {}, CATALOGUE) == {TEA.sku: 7}
    assert quoting.there(basket, {TEA.sku: 1}, CATALOGUE) == {TEA.sku: 8}
    assert quoting.shortage(basket, {}, CATALOGUE) == Shortage(TEA.sku, 8, 7)
    assert quoting.shortage(basket, {TEA.sku: 1}, CATALOGUE) is None


def test_a_product_whose_stock_was_never_counted_in_cannot_be_had() -> None:
    shop = LittleShop()
    del shop.store.stock[TEA.sku]
    assert shop.quoting.there(Basket({TEA.sku: 1}), {}, CATALOGUE) == {TEA.sku: 0}


def test_what_is_offered_instead_is_there_and_not_too_much_is_looked_at() -> None:
    alike = [replace(TEA, sku=f"TEA-{number:02}", price=181 + number) for number in range(14)]
    uncounted = replace(alike[2], stock_counted=False)
    shop = LittleShop()
    shop.store.stock |= {product.sku: Counters.of(5) for product in alike}
    shop.store.stock["TEA-00"] = Counters.of(0)
    shop.store.stock["TEA-01"] = Counters.of(1)
    del shop.store.stock["TEA-02"], shop.store.stock["TEA-03"]
    catalogue = Catalogue.of([TEA, *alike[:2], uncounted, *alike[3:]])
    assert [product.sku for product in shop.quoting.similar_to(TEA.sku, catalogue)] == [
        "TEA-01",
        "TEA-02",
        *(f"TEA-{number:02}" for number in range(4, 12)),
    ]


# Ending and accepting --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "kind"),
    [(QuoteState.EXPIRED, EntryKind.EXPIRED), (QuoteState.DECLINED, EntryKind.DECLINED)],
)
def test_an_end_is_recorded_as_what_it_was_and_frees_what_was_held(
    state: QuoteState, kind: EntryKind
) -> None:
    quote = quote_of(5)
    writes = LittleShop().quoting.end(quote, state, NOW, "event2")
    (ended,) = rows(Quote, writes)
    assert ended == replace(quote.ended(state), told_of_end=state is QuoteState.EXPIRED)
    (quietly,) = rows(Quote, LittleShop().quoting.end(quote, state, NOW, "event2", told=False))
    assert quietly.told_of_end is False
    facts = {"total": "900"}
    assert rows(QuoteEntry, writes) == [QuoteEntry("quote2", 1, kind, NOW, "event2", facts)]
    assert moves(writes) == [StockMove(TEA.sku, available=5, held=-5)]


def test_an_accepted_quote_becomes_an_order_whole_B4() -> None:
    quote = replace(quote_of(5), wished_date="2026-12-01")
    order, writes = LittleShop().quoting.accept(quote, "ORDER1", NOW, "event2")
    assert order == Order(
        order_number="ORDER1",
        customer_id=JAPANESE.customer_id,
        quote_id="quote2",
        quote_version=1,
        language=Language.JA,
        currency=Currency.TWD,
        lines=quote.lines,
        state=OrderState.AWAITING_DETAILS,
        hold=HoldState.HELD,
        hold_until=quote.valid_until,
        created_at=NOW,
        wished_date="2026-12-01",
        history=(HistoryStep(NOW, OrderState.AWAITING_DETAILS, "event2"),),
        due_at=quote.valid_until + GRACE,
    )
    assert rows(Order, writes) == [order]
    assert rows(Quote, writes) == [quote.accepted("ORDER1")]
    facts = {"total": "900", "order": "ORDER1"}
    assert rows(QuoteEntry, writes) == [QuoteEntry("quote2", 1, EntryKind.ACCEPTED, NOW, "event2", facts)]
    assert moves(writes) == []


def test_stock_that_was_not_promised_is_taken_on_acceptance_and_for_the_window_only() -> None:
    quote = quote_of(5, promised=False)
    order, writes = LittleShop().quoting.accept(quote, "ORDER1", NOW, "event2")
    assert (order.hold_until, order.due_at) == (NOW + WINDOW, NOW + WINDOW + GRACE)
    assert moves(writes) == [StockMove(TEA.sku, available=-5, held=5)]
