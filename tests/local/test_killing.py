"""A function's process dies at its write: before it or after it, at the one that was asked for, and nobody else."""

import asyncio
import json
import os
import signal
from typing import Any

import httpx
import pytest

from dev.local.killing import PATH, Killer, running_command

AGENT = "Boto3/1.43 md/Botocore#1.43 app/Inquiry-4711 exec-env/AWS_Lambda_python3.13"


class LocalAws:
    """Carries out what arrives, and knows how often it did."""

    def __init__(self) -> None:
        self.carried_out: list[str] = []
        self.deaths: list[tuple[int, int, int]] = []
        self.killer = Killer(
            self.app,
            lambda pid, sign: self.deaths.append((pid, sign, len(self.carried_out))),
            lambda pid: "python -m awslambdaric handler.handler" if pid == 4711 else "sleep 60",
        )

    async def app(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        self.carried_out.append(dict(scope["headers"]).get(b"x-amz-target", b"").decode())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    def plays(self, *requests: tuple[str, str, str, Any]) -> list[httpx.Response]:
        """Each request: method, path, user agent and operation, or the JSON of a request to the killer."""

        async def play() -> list[httpx.Response]:
            transport = httpx.ASGITransport(self.killer)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://aws") as client:
                answers = []
                for method, path, agent, what in requests:
                    headers = {"user-agent": agent, "content-type": "application/json"}
                    if isinstance(what, str):
                        headers["x-amz-target"] = f"DynamoDB_20120810.{what}"
                    content = None if isinstance(what, str) else json.dumps(what)
                    answers.append(await client.request(method, path, headers=headers, content=content))
                return answers

        return asyncio.run(play())


def write(operation: str = "TransactWriteItems", agent: str = AGENT) -> tuple[str, str, str, Any]:
    return "POST", "/", agent, operation


def arm(**kill: Any) -> tuple[str, str, str, Any]:
    return "POST", PATH, "", kill


@pytest.mark.parametrize(("moment", "carried_out"), [("before", 0), ("after", 1)])
def test_a_kill_falls_before_the_write_or_after_it_and_is_used_up(moment: str, carried_out: int) -> None:
    aws = LocalAws()

    armed, died, again = aws.plays(arm(function="Inquiry", moment=moment), write(), write())

    assert armed.json() == {
        "armed": [{"function": "Inquiry", "moment": moment, "write": 1}],
        "killed": [],
    }
    assert aws.deaths == [(4711, signal.SIGKILL, carried_out)]
    assert (died.status_code, again.status_code) == (503, 200)
    assert len(aws.carried_out) == carried_out + 1
    [seen] = aws.plays(("GET", PATH, "", {}))
    assert seen.json() == {
        "armed": [],
        "killed": [{"function": "Inquiry", "moment": moment, "operation": "TransactWriteItems", "pid": 4711}],
    }


def test_it_falls_at_the_write_that_was_asked_for_and_reading_does_not_count() -> None:
    aws = LocalAws()

    answers = aws.plays(
        arm(function="Inquiry", moment="before", write=2),
        write("GetItem"),
        write("PutItem"),
        write("PutItem"),
    )

    assert [answer.status_code for answer in answers] == [200, 200, 200, 503]
    assert aws.carried_out == ["DynamoDB_20120810.GetItem", "DynamoDB_20120810.PutItem"]


def test_other_functions_and_callers_without_a_name_live() -> None:
    aws = LocalAws()

    aws.plays(
        arm(function="Inquiry", moment="after"), write(agent="app/Sweeper-12"), write(agent="Boto3/1.43")
    )

    assert aws.deaths == []
    assert len(aws.carried_out) == 2


def test_a_process_that_is_no_function_lives_whatever_a_header_says() -> None:
    aws = LocalAws()

    _, answer = aws.plays(arm(function="Inquiry", moment="before"), write(agent="app/Inquiry-1"))

    assert (answer.status_code, aws.deaths) == (200, [])


def test_the_command_line_of_a_process_is_read_and_nobody_has_none() -> None:
    assert "pytest" in running_command(os.getpid())
    assert running_command(2**22 + 1) == ""


def test_what_is_armed_can_be_cleared_and_nonsense_arms_nothing() -> None:
    aws = LocalAws()

    answers = aws.plays(
        arm(function="Inquiry", moment="during"),
        arm(moment="before"),
        arm(function="Inquiry", moment="before", write=0),
        arm(function="Inquiry", moment="before"),
        ("DELETE", PATH, "", {}),
        write(),
    )

    assert [answer.status_code for answer in answers] == [400, 400, 400, 200, 200, 200]
    assert aws.deaths == []
