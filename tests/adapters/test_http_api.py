"""API Gateway's requests and answers, payload format 2.0."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from storefront.adapters.http_api import LARGEST_BODY, answer, page, request_of


@given(st.binary(max_size=200))
def test_a_base64_body_is_the_bytes_that_were_signed(body: bytes) -> None:
    event = {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    assert request_of(event).body == body


@given(st.text(max_size=100))
def test_a_text_body_is_its_utf_8(text: str) -> None:
    assert request_of({"body": text, "isBase64Encoded": False}).body == text.encode("utf-8", "surrogatepass")


def test_a_body_that_only_claims_to_be_base64_is_empty() -> None:
    assert request_of({"body": "not base64 !", "isBase64Encoded": True}).body == b""


def test_an_event_without_anything_is_an_empty_request() -> None:
    request = request_of({})
    assert (request.body, dict(request.headers), dict(request.query)) == (b"", {}, {})
    assert not request.is_too_large
    assert request_of({"headers": None, "body": None, "pathParameters": None}).body == b""


def test_header_names_are_found_however_they_were_written() -> None:
    assert request_of({"headers": {"X-Line-Signature": "abc"}}).headers["x-line-signature"] == "abc"


def test_a_body_may_be_as_large_as_the_limit_and_no_larger() -> None:
    assert not request_of({"body": "x" * LARGEST_BODY}).is_too_large
    assert request_of({"body": "x" * (LARGEST_BODY + 1)}).is_too_large
    assert request_of({"body": "長" * (LARGEST_BODY // 3 + 1)}).is_too_large, "bytes count, not characters"


def test_answers_are_not_cached_and_pages_keep_their_own_headers() -> None:
    assert answer(202, {"reason": "收到"}) == {
        "statusCode": 202,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": '{"reason": "收到"}',
    }
    assert answer(200)["body"] == "{}"
    assert page("<p>", {"referrer-policy": "no-referrer"}) == {
        "statusCode": 200,
        "headers": {"content-type": "text/html; charset=utf-8", "referrer-policy": "no-referrer"},
        "body": "<p>",
    }
