"""Casework: what a person may do about a case, that each step is kept, and that nothing unsafe is done."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.casework import (
    OFFERS,
    AuditEntry,
    CaseAction,
    CaseKind,
    Deed,
    OperatorCase,
)
from storefront.domain.errors import ActionRefused, Conflict
from storefront.domain.order import HoldState, OrderState
from storefront.domain.outbox import OrderEvent, OrderEventState
from storefront.domain.payment import AttemptState
from storefront.domain.payment_answers import Call, RefundRecord
from storefront.domain.reconciliation import Books, compare
from storefront.domain.refund import RefundState
from storefront.messages.pages import PageState
from storefront.services.case_refunds import CaseRefunds
from storefront.services.cases import case_writes
from storefront.services.casework import Casework
from storefront.services.order_events import GIVE_UP_AFTER
from storefront.services.payment_page import page_state
from storefront.services.ports import Put, Timers, Write
from tests.doubles.line_pay_model import Lost
from tests.doubles.little_shop import ORDER, STOCK, TEA, LittleShop
from tests.doubles.memory_store import Counters, MemoryStore

TOTAL = 720
WHO = "arn:aws:iam::1:user/mei"


class Desk:
    """A little shop and its operator's desk."""

    def __init__(self) -> None:
        self.shop = shop = LittleShop(Timers(payment_check=5))
        refunds = CaseRefunds(
            shop.store, shop.pay, shop.cancelling, shop.waits, shop.jobs, shop.clock, shop.ids
        )
        self.work = Casework(shop.store, refunds, shop.jobs, shop.clock)

    def case(self, kind: CaseKind, subject: str = ORDER, **facts: str) -> OperatorCase:
        self.shop.store.commit(*case_writes(self.shop.store, kind, subject, self.shop.clock.now, facts))
        case = self.shop.store.read(OperatorCase, kind, subject)
        assert case is not None
        return case

    def act(self, case: OperatorCase, action: CaseAction, **more: object) -> None:
        deed = Deed(case.kind, case.subject, action, who=WHO, note="looked into it")
        self.work.act(replace(deed, **more))  # type: ignore[arg-type]

    def refused(self, case: OperatorCase, action: CaseAction, **more: object) -> str:
        """Why it is not done; and nothing was written, called or put on a queue."""
        before, jobs = self.shop.store.copy(), list(self.shop.jobs.waiting)
        asked = len(self.shop.pay.made(Call.REFUND))
        with pytest.raises(ActionRefused) as refusal:
            self.act(case, action, **more)
        assert self.shop.store.rows == before.rows
        assert self.shop.store.stock == before.stock
        assert self.shop.jobs.waiting == jobs
        assert len(self.shop.pay.made(Call.REFUND)) == asked
        return str(refusal.value)

    def reread(self, case: OperatorCase) -> OperatorCase:
        fresh = self.shop.store.read(OperatorCase, case.kind, case.subject)
        assert fresh is not None
        return fresh

    @property
    def audit(self) -> list[AuditEntry]:
        return self.shop.store.all(AuditEntry)

    def captured_for(self, amount: int) -> OperatorCase:
        """LINE Pay took another amount than was asked."""
        shop = self.shop
        shop.open()
        self.shop.pay.transactions[shop.transaction] = replace(
            shop.pay.transactions[shop.transaction], paid_amount=amount
        )
        shop.pay_and_return()
        (case,) = shop.store.all(OperatorCase)
        assert case.kind is CaseKind.AMOUNT_MISMATCH
        return case


@pytest.fixture
def desk() -> Desk:
    return Desk()


# Looking -------------------------------------------------------------------------------------------------


def test_open_cases_are_listed_the_longest_waiting_first_until_they_are_settled(desk: Desk) -> None:
    first = desk.case(CaseKind.PERSON_WANTED, "event1")
    desk.shop.clock.go_on(60)
    second = desk.case(CaseKind.DELIVERY_SILENT)
    desk.shop.sweeping.sweep()

    assert [case.kind for case in desk.work.open_cases()] == [first.kind, second.kind]

    desk.act(first, CaseAction.RESOLVE)

    assert [case.kind for case in desk.work.open_cases()] == [second.kind]


