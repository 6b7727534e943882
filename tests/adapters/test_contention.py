"""Others at the same rows, and throttling: tried again with jitter, then handed back; never done twice (B6, H2)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from storefront.adapters.dynamodb import CONTENTION_TRIES, DynamoDbStore
from storefront.domain.errors import Conflict, StockShort
from storefront.domain.order import Order
from storefront.domain.payment import PaymentAttempt
from storefront.services.ports import Put, StockMove
from tests.adapters.test_stores_agree import SAMPLES, UNITS, dynamodb
from tests.doubles.little_shop import TEA

ORDER = next(row for row in SAMPLES if isinstance(row, Order))
ATTEMPT = next(row for row in SAMPLES if isinstance(row, PaymentAttempt))


@dataclass
class Contended:
    """A store whose next calls are answered with these reasons, one list a call, before a table sees them."""

    store: DynamoDbStore
    answers: list[list[str]] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        events = self.store._client.meta.events
        events.register_first("before-call.dynamodb.TransactWriteItems", self._transaction)
        events.register_first("before-call.dynamodb.PutItem", self._single)

    def _transaction(self, **_named: Any) -> Any:
        self.asked += 1
        if not self.answers:
            return None
        reasons = [{"Code": code} for code in self.answers.pop(0)]
        error = {"Code": "TransactionCanceledException", "Message": "cancelled"}
        return SimpleNamespace(status_code=400), {"Error": error, "CancellationReasons": reasons}

    def _single(self, **_named: Any) -> Any:
        self.asked += 1
        if not self.answers:
            return None
        (code,) = self.answers.pop(0)
        return SimpleNamespace(status_code=400), {"Error": {"Code": code, "Message": "refused"}}


@pytest.fixture
def contended() -> Iterator[Contended]:
    with dynamodb() as store:
        yield Contended(store)


MOVE = StockMove(TEA.sku, available=-1, held=1)
PASSING = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]


@pytest.mark.parametrize("reason", PASSING)
@pytest.mark.parametrize("times", [1, CONTENTION_TRIES - 1])
def test_a_transaction_that_others_stood_in_the_way_of_is_done_once_in_the_end_B6_H2(
    contended: Contended, reason: str, times: int
) -> None:
    contended.answers = [["None", reason, "None"]] * times
    contended.store.commit(Put(ORDER), Put(ATTEMPT), MOVE)
    assert contended.asked == times + 1
    assert contended.store.read(Order, ORDER.order_number) == replace(ORDER, revision=1)
    with pytest.raises(StockShort):
        contended.store.commit(StockMove(TEA.sku, available=-UNITS, held=UNITS))


def test_contention_that_does_not_end_is_handed_back_with_nothing_done(contended: Contended) -> None:
    contended.answers = [["TransactionConflict", "None"]] * CONTENTION_TRIES
    with pytest.raises(Conflict):
        contended.store.commit(Put(ORDER), Put(ATTEMPT))
    assert contended.asked == CONTENTION_TRIES
    assert contended.store.read(Order, ORDER.order_number) is None


@pytest.mark.parametrize(
    ("reasons", "error"),
    [
        (["ConditionalCheckFailed", "TransactionConflict", "None"], Conflict),
        (["TransactionConflict", "None", "ConditionalCheckFailed"], StockShort),
        (["ValidationError", "None", "None"], ClientError),
        (["TransactionConflict", "ItemCollectionSizeLimitExceeded", "None"], ClientError),
    ],
)
def test_what_will_not_pass_is_not_tried_again(
    contended: Contended, reasons: list[str], error: type[Exception]
) -> None:
    contended.answers = [reasons]
    with pytest.raises(error):
        contended.store.commit(Put(ORDER), Put(ATTEMPT), MOVE)
    assert contended.asked == 1
    assert contended.store.read(Order, ORDER.order_number) is None


def test_a_single_write_beside_a_transaction_is_tried_again_B6(contended: Contended) -> None:
    contended.answers = [["TransactionConflictException"]] * 3
    contended.store.commit(Put(ORDER))
    assert contended.asked == 4
    contended.answers = [["TransactionConflictException"]] * CONTENTION_TRIES
    with pytest.raises(Conflict):
        contended.store.commit(Put(replace(ORDER, revision=1)))
    contended.answers = [["ConditionalCheckFailedException"]]
    with pytest.raises(Conflict):
        contended.store.commit(Put(replace(ORDER, revision=1)))
