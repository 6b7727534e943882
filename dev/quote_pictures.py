"""Pictures for docs/quoting.md: a formal quote in the chat and its page, in Chinese and Thai (`make screenshots`)."""

from pathlib import Path
from typing import Final

from playwright.async_api import Browser, Page

from dev.driver.customer import Customer, Message
from dev.driver.shopping import ANSWER, GRACE, has_accept

TALKS: Final = {
    "zh-TW": ("林採購", "茉莉綠茶 10 箱、鳳梨酥 2 箱、禮盒包裝 2 組", "請給我報價單"),
    "th": ("คุณสมชาย", "ชาเขียวมะลิ 120 กล่อง พายสับปะรด 2 กล่อง", "ขอใบเสนอราคา"),
}
"""Language: a customer, what they ask for, and how they ask for it formally."""


async def take_quotes(browser: Browser, base_url: str, folder: Path) -> None:
    """Pictures `quote-<language>.png` and `formal-<language>.png`, from a running shop."""
    for language, (name, inquiry, wish) in TALKS.items():
        async with await Customer.create(base_url, name, language=language) as customer:
            await customer.say(inquiry)
            await customer.wait_for(has_accept, ANSWER + GRACE)
            await customer.say(wish)
            formal = await customer.wait_for(has_accept, ANSWER + GRACE)
            await _phone(browser, base_url, name, folder / f"quote-{language}.png")
            await _page(browser, _link(formal), folder / f"formal-{language}.png")


def _link(formal: Message) -> str:
    return next(link for link in formal.links if "/quotes/" in link)


async def fold_menus(page: Page) -> None:
    """Gives the cards the room that the rich menus take."""
    bars = page.locator(".phone:visible .rich-bar:visible")
    while await bars.count():
        await bars.first.click()


async def _phone(browser: Browser, base_url: str, name: str, picture: Path) -> None:
    """The customer's phone with the last card in view."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 1500}, locale="zh-TW", timezone_id="Asia/Taipei"
    )
    page = await context.new_page()
    await page.goto(base_url)
    await page.get_by_role("tab", name=name).click()
    await fold_menus(page)
    phone = page.locator(".phone:visible").first
    card = phone.get_by_role("listitem").filter(has_text="04595257").last
    await card.evaluate("card => card.scrollIntoView({block: 'start', behavior: 'instant'})")
    await page.wait_for_timeout(500)
    await phone.screenshot(path=picture)
    await context.close()


async def _page(browser: Browser, link: str, picture: Path) -> None:
    """The quote's page as wide as A4 on a screen."""
    context = await browser.new_context(viewport={"width": 860, "height": 1200})
    page = await context.new_page()
    await page.goto(link)
    await page.screenshot(path=picture, full_page=True)
    await context.close()
