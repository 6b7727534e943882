"""Our books of one payment held against LINE Pay's: what differs, how much it is, and which day it belongs to."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from storefront.domain.money import Currency
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import Capture, RefundRecord
from storefront.domain.reconciliation import (
    BY_HAND,
    SHOP_TIME,
    Books,
    Difference,
    Finding,
    Reconciliation,
    compare,
    shop_day,
)
from storefront.domain.refund import Refund, RefundState
from tests.doubles.little_shop import ORDER, order_row
from tests.doubles.machinery import START

TODAY = date(2026, 11, 24)
TOTAL = 720


def test_a_report_begins_with_nothing_found() -> None:
    report = Reconciliation(TODAY, START, compared=0)
    assert (report.under_way, report.healed, report.differences, report.not_compared) == ((), (), (), ())
    assert (report.captured, report.refunded, report.revision) == (0, 0, 0)
    assert report.agrees


@pytest.mark.parametrize(
    ("hours", "day"), [(-14, "2026-11-24"), (-15, "2026-11-23"), (9, "2026-11-24"), (10, "2026-11-25")]
)
def test_a_day_begins_at_midnight_in_taiwan(hours: int, day: str) -> None:
    assert shop_day(START + timedelta(hours=hours)).isoformat() == day
    assert str(SHOP_TIME) == "Asia/Taipei"


# Both sides, compared ------------------------------------------------------------------------------------


def books(*refunds: Refund, state: AttemptState = AttemptState.CONFIRMED, refunded: int = 0) -> Books:
    """A payment of NT$720 as our rows tell it."""
    attempt = PaymentAttempt(
        "a1", ORDER, "customer1", f"{ORDER}-1", TOTAL, Currency.TWD, state, START, START, transaction_id="1"
    )
    captured = TOTAL if state is AttemptState.CONFIRMED else 0
    return Books(attempt, replace(order_row(), captured=captured, refunded=refunded), refunds)


def refund(
    amount: int, state: RefundState = RefundState.DONE, *, of: str = "a1", by: str | None = "9"
) -> Refund:
    return Refund(
        ORDER, f"r{amount}", of, amount, Currency.TWD, "wish", START, state=state, provider_refund_id=by
    )


def capture(*refunds: int, amount: int = TOTAL, order_id: str = f"{ORDER}-1") -> Capture:
    records = tuple(RefundRecord(str(number), given) for number, given in enumerate(refunds))
    return Capture(order_id, "1", amount, refunds=records)


BY_PERSON = f"{BY_HAND}bank transfer"


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        (books(), capture(), None),
        (books(refund(100), refunded=100), capture(100), None),
        (books(refund(100), refund(20), refunded=120), capture(20, 100), None),
        (books(refund(100, by=BY_PERSON), refunded=100), capture(), None),
        (books(refund(100, of="a0")), capture(), None),
        (books(), None, (Difference.NOT_CAPTURED, TOTAL, 0)),
        (books(), capture(order_id="OTHER-1"), (Difference.FOREIGN_CAPTURE, TOTAL, TOTAL)),
        (books(), capture(amount=719), (Difference.OTHER_AMOUNT, TOTAL, 719)),
        (books(), capture(1), (Difference.REFUNDED_THERE_ONLY, 0, 1)),
        (books(refund(100), refunded=100), capture(99), (Difference.REFUNDED_HERE_ONLY, 100, 99)),
        (books(refund(100), refunded=0), capture(100), (Difference.LEDGER_APART, TOTAL, 620)),
        (books(refunded=100), capture(), (Difference.LEDGER_APART, 620, TOTAL)),
        (books(refund(100, RefundState.SENT), refunded=0), capture(), None),
    ],
)
def test_the_gravest_difference_of_a_paid_order_is_told_M6(
    ours: Books, theirs: Capture | None, found: tuple[Difference, int, int] | None
) -> None:
    expected = Finding(found[0], ORDER, "1", ours=found[1], theirs=found[2]) if found else None
    assert compare(ours, theirs) == expected


@pytest.mark.parametrize(
    ("refunds", "theirs", "left"),
    [
        ((), None, None),
        ((), capture(), TOTAL),
        ((), capture(TOTAL), None),
        ((), capture(TOTAL - 1), 1),
        ((refund(TOTAL, RefundState.INTENDED),), capture(), None),
        ((refund(TOTAL, RefundState.SENT),), capture(), None),
        ((refund(TOTAL - 1, RefundState.SENT),), capture(), TOTAL),
        ((refund(TOTAL, RefundState.REFUSED),), capture(), TOTAL),
        ((refund(TOTAL, by=BY_PERSON),), capture(), None),
        ((refund(20, by=BY_PERSON),), capture(), TOTAL),
        ((refund(20, by=BY_PERSON), refund(700, RefundState.SENT)), capture(), None),
    ],
)
@pytest.mark.parametrize("state", [AttemptState.FAILED, AttemptState.CLOSED, AttemptState.CONFIRMING])
def test_money_of_an_unpaid_order_has_to_be_back_or_on_its_way_M6(
    state: AttemptState, refunds: tuple[Refund, ...], theirs: Capture | None, left: int | None
) -> None:
    ours = books(*refunds, state=state)
    by_hand = ours.refunded(by_hand=True)
    expected = None if left is None else Finding(Difference.CAPTURED_UNPAID, ORDER, "1", by_hand, left)
    assert compare(ours, theirs) == expected


@pytest.mark.parametrize(
    ("ours", "under_way"),
    [
        (books(), False),
        (books(state=AttemptState.CONFIRMING), True),
        (books(refund(1, RefundState.INTENDED)), True),
        (books(refund(1, RefundState.SENT)), True),
        (books(refund(1), refund(2, RefundState.REFUSED)), False),
        (books(refund(1, RefundState.SENT, of="a0")), False),
    ],
)
def test_a_payment_is_under_way_while_a_confirm_or_its_refund_is(ours: Books, under_way: bool) -> None:
    assert ours.is_under_way is under_way


def test_a_capture_without_a_transaction_of_ours_is_named_by_nothing() -> None:
    ours = books()
    ours = replace(ours, attempt=replace(ours.attempt, transaction_id=None))
    assert compare(ours, None) == Finding(Difference.NOT_CAPTURED, ORDER, "", ours=TOTAL, theirs=0)
