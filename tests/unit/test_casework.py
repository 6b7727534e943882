"""Events of back offices and cases for people: each with one table of what may become of it."""

from datetime import timedelta
from itertools import product

import pytest

from storefront.domain.casework import (
    OFFERS,
    RECEIVED_MOVES,
    CaseAction,
    CaseKind,
    Deed,
    OperatorCase,
    ReceivedEvent,
    ReceivedState,
    offers_of,
)
from storefront.domain.errors import IllegalMove
from tests.doubles.machinery import START


def received(state: ReceivedState = ReceivedState.TAKEN) -> ReceivedEvent:
    return ReceivedEvent("wms", "e1", "hash", "{}", START, state, due_at=START)


@pytest.mark.parametrize(
    ("source", "target"),
    [pair for pair in product(ReceivedState, ReceivedState) if pair[1] is not ReceivedState.PARKED],
)
def test_an_event_moves_along_its_table_only_T1(source: ReceivedState, target: ReceivedState) -> None:
    if target not in RECEIVED_MOVES[source]:
        with pytest.raises(IllegalMove):
            received(source).ended(target, "why")
        return
    after = received(source).ended(target, "why")
    assert (after.state, after.reason, after.due_at, after.tries) == (target, "why", None, 0)


@pytest.mark.parametrize("source", list(ReceivedState))
def test_only_an_event_that_is_not_settled_is_parked_G4(source: ReceivedState) -> None:
    due_at = START + timedelta(seconds=30)
    if source not in {ReceivedState.TAKEN, ReceivedState.PARKED}:
        with pytest.raises(IllegalMove):
            received(source).parked("unknown-order", due_at)
        return
    after = received(source).parked("unknown-order", due_at)
    assert (after.state, after.reason, after.due_at, after.tries) == (
        ReceivedState.PARKED,
        "unknown-order",
        due_at,
        1,
    )


@pytest.mark.parametrize("state", [ReceivedState.APPLIED, ReceivedState.DISMISSED])
def test_what_is_done_stays_done_T3(state: ReceivedState) -> None:
    assert RECEIVED_MOVES[state] == frozenset()


@pytest.mark.parametrize("kind", list(CaseKind))
def test_every_open_case_can_be_settled_and_a_settled_one_offers_nothing(kind: CaseKind) -> None:
    case = OperatorCase(kind, "A7K3Q-9XM2T", START, {}, due_at=START)
    offers = offers_of(case)
    assert CaseAction.RESOLVE in offers
    assert set(offers) == OFFERS.get(kind, {CaseAction.RESOLVE})
    settled = case.resolved(START, "mei", "called the customer")
    assert (settled.is_open, settled.due_at) == (False, None)
    assert (settled.resolved_by, settled.resolution) == ("mei", "called the customer")
    assert offers_of(settled) == ()


@pytest.mark.parametrize(
    ("who", "note", "signed"), [("mei", "done", True), (" ", "done", False), ("mei", "", False)]
)
def test_a_deed_says_who_and_why_X25(who: str, note: str, signed: bool) -> None:
    deed = Deed(CaseKind.PERSON_WANTED, "customer1", CaseAction.RESOLVE, who, note)
    assert deed.is_signed is signed
