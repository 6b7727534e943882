"""Opening a payment: an intent before the call, one link at a time, and what is said when there is none."""

from datetime import timedelta

import pytest

from storefront.domain.casework import OperatorCase
from storefront.domain.errors import Conflict, OrderEnded
from storefront.domain.order import HoldState, Order, OrderState
from storefront.domain.outbox import Message, MessageState
from storefront.domain.payment import AttemptState, PaymentAttempt, attempt_id_of
from storefront.domain.payment_answers import Call
from storefront.domain.quote import Discount, DiscountKind
from storefront.services.attempts import CALL_LEASE
from storefront.services.ports import SendOutcome, Write
from tests.doubles.line_pay_model import LinePayModel, Lost
from tests.doubles.little_shop import GRACE, ORDER, WINDOW, LittleShop
from tests.doubles.machinery import START


def test_the_customer_gets_a_link_and_the_first_look_is_on_the_queue() -> None:
    shop = LittleShop()
    attempt = shop.open()
    assert attempt.state is AttemptState.REQUESTED
    assert attempt.amount == shop.order.total == 720
    assert attempt.attempt_id == attempt_id_of("key1")
    assert attempt.provider_order_id == f"{ORDER}-1"
    assert attempt.expires_at == START + WINDOW
    assert shop.order.active_attempt == attempt.attempt_id
    assert shop.order.hold_until == START + WINDOW + GRACE
    assert [(job.name, job.arguments, job.not_before) for job in shop.jobs.waiting] == [
        ("check_payment", (attempt.attempt_id, "schedule"), START + timedelta(seconds=30))
    ]
    assert shop.told == ["payment_card"]
    assert [sent.kind for sent in shop.line.sent] == ["push"]


def test_the_intent_is_stored_before_line_pay_is_asked_M2() -> None:
    shop = LittleShop()
    seen: list[AttemptState] = []

    class Watched(LinePayModel):
        def request(self, **asked: object):  # type: ignore[no-untyped-def]
            seen.extend(each.state for each in shop.store.all(PaymentAttempt))
            return super().request(**asked)  # type: ignore[arg-type]

    shop.pay = Watched()
    shop.open()
    assert seen == [AttemptState.REQUESTING]


def test_an_unanswered_request_is_abandoned_and_only_the_next_link_is_sent_C1() -> None:
    shop = LittleShop()
    shop.pay.script(Call.REQUEST, Lost.AFTER)
    attempt = shop.open()
    first, second = shop.attempts
    assert (first.state, first.reason) == (AttemptState.CLOSED, "request:no-answer")
    assert (second.state, second.provider_order_id) == (AttemptState.REQUESTED, f"{ORDER}-2")
    assert shop.order.active_attempt == attempt.attempt_id == second.attempt_id
    assert shop.told == ["payment_card"]


@pytest.mark.parametrize("code", ["1145", "1172", "9000", "7777"])
def test_a_request_that_is_refused_for_another_order_id_gets_a_fresh_one(code: str) -> None:
    shop = LittleShop()
    shop.pay.script(Call.REQUEST, code)
    assert shop.open().provider_order_id == f"{ORDER}-2"


def test_when_line_pay_never_answers_the_customer_hears_that_nothing_was_charged() -> None:
    shop = LittleShop()
    shop.pay.script(Call.REQUEST, Lost.BEFORE, Lost.BEFORE, Lost.AFTER)
    shop.open("event1")
    assert shop.told == ["payment_unavailable"]
    assert {attempt.state for attempt in shop.attempts} == {AttemptState.CLOSED}
    assert shop.order.active_attempt is None
    assert shop.order.state is OrderState.AWAITING_PAYMENT
    assert shop.jobs.waiting == []


def test_a_wrong_set_up_is_asked_once_and_becomes_a_case() -> None:
    shop = LittleShop()
    shop.pay.script(Call.REQUEST, "1104")
    shop.open()
    assert len(shop.pay.made(Call.REQUEST)) == 1
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind.value, case.subject, case.facts) == ("payment_misconfigured", ORDER, {"code": "1104"})
    assert shop.told == ["payment_unavailable"]


