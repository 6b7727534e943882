"""What LINE Pay's stand-in has in its books, and what may go wrong with its next calls."""

import asyncio
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

JsonObject = dict[str, Any]

POLL_SECONDS = 0.3


class NotInTheBooks(AssertionError):
    """LINE Pay's stand-in holds something else than was waited for."""


class LinePayBooks:
    """LINE Pay's side of the shop's payments, through the control API of the stand-in."""

    def __init__(self, base_url: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{base_url}/_local/line-pay", trust_env=False, timeout=60.0
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def payment(self, payment_url: str) -> JsonObject:
        """The transaction that a payment link belongs to: state, amount, refunds."""
        path = urlsplit(payment_url).path
        for payment in await self._transactions():
            if path.endswith(payment["pagePath"]):
                return payment
        raise NotInTheBooks(f"LINE Pay has no payment page {path}")

    async def payments_of(self, order_number: str) -> list[JsonObject]:
        """All transactions that were opened for one order, oldest first."""
        return [each for each in await self._transactions() if each["orderId"].startswith(order_number)]

    async def captured(self, order_number: str) -> int:
        """What LINE Pay took for one order, in all of its transactions."""
        payments = await self.payments_of(order_number)
        return sum(int(each["amount"]) for each in payments if each["state"] == "confirmed")

    async def refunded(self, order_number: str) -> int:
        """What LINE Pay gave back for one order."""
        payments = await self.payments_of(order_number)
        return sum(int(refund["amount"]) for each in payments for refund in each["refunds"])

    async def wait_until_refunded(self, order_number: str, amount: int, timeout: float) -> None:
        """Until LINE Pay has given back so much."""
        ends = time.monotonic() + timeout
        while await self.refunded(order_number) != amount:
            if time.monotonic() > ends:
                refunded = await self.refunded(order_number)
                raise NotInTheBooks(f"{refunded} of {order_number} is refunded, not {amount}")
            await asyncio.sleep(POLL_SECONDS)

    async def calls(self, payment: JsonObject, ending: str) -> list[JsonObject]:
        """The shop's calls about one transaction whose path ends so, such as `/confirm`."""
        answer = await self._client.get("/wire")
        path = f"/{payment['transactionId']}{ending}"
        hops: list[JsonObject] = answer.json()["hops"]
        return [hop for hop in hops if hop["direction"] == "api" and hop["path"].endswith(path)]

    async def fault(self, call: str, **fault: Any) -> None:
        """The next call of that kind goes wrong: `effect`, `seconds`, `reply`, `code`, `times`, `transactionId`."""
        answer = await self._client.post("/faults", json={"call": call, **fault})
        if answer.status_code >= 400:
            raise NotInTheBooks(answer.text)

    async def _transactions(self) -> list[JsonObject]:
        answer = await self._client.get("/transactions")
        found: list[JsonObject] = answer.json()["transactions"]
        return found
