"""The back offices' door: whose event is it, may that source say it, and was it said before?

The id and the hash of the body are stored before the event is handed on, and a duplicate is handed on again,
so a crash between the two loses nothing (G1). The same id with another body is refused (G7).
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from storefront.adapters.http_api import LARGEST_BODY
from storefront.adapters.signatures import is_from_back_office
from storefront.contracts.back_office import NotAnEvent, check_data, envelope
from storefront.domain.casework import ReceivedEvent
from storefront.domain.errors import Conflict
from storefront.services.ports import Jobs, Metrics, Put, Store

REFRESH_AT_MOST_EVERY: Final = timedelta(seconds=60)


@dataclass(frozen=True)
class Taken:
    """The door's answer: an HTTP status and why."""

    status: int
    reason: str


class BackOfficeDoor:
    """Takes events. `sources` gives, by source, its secrets and the event types that it may send."""

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        sources: Callable[[bool], Mapping[str, Any]],
        clock: Callable[[], datetime],
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._sources = sources
        self._clock = clock
        self._metrics = metrics
        self._refreshed_at: datetime | None = None

    def take(self, source: str, headers: Mapping[str, str], body: bytes) -> Taken:
        """Check, store and hand on one event."""
        if len(body) > LARGEST_BODY:
            return Taken(413, "body over 256 KB")
        now = self._clock()
        known = self._sources(False).get(source)
        proven = known is not None and _proves(known, headers, body, now)
        if not proven and self._may_ask_again(now):
            # A new source, or one whose secret was rotated: the kept value may be minutes old (X9).
            known = self._sources(True).get(source)
            proven = known is not None and _proves(known, headers, body, now)
        if known is None:
            return Taken(404, "no such source")
        message_id = headers.get("webhook-id")
        if not proven or message_id is None:
            self._metrics.count("BackOfficeSignatureRefused")
            return Taken(401, "the signature does not prove that this source sent it now")
        try:
            event = envelope(body)
        except NotAnEvent as refused:
            return Taken(400, str(refused))
        if not _may_say(known, event.type):
            self._metrics.count("BackOfficeScopeRefused")
            return Taken(403, f"type: {source} may not send {event.type}")
        try:
            check_data(event)
        except NotAnEvent as refused:
            return Taken(400, str(refused))
        received = ReceivedEvent(
            source=source,
            event_id=message_id,
            body_hash=hashlib.sha256(body).hexdigest(),
            body=body.decode(),
            received_at=now,
        )
        try:
            self._store.commit(Put(received))
        except Conflict:
            stored = self._store.read(ReceivedEvent, source, message_id)
            if stored is not None and stored.body_hash != received.body_hash:
                self._metrics.count("BackOfficeIdReused")
                return Taken(409, "id: was taken with another body")
        self._jobs.settle_event(source, message_id, event.subject or event.type)
        return Taken(202, "taken")

    def _may_ask_again(self, now: datetime) -> bool:
        """At most once a minute, so that forgeries cannot keep the secret store busy."""
        if self._refreshed_at is not None and now - self._refreshed_at < REFRESH_AT_MOST_EVERY:
            return False
        self._refreshed_at = now
        return True


def _proves(source: Mapping[str, Any], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    return is_from_back_office(
        body,
        headers.get("webhook-id"),
        headers.get("webhook-timestamp"),
        headers.get("webhook-signature"),
        source["secrets"],
        int(now.timestamp()),
    )


def _may_say(source: Mapping[str, Any], event_type: str) -> bool:
    """Scopes are event types, `*` for all, or a prefix such as `order.*` (X8)."""
    return any(
        scope in {"*", event_type} or (scope.endswith("*") and event_type.startswith(scope[:-1]))
        for scope in source["types"]
    )
