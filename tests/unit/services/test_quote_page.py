"""Who may see a quote's page: whoever has its link, while it is one; everybody else sees nothing."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.adapters.layout import Key, Table
from storefront.domain.conversation import Step
from storefront.domain.outbox import Topic
from storefront.domain.quote import Quote
from storefront.domain.quote_link import link_key
from storefront.messages.quote_page import PageStanding
from storefront.services.ports import Put
from storefront.services.quote_page import SHOWN_FOR, QuotePages
from tests.doubles.talking_shop import TalkingShop

DETAILS = "王小明 0912345678 台北市信義區市府路45號"


def quoted() -> tuple[TalkingShop, QuotePages, str]:
    shop = TalkingShop()
    shop.say("茉莉綠茶 120 盒")
    return shop, QuotePages(shop.store, shop.clock), key_of(shop.quote)


def key_of(quote: Quote) -> str:
    key = link_key(quote)
    assert key is not None
    return key


def standing(pages: QuotePages, key: str) -> PageStanding | None:
    view = pages.visit(key)
    return None if view is None else view.standing


def test_the_link_shows_the_quote_and_changes_nothing() -> None:
    shop, pages, key = quoted()
    before = shop.snapshot()
    view = pages.visit(key)
    assert view is not None
    assert (view.quote, view.standing, view.buyer) == (shop.quote, PageStanding.OPEN, None)
    assert shop.snapshot() == before


def test_the_buyer_is_named_once_they_have_told_who_they_are() -> None:
    shop = TalkingShop()
    shop.paid(DETAILS)
    shop.say("鳳梨酥 2 盒")
    view = QuotePages(shop.store, shop.clock).visit(key_of(shop.quote))
    assert view is not None
    assert view.buyer is not None
    assert view.buyer.destination.recipient.name == "王小明"


def test_a_page_says_what_became_of_its_quote() -> None:
    shop, pages, first = quoted()
    shop.say("改成 60 盒")
    assert standing(pages, first) is PageStanding.SUPERSEDED
    second = key_of(shop.quote)
    assert standing(pages, second) is PageStanding.OPEN
    shop.press("accept?q=quote1&v=2")
    assert standing(pages, second) is PageStanding.ACCEPTED
    shop.say("鳳梨酥 2 盒")
    third = key_of(shop.quote)
    shop.press(f"decline?q={shop.quote.quote_id}&v=1")
    assert standing(pages, third) is PageStanding.DECLINED
    assert standing(pages, first) is PageStanding.SUPERSEDED


def test_a_page_counts_until_the_last_second_of_its_quote() -> None:
    shop, pages, key = quoted()
    shop.clock.now = shop.quote.valid_until - timedelta(seconds=1)
    assert standing(pages, key) is PageStanding.OPEN
    shop.clock.go_on(1)
    assert standing(pages, key) is PageStanding.EXPIRED
    shop.sweeping.sweep()
    shop.clock.go_on(60)
    shop.sweeping.sweep()
    assert standing(pages, key) is PageStanding.EXPIRED
    shop.clock.now = shop.quote.valid_until + SHOWN_FOR
    assert standing(pages, key) is PageStanding.EXPIRED
    shop.clock.go_on(1)
    assert standing(pages, key) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda key: key[:-1] + ("a" if key[-1] != "a" else "b"),
        lambda key: key.replace("quote1-1", "quote1-2"),
        lambda key: key.replace("quote1", "quote9"),
        lambda key: key.rpartition("-")[0],
        lambda _: "",
    ],
)
def test_every_other_link_opens_nothing(change: Callable[[str], str]) -> None:
    shop, pages, key = quoted()
    shop.say("改成 60 盒")
    assert pages.visit(change(key)) is None


def test_an_erased_customer_s_quotes_open_no_more() -> None:
    shop, pages, key = quoted()
    del shop.store.rows[Table.PERSONAL, Key(f"CUSTOMER#{shop.quote.customer_id}", "CONVERSATION")]
    assert pages.visit(key) is None


def test_a_link_can_be_taken_back() -> None:
    shop, pages, key = quoted()
    shop.store.commit(Put(replace(shop.quote, page_key=None)))
    assert pages.visit(key) is None


# In the chat --------------------------------------------------------------------------------------------------


def links(shop: TalkingShop) -> list[str]:
    """Addresses of pages in what was shown last: a card and perhaps a word beside it."""
    return list(dict.fromkeys(re.findall(r"https://[^']*/quotes/[^']*", str(shop.line.shown[-2:]))))


def test_asking_for_a_formal_quote_brings_its_link_and_asking_again_no_new_version() -> None:
    shop, pages, _ = quoted()
    assert shop.say("我要報價單").topic is Topic.QUOTE
    assert (shop.quote.quote_version, shop.quote.formal) == (2, True)
    assert links(shop) == [f"https://shop.example/quotes/{key_of(shop.quote)}"]
    assert standing(pages, links(shop)[0].rpartition("/")[2]) is PageStanding.OPEN
    assert shop.say("報價單").topic is Topic.QUOTE
    assert shop.quote.quote_version == 2
    assert links(shop) == [f"https://shop.example/quotes/{key_of(shop.quote)}"]


def test_an_ordinary_quote_shows_no_link() -> None:
    shop, _, _ = quoted()
    assert links(shop) == []


def test_the_buyer_of_an_accepted_quote_gets_its_page() -> None:
    shop, pages, _ = quoted()
    shop.press("accept?q=quote1&v=1")
    shop.change(step=Step.FREE)
    assert shop.say("報價單").topic is Topic.QUOTE_PAGE
    (link,) = links(shop)
    assert standing(pages, link.rpartition("/")[2]) is PageStanding.ACCEPTED
