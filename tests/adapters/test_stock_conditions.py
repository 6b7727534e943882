"""What the store asks of DynamoDB, word for word: the conditions that stock and rows depend on, and what a refusal
or contention is taken for. That these conditions mean what the port says is `test_stores_agree.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from storefront.adapters.dynamodb import DynamoDbStore
from storefront.adapters.layout import LAYOUTS, Table
from storefront.domain.casework import WaitStep, WorkflowWait
from storefront.domain.coupon import CouponTally
from storefront.domain.errors import Conflict, CouponUsedUp, StockShort
from storefront.services.ports import CouponUse, Put, StockMove, Write
from tests.aws.deployment import REGION
from tests.doubles.little_shop import RETENTION, order_row
from tests.doubles.machinery import START

TABLES = {Table.LEDGER: "ledger-1", Table.PERSONAL: "personal-1", Table.CATALOGUE: "catalogue-1"}
HOLD = StockMove("TEA-JAS", available=-2, held=2)
HOLD_UPDATE = {
    "TableName": "catalogue-1",
    "Key": {"pk": {"S": "STOCK#TEA-JAS"}, "sk": {"S": "-"}},
    "UpdateExpression": "ADD available :available, held :held",
    "ConditionExpression": "attribute_exists(pk) AND available >= :least_available",
    "ExpressionAttributeValues": {
        ":available": {"N": "-2"},
        ":held": {"N": "2"},
        ":least_available": {"N": "2"},
    },
}
WAIT = WorkflowWait("quote1-1", WaitStep.PAYMENT, "token", START)
ORDER = order_row()
OTHER = replace(order_row(), order_number="OTHER", revision=0)


class Dynamo:
    """A client whose answers are laid out beforehand, the store over it, and how often the store paused."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "dynamodb", region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        self.answers = Stubber(self.client)
        self.pauses: list[float] = []
        self.store = DynamoDbStore(self.client, TABLES, lambda: START, RETENTION, self.pauses.append)

    def cancels(self, *codes: str) -> None:
        """The next transaction is cancelled with a reason for each of its writes."""
        reasons: Any = [{"Code": code} if code else {} for code in codes]
        self.answers.add_client_error(
            "transact_write_items",
            "TransactionCanceledException",
            modeled_fields={"CancellationReasons": reasons},
        )


@pytest.fixture
def dynamo() -> Iterator[Dynamo]:
    dynamo = Dynamo()
    with dynamo.answers:
        yield dynamo
    dynamo.answers.assert_no_pending_responses()


@contextmanager
def refused_as(kind: type[Conflict], told: str) -> Iterator[None]:
    """The refusal is of exactly this kind: a StockShort is a Conflict, but not the other way round."""
    with pytest.raises(Conflict) as refused:
        yield
    assert (type(refused.value), str(refused.value)) == (kind, told)
    assert isinstance(refused.value.__cause__, ClientError)


# Words ----------------------------------------------------------------------------------------------------


def test_a_hold_takes_only_what_is_there_S1(dynamo: Dynamo) -> None:
    dynamo.answers.add_response("update_item", {}, HOLD_UPDATE)
    dynamo.store.commit(HOLD)


def test_every_counter_that_falls_is_guarded_and_none_that_rises_S1(dynamo: Dynamo) -> None:
    expected = {
        "TableName": "catalogue-1",
        "Key": {"pk": {"S": "STOCK#TEA-JAS"}, "sk": {"S": "-"}},
        "UpdateExpression": "ADD available :available, held :held, committed :committed, on_hand :on_hand",
        "ConditionExpression": (
            "attribute_exists(pk) AND held >= :least_held AND committed >= :least_committed"
            " AND on_hand >= :least_on_hand"
        ),
        "ExpressionAttributeValues": {
            ":available": {"N": "4"},
            ":held": {"N": "-1"},
            ":committed": {"N": "-2"},
            ":on_hand": {"N": "-3"},
            ":least_held": {"N": "1"},
            ":least_committed": {"N": "2"},
            ":least_on_hand": {"N": "3"},
        },
    }
    dynamo.answers.add_response("update_item", {}, expected)
    dynamo.store.commit(StockMove("TEA-JAS", available=4, held=-1, committed=-2, on_hand=-3))


