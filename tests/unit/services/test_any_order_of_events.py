"""Customers, callbacks, refunds, outages and clock jumps in any order, against a small model of what must come of it.

The explorer interleaves a few processes completely; here whole use cases follow each other for as long as they
like, with provider outcomes, redeliveries and lost messages drawn by Hypothesis (technique T2).
"""

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from storefront.domain.errors import Conflict, IllegalMove, OrderEnded
from storefront.domain.order import HoldState, OrderState
from storefront.domain.outbox import Message
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import TABLES, Call, Verdict
from storefront.domain.refund import RefundState
from storefront.services.ports import SendOutcome, Write
from tests.doubles.line_pay_model import Lost, Script
from tests.doubles.little_shop import STOCK, UNITS, LittleShop
from tests.doubles.memory_store import MemoryStore
from tests.explorer.checks import check_always, check_in_the_end, check_moves, let_it_settle

HARMLESS = [
    code
    for code, meaning in TABLES[Call.CONFIRM].items()
    if meaning in {Verdict.UNKNOWN, Verdict.WAITING, Verdict.REFUSED, Verdict.MAYBE_ALREADY}
]  # fmt: skip
OUTCOMES: dict[Call, list[Script]] = {
    Call.REQUEST: [*Lost, "1145", "1172", "9000"],
    Call.CHECK: [Lost.BEFORE, "9000", "7777"],
    Call.CONFIRM: [*Lost, *HARMLESS],
    Call.DETAILS: [Lost.BEFORE, "1150", "9000"],
    Call.REFUND: [*Lost, "1198", "9000", "7777"],
}


LOST_ANSWERS = st.sampled_from(list(Lost))
CONFIRM_OUTCOMES = (
    st.none()
    | LOST_ANSWERS
    | st.sampled_from(["1142", "1152", "1172"])
    | st.sampled_from(OUTCOMES[Call.CONFIRM])
)
REFUND_OUTCOMES = st.none() | LOST_ANSWERS | st.sampled_from(OUTCOMES[Call.REFUND])


class CheckedStore(MemoryStore):
    """A store in which no row ever moves along an edge that its machine lacks (T1, T3)."""

    def commit(self, *writes: Write) -> None:
        before = self.copy()
        super().commit(*writes)
        check_moves(before, self)


class Expected:
    """The reference model: what was agreed with the customer, as little as decides how the order must end."""

    def __init__(self) -> None:
        self.cancelled = False
        self.refunds: list[int] = []

    def end(self, captured: bool) -> tuple[OrderState, HoldState]:
        if self.cancelled:
            return OrderState.CANCELLED, HoldState.RELEASED
        if not captured:
            return OrderState.EXPIRED, HoldState.RELEASED
        state = OrderState.REFUNDED if sum(self.refunds) == 720 else OrderState.PAID
        return state, HoldState.COMMITTED

    def units_free_in_the_end(self, captured: bool) -> int:
        return STOCK - UNITS if self.end(captured)[0] is OrderState.PAID else STOCK


