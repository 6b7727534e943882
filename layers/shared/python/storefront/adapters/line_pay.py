"""LINE Pay's Online API: signed by the `line-pay` package, sent by a transport of our own, answered as verdicts.

The package is used for its signature alone: it has no timeouts, sends 100.0 for a hundred dollars and turns a
lost answer into an exception that prints headers. Here amounts are whole payable units, ids are texts, nothing
is ever sent twice, and whatever is not a clear answer is UNKNOWN. That includes a connection that never came to
be: rarely is it certain that nothing arrived, and a look costs little.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal
from urllib.parse import urlencode, urlsplit

import requests
from linepay import LinePayApi
from requests.adapters import HTTPAdapter

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
    authentication,
    verdict,
)

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final[Mapping[Call, float]] = MappingProxyType(
    {Call.REQUEST: 10.0, Call.CHECK: 20.0, Call.CONFIRM: 40.0, Call.DETAILS: 20.0, Call.REFUND: 20.0}
)
"""The least that LINE Pay asks its merchants to wait for each answer."""

CURRENCIES: Final = frozenset({Currency.TWD, Currency.THB, Currency.USD})
MOST_URL_CHARACTERS: Final = 500
MOST_NAME_CHARACTERS: Final = 4000
MOST_ID_CHARACTERS: Final = 50
MOST_IDS_AT_ONCE: Final = 100
TOO_MUCH: Final = 10**12
TOO_FINE: Final = 12
"""No real amount is as large or has as many decimals; a number like 1e99999 is not even worked out."""

_ORDER_ID: Final = re.compile(
    r"[A-Za-z0-9_-]{1,100}"
)  # nothing that a URL would escape: the signature covers it
_TRANSACTION_ID: Final = re.compile(r"[0-9]{10,20}")
_LOCALES: Final = {Language.ZH_TW: "zh_TW", Language.EN: "en", Language.JA: "ja", Language.TH: "th"}
_LOCALES_OF_V3: Final = {**_LOCALES, Language.JA: "en"}

type Version = Literal["v3", "v4"]
type Line = tuple[str, str, int, int]


class _Channel(LinePayApi):  # type: ignore[misc]  # the package has no types
    """The package's signature for one merchant channel, at an address and a version of our choice."""

    def __init__(self, base_url: str, channel_id: str, channel_secret: str, version: Version) -> None:
        super().__init__(channel_id, channel_secret)
        self.api_endpoint = base_url
        self.LINE_PAY_API_VERSION = version

    def path(self, rest: str) -> str:
        """The part of an address that is signed."""
        return f"/{self.LINE_PAY_API_VERSION}/payments{rest}"

    def signed(self, path: str, text: str) -> dict[str, str]:
        """Headers for `text`: the query of a GET, the body of a POST."""
        return dict(self.sign(self.headers, path, text))


@dataclass(frozen=True)
class _Told:
    """LINE Pay's code and facts; no code at all when nothing usable came back."""

    code: str | None = None
    info: object = None