@pytest.mark.parametrize(
    ("use", "condition", "values"),
    [
        (
            CouponUse("TEA100", "all", 1, 50),
            "attribute_not_exists(pk) OR uses <= :most_before",
            {":change": "1", ":most_before": "49"},
        ),
        (
            CouponUse("TEA100", "all", 1, 1),
            "attribute_not_exists(pk) OR uses <= :most_before",
            {":change": "1", ":most_before": "0"},
        ),
        (CouponUse("TEA100", "all", 1, 0), "uses <= :most_before", {":change": "1", ":most_before": "-1"}),
        (CouponUse("TEA100", "all", 1), None, {":change": "1"}),
        (CouponUse("TEA100", "all", -1), "uses >= :least", {":change": "-1", ":least": "1"}),
        (CouponUse("TEA100", "all", -1, 50), "uses >= :least", {":change": "-1", ":least": "1"}),
    ],
)
def test_a_coupon_is_used_only_while_there_are_uses_and_given_back_only_once_used(
    dynamo: Dynamo, use: CouponUse, condition: str | None, values: dict[str, str]
) -> None:
    key = LAYOUTS[CouponTally].key("TEA100", "all")
    numbers = {name: {"N": value} for name, value in values.items()}
    expected: dict[str, Any] = {
        "TableName": TABLES[LAYOUTS[CouponTally].table],
        "Key": {"pk": {"S": key.pk}, "sk": {"S": key.sk}},
        "UpdateExpression": "SET code = :code, holder = :holder ADD uses :change",
        "ExpressionAttributeValues": {":code": {"S": "TEA100"}, ":holder": {"S": "all"}, **numbers},
    }
    if condition is not None:
        expected["ConditionExpression"] = condition
    dynamo.answers.add_response("update_item", {}, expected)
    dynamo.store.commit(use)


def test_a_new_row_is_written_only_where_none_is(dynamo: Dynamo) -> None:
    expected = {"TableName": "ledger-1", "Item": ANY, "ConditionExpression": "attribute_not_exists(pk)"}
    dynamo.answers.add_response("put_item", {}, expected)
    dynamo.store.commit(Put(OTHER))


def test_a_known_row_is_written_only_over_the_one_that_was_read(dynamo: Dynamo) -> None:
    expected = {
        "TableName": "ledger-1",
        "Item": ANY,
        "ConditionExpression": "revision = :read",
        "ExpressionAttributeValues": {":read": {"N": "7"}},
    }
    dynamo.answers.add_response("put_item", {}, expected)
    dynamo.store.commit(Put(replace(ORDER, revision=7)))


def test_a_row_holds_what_is_known_and_the_next_revision(dynamo: Dynamo) -> None:
    expected = {
        "TableName": "ledger-1",
        "Item": {
            "pk": {"S": "WORKFLOW#quote1-1"},
            "sk": {"S": "WAIT#payment"},
            "workflow_name": {"S": "quote1-1"},
            "step": {"S": "payment"},
            "token": {"S": "token"},
            "stored_at": {"S": "2026-11-24T06:00:00Z"},
            "revision": {"N": "4"},
            "garbage_after": ANY,
        },
        "ConditionExpression": "revision = :read",
        "ExpressionAttributeValues": {":read": {"N": "3"}},
    }
    dynamo.answers.add_response("put_item", {}, expected)
    dynamo.store.commit(Put(replace(WAIT, revision=3)))


def test_several_writes_are_one_transaction_with_all_their_conditions(dynamo: Dynamo) -> None:
    put = {
        "TableName": "ledger-1",
        "Item": ANY,
        "ConditionExpression": "revision = :read",
        "ExpressionAttributeValues": {":read": {"N": "1"}},
    }
    expected = {"TransactItems": [{"Put": put}, {"Update": HOLD_UPDATE}]}
    dynamo.answers.add_response("transact_write_items", {}, expected)
    dynamo.store.commit(Put(ORDER), HOLD)
    assert dynamo.pauses == []


# Refusals -------------------------------------------------------------------------------------------------


def test_a_refused_hold_says_which_product_is_short(dynamo: Dynamo) -> None:
    dynamo.answers.add_client_error("update_item", "ConditionalCheckFailedException")
    with refused_as(StockShort, "TEA-JAS"):
        dynamo.store.commit(HOLD)


def test_a_refused_use_says_which_coupon_is_used_up(dynamo: Dynamo) -> None:
    dynamo.answers.add_client_error("update_item", "ConditionalCheckFailedException")
    with refused_as(CouponUsedUp, str(CouponUsedUp("TEA100"))):
        dynamo.store.commit(CouponUse("TEA100", "all", 1, 50))
    dynamo.cancels("None", "ConditionalCheckFailed")
    with refused_as(CouponUsedUp, str(CouponUsedUp("TEA100"))):
        dynamo.store.commit(Put(ORDER), CouponUse("TEA100", "all", 1, 50))


