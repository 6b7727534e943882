"""The link to a quote's page: made by one quote for one version, and by nobody else."""

from dataclasses import replace

import pytest

from storefront.adapters.identifiers import RandomIds
from storefront.domain.quote import Quote
from storefront.domain.quote_link import is_signed_for, link_key, parts_of
from tests.unit.messages.scenes import a_quote

KEY = "k" * 32


def quote(quote_id: str = "abc0", version: int = 1, page_key: str | None = KEY) -> Quote:
    return replace(a_quote(), quote_id=quote_id, quote_version=version, page_key=page_key)


def test_a_link_names_its_version_and_is_signed_for_it_alone() -> None:
    key = link_key(quote())
    assert key is not None
    parts = parts_of(key)
    assert parts is not None
    assert (parts.quote_id, parts.quote_version) == ("abc0", 1)
    assert is_signed_for(quote(), parts.signature)
    for other in (quote(version=2), quote("abc1"), quote(page_key="j" * 32), quote(page_key=None)):
        assert not is_signed_for(other, parts.signature)


def test_the_version_in_a_link_cannot_be_changed() -> None:
    key = str(link_key(quote(version=1)))
    changed = parts_of(key.replace("abc0-1-", "abc0-2-"))
    assert changed is not None
    assert not is_signed_for(quote(version=2), changed.signature)


def test_a_quote_without_a_key_has_no_link() -> None:
    assert link_key(quote(page_key=None)) is None


def test_the_signature_has_160_bits_and_the_key_as_many() -> None:
    assert len(str(link_key(quote())).rpartition("-")[2]) * 5 == 160
    keys = {RandomIds().page_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) * 5 for key in keys} == {160}


@pytest.mark.parametrize(
    "key",
    [
        "",
        "abc0",
        "abc0-1",
        "abc0-1-",
        "abc0-0-" + "a" * 32,
        "abc0-01-" + "a" * 32,
        "abc0-12345-" + "a" * 32,
        "abc0-1-" + "a" * 31,
        "abc0-1-" + "a" * 33,
        "abc0-1-" + "A" * 32,
        "abc0-1-" + "1" * 32,
        "ABC0-1-" + "a" * 32,
        "abc0-١-" + "a" * 32,
        "a" * 41 + "-1-" + "a" * 32,
        "abc0-1-" + "a" * 32 + "\n",
        "../abc0-1-" + "a" * 32,
        "<script>-1-" + "a" * 32,
    ],
)
def test_a_malformed_key_has_no_parts(key: str) -> None:
    assert parts_of(key) is None
