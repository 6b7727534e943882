"""Every return code of LINE Pay means one thing per call, and a code that nobody documents means "unknown"."""

import pytest

from storefront.domain.payment_answers import (
    AUTHENTICATION,
    TABLES,
    Answer,
    Authentication,
    Call,
    Capture,
    RefundRecord,
    Reservation,
    Verdict,
    authentication,
    verdict,
)

MERCHANT_CODES = ("1104", "1105", "1106")
BUSY_CODES = ("1198", "1199", *(str(code) for code in range(1900, 1910)), "1999", "9000")
CARD_CODES = tuple(str(code) for code in range(1280, 1299))

# (call, codes, what they allow): written from LINE Pay's code tables, apart from the product's own.
EXPECTED = [
    (Call.REQUEST, ("0000",), Verdict.DONE),
    (Call.REQUEST, ("1124", "1178", "1183", "1184", "1194", "2024", "2101", "2102"), Verdict.MISCONFIGURED),
    (Call.REQUEST, ("1145",), Verdict.WAITING),
    (Call.REQUEST, ("1172",), Verdict.MAYBE_ALREADY),
    (Call.CHECK, ("0000", "0110", "0121", "0122", "0123"), Verdict.DONE),
    (Call.CONFIRM, ("0000",), Verdict.DONE),
    (Call.CONFIRM, ("1101", "1102", "1110", "1141", "1142", "1170", "1180", *CARD_CODES), Verdict.REFUSED),
    (Call.CONFIRM, ("1145", "1169"), Verdict.WAITING),
    (Call.CONFIRM, ("1152", "1172"), Verdict.MAYBE_ALREADY),
    (Call.CONFIRM, ("1124", "1150", "1153", "2024"), Verdict.MISCONFIGURED),
    (Call.CONFIRM, ("1159",), Verdict.UNKNOWN),
    (Call.DETAILS, ("0000",), Verdict.DONE),
    (Call.DETAILS, ("1150",), Verdict.WAITING),
    (Call.DETAILS, ("1177",), Verdict.MISCONFIGURED),
    (Call.REFUND, ("0000",), Verdict.DONE),
    (Call.REFUND, ("1101", "1102", "1163"), Verdict.REFUSED),
    (Call.REFUND, ("1164", "1165", "1179"), Verdict.MAYBE_ALREADY),
    (Call.REFUND, ("1124", "1150", "1155", "2042"), Verdict.MISCONFIGURED),
    *((call, MERCHANT_CODES, Verdict.MISCONFIGURED) for call in Call),
    *((call, BUSY_CODES, Verdict.UNKNOWN) for call in Call),
]
CASES = [(call, code, meaning) for call, codes, meaning in EXPECTED for code in codes]


@pytest.mark.parametrize(("call", "code", "meaning"), CASES)
def test_a_documented_code_means_what_line_pay_says(call: Call, code: str, meaning: Verdict) -> None:
    assert verdict(call, code) is meaning


def test_an_answer_carries_only_what_came() -> None:
    answer: Answer[Capture] = Answer(Verdict.UNKNOWN)
    assert (answer.code, answer.value) == (None, None)
    capture = Capture("ORDER1-1", "1", 720)
    assert (capture.currency, capture.provider, capture.refunds) == (None, None, ())
    assert Reservation("1", "https://pay.example/1").payment_access_token is None
    assert RefundRecord("1", 100).at is None


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize("code", [None, "", "0", "00000", "9999", "1234", "0111", "success", " 0000", "٠٠٠٠"])
def test_no_code_and_any_undocumented_code_are_unknown(call: Call, code: str | None) -> None:
    assert verdict(call, code) is Verdict.UNKNOWN


@pytest.mark.parametrize("call", Call)
def test_only_the_codes_above_are_anything_but_unknown(call: Call) -> None:
    """A code that slips into another table by mistake would call lost money a success or a failure."""
    expected = {code for of, code, meaning in CASES if of is call and meaning is not Verdict.UNKNOWN}
    listed = (f"{number:04}" for number in range(10_000))
    known = {code for code in listed if verdict(call, code) is not Verdict.UNKNOWN}
    assert known - expected == ({"2101"} if call is Call.DETAILS else set())
    assert expected <= known


@pytest.mark.parametrize("call", Call)
def test_every_documented_code_stands_in_its_table_even_if_it_means_unknown(call: Call) -> None:
    """docs/payments.md lists what the tables hold."""
    documented = {code for of, code, _ in CASES if of is call} | ({"2101"} if call is Call.DETAILS else set())
    assert set(TABLES[call]) == documented


def test_a_success_of_one_call_is_no_success_of_another() -> None:
    assert [call for call in Call if verdict(call, "0000") is not Verdict.DONE] == []
    for code in ("0110", "0121", "0122", "0123"):
        assert [call for call in Call if verdict(call, code) is Verdict.DONE] == [Call.CHECK]


def test_nothing_that_may_have_moved_money_is_called_a_refusal() -> None:
    for code in (*BUSY_CODES, "1145", "1152", "1159", "1169", "1172", "1179", None):
        assert verdict(Call.CONFIRM, code) is not Verdict.REFUSED
    for code in (*BUSY_CODES, "1164", "1165", "1179", None):
        assert verdict(Call.REFUND, code) is not Verdict.REFUSED


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("0000", Authentication.NOT_YET),
        ("0110", Authentication.AUTHENTICATED),
        ("0121", Authentication.ENDED),
        ("0122", Authentication.FAILED),
        ("0123", Authentication.COMPLETED),
        ("1104", Authentication.UNKNOWN),
        ("0124", Authentication.UNKNOWN),
        ("", Authentication.UNKNOWN),
        (None, Authentication.UNKNOWN),
    ],
)
def test_a_check_says_how_far_the_customer_is(code: str | None, expected: Authentication) -> None:
    assert authentication(code) is expected


def test_every_code_of_a_check_that_is_done_has_a_meaning() -> None:
    done = {code for code, meaning in TABLES[Call.CHECK].items() if meaning is Verdict.DONE}
    assert done == set(AUTHENTICATION)
    assert Authentication.UNKNOWN not in AUTHENTICATION.values()
