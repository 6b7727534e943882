"""The return page: one sentence, no script, its own style only, and nothing about orders that are not proven."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace

import pytest

from storefront.domain.language import Language
from storefront.messages.pages import PageState, page_headers, payment_page
from tests.unit.messages.scenes import ORDER_NUMBER, SHOP

EVERY_PAGE = [(state, language) for state in PageState for language in Language]


@pytest.mark.parametrize(("state", "language"), EVERY_PAGE)
def test_the_policy_allows_the_one_style_block_and_nothing_else(state: PageState, language: Language) -> None:
    page = payment_page(state, language, SHOP, ORDER_NUMBER)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert page_headers(page) == {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        ),
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    assert "<script" not in page
    assert " style=" not in page
    assert "javascript:" not in page


@pytest.mark.parametrize(("state", "language"), EVERY_PAGE)
def test_only_the_unknown_outcome_asks_again(state: PageState, language: Language) -> None:
    page = payment_page(state, language, SHOP, ORDER_NUMBER)
    assert ('http-equiv="refresh" content="3"' in page) is (state is PageState.PROCESSING)


@pytest.mark.parametrize(("state", "language"), EVERY_PAGE)
def test_every_page_leads_back_to_the_chat(state: PageState, language: Language) -> None:
    page = payment_page(state, language, SHOP, None)
    assert re.findall(r'href="([^"]*)"', page) == ["https://line.me/R/ti/p/%40shanlan.tea"]
    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize("language", Language)
def test_the_neutral_page_says_nothing_of_an_order(language: Language) -> None:
    with_number = payment_page(PageState.NEUTRAL, language, SHOP, ORDER_NUMBER)
    assert with_number == payment_page(PageState.NEUTRAL, language, SHOP, None)
    assert ORDER_NUMBER not in with_number
    assert ORDER_NUMBER in payment_page(PageState.PAID, language, SHOP, ORDER_NUMBER)


@pytest.mark.parametrize("state", [PageState.PROCESSING, PageState.CLOSED, PageState.NEUTRAL])
def test_no_page_judges_what_is_not_known(state: PageState) -> None:
    pages = "".join(payment_page(state, language, SHOP, None) for language in Language)
    assert not re.search(
        "付款成功|失敗|未完成|未通過|failed|received|完了しました|通りません|สำเร็จ|ไม่ผ่าน", pages
    )


def test_the_shops_name_is_escaped() -> None:
    page = payment_page(PageState.PAID, Language.EN, replace(SHOP, name='<b onload="x">&'), "<i>")
    assert "<b onload" not in page
    assert "<i>" not in page
    assert "&lt;b onload=&quot;x&quot;&gt;&amp;" in page
