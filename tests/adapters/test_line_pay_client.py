"""The product's LINE Pay client against a real server that behaves, and misbehaves, as LINE Pay does."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from dev.standins.line_pay import Action, Fault, LinePayPlatform, Payment, Reply, line_pay_app
from storefront.adapters.line_pay import CONNECT_SECONDS, READ_SECONDS, LinePay, Version
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.payment_answers import (
    Answer,
    Authentication,
    Call,
    Capture,
    RefundRecord,
    Reservation,
    Verdict,
)
from storefront.services.ports import PaymentGateway
from tests.standins.serving import free_socket, serving

CHANNEL, SECRET = "dev-pay-channel", "dev-pay-channel-secret"
ORDER = "A7K3Q-9XM2T-1"
LINES = (("PC-12", "鳳梨酥", 2, 300), ("shipping", "運費", 1, 120))
NOW = 1_790_000_000.0
IMPATIENT = {call: 0.3 for call in Call}
LOST: Answer[Any] = Answer(Verdict.UNKNOWN, None, None)


@dataclass
class Served:
    """One server for all tests; each puts its own app behind it."""

    app: Callable[[Scope, Receive, Send], Any] = field(default_factory=Starlette)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@dataclass
class World:
    """LINE Pay, the product's client of it, and a few short ways."""

    served: Served
    url: str
    platform: LinePayPlatform
    client: LinePay

    def request(self, client: LinePay | None = None, **changes: Any) -> Answer[Reservation]:
        asked: dict[str, Any] = {
            "order_id": ORDER,
            "amount": 720,
            "currency": Currency.TWD,
            "lines": LINES,
            "confirm_url": "https://shop.example/pay/key/confirm",
            "cancel_url": "https://shop.example/pay/key/cancel",
            "language": Language.ZH_TW,
        }
        return (client or self.client).request(**{**asked, **changes})

    def opened(self, **changes: Any) -> str:
        answer = self.request(**changes)
        assert answer.value is not None, answer
        return answer.value.transaction_id

    def agreed(self, action: Action = Action.APPROVE, **changes: Any) -> str:
        transaction_id = self.opened(**changes)
        self.platform.act(self.payment(transaction_id), action)
        return transaction_id

    def paid(self) -> str:
        transaction_id = self.agreed()
        assert self.confirm(transaction_id).verdict is Verdict.DONE
        return transaction_id

    def confirm(self, transaction_id: str) -> Answer[Capture]:
        return self.client.confirm(transaction_id, 720, Currency.TWD)

    def payment(self, transaction_id: str) -> Payment:
        return self.platform.payment(int(transaction_id))

    def impatient(self) -> LinePay:
        """A client that gives up soon, so that a test of silence takes no minute."""
        return LinePay(f"{self.url}/_line_pay", CHANNEL, SECRET, read_seconds=IMPATIENT)

    def calls(self) -> list[str]:
        """What reached LINE Pay, in order: the last part of each path."""
        return [hop.path.rpartition("/")[2] for hop in self.platform.wire]

    def answering(self, content: bytes, status: int = 200) -> LinePay:
        """A client whose every call is answered with these bytes."""

        async def answer(_request: Request) -> Response:
            return Response(content, status, media_type="application/json")

        self.served.app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
        return LinePay(self.url, CHANNEL, SECRET)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Served, str]]:
    served = Served()
    with serving(served, free_socket()) as url:
        yield served, url


@pytest.fixture
def world(server: tuple[Served, str]) -> World:
    served, url = server
    platform = LinePayPlatform(CHANNEL, SECRET, clock=lambda: NOW)
    served.app = Starlette(routes=[Mount("/_line_pay", line_pay_app(platform))])
    return World(served, url, platform, LinePay(f"{url}/_line_pay", CHANNEL, SECRET))


# The way of a payment ------------------------------------------------------------------------------------


