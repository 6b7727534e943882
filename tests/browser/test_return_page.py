"""The page after LINE Pay, in a real browser without JavaScript, against the running product.

It shows what is committed, asks again by itself while that is nothing final, leads back to the chat, and says the same
however often it is opened.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from dev.driver.customer import Customer, anything
from dev.driver.line_pay_books import LinePayBooks
from dev.driver.payment_page import PaymentPage
from dev.driver.shopping import ANSWER, GRACE, SETTLED, order_and_get_link, wait_until_paid
from tests.e2e.spawned import LocalRun, local_stack

pytestmark = pytest.mark.local_run

DETAILS = "王小明 0912345678 台北市信義區市府路45號"
PATIENCE_MS = 30_000


def apart[Result](story: Coroutine[object, object, Result]) -> Result:
    """Play a story beside the browser, which keeps this thread's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, story).result()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRun]:
    with local_stack(tmp_path_factory.mktemp("return-page") / "run.log") as running:
        yield running


@dataclass
class Visitor:
    """A browser without JavaScript, and everything that it asked for and complained of."""

    context: BrowserContext
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> tuple[Page, Response]:
        page = self.context.new_page()
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        answer = page.goto(address)
        assert answer is not None
        return page, answer


@pytest.fixture
def visitor(browser: Browser, run: LocalRun) -> Iterator[Visitor]:
    context = browser.new_context(
        java_script_enabled=False, locale="zh-TW", viewport={"width": 390, "height": 844}
    )
    visiting = Visitor(context)
    yield visiting
    context.close()
    assert visiting.complaints == [], "the policy of the page blocks nothing that it needs"
    assert [url for url in visiting.requests if not url.startswith(run.base_url)] == []


@dataclass(frozen=True)
class Waiting:
    """A customer at LINE Pay, who has pressed nothing or has approved; `leads_to` is the shop's page."""

    customer: Customer
    link: str
    leads_to: str
    number: str


async def _at_line_pay(run: LocalRun, *, slow_confirm: float = 0.0) -> Waiting:
    books = LinePayBooks(run.base_url)
    customer = await Customer.create(run.base_url)
    try:
        async with PaymentPage() as page:
            await customer.wait_for(anything, ANSWER + GRACE)
            link = await order_and_get_link(customer, "鳳梨酥 2 盒", DETAILS)
            payment = await books.payment(link)
            number = str(payment["transactionId"])
            if slow_confirm:
                await books.fault(
                    "confirm",
                    effect="after_wait",
                    seconds=slow_confirm,
                    reply="as_due",
                    transactionId=number,
                )
            leads_to = await page.press(link, "approve" if slow_confirm else "cancel")
            return Waiting(customer, link, leads_to, str(payment["orderId"]).rpartition("-")[0])
    finally:
        await books.aclose()
        await customer.aclose()


async def _paid(run: LocalRun, waiting: Waiting) -> str:
    async with Customer(run.base_url, waiting.customer.user_id) as customer:
        return await wait_until_paid(customer, SETTLED)


def test_it_shows_that_it_is_not_known_yet_and_then_by_itself_that_it_is_paid(
    run: LocalRun, visitor: Visitor
) -> None:
    waiting = apart(_at_line_pay(run, slow_confirm=5.0))

    page, answer = visitor.open(waiting.leads_to)

    headers = answer.all_headers()
    assert answer.status == 200
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "set-cookie" not in headers
    status = page.get_by_role("status")
    expect(status).to_have_text("付款確認中")
    assert not any(words in page.content() for words in ("付款成功", "付款失敗", "未完成付款"))

    expect(status).to_have_text("付款成功", timeout=PATIENCE_MS)

    assert waiting.number in page.inner_text("main")
    assert page.locator("meta[http-equiv=refresh]").count() == 0, "what is final is not asked for again"
    assert apart(_paid(run, waiting)) == waiting.number
    back = page.get_by_role("link")
    assert str(back.get_attribute("href")).startswith("https://line.me/")
    final = {visitor.open(waiting.leads_to)[0].content() for _ in range(3)}
    assert final == {page.content()}, "it says the same however often it is opened"


def test_a_customer_who_cancels_reads_that_nothing_was_charged(run: LocalRun, visitor: Visitor) -> None:
    waiting = apart(_at_line_pay(run))

    page, answer = visitor.open(waiting.leads_to)

    assert answer.status == 200
    expect(page.get_by_role("status")).to_have_text("付款未通過", timeout=PATIENCE_MS)
    assert "付款成功" not in page.content()
    assert str(page.get_by_role("link").get_attribute("href")).startswith("https://line.me/")


def test_ids_that_are_nobodys_get_a_page_that_tells_nothing(run: LocalRun, visitor: Visitor) -> None:
    page, answer = visitor.open(
        f"{run.base_url}/pay/{'0' * 32}/confirm?orderId=A7K3Q-9XM2T-1&transactionId=2026112400000000001"
    )

    assert answer.status == 200
    assert "A7K3Q" not in page.content()
    assert page.locator("meta[http-equiv=refresh]").count() == 0
