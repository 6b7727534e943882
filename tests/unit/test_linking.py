"""Linking: rules, tries that are counted, numbers of other systems, and the digits that prove an order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storefront.adapters.layout import LAYOUTS
from storefront.domain.errors import IllegalMove
from storefront.domain.linking import (
    MOST_HOURS,
    LinkRules,
    LinkTries,
    Misses,
    external_number,
    missed,
    proves,
    subject_of,
)
from storefront.domain.order import NOBODY, Order, Origin, PaymentMethod
from storefront.settings import Settings
from tests.doubles.little_shop import CUSTOMER, order_row
from tests.doubles.machinery import START

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)


def elsewhere(**changes: Any) -> Order:
    """An order of a web shop that nobody has linked."""
    order = replace(
        order_row(),
        customer_id=NOBODY,
        payment_method=PaymentMethod.ELSEWHERE,
        origin=Origin("shop", "WEB-1"),
        revision=0,
    )
    return replace(order, **changes)


def test_the_demo_shop_asks_for_four_digits_and_locks_for_a_day() -> None:
    assert Settings({}).link_rules == LinkRules(digits=4, tries=5, tries_of_an_order=10, locked_hours=24)


@pytest.mark.parametrize("digits", [2, 7, 0, -1, 4.0, "4", True])
def test_so_many_digits_are_no_proof(digits: Any) -> None:
    with pytest.raises(ValueError, match=r"digits|whole numbers"):
        LinkRules(digits=digits, tries=5, tries_of_an_order=10, locked_hours=24)


@pytest.mark.parametrize("name", ["tries", "tries_of_an_order", "locked_hours"])
def test_what_is_no_number_of_tries_or_hours_is_refused(name: str) -> None:
    usual: dict[str, Any] = {"digits": 4, "tries": 5, "tries_of_an_order": 10, "locked_hours": 24}
    with pytest.raises(ValueError, match="whole numbers"):
        LinkRules(**{**usual, name: 0})


def test_nobody_is_locked_out_for_longer_than_tries_are_remembered() -> None:
    kept = LAYOUTS[LinkTries].kept
    assert isinstance(kept, timedelta)
    assert timedelta(hours=MOST_HOURS) < kept
    assert LinkRules(4, 5, 10, MOST_HOURS).locked == timedelta(days=14)
    with pytest.raises(ValueError, match="locked_hours = 337"):
        LinkRules(4, 5, 10, MOST_HOURS + 1)


def test_misses_lock_at_the_last_one_for_as_long_from_that() -> None:
    known: Misses | None = None
    for count in range(1, 4):
        known = missed(known, START + (count - 1) * HOUR, 3, DAY)
        assert known.count == count
        assert known.lock_at(START + (count - 1) * HOUR, 3) == (count == 3)
    assert known == Misses(3, START + 2 * HOUR + DAY)
    assert known.lock_at(START + 2 * HOUR + DAY - timedelta(seconds=1), 3)
    assert not known.lock_at(START + 2 * HOUR + DAY, 3)


def test_misses_count_no_more_a_day_after_the_first_of_them() -> None:
    first = missed(None, START, 3, DAY)
    assert missed(first, START + 23 * HOUR, 3, DAY) == Misses(2, START + DAY)
    assert missed(first, START + DAY, 3, DAY) == Misses(1, START + 2 * DAY)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("web-7731", "WEB-7731"),
        (" 20261128001 ", "20261128001"),
        ("A7K3Q-9XM2T", "A7K3Q-9XM2T"),
        ("1234", "1234"),
        ("123", None),
        ("MY-ORDER", None),
        ("-123", None),
        ("123-", None),
        ("WEB 7731", None),
        ("訂單7731", None),
        ("1" * 32, "1" * 32),
        ("1" * 33, None),
    ],
)
def test_a_number_of_another_system_is_letters_digits_and_hyphens_with_a_digit(
    written: str, number: str | None
) -> None:
    assert external_number(written) == number


@pytest.mark.parametrize(
    ("given", "phone", "digits", "right"),
    [
        ("5678", "0912345678", 4, True),
        ("5678", "0912-345-678", 4, True),
        ("678", "02 2345 5678 ext", 3, True),
        ("5679", "0912345678", 4, False),
        ("345678", "0912345678", 4, False),
        ("", "", 4, False),
        ("5678", "", 4, False),
        ("678", "678", 4, False),
    ],
)
def test_the_last_digits_of_the_phone_prove(given: str, phone: str, digits: int, right: bool) -> None:
    assert proves(given, phone, digits) is right


def test_what_stands_for_a_number_shows_nothing_of_it() -> None:
    assert subject_of("0912345678") != subject_of("0912345679")
    assert "0912" not in subject_of("0912345678")
    assert len(subject_of("0912345678")) == 26


def test_an_order_is_linked_once_and_unlinked_again() -> None:
    linked = elsewhere().linked("somebody", START)
    assert (linked.customer_id, linked.linked_at, linked.known_since) == ("somebody", START, START)
    with pytest.raises(IllegalMove, match=r"^Order: awaiting_payment -> linked$"):
        linked.linked("somebody else", START)
    assert linked.unlinked() == elsewhere()


def test_neither_an_order_of_the_chat_nor_a_forgotten_one_is_linked() -> None:
    with pytest.raises(IllegalMove):
        order_row().linked("somebody", START)
    with pytest.raises(IllegalMove):
        elsewhere(forgotten_at=START).linked("somebody", START)
    assert order_row().unlinked() == order_row()
    assert order_row().customer_id == CUSTOMER
    assert order_row().known_since == order_row().created_at


def test_an_order_of_the_chat_has_no_origin_and_one_without_a_customer_is_stored_so() -> None:
    assert (order_row().origin, order_row().linked_at) == (None, None)
    assert (NOBODY, elsewhere().has_customer, order_row().has_customer) == ("", False, True)


def test_parcels_bring_counted_products_or_what_was_ordered_elsewhere_by_sku() -> None:
    tea, wrapping = order_row().lines
    assert order_row().units_to_pack == {"TEA-JAS": 3}
    nameless = replace(wrapping, sku="")
    lines = (tea, replace(tea, quantity=2), wrapping, nameless)
    assert elsewhere(lines=lines).units_to_pack == {"TEA-JAS": 5, "SVC-GIF": 1}
