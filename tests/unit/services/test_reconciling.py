"""Reconciliation: both sides are compared, what is proven is finished, the rest is put before a person once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.errors import Conflict
from storefront.domain.order import OrderState
from storefront.domain.payment import AttemptState
from storefront.domain.payment_answers import Call, RefundRecord
from storefront.domain.reconciliation import Difference, Finding, Reconciliation, as_markdown
from storefront.domain.refund import RefundState
from storefront.services.checkout import Checkout
from storefront.services.ports import Put
from storefront.services.reconciling import TIME_FOR_A_RUN, Reconciling
from tests.doubles.day_book import MemoryDayBook, ModelBooks
from tests.doubles.line_pay_model import Lost
from tests.doubles.little_shop import ORDER, LittleShop
from tests.doubles.machinery import START

TODAY = date(2026, 11, 24)
TOTAL = 720


class Bookkeeping:
    """A little shop with its reconciliation."""

    def __init__(self) -> None:
        self.shop = LittleShop()
        self.books = ModelBooks(self.shop.pay)

    def run(self, day: date | None = TODAY) -> Reconciliation:
        shop = self.shop
        return Reconciling(
            MemoryDayBook(shop.store), self.books, shop.checkout, shop.refunding, shop.clock, shop.metrics
        ).reconcile(day)

    def at_line_pay(self, **changes: object) -> None:
        """LINE Pay's own books, changed behind our back."""
        before = self.shop.pay.transactions[self.shop.transaction]
        self.shop.pay.transactions[self.shop.transaction] = replace(before, **changes)  # type: ignore[arg-type]

    @property
    def cases(self) -> list[OperatorCase]:
        return self.shop.store.all(OperatorCase)


@pytest.fixture
def desk() -> Bookkeeping:
    return Bookkeeping()


def finding(desk: Bookkeeping, difference: Difference, ours: int, theirs: int) -> Finding:
    return Finding(difference, ORDER, desk.shop.transaction, ours=ours, theirs=theirs)


# Both sides agree ----------------------------------------------------------------------------------------


def test_a_paid_order_that_line_pay_captured_agrees(desk: Bookkeeping) -> None:
    desk.shop.paid()
    before = desk.shop.store.copy().rows

    report = desk.run()

    assert report == Reconciliation(TODAY, desk.shop.clock.now, compared=1, captured=TOTAL, revision=0)
    assert report.agrees
    written = {key: row for key, row in desk.shop.store.rows.items() if before.get(key) != row}
    assert list(written.values()) == [replace(report, revision=1)]


def test_refunds_that_both_sides_know_agree(desk: Bookkeeping) -> None:
    shop = desk.shop.paid()
    shop.carry_out(shop.refund(100))
    shop.carry_out(shop.refund(TOTAL - 100))

    report = desk.run()

    assert (report.agrees, report.captured, report.refunded) == (True, TOTAL, TOTAL)


def test_a_day_without_payments_agrees_and_asks_line_pay_nothing(desk: Bookkeeping) -> None:
    desk.shop.open()

    assert desk.run().compared == 0
    assert desk.books.asked == []


def test_a_run_means_yesterday_in_taiwan_unless_told_otherwise(desk: Bookkeeping) -> None:
    desk.shop.paid()
    desk.shop.clock.go_on(13 * 3600)  # 03:00 of the next day in Taiwan, 19:00 of the same day in UTC

    assert (desk.run(None).day, desk.run(None).compared) == (TODAY, 1)


def test_a_payment_belongs_to_the_day_of_its_claim_and_a_refund_to_its_own(desk: Bookkeeping) -> None:
    shop = desk.shop.paid()
    shop.clock.go_on(3 * 86_400)
    shop.carry_out(shop.refund(100))

    days = [TODAY + timedelta(days=days) for days in range(4)]

    assert [desk.run(day).compared for day in days] == [1, 0, 0, 1]


def test_a_payment_and_its_refund_of_the_same_day_are_compared_once(desk: Bookkeeping) -> None:
    shop = desk.shop.paid()
    shop.carry_out(shop.refund(100))

    assert desk.run().compared == 1


# What is proven is finished ------------------------------------------------------------------------------