def test_a_case_is_announced_when_it_opens_and_once_a_day_until_it_is_settled(desk: Desk) -> None:
    shop = desk.shop
    case = desk.case(CaseKind.PERSON_WANTED, "event1")
    for _ in range(3):
        shop.sweeping.sweep()
    assert shop.metrics.counts["CasesAnnounced"] == shop.metrics.counts["Case.person_wanted"] == 1

    shop.clock.go_on(86_401)
    shop.sweeping.sweep()
    assert shop.metrics.counts["CasesAnnounced"] == 2

    desk.act(case, CaseAction.RESOLVE)
    shop.clock.go_on(86_401)
    shop.sweeping.sweep()
    assert shop.metrics.counts["CasesAnnounced"] == 2


def test_a_case_is_shown_with_its_order_its_refunds_and_what_may_be_done(desk: Desk) -> None:
    shop = desk.shop.paid()
    shop.refund(100)
    case = desk.case(CaseKind.REFUND_UNKNOWN, f"{ORDER}:{shop.refunds[0].refund_id}")

    view = desk.work.show(case.kind, case.subject)

    assert (view.case, view.order, view.refunds) == (case, shop.order, tuple(shop.refunds))
    assert view.offers == (CaseAction.RESOLVE, CaseAction.REFUNDED_BY_HAND)
    assert view.audit == ()


def test_a_case_that_is_not_there_is_said_to_be_none(desk: Desk) -> None:
    with pytest.raises(ActionRefused, match="there is no case"):
        desk.work.show(CaseKind.CONFIRM_UNKNOWN, "nobody")


@pytest.mark.parametrize("kind", CaseKind)
def test_no_kind_of_case_offers_to_make_an_order_paid(kind: CaseKind) -> None:
    assert OFFERS.get(kind, frozenset({CaseAction.RESOLVE})) <= {
        CaseAction.RESOLVE,
        CaseAction.SETTLE_AGAIN,
        CaseAction.REFUND,
        CaseAction.REFUNDED_BY_HAND,
        CaseAction.SEND_AGAIN,
    }


# Resolving -----------------------------------------------------------------------------------------------


def test_resolving_keeps_who_when_and_why_and_changes_nothing_else(desk: Desk) -> None:
    case = desk.case(CaseKind.PERSON_WANTED, "event1")
    order, now = desk.shop.order, desk.shop.clock.now

    desk.act(case, CaseAction.RESOLVE)

    settled = desk.reread(case)
    assert (settled.resolved_at, settled.resolved_by, settled.resolution) == (now, WHO, "looked into it")
    assert settled.due_at is None
    (entry,) = desk.audit
    assert (entry.at, entry.who, entry.action, entry.note) == (
        now,
        WHO,
        CaseAction.RESOLVE,
        "looked into it",
    )
    assert desk.shop.order == order


def test_a_settled_case_is_settled_once(desk: Desk) -> None:
    case = desk.case(CaseKind.PERSON_WANTED, "event1")
    desk.act(case, CaseAction.RESOLVE)

    assert "settled already" in desk.refused(case, CaseAction.RESOLVE)
    assert len(desk.audit) == 1


def test_a_matter_that_comes_back_opens_its_case_again_and_keeps_the_audit(desk: Desk) -> None:
    case = desk.case(CaseKind.PERSON_WANTED, "event1")
    desk.act(case, CaseAction.RESOLVE)
    desk.shop.clock.go_on(60)

    again = desk.case(CaseKind.PERSON_WANTED, "event1")

    assert again.is_open
    assert len(desk.audit) == 1


@pytest.mark.parametrize("missing", [{"who": " "}, {"note": ""}])
def test_an_action_without_a_name_or_a_reason_is_not_done(desk: Desk, missing: dict[str, str]) -> None:
    case = desk.case(CaseKind.PERSON_WANTED, "event1")

    assert "who you are and why" in desk.refused(case, CaseAction.RESOLVE, **missing)


def test_what_a_kind_does_not_offer_is_not_done(desk: Desk) -> None:
    case = desk.case(CaseKind.PERSON_WANTED, "event1")

    assert "not offered" in desk.refused(case, CaseAction.REFUND, order_number=ORDER, amount=1)


# Settling again ------------------------------------------------------------------------------------------


def test_settling_again_looks_once_more_and_leaves_the_case_open(desk: Desk) -> None:
    case = desk.captured_for(TOTAL + 1)
    shop = desk.shop
    shop.pay.transactions[shop.transaction] = replace(
        shop.pay.transactions[shop.transaction], paid_amount=None
    )
    shop.jobs.take_due()

    desk.act(case, CaseAction.SETTLE_AGAIN)
    shop.clock.go_on(200)
    shop.work_off()

    assert shop.order.state is OrderState.PAID
    assert desk.reread(case).is_open
    assert [entry.action for entry in desk.audit] == [CaseAction.SETTLE_AGAIN]


