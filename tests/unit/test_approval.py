"""Approvals: decided once, by somebody with a name."""

from dataclasses import replace
from itertools import product

import pytest

from storefront.domain.approval import APPROVAL_MOVES, Approval, ApprovalState, Effect
from storefront.domain.errors import IllegalMove
from storefront.domain.negotiation import Reason
from tests.doubles.machinery import START

ASKED = Approval(
    approval_id="quote1-1",
    quote_id="quote1",
    quote_version=1,
    customer_id="customer1",
    reason=Reason.BELOW_FLOOR,
    asked={"TEA-JAS": 120},
    standing={"TEA-JAS": 171},
    quantities={"TEA-JAS": 36},
    created_at=START,
)


@pytest.mark.parametrize(("source", "target"), list(product(ApprovalState, ApprovalState)))
def test_an_approval_moves_along_its_table_only(source: ApprovalState, target: ApprovalState) -> None:
    approval = replace(ASKED, state=source)
    if target in APPROVAL_MOVES[source]:
        assert approval.decided(target, "an", START).state is target
    else:
        with pytest.raises(IllegalMove):
            approval.decided(target, "an", START)


def test_a_decision_names_who_what_and_when() -> None:
    decided = ASKED.decided(ApprovalState.COUNTERED, "an", START, {"TEA-JAS": 150}, "regular customer")

    assert (decided.decided_by, decided.decided_at, decided.granted, decided.note) == (
        "an",
        START,
        {"TEA-JAS": 150},
        "regular customer",
    )
    assert decided.is_granted
    assert not decided.is_open


def test_nobody_decided_in_time() -> None:
    lapsed = ASKED.lapsed(START)

    assert (lapsed.state, lapsed.effect, lapsed.is_granted) == (ApprovalState.LAPSED, Effect.LAPSED, False)
    with pytest.raises(IllegalMove):
        lapsed.decided(ApprovalState.APPROVED, "an", START)


def test_totals_explain_the_question() -> None:
    assert (ASKED.standing_total, ASKED.asked_total) == (36 * 171, 36 * 120)


def test_an_amount_is_for_one_unit_where_one_product_is_in_question() -> None:
    assert ASKED.prices_for(150) == {"TEA-JAS": 150}
    assert ASKED.prices_for(171) is None
    assert ASKED.prices_for(0) is None


def test_an_amount_is_for_all_where_several_are() -> None:
    several = replace(
        ASKED, standing={"TEA-JAS": 171, "CAK-PIN": 360}, quantities={"TEA-JAS": 36, "CAK-PIN": 2}
    )

    prices = several.prices_for(6_000)

    assert prices == {"TEA-JAS": 149, "CAK-PIN": 314}
    assert several.total_at(prices) <= 6_000
    assert several.prices_for(6_876) is None
    assert several.prices_for(1) is None