def test_asking_again_sends_the_same_link_while_it_is_young_C3() -> None:
    shop = LittleShop()
    first = shop.open()
    shop.checkout.open_payment(ORDER, "event2")
    assert [attempt.attempt_id for attempt in shop.attempts] == [first.attempt_id]
    assert [message.message_id for message in shop.store.all(Message)] == [
        f"{ORDER}:payment_card:{first.attempt_id}",
        f"{ORDER}:payment_card:event2",
    ]


@pytest.mark.parametrize("cause", ["workflow", "sweep"])
def test_a_repeated_step_of_our_own_does_not_send_the_card_again_N1(cause: str) -> None:
    shop = LittleShop()
    shop.open()
    shop.checkout.open_payment(ORDER, cause)
    assert shop.told == ["payment_card"]


def test_a_card_that_is_still_on_its_way_is_not_doubled_by_asking_again_N1() -> None:
    shop = LittleShop()
    shop.line.script.append(SendOutcome.UNKNOWN)
    shop.open()
    shop.checkout.open_payment(ORDER, "event2")
    assert shop.told == ["payment_card"]


def test_an_old_link_is_closed_and_replaced_by_one_that_can_be_paid_in_time_C3() -> None:
    shop = LittleShop()
    first = shop.open()
    shop.clock.now = first.expires_at - GRACE
    second = shop.open("event2")
    assert [(each.state, each.reason) for each in shop.attempts] == [
        (AttemptState.CLOSED, "replaced"),
        (AttemptState.REQUESTED, None),
    ]
    assert shop.order.active_attempt == second.attempt_id
    assert shop.order.hold_until == shop.clock.now + WINDOW + GRACE


def test_asking_for_ever_does_not_keep_the_stock_for_ever_S4() -> None:
    shop = LittleShop()
    shop.open()
    deadlines = []
    for number in range(4):
        shop.clock.now = shop.order.hold_until - 2 * GRACE
        shop.open(f"event{number}")
        deadlines.append(shop.order.hold_until)
    assert deadlines[1] > deadlines[0]
    assert deadlines[1] == deadlines[2] == deadlines[3]


def test_no_second_link_while_one_is_being_confirmed_M1() -> None:
    shop = LittleShop()
    shop.open()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    shop.checkout.open_payment(ORDER, "event2")
    assert len(shop.attempts) == 1
    assert shop.told == ["payment_card", "payment_processing"]


def test_a_paid_order_gets_no_link() -> None:
    shop = LittleShop().paid()
    shop.checkout.open_payment(ORDER, "event2")
    assert len(shop.attempts) == 1
    assert shop.told == ["payment_card", "paid"]


def test_a_cancelled_order_gets_no_link_and_ends_the_workflow() -> None:
    shop = LittleShop()
    shop.cancel()
    with pytest.raises(OrderEnded):
        shop.checkout.open_payment(ORDER, "workflow")
    assert shop.pay.calls == []


def test_asking_after_the_hold_has_ended_ends_the_order_instead_N3() -> None:
    shop = LittleShop()
    shop.clock.now = shop.order.hold_until
    with pytest.raises(OrderEnded):
        shop.checkout.open_payment(ORDER, "event2")
    assert (shop.order.state, shop.order.hold) == (OrderState.EXPIRED, HoldState.RELEASED)
    assert shop.told == ["order_expired"]
    assert shop.pay.made(Call.REQUEST) == []


def test_a_discount_is_asked_for_in_one_line_that_holds_the_total_M3() -> None:
    shop = LittleShop()
    shop.change(discounts=(Discount(DiscountKind.COUPON, "TEA100", 100),))
    assert shop.open().amount == 620


def test_asking_while_somebody_else_is_asking_leaves_it_to_him_C1() -> None:
    shop = LittleShop()
    other = LittleShop()

    class Overtaken(LinePayModel):
        def request(self, **asked: object):  # type: ignore[no-untyped-def]
            other.checkout.open_payment(ORDER, "event2")
            return super().request(**asked)  # type: ignore[arg-type]

    shop.pay = Overtaken()
    other.store, other.ids = shop.store, shop.ids
    shop.open()
    assert other.pay.calls == []
    assert [attempt.state for attempt in shop.attempts] == [AttemptState.REQUESTED]
    assert shop.told == ["payment_card"]


