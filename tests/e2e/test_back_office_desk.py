"""The back office's desk over the running product: by the page's own routes, as its buttons use them."""

import asyncio
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from dev.driver.customer import Customer, anything
from dev.driver.payment_page import PaymentPage
from dev.driver.shopping import GRACE, NOTICE, accept, ask_for_quote, buy, order_number, payment_link
from tests.e2e.spawned import LocalRun

JsonObject = dict[str, Any]
pytestmark = pytest.mark.local_run

PATIENCE = 30.0
HOME = "王小明 0912345678 台北市信義區市府路45號"


class Desk:
    """What the page asks its server."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.Client(base_url=base_url, trust_env=False, timeout=60.0)

    def close(self) -> None:
        self._client.close()

    def send(
        self, order: str, status: str, manner: str = "signed", event_id: str | None = None
    ) -> JsonObject:
        """The number of the answer, its reason and the event: what the list of events sent shows."""
        event: JsonObject = {
            "type": "shipment.status.v1",
            "subject": order,
            "data": {"shipmentId": "S1", "status": status, "carrier": "tcat"},
            "manner": manner,
            "id": event_id,
        }
        return self._answer(self._client.post("/_local/page/back-office", json=event))

    def operate(self, **task: Any) -> JsonObject:
        return self._answer(self._client.post("/_local/page/operator", json=task))

    def history(self, order: str) -> list[tuple[str, ...]]:
        page = self._answer(self._client.get(f"/_local/orders/{order}"))
        return [
            tuple(str(step[name]) for name in ("kind", "what", "outcome", "status") if name in step)
            for step in page["steps"]
        ]

    def until[Seen](self, look: Callable[[], Seen], seen: Callable[[Seen], bool]) -> Seen:
        """Looks again until it is seen; the shop needs its time."""
        ends = time.monotonic() + PATIENCE
        while not seen(now := look()):
            assert time.monotonic() < ends, f"not seen in {PATIENCE} s: {now}"
            time.sleep(0.2)
        return now

    @staticmethod
    def _answer(response: httpx.Response) -> JsonObject:
        assert response.status_code == 200, response.text
        answer: JsonObject = response.json()
        return answer


@pytest.fixture
def desk(local_run: LocalRun) -> Iterator[Desk]:
    desk = Desk(local_run.base_url)
    yield desk
    desk.close()


def paid_order(base_url: str) -> tuple[str, str]:
    """The number of a paid order, and its customer's user id."""

    async def go() -> tuple[str, str]:
        customer = await Customer.create(base_url, "王小明")
        async with customer, PaymentPage() as pay:
            return await buy(customer, pay, "我要 3 箱茉莉綠茶", HOME), customer.user_id

    return asyncio.run(go())


def unpaid_order(base_url: str) -> tuple[str, str]:
    """The number of an order that waits for its money, and the link that pays it."""

    async def go() -> tuple[str, str]:
        customer = await Customer.create(base_url, "許家豪")
        async with customer:
            await accept(customer, await ask_for_quote(customer, "茉莉綠茶 3 盒"))
            await customer.wait_for(anything, NOTICE + GRACE)
            await customer.say("許家豪 0922333444 台南市東區大學路1號")
            card = await customer.wait_for(lambda message: payment_link(message) is not None, NOTICE + GRACE)
            return order_number(card), str(payment_link(card))

    return asyncio.run(go())


def pay(link: str) -> None:
    async def go() -> None:
        async with PaymentPage() as page:
            await page.approve(link)

    asyncio.run(go())


