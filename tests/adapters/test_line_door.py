"""The webhook's door and its queues: parts of a batch that fail are sent again, then LINE has to (A1, A5)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from storefront.adapters.line_door import REFRESH_AT_MOST_EVERY, SEND_TRIES, LineDoor

QUEUES = {"inquiry": "https://sqs/inquiry", "status": "https://sqs/status"}


@dataclass
class Sqs:
    """SQS that refuses some entries so many times; keeps what it took and every request."""

    refuse: dict[str, int] = field(default_factory=dict)
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.requests.append(len(Entries))
        failed = []
        for entry in Entries:
            event_id = json.loads(entry["MessageBody"])["event"]["webhookEventId"]
            if self.refuse.get(event_id, 0) > 0:
                self.refuse[event_id] -= 1
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
            else:
                self.taken.append((QueueUrl, entry))
        assert len({entry["Id"] for entry in Entries}) == len(Entries) <= 10
        return {"Failed": failed} if failed else {}


@dataclass
class Channel:
    """A secret store whose value changes, and the clock."""

    secret: str = "now"
    asked_again: int = 0
    at: datetime = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)

    def __call__(self, refresh: bool) -> Mapping[str, Any]:
        self.asked_again += refresh
        return {"channelSecret": self.secret}


def event(number: int, user: str = "U1") -> dict[str, Any]:
    return {"webhookEventId": f"E{number}", "source": {"userId": user}, "type": "message"}


def door(sqs: Sqs, channel: Channel | None = None) -> LineDoor:
    chosen = channel or Channel()
    return LineDoor(sqs, QUEUES, chosen, lambda: chosen.at)  # type: ignore[arg-type]


def test_eleven_events_are_two_batches() -> None:
    sqs = Sqs()
    assert door(sqs).enqueue([event(number) for number in range(11)]) == 0
    assert sqs.requests == [10, 1]
    assert len(sqs.taken) == 11


def test_only_what_was_refused_is_sent_again() -> None:
    sqs = Sqs(refuse={"E3": 1, "E5": 1})
    assert door(sqs).enqueue([event(number) for number in range(8)]) == 0
    assert sqs.requests == [8, 2]
    assert sorted(json.loads(entry["MessageBody"])["event"]["webhookEventId"] for _, entry in sqs.taken) == [
        f"E{number}" for number in range(8)
    ]


def test_what_stays_refused_is_counted_so_that_line_delivers_it_again() -> None:
    sqs = Sqs(refuse={"E1": SEND_TRIES, "E2": SEND_TRIES})
    assert door(sqs).enqueue([event(1), event(2), event(3)]) == 2
    assert len(sqs.taken) == 1


def test_nothing_to_enqueue_is_no_request() -> None:
    sqs = Sqs()
    assert door(sqs).enqueue([]) == 0
    assert sqs.requests == []


def test_the_same_customer_is_one_group_and_the_same_event_one_message() -> None:
    sqs = Sqs()
    door(sqs).enqueue([event(1), event(2), event(1, "U2")])
    groups = [entry["MessageGroupId"] for _, entry in sqs.taken]
    assert groups[0] == groups[1] != groups[2]
    ids = [entry["MessageDeduplicationId"] for _, entry in sqs.taken]
    assert ids[0] == ids[2] != ids[1]
    assert not any("U1" in group for group in groups)


def test_a_rotated_secret_is_asked_for_once_a_minute_however_many_forgeries_come() -> None:
    channel = Channel()
    made = door(Sqs(), channel)
    for _ in range(5):
        assert not made.is_from_line(b"{}", "forged")
    assert channel.asked_again == 1
    channel.at += REFRESH_AT_MOST_EVERY - timedelta(seconds=1)
    assert not made.is_from_line(b"{}", "forged")
    assert channel.asked_again == 1
    channel.at += timedelta(seconds=1)
    assert not made.is_from_line(b"{}", "forged")
    assert channel.asked_again == 2
    assert not made.is_from_line(b"{}", None)
    assert channel.asked_again == 2, "without a signature there is nothing to find out"
