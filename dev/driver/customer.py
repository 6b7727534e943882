"""A customer of the shop who writes, reads and taps, through the control API of the LINE stand-in.

Reading goes forward only: `wait_for` finds the next message that fits and continues after it, so that an old
answer never passes for a new one.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote

import httpx

from dev.driver.telling import NOBODY, Audience, brief
from dev.standins import line_reading

JsonObject = dict[str, Any]

POLL_SECONDS = 10.0


@dataclass(frozen=True)
class Message:
    """One message that the customer sees. `raw` is LINE's JSON."""

    index: int
    via: str
    raw: JsonObject

    @property
    def from_shop(self) -> bool:
        return self.via in {"reply", "push", "multicast"}

    @property
    def words(self) -> str:
        return line_reading.words(self.raw)

    @property
    def labels(self) -> list[str]:
        return [button.label or button.shown[0] for button in line_reading.buttons(self.raw) if button.shown]

    @property
    def links(self) -> list[str]:
        return line_reading.links(self.raw)

    @property
    def everything(self) -> str:
        """All that a person could point at: words and buttons, with what they write into the chat."""
        shown = [words for button in line_reading.buttons(self.raw) for words in button.shown]
        return "\n".join([self.words, *shown])


def anything(_message: Message) -> bool:
    """Whatever the shop says next."""
    return True


Wanted = str | Callable[[Message], bool]


class NotSeen(AssertionError):
    """The message did not come in time; says what came instead."""


class Refused(AssertionError):
    """The stand-in could not do it: no such button, or the shop did not take the event."""


class Customer:
    """One person's phone. Close it with `aclose`, or use it as a context manager."""

    def __init__(self, base_url: str, user_id: str, name: str = "", audience: Audience = NOBODY) -> None:
        self.user_id = user_id
        self.name = name
        self._audience = audience
        self._read = 0
        self._client = httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=60.0)

    @classmethod
    async def create(
        cls,
        base_url: str,
        name: str = "王小明",
        *,
        language: str = "zh-TW",
        follow: bool = True,
        audience: Audience = NOBODY,
    ) -> Self:
        """A new person with LINE, who adds the shop as a friend unless told not to."""
        async with httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=60.0) as client:
            wish = {"displayName": name, "language": language, "follow": follow}
            created = _checked(await client.post("/_local/line/customers", json=wish), "a new customer")
        _taken(created, "follow")
        return cls(base_url, created["user_id"], name, audience)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def say(self, text: str, **manner: Any) -> JsonObject:
        """Writes a message. `manner`: signature, copies, standby, as the control API takes them."""
        await self._tell(f"▸ {text}")
        return await self._do("text", {"text": text, **manner})

    async def tap(self, label: str, **manner: Any) -> JsonObject:
        """Taps the newest button that shows these words; a link's address is `opens` in the answer."""
        await self._tell(f"▸ [{label}]")
        return await self._do("tap", {"label": label, **manner})

    async def tap_menu(self, area: int) -> JsonObject:
        """Taps an area of the rich menu, counted from 0."""
        await self._tell(f"▸ [menu {area + 1}]")
        return await self._do("tap", {"area": area})

    async def follow(self) -> JsonObject:
        await self._tell("▸ (adds the shop as a friend)")
        return await self._do("follow", {})

    async def block(self) -> JsonObject:
        await self._tell("▸ (blocks the shop)")
        return await self._do("unfollow", {})

    async def photo(self) -> JsonObject:
        await self._tell("▸ (photo)")
        return await self._do("image", {})

    async def sticker(self) -> JsonObject:
        await self._tell("▸ (sticker)")
        return await self._do("sticker", {})

    async def redeliver(self, event_id: str) -> JsonObject:
        """LINE sends this customer's event once more."""
        response = await self._client.post(f"/_local/line/events/{event_id}/redeliver", json={})
        return _checked(response, f"redelivery of {event_id}")

    async def chat(self) -> list[Message]:
        """The whole chat, without what never reached the phone."""
        return await self._entries(0, 0.0)

    async def wait_for(self, wanted: Wanted, timeout: float = 20.0) -> Message:
        """The shop's next message that contains these words, in its text or on a button, or fits the test."""
        fits = (lambda message: wanted in message.everything) if isinstance(wanted, str) else wanted
        began = time.monotonic()
        ends = began + timeout
        position, passed = self._read, list[Message]()
        while True:
            left = ends - time.monotonic()
            for message in await self._entries(position, max(0.0, min(POLL_SECONDS, left))):
                position = message.index + 1
                if message.from_shop:
                    if fits(message):
                        self._read = position
                        seconds = time.monotonic() - began
                        said = f"{self.name} ◂ {brief(message.words, message.labels)} ({seconds:.1f} s)"
                        self._audience.hear(said, self.user_id)
                        return message
                    passed.append(message)
            if left <= 0:
                raise NotSeen(_nothing_fits(wanted, passed, timeout))

    async def new_messages(self, quiet_seconds: float = 0.0) -> list[Message]:
        """What the shop has written since this customer last read, after waiting so long for more."""
        if quiet_seconds:
            await asyncio.sleep(quiet_seconds)
        entries = await self._entries(self._read, 0.0)
        if entries:
            self._read = entries[-1].index + 1
        return [message for message in entries if message.from_shop]

    async def links(self) -> list[str]:
        """Every address on the buttons of the chat, the newest message's first."""
        return [
            link for message in reversed(await self.chat()) if message.from_shop for link in message.links
        ]

    async def _entries(self, since: int, wait: float) -> list[Message]:
        response = await self._client.get(
            f"/_local/line/chats/{self.user_id}", params={"since": since, "wait": wait}
        )
        found = _checked(response, "reading the chat")["entries"]
        return [
            Message(entry["index"], entry["via"], entry["message"])
            for entry in found
            if entry["delivered"] and not entry["unsent"]
        ]

    async def _tell(self, act: str) -> None:
        """Before an act: waits for whoever follows it, and says what comes."""
        await self._audience.ready()
        self._audience.hear(f"{self.name} {act}", self.user_id)

    async def _do(self, what: str, body: JsonObject) -> JsonObject:
        response = await self._client.post(f"/_local/line/customers/{quote(self.user_id)}/{what}", json=body)
        done = _checked(response, f"{what} {body}")
        if body.get("signature", "good") == "good":
            _taken(done, f"{what} {body}")
        return done


def _taken(done: JsonObject, what: str) -> None:
    if not all(status is not None and 200 <= status < 300 for status in done["statuses"]):
        raise Refused(f"the shop answered {done['statuses']} to {what}")


def _checked(response: httpx.Response, what: str) -> JsonObject:
    if response.status_code >= 400:
        raise Refused(f"{what}: {response.status_code} {response.text[:300]}")
    return dict(response.json())


def _nothing_fits(wanted: Wanted, passed: list[Message], timeout: float) -> str:
    name = repr(wanted) if isinstance(wanted, str) else "what was waited for"
    came = " | ".join(message.everything.replace("\n", " ")[:120] for message in passed) or "nothing"
    return f"no {name} within {timeout:g} s; the shop wrote: {came}"
