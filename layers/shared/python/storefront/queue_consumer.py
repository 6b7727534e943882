"""Consuming queues: each record by itself, failures reported one by one, metrics flushed at the end.

A record that fails goes back to its queue; the others of the batch are done. In a FIFO queue only the failing
customer's later records wait with it (A10), and not on its last try: SQS counts the tries of all that wait, so
they would end among the dead letters together with the one that cannot be worked on.
"""

from collections.abc import Callable
from typing import Any, Final

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from storefront.observability import flush_metrics, logger, metrics

LAST_TRY: Final = 5
"""`maxReceiveCount` of the template's FIFO queues: a record that fails this time becomes a dead letter."""


class HeldBack(Exception):
    """An earlier record of the same group has to be tried again first."""


def consume(event: dict[str, Any], context: Any, work: Callable[[str], None]) -> dict[str, Any]:
    """Work through records of a standard queue."""
    return _run(event, context, lambda record: work(record.body))


def consume_groups(
    event: dict[str, Any],
    context: Any,
    work: Callable[[str], None],
    afterwards: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Work through records of a FIFO queue; a failure makes only its own group wait.

    `afterwards` is for what all records have in common; the records are done, whatever becomes of it.
    """
    waiting: set[str] = set()

    def in_order(record: SQSRecord) -> None:
        group = record.attributes.message_group_id or ""
        if group in waiting:
            raise HeldBack
        try:
            work(record.body)
        except Exception:
            if int(record.attributes.approximate_receive_count) < LAST_TRY:
                waiting.add(group)
            raise

    return _run(event, context, in_order, afterwards)


def _run(
    event: dict[str, Any],
    context: Any,
    work: Callable[[SQSRecord], None],
    afterwards: Callable[[], None] | None = None,
) -> dict[str, Any]:
    if not event["Records"]:
        return {"batchItemFailures": []}

    def record_handler(record: SQSRecord) -> None:
        try:
            work(record)
        except HeldBack:
            raise
        except Exception as failed:
            # The message of an exception may hold what a customer wrote: only its type and place are logged.
            metrics().add_metric(name="RecordFailed", unit="Count", value=1)
            logger().error("record_failed", extra={"error": type(failed).__name__, "at": _place(failed)})
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    try:
        answer = process_partial_response(
            event=event, record_handler=record_handler, processor=processor, context=context
        )
        if afterwards is not None:
            _attempt(afterwards)
        return dict(answer)
    finally:
        flush_metrics()


def _attempt(afterwards: Callable[[], None]) -> None:
    try:
        afterwards()
    except Exception as failed:
        metrics().add_metric(name="AfterwardsFailed", unit="Count", value=1)
        logger().error("afterwards_failed", extra={"error": type(failed).__name__, "at": _place(failed)})


def _place(failed: BaseException) -> str:
    trace = failed.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "unknown"
    return f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
