"""The chosen order's page, and that what changes does not disturb whoever works at the desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import HISTORY, HISTORY_LINES, HOME, STOCK, STORE, page_of, step
from tests.browser.conftest import Shop

Opened = Callable[..., Page]


@pytest.fixture
def office(shop: Shop, open_page: Opened) -> Page:
    shop.customer()
    shop.order_list = [HOME, STORE]
    shop.stock = STOCK
    shop.pages = {"A7K3Q-9XM2T": page_of(HOME, *HISTORY)}
    page = open_page()
    expect(page.locator(".happening")).to_have_count(len(HISTORY))
    return page


def shown(page: Page) -> list[str]:
    """What the history says, without the times."""
    said: list[str] = page.locator(".happening").evaluate_all(
        "nodes => nodes.map(node => [...node.children].slice(1).map(each => each.textContent).join(''))"
    )
    return said


def test_an_orders_page_tells_all_that_happened(office: Page) -> None:
    assert shown(office) == HISTORY_LINES
    order = office.get_by_role("region", name="訂單內容")
    for words in (
        "已付款",
        "LINE Pay",
        "36 × NT$171",
        "王小明 0912345678",
        "台北市信義區市府路45號",
        "手機條碼 /ABC+123",
    ):
        expect(order).to_contain_text(words)


def test_the_history_can_be_narrowed(office: Page) -> None:
    office.get_by_role("button", name="包裹", exact=True).click()
    assert shown(office) == ["包裹已出貨S1黑貓宅急便 · 905512345678", "包裹配送中S1"]
    office.get_by_role("button", name="金流").click()
    assert [line[:2] for line in shown(office)] == ["訂單", "訂單", "付款", "退款"]
    office.get_by_role("button", name="全部").click()
    assert shown(office) == HISTORY_LINES


def test_what_happens_meanwhile_is_added_and_nothing_else_moves(shop: Shop, office: Page) -> None:
    first = office.locator(".happening").first.element_handle()
    office.get_by_text("包裹資料").click()
    note = office.get_by_label("備註")
    note.fill("請放管理室")
    shop.pages = {
        "A7K3Q-9XM2T": page_of(
            HOME, *HISTORY, step("05:00:00", "parcel", "delivered", parcel="S1", event="e3")
        )
    }
    shop.order_list = [
        {**HOME, "orderNumber": "C4N2X-7HJ3K", "digest": "new"},
        {**HOME, "status": "delivered", "digest": "two"},
        STORE,
    ]
    expect(office.locator(".happening")).to_have_count(len(HISTORY) + 1)
    assert shown(office) == [*HISTORY_LINES, "包裹已送達S1"]
    expect(office.locator(".order")).to_have_count(3)
    expect(office.get_by_role("button", name="A7K3Q-9XM2T")).to_have_attribute("aria-pressed", "true")
    expect(office.get_by_role("button", name="A7K3Q-9XM2T")).to_contain_text("已送達")
    expect(note).to_be_focused()
    expect(note).to_have_value("請放管理室")
    assert first.evaluate("node => node.isConnected")


def test_another_order_shows_its_own_page(office: Page) -> None:
    office.get_by_role("button", name="B2M8P-4RT6W").click()
    expect(office.locator(".happening")).to_have_count(1)
    expect(office.get_by_role("region", name="訂單內容")).to_contain_text("7-ELEVEN 市府門市")


def test_a_count_that_is_being_typed_survives_a_change_of_the_stock(shop: Shop, office: Page) -> None:
    office.get_by_role("button", name="庫存").click()
    rows = office.locator(".stock tbody tr")
    expect(rows).to_have_count(2)
    assert [cell.split("\n")[0] for cell in rows.nth(0).locator("td").all_inner_texts()][:4] == [
        "2,400",
        "36",
        "12",
        "2,352",
    ]
    count = office.get_by_label("茉莉綠茶 的新盤點數量")
    count.fill("23")
    shop.stock = [STOCK[0], {**STOCK[1], "held": 2400, "available": -12}]
    expect(rows.nth(0).locator("td.below")).to_have_text("-12")
    expect(count).to_be_focused()
    count.press_sequentially("88")
    expect(count).to_have_value("2388")
    expect(office.get_by_role("navigation").get_by_role("button", name="庫存")).to_have_text(
        "庫存11 項沒有可賣的庫存"
    )