def test_a_link_that_came_while_another_was_being_made_wins_and_only_it_is_sent_C1() -> None:
    """The other process's request is answered between our reading the order and our writing an intent."""
    shop = LittleShop()
    other = LittleShop()
    other.store, other.pay, other.ids = shop.store, shop.pay, shop.ids
    commit = shop.store.commit
    steps = iter(["ours"])

    def overtaken(*writes: Write) -> None:
        if next(steps, None) is not None:
            other.checkout.open_payment(ORDER, "workflow")
        commit(*writes)

    shop.store.commit = overtaken  # type: ignore[method-assign]
    shop.checkout.open_payment(ORDER, "workflow")
    assert [attempt.state for attempt in shop.attempts] == [AttemptState.REQUESTED]
    assert shop.told == ["payment_card"]


def test_an_order_cancelled_while_line_pay_does_not_answer_gets_no_other_link() -> None:
    shop = LittleShop()

    class Cancelled(LinePayModel):
        def request(self, **asked: object):  # type: ignore[no-untyped-def]
            shop.cancel()
            return super().request(**asked)  # type: ignore[arg-type]

    shop.pay = Cancelled()
    shop.pay.script(Call.REQUEST, Lost.AFTER)
    with pytest.raises(OrderEnded):
        shop.open()
    assert len(shop.pay.made(Call.REQUEST)) == 1
    assert [(each.state, each.reason) for each in shop.attempts] == [(AttemptState.CLOSED, "order-cancelled")]
    assert "payment_card" not in shop.told


def test_a_busy_order_does_not_keep_an_unanswered_request_from_being_given_up_C1() -> None:
    shop = LittleShop()

    class Busy(LinePayModel):
        def request(self, **asked: object):  # type: ignore[no-untyped-def]
            shop.change(satisfaction=5)
            return super().request(**asked)  # type: ignore[arg-type]

    shop.pay = Busy()
    shop.pay.script(Call.REQUEST, Lost.BEFORE)
    shop.open()
    assert [each.state for each in shop.attempts] == [AttemptState.CLOSED, AttemptState.REQUESTED]


def test_a_request_whose_asker_died_is_closed_and_asked_again_C2() -> None:
    shop = LittleShop()

    class Dies(LinePayModel):
        def request(self, **asked: object):  # type: ignore[no-untyped-def]
            raise KeyboardInterrupt

    working, shop.pay = shop.pay, Dies()
    with pytest.raises(KeyboardInterrupt):
        shop.open()
    del shop.checkout
    shop.pay = working
    shop.clock.now = START + CALL_LEASE - timedelta(seconds=1)
    shop.settle("sweep")
    assert shop.attempt.state is AttemptState.REQUESTING
    shop.clock.now = START + CALL_LEASE
    shop.sweeping.sweep()
    shop.work_off()
    assert [(each.state, each.reason) for each in shop.attempts] == [
        (AttemptState.CLOSED, "unanswered-request"),
        (AttemptState.REQUESTED, None),
    ]
    assert shop.told == ["payment_card"]


def test_an_order_that_keeps_changing_is_left_to_the_queue() -> None:
    shop = LittleShop()

    def busy(*_writes: Write) -> None:
        raise Conflict("Order")

    shop.store.commit = busy  # type: ignore[method-assign]
    with pytest.raises(Conflict):
        shop.checkout.open_payment(ORDER, "workflow")
    assert shop.pay.calls == []
    assert shop.store.all(Message) == []


def test_a_card_whose_link_was_replaced_before_it_was_sent_is_not_sent_N3() -> None:
    shop = LittleShop()
    shop.line.script.append(SendOutcome.UNKNOWN)
    first = shop.open()
    shop.clock.now = first.expires_at
    shop.open("event2")
    shop.sweeping.sweep()
    by_id = {message.message_id: message for message in shop.store.all(Message)}
    late = by_id[f"{ORDER}:payment_card:{first.attempt_id}"]
    assert (late.state, late.reason) == (MessageState.SUPPRESSED, "overtaken")


def test_an_unknown_order_is_a_fault_of_the_caller() -> None:
    shop = LittleShop()
    with pytest.raises(LookupError):
        shop.checkout.open_payment("NOT-THERE", "workflow")
    assert len(shop.store.all(Order)) == 1