def test_a_payment_is_opened_checked_confirmed_read_and_given_back(world: World) -> None:
    opened = world.request()
    [payment] = world.platform.payments.values()
    transaction_id = str(payment.transaction_id)
    page = f"{world.url}/_line_pay/web/payment/{payment.token}"
    assert opened == Answer(Verdict.DONE, "0000", Reservation(transaction_id, page, payment.access_token))
    assert world.client.check(transaction_id) == Answer(Verdict.DONE, "0000", Authentication.NOT_YET)
    assert world.confirm(transaction_id) == Answer(Verdict.WAITING, "1169", None)
    world.platform.act(payment, Action.APPROVE)
    assert world.client.check(transaction_id) == Answer(Verdict.DONE, "0110", Authentication.AUTHENTICATED)
    taken = Capture(ORDER, transaction_id, 720, currency=None, provider="TSP", refunds=())
    assert world.confirm(transaction_id) == Answer(Verdict.DONE, "0000", taken)
    assert world.client.check(transaction_id) == Answer(Verdict.DONE, "0123", Authentication.COMPLETED)
    assert world.client.details(transaction_id=transaction_id) == Answer(Verdict.DONE, "0000", (taken,))
    assert world.client.details(order_id=ORDER) == Answer(Verdict.DONE, "0000", (taken,))
    refunded = world.client.refund(transaction_id, 100, Currency.TWD)
    [refund] = payment.refunds
    record = RefundRecord(str(refund.transaction_id), 100, datetime.fromtimestamp(NOW, UTC))
    assert refunded == Answer(Verdict.DONE, "0000", record)
    listed = world.client.details(transaction_id=transaction_id, order_id=ORDER).value
    assert listed == (Capture(ORDER, transaction_id, 720, None, "TSP", (record,)),)
    assert {hop.signature for hop in world.platform.wire} == {"good"}


def test_the_request_says_what_line_pay_has_to_know_and_no_more(world: World) -> None:
    world.request()
    [hop] = world.platform.wire
    assert (hop.method, hop.path) == ("POST", "/v4/payments/request")
    assert hop.request_headers["content-type"] == "application/json"
    assert hop.request_headers["x-line-channelid"] == CHANNEL
    assert json.loads(hop.request_body) == {
        "amount": 720,
        "currency": "TWD",
        "orderId": ORDER,
        "packages": [
            {
                "id": ORDER,
                "amount": 720,
                "products": [
                    {"id": "PC-12", "name": "鳳梨酥", "quantity": 2, "price": 300},
                    {"id": "shipping", "name": "運費", "quantity": 1, "price": 120},
                ],
            }
        ],
        "redirectUrls": {
            "confirmUrl": "https://shop.example/pay/key/confirm",
            "confirmUrlType": "CLIENT",
            "cancelUrl": "https://shop.example/pay/key/cancel",
        },
        "options": {"payment": {"capture": True}, "display": {"locale": "zh_TW"}},
    }


def test_amounts_of_taiwan_are_whole_numbers_on_the_wire(world: World) -> None:
    transaction_id = world.paid()
    world.client.refund(transaction_id, 100, Currency.TWD)
    bodies = [hop.request_body for hop in world.platform.wire if hop.path.endswith(("confirm", "refund"))]
    assert bodies == ['{"amount":720,"currency":"TWD"}', '{"refundAmount":100}']


@pytest.mark.parametrize(
    ("version", "language", "locale"),
    [
        ("v4", Language.ZH_TW, "zh_TW"),
        ("v4", Language.EN, "en"),
        ("v4", Language.JA, "ja"),
        ("v4", Language.TH, "th"),
        ("v3", Language.JA, "en"),
        ("v3", Language.TH, "th"),
    ],
)
def test_the_page_opens_in_the_customers_language_where_line_pay_speaks_it(
    world: World, version: Version, language: Language, locale: str
) -> None:
    client = LinePay(f"{world.url}/_line_pay/", CHANNEL, SECRET, version=version)
    assert world.request(client, language=language).verdict is Verdict.DONE
    [payment] = world.platform.payments.values()
    assert (payment.asked.version, payment.asked.locale) == (version, locale)


def test_v3_of_the_api_serves_a_whole_payment_and_names_no_provider(world: World) -> None:
    client = LinePay(f"{world.url}/_line_pay", CHANNEL, SECRET, version="v3")
    transaction_id = world.agreed()
    expected = Capture(ORDER, transaction_id, 720)
    assert client.confirm(transaction_id, 720, Currency.TWD) == Answer(Verdict.DONE, "0000", expected)
    assert client.details(order_id=ORDER) == Answer(Verdict.DONE, "0000", (expected,))
    assert client.check(transaction_id).value is Authentication.COMPLETED
    assert client.refund(transaction_id, 1, Currency.TWD).verdict is Verdict.DONE