class AnyOrder(RuleBasedStateMachine):
    """One order from its delivery details to its end."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = LittleShop()
        self.shop.store = CheckedStore(self.shop.store.rows, self.shop.store.stock)
        self.shop.catalogues.store = self.shop.store
        self.expected = Expected()
        self.causes = 0
        self.shop.open()

    def _tries(self, work: Any, *arguments: object) -> None:
        try:
            work(*arguments)
        except (OrderEnded, Conflict):
            return

    # The customer ----------------------------------------------------------------------------------------

    @rule()
    def asks_for_a_link(self) -> None:
        self.causes += 1
        self._tries(self.shop.checkout.open_payment, self.shop.order.order_number, f"event{self.causes}")

    @precondition(lambda self: self.shop.attempts)
    @rule(number=st.integers(0, 9), how=st.sampled_from(["approve", "cancel", "fail"]))
    def acts_in_line_pay(self, number: int, how: str) -> None:
        attempt = self.shop.attempts[number % len(self.shop.attempts)]
        if attempt.transaction_id is not None:
            getattr(self.shop.pay, how)(attempt.transaction_id)

    @precondition(lambda self: self.shop.attempts)
    @rule(number=st.integers(0, 9), cancelled=st.booleans(), foreign=st.booleans())
    def comes_back(self, number: int, cancelled: bool, foreign: bool) -> None:
        place = number % len(self.shop.attempts)
        attempt = self.shop.attempts[place]
        ids = ("A0000-00000-1", "1") if foreign else (attempt.provider_order_id, attempt.transaction_id)
        keys = [f"key{given + 1}" for given in range(self.shop.ids.given)]
        self.shop.page.visit(keys[place % len(keys)], *ids, cancelled=cancelled)

    @precondition(lambda self: self._payable() is not None)
    @rule(outcome=CONFIRM_OUTCOMES, late=st.booleans())
    def pays(self, outcome: Script | None, late: bool) -> None:
        """She approves the link that she has and comes back, soon or at the last moment of the hold."""
        attempt = self._payable()
        assert attempt is not None
        assert attempt.transaction_id is not None
        self.shop.pay.approve(attempt.transaction_id)
        if late:
            moment = self.shop.order.hold_until - timedelta(seconds=1)
            self.shop.clock.now = max(self.shop.clock.now, moment)
        if outcome is not None:
            self.shop.pay.script(Call.CONFIRM, outcome)
        self._tries(self.shop.checkout.settle, attempt.attempt_id, "returned")

    def _payable(self) -> PaymentAttempt | None:
        found = [each for each in self.shop.attempts if each.state is AttemptState.REQUESTED]
        return found[-1] if found else None

    @rule()
    def cancels(self) -> None:
        told = self.shop.cancel()
        if told == "order_cancelled":
            self.expected.cancelled = True
        elif told == "refund_pending":
            self._note_refund()

    # Back offices ----------------------------------------------------------------------------------------

    @rule(amount=st.integers(-10, 900))
    def a_refund_is_asked_for(self, amount: int) -> None:
        try:
            self.shop.refund(amount)
        except IllegalMove:
            return
        self._note_refund()

    @precondition(lambda self: self.shop.order.refundable > 200)
    @rule(amount=st.sampled_from([50, 100]), outcome=REFUND_OUTCOMES)
    def a_part_is_given_back(self, amount: int, outcome: Script | None) -> None:
        """Asked for and carried out at once; parts of the same amount follow each other."""
        if self.shop.order.open_refund is not None:
            return
        refund = self.shop.refund(amount)
        self._note_refund()
        if outcome is not None:
            self.shop.pay.script(Call.REFUND, outcome)
        self._tries(self.shop.refunding.carry_out, refund.order_number, refund.refund_id)

    def _note_refund(self) -> None:
        self.expected.refunds = [refund.amount for refund in self.shop.refunds]

    # The world -------------------------------------------------------------------------------------------

    @rule(call=st.sampled_from(list(Call)), data=st.data())
    def line_pay_will_answer_in_its_own_way(self, call: Call, data: st.DataObject) -> None:
        self.shop.pay.script(call, data.draw(st.sampled_from(OUTCOMES[call])))

    @rule()
    def line_pay_does_late_what_it_was_asked(self) -> None:
        self.shop.pay.do_late()

    @rule(outcome=st.sampled_from([SendOutcome.UNKNOWN, SendOutcome.RATE_LIMITED, SendOutcome.ACCEPTED]))
    def line_has_trouble(self, outcome: SendOutcome) -> None:
        if outcome is SendOutcome.ACCEPTED:
            self.shop.line.lost += 1
        else:
            self.shop.line.script.append(outcome)

    @rule(awake=st.booleans())
    def the_order_system_sleeps_or_wakes(self, awake: bool) -> None:
        self.shop.order_system.awake = awake

    @rule(seconds=st.sampled_from([1, 29, 31, 100, 101, 600, 1_199, 1_260, 1_300, 1_400]))
    def time_passes(self, seconds: int) -> None:
        self._later(seconds)

    def _later(self, seconds: int) -> None:
        """What LINE Pay does late, it does within minutes: a part that comes back later cannot be told from never."""
        before = self.shop.clock.now
        self.shop.go_on(min(seconds, 100), step=30)
        self.shop.pay.do_late()
        self.shop.go_on(max(0, seconds - 100), step=30)
        assert self.shop.clock.now == before + timedelta(seconds=seconds)
        for attempt in self.shop.attempts:
            if attempt.transaction_id is not None and self.shop.clock.now >= attempt.expires_at:
                self.shop.pay.cancel(attempt.transaction_id)

    @rule()
    def queues_lose_everything(self) -> None:
        self.shop.jobs.waiting.clear()

    @rule()
    def the_sweeper_comes(self) -> None:
        self.shop.sweeping.sweep()

    @rule()
    def the_window_is_said_to_be_over(self) -> None:
        self.shop.checkout.close(self.shop.order.order_number, "workflow")

    @precondition(lambda self: self.shop.attempts)
    @rule(number=st.integers(0, 9))
    def a_job_comes_twice(self, number: int) -> None:
        attempt = self.shop.attempts[number % len(self.shop.attempts)]
        self._tries(self.shop.checkout.settle, attempt.attempt_id, "schedule")

    @precondition(lambda self: self.shop.refunds)
    @rule(number=st.integers(0, 9))
    def a_refund_job_comes_twice(self, number: int) -> None:
        refund = self.shop.refunds[number % len(self.shop.refunds)]
        self._tries(self.shop.refunding.carry_out, refund.order_number, refund.refund_id)

    @precondition(lambda self: self.shop.store.all(Message))
    @rule(number=st.integers(0, 99))
    def a_message_is_delivered_again(self, number: int) -> None:
        messages = self.shop.store.all(Message)
        self.shop.telling.deliver(messages[number % len(messages)].message_id)

    # What must hold --------------------------------------------------------------------------------------

    @invariant()
    def everything_that_must_always_hold_holds(self) -> None:
        check_always(self.shop)
        assert sum(each.captures for each in self.shop.pay.transactions.values()) <= 1

    def teardown(self) -> None:
        """The troubles end, time passes, and the order is where the model says."""
        self.shop.pay.scripts.clear()
        self.shop.line.script.clear()
        self.shop.line.lost = 0
        self.shop.order_system.awake = True
        let_it_settle(self.shop)
        check_in_the_end(self.shop, disturbed=True)
        order = self.shop.order
        captured = bool(self.shop.pay.captured)
        assert (order.state, order.hold) == self.expected.end(captured)
        assert order.refunded == sum(self.expected.refunds)
        assert self.shop.stock.available == self.expected.units_free_in_the_end(captured)
        assert {refund.state for refund in self.shop.refunds} <= {RefundState.DONE}
        assert not any(attempt.is_open for attempt in self.shop.attempts)
        confirmed = [each for each in self.shop.attempts if each.state is AttemptState.CONFIRMED]
        assert len(confirmed) == captured


AnyOrder.TestCase.settings = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestAnyOrderOfEvents = AnyOrder.TestCase
