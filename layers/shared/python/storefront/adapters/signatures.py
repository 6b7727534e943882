"""Proofs of origin: LINE's webhook signature and Standard Webhooks. Standard library only: doors import it.

Both compare bytes in constant time; a header that is missing, malformed or not ASCII is simply no proof (K10, K11).
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Final

TOLERANCE_SECONDS: Final = 300
"""How far a back office's clock may be off, in both directions."""

_TIMESTAMP: Final = re.compile(r"[0-9]{1,12}")
_MESSAGE_ID: Final = re.compile(r"[!-~](?:[ -~]{0,198}[!-~])?")
"""Ids become keys of rows: printable ASCII, 200 characters at most."""

_MOST_SIGNATURES: Final = 10


def is_from_line(body: bytes, signature: str | None, channel_secrets: Iterable[str]) -> bool:
    """Whether `signature` is LINE's over these exact bytes, under the current or the previous secret (X1, X2)."""
    given = (signature or "").encode("utf-8", "replace")
    proven = False
    for secret in channel_secrets:
        expected = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
        proven |= hmac.compare_digest(expected, given)
    return proven


def is_from_back_office(
    body: bytes,
    message_id: str | None,
    timestamp: str | None,
    signatures: str | None,
    secrets: Iterable[str],
    now_seconds: int,
) -> bool:
    """Whether a Standard Webhooks signature proves the body under one of `secrets`; `now_seconds` since 1970.

    Several signatures in one header allow a sender to rotate its secret; only the symmetric version v1 counts.
    """
    if not message_id or not timestamp or not signatures:
        return False
    if not _MESSAGE_ID.fullmatch(message_id) or not _TIMESTAMP.fullmatch(timestamp):
        return False
    if abs(now_seconds - int(timestamp)) > TOLERANCE_SECONDS:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    parts = signatures.split(" ")[:_MOST_SIGNATURES]
    if any(part.count(",") > 1 for part in parts):
        return False  # the header came more than once, and somebody on the way has joined the two
    given = [part.removeprefix("v1,").encode("utf-8", "replace") for part in parts if part.startswith("v1,")]
    proven = False
    for secret in secrets:
        key = _key(secret)
        if key is None:
            continue
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
        for signature in given:
            proven |= hmac.compare_digest(expected, signature)
    return proven


def _key(secret: str) -> bytes | None:
    """The bytes of a secret; an empty one is none, for everybody knows it."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True) or None
    except (binascii.Error, ValueError):
        return None