def test_a_confirm_whose_answers_were_all_lost_is_finished(desk: Bookkeeping) -> None:
    shop = desk.shop
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.AFTER)
    shop.pay.approve(shop.transaction)
    shop.pay.script(Call.DETAILS, Lost.BEFORE)
    shop.settle("returned")
    assert shop.attempt.state is AttemptState.CONFIRMING
    shop.clock.go_on(200)

    report = desk.run()

    assert report.healed == (finding(desk, Difference.CAPTURED_UNPAID, 0, TOTAL),)
    assert (report.agrees, report.under_way) == (True, ())
    assert (shop.order.state, shop.attempt.state) == (OrderState.PAID, AttemptState.CONFIRMED)
    assert shop.told.count("paid") == 1
    assert shop.events == ["order.paid.v1"]
    assert desk.cases == []


def test_a_refund_whose_answer_was_lost_is_finished(desk: Bookkeeping) -> None:
    shop = desk.shop.paid()
    shop.refund(100)
    shop.store.commit(Put(shop.refunds[0].sent((), shop.clock.now)))
    shop.pay.refund(shop.transaction, 100, shop.order.currency)

    report = desk.run()

    assert report.healed == (finding(desk, Difference.REFUNDED_THERE_ONLY, 0, 100),)
    assert report.agrees
    assert (shop.order.refunded, shop.refunds[0].state) == (100, RefundState.DONE)
    assert len(shop.pay.made(Call.REFUND)) == 1
    assert desk.cases == []


def test_a_confirm_that_is_being_waited_for_is_left_alone(desk: Bookkeeping) -> None:
    shop = desk.shop
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.AFTER)
    shop.pay.approve(shop.transaction)
    claimed = shop.attempt.confirming(shop.clock.now, shop.clock.now + timedelta(seconds=100))
    shop.store.commit(
        Put(claimed), Put(shop.order.confirming(claimed.attempt_id, claimed.amount, shop.clock.now))
    )
    shop.pay.confirm(shop.transaction, TOTAL, shop.order.currency)

    report = desk.run()

    assert (report.under_way, report.healed, report.differences) == ((ORDER,), (), ())
    assert shop.attempt.state is AttemptState.CONFIRMING
    assert desk.cases == []


def test_a_confirm_that_line_pay_does_not_know_is_under_way_and_no_difference(desk: Bookkeeping) -> None:
    shop = desk.shop
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay.approve(shop.transaction)
    shop.settle("returned")
    shop.clock.go_on(200)

    report = desk.run()

    assert (report.under_way, report.agrees) == ((ORDER,), True)


def test_somebody_else_at_the_same_payment_leaves_it_as_a_difference(desk: Bookkeeping) -> None:
    class BusyCheckout(Checkout):
        def settle(self, attempt_id: str, cause: str) -> None:
            raise Conflict(attempt_id)

    shop = desk.shop
    shop.open()
    shop.pay.approve(shop.transaction)
    claimed = shop.attempt.confirming(shop.clock.now, shop.clock.now)
    shop.store.commit(Put(claimed), Put(shop.order.confirming(claimed.attempt_id, TOTAL, shop.clock.now)))
    shop.pay.confirm(shop.transaction, TOTAL, shop.order.currency)
    busy = BusyCheckout(
        shop.store, shop.pay, shop.telling, shop.waits, shop.jobs, shop.clock, shop.ids, shop.metrics,
        shop.timers, "https://shop.example",
    )  # fmt: skip

    report = Reconciling(
        MemoryDayBook(shop.store), desk.books, busy, shop.refunding, shop.clock, shop.metrics
    ).reconcile(TODAY)

    assert [found.difference for found in report.differences] == [Difference.CAPTURED_UNPAID]
    assert report.under_way == (ORDER,)
    assert shop.metrics.counts["ReconciliationConflict"] == 1


# What differs is a person's ------------------------------------------------------------------------------


def test_an_order_that_is_paid_here_only_is_a_case_and_stays_paid(desk: Bookkeeping) -> None:
    desk.shop.paid()
    before = desk.shop.order
    desk.shop.pay.transactions.clear()

    report = desk.run()

    assert report.differences == (finding(desk, Difference.NOT_CAPTURED, TOTAL, 0),)
    assert not report.agrees
    assert desk.shop.order == before
    (case,) = desk.cases
    assert (case.kind, case.subject) == (CaseKind.RECONCILIATION, f"{ORDER}:{desk.shop.transaction}")
    assert case.facts == {
        "difference": "not_captured",
        "ours": "720",
        "theirs": "0",
        "transactionId": desk.shop.transaction,
        "attemptId": desk.shop.attempt.attempt_id,
        "day": "2026-11-24",
    }
    assert desk.shop.metrics.counts["ReconciliationDifferences"] == 1


