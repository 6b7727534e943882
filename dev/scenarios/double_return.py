"""Ten windows return from LINE Pay at once, and others with wrong ids: one capture, one message, the same page."""

import asyncio
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from dev.driver.shopping import GRACE, SETTLED, order_and_get_link, times_told_paid, wait_until_paid
from dev.playbill import About, Group
from dev.scenario import Stage

ABOUT = About(
    Group.PAYMENT, "同時返回十次", "十個視窗同時從 LINE Pay 返回，還有改過的網址：只扣款一次，只通知一次。"
)

AT_ONCE = 10


def with_other(address: str, **other: str) -> str:
    """The same return address with other ids."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode({**dict(parse_qsl(parts.query)), **other})))


async def play(stage: Stage) -> None:
    customer = await stage.customer("鄭凱文")

    stage.step("訂購")
    link = await order_and_get_link(customer, "阿薩姆紅茶 6 盒", "鄭凱文 0938111222 桃園市桃園區中正路100號")
    leads_to = await stage.pay.approve_and_leave(link)

    stage.step("網址被改過")
    for wrong in (
        with_other(leads_to, transactionId="2026112400000000000"),
        with_other(leads_to, orderId="A7K3Q-9XM2T-1"),
        leads_to.partition("?")[0],
    ):
        page = await stage.pay.visit(wrong)
        stage.expect(page.status_code < 500, "wrong ids are answered")
    payment = await stage.books.payment(link)
    stage.expect(payment["state"] == "authenticated", "and move nothing")

    stage.step("同時開十個視窗")
    pages = await asyncio.gather(*(stage.pay.visit(leads_to) for _ in range(AT_ONCE)))
    stage.expect(all(page.status_code < 400 for page in pages), "all ten are answered")
    order = await wait_until_paid(customer, SETTLED)
    confirms = await stage.books.calls(payment, "/confirm")
    done = [hop for hop in confirms if '"returnCode":"0000"' in hop["response_body"].replace(" ", "")]
    stage.expect(len(done) == 1, "LINE Pay took the money once")
    stage.expect(await stage.books.captured(order) == int(payment["amount"]), "all of it, and no more")

    stage.step("每次都看到一樣的頁面")
    again = [await stage.pay.visit(leads_to) for _ in range(3)]
    stage.expect(len({page.text for page in again}) == 1, "the page says the same each time")
    stage.expect(order in again[0].text, "it names the order")
    await stage.order_system.wait_for(order, "order.paid.v1", timeout=SETTLED + GRACE)
    await customer.new_messages(quiet_seconds=3.0)
    stage.expect(await times_told_paid(customer) == 1, "the payment was told once")
