"""Events in every manner: once as they should be, and as the shop has to bear or refuse them."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import HOME, STORE
from tests.browser.conftest import Shop

JsonObject = dict[str, Any]
Opened = Callable[..., Page]


@pytest.fixture
def office(shop: Shop, open_page: Opened) -> Page:
    """The page with two orders, the first one chosen."""
    shop.customer()
    shop.order_list = [HOME, STORE]
    page = open_page()
    expect(page.locator(".order")).to_have_count(2)
    return page


def press(page: Page, manner: str, status: str = "已送達", answers: int = 1) -> None:
    page.get_by_label("送出方式").select_option(label=manner)
    page.get_by_role("button", name=status, exact=True).click()
    expect(page.locator(".answers .answer")).to_have_count(answers)


def statuses(shop: Shop) -> list[str]:
    return [event["data"]["status"] for event in shop.hooks]


def test_twice_is_the_same_event_twice(shop: Shop, office: Page) -> None:
    press(office, "重複送兩次", answers=2)
    first, second = shop.hooks
    assert first == second


def test_out_of_order_is_the_end_before_the_way_with_the_true_times(shop: Shop, office: Page) -> None:
    press(office, "順序顛倒", answers=3)
    assert statuses(shop) == ["delivered", "out_for_delivery", "shipped"]
    times = [event["time"] for event in shop.hooks]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == 3


def test_out_of_order_for_a_store_goes_the_stores_way(shop: Shop, office: Page) -> None:
    office.get_by_role("button", name="B2M8P-4RT6W").click()
    press(office, "順序顛倒", "已取件", answers=3)
    assert statuses(shop) == ["picked_up", "ready_for_pickup", "shipped"]


def test_the_same_id_comes_with_another_body(shop: Shop, office: Page) -> None:
    press(office, "同編號、不同內容", answers=2)
    first, second = shop.hooks
    assert first["id"] == second["id"]
    assert (first["data"].get("note"), second["data"]["note"]) == (None, "內容被改過")


def test_a_status_and_an_order_that_nobody_knows(shop: Shop, office: Page) -> None:
    press(office, "未知的狀態")
    press(office, "未知的訂單編號", answers=2)
    assert [(event["subject"], event["data"]["status"]) for event in shop.hooks] == [
        ("A7K3Q-9XM2T", "at_customs"),
        ("ZZZZZ-ZZZZZ", "delivered"),
    ]


@pytest.mark.parametrize("manner", ["沒有簽章", "簽章錯誤", "時間過期的簽章"])
def test_what_is_not_proven_is_sent_as_it_is_and_shown_as_refused(
    manner: str, shop: Shop, office: Page
) -> None:
    press(office, manner)
    row = office.locator(".answers .answer")
    expect(row.locator(".code-bad")).to_have_text("401")
    expect(row.locator(".chip-odd")).to_have_text(manner)
    expect(row.locator(".answer-why")).to_have_text(
        "the signature does not prove that this source sent it now"
    )
    assert shop.hooks == []
    [(headers, body)] = shop.refused
    key = base64.b64decode(shop.credentials.wms_secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    age = time.time() - int(headers["webhook-timestamp"])
    assert {
        "沒有簽章": "webhook-signature" not in headers,
        "簽章錯誤": headers.get("webhook-signature") not in {None, right},
        "時間過期的簽章": headers.get("webhook-signature") == right and age > 300,
    }[manner]


def test_a_parcel_is_chosen_with_one_press(shop: Shop, office: Page) -> None:
    office.get_by_role("button", name="S2", exact=True).click()
    press(office, "正常", "已出貨")
    expect(office.get_by_role("button", name="S2", exact=True)).to_have_attribute("aria-pressed", "true")
    assert shop.hooks[0]["data"]["shipmentId"] == "S2"


def test_an_order_placed_elsewhere_is_told(shop: Shop, office: Page) -> None:
    office.get_by_text("其他通路的訂單", exact=True).first.click()
    form = office.get_by_role("form", name="其他通路的訂單")
    form.get_by_label("通路的訂單編號").fill("WEB-77")
    form.get_by_label("單價").fill("200")
    form.get_by_role("button", name="送出訂單").click()
    expect(office.locator(".answers .answer")).to_have_count(1)
    [event] = shop.hooks
    placed = event["data"].pop("placedAt")
    assert isinstance(placed, str)
    assert (event["type"], event["subject"], event["data"]) == (
        "order.placed.v1",
        "WEB-77",
        {
            "externalNumber": "WEB-77",
            "currency": "TWD",
            "lines": [{"sku": "TEA-JAS", "name": "茉莉綠茶", "quantity": 2, "unitPrice": 200}],
            "total": 400,
            "delivery": {
                "method": "home",
                "recipient": {"name": "林小雨", "phone": "0922-333-444"},
                "address": "台北市大安區和平東路一段1號",
            },
        },
    )


ROUTES = ["/_local/page/back-office", "/_local/page/operator"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b'{"task": "list", "type": "x", "data": {}}'),
        ("application/x-www-form-urlencoded", b'{"task": "list", "type": "x", "data": {}}'),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b"{}"),
        ("application/json", b'{"task": 1, "type": "x", "data": []}'),
        ("application/json", b'{"type": "x", "data": {}, "manner": "by pigeon"}'),
    ],
)
def test_what_the_page_would_not_send_is_refused_and_nothing_is_done(
    route: str, content_type: str, body: bytes, shop: Shop
) -> None:
    answer = httpx.post(
        f"{shop.base_url}{route}", content=body, headers={"content-type": content_type}, trust_env=False
    )
    assert answer.status_code == 400
    assert (shop.hooks, shop.refused, shop.tasks) == ([], [], [])


def test_an_order_that_is_not_there_has_no_page(shop: Shop) -> None:
    answer = httpx.get(f"{shop.base_url}/_local/orders/NOBODY", trust_env=False)
    assert (answer.status_code, json.loads(answer.text)) == (404, {"message": "no such order"})