@pytest.mark.parametrize(("satang", "sent"), [(15_050, 150.5), (15_001, 150.01), (15_000, 150)])
def test_baht_travel_with_two_exact_decimals(world: World, satang: int, sent: float) -> None:
    client = LinePay(f"{world.url}/_line_pay", CHANNEL, SECRET, channel_currency=Currency.THB)
    lines = [("1", "ชา", 3, satang)]
    answer = world.request(client, amount=3 * satang, currency=Currency.THB, lines=lines)
    assert answer.value is not None
    transaction_id = answer.value.transaction_id
    world.platform.act(world.payment(transaction_id), Action.APPROVE)
    taken = client.confirm(transaction_id, 3 * satang, Currency.THB)
    assert (taken.verdict, taken.value and taken.value.amount) == (Verdict.DONE, 3 * satang)
    refund = client.refund(transaction_id, satang, Currency.THB)
    assert refund.value is not None
    [listed] = client.details(transaction_id=transaction_id).value or ()
    assert (listed.amount, [each.amount for each in listed.refunds]) == (3 * satang, [satang])
    product = json.loads(world.platform.wire[0].request_body)["packages"][0]["products"][0]
    assert (product["price"], type(product["price"])) == (sent, type(sent))


def test_a_provider_that_line_pay_does_not_name_or_a_new_one_changes_nothing(world: World) -> None:
    for provider in (None, "EPI", "ANOTHER"):
        world.platform.provider = provider
        transaction_id = world.agreed(order_id=f"ORDER-{provider}")
        answer = world.confirm(transaction_id)
        assert answer.value is not None
        assert (answer.value.provider, answer.value.amount) == (provider, 720)


# What is refused before it is sent -----------------------------------------------------------------------


@pytest.mark.parametrize("amount", [0, -1, 720.0, True, "720", None])
def test_only_a_positive_whole_number_is_an_amount(world: World, amount: Any) -> None:
    transaction_id = world.paid()
    before = world.calls()
    with pytest.raises(ValueError, match="amount"):
        world.request(amount=amount)
    with pytest.raises(ValueError, match="amount"):
        world.client.confirm(transaction_id, amount, Currency.TWD)
    with pytest.raises(ValueError, match="amount"):
        world.client.refund(transaction_id, amount, Currency.TWD)
    assert world.calls() == before
    assert world.payment(transaction_id).refunds == []


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 719},
        {"lines": []},
        {"lines": [("1", "茶", 1, 720), ("2", "折扣", 1, -1)]},
        {"lines": [("1", "茶", 1, 720), ("2", "贈品", 0, 10)]},
        {"lines": [("1", "茶", True, 720)]},
        {"lines": [("1", "茶", 1, 720.0)]},
        {"lines": [("1", "茶", 1, 720), ("2", "贈品", 1, False)]},
        {"currency": Currency.JPY},
        {"order_id": ""},
        {"order_id": "A 1"},
        {"order_id": "A/1"},
        {"order_id": "A&orderId=B"},
        {"order_id": "訂單"},
        {"order_id": "A\n"},
        {"order_id": "A" * 101},
        {"confirm_url": f"https://shop.example/{'a' * 500}"},
        {"cancel_url": f"https://shop.example/{'a' * 500}"},
    ],
)
def test_a_request_that_line_pay_would_refuse_is_not_sent(world: World, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        world.request(**changes)
    assert world.platform.wire == []


@pytest.mark.parametrize(
    "transaction_id",
    ["", "123456789", "1" * 21, "12345678901x", "1234567890/refund", "１２３４５６７８９０", "1234567890\n"],
)
def test_only_digits_are_a_transaction_id(world: World, transaction_id: str) -> None:
    calls: list[Callable[[], object]] = [
        lambda: world.client.check(transaction_id),
        lambda: world.client.confirm(transaction_id, 1, Currency.TWD),
        lambda: world.client.details(transaction_id=transaction_id),
        lambda: world.client.refund(transaction_id, 1, Currency.TWD),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="transaction id"):
            call()
    assert world.platform.wire == []


def test_details_of_everything_are_not_asked_for(world: World) -> None:
    with pytest.raises(ValueError, match="details need"):
        world.client.details()
    assert world.platform.wire == []


def test_a_gift_and_a_long_name_are_fine(world: World) -> None:
    lines = [("S" * 60, "茶" * 5000, 1, 720), ("gift", "贈品", 1, 0)]
    assert world.request(lines=lines).verdict is Verdict.DONE


# What LINE Pay refuses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "code", "standing"),
    [
        (Action.DECLINE, "1281", Authentication.FAILED),
        (Action.INSUFFICIENT, "1142", Authentication.FAILED),
    ],
)
def test_a_declined_payment_is_refused(
    world: World, action: Action, code: str, standing: Authentication
) -> None:
    transaction_id = world.agreed(action)
    assert world.confirm(transaction_id) == Answer(Verdict.REFUSED, code, None)
    assert world.client.check(transaction_id).value is standing
    assert world.client.details(transaction_id=transaction_id) == Answer(Verdict.WAITING, "1150", None)


