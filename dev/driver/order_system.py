"""The order system of the local run, as its shopkeeper sees it: which events of an order have arrived."""

import asyncio
import time
from typing import Any

import httpx

JsonObject = dict[str, Any]

POLL_SECONDS = 0.3


class NotTold(AssertionError):
    """The order system did not hear what it was to hear."""


class OrderSystem:
    """Reads the events that the shop has sent to the local run's own order system."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=60.0)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def events_of(self, order_number: str) -> list[JsonObject]:
        """Proven events of one order, in order of arrival."""
        answer = await self._client.get("/_local/order-system")
        return [
            received["event"]
            for received in answer.json()["events"]
            if received["proven"] and received["event"].get("subject") == order_number
        ]

    async def wait_for(self, order_number: str, *types: str, timeout: float) -> list[JsonObject]:
        """Until exactly these types of events, in this order, have arrived for one order."""
        ends = time.monotonic() + timeout
        while True:
            events = await self.events_of(order_number)
            heard = [event["type"] for event in events]
            if heard == list(types):
                return events
            if time.monotonic() > ends:
                raise NotTold(
                    f"the order system heard {heard or 'nothing'} of {order_number}, not {list(types)}"
                )
            await asyncio.sleep(POLL_SECONDS)
