"""Reconciliation: what our ledger says of a payment, held against what LINE Pay says of it (M6).

Pure comparison: whoever calls it brings both sides and acts on what differs. Amounts are in the currency's payable
unit. A day is a day of the shop, in Taiwan; it has no daylight saving time, so eight hours ahead of UTC is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Final

from storefront.domain.order import Order
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import Capture
from storefront.domain.refund import Refund, RefundState

SHOP_TIME: Final = timezone(timedelta(hours=8), "Asia/Taipei")
BY_HAND: Final = "by-hand:"
"""What the provider's id of a refund begins with when a person gave the money back outside LINE Pay."""


def shop_day(moment: datetime) -> date:
    """The day in Taiwan that `moment` belongs to."""
    return moment.astimezone(SHOP_TIME).date()


class Difference(StrEnum):
    """Ways in which the two sides can disagree."""

    NOT_CAPTURED = "not_captured"
    """Paid here, and LINE Pay knows no such payment."""

    CAPTURED_UNPAID = "captured_unpaid"
    """LINE Pay has the money of an order that is not paid here."""

    FOREIGN_CAPTURE = "foreign_capture"
    """LINE Pay's order number is not the one that we gave this transaction."""

    OTHER_AMOUNT = "other_amount"
    """Captured, but not what was asked."""

    REFUNDED_THERE_ONLY = "refunded_there_only"
    """LINE Pay gave back more than our refunds say."""

    REFUNDED_HERE_ONLY = "refunded_here_only"
    """Our refunds say more than LINE Pay gave back."""

    LEDGER_APART = "ledger_apart"
    """Our own rows disagree: the order's balance is not what its payment and its refunds add up to."""


@dataclass(frozen=True)
class Books:
    """Our side of one payment: its attempt, its order and all refunds of that order."""

    attempt: PaymentAttempt
    order: Order
    refunds: tuple[Refund, ...]

    @property
    def is_under_way(self) -> bool:
        """A confirm without a clear answer so far, or a refund that is being carried out."""
        return self.attempt.state is AttemptState.CONFIRMING or self.open_refund is not None

    @property
    def open_refund(self) -> Refund | None:
        """The refund of this payment that has not come to its end."""
        return next(
            (
                refund
                for refund in self.refunds
                if refund.attempt_id == self.attempt.attempt_id
                and refund.state in {RefundState.INTENDED, RefundState.SENT}
            ),
            None,
        )

    def refunded(self, *, by_hand: bool) -> int:
        """What our refunds of this payment say was given back, through LINE Pay or by hand."""
        return sum(
            refund.amount
            for refund in self.refunds
            if refund.attempt_id == self.attempt.attempt_id
            and refund.state is RefundState.DONE
            and (refund.provider_refund_id or "").startswith(BY_HAND) is by_hand
        )


@dataclass(frozen=True)
class Finding:
    """One disagreement about one payment: `ours` and `theirs` are amounts in payable units."""

    difference: Difference
    order_number: str
    transaction_id: str
    ours: int
    theirs: int


def compare(books: Books, capture: Capture | None) -> Finding | None:
    """What differs between our books and LINE Pay's `capture` of the transaction; the gravest only."""
    attempt, order = books.attempt, books.order
    if attempt.state is not AttemptState.CONFIRMED:
        return _of_unpaid(books, capture)
    if capture is None:
        return _finding(books, Difference.NOT_CAPTURED, attempt.amount, 0)
    if not is_ours(attempt, capture):
        return _finding(books, Difference.FOREIGN_CAPTURE, attempt.amount, capture.amount)
    if capture.amount != attempt.amount:
        return _finding(books, Difference.OTHER_AMOUNT, attempt.amount, capture.amount)
    refunds = _of_refunds(books, capture)
    if refunds is not None:
        return refunds
    balance = attempt.amount - books.refunded(by_hand=False) - books.refunded(by_hand=True)
    if order.captured != attempt.amount or order.refundable != balance:
        return _finding(books, Difference.LEDGER_APART, order.refundable, balance)
    return None


