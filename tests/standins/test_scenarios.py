"""The scenarios and the drivers, played against a tiny shop: they hold when it behaves, and only then."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.routing import Mount

from dev.driver.back_office import LOCAL_SECRETS, BackOffice, sign
from dev.driver.customer import Message
from dev.driver.shopping import order_number, payment_link
from dev.scenario import Line, main, play, scenarios
from dev.standins.line_platform import LinePlatform, line_app, line_control_routes
from tests.standins.serving import base_url, free_socket, serving
from tests.standins.tiny_shop import ORDER, TinyShop, card


@contextmanager
def running(shop: TinyShop) -> Iterator[str]:
    listening = free_socket()
    url = base_url(listening)
    platform = LinePlatform(f"{url}/line/webhook")
    shop.base, shop.line = url, f"{url}/_line"
    routes = [*shop.routes(), *line_control_routes(platform), Mount("/_line", line_app(platform))]
    with serving(Starlette(routes=routes), listening):
        yield url


def told(name: str, url: str) -> tuple[int, list[Line]]:
    lines: list[Line] = []
    status = asyncio.run(play(name, url, lines.append))
    return status, lines


def test_the_happy_scenario_holds_with_a_shop_that_behaves() -> None:
    with running(TinyShop()) as url:
        status, lines = told("happy", url)
    assert [line.text for line in lines if line.kind in {"unmet", "error"}] == []
    assert status == 0
    assert f"the payment arrived for order {ORDER}" in [line.text for line in lines if line.kind == "met"]
    acts = [line.text for line in lines if line.kind == "act"]
    assert "王小明 ▸ 我要 3 箱茉莉綠茶" in acts
    assert any(text.startswith("王小明 ◂ 報價 NT$6,156 [接受報價] (") for text in acts)
    assert f"wms ▸ shipment.status.v1 {ORDER} shipped → 202" in acts


def test_the_scenario_of_an_unknown_product_holds() -> None:
    with running(TinyShop()) as url:
        assert told("unknown_product", url)[0] == 0


def test_a_scenario_fails_where_the_shop_says_something_else() -> None:
    with running(TinyShop(delivered="在路上")) as url:
        status, lines = told("happy", url)
    assert status == 1
    assert (lines[-1].kind, lines[-1].text) == ("unmet", "the status says 已送達")


def test_a_scenario_fails_with_a_reason_when_the_shop_refuses_the_webhook() -> None:
    with running(TinyShop(webhook_status=500)) as url:
        status, lines = told("happy", url)
    assert status == 1
    assert (lines[-1].kind, lines[-1].text) == ("unmet", "the shop answered [500] to follow")


def test_nothing_running_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    listening = free_socket()
    url = base_url(listening)
    listening.close()
    assert main(["happy", "--url", url]) == 1
    assert "is `make run` running?" in capsys.readouterr().out


def test_the_list_has_every_scenario_with_what_happens(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(scenarios())
    assert {"happy", "store_pickup", "returning", "declined", "abandoned", "unknown_product"} <= set(
        scenarios()
    )
    assert all(len(line.split()) > 5 for line in listed)
    assert main(["no_such_story"]) == 1


def test_back_office_events_are_signed_as_standard_webhooks_asks() -> None:
    secret, body = LOCAL_SECRETS["wms"], '{"a":1}'
    now = 1_790_000_000
    headers = sign(secret, "evt-1", now, body.encode())
    theirs = Webhook(secret)
    assert headers["webhook-signature"] == theirs.sign("evt-1", _moment(now), body)


def test_a_back_office_says_who_what_and_when() -> None:
    shop = TinyShop()

    async def story(url: str) -> list[int]:
        async with BackOffice(url, "wms") as office, BackOffice(url, "wms", LOCAL_SECRETS["shop"]) as forger:
            return [
                (await office.shipment_status(ORDER, "preparing", carrier="黑貓")).status,
                (await office.stock_level("TEA-JAS", 10, 3)).status,
                (await office.cancel(ORDER, "out of stock")).status,
                (await office.refund(ORDER, "broken", 100)).status,
                (await forger.refund(ORDER, "forged")).status,
            ]

    with running(shop) as url:
        assert asyncio.run(story(url)) == [202, 202, 202, 202, 401]
    assert [(event["type"], event.get("subject"), event["data"]) for event in shop.received] == [
        ("shipment.status.v1", ORDER, {"shipmentId": "S1", "status": "preparing", "carrier": "黑貓"}),
        ("stock.level.v1", None, {"sku": "TEA-JAS", "onHand": 10, "version": 3}),
        ("order.cancel.requested.v1", ORDER, {"reason": "out of stock"}),
        ("refund.requested.v1", ORDER, {"reason": "broken", "amount": 100}),
    ]
    assert all(event["specversion"] == "1.0" and event["time"] and event["source"] for event in shop.received)


def test_a_payment_link_and_an_order_number_are_read_as_a_person_would() -> None:
    pay = card("應付 NT$720", {"type": "uri", "label": "前往付款", "uri": "https://pay.example/1"})
    other = card("說明", {"type": "uri", "label": "退貨政策", "uri": "https://shop.example/returns"})
    assert payment_link(Message(0, "push", pay)) == "https://pay.example/1"
    assert payment_link(Message(0, "push", other)) is None
    glued = Message(0, "push", {"type": "text", "text": f"xA7K3Q-9XM2T 訂單{ORDER}已送達"})
    assert order_number(glued) == ORDER


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