def test_an_order_without_a_payment_cannot_be_settled_again(desk: Desk) -> None:
    case = desk.case(CaseKind.PAYMENT_MISCONFIGURED)

    assert "no payment" in desk.refused(case, CaseAction.SETTLE_AGAIN)


def test_a_payment_of_another_order_is_not_settled_for_this_one(desk: Desk) -> None:
    desk.shop.open()
    stranger = replace(desk.shop.attempt, attempt_id="stranger", order_number="OTHER", revision=0)
    desk.shop.store.commit(Put(stranger))
    case = desk.case(CaseKind.CONFIRM_UNKNOWN, attemptId="stranger")

    assert "no payment" in desk.refused(case, CaseAction.SETTLE_AGAIN)


# Giving back ---------------------------------------------------------------------------------------------


def test_a_paid_order_without_goods_is_called_off_and_its_money_goes_back(desk: Desk) -> None:
    shop = desk.shop.paid()
    case = desk.case(CaseKind.PAID_WITHOUT_STOCK)

    desk.act(case, CaseAction.REFUND, order_number=ORDER, amount=TOTAL)
    assert shop.events == ["order.paid.v1", "order.cancelled.v1"]
    shop.work_off()

    assert (shop.order.state, shop.order.refunded) == (OrderState.REFUNDED, TOTAL)
    assert shop.pay.transactions[shop.transaction].left == 0
    assert shop.events == ["order.paid.v1", "order.cancelled.v1", "order.refunded.v1"]
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)
    assert not desk.reread(case).is_open
    assert desk.audit[0].facts == {"refundId": shop.refunds[0].refund_id, "amount": str(TOTAL)}


def test_a_return_gives_back_a_part_and_calls_nothing_off(desk: Desk) -> None:
    shop = desk.shop.paid()
    shop.change(labelled=True)
    case = desk.case(CaseKind.RETURN_REQUESTED)

    desk.act(case, CaseAction.REFUND, order_number=ORDER, amount=100)
    shop.work_off()

    assert (shop.order.state, shop.order.refunded) == (OrderState.PAID, 100)
    assert shop.events == ["order.paid.v1", "order.refunded.v1"]


@pytest.mark.parametrize(
    ("confirmed", "why"),
    [
        ({"order_number": "B7K3Q-9XM2T", "amount": TOTAL}, "not that of the case"),
        ({"order_number": "", "amount": TOTAL}, "not that of the case"),
        ({"order_number": ORDER, "amount": 0}, "name the amount"),
        ({"order_number": ORDER, "amount": TOTAL + 1}, "at most 720"),
    ],
)
def test_money_moves_only_when_order_and_amount_are_typed_in_again(
    desk: Desk, confirmed: dict[str, object], why: str
) -> None:
    desk.shop.paid()
    case = desk.case(CaseKind.PAID_WITHOUT_STOCK)

    assert why in desk.refused(case, CaseAction.REFUND, **confirmed)


def test_one_refund_at_a_time(desk: Desk) -> None:
    shop = desk.shop.paid()
    shop.refund(100)
    case = desk.case(CaseKind.RETURN_REQUESTED)

    assert "under way" in desk.refused(case, CaseAction.REFUND, order_number=ORDER, amount=100)


def test_a_case_about_no_order_refunds_nothing(desk: Desk) -> None:
    case = desk.case(CaseKind.PAID_WITHOUT_STOCK, "NOBODY")

    assert "not about an order" in desk.refused(case, CaseAction.REFUND, order_number="NOBODY", amount=1)


# Money of an order that is not paid ----------------------------------------------------------------------


def test_a_wrong_amount_ends_the_order_and_goes_back_in_full(desk: Desk) -> None:
    case = desk.captured_for(TOTAL - 20)
    shop = desk.shop
    shop.pay.transactions[shop.transaction] = replace(
        shop.pay.transactions[shop.transaction], amount=TOTAL - 20
    )
    shop.clock.go_on(200)

    desk.act(case, CaseAction.REFUND, order_number=ORDER, amount=TOTAL - 20)
    assert (shop.order.state, shop.order.hold) == (OrderState.CANCELLED, HoldState.RELEASED)
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)
    shop.work_off()

    assert shop.attempt.state is AttemptState.CLOSED
    assert (shop.order.state, shop.order.captured, shop.order.refunded) == (
        OrderState.CANCELLED,
        TOTAL - 20,
        TOTAL - 20,
    )
    assert shop.pay.transactions[shop.transaction].left == 0
    assert shop.events == ["order.cancelled.v1", "order.refunded.v1"]
    assert "paid" not in shop.told
    assert "refunded" in shop.told
    assert page_state(shop.order, shop.attempt) is PageState.CLOSED, "nobody reads that it was paid"
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)
    assert not desk.reread(case).is_open


