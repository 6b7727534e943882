"""What our own queues and our own state machine hand to a function: ids and a task token, nothing else."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from storefront.domain.casework import CaseAction, CaseKind, Deed
from storefront.domain.errors import ActionRefused
from storefront.domain.replay_desk import DeskAction, DeskDeed, ItemId


class _Internal(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class OpenJob(_Internal):
    """Give the customer of an order a payment link."""

    job: Literal["open"]
    orderNumber: str
    cause: str


class CloseJob(_Internal):
    """End an unpaid order whose window is over."""

    job: Literal["close"]
    orderNumber: str


class CheckJob(_Internal):
    """Find out what became of a payment attempt."""

    job: Literal["check"]
    attemptId: str
    cause: str


class RefundJob(_Internal):
    """Carry out a refund intent."""

    job: Literal["refund"]
    orderNumber: str
    refundId: str


type PaymentJob = Annotated[OpenJob | CloseJob | CheckJob | RefundJob, Field(discriminator="job")]
PAYMENT_JOB: TypeAdapter[PaymentJob] = TypeAdapter(PaymentJob)


class OrderEventJob(_Internal):
    """Send an event to the order system."""

    eventId: str


class BackOfficeJob(_Internal):
    """Apply an event of a back office that the door has taken."""

    source: str
    eventId: str


class AwaitDecision(_Internal):
    """Keep the token of a workflow that waits for the customer's decision."""

    task: Literal["await_decision"]
    token: str
    quoteId: str
    quoteVersion: int


class ReviewQuote(_Internal):
    """A moment of a quote has come: say what became of it."""

    task: Literal["review_quote"]
    quoteId: str
    quoteVersion: int


class ApprovalTask(_Internal):
    """A step of the approval workflow that waits: its token is kept, and a decision looked for."""

    task: Literal["await_approval", "remind_staff", "escalate_approval"]
    token: str
    approvalId: str


class CarryOutApproval(_Internal):
    """The last step of the approval workflow: what was decided is done."""

    task: Literal["carry_out_approval"]
    approvalId: str


type QuoteTask = Annotated[
    AwaitDecision | ReviewQuote | ApprovalTask | CarryOutApproval, Field(discriminator="task")
]
QUOTE_TASK: TypeAdapter[QuoteTask] = TypeAdapter(QuoteTask)


class OpenPayment(_Internal):
    """Give the customer a payment link, as a step of the workflow."""

    task: Literal["open_payment"]
    orderNumber: str


class SettlePayment(_Internal):
    """Keep the token of a workflow that waits for the money."""

    task: Literal["settle_payment"]
    token: str
    orderNumber: str


class ClosePayment(_Internal):
    """The payment window is over: say what became of the order."""

    task: Literal["close_payment"]
    orderNumber: str


type PaymentTask = Annotated[OpenPayment | SettlePayment | ClosePayment, Field(discriminator="task")]
PAYMENT_TASK: TypeAdapter[PaymentTask] = TypeAdapter(PaymentTask)


class AwaitDelivery(_Internal):
    """Keep the token of a workflow that waits for the parcels."""

    task: Literal["await_delivery"]
    token: str
    orderNumber: str


class NeedsOperator(_Internal):
    """A workflow came to an end that software must not decide: as its own last step, or as AWS reports its death."""

    quoteId: str
    quoteVersion: int
    state: str

    @classmethod
    def of(cls, event: dict[str, Any]) -> "NeedsOperator":
        """From the workflow's task, or from an EventBridge event whose execution is named after the quote."""
        if event.get("source") != "aws.states":
            return cls.model_validate(event)
        quote_id, _, version = str(event["detail"]["name"]).rpartition("-")
        return cls(quoteId=quote_id, quoteVersion=int(version), state=str(event["detail"]["status"]))


class ApprovalNeedsOperator(_Internal):
    """The same for the workflow of an approval, whose execution is named after it."""

    approvalId: str
    state: str


def failed_workflow(event: dict[str, Any]) -> NeedsOperator | ApprovalNeedsOperator:
    """Which workflow gave up, from its last task or from what AWS reports of its death."""
    if event.get("task") == "approval_needs_operator":
        return ApprovalNeedsOperator.model_validate(event)
    detail = event.get("detail", {})
    if str(detail.get("stateMachineArn", "")).endswith("-approval"):
        return ApprovalNeedsOperator(approvalId=str(detail["name"]), state=str(detail["status"]))
    return NeedsOperator.of(event)


