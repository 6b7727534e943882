"""Dead letters over SQS: looked at as often as one likes, held by one hand at a time, sent back to their own queue."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from storefront.adapters.dead_letters import QueuePair, SqsDeadLetters
from storefront.domain.replay_desk import ItemId, Place

FIFO = {"FifoQueue": "true"}


class Queues:
    """A standard queue and a FIFO queue, each with its dead letters."""

    def __init__(self) -> None:
        self.client = boto3.session.Session().client("sqs", region_name="ap-northeast-1")
        make = self.client.create_queue
        self.payments = QueuePair(make(QueueName="jobs")["QueueUrl"], make(QueueName="jobs-dead")["QueueUrl"])
        self.events = QueuePair(
            make(QueueName="events.fifo", Attributes=FIFO)["QueueUrl"],  # type: ignore[arg-type]
            make(QueueName="events-dead.fifo", Attributes=FIFO)["QueueUrl"],  # type: ignore[arg-type]
        )
        pairs = {Place.PAYMENTS: self.payments, Place.BACK_OFFICE: self.events}
        self.letters = SqsDeadLetters(self.client, pairs)

    def give_up(self, body: str, group: str = "") -> ItemId:
        more: Any = {"MessageGroupId": group, "MessageDeduplicationId": body} if group else {}
        pair = self.events if group else self.payments
        sent = self.client.send_message(QueueUrl=pair.dead_letters, MessageBody=body, **more)
        return ItemId(Place.BACK_OFFICE if group else Place.PAYMENTS, sent["MessageId"])

    def on(self, url: str) -> list[Any]:
        asked = self.client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, MessageSystemAttributeNames=["All"]
        )
        return list(asked.get("Messages", []))


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Queues()


def test_looking_takes_nothing_away_and_hides_nothing_afterwards(queues: Queues) -> None:
    items = {queues.give_up(f"job {number}") for number in range(25)} | {queues.give_up("event", "order")}
    for _ in range(3):
        assert {letter.item for letter in queues.letters.look(100)} == items
    assert len(queues.letters.look(10)) == 11
    assert {letter.item for letter in queues.letters.look(100)} == items


def test_a_letter_in_hand_is_nobody_elses_until_it_is_let_go(queues: Queues) -> None:
    items = [queues.give_up(f"job {number}") for number in range(15)]
    letter = queues.letters.hold(items[7])
    assert letter is not None
    assert (letter.item, letter.body) == (items[7], "job 7")
    assert queues.letters.hold(items[7]) is None
    assert {each.item for each in queues.letters.look(100)} == {*items} - {items[7]}
    queues.letters.let_go(letter)
    assert {each.item for each in queues.letters.look(100)} == {*items}


def test_a_letter_is_sent_back_to_the_queue_that_gave_it_up_and_then_removed(queues: Queues) -> None:
    job, event = queues.give_up("job"), queues.give_up("event", "order")
    for item, pair in ((job, queues.payments), (event, queues.events)):
        letter = queues.letters.hold(item)
        assert letter is not None
        queues.letters.send_back(letter)
        queues.letters.remove(letter)
        (sent,) = queues.on(pair.queue)
        assert sent["Body"] == letter.body
        assert sent["Attributes"].get("MessageGroupId", "") == letter.group
    assert queues.letters.look(100) == []


def test_a_letter_of_a_fifo_queue_that_is_sent_back_twice_is_one_job(queues: Queues) -> None:
    letter = queues.letters.hold(queues.give_up("event", "order"))
    assert letter is not None
    queues.letters.send_back(letter)
    queues.letters.send_back(letter)
    assert len(queues.on(queues.events.queue)) == 1


def test_what_is_not_there_cannot_be_held(queues: Queues) -> None:
    queues.give_up("job")
    for item in (ItemId(Place.PAYMENTS, "nobody"), ItemId(Place.CHAT, "nobody")):
        assert queues.letters.hold(item) is None
    assert len(queues.letters.look(100)) == 1
