"""What LINE Pay demands of the bodies that it is sent, and the words of its return codes.

Stricter than LINE Pay where that is lenient: numbers in strings are refused, so that a wrong type shows here.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn
from urllib.parse import urlsplit

JsonObject = dict[str, Any]
Number = int | Decimal

DECIMALS = {"TWD": 0, "THB": 2, "USD": 2}
HOST_AND_PORT = re.compile(r"[A-Za-z0-9.:\[\]-]+")
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
LARGEST_AMOUNT = 10_000_000

MESSAGES = {
    "0000": "Success.",
    "0110": "A customer has completed the LINE Pay authentication. The payment can be confirmed.",
    "0121": "The customer cancelled the payment or the time for it is over.",
    "0122": "The payment failed.",
    "0123": "The payment is complete.",
    "1104": "Merchant not found.",
    "1106": "Header information error.",
    "1124": "Amount error.",
    "1142": "Insufficient balance.",
    "1150": "Transaction record not found.",
    "1152": "Transaction has already been made.",
    "1153": "The amount differs from the requested amount.",
    "1155": "Wrong transaction id.",
    "1159": "Payment request information not found.",
    "1163": "The time for a refund is over.",
    "1164": "The refundable amount is exceeded.",
    "1165": "Transaction has already been refunded.",
    "1169": "A payment method and the password have to be chosen in LINE Pay.",
    "1172": "A transaction with this order id exists.",
    "1177": "More than 100 transactions asked for.",
    "1178": "The currency is not supported for this merchant.",
    "1180": "The time for the payment is over.",
    "1183": "The amount has to be more than 0.",
    "1184": "The amount is over the limit.",
    "1190": "The key of the recurring payment does not exist.",
    "1194": "This merchant cannot use recurring payments.",
    "1198": "The request is being processed.",
    "1199": "Internal request error.",
    "1281": "Credit card payment error.",
    "2101": "Parameter error.",
    "2102": "JSON data format error.",
    "9000": "Internal error.",
}


class Refused(Exception):
    """A body that LINE Pay does not take; `code` is its return code."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(f"{MESSAGES[code]} {why}")
        self.code = code


class ReturnUrlType(StrEnum):
    """Who calls the confirm URL: the customer's browser, LINE Pay's server, or nobody."""

    CLIENT = "CLIENT"
    SERVER = "SERVER"
    NONE = "NONE"


@dataclass(frozen=True)
class AskedPayment:
    """The body of a payment request, checked."""

    version: str
    order_id: str
    amount: Number
    currency: str
    packages: tuple[JsonObject, ...]
    confirm_url: str
    cancel_url: str
    confirm_url_type: ReturnUrlType
    locale: str

    @property
    def lines(self) -> list[JsonObject]:
        return [product for package in self.packages for product in package["products"]]


