"""Queue of payment jobs, and the workflow's payment tasks: asks LINE Pay, confirms, settles, gives back."""

from typing import Any

from storefront import bootstrap
from storefront.contracts.tasks import (
    PAYMENT_JOB,
    PAYMENT_TASK,
    CheckJob,
    CloseJob,
    OpenJob,
    OpenPayment,
    SettlePayment,
)
from storefront.domain.errors import OrderEnded
from storefront.queue_consumer import consume


def handler(event: dict[str, Any], context: Any) -> dict[str, Any] | None:
    if "Records" in event:
        return consume(event, context, _work)
    task = PAYMENT_TASK.validate_python(event)
    checkout = bootstrap.checkout()
    if isinstance(task, OpenPayment):
        checkout.open_payment(task.orderNumber, "workflow")
        return {"orderNumber": task.orderNumber}
    if isinstance(task, SettlePayment):
        checkout.await_payment(task.orderNumber, task.token)
        return None
    return {"outcome": checkout.close(task.orderNumber, "workflow").value, "orderNumber": task.orderNumber}


def _work(body: str) -> None:
    job = PAYMENT_JOB.validate_json(body)
    if isinstance(job, OpenJob):
        try:
            bootstrap.checkout().open_payment(job.orderNumber, job.cause)
        except OrderEnded:
            return
    elif isinstance(job, CloseJob):
        bootstrap.checkout().close(job.orderNumber, "sweep")
    elif isinstance(job, CheckJob):
        bootstrap.checkout().settle(job.attemptId, job.cause)
    else:
        bootstrap.refunding().carry_out(job.orderNumber, job.refundId)
