"""`make screenshots`: the pictures of README and docs, taken in Chromium from a run that plays scenarios itself.

Needs Debian's chromium and its fonts for Chinese, Thai and emoji; CHROMIUM names another one.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page, async_playwright, expect

from dev.driver.customer import Customer
from dev.driver.shopping import ANSWER, GRACE, has_accept
from dev.local.settings import ROOT
from dev.notice_pictures import take_notices
from dev.quote_pictures import fold_menus, take_quotes
from dev.small_png import NotAScreenshot, shrink
from tests.e2e.spawned import local_stack

PICTURES = ROOT / "docs" / "pictures"
MOMENTS: Final = {
    "quote": ("確認訂購", "end"),
    "payment": ("前往 LINE Pay 付款", "end"),
    "paid": ("付款成功", "start"),
    "delivered": ("截至", "end"),
}
"""Picture: words of the card that it shows, and which edge of the card has to be in view."""
INQUIRIES: Final = {
    "zh-TW": ("王小明", "我要 3 箱茉莉綠茶"),
    "en": ("Emma", "3 cases of jasmine green tea, please"),
    "ja": ("佐藤 結衣", "ジャスミン緑茶を3ケースお願いします"),
    "th": ("นภา", "ชาเขียวมะลิ 3 ลัง"),
}
"""Language: a customer, and what they write."""
PLAY_MILLISECONDS = 120_000
ONE_COLUMN = 999  # pixels up to which the page shows one thing at a time


async def _take(base_url: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        page = await _open(browser, 1440, 1000)
        await page.goto(f"{base_url}/?view=scenarios&scenario=happy&pace=0")
        await expect(page.locator(".stage-head .chip")).to_have_text("全部符合", timeout=PLAY_MILLISECONDS)
        await fold_menus(page)
        for name, (words, edge) in MOMENTS.items():
            await _moment(page, name, words, edge)
        await _desks(browser, base_url)
        await _languages(browser, base_url)
        await take_quotes(browser, base_url, PICTURES)
        await take_notices(browser, base_url, PICTURES / "notices.png")
        await browser.close()


async def _open(browser: Browser, width: int, height: int) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-TW", timezone_id="Asia/Taipei"
    )
    page = await context.new_page()
    await page.add_init_script("localStorage.setItem('guide-closed', 'yes')")
    return page


async def _moment(page: Page, name: str, words: str, edge: str) -> None:
    """The phone with the last card that holds `words` in view."""
    phone = page.locator(".phone:visible").first
    card = phone.get_by_role("log", name="訊息").get_by_role("listitem").filter(has_text=words).last
    await card.evaluate("(card, edge) => card.scrollIntoView({block: edge, behavior: 'instant'})", edge)
    await page.wait_for_timeout(400)
    await phone.screenshot(path=PICTURES / f"{name}.png")


async def _desks(browser: Browser, base_url: str) -> None:
    """Every desk of the page, on a desktop and on a phone, beside the chat of the scenario's customer."""
    for width, height, suffix in ((1440, 900, ""), (390, 844, "-phone")):
        page = await _open(browser, width, height)
        await page.goto(base_url)
        await page.locator(".connection:not(.connection-lost) .dot").wait_for(state="attached")
        await page.get_by_role("tab", name="王小明").last.click()
        await fold_menus(page)
        for view in await page.locator(".view").all():
            name = await view.get_attribute("data-view")
            if name == "phones" and not suffix:
                continue  # beside every desk
            await view.click()
            await _choose(page, width)
            await page.wait_for_timeout(800)
            await page.screenshot(path=PICTURES / f"desk-{name}{suffix}.png")
        await page.context.close()


async def _choose(page: Page, width: int) -> None:
    """Something to look at in a desk that shows one thing of many, where there is room for both; the end of a story."""
    story = page.locator(".steps-scroller:visible")
    if await story.count():
        await story.evaluate("story => { story.scrollTop = story.scrollHeight }")
    capture = page.locator(".desk:visible .hop").filter(has_text="請款")
    if width > ONE_COLUMN and await capture.count():
        await capture.first.click()


async def _languages(browser: Browser, base_url: str) -> None:
    """Four customers side by side, each in a language of their own."""
    people = []
    for language, (name, inquiry) in INQUIRIES.items():
        async with await Customer.create(base_url, name, language=language) as customer:
            await customer.say(inquiry)
            await customer.wait_for(has_accept, ANSWER + GRACE)
            people.append(customer.user_id)
    page = await _open(browser, 2560, 920)
    await page.goto(base_url)
    await page.get_by_role("button", name="並排顯示").click()
    for user_id in people:
        await page.locator(f"#tab-{user_id}").click()
    await fold_menus(page)  # before the scrolling: what was folded has the focus and comes into view
    await page.locator(".stage").evaluate(
        "(stage, id) => { stage.scrollLeft = document.getElementById(id).offsetLeft - stage.offsetLeft - 16 }",
        f"panel-{people[0]}",
    )
    await page.wait_for_timeout(800)
    boxes = [await page.locator(f"#panel-{user_id} .phone").bounding_box() for user_id in people]
    left, right = (box for box in (boxes[0], boxes[-1]) if box)
    clip = {"x": left["x"] - 14, "y": left["y"] - 8, "height": left["height"] + 16}
    clip["width"] = right["x"] + right["width"] + 14 - clip["x"]
    await page.screenshot(path=PICTURES / "languages.png", clip=clip)  # type: ignore[arg-type]
    await page.context.close()


def main() -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, local_stack(Path(folder) / "run.log") as run:
        asyncio.run(_take(run.base_url))
    for picture in PICTURES.glob("*.png"):
        with contextlib.suppress(NotAScreenshot):  # one of before, which is small already
            shrink(picture)
    print("\n".join(str(path.relative_to(ROOT)) for path in sorted(PICTURES.glob("*.png"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