def test_money_that_came_after_the_order_had_ended_goes_back(desk: Desk) -> None:
    shop = desk.shop
    shop.open()
    attempt = shop.attempt
    shop.pay.approve(shop.transaction)
    shop.pay.confirm(shop.transaction, TOTAL, shop.order.currency)
    shop.cancel()
    shop.store.commit(Put(replace(shop.attempt, state=AttemptState.REQUESTED)))
    before = shop.stock
    case = desk.case(CaseKind.PAID_WITHOUT_STOCK, attemptId=attempt.attempt_id)

    desk.act(case, CaseAction.REFUND, order_number=ORDER, amount=TOTAL)
    shop.work_off()

    assert (shop.order.state, shop.order.refunded) == (OrderState.CANCELLED, TOTAL)
    assert shop.events == ["order.cancelled.v1", "order.refunded.v1"]
    assert shop.stock == before
    assert shop.attempt.state is AttemptState.CLOSED


def test_the_amount_has_to_be_what_line_pay_holds(desk: Desk) -> None:
    case = desk.captured_for(TOTAL - 20)
    desk.shop.clock.go_on(200)

    assert "holds 700, not 720" in desk.refused(case, CaseAction.REFUND, order_number=ORDER, amount=TOTAL)


def test_an_order_that_is_being_confirmed_at_this_moment_is_left_alone(desk: Desk) -> None:
    shop = desk.shop
    shop.open()
    claimed = shop.attempt.confirming(shop.clock.now, shop.clock.now + timedelta(seconds=100))
    shop.store.commit(Put(claimed), Put(shop.order.confirming(claimed.attempt_id, TOTAL, shop.clock.now)))
    case = desk.case(CaseKind.CONFIRM_UNKNOWN)

    assert "at this moment" in desk.refused(case, CaseAction.REFUND, order_number=ORDER, amount=TOTAL)


def test_what_line_pay_gave_back_itself_is_not_given_back_again(desk: Desk) -> None:
    case = desk.captured_for(TOTAL - 20)
    shop = desk.shop
    shop.pay.transactions[shop.transaction] = replace(
        shop.pay.transactions[shop.transaction], amount=TOTAL - 20
    )
    shop.pay.refund(shop.transaction, TOTAL - 20, shop.order.currency)
    shop.clock.go_on(200)

    assert "everything back already" in desk.refused(
        case, CaseAction.REFUND, order_number=ORDER, amount=TOTAL - 20
    )


def test_without_an_answer_of_line_pay_nothing_is_given_back(desk: Desk) -> None:
    case = desk.captured_for(TOTAL - 20)
    desk.shop.clock.go_on(200)
    desk.shop.pay.script(Call.DETAILS, Lost.BEFORE)

    assert "no clear answer" in desk.refused(case, CaseAction.REFUND, order_number=ORDER, amount=TOTAL - 20)


def test_money_that_is_not_there_is_not_given_back(desk: Desk) -> None:
    shop = desk.shop
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay.approve(shop.transaction)
    shop.settle("returned")
    shop.clock.go_on(200)
    case = desk.case(CaseKind.CONFIRM_UNKNOWN)

    assert "captured nothing" in desk.refused(case, CaseAction.REFUND, order_number=ORDER, amount=TOTAL)
    assert shop.order.state is OrderState.AWAITING_PAYMENT


# By hand -------------------------------------------------------------------------------------------------


def test_a_refund_by_hand_lowers_the_balance_so_that_it_cannot_go_back_twice(desk: Desk) -> None:
    shop = desk.shop.paid()
    shop.pay.script(Call.REFUND, "1163")
    refused = shop.carry_out(shop.refund(100))
    assert refused.state is RefundState.REFUSED
    (case,) = shop.store.all(OperatorCase)

    desk.act(case, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, amount=100, reference="bank 2026-11-24/7")

    assert (shop.order.refunded, shop.order.refundable) == (100, TOTAL - 100)
    by_hand = next(refund for refund in shop.refunds if refund.state is RefundState.DONE)
    assert (by_hand.amount, by_hand.provider_refund_id) == (100, "by-hand:bank 2026-11-24/7")
    assert shop.events == ["order.paid.v1", "order.refunded.v1"]
    assert not desk.reread(case).is_open
    assert shop.pay.transactions[shop.transaction].refunds == ()