@pytest.mark.parametrize(
    ("changes", "difference", "theirs"),
    [
        ({"paid_amount": 721}, Difference.OTHER_AMOUNT, 721),
        ({"order_id": "SOMEBODY-ELSES"}, Difference.FOREIGN_CAPTURE, TOTAL),
        ({"refunds": (RefundRecord("r1", 100),)}, Difference.REFUNDED_THERE_ONLY, 100),
    ],
)
def test_what_line_pay_says_otherwise_is_a_case(
    desk: Bookkeeping, changes: dict[str, object], difference: Difference, theirs: int
) -> None:
    shop = desk.shop.paid()
    before = shop.order
    desk.at_line_pay(**changes)

    (found,) = desk.run().differences

    assert (found.difference, found.theirs) == (difference, theirs)
    assert shop.order == before
    assert [case.facts["difference"] for case in desk.cases] == [difference.value]


def test_a_refund_that_line_pay_does_not_know_is_a_case(desk: Bookkeeping) -> None:
    shop = desk.shop.paid()
    shop.carry_out(shop.refund(100))
    desk.at_line_pay(refunds=())

    assert desk.run().differences == (finding(desk, Difference.REFUNDED_HERE_ONLY, 100, 0),)


def test_a_balance_that_does_not_add_up_is_a_case(desk: Bookkeeping) -> None:
    desk.shop.paid()
    desk.shop.change(captured=TOTAL + 1)

    assert desk.run().differences == (finding(desk, Difference.LEDGER_APART, TOTAL + 1, TOTAL),)


def test_money_of_an_ended_payment_is_a_case_and_nothing_is_done_to_the_order(desk: Bookkeeping) -> None:
    shop = desk.shop
    shop.open()
    shop.pay.approve(shop.transaction)
    claimed = shop.attempt.confirming(shop.clock.now, shop.clock.now)
    shop.store.commit(Put(claimed), Put(shop.order.confirming(claimed.attempt_id, TOTAL, shop.clock.now)))
    shop.store.commit(
        Put(shop.attempt.ended(AttemptState.FAILED, shop.clock.now, "test")),
        Put(shop.order.confirm_refused()),
    )
    shop.pay.confirm(shop.transaction, TOTAL, shop.order.currency)
    before = shop.order

    report = desk.run()

    assert report.differences == (finding(desk, Difference.CAPTURED_UNPAID, 0, TOTAL),)
    assert shop.order == before


def test_a_second_run_opens_no_second_case_and_replaces_the_report(desk: Bookkeeping) -> None:
    desk.shop.paid()
    desk.shop.pay.transactions.clear()
    desk.run()
    (first,) = desk.cases

    desk.run()

    assert desk.cases == [first]
    (report,) = desk.shop.store.all(Reconciliation)
    assert report.revision == 2


def test_what_both_sides_say_at_the_second_look_is_no_difference(desk: Bookkeeping) -> None:
    shop = desk.shop.paid()
    row = shop.attempt
    captured = shop.pay.transactions
    shop.pay.transactions = {}

    class Lagging(ModelBooks):
        def captures(self, transaction_ids):  # type: ignore[no-untyped-def]
            answer = super().captures(transaction_ids)
            shop.pay.transactions = captured
            return answer

    desk.books = Lagging(shop.pay)

    report = desk.run()

    assert (report.differences, report.healed, report.agrees) == ((), (), True)
    assert (shop.attempt, desk.cases) == (row, [])


# Silence -------------------------------------------------------------------------------------------------


def test_what_line_pay_does_not_answer_is_named_and_no_difference(desk: Bookkeeping) -> None:
    desk.shop.paid()
    desk.shop.pay.script(Call.DETAILS, Lost.BEFORE)

    report = desk.run()

    assert (report.compared, report.not_compared, report.differences) == (0, (ORDER,), ())
    assert not report.agrees
    assert desk.cases == []
    assert desk.shop.metrics.counts["ReconciliationNotCompared"] == 1


