"""What LINE Pay's answers mean to us: one verdict per code and call, and the facts that an answer carries.

The same code means different things in different calls (0000 to a check is "not paid yet"), hence a table per
call. A code that no table holds is UNKNOWN: money that may have moved is never called a failure (M5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

SUCCESS: Final = "0000"


class Call(StrEnum):
    """The calls of LINE Pay's Online API that the shop makes."""

    REQUEST = "request"
    CHECK = "check"
    CONFIRM = "confirm"
    DETAILS = "details"
    REFUND = "refund"


class Verdict(StrEnum):
    """What one answer allows us to do."""

    DONE = "done"
    """It happened, and the answer says what."""

    REFUSED = "refused"
    """The code says definitely that no money moved; the customer may try again."""

    WAITING = "waiting"
    """Nothing is wrong: ask again later."""

    UNKNOWN = "unknown"
    """It may have happened or not: look before acting."""

    MISCONFIGURED = "misconfigured"
    """Our set-up or the merchant's is wrong and nothing happened: an operator has to know."""

    MAYBE_ALREADY = "maybe_already"
    """An earlier call may have done it: the details tell whether that was ours."""


class Authentication(StrEnum):
    """How far the customer is, as a check tells it; money moves only by a confirm."""

    NOT_YET = "not_yet"
    AUTHENTICATED = "authenticated"
    ENDED = "ended"
    """Cancelled by the customer, or over by time."""

    FAILED = "failed"
    COMPLETED = "completed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reservation:
    """A payment that the customer can be sent to; the access token is what LINE Pay's app takes typed in."""

    transaction_id: str
    payment_url: str
    payment_access_token: str | None = None


@dataclass(frozen=True)
class RefundRecord:
    """Money given back: a positive amount in the currency's payable unit, at a time in UTC."""

    refund_transaction_id: str
    amount: int
    at: datetime | None = None


@dataclass(frozen=True)
class Capture:
    """Money taken: `amount` is the sum over all means of payment, in the currency's payable unit.

    The answer to a confirm names no currency; `provider` is TSP or EPI, and absent in v3 of the API.
    """

    order_id: str
    transaction_id: str
    amount: int
    currency: str | None = None
    provider: str | None = None
    refunds: tuple[RefundRecord, ...] = ()


@dataclass(frozen=True)
class Answer[Value]:
    """One call's outcome. `code` is LINE Pay's, None when no usable answer came; DONE always has a value."""

    verdict: Verdict
    code: str | None = None
    value: Value | None = None


AUTHENTICATION: Final[Mapping[str, Authentication]] = MappingProxyType(
    {
        "0000": Authentication.NOT_YET,
        "0110": Authentication.AUTHENTICATED,
        "0121": Authentication.ENDED,
        "0122": Authentication.FAILED,
        "0123": Authentication.COMPLETED,
    }
)

_MERCHANT: Final = "1104 1105 1106"  # not a merchant, switched off, header or signature wrong
_BUSY: Final = "1198 1199 1900 1901 1902 1903 1904 1905 1906 1907 1908 1909 1999 9000"
_CARD: Final = (
    "1280 1281 1282 1283 1284 1285 1286 1287 1288 1289 1290 1291 1292 1293 1294 1295 1296 1297 1298"
)


def _table(meanings: Mapping[Verdict, str]) -> Mapping[str, Verdict]:
    rows = [(code, meaning) for meaning, codes in meanings.items() for code in codes.split()]
    return MappingProxyType(dict(rows))


TABLES: Final[Mapping[Call, Mapping[str, Verdict]]] = MappingProxyType(
    {
        Call.REQUEST: _table(
            {
                Verdict.DONE: SUCCESS,
                Verdict.WAITING: "1145",  # a payment of this order is under way
                Verdict.MAYBE_ALREADY: "1172",  # an order of this number is paid
                # Amount, currency, limits, recurring payment, merchant's limit, parameters, JSON.
                Verdict.MISCONFIGURED: f"{_MERCHANT} 1124 1178 1183 1184 1194 2024 2101 2102",
                Verdict.UNKNOWN: _BUSY,
            }
        ),
        Call.CHECK: _table(
            {
                Verdict.DONE: " ".join(AUTHENTICATION),
                Verdict.MISCONFIGURED: _MERCHANT,
                Verdict.UNKNOWN: _BUSY,
            }
        ),
        Call.CONFIRM: _table(
            {
                Verdict.DONE: SUCCESS,
                # No member or blocked, card, account, balance, balance changed, too late.
                Verdict.REFUSED: f"1101 1102 1110 1141 1142 1170 1180 {_CARD}",
                Verdict.WAITING: "1145 1169",  # under way; no means of payment or password chosen yet
                Verdict.MAYBE_ALREADY: "1152 1172",  # this transaction, or this order number, is in the books
                # Amount's form, no such transaction here, another amount than requested, merchant's limit.
                Verdict.MISCONFIGURED: f"{_MERCHANT} 1124 1150 1153 2024",
                Verdict.UNKNOWN: f"1159 {_BUSY}",  # 1159: the request is gone; a check says how it ended
            }
        ),
        Call.DETAILS: _table(
            {
                Verdict.DONE: SUCCESS,
                Verdict.WAITING: "1150",  # never confirmed so far; a confirm may be under way
                Verdict.MISCONFIGURED: f"{_MERCHANT} 1177 2101",
                Verdict.UNKNOWN: _BUSY,
            }
        ),
        Call.REFUND: _table(
            {
                Verdict.DONE: SUCCESS,
                Verdict.REFUSED: "1101 1102 1163",  # no member any more, blocked; too late
                # More than is left, nothing left, not in this state: perhaps an earlier call of ours did it.
                Verdict.MAYBE_ALREADY: "1164 1165 1179",
                # Amount's form, no such payment here, not a payment, the merchant's reserve is too low.
                Verdict.MISCONFIGURED: f"{_MERCHANT} 1124 1150 1155 2042",
                Verdict.UNKNOWN: _BUSY,
            }
        ),
    }
)


def verdict(call: Call, code: str | None) -> Verdict:
    """What `code` means as the answer to `call`; no code, or an undocumented one, is UNKNOWN."""
    return TABLES[call].get(code or "", Verdict.UNKNOWN)


def authentication(code: str | None) -> Authentication:
    """How far the customer is, from the code of a check."""
    return AUTHENTICATION.get(code or "", Authentication.UNKNOWN)
