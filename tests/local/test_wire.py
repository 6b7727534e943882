"""The wire: what the stand-ins and the gateway saw, as one list without the same request twice, with verdicts."""

import json
import shlex
import time
from typing import Any

import httpx

from dev.driver.back_office import sign
from dev.page.hops import SHOWN_BYTES, Party, Verdict, detail, summary
from dev.page.wire import KEPT_HOPS
from dev.standins.line_platform import Manner, Signature
from tests.local.wire_world import (
    CREDENTIALS,
    ORDER,
    OTHER,
    World,
    in_world,
    lines,
    pay_request,
    report,
    token,
)


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


def test_odd_requests_are_hops_like_others_and_can_be_read() -> None:
    deep = b"[" * 10_000 + b"]" * 10_000
    stamp = "9" * 400

    async def story(world: World, client: httpx.AsyncClient) -> None:
        for body, age in ((deep, "0"), (b"{}", stamp), (b"\xff\xfe", "-1")):
            headers = sign(CREDENTIALS.wms_secret, "evt-1", age, body)
            assert (await client.post("/hooks/wms", content=body, headers=headers)).status_code == 200

    world, _ = in_world(story)

    assert [(hop.status, hop.signature) for hop in world.hops()] == [(200, Verdict.STALE)] * 3
    shown = [detail(hop, world.wire.mask)["request"]["body"] for hop in world.hops()]
    assert [(each["bytes"], each["cut"]) for each in shown] == [(20_000, 0), (2, 0), (2, 0)]


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


def test_a_command_for_the_order_system_is_signed_with_the_shops_secret_now() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> dict[str, Any]:
        headers = sign(CREDENTIALS.outgoing_secret, "evt-1", int(time.time()) - 600, b"{}")
        world.wire.order_system(f"{world.url}/orders", tuple(headers.items()), b"{}", 202, b"", 1.0)
        return dict((await client.get("/_local/page/wire/1/curl")).json())

    world, answer = in_world(story)

    assert [hop.signature for hop in world.hops()] == [Verdict.STALE]
    assert answer["resigned"] is True
    words = shlex.split(answer["command"].replace("\\\n", ""))
    given = dict(word.split(": ", 1) for word in words if word.startswith("webhook-"))
    assert sign(CREDENTIALS.outgoing_secret, "evt-1", given["webhook-timestamp"], b"{}") == given
    assert abs(int(given["webhook-timestamp"]) - time.time()) < 60


def test_only_the_latest_hops_are_kept_and_a_window_that_opens_hears_of_them() -> None:
    async def story(world: World, client: httpx.AsyncClient) -> None:
        for number in range(KEPT_HOPS + 3):
            world.wire.order_system("http://shop/", (), str(number).encode(), 202, b"", 1.0)

    world, _ = in_world(story)

    assert [hop.number for hop in world.hops()] == list(range(4, KEPT_HOPS + 4))
    [(name, value)] = world.feed.what_is_there()
    assert (name, len(value), value[0]["number"]) == ("hops", KEPT_HOPS, 4)
