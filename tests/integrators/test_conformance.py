"""The check for integrators: our door passes it, and doors that are wrong in one thing do not."""

import dataclasses
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import unquote

import httpx
import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev.conformance.__main__ import main
from dev.conformance.checks import Conformance, Result, Verdict
from dev.conformance.door import Address, Door
from dev.contracts.openapi import BACK_OFFICE_ANSWERS
from dev.driver.back_office import sign
from dev.local.settings import ROOT
from storefront.adapters.back_office_door import BackOfficeDoor, Taken
from storefront.domain.casework import ReceivedEvent
from storefront.domain.outbox import Message
from tests.aws.world import World, joined
from tests.doubles.machinery import CountingMetrics, RecordingJobs, VirtualClock
from tests.doubles.memory_store import MemoryStore
from tests.standins.serving import free_socket, serving

SECRET: Final = "whsec_b3VyIHNlY3JldA=="
SCOPED: Final = "whsec_b3VyIHNjb3BlZCBzZWNyZXQ="
SOURCES: Final = {
    "wms": {"secrets": ["whsec_b2xk", SECRET], "types": ["*"]},
    "erp": {"secrets": [SCOPED], "types": ["order.*", "refund.requested.v1"]},
}

type Take = Callable[["Shop", str, dict[str, str], bytes], Taken]


@dataclass
class Shop:
    """A back-office door in memory; `take` may stand before it, and be wrong. Its clock may differ from ours."""

    take: Take
    store: MemoryStore = field(default_factory=MemoryStore)
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def door(self, now: datetime | None = None, store: MemoryStore | None = None) -> BackOfficeDoor:
        return BackOfficeDoor(
            store or self.store,
            RecordingJobs(VirtualClock()),
            lambda _refresh: SOURCES,
            lambda: now or self.now(),
            CountingMetrics(),
        )

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
        """As the gateway before the function answers."""
        date = {"date": format_datetime(self.now(), usegmt=True)}
        if method != "POST":
            return httpx.Response(404, headers=date, json={"message": "Not Found"})
        try:
            taken = self.take(self, unquote(path.rpartition("/")[2]), headers, body)
        except Exception:
            return httpx.Response(500, headers=date, text="Internal Server Error")
        return httpx.Response(taken.status, headers=date, json={"reason": taken.reason})

    def over_a_wire_in_memory(self) -> httpx.MockTransport:
        def handle(request: httpx.Request) -> httpx.Response:
            headers = {name: ",".join(request.headers.get_list(name)) for name in request.headers}
            return self.answer(request.method, request.url.raw_path.decode(), headers, request.content)

        return httpx.MockTransport(handle)

    def results(self, source: str = "wms", secret: str = SECRET, **more: Any) -> list[Result]:
        address = Address.of(f"https://shop.example/hooks/{source}")
        with Door(address, secret, self.over_a_wire_in_memory()) as door:
            return list(Conformance(door, **more).results())


@contextmanager
def served(shop: Shop) -> Iterator[str]:
    """The same door behind a real server."""

    async def answer(request: Request) -> Response:
        body = await request.body()
        made = await run_in_threadpool(shop.answer, request.method, request.url.path, joined(request), body)
        return Response(made.content, made.status_code, media_type="application/json")

    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    with serving(Starlette(routes=[Route("/hooks/{source}", answer, methods=methods)]), free_socket()) as url:
        yield url


