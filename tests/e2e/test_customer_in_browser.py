"""A whole order by hand in Chromium, on the running product: asked, haggled, refused once, paid, shipped."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.spawned import LocalRun

pytestmark = [pytest.mark.local_run, pytest.mark.browser]

# How long a slow machine may take over an answer in the chat, and over a payment.
ANSWER, SETTLED = 30_000, 90_000
NAME = "郭小芬"


@pytest.fixture
def phone(local_run: LocalRun, page: Page) -> Locator:
    """The phone of a new customer of the running shop."""
    page.goto(local_run.base_url)
    page.get_by_role("button", name="新增顧客").click()
    page.get_by_label("顧客名稱").fill(NAME)
    page.get_by_role("button", name="新增", exact=True).click()
    expect(page.get_by_role("tab", name=NAME)).to_have_attribute("aria-selected", "true")
    shown = page.locator(".phone:visible")
    expect(shown.get_by_role("log", name="訊息")).to_contain_text("歡迎", timeout=ANSWER)
    return shown


def entries(phone: Locator, words: str | re.Pattern[str]) -> Locator:
    return phone.locator(".entry-shop").filter(has_text=words)


def saying(phone: Locator) -> Callable[[str], None]:
    def say(words: str) -> None:
        phone.get_by_role("textbox", name="輸入訊息").fill(words)
        phone.get_by_role("button", name="送出", exact=True).click()

    return say


def at_line_pay(page: Page, card: Locator, choice: str) -> Page:
    """Follow the payment card's link and press one of the buttons there; where it leads."""
    with page.context.expect_page() as opened:
        card.get_by_role("link", name="前往 LINE Pay 付款").click()
    window = opened.value
    window.get_by_role("button", name=choice).first.click()
    return window


def test_a_whole_order_by_hand(page: Page, phone: Locator) -> None:
    say = saying(phone)

    say("茉莉綠茶是素食嗎？")
    expect(entries(phone, "全素").first).to_be_visible(timeout=ANSWER)

    say("我要 3 箱茉莉綠茶")
    expect(entries(phone, "NT$6,156").first).to_be_visible(timeout=ANSWER)
    say("可以算便宜一點嗎？")
    cheaper = entries(phone, "NT$5,940").last
    expect(cheaper).to_be_visible(timeout=ANSWER)
    cheaper.get_by_role("button", name="確認訂購").click()

    expect(entries(phone, "請填配送資料").first).to_be_visible(timeout=ANSWER)
    say(f"{NAME} 0912345678 台北市信義區市府路45號")
    cards = phone.locator(".entry-shop").filter(has=page.get_by_role("link", name="前往 LINE Pay 付款"))
    expect(cards).to_have_count(1, timeout=ANSWER)
    expect(cards.last).to_contain_text("NT$5,940")

    at_line_pay(page, cards.last, "餘額不足").close()
    refused = phone.locator(".entry-shop").filter(has=page.get_by_role("button", name="重新付款")).last
    expect(refused).to_be_visible(timeout=SETTLED)
    expect(entries(phone, "付款成功")).to_have_count(0)
    refused.get_by_role("button", name="重新付款").click()
    expect(cards).to_have_count(2, timeout=ANSWER)

    window = at_line_pay(page, cards.last, "同意付款")
    paid = entries(phone, "付款成功")
    expect(paid).to_have_count(1, timeout=SETTLED)
    expect(window.locator("body")).to_contain_text(re.compile("付款"))
    window.close()
    number = re.search(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", paid.inner_text())
    assert number is not None

    page.locator(".view[data-view=backOffice]").click()
    page.locator(f'.order[data-order="{number[0]}"]').click(timeout=ANSWER)
    for status, told in (("已出貨", "已出貨"), ("已送達", "請按下面的表情")):
        page.get_by_role("group", name="一般流程").get_by_role("button", name=status).click()
        expect(entries(phone, told).last).to_contain_text(number[0], timeout=ANSWER)

    say("到哪了？")
    expect(entries(phone, "截至").last).to_contain_text("已送達", timeout=ANSWER)
    expect(paid).to_have_count(1)
