"""The broom: finds what is due, hands it on, and one bad row does not keep the others waiting."""

from dataclasses import replace
from datetime import timedelta

from storefront.domain.casework import CaseKind, OperatorCase, ReceivedEvent
from storefront.domain.errors import Conflict
from storefront.domain.order import OrderState
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.domain.payment_answers import Call
from storefront.domain.quote import Quote, QuoteState
from storefront.services.cases import case_writes
from storefront.services.ports import DueKind, Put, Write
from storefront.services.quoting import Basket
from storefront.services.sweeping import NUDGE_AGAIN_AFTER
from storefront.services.telling import new_message
from tests.doubles.little_shop import CATALOGUE, CUSTOMER, ORDER, STOCK, UNITS, LittleShop, customer_row
from tests.doubles.machinery import START
from tests.doubles.memory_store import Counters


def quoted() -> tuple[LittleShop, Quote]:
    """An open quote of two boxes beside the order of three."""
    shop = LittleShop()
    plan = shop.quoting.plan(
        customer_row(), Basket({"TEA-JAS": 2}), None, "quote2", START, CATALOGUE, "event1"
    )
    shop.store.commit(*plan.writes)
    return shop, plan.quote


def test_an_order_without_a_link_is_opened() -> None:
    shop = LittleShop()
    shop.clock.go_on(60)
    shop.sweeping.sweep()
    assert [(job.name, job.arguments) for job in shop.jobs.waiting] == [("open_payment", (ORDER, "sweep"))]
    assert shop.order.due_at == shop.clock.now + NUDGE_AGAIN_AFTER


def test_an_order_whose_hold_is_over_is_closed() -> None:
    shop = LittleShop()
    shop.open()
    shop.jobs.waiting.clear()
    due_at = shop.order.due_at
    assert due_at is not None
    shop.clock.now = due_at
    shop.sweeping.sweep()
    assert [job.name for job in shop.jobs.waiting if job.name != "check_payment"] == ["close_order"]


def test_an_order_that_was_paid_meanwhile_is_left_alone() -> None:
    shop = LittleShop().paid()
    shop.change(due_at=START)
    shop.jobs.waiting.clear()
    shop.sweeping.sweep()
    assert shop.jobs.waiting == []


def test_a_quote_ends_with_its_validity_and_frees_its_stock_S4() -> None:
    shop, quote = quoted()
    assert shop.stock == Counters(STOCK - UNITS - 2, UNITS + 2, 0, STOCK)
    shop.clock.now = quote.valid_until - timedelta(seconds=1)
    shop.sweeping.sweep()
    after = shop.store.read(Quote, quote.quote_id, 1)
    assert after is not None
    assert (after.state, after.remind_at) == (QuoteState.OFFERED, None)
    shop.clock.now = quote.valid_until
    shop.sweeping.sweep()
    after = shop.store.read(Quote, quote.quote_id, 1)
    assert after is not None
    assert after.state is QuoteState.OFFERED
    shop.clock.now += timedelta(seconds=shop.timers.grace)
    shop.sweeping.sweep()
    after = shop.store.read(Quote, quote.quote_id, 1)
    assert after is not None
    assert after.state is QuoteState.EXPIRED
    assert shop.stock == Counters(STOCK - UNITS, UNITS, 0, STOCK)


def test_an_unsent_message_is_sent() -> None:
    shop = LittleShop()
    shop.store.commit(Put(new_message("event:1", CUSTOMER, Topic.HOW_TO_ORDER, {}, START)))
    shop.clock.go_on(44)
    shop.sweeping.sweep()
    assert shop.line.sent == []
    shop.clock.go_on(1)
    shop.sweeping.sweep()
    assert [sent.kind for sent in shop.line.sent] == ["push"]


def test_a_parked_event_of_a_back_office_is_handed_on() -> None:
    shop = LittleShop()
    shop.store.commit(Put(ReceivedEvent("warehouse", "event1", "hash", "{}", START, due_at=START)))
    shop.sweeping.sweep()
    assert [job.arguments for job in shop.jobs.named("settle_event")] == [("warehouse", "event1", "event1")]


def write_to_a_customer_of_its_own(shop: LittleShop, number: int) -> None:
    customer = replace(customer_row(), customer_id=f"other{number}", revision=0)
    message = new_message(f"event:{number}", customer.customer_id, Topic.HOW_TO_ORDER, {}, START)
    shop.store.commit(Put(customer), Put(message))


def test_one_row_that_cannot_be_dealt_with_does_not_stop_the_others_O2() -> None:
    shop = LittleShop()
    for number in range(3):
        write_to_a_customer_of_its_own(shop, number)
    push = shop.line.push
    calls = iter([1])

    def breaks_once(*arguments: object, **named: object):  # type: ignore[no-untyped-def]
        if next(calls, None) is not None:
            raise RuntimeError("a fault of the adapter")
        return push(*arguments, **named)  # type: ignore[arg-type]

    shop.line.push = breaks_once  # type: ignore[method-assign]
    shop.clock.go_on(45)
    shop.sweeping.sweep()
    assert len(shop.line.sent) == 2
    assert shop.metrics.counts["SweepFailed"] == 1
    shop.clock.go_on(45)
    shop.sweeping.sweep()
    assert len(shop.line.sent) == 3


