"""`docs/pictures/notices.png`: every shipping notice as the customer gets it, on one sheet (`make screenshots`).

Each is the real message: an order is bought, the back office reports, and the card that arrives is taken.
"""

import base64
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, Page, expect

from dev.driver.back_office import BackOffice
from dev.driver.customer import Customer, anything
from dev.driver.payment_page import PaymentPage
from dev.driver.shopping import ANSWER, GRACE, NOTICE, buy

TCAT: Final = {"carrier": "tcat", "trackingNumber": "905512345678"}
STORE: Final = {"name": "7-11 市府門市", "address": "台北市信義區市府路1號", "deadline": "2030-12-31"}
OTHER_STORE: Final = {"name": "7-11 松智門市", "address": "台北市信義區松智路1號", "deadline": "2030-12-31"}


@dataclass(frozen=True)
class Report:
    """What the back office says of a parcel, and the words of the notice that comes of it; none: no notice comes."""

    status: str
    notice: str = ""
    details: dict[str, Any] = field(default_factory=dict)


HOME, PICKUP = "宅配", "超商取貨"
JOURNEYS: Final = (
    (
        HOME,
        [
            Report("shipped", "已出貨", TCAT),
            Report("delayed", "配送延遲", {"note": "颱風影響，預計晚一天"}),
            Report("delivery_attempted", "配送未遇"),
            Report("delivered", "已送達"),
        ],
    ),
    (
        PICKUP,
        [
            Report("ready_for_pickup", "已到店", {"store": STORE}),
            Report("pickup_reminder", "取件提醒", {"store": STORE}),
            Report("picked_up", "取件完成"),
        ],
    ),
    (
        PICKUP,
        [
            Report("store_closed", "門市關轉", {"note": "門市整修中"}),
            Report("ready_for_pickup", "已到店", {"store": OTHER_STORE}),
            Report("returning", "退回中"),
            Report("returned", "已退回"),
        ],
    ),
    (HOME, [Report("shipped", "", TCAT), Report("lost", "包裹遺失")]),
)
ADDRESSES: Final = {
    HOME: "王小明 0912345678 台北市信義區市府路45號",
    PICKUP: "王小明 0912345678 7-11 市府門市",
}

SHEET: Final = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 26px; background: #8fb0db; font: 600 15px "Noto Sans CJK TC", sans-serif; color: #17212d;
  display: grid; grid-template-columns: repeat(4, 300px); gap: 22px; align-items: start; inline-size: max-content; }
figure { margin: 0; display: grid; gap: 7px; } img { inline-size: 300px; border-radius: 14px; display: block; }
</style>"""


async def take_notices(browser: Browser, base_url: str, picture: Path) -> None:
    """The sheet, from a running shop."""
    context = await browser.new_context(
        viewport={"width": 1440, "height": 1400}, locale="zh-TW", timezone_id="Asia/Taipei"
    )
    page = await context.new_page()
    async with (
        await Customer.create(base_url, "通知") as customer,
        PaymentPage() as pay,
        BackOffice(base_url) as office,
    ):
        await customer.wait_for(anything, ANSWER + GRACE)
        await page.goto(base_url)
        await page.get_by_role("tab", name="通知").click()
        taken = [
            each
            for way, reports in JOURNEYS
            for each in await _journey(page, customer, pay, office, way, reports)
        ]
    figures = "".join(
        f'<figure><figcaption>{escape(title)}</figcaption><img src="data:image/png;base64,{image}"></figure>'
        for title, image in taken
    )
    sheet = await context.new_page()
    await sheet.set_content(SHEET + figures)
    await sheet.locator("body").screenshot(path=picture)
    await context.close()


async def _journey(
    page: Page, customer: Customer, pay: PaymentPage, office: BackOffice, way: str, reports: list[Report]
) -> list[tuple[str, str]]:
    """What is sent and the card that comes, for each report of a parcel of a new order."""
    order = await buy(customer, pay, "高山烏龍茶 3 罐", ADDRESSES[way])
    taken = []
    for report in reports:
        await office.shipment_status(order, report.status, **report.details)
        if not report.notice:
            continue
        await customer.wait_for(report.notice, NOTICE + GRACE)
        card = page.locator(".phone:visible .entry-shop").last.locator(".drawn")
        await expect(card).to_contain_text(report.notice)
        await expect(card).to_contain_text(order)
        image = base64.b64encode(await card.screenshot()).decode()
        taken.append((f"{report.status}・{way}", image))
    return taken
