"""Proofs of origin: known vectors, and no header whatever makes them raise (X1, X2, K10, K11, K14)."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.webhook import SignatureValidator

from storefront.adapters.signatures import TOLERANCE_SECONDS, is_from_back_office, is_from_line

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
SIGNATURE = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = 1_614_265_330


def test_line_s_documented_example_is_proven() -> None:
    assert is_from_line(BODY, SIGNATURE, [SECRET])


@given(st.binary(max_size=300), st.text(st.characters(codec="ascii"), min_size=1, max_size=40))
def test_we_agree_with_line_s_own_package(body: bytes, secret: str) -> None:
    signed = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = None
    assert is_from_line(body, signed, [secret])
    if text is not None:
        assert SignatureValidator(secret).validate(text, signed)


def test_the_previous_secret_counts_beside_the_current_one_and_no_secret_proves_nothing() -> None:
    assert is_from_line(BODY, SIGNATURE, ["new", SECRET])
    assert not is_from_line(BODY, SIGNATURE, ["new"])
    assert not is_from_line(BODY, SIGNATURE, [])


@given(st.binary(max_size=100), st.one_of(st.none(), st.text(max_size=60)))
def test_no_signature_header_makes_the_check_raise_or_pass(body: bytes, header: str | None) -> None:
    assert is_from_line(body, header, [SECRET]) is (
        header == base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha256).digest()).decode()
    )


headers = st.one_of(st.none(), st.text(max_size=80), st.just(str(NOW)), st.just("v1,AAAA"))


@given(st.binary(max_size=100), headers, headers, headers, st.lists(st.text(max_size=40), max_size=3))
def test_no_back_office_header_or_secret_makes_the_check_raise_or_pass(
    body: bytes, message_id: str | None, timestamp: str | None, signatures: str | None, secrets: list[str]
) -> None:
    assert not is_from_back_office(body, message_id, timestamp, signatures, [*secrets, WHSEC], NOW)


def signed(body: bytes, timestamp: int, secret: str = WHSEC) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"evt-1.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


@pytest.mark.parametrize("skew", [-TOLERANCE_SECONDS, -1, 0, 1, TOLERANCE_SECONDS])
def test_within_five_minutes_a_proof_counts(skew: int) -> None:
    assert is_from_back_office(b"{}", "evt-1", str(NOW + skew), signed(b"{}", NOW + skew), [WHSEC], NOW)


@pytest.mark.parametrize("skew", [-600, -TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1, 600])
def test_beyond_five_minutes_it_does_not(skew: int) -> None:
    assert not is_from_back_office(b"{}", "evt-1", str(NOW + skew), signed(b"{}", NOW + skew), [WHSEC], NOW)


def test_an_eleventh_signature_is_not_looked_at() -> None:
    wrong = " ".join(["v1,AAAA"] * 10)
    right = signed(b"{}", NOW)
    assert not is_from_back_office(b"{}", "evt-1", str(NOW), f"{wrong} {right}", [WHSEC], NOW)
    assert is_from_back_office(b"{}", "evt-1", str(NOW), f"{right} {wrong}", [WHSEC], NOW)


def test_only_the_symmetric_version_counts() -> None:
    asymmetric = signed(b"{}", NOW).replace("v1,", "v1a,")
    assert not is_from_back_office(b"{}", "evt-1", str(NOW), asymmetric, [WHSEC], NOW)