def test_a_payment_that_ran_out_of_time_is_refused(world: World) -> None:
    transaction_id = world.agreed()
    world.platform.advance(1200)
    assert world.client.check(transaction_id) == Answer(Verdict.DONE, "0121", Authentication.ENDED)
    assert world.confirm(transaction_id) == Answer(Verdict.REFUSED, "1180", None)


def test_a_second_confirm_and_a_second_transaction_of_an_order_have_to_be_looked_into(world: World) -> None:
    first, second = world.agreed(), world.agreed()
    assert world.confirm(first).verdict is Verdict.DONE
    assert world.confirm(first) == Answer(Verdict.MAYBE_ALREADY, "1152", None)
    assert world.confirm(second) == Answer(Verdict.MAYBE_ALREADY, "1172", None)
    assert [capture.transaction_id for capture in world.client.details(order_id=ORDER).value or ()] == [first]


def test_another_amount_or_a_wrong_key_is_a_matter_for_an_operator(world: World) -> None:
    transaction_id = world.agreed()
    assert world.client.confirm(transaction_id, 721, Currency.TWD) == Answer(Verdict.MISCONFIGURED, "1153")
    stranger = LinePay(f"{world.url}/_line_pay", CHANNEL, "another-secret")
    assert stranger.confirm(transaction_id, 720, Currency.TWD) == Answer(Verdict.MISCONFIGURED, "1106")
    nobody = LinePay(f"{world.url}/_line_pay", "2000000999", SECRET)
    assert nobody.check(transaction_id) == Answer(Verdict.MISCONFIGURED, "1104")
    assert world.client.check(transaction_id).value is Authentication.AUTHENTICATED


def test_refunds_beyond_what_is_left_have_to_be_looked_into(world: World) -> None:
    transaction_id = world.paid()
    assert world.client.refund(transaction_id, 700, Currency.TWD).verdict is Verdict.DONE
    assert world.client.refund(transaction_id, 21, Currency.TWD) == Answer(Verdict.MAYBE_ALREADY, "1164")
    assert world.client.refund(transaction_id, 20, Currency.TWD).verdict is Verdict.DONE
    assert world.client.refund(transaction_id, 1, Currency.TWD) == Answer(Verdict.MAYBE_ALREADY, "1165")
    assert world.payment(transaction_id).refunded == 720


def test_a_refund_is_found_as_a_refund_and_not_as_a_payment(world: World) -> None:
    transaction_id = world.paid()
    record = world.client.refund(transaction_id, 1, Currency.TWD).value
    assert record is not None
    assert world.client.details(transaction_id=record.refund_transaction_id) == Answer(
        Verdict.DONE, "0000", ()
    )


# Faults --------------------------------------------------------------------------------------------------


