"""Where each kind of row lives: table, key, due partition and life. `docs/data.md` describes the same.

Personal rows (conversation, delivery, bodies of events) are in a table of their own, apart from the ledger, so
that they can be erased alone (X10).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from storefront.domain.after_sales import OrderRemark
from storefront.domain.approval import Approval
from storefront.domain.casework import (
    AuditEntry,
    OperatorCase,
    ReceivedEvent,
    UnappliedEvent,
    WorkflowWait,
)
from storefront.domain.conversation import Conversation, OrderDelivery
from storefront.domain.coupon import CouponTally
from storefront.domain.erasure import Erasure
from storefront.domain.lead import Lead
from storefront.domain.linking import ExternalNumber, LinkTries
from storefront.domain.order import Order
from storefront.domain.outbox import Message, OrderEvent
from storefront.domain.payment import PaymentAttempt
from storefront.domain.quote import Quote
from storefront.domain.quote_record import QuoteEntry, QuoteRemark
from storefront.domain.reconciliation import Reconciliation
from storefront.domain.refund import Refund
from storefront.domain.replay_desk import DeskEntry, LetterDecision
from storefront.domain.shipment import Parcel
from storefront.domain.unknown_phrase import PhraseOfCustomer, UnknownPhrase
from storefront.services.ports import DueKind

WHOLE: Final = "-"
"""Sort key of a row that is alone in its partition."""


NO_ORDER: Final = "-"
"""In the place of an order's number, for events of none."""


class Table(StrEnum):
    """The tables of the stack."""

    LEDGER = "ledger"
    PERSONAL = "personal"
    CATALOGUE = "catalogue"


@dataclass(frozen=True)
class Key:
    """Partition and sort key of one row."""

    pk: str
    sk: str = WHOLE


@dataclass(frozen=True)
class Layout:
    """How one kind of row is kept. `key` takes the row's own id fields, in order; `ids` picks them from a row.

    `rows` gives the partition, and what its sort keys begin with, of rows that are read together; `day` is
    the moment by which rows are found again by day; `kept` is the life of a row from its last write, for garbage
    collection only (B8): a kind of the shop's `Retention`, or a time that is nobody's choice.
    """

    table: Table
    key: Callable[..., Key]
    ids: Callable[[Any], tuple[str | int, ...]]
    due: DueKind | None = None
    rows: Callable[..., Key] | None = None
    day: Callable[[Any], datetime | None] | None = None
    kept: str | timedelta | None = None


