"""Words that outlive a deployment: they stand in rows, on wires, in the state machine's choices, in logs and in the
documentation's tables, so the code may rename a member, and never its value."""

from enum import StrEnum

import pytest

from storefront.domain.money import Currency
from storefront.domain.order import DeliveryMethod, HoldState, OrderState, PaymentMethod
from storefront.domain.payment import AttemptState
from storefront.domain.payment_answers import Authentication, Call, Verdict
from storefront.domain.quote import DeclineReason, DiscountKind, PriceReason, QuoteState
from storefront.domain.reconciliation import BY_HAND, Difference
from storefront.domain.refund import RefundState
from storefront.services.checkout import Closing
from storefront.services.deciding import Decision


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Currency, "TWD THB JPY USD"),
        (OrderState, "awaiting_details awaiting_payment paid cancelled expired refunded"),
        (HoldState, "held committed released"),
        (DeliveryMethod, "home store"),
        (PaymentMethod, "line_pay elsewhere"),
        (AttemptState, "requesting requested confirming confirmed closed failed"),
        (Call, "request check confirm details refund"),
        (Verdict, "done refused waiting unknown misconfigured maybe_already"),
        (Authentication, "not_yet authenticated ended failed completed unknown"),
        (RefundState, "intended sent done refused"),
        (DeclineReason, "price time asking other"),
        (PriceReason, "list tier agreed approved offer"),
        (DiscountKind, "coupon order_tier bundle offer elsewhere"),
        (QuoteState, "offered accepted superseded declined expired"),
        (
            Difference,
            "not_captured captured_unpaid foreign_capture other_amount refunded_there_only refunded_here_only"
            " ledger_apart",
        ),
        (Closing, "closed paid unsettled"),
        (Decision, "accepted waiting ended"),
    ],
)
def test_what_is_stored_and_sent_keeps_its_words(kind: type[StrEnum], words: str) -> None:
    assert {member.name.lower(): member.value for member in kind} == {
        word.lower(): word for word in words.split()
    }


def test_what_a_person_gave_back_keeps_its_mark() -> None:
    assert BY_HAND == "by-hand:"
