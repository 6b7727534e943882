"""The check for integrators: our door passes it, and doors that are wrong in one thing do not."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dev.conformance.__main__ import main
from dev.conformance.checks import Conformance, Result, Verdict
from dev.conformance.door import Address, Door
from dev.contracts.openapi import BACK_OFFICE_ANSWERS
from dev.driver.back_office import sign
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
    """A back-office door in memory behind a server; `take` may stand between, and be wrong."""

    take: Take
    store: MemoryStore = field(default_factory=MemoryStore)
    url: str = ""

    def door(self, now: datetime | None = None, store: MemoryStore | None = None) -> BackOfficeDoor:
        return BackOfficeDoor(
            store or self.store,
            RecordingJobs(VirtualClock()),
            lambda _refresh: SOURCES,
            lambda: now or datetime.now(UTC),
            CountingMetrics(),
        )

    async def answer(self, request: Request) -> Response:
        headers, body = joined(request), await request.body()
        try:
            taken = await run_in_threadpool(self.take, self, request.path_params["source"], headers, body)
        except Exception:
            return PlainTextResponse("Internal Server Error", 500)
        return JSONResponse({"reason": taken.reason}, taken.status)


@contextmanager
def served(take: Take) -> Iterator[Shop]:
    shop = Shop(take)
    routes = [Route("/hooks/{source}", shop.answer, methods=["POST"])]
    with serving(Starlette(routes=routes), free_socket()) as url:
        shop.url = url
        yield shop


def honest(shop: Shop, source: str, headers: dict[str, str], body: bytes) -> Taken:
    return shop.door().take(source, headers, body)


def results_of(url: str, secret: str = SECRET, **more: Any) -> list[Result]:
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
    with served(honest) as shop:
        results = results_of(f"{shop.url}/hooks/wms", order_number="A7K3Q-9XM2T", to_a_store=True)
        assert failed(results) == []
        assert "A7K3Q-9XM2T ready_for_pickup" in [result.name for result in results]
        assert len(shop.store.all(ReceivedEvent)) == 3 + 6


def test_what_a_scoped_secret_may_not_say_is_403_and_the_rest_is_left_out() -> None:
    with served(honest) as shop:
        results = results_of(f"{shop.url}/hooks/erp", SCOPED)
    assert failed(results) == []
    refused = [result.name for result in results if result.status == 403]
    assert refused == [
        "shipment.status.v1 with wrong data",
        "stock.level.v1 with wrong data",
        "product.changed.v1 with wrong data",
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
    with served(wrong) as shop:
        found = set(failed(results_of(f"{shop.url}/hooks/wms")))
    assert found >= WRONG[wrong]


def test_a_door_without_scopes_fails_for_a_scoped_secret() -> None:
    with served(has_no_scopes) as shop:
        found = failed(results_of(f"{shop.url}/hooks/erp", SCOPED))
    assert "scope: shipment.status.v1 with wrong data" in found


def test_a_secret_that_may_say_nothing_proves_nothing() -> None:
    with served(honest) as shop:
        found = failed(results_of(f"{shop.url}/hooks/wms", SCOPED))
    assert "taken: a signed event" in found


def test_a_door_without_a_lock_on_its_methods_fails() -> None:
    async def open_to_all(_request: Request) -> Response:
        return JSONResponse({"reason": "taken"}, 202)

    routes = [Route("/hooks/{source}", open_to_all, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])]
    with serving(Starlette(routes=routes), free_socket()) as url:
        found = failed(results_of(f"{url}/hooks/wms"))
    assert "scope: shipment.status.v1 with wrong data" in found


# The command ----------------------------------------------------------------------------------------------


def test_the_command_prints_a_line_for_each_check_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    with served(honest) as shop:
        assert main({"URL": shop.url, "SECRET": SECRET}) == 0
        printed = capsys.readouterr().out.splitlines()
        assert printed[0] == f"{shop.url}/hooks/wms"
    assert "ok    202  taken: a signed event of an unknown order (taken)" in printed
    refusal = "the signature does not prove that this source sent it now"
    assert f"ok    401  not proven: time with a fraction ({refusal})" in printed
    assert printed[-1].startswith(f"{len(printed) - 3} passed, 0 failed, 1 left out")


def test_the_command_ends_with_1_if_a_check_failed(capsys: pytest.CaptureFixture[str]) -> None:
    with served(answers_200) as shop:
        assert main({"URL": f"{shop.url}/hooks/", "SOURCE": "wms", "SECRET": SECRET}) == 1
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
