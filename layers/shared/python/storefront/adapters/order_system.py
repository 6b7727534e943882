"""The shop's order system: signed events by HTTP POST (CloudEvents body, Standard Webhooks signature)."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime
from typing import Final

import urllib3

from storefront.domain.outbox import OrderEvent

TIMEOUT: Final = urllib3.Timeout(connect=3.0, read=10.0)


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, keyed by the base64 after `whsec_`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class HttpOrderSystem:
    """Posts events to `url`; an empty address means that events are kept and shown, not sent."""

    def __init__(self, url: str, secret: Callable[[], str]) -> None:
        self._url = url
        self._secret = secret
        self._pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT)

    def is_configured(self) -> bool:
        return bool(self._url)

    def post(self, event: OrderEvent, at: datetime) -> bool:
        """Whether the order system has taken the event: any 2xx, nothing else."""
        body = event.body.encode()
        timestamp = int(at.timestamp())
        headers = {
            "content-type": "application/cloudevents+json",
            "webhook-id": event.event_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self._secret(), event.event_id, timestamp, body),
        }
        try:
            answer = self._pool.request("POST", self._url, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError:
            return False
        return 200 <= answer.status < 300
