"""Whether a request was signed as it has to be, judged again from the bytes on the wire, and how that is checked."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Final

from dev.driver.back_office import sign
from dev.page.hops import Hop, Verdict

TOLERANCE_SECONDS: Final = 300
LONGEST_STAMP: Final = 15
"""Digits that seconds since 1970 can have; more than that is no time."""

Judged = tuple[Verdict, str]


def judge_webhook(hop: Hop, channel_secret: str) -> Judged:
    """LINE's: an HMAC over the body, and nothing but the body."""
    given = hop.header("x-line-signature")
    if not given:
        return Verdict.MISSING, "line"
    due = base64.b64encode(
        hmac.new(channel_secret.encode(), hop.request_body, hashlib.sha256).digest()
    ).decode()
    return (Verdict.GOOD if hmac.compare_digest(due.encode(), given.encode()) else Verdict.BAD), "line"


def judge_standard_webhook(hop: Hop, secret: str | None, now: float, checked: str) -> Judged:
    """Standard Webhooks: an HMAC over id, time and body, of a time close to now (seconds since 1970)."""
    webhook_id, stamp, given = (hop.header(f"webhook-{name}") for name in ("id", "timestamp", "signature"))
    if not webhook_id or not stamp or not given:
        return Verdict.MISSING, checked
    if secret is None:
        return Verdict.BAD, checked
    due = sign(secret, webhook_id, stamp, hop.request_body)["webhook-signature"]
    if not any(hmac.compare_digest(due.encode(), each.encode()) for each in given.split(" ")):
        return Verdict.BAD, checked
    readable = stamp.isascii() and stamp.isdigit() and len(stamp) <= LONGEST_STAMP
    fresh = readable and abs(now - int(stamp)) <= TOLERANCE_SECONDS
    return (Verdict.GOOD if fresh else Verdict.STALE), checked


def judge_bearer(hop: Hop, authorised: Callable[[str | None], bool]) -> Judged:
    """Calls to LINE carry an access token that LINE gave out."""
    given = hop.header("authorization")
    if not given:
        return Verdict.MISSING, "bearer"
    return (Verdict.GOOD if authorised(given) else Verdict.BAD), "bearer"