class Reconcile(_Internal):
    """Compare a day with LINE Pay; the nightly schedule names none and means yesterday in Taiwan."""

    task: Literal["reconcile"] = "reconcile"
    day: date | None = None


class ReadReport(_Internal):
    """The latest report of a day."""

    task: Literal["report"]
    day: date


type ReconciliationTask = Reconcile | ReadReport
_RECONCILIATION_TASK: TypeAdapter[ReconciliationTask] = TypeAdapter(
    Annotated[Reconcile | ReadReport, Field(discriminator="task")]
)


def reconciliation_task(event: dict[str, Any]) -> ReconciliationTask:
    """What the schedule (an event without a task) or a person asks of the reconciliation."""
    return _RECONCILIATION_TASK.validate_python({"task": "reconcile", **event})


class ListCases(_Internal):
    """The cases that nobody has settled."""

    task: Literal["list"]


class ListPhrases(_Internal):
    """What customers called products by, and nobody understood."""

    task: Literal["phrases"]


class ShowCase(_Internal):
    """One case with its order and what was done about it."""

    task: Literal["show"]
    kind: CaseKind
    subject: str = Field(min_length=1, max_length=400)


class ShowRecord(_Internal):
    """Every round of one quote."""

    task: Literal["record"]
    quoteId: str = Field(min_length=1, max_length=40)


class EraseCustomer(_Internal):
    """Forget a customer who asked for it in another way than in the chat."""

    task: Literal["erase"]
    customer: str = Field(min_length=1, max_length=100)
    who: str = Field(max_length=200)
    note: str = Field(max_length=1000)


class ListApprovals(_Internal):
    """The prices that nobody has decided about."""

    task: Literal["approvals"]


class ActOnCase(_Internal):
    """One thing that a person does about a case. `amount` is in payable units."""

    task: Literal["act"]
    kind: CaseKind
    subject: str = Field(min_length=1, max_length=400)
    action: CaseAction
    who: str = Field(max_length=200)
    note: str = Field(max_length=1000)
    orderNumber: str = ""
    amount: int = Field(default=0, ge=0, strict=True)
    reference: str = Field(default="", max_length=200)

    def deed(self) -> Deed:
        """The same for the use case."""
        return Deed(
            kind=self.kind,
            subject=self.subject,
            action=self.action,
            who=self.who,
            note=self.note,
            order_number=self.orderNumber,
            amount=self.amount,
            reference=self.reference,
        )


class ListEvents(_Internal):
    """What stands at the replay desk, or what was done there."""

    task: Literal["events"]
    show: Literal["waiting", "dismissed", "replayed"] = "waiting"


class ShowEvent(_Internal):
    """One thing at the replay desk, with what would go out if it were replayed now."""

    task: Literal["event"]
    id: str = Field(min_length=1, max_length=400)


class ActOnEvent(_Internal):
    """One thing at the replay desk, replayed or dismissed."""

    task: Literal["replay_event", "dismiss_event"]
    id: str = Field(min_length=1, max_length=400)
    who: str = Field(max_length=200)
    note: str = Field(max_length=1000)

    def deed(self) -> DeskDeed:
        """The same for the use case.

        Raises:
            ActionRefused: the id is none that the list shows.
        """
        return DeskDeed(
            ItemId.parse(self.id), DeskAction(self.task.removesuffix("_event")), self.who, self.note
        )


type DeskTask = ListEvents | ShowEvent | ActOnEvent
type CaseTask = Annotated[
    ListCases
    | ListPhrases
    | ShowCase
    | ShowRecord
    | ActOnCase
    | ListApprovals
    | EraseCustomer
    | ListEvents
    | ShowEvent
    | ActOnEvent,
    Field(discriminator="task"),
]
CASE_TASK: TypeAdapter[CaseTask] = TypeAdapter(CaseTask)


def case_task(event: dict[str, Any]) -> CaseTask:
    """What an operator asks of the desk.

    Raises:
        ActionRefused: it is not what the desk understands; says where, and never repeats what was typed.
    """
    try:
        return CASE_TASK.validate_python(event)
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, each['loc'])) or 'task'}: {each['msg']}" for each in error.errors())
        raise ActionRefused("; ".join(wrong)) from error
