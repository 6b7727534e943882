"""Payment attempts and refunds: the ledger of every call that can move money."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from storefront.domain.errors import IllegalMove
from storefront.domain.money import Currency
from storefront.domain.moves import move
from storefront.domain.order import Order
from storefront.domain.payment import (
    ATTEMPT_MOVES,
    CHECK_SCHEDULE,
    AttemptState,
    PaymentAttempt,
    attempt_id_of,
)
from storefront.domain.refund import REFUND_MOVES, Refund, RefundState
from tests.doubles.little_shop import CUSTOMER, order_row
from tests.doubles.machinery import START

SOON = START + timedelta(seconds=100)
LATER = START + timedelta(seconds=300)
ATTEMPT_EDGES = {
    "requesting": {"requested", "closed", "failed"},
    "requested": {"confirming", "closed", "failed"},
    "confirming": {"confirmed", "closed", "failed"},
    "confirmed": set(),
    "closed": set(),
    "failed": set(),
}
REFUND_EDGES = {
    "intended": {"sent", "refused"},
    "sent": {"intended", "done", "refused"},
    "done": set(),
    "refused": set(),
}


def requesting() -> PaymentAttempt:
    return PaymentAttempt(
        "a1",
        "ORDER1",
        CUSTOMER,
        "ORDER1-1",
        720,
        Currency.TWD,
        AttemptState.REQUESTING,
        START,
        START + timedelta(minutes=20),
        call_until=SOON,
    )


def requested() -> PaymentAttempt:
    return requesting().requested("2026112400000000001", "https://pay.example/1", SOON)


def confirming() -> PaymentAttempt:
    return requested().confirming(START, SOON)


def paid_order() -> Order:
    return order_row().trying("a1").confirming("a1", 720, START).paid(720, START, "test")


def intended() -> Refund:
    return Refund.intended(paid_order(), "r1", 300, "wish", START)


@pytest.mark.parametrize(("source", "target"), list(product(AttemptState, repeat=2)))
def test_an_attempt_walks_only_the_edges_of_its_table_T1_T3(
    source: AttemptState, target: AttemptState
) -> None:
    if target.value in ATTEMPT_EDGES[source.value]:
        assert move(ATTEMPT_MOVES, source, target) is target
    else:
        with pytest.raises(IllegalMove):
            move(ATTEMPT_MOVES, source, target)


@pytest.mark.parametrize(("source", "target"), list(product(RefundState, repeat=2)))
def test_a_refund_walks_only_the_edges_of_its_table_T1_T3(source: RefundState, target: RefundState) -> None:
    if target.value in REFUND_EDGES[source.value]:
        assert move(REFUND_MOVES, source, target) is target
    else:
        with pytest.raises(IllegalMove):
            move(REFUND_MOVES, source, target)


def test_an_attempt_begins_with_nothing_asked_and_nothing_known() -> None:
    fresh = PaymentAttempt(
        "a1", "ORDER1", CUSTOMER, "ORDER1-1", 720, Currency.TWD, AttemptState.REQUESTING, START, SOON
    )
    nothing_yet = {
        **dict.fromkeys(("transaction_id", "payment_url", "first_claimed_at", "call_until", "settled_at")),
        **{"reason": None, "due_at": None, "claims": 0, "checks_made": 0, "revision": 0},
    }
    assert {name: getattr(fresh, name) for name in nothing_yet} == nothing_yet


@pytest.mark.parametrize(
    ("before", "move_it", "changes"),
    [
        (
            requesting(),
            lambda attempt: attempt.requested("2026112400000000001", "https://pay.example/1", LATER),
            {
                "state": AttemptState.REQUESTED,
                "transaction_id": "2026112400000000001",
                "payment_url": "https://pay.example/1",
                "call_until": None,
                "due_at": LATER,
            },
        ),
        (
            requested(),
            lambda attempt: attempt.confirming(SOON, LATER),
            {
                "state": AttemptState.CONFIRMING,
                "first_claimed_at": SOON,
                "claims": 1,
                "call_until": LATER,
                "due_at": LATER,
            },
        ),
        (
            confirming(),
            lambda attempt: attempt.claimed_again(SOON, LATER),
            {"claims": 2, "call_until": LATER, "due_at": LATER},
        ),
        (
            confirming(),
            lambda attempt: attempt.confirmed(LATER),
            {"state": AttemptState.CONFIRMED, "settled_at": LATER, "due_at": None},
        ),
        (
            requested(),
            lambda attempt: attempt.ended(AttemptState.FAILED, LATER, "check:failed"),
            {"state": AttemptState.FAILED, "settled_at": LATER, "reason": "check:failed", "due_at": None},
        ),
        (
            replace(confirming(), checks_made=2),
            lambda attempt: attempt.checked(LATER),
            {"checks_made": 3, "call_until": None, "due_at": LATER},
        ),
    ],
)
def test_a_step_of_an_attempt_changes_what_it_says_and_nothing_else(
    before: PaymentAttempt, move_it: Callable[[PaymentAttempt], PaymentAttempt], changes: dict[str, object]
) -> None:
    assert move_it(before) == replace(before, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("move_it", "told"),
    [
        (lambda: confirming().claimed_again(START, SOON), "PaymentAttempt: confirming -> claimed again"),
        (lambda: requested().claimed_again(SOON, SOON), "PaymentAttempt: requested -> claimed again"),
        (lambda: requesting().confirming(START, SOON), "AttemptState: requesting -> confirming"),
        (lambda: Refund.intended(paid_order(), "r1", 721, "wish", START), "Refund: paid -> refund of 721"),
        (lambda: intended().done("3", SOON), "RefundState: intended -> done"),
    ],
)
def test_a_refusal_says_which_move_was_refused(move_it: Callable[[], object], told: str) -> None:
    with pytest.raises(IllegalMove) as refused:
        move_it()
    assert str(refused.value) == told


def test_a_request_without_a_lease_is_not_waited_for() -> None:
    assert not replace(requesting(), call_until=None).is_being_asked_for_at(START)
    assert not replace(confirming(), call_until=None).call_may_be_under_way(START)


def test_the_ledger_knows_a_key_only_by_its_hash_X5() -> None:
    assert attempt_id_of("key1") == "8174099687a26621f4e2cdd7cc03b3dacedb3fb9"
    assert attempt_id_of("key2") != attempt_id_of("key1")
    assert attempt_id_of("\ud800") == "91a681b998555fb475479817b126c94e57e52011"  # whatever stands in a URL


def test_the_schedule_of_looks_is_the_documented_one_C4() -> None:
    assert [unit * 30 / 60 for unit in CHECK_SCHEDULE] == [0.5, 1, 2, 5, 10, 15, 19, 21]


def test_a_request_may_be_under_way_until_its_lease_is_over() -> None:
    assert requesting().is_being_asked_for_at(SOON - timedelta(microseconds=1))
    assert not requesting().is_being_asked_for_at(SOON)
    assert not requested().is_being_asked_for_at(START)


def test_an_answered_request_has_its_transaction_and_its_link() -> None:
    attempt = requested()
    assert (attempt.state, attempt.transaction_id, attempt.payment_url, attempt.due_at) == (
        AttemptState.REQUESTED,
        "2026112400000000001",
        "https://pay.example/1",
        SOON,
    )


def test_a_claim_keeps_others_away_until_its_lease_is_over() -> None:
    attempt = confirming()
    assert (attempt.first_claimed_at, attempt.claims, attempt.due_at) == (START, 1, SOON)
    assert attempt.call_may_be_under_way(SOON - timedelta(microseconds=1))
    assert not attempt.call_may_be_under_way(SOON)
    assert not requested().call_may_be_under_way(START)


def test_a_claim_is_repeated_by_one_at_a_time() -> None:
    with pytest.raises(IllegalMove):
        confirming().claimed_again(START, SOON)
    again = confirming().claimed_again(SOON, SOON + timedelta(seconds=100))
    assert (again.first_claimed_at, again.claims, again.due_at) == (START, 2, SOON + timedelta(seconds=100))


def test_a_claim_cannot_be_repeated_that_was_never_made() -> None:
    with pytest.raises(IllegalMove):
        requested().claimed_again(SOON, SOON)


def test_a_look_without_a_result_ends_the_lease_and_is_counted() -> None:
    looked = confirming().checked(SOON)
    assert (looked.checks_made, looked.call_until, looked.due_at) == (1, None, SOON)
    assert not looked.call_may_be_under_way(START)


def test_an_attempt_ends_confirmed_or_with_a_reason_and_is_due_no_more() -> None:
    done = confirming().confirmed(SOON)
    assert (done.state, done.settled_at, done.due_at, done.is_open) == (
        AttemptState.CONFIRMED,
        SOON,
        None,
        False,
    )
    ended = requested().ended(AttemptState.CLOSED, SOON, "replaced")
    assert (ended.state, ended.reason, ended.due_at, ended.is_open) == (
        AttemptState.CLOSED,
        "replaced",
        None,
        False,
    )
    assert requesting().is_open
    assert confirming().is_open


def test_a_refund_is_intended_of_the_payment_that_was_captured() -> None:
    refund = intended()
    assert (refund.attempt_id, refund.amount, refund.state, refund.due_at) == (
        "a1",
        300,
        RefundState.INTENDED,
        START,
    )


def test_an_intent_names_everything_that_it_is_about_and_nothing_has_happened_yet() -> None:
    assert intended() == Refund(
        order_number=paid_order().order_number,
        refund_id="r1",
        attempt_id="a1",
        amount=300,
        currency=Currency.TWD,
        reason="wish",
        created_at=START,
        state=RefundState.INTENDED,
        provider_refund_id=None,
        known_before=(),
        call_until=None,
        tries=0,
        code=None,
        settled_at=None,
        due_at=START,
        revision=0,
    )


def test_a_refund_that_nobody_carries_out_is_not_due() -> None:
    assert Refund("ORDER1", "r1", "a1", 1, Currency.TWD, "wish", START).due_at is None


@pytest.mark.parametrize("amount", [1, 720])
def test_the_smallest_amount_and_all_of_it_can_be_intended_M4(amount: int) -> None:
    assert Refund.intended(paid_order(), "r1", amount, "wish", START).amount == amount


@pytest.mark.parametrize(
    ("before", "move_it", "changes"),
    [
        (
            replace(intended(), tries=1),
            lambda refund: refund.sent(("1",), LATER),
            {
                "state": RefundState.SENT,
                "known_before": ("1",),
                "call_until": LATER,
                "tries": 2,
                "due_at": LATER,
            },
        ),
        (
            intended().sent((), SOON),
            lambda refund: refund.proven_unsent(LATER),
            {"state": RefundState.INTENDED, "due_at": LATER},
        ),
        (
            intended().sent((), SOON),
            lambda refund: refund.postponed("2042", LATER),
            {"state": RefundState.INTENDED, "code": "2042", "due_at": LATER},
        ),
        (
            intended().sent((), SOON),
            lambda refund: refund.done("3", LATER),
            {
                "state": RefundState.DONE,
                "provider_refund_id": "3",
                "settled_at": LATER,
                "due_at": None,
            },
        ),
        (
            intended(),
            lambda refund: refund.refused("1163", LATER),
            {"state": RefundState.REFUSED, "code": "1163", "settled_at": LATER, "due_at": None},
        ),
        (intended(), lambda refund: refund.later(LATER), {"due_at": LATER}),
    ],
)
def test_a_step_of_a_refund_changes_what_it_says_and_nothing_else(
    before: Refund, move_it: Callable[[Refund], Refund], changes: dict[str, object]
) -> None:
    assert move_it(before) == replace(before, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("order", "amount"),
    [
        (paid_order(), 0),
        (paid_order(), 721),
        (replace(paid_order(), open_refund="r0"), 1),
        (replace(paid_order(), active_attempt=None), 1),
        (order_row(), 1),
    ],
)
def test_a_refund_that_cannot_be_is_not_intended_C13_M4(order: Order, amount: int) -> None:
    with pytest.raises(IllegalMove):
        Refund.intended(order, "r1", amount, "wish", START)


def test_a_refund_remembers_what_the_list_held_before_it_was_sent() -> None:
    sent = intended().sent(("1", "2"), SOON)
    assert (sent.known_before, sent.call_until, sent.due_at, sent.tries) == (("1", "2"), SOON, SOON, 1)
    again = sent.proven_unsent(SOON).sent(("1", "2", "3"), SOON)
    assert (again.known_before, again.tries) == (("1", "2", "3"), 2)


def test_a_refund_ends_done_or_refused_and_is_due_no_more() -> None:
    sent = intended().sent((), SOON)
    done = sent.done("3", SOON)
    assert (done.state, done.provider_refund_id, done.settled_at, done.due_at) == (
        RefundState.DONE,
        "3",
        SOON,
        None,
    )
    refused = sent.refused("1163", SOON)
    assert (refused.state, refused.code, refused.due_at) == (RefundState.REFUSED, "1163", None)


def test_a_postponed_refund_is_asked_again_later() -> None:
    postponed = intended().sent((), START).postponed("2042", SOON)
    assert (postponed.state, postponed.code, postponed.due_at) == (RefundState.INTENDED, "2042", SOON)
    assert intended().later(SOON).due_at == SOON
