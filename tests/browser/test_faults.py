"""The desk of faults and time: what is set reaches the stand-ins, what is used up is shown, all can be cleared."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from dev.standins.line_platform import Fault, FaultKind, Hop
from tests.browser.conftest import Shop
from tests.browser.test_page import violations
from tests.browser.test_wire import say

Opened = Callable[..., Page]


@pytest.fixture
def desk(shop: Shop, open_page: Opened) -> Page:
    say(shop, shop.customer(), "我要 3 盒")
    page = open_page("/?view=faults")
    expect(page.get_by_text("目前沒有設定故障")).to_be_visible()
    return page


def panel(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def active(page: Page) -> Locator:
    return page.locator(".panel-activeFaults ul .fault")


def test_a_fault_of_line_is_set_used_up_and_shown_as_happened(shop: Shop, desk: Page) -> None:
    line = panel(desk, "LINE 的故障")
    line.get_by_label("呼叫").select_option("推播")
    line.get_by_label("故障").select_option("已執行，但回應遺失")
    line.get_by_label("次數").fill("2")
    line.get_by_role("button", name="設定").click()
    expect(active(desk)).to_have_text(["LINE推播已執行，但回應遺失× 2"])
    assert shop.line.faults == [Fault("push", FaultKind.DROP, after_effect=True, times=2)]

    def go_wrong() -> None:
        shop.line.take_fault("push")
        shop.line.record(
            Hop(
                0,
                0,
                "api",
                "POST",
                "http://line/v2/bot/message/push",
                {},
                "",
                None,
                {},
                "",
                1.0,
                "fault: drop",
            )
        )

    shop.within(go_wrong)
    expect(active(desk)).to_have_text(["LINE推播已執行，但回應遺失"])
    expect(desk.get_by_role("list", name="已發生").get_by_role("listitem")).to_contain_text(["LINE推播"])


def test_every_fault_of_line_reaches_the_stand_in(shop: Shop, desk: Page) -> None:
    line = panel(desk, "LINE 的故障")
    for kind in ("HTTP 500", "HTTP 429（太頻繁）", "30 秒沒有回應", "中斷連線，沒有執行"):
        line.get_by_label("故障").select_option(kind)
        line.get_by_role("button", name="設定").click()
        expect(active(desk).last).to_contain_text(kind.removesuffix("（太頻繁）"))
    assert [(each.kind.value, each.status, each.seconds, each.after_effect) for each in shop.line.faults] == [
        ("status", 500, 60.0, False),
        ("status", 429, 60.0, False),
        ("hang", 500, 30.0, False),
        ("drop", 500, 60.0, False),
    ]


def test_faults_of_line_pay_go_by_call_and_a_code_can_be_chosen(shop: Shop, desk: Page) -> None:
    pay = panel(desk, "LINE Pay 的故障")
    expect(pay.get_by_label("LINE Pay 代碼")).to_be_disabled()
    pay.get_by_role("button", name="設定").click()
    expect(active(desk)).to_have_count(1)
    pay.get_by_label("呼叫").select_option("查詢付款狀態")
    pay.get_by_label("故障").select_option("回傳代碼")
    pay.get_by_label("LINE Pay 代碼").fill("1198")
    pay.get_by_role("button", name="設定").click()
    expect(active(desk)).to_have_text(["LINE Pay請款中斷連線，沒有執行", "LINE Pay查詢付款狀態回傳代碼 1198"])
    waiting = [
        (each.call, each.fault.reply.value, each.fault.return_code) for each in shop.line_pay.faults.waiting()
    ]
    assert waiting == [("confirm", "nothing", ""), ("check", "code", "1198")]


def test_the_months_quota_can_be_used_up_and_everything_cleared(shop: Shop, desk: Page) -> None:
    desk.get_by_role("button", name="用完本月額度").click()
    expect(active(desk)).to_have_text(["LINE推播本月額度已用完"])
    assert shop.line.quota == shop.line.quota_used
    panel(desk, "LINE 的故障").get_by_role("button", name="設定").click()
    panel(desk, "LINE Pay 的故障").get_by_role("button", name="設定").click()
    expect(active(desk)).to_have_count(3)
    desk.get_by_role("button", name="全部清除").click()
    expect(desk.get_by_text("目前沒有設定故障")).to_be_visible()
    assert httpx.get(f"{shop.base_url}/_local/line/quota", trust_env=False).json()["limit"] is None
    assert [*shop.line.faults, *shop.line_pay.faults.waiting()] == []


def test_an_event_goes_again_in_as_many_copies_as_asked(shop: Shop, desk: Page) -> None:
    before = len(shop.webhooks)
    again = panel(desk, "重送 webhook")
    expect(again.get_by_label("事件").locator("option")).to_have_count(1)
    again.get_by_label("份數").fill("2")
    again.get_by_role("button", name="重送事件").click()
    expect(desk.locator(".toast")).to_have_text("已重送，回應：200, 200")
    sent = shop.webhooks[before:]
    assert [event["deliveryContext"]["isRedelivery"] for event in sent] == [True, True]
    assert {event["webhookEventId"] for event in sent} == {shop.webhooks[before - 1]["webhookEventId"]}


def test_without_a_deployed_stack_nothing_can_be_killed_or_hurried(shop: Shop, desk: Page) -> None:
    for name in ("待命", "套用", "立刻查詢付款", "立刻巡查"):
        expect(desk.get_by_role("button", name=name)).to_be_disabled()
    answer = httpx.post(
        f"{shop.base_url}/_local/page/faults/timers", json={"QUOTE_VALIDITY_SECONDS": 5}, trust_env=False
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_to_complain_of(scheme: Any, width: int, desk: Page) -> None:
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 900})
    panel(desk, "LINE 的故障").get_by_role("button", name="設定").click()
    expect(active(desk)).to_have_count(1)
    assert violations(desk) == []


@pytest.mark.parametrize("width", [360, 768, 1000, 1440, 2560])
def test_nothing_is_wider_than_the_screen(width: int, desk: Page) -> None:
    desk.set_viewport_size({"width": width, "height": 800})
    assert desk.evaluate("document.documentElement.scrollWidth") == width
    assert desk.locator(".column-desks").evaluate("node => node.scrollWidth <= node.clientWidth")


def test_it_is_there_in_english_too(desk: Page) -> None:
    desk.get_by_role("button", name="English").click()
    expect(desk.get_by_role("heading", name="Faults & time")).to_be_visible()
    own = desk.locator(".faults :is(h3, h4, label, button, .hint, .nothing)").all_inner_texts()
    assert [words for words in own if any("一" <= sign <= "鿿" for sign in words)] == []
