"""The state of the LINE Pay stand-in: payments, what customers do with them, refunds, faults and the wire.

A payment goes requested → authenticated → confirmed; it ends early as cancelled, expired or failed. Money moves
at the confirm. Time comes from a clock (seconds since 1970) that can be moved on.
"""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from dev.standins.line_pay_faults import Effect, Fault, Faults
from dev.standins.line_pay_reading import (
    MESSAGES,
    AskedPayment,
    JsonObject,
    Number,
    Refused,
    ReturnUrlType,
    read_amount,
    read_currency,
    read_object,
    read_request,
)

MOST_IDS = 100
POINTS = 30
DECLINED, NOT_ENOUGH = "1281", "1142"


class PaymentState(StrEnum):
    REQUESTED = "requested"
    AUTHENTICATED = "authenticated"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


CHECK_CODES = {
    PaymentState.REQUESTED: "0000",
    PaymentState.AUTHENTICATED: "0110",
    PaymentState.CANCELLED: "0121",
    PaymentState.EXPIRED: "0121",
    PaymentState.FAILED: "0122",
    PaymentState.CONFIRMED: "0123",
}


class Action(StrEnum):
    """What the customer can do on the payment page, by the last part of the form's address."""

    APPROVE = "approve"
    CANCEL = "cancel"
    INSUFFICIENT = "insufficient"
    DECLINE = "decline"
    EXPIRE = "expire"
    APPROVE_AND_LEAVE = "approve-and-leave"
    RETURN_TWICE = "return-twice"
    LOSE_ANSWER = "lose-answer"


@dataclass(frozen=True)
class Refund:
    transaction_id: int
    amount: Number
    at: float


@dataclass
class Payment:
    """One transaction. `refusal` is the code that its confirm will be answered with."""

    transaction_id: int
    token: str
    access_token: str
    asked: AskedPayment
    requested_at: float
    expires_at: float
    state: PaymentState = PaymentState.REQUESTED
    refusal: str | None = None
    confirm_running: bool = False
    confirmed_at: float | None = None
    pay_info: list[JsonObject] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)

    @property
    def refunded(self) -> Number:
        return sum((refund.amount for refund in self.refunds), start=0)

    @property
    def open(self) -> bool:
        return self.state in {PaymentState.REQUESTED, PaymentState.AUTHENTICATED}


@dataclass(frozen=True)
class PayAnswer:
    """LINE Pay's envelope; `info` is left out of it when there is none."""

    code: str
    info: Any = None
    message: str = ""

    @property
    def envelope(self) -> JsonObject:
        told = {"returnCode": self.code, "returnMessage": self.message or MESSAGES.get(self.code, "-")}
        return told if self.info is None else {**told, "info": self.info}


@dataclass(frozen=True)
class Hop:
    """One request and its answer, for the wire inspector. `at` in milliseconds since 1970.

    `direction` is api (shop to LINE Pay), browser (customer to LINE Pay) or return (LINE Pay to the shop). The
    MAC is shortened; `signature` is good, bad or missing, and empty where none belongs.
    """

    number: int
    at: int
    direction: str
    method: str
    url: str
    path: str
    request_headers: dict[str, str]
    request_body: str
    signature: str
    status: int | None
    response_headers: dict[str, str]
    response_body: str
    milliseconds: float
    note: str = ""


@dataclass(frozen=True)
class Acted:
    """What the customer's action leads to: an address for the browser, or none and the page stays.

    `visit_first` is an address that is opened once before that, as a second browser or LINE Pay's server would.
    """

    leads_to: str | None = None
    visit_first: str | None = None


class NoSuchPayment(LookupError):
    """No payment has this id or token."""


class PaymentEnded(Exception):
    """The customer can do nothing more with this payment."""