def _call(world: World, call: Call, transaction_id: str) -> Answer[Any]:
    match call:
        case Call.REQUEST:
            return world.request(order_id="ANOTHER-1")
        case Call.CHECK:
            return world.client.check(transaction_id)
        case Call.CONFIRM:
            return world.confirm(transaction_id)
        case Call.DETAILS:
            return world.client.details(transaction_id=transaction_id)
        case Call.REFUND:
            return world.client.refund(transaction_id, 20, Currency.TWD)


def _before(world: World, call: Call) -> str:
    """A payment that is ready for this call."""
    return world.paid() if call in {Call.DETAILS, Call.REFUND} else world.agreed()


NO_ANSWER = {
    "closed before": Fault.drop_before_effect(),
    "closed after": Fault.drop_after_effect(),
    "hanging": Fault.hang(1.2),
    "late": Fault.late_answer(1.2),
    "bad gateway": Fault.bad_gateway(),
    "bad gateway after": Fault.bad_gateway(after_effect=True),
    "empty": Fault.odd(Reply.EMPTY),
    "cut short": Fault.odd(Reply.NOT_JSON),
    "a list": Fault.odd(Reply.LIST),
    "no code": Fault.odd(Reply.NO_CODE),
    "redirect": Fault.odd(Reply.REDIRECT),
}


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize("name", NO_ANSWER)
def test_no_answer_is_unknown_and_is_asked_for_once(world: World, call: Call, name: str) -> None:
    transaction_id = _before(world, call)
    before = len(world.platform.wire)
    fault = NO_ANSWER[name]
    world.platform.faults.script(call.value, fault)
    if fault.seconds:
        world.client = world.impatient()
    assert _call(world, call, transaction_id) == LOST
    assert list(world.platform.faults.waiting()) == []
    assert len(world.platform.wire) - before <= 1


@pytest.mark.parametrize("call", Call)
@pytest.mark.parametrize("code", ["1198", "1199", "1900", "1999", "9000", "9999", "", "0124"])
def test_busy_and_undocumented_codes_are_unknown(world: World, call: Call, code: str) -> None:
    transaction_id = _before(world, call)
    world.platform.faults.script(call.value, Fault.code(code))
    assert _call(world, call, transaction_id) == Answer(Verdict.UNKNOWN, code, None)


@pytest.mark.parametrize("fault", [Fault.drop_after_effect(), Fault.code("1199", after_effect=True)])
def test_what_happened_behind_a_lost_answer_can_be_read_afterwards(world: World, fault: Fault) -> None:
    transaction_id = world.agreed()
    world.platform.faults.script("confirm", fault)
    world.platform.faults.script("refund", fault)
    assert world.confirm(transaction_id).verdict is Verdict.UNKNOWN
    assert world.client.check(transaction_id).value is Authentication.COMPLETED
    assert world.client.refund(transaction_id, 20, Currency.TWD).verdict is Verdict.UNKNOWN
    [capture] = world.client.details(transaction_id=transaction_id).value or ()
    assert (capture.amount, [refund.amount for refund in capture.refunds]) == (720, [20])


def test_a_confirm_that_takes_effect_after_we_gave_up_is_seen_by_a_later_check(world: World) -> None:
    transaction_id = world.agreed()
    world.platform.faults.script("confirm", Fault.hang(2.5, then_answer=True))
    assert world.impatient().confirm(transaction_id, 720, Currency.TWD) == LOST
    assert world.client.check(transaction_id).value is Authentication.AUTHENTICATED
    assert world.confirm(transaction_id) == Answer(Verdict.UNKNOWN, "1198", None)
    while world.client.check(transaction_id).value is not Authentication.COMPLETED:
        time.sleep(0.05)
    assert world.confirm(transaction_id) == Answer(Verdict.MAYBE_ALREADY, "1152", None)


