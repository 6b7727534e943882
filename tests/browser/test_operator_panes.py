"""What waits for a person at the back office's desk: prices, stuck events and cases, by the operator's desk alone."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dev.local.settings import STAFF_LINE_USER_ID, STAFF_NAME
from dev.page.back_office import Manner
from storefront.domain.casework import CaseAction, CaseKind
from storefront.domain.negotiation import Reason
from storefront.domain.order import OrderState, PaymentMethod
from storefront.domain.outbox import MessageState, OrderEventState
from storefront.domain.payment import AttemptState
from storefront.domain.refund import RefundState
from storefront.domain.replay_desk import DeskAction, Place, Standing
from storefront.domain.shipment import ShipmentStatus
from tests.browser.books import (
    APPROVAL,
    CASE,
    CASE_IN_FULL,
    HOME,
    STOCK,
    STUCK,
    STUCK_IN_FULL,
    waiting,
)
from tests.browser.conftest import Shop
from tests.browser.test_page import page_words, violations

JsonObject = dict[str, Any]
Opened = Callable[..., Page]
SECTIONS = ("訂單", "待核准", "庫存", "卡住的事件", "待處理案件")


class OperatorDesk:
    """An operator's desk with one of each; what is done to it is gone afterwards, unless it is refused."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self.approvals, self.cases, self.events = [APPROVAL], [CASE], [STUCK]
        self.refusal = ""
        shop.waiting = waiting(approvals=1, stuck=1, cases=1)

    def answer(self, task: JsonObject) -> JsonObject:
        match task["task"]:
            case "approvals":
                return {"approvals": self.approvals}
            case "list":
                return {"cases": self.cases}
            case "events":
                return {"events": self.events if task["show"] == "waiting" else [], "more": False}
            case "show":
                return {"case": CASE_IN_FULL}
            case "event":
                return {"event": STUCK_IN_FULL}
        if self.refusal:
            return {"refused": self.refusal}
        if task["task"] == "act":
            self.cases = []
            self._shop.waiting = waiting(approvals=1, stuck=1)
            return {"case": CASE_IN_FULL}
        self.events = []
        self._shop.waiting = waiting(approvals=1, cases=1)
        return {"event": {**STUCK_IN_FULL, "kind": "under_way"}}


@pytest.fixture
def desk(shop: Shop) -> OperatorDesk:
    shop.customer()
    shop.order_list, shop.stock = [HOME], STOCK
    desk = OperatorDesk(shop)
    shop.operator = desk.answer
    return desk


def deeds(shop: Shop) -> list[JsonObject]:
    """What the desk was asked to do, without what it was asked to show."""
    return [task for task in shop.tasks if task["task"] in {"act", "replay_event", "dismiss_event"}]


def section(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="後台分頁").get_by_role("button", name=name).click()


def test_the_sections_say_how_much_waits(desk: OperatorDesk, shop: Shop, open_page: Opened) -> None:
    page = open_page()
    buttons = page.get_by_role("navigation", name="後台分頁").get_by_role("button")
    expect(buttons).to_have_text(
        [
            "訂單11 筆已付款、等待出貨",
            "待核准11 件等人處理",
            "庫存",
            "卡住的事件11 件等人處理",
            "待處理案件11 件等人處理",
        ]
    )
    shop.waiting = waiting(cases=3)
    expect(buttons.nth(4)).to_have_text("待處理案件33 件等人處理")
    expect(buttons.nth(1).locator(".badge")).to_be_hidden()
    # Nobody looks at what waits: the operator's desk is not asked for it.
    assert shop.tasks == []


def test_a_price_is_shown_and_its_button_leads_to_the_staffs_phone(
    desk: OperatorDesk, shop: Shop, open_page: Opened
) -> None:
    shop.within(lambda: shop.line.add_customer(STAFF_NAME, user_id=STAFF_LINE_USER_ID))
    page = open_page()
    section(page, "待核准")
    item = (
        page.get_by_role("list", name="approvals")
        .or_(page.get_by_role("list", name="待核准"))
        .locator("> li")
    )
    expect(item).to_contain_text("NT$6,156 → NT$5,040")
    expect(item).to_contain_text("茉莉綠茶 × 36: NT$171 → NT$140")
    expect(item).to_contain_text("已提醒店員")
    item.get_by_role("button", name="到店員手機決定").click()
    expect(page.locator(f"#tab-{STAFF_LINE_USER_ID}")).to_be_focused()
    expect(page.locator(f"#tab-{STAFF_LINE_USER_ID}")).to_have_attribute("aria-selected", "true")


