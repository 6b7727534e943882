"""All that the product says in the chat is drawn by the page without a complaint, in every language."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from dev.page.shop_front import PUBLIC_PICTURES
from storefront.domain.language import Language
from storefront.messages.render import render
from tests.browser.conftest import Shop
from tests.browser.test_page import violations
from tests.unit.messages.scenes import CASES

Opened = Callable[..., Page]


@pytest.mark.parametrize("language", Language)
def test_every_message_of_the_product_is_drawn(language: Language, shop: Shop, open_page: Opened) -> None:
    user_id = shop.customer("王小明", language)
    said = 0
    for case in CASES:
        pictured = replace(case.scene.shop, picture_base_url=PUBLIC_PICTURES)
        messages = render(case.message, replace(case.scene, shop=pictured), language)
        shop.push(user_id, *messages)
        said += len(messages)
    page = open_page(width=390, height=844)
    expect(page.locator(".entry-shop")).to_have_count(said)
    assert page.locator(".problems li").all_inner_texts() == []
    assert page.locator(".fx-bubble").count() > len(CASES) / 2
    # No card is wider than the phone, and no line of a card runs out of it.
    outside = (
        "nodes => nodes.filter(n => n.getBoundingClientRect().right > innerWidth + 1).map(n => n.textContent)"
    )
    assert page.locator(".entry-wide:not(:has(.fx-carousel)) .fx-bubble").evaluate_all(outside) == []
    if language is Language.ZH_TW:  # the colours are the same in each language, and the look takes its time
        assert violations(page) == []