def test_a_row_that_somebody_else_is_at_work_on_is_left_to_the_next_sweep() -> None:
    shop, quote = quoted()
    shop.clock.now = quote.valid_until + timedelta(seconds=shop.timers.grace)
    commit = shop.store.commit

    def busy(*writes: Write) -> None:
        shop.store.commit = commit  # type: ignore[method-assign]
        raise Conflict("Quote")

    shop.store.commit = busy  # type: ignore[method-assign]
    shop.sweeping.sweep()
    assert shop.metrics.counts["SweepConflict"] == 1
    shop.sweeping.sweep()
    after = shop.store.read(Quote, quote.quote_id, 1)
    assert after is not None
    assert after.state is QuoteState.EXPIRED


def test_a_slow_line_ends_the_sweep_before_its_minute_is_over() -> None:
    shop = LittleShop()
    for number in range(10):
        write_to_a_customer_of_its_own(shop, number)
    push = shop.line.push

    def slow(*arguments: object, **named: object):  # type: ignore[no-untyped-def]
        shop.clock.go_on(8)
        return push(*arguments, **named)  # type: ignore[arg-type]

    shop.line.push = slow  # type: ignore[method-assign]
    shop.clock.go_on(45)
    shop.sweeping.sweep()
    pending = [each for each in shop.store.all(Message) if each.state is MessageState.PENDING]
    assert len(shop.line.sent) == 6
    assert len(pending) == 4


def test_the_report_counts_what_was_found_and_the_alarm_counts_open_cases() -> None:
    shop = LittleShop()
    shop.pay.script(Call.REQUEST, "1104")
    shop.open()
    shop.clock.go_on(60)
    found = shop.sweeping.sweep()
    assert found["message"] == 0
    assert found["order_event"] == 0
    assert shop.metrics.counts["OpenOperatorCases"] == 1


def test_a_dead_workflow_of_a_paid_order_becomes_one_case_D6() -> None:
    shop, quote = quoted()
    shop.paid()
    shop.store.commit(Put(Quote(**{**vars(quote), "revision": 1, "order_number": ORDER})))
    assert shop.sweeping.needs_operator(quote.quote_id, 1, "FAILED") is True
    assert shop.sweeping.needs_operator(quote.quote_id, 1, "FAILED") is False
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.subject, case.facts) == ("delivery_silent", ORDER, {"state": "FAILED"})


def test_a_dead_workflow_of_an_unpaid_order_is_a_case_of_its_own_kind_D6() -> None:
    shop, quote = quoted()
    shop.store.commit(Put(Quote(**{**vars(quote), "revision": 1, "order_number": ORDER})))
    assert shop.sweeping.needs_operator(quote.quote_id, 1, "TIMED_OUT") is True
    assert [case.kind.value for case in shop.store.all(OperatorCase)] == ["workflow_failed"]


def test_a_dead_workflow_of_what_has_ended_needs_nobody_D7() -> None:
    shop, quote = quoted()
    assert shop.sweeping.needs_operator(quote.quote_id, 1, "FAILED") is False
    assert shop.sweeping.needs_operator("no-such-quote", 1, "FAILED") is False
    shop.store.commit(Put(Quote(**{**vars(quote), "revision": 1, "order_number": ORDER})))
    shop.change(state=OrderState.CANCELLED)
    assert shop.sweeping.needs_operator(quote.quote_id, 1, "FAILED") is False
    assert shop.store.all(OperatorCase) == []


def test_people_are_called_before_anything_that_may_keep_the_sweep_waiting_O2() -> None:
    """A sweep that is ended by its time has called them all the same."""
    shop = LittleShop()
    for number in range(3):
        shop.store.commit(Put(new_message(f"event:{number}", CUSTOMER, Topic.HOW_TO_ORDER, {}, START)))
    shop.store.commit(*case_writes(shop.store, CaseKind.PERSON_WANTED, "event1", START, {}))
    shop.clock.go_on(45)
    heard: list[int] = []
    push = shop.line.push

    def slow(*arguments: object, **named: object):  # type: ignore[no-untyped-def]
        heard.append(shop.metrics.counts["CasesAnnounced"])
        shop.clock.go_on(60)
        return push(*arguments, **named)  # type: ignore[arg-type]

    shop.line.push = slow  # type: ignore[method-assign]
    shop.sweeping.sweep()
    assert heard == [1]


def test_a_sweep_spends_its_time_once_whatever_is_slow() -> None:
    shop = LittleShop()
    shop.open()
    for kind in ("person_wanted", "return_requested"):
        shop.store.commit(*case_writes(shop.store, CaseKind(kind), ORDER, START, {}))
    shop.clock.go_on(45)
    due = shop.store.due

    def slow(kind, before, limit):  # type: ignore[no-untyped-def]
        shop.clock.go_on(41 if kind is DueKind.QUOTE else 0)
        return due(kind, before, limit)

    shop.store.due = slow  # type: ignore[method-assign]
    shop.jobs.waiting.clear()
    shop.sweeping.sweep()
    assert shop.metrics.counts["CasesAnnounced"] == 2
    assert shop.jobs.waiting == []