def test_a_refused_row_is_a_conflict(dynamo: Dynamo) -> None:
    dynamo.answers.add_client_error("put_item", "ConditionalCheckFailedException")
    with refused_as(Conflict, "Order"):
        dynamo.store.commit(Put(ORDER))


@pytest.mark.parametrize(
    ("codes", "kind", "told"),
    [
        (("ConditionalCheckFailed", "None", "None"), Conflict, "Order"),
        (("None", "ConditionalCheckFailed", ""), StockShort, "TEA-JAS"),
        (("", "", "ConditionalCheckFailed"), Conflict, "WorkflowWait"),
        (("ConditionalCheckFailed", "ConditionalCheckFailed", "None"), Conflict, "Order"),
        (("TransactionConflict", "ConditionalCheckFailed", "None"), StockShort, "TEA-JAS"),
    ],
)
def test_the_first_condition_that_fails_in_a_transaction_is_the_refusal(
    dynamo: Dynamo, codes: tuple[str, ...], kind: type[Conflict], told: str
) -> None:
    dynamo.cancels(*codes)
    with refused_as(kind, told):
        dynamo.store.commit(Put(ORDER), HOLD, Put(WAIT))
    assert dynamo.pauses == []


def test_an_answer_with_fewer_reasons_than_writes_is_not_guessed_at(dynamo: Dynamo) -> None:
    dynamo.cancels("TransactionConflict")
    with pytest.raises(ValueError, match="shorter"):
        dynamo.store.commit(Put(ORDER), HOLD)
    assert dynamo.pauses == []


# Contention -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "codes",
    [
        ("TransactionConflict", "None"),
        ("None", "ThrottlingError"),
        ("", "ProvisionedThroughputExceeded"),
        ("TransactionConflict", "TransactionConflict"),
    ],
)
def test_a_transaction_that_met_another_is_tried_again_as_it_is_B6(
    dynamo: Dynamo, codes: tuple[str, ...]
) -> None:
    expected = {"TransactItems": [{"Put": ANY}, {"Update": HOLD_UPDATE}]}
    dynamo.cancels(*codes)
    dynamo.answers.add_response("transact_write_items", {}, expected)
    dynamo.store.commit(Put(ORDER), HOLD)
    assert len(dynamo.pauses) == 1


def test_a_transaction_that_cannot_be_is_an_error_and_not_tried_again(dynamo: Dynamo) -> None:
    dynamo.cancels("None", "ValidationError")
    with pytest.raises(ClientError) as refused:
        dynamo.store.commit(Put(ORDER), HOLD)
    assert refused.value.response["CancellationReasons"][1]["Code"] == "ValidationError"
    assert dynamo.pauses == []


def test_a_transaction_that_meets_another_again_and_again_is_a_conflict_after_eight_tries_B6(
    dynamo: Dynamo,
) -> None:
    for _ in range(8):
        dynamo.cancels("TransactionConflict", "None")
    with pytest.raises(Conflict, match=r"^contention$"):
        dynamo.store.commit(Put(ORDER), HOLD)
    assert_growing(dynamo.pauses)


@pytest.mark.parametrize(("call", "write"), [("put_item", Put(ORDER)), ("update_item", HOLD)])
def test_one_write_that_meets_a_transaction_is_tried_again_B6(
    dynamo: Dynamo, call: str, write: Write
) -> None:
    dynamo.answers.add_client_error(call, "TransactionConflictException")
    dynamo.answers.add_response(call, {})
    dynamo.store.commit(write)
    assert len(dynamo.pauses) == 1


@pytest.mark.parametrize(("call", "write"), [("put_item", Put(ORDER)), ("update_item", HOLD)])
def test_one_write_that_meets_transactions_again_and_again_is_a_conflict_after_eight_tries_B6(
    dynamo: Dynamo, call: str, write: Write
) -> None:
    for _ in range(8):
        dynamo.answers.add_client_error(call, "TransactionConflictException")
    with pytest.raises(Conflict, match=r"^contention$"):
        dynamo.store.commit(write)
    assert_growing(dynamo.pauses)


def assert_growing(pauses: list[float]) -> None:
    """Full jitter: a pause is anything up to twice as much as the one before could be."""
    assert len(pauses) == 8
    assert all(0 <= pause <= 0.02 * 2**attempt for attempt, pause in enumerate(pauses))
