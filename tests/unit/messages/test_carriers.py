"""The carriers' file: whoever edits it hears of a slip here; odd numbers and foreign links do what is promised."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from dev.standins.line_checks import utf16_units
from dev.standins.line_limits import message_problems
from storefront.domain.delivery import StoreChain
from storefront.domain.language import Language
from storefront.domain.shipment import ShipmentStatus
from storefront.messages.carriers import Carrier, carrier_called, carriers, is_odd_number
from storefront.messages.render import render
from tests.unit.messages.scenes import PAID_STORE_ORDER, shipment_case
from tests.unit.messages.test_every_topic import actions as actions_in
from tests.unit.messages.test_money_and_parcels import lines_of


def actions(part: object) -> list[dict[str, Any]]:
    return list(actions_in(part))


EVERY_CARRIER = pytest.mark.parametrize("carrier", carriers(), ids=lambda carrier: carrier.carrier_id)
LANGUAGES = {language.value for language in Language}


def test_the_carriers_of_taiwan_are_known() -> None:
    wanted = {"tcat", "hct", "ecan", "seven", "family", "hilife", "okmart", "post", "kerry", "sf", "spx"}
    assert {carrier.carrier_id for carrier in carriers()} >= wanted


def test_every_chain_that_a_customer_can_choose_is_a_carrier() -> None:
    assert all(carrier_called(chain.value) is not None for chain in StoreChain)


@EVERY_CARRIER
def test_a_carrier_is_named_and_explained_in_four_languages(carrier: Carrier) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", carrier.carrier_id)
    assert set(carrier.names) == LANGUAGES
    assert set(carrier.help) in (set(), LANGUAGES)
    for words in (*carrier.names.values(), *carrier.help.values()):
        assert words == " ".join(words.split()) != ""
    assert all(utf16_units(name) <= 40 for name in carrier.names.values())
    assert all(utf16_units(words) <= 120 for words in carrier.help.values())


@EVERY_CARRIER
def test_a_carrier_can_be_followed_over_https_only(carrier: Carrier) -> None:
    assert carrier.page, "a button has to open something, also for an odd number"
    for address in filter(None, (carrier.link, carrier.page)):
        parts = urlsplit(address.replace("{number}", "1"))
        assert parts.scheme == "https"
        assert parts.hostname
        assert parts.username is None
        assert address.isascii()
    assert carrier.link.count("{number}") == bool(carrier.link)
    assert "{" not in carrier.page


@EVERY_CARRIER
def test_a_number_hint_is_a_pattern_that_some_number_fits_and_an_empty_one_does_not(carrier: Carrier) -> None:
    if carrier.number_hint:
        assert re.compile(carrier.number_hint).fullmatch("") is None
        assert carrier.link or carrier.page


def test_no_two_carriers_are_called_the_same() -> None:
    called = [
        word.casefold()
        for carrier in carriers()
        for word in {carrier.carrier_id, *(name for name in carrier.names.values())}
    ]
    assert len(called) == len(set(called))


@pytest.mark.parametrize(
    ("called", "number", "odd"),
    [
        ("tcat", "905512345678", False),
        ("tcat", "9055 1234 5678", False),
        ("tcat", "9055-1234-5678", False),
        ("黑貓宅急便", "12", True),
        ("tcat", "90551234567８", False),
        ("sf", "SF1234567890123", False),
        ("sf", "1234567890123", True),
        ("post", "RR123456789TW", False),
        ("hilife", "whatever", False),
        ("飛天物流", "12", False),
        ("tcat", None, False),
        (None, "12", False),
    ],
)
def test_a_number_that_the_carrier_would_not_give_is_odd(
    called: str | None, number: str | None, odd: bool
) -> None:
    assert is_odd_number(called, number) is odd


def test_an_odd_number_is_shown_to_be_copied_and_the_button_opens_the_page() -> None:
    case = shipment_case(ShipmentStatus.SHIPPED, tracking_number="ODD-1")
    (message,) = render(case.message, case.scene, Language.ZH_TW)
    tapped = [action.get("uri") or action.get("clipboardText") for action in actions([message])]
    assert tapped[:2] == ["https://www.t-cat.com.tw/Inquire/Trace.aspx", "ODD-1"]
    assert "物流單號 ODD-1" in lines_of(case)
    assert "請在查詢頁輸入託運單號。" in lines_of(case)


@pytest.mark.parametrize("written", ["9055 1234 5678", "9055-1234-5678", "９０５５１２３４５６７８"])
def test_a_number_is_linked_in_plain_digits_and_shown_as_it_was_written(written: str) -> None:
    case = shipment_case(ShipmentStatus.SHIPPED, tracking_number=written)
    tapped = actions(render(case.message, case.scene, Language.ZH_TW))
    assert tapped[0]["uri"] == "https://www.t-cat.com.tw/Inquire/TraceDetail.aspx?BillID=905512345678"
    assert tapped[1]["clipboardText"] == written
    assert not any("查詢頁" in line for line in lines_of(case))


def test_the_event_s_own_address_wins_and_needs_no_help() -> None:
    case = shipment_case(ShipmentStatus.SHIPPED, carrier="hct", tracking_url="https://track.example/7")
    tapped = actions(render(case.message, case.scene, Language.ZH_TW))
    assert tapped[0]["uri"] == "https://track.example/7"
    assert not any("查詢頁" in line for line in lines_of(case))


@pytest.mark.parametrize("own", ["http://track.example/7", "javascript:alert(1)", "line://x"])
def test_an_address_of_the_event_that_is_not_https_is_passed_over(own: str) -> None:
    case = shipment_case(ShipmentStatus.SHIPPED, carrier="hct", tracking_url=own)
    tapped = actions(render(case.message, case.scene, Language.ZH_TW))
    assert tapped[0]["uri"] == "https://www.hct.com.tw/Search/SearchGoods_n.aspx"


@EVERY_CARRIER
@pytest.mark.parametrize("language", Language)
def test_every_carrier_s_card_is_one_that_line_takes(carrier: Carrier, language: Language) -> None:
    case = shipment_case(
        ShipmentStatus.READY_FOR_PICKUP,
        PAID_STORE_ORDER,
        carrier=carrier.carrier_id,
        tracking_number="A" * 60,
    )
    (message,) = render(case.message, case.scene, language)
    assert message_problems([message]) == []
    assert carrier.name(language) in str(message)
