"""The back-office column of the local page: signed events go out, answers and the order system's events are shown."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import standardwebhooks
from playwright.sync_api import BrowserContext, Page, expect

from dev.page.books import Books
from tests.browser.books import HOME, STOCK, STORE
from tests.browser.conftest import Shop

JsonObject = dict[str, Any]
Opened = Callable[..., Page]

STATUSES = {
    "備貨中": "preparing",
    "已建立託運單": "label_created",
    "已出貨": "shipped",
    "配送中": "out_for_delivery",
    "已到門市": "ready_for_pickup",
    "取件提醒": "pickup_reminder",
    "投遞未成功": "delivery_attempted",
    "門市關閉": "store_closed",
    "配送延遲": "delayed",
    "已送達": "delivered",
    "已取件": "picked_up",
    "退回中": "returning",
    "已退回": "returned",
    "包裹遺失": "lost",
}


@pytest.fixture
def office(shop: Shop, open_page: Opened) -> Page:
    """The page with two orders, the first one chosen."""
    shop.customer()
    shop.order_list = [HOME, STORE]
    shop.stock = STOCK
    page = open_page()
    expect(page.locator(".order")).to_have_count(2)
    return page


def codes(page: Page) -> list[str]:
    return page.get_by_role("log", name="送出的事件").locator(".code").all_inner_texts()


def order_event(kind: str = "order.paid.v1", event_id: str = "evt-1", **data: Any) -> bytes:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/storefront",
        "type": kind,
        "subject": "A7K3Q-9XM2T",
        "time": "2026-10-05T03:00:00Z",
        "data": {"orderNumber": "A7K3Q-9XM2T", "total": 6156, **data},
    }
    return json.dumps(event).encode()


def report(shop: Shop, body: bytes, secret: str | None = None) -> int:
    """Post an event to the order system as the product does."""
    now = datetime.now(UTC)
    signature = standardwebhooks.Webhook(secret or shop.credentials.outgoing_secret).sign(
        "evt-1", now, body.decode()
    )
    headers = {
        "content-type": "application/cloudevents+json",
        "webhook-id": "evt-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    return httpx.post(
        f"{shop.base_url}/_local/order-system", content=body, headers=headers, trust_env=False
    ).status_code


def test_every_status_of_a_parcel_has_a_button_that_sends_it_signed(shop: Shop, office: Page) -> None:
    for count, (label, status) in enumerate(STATUSES.items(), start=1):
        office.get_by_role("button", name=label, exact=True).click()
        expect(office.get_by_role("log", name="送出的事件").get_by_role("listitem")).to_have_count(count)
        event = shop.hooks[-1]
        assert (event["type"], event["subject"]) == ("shipment.status.v1", "A7K3Q-9XM2T")
        assert event["data"]["status"] == status
        assert (event["data"]["shipmentId"], event["data"]["carrier"]) == ("S1", "黑貓宅急便")
        assert "store" not in event["data"]
    assert codes(office) == ["202"] * len(STATUSES)
    assert len({event["id"] for event in shop.hooks}) == len(STATUSES)


def test_a_parcel_for_a_store_names_the_store(shop: Shop, office: Page) -> None:
    office.get_by_role("button", name="B2M8P-4RT6W").click()
    office.get_by_text("包裹資料").click()
    office.get_by_label("包裹編號").fill("S2")
    office.get_by_label("取件期限").fill("2026-10-12")
    office.get_by_label("追蹤號碼").fill("F123")
    office.get_by_role("button", name="已到門市").click()
    expect(office.locator(".answer")).to_have_count(1)
    assert shop.hooks[0]["subject"] == "B2M8P-4RT6W"
    assert shop.hooks[0]["data"] == {
        "shipmentId": "S2",
        "status": "ready_for_pickup",
        "carrier": "7-ELEVEN",
        "trackingNumber": "F123",
        "store": {"name": "市府門市", "deadline": "2026-10-12"},
    }


def test_the_same_event_can_be_sent_again_with_the_same_id(shop: Shop, office: Page) -> None:
    office.get_by_role("button", name="已出貨").click()
    office.get_by_role("button", name="用同一個編號重送 已出貨").click()
    expect(office.locator(".answer")).to_have_count(2)
    first, second = shop.hooks
    assert first == second


def test_cancelling_refunding_and_counting_are_events_too(shop: Shop, office: Page) -> None:
    office.get_by_role("form", name="取消訂單").get_by_label("原因").fill("重複下單")
    office.get_by_role("button", name="送出取消").click()
    refund = office.get_by_role("form", name="退款")
    refund.get_by_label("原因").fill("少一盒")
    refund.get_by_role("button", name="送出退款").click()
    refund.get_by_label("金額（留空為全部餘額）").fill("180")
    refund.get_by_role("button", name="送出退款").click()
    office.get_by_role("button", name="庫存").click()
    office.get_by_label("鳳梨酥 的新盤點數量").fill("12")
    office.locator("tr[data-sku=CAK-PIN]").get_by_role("button", name="更新").click()
    price = office.get_by_role("form", name="更改售價")
    price.get_by_label("商品").select_option("CAK-PIN")
    price.get_by_label("新單價（元）").fill("210")
    price.get_by_role("button", name="送出售價").click()
    expect(office.locator(".answer")).to_have_count(5)
    events = [(event["type"], event.get("subject"), event["data"]) for event in shop.hooks]
    versions = [event[2].pop("version") for event in events[3:]]
    assert all(isinstance(version, int) for version in versions)
    assert events == [
        ("order.cancel.requested.v1", "A7K3Q-9XM2T", {"reason": "重複下單"}),
        ("refund.requested.v1", "A7K3Q-9XM2T", {"reason": "少一盒"}),
        ("refund.requested.v1", "A7K3Q-9XM2T", {"amount": 180, "reason": "少一盒"}),
        ("stock.level.v1", None, {"sku": "CAK-PIN", "onHand": 12}),
        (
            "product.changed.v1",
            None,
            {"sku": "CAK-PIN", "unit": "box", "price_twd": 210, "return_policy": "none"},
        ),
    ]


def test_a_refusal_is_shown_as_one(shop: Shop, office: Page) -> None:
    shop.hook_status = 409
    office.get_by_role("button", name="已出貨").click()
    expect(office.locator(".answer .code-bad")).to_have_text("409")


def test_without_an_order_nothing_about_an_order_can_be_sent(shop: Shop, open_page: Opened) -> None:
    page = open_page()
    expect(page.get_by_text("還沒有訂單", exact=True)).to_be_visible()
    for label in (*STATUSES, "送出取消", "送出退款"):
        expect(page.get_by_role("button", name=label, exact=True)).to_be_disabled()
    shop.order_list = [HOME]
    expect(page.get_by_role("button", name="A7K3Q-9XM2T")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="已出貨")).to_be_enabled()
    assert shop.hooks == []


def test_orders_that_cannot_be_read_do_not_stop_the_page(shop: Shop, open_page: Opened) -> None:
    def broken() -> Books:
        raise ConnectionError

    shop.customer()
    shop.read_books = broken
    page = open_page()
    expect(page.get_by_text("訂單資料還沒準備好")).to_be_visible()
    expect(page.get_by_role("textbox", name="輸入訊息")).to_be_enabled()
    assert httpx.get(f"{shop.base_url}/_local/orders", trust_env=False).json() == {
        "available": False,
        "orders": [],
    }


def test_a_second_window_shows_the_same_events(shop: Shop, office: Page, open_page: Opened) -> None:
    office.get_by_role("button", name="已出貨").click()
    expect(office.locator(".answer")).to_have_count(1)
    other = open_page()
    expect(other.locator(".answer")).to_have_count(1)
    other.get_by_role("button", name="已送達").click()
    expect(office.locator(".answer strong")).to_have_text(["已送達", "已出貨"])


def test_the_order_system_takes_what_is_signed_and_shows_it(shop: Shop, office: Page) -> None:
    assert report(shop, order_event()) == 202
    assert report(shop, order_event()) == 202
    assert report(shop, order_event("order.refunded.v1", "evt-2", refundedAmount=180)) == 202
    events = office.locator(".received .answer")
    expect(events).to_have_count(2)
    expect(events.nth(0)).to_contain_text("訂單已退款 A7K3Q-9XM2T NT$180")
    expect(events.nth(1)).to_contain_text("訂單已付款 A7K3Q-9XM2T NT$6,156送達 2 次")
    expect(office.locator(".received .code-good")).to_have_count(2)


def test_the_order_system_refuses_what_is_not_the_shops(shop: Shop, office: Page) -> None:
    assert report(shop, order_event(), "whsec_c29tZWJvZHktZWxzZXMtc2VjcmV0") == 401
    expect(office.locator(".received .code-bad")).to_have_text("✗簽章錯誤")
    unsigned = httpx.post(f"{shop.base_url}/_local/order-system", content=order_event(), trust_env=False)
    assert unsigned.status_code == 401
    assert (
        httpx.post(f"{shop.base_url}/_local/order-system", content=b"[]", trust_env=False).status_code == 400
    )
    listed = httpx.get(f"{shop.base_url}/_local/order-system", trust_env=False).json()["events"]
    assert [(each["proven"], each["deliveries"]) for each in listed] == [(False, 2)]


def test_a_foreign_page_cannot_have_an_event_sent(shop: Shop) -> None:
    body = json.dumps(
        {"type": "order.cancel.requested.v1", "subject": "A7K3Q-9XM2T", "data": {"reason": "x"}}
    )
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        answer = httpx.post(
            f"{shop.base_url}/_local/page/back-office",
            content=body,
            headers={"content-type": content_type},
            trust_env=False,
        )
        assert answer.status_code == 400
    assert shop.hooks == []


def test_an_events_json_can_be_read_and_copied(shop: Shop, office: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    office.get_by_role("button", name="已出貨").click()
    office.locator(".answer").get_by_role("button", name="檢視這則訊息的 JSON").click()
    office.get_by_role("dialog").get_by_role("button", name="複製").click()
    expect(office.get_by_role("dialog").get_by_role("status")).to_have_text("已複製")
    copied = json.loads(office.evaluate("navigator.clipboard.readText()"))
    assert (copied["status"], copied["event"]) == (202, shop.hooks[0])