def test_an_orders_history_is_complete_and_doubtful_events_leave_no_trace(
    local_run: LocalRun, desk: Desk
) -> None:
    order, _ = paid_order(local_run.base_url)
    for manner in ("unsigned", "wrong_signature", "stale"):
        refused = desk.send(order, "lost", manner)
        assert (refused["status"], refused["reason"]) == (
            401,
            "the signature does not prove that this source sent it now",
        )
    shipped = desk.send(order, "shipped")
    again = desk.send(order, "shipped", event_id=shipped["event"]["id"])
    other = desk.send(order, "lost", "other_body", shipped["event"]["id"])
    assert [sent["status"] for sent in (shipped, again, other)] == [202, 202, 409]
    assert other["reason"] == "id: was taken with another body"
    desk.until(lambda: desk.history(order), lambda steps: ("message", "shipment", "sent", "shipped") in steps)
    assert desk.send(order, "delivered")["status"] == 202
    history = desk.until(
        lambda: desk.history(order),
        lambda steps: (
            ("message", "shipment", "sent", "delivered") in steps
            and ("outgoing", "order.paid.v1", "taken") in steps
        ),
    )
    told = [
        step for step in history if step[0] != "message" or step[1] in {"payment_card", "paid", "shipment"}
    ]
    assert sorted(told) == [
        ("message", "paid", "sent"),
        ("message", "payment_card", "sent"),
        ("message", "shipment", "sent", "delivered"),
        ("message", "shipment", "sent", "shipped"),
        ("money", "awaiting_details"),
        ("money", "awaiting_payment"),
        ("money", "paid"),
        ("outgoing", "order.paid.v1", "taken"),
        ("parcel", "delivered"),
        ("parcel", "shipped"),
        ("payment", "confirmed"),
    ]


def test_a_parked_event_is_seen_first_then_replayed_and_that_is_kept(local_run: LocalRun, desk: Desk) -> None:
    order, link = unpaid_order(local_run.base_url)
    odd = desk.send(order, "at_customs")
    item = f"events:wms:{odd['event']['id']}"

    def waits() -> list[JsonObject]:
        return [
            event for event in desk.operate(task="events", show="waiting")["events"] if event["id"] == item
        ]

    [listed] = desk.until(waits, bool)
    assert (listed["kind"], listed["why"], listed["order"]) == ("parked", "unknown-status:at_customs", order)
    early = desk.send(order, "shipped")
    early_item = f"events:wms:{early['event']['id']}"
    desk.until(lambda: desk.operate(task="event", id=early_item), lambda answer: "event" in answer)
    refused = desk.operate(task="replay_event", id=item, note=" ")
    assert set(refused) == {"refused"}
    pay(link)
    desk.until(lambda: desk.history(order), lambda steps: ("money", "paid") in steps)
    seen = desk.operate(task="event", id=early_item)["event"]
    if seen["kind"] == "parked":  # the sweeper may have been quicker
        assert [notice["topic"] for notice in seen["wouldGoOut"]] == ["shipment"]
        desk.operate(task="replay_event", id=early_item, note="the money is here")
    applied = desk.until(
        lambda: desk.operate(task="event", id=early_item)["event"], lambda event: event["kind"] == "applied"
    )
    if seen["kind"] == "parked":
        [entry] = applied["audit"]
        assert (entry["action"], entry["note"]) == ("replay", "the money is here")
        assert entry["who"].startswith("local:")
    desk.operate(task="dismiss_event", id=item, note="a word of the warehouse's own")
    assert waits() == []
    gone = desk.operate(task="event", id=item)["event"]
    assert (gone["kind"], [entry["note"] for entry in gone["audit"]]) == (
        "dismissed",
        ["a word of the warehouse's own"],
    )


def test_a_case_is_resolved_with_its_note_and_under_the_name_of_who_runs_the_shop(
    local_run: LocalRun, desk: Desk
) -> None:
    async def ask_for_a_person() -> None:
        async with await Customer.create(local_run.base_url, f"客人{secrets.token_hex(2)}") as customer:
            await customer.say("我要找真人客服")
            await customer.wait_for(anything, NOTICE + GRACE)

    before = {case["subject"] for case in desk.operate(task="list")["cases"]}
    asyncio.run(ask_for_a_person())
    [case] = desk.until(
        lambda: [case for case in desk.operate(task="list")["cases"] if case["subject"] not in before], bool
    )
    assert (case["kind"], case["offers"]) == ("person_wanted", ["resolve"])
    named = {"kind": case["kind"], "subject": case["subject"]}
    done = desk.operate(
        task="act",
        **named,
        action="resolve",
        note="called back",
        who="somebody else",
        orderNumber="",
        amount=0,
    )
    [entry] = done["case"]["audit"]
    assert (entry["action"], entry["note"]) == ("resolve", "called back")
    assert entry["who"].startswith("local:")
    assert case["subject"] not in {each["subject"] for each in desk.operate(task="list")["cases"]}
