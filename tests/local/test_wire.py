"""The wire: what the stand-ins and the gateway saw, as one list without the same request twice, with verdicts."""

import asyncio
import json
import shutil
import subprocess
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from dev.driver.back_office import LOCAL_SECRETS, sign
from dev.local.context import CallLog, LocalCredentials, ProxiedCall
from dev.page.curl import curl_command
from dev.page.feed import Feed
from dev.page.hops import REPLAY_HEADER, SHOWN_BYTES, Hop, Party, Verdict, detail, summary
from dev.page.wire import KEPT_HOPS, Wire
from dev.page.wire_routes import WireDesk
from dev.standins.line_pay import LinePayPlatform, line_pay_app, mac
from dev.standins.line_platform import LinePlatform, Manner, Signature, line_app
from tests.standins.serving import base_url, free_socket, serving

ORDER, OTHER = "A7K3Q-9XM2T", "B2M8P-4RT6W"
CREDENTIALS = LocalCredentials()


class World:
    """The stand-ins and a gateway's log around a wire; `shop` answers what would go to the deployed API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.line = LinePlatform(f"{url}/line/webhook")
        self.line_pay = LinePayPlatform()
        self.log = CallLog()
        self.feed = Feed()
        self.wire = Wire(self.feed, self.line, self.line_pay, self.log, CREDENTIALS)
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.app = Starlette(
            routes=[
                Mount("/_line", line_app(self.line)),
                Mount("/_line_pay", line_pay_app(self.line_pay)),
                *WireDesk(self.wire, self.line, url).routes(),
                Route("/{path:path}", self._gateway, methods=["GET", "POST"]),
            ]
        )

    async def _gateway(self, request: Request) -> Response:
        body, at = await request.body(), time.time()
        status, answer = self.answers.get(request.url.path, (200, b'{"ok": true}'))
        query = request.scope["query_string"].decode()
        self.log.add(
            ProxiedCall(
                number=self.log.next_number(),
                at=at,
                method=request.method,
                target=request.url.path + (f"?{query}" if query else ""),
                request_headers=tuple(request.headers.items()),
                request_body=body,
                status=status,
                response_headers=(("content-type", "application/json"),),
                response_body=answer,
                milliseconds=1,
            )
        )
        return Response(answer, status)

    def hops(self) -> list[Hop]:
        return [hop for number in self.wire.find() if (hop := self.wire.hop(number))]


def in_world[T](story: Callable[[World, httpx.AsyncClient], Awaitable[T]]) -> tuple[World, T]:
    """Plays a story against a served world; the stand-ins live in the server's thread, as in a local run."""
    listening = free_socket()
    world = World(base_url(listening))

    async def play() -> T:
        async with httpx.AsyncClient(base_url=world.url, trust_env=False) as client:
            return await story(world, client)

    with serving(world.app, listening):
        return world, asyncio.run(play())


def lines(world: World) -> list[tuple[str, str, str, int | None, str]]:
    return [
        (hop.sender.value, hop.receiver.value, hop.method, hop.status, hop.signature.value)
        for hop in world.hops()
    ]


async def token(world: World, client: httpx.AsyncClient) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": world.line.channel_id,
        "client_secret": world.line.channel_secret,
    }
    return str((await client.post("/_line/oauth2/v3/token", data=form)).json()["access_token"])


async def pay_request(world: World, client: httpx.AsyncClient, order: str = ORDER) -> dict[str, Any]:
    body = json.dumps(
        {
            "amount": 100,
            "currency": "TWD",
            "orderId": f"{order}-1",
            "packages": [
                {"id": "1", "amount": 100, "products": [{"name": "茶", "quantity": 1, "price": 100}]}
            ],
            "redirectUrls": {
                "confirmUrl": f"{world.url}/pay/key-of-{order}/confirm",
                "cancelUrl": f"{world.url}/pay/key-of-{order}/cancel",
            },
        }
    ).encode()
    return await pay_call(world, client, "/v4/payments/request", body)


async def pay_call(world: World, client: httpx.AsyncClient, path: str, body: bytes) -> dict[str, Any]:
    headers = {
        "x-line-channelid": world.line_pay.channel_id,
        "x-line-authorization-nonce": "n1",
        "x-line-authorization": mac(world.line_pay.channel_secret, path, body, "n1"),
        "content-type": "application/json",
    }
    answer = await client.post(f"/_line_pay{path}", content=body, headers=headers)
    return dict(answer.json())


async def report(client: httpx.AsyncClient, age: int = 0, secret: str | None = None) -> None:
    body = json.dumps({"specversion": "1.0", "type": "shipment.status.v1", "subject": ORDER}).encode()
    headers = sign(secret or LOCAL_SECRETS["wms"], "evt-1", int(time.time()) - age, body)
    await client.post("/hooks/wms", content=body, headers=headers)


def test_a_webhook_that_both_ends_saw_is_one_hop_with_both_views() -> None:
    async def story(world: World, _client: httpx.AsyncClient) -> None:
        customer = world.line.add_customer("王小明")
        await world.line.deliver([world.line.text(customer.user_id, "我要 3 盒")])

    world, _ = in_world(story)

    [hop] = world.hops()
    assert (hop.sender, hop.receiver, hop.status) == (Party.LINE, Party.SHOP, 200)
    assert (hop.received_milliseconds, hop.received_status) == (1, 200)
    assert (hop.signature, hop.checked) == (Verdict.GOOD, "line")
    assert hop.milliseconds > 1
    assert summary(hop)["gist"] == "我要 3 盒"
    assert hop.number == 1