@pytest.mark.parametrize("call", Call)
def test_the_other_names_of_code_and_message_are_understood(world: World, call: Call) -> None:
    transaction_id = _before(world, call)
    world.platform.faults.script(call.value, Fault.odd(Reply.RESULT_CODE))
    answer = _call(world, call, transaction_id)
    assert (answer.verdict, answer.value is None) == (Verdict.DONE, False)


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        (Reply.WRONG_ORDER_ID, {"order_id": "SOMEBODY-ELSES"}),
        (Reply.WRONG_SUM, {"amount": 721}),
        (Reply.WRONG_TRANSACTION_ID, {}),
    ],
)
def test_wrong_facts_are_handed_on_as_they_are_for_the_caller_to_compare(
    world: World, reply: Reply, wrong: dict[str, Any]
) -> None:
    transaction_id = world.agreed()
    world.platform.faults.script("confirm", Fault.odd(reply))
    world.platform.faults.script("details", Fault.odd(reply))
    told = str(int(transaction_id) + 1) if reply is Reply.WRONG_TRANSACTION_ID else transaction_id
    facts = {"order_id": ORDER, "transaction_id": told, "amount": 720, "provider": "TSP", **wrong}
    assert world.confirm(transaction_id) == Answer(Verdict.DONE, "0000", Capture(**facts))
    assert world.client.details(order_id=ORDER) == Answer(Verdict.DONE, "0000", (Capture(**facts),))


def test_nobody_listening_is_unknown() -> None:
    listening = free_socket()
    address, port = listening.getsockname()
    listening.close()
    client = LinePay(f"http://{address}:{port}", CHANNEL, SECRET)
    assert client.check("2018110112345678910") == LOST
    assert client.confirm("2018110112345678910", 1, Currency.TWD) == LOST


# Answers that say less, or other things, than they should ------------------------------------------------

CAPTURE: dict[str, Any] = {
    "orderId": ORDER,
    "transactionId": 2018110112345678910,
    "payInfo": [{"method": "BALANCE", "amount": 720}],
}
PAGE = {"transactionId": 2018110112345678910, "paymentUrl": {"web": "https://pay.example/1"}}


def _success(info: Any) -> bytes:
    return json.dumps({"returnCode": "0000", "returnMessage": "-", "info": info}).encode()


@pytest.mark.parametrize(
    "info",
    [
        None,
        [],
        "text",
        {},
        {**CAPTURE, "orderId": 1},
        {**CAPTURE, "transactionId": 2.0181101123456789e18},
        {**CAPTURE, "transactionId": True},
        {**CAPTURE, "transactionId": "20181101-1"},
        {**CAPTURE, "payInfo": []},
        {**CAPTURE, "payInfo": None},
        {**CAPTURE, "payInfo": ["BALANCE"]},
        {**CAPTURE, "payInfo": [{"method": "BALANCE"}]},
        {**CAPTURE, "payInfo": [{"amount": 720}, {"amount": "0"}]},
        {**CAPTURE, "payInfo": [{"amount": 719.5}]},
        {**CAPTURE, "payInfo": [{"amount": True}]},
        {**CAPTURE, "payInfo": [{"amount": 10**13}]},
        {**CAPTURE, "refundList": {"refundAmount": 1}},
        {**CAPTURE, "refundList": [{"refundAmount": -1}]},
        {**CAPTURE, "refundList": [{"refundTransactionId": 2018110112345678911}]},
        {**CAPTURE, "refundList": [{"refundTransactionId": 2018110112345678911, "refundAmount": 0}]},
    ],
)
def test_a_success_without_readable_facts_is_unknown(world: World, info: Any) -> None:
    unknown: Answer[Any] = Answer(Verdict.UNKNOWN, "0000", None)
    client = world.answering(_success(info))
    assert client.confirm("2018110112345678910", 720, Currency.TWD) == unknown
    assert client.refund("2018110112345678910", 1, Currency.TWD) == unknown
    assert world.request(client) == unknown
    if info != []:
        client = world.answering(_success([CAPTURE, info]))
        assert client.details(order_id=ORDER) == unknown


@pytest.mark.parametrize("info", [None, "text", CAPTURE, [None], ["text"]])
def test_details_that_are_no_list_of_payments_are_unknown(world: World, info: Any) -> None:
    answer = world.answering(_success(info)).details(order_id=ORDER)
    assert answer == Answer(Verdict.UNKNOWN, "0000", None)