class LinePayPlatform:
    """LINE Pay for one merchant channel; keys and ids are the local run's unless a test names others."""

    def __init__(
        self,
        channel_id: str = "dev-pay-channel",
        channel_secret: str = "dev-pay-channel-secret",  # noqa: S107 - valid here only
        *,
        clock: Callable[[], float] = time.time,
        window_seconds: float = 1200.0,
        refund_seconds: float | None = None,
        currencies: Iterable[str] = ("TWD", "THB", "USD"),
        shop_name: str = "示範商店",
    ) -> None:
        self.channel_id = channel_id
        self.channel_secret = channel_secret
        self.window_seconds = window_seconds
        self.refund_seconds = refund_seconds
        self.currencies = frozenset(currencies)
        self.shop_name = shop_name
        self.points = POINTS
        self.provider: str | None = "TSP"
        self.payments: dict[int, Payment] = {}
        self.faults = Faults()
        self.wire: list[Hop] = []
        self.on_hop: list[Callable[[Hop], None]] = []
        self._clock = clock
        self._ahead = 0.0

    # Time and the wire -----------------------------------------------------------------------------------

    def now(self) -> float:
        return self._clock() + self._ahead

    def advance(self, seconds: float) -> None:
        """Moves this stand-in's time on; it never goes back."""
        self._ahead += max(0.0, seconds)

    def record(self, hop: Hop) -> None:
        numbered = replace(hop, number=len(self.wire))
        self.wire.append(numbered)
        for tell in self.on_hop:
            tell(numbered)

    # Looking up ------------------------------------------------------------------------------------------

    def payment(self, transaction_id: int) -> Payment:
        """As it stands now. Raises NoSuchPayment."""
        payment = self.payments.get(transaction_id)
        if payment is None:
            raise NoSuchPayment(str(transaction_id))
        if payment.open and self.now() >= payment.expires_at:
            payment.state = PaymentState.EXPIRED
        return payment

    def payment_of_token(self, token: str) -> Payment:
        """The payment whose page has this token. Raises NoSuchPayment."""
        for payment in self.payments.values():
            if secrets.compare_digest(payment.token.encode(), token.encode()):
                return self.payment(payment.transaction_id)
        raise NoSuchPayment(token)

    # What the shop asks ----------------------------------------------------------------------------------

    def request(self, version: str, raw: bytes, public_base: str) -> PayAnswer:
        """Opens a payment; `public_base` is where the customer's browser finds this stand-in."""
        try:
            asked = read_request(raw, version, self.currencies)
        except Refused as refused:
            return PayAnswer(refused.code, message=str(refused))
        if self._paid_before(asked.order_id):
            return PayAnswer("1172")
        now = self.now()
        payment = Payment(
            transaction_id=self._transaction_id(),
            token=secrets.token_urlsafe(24),
            access_token=_digits(12),
            asked=asked,
            requested_at=now,
            expires_at=now + self.window_seconds,
        )
        self.payments[payment.transaction_id] = payment
        info = {
            "transactionId": payment.transaction_id,
            "paymentAccessToken": payment.access_token,
            "paymentUrl": {
                "web": f"{public_base}/web/payment/{payment.token}",
                "app": f"line://pay/payment/{payment.token}",
            },
        }
        return PayAnswer("0000", info)

    def check(self, transaction_id: int) -> PayAnswer:
        try:
            return PayAnswer(CHECK_CODES[self.payment(transaction_id).state])
        except NoSuchPayment:
            return PayAnswer("1150")

    def confirm(self, version: str, transaction_id: int, raw: bytes) -> PayAnswer:
        try:
            payment = self.payment(transaction_id)
            body = read_object(raw)
            currency = read_currency(body.get("currency"), self.currencies)
            amount = read_amount(body.get("amount"), currency, "amount")
        except NoSuchPayment:
            return PayAnswer("1150")
        except Refused as refused:
            return PayAnswer(refused.code, message=str(refused))
        refusal = self._confirm_refusal(payment, amount, currency)
        if refusal is not None:
            return PayAnswer(refusal)
        payment.state = PaymentState.CONFIRMED
        payment.confirmed_at = self.now()
        payment.pay_info = self._pay_info(payment)
        return PayAnswer("0000", self._capture(version, payment))

    def _confirm_refusal(self, payment: Payment, amount: Number, currency: str) -> str | None:
        """The code of a confirm that moves nothing; a decline ends the payment."""
        code = {
            PaymentState.CONFIRMED: "1152",
            PaymentState.EXPIRED: "1180",
            PaymentState.CANCELLED: "1159",
            PaymentState.FAILED: "1159",
        }.get(payment.state)
        if code is None and payment.confirm_running:
            code = "1198"
        elif code is None and self._paid_before(payment.asked.order_id):
            code = "1172"
        elif code is None and (amount, currency) != (payment.asked.amount, payment.asked.currency):
            code = "1153"
        elif code is None and payment.state is PaymentState.REQUESTED:
            code = "1169"
        elif code is None and payment.refusal is not None:
            payment.state = PaymentState.FAILED
            code = payment.refusal
        return code

    def details(self, version: str, query: str) -> PayAnswer:
        """Confirmed payments only, and refunds by their own id; both parameters can be repeated."""
        asked = parse_qsl(query, keep_blank_values=True)
        transaction_ids = [value for name, value in asked if name == "transactionId"]
        order_ids = [value for name, value in asked if name == "orderId"]
        if not transaction_ids and not order_ids:
            return PayAnswer("2101", message="transactionId or orderId is needed")
        if len(transaction_ids) + len(order_ids) > MOST_IDS:
            return PayAnswer("1177")
        rows = [
            row
            for payment in self.payments.values()
            if payment.state is PaymentState.CONFIRMED
            and (not order_ids or payment.asked.order_id in order_ids)
            for row in self._detail_rows(version, payment, transaction_ids)
        ]
        return PayAnswer("0000", rows) if rows else PayAnswer("1150")

    def refund(self, transaction_id: int, raw: bytes) -> PayAnswer:
        """Gives back `refundAmount`, or all that is left when it is missing or null."""
        payment = self.payments.get(transaction_id)
        if payment is None or payment.state is not PaymentState.CONFIRMED:
            return PayAnswer("1155" if self._is_refund(transaction_id) else "1150")
        left = payment.asked.amount - payment.refunded
        try:
            asked = read_object(raw or b"{}").get("refundAmount")
            amount = left if asked is None else read_amount(asked, payment.asked.currency, "refundAmount")
        except Refused as refused:
            return PayAnswer(refused.code, message=str(refused))
        code = self._refund_refusal(payment, amount, left)
        if code is not None:
            return PayAnswer(code)
        refund = Refund(self._transaction_id(), amount, self.now())
        payment.refunds.append(refund)
        info = {"refundTransactionId": refund.transaction_id, "refundTransactionDate": _date(refund.at)}
        return PayAnswer("0000", info)

    def _refund_refusal(self, payment: Payment, amount: Number, left: Number) -> str | None:
        too_late = (
            self.refund_seconds is not None
            and self.now() > (payment.confirmed_at or 0.0) + self.refund_seconds
        )
        refusal = None
        if left == 0:
            refusal = "1165"
        elif too_late:
            refusal = "1163"
        elif amount <= 0:
            refusal = "1124"
        elif amount > left:
            refusal = "1164"
        return refusal

    def capture_or_void(self, transaction_id: int) -> PayAnswer:
        """This merchant takes money at the confirm, so that there is nothing left to capture or to void."""
        payment = self.payments.get(transaction_id)
        if payment is None or payment.state is not PaymentState.CONFIRMED:
            return PayAnswer("1150")
        return PayAnswer("1155")

    def preapproved(self) -> PayAnswer:
        """This merchant has no recurring payments, so that no key was ever given out."""
        return PayAnswer("1190")

    # What the customer does ------------------------------------------------------------------------------

    def act(self, payment: Payment, action: Action) -> Acted:
        """Carries out one button of the payment page. Raises PaymentEnded."""
        payment = self.payment(payment.transaction_id)
        asked = payment.asked
        if payment.state is not PaymentState.REQUESTED:
            # Pressing "approve" again only leads back to the shop; everything else has become impossible.
            if action is Action.APPROVE and payment.state in {
                PaymentState.AUTHENTICATED,
                PaymentState.CONFIRMED,
            }:
                return self._back_to_shop(payment)
            raise PaymentEnded(payment.state.value)
        if action is Action.CANCEL:
            payment.state = PaymentState.CANCELLED
            return Acted(with_ids(asked.cancel_url, asked.order_id, payment.transaction_id))
        if action is Action.EXPIRE:
            payment.expires_at = self.now()
            payment.state = PaymentState.EXPIRED
            return Acted()
        payment.state = PaymentState.AUTHENTICATED
        payment.refusal = {Action.DECLINE: DECLINED, Action.INSUFFICIENT: NOT_ENOUGH}.get(action)
        if action is Action.LOSE_ANSWER:
            lost = Fault.drop_after_effect()
            self.faults.script("confirm", lost, transaction_id=payment.transaction_id)
        if action is Action.APPROVE_AND_LEAVE:
            return Acted()
        return self._back_to_shop(payment, twice=action is Action.RETURN_TWICE)

    @staticmethod
    def _back_to_shop(payment: Payment, *, twice: bool = False) -> Acted:
        url = with_ids(payment.asked.confirm_url, payment.asked.order_id, payment.transaction_id)
        match payment.asked.confirm_url_type:
            case ReturnUrlType.CLIENT:
                return Acted(url, visit_first=url if twice else None)
            case ReturnUrlType.SERVER:
                return Acted(visit_first=url)
            case ReturnUrlType.NONE:
                return Acted()

    # Pieces ----------------------------------------------------------------------------------------------

    def begin(self, call: str, transaction_id: int | None, fault: Fault | None) -> None:
        """A confirm that will take effect only later is under way from now on."""
        if call == "confirm" and fault is not None and fault.effect is Effect.AFTER_WAIT:
            self._set_running(transaction_id, running=True)

    def end(self, call: str, transaction_id: int | None) -> None:
        if call == "confirm":
            self._set_running(transaction_id, running=False)

    def _set_running(self, transaction_id: int | None, *, running: bool) -> None:
        payment = self.payments.get(transaction_id or 0)
        if payment is not None:
            payment.confirm_running = running

    def _paid_before(self, order_id: str) -> bool:
        return any(
            payment.asked.order_id == order_id and payment.state is PaymentState.CONFIRMED
            for payment in self.payments.values()
        )

    def _is_refund(self, transaction_id: int) -> bool:
        return any(
            refund.transaction_id == transaction_id
            for payment in self.payments.values()
            for refund in payment.refunds
        )

    def _pay_info(self, payment: Payment) -> list[JsonObject]:
        """How the customer paid: by card, with LINE Points for a part of it where there is enough to pay."""
        amount = payment.asked.amount
        card = {"method": "CREDIT_CARD", "creditCardNickname": "測試卡", "creditCardBrand": "VISA"}
        if not 0 < self.points < amount:
            return [{**card, "amount": plain(amount)}]
        return [
            {**card, "amount": plain(amount - self.points)},
            {"method": "POINT", "amount": self.points},
        ]

    def _capture(self, version: str, payment: Payment) -> JsonObject:
        info: JsonObject = {
            "transactionId": payment.transaction_id,
            "orderId": payment.asked.order_id,
            "payInfo": payment.pay_info,
            "packages": [
                {
                    "id": package["id"],
                    "amount": plain(package["amount"]),
                    **({"userFeeAmount": plain(package.get("userFee", 0))} if version == "v3" else {}),
                }
                for package in payment.asked.packages
            ],
        }
        return {**info, **self._provider(version)}

    def _detail_rows(self, version: str, payment: Payment, wanted: list[str]) -> list[JsonObject]:
        rows: list[JsonObject] = []
        if not wanted or str(payment.transaction_id) in wanted:
            row: JsonObject = {
                "transactionId": payment.transaction_id,
                "transactionDate": _date(payment.confirmed_at or 0.0),
                "transactionType": "PAYMENT",
                "payStatus": "CAPTURE",
                "orderId": payment.asked.order_id,
                "payInfo": payment.pay_info,
                **self._provider(version),
            }
            if payment.refunds:
                row["refundList"] = [_refund_row(payment, refund) for refund in payment.refunds]
            rows.append(row)
        rows += [
            {
                "transactionId": refund.transaction_id,
                "transactionDate": _date(refund.at),
                "transactionType": _refund_type(payment, refund),
                "orderId": payment.asked.order_id,
                "payInfo": [{"method": "CREDIT_CARD", "amount": plain(-refund.amount)}],
                "originalTransactionId": payment.transaction_id,
            }
            for refund in payment.refunds
            if str(refund.transaction_id) in wanted
        ]
        return rows

    def _provider(self, version: str) -> JsonObject:
        return {"paymentProvider": self.provider} if version == "v4" else {}

    def _transaction_id(self) -> int:
        """19 digits, the hour first: more than a JavaScript number or a float can tell apart."""
        return int(f"{datetime.fromtimestamp(self.now(), UTC):%Y%m%d%H}{_digits(9)}")


def with_ids(url: str, order_id: str, transaction_id: int) -> str:
    """The shop's address with LINE Pay's two parameters; one that is there already is left as it is."""
    parts = urlsplit(url)
    there = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    ours = {"orderId": order_id, "transactionId": str(transaction_id)}
    added = urlencode({name: value for name, value in ours.items() if name not in there})
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


def plain(value: Number) -> int | float:
    """A number as JSON writes it; money has no more than two decimals, which a float keeps apart."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _digits(count: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(count))


def _date(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _refund_type(payment: Payment, refund: Refund) -> str:
    return "PAYMENT_REFUND" if refund.amount == payment.asked.amount else "PARTIAL_REFUND"


def _refund_row(payment: Payment, refund: Refund) -> JsonObject:
    """As the details list it: with a negative amount."""
    return {
        "refundTransactionId": refund.transaction_id,
        "transactionType": _refund_type(payment, refund),
        "refundAmount": plain(-refund.amount),
        "refundTransactionDate": _date(refund.at),
    }
