"""The shop's own person at the replay desk: what waits, what would go out, replaying and dismissing."""

import asyncio
import time
from typing import Any

import httpx

from dev.driver.telling import NOBODY, Audience

JsonObject = dict[str, Any]

POLL_SECONDS = 0.3


class NotAtTheDesk(AssertionError):
    """The desk refused, or an event does not stand there as was waited for."""


class ReplayDesk:
    """Asks the operator's desk of the local run, as its page and `make desk` do."""

    def __init__(self, base_url: str, audience: Audience = NOBODY) -> None:
        self._audience = audience
        self._client = httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=60.0)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def waiting(self, timeout: float, event_id: str, source: str = "wms") -> JsonObject:
        """The event's line in the list of what waits, as soon as it stands there."""
        name, ends = f"events:{source}:{event_id}", time.monotonic() + timeout
        while True:
            for item in (await self._ask("events"))["events"]:
                if item["id"] == name:
                    self._audience.hear(f"the desk ◂ {item['kind']}: {item['why']}")
                    return dict(item)
            if time.monotonic() > ends:
                raise NotAtTheDesk(f"{name} does not wait at the desk")
            await asyncio.sleep(POLL_SECONDS)

    async def show(self, item: JsonObject) -> JsonObject:
        return dict((await self._ask("event", id=item["id"]))["event"])

    async def replay(self, item: JsonObject, note: str) -> None:
        """Replay it; an event whose own next try comes first has nothing to be refused for."""
        try:
            await self._act("replay_event", item, note)
        except NotAtTheDesk:
            if (await self.show(item))["kind"] not in {"applied", "under_way"}:
                raise

    async def dismiss(self, item: JsonObject, note: str) -> None:
        await self._act("dismiss_event", item, note)

    async def becomes(self, item: JsonObject, kind: str, timeout: float) -> JsonObject:
        """The event, once it is so."""
        ends = time.monotonic() + timeout
        while True:
            shown = await self.show(item)
            if shown["kind"] == kind:
                return shown
            if time.monotonic() > ends:
                raise NotAtTheDesk(f"{item['id']} is {shown['kind']}, not {kind}")
            await asyncio.sleep(POLL_SECONDS)

    async def _act(self, task: str, item: JsonObject, note: str) -> None:
        await self._audience.ready()
        await self._ask(task, id=item["id"], note=note)
        self._audience.hear(f"the desk ▸ {task.partition('_')[0]} {item['type']}: {note}")

    async def _ask(self, task: str, **more: str) -> JsonObject:
        answer = await self._client.post("/_local/page/operator", json={"task": task, **more})
        told: JsonObject = answer.json()
        if answer.status_code != 200 or "refused" in told:
            raise NotAtTheDesk(f"{task}: {told}")
        return told
