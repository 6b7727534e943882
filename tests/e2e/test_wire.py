"""The wire of the running product: an order's hops and workflow, and functions that are killed at a write."""

import asyncio
import time
from typing import Any

import httpx
import pytest

from dev.driver.back_office import BackOffice
from dev.driver.customer import Customer, anything
from dev.driver.line_pay_books import LinePayBooks
from dev.driver.payment_page import PaymentPage
from dev.driver.shopping import (
    ANSWER,
    GRACE,
    LINK,
    SETTLED,
    accept,
    ask_for_quote,
    buy,
    has_accept,
    order_and_get_link,
    payment_link,
    times_told_paid,
    wait_for_payment_link,
    wait_until_paid,
)
from tests.e2e.spawned import LocalRun

pytestmark = pytest.mark.local_run

JsonObject = dict[str, Any]
DETAILS = "王小明 0912345678 台北市信義區市府路45號"
# A queue hands a message out again when the function that took it has been silent for two minutes; then the rest.
AFTER_A_DEATH = 240.0


async def asked(client: httpx.AsyncClient, path: str, **parameters: str) -> Any:
    answer = await client.get(f"/_local/page/{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def hops_of(client: httpx.AsyncClient, order: str) -> list[JsonObject]:
    found = await asked(client, "wire", order=order)
    return [await asked(client, f"wire/{number}") for number in found["numbers"]]


async def replayed(client: httpx.AsyncClient, number: int, how: str) -> int | None:
    answer = await client.post(f"/_local/page/wire/{number}/replay", json={"how": how})
    status: int | None = answer.json()["status"]
    return status


def test_every_kind_of_hop_of_an_order_is_on_the_wire_with_its_verdict(local_run: LocalRun) -> None:
    async def story() -> tuple[list[JsonObject], JsonObject, dict[str, int | None], int]:
        base = local_run.base_url
        async with (
            await Customer.create(base, "王小明") as customer,
            PaymentPage() as page,
            BackOffice(base) as office,
            httpx.AsyncClient(base_url=base, trust_env=False, timeout=60.0) as client,
        ):
            await customer.wait_for(anything, ANSWER + GRACE)
            order = await buy(customer, page, "茉莉綠茶 3 盒", DETAILS)
            await office.shipment_status(order, "shipped", carrier="黑貓", trackingNumber="1")
            await customer.wait_for("出貨", ANSWER + GRACE)
            hops = await hops_of(client, order)
            event = next(hop["number"] for hop in hops if hop["sender"] == "backOffice")
            said = next(hop["number"] for hop in hops if hop["sender"] == "line")
            before = len(await customer.chat())
            statuses = {
                f"{name} {how}": await replayed(client, number, how)
                for name, number in (("event", event), ("webhook", said))
                for how in (("resigned", "broken") if name == "event" else ("exact", "broken"))
            }
            quiet = await customer.new_messages(2.0)
            flow = await asked(client, f"flow/{order}")
            assert len(await customer.chat()) == before + len(quiet)
            return hops, flow, statuses, len(quiet)

    hops, flow, statuses, said_again = asyncio.run(story())

    kinds = {(hop["sender"], hop["receiver"], hop["call"], hop["signature"], hop["failed"]) for hop in hops}
    assert kinds >= {
        ("line", "shop", "", "good", False),
        ("shop", "line", "reply", "good", False),
        ("shop", "line", "push", "good", False),
        ("shop", "linePay", "request", "good", False),
        ("browser", "linePay", "paymentPage", "none", False),
        ("browser", "linePay", "paymentButton", "none", False),
        ("browser", "shop", "return", "none", False),
        ("shop", "linePay", "check", "good", False),
        ("shop", "linePay", "confirm", "good", False),
        ("shop", "orderSystem", "", "good", False),
        ("backOffice", "shop", "", "good", False),
    }
    assert [hop for hop in hops if hop["signature"] not in {"good", "none"}] == []
    webhooks = [hop for hop in hops if hop["sender"] == "line"]
    assert all(hop["receivedStatus"] == 200 for hop in webhooks)
    assert len(webhooks) == len({hop["request"]["body"]["text"] for hop in webhooks})
    assert statuses == {
        "event resigned": 202,
        "event broken": 401,
        "webhook exact": 200,
        "webhook broken": 401,
    }
    assert said_again == 0
    [execution] = flow["executions"]
    assert execution["status"] == "RUNNING"
    way = [visit["state"] for visit in execution["visits"]]
    assert way == ["AwaitDecision", "OpenPayment", "SettlePayment", "AwaitDelivery"]


@pytest.mark.timeout(600)
def test_functions_killed_before_and_after_a_write_leave_orders_that_end_right(local_run: LocalRun) -> None:
    """One dies before it writes a quote; another when a payment is opened, and nobody hears that it was."""

    async def arm(client: httpx.AsyncClient, function: str, moment: str) -> None:
        kill = {"function": function, "moment": moment, "write": 1}
        assert (await client.post("/_local/page/faults/kills", json=kill)).status_code == 200

    async def deaths(client: httpx.AsyncClient, count: int) -> list[JsonObject]:
        ends = time.monotonic() + 60.0
        while time.monotonic() < ends:
            killed: list[JsonObject] = (await asked(client, "faults"))["killed"]
            if len(killed) >= count:
                return killed
            await asyncio.sleep(0.3)
        raise AssertionError("nobody was killed")

    async def paid(customer: Customer, page: PaymentPage, link: str) -> str:
        await page.approve(link)
        return await wait_until_paid(customer, SETTLED + AFTER_A_DEATH)

    async def story() -> tuple[list[JsonObject], list[int], list[int], list[int]]:
        base = local_run.base_url
        books = LinePayBooks(base)
        async with (
            await Customer.create(base, "王小明") as first,
            await Customer.create(base, "Emma") as second,
            PaymentPage() as page,
            httpx.AsyncClient(base_url=base, trust_env=False, timeout=60.0) as client,
        ):
            for customer in (first, second):
                await customer.wait_for(anything, ANSWER + GRACE)
            await arm(client, "InquiryToQuoteFunction", "before")
            await first.say("鳳梨酥 2 盒")
            await deaths(client, 1)
            # Who speaks next may have to wait for the place of the dead one as well.
            await second.say("太陽餅 3 盒")
            await accept(second, await second.wait_for(has_accept, AFTER_A_DEATH))
            await second.wait_for(anything, ANSWER + GRACE)
            await arm(client, "LinePayCheckoutFunction", "after")
            await second.say(DETAILS)
            killed = await deaths(client, 2)

            async def of_the_first() -> str:
                await accept(first, await first.wait_for(has_accept, AFTER_A_DEATH))
                await first.wait_for(anything, ANSWER + GRACE)
                await first.say(DETAILS)
                return await paid(first, page, await wait_for_payment_link(first))

            async def of_the_second() -> str:
                card = await second.wait_for(
                    lambda message: payment_link(message) is not None, LINK + AFTER_A_DEATH
                )
                return await paid(second, page, str(payment_link(card)))

            orders = await asyncio.gather(of_the_first(), of_the_second())
            told = [await times_told_paid(customer) for customer in (first, second)]
            quotes = [sum(has_accept(each) for each in await who.chat()) for who in (first, second)]
            payments = [len(await books.payments_of(order)) for order in orders]
            await books.aclose()
            return killed, told, quotes, payments

    killed, told, quotes, payments = asyncio.run(story())

    assert [(each["function"], each["moment"]) for each in killed] == [
        ("InquiryToQuoteFunction", "before"),
        ("LinePayCheckoutFunction", "after"),
    ]
    assert (told, quotes, payments) == ([1, 1], [1, 1], [1, 1])


def test_a_payment_is_looked_at_when_somebody_asks_and_durations_can_be_shortened(
    local_run: LocalRun,
) -> None:
    async def story() -> tuple[JsonObject, list[int], str, str]:
        base = local_run.base_url
        async with (
            await Customer.create(base, "王小明") as customer,
            PaymentPage() as page,
            httpx.AsyncClient(base_url=base, trust_env=False, timeout=60.0) as client,
        ):
            await customer.wait_for(anything, ANSWER + GRACE)
            before = (await asked(client, "faults"))["timers"]
            refused = await client.post("/_local/page/faults/timers", json={"PAYMENT_CHECK_SECONDS": 0})
            # So long that nobody but this test has the payment looked at.
            wish = {"PAYMENT_CHECK_SECONDS": 900, "QUOTE_VALIDITY_SECONDS": 20}
            changed = (await client.post("/_local/page/faults/timers", json=wish)).json()["timers"]
            try:
                await ask_for_quote(customer, "鳳梨酥 2 盒")
                ended = await customer.wait_for("過期", 60.0)
                wish = {"QUOTE_VALIDITY_SECONDS": before["QUOTE_VALIDITY_SECONDS"]}
                await client.post("/_local/page/faults/timers", json=wish)
                link = await order_and_get_link(customer, "太陽餅 3 盒", DETAILS)
                await page.press(link, "approve-and-leave")
                books = LinePayBooks(base)
                number = str((await books.payment(link))["orderId"])[:11]
                await books.aclose()
                answer = await client.post("/_local/page/faults/check", json={"order": number})
                assert answer.status_code == 200, answer.text
                paid = await wait_until_paid(customer, SETTLED)
            finally:
                await client.post("/_local/page/faults/timers", json=before)
            again = await client.post("/_local/page/faults/check", json={"order": "ZZZZZ-ZZZZZ"})
            return changed, [refused.status_code, again.status_code], ended.words, f"{number} {paid}"

    changed, statuses, ended, orders = asyncio.run(story())

    assert (changed["PAYMENT_CHECK_SECONDS"], changed["QUOTE_VALIDITY_SECONDS"]) == (900, 20)
    assert statuses == [400, 400]
    assert "報價已過期" in ended
    first, _, second = orders.partition(" ")
    assert first == second
