"""The desk of scenarios: plays a scenario against a small shop, shows how it goes, and hands out the transcript."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from starlette.routing import BaseRoute, Mount

from dev.local.settings import STAFF_LINE_USER_ID, STAFF_NAME
from dev.standins.line_platform import line_app
from tests.browser.conftest import Shop, Watch, serving_shop
from tests.browser.test_page import violations
from tests.standins.tiny_shop import ORDER, TinyShop

Opened = Callable[..., Page]


def tiny_shop(shop: Shop) -> list[BaseRoute]:
    tiny = TinyShop(base=shop.base_url, line=f"{shop.base_url}/_line")
    return [*tiny.routes(), Mount("/_line", line_app(shop.line))]


@pytest.fixture
def shop(shop_folder: Path) -> Iterator[Shop]:
    with serving_shop(shop_folder, tiny_shop) as running:
        yield running


def desk(page: Page) -> Page:
    page.locator(".view[data-view=scenarios]").click()
    return page


def test_the_list_is_grouped_and_says_what_happens(open_page: Opened) -> None:
    page = desk(open_page())
    groups = page.locator(".scenario-group")
    expect(groups).to_have_count(6)
    expect(groups.first.get_by_role("heading", level=4)).to_have_text("詢價與下單")
    expect(page.get_by_text("顧客詢價三箱茶、接受報價、付款，一路收到出貨和送達通知。")).to_be_visible()
    waiting = page.locator(".scenario[data-scenario=expiry]")
    expect(waiting.get_by_role("button")).to_be_disabled()
    expect(waiting).to_contain_text("QUOTE_VALIDITY_SECONDS=20 make run")


def test_a_scenario_plays_itself_to_its_end(open_page: Opened) -> None:
    page = desk(open_page())
    page.get_by_role("radio", name="不停頓").check()
    page.get_by_role("button", name="播放「一路順利」").click()
    expect(page.get_by_role("heading", name="一路順利")).to_be_visible()
    expect(page.locator(".stage-head .chip")).to_have_text("全部符合", timeout=30_000)
    steps = page.locator(".step")
    expect(steps.get_by_role("heading")).to_have_text(["詢價", "接受報價", "付款", "出貨", "查詢"])
    assert steps.evaluate_all("steps => steps.every(step => step.matches('.step-done'))")
    expect(page.locator(".line-met").last).to_contain_text("happy held")
    expect(page.locator(".step").nth(2)).to_contain_text("LINE Pay ▸ [approve]")
    link = page.locator(".step").nth(2).get_by_role("link", name="看這個頁面").first
    expect(link).to_have_attribute("href", f"{page.url.split('/?')[0]}/pay/page")
    # Its customer has a phone now, and that phone is in view.
    expect(page.get_by_role("tab", selected=True)).to_contain_text("王小明")
    expect(page.get_by_role("log", name="訊息")).to_contain_text(f"付款成功,訂單 {ORDER}")
    assert violations(page) == []


def test_the_transcript_can_be_read_and_saved(open_page: Opened) -> None:
    page = open_page("/?scenario=unknown_product&pace=0&view=scenarios")
    expect(page.locator(".stage-head .chip")).to_have_text("全部符合", timeout=30_000)
    page.get_by_role("button", name="對話紀錄").click()
    dialog = page.get_by_role("dialog", name="對話紀錄")
    expect(dialog).to_contain_text("# 店裡沒有的商品")
    expect(dialog).to_contain_text("> 我要 3 台腳踏車")
    assert violations(page) == []
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Markdown").click()
    assert download.value.suggested_filename == "unknown_product.md"
    assert Path(download.value.path()).read_text("utf-8").startswith("# 店裡沒有的商品\n")
    with page.expect_download() as download:
        dialog.get_by_role("link", name="JSON").click()
    assert download.value.suggested_filename == "unknown_product.json"


def test_a_phone_hands_out_its_own_transcript(shop: Shop, open_page: Opened) -> None:
    shop.customer("林*小雨")
    page = open_page()
    page.get_by_role("button", name="聊天室選單").click()
    page.get_by_role("button", name="對話紀錄").click()
    expect(page.get_by_role("dialog", name="對話紀錄")).to_contain_text(r"# 林\*小雨 與 山海茶行 的聊天紀錄")


def test_the_address_plays_a_scenario_once(open_page: Opened, shop: Shop) -> None:
    page = open_page("/?scenario=unknown_product&pace=0")
    expect(page.locator(".stage-head .chip")).to_have_text("全部符合", timeout=30_000)
    assert "scenario=" not in page.url
    assert "pace=" not in page.url
    before = len(shop.line.customers)
    page.reload()
    expect(page.locator(".stage-head .chip")).to_have_text("全部符合")
    expect(page.get_by_role("heading", name="店裡沒有的商品")).to_be_visible()
    expect(page.locator(".line-met").last).to_contain_text("unknown_product held")
    expect(page.locator(".step-now")).to_have_count(0)
    assert len(shop.line.customers) == before


def test_it_can_be_paused_hurried_and_stopped(open_page: Opened, watch: Watch) -> None:
    page = desk(open_page())
    page.get_by_role("radio", name="1×").check()
    page.get_by_role("button", name="播放「一路順利」").click()
    page.locator(".controls").get_by_role("button", name="暫停").click()
    chip = page.locator(".stage-head .chip")
    expect(chip).to_have_text("已暫停")
    # A second one is refused with a reason, and the first is as it was.
    page.get_by_role("button", name="播放「議價」").click()
    expect(page.get_by_text("「一路順利」還在播放，請先停止")).to_be_visible()
    assert len(watch.complaints) == 2  # the answer and the browser's note of it
    assert all("409" in complaint for complaint in watch.complaints)
    watch.complaints.clear()
    expect(chip).to_have_text("已暫停")
    page.locator(".controls").get_by_role("button", name="繼續").click()
    expect(chip).to_have_text("播放中")
    page.locator(".controls").get_by_role("button", name="停止").click()
    expect(chip).to_have_text("已停止")
    expect(page.locator(".step-now")).to_have_count(0)
    page.get_by_role("radio", name="不停頓").check()
    page.get_by_role("button", name="播放「店裡沒有的商品」").click()
    expect(chip).to_have_text("全部符合", timeout=30_000)


def test_a_strip_tells_of_it_while_another_desk_is_in_view(open_page: Opened) -> None:
    page = open_page("/?scenario=happy&pace=1&view=scenarios")
    strip = page.get_by_role("region", name="播放中的情境").and_(page.locator(".now"))
    expect(page.locator(".stage-head .chip")).to_have_text("播放中")
    expect(strip).to_be_hidden()
    page.locator(".view[data-view=backOffice]").click()
    expect(strip).to_contain_text("一路順利")
    strip.get_by_role("button", name="暫停").click()
    expect(strip).to_contain_text("已暫停")
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    expect(strip).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    strip.get_by_role("button", name="停止").click()
    expect(strip).to_contain_text("已停止")
    strip.get_by_role("button", name="關閉").click()
    expect(strip).to_be_hidden()


def test_on_a_small_screen_the_phone_comes_into_view(open_page: Opened) -> None:
    page = desk(open_page(width=390, height=844))
    page.get_by_role("radio", name="不停頓").check()
    page.get_by_role("button", name="播放「一路順利」").click()
    expect(page.get_by_role("log", name="訊息")).to_contain_text("付款成功", timeout=30_000)
    expect(page.get_by_role("log", name="訊息")).to_be_visible()


def test_somebodys_own_choice_of_a_phone_is_left_alone(shop: Shop, open_page: Opened) -> None:
    shop.customer("林小雨")
    page = desk(open_page())
    page.get_by_role("radio", name="1×").check()
    page.get_by_role("button", name="播放「一路順利」").click()
    expect(page.get_by_role("tab", selected=True)).to_contain_text("王小明")
    page.get_by_role("tab", name="林小雨").click()
    expect(page.get_by_role("checkbox", name="手機跟著劇情切換")).not_to_be_checked()
    page.get_by_role("radio", name="不停頓").check()
    expect(page.locator(".stage-head .chip")).to_have_text("全部符合", timeout=30_000)
    expect(page.get_by_role("tab", selected=True)).to_contain_text("林小雨")


def test_the_guide_sends_a_line_and_goes_when_it_is_closed(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    page = open_page(newcomer=True)
    guide = page.get_by_role("complementary", name="一分鐘上手")
    expect(guide).to_be_visible()
    guide.get_by_role("button", name="我要 3 箱茉莉綠茶").click()
    expect(page.get_by_role("log", name="訊息")).to_contain_text("報價 NT$6,156")
    guide.get_by_role("button", name="關閉").click()
    expect(guide).to_be_hidden()
    page.reload()
    expect(page.get_by_role("log", name="訊息")).to_contain_text("報價 NT$6,156")
    expect(guide).to_be_hidden()
    page.get_by_role("button", name="使用說明").click()
    expect(guide).to_be_visible()


def test_the_guide_is_one_line_on_a_small_screen(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    page = open_page(width=360, height=740, newcomer=True)
    guide = page.get_by_role("complementary", name="一分鐘上手")
    strip = page.get_by_role("button", name="第一次來？看看可以試什麼")
    expect(strip).to_be_visible()
    expect(guide).to_be_hidden()
    strip.click()
    expect(guide).to_be_in_viewport(ratio=1)
    guide.get_by_role("button", name="我要 3 箱茉莉綠茶").click()
    expect(guide).to_be_hidden()
    expect(page.get_by_role("log", name="訊息")).to_contain_text("報價 NT$6,156")
    expect(strip).to_be_hidden()


def test_nobody_is_guided_who_comes_to_a_shop_in_use(shop: Shop, open_page: Opened) -> None:
    customer = shop.customer()
    shop.within(lambda: shop.line.text(customer, "你好"))
    page = open_page(newcomer=True)
    expect(page.get_by_role("log", name="訊息")).to_contain_text("你好")
    expect(page.get_by_role("complementary", name="一分鐘上手")).to_be_hidden()


def test_the_phone_of_the_shops_own_person_says_so(shop: Shop, open_page: Opened) -> None:
    shop.customer()
    shop.within(lambda: shop.line.add_customer(STAFF_NAME, user_id=STAFF_LINE_USER_ID))
    page = open_page()
    expect(page.locator(".tab-staff")).to_have_count(1)
    expect(page.get_by_role("tab", name=STAFF_NAME)).to_contain_text("店員")