def test_a_refund_that_is_being_tried_is_ended_by_the_one_by_hand(desk: Desk) -> None:
    shop = desk.shop.paid()
    shop.pay.script(Call.REFUND, Lost.BEFORE)
    refund = shop.carry_out(shop.refund(TOTAL))
    assert refund.state is RefundState.SENT
    shop.clock.go_on(200)
    case = desk.case(CaseKind.REFUND_UNKNOWN, f"{ORDER}:{refund.refund_id}")

    desk.act(case, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, amount=TOTAL, reference="bank 7")
    shop.go_on(600)

    assert shop.order.state is OrderState.REFUNDED
    assert shop.stock == Counters(STOCK, 0, 0, STOCK)
    assert sorted(refund.state.value for refund in shop.refunds) == ["done", "refused"]
    assert shop.pay.transactions[shop.transaction].refunds == ()


def test_what_line_pay_has_given_back_is_not_given_by_hand_as_well(desk: Desk) -> None:
    shop = desk.shop.paid()
    shop.refund(100)
    shop.store.commit(Put(shop.refunds[0].sent((), shop.clock.now)))
    shop.pay.refund(shop.transaction, 100, shop.order.currency)
    case = desk.case(CaseKind.REFUND_UNKNOWN, f"{ORDER}:{shop.refunds[0].refund_id}")

    why = desk.refused(case, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, amount=100, reference="bank 7")

    assert "LINE Pay has given it back" in why


def test_while_line_pay_is_being_asked_nothing_is_given_by_hand(desk: Desk) -> None:
    shop = desk.shop.paid()
    shop.refund(100)
    shop.store.commit(Put(shop.refunds[0].sent((), shop.clock.now + timedelta(seconds=30))))
    case = desk.case(CaseKind.REFUND_UNKNOWN, f"{ORDER}:{shop.refunds[0].refund_id}")

    why = desk.refused(case, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, amount=100, reference="bank 7")

    assert "at this moment" in why


@pytest.mark.parametrize(
    ("more", "why"),
    [({"amount": 100}, "--reference"), ({"amount": TOTAL + 1, "reference": "bank"}, "at most 720")],
)
def test_a_refund_by_hand_needs_a_proof_and_has_a_limit(
    desk: Desk, more: dict[str, object], why: str
) -> None:
    desk.shop.paid()
    case = desk.case(CaseKind.REFUND_REFUSED)

    assert why in desk.refused(case, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, **more)


def refunded_in_their_pages(desk: Desk, amount: int) -> tuple[OperatorCase, str]:
    """Somebody gave money back in LINE Pay's own pages; the case, and LINE Pay's number of that refund."""
    shop = desk.shop.paid()
    number = "2026112400000000777"
    before = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(before, refunds=(RefundRecord(number, amount),))
    case = desk.case(
        CaseKind.RECONCILIATION, f"{ORDER}:{shop.transaction}", attemptId=shop.attempt.attempt_id
    )
    return case, number


def test_a_refund_of_line_pays_own_pages_is_taken_into_the_books_and_both_sides_agree(desk: Desk) -> None:
    case, number = refunded_in_their_pages(desk, 50)
    shop = desk.shop

    desk.act(case, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, amount=50, reference=number)

    assert [(refund.state, refund.provider_refund_id) for refund in shop.refunds] == [
        (RefundState.DONE, number)
    ]
    capture = shop.pay.transactions[shop.transaction].capture
    assert compare(Books(shop.attempt, shop.order, tuple(shop.refunds)), capture) is None


def test_a_number_that_line_pay_does_not_list_proves_nothing(desk: Desk) -> None:
    case, number = refunded_in_their_pages(desk, 50)
    typed = {"order_number": ORDER, "amount": 50}

    why = desk.refused(case, CaseAction.REFUNDED_BY_HAND, **typed, reference="2026112400000000778")
    assert "has no refund 2026112400000000778 over 50" in why
    assert "over 60" in desk.refused(
        case, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, amount=60, reference=number
    )


