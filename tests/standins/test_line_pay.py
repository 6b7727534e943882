"""The LINE Pay stand-in: signatures, sum rules, a payment's life, refunds, the page, faults and the wire."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from linepay import LinePayApi
from linepay.exceptions import LinePayApiError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from dev.driver.payment_page import PaymentPage
from dev.standins.line_pay import (
    Fault,
    LinePayPlatform,
    PaymentState,
    Reply,
    line_pay_app,
    line_pay_control_routes,
    mac,
    with_ids,
)
from tests.standins.serving import free_socket, serving

CHANNEL, SECRET = "dev-pay-channel", "dev-pay-channel-secret"
NONCE = "021a6bb9-ed18-4562-b9bd-ad07a27532f6"
ORDER = "A7K3Q-9XM2T-1"


@dataclass
class Clock:
    """Seconds since 1970, moved by hand."""

    seconds: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class World:
    """LINE Pay and a shop's return pages on one port; calls are signed here, apart from the stand-in's code."""

    platform: LinePayPlatform
    clock: Clock
    url: str
    client: httpx.Client
    returns: list[str] = field(default_factory=list)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: str = "",
        secret: str = SECRET,
        raw: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        text = "" if method == "GET" else (json.dumps(body) if raw is None else raw)
        digest = hmac.new(
            secret.encode(), f"{secret}{path}{query}{text}{NONCE}".encode(), hashlib.sha256
        ).digest()
        sent = {
            "content-type": "application/json",
            "x-line-channelid": CHANNEL,
            "x-line-authorization-nonce": NONCE,
            "x-line-authorization": base64.b64encode(digest).decode(),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        address = f"{self.url}/_line_pay{path}{'?' if query else ''}{query}"
        content = text.encode() if method == "POST" else None
        return self.client.request(method, address, content=content, headers=sent)

    def answer(self, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        response = self.call(method, path, body, **more)
        assert response.status_code == 200
        answer: dict[str, Any] = response.json()
        return answer

    def code(self, method: str, path: str, body: Any = None, **more: Any) -> str:
        return str(self.answer(method, path, body, **more)["returnCode"])

    def order(self, **changes: Any) -> dict[str, Any]:
        return {
            "amount": 720,
            "currency": "TWD",
            "orderId": ORDER,
            "packages": [
                {
                    "id": "1",
                    "amount": 720,
                    "products": [
                        {"id": "PC-12", "name": "鳳梨酥", "quantity": 2, "price": 300},
                        {"name": "運費", "quantity": 1, "price": 120},
                    ],
                }
            ],
            "redirectUrls": {
                "confirmUrl": f"{self.url}/pay/key/confirm",
                "cancelUrl": f"{self.url}/pay/key/cancel",
            },
            **changes,
        }

    def opened(self, version: str = "v4", **changes: Any) -> tuple[int, str]:
        """A new payment: its transaction id and its page."""
        answer = self.answer("POST", f"/{version}/payments/request", self.order(**changes))
        assert answer["returnCode"] == "0000", answer
        return answer["info"]["transactionId"], answer["info"]["paymentUrl"]["web"]

    def press(self, page: str, action: str) -> httpx.Response:
        return self.client.post(f"{page}/{action}")

    def confirm(self, transaction_id: int, amount: Any = 720, version: str = "v4") -> dict[str, Any]:
        path = f"/{version}/payments/{transaction_id}/confirm"
        return self.answer("POST", path, {"amount": amount, "currency": "TWD"})

    def check(self, transaction_id: int) -> str:
        return self.code("GET", f"/v4/payments/requests/{transaction_id}/check")

    def paid(self, **changes: Any) -> int:
        transaction_id, page = self.opened(**changes)
        self.press(page, "approve")
        assert self.confirm(transaction_id)["returnCode"] == "0000"
        return transaction_id

    def refund(self, transaction_id: int, body: Any) -> dict[str, Any]:
        return self.answer("POST", f"/v4/payments/{transaction_id}/refund", body)

    def details(self, **ids: Any) -> dict[str, Any]:
        return self.answer("GET", "/v4/payments", query=urlencode(ids, doseq=True))

    def control(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.client.request(method, f"{self.url}/_local/line-pay{path}", json=body)


@dataclass
class Served:
    """One server for all tests; each puts its own app behind it."""

    app: Starlette = field(default_factory=Starlette)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Served, str, httpx.Client]]:
    served = Served()
    with serving(served, free_socket()) as url, httpx.Client(trust_env=False, timeout=5.0) as client:
        yield served, url, client


@pytest.fixture
def world(server: tuple[Served, str, httpx.Client]) -> World:
    served, url, client = server
    clock = Clock()
    platform = LinePayPlatform(clock=clock)
    returns: list[str] = []

    async def came_back(request: Request) -> Response:
        returns.append(str(request.url).removeprefix(str(request.base_url)))
        return PlainTextResponse("thank you")

    served.app = Starlette(
        routes=[
            *line_pay_control_routes(platform),
            Mount("/_line_pay", line_pay_app(platform)),
            Route("/pay/key/{outcome}", came_back),
        ]
    )
    return World(platform, clock, url, client, returns)


# Signatures ----------------------------------------------------------------------------------------------

VECTORS = [
    (
        "/v3/payments/request",
        '{"amount": 1, "currency": "JPY", "orderId": "5383b36e-fe10-4767-b11b-81eefd1752fa", "packages": '
        '[{"id": "package-999", "amount": 1, "name": "Sample package", "products": [{"id": "product-001", '
        '"name": "Sample product", "quantity": 1, "price": 1}]}], "redirectUrls": {"confirmUrl": '
        '"https://example.com/pay/confirm", "cancelUrl": "https://example.com/pay/cancel"}}',
        "Rz5VEwPHChlQgN+dEmYWWbtWKw0XS41MblRB/dRdygE=",
    ),
    (
        "/v4/payments/requests/2018110112345678910/check",
        "",
        "wlg6ig8q0/nyxe1Ck7me2b1gL6O1lRN0xXgr97yveFo=",
    ),
    (
        "/v4/payments",
        "transactionId=2018110112345678910&orderId=A-1",
        "DQ6fMrfJ1hxqA5vN94dqGYquacMt0iZWdPHkiwpZelk=",
    ),
    (
        "/v4/payments/2018110112345678910/confirm",
        '{"amount":150,"currency":"TWD"}',
        "9tttLq6GxwG9jNeALu8ZTR6XqXB8sRLurc7VBv90UEs=",
    ),
    ("/v4/payments/2018110112345678910/refund", "{}", "Wg+N4BtFQlL4pdjJq/ntcMa2AgNjQIApmQjEmVPMLok="),
]


@pytest.mark.parametrize(("path", "text", "expected"), VECTORS)
def test_the_signature_is_line_pays(path: str, text: str, expected: str) -> None:
    assert mac("fuga", path, text.encode(), NONCE) == expected


def test_a_wrong_secret_another_body_or_a_missing_header_is_1106_and_opens_nothing(world: World) -> None:
    order = json.dumps(world.order())
    path = "/v4/payments/request"
    assert world.code("POST", path, raw=order, secret="another") == "1106"
    assert world.code("POST", path, raw=order, x_line_authorization="") == "1106"
    assert world.code("POST", path, raw=order, x_line_authorization_nonce="other") == "1106"
    assert world.code("POST", path, raw=order, x_line_channelid="") == "1106"
    assert world.code("POST", path, raw=order, content_type="text/plain") == "1106"
    assert world.code("POST", path, raw=order, x_line_channelid="2000000999") == "1104"
    assert world.platform.payments == {}
    assert [hop.signature for hop in world.platform.wire] == ["bad", "missing", "bad", "good", "good", "good"]


def test_the_query_is_signed_as_it_is_sent(world: World) -> None:
    transaction_id = world.paid()
    signed = f"orderId={ORDER}&transactionId={transaction_id}"
    swapped = f"transactionId={transaction_id}&orderId={ORDER}"
    assert world.code("GET", "/v4/payments", query=signed) == "0000"
    header = world.call("GET", "/v4/payments", query=swapped).request.headers["x-line-authorization"]
    assert world.code("GET", "/v4/payments", query=signed, x_line_authorization=header) == "1106"


# Requests ------------------------------------------------------------------------------------------------


def test_a_request_opens_a_payment_with_a_page(world: World) -> None:
    answer = world.answer("POST", "/v4/payments/request", world.order())
    info = answer["info"]
    assert answer["returnCode"] == "0000"
    assert re.fullmatch(r"[0-9]{19}", str(info["transactionId"]))
    assert info["transactionId"] > 2**53
    assert re.fullmatch(r"[0-9]{12}", info["paymentAccessToken"])
    assert info["paymentUrl"]["web"].startswith(f"{world.url}/_line_pay/web/payment/")
    assert info["paymentUrl"]["app"].startswith("line://")
    assert world.check(info["transactionId"]) == "0000"


@pytest.mark.parametrize("version", ["v3", "v4"])
def test_both_versions_take_a_payment_and_only_v4_names_the_provider(world: World, version: str) -> None:
    transaction_id, page = world.opened(version)
    world.press(page, "approve")
    info = world.confirm(transaction_id, version=version)["info"]
    assert info.get("paymentProvider") == ("TSP" if version == "v4" else None)
    assert ("userFeeAmount" in info["packages"][0]) == (version == "v3")


def _product(**changes: Any) -> dict[str, Any]:
    return {"name": "茶", "quantity": 1, "price": 720, **changes}


def _package(*products: Any, **changes: Any) -> list[dict[str, Any]]:
    return [{"id": "1", "amount": 720, "products": list(products), **changes}]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 720.0}, "1124"),
        ({"amount": "720"}, "2101"),
        ({"amount": True}, "2101"),
        ({"amount": -720}, "1124"),
        ({"amount": 719}, "2101"),
        ({"packages": _package(_product(price=719))}, "2101"),
        ({"packages": _package(_product(price=720.0))}, "1124"),
        ({"packages": _package(_product(quantity="1"))}, "2101"),
        ({"packages": _package(_product(quantity=0))}, "2101"),
        ({"packages": _package(_product(), _product(price=-1))}, "1124"),
        ({"packages": _package()}, "2101"),
        ({"packages": []}, "2101"),
        ({"packages": _package(_product(name=""))}, "2101"),
        ({"packages": _package(_product(name="茶" * 4001))}, "2101"),
        ({"packages": _package(_product(id="9" * 51))}, "2101"),
        ({"packages": _package(_product(), id="9" * 51)}, "2101"),
        ({"packages": _package(_product(), name="9" * 101)}, "2101"),
        ({"packages": _package(_product(price=0), amount=0), "amount": 0}, "1183"),
        ({"packages": _package(_product(price=10**8), amount=10**8), "amount": 10**8}, "1184"),
        ({"currency": "JPY"}, "1178"),
        ({"currency": "twd"}, "2101"),
        ({"orderId": ""}, "2101"),
        ({"orderId": "A" * 101}, "2101"),
        ({"orderId": 1}, "2101"),
        ({"redirectUrls": {}}, "2101"),
        ({"redirectUrls": {"confirmUrl": "http://shop.example/a", "cancelUrl": "https://shop.example/b"}}, "2101"),
        ({"redirectUrls": {"confirmUrl": "https://shop.example/a", "cancelUrl": "/b"}}, "2101"),
        ({"redirectUrls": {"confirmUrl": f"https://a.example/{'a' * 500}", "cancelUrl": "https://b.example"}}, "2101"),
        ({"options": {"payment": {"payType": "PREAPPROVED"}}}, "1194"),
        ({"options": {"payment": {"capture": False}}}, "2101"),
    ],
)  # fmt: skip
def test_what_line_pay_does_not_take_opens_nothing(world: World, changes: dict[str, Any], code: str) -> None:
    assert world.code("POST", "/v4/payments/request", world.order(**changes)) == code
    assert world.platform.payments == {}


@pytest.mark.parametrize("raw", ["{", "", "[]", '{"amount": NaN}', "[" * 100_000])
def test_a_body_that_is_no_json_object_is_2102(world: World, raw: str) -> None:
    assert world.code("POST", "/v4/payments/request", raw=raw) == "2102"


@pytest.mark.parametrize(("price", "code"), [(12.5, "0000"), (12.25, "0000"), (12.125, "1124")])
def test_baht_have_at_most_two_decimals(world: World, price: float, code: str) -> None:
    packages = _package(_product(quantity=3, price=price), amount=3 * price)
    order = world.order(currency="THB", amount=3 * price, packages=packages)
    assert world.code("POST", "/v4/payments/request", order) == code


def test_only_v3_adds_a_users_fee(world: World) -> None:
    order = world.order(amount=730, packages=_package(_product(), userFee=10))
    assert world.code("POST", "/v3/payments/request", order) == "0000"
    assert world.code("POST", "/v4/payments/request", order) == "2101"


# The life of a payment -----------------------------------------------------------------------------------


def test_money_moves_once_and_only_after_the_customer_agreed(world: World) -> None:
    transaction_id, page = world.opened()
    assert world.confirm(transaction_id)["returnCode"] == "1169"
    assert world.details(transactionId=transaction_id)["returnCode"] == "1150"
    world.press(page, "approve")
    assert world.check(transaction_id) == "0110"
    assert world.confirm(transaction_id, amount=721)["returnCode"] == "1153"
    assert world.confirm(transaction_id, amount=720.0)["returnCode"] == "1124"
    answer = world.confirm(transaction_id)
    assert answer == {
        "returnCode": "0000",
        "returnMessage": "Success.",
        "info": {
            "transactionId": transaction_id,
            "orderId": ORDER,
            "payInfo": [
                {
                    "method": "CREDIT_CARD",
                    "creditCardNickname": "測試卡",
                    "creditCardBrand": "VISA",
                    "amount": 690,
                },
                {"method": "POINT", "amount": 30},
            ],
            "packages": [{"id": "1", "amount": 720}],
            "paymentProvider": "TSP",
        },
    }
    assert world.check(transaction_id) == "0123"
    assert world.confirm(transaction_id)["returnCode"] == "1152"


def test_an_unknown_payment_is_1150_everywhere(world: World) -> None:
    nobody = 2018110112345678910
    assert world.check(nobody) == "1150"
    assert world.confirm(nobody)["returnCode"] == "1150"
    assert world.refund(nobody, {"refundAmount": 1})["returnCode"] == "1150"
    assert world.details(orderId="NOBODY")["returnCode"] == "1150"


def test_an_order_is_paid_by_one_transaction_only(world: World) -> None:
    first, first_page = world.opened()
    second, second_page = world.opened()
    world.press(first_page, "approve")
    world.press(second_page, "approve")
    assert world.confirm(first)["returnCode"] == "0000"
    assert world.confirm(second)["returnCode"] == "1172"
    assert world.check(second) == "0110"
    assert world.code("POST", "/v4/payments/request", world.order()) == "1172"


@pytest.mark.parametrize(
    ("action", "refusal", "shop_sees"), [("decline", "1281", "0122"), ("insufficient", "1142", "0122")]
)
def test_a_refused_payment_fails_at_the_confirm(
    world: World, action: str, refusal: str, shop_sees: str
) -> None:
    transaction_id, page = world.opened()
    assert "/pay/key/confirm?" in world.press(page, action).headers["location"]
    assert world.check(transaction_id) == "0110"
    assert world.confirm(transaction_id)["returnCode"] == refusal
    assert world.check(transaction_id) == shop_sees
    assert world.confirm(transaction_id)["returnCode"] == "1159"
    assert world.details(transactionId=transaction_id)["returnCode"] == "1150"


def test_a_cancelled_payment_is_over(world: World) -> None:
    transaction_id, page = world.opened()
    location = world.press(page, "cancel").headers["location"]
    assert location == f"{world.url}/pay/key/cancel?orderId={ORDER}&transactionId={transaction_id}"
    assert world.check(transaction_id) == "0121"
    assert world.confirm(transaction_id)["returnCode"] == "1159"
    assert world.press(page, "approve").status_code == 409


@pytest.mark.parametrize("agreed", [False, True])
def test_after_twenty_minutes_a_payment_is_over(world: World, agreed: bool) -> None:
    transaction_id, page = world.opened()
    if agreed:
        world.press(page, "approve")
    world.clock.seconds += 1199
    assert world.check(transaction_id) == ("0110" if agreed else "0000")
    world.platform.advance(1)
    assert world.check(transaction_id) == "0121"
    assert world.confirm(transaction_id)["returnCode"] == "1180"
    assert world.press(page, "approve").status_code == 409


def test_time_does_not_undo_a_payment(world: World) -> None:
    transaction_id = world.paid()
    world.clock.seconds += 86_400
    assert world.check(transaction_id) == "0123"


def test_what_this_merchant_does_not_have_is_answered_as_such(world: World) -> None:
    transaction_id = world.paid()
    amount = {"amount": 720, "currency": "TWD"}
    authorization = f"/v4/payments/authorizations/{transaction_id}"
    assert world.code("POST", f"{authorization}/capture", amount) == "1155"
    assert world.code("POST", f"{authorization}/void", raw="") == "1155"
    assert world.code("POST", "/v4/payments/authorizations/1/void", raw="{}") == "1150"
    for method, call in (("GET", "check"), ("POST", "payment"), ("POST", "expire")):
        assert world.code(method, f"/v4/payments/preapprovedPay/key/{call}", raw="{}") == "1190"


# Details and refunds -------------------------------------------------------------------------------------


def test_details_list_every_payment_that_was_asked_for(world: World) -> None:
    one, other = world.paid(), world.paid(orderId="B-1")
    world.opened(orderId="OPEN-1")
    assert [row["transactionId"] for row in world.details(transactionId=[one, other])["info"]] == [one, other]
    by_order = world.details(orderId=["B-1", "OPEN-1"])["info"]
    assert [row["transactionId"] for row in by_order] == [other]
    assert world.details(transactionId=one, orderId="B-1")["returnCode"] == "1150"
    assert world.code("GET", "/v4/payments") == "2101"
    assert world.details(orderId=["X"] * 101)["returnCode"] == "1177"


def test_refunds_stand_in_the_details_with_negative_amounts(world: World) -> None:
    transaction_id = world.paid()
    first = world.refund(transaction_id, {"refundAmount": 100})["info"]
    assert first["refundTransactionDate"] == "2026-09-21T14:13:20Z"
    [row] = world.details(transactionId=transaction_id)["info"]
    assert row["refundList"] == [
        {
            "refundTransactionId": first["refundTransactionId"],
            "transactionType": "PARTIAL_REFUND",
            "refundAmount": -100,
            "refundTransactionDate": "2026-09-21T14:13:20Z",
        }
    ]
    assert row["payStatus"] == "CAPTURE"
    assert sum(part["amount"] for part in row["payInfo"]) == 720
    [refund] = world.details(transactionId=first["refundTransactionId"])["info"]
    assert refund["originalTransactionId"] == transaction_id
    assert world.refund(first["refundTransactionId"], {"refundAmount": 1})["returnCode"] == "1155"


@pytest.mark.parametrize("everything", [{}, {"refundAmount": None}])
def test_a_refund_without_an_amount_gives_back_all_that_is_left(world: World, everything: Any) -> None:
    transaction_id = world.paid()
    assert world.refund(transaction_id, {"refundAmount": 20})["returnCode"] == "0000"
    assert world.refund(transaction_id, {"refundAmount": 701})["returnCode"] == "1164"
    assert world.refund(transaction_id, everything)["returnCode"] == "0000"
    assert world.refund(transaction_id, everything)["returnCode"] == "1165"
    assert [refund.amount for refund in world.platform.payments[transaction_id].refunds] == [20, 700]


@pytest.mark.parametrize(
    ("amount", "code"), [(100.0, "1124"), (0, "1124"), (-5, "1124"), ("100", "2101"), (True, "2101")]
)
def test_a_refund_of_no_amount_moves_nothing(world: World, amount: Any, code: str) -> None:
    transaction_id = world.paid()
    assert world.refund(transaction_id, {"refundAmount": amount})["returnCode"] == code
    assert world.platform.payments[transaction_id].refunds == []


def test_refunds_end_with_their_time_and_never_start_before_the_payment(world: World) -> None:
    world.platform.refund_seconds = 60.0
    transaction_id, page = world.opened()
    world.press(page, "approve")
    assert world.refund(transaction_id, {"refundAmount": 1})["returnCode"] == "1150"
    world.confirm(transaction_id)
    world.platform.advance(61)
    assert world.refund(transaction_id, {"refundAmount": 1})["returnCode"] == "1163"


# The page ------------------------------------------------------------------------------------------------


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_names_shop_lines_and_total_and_works_without_scripts(world: World) -> None:
    packages = _package(_product(name="<b>茶</b>", quantity=2, price=3078), amount=6156)
    _, url = world.opened(amount=6156, packages=packages)
    response = world.client.get(url)
    page = _Tags(response.text)
    assert response.status_code == 200
    assert page.named("html") == [{"lang": "zh-Hant-TW"}]
    assert len(page.named("h1")) == len(page.named("main")) == 1
    assert page.named("script") == page.named("style") == page.named("b") == []
    assert all("style" not in attributes for _, attributes in page.tags)
    for words in ("NT$6,156", "NT$3,078", "示範商店", "<b>茶</b>", ORDER, "20 分鐘"):
        assert words in page.words
    buttons = [str(button["formaction"]) for button in page.named("button")]
    assert [button.rpartition("/")[2] for button in buttons] == [
        "approve",
        "cancel",
        "insufficient",
        "decline",
        "expire",
        "approve-and-leave",
        "return-twice",
        "lose-answer",
    ]
    assert all(f"{world.url}{button}".startswith(url) for button in buttons)
    [style] = page.named("link")
    assert world.client.get(f"{world.url}{style['href']}").headers["content-type"].startswith("text/css")
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert f"form-action 'self' {world.url}" in policy


def test_an_unknown_page_or_button_is_404(world: World) -> None:
    transaction_id, page = world.opened()
    assert world.client.get(f"{world.url}/_line_pay/web/payment/guess").status_code == 404
    assert world.client.post(f"{world.url}/_line_pay/web/payment/guess/approve").status_code == 404
    assert world.press(page, "steal").status_code == 404
    assert world.client.get(f"{page}/approve").status_code == 405
    assert world.check(transaction_id) == "0000"


def test_a_driver_pays_on_the_page_as_a_customer_does(world: World) -> None:
    transaction_id, page = world.opened()

    async def pay() -> httpx.Response:
        async with PaymentPage() as customer:
            return await customer.approve(page)

    assert asyncio.run(pay()).text == "thank you"
    assert world.returns == [f"pay/key/confirm?orderId={ORDER}&transactionId={transaction_id}"]
    assert world.check(transaction_id) == "0110"


def test_agreeing_again_leads_back_to_the_shop_once_more(world: World) -> None:
    _, page = world.opened()
    first, second = world.press(page, "approve"), world.press(page, "approve")
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert "已同意付款" in world.client.get(page).text


def test_agreeing_and_leaving_sends_nobody_anywhere(world: World) -> None:
    transaction_id, page = world.opened()
    answer = world.press(page, "approve-and-leave")
    assert (answer.status_code, "location" in answer.headers) == (200, False)
    assert world.check(transaction_id) == "0110"
    assert world.returns == []


def test_returning_twice_opens_the_shop_once_from_here_and_once_from_the_browser(world: World) -> None:
    transaction_id, page = world.opened()
    answer = world.press(page, "return-twice")
    expected = f"pay/key/confirm?orderId={ORDER}&transactionId={transaction_id}"
    assert world.returns == [expected]
    assert answer.headers["location"] == f"{world.url}/{expected}"
    assert [hop.status for hop in world.platform.wire if hop.direction == "return"] == [200]


def test_letting_a_payment_expire_ends_it_at_once(world: World) -> None:
    transaction_id, page = world.opened()
    answer = world.press(page, "expire")
    assert "付款時間已結束" in answer.text
    assert _Tags(answer.text).named("button") == []
    assert world.check(transaction_id) == "0121"


def test_a_lost_answer_is_lost_for_this_payment_only(world: World) -> None:
    other, other_page = world.opened(orderId="B-1")
    transaction_id, page = world.opened()
    world.press(other_page, "approve")
    assert world.press(page, "lose-answer").status_code == 303
    assert world.confirm(other)["returnCode"] == "0000"
    with pytest.raises(httpx.RemoteProtocolError):
        world.confirm(transaction_id)
    assert world.check(transaction_id) == "0123"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://shop.example/a", "https://shop.example/a?orderId=O&transactionId=7"),
        ("https://shop.example/a?k=1", "https://shop.example/a?k=1&orderId=O&transactionId=7"),
        ("https://shop.example/a?orderId=mine", "https://shop.example/a?orderId=mine&transactionId=7"),
        ("https://shop.example/a?k=#end", "https://shop.example/a?k=&orderId=O&transactionId=7#end"),
    ],
)
def test_the_two_ids_are_added_to_whatever_the_address_has(url: str, expected: str) -> None:
    assert with_ids(url, "O", 7) == expected


@pytest.mark.parametrize(("kind", "visits"), [("SERVER", 1), ("NONE", 0)])
def test_the_other_kinds_of_return_leave_the_browser_on_the_page(
    world: World, kind: str, visits: int
) -> None:
    urls = {**world.order()["redirectUrls"], "confirmUrlType": kind}
    transaction_id, page = world.opened(redirectUrls=urls)
    assert world.press(page, "approve").status_code == 200
    assert len(world.returns) == visits
    assert world.check(transaction_id) == "0110"


# Faults --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "code_after"),
    [(Fault.refuse(), "0110"), (Fault.drop_before_effect(), "0110"), (Fault.drop_after_effect(), "0123")],
)
def test_a_dropped_call_has_its_effect_or_not(world: World, fault: Fault, code_after: str) -> None:
    transaction_id, page = world.opened()
    world.press(page, "approve")
    world.platform.faults.script("confirm", fault)
    with pytest.raises(httpx.RemoteProtocolError):
        world.confirm(transaction_id)
    assert world.check(transaction_id) == code_after


def test_faults_are_used_up_in_order_by_their_call_only(world: World) -> None:
    transaction_id, page = world.opened()
    world.press(page, "approve")
    world.platform.faults.script(
        "confirm", Fault.code("1199"), Fault.bad_gateway(), Fault.code("9000", after_effect=True)
    )
    path, body = f"/v4/payments/{transaction_id}/confirm", {"amount": 720, "currency": "TWD"}
    assert world.check(transaction_id) == "0110"
    assert world.code("POST", path, body) == "1199"
    gateway = world.call("POST", path, body)
    assert (gateway.status_code, gateway.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert world.check(transaction_id) == "0110"
    assert world.code("POST", path, body) == "9000"
    assert world.check(transaction_id) == "0123"
    assert world.code("POST", path, body) == "1152"
    with pytest.raises(ValueError, match="capture is none of"):
        world.platform.faults.script("capture", Fault.refuse())


def test_while_a_confirm_hangs_another_one_is_1198(world: World) -> None:
    transaction_id, page = world.opened()
    world.press(page, "approve")
    world.platform.faults.script("confirm", Fault.hang(0.6, then_answer=True))
    with ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(world.confirm, transaction_id)
        while not world.platform.payments[transaction_id].confirm_running:
            time.sleep(0.01)
        assert world.confirm(transaction_id)["returnCode"] == "1198"
        assert world.check(transaction_id) == "0110"
        assert hanging.result()["returnCode"] == "0000"
    assert world.check(transaction_id) == "0123"


def test_a_late_answer_comes_after_its_effect(world: World) -> None:
    transaction_id, page = world.opened()
    world.press(page, "approve")
    world.platform.faults.script("confirm", Fault.late_answer(0.6), Fault.hang(0.1))
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(world.confirm, transaction_id)
        while world.platform.payments[transaction_id].state is not PaymentState.CONFIRMED:
            time.sleep(0.01)
        assert not late.done()
        assert late.result()["returnCode"] == "0000"
    with pytest.raises(httpx.RemoteProtocolError):
        world.confirm(transaction_id)


def test_odd_answers_carry_the_same_facts_in_another_shape(world: World) -> None:
    transaction_id = world.paid()
    odd = [Reply.RESULT_CODE, Reply.LIST, Reply.NO_CODE, Reply.NOT_JSON, Reply.EMPTY, Reply.REDIRECT]
    world.platform.faults.script("details", *(Fault.odd(reply) for reply in odd))
    query = f"transactionId={transaction_id}"
    answers = [world.call("GET", "/v4/payments", query=query) for _ in odd]
    assert sorted(answers[0].json()) == ["info", "resultCode", "statusMessage"]
    assert answers[1].json()[0]["returnCode"] == "0000"
    assert sorted(answers[2].json()) == ["info", "returnMessage"]
    assert answers[3].text == '{"returnCode": "0000"'
    assert answers[4].content == b""
    assert (answers[5].status_code, answers[5].headers["location"]) == (307, "/elsewhere")


def test_wrong_facts_can_be_put_into_an_answer(world: World) -> None:
    transaction_id = world.paid()
    world.platform.faults.script(
        "details",
        Fault.odd(Reply.WRONG_ORDER_ID),
        Fault.odd(Reply.WRONG_TRANSACTION_ID),
        Fault.odd(Reply.WRONG_SUM),
    )
    rows = [world.details(transactionId=transaction_id)["info"][0] for _ in range(3)]
    assert [row["orderId"] for row in rows] == ["SOMEBODY-ELSES", ORDER, ORDER]
    assert [row["transactionId"] - transaction_id for row in rows] == [0, 1, 0]
    assert [sum(part["amount"] for part in row["payInfo"]) for row in rows] == [720, 720, 721]


# Control, wire and the package from PyPI -----------------------------------------------------------------


def test_the_control_acts_as_the_customer_and_shows_ids_as_texts(world: World) -> None:
    transaction_id, _ = world.opened()
    [shown] = world.control("GET", f"/transactions?orderId={ORDER}").json()["transactions"]
    assert (shown["transactionId"], shown["state"], shown["amount"]) == (
        str(transaction_id),
        "requested",
        720,
    )
    assert world.control("GET", "/transactions?orderId=NOBODY").json() == {"transactions": []}
    acted = world.control("POST", f"/transactions/{transaction_id}/approve", {}).json()
    assert acted["state"] == "authenticated"
    assert parse_qs(urlsplit(acted["leadsTo"]).query) == {
        "orderId": [ORDER],
        "transactionId": [str(transaction_id)],
    }
    again = world.control("POST", f"/transactions/{transaction_id}/cancel", {})
    assert (again.status_code, again.json()) == (409, {"message": "the payment is authenticated"})
    assert world.control("POST", "/transactions/7/approve", {}).status_code == 404
    assert world.control("POST", f"/transactions/{transaction_id}/steal", {}).status_code == 400
    assert world.check(transaction_id) == "0110"


def test_the_control_sets_faults_and_time(world: World) -> None:
    transaction_id, page = world.opened()
    world.press(page, "approve")
    fault = {"call": "confirm", "code": "1199", "transactionId": str(transaction_id), "times": 2}
    listed = world.control("POST", "/faults", fault).json()["faults"]
    assert listed[0] == {
        "call": "confirm",
        "transactionId": str(transaction_id),
        "effect": "none",
        "seconds": 0.0,
        "reply": "code",
        "code": "1199",
    }
    assert len(listed) == 2
    assert world.confirm(transaction_id)["returnCode"] == "1199"
    assert world.control("DELETE", "/faults").json() == {"faults": []}
    assert world.control("POST", "/clock", {"advanceSeconds": 1200}).json() == {
        "now": world.clock.seconds + 1200
    }
    assert world.check(transaction_id) == "0121"
    assert world.control("POST", "/clock", {"advanceSeconds": -1}).status_code == 400
    assert world.control("POST", "/faults", {"call": "nothing"}).status_code == 400
    assert world.control("POST", "/faults", {}).json() == {"message": "call is missing"}
    assert world.control("POST", "/faults", []).status_code == 400
    foreign = world.client.post(f"{world.url}/_local/line-pay/clock", content=b'{"advanceSeconds": 1}')
    assert foreign.status_code == 400


def test_the_wire_shows_every_hop_and_never_a_whole_signature(world: World) -> None:
    transaction_id, page = world.opened()
    world.client.get(page)
    world.press(page, "approve")
    world.platform.faults.script("confirm", Fault.drop_after_effect())
    with pytest.raises(httpx.RemoteProtocolError):
        world.confirm(transaction_id)
    shown = world.control("GET", "/wire").json()
    assert [(hop["direction"], hop["method"], hop["status"], hop["signature"]) for hop in shown["hops"]] == [
        ("api", "POST", 200, "good"),
        ("browser", "GET", 200, ""),
        ("browser", "POST", 303, ""),
        ("api", "POST", None, "good"),
    ]
    first, last = shown["hops"][0], shown["hops"][-1]
    assert re.fullmatch(r".{8}…", first["request_headers"]["x-line-authorization"])
    assert json.loads(first["request_body"])["orderId"] == ORDER
    assert json.loads(first["response_body"])["returnCode"] == "0000"
    assert first["path"] == "/v4/payments/request"
    assert (last["response_body"], last["note"]) == ("", "fault: effect at_once, 0 s, reply nothing")
    assert world.control("GET", f"/wire?since={shown['next'] - 1}").json()["hops"] == [last]


def test_the_package_from_pypi_is_understood_and_its_decimals_are_refused(world: World) -> None:
    api = LinePayApi(CHANNEL, SECRET)
    api.api_endpoint = f"{world.url}/_line_pay"
    transaction_id = api.request(world.order())["info"]["transactionId"]
    page = world.platform.payment(transaction_id).token
    world.press(f"{world.url}/_line_pay/web/payment/{page}", "approve")
    assert api.check_payment_status(transaction_id)["returnCode"] == "0110"
    with pytest.raises(LinePayApiError) as refused:
        api.confirm(transaction_id, 720.0, "TWD")
    assert refused.value.return_code == "1124"
    assert world.check(transaction_id) == "0110"
