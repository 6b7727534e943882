"""The wire desk: the list grows by itself, is narrowed down, shows one hop whole and sends it again."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.books import HOME
from tests.browser.conftest import Shop
from tests.browser.test_back_office import order_event, report
from tests.browser.test_page import violations

Opened = Callable[..., Page]
JsonObject = dict[str, Any]
ORDER = str(HOME["orderNumber"])


def say(shop: Shop, user_id: str, text: str) -> None:
    async def deliver() -> None:
        await shop.line.deliver([shop.line.text(user_id, text)])

    shop.wait_for(deliver())


def rows(page: Page) -> Locator:
    return page.locator(".hop:visible")


def gists(page: Page) -> list[str]:
    return page.locator(".hop:visible .hop-gist").all_inner_texts()


@pytest.fixture
def wire(shop: Shop, open_page: Opened) -> Page:
    """The desk with a friend's follow, one message and one event to the order system."""
    user_id = shop.customer()
    shop.order_list = [HOME]
    say(shop, user_id, "我要 3 盒")
    assert report(shop, order_event()) == 202
    page = open_page("/?view=wire")
    expect(rows(page)).to_have_count(3)
    return page


def test_every_hop_is_there_newest_first_and_new_ones_come_by_themselves(shop: Shop, wire: Page) -> None:
    assert gists(wire) == ["order.paid.v1 · A7K3Q-9XM2T", "我要 3 盒", "follow"]
    expect(rows(wire).first).to_contain_text("商店→到訂單系統order.paid.v1")
    expect(rows(wire).first.locator(".verdict-good")).to_have_attribute("title", "簽章正確")
    say(shop, next(iter(shop.line.customers)), "再 2 盒")
    expect(rows(wire).first.locator(".hop-gist")).to_have_text("再 2 盒")
    expect(wire.get_by_role("status").filter(has_text="顯示")).to_have_text("顯示 4 筆，共 4 筆")


def test_the_list_is_narrowed_down_by_words_order_party_and_failure(shop: Shop, wire: Page) -> None:
    assert report(shop, order_event(event_id="forged"), "whsec_c29tZWJvZHktZWxzZXMtc2VjcmV0") == 401
    expect(rows(wire)).to_have_count(4)
    wire.get_by_label("搜尋").fill("3 盒")
    expect(rows(wire).locator(".hop-gist")).to_have_text(["我要 3 盒"])
    wire.get_by_label("搜尋").fill("")
    wire.get_by_role("search").get_by_label("訂單").select_option("A7K3Q-9XM2T")
    expect(rows(wire)).to_have_count(2)
    wire.get_by_role("search").get_by_label("訂單").select_option("")
    wire.get_by_label("對象").select_option("LINE")
    expect(rows(wire).locator(".hop-gist")).to_have_text(["我要 3 盒", "follow"])
    wire.get_by_label("對象").select_option("")
    wire.get_by_role("button", name="只看失敗").click()
    expect(rows(wire)).to_have_count(1)
    expect(rows(wire).locator(".code-bad")).to_have_text("401")
    wire.get_by_label("搜尋").fill("nothing like it")
    expect(wire.get_by_text("沒有符合條件的請求")).to_be_visible()


def test_the_list_stands_still_while_it_is_paused(shop: Shop, wire: Page) -> None:
    wire.get_by_role("button", name="暫停").click()
    say(shop, next(iter(shop.line.customers)), "慢慢來")
    expect(wire.get_by_role("button", name="暫停 (1)")).to_be_visible()
    expect(rows(wire)).to_have_count(3)
    wire.get_by_role("button", name="暫停 (1)").click()
    expect(rows(wire).first.locator(".hop-gist")).to_have_text("慢慢來")


def test_one_hop_is_shown_whole_with_its_verdict_and_how_it_was_checked(wire: Page) -> None:
    rows(wire).nth(1).click()
    detail = wire.get_by_role("region", name="請求內容")
    expect(detail.get_by_role("heading", name="LINE → 商店 #2")).to_be_focused()
    expect(detail).to_contain_text("簽章正確 x-line-signature：以 channel secret 對內容計算 HMAC-SHA256。")
    expect(detail.get_by_label("請求內容", exact=True)).to_contain_text('"text": "我要 3 盒"')
    detail.get_by_text("標頭（3）").first.click()
    expect(detail.get_by_text("LineBotWebhook/2.0")).to_be_visible()


def test_a_replay_comes_as_a_new_hop_with_a_mark_and_what_it_changed(shop: Shop, wire: Page) -> None:
    before = len(shop.webhooks)
    rows(wire).nth(1).click()
    wire.get_by_role("button", name="原樣重送").click()
    expect(rows(wire).first.locator(".chip-replay")).to_have_text("重送 #2")
    assert len(shop.webhooks) == before + 1
    assert shop.webhooks[-1] == shop.webhooks[-2]
    rows(wire).first.click()
    expect(wire.get_by_text("回應完全相同。")).to_be_visible()
    wire.get_by_role("button", name="用錯誤簽章重送").click()
    expect(rows(wire)).to_have_count(5)
    expect(rows(wire).first.locator(".verdict-bad")).to_have_attribute("title", "簽章錯誤")
    wire.get_by_role("button", name="重送 #2").first.click()
    expect(wire.locator(".hop[aria-pressed=true] .hop-gist")).to_have_text("我要 3 盒")