@pytest.mark.parametrize(
    "content",
    [
        b'{"returnCode": "0000", "info": {"payInfo": [{"amount": 1e999999999999999999999}]}}',
        b'{"returnCode": "0000", "info": ' + b"[" * 100_000,
        b'{"returnCode": "0000", "info": ' + b"9" * 5000 + b"}",
        b'\xff{"returnCode": "0000"}',
        b'{"returnCode": 0}',
        b'{"returnCode": null, "resultCode": "0000"}',
        b"null",
    ],
)
def test_an_answer_that_cannot_be_read_is_lost(world: World, content: bytes) -> None:
    client = world.answering(content)
    assert client.confirm("2018110112345678910", 720, Currency.TWD) == LOST
    assert client.details(order_id=ORDER) == LOST


@pytest.mark.parametrize("amount", [b"1e300000000", b"720.0000000000000000000000000000000000001", b"NaN"])
def test_a_number_that_is_no_amount_is_not_rounded_into_one(world: World, amount: bytes) -> None:
    content = _success({**CAPTURE, "payInfo": [{"amount": "HERE"}]}).replace(b'"HERE"', amount)
    answer = world.answering(content).confirm("2018110112345678910", 720, Currency.TWD)
    assert answer == Answer(Verdict.UNKNOWN, "0000", None)


def test_whole_amounts_may_come_with_a_decimal_point(world: World) -> None:
    client = world.answering(_success({**CAPTURE, "payInfo": [{"amount": 700.0}, {"amount": 20.00}]}))
    answer = client.confirm("2018110112345678910", 720, Currency.TWD)
    assert answer == Answer(Verdict.DONE, "0000", Capture(ORDER, "2018110112345678910", 720))


@pytest.mark.parametrize("status", [201, 204, 400, 401, 404, 429, 500, 503])
def test_only_http_200_is_believed(world: World, status: int) -> None:
    content = b"" if status == 204 else _success(CAPTURE)
    assert world.answering(content, status).confirm("2018110112345678910", 720, Currency.TWD) == LOST


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_signed_requests_are_not_led_elsewhere(world: World, status: int) -> None:
    visited: list[str] = []

    async def answer(request: Request) -> Response:
        visited.append(request.url.path)
        if request.url.path == "/elsewhere":
            return Response(_success(CAPTURE))
        return Response(status_code=status, headers={"location": f"{world.url}/elsewhere"})

    world.served.app = Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "POST"])])
    client = LinePay(world.url, CHANNEL, SECRET)
    assert client.confirm("2018110112345678910", 720, Currency.TWD) == LOST
    assert client.details(order_id=ORDER) == LOST
    assert visited == ["/v4/payments/2018110112345678910/confirm", "/v4/payments"]


def test_ids_may_be_texts_and_unknown_facts_are_passed_over(world: World) -> None:
    row = {
        **CAPTURE,
        "transactionId": "20181101123456789",
        "currency": "TWD",
        "payStatus": "CAPTURE",
        "new": 1,
    }
    client = world.answering(_success([row]))
    assert client.details(order_id=ORDER).value == (Capture(ORDER, "20181101123456789", 720, "TWD"),)


def test_money_that_was_not_taken_is_no_capture(world: World) -> None:
    standings: list[Any] = ["AUTHORIZATION", "VOIDED_AUTHORIZATION", "EXPIRED_AUTHORIZATION", "NEW", [], {}]
    rows = [{**CAPTURE, "payStatus": standing} for standing in standings]
    assert world.answering(_success(rows)).details(order_id=ORDER) == Answer(Verdict.DONE, "0000", ())


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-09-21T14:13:20Z", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("2026-09-21T22:13:20+08:00", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("2026-09-21T14:13:20", datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)),
        ("2014-09-31T14:13:20Z", None),
        ("0001-01-01T00:00:00+10:00", None),
        (20260921, None),
        (None, None),
    ],
)
def test_a_refund_without_a_possible_date_is_still_a_refund(
    world: World, date: Any, expected: datetime | None
) -> None:
    refund = {"refundTransactionId": 2018110112345678911, "refundAmount": -1, "refundTransactionDate": date}
    [capture] = (
        world.answering(_success([{**CAPTURE, "refundList": [refund]}])).details(order_id=ORDER).value or ()
    )
    assert capture.refunds == (RefundRecord("2018110112345678911", 1, expected),)