class LinePay:
    """One merchant channel at LINE Pay (`base_url`: production, sandbox or a stand-in).

    Every method sends exactly one HTTP request and raises nothing for what LINE Pay or the network does. A
    ValueError is ours: an amount that is no positive whole number, sums that disagree, an id that cannot be one.
    Details name no currency, so theirs is the channel's: LINE Pay gives a channel one currency.
    """

    def __init__(
        self,
        base_url: str,
        channel_id: str,
        channel_secret: str,
        *,
        version: Version = "v4",
        channel_currency: Currency = Currency.TWD,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: Mapping[Call, float] = READ_SECONDS,
    ) -> None:
        # At DEBUG the package's logger writes signed headers and bodies.
        logging.getLogger("linepay").setLevel(logging.WARNING)
        self._channel = _Channel(base_url.rstrip("/"), channel_id, channel_secret, version)
        self._locales = _LOCALES_OF_V3 if version == "v3" else _LOCALES
        self._channel_currency = channel_currency
        self._timeouts = {call: (connect_seconds, read_seconds[call]) for call in Call}
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy and no password of the environment
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0))

    def request(
        self,
        *,
        order_id: str,
        amount: int,
        currency: Currency,
        lines: Sequence[Line],
        confirm_url: str,
        cancel_url: str,
        language: Language,
    ) -> Answer[Reservation]:
        """Open a payment over `amount`, the sum of `lines` (id, name, quantity, unit price).

        No line can be negative, so an order with a discount comes as one line that holds its total.
        """
        body = {
            "amount": _number(_whole("amount", amount), currency),
            "currency": currency.value,
            "orderId": _order_id(order_id),
            "packages": [
                {
                    "id": order_id[:MOST_ID_CHARACTERS],
                    "amount": _number(amount, currency),
                    "products": _products(lines, amount, currency),
                }
            ],
            "redirectUrls": {
                "confirmUrl": _return_url(confirm_url),
                "confirmUrlType": "CLIENT",
                "cancelUrl": _return_url(cancel_url),
            },
            "options": {
                "payment": {"capture": True},
                "display": {"locale": self._locales[language]},
            },
        }
        return self._answer(Call.REQUEST, self._post(Call.REQUEST, "/request", body), self._reservation)

    def check(self, transaction_id: str) -> Answer[Authentication]:
        """How far the customer is; never faster than once a second for one payment."""
        told = self._get(Call.CHECK, f"/requests/{_transaction_id(transaction_id)}/check", "")
        return self._answer(Call.CHECK, told, lambda _info: authentication(told.code))

    def confirm(self, transaction_id: str, amount: int, currency: Currency) -> Answer[Capture]:
        """Take the money. The answer's ids and amount are LINE Pay's: the caller compares them with its own."""
        body = {"amount": _number(_whole("amount", amount), currency), "currency": currency.value}
        told = self._post(Call.CONFIRM, f"/{_transaction_id(transaction_id)}/confirm", body)
        return self._answer(Call.CONFIRM, told, lambda info: _capture(info, currency))

    def details(
        self, *, transaction_id: str | None = None, order_id: str | None = None
    ) -> Answer[tuple[Capture, ...]]:
        """What was taken, by LINE Pay's id, ours, or both. A payment that is not there may still be under way."""
        asked = []
        if transaction_id is not None:
            asked.append(("transactionId", _transaction_id(transaction_id)))
        if order_id is not None:
            asked.append(("orderId", _order_id(order_id)))
        if not asked:
            raise ValueError("details need a transaction id or an order id")
        told = self._get(Call.DETAILS, "", urlencode(asked))
        return self._answer(Call.DETAILS, told, lambda info: _captures(info, self._channel_currency))

    def captures(self, transaction_ids: Sequence[str]) -> Answer[tuple[Capture, ...]]:
        """What was taken of up to 100 payments at once; one that is not in the answer was not captured so far."""
        if not 0 < len(transaction_ids) <= MOST_IDS_AT_ONCE:
            raise ValueError(f"LINE Pay tells of 1 to {MOST_IDS_AT_ONCE} payments at once")
        asked = urlencode([("transactionId", _transaction_id(each)) for each in transaction_ids])
        told = self._get(Call.DETAILS, "", asked)
        return self._answer(Call.DETAILS, told, lambda info: _captures(info, self._channel_currency))

    def refund(self, transaction_id: str, amount: int, currency: Currency) -> Answer[RefundRecord]:
        """Give `amount` back. It is always named: without it LINE Pay gives everything back."""
        body = {"refundAmount": _number(_whole("amount", amount), currency)}
        told = self._post(Call.REFUND, f"/{_transaction_id(transaction_id)}/refund", body)
        return self._answer(Call.REFUND, told, lambda info: _refund(info, amount))

    # Transport -------------------------------------------------------------------------------------------

    def _get(self, call: Call, path: str, query: str) -> _Told:
        return self._exchange(call, "GET", path, query)

    def _post(self, call: Call, path: str, body: Mapping[str, object]) -> _Told:
        return self._exchange(call, "POST", path, json.dumps(body, separators=(",", ":"), allow_nan=False))

    def _exchange(self, call: Call, method: str, path: str, text: str) -> _Told:
        """One request with the very bytes that were signed; redirects are not followed, nothing is retried."""
        signed_path = self._channel.path(path)
        query = f"?{text}" if method == "GET" and text else ""
        try:
            response = self._session.request(
                method,
                f"{self._channel.api_endpoint}{signed_path}{query}",
                data=text.encode() if method == "POST" else None,
                headers=self._channel.signed(signed_path, text),
                timeout=self._timeouts[call],
                allow_redirects=False,
            )
        except requests.RequestException:
            return _Told()
        return _told(response.content) if response.status_code == requests.codes.ok else _Told()

    @staticmethod
    def _answer[Value](call: Call, told: _Told, read: Callable[[object], Value | None]) -> Answer[Value]:
        """A success whose facts cannot be read is UNKNOWN: it happened, but not provably to us."""
        found = verdict(call, told.code)
        value = read(told.info) if found is Verdict.DONE else None
        if found is Verdict.DONE and value is None:
            return Answer(Verdict.UNKNOWN, told.code)
        return Answer(found, told.code, value)

    def _reservation(self, info: object) -> Reservation | None:
        facts = _object(info)
        transaction_id = _id(facts.get("transactionId"))
        url = _object(facts.get("paymentUrl")).get("web")
        token = facts.get("paymentAccessToken")
        if transaction_id is None or not isinstance(url, str) or not self._may_open(url):
            return None
        return Reservation(transaction_id, url, token if isinstance(token, str) else None)

    def _may_open(self, url: str) -> bool:
        """Whether a customer may be sent there: by HTTPS, and by HTTP only where LINE Pay itself is a stand-in."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return False
        allowed = {"https", urlsplit(self._channel.api_endpoint).scheme}
        return parts.scheme in allowed and bool(parts.hostname) and url.isascii() and url.isprintable()


# What is sent --------------------------------------------------------------------------------------------


def _whole(name: str, value: object, least: int = 1) -> int:
    if type(value) is not int or value < least:
        raise ValueError(f"{name} has to be a whole number from {least}")
    return value


def _number(units: int, currency: Currency) -> int | float:
    """Payable units as LINE Pay counts: 15050 satang are 150.5 baht, and TWD stay whole.

    A division of whole numbers is correctly rounded and JSON writes the shortest text that reads back the same:
    two decimals stay exactly those two.
    """
    if currency not in CURRENCIES:
        raise ValueError(f"LINE Pay does not take {currency}")
    scale: int = 10**currency.exponent
    return units // scale if units % scale == 0 else units / scale


def _products(lines: Sequence[Line], amount: int, currency: Currency) -> list[dict[str, object]]:
    total = sum(
        _whole("a quantity", quantity) * _whole("a unit price", price, least=0)
        for _, _, quantity, price in lines
    )
    if total != amount:
        raise ValueError(f"the lines come to {total}, not to {amount}")
    return [
        {
            "id": product_id[:MOST_ID_CHARACTERS],
            "name": name[:MOST_NAME_CHARACTERS],
            "quantity": quantity,
            "price": _number(price, currency),
        }
        for product_id, name, quantity, price in lines
    ]


def _order_id(order_id: str) -> str:
    if not _ORDER_ID.fullmatch(order_id):
        raise ValueError("an order id has 1 to 100 letters, digits, - and _")
    return order_id


def _transaction_id(transaction_id: str) -> str:
    if not _TRANSACTION_ID.fullmatch(transaction_id):
        raise ValueError("a transaction id has 10 to 20 digits")
    return transaction_id


def _return_url(url: str) -> str:
    if len(url) > MOST_URL_CHARACTERS:
        raise ValueError(f"a return address has at most {MOST_URL_CHARACTERS} characters")
    return url


# What comes back -----------------------------------------------------------------------------------------


def _told(content: bytes) -> _Told:
    try:
        body = json.loads(content, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        return _Told()
    envelope = _object(body)
    # One of LINE Pay's own samples has the second name.
    code = envelope.get("returnCode", envelope.get("resultCode"))
    return _Told(code, envelope.get("info")) if isinstance(code, str) else _Told()


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _id(value: object) -> str | None:
    """An id of LINE Pay as text: it is a number in its answers, too long for a float."""
    text = str(value) if type(value) in {int, str} else ""
    return text if _TRANSACTION_ID.fullmatch(text) else None


def _units(value: object, currency: Currency) -> int | None:
    """LINE Pay's number in payable units; None if it is no number or a fraction of one unit."""
    if type(value) not in {int, Decimal} or not isinstance(value, int | Decimal):
        return None
    if not -TOO_MUCH < value < TOO_MUCH or (
        isinstance(value, Decimal) and value.adjusted() - len(value.as_tuple().digits) < -TOO_FINE
    ):
        return None
    units = Decimal(value) * 10**currency.exponent
    return int(units) if units == units.to_integral_value() else None


