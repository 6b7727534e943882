"""The way to the API: every byte arrives as it was sent, and comes back as it was answered."""

import asyncio

import httpx
from starlette.applications import Starlette

from dev.local.context import CallLog, ProxiedCall
from dev.local.gateway import Gateway
from dev.local.overlay import API_ID
from dev.local.template import HttpRoute

ROUTES = (HttpRoute("POST", "/hooks/{source}", "Door"), HttpRoute("GET", "/pay/{key}/confirm", "Return"))
ANSWER = (
    b"HTTP/1.1 202 Accepted\r\nX-One: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
    b"Content-Length: 2\r\n\r\n\xe5\x5c"
)


class RecordingApi:
    """A server that keeps what arrives, byte for byte, and always answers the same."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.at_once = 0
        self.most_at_once = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(
                    (
                        int(line[15:])
                        for line in head.lower().split(b"\r\n")
                        if line[:15] == b"content-length:"
                    ),
                    0,
                )
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                self.bodies.append(await reader.readexactly(length))
                self.heads.append(head)
                await asyncio.sleep(0.01)
                self.at_once -= 1
                writer.write(ANSWER)
        except asyncio.IncompleteReadError:
            writer.close()


async def through_the_gateway(*requests: httpx.Request) -> tuple[RecordingApi, CallLog, list[httpx.Response]]:
    api, log = RecordingApi(), CallLog()
    server = await asyncio.start_server(api.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    gateway = Gateway(port, log, clock=lambda: 1_800_000_000.0)
    app = Starlette(routes=gateway.routes(ROUTES))
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        answers = await asyncio.gather(*(client.send(request) for request in requests))
    await gateway.aclose()
    server.close()
    await server.wait_closed()
    return api, log, list(answers)


def test_target_headers_and_body_arrive_as_they_were_sent() -> None:
    body = '{"subject": "A7K3Q-9XM2T",  "note":"茶"}'.encode()
    request = httpx.Request(
        "POST",
        "http://127.0.0.1:8080/hooks/wms?a=%2F&b=",
        headers={"webhook-id": "m1", "content-type": "application/cloudevents+json"},
        content=body,
    )

    api, log, [answer] = asyncio.run(through_the_gateway(request))

    lines = api.heads[0].decode().rstrip("\r\n").split("\r\n")
    assert lines[0] == "POST /hooks/wms?a=%2F&b= HTTP/1.1"
    headers = [line.split(": ", 1) for line in lines[1:]]
    port = headers[0][1].rpartition(":")[2]
    assert headers == [
        ["host", f"{API_ID}.execute-api.localhost:{port}"],
        ["webhook-id", "m1"],
        ["content-type", "application/cloudevents+json"],
        ["content-length", str(len(body))],
        ["x-forwarded-for", "127.0.0.1"],
        ["x-forwarded-proto", "http"],
    ]
    assert api.bodies == [body]
    assert (answer.status_code, answer.content) == (202, b"\xe5\x5c")
    assert answer.headers.multi_items() == [
        ("x-one", "1"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("content-length", "2"),
    ]
    [call] = log.calls
    assert (call.number, call.at, call.method, call.target, call.status) == (
        1,
        1_800_000_000.0,
        "POST",
        "/hooks/wms?a=%2F&b=",
        202,
    )
    assert (call.request_body, call.response_body) == (body, b"\xe5\x5c")


def test_a_burst_waits_its_turn_and_is_answered_in_full() -> None:
    requests = [httpx.Request("GET", f"http://127.0.0.1:8080/pay/k{n}/confirm") for n in range(20)]

    api, log, answers = asyncio.run(through_the_gateway(*requests))

    assert [answer.status_code for answer in answers] == [202] * 20
    assert api.most_at_once <= 4
    assert sorted(call.number for call in log.calls) == list(range(1, 21))


def test_an_api_that_is_gone_is_answered_like_one_that_timed_out() -> None:
    async def without_api() -> httpx.Response:
        gateway = Gateway(1, CallLog())  # nobody listens on port 1
        transport = httpx.ASGITransport(Starlette(routes=gateway.routes(ROUTES)))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
            answer = await client.get("/pay/k/confirm")
        await gateway.aclose()
        return answer

    answer = asyncio.run(without_api())

    assert (answer.status_code, answer.json()) == (504, {"message": "Endpoint request timed out"})


def test_whoever_looks_on_and_fails_changes_nothing_about_the_call() -> None:
    log = CallLog()
    seen: list[ProxiedCall] = []

    def failing(_call: ProxiedCall) -> None:
        raise RecursionError

    log.on_call += [failing, seen.append]
    call = ProxiedCall(1, 0.0, "POST", "/hooks/wms", (), b"", 202, (), b"", 1)
    log.add(call)
    assert (list(log.calls), seen) == ([call], [call])