def test_one_refund_of_line_pay_is_taken_into_the_books_once(desk: Desk) -> None:
    case, number = refunded_in_their_pages(desk, 50)
    desk.act(case, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, amount=50, reference=number)
    again = desk.case(case.kind, case.subject, attemptId=desk.shop.attempt.attempt_id)

    assert "in our books already" in desk.refused(
        again, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, amount=50, reference=number
    )


# The order system ----------------------------------------------------------------------------------------


def test_an_event_that_was_given_up_is_sent_again_with_the_same_bytes(desk: Desk) -> None:
    shop = desk.shop.paid()
    shop.order_system.awake = False
    shop.clock.go_on(GIVE_UP_AFTER.total_seconds() + 60)
    (event,) = shop.store.all(OrderEvent)
    shop.order_events.send(event.event_id)
    (case,) = shop.store.all(OperatorCase)
    assert case.kind is CaseKind.ORDER_SYSTEM_SILENT
    shop.order_system.awake = True

    desk.act(case, CaseAction.SEND_AGAIN)
    shop.work_off()

    (after,) = shop.store.all(OrderEvent)
    assert (after.state, after.body) == (OrderEventState.TAKEN, event.body)
    assert not desk.reread(case).is_open


def test_an_event_that_is_on_its_way_is_not_sent_again(desk: Desk) -> None:
    desk.shop.paid()
    case = desk.case(CaseKind.ORDER_SYSTEM_SILENT, f"{ORDER}:order.paid.v1:1")

    assert "not given up" in desk.refused(case, CaseAction.SEND_AGAIN)


# Others at work, and counters set from outside -----------------------------------------------------------


class BusyStore(MemoryStore):
    """The same rows, but the next commits find that somebody else was quicker."""

    def __init__(self, store: MemoryStore, refusals: int) -> None:
        super().__init__(store.rows, store.stock)
        self.refusals = refusals

    def commit(self, *writes: Write) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Conflict("somebody else")
        super().commit(*writes)


def busy_casework(desk: Desk, refusals: int) -> Casework:
    shop = desk.shop
    refunds = CaseRefunds(shop.store, shop.pay, shop.cancelling, shop.waits, shop.jobs, shop.clock, shop.ids)
    return Casework(BusyStore(shop.store, refusals), refunds, shop.jobs, shop.clock)


def test_what_others_write_meanwhile_makes_it_decide_again(desk: Desk) -> None:
    case = desk.case(CaseKind.PERSON_WANTED, "event1")
    deed = Deed(case.kind, case.subject, CaseAction.RESOLVE, who=WHO, note="called")

    assert not busy_casework(desk, refusals=3).act(deed).case.is_open
    assert len(desk.audit) == 1


def test_rows_that_never_stand_still_are_said_to_be_busy(desk: Desk) -> None:
    case = desk.case(CaseKind.PERSON_WANTED, "event1")
    deed = Deed(case.kind, case.subject, CaseAction.RESOLVE, who=WHO, note="called")

    with pytest.raises(Conflict):
        busy_casework(desk, refusals=100).act(deed)
    assert desk.audit == []


def test_counters_that_were_set_from_outside_do_not_keep_a_case_open(desk: Desk) -> None:
    shop = desk.shop.paid()
    shop.store.stock[TEA.sku] = Counters()
    case = desk.case(CaseKind.REFUND_REFUSED)

    desk.act(case, CaseAction.REFUNDED_BY_HAND, order_number=ORDER, amount=TOTAL, reference="bank 7")

    assert shop.order.state is OrderState.REFUNDED
    assert shop.stock == Counters()
    assert not desk.reread(case).is_open


def test_the_rest_of_money_held_in_vain_can_be_given_back_after_a_refusal(desk: Desk) -> None:
    case = desk.captured_for(TOTAL - 20)
    shop = desk.shop
    shop.pay.transactions[shop.transaction] = replace(
        shop.pay.transactions[shop.transaction], amount=TOTAL - 20
    )
    shop.clock.go_on(200)
    shop.pay.script(Call.REFUND, "1101")
    desk.act(case, CaseAction.REFUND, order_number=ORDER, amount=TOTAL - 20)
    shop.work_off()
    refused = next(row for row in shop.store.all(OperatorCase) if row.kind is CaseKind.REFUND_REFUSED)

    desk.act(refused, CaseAction.REFUND, order_number=ORDER, amount=TOTAL - 20)
    shop.work_off()

    assert (shop.order.state, shop.order.refunded) == (OrderState.CANCELLED, TOTAL - 20)
    assert shop.pay.transactions[shop.transaction].left == 0
