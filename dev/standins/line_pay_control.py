"""The control of the LINE Pay stand-in over HTTP: payments, what customers do with them, faults, time, the wire.

Routes under `/_local/line-pay`, JSON in and out. A request with a body has to say `application/json`, so that no
foreign web page can send one unasked. Transaction ids are texts here: a browser's numbers would lose digits.
"""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.standins.line_pay_faults import Effect, Fault, Reply
from dev.standins.line_pay_page import follow_up
from dev.standins.line_pay_state import (
    Action,
    Hop,
    LinePayPlatform,
    NoSuchPayment,
    Payment,
    PaymentEnded,
    plain,
)

JsonObject = dict[str, Any]
Handler = Callable[[Request, JsonObject], Awaitable[JsonObject]]


class Unusable(ValueError):
    """The request says something that nothing can be done with."""


def hop_json(hop: Hop) -> JsonObject:
    return dataclasses.asdict(hop)


def payment_json(payment: Payment) -> JsonObject:
    asked = payment.asked
    return {
        "transactionId": str(payment.transaction_id),
        "orderId": asked.order_id,
        "state": payment.state.value,
        "amount": plain(asked.amount),
        "currency": asked.currency,
        "pagePath": f"/web/payment/{payment.token}",
        "confirmUrl": asked.confirm_url,
        "cancelUrl": asked.cancel_url,
        "requestedAt": payment.requested_at,
        "expiresAt": payment.expires_at,
        "payInfo": payment.pay_info,
        "refunds": [
            {
                "refundTransactionId": str(refund.transaction_id),
                "amount": plain(refund.amount),
                "at": refund.at,
            }
            for refund in payment.refunds
        ],
    }


def line_pay_control_routes(platform: LinePayPlatform, prefix: str = "/_local/line-pay") -> list[Route]:
    """The routes to add to the local port; `prefix` stands before each."""
    control = _Control(platform)
    payment = f"{prefix}/transactions/{{transaction_id:int}}"
    return [
        _route("GET", f"{prefix}/transactions", control.transactions),
        _route("GET", payment, control.transaction),
        _route("POST", f"{payment}/{{action}}", control.act),
        _route("GET", f"{prefix}/faults", control.faults),
        _route("POST", f"{prefix}/faults", control.add_faults),
        _route("DELETE", f"{prefix}/faults", control.clear_faults),
        _route("GET", f"{prefix}/clock", control.clock),
        _route("POST", f"{prefix}/clock", control.advance),
        _route("GET", f"{prefix}/wire", control.wire),
    ]


class _Control:
    """One method per route."""

    def __init__(self, platform: LinePayPlatform) -> None:
        self._platform = platform

    async def transactions(self, request: Request, _body: JsonObject) -> JsonObject:
        """All payments, oldest first; `?orderId=` narrows them down."""
        wanted = request.query_params.get("orderId")
        payments = [self._platform.payment(each) for each in self._platform.payments]
        return {
            "transactions": [
                payment_json(payment) for payment in payments if wanted in {None, payment.asked.order_id}
            ]
        }

    async def transaction(self, request: Request, _body: JsonObject) -> JsonObject:
        return payment_json(self._platform.payment(request.path_params["transaction_id"]))

    async def act(self, request: Request, _body: JsonObject) -> JsonObject:
        """As the customer: the buttons of the payment page. `leadsTo` is where the browser would be sent."""
        payment = self._platform.payment(request.path_params["transaction_id"])
        acted = self._platform.act(payment, Action(request.path_params["action"]))
        await follow_up(self._platform, acted)
        return {**payment_json(payment), "leadsTo": acted.leads_to}

    async def faults(self, _request: Request, _body: JsonObject) -> JsonObject:
        return {
            "faults": [
                {
                    "call": scripted.call,
                    "transactionId": None
                    if scripted.transaction_id is None
                    else str(scripted.transaction_id),
                    "effect": scripted.fault.effect.value,
                    "seconds": scripted.fault.seconds,
                    "reply": scripted.fault.reply.value,
                    "code": scripted.fault.return_code,
                }
                for scripted in self._platform.faults.waiting()
            ]
        }

    async def add_faults(self, request: Request, body: JsonObject) -> JsonObject:
        """`call` with `effect`, `seconds`, `reply` and `code`; `times` for the same one more than once."""
        fault = Fault(
            effect=Effect(body.get("effect", Effect.NONE)),
            seconds=float(body.get("seconds", 0.0)),
            reply=Reply(body.get("reply", Reply.CODE if "code" in body else Reply.NOTHING)),
            return_code=str(body.get("code", "")),
        )
        transaction_id = body.get("transactionId")
        self._platform.faults.script(
            str(body["call"]),
            *[fault] * int(body.get("times", 1)),
            transaction_id=None if transaction_id is None else int(transaction_id),
        )
        return await self.faults(request, body)

    async def clear_faults(self, request: Request, body: JsonObject) -> JsonObject:
        self._platform.faults.clear()
        return await self.faults(request, body)

    async def clock(self, _request: Request, _body: JsonObject) -> JsonObject:
        return {"now": self._platform.now()}

    async def advance(self, request: Request, body: JsonObject) -> JsonObject:
        seconds = float(body["advanceSeconds"])
        if seconds < 0:
            raise Unusable("time does not go back")
        self._platform.advance(seconds)
        return await self.clock(request, body)

    async def wire(self, request: Request, _body: JsonObject) -> JsonObject:
        since = int(request.query_params.get("since", "0"))
        hops = self._platform.wire[since:]
        return {"hops": [hop_json(hop) for hop in hops], "next": since + len(hops)}


def _route(method: str, path: str, handler: Handler) -> Route:
    async def handle(request: Request) -> Response:
        try:
            body = await _body(request) if method == "POST" else {}
            return JSONResponse(await handler(request, body))
        except NoSuchPayment as error:
            return JSONResponse({"message": f"no payment {error}"}, 404)
        except PaymentEnded as error:
            return JSONResponse({"message": f"the payment is {error}"}, 409)
        except KeyError as error:
            return JSONResponse({"message": f"{error.args[0]} is missing"}, 400)
        except (ValueError, TypeError) as error:
            return JSONResponse({"message": str(error)}, 400)

    return Route(path, handle, methods=[method])


async def _body(request: Request) -> JsonObject:
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Unusable("send application/json")
    body = await request.json()
    if not isinstance(body, dict):
        raise Unusable("send an object")
    return dict(body)