def _capture(info: object, currency: Currency) -> Capture | None:
    facts = _object(info)
    order_id, transaction_id = facts.get("orderId"), _id(facts.get("transactionId"))
    parts = _all(facts.get("payInfo"), lambda part: _units(part.get("amount"), currency))
    refunds = _all(facts.get("refundList") or [], lambda row: _listed_refund(row, currency))
    if not isinstance(order_id, str) or transaction_id is None or not parts or refunds is None:
        return None
    named, provider = facts.get("currency"), facts.get("paymentProvider")
    return Capture(
        order_id=order_id,
        transaction_id=transaction_id,
        amount=sum(parts),
        currency=named if isinstance(named, str) else None,
        provider=provider if isinstance(provider, str) else None,
        refunds=tuple(refunds),
    )


def _captures(info: object, channel_currency: Currency) -> tuple[Capture, ...] | None:
    """The rows that are payments and took money; a refund asked for by its own id is a row, too."""

    def currency_of(row: Mapping[str, Any]) -> Currency:
        named = row.get("currency")
        return Currency(named) if isinstance(named, str) and named in set(Currency) else channel_currency

    rows = _all(info, lambda row: row)
    if rows is None:
        return None
    payments = [
        row
        for row in rows
        if row.get("originalTransactionId") is None and row.get("payStatus") in (None, "CAPTURE")
    ]
    captures = _all(payments, lambda row: _capture(row, currency_of(row)))
    return None if captures is None else tuple(captures)


def _listed_refund(row: Mapping[str, Any], currency: Currency) -> RefundRecord | None:
    """An entry of a payment's refunds, whose amounts are negative."""
    refund_id, amount = _id(row.get("refundTransactionId")), _units(row.get("refundAmount"), currency)
    if refund_id is None or not amount:
        return None
    return RefundRecord(refund_id, abs(amount), _time(row.get("refundTransactionDate")))


def _refund(info: object, amount: int) -> RefundRecord | None:
    facts = _object(info)
    refund_id = _id(facts.get("refundTransactionId"))
    if refund_id is None:
        return None
    return RefundRecord(refund_id, amount, _time(facts.get("refundTransactionDate")))


def _all[Value](rows: object, read: Callable[[Mapping[str, Any]], Value | None]) -> list[Value] | None:
    """Every row read, or None: to leave out a refund that cannot be read could mean to pay it twice."""
    if not isinstance(rows, list):
        return None
    values = []
    for row in rows:
        value = read(_object(row))
        if value is None:
            return None
        values.append(value)
    return values


def _time(value: object) -> datetime | None:
    """A time in UTC, if it is one: LINE Pay's own samples hold dates that do not exist."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
        return None if at is None else (at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC))
    except (ValueError, OverflowError):
        return None
