"""A back office's door as anybody can reach it: one address, one secret, and whatever one likes to send."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx

from dev.driver.back_office import sign

type Json = dict[str, Any]
type Headers = Sequence[tuple[str, str | bytes]]

SECONDS_TO_ANSWER: Final = 15.0


class Unreachable(Exception):
    """Nobody answers at the address; the message is one line."""


@dataclass(frozen=True)
class Answer:
    """What came back. `reason` is what the body gives as such, or None."""

    status: int
    reason: str | None
    body: str
    seconds: float


@dataclass(frozen=True)
class Address:
    """`https://…/hooks/` and the name of a source, from whatever of it was given."""

    hooks: str
    source: str

    @classmethod
    def of(cls, url: str, source: str = "") -> "Address":
        """From the shop's address, the stack's HooksUrl, or a source's own; a named source wins.

        Raises:
            ValueError: it is no http address.
        """
        parts = urlsplit(url.strip())
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{url} is no address that begins with https://")
        before, hooks, after = parts.path.rstrip("/").partition("/hooks")
        base = f"{parts.scheme}://{parts.netloc}{before if hooks else parts.path.rstrip('/')}/hooks/"
        return cls(base, source or after.strip("/") or "wms")

    @property
    def url(self) -> str:
        return self.hooks + quote(self.source, safe="")


class Door:
    """Sends to one source of one shop, by the shop's own clock; `transport` stands in for the network in tests."""

    def __init__(self, address: Address, secret: str, transport: httpx.BaseTransport | None = None) -> None:
        self.address = address
        self.secret = secret
        self.clock_ahead = 0.0
        """Seconds by which the shop's clock is ahead of ours."""
        here = urlsplit(address.hooks).hostname in {"127.0.0.1", "localhost", "::1"}
        self._client = httpx.Client(
            timeout=SECONDS_TO_ANSWER, trust_env=not here, follow_redirects=False, transport=transport
        )

    def __enter__(self) -> "Door":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def now(self) -> int:
        """Seconds since 1970 by the shop's clock."""
        return int(time.time() + self.clock_ahead)

    def compare_clocks(self) -> None:
        """Read the shop's clock from an answer's `date`, if it tells.

        Raises:
            Unreachable: nobody answers.
        """
        answer = self._ask("GET", self.address.url, (), b"")
        if told := answer.headers.get("date"):
            self.clock_ahead = parsedate_to_datetime(told).timestamp() + 0.5 - time.time()

    def headers(
        self, body: bytes, event_id: str, *, at: int | None = None, secret: str = ""
    ) -> dict[str, str]:
        """The three signed headers, by this source's secret and for now unless told otherwise."""
        return sign(secret or self.secret, event_id, self.now() if at is None else at, body)

    def send(self, event: Json, **changes: Any) -> Answer:
        """A signed event; `changes` as for `headers`."""
        body = encoded(event)
        return self.post(body, self.headers(body, str(event["id"]), **changes))

    def post(
        self,
        body: bytes,
        headers: Mapping[str, str | bytes] | Headers,
        *,
        source: str | None = None,
        method: str = "POST",
        content_type: str = "application/cloudevents+json",
    ) -> Answer:
        """Any request to the door.

        Raises:
            Unreachable: nobody answers.
        """
        url = self.address.url if source is None else self.address.hooks + quote(source, safe="")
        pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
        began = time.monotonic()
        answer = self._ask(method, url, [("content-type", content_type), *pairs], body)
        return Answer(answer.status_code, _reason(answer), answer.text[:200], time.monotonic() - began)

    def _ask(self, method: str, url: str, headers: Headers, body: bytes) -> httpx.Response:
        raw = [
            (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers
        ]
        try:
            return self._client.request(method, url, headers=raw, content=body)
        except httpx.HTTPError as failed:
            raise Unreachable(f"{method} {url}: {type(failed).__name__} {failed}".strip()) from failed


def encoded(event: Json) -> bytes:
    """The bytes of an event, which are what is signed and sent."""
    return json.dumps(event, ensure_ascii=False).encode()


def _reason(answer: httpx.Response) -> str | None:
    try:
        told = answer.json()
    except ValueError:
        return None
    reason = told.get("reason") if isinstance(told, dict) else None
    return reason if isinstance(reason, str) and reason else None