def honest(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    return shop.door().take(source, headers, body)


def results_of(url: str, secret: str, **more: Any) -> list[Result]:
    with Door(Address.of(url), secret) as door:
        return list(Conformance(door, **more).results())


def failed(results: list[Result]) -> list[str]:
    return [f"{result.section}: {result.name}" for result in results if result.verdict is Verdict.FAILED]


# Doors that are right -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def against_the_shop(shop: World) -> list[Result]:
    return results_of(f"{shop.url}/hooks/wms", shop.credentials.wms_secret)


def test_our_door_passes(against_the_shop: list[Result]) -> None:
    assert failed(against_the_shop) == []
    assert sum(result.verdict is Verdict.OK for result in against_the_shop) >= 80


def test_every_answer_that_is_documented_is_tried_and_no_other_is_given(
    shop: World, against_the_shop: list[Result]
) -> None:
    scoped = results_of(f"{shop.url}/hooks/shop", shop.credentials.shop_secret)
    assert failed(scoped) == []
    given = {str(result.status) for result in (*against_the_shop, *scoped) if result.status}
    assert given - {"404", "405"} == set(BACK_OFFICE_ANSWERS) - {"404", "429", "5XX"}
    assert "404" in given


def test_no_customer_sees_any_of_it(shop: World, against_the_shop: list[Result]) -> None:
    assert against_the_shop
    before = shop.rows("LedgerTable"), shop.rows("CatalogueTable")
    shop.settle()
    assert (shop.rows("LedgerTable"), shop.rows("CatalogueTable")) == before, (
        "no parcel, no message, no product"
    )
    received = [row for key, row in shop.rows("PersonalTable").items() if key.startswith("RECEIVED#")]
    assert {row["state"]["S"] for row in received} == {"parked"}
    assert all(row["event_id"]["S"].startswith("conformance-") for row in received)
    assert len(received) <= 5


def test_with_an_order_its_parcel_goes_the_whole_way_and_its_customer_hears_of_it(shop: World) -> None:
    phone = shop.phone()
    _, order = phone.bought()
    results = results_of(
        f"{shop.url}/hooks/wms", shop.credentials.wms_secret, order_number=order.order_number
    )
    assert failed(results) == []
    assert [result.name.partition(" ")[2] for result in results if result.section == "parcel"] == [
        "preparing",
        "label_created",
        "shipped",
        "out_for_delivery",
        "delivered",
        "shipped once more, too late",
    ]
    shop.settle()
    told = [row.facts["status"] for row in messages(shop, order.order_number)]
    assert sorted(told) == ["delivered", "shipped"]
    assert phone.order().completed_at is not None


def messages(shop: World, order_number: str) -> list[Message]:
    keys = [key for key in shop.rows("LedgerTable") if key.startswith(f"MESSAGE#{order_number}:conformance-")]
    found = [shop.store.read(Message, key.removeprefix("MESSAGE#").removesuffix(" -")) for key in keys]
    return [row for row in found if row is not None]


def test_a_parcel_to_a_store_is_picked_up_there() -> None:
    shop = Shop(honest)
    results = shop.results(order_number="A7K3Q-9XM2T", to_a_store=True)
    assert failed(results) == []
    assert "A7K3Q-9XM2T ready_for_pickup" in [result.name for result in results]
    assert len(shop.store.all(ReceivedEvent)) == 3 + 6


def test_a_source_that_may_not_speak_of_parcels_cannot_walk_one() -> None:
    shop = Shop(honest)
    assert failed(shop.results("erp", SCOPED, order_number="A7K3Q-9XM2T")) == ["parcel: A7K3Q-9XM2T"]
    assert all("A7K3Q-9XM2T" not in row.body for row in shop.store.all(ReceivedEvent))


@pytest.mark.parametrize("minutes", [-30, 30])
def test_a_clock_that_is_off_is_ours_to_mend_and_fails_no_check(minutes: int) -> None:
    shop = Shop(honest, ahead=timedelta(minutes=minutes))
    with Door(Address.of("https://shop.example"), SECRET, shop.over_a_wire_in_memory()) as door:
        assert failed(list(Conformance(door).results())) == []
        assert door.clock_ahead == pytest.approx(minutes * 60, abs=2)


def test_make_names_an_order_only_if_it_stands_on_its_own_command_line() -> None:
    """The page has its reader set ORDER in a shell: a check must not send news about that order unasked."""
    for argument, wanted in (("ORDER=A7K3Q-9XM2T", 'ORDER="A7K3Q-9XM2T"'), ("X=1", 'ORDER=""')):
        shown = subprocess.run(  # noqa: S603
            ["make", "--dry-run", "--no-print-directory", "conformance", argument],  # noqa: S607
            cwd=ROOT,
            env={**os.environ, "ORDER": "B8M4R-2YN3V", "URL": "https://shop.example", "SECRET": SECRET},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        assert wanted in shown


def test_what_a_scoped_secret_may_not_say_is_403_and_the_rest_is_left_out() -> None:
    results = Shop(honest).results("erp", SCOPED)
    assert failed(results) == []
    refused = [result.name for result in results if result.status == 403]
    assert refused == [
        "shipment.status.v1 with wrong data",
        "stock.level.v1 with wrong data",
        "product.changed.v1 with wrong data",
        "quote.approval.decided.v1 with wrong data",
        "an unknown type (conformance.check.v1)",
    ]
    assert sum(result.verdict is Verdict.LEFT_OUT for result in results) == 3


# Doors that are wrong -------------------------------------------------------------------------------------


def accepts_any_signature(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    message_id = headers.get("webhook-id", "x") or "x"
    signed = sign(SECRET, message_id, int(datetime.now(UTC).timestamp()), body)
    return shop.door().take(source, {**headers, **signed}, body)


def accepts_any_time(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    stamp = headers.get("webhook-timestamp", "")
    if stamp.isdecimal() and len(stamp) < 12:
        return shop.door(datetime.fromtimestamp(int(stamp), UTC)).take(source, headers, body)
    return honest(shop, source, headers, body)


def accepts_what_is_old(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    stamp, now = headers.get("webhook-timestamp", ""), datetime.now(UTC)
    if stamp.isdecimal() and len(stamp) < 12 and int(stamp) < now.timestamp():
        now = datetime.fromtimestamp(int(stamp), UTC)
    return shop.door(now).take(source, headers, body)


def breaks_on_malformed_headers(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    int(headers["webhook-timestamp"])
    version, _, _ = headers["webhook-signature"].split(" ")[0].partition(",")
    assert version == "v1"
    return honest(shop, source, headers, body)


def reads_numbers_as_python_does(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    """`int` and `float` take underscores, signs and fractions (K10, K13)."""
    written = headers.get("webhook-timestamp", "")
    try:
        moment = int(float(written.replace(" ", "")))
    except (ValueError, OverflowError):
        return honest(shop, source, headers, body)
    if (
        headers["webhook-signature"]
        == sign(SECRET, headers["webhook-id"], written, body)["webhook-signature"]
    ):
        headers = {**headers, **sign(SECRET, headers["webhook-id"], moment, body)}
    return honest(shop, source, headers, body)


def looks_at_the_first_signature_only(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    first = headers.get("webhook-signature", "").split(" ")[0]
    return honest(shop, source, {**headers, "webhook-signature": first}, body)


def looks_at_names_as_they_are_written(
    shop: Shop, source: str, headers: dict[str, str], body: bytes
) -> Taken:
    return (
        Taken(401, "no header")
        if headers.get("content-type") == "application/json"
        else honest(shop, source, headers, body)
    )


def forgets_ids(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    return shop.door(store=MemoryStore()).take(source, headers, body)


def refuses_what_came_twice(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    if shop.store.read(ReceivedEvent, source, headers.get("webhook-id", "")) is not None:
        return Taken(409, "id: was taken")
    return honest(shop, source, headers, body)


def has_no_scopes(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    taken = honest(shop, source, headers, body)
    return Taken(202, "taken") if taken.status == 403 else taken


def drops_what_it_does_not_know(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    if b"conformance.check.v1" in body or b'"weight"' in body:
        return Taken(400, "type: unknown")
    return honest(shop, source, headers, body)


def takes_anything_as_an_event(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    taken = honest(shop, source, headers, body)
    return Taken(202, "taken") if taken.status == 400 and not taken.reason.startswith("data.") else taken


def says_not_where(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    taken = honest(shop, source, headers, body)
    return Taken(400, "bad request") if taken.status == 400 else taken


def has_no_limit(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    taken = honest(shop, source, headers, body)
    return Taken(202, "taken") if taken.status == 413 else taken


def knows_every_source(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    return honest(shop, source if source in SOURCES else "wms", headers, body)


def tells_why_a_proof_failed(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    taken = honest(shop, source, headers, body)
    stale = "webhook-timestamp" not in headers
    return Taken(401, "no timestamp") if taken.status == 401 and stale else taken


def answers_200(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    taken = honest(shop, source, headers, body)
    return Taken(200, taken.reason) if taken.status == 202 else taken


def gives_no_reason(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    return dataclasses.replace(honest(shop, source, headers, body), reason="")


WRONG: Final[Mapping[Take, set[str]]] = {
    accepts_any_signature: {
        "not proven: no proof at all",
        "not proven: another secret",
        "not proven: one byte of the body changed",
        "not proven: signature with nothing in it",
        "not proven: without webhook-signature",
    },
    accepts_any_time: {
        "not proven: clock 330 s behind",
        "not proven: clock 330 s ahead",
        "not proven: clock 86400 s behind",
        "not proven: clock 86400 s ahead",
    },
    accepts_what_is_old: {"not proven: clock 330 s behind", "not proven: clock 86400 s behind"},
    breaks_on_malformed_headers: {
        "not proven: no proof at all",
        "not proven: time in words",
        "not proven: time with a fraction",
        "not proven: signature of version 2",
    },
    reads_numbers_as_python_does: {
        "not proven: time with a fraction",
        "not proven: time with underscores",
        "not proven: time with a sign",
        "not proven: time with a blank in it",
    },
    looks_at_the_first_signature_only: {"taken: right signature behind a wrong one"},
    looks_at_names_as_they_are_written: {"taken: content-type application/json"},
    forgets_ids: {"refused: a taken id with another body"},
    refuses_what_came_twice: {"taken: the same again", "taken: the first body once more"},
    drops_what_it_does_not_know: {
        "taken: an unknown type (conformance.check.v1)",
        "taken: an unknown status and unknown fields",
    },
    takes_anything_as_an_event: {"no event: text", "no event: null", "no event: without type"},
    says_not_where: {"no event: text", "no event: a count below zero"},
    has_no_limit: {"refused: a body over 256 KB"},
    knows_every_source: {"refused: a source that there is not"},
    tells_why_a_proof_failed: {"not proven: every 401 says the same"},
    answers_200: {"taken: a signed event of an unknown order"},
    gives_no_reason: {"taken: a signed event of an unknown order", "not proven: another secret"},
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda take: take.__name__)
def test_a_door_that_is_wrong_in_one_thing_fails_in_that(wrong: Take) -> None:
    assert set(failed(Shop(wrong).results())) >= WRONG[wrong]


def test_a_door_without_scopes_fails_for_a_scoped_secret() -> None:
    assert "scope: shipment.status.v1 with wrong data" in failed(Shop(has_no_scopes).results("erp", SCOPED))


def test_a_secret_that_may_say_nothing_proves_nothing() -> None:
    assert "taken: a signed event" in failed(Shop(honest).results("wms", SCOPED))


def test_a_door_that_is_open_to_every_method_fails() -> None:
    class OpenToAll(Shop):
        def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> httpx.Response:
            return super().answer("POST", path, headers, body)

    found = failed(OpenToAll(honest).results())
    assert {f"refused: {method} instead of POST" for method in ("PUT", "PATCH", "DELETE")} <= set(found)


# The command ----------------------------------------------------------------------------------------------


def test_the_command_prints_a_line_for_each_check_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    with served(Shop(honest)) as url:
        assert main({"URL": url, "SECRET": SECRET}) == 0
        printed = capsys.readouterr().out.splitlines()
        assert printed[0] == f"{url}/hooks/wms"
    assert "ok    202  taken: a signed event of an unknown order (taken)" in printed
    refusal = "the signature does not prove that this source sent it now"
    assert f"ok    401  not proven: time with a fraction ({refusal})" in printed
    assert printed[-1].startswith(f"{len(printed) - 3} passed, 0 failed, 1 left out")


def test_the_command_ends_with_1_if_a_check_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with served(Shop(answers_200)) as url:
        assert main({"URL": f"{url}/hooks/", "SOURCE": "wms", "SECRET": SECRET}) == 1
    printed = capsys.readouterr().out
    assert "FAIL  200  taken: a signed event of an unknown order (wanted 202: taken)" in printed


def test_the_command_ends_with_2_where_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    listening = free_socket()
    host, port = listening.getsockname()
    listening.close()
    assert main({"URL": f"http://{host}:{port}", "SECRET": SECRET}) == 2
    assert capsys.readouterr().err.startswith(f"Nobody answers: GET http://{host}:{port}/hooks/wms")


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({}, " is no address that begins with https://\n"),
        (
            {"URL": "shop.example/hooks/wms", "SECRET": SECRET},
            "shop.example/hooks/wms is no address that begins with https://\n",
        ),
        ({"URL": "https://shop.example"}, "SECRET is empty\n"),
        ({"URL": "https://shop.example", "SECRET": "whsec_no base64"}, "SECRET is no whsec_ and base64\n"),
    ],
)
def test_the_command_says_what_it_needs(
    chosen: dict[str, str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(chosen) == 2
    assert capsys.readouterr().err == told


@pytest.mark.parametrize(
    ("url", "source", "found"),
    [
        ("https://shop.example", "", "https://shop.example/hooks/wms"),
        ("https://shop.example/", "erp", "https://shop.example/hooks/erp"),
        ("https://shop.example/hooks/", "", "https://shop.example/hooks/wms"),
        ("https://shop.example/hooks/erp", "", "https://shop.example/hooks/erp"),
        ("https://shop.example/hooks/erp", "wms", "https://shop.example/hooks/wms"),
        ("http://127.0.0.1:8080/stage/hooks/erp", "", "http://127.0.0.1:8080/stage/hooks/erp"),
    ],
)
def test_the_address_may_be_the_shop_s_or_the_source_s(url: str, source: str, found: str) -> None:
    assert Address.of(url, source).url == found
