"""A back office that tells the shop about parcels, stock and refunds in signed CloudEvents."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

import httpx

from dev.driver.telling import NOBODY, Audience

JsonObject = dict[str, Any]

# The local run's own secrets, valid nowhere else.
LOCAL_SECRETS = {
    "wms": "whsec_ZGV2LWJhY2stb2ZmaWNlLXNlY3JldC0wMDAwMDE=",
    "shop": "whsec_ZGV2LXNob3Atc2VjcmV0LTAwMDAwMDAwMDAwMDAwMg==",
}


def sign(secret: str, webhook_id: str, timestamp: int | str, body: bytes) -> dict[str, str]:
    """The Standard Webhooks headers over exactly this body; the key is what follows `whsec_`, in base 64.

    A `timestamp` in seconds since 1970, or any text in its place: what a test of a door needs.
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{webhook_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": f"v1,{signature}",
    }


@dataclass(frozen=True)
class Taken:
    """What the shop answered to an event, and the event itself, to send it again."""

    status: int
    body: str
    event: JsonObject


class BackOffice:
    """One source of events, `wms` or `shop`."""

    def __init__(
        self,
        base_url: str,
        source: str = "wms",
        secret: str | None = None,
        audience: Audience = NOBODY,
    ) -> None:
        self._audience = audience
        self.source = source
        self._secret = secret or LOCAL_SECRETS[source]
        self._client = httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=60.0)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._client.aclose()

    async def send(
        self, event: JsonObject, *, secret: str | None = None, age_seconds: int = 0, signed: bool = True
    ) -> Taken:
        """Posts an event as it is; the same event again is a duplicate delivery.

        What the shop has to refuse: another `secret`, a signature of `age_seconds` ago, or none at all.
        """
        await self._audience.ready()
        body = json.dumps(event, ensure_ascii=False).encode()
        headers = sign(secret or self._secret, str(event["id"]), int(time.time()) - age_seconds, body)
        if not signed:
            del headers["webhook-signature"]
        response = await self._client.post(
            f"/hooks/{self.source}",
            content=body,
            headers={"content-type": "application/cloudevents+json", **headers},
        )
        about = event.get("subject") or event["data"].get("sku") or ""
        status = event["data"].get("status") or ""
        self._audience.hear(f"{self.source} ▸ {event['type']} {about} {status} → {response.status_code}")
        return Taken(response.status_code, response.text, event)

    def event(
        self, kind: str, subject: str | None, data: JsonObject, happened: datetime | None = None
    ) -> JsonObject:
        """A CloudEvent with an id of its own, at this moment unless told otherwise."""
        return {
            "specversion": "1.0",
            "id": f"evt-{secrets.token_hex(12)}",
            "source": f"/{self.source}",
            "type": kind,
            "time": (happened or datetime.now(UTC)).isoformat(),
            "datacontenttype": "application/json",
            **({"subject": subject} if subject is not None else {}),
            "data": data,
        }

    async def shipment_status(
        self,
        order_number: str,
        status: str,
        shipment_id: str = "S1",
        happened: datetime | None = None,
        **details: Any,
    ) -> Taken:
        """`details`: carrier, trackingNumber, trackingUrl, store, items, note."""
        data = {"shipmentId": shipment_id, "status": status, **details}
        return await self.send(self.event("shipment.status.v1", order_number, data, happened))

    async def order_placed(self, number: str, phone: str, **details: Any) -> Taken:
        """An order from elsewhere: two boxes of tea to a door, and whatever `details` say otherwise."""
        data = {
            "externalNumber": number,
            "currency": "TWD",
            "lines": [{"sku": "TEA-JAS", "name": "茉莉綠茶", "quantity": 2, "unitPrice": 180}],
            "shippingFee": 120,
            "total": 480,
            "delivery": {
                "method": "home",
                "recipient": {"name": "林小雨", "phone": phone},
                "address": "台北市大安區和平東路一段1號",
            },
            **details,
        }
        return await self.send(self.event("order.placed.v1", number, data))

    async def stock_level(self, sku: str, on_hand: int, version: int) -> Taken:
        data = {"sku": sku, "onHand": on_hand, "version": version}
        return await self.send(self.event("stock.level.v1", None, data))

    async def product_changed(self, row: JsonObject, version: int) -> Taken:
        """`row` is a row of the catalogue."""
        return await self.send(self.event("product.changed.v1", None, {**row, "version": version}))

    async def decide(self, approval_id: str, decision: str, by: str, **prices: Any) -> Taken:
        """`prices`: unitPrices or total, with a counter."""
        data = {"approvalId": approval_id, "decision": decision, "by": by, **prices}
        return await self.send(self.event("quote.approval.decided.v1", None, data))

    async def cancel(self, order_number: str, reason: str) -> Taken:
        return await self.send(self.event("order.cancel.requested.v1", order_number, {"reason": reason}))

    async def refund(self, order_number: str, reason: str, amount: int | None = None) -> Taken:
        """Without an amount (in the currency's payable unit): all that is left."""
        data = {"reason": reason, **({"amount": amount} if amount is not None else {})}
        return await self.send(self.event("refund.requested.v1", order_number, data))