def test_one_payment_that_cannot_be_read_does_not_hide_the_others(desk: Bookkeeping) -> None:
    shop = desk.shop.paid()
    readable = shop.transaction
    other = replace(
        shop.attempt,
        attempt_id="other",
        transaction_id="9999999999",
        first_claimed_at=shop.clock.now + timedelta(seconds=1),
        revision=0,
    )
    shop.store.commit(Put(other))
    desk.books.unreadable = {"9999999999"}

    report = desk.run()

    assert (report.compared, report.not_compared) == (1, (ORDER,))
    assert desk.books.asked == [(readable, "9999999999"), (readable,), ("9999999999",)]


def test_a_run_that_has_no_time_left_names_what_it_left_out(desk: Bookkeeping) -> None:
    shop = desk.shop.paid()
    began = shop.clock.now
    ticks = iter([began, began + TIME_FOR_A_RUN + timedelta(seconds=1)])
    slow = Reconciling(
        MemoryDayBook(shop.store),
        desk.books,
        shop.checkout,
        shop.refunding,
        lambda: next(ticks),
        shop.metrics,
    )

    report = slow.reconcile(TODAY)

    assert (report.compared, report.not_compared, report.agrees) == (0, (ORDER,), False)
    assert desk.books.asked == []


# The report ----------------------------------------------------------------------------------------------


def test_the_report_reads_as_a_table_of_what_was_found(desk: Bookkeeping) -> None:
    desk.shop.paid()
    desk.shop.pay.transactions.clear()

    text = as_markdown(desk.run())

    assert text == (
        "# Reconciliation with LINE Pay, 2026-11-24 (Asia/Taipei)\n\n"
        "Made 2026-11-24 14:00. **Somebody has to look.**\n\n"
        "| what | count |\n|---|---:|\n"
        "| payments compared | 1 |\n"
        "| differences | 1 |\n"
        "| healed by themselves | 0 |\n"
        "| still under way | 0 |\n"
        "| not compared: no answer, or no time left | 0 |\n"
        "| captured (payable units) | 0 |\n"
        "| refunded (payable units) | 0 |\n\n"
        "## Differences\n\n"
        "Each is an operator case: `make cases`.\n\n"
        "| order | difference | ours | LINE Pay's | transaction |\n|---|---|---:|---:|---|\n"
        f"| {ORDER} | not_captured | 720 | 0 | {desk.shop.transaction} |\n"
    )


def test_the_report_names_what_is_under_way_healed_or_left_out(desk: Bookkeeping) -> None:
    desk.shop.open()
    report = Reconciliation(
        TODAY,
        desk.shop.clock.now,
        compared=3,
        under_way=("A",),
        healed=(Finding(Difference.CAPTURED_UNPAID, "B", "1", 0, 5),),
        not_compared=("C",),
    )

    text = as_markdown(report)

    assert text == (
        "# Reconciliation with LINE Pay, 2026-11-24 (Asia/Taipei)\n\n"
        "Made 2026-11-24 14:00. **Somebody has to look.**\n\n"
        "| what | count |\n|---|---:|\n"
        "| payments compared | 3 |\n"
        "| differences | 0 |\n"
        "| healed by themselves | 1 |\n"
        "| still under way | 1 |\n"
        "| not compared: no answer, or no time left | 1 |\n"
        "| captured (payable units) | 0 |\n"
        "| refunded (payable units) | 0 |\n\n"
        "## Healed\n\n"
        "LINE Pay's details proved what had happened; it was finished.\n\n"
        "| order | difference | ours | LINE Pay's | transaction |\n|---|---|---:|---:|---|\n"
        "| B | captured_unpaid | 0 | 5 | 1 |\n\n"
        "## Still under way\n\n- A\n\n"
        "## Not compared\n\n- C\n"
    )


def test_a_day_on_which_all_agree_says_so_and_lists_nothing() -> None:
    text = as_markdown(Reconciliation(TODAY, START, compared=1, captured=TOTAL, refunded=100))
    assert "Made 2026-11-24 14:00. Both sides agree.\n" in text
    assert "Somebody" not in text
    assert text.endswith("| captured (payable units) | 720 |\n| refunded (payable units) | 100 |\n")
