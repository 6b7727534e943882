"""The return page: one sentence, no script, its own style only, and nothing about orders that are not proven."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace

import pytest

from storefront.domain.language import Language
from storefront.messages.pages import PageState, page_headers, payment_page
from tests.unit.messages.scenes import ORDER_NUMBER, SHOP

AGAIN = {"orderId": "A7K3Q-9XM2T-1", "transactionId": "202600000001", "visits": "1"}
EVERY_PAGE = [(state, language) for state in PageState for language in Language]


@pytest.mark.parametrize(("state", "language"), EVERY_PAGE)
def test_the_policy_allows_the_one_style_block_and_nothing_else(state: PageState, language: Language) -> None:
    page = payment_page(state, language, SHOP, ORDER_NUMBER, AGAIN)
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
    page = payment_page(state, language, SHOP, ORDER_NUMBER, AGAIN)
    query = "?orderId=A7K3Q-9XM2T-1&amp;transactionId=202600000001&amp;visits=1"
    refresh = f'<meta http-equiv="refresh" content="3; url={query}">'
    assert (refresh in page) is ("refresh" in page) is (state is PageState.PROCESSING)


def test_a_page_that_came_without_ids_asks_again_without_them() -> None:
    again = {"orderId": None, "transactionId": None, "visits": "8"}
    page = payment_page(PageState.PROCESSING, Language.EN, SHOP, ORDER_NUMBER, again)
    assert '<meta http-equiv="refresh" content="3; url=?visits=8">' in page


def test_the_address_of_the_next_visit_is_escaped() -> None:
    again = {"orderId": '"><script>', "transactionId": "1&x='", "visits": "1"}
    page = payment_page(PageState.PROCESSING, Language.EN, SHOP, ORDER_NUMBER, again)
    assert "url=?orderId=%22%3E%3Cscript%3E&amp;transactionId=1%26x%3D%27&amp;visits=1" in page


@pytest.mark.parametrize(("state", "language"), EVERY_PAGE)
def test_every_page_leads_back_to_the_chat(state: PageState, language: Language) -> None:
    page = payment_page(state, language, SHOP, None, AGAIN)
    assert re.findall(r'href="([^"]*)"', page) == ["https://line.me/R/ti/p/%40shanlan.tea"]
    assert f'<html lang="{language}">' in page


@pytest.mark.parametrize("language", Language)
def test_the_neutral_page_says_nothing_of_an_order(language: Language) -> None:
    with_number = payment_page(PageState.NEUTRAL, language, SHOP, ORDER_NUMBER, AGAIN)
    assert with_number == payment_page(PageState.NEUTRAL, language, SHOP, None, AGAIN)
    assert ORDER_NUMBER not in with_number
    assert ORDER_NUMBER in payment_page(PageState.PAID, language, SHOP, ORDER_NUMBER, AGAIN)


@pytest.mark.parametrize("state", [PageState.PROCESSING, PageState.CLOSED, PageState.NEUTRAL])
def test_no_page_judges_what_is_not_known(state: PageState) -> None:
    pages = "".join(payment_page(state, language, SHOP, None, AGAIN) for language in Language)
    assert not re.search(
        "付款成功|失敗|未完成|未通過|failed|received|完了しました|通りません|สำเร็จ|ไม่ผ่าน", pages
    )


def test_the_shops_name_is_escaped() -> None:
    page = payment_page(PageState.PAID, Language.EN, replace(SHOP, name='<b onload="x">&'), "<i>", AGAIN)
    assert "<b onload" not in page
    assert "<i>" not in page
    assert "&lt;b onload=&quot;x&quot;&gt;&amp;" in page
