"""A hop sent again: as a replay through the port, and as a command that is pasted into bash."""

import asyncio
import shutil
import subprocess
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dev.page.curl import curl_command
from dev.page.hops import REPLAY_HEADER, Verdict
from tests.local.wire_world import (
    World,
    in_world,
    pay_request,
    report,
    token,
)
from tests.standins.serving import base_url, free_socket, serving


async def replayed(client: httpx.AsyncClient, number: int, how: str) -> int:
    answer = await client.post(f"/_local/page/wire/{number}/replay", json={"how": how})
    return answer.status_code


def test_a_replay_is_a_new_hop_with_a_mark_and_the_signature_that_was_asked_for() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> None:
        customer = world.line.add_customer("王小明")
        await world.line.deliver([world.line.text(customer.user_id, "嗨")])
        await report(client, age=600)
        await client.get("/pay/key-of-somebody/cancel?orderId=1")
        for number, how in (
            (1, "exact"),
            (1, "broken"),
            (2, "resigned"),
            (2, "exact"),
            (2, "broken"),
            (3, "exact"),
        ):
            assert await replayed(client, number, how) == 200

    world, _ = in_world(story)

    first, second, third, *again = world.hops()
    assert [(hop.replay_of, hop.signature.value, hop.path) for hop in again] == [
        (1, "good", "/line/webhook"),
        (1, "bad", "/line/webhook"),
        (2, "good", "/hooks/wms"),
        (2, "stale", "/hooks/wms"),
        (2, "bad", "/hooks/wms"),
        (3, "none", "/pay/key-of-somebody/cancel?orderId=1"),
    ]
    assert [hop.replay_of for hop in (first, second, third)] == [None] * 3
    assert {hop.request_body for hop in again[:2]} == {first.request_body}
    assert {hop.request_body for hop in again[2:5]} == {second.request_body}
    assert all(hop.header(REPLAY_HEADER) is None for hop in again)


def test_what_the_shop_sends_is_not_ours_to_send_again() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> list[int]:
        await client.get("/_line/v2/bot/info")
        statuses = [await replayed(client, 1, "exact"), await replayed(client, 9, "exact")]
        plain = await client.post(
            "/_local/page/wire/1/replay", content='{"how": "exact"}', headers={"content-type": "text/plain"}
        )
        return [*statuses, plain.status_code]

    world, statuses = in_world(story)

    assert statuses == [400, 404, 400]
    assert len(world.hops()) == 1


def test_another_answer_to_a_replay_is_shown_line_by_line() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> list[Any]:
        await report(client)
        await replayed(client, 1, "resigned")
        world.answers["/hooks/wms"] = (200, b'{"ok": true, "duplicate": true}')
        await replayed(client, 1, "resigned")
        return [
            (await client.get(f"/_local/page/wire/{number}")).json().get("difference") for number in (1, 2, 3)
        ]

    _, differences = in_world(story)

    assert differences == [
        None,
        {"number": 1, "lines": []},
        {
            "number": 1,
            "lines": [
                {"kind": "both", "text": "HTTP 200"},
                {"kind": "both", "text": "{"},
                {"kind": "before", "text": '  "ok": true'},
                {"kind": "now", "text": '  "ok": true,'},
                {"kind": "now", "text": '  "duplicate": true'},
                {"kind": "both", "text": "}"},
            ],
        },
    ]


def test_a_hops_command_sends_the_same_request_again() -> None:
    async def pasted(client: httpx.AsyncClient, number: int) -> str:
        command = (await client.get(f"/_local/page/wire/{number}/curl")).json()["command"]
        done = await asyncio.to_thread(
            subprocess.run, ["bash"], input=command.encode(), capture_output=True, check=True
        )
        return done.stdout.decode().splitlines()[0]

    async def story(world: World, client: httpx.AsyncClient) -> list[str]:
        customer = world.line.add_customer("O'Brien")
        await world.line.deliver([world.line.text(customer.user_id, 'it\'s $HOME `id` "茶" \\ !\n@x')])
        await report(client, age=600)
        await pay_request(world, client)
        bearer = {"authorization": f"Bearer {await token(world, client)}"}
        await client.get("/_line/v2/bot/info", headers=bearer)
        await client.get("/pay/key-of-somebody/cancel?orderId=1&a=%2F")
        said = [await pasted(client, number) for number in (1, 2, 3, 5, 6)]
        refused = await client.get("/_local/page/wire/4/curl")
        return [*said, str(refused.status_code)]

    assert shutil.which("curl")
    world, said = in_world(story)

    assert said == ["HTTP/1.1 200 OK"] * 5 + ["409"]
    first, second = world.hops()[:6], world.hops()[6:]
    assert len(second) == 5
    for before, after in zip([*first[:3], *first[4:]], second, strict=True):
        assert (after.method, after.path, after.request_body, after.signature) == (
            before.method,
            before.path,
            before.request_body,
            Verdict.GOOD if before.signature is Verdict.STALE else before.signature,
        )


@pytest.mark.parametrize("body", [b"\xff\x00\r\n\t'", "零寬\u200b".encode(), b"@/etc/hostname", b"plain"])
def test_a_command_carries_any_bytes(body: bytes) -> None:
    got: list[tuple[bytes, str | None]] = []

    async def take(request: Request) -> Response:
        got.append((await request.body(), request.headers.get("content-type")))
        return Response()

    listening = free_socket()
    with serving(Starlette(routes=[Route("/", take, methods=["POST"])]), listening):
        command = curl_command("POST", f"{base_url(listening)}/", (), body)
        subprocess.run(["bash"], input=command.encode(), capture_output=True, check=True)  # noqa: S607

    assert got == [(body, None)]