def test_a_back_office_decides_about_a_price_by_its_own_event(
    desk: OperatorDesk, shop: Shop, open_page: Opened
) -> None:
    page = open_page()
    section(page, "待核准")
    page.get_by_role("button", name="送出核准").click()
    expect(page.locator(".answers .answer")).to_have_count(1)
    page.get_by_text("還價", exact=True).click()
    page.get_by_label("合計金額（元）").fill("5800")
    page.get_by_role("button", name="送出還價").click()
    expect(page.locator(".answers .answer")).to_have_count(2)
    assert [(event["type"], event["data"]) for event in shop.hooks] == [
        (
            "quote.approval.decided.v1",
            {"approvalId": "k3v9q2m8x4t7w1zc-a1", "decision": decision, "by": "後台", **more},
        )
        for decision, more in (("approve", {}), ("counter", {"total": 5800}))
    ]
    assert deeds(shop) == []


def test_a_case_is_shown_in_full_and_resolved_with_a_note(
    desk: OperatorDesk, shop: Shop, open_page: Opened
) -> None:
    page = open_page()
    section(page, "待處理案件")
    item = page.locator(".panel-cases .waiting-item")
    expect(item).to_contain_text("已付款但缺貨")
    item.get_by_text("訂單與處理紀錄").click()
    expect(item).to_contain_text("可退餘額")
    expect(item).to_contain_text("再向 LINE Pay 查詢 LINE Pay asked local:ann")
    # Without a reason nothing is done.
    item.get_by_role("button", name="執行").click()
    assert deeds(shop) == []
    item.get_by_label("原因（會留下紀錄）").fill("找到貨了")
    item.get_by_label("原因（會留下紀錄）").press("Enter")
    expect(page.get_by_text("沒有待處理的案件")).to_be_visible()
    expect(page.get_by_role("list", name="待處理案件")).to_be_focused()
    assert deeds(shop) == [
        {
            "task": "act",
            "kind": "paid_without_stock",
            "subject": "A7K3Q-9XM2T",
            "action": "resolve",
            "note": "找到貨了",
            "orderNumber": "",
            "amount": 0,
            "reference": "",
        }
    ]


def test_where_money_moves_order_and_amount_are_typed_once_more(
    desk: OperatorDesk, shop: Shop, open_page: Opened
) -> None:
    desk.refusal = "the amount is more than is left"
    page = open_page()
    section(page, "待處理案件")
    item = page.locator(".panel-cases .waiting-item")
    expect(item.get_by_label("再輸入一次金額")).to_be_hidden()
    item.get_by_label("動作").select_option(label="退款")
    item.get_by_label("原因（會留下紀錄）").fill("缺貨")
    item.get_by_role("button", name="執行").click()
    assert deeds(shop) == []
    item.get_by_label("再輸入一次訂單編號").fill("A7K3Q-9XM2T")
    item.get_by_label("再輸入一次金額").fill("9999")
    item.get_by_role("button", name="執行").click()
    expect(item.get_by_role("alert")).to_have_text("the amount is more than is left")
    # What was typed is still there, to be put right.
    expect(item.get_by_label("再輸入一次金額")).to_have_value("9999")
    [deed] = deeds(shop)
    assert (deed["action"], deed["orderNumber"], deed["amount"]) == ("refund", "A7K3Q-9XM2T", 9999)


