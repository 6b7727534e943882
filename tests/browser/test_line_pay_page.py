"""LINE Pay's page in a real browser: every ending is a button that can be seen, heard and pressed with the keyboard."""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route

from dev.standins.line_pay import LinePayPlatform, line_pay_app
from tests.browser.test_page import violations
from tests.standins.serving import free_socket, serving

JsonObject = dict[str, Any]
ORDER = "A7K3Q-9XM2T-1"


@dataclass
class World:
    """LINE Pay and a shop's return pages on one port. The shop confirms when a test says so."""

    platform: LinePayPlatform
    url: str = ""
    returns: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, body: JsonObject | None = None) -> JsonObject:
        text = json.dumps(body) if body is not None else ""
        nonce = str(uuid.uuid4())
        secret = self.platform.channel_secret
        digest = hmac.new(secret.encode(), f"{secret}{path}{text}{nonce}".encode(), hashlib.sha256).digest()
        headers = {
            "content-type": "application/json",
            "x-line-channelid": self.platform.channel_id,
            "x-line-authorization-nonce": nonce,
            "x-line-authorization": base64.b64encode(digest).decode(),
        }
        address = f"{self.url}/_line_pay{path}"
        with httpx.Client(trust_env=False) as client:
            answer: JsonObject = client.request(method, address, content=text or None, headers=headers).json()
        return answer

    def opened(self) -> tuple[int, str]:
        """A new payment: its transaction id and its page."""
        products = [
            {"name": "茉莉綠茶", "quantity": 24, "price": 171},
            {"name": "高山烏龍茶 150 克鐵罐禮盒裝", "quantity": 5, "price": 399},
            {"name": "運費", "quantity": 1, "price": 57},
        ]
        body = {
            "amount": 6156,
            "currency": "TWD",
            "orderId": ORDER,
            "packages": [{"id": "1", "amount": 6156, "products": products}],
            "redirectUrls": {"confirmUrl": f"{self.url}/confirm", "cancelUrl": f"{self.url}/cancel"},
        }
        info = self.call("POST", "/v4/payments/request", body)["info"]
        return int(info["transactionId"]), str(info["paymentUrl"]["web"])

    def confirm(self, transaction_id: int) -> str:
        path = f"/v4/payments/{transaction_id}/confirm"
        return str(self.call("POST", path, {"amount": 6156, "currency": "TWD"})["returnCode"])

    def check(self, transaction_id: int) -> str:
        return str(self.call("GET", f"/v4/payments/requests/{transaction_id}/check")["returnCode"])


@pytest.fixture
def world() -> Iterator[World]:
    made = World(LinePayPlatform(shop_name="山海茶行"))

    async def back(request: Request) -> Response:
        made.returns.append(request.url.path)
        return HTMLResponse(f"<title>shop</title><h1>{request.url.path}</h1>")

    routes = [
        Route("/confirm", back),
        Route("/cancel", back),
        Route("/favicon.ico", lambda _request: Response(status_code=204)),
        Mount("/_line_pay", line_pay_app(made.platform)),
    ]
    with serving(Starlette(routes=routes), free_socket()) as url:
        made.url = url
        yield made


def press(page: Page, name: str) -> None:
    """With the keyboard alone: from the top of the page to the button, and Enter."""
    for _ in range(12):
        page.keyboard.press("Tab")
        if name in str(page.evaluate("document.activeElement.innerText")):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{name} is not reached")


def test_paying_leads_back_to_the_shop(world: World, page: Page) -> None:
    transaction_id, address = world.opened()
    page.goto(address)
    expect(page.get_by_role("heading", name="NT$6,156")).to_be_visible()
    expect(page.get_by_role("table", name="付款明細")).to_contain_text("高山烏龍茶 150 克鐵罐禮盒裝")
    press(page, "同意付款")
    page.wait_for_url("**/confirm?**")
    assert world.returns == ["/confirm"]
    assert (world.confirm(transaction_id), world.check(transaction_id)) == ("0000", "0123")


def test_cancelling_leads_back_to_the_shops_other_address(world: World, page: Page) -> None:
    transaction_id, address = world.opened()
    page.goto(address)
    press(page, "取消")
    page.wait_for_url("**/cancel?**")
    assert (world.returns, world.check(transaction_id)) == (["/cancel"], "0121")


@pytest.mark.parametrize(("name", "code"), [("餘額不足", "1142"), ("信用卡遭拒", "1281")])
def test_a_refusal_is_met_by_the_shop_when_it_confirms(
    name: str, code: str, world: World, page: Page
) -> None:
    transaction_id, address = world.opened()
    page.goto(address)
    press(page, name)
    page.wait_for_url("**/confirm?**")
    assert world.confirm(transaction_id) == code
    assert world.platform.payments[transaction_id].confirmed_at is None


def test_time_that_runs_out_ends_the_payment_here(world: World, page: Page) -> None:
    transaction_id, address = world.opened()
    page.goto(address)
    press(page, "讓付款逾時")
    expect(page.get_by_role("status")).to_contain_text("付款時間已結束，沒有扣款")
    expect(page.get_by_role("button")).to_have_count(0)
    assert (world.returns, world.check(transaction_id)) == ([], "0121")


def test_paying_without_a_return_leaves_the_shop_to_find_out(world: World, page: Page) -> None:
    transaction_id, address = world.opened()
    page.goto(address)
    press(page, "同意但不返回")
    expect(page.get_by_role("status")).to_contain_text("已同意付款，等待商店請款")
    assert (world.returns, world.check(transaction_id)) == ([], "0110")


def test_returning_twice_opens_the_shops_address_twice(world: World, page: Page) -> None:
    transaction_id, address = world.opened()
    page.goto(address)
    press(page, "返回兩次")
    page.wait_for_url("**/confirm?**")
    assert world.returns == ["/confirm", "/confirm"]
    assert world.confirm(transaction_id) == "0000"


def test_an_answer_that_is_lost_has_taken_the_money_all_the_same(world: World, page: Page) -> None:
    transaction_id, address = world.opened()
    page.goto(address)
    press(page, "扣款成功但回應遺失")
    page.wait_for_url("**/confirm?**")
    with pytest.raises(httpx.TransportError):
        world.confirm(transaction_id)
    assert world.check(transaction_id) == "0123"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_everyone_can_use_the_page(scheme: Any, width: int, world: World, page: Page) -> None:
    _, address = world.opened()
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)
    page.goto(address)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    buttons = page.get_by_role("button").all()
    assert len(buttons) == 8
    for each in buttons:
        box = each.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        # Chinese and English both, and a word on what happens under all but the two plain ones.
        assert each.locator("[lang=en]").count() == 1
    assert page.locator("button[aria-describedby]").count() == 6
    press(page, "讓付款逾時")
    expect(page.get_by_role("status")).to_be_visible()
    assert violations(page) == []
    page.goto(f"{address}x")
    expect(page.get_by_role("heading", name="找不到這筆付款")).to_be_visible()
    assert violations(page) == []
