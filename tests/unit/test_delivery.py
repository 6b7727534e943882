"""Delivery and invoice details: what a Taiwanese carrier or tax office would take, and nothing else."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain import delivery
from storefront.domain.delivery import (
    HomeDelivery,
    InvoiceChoice,
    InvoiceKind,
    Recipient,
    StoreChain,
    StorePickup,
)
from storefront.domain.errors import InvalidDetail

type Check = Callable[[str], str]

TAKEN: list[tuple[Check, str, str]] = [
    (delivery.recipient_name, " 王小明 ", "王小明"),
    (delivery.recipient_name, "John  Smith", "John Smith"),
    (delivery.recipient_name, "Mary O'Brien-Lee", "Mary O'Brien-Lee"),
    (delivery.recipient_name, "山田 太郎", "山田 太郎"),
    (delivery.recipient_name, "さくら", "さくら"),
    (delivery.recipient_name, "สมชาย น้ำใจ", "สมชาย น้ำใจ"),
    (delivery.recipient_name, "谷辣斯·尤達卡", "谷辣斯·尤達卡"),
    (delivery.mobile_phone, "0912345678", "0912345678"),
    (delivery.mobile_phone, "0912-345-678", "0912345678"),
    (delivery.mobile_phone, "０９１２　３４５　６７８", "0912345678"),
    (delivery.mobile_phone, "+886 912 345 678", "0912345678"),
    (delivery.mobile_phone, "+886-0912345678", "0912345678"),
    (delivery.mobile_phone, "(0912) 345.678", "0912345678"),
    (delivery.street_address, "台北市信義區市府路45號", "台北市信義區市府路45號"),
    (delivery.street_address, "臺中市西屯區臺灣大道三段99號", "臺中市西屯區臺灣大道三段99號"),
    (delivery.street_address, "高雄前鎮區中山路１號", "高雄前鎮區中山路1號"),
    (delivery.street_address, "No. 45, Shifu Rd., Taipei City", "No. 45, Shifu Rd., Taipei City"),
    (delivery.pickup_store_name, "市府門市", "市府門市"),
    (delivery.pickup_store_name, "101門市", "101門市"),
    (delivery.mobile_barcode, "/ABC1234", "/ABC1234"),
    (delivery.mobile_barcode, "／abc+12.", "/ABC+12."),
    (delivery.company_number, "04595257", "04595257"),
    (delivery.company_number, "0459-5257", "04595257"),
    (delivery.company_number, "10458575", "10458575"),
    (delivery.company_title, "某某有限公司", "某某有限公司"),
    (delivery.donation_code, "９１９", "919"),
    (delivery.donation_code, "1234567", "1234567"),
]

REFUSED: list[tuple[Check, str, str, str]] = [
    (delivery.recipient_name, "", "name", "missing"),
    (delivery.recipient_name, "\u200b\u202e", "name", "missing"),
    (delivery.recipient_name, "王", "name", "too_short"),
    (delivery.recipient_name, "王" * 21, "name", "too_long"),
    (delivery.recipient_name, "王小明2", "name", "characters"),
    (delivery.recipient_name, "王😀明", "name", "characters"),
    (delivery.recipient_name, "..", "name", "characters"),
    (delivery.recipient_name, "www.abc.com", "name", "characters"),
    (delivery.recipient_name, "<b>王小明</b>", "name", "characters"),
    (delivery.mobile_phone, "", "phone", "missing"),
    (delivery.mobile_phone, "091234567", "phone", "format"),
    (delivery.mobile_phone, "09123456789", "phone", "format"),
    (delivery.mobile_phone, "02-27208889", "phone", "format"),
    (delivery.mobile_phone, "٠٩١٢٣٤٥٦٧٨", "phone", "format"),
    (delivery.mobile_phone, "0912345678 分機 3", "phone", "format"),
    (delivery.street_address, " ", "address", "missing"),
    (delivery.street_address, "台北市", "address", "too_short"),
    (delivery.street_address, "信義區市府路45號", "address", "no_city"),
    (delivery.street_address, "東京都千代田区丸の内1丁目", "address", "no_city"),
    (delivery.street_address, "台北市信義區那邊", "address", "no_street"),
    (delivery.street_address, "台北市市府路" + "1" * 120, "address", "too_long"),
    (delivery.pickup_store_name, "市", "store_name", "too_short"),
    (delivery.pickup_store_name, "711", "store_name", "characters"),
    (delivery.pickup_store_name, "市府<門市>", "store_name", "characters"),
    (delivery.mobile_barcode, "", "mobile_barcode", "missing"),
    (delivery.mobile_barcode, "/ABC,123", "mobile_barcode", "format"),
    (delivery.mobile_barcode, "ABC1234", "mobile_barcode", "format"),
    (delivery.mobile_barcode, "/ABC12345", "mobile_barcode", "format"),
    (delivery.company_number, "1234567", "company_number", "format"),
    (delivery.company_number, "00000000", "company_number", "format"),
    (delivery.company_number, "12345678", "company_number", "checksum"),
    (delivery.company_title, "1234", "company_title", "characters"),
    (delivery.company_title, "司" * 61, "company_title", "too_long"),
    (delivery.donation_code, "12", "donation_code", "format"),
    (delivery.donation_code, "12345678", "donation_code", "format"),
    (delivery.donation_code, "1_000", "donation_code", "format"),
]


@pytest.mark.parametrize(("check", "written", "stored"), TAKEN)
def test_a_right_detail_is_stored_in_one_form(check: Check, written: str, stored: str) -> None:
    assert check(written) == stored
    assert check(stored) == stored


@pytest.mark.parametrize(("check", "written", "field", "reason"), REFUSED)
def test_a_wrong_detail_is_refused_with_its_reason(
    check: Check, written: str, field: str, reason: str
) -> None:
    with pytest.raises(InvalidDetail) as refused:
        check(written)
    assert (refused.value.field, refused.value.reason) == (field, reason)


def test_all_22_cities_and_counties_are_known_in_both_spellings() -> None:
    assert len(delivery.CITIES.split()) == 22
    for city in delivery.CITIES.split():
        for spelling in (city, city.replace("臺", "台")):
            assert delivery.street_address(f"{spelling}中山路1號") == f"{spelling}中山路1號"


def test_a_company_number_needs_a_sum_that_divides_by_five_and_allows_for_a_seventh_digit_of_seven() -> None:
    def weighed(number: str) -> int:
        products = (
            int(digit) * weight for digit, weight in zip(number, (1, 2, 1, 2, 1, 2, 4, 1), strict=True)
        )
        return sum(product // 10 + product % 10 for product in products)

    for value in range(1_000_000, 1_003_000):
        number = f"{value * 11 % 10**8:08d}"
        total = weighed(number)
        right = total % 5 == 0 or (number[6] == "7" and (total + 1) % 5 == 0)
        if right:
            assert delivery.company_number(number) == number
        else:
            with pytest.raises(InvalidDetail):
                delivery.company_number(number)


def test_whole_deliveries_are_made_of_checked_details() -> None:
    recipient = Recipient.given("王小明", "0912-345-678")
    assert recipient == Recipient("王小明", "0912345678")
    assert HomeDelivery.given(recipient, " 台北市信義區市府路45號") == HomeDelivery(
        recipient, "台北市信義區市府路45號"
    )
    assert StorePickup.given(recipient, "seven", "市府門市") == StorePickup(
        recipient, StoreChain.SEVEN, "市府門市"
    )


@pytest.mark.parametrize(("chain", "reason"), [("", "missing"), ("costco", "unknown_chain")])
def test_a_store_of_an_unknown_chain_is_refused(chain: str, reason: str) -> None:
    with pytest.raises(InvalidDetail) as refused:
        StorePickup.given(Recipient("王小明", "0912345678"), chain, "市府門市")
    assert (refused.value.field, refused.value.reason) == ("chain", reason)


def test_an_invoice_holds_only_what_belongs_to_its_kind() -> None:
    assert InvoiceChoice.given(InvoiceKind.PAPER, "04595257", "某某公司") == InvoiceChoice(InvoiceKind.PAPER)
    assert InvoiceChoice.given(InvoiceKind.DONATION, "919", "某某公司") == InvoiceChoice(
        InvoiceKind.DONATION, "919"
    )
    assert InvoiceChoice.given(InvoiceKind.MOBILE_BARCODE, "/abc1234") == InvoiceChoice(
        InvoiceKind.MOBILE_BARCODE, "/ABC1234"
    )
    assert InvoiceChoice.given(InvoiceKind.COMPANY, "04595257", " 某某公司 ") == InvoiceChoice(
        InvoiceKind.COMPANY, "04595257", "某某公司"
    )


@pytest.mark.parametrize("kind", [InvoiceKind.MOBILE_BARCODE, InvoiceKind.COMPANY, InvoiceKind.DONATION])
def test_an_invoice_that_needs_a_number_is_refused_without_one(kind: InvoiceKind) -> None:
    with pytest.raises(InvalidDetail) as refused:
        InvoiceChoice.given(kind)
    assert refused.value.reason == "missing"


@given(st.text(max_size=200))
def test_a_check_takes_any_text_or_refuses_it_and_takes_its_own_answer(text: str) -> None:
    for check in dict.fromkeys(check for check, _, _ in TAKEN):
        try:
            stored = check(text)
        except InvalidDetail:
            continue
        assert check(stored) == stored
        assert stored.encode().decode() == stored
