"""SQS: jobs that their queues gave up, looked at without being taken away, sent back once more, or removed.

Looking hides a letter for the moment of the look only. A letter in hand stays hidden from everybody else until it is
removed, let go, or a minute is over: a crash gives it back by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from storefront.domain.replay_desk import DeadLetter, ItemId, Place

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH: Final = 10
"""SQS gives no more at a time."""

IN_HAND_SECONDS: Final = 60
"""As long as the desk's function may run."""

SEARCHED_MOST: Final = 1_000
"""So many letters of a queue are turned over to find one."""


@dataclass(frozen=True)
class QueuePair:
    """The address of a queue, and of that which holds what it gave up."""

    queue: str
    dead_letters: str


class SqsDeadLetters:
    """The dead letters port over the stack's queues."""

    def __init__(self, client: "SQSClient", queues: Mapping[Place, QueuePair]) -> None:
        self._client = client
        self._queues = queues

    def look(self, most: int) -> Sequence[DeadLetter]:
        return [letter for place in self._queues for letter in self._seen(place, most)]

    def hold(self, item: ItemId) -> DeadLetter | None:
        found = None
        others: list[DeadLetter] = []
        for letters in self._batches(item.place, SEARCHED_MOST):
            found = next((letter for letter in letters if letter.letter_id == item.rest), None)
            others += [letter for letter in letters if letter is not found]
            if found is not None:
                break
        for letter in others:
            self.let_go(letter)
        return found

    def let_go(self, letter: DeadLetter) -> None:
        self._client.change_message_visibility(
            QueueUrl=self._queues[letter.place].dead_letters,
            ReceiptHandle=letter.receipt,
            VisibilityTimeout=0,
        )

    def send_back(self, letter: DeadLetter) -> None:
        """In a FIFO queue the same letter sent back twice within five minutes is one job."""
        url = self._queues[letter.place].queue
        more: dict[str, Any] = {}
        if letter.group:
            more = {
                "MessageGroupId": letter.group,
                "MessageDeduplicationId": f"replay-{letter.letter_id}",
            }
        self._client.send_message(QueueUrl=url, MessageBody=letter.body, **more)

    def remove(self, letter: DeadLetter) -> None:
        self._client.delete_message(
            QueueUrl=self._queues[letter.place].dead_letters, ReceiptHandle=letter.receipt
        )

    def _seen(self, place: Place, most: int) -> Sequence[DeadLetter]:
        letters = [letter for batch in self._batches(place, most) for letter in batch]
        for letter in letters:
            self.let_go(letter)
        return letters

    def _batches(self, place: Place, most: int) -> Iterator[Sequence[DeadLetter]]:
        """Letters as SQS gives them, each hidden then; of a FIFO group that is in hand nothing more is given."""
        if place not in self._queues:
            return
        url = self._queues[place].dead_letters
        wanted, given = min(most, self._visible(url)), set[str]()
        while len(given) < wanted:
            answer = self._client.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=min(BATCH, wanted - len(given)),
                MessageSystemAttributeNames=["SentTimestamp", "MessageGroupId"],
                VisibilityTimeout=IN_HAND_SECONDS,
                # Without a wait SQS asks a part of its servers only, and may give nothing of what is there.
                WaitTimeSeconds=1,
            )
            letters = [_letter(place, each) for each in answer.get("Messages", [])]
            if all(letter.letter_id in given for letter in letters):
                return
            given |= {letter.letter_id for letter in letters}
            yield letters

    def _visible(self, url: str) -> int:
        """About how many there are: asking an empty queue for letters would only take time."""
        asked = self._client.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(asked["Attributes"]["ApproximateNumberOfMessages"])


def _letter(place: Place, message: Any) -> DeadLetter:
    attributes = message["Attributes"]
    return DeadLetter(
        place=place,
        letter_id=message["MessageId"],
        body=message["Body"],
        sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
        group=attributes.get("MessageGroupId", ""),
        receipt=message["ReceiptHandle"],
    )