def read_object(raw: bytes) -> JsonObject:
    """The JSON object of a body, its fractions exact. Raises Refused."""
    try:
        body = json.loads(raw, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused("2102", "The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Refused("2102", "The body is not an object.")
    return body


def read_currency(value: Any, accepted: Collection[str]) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Z]{3}", value):
        raise Refused("2101", "currency has to be three capital letters.")
    if value not in accepted or value not in DECIMALS:
        raise Refused("1178", value)
    return value


def read_amount(value: Any, currency: str, name: str) -> Number:
    """A number with no more decimals than its currency has: 100.0 is no amount of TWD. Raises Refused."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refused("2101", f"{name} has to be a number.")
    if isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or DECIMALS[currency] == 0 or -exponent > DECIMALS[currency]:
            raise Refused("1124", f"{name} has more decimals than {currency}.")
    if value < 0:
        raise Refused("1124", f"{name} is negative.")
    return value


def read_request(raw: bytes, version: str, currencies: Collection[str]) -> AskedPayment:
    """A payment request. Raises Refused with 2101, 2102, 1124, 1178, 1183, 1184 or 1194."""
    body = read_object(raw)
    currency = read_currency(body.get("currency"), currencies)
    amount = read_amount(body.get("amount"), currency, "amount")
    order_id = _text(body, "orderId", 100)
    packages = tuple(
        _package(package, f"packages[{index}]", currency)
        for index, package in enumerate(_list(body, "packages"))
    )
    # Only v3 knows a fee of the user's on top of a package.
    fees = [package.get("userFee", 0) if version == "v3" else 0 for package in packages]
    if amount != sum(package["amount"] for package in packages) + sum(fees):
        raise Refused("2101", "amount is not the sum of the packages' amounts.")
    if amount == 0:
        raise Refused("1183", "")
    if amount > LARGEST_AMOUNT:
        raise Refused("1184", "")
    options = _object(body, "options", needed=False)
    payment = _object(options, "payment", needed=False)
    if payment.get("payType", "NORMAL") != "NORMAL":
        raise Refused("1194", "")
    if payment.get("capture", True) is not True:
        raise Refused("2101", "options.payment.capture: this merchant takes money at the confirm.")
    urls = _object(body, "redirectUrls")
    kind = urls.get("confirmUrlType", "CLIENT")
    if kind not in set(ReturnUrlType):
        raise Refused("2101", "redirectUrls.confirmUrlType is none of CLIENT, SERVER, NONE.")
    return AskedPayment(
        version=version,
        order_id=order_id,
        amount=amount,
        currency=currency,
        packages=packages,
        confirm_url=_return_url(urls, "confirmUrl"),
        cancel_url=_return_url(urls, "cancelUrl"),
        confirm_url_type=ReturnUrlType(kind),
        locale=str(_object(options, "display", needed=False).get("locale", "en")),
    )


def _package(value: Any, place: str, currency: str) -> JsonObject:
    if not isinstance(value, dict):
        raise Refused("2101", f"{place} has to be an object.")
    _text(value, "id", 50, place)
    _text(value, "name", 100, place, needed=False)
    amount = read_amount(value.get("amount"), currency, f"{place}.amount")
    if "userFee" in value:
        read_amount(value["userFee"], currency, f"{place}.userFee")
    total: Number = 0
    for index, product in enumerate(_list(value, "products", place)):
        total += _product(product, f"{place}.products[{index}]", currency)
    if total != amount:
        raise Refused("2101", f"{place}.amount is not the sum of price times quantity.")
    return value


def _product(value: Any, place: str, currency: str) -> Number:
    """What one line comes to."""
    if not isinstance(value, dict):
        raise Refused("2101", f"{place} has to be an object.")
    _text(value, "name", 4000, place)
    _text(value, "id", 50, place, needed=False)
    _text(value, "imageUrl", 500, place, needed=False)
    quantity = value.get("quantity")
    if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 1:
        raise Refused("2101", f"{place}.quantity has to be a whole number from 1.")
    if "originalPrice" in value:
        read_amount(value["originalPrice"], currency, f"{place}.originalPrice")
    return quantity * read_amount(value.get("price"), currency, f"{place}.price")


def _return_url(urls: JsonObject, name: str) -> str:
    """HTTPS, as LINE Pay demands; plain HTTP only to this machine."""
    url = _text(urls, name, 500, "redirectUrls")
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    except ValueError:
        secure = False
    if not secure or not HOST_AND_PORT.fullmatch(parts.netloc):
        raise Refused("2101", f"redirectUrls.{name} has to be an https address.")
    return url


def _text(value: JsonObject, name: str, most: int, place: str = "", *, needed: bool = True) -> str:
    full = f"{place}.{name}" if place else name
    found = value.get(name)
    if found is None and not needed:
        return ""
    if not isinstance(found, str) or not found or len(found) > most:
        raise Refused("2101", f"{full} has to be a text of 1 to {most} characters.")
    return found


def _list(value: JsonObject, name: str, place: str = "") -> list[Any]:
    found = value.get(name)
    if not isinstance(found, list) or not found:
        raise Refused("2101", f"{f'{place}.' if place else ''}{name} has to be a list with something in it.")
    return found


def _object(value: JsonObject, name: str, *, needed: bool = True) -> JsonObject:
    found = value.get(name)
    if found is None and not needed:
        return {}
    if not isinstance(found, dict):
        raise Refused("2101", f"{name} has to be an object.")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