def test_a_refund_listed_with_a_positive_amount_counts_the_same(world: World) -> None:
    refund = {"refundTransactionId": 2018110112345678911, "refundAmount": 5}
    [capture] = (
        world.answering(_success([{**CAPTURE, "refundList": [refund]}])).details(order_id=ORDER).value or ()
    )
    assert capture.refunds == (RefundRecord("2018110112345678911", 5, None),)


@pytest.mark.parametrize("currency", [Currency.THB, [], "ABC", None])
def test_details_count_in_the_currency_that_they_name_or_else_in_the_channels(
    world: World, currency: Any
) -> None:
    client = world.answering(_success([{**CAPTURE, "currency": currency}]))
    [capture] = client.details(order_id=ORDER).value or ()
    assert capture.amount == (72_000 if currency is Currency.THB else 720)


@pytest.mark.parametrize(
    ("url", "usable"),
    [
        ("https://sandbox-web-pay.line.me/web/payment/wait?x=1", True),
        ("http://127.0.0.1:8080/_line_pay/web/payment/1", True),
        ("javascript:alert(1)", False),
        ("line://pay/payment/1", False),
        ("/web/payment/1", False),
        ("https://", False),
        ("https://[", False),
        ("https://pay.example/1\n2", False),
        ("https://例え.example/1", False),
        (1, False),
    ],
)
def test_a_customer_is_sent_to_a_web_address_only(world: World, url: Any, usable: bool) -> None:
    client = world.answering(_success({**PAGE, "paymentUrl": {"web": url}}))
    answer = world.request(client)
    assert answer.verdict is (Verdict.DONE if usable else Verdict.UNKNOWN)
    assert (answer.value.payment_url if answer.value else None) == (url if usable else None)


def test_a_missing_access_token_is_no_reason_to_give_up_a_payment(world: World) -> None:
    client = world.answering(_success({**PAGE, "paymentAccessToken": 7}))
    assert world.request(client).value == Reservation("2018110112345678910", "https://pay.example/1", None)


# How it behaves as a client ------------------------------------------------------------------------------


def test_it_waits_as_long_as_line_pay_asks_for() -> None:
    assert (CONNECT_SECONDS, dict(READ_SECONDS)) == (
        5.0,
        {Call.REQUEST: 10, Call.CHECK: 20, Call.CONFIRM: 40, Call.DETAILS: 20, Call.REFUND: 20},
    )


def test_it_is_the_gateway_that_the_use_cases_ask_for(world: World) -> None:
    gateway: PaymentGateway = world.client
    assert gateway.check("2018110112345678910") == Answer(Verdict.UNKNOWN, "1150", None)


def test_one_connection_serves_all_calls(world: World) -> None:
    ports: list[int] = []
    app = world.served.app

    async def counting(scope: Scope, receive: Receive, send: Send) -> None:
        ports.append(scope["client"][1])
        await app(scope, receive, send)

    world.served.app = counting
    world.paid()
    assert (len(ports), len(set(ports))) == (2, 1)


def test_the_environment_cannot_send_it_through_a_proxy_or_add_a_password(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login shop password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    assert world.request().verdict is Verdict.DONE
    assert "authorization" not in world.platform.wire[0].request_headers


def test_neither_keys_nor_bodies_nor_tokens_are_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("linepay").setLevel(logging.DEBUG)
    client = LinePay(f"{world.url}/_line_pay", CHANNEL, SECRET)
    answer = world.request(client)
    assert answer.value is not None
    assert [record for record in caplog.records if record.name.startswith("linepay")] == []
    told = answer.value
    secrets = (
        SECRET,
        told.payment_access_token,
        told.payment_url.rpartition("/")[2],
        "鳳梨酥",
        "authorization",
    )
    for secret in secrets:
        assert secret is not None
        assert secret.lower() not in caplog.text.lower()


def test_it_can_be_used_by_several_threads(world: World) -> None:
    answers: list[Answer[Reservation]] = []
    threads = [
        threading.Thread(
            target=lambda number=number: answers.append(world.request(order_id=f"ORDER-{number}"))
        )
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.verdict for answer in answers} == {Verdict.DONE}
    assert len({answer.value.transaction_id for answer in answers if answer.value}) == 8
