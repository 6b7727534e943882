"""SQS: work for later. A job that is lost is found again by the sweeper, so none carries anything but ids."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY_SECONDS: Final = 900
"""SQS delays a message by no more; longer waits are put back when they come."""


@dataclass(frozen=True)
class QueueUrls:
    """Addresses of the stack's queues; a function knows only those that it may write to."""

    payments: str | None = None
    order_events: str | None = None
    back_office: str | None = None


class SqsJobs:
    """The jobs port over the stack's queues."""

    def __init__(self, client: "SQSClient", queues: QueueUrls) -> None:
        self._client = client
        self._queues = queues

    def open_payment(self, order_number: str, cause: str) -> None:
        self._send(self._queues.payments, {"job": "open", "orderNumber": order_number, "cause": cause}, 0)

    def close_order(self, order_number: str) -> None:
        self._send(self._queues.payments, {"job": "close", "orderNumber": order_number}, 0)

    def check_payment(self, attempt_id: str, delay_seconds: int, cause: str) -> None:
        job = {"job": "check", "attemptId": attempt_id, "cause": cause}
        self._send(self._queues.payments, job, delay_seconds)

    def refund(self, order_number: str, refund_id: str, delay_seconds: int) -> None:
        job = {"job": "refund", "orderNumber": order_number, "refundId": refund_id}
        self._send(self._queues.payments, job, delay_seconds)

    def send_order_event(self, event_id: str, delay_seconds: int) -> None:
        self._send(self._queues.order_events, {"eventId": event_id}, delay_seconds)

    def settle_event(self, source: str, event_id: str, group: str) -> None:
        """FIFO: events of one order wait for each other; a second copy of a job does no harm.

        `group` is whatever the sender wrote as the subject; SQS takes 128 characters of ASCII, so its hash goes.
        """
        if self._queues.back_office is None:
            raise LookupError("this function has no back-office queue")
        self._client.send_message(
            QueueUrl=self._queues.back_office,
            MessageBody=json.dumps({"source": source, "eventId": event_id}),
            MessageGroupId=hashlib.sha256(group.strip().upper().encode("utf-8", "replace")).hexdigest(),
            MessageDeduplicationId=uuid.uuid4().hex,
        )

    def _send(self, queue_url: str | None, job: Mapping[str, str], delay_seconds: int) -> None:
        if queue_url is None:
            raise LookupError("this function has no queue for that job")
        self._client.send_message(
            QueueUrl=queue_url,
            MessageBody=json.dumps(job),
            DelaySeconds=max(0, min(delay_seconds, LONGEST_DELAY_SECONDS)),
        )
