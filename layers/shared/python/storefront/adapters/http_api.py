"""Requests and answers of API Gateway's HTTP API (payload format 2.0). Standard library only: doors import it."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LARGEST_BODY: Final = 256 * 1024
"""Bytes; nothing that LINE or a back office sends is larger, so more is refused before any work (X14)."""

type Answer = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """What a caller sent: header names in lower case, the body as the exact bytes that were signed."""

    headers: Mapping[str, str]
    body: bytes
    path_parameters: Mapping[str, str]
    query: Mapping[str, str]

    @property
    def is_too_large(self) -> bool:
        return len(self.body) > LARGEST_BODY


def request_of(event: Mapping[str, Any]) -> Request:
    """The request behind an event; a body that claims to be base64 and is not counts as empty."""
    text = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            body = b""
    else:
        body = text.encode("utf-8", "surrogatepass")
    return Request(
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
        body=body,
        path_parameters=event.get("pathParameters") or {},
        query=event.get("queryStringParameters") or {},
    )


def count_in(text: str | None) -> int:
    """A count of up to four digits that a page of ours put into its own address; 0 for anything else (K13)."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 4 else 0


def answer(status: int, body: Mapping[str, object] | None = None) -> Answer:
    """A JSON answer to a machine."""
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body or {}, ensure_ascii=False),
    }


def page(html: str, headers: Mapping[str, str], status: int = 200) -> Answer:
    """An HTML answer to a person."""
    return {
        "statusCode": status,
        "headers": {"content-type": "text/html; charset=utf-8", **headers},
        "body": html,
    }
