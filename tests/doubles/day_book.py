"""The doubles as reconciliation asks them: rows by their day, and many payments of LINE Pay at once."""

from collections.abc import Iterator, Sequence
from datetime import date

from storefront.adapters.layout import LAYOUTS
from storefront.domain.payment_answers import SUCCESS, Answer, Call, Capture, Verdict
from storefront.domain.reconciliation import shop_day
from tests.doubles.line_pay_model import LinePayModel
from tests.doubles.memory_store import MemoryStore

PAGE = 2
"""Pages are small, so that tests see more than one."""


class MemoryDayBook(MemoryStore):
    """Another view of the same rows, which finds them by day as the index does."""

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store.rows, store.stock)

    def of_day[Entity](self, kind: type[Entity], day: date) -> Iterator[Sequence[Entity]]:
        moment_of = LAYOUTS[kind].day
        assert moment_of is not None
        dated = [(moment_of(row), row) for row in self.all(kind)]
        found = [(at, row) for at, row in dated if at is not None and shop_day(at) == day]
        rows = [row for _, row in sorted(found, key=lambda each: each[0])]
        for start in range(0, len(rows), PAGE):
            yield rows[start : start + PAGE]


class ModelBooks:
    """LINE Pay's details of many payments; a transaction in `unreadable` spoils every answer that it is in."""

    def __init__(self, pay: LinePayModel) -> None:
        self._pay = pay
        self.unreadable: set[str] = set()
        self.asked: list[tuple[str, ...]] = []

    def captures(self, transaction_ids: Sequence[str]) -> Answer[tuple[Capture, ...]]:
        self.asked.append(tuple(transaction_ids))
        if self.unreadable & set(transaction_ids):
            return Answer(Verdict.UNKNOWN, SUCCESS)
        answers = [self._pay.details(transaction_id=transaction_id) for transaction_id in transaction_ids]
        if any(answer.verdict is Verdict.UNKNOWN for answer in answers):
            return Answer(Verdict.UNKNOWN)
        found = tuple(capture for answer in answers for capture in answer.value or ())
        return Answer(Verdict.DONE, SUCCESS, found) if found else Answer(Verdict.WAITING, "1150")

    def made(self) -> int:
        """How many calls for details have reached LINE Pay."""
        return len(self._pay.made(Call.DETAILS))
