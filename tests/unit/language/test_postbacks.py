"""Postback data: what a button says comes back whole, and what no button of ours says is unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.language.postbacks import MAX_CHARACTERS, Postback, decode, encode


def test_a_button_says_its_verb_and_fields() -> None:
    assert encode("accept", q="Q123", v=2) == "accept?q=Q123&v=2"
    assert decode("accept?q=Q123&v=2") == Postback("accept", {"q": "Q123", "v": "2"})


def test_a_verb_alone_is_a_button_too() -> None:
    assert encode("catalogue") == "catalogue"
    assert decode("catalogue") == Postback("catalogue", {})


verbs = st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True).filter(lambda verb: verb != "unknown")
fields = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), st.text(max_size=5), max_size=3
)


@given(verbs, fields)
def test_what_is_encoded_is_decoded(verb: str, values: dict[str, str]) -> None:
    try:
        text = encode(verb, **values)
    except UnicodeEncodeError:
        assert any("\ud800" <= letter <= "\udfff" for value in values.values() for letter in value)
        return
    assert len(text) <= MAX_CHARACTERS
    assert decode(text) == Postback(verb, values)


@pytest.mark.parametrize(
    "text",
    [
        None,
        3,
        b"accept?q=1",
        "",
        "?",
        "accept?",
        "Accept?q=1",
        "accept?q",
        "accept?q=1&q=2",
        "accept?q=1&",
        "accept?q=%zz",
        "accept?q=%ff",
        "accept?q=1;drop",
        "accept?Q=1",
        "accept\n?q=1",
        "accept?q=a b",
        "accept?q=鳳梨酥",
        '{"verb": "accept"}',
        "accept?q=" + "1" * MAX_CHARACTERS,
    ],
)
def test_data_that_is_not_ours_is_unknown(text: object) -> None:
    assert decode(text) == Postback("unknown", {})


@given(st.text(max_size=400))
def test_any_data_is_decoded(text: str) -> None:
    assert decode(text).verb


def test_a_button_that_would_not_come_back_is_a_slip_of_ours() -> None:
    for verb, value in (("Accept", "1"), ("unknown", "1"), ("accept", "x" * MAX_CHARACTERS)):
        with pytest.raises(ValueError, match="not a postback"):
            encode(verb, q=value)
