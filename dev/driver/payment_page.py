"""The customer at LINE Pay: presses a button on the payment page and goes where its answer leads."""

from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx

from dev.driver.telling import NOBODY, Audience


class PaymentFailed(AssertionError):
    """The page did not do what its button says."""


class PaymentPage:
    """A browser that follows LINE Pay's redirect to the shop with one plain GET, as phones do."""

    def __init__(self, audience: Audience = NOBODY) -> None:
        self._audience = audience
        self._client = httpx.AsyncClient(trust_env=False, timeout=60.0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def approve(self, payment_url: str) -> httpx.Response:
        """Pays and returns to the shop: its page."""
        return await self._return(await self.press(payment_url, "approve"))

    async def approve_and_leave(self, payment_url: str) -> str:
        """Pays and closes the window before the shop's page opens: where it would have led."""
        return await self.press(payment_url, "approve")

    async def cancel(self, payment_url: str) -> httpx.Response:
        return await self._return(await self.press(payment_url, "cancel"))

    async def decline(self, payment_url: str) -> httpx.Response | None:
        """The card or the balance is refused; returns to the shop if LINE Pay sends the browser there."""
        leads_to = await self.press(payment_url, "decline")
        return await self._return(leads_to) if leads_to else None

    async def press(self, payment_url: str, button: str) -> str:
        """Opens the page and presses a button: the address that the browser is sent to, or nothing."""
        await self._audience.ready()
        page = await self._client.get(payment_url)
        if page.status_code >= 400:
            raise PaymentFailed(f"the payment page answered {page.status_code}: {page.text[:200]}")
        answer = await self._client.post(f"{str(page.url).rstrip('/')}/{button}")
        if answer.status_code >= 400:
            raise PaymentFailed(f"{button} answered {answer.status_code}: {answer.text[:200]}")
        self._audience.hear(f"LINE Pay ▸ [{button}]", link=str(page.url))
        location = answer.headers.get("location", "")
        return urljoin(str(answer.url), location) if location else ""

    async def lose_answer(self, payment_url: str) -> httpx.Response:
        """Pays and returns; LINE Pay takes the money when the shop confirms, and its answer never arrives."""
        return await self._return(await self.press(payment_url, "lose-answer"))

    async def visit(self, address: str) -> httpx.Response:
        """Opens the shop's page, whatever it answers."""
        await self._audience.ready()
        answer = await self._client.get(address)
        self._audience.hear(f"browser ▸ the shop's page → {answer.status_code}", link=address)
        return answer

    async def _return(self, leads_to: str) -> httpx.Response:
        if not leads_to:
            raise PaymentFailed("LINE Pay sent the browser nowhere")
        answer = await self._client.get(leads_to)
        self._audience.hear(f"browser ▸ back to the shop → {answer.status_code}", link=leads_to)
        if answer.status_code >= 400:
            raise PaymentFailed(f"the shop's page answered {answer.status_code}")
        return answer
