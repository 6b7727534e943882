"""Faults between the shop, LINE Pay and the order system, played against the running product."""

import asyncio
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import standardwebhooks

from dev import cases, reconcile
from dev.driver.customer import Customer, anything
from dev.driver.line_pay_books import LinePayBooks
from dev.driver.payment_page import PaymentPage
from dev.driver.shopping import ANSWER, GRACE, SETTLED, buy, order_and_get_link, wait_until_paid
from dev.invoking import running_shop
from dev.local.context import LocalCredentials
from dev.scenario import Line, play
from storefront.adapters.line_pay import LinePay
from storefront.domain.money import Currency
from storefront.domain.reconciliation import shop_day
from tests.e2e.spawned import LocalRun, local_stack

pytestmark = pytest.mark.local_run

DETAILS = "王小明 0912345678 台北市信義區市府路45號"


FAULT_JOURNEYS = [
    "lost_answer",
    "never_returns",
    "double_return",
    "declined",
    "refund_twice",
    "refund_partial",
    "cancel_unpaid",
    "cancel_paid",
    "change_address",
]


@pytest.mark.parametrize("scenario", FAULT_JOURNEYS)
def test_the_journey_goes_as_its_scenario_says(local_run: LocalRun, scenario: str) -> None:
    told: list[Line] = []

    status = asyncio.run(play(scenario, local_run.base_url, report=told.append))

    assert status == 0, "\n".join(line.text for line in told)


# Reconciliation and cases --------------------------------------------------------------------------------


def bought(run: LocalRun, inquiry: str) -> str:
    """A customer's paid order: its number."""

    async def story() -> str:
        async with await Customer.create(run.base_url, "王小明") as customer, PaymentPage() as page:
            await customer.wait_for(anything, ANSWER + GRACE)
            return await buy(customer, page, inquiry, DETAILS)

    return asyncio.run(story())


def refund_behind_our_back(run: LocalRun, order_number: str, amount: int) -> tuple[str, str]:
    """Somebody gives money back in LINE Pay's own pages: the numbers of the payment and of the refund."""

    async def transaction() -> str:
        books = LinePayBooks(run.base_url)
        try:
            (payment,) = await books.payments_of(order_number)
            return str(payment["transactionId"])
        finally:
            await books.aclose()

    transaction_id = asyncio.run(transaction())
    credentials = LocalCredentials()
    line_pay = LinePay(
        f"{run.base_url}/_line_pay", credentials.line_pay_channel_id, credentials.line_pay_channel_secret
    )
    refunded = line_pay.refund(transaction_id, amount, Currency.TWD).value
    assert refunded is not None
    return transaction_id, refunded.refund_transaction_id


def cased(run: LocalRun, *arguments: str) -> tuple[int, str]:
    shop = running_shop(None, run.port)
    return cases.ask(shop, cases.arguments_of([*arguments]))


def test_a_refund_behind_our_back_is_found_put_before_a_person_and_settled_with_an_audit(
    local_run: LocalRun,
) -> None:
    order = bought(local_run, "茉莉綠茶 5 盒")
    transaction_id, refund_number = refund_behind_our_back(local_run, order, 50)
    shop = running_shop(None, local_run.port)
    today = shop_day(datetime.now(UTC))

    answer, path = reconcile.reconcile(shop, today)

    row = f"| {order} | refunded_there_only | 0 | 50 | {transaction_id} |"
    assert row in answer["report"].splitlines()
    assert path.read_text(encoding="utf-8") == answer["report"]
    assert reconcile.reconcile(shop, today, only_read=True)[0]["report"] == answer["report"]
    subject = f"{order}:{transaction_id}"
    assert subject in cased(local_run)[1]
    status, said = cased(local_run, "resolve", "reconciliation", subject)
    assert (status, said) == (1, "Not done: say who you are and why: both are kept")

    typed = ["--order", order, "--amount", "50", "--reference", refund_number, "--note", "a broken box"]
    status, said = cased(local_run, "refunded_by_hand", "reconciliation", subject, *typed)

    assert status == 0
    assert "refunded_by_hand (a broken box)" in said
    assert subject not in cased(local_run)[1]
    assert row not in reconcile.reconcile(shop, today)[0]["report"]


def test_a_wrong_sum_is_never_taken_for_paid_and_a_person_can_let_it_be_looked_at_again(
    local_run: LocalRun,
) -> None:
    async def story() -> str:
        books = LinePayBooks(local_run.base_url)
        try:
            async with await Customer.create(local_run.base_url) as customer, PaymentPage() as page:
                await customer.wait_for(anything, ANSWER + GRACE)
                link = await order_and_get_link(customer, "太陽餅 3 盒", DETAILS)
                payment = await books.payment(link)
                number = str(payment["transactionId"])
                await books.fault("confirm", effect="at_once", reply="wrong_sum", transactionId=number)
                seen = await page.approve(link)
                assert "付款成功" not in seen.text
                order = str(payment["orderId"]).rpartition("-")[0]
                for _ in range(60):
                    if order in cased(local_run)[1]:
                        break
                    await asyncio.sleep(0.5)
                assert await customer.new_messages() == []
                status, said = cased(
                    local_run,
                    "settle_again",
                    "amount_mismatch",
                    order,
                    "--note",
                    "LINE Pay says it was a slip",
                )
                assert status == 0, said
                assert await wait_until_paid(customer, SETTLED) == order
                return order
        finally:
            await books.aclose()

    order = asyncio.run(story())
    status, said = cased(local_run, "resolve", "amount_mismatch", order, "--note", "paid after all")
    assert status == 0
    assert 'state="paid"' in said


# The order system ----------------------------------------------------------------------------------------


class RefusingOrderSystem:
    """Refuses the first three deliveries of each event, then takes it; keeps the bytes of every one."""

    def __init__(self) -> None:
        self.deliveries: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.deliveries.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(202 if len(outer.deliveries) > 3 else 503)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_arguments: Any) -> None:
                """Nothing: the test says what came."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/orders"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def refusing() -> Iterator[RefusingOrderSystem]:
    system = RefusingOrderSystem()
    yield system
    system.close()


def test_an_order_system_that_refuses_three_times_gets_the_same_bytes_a_fourth_time(
    refusing: RefusingOrderSystem, tmp_path: Path
) -> None:
    with local_stack(tmp_path / "refusing.log", BACKOFFICE_URL=refusing.url) as run:
        order = bought(run, "鳳梨酥 3 盒")
        began = datetime.now(UTC)
        while len(refusing.deliveries) < 4 and (datetime.now(UTC) - began).total_seconds() < 150:
            httpx.get(f"{run.base_url}/_local/health", trust_env=False)
            threading.Event().wait(1.0)

    assert len(refusing.deliveries) == 4
    assert len({body for _, body in refusing.deliveries}) == 1
    headers, body = refusing.deliveries[0]
    assert {each["webhook-id"] for each, _ in refusing.deliveries} == {f"{order}:order.paid.v1:1"}
    event = json.loads(body)
    assert (event["id"], event["type"], event["subject"]) == (headers["webhook-id"], "order.paid.v1", order)
    secret = standardwebhooks.Webhook(LocalCredentials().outgoing_secret)
    for each, sent in refusing.deliveries:
        signed = {name: each[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        assert secret.verify(sent, signed) == event