def test_a_stuck_event_shows_what_would_go_out_and_is_replayed(
    desk: OperatorDesk, shop: Shop, open_page: Opened
) -> None:
    page = open_page()
    section(page, "卡住的事件")
    item = page.locator(".panel-stuck .waiting-item")
    expect(item).to_contain_text("出貨狀態A7K3Q-9XM2T暫停")
    expect(item).to_contain_text("原因： 訂單還沒付款")
    item.get_by_text("重送會發生什麼").click()
    expect(item.locator(".notice-card")).to_have_text("您的訂單已出貨")
    expect(item).to_contain_text("事件結果： 已套用")
    expect(item).to_contain_text("parcel S1: new → shipped")
    item.get_by_label("原因（會留下紀錄）").fill("標籤印好了")
    item.get_by_role("button", name="重送").click()
    expect(page.get_by_text("沒有卡住的事件")).to_be_visible()
    assert deeds(shop) == [{"task": "replay_event", "id": "events:wms:evt-1", "note": "標籤印好了"}]


def test_a_stuck_event_is_dismissed_and_a_refusal_is_said(
    desk: OperatorDesk, shop: Shop, open_page: Opened
) -> None:
    desk.refusal = "it was dismissed before"
    page = open_page()
    section(page, "卡住的事件")
    item = page.locator(".panel-stuck .waiting-item")
    item.get_by_label("原因（會留下紀錄）").fill("倉庫測試")
    item.get_by_role("button", name="略過").click()
    expect(item.get_by_role("alert")).to_have_text("it was dismissed before")
    assert deeds(shop) == [{"task": "dismiss_event", "id": "events:wms:evt-1", "note": "倉庫測試"}]


def test_a_note_that_is_being_typed_survives_what_comes_in(
    desk: OperatorDesk, shop: Shop, open_page: Opened
) -> None:
    page = open_page()
    section(page, "卡住的事件")
    note = page.locator(".panel-stuck .waiting-item").get_by_label("原因（會留下紀錄）")
    note.fill("標籤")
    desk.events = [
        {**STUCK, "id": "events:wms:evt-0", "order": None},
        {**STUCK, "kind": "quarantined", "why": "order-ended", "triesAgainAt": None},
    ]
    shop.waiting = waiting(stuck=2)
    items = page.locator(".panel-stuck .waiting-item")
    expect(items).to_have_count(2)
    expect(items.nth(1)).to_contain_text("隔離")
    typed = items.nth(1).get_by_label("原因（會留下紀錄）")
    expect(typed).to_be_focused()
    expect(typed).to_have_value("標籤")


def test_a_desk_that_does_not_answer_is_said_and_asked_again(
    desk: OperatorDesk, shop: Shop, open_page: Opened
) -> None:
    shop.operator = lambda _task: {}
    page = open_page()
    section(page, "待處理案件")
    expect(page.get_by_role("alert")).to_contain_text("作業台沒有回應。")
    shop.operator = desk.answer
    page.get_by_role("button", name="再試一次").click()
    expect(page.locator(".panel-cases .waiting-item")).to_have_count(1)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_in_any_section(
    scheme: Any, width: int, desk: OperatorDesk, open_page: Opened
) -> None:
    page = open_page("/?view=backOffice", width=width)
    page.emulate_media(color_scheme=scheme)
    for name in SECTIONS:
        section(page, name)
        page.locator(".order-page, .waiting-item, .stock tbody tr").locator("visible=true").first.wait_for()
        for summary in page.locator(".office-section summary").locator("visible=true").all():
            summary.click()
        assert violations(page) == []


@pytest.mark.parametrize("width", [360, 999, 1000, 1440, 2560])
def test_no_section_is_wider_than_the_screen(width: int, desk: OperatorDesk, open_page: Opened) -> None:
    page = open_page("/?view=backOffice", width=width, height=800)
    for name in SECTIONS:
        section(page, name)
        page.locator(".order-page, .waiting-item, .stock tbody tr").locator("visible=true").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator(".column-desks").evaluate("node => node.scrollWidth <= node.clientWidth")


def test_every_code_of_the_product_has_words() -> None:
    wanted: dict[str, Iterable[StrEnum]] = {
        "state": OrderState,
        "pay": PaymentMethod,
        "attempt": AttemptState,
        "status": ShipmentStatus,
        "refundState": RefundState,
        "outcome": [*MessageState, *OrderEventState],
        "why": Reason,
        "case": CaseKind,
        "deed": [*CaseAction, *DeskAction],
        "standing": Standing,
        "place": Place,
        "manner": Manner,
    }
    chinese, _ = page_words()
    assert {f"{name}_{word.value}" for name, words in wanted.items() for word in words} - chinese == set()
