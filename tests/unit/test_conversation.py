"""Conversations: who a customer is to the ledger, which language counts, and who is a friend."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.conversation import (
    PAPER_INVOICE,
    Conversation,
    DeliveryDetails,
    customer_id_of,
)
from storefront.domain.delivery import (
    HomeDelivery,
    InvoiceChoice,
    InvoiceKind,
    Recipient,
    StoreChain,
    StorePickup,
)
from storefront.domain.errors import InvalidDetail
from storefront.domain.language import Language
from storefront.domain.order import DeliveryMethod
from tests.doubles.machinery import START

WANG = Recipient("王小明", "0912345678")
HOME = HomeDelivery(WANG, "台北市信義區市府路45號")
STORE = StorePickup(WANG, StoreChain.SEVEN, "市府門市")
MINUTE = timedelta(minutes=1)


def chat(**changes: object) -> Conversation:
    return Conversation("customer1", "U1", **{"language": Language.ZH_TW, **changes})  # type: ignore[arg-type]


@given(st.text(), st.text())
def test_a_pseudonym_is_the_same_for_the_same_user_only_and_shows_nothing(one: str, other: str) -> None:
    assert (customer_id_of(one) == customer_id_of(other)) is (one == other)
    pseudonym = customer_id_of(one)
    assert len(pseudonym) == 26
    assert pseudonym.isalnum()
    assert pseudonym == pseudonym.lower()
    assert len(one) < 4 or one not in pseudonym


@pytest.mark.parametrize(
    ("chosen", "spoken", "expected"),
    [
        (False, Language.JA, Language.JA),
        (False, None, Language.ZH_TW),
        (True, Language.JA, Language.ZH_TW),
        (True, None, Language.ZH_TW),
    ],
)
def test_the_text_decides_unless_a_language_was_chosen(
    chosen: bool, spoken: Language | None, expected: Language
) -> None:
    assert chat(language_chosen=chosen).spoke(spoken, START).language is expected


def test_whoever_writes_is_a_friend_again() -> None:
    after = chat(blocked=True).spoke(None, START)
    assert (after.blocked, after.last_event_at) == (False, START)


def test_whoever_leaves_is_told_nothing() -> None:
    after = chat().left(START)
    assert (after.blocked, after.last_event_at) == (True, START)


def test_an_event_from_before_changes_nothing_about_it_A6() -> None:
    left = chat().left(START)
    assert left.spoke(Language.JA, START - MINUTE).blocked
    assert left.spoke(Language.JA, START - MINUTE).last_event_at == START
    back = left.spoke(None, START + MINUTE)
    assert back.left(START) == back
    assert back.left(START + MINUTE).blocked


def test_details_are_for_a_home_or_a_store_never_both_and_never_none() -> None:
    assert DeliveryDetails(home=HOME).method is DeliveryMethod.HOME
    assert DeliveryDetails(store=STORE).method is DeliveryMethod.STORE
    for home, store in ((HOME, STORE), (None, None)):
        with pytest.raises(InvalidDetail) as refused:
            DeliveryDetails(home=home, store=store)
        assert (refused.value.field, refused.value.reason) == ("method", "one_of_two")


@pytest.mark.parametrize("destination", [HOME, STORE])
def test_details_know_where_they_go(destination: HomeDelivery | StorePickup) -> None:
    invoice = InvoiceChoice(InvoiceKind.DONATION, "919")
    details = DeliveryDetails.to(destination, invoice)
    assert (details.destination, details.invoice) == (destination, invoice)
    assert DeliveryDetails.to(destination, PAPER_INVOICE).invoice == PAPER_INVOICE