def is_ours(attempt: PaymentAttempt, capture: Capture) -> bool:
    """Whether LINE Pay means the same payment as we do (C8, C9)."""
    return (capture.transaction_id, capture.order_id) == (attempt.transaction_id, attempt.provider_order_id)


def given_back(capture: Capture) -> int:
    """The sum of LINE Pay's refunds of a payment."""
    return sum(refund.amount for refund in capture.refunds)


def _of_unpaid(books: Books, capture: Capture | None) -> Finding | None:
    """A payment that is not paid here has to be back with the customer, or on its way there."""
    if capture is None:
        return None
    left = capture.amount - given_back(capture)
    on_its_way = books.open_refund.amount if books.open_refund is not None else 0
    by_hand = books.refunded(by_hand=True)
    if left <= on_its_way + by_hand:
        return None
    return _finding(books, Difference.CAPTURED_UNPAID, by_hand, left)


def _of_refunds(books: Books, capture: Capture) -> Finding | None:
    ours, theirs = books.refunded(by_hand=False), given_back(capture)
    if theirs > ours:
        return _finding(books, Difference.REFUNDED_THERE_ONLY, ours, theirs)
    if theirs < ours:
        return _finding(books, Difference.REFUNDED_HERE_ONLY, ours, theirs)
    return None


def _finding(books: Books, difference: Difference, ours: int, theirs: int) -> Finding:
    return Finding(
        difference, books.order.order_number, books.attempt.transaction_id or "", ours=ours, theirs=theirs
    )


@dataclass(frozen=True)
class Reconciliation:
    """What one comparison of one day found; also the row that keeps the report."""

    day: date
    made_at: datetime
    compared: int
    under_way: tuple[str, ...] = ()
    healed: tuple[Finding, ...] = ()
    differences: tuple[Finding, ...] = ()
    not_compared: tuple[str, ...] = ()
    captured: int = 0
    refunded: int = 0
    revision: int = 0

    @property
    def agrees(self) -> bool:
        """Nothing differs, and every payment was compared."""
        return not self.differences and not self.not_compared


def as_markdown(report: Reconciliation) -> str:
    """The report as a person reads it."""
    made = report.made_at.astimezone(SHOP_TIME)
    verdict = "Both sides agree." if report.agrees else "**Somebody has to look.**"
    lines = [
        f"# Reconciliation with LINE Pay, {report.day.isoformat()} (Asia/Taipei)",
        "",
        f"Made {made:%Y-%m-%d %H:%M}. {verdict}",
        "",
        "| what | count |",
        "|---|---:|",
        f"| payments compared | {report.compared} |",
        f"| differences | {len(report.differences)} |",
        f"| healed by themselves | {len(report.healed)} |",
        f"| still under way | {len(report.under_way)} |",
        f"| not compared: no answer, or no time left | {len(report.not_compared)} |",
        f"| captured (payable units) | {report.captured} |",
        f"| refunded (payable units) | {report.refunded} |",
    ]
    lines += _table("Differences", "Each is an operator case: `make cases`.", report.differences)
    lines += _table("Healed", "LINE Pay's details proved what had happened; it was finished.", report.healed)
    lines += _list("Still under way", report.under_way)
    lines += _list("Not compared", report.not_compared)
    return "\n".join(lines) + "\n"


def _table(title: str, said: str, findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    rows = [
        f"| {each.order_number} | {each.difference.value} | {each.ours} | {each.theirs} | {each.transaction_id} |"
        for each in findings
    ]
    heading = ["| order | difference | ours | LINE Pay's | transaction |", "|---|---|---:|---:|---|"]
    return ["", f"## {title}", "", said, "", *heading, *rows]


def _list(title: str, order_numbers: Sequence[str]) -> list[str]:
    if not order_numbers:
        return []
    return ["", f"## {title}", "", *(f"- {order_number}" for order_number in order_numbers)]