def test_parallel_copies_are_as_many_hops_as_there_were_requests() -> None:
    async def story(world: World, _client: httpx.AsyncClient) -> None:
        customer = world.line.add_customer("王小明")
        await world.line.deliver([world.line.text(customer.user_id, "嗨")], Manner(copies=3))

    world, _ = in_world(story)

    assert lines(world) == [("line", "shop", "POST", 200, "good")] * 3


def test_signatures_are_judged_from_the_bytes() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> None:
        customer = world.line.add_customer("王小明")
        for signature in (Signature.GOOD, Signature.BAD, Signature.MISSING):
            await world.line.deliver([world.line.text(customer.user_id, "嗨")], Manner(signature))
        await report(client)
        await report(client, age=600)
        await report(client, secret="whsec_c29tZWJvZHktZWxzZXMtc2VjcmV0")
        await client.post("/hooks/wms", content=b"{}")
        bearer = {"authorization": f"Bearer {await token(world, client)}"}
        await client.get("/_line/v2/bot/info", headers=bearer)
        await client.get("/_line/v2/bot/info", headers={"authorization": "Bearer nobody"})
        await client.get("/_line/v2/bot/info")
        await pay_request(world, client)
        await client.get("/pay/key-of-somebody/confirm")

    world, _ = in_world(story)

    assert [(hop.signature.value, hop.checked) for hop in world.hops()] == [
        ("good", "line"),
        ("bad", "line"),
        ("missing", "line"),
        ("good", "standardWebhook"),
        ("stale", "standardWebhook"),
        ("bad", "standardWebhook"),
        ("missing", "standardWebhook"),
        ("good", "clientSecret"),
        ("good", "bearer"),
        ("bad", "bearer"),
        ("missing", "bearer"),
        ("good", "linePay"),
        ("none", "link"),
    ]


def test_an_order_has_the_hops_that_name_it_its_payments_and_its_chat_up_to_the_next_order() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> None:
        bearer = {"authorization": f"Bearer {await token(world, client)}"}
        mine, stranger = (world.line.add_customer(name) for name in ("王小明", "Emma"))

        async def says(customer: Any, text: str, answer: str) -> None:
            event = world.line.text(customer.user_id, text)
            await world.line.deliver([event])
            body = {"replyToken": event["replyToken"], "messages": [{"type": "text", "text": answer}]}
            await client.post("/_line/v2/bot/message/reply", json=body, headers=bearer)

        await says(mine, "我要茶", "報價")
        await says(stranger, "你好", "歡迎")
        paying = await pay_request(world, client)
        await says(mine, "地址", f"請付款 {ORDER}")
        transaction = paying["info"]["transactionId"]
        await client.get(httpx.URL(paying["info"]["paymentUrl"]["web"]).path)
        await client.get(f"/pay/key-of-{ORDER}/confirm?transactionId={transaction}")
        await pay_request(world, client, OTHER)
        await says(mine, "再一筆", f"請付款 {OTHER}")
        await says(mine, "謝謝", "不客氣")

    world, _ = in_world(story)

    def gists(order: str) -> list[str]:
        found = (world.wire.hop(number) for number in world.wire.find(order))
        return [summary(hop)["gist"] or summary(hop)["call"] for hop in found if hop]

    assert gists(ORDER) == [
        "我要茶",
        "報價",
        "0000 Success.",
        "地址",
        f"請付款 {ORDER}",
        "paymentPage",
        "return",
        "再一筆",
    ]
    assert gists(OTHER) == ["0000 Success.", "再一筆", f"請付款 {OTHER}", "謝謝", "不客氣"]
    assert gists("ZZZZZ-ZZZZZ") == []


def test_search_reads_json_as_it_reads_and_never_finds_a_secret() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> None:
        await token(world, client)
        await client.post("/_line/v2/bot/message/push", content=b'{"to": "\\u8336"}')

    world, _ = in_world(story)

    assert world.wire.find(search="茶") == [2]
    assert world.wire.find(search="TO") == [1, 2]
    assert world.wire.find(search=world.line.channel_secret) == []


def test_what_is_shown_holds_no_secret_and_long_bodies_are_cut() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> str:
        bearer = await token(world, client)
        await client.post(
            "/_line/v2/bot/message/push", content=b"x" * 70_000, headers={"authorization": f"Bearer {bearer}"}
        )
        return bearer

    world, bearer = in_world(story)

    asked, pushed = (detail(hop, world.wire.mask) for hop in world.hops())
    for shown in (asked, pushed):
        text = json.dumps(shown)
        assert world.line.channel_secret not in text
        assert bearer not in text
    assert dict(pushed["request"]["headers"])["authorization"] == f"Bearer {bearer[:6]}…"
    assert pushed["request"]["body"] == {
        "text": "x" * SHOWN_BYTES,
        "bytes": 70_000,
        "cut": 70_000 - SHOWN_BYTES,
    }


def test_only_the_latest_hops_are_kept_and_a_window_that_opens_hears_of_them() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> None:
        for number in range(KEPT_HOPS + 3):
            world.wire.order_system("http://shop/", (), str(number).encode(), 202, b"", 1.0)

    world, _ = in_world(story)

    assert [hop.number for hop in world.hops()] == list(range(4, KEPT_HOPS + 4))
    [(name, value)] = world.feed.what_is_there()
    assert (name, len(value), value[0]["number"]) == ("hops", KEPT_HOPS, 4)


# Sending again -------------------------------------------------------------------------------------------


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
