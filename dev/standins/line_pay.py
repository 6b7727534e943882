"""The LINE Pay stand-in: a real server that behaves towards the shop as LINE Pay's Online API does.

`LinePayPlatform` holds payments, faults and the wire; `line_pay_app` is what the shop calls (mount it where
`LINE_PAY_BASE_URL` points) and holds the payment page; `line_pay_control_routes` is how others act on it.
"""

from dev.standins.line_pay_api import line_pay_app, mac
from dev.standins.line_pay_control import hop_json, line_pay_control_routes, payment_json
from dev.standins.line_pay_faults import Effect, Fault, Faults, Reply
from dev.standins.line_pay_state import (
    Acted,
    Action,
    Hop,
    LinePayPlatform,
    NoSuchPayment,
    Payment,
    PaymentEnded,
    PaymentState,
    with_ids,
)

__all__ = [
    "Acted",
    "Action",
    "Effect",
    "Fault",
    "Faults",
    "Hop",
    "LinePayPlatform",
    "NoSuchPayment",
    "Payment",
    "PaymentEnded",
    "PaymentState",
    "Reply",
    "hop_json",
    "line_pay_app",
    "line_pay_control_routes",
    "mac",
    "payment_json",
    "with_ids",
]