def test_the_copied_command_works_when_it_is_pasted(shop: Shop, wire: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    rows(wire).nth(1).click()
    wire.get_by_role("button", name="複製為 curl").click()
    expect(wire.locator(".toast")).to_have_text("已複製")
    command = wire.evaluate("navigator.clipboard.readText()")
    done = subprocess.run(["bash"], input=command.encode(), capture_output=True, check=True)  # noqa: S607
    assert done.stdout.startswith(b"HTTP/1.1 200 OK")
    assert shop.webhooks[-1] == shop.webhooks[-2]
    assert shop.line.channel_secret not in command


def test_what_others_write_never_becomes_markup(shop: Shop, wire: Page) -> None:
    evil = '<img src=x onerror="document.title=1">'
    say(shop, next(iter(shop.line.customers)), evil)
    expect(rows(wire).first.locator(".hop-gist")).to_have_text(evil)
    rows(wire).first.click()
    expect(wire.locator(".wire-detail pre").first).to_contain_text(json.dumps(evil)[1:-1])
    assert wire.locator(".wire img").count() == 0


def test_the_keys_walk_through_the_list(wire: Page) -> None:
    rows(wire).first.focus()
    wire.keyboard.press("ArrowDown")
    expect(rows(wire).nth(1)).to_be_focused()
    wire.keyboard.press("Enter")
    expect(wire.get_by_role("heading", name="LINE → 商店 #2")).to_be_focused()


def test_on_a_small_screen_a_hop_stands_in_place_of_the_list(wire: Page) -> None:
    wire.set_viewport_size({"width": 390, "height": 844})
    rows(wire).nth(1).click()
    expect(rows(wire)).to_have_count(0)
    wire.get_by_role("button", name="回到清單").click()
    expect(rows(wire).nth(1)).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_to_complain_of(scheme: Any, width: int, wire: Page, shop: Shop) -> None:
    report(shop, order_event(event_id="forged"), "whsec_c29tZWJvZHktZWxzZXMtc2VjcmV0")
    expect(rows(wire)).to_have_count(4)
    wire.emulate_media(color_scheme=scheme)
    wire.set_viewport_size({"width": width, "height": 900})
    assert violations(wire) == []
    rows(wire).nth(2).click()
    wire.get_by_text("標頭（3）").first.click()
    assert violations(wire) == []


@pytest.mark.parametrize("width", [360, 768, 999, 1000, 1440, 2560])
def test_nothing_is_wider_than_the_screen(width: int, wire: Page) -> None:
    wire.set_viewport_size({"width": width, "height": 800})
    for _ in range(2):
        assert wire.evaluate("document.documentElement.scrollWidth") == width
        assert wire.locator(".column-desks").evaluate("node => node.scrollWidth <= node.clientWidth")
        rows(wire).nth(1).click() if rows(wire).count() else None


def test_it_is_there_in_english_too(wire: Page) -> None:
    rows(wire).nth(1).click()
    wire.get_by_role("button", name="English").click()
    rows(wire).nth(1).click()
    expect(wire.get_by_role("button", name="Replay with a broken signature")).to_be_visible()
    own = wire.locator(
        ".wire label, .wire button:not(.hop), .wire h3, .wire h4, .wire dt, .wire .hint, .hop-way"
    ).all_inner_texts()
    assert [words for words in own if any("一" <= sign <= "鿿" for sign in words)] == []


def test_an_orders_workflow_stands_above_its_hops(shop: Shop, wire: Page) -> None:
    def visit(state: str, entered: int, left: int | None, error: str = "") -> JsonObject:
        return {"state": state, "entered": entered, "left": left, "error": error}

    visits = [
        visit("AwaitDecision", 1_000, 9_000, "States.Timeout"),
        visit("ReviewQuote", 9_000, 9_100),
        visit("Which", 9_100, 9_100),
        visit("AwaitDecision", 9_100, None),
    ]
    states = ["AwaitDecision", "ReviewQuote", "Which", "OpenPayment"]
    shop.workflows[ORDER] = [
        {
            "machine": "OrderWorkflow",
            "name": "quote-1",
            "status": "RUNNING",
            "startedAt": 1_000,
            "visits": visits,
            "states": [{"name": name, "type": "Choice" if name == "Which" else "Task"} for name in states],
        }
    ]
    expect(wire.get_by_role("region", name="的流程")).to_have_count(0)
    wire.get_by_role("search").get_by_label("訂單").select_option(ORDER)
    flow = wire.get_by_role("region", name="訂單 A7K3Q-9XM2T 的流程")
    expect(flow.get_by_role("list", name="流程的各個狀態").get_by_role("listitem")).to_have_text(
        ["AwaitDecision× 2目前在這裡", "ReviewQuote經過", "OpenPayment未經過"]
    )
    expect(flow.locator("[aria-current=step]")).to_have_text("AwaitDecision× 2目前在這裡")
    expect(flow.locator(".flow-way li")).to_contain_text(
        ["AwaitDecision8.0 sStates.Timeout", "ReviewQuote100 ms", "Which0.0 ms", "AwaitDecision目前在這裡"]
    )
    assert violations(wire) == []
    wire.get_by_role("search").get_by_label("訂單").select_option("")
    expect(flow).to_have_count(0)
