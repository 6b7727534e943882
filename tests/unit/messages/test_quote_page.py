"""The page of a quote: everything that a buyer's file needs, in every language, and nothing from elsewhere."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace

import pytest

from storefront.domain.conversation import DeliveryDetails
from storefront.domain.delivery import HomeDelivery, InvoiceChoice, InvoiceKind, Recipient
from storefront.domain.language import Language
from storefront.domain.quote import AgreedPrice, Discount, DiscountKind, PriceReason, Quote, QuoteLine
from storefront.messages.pages import page_headers
from storefront.messages.quote_page import PageStanding, QuoteView, nothing_page, quote_page
from tests.unit.messages.scenes import GIFT_WRAP, JASMINE, OOLONG, PINEAPPLE, SHOP, a_quote

BUYER = DeliveryDetails(
    home=HomeDelivery(Recipient("王小明", "0912345678"), "臺北市大安區和平東路一段1號"),
    invoice=InvoiceChoice(InvoiceKind.COMPANY, "04595257", "好味道股份有限公司"),
)
EVERY = [(standing, language) for standing in PageStanding for language in Language]


def a_view(
    standing: PageStanding = PageStanding.OPEN, language: Language = Language.ZH_TW, **changes: object
) -> QuoteView:
    quote = a_quote((JASMINE, 60), (OOLONG, 1), (PINEAPPLE, 2), (GIFT_WRAP, 1), language=language)
    agreed = AgreedPrice(300, approved_by="Lin")
    lines = (*quote.lines, QuoteLine.priced(OOLONG, 20, language, agreed))
    discount = Discount(DiscountKind.COUPON, "TEA100", 100)
    made = replace(quote, lines=lines, discounts=(discount,), wished_date="2026-11-27", formal=True)
    return QuoteView(replace(made, **changes), standing, BUYER)  # type: ignore[arg-type]


def said(page: str) -> str:
    """The words of a page, one a line."""
    body = page.partition("<body>")[2]
    return "\n".join(part.strip() for part in re.sub(r"<[^>]*>", "\n", body).split("\n") if part.strip())


@pytest.mark.parametrize(("standing", "language"), EVERY)
def test_the_policy_allows_the_one_style_block_and_nothing_else(
    standing: PageStanding, language: Language
) -> None:
    page = quote_page(a_view(standing, language), SHOP)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    headers = page_headers(page)
    assert headers["content-security-policy"].startswith(
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'"
    )
    assert (headers["cache-control"], headers["referrer-policy"]) == ("no-store", "no-referrer")
    for forbidden in (
        "<script",
        " style=",
        "javascript:",
        "http://",
        "src=",
        "<form",
        "<link",
        "<a ",
        "url(",
    ):
        assert forbidden not in page, forbidden
    assert f'<html lang="{language.value}">' in page
    assert "{" not in said(page)


def test_the_page_in_full() -> None:
    words = said(quote_page(a_view(), SHOP))
    for expected in (
        "報價單",
        "山嵐茶業有限公司（統一編號 12345675）",
        "台北市大同區迪化街一段 88 號",
        "Q7H2K9-1",
        "2026/11/24(二)（民國 115 年 11 月 24 日）",
        "2026/11/25(三) 14:02（民國 115 年 11 月 25 日）",
        "好味道股份有限公司（統一編號 04595257）",
        "王小明",
        "11/27(五)",
        "茉莉綠茶\n量大優惠價\n60 盒\nNT$180\nNT$160\nNT$9,600",
        "高山烏龍茶\n1 罐\nNT$420\nNT$420\nNT$420",
        "高山烏龍茶\n經核准的特別價\n20 罐\nNT$420\nNT$300\nNT$6,000",
        "小計\nNT$16,800",
        "-NT$100",
        "總計（含稅）\nNT$16,700",
        "內含營業稅 5%\nNT$795",
        "運費：宅配 NT$120、超商取貨 NT$60，滿 NT$1,000 免運",
        "庫存已為您保留至有效期限。",
        "鳳梨酥：屬易腐敗、保存期限短的食品",
        "禮盒包裝：服務項目完成後恕不退費",
        "本報價含經本公司核准的特別價格。",
        "賣方簽章",
        "買方簽章",
        "掃描回到 LINE 聊天室",
    ):
        assert expected in words, expected
    assert "0912345678" not in words
    assert "和平東路" not in words


@pytest.mark.parametrize("language", Language)
def test_a_thai_year_is_thai_and_the_republic_s_stands_beside_it(language: Language) -> None:
    words = said(quote_page(a_view(language=language), SHOP))
    assert ("2569" in words) is (language is Language.TH)
    assert "115" in words


def test_a_page_says_what_became_of_its_quote() -> None:
    banners = {
        standing: re.findall(
            r'role="status">([^<]*)<', quote_page(a_view(standing, order_number="A7K3Q-9XM2T"), SHOP)
        )
        for standing in PageStanding
    }
    assert banners == {
        PageStanding.OPEN: [],
        PageStanding.ACCEPTED: ["這份報價已成立訂單 A7K3Q-9XM2T。"],
        PageStanding.SUPERSEDED: ["這一版報價已由新版取代，不再有效。"],
        PageStanding.DECLINED: ["這份報價已取消。"],
        PageStanding.EXPIRED: ["這份報價已過有效期限。"],
    }


def test_a_buyer_who_told_nothing_is_not_named() -> None:
    words = said(quote_page(replace(a_view(), buyer=None), SHOP))
    assert "買受人" not in words


def test_a_quote_that_holds_no_stock_says_so() -> None:
    words = said(quote_page(a_view(promised_since=None), SHOP))
    assert "庫存於下單後保留至付款期限。" in words
    services = a_view(lines=(QuoteLine.priced(GIFT_WRAP, 1, Language.ZH_TW),), discounts=())
    assert "庫存" not in said(quote_page(services, SHOP))


def test_what_others_wrote_is_text_and_nothing_else() -> None:
    evil = '<img src=x onerror=alert(1)>"&'
    lines = (replace(a_quote((JASMINE, 1)).lines[0], name=evil),)
    invoice = InvoiceChoice(InvoiceKind.COMPANY, "04595257", evil)
    buyer = replace(BUYER, home=HomeDelivery(Recipient(evil, "0912345678"), evil), invoice=invoice)
    view = replace(a_view(lines=lines, discounts=(), wished_date=evil), buyer=buyer)
    page = quote_page(view, replace(SHOP, legal_name=evil))
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;&quot;&amp;") >= 4


def test_every_word_of_the_page_is_used_in_every_language() -> None:
    for language in Language:
        pages = [quote_page(a_view(standing, language), SHOP) for standing in PageStanding]
        pages.append(quote_page(a_view(language=language, promised_since=None), SHOP))
        assert all(len(page) > 2_000 for page in pages)


def test_the_code_leads_to_the_chat() -> None:
    page = quote_page(a_view(), SHOP)
    assert page.count("<svg") == 1
    other = quote_page(a_view(), replace(SHOP, official_account="@other"))
    assert re.findall(r"<svg.*</svg>", page) != re.findall(r"<svg.*</svg>", other)


def test_the_page_of_nothing_names_no_quote() -> None:
    page = nothing_page(SHOP)
    assert said(page).splitlines() == ["這個連結無法開啟任何報價單。", "回到 LINE 聊天室"]


def reasons(quote: Quote) -> set[PriceReason]:
    return {line.price_reason for line in quote.lines}


def test_the_tried_quote_has_reasons_to_explain() -> None:
    assert reasons(a_view().quote) == {PriceReason.LIST, PriceReason.TIER, PriceReason.APPROVED}
