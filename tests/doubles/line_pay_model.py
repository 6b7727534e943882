"""A small model of LINE Pay's states behind the gateway port, with answers that can be lost, late or scripted.

Each call has one effect and one answer, and the two can part: `AFTER` does it and says nothing, `BEFORE` does
nothing and says nothing, `LATE` does it when the test says so, a code refuses with that code.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.payment_answers import (
    SUCCESS,
    Answer,
    Authentication,
    Call,
    Capture,
    RefundRecord,
    Reservation,
    Verdict,
    authentication,
    verdict,
)


class Lost(StrEnum):
    """Ways in which an answer does not come."""

    AFTER = "after"
    BEFORE = "before"
    LATE = "late"


type Script = Lost | str
"""What happens to one call: a lost answer, or a return code that refuses it."""


class Stage(StrEnum):
    """How far a transaction is."""

    RESERVED = "reserved"
    APPROVED = "approved"
    ENDED = "ended"
    FAILED = "failed"
    CAPTURED = "captured"


_CHECK_CODES: Final = {
    Stage.RESERVED: "0000",
    Stage.APPROVED: "0110",
    Stage.ENDED: "0121",
    Stage.FAILED: "0122",
    Stage.CAPTURED: "0123",
}


@dataclass(frozen=True)
class Transaction:
    """One payment at LINE Pay. `paid_amount` differs from `amount` only when a test wants a wrong one."""

    transaction_id: str
    order_id: str
    amount: int
    stage: Stage = Stage.RESERVED
    captures: int = 0
    paid_amount: int | None = None
    refunds: tuple[RefundRecord, ...] = ()

    @property
    def left(self) -> int:
        return self.amount - sum(refund.amount for refund in self.refunds)

    @property
    def capture(self) -> Capture:
        amount = self.amount if self.paid_amount is None else self.paid_amount
        return Capture(self.order_id, self.transaction_id, amount, refunds=self.refunds)


@dataclass(frozen=True)
class Called:
    """One call that reached LINE Pay."""

    call: Call
    transaction_id: str | None
    amount: int | None = None


def _answer(call: Call, code: str | None, value: Any = None) -> Answer[Any]:
    meaning = verdict(call, code)
    return Answer(meaning, code, value if meaning is Verdict.DONE else None)


@dataclass
class LinePayModel:
    """LINE Pay as the shop sees it. All its values are immutable, so `copy` is cheap."""

    transactions: dict[str, Transaction] = field(default_factory=dict)
    calls: list[Called] = field(default_factory=list)
    scripts: dict[Call, deque[Script]] = field(default_factory=dict)
    late: list[Called] = field(default_factory=list)

    def copy(self) -> "LinePayModel":
        scripts = {call: deque(script) for call, script in self.scripts.items()}
        return LinePayModel(self.transactions.copy(), self.calls.copy(), scripts, self.late.copy())

    # What customers and time do --------------------------------------------------------------------------

    def script(self, call: Call, *outcomes: Script) -> None:
        """What happens to the next calls of this kind, one each; afterwards they go well again."""
        self.scripts.setdefault(call, deque()).extend(outcomes)

    def approve(self, transaction_id: str) -> None:
        """The customer agrees in LINE Pay; no money moves yet."""
        self._become(transaction_id, Stage.APPROVED, Stage.RESERVED)

    def cancel(self, transaction_id: str) -> None:
        """The customer cancels in LINE Pay, or the window ends."""
        self._become(transaction_id, Stage.ENDED, Stage.RESERVED, Stage.APPROVED)

    def fail(self, transaction_id: str) -> None:
        """The means of payment is refused for good."""
        self._become(transaction_id, Stage.FAILED, Stage.RESERVED, Stage.APPROVED)

    def end_all(self) -> None:
        """The payment window of every transaction is over."""
        for transaction_id in list(self.transactions):
            self.cancel(transaction_id)

    def do_late(self) -> None:
        """What was asked for long ago takes effect after all."""
        due, self.late = self.late, []
        for called in due:
            if called.call is Call.CONFIRM:
                self._confirm(called.transaction_id or "", called.amount or 0)
            elif called.call is Call.REFUND:
                self._refund(called.transaction_id or "", called.amount or 0)

    def _become(self, transaction_id: str, stage: Stage, *before: Stage) -> None:
        transaction = self.transactions[transaction_id]
        if transaction.stage in before:
            self.transactions[transaction_id] = replace(transaction, stage=stage)

    # What tests ask --------------------------------------------------------------------------------------

    @property
    def captured(self) -> list[Transaction]:
        return [each for each in self.transactions.values() if each.captures]

    def made(self, call: Call) -> list[Called]:
        return [each for each in self.calls if each.call is call]

    # The port --------------------------------------------------------------------------------------------

    def request(
        self,
        *,
        order_id: str,
        amount: int,
        currency: Currency,
        lines: Sequence[tuple[str, str, int, int]],
        confirm_url: str,
        cancel_url: str,
        language: Language,
    ) -> Answer[Reservation]:
        assert sum(quantity * price for _, _, quantity, price in lines) == amount, (
            "LINE Pay refuses other sums"
        )
        outcome = self._called(Called(Call.REQUEST, None, amount))
        if outcome is Lost.BEFORE:
            return _answer(Call.REQUEST, None)
        if outcome is not None and not isinstance(outcome, Lost):
            return _answer(Call.REQUEST, outcome)
        transaction_id = f"{2026_0000_0000 + len(self.transactions) + 1}"
        self.transactions[transaction_id] = Transaction(transaction_id, order_id, amount)
        if outcome is not None:
            return _answer(Call.REQUEST, None)
        return _answer(
            Call.REQUEST, SUCCESS, Reservation(transaction_id, f"https://pay.example/{transaction_id}")
        )

    def check(self, transaction_id: str) -> Answer[Authentication]:
        outcome = self._called(Called(Call.CHECK, transaction_id))
        if outcome is not None:
            code = None if isinstance(outcome, Lost) else outcome
            return _answer(Call.CHECK, code, authentication(code))
        code = _CHECK_CODES[self.transactions[transaction_id].stage]
        return _answer(Call.CHECK, code, authentication(code))

    def confirm(self, transaction_id: str, amount: int, currency: Currency) -> Answer[Capture]:
        called = Called(Call.CONFIRM, transaction_id, amount)
        outcome = self._called(called)
        match outcome:
            case Lost.BEFORE:
                return _answer(Call.CONFIRM, None)
            case Lost.LATE:
                self.late.append(called)
                return _answer(Call.CONFIRM, None)
            case Lost.AFTER:
                self._confirm(transaction_id, amount)
                return _answer(Call.CONFIRM, None)
            case None:
                return self._confirm(transaction_id, amount)
        return _answer(Call.CONFIRM, outcome)

    def _confirm(self, transaction_id: str, amount: int) -> Answer[Capture]:
        transaction = self.transactions[transaction_id]
        match transaction.stage:
            case Stage.RESERVED:
                return _answer(Call.CONFIRM, "1169")
            case Stage.ENDED | Stage.FAILED:
                return _answer(Call.CONFIRM, "1180")
            case Stage.CAPTURED:
                return _answer(Call.CONFIRM, "1152")
        if amount != transaction.amount:
            return _answer(Call.CONFIRM, "1153")
        done = replace(transaction, stage=Stage.CAPTURED, captures=transaction.captures + 1)
        self.transactions[transaction_id] = done
        return _answer(Call.CONFIRM, SUCCESS, done.capture)

    def details(
        self, *, transaction_id: str | None = None, order_id: str | None = None
    ) -> Answer[tuple[Capture, ...]]:
        outcome = self._called(Called(Call.DETAILS, transaction_id))
        if outcome is not None:
            return _answer(Call.DETAILS, None if isinstance(outcome, Lost) else outcome)
        found = tuple(
            each.capture
            for each in self.transactions.values()
            if each.captures and (each.transaction_id == transaction_id or each.order_id == order_id)
        )
        return _answer(Call.DETAILS, SUCCESS, found) if found else _answer(Call.DETAILS, "1150")

    def refund(self, transaction_id: str, amount: int, currency: Currency) -> Answer[RefundRecord]:
        called = Called(Call.REFUND, transaction_id, amount)
        outcome = self._called(called)
        match outcome:
            case Lost.BEFORE:
                return _answer(Call.REFUND, None)
            case Lost.LATE:
                self.late.append(called)
                return _answer(Call.REFUND, None)
            case Lost.AFTER:
                self._refund(transaction_id, amount)
                return _answer(Call.REFUND, None)
            case None:
                return self._refund(transaction_id, amount)
        return _answer(Call.REFUND, outcome)

    def _refund(self, transaction_id: str, amount: int) -> Answer[RefundRecord]:
        transaction = self.transactions[transaction_id]
        if not transaction.captures:
            return _answer(Call.REFUND, "1150")
        if transaction.left == 0:
            return _answer(Call.REFUND, "1165")
        if amount > transaction.left:
            return _answer(Call.REFUND, "1164")
        record = RefundRecord(f"{transaction_id}-{len(transaction.refunds) + 1}", amount)
        self.transactions[transaction_id] = replace(transaction, refunds=(*transaction.refunds, record))
        return _answer(Call.REFUND, SUCCESS, record)

    def _called(self, called: Called) -> Script | None:
        self.calls.append(called)
        script = self.scripts.get(called.call)
        return script.popleft() if script else None
