"""Posting to the order system: any 2xx is taken, anything else and silence is not."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from storefront.adapters.order_system import HttpOrderSystem
from storefront.domain.outbox import OrderEvent, OrderEventType
from tests.standins.serving import free_socket, serving

SECRET = "whsec_ZGV2LW91dGdvaW5nLXNlY3JldC0wMDAwMDAwMDAwMDM="
EVENT = OrderEvent(
    event_id="A7K3Q-9XM2T:order.paid.v1:1",
    order_number="A7K3Q-9XM2T",
    type=OrderEventType.PAID,
    body='{"data":{"name":"王小明"}}',
    created_at=datetime(2026, 11, 23, tzinfo=UTC),
)


@dataclass
class Desk:
    """What stands at the other end."""

    url: str = ""
    status: int = 204
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    elsewhere: int = 0

    async def take(self, request: Request) -> Response:
        self.taken.append((dict(request.headers), await request.body()))
        if self.status == 302:
            return RedirectResponse(f"{self.url}/elsewhere", 302)
        return Response(status_code=self.status)

    async def other(self, _request: Request) -> Response:
        self.elsewhere += 1
        await asyncio.sleep(0)
        return Response(status_code=204)


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    routes = [
        Route("/orders", made.take, methods=["POST"]),
        Route("/elsewhere", made.other, methods=["GET", "POST"]),
    ]
    with serving(Starlette(routes=routes), free_socket()) as url:
        made.url = url
        yield made


@pytest.mark.parametrize(
    ("status", "taken"),
    [
        (200, True),
        (202, True),
        (204, True),
        (302, False),
        (400, False),
        (409, False),
        (429, False),
        (500, False),
    ],
)
def test_only_a_2xx_is_taken_and_no_redirect_is_followed(desk: Desk, status: int, taken: bool) -> None:
    desk.status = status
    system = HttpOrderSystem(f"{desk.url}/orders", lambda: SECRET)
    assert system.post(EVENT, datetime.now(UTC)) is taken
    assert (len(desk.taken), desk.elsewhere) == (1, 0)


def test_the_request_is_signed_over_its_very_bytes(desk: Desk) -> None:
    HttpOrderSystem(f"{desk.url}/orders", lambda: SECRET).post(EVENT, datetime.now(UTC))
    ((headers, body),) = desk.taken
    assert Webhook(SECRET).verify(body, headers) == {"data": {"name": "王小明"}}
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["webhook-id"] == EVENT.event_id


def test_nobody_at_the_other_end_has_not_taken_it() -> None:
    listening = free_socket()
    host, port = listening.getsockname()
    listening.close()
    assert HttpOrderSystem(f"http://{host}:{port}", lambda: SECRET).post(EVENT, datetime.now(UTC)) is False


def test_without_an_address_it_is_not_configured() -> None:
    assert not HttpOrderSystem("", lambda: SECRET).is_configured()
    assert HttpOrderSystem("https://orders.example", lambda: SECRET).is_configured()
