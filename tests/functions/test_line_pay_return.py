"""GET /pay/{key}/{outcome}: a hint and a page; foreign or missing ids change nothing and learn nothing (C5, C6, X5)."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from dev.standins.line_pay import Action, Payment, PaymentState
from storefront.domain.order import OrderState
from tests.aws.world import Phone, World, words

FOREIGN_KEY = "0" * 32


def visit(shop: World, path: str, **query: str) -> str:
    answer = shop.call("GET", f"{path}?{urlencode(query)}" if query else path)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    return answer.body


@pytest.fixture(scope="module")
def neutral(shop: World) -> str:
    """The page of ids that nobody gave out."""
    return visit(
        shop, f"/pay/{FOREIGN_KEY}/confirm", orderId="A7K3Q-9XM2T-1", transactionId="2026112300000001"
    )


@pytest.fixture(scope="module")
def paying(shop: World) -> tuple[Phone, Payment]:
    """A customer who has the link and has not opened it."""
    phone = shop.phone()
    _, payment = phone.ordered()
    return phone, payment


def confirm_path(payment: Payment) -> str:
    return urlsplit(payment.asked.confirm_url).path


def own_ids(payment: Payment) -> dict[str, str]:
    return {"orderId": payment.asked.order_id, "transactionId": str(payment.transaction_id)}


def test_the_key_in_the_link_is_unguessable_and_not_stored(
    shop: World, paying: tuple[Phone, Payment]
) -> None:
    key = confirm_path(paying[1]).split("/")[-2]
    assert len(key) == 32
    assert key not in json.dumps(shop.rows("LedgerTable"))


FOREIGN = [
    {},
    {"orderId": ""},
    {"orderId": "", "transactionId": ""},
    {"transactionId": "own"},
    {"orderId": "own"},
    {"orderId": "own", "transactionId": ""},
    {"orderId": "own", "transactionId": "1"},
    {"orderId": "own", "transactionId": "0own"},
    {"orderId": "own", "transactionId": "own "},
    {"orderId": "own", "transactionId": "own,own"},
    {"orderId": "own", "transactionId": "２０２６"},
    {"orderId": "own", "transactionId": "' OR 1=1"},
    {"orderId": "own", "transactionId": "9" * 5000},
    {"orderId": "own2", "transactionId": "own"},
    {"orderId": "A7K3Q-9XM2T-1", "transactionId": "own"},
    {"orderid": "own", "transactionid": "own"},
    {"orderId": "<script>alert(1)</script>", "transactionId": "own"},
]


@pytest.mark.parametrize("query", FOREIGN)
@pytest.mark.parametrize("outcome", ["confirm", "cancel"])
def test_foreign_ids_get_the_neutral_page_and_change_nothing(
    shop: World, paying: tuple[Phone, Payment], neutral: str, query: dict[str, str], outcome: str
) -> None:
    _, payment = paying
    real = own_ids(payment)
    asked = {name: value.replace("own", real.get(name, "")) for name, value in query.items()}
    if outcome == "cancel" and {"orderId", "transactionId"} - asked.keys():
        # LINE Pay may leave the ids out of the cancel URL: that is a hint, see below.
        return
    before = shop.state()
    assert visit(shop, confirm_path(payment).replace("confirm", outcome), **asked) == neutral
    assert shop.state() == before


@pytest.mark.parametrize("key", [FOREIGN_KEY, "x", "a" * 4000, "%00", "..", "簽", "KEY", "\ud800"])
@pytest.mark.parametrize("outcome", ["confirm", "cancel", "refund", "", "CONFIRM"])
def test_a_foreign_key_gets_the_neutral_page_and_changes_nothing(
    shop: World, paying: tuple[Phone, Payment], neutral: str, key: str, outcome: str
) -> None:
    before = shop.state()
    for query in ({}, own_ids(paying[1])):
        answer = shop.call(
            "GET",
            f"/pay/key/outcome?{urlencode(query)}",
            path_parameters={"key": key, "outcome": outcome},
            function="LinePayReturnFunction",
        )
        assert (answer.status, answer.body) == (200, neutral)
    assert shop.state() == before


def test_a_visit_before_anybody_paid_says_that_it_is_under_way_and_moves_no_money(
    shop: World, paying: tuple[Phone, Payment]
) -> None:
    phone, payment = paying
    for _ in range(3):
        body = visit(shop, confirm_path(payment), **own_ids(payment))
        assert "付款成功" not in body
        assert "付款失敗" not in body
        shop.settle()
    assert payment.state is PaymentState.REQUESTED
    assert phone.order().state is OrderState.AWAITING_PAYMENT
    assert phone.heard() == [], "a preview of the link says nothing to the customer"


def test_a_waiting_page_opens_itself_again_with_its_own_ids_and_counts(
    shop: World, paying: tuple[Phone, Payment]
) -> None:
    _, payment = paying
    ids = own_ids(payment)
    sent = [visit(shop, confirm_path(payment), **ids, **again) for again in ({}, {"visits": "1"})]
    for number, body in enumerate(sent, start=1):
        query = urlencode({**ids, "visits": str(number)}).replace("&", "&amp;")
        assert f'<meta http-equiv="refresh" content="3; url=?{query}">' in body
    shop.settle()


@pytest.mark.parametrize("visits", ["", "-1", "x", "１", "1.5", "99999", "9" * 5000])
def test_a_count_that_is_none_is_a_first_visit(
    shop: World, paying: tuple[Phone, Payment], visits: str
) -> None:
    _, payment = paying
    body = visit(shop, confirm_path(payment), **own_ids(payment), visits=visits, extra="<script>")
    assert "visits=1" in body
    assert "script" not in body
    shop.settle()


def test_a_forged_cancel_closes_nothing_while_the_customer_can_still_pay(
    shop: World, paying: tuple[Phone, Payment]
) -> None:
    phone, payment = paying
    cancel = urlsplit(payment.asked.cancel_url).path
    visit(shop, cancel)
    shop.settle()
    assert phone.order().active_attempt is not None
    assert payment.state is PaymentState.REQUESTED
    assert phone.heard() == []


def test_ten_visits_at_once_after_the_approval_are_one_payment_and_one_message(fresh_shop: World) -> None:
    phone = fresh_shop.phone()
    name, payment = phone.ordered()
    leads_to = fresh_shop.pay.act(payment, Action.APPROVE).leads_to
    assert leads_to is not None
    parts = urlsplit(leads_to)
    pages = [visit(fresh_shop, parts.path, **dict(parse_qsl(parts.query))) for _ in range(10)]
    assert all("付款成功" not in page for page in pages), "nothing is said before it is so"
    fresh_shop.settle()
    confirms = [
        hop for hop in fresh_shop.pay.wire if hop.path.endswith("/confirm") and hop.direction == "api"
    ]
    assert len(confirms) == 1
    assert words(phone.heard()).count("付款成功") == 1
    assert phone.order().state is OrderState.PAID
    after = visit(fresh_shop, parts.path, **dict(parse_qsl(parts.query)))
    assert phone.order().order_number in after
    fresh_shop.until(lambda: fresh_shop.path(name)[-1] == "AwaitDelivery")
    assert len(fresh_shop.order_system.events) == 1


def test_the_page_speaks_the_language_of_the_order(shop: World) -> None:
    phone = shop.phone(language="en")
    phone.quote("I want 2 boxes of pineapple cake")
    phone.tap("Accept")
    payment = phone.tell_where("王小明 0912345678 台北市信義區市府路45號")
    body = visit(shop, confirm_path(payment), **own_ids(payment))
    assert '<html lang="en">' in body
