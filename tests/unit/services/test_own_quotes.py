"""Two customers and every button of a quote: only its owner can do anything with it (B3, X4)."""

from collections.abc import Callable

import pytest

from storefront.domain.conversation import customer_id_of
from storefront.domain.outbox import Topic
from storefront.domain.quote import Quote, QuoteState
from storefront.domain.quote_record import QuoteEntry
from tests.doubles.talking_shop import JUN, MEI, TalkingShop

VERBS = ["accept", "decline", "change", "renew", "haggle", "wish_date", "why"]


def expired(shop: TalkingShop) -> None:
    shop.clock.go_on(86_400)
    shop.deciding.review_quote("quote1", 1)


STATES: dict[QuoteState, Callable[[TalkingShop], object]] = {
    QuoteState.OFFERED: lambda _: None,
    QuoteState.ACCEPTED: lambda shop: shop.press("accept?q=quote1&v=1", MEI),
    QuoteState.SUPERSEDED: lambda shop: shop.say("改成 5 盒", MEI),
    QuoteState.DECLINED: lambda shop: shop.press("decline?q=quote1&v=1", MEI),
    QuoteState.EXPIRED: expired,
}


def first(shop: TalkingShop) -> Quote:
    quote = shop.store.read(Quote, "quote1", 1)
    assert quote is not None
    return quote


def mine(shop: TalkingShop) -> tuple[object, ...]:
    """Everything of the owner's that a stranger must not touch."""
    return (
        shop.quote_rows,
        shop.store.all(QuoteEntry),
        shop.orders,
        shop.store.stock.copy(),
        shop.conversation(MEI),
    )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_s_tap_is_answered_like_an_unknown_quote_and_changes_nothing(
    verb: str, state: QuoteState
) -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒", MEI)
    STATES[state](shop)
    assert first(shop).state is state
    before = mine(shop)
    foreign = shop.press(f"{verb}?q=quote1&v=1&r=price", JUN)
    unknown = shop.press(f"{verb}?q=nothing&v=1&r=price", JUN)
    assert (foreign.topic, foreign.facts) == (unknown.topic, unknown.facts)
    assert foreign.topic is Topic.QUOTE_UNKNOWN
    assert mine(shop) == before


@pytest.mark.parametrize("state", [state for state in STATES if state is not QuoteState.OFFERED])
@pytest.mark.parametrize("verb", ["accept", "decline", "change"])
def test_an_old_button_says_so_and_makes_no_order(verb: str, state: QuoteState) -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    STATES[state](shop)
    orders, stock = len(shop.orders), shop.store.stock.copy()
    answer = shop.press(f"{verb}?q=quote1&v=1")
    expected = {
        QuoteState.ACCEPTED: Topic.ASK_DELIVERY,
        QuoteState.SUPERSEDED: Topic.QUOTE_SUPERSEDED,
        QuoteState.DECLINED: Topic.QUOTE_EXPIRED,
        QuoteState.EXPIRED: Topic.QUOTE_EXPIRED,
    }
    assert answer.topic is expected[state]
    assert (len(shop.orders), shop.store.stock) == (orders, stock)


def test_an_old_button_brings_the_new_quote_which_one_tap_accepts() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.say("改成 5 盒")
    versions = len(shop.quote_rows)
    answer = shop.press("accept?q=quote1&v=1")
    assert (answer.topic, answer.facts["quote_version"]) == (Topic.QUOTE_SUPERSEDED, "2")
    assert len(shop.quote_rows) == versions, "no version is made for it"
    assert shop.orders == []
    shop.tap("確認訂購")
    assert (shop.order.quote_version, shop.order.customer_id) == (2, customer_id_of(MEI))
