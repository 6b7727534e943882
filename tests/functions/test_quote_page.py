"""GET /quotes/{key}: the quote for whoever has its signed link, one and the same nothing for everybody else."""

import re
from urllib.parse import urlsplit

import pytest

from tests.aws.world import Phone, World, words

NOTHING = [
    "x",
    "none-1-" + "a" * 32,
    "%2e%2e%2fpay",
    "a" * 2_000,
    "'%20OR%201=1",
]


@pytest.fixture(scope="module")
def formal(shop: World) -> tuple[Phone, str]:
    """A customer with a formal quote, and the path of its page."""
    phone = shop.phone()
    phone.quote()
    phone.say("我要報價單")
    shown = str([entry.message for entry in phone.everything()])
    (link,) = set(re.findall(r"https?://[^'\"]*/quotes/[^'\"]*", shown))
    return phone, urlsplit(link).path


def kept(shop: World) -> dict[str, object]:
    """All rows of the ledger but those that the workflow writes by its own clock."""
    return {key: row for key, row in shop.rows("LedgerTable").items() if not key.startswith("WORKFLOW#")}


def test_the_link_of_the_chat_opens_the_quote(shop: World, formal: tuple[Phone, str]) -> None:
    before = kept(shop)
    answer = shop.call("GET", formal[1])
    assert answer.status == 200
    assert "報價單" in answer.body
    assert "NT$6,156" in answer.body
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert kept(shop) == before
    assert words(formal[0].everything()).count("報價單") > 0


@pytest.mark.parametrize("key", NOTHING)
def test_every_other_link_is_one_answer(shop: World, formal: tuple[Phone, str], key: str) -> None:
    last = "a" if formal[1][-1] != "a" else "b"
    near = shop.call("GET", formal[1][:-1] + last)
    answer = shop.call("GET", f"/quotes/{key}")
    assert (answer.status, answer.body, dict(answer.headers)) == (404, near.body, dict(near.headers))
    assert "NT$" not in answer.body
    assert answer.headers["cache-control"] == "no-store"


def test_the_page_of_an_old_version_says_so_and_leads_to_no_other(
    shop: World, formal: tuple[Phone, str]
) -> None:
    formal[0].say("改成 5 箱")
    body = shop.call("GET", formal[1]).body
    assert "已由新版取代" in body
    assert "<a " not in body
    assert "/quotes/" not in body
