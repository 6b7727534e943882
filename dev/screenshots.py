"""`make screenshots`: the README's pictures, taken in Chromium from a run that plays the happy journey itself.

Needs Debian's chromium and its fonts for Chinese and emoji; CHROMIUM names another one.
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright

from dev.local.settings import ROOT
from dev.quote_pictures import take_quotes
from dev.scenario import play
from tests.e2e.spawned import local_stack

PICTURES = ROOT / "docs" / "pictures"
MOMENTS = {
    "quote": ("確認訂購", "end"),
    "payment": ("前往 LINE Pay 付款", "end"),
    "paid": ("付款成功", "start"),
    "delivered": ("截至", "end"),
}
"""Picture: words of the card that it shows, and which edge of the card has to be in view."""


async def _take(base_url: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        context = await browser.new_context(
            viewport={"width": 1440, "height": 1000}, locale="zh-TW", timezone_id="Asia/Taipei"
        )
        page = await context.new_page()
        await page.goto(base_url)
        await page.get_by_role("log", name="訊息").wait_for()
        await page.wait_for_timeout(1500)
        await page.screenshot(path=PICTURES / "desktop.png")
        for name, (words, edge) in MOMENTS.items():
            await _moment(page, name, words, edge)
        await take_quotes(browser, base_url, PICTURES)
        await browser.close()


async def _moment(page: Page, name: str, words: str, edge: str) -> None:
    """The phone with the last card that holds `words` in view."""
    card = page.get_by_role("log", name="訊息").get_by_role("listitem").filter(has_text=words).last
    await card.evaluate("(card, edge) => card.scrollIntoView({block: edge, behavior: 'instant'})", edge)
    await page.wait_for_timeout(400)
    await page.locator(".phone").first.screenshot(path=PICTURES / f"{name}.png")


def main() -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, local_stack(Path(folder) / "run.log") as run:
        if asyncio.run(play("happy", run.base_url)) != 0:
            return 1
        asyncio.run(_take(run.base_url))
    print("\n".join(str(path.relative_to(ROOT)) for path in sorted(PICTURES.glob("*.png"))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
