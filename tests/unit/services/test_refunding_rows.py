"""What each step of a refund asks of LINE Pay and writes down, whole: rows, messages, events, cases and jobs."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from storefront.domain.casework import CaseKind, OperatorCase, WaitStep
from storefront.domain.conversation import OrderDelivery
from storefront.domain.errors import Conflict
from storefront.domain.money import Currency
from storefront.domain.order import HistoryStep, Order, OrderState
from storefront.domain.outbox import Message, OrderEvent, OrderEventType, Topic
from storefront.domain.payment_answers import Answer, Call, Capture, RefundRecord, Verdict
from storefront.domain.refund import Refund, RefundState
from storefront.services.order_events import order_event
from storefront.services.ports import Put, StockMove, Write
from storefront.services.refunding import (
    ALREADY_TRIES,
    CALL_LEASE,
    PART_PATIENCE,
    PASSING_REFUSALS,
    stock_back,
)
from tests.doubles.line_pay_model import Lost
from tests.doubles.little_shop import CUSTOMER, ORDER, TEA, UNITS, LittleShop
from tests.doubles.machinery import START

NOW = START + timedelta(minutes=5)
SOON = timedelta(seconds=60)


def paid() -> LittleShop:
    shop = LittleShop().paid()
    shop.clock.now = NOW
    shop.jobs.waiting.clear()
    return shop


def refund_of(shop: LittleShop) -> Refund:
    (refund,) = shop.refunds
    return refund


def jobs(shop: LittleShop) -> list[tuple[str, tuple[str, ...], float]]:
    return [
        (job.name, job.arguments, (job.not_before - shop.clock.now).total_seconds())
        for job in shop.jobs.waiting
    ]


def cases(shop: LittleShop) -> list[tuple[CaseKind, str, dict[str, str], datetime]]:
    return [(each.kind, each.subject, each.facts, each.opened_at) for each in shop.store.all(OperatorCase)]


def theirs(shop: LittleShop, *records: RefundRecord) -> None:
    """LINE Pay's list, as somebody else's refunds made it."""
    transaction = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(transaction, refunds=records)


# Asking ----------------------------------------------------------------------------------------------------


def test_the_intent_becomes_sent_before_line_pay_is_asked_for_the_amount_M2() -> None:
    shop = paid()
    theirs(shop, RefundRecord("x1", 20))
    intended = shop.refund(100)
    seen: list[tuple[Refund, object]] = []
    ask = shop.pay.refund

    def watching(transaction_id: str, amount: int, currency: Currency) -> Any:
        seen.append((refund_of(shop), (transaction_id, amount, currency)))
        return ask(transaction_id, amount, currency)

    shop.pay.refund = watching  # type: ignore[method-assign]
    shop.carry_out(intended)
    sent = replace(
        intended,
        state=RefundState.SENT,
        known_before=("x1",),
        call_until=NOW + CALL_LEASE,
        tries=1,
        due_at=NOW + CALL_LEASE,
        revision=2,
    )
    assert seen == [(sent, (shop.transaction, 100, Currency.TWD))]


def test_a_refund_that_is_done_is_written_whole_M6_N3() -> None:
    shop = paid()
    intended = shop.refund(100)
    order = shop.order
    done = shop.carry_out(intended)
    assert done == replace(
        intended,
        state=RefundState.DONE,
        provider_refund_id=f"{shop.transaction}-1",
        call_until=NOW + CALL_LEASE,
        tries=1,
        settled_at=NOW,
        due_at=None,
        revision=3,
    )
    given_back = replace(order, refunded=100, open_refund=None, revision=order.revision + 1)
    assert shop.order == given_back
    message = shop.store.read(Message, f"{ORDER}:refunded:{done.refund_id}")
    assert message is not None
    assert (message.customer_id, message.topic, message.created_at) == (CUSTOMER, Topic.REFUNDED, NOW)
    assert message.facts == {"order_number": ORDER, "amount": "100", "left": "620"}
    assert message.settled_at == NOW
    delivery = shop.store.read(OrderDelivery, ORDER)
    expected = order_event(
        given_back,
        delivery,
        OrderEventType.REFUNDED,
        NOW,
        refunded_amount=100,
        reason="test",
        sequence=done.refund_id,
    )
    assert shop.store.all(OrderEvent)[-1] == replace(expected, revision=1)
    assert jobs(shop) == [("send_order_event", (expected.event_id,), 0)]
    assert len(shop.pay.made(Call.DETAILS)) == 1
    assert shop.metrics.counts["RefundUnknown"] == 0


def test_the_last_refund_is_a_step_of_the_orders_history_and_wakes_its_workflow() -> None:
    shop = paid()
    shop.waits.keep(shop.order, WaitStep.DELIVERY, "token1")
    before = shop.order
    refund = shop.carry_out(shop.refund(720))
    step = HistoryStep(NOW, OrderState.REFUNDED, f"refund:{refund.refund_id}")
    assert shop.order.history == (*before.history, step)
    assert shop.workflow.woken == [("token1", {"orderNumber": ORDER})]


@pytest.mark.parametrize(
    ("code", "state", "seconds"),
    [("1163", RefundState.REFUSED, None), ("2042", RefundState.INTENDED, 3_600)],
)
def test_a_refusal_is_kept_with_its_code_and_told_to_a_person(
    code: str, state: RefundState, seconds: int | None
) -> None:
    shop = paid()
    shop.pay.script(Call.REFUND, code)
    order = shop.order
    intended = shop.refund(100)
    refused = shop.carry_out(intended)
    due_at = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert (refused.state, refused.code, refused.due_at) == (state, code, due_at)
    facts = {"refundId": refused.refund_id, "amount": "100", "code": code}
    assert cases(shop) == [(CaseKind.REFUND_REFUSED, f"{ORDER}:{refused.refund_id}", facts, NOW)]
    ended = state is RefundState.REFUSED
    assert shop.order.open_refund == (None if ended else refused.refund_id)
    assert replace(shop.order, open_refund=None, revision=order.revision) == order
    assert refused.settled_at == (NOW if ended else None)


@pytest.mark.parametrize(("hours", "state"), [(24, RefundState.INTENDED), (25, RefundState.REFUSED)])
def test_a_refusal_that_passes_is_asked_again_for_a_day(hours: int, state: RefundState) -> None:
    shop = paid()
    intended = shop.refund(100)
    shop.clock.now = NOW + timedelta(hours=hours)
    shop.pay.script(Call.REFUND, "2042")
    refund = shop.carry_out(intended)
    assert (refund.state, refund.code) == (state, "2042")


def test_a_refund_that_was_refused_is_never_asked_for_again_T3() -> None:
    shop = paid()
    shop.pay.script(Call.REFUND, "1163")
    refused = shop.carry_out(shop.refund(100))
    calls = len(shop.pay.calls)
    assert shop.carry_out(refused) == refused
    assert len(shop.pay.calls) == calls


def test_times_and_codes_are_those_that_the_documentation_promises() -> None:
    assert timedelta(seconds=100) == CALL_LEASE
    assert timedelta(minutes=10) == PART_PATIENCE
    assert ALREADY_TRIES == 3
    assert frozenset({"1104", "1105", "1106", "2042"}) == PASSING_REFUSALS


# Looking ---------------------------------------------------------------------------------------------------


def test_an_unclear_answer_is_counted_and_looked_after_soon_M5() -> None:
    shop = paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    refund = shop.carry_out(shop.refund(100))
    assert (refund.state, refund.due_at) == (RefundState.SENT, NOW + SOON)
    assert jobs(shop) == [("refund", (ORDER, refund.refund_id), 30)]
    assert shop.metrics.counts["RefundUnknown"] == 1
    assert cases(shop) == []


def test_an_unclear_answer_without_a_list_is_looked_after_as_well_M5() -> None:
    shop = paid()
    intended = shop.refund(100)
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    ask = shop.pay.refund

    def silent(transaction_id: str, amount: int, currency: Currency) -> Any:
        shop.pay.script(Call.DETAILS, Lost.BEFORE)
        return ask(transaction_id, amount, currency)

    shop.pay.refund = silent  # type: ignore[method-assign]
    refund = shop.carry_out(intended)
    assert (refund.state, refund.due_at) == (RefundState.SENT, NOW + SOON)


def test_a_part_that_the_list_does_not_show_yet_is_looked_at_again_soon() -> None:
    shop = paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    refund = shop.carry_out(shop.refund(100))
    shop.jobs.waiting.clear()
    now = shop.clock.now = NOW + CALL_LEASE
    assert shop.carry_out(refund) == replace(refund, due_at=now + SOON, revision=refund.revision + 1)
    assert jobs(shop) == [("refund", (ORDER, refund.refund_id), 30)]


def test_a_refund_that_is_proven_unsent_is_found_again_if_nobody_asks_at_once() -> None:
    shop = paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    refund = shop.carry_out(shop.refund(720))
    now = shop.clock.now = NOW + CALL_LEASE
    commit = shop.store.commit
    unsent: list[Refund] = []

    def watching(*writes: Write) -> None:
        commit(*writes)
        unsent.extend(each for each in shop.refunds if each.state is RefundState.INTENDED)

    shop.store.commit = watching  # type: ignore[method-assign]
    shop.carry_out(refund)
    assert [each.due_at for each in unsent] == [now]


def test_nobody_asks_while_a_call_may_be_under_way() -> None:
    shop = paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    refund = shop.carry_out(shop.refund(720))
    calls = len(shop.pay.calls)
    shop.jobs.waiting.clear()
    shop.clock.now = NOW + CALL_LEASE - timedelta(seconds=1)
    assert shop.carry_out(refund) == refund
    assert len(shop.pay.calls) == calls
    assert jobs(shop) == [("refund", (ORDER, refund.refund_id), 30)]
    shop.clock.now = NOW + CALL_LEASE
    shop.jobs.waiting.clear()
    assert shop.carry_out(refund).state is RefundState.DONE


def test_a_list_that_does_not_come_is_asked_for_again_soon() -> None:
    shop = paid()
    intended = shop.refund(100)
    shop.pay.script(Call.DETAILS, Lost.BEFORE)
    later = shop.carry_out(intended)
    assert later == replace(intended, due_at=NOW + SOON, revision=2)
    assert jobs(shop) == [("refund", (ORDER, later.refund_id), 30)]


def test_a_refund_that_stays_unknown_for_an_hour_is_told_to_a_person_and_slows_down_O2() -> None:
    shop = paid()
    intended = shop.refund(100)
    shop.pay.script(Call.DETAILS, *[Lost.BEFORE] * 2)
    shop.clock.now = NOW + timedelta(minutes=60)
    shop.carry_out(intended)
    assert cases(shop) == []
    shop.clock.go_on(1)
    shop.jobs.waiting.clear()
    slow = shop.carry_out(intended)
    assert slow.due_at == shop.clock.now + timedelta(minutes=15)
    facts = {"refundId": slow.refund_id, "amount": "100", "code": ""}
    assert cases(shop) == [(CaseKind.REFUND_UNKNOWN, f"{ORDER}:{slow.refund_id}", facts, shop.clock.now)]
    assert jobs(shop) == []


def test_a_case_of_an_unknown_refund_tells_the_last_code() -> None:
    shop = paid()
    shop.pay.script(Call.REFUND, "2042")
    postponed = shop.carry_out(shop.refund(100))
    shop.pay.script(Call.DETAILS, Lost.BEFORE)
    shop.clock.now = NOW + timedelta(minutes=61)
    shop.carry_out(postponed)
    assert [facts["code"] for kind, _, facts, _ in cases(shop) if kind is CaseKind.REFUND_UNKNOWN] == ["2042"]


def test_an_entry_of_another_amount_is_not_ours_M4() -> None:
    shop = paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    intended = shop.refund(100)
    ask = shop.pay.refund

    def overtaken(transaction_id: str, amount: int, currency: Currency) -> Any:
        theirs(shop, RefundRecord("x1", 99), RefundRecord("x2", 101))
        return ask(transaction_id, amount, currency)

    shop.pay.refund = overtaken  # type: ignore[method-assign]
    assert shop.carry_out(intended).state is RefundState.SENT
    theirs(shop, RefundRecord("x1", 99), RefundRecord("x2", 101), RefundRecord("x3", 100))
    shop.clock.now = NOW + CALL_LEASE
    assert shop.carry_out(intended).provider_refund_id == "x3"
    assert len(shop.pay.made(Call.REFUND)) == 1


def test_a_repeated_call_knows_the_list_as_it_is_by_then() -> None:
    shop = paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    first = shop.carry_out(shop.refund(720))
    assert (first.known_before, first.tries) == ((), 1)
    theirs(shop, RefundRecord("x1", 20))
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    shop.clock.now = NOW + CALL_LEASE
    again = shop.carry_out(first)
    assert (again.known_before, again.tries) == (("x1",), 2)
    assert again.call_until == NOW + 2 * CALL_LEASE


def test_a_list_without_our_payment_proves_nothing() -> None:
    shop = paid()
    intended = shop.refund(100)
    foreign = Answer(Verdict.DONE, "0000", (Capture(f"{ORDER}-1", "other", 720),))
    shop.pay.details = lambda **_asked: foreign  # type: ignore[method-assign]
    assert shop.carry_out(intended).state is RefundState.INTENDED
    assert shop.pay.made(Call.REFUND) == []


# Trying ----------------------------------------------------------------------------------------------------


def test_a_refund_tries_eight_times_and_says_which_one_kept_changing() -> None:
    shop = paid()
    intended = shop.refund(100)
    commit, tried = shop.store.commit, []
    lost = 100

    def busy(*writes: Write) -> None:
        tried.append(writes)
        if len(tried) <= lost:
            raise Conflict("Refund")
        commit(*writes)

    shop.store.commit = busy  # type: ignore[method-assign]
    with pytest.raises(Conflict, match=rf"^{intended.refund_id}$"):
        shop.refunding.carry_out(ORDER, intended.refund_id)
    assert len(tried) == 8
    tried.clear()
    lost = 7
    assert shop.carry_out(intended).state is RefundState.DONE


@pytest.mark.parametrize("changes", [{"attempt_id": "gone"}, {"attempt_id": "unanswered"}])
def test_a_refund_of_a_payment_that_line_pay_does_not_know_is_a_fault(changes: dict[str, str]) -> None:
    shop = paid()
    unanswered = replace(shop.attempt, attempt_id="unanswered", transaction_id=None, revision=0)
    shop.store.commit(Put(unanswered))
    refund = shop.refund(100)
    shop.store.commit(Put(replace(refund, revision=1, **changes)))  # type: ignore[arg-type]
    with pytest.raises(LookupError, match=r"^a refund names a payment that is gone$"):
        shop.refunding.carry_out(ORDER, refund.refund_id)


def test_a_refund_of_an_order_that_is_gone_is_a_fault() -> None:
    shop = paid()
    refund = replace(shop.refund(100), order_number="GONE", revision=0)
    shop.store.commit(Put(refund))
    with pytest.raises(LookupError, match=r"^a refund names an order that is gone$"):
        shop.refunding.carry_out("GONE", refund.refund_id)


# Goods -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "shipped", "moves"),
    [
        (OrderState.PAID, {}, ()),
        (OrderState.REFUNDED, {}, (StockMove(TEA.sku, available=UNITS, committed=-UNITS),)),
        (OrderState.REFUNDED, {TEA.sku: 2}, (StockMove(TEA.sku, available=1, committed=-1),)),
        (OrderState.REFUNDED, {TEA.sku: UNITS}, ()),
        (OrderState.REFUNDED, {TEA.sku: UNITS + 1}, ()),
    ],
)
def test_what_never_left_can_be_sold_again_S1(
    state: OrderState, shipped: dict[str, int], moves: tuple[StockMove, ...]
) -> None:
    order: Order = replace(paid().order, state=state, shipped=shipped)
    assert stock_back(order) == moves
