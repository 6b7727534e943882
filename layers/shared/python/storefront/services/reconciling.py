"""Reconciliation: every payment and refund of a day is held against LINE Pay's own details (M6).

What differs is read a second time before it counts, since both sides may have moved in between. What LINE Pay's
details prove to have happened is finished by the same code that would have finished it; the rest is a person's.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from storefront.domain.casework import CaseKind
from storefront.domain.errors import Conflict
from storefront.domain.order import Order
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import SUCCESS, Capture, Verdict
from storefront.domain.reconciliation import (
    Books,
    Difference,
    Finding,
    Reconciliation,
    compare,
    given_back,
    is_ours,
    shop_day,
)
from storefront.domain.refund import Refund
from storefront.services.cases import case_writes
from storefront.services.checkout import Checkout
from storefront.services.ports import Clock, DayBook, Metrics, PaymentBooks, Put
from storefront.services.refunding import Refunding

TRIES: Final = 8
ROWS_AT_MOST: Final = 500
"""A report is one item of the ledger: so many findings have room in it. Each difference is a case all the same."""

TIME_FOR_A_RUN: Final = timedelta(minutes=12)
"""The function has 15 minutes; what is not compared by then is named in the report."""


@dataclass
class _Findings:
    """What a run has found so far."""

    compared: int = 0
    captured: int = 0
    refunded: int = 0
    under_way: list[str] = field(default_factory=list)
    healed: list[Finding] = field(default_factory=list)
    differences: list[Finding] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)


class Reconciling:
    """Compares a day's payments with LINE Pay's, heals what is safe to heal, and puts the rest before a person."""

    def __init__(
        self,
        store: DayBook,
        books: PaymentBooks,
        checkout: Checkout,
        refunding: Refunding,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._books = books
        self._checkout = checkout
        self._refunding = refunding
        self._clock = clock
        self._metrics = metrics

    def reconcile(self, day: date | None = None) -> Reconciliation:
        """Compare one day in Taiwan, yesterday unless told otherwise; may be repeated at any time."""
        started = self._clock()
        day = day or shop_day(started) - timedelta(days=1)
        found = _Findings()
        for attempts in self._attempts_of(day):
            if self._clock() - started > TIME_FOR_A_RUN:
                found.not_compared += [attempt.order_number for attempt in attempts]
            else:
                self._compare_all(attempts, day, found)
        report = self._keep(day, started, found)
        self._metrics.count("ReconciliationCompared", found.compared)
        self._metrics.count("ReconciliationDifferences", len(found.differences))
        self._metrics.count("ReconciliationNotCompared", len(found.not_compared))
        return report

    def report_of(self, day: date) -> Reconciliation | None:
        """The latest report of a day."""
        return self._store.read(Reconciliation, day.isoformat())

    def _attempts_of(self, day: date) -> Iterator[Sequence[PaymentAttempt]]:
        """Payments that were claimed on this day, then those of earlier days of which a refund is of this one."""
        seen: set[str] = set()
        for attempts in self._store.of_day(PaymentAttempt, day):
            seen |= {attempt.attempt_id for attempt in attempts}
            yield attempts
        for refunds in self._store.of_day(Refund, day):
            earlier = sorted({refund.attempt_id for refund in refunds} - seen)
            seen |= set(earlier)
            rows = [self._store.read(PaymentAttempt, attempt_id) for attempt_id in earlier]
            yield [row for row in rows if row is not None]

    # One page of payments --------------------------------------------------------------------------------

    def _compare_all(self, attempts: Sequence[PaymentAttempt], day: date, found: _Findings) -> None:
        asked = [attempt.transaction_id for attempt in attempts if attempt.transaction_id is not None]
        captures = self._captures(asked)
        for attempt in attempts:
            if attempt.transaction_id is None:
                continue
            if attempt.transaction_id not in captures:
                found.not_compared.append(attempt.order_number)
                continue
            found.compared += 1
            self._compare(attempt, captures[attempt.transaction_id], day, found)

    def _captures(self, transaction_ids: Sequence[str]) -> Mapping[str, Capture | None]:
        """LINE Pay's side by transaction, None for what it never captured; without the unanswered ones."""
        if not transaction_ids:
            return {}
        answer = self._books.captures(transaction_ids)
        if answer.verdict is Verdict.WAITING:
            return dict.fromkeys(transaction_ids)
        if answer.verdict is Verdict.DONE and answer.value is not None:
            by_id = {capture.transaction_id: capture for capture in answer.value}
            return {transaction_id: by_id.get(transaction_id) for transaction_id in transaction_ids}
        if answer.code == SUCCESS and len(transaction_ids) > 1:
            # One of them cannot be read: it must not hide the others.
            singly = [self._captures([transaction_id]) for transaction_id in transaction_ids]
            return {key: capture for one in singly for key, capture in one.items()}
        return {}

    # One payment -----------------------------------------------------------------------------------------

    def _compare(self, attempt: PaymentAttempt, capture: Capture | None, day: date, found: _Findings) -> None:
        books = self._books_of(attempt, capture)
        finding = compare(books, capture)
        if finding is not None and not self._is_called_now(books):
            healing = self._heal(books, capture, finding)
            books, capture = self._read_again(books, capture)
            again = compare(books, capture)
            if again is not None:
                found.differences.append(again)
                self._open_case(books, again, day, capture)
            elif healing:
                found.healed.append(finding)
        if books.is_under_way:
            found.under_way.append(books.order.order_number)
        if capture is not None:
            found.captured += capture.amount
            found.refunded += given_back(capture)

    def _books_of(self, attempt: PaymentAttempt, capture: Capture | None) -> Books:
        order = self._store.read(Order, attempt.order_number)
        if order is None:
            raise LookupError("a payment names an order that is gone")
        has_refunds = bool(order.refunded or order.open_refund or (capture is not None and capture.refunds))
        refunds = tuple(self._store.rows_of(Refund, order.order_number)) if has_refunds else ()
        return Books(attempt, order, refunds)

    def _read_again(self, books: Books, capture: Capture | None) -> tuple[Books, Capture | None]:
        """Both sides as they are now; LINE Pay's as it was if it does not answer this time."""
        transaction_id = books.attempt.transaction_id or ""
        capture = self._captures([transaction_id]).get(transaction_id, capture)
        attempt = self._store.read(PaymentAttempt, books.attempt.attempt_id)
        return self._books_of(attempt or books.attempt, capture), capture

    def _is_called_now(self, books: Books) -> bool:
        """Whether somebody may be waiting for LINE Pay's answer about this payment at this moment."""
        now = self._clock()
        refund = books.open_refund
        return books.attempt.call_may_be_under_way(now) or (
            refund is not None and refund.call_until is not None and now < refund.call_until
        )

    def _heal(self, books: Books, capture: Capture | None, finding: Finding) -> bool:
        """Finish what LINE Pay's details prove: whether there was something to finish."""
        attempt, refund = books.attempt, books.open_refund
        try:
            if (
                attempt.state is AttemptState.CONFIRMING
                and capture is not None
                and is_ours(attempt, capture)
                and capture.amount == attempt.amount
            ):
                self._checkout.settle(attempt.attempt_id, "reconciliation")
                return True
            if finding.difference is Difference.REFUNDED_THERE_ONLY and refund is not None:
                self._refunding.carry_out(refund.order_number, refund.refund_id)
                return True
        except Conflict:
            # Somebody else is at it; what they leave is looked at again.
            self._metrics.count("ReconciliationConflict")
        return False

    def _open_case(self, books: Books, finding: Finding, day: date, capture: Capture | None) -> None:
        facts = {
            "difference": finding.difference.value,
            "ours": str(finding.ours),
            "theirs": str(finding.theirs),
            "transactionId": finding.transaction_id,
            "attemptId": books.attempt.attempt_id,
            "day": day.isoformat(),
        }
        if capture is not None and capture.refunds:
            listed = (f"{each.refund_transaction_id}={each.amount}" for each in capture.refunds)
            facts["refundsAtLinePay"] = " ".join(listed)
        subject = f"{finding.order_number}:{finding.transaction_id}"
        writes = case_writes(self._store, CaseKind.RECONCILIATION, subject, self._clock(), facts)
        if writes:
            with suppress(Conflict):
                self._store.commit(*writes)

    # The report ------------------------------------------------------------------------------------------

    def _keep(self, day: date, made_at: datetime, found: _Findings) -> Reconciliation:
        for _ in range(TRIES):
            known = self.report_of(day)
            report = Reconciliation(
                day=day,
                made_at=made_at,
                compared=found.compared,
                under_way=tuple(found.under_way[:ROWS_AT_MOST]),
                healed=tuple(found.healed[:ROWS_AT_MOST]),
                differences=tuple(found.differences[:ROWS_AT_MOST]),
                not_compared=tuple(found.not_compared[:ROWS_AT_MOST]),
                captured=found.captured,
                refunded=found.refunded,
                revision=known.revision if known is not None else 0,
            )
            try:
                self._store.commit(Put(report))
            except Conflict:
                continue
            return report
        raise Conflict(day.isoformat())
