"""Refunding: an intent first, an explicit amount, never twice and never more than was captured."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.casework import OperatorCase, WaitStep
from storefront.domain.errors import Conflict, IllegalMove
from storefront.domain.order import OrderState
from storefront.domain.payment_answers import TABLES, Call, RefundRecord, Verdict
from storefront.domain.refund import Refund, RefundState
from storefront.services.ports import Put, Write
from storefront.services.refunding import (
    ALREADY_TRIES,
    ASK_A_PERSON_AFTER,
    CALL_LEASE,
    LAST_ASKED_AFTER,
    PART_PATIENCE,
    PASSING_REFUSALS,
)
from tests.doubles.line_pay_model import Lost
from tests.doubles.little_shop import ORDER, STOCK, TEA, UNITS, LittleShop
from tests.doubles.memory_store import Counters


def given_back(shop: LittleShop) -> list[int]:
    """Amounts that LINE Pay has given back."""
    return [record.amount for record in shop.pay.transactions[shop.transaction].refunds]


def test_a_full_refund_ends_the_order_and_frees_goods_that_never_left() -> None:
    shop = LittleShop().paid()
    shop.waits.keep(shop.order, WaitStep.DELIVERY, "token1")
    refund = shop.carry_out(shop.refund(720))
    assert refund.state is RefundState.DONE
    assert refund.provider_refund_id == f"{shop.transaction}-1"
    assert given_back(shop) == [720]
    order = shop.order
    assert (order.state, order.captured, order.refunded, order.refundable) == (
        OrderState.REFUNDED,
        720,
        720,
        0,
    )
    assert order.open_refund is None
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)
    assert shop.told[-1] == "refunded"
    assert shop.events == ["order.paid.v1", "order.refunded.v1"]
    assert shop.workflow.woken == [("token1", {"orderNumber": ORDER})]


def test_a_partial_refund_leaves_the_order_paid_and_its_goods_sold() -> None:
    shop = LittleShop().paid()
    shop.carry_out(shop.refund(180))
    assert (shop.order.state, shop.order.refunded, shop.order.refundable) == (OrderState.PAID, 180, 540)
    assert shop.stock == Counters(STOCK - UNITS, 0, UNITS, STOCK)
    assert shop.workflow.woken == []


def test_partial_refunds_of_the_same_amount_are_told_apart_M4() -> None:
    shop = LittleShop().paid()
    first = shop.carry_out(shop.refund(180))
    second = shop.carry_out(shop.refund(180))
    assert given_back(shop) == [180, 180]
    assert first.provider_refund_id != second.provider_refund_id
    assert second.known_before == (first.provider_refund_id,)


def test_the_last_partial_refund_makes_the_order_refunded() -> None:
    shop = LittleShop().paid()
    shop.carry_out(shop.refund(700))
    shop.carry_out(shop.refund(20))
    assert shop.order.state is OrderState.REFUNDED


def test_goods_that_have_left_are_not_put_back_on_the_shelf_S1() -> None:
    shop = LittleShop().paid()
    shop.change(shipped={TEA.sku: 2})
    shop.store.stock[TEA.sku] = Counters(STOCK - UNITS, 0, UNITS - 2, STOCK - 2)
    shop.carry_out(shop.refund(720))
    assert shop.stock == Counters(STOCK - 2, 0, 0, STOCK - 2)


def test_the_amount_is_always_said_C12() -> None:
    shop = LittleShop().paid()
    shop.carry_out(shop.refund(720))
    assert [called.amount for called in shop.pay.made(Call.REFUND)] == [720]


@pytest.mark.parametrize("amount", [0, -1, 721])
def test_nothing_and_more_than_was_captured_cannot_be_intended_M4_C13(amount: int) -> None:
    shop = LittleShop().paid()
    with pytest.raises(IllegalMove):
        shop.refund(amount)
    assert shop.refunds == []


def test_an_unpaid_order_cannot_be_refunded_C13() -> None:
    shop = LittleShop()
    shop.open()
    with pytest.raises(IllegalMove):
        shop.refund(1)


def test_two_refunds_at_once_cannot_be_intended_C13() -> None:
    shop = LittleShop().paid()
    shop.refund(100)
    with pytest.raises(IllegalMove):
        shop.refund(100)


def test_a_repeated_job_gives_nothing_back_twice_M4() -> None:
    shop = LittleShop().paid()
    refund = shop.carry_out(shop.refund(100))
    assert shop.carry_out(refund) == refund
    assert given_back(shop) == [100]


def test_an_unknown_refund_is_ignored() -> None:
    shop = LittleShop().paid()
    calls = len(shop.pay.calls)
    shop.refunding.carry_out(ORDER, "no-such-refund")
    assert len(shop.pay.calls) == calls


def test_a_lost_answer_is_found_in_the_list_at_once_C12() -> None:
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, Lost.AFTER)
    assert shop.carry_out(shop.refund(100)).state is RefundState.DONE
    assert given_back(shop) == [100]
    assert len(shop.pay.made(Call.REFUND)) == 1


def test_a_full_refund_without_effect_is_asked_again_after_the_lease_C12() -> None:
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    refund = shop.carry_out(shop.refund(720))
    assert refund.state is RefundState.SENT
    assert shop.order.open_refund == refund.refund_id
    shop.clock.go_on(CALL_LEASE.total_seconds() - 1)
    shop.carry_out(refund)
    assert len(shop.pay.made(Call.REFUND)) == 1
    shop.clock.go_on(1)
    assert shop.carry_out(refund).state is RefundState.DONE
    assert given_back(shop) == [720]


def test_a_part_that_the_list_does_not_show_is_asked_again_much_later_C12() -> None:
    """LINE Pay refuses to give everything back twice, but not a part."""
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    refund = shop.carry_out(shop.refund(100))
    shop.clock.go_on((CALL_LEASE + PART_PATIENCE).total_seconds() - 1)
    assert shop.carry_out(refund).state is RefundState.SENT
    assert len(shop.pay.made(Call.REFUND)) == 1
    shop.clock.go_on(1)
    assert shop.carry_out(refund).state is RefundState.DONE
    assert given_back(shop) == [100]


def test_a_refund_that_takes_effect_late_is_not_asked_again_C12() -> None:
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, Lost.LATE)
    refund = shop.carry_out(shop.refund(100))
    shop.pay.do_late()
    shop.clock.go_on(CALL_LEASE.total_seconds())
    assert shop.carry_out(refund).state is RefundState.DONE
    assert given_back(shop) == [100]
    assert len(shop.pay.made(Call.REFUND)) == 1


def test_without_the_list_nothing_is_asked_C12() -> None:
    shop = LittleShop().paid()
    shop.pay.script(Call.DETAILS, Lost.BEFORE, "9000", "1150")
    refund = shop.refund(100)
    for _ in range(3):
        assert shop.carry_out(refund).state is RefundState.INTENDED
    assert shop.pay.made(Call.REFUND) == []
    assert shop.carry_out(refund).state is RefundState.DONE


def test_a_crashed_refund_is_found_by_the_sweeper() -> None:
    shop = LittleShop().paid()
    shop.refund(100)
    shop.go_on(120)
    assert given_back(shop) == [100]
    assert shop.refunds[0].state is RefundState.DONE


REFUSED = [code for code, meaning in TABLES[Call.REFUND].items() if meaning is Verdict.REFUSED]
MISTAKES = [
    code
    for code, meaning in TABLES[Call.REFUND].items()
    if meaning is Verdict.MISCONFIGURED and code not in PASSING_REFUSALS
]


@pytest.mark.parametrize("code", [*REFUSED, *MISTAKES])
def test_a_refused_refund_is_a_persons_to_settle(code: str) -> None:
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, code)
    refund = shop.carry_out(shop.refund(100))
    assert (refund.state, refund.code) == (RefundState.REFUSED, code)
    assert (shop.order.state, shop.order.refunded, shop.order.open_refund) == (OrderState.PAID, 0, None)
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.subject) == ("refund_refused", f"{ORDER}:{refund.refund_id}")
    assert case.facts == {"refundId": refund.refund_id, "amount": "100", "code": code}
    assert given_back(shop) == []
    assert "refunded" not in shop.told


@pytest.mark.parametrize("code", sorted(PASSING_REFUSALS))
def test_a_refusal_that_somebody_can_mend_is_asked_again_by_itself(code: str) -> None:
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, code)
    refund = shop.carry_out(shop.refund(100))
    assert (refund.state, refund.code) == (RefundState.INTENDED, code)
    assert [case.kind.value for case in shop.store.all(OperatorCase)] == ["refund_refused"]
    shop.go_on(3_700, step=60)
    assert shop.refunds[0].state is RefundState.DONE
    assert given_back(shop) == [100]


def test_a_reserve_that_nobody_tops_up_ends_with_a_person() -> None:
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, *["2042"] * 100)
    shop.carry_out(shop.refund(100))
    shop.go_on(LAST_ASKED_AFTER.total_seconds() + 7_200, step=60)
    assert shop.refunds[0].state is RefundState.REFUSED
    assert len(shop.store.all(OperatorCase)) == 1
    assert shop.order.open_refund is None


@pytest.mark.parametrize("code", ["1164", "1165", "1179"])
def test_already_refunded_by_an_unanswered_call_of_ours_is_done(code: str) -> None:
    """The list was behind when it was first read again, so the call was repeated."""
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, Lost.LATE, code)
    refund = shop.carry_out(shop.refund(720))
    refund_call = shop.pay.refund

    def late(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        shop.pay.do_late()
        return refund_call(transaction_id, amount, currency)

    shop.pay.refund = late  # type: ignore[method-assign]
    shop.clock.go_on(CALL_LEASE.total_seconds())
    assert shop.carry_out(refund).state is RefundState.DONE
    assert given_back(shop) == [720]
    assert shop.order.state is OrderState.REFUNDED


@pytest.mark.parametrize("code", ["1164", "1165", "1179"])
def test_already_refunded_by_somebody_else_ends_with_a_person(code: str) -> None:
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, *[code] * 10)
    refund = shop.refund(720)
    for _ in range(ALREADY_TRIES):
        assert shop.carry_out(refund).state in {RefundState.SENT, RefundState.REFUSED}
        shop.clock.go_on(CALL_LEASE.total_seconds())
    assert shop.refunds[0].state is RefundState.REFUSED
    assert len(shop.pay.made(Call.REFUND)) == ALREADY_TRIES
    assert [case.facts["code"] for case in shop.store.all(OperatorCase)] == [code]


def test_a_record_that_was_there_before_is_not_ours_even_with_our_amount_M4() -> None:
    shop = LittleShop().paid()
    found = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(found, refunds=(RefundRecord("theirs", 100),))
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    refund = shop.carry_out(shop.refund(100))
    assert refund.state is RefundState.SENT
    assert refund.known_before == ("theirs",)


def test_an_unknown_refund_that_stays_unknown_becomes_one_case_and_slows_down_O2() -> None:
    shop = LittleShop().paid()
    refund = shop.refund(100)
    shop.pay.script(Call.DETAILS, *[Lost.BEFORE] * 2_000)
    shop.go_on(ASK_A_PERSON_AFTER.total_seconds() + 300, step=60)
    assert [case.kind.value for case in shop.store.all(OperatorCase)] == ["refund_unknown"]
    before = len(shop.pay.made(Call.DETAILS))
    shop.go_on(3_600, step=60)
    assert len(shop.pay.made(Call.DETAILS)) - before <= 5
    assert len(shop.store.all(OperatorCase)) == 1
    assert shop.order.open_refund == refund.refund_id


def test_a_refund_is_recorded_although_the_order_was_busy_at_that_moment() -> None:
    shop = LittleShop().paid()
    refund = shop.refund(100)
    commit = shop.store.commit
    others = iter([1])

    def busy(*writes: Write) -> None:
        finishing = any(
            isinstance(write, Put)
            and isinstance(write.entity, Refund)
            and write.entity.state is RefundState.DONE
            for write in writes
        )
        if finishing and next(others, None) is not None:
            raise Conflict("Order")
        commit(*writes)

    shop.store.commit = busy  # type: ignore[method-assign]
    shop.carry_out(refund)
    shop.clock.go_on(CALL_LEASE.total_seconds() + 60)
    assert shop.carry_out(refund).state is RefundState.DONE
    assert given_back(shop) == [100]
    assert len(shop.pay.made(Call.REFUND)) == 1


def test_a_refund_is_recorded_although_the_counters_do_not_know_the_goods() -> None:
    shop = LittleShop().paid()
    shop.store.stock[TEA.sku] = Counters(STOCK, 0, 0, STOCK)
    shop.carry_out(shop.refund(720))
    assert shop.order.state is OrderState.REFUNDED
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)


def test_a_refund_that_keeps_being_changed_is_left_to_the_queue() -> None:
    shop = LittleShop().paid()
    refund = shop.refund(100)

    def busy(*_writes: Write) -> None:
        raise Conflict("Refund")

    shop.store.commit = busy  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        shop.refunding.carry_out(ORDER, refund.refund_id)
    assert shop.pay.made(Call.REFUND) == []


def test_a_refund_of_a_payment_that_is_gone_is_a_fault() -> None:
    shop = LittleShop().paid()
    refund = shop.refund(100)
    shop.store.commit(Put(replace(refund, revision=1, attempt_id="gone")))
    with pytest.raises(LookupError):
        shop.refunding.carry_out(ORDER, refund.refund_id)


def test_the_times_between_looks_are_minutes_not_seconds() -> None:
    shop = LittleShop().paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    refund = shop.carry_out(shop.refund(100))
    assert refund.due_at == shop.clock.now + timedelta(seconds=60)
