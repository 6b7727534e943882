"""Kills a function's process at one of its writes: what a crash at the worst moment does to an order.

Stands around the local AWS, which sees every write of every function. A function's process says who it is in the
user agent of its AWS calls (`AWS_SDK_UA_APP_ID`, set by the run overlay). When a kill is armed for it, the process dies
by SIGKILL before its write is carried out, or after that and before it hears of it. What happens then is the product's
own doing: the queue hands the message out again, the sweeper looks, the workflow retries.

Standard library only: it runs inside the local AWS's own environment.
"""

import json
import os
import re
import signal
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

PATH: Final = "/_storefront/kills"
RUNTIME: Final = "awslambdaric"  # stands in the command line of every function of the run overlay
MOMENTS: Final = ("before", "after")
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"}
_WHO = re.compile(r"\bapp/([A-Za-z]+)-(\d+)\b")
_KEPT = 50


@dataclass(frozen=True)
class Kill:
    """One death to come: of a function by its name in the template, at its `write`th write from now on."""

    function: str
    moment: str = "before"
    write: int = 1


@dataclass(frozen=True)
class Killed:
    """One that happened: `operation` is what the process had asked DynamoDB for."""

    function: str
    moment: str
    operation: str
    pid: int


class Killer:
    """ASGI around the local AWS: `GET`, `POST` and `DELETE` of PATH arm and tell, all else goes through."""

    def __init__(
        self,
        app: App,
        kill: Callable[[int, int], None] = os.kill,
        command_of: Callable[[int], str] | None = None,
    ) -> None:
        self._app = app
        self._kill = kill
        self._command_of = command_of or running_command
        self.armed: list[Kill] = []
        self.killed: list[Killed] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == PATH:
            await self._control(scope, receive, send)
        else:
            await self._pass(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        due = self._due(scope) if self.armed else None
        if due is None:
            await self._app(scope, receive, send)
            return
        if due.moment == "after":
            # The write is carried out whole, and nobody lives to hear the answer.
            await self._app(scope, receive, _into_nothing)
        self._kill(due.pid, signal.SIGKILL)
        self.killed = [*self.killed, due][-_KEPT:]
        await _answer(send, 503, {"message": "the caller is dead"})

    def _due(self, scope: Scope) -> Killed | None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        target = headers.get(b"x-amz-target", "")
        operation = target.rpartition(".")[2]
        who = _WHO.search(headers.get(b"user-agent", ""))
        if not target.startswith("DynamoDB_") or operation not in _WRITES or who is None:
            return None
        function, pid = who[1], int(who[2])
        # A header is only what somebody says: nothing dies that is no function of this run.
        if RUNTIME not in self._command_of(pid):
            return None
        for index, kill in enumerate(self.armed):
            if kill.function == function:
                if kill.write > 1:
                    self.armed[index] = replace(kill, write=kill.write - 1)
                    return None
                del self.armed[index]
                return Killed(function, kill.moment, operation, pid)
        return None

    async def _control(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        says_json = dict(scope["headers"]).get(b"content-type", b"").startswith(b"application/json")
        if method == "DELETE":
            self.armed.clear()
        elif method == "POST":
            try:
                # A form of a foreign page cannot say that it sends JSON.
                asked = json.loads(await _body(receive)) if says_json else {}
                kill = Kill(str(asked["function"]), str(asked["moment"]), int(asked.get("write", 1)))
            except (ValueError, KeyError, TypeError):
                kill = Kill("", "")
            if not kill.function or kill.moment not in MOMENTS or kill.write < 1:
                await _answer(send, 400, {"message": "function, moment (before or after) and write"})
                return
            self.armed.append(kill)
        says = {
            "armed": [asdict(kill) for kill in self.armed],
            "killed": [asdict(killed) for killed in self.killed],
        }
        await _answer(send, 200, says)


def running_command(pid: int) -> str:
    """The command line of a process, empty if there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    except OSError:
        asked = ["ps", "-o", "command=", "-p", str(pid)]
        return subprocess.run(asked, capture_output=True, text=True, check=False).stdout


async def _into_nothing(_message: Message) -> None:
    """Where an answer goes that nobody will hear."""


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _answer(send: Send, status: int, says: Message) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(says).encode()})