LAYOUTS: Final[dict[type, Layout]] = {
    Quote: Layout(
        Table.LEDGER,
        lambda quote_id, version: Key(f"QUOTE#{quote_id}", f"V#{version:04d}"),
        lambda row: (row.quote_id, row.quote_version),
        due=DueKind.QUOTE,
        rows=lambda quote_id: Key(f"QUOTE#{quote_id}", "V#"),
    ),
    QuoteEntry: Layout(
        Table.LEDGER,
        lambda quote_id, place: Key(f"QUOTE#{quote_id}", f"ENTRY#{place}"),
        lambda row: (row.quote_id, row.place),
        rows=lambda quote_id: Key(f"QUOTE#{quote_id}", "ENTRY#"),
    ),
    Approval: Layout(
        Table.LEDGER,
        lambda approval_id: Key(f"APPROVAL#{approval_id}"),
        lambda row: (row.approval_id,),
        due=DueKind.APPROVAL,
    ),
    Order: Layout(
        Table.LEDGER,
        lambda order_number: Key(f"ORDER#{order_number}"),
        lambda row: (row.order_number,),
        due=DueKind.ORDER,
    ),
    ExternalNumber: Layout(
        Table.LEDGER,
        lambda number, source: Key(f"EXTERNAL#{number}", f"SOURCE#{source}"),
        lambda row: (row.number, row.source),
        rows=lambda number: Key(f"EXTERNAL#{number}", "SOURCE#"),
    ),
    LinkTries: Layout(
        Table.LEDGER,
        lambda subject: Key(f"LINK#{subject}"),
        lambda row: (row.subject,),
        kept=timedelta(days=30),
    ),
    PaymentAttempt: Layout(
        Table.LEDGER,
        lambda attempt_id: Key(f"ATTEMPT#{attempt_id}"),
        lambda row: (row.attempt_id,),
        due=DueKind.ATTEMPT,
        day=lambda row: row.first_claimed_at,
    ),
    Refund: Layout(
        Table.LEDGER,
        lambda order_number, refund_id: Key(f"ORDER#{order_number}", f"REFUND#{refund_id}"),
        lambda row: (row.order_number, row.refund_id),
        due=DueKind.REFUND,
        rows=lambda order_number: Key(f"ORDER#{order_number}", "REFUND#"),
        day=lambda row: row.created_at,
    ),
    Parcel: Layout(
        Table.LEDGER,
        lambda order_number, shipment_id: Key(f"ORDER#{order_number}", f"PARCEL#{shipment_id}"),
        lambda row: (row.order_number, row.shipment_id),
        rows=lambda order_number: Key(f"ORDER#{order_number}", "PARCEL#"),
    ),
    Message: Layout(
        Table.LEDGER,
        lambda message_id: Key(f"MESSAGE#{message_id}"),
        lambda row: (row.message_id,),
        due=DueKind.MESSAGE,
        kept="messages",
    ),
    CouponTally: Layout(
        Table.LEDGER,
        lambda code, holder: Key(f"COUPON#{code}", holder),
        lambda row: (row.code, row.holder),
    ),
    WorkflowWait: Layout(
        Table.LEDGER,
        lambda workflow_name, step: Key(f"WORKFLOW#{workflow_name}", f"WAIT#{step}"),
        lambda row: (row.workflow_name, row.step.value),
        kept=timedelta(days=400),
    ),
    OperatorCase: Layout(
        Table.LEDGER,
        lambda kind, subject: Key(f"CASE#{kind}", subject),
        lambda row: (row.kind.value, row.subject),
        due=DueKind.CASE,
    ),
    AuditEntry: Layout(
        Table.LEDGER,
        lambda kind, subject, at: Key(f"AUDIT#{kind}#{subject}", at),
        lambda row: (row.kind.value, row.subject, row.at.isoformat()),
        rows=lambda kind, subject: Key(f"AUDIT#{kind}#{subject}", "2"),
    ),
    DeskEntry: Layout(
        Table.LEDGER,
        lambda month, at, item: Key(f"DESK#{month}", f"{at}#{item}"),
        lambda row: (row.month, row.at.isoformat(), row.item),
        rows=lambda month: Key(f"DESK#{month}", "2"),
        kept="remarks",
    ),
    LetterDecision: Layout(
        Table.LEDGER,
        lambda place, letter_id: Key(f"LETTER#{place}#{letter_id}"),
        lambda row: (row.place.value, row.letter_id),
        kept=timedelta(days=30),
    ),
    Erasure: Layout(
        Table.LEDGER,
        lambda customer_id, cause: Key(f"ERASURE#{customer_id}", f"WISH#{cause}"),
        lambda row: (row.customer_id, row.cause),
        due=DueKind.ERASURE,
        rows=lambda customer_id: Key(f"ERASURE#{customer_id}", "WISH#"),
    ),
    Reconciliation: Layout(
        Table.LEDGER,
        lambda day: Key(f"REPORT#{day}"),
        lambda row: (row.day.isoformat(),),
    ),
    Conversation: Layout(
        Table.PERSONAL,
        lambda customer_id: Key(f"CUSTOMER#{customer_id}", "CONVERSATION"),
        lambda row: (row.customer_id,),
        kept="conversation",
    ),
    Lead: Layout(
        Table.PERSONAL,
        lambda customer_id: Key(f"CUSTOMER#{customer_id}", "LEAD"),
        lambda row: (row.customer_id,),
        kept="leads",
    ),
    UnknownPhrase: Layout(
        Table.PERSONAL,
        lambda phrase: Key("PHRASES", f"PHRASE#{phrase}"),
        lambda row: (row.phrase,),
        rows=lambda: Key("PHRASES", "PHRASE#"),
        kept="phrases",
    ),
    PhraseOfCustomer: Layout(
        Table.PERSONAL,
        lambda customer_id, line_message_id: Key(f"CUSTOMER#{customer_id}", f"PHRASE#{line_message_id}"),
        lambda row: (row.customer_id, row.line_message_id),
        rows=lambda customer_id: Key(f"CUSTOMER#{customer_id}", "PHRASE#"),
        kept="phrases",
    ),
    QuoteRemark: Layout(
        Table.PERSONAL,
        lambda customer_id, quote_id, version: Key(
            f"CUSTOMER#{customer_id}", f"REMARK#{quote_id}-{version:04d}"
        ),
        lambda row: (row.customer_id, row.quote_id, row.quote_version),
        rows=lambda customer_id: Key(f"CUSTOMER#{customer_id}", "REMARK#"),
        kept="remarks",
    ),
    OrderRemark: Layout(
        Table.PERSONAL,
        lambda customer_id, order_number: Key(f"CUSTOMER#{customer_id}", f"COMMENT#{order_number}"),
        lambda row: (row.customer_id, row.order_number),
        rows=lambda customer_id: Key(f"CUSTOMER#{customer_id}", "COMMENT#"),
        kept="remarks",
    ),
    OrderDelivery: Layout(
        Table.PERSONAL,
        lambda order_number: Key(f"ORDER#{order_number}", "DELIVERY"),
        lambda row: (row.order_number,),
        due=DueKind.DELIVERY,
    ),
    OrderEvent: Layout(
        Table.PERSONAL,
        # An event's id begins with its order's number, so those of an order are found together.
        lambda event_id: Key(f"ORDER#{event_id.partition(':')[0]}", f"EVENT#{event_id}"),
        lambda row: (row.event_id,),
        due=DueKind.ORDER_EVENT,
        rows=lambda order_number: Key(f"ORDER#{order_number}", "EVENT#"),
        kept="events_out",
    ),
    ReceivedEvent: Layout(
        Table.PERSONAL,
        lambda source, event_id: Key(f"RECEIVED#{source}", event_id),
        lambda row: (row.source, row.event_id),
        due=DueKind.RECEIVED_EVENT,
        kept="events_in",
    ),
    UnappliedEvent: Layout(
        Table.PERSONAL,
        lambda order_number, source, event_id: Key(
            f"ORDER#{order_number or NO_ORDER}", f"UNAPPLIED#{source}#{event_id}"
        ),
        lambda row: (row.order_number, row.source, row.event_id),
        due=DueKind.UNAPPLIED,
        rows=lambda order_number: Key(f"ORDER#{order_number}", "UNAPPLIED#"),
        kept="events_in",
    ),
}

KIND_OF_DUE: Final = {layout.due: kind for kind, layout in LAYOUTS.items() if layout.due is not None}


def day_key(kind: type, day: date) -> str:
    """The partition of the day index that holds the rows of `kind`."""
    return f"{kind.__name__}#{day.isoformat()}"


def stock_key(sku: str) -> Key:
    """The counters of one product, in the catalogue table."""
    return Key(f"STOCK#{sku}")
