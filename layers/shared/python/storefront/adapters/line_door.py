"""The webhook's door: LINE's signature, and each event on the queue of its chat. Imports no SDK but boto3's."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from storefront.adapters.signatures import is_from_line
from storefront.domain.conversation import customer_id_of
from storefront.language.intents import queue_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH: Final = 10
SEND_TRIES: Final = 2
REFRESH_AT_MOST_EVERY: Final = timedelta(seconds=60)


class LineDoor:
    """Takes webhook requests; `channel` gives the channel's secret, asked for anew after a rotation."""

    def __init__(
        self,
        client: "SQSClient",
        queues: Mapping[str, str],
        channel: Callable[[bool], Mapping[str, Any]],
        clock: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._queues = queues
        self._channel = channel
        self._clock = clock
        self._refreshed_at: datetime | None = None

    def is_from_line(self, body: bytes, signature: str | None) -> bool:
        """Whether LINE signed these bytes; one look for a rotated secret, at most every minute (X2, X9)."""
        if is_from_line(body, signature, _secrets(self._channel(False))):
            return True
        now = self._clock()
        if not signature or (
            self._refreshed_at is not None and now - self._refreshed_at < REFRESH_AT_MOST_EVERY
        ):
            return False
        self._refreshed_at = now
        return is_from_line(body, signature, _secrets(self._channel(True)))

    @staticmethod
    def events_of(body: bytes) -> list[Mapping[str, Any]]:
        """The events of a request.

        Raises:
            ValueError: LINE never sends such a body.
        """
        try:
            parsed = json.loads(body)
        except RecursionError as deep:
            raise ValueError("nested too deeply") from deep
        events = parsed.get("events") if isinstance(parsed, dict) else None
        if not isinstance(events, list):
            raise ValueError("no list of events")
        return [event for event in events if isinstance(event, dict)]

    def enqueue(self, events: Sequence[Mapping[str, Any]]) -> int:
        """Put each event of a chat on its queue; returns how many could not be put there (A5)."""
        received_at = self._clock().isoformat()
        entries: dict[str, list[dict[str, Any]]] = {}
        for queue, entry in _entries(events, received_at):
            entries.setdefault(queue, []).append(entry)
        return sum(
            self._send(
                self._queues[queue], [{**entry, "Id": str(place)} for place, entry in enumerate(batch)]
            )
            for queue, waiting in entries.items()
            for batch in batched(waiting, BATCH, strict=False)
        )

    def _send(self, queue_url: str, entries: list[dict[str, Any]]) -> int:
        for _ in range(SEND_TRIES):
            answer = self._client.send_message_batch(QueueUrl=queue_url, Entries=entries)  # type: ignore[arg-type]
            failed = {failure["Id"] for failure in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries:
                return 0
        return len(entries)


def _secrets(channel: Mapping[str, Any]) -> Iterator[str]:
    for name in ("channelSecret", "previousChannelSecret"):
        if channel.get(name):
            yield str(channel[name])


def _entries(events: Sequence[Mapping[str, Any]], received_at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Queue and message of each event that has a chat and an id; LINE's bookkeeping events have neither."""
    for event in events:
        source, event_id = event.get("source"), event.get("webhookEventId")
        if not isinstance(source, dict) or not isinstance(event_id, str):
            continue
        shared = source.get("groupId") or source.get("roomId")
        chat = shared or source.get("userId")
        if not isinstance(chat, str) or not chat:
            continue
        yield (
            # Orders are never spoken of in a group, so what is said there is no question about one.
            "inquiry" if shared else queue_of(event),
            {
                "MessageBody": json.dumps({"receivedAt": received_at, "event": event}, ensure_ascii=True),
                "MessageGroupId": customer_id_of(chat),
                "MessageDeduplicationId": hashlib.sha256(event_id.encode("utf-8", "replace")).hexdigest(),
            },
        )
