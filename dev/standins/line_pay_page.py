"""The payment page of the LINE Pay stand-in: `/web/payment/{token}`, without scripts, in Chinese and English.

`POST /web/payment/{token}/{action}` is a button: it sends the browser back to the shop, or shows how it ended.
"""

import time
from datetime import timedelta
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from dev.standins.line_pay_reading import DECIMALS, Number
from dev.standins.line_pay_state import (
    Acted,
    Action,
    Hop,
    LinePayPlatform,
    NoSuchPayment,
    Payment,
    PaymentEnded,
    PaymentState,
)

STYLE = Path(__file__).with_name("line_pay.css")
SYMBOLS = {"TWD": "NT$", "THB": "฿", "USD": "US$"}
RETURN_SECONDS = 20.0

BUTTONS = {
    Action.APPROVE: ("同意付款", "Pay"),
    Action.CANCEL: ("取消", "Cancel"),
    Action.INSUFFICIENT: ("餘額不足", "Not enough balance"),
    Action.DECLINE: ("信用卡遭拒", "Card declined"),
    Action.EXPIRE: ("讓付款逾時", "Let it expire"),
    Action.APPROVE_AND_LEAVE: ("同意但不返回", "Pay, but never return"),
    Action.RETURN_TWICE: ("同意並返回兩次", "Pay and return twice"),
    Action.LOSE_ANSWER: ("扣款成功但回應遺失", "Charged, but the answer is lost"),
}
EXPLANATIONS = {
    Action.INSUFFICIENT: (
        "返回商店，商店請款時餘額不足（1142）。",
        "Returns to the shop, whose confirm is refused: 1142.",
    ),
    Action.DECLINE: (
        "返回商店，商店請款時發卡銀行拒絕（1281）。",
        "Returns to the shop, whose confirm is refused: 1281.",
    ),
    Action.EXPIRE: ("付款時間立即結束，這個連結失效。", "The time to pay ends now; this link works no more."),
    Action.APPROVE_AND_LEAVE: (
        "同意付款後關閉視窗，商店要自己發現。",
        "Agrees and closes the window: the shop has to find out.",
    ),
    Action.RETURN_TWICE: (
        "返回網址被開啟兩次，只能扣款一次。",
        "The return address is opened twice; money may move once.",
    ),
    Action.LOSE_ANSWER: (
        "扣款成功，但商店收不到 LINE Pay 的回應。",
        "The money moves, and the shop never hears LINE Pay's answer.",
    ),
}
STANDINGS = {
    PaymentState.REQUESTED: ("等待付款", "Waiting for the payment"),
    PaymentState.AUTHENTICATED: ("已同意付款，等待商店請款", "Agreed; the shop has not confirmed yet"),
    PaymentState.CONFIRMED: ("付款完成", "Paid"),
    PaymentState.CANCELLED: ("已取消付款，沒有扣款", "Cancelled; nothing was charged"),
    PaymentState.EXPIRED: ("付款時間已結束，沒有扣款", "The time to pay is over; nothing was charged"),
    PaymentState.FAILED: ("付款沒有成功，沒有扣款", "Not paid; nothing was charged"),
}


def page_routes(platform: LinePayPlatform) -> list[Route]:
    """The page, its buttons and its style."""

    async def style(_request: Request) -> Response:
        return FileResponse(STYLE, media_type="text/css")

    async def show(request: Request) -> Response:
        at, began = platform.now(), time.perf_counter()
        response = _shown(platform, request, 200)
        _record(platform, request, response, at, began)
        return response

    async def press(request: Request) -> Response:
        at, began = platform.now(), time.perf_counter()
        response = await _pressed(platform, request)
        _record(platform, request, response, at, began)
        return response

    return [
        Route("/web/line-pay.css", style),
        Route("/web/payment/{token}", show),
        Route("/web/payment/{token}/{action}", press, methods=["POST"]),
    ]


async def follow_up(platform: LinePayPlatform, acted: Acted) -> None:
    """Opens the shop's address once from here, where the action asks for it; the answer shows on the wire only."""
    if acted.visit_first is None:
        return
    at, began = platform.now(), time.perf_counter()
    status, note, headers, body = None, "", {}, ""
    async with httpx.AsyncClient(trust_env=False, timeout=RETURN_SECONDS) as client:
        try:
            answer = await client.get(acted.visit_first)
            status, headers, body = answer.status_code, dict(answer.headers), answer.text
        except httpx.HTTPError as error:
            note = type(error).__name__
    platform.record(
        Hop(
            number=0,
            at=int(at * 1000),
            direction="return",
            method="GET",
            url=acted.visit_first,
            path=urlsplit(acted.visit_first).path,
            request_headers={},
            request_body="",
            signature="",
            status=status,
            response_headers=headers,
            response_body=body,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
            note=note,
        )
    )


async def _pressed(platform: LinePayPlatform, request: Request) -> Response:
    try:
        action = Action(request.path_params["action"])
        acted = platform.act(platform.payment_of_token(request.path_params["token"]), action)
    except PaymentEnded:
        return _shown(platform, request, 409)
    except (NoSuchPayment, ValueError):
        return _unknown(request)
    await follow_up(platform, acted)
    if acted.leads_to is None:
        return _shown(platform, request, 200)
    return RedirectResponse(acted.leads_to, 303, headers={"cache-control": "no-store"})


def _shown(platform: LinePayPlatform, request: Request, status: int) -> Response:
    try:
        payment = platform.payment_of_token(request.path_params["token"])
    except NoSuchPayment:
        return _unknown(request)
    mount = request.scope.get("root_path", "")
    shops = {_origin(payment.asked.confirm_url), _origin(payment.asked.cancel_url)}
    return _html(_page(platform, payment, mount, request.url.netloc), status, sorted(shops))


def _unknown(request: Request) -> Response:
    again = (
        "請回到聊天室，重新開啟付款連結。",
        "Please go back to the chat and open the payment link again.",
    )
    content = f'<h1>找不到這筆付款</h1><p class="ended">{_both(again)}</p>'
    return _html(_document("找不到這筆付款", content, request.scope.get("root_path", "")), 404, [])


def _html(text: str, status: int, shops: list[str]) -> Response:
    # A browser applies form-action to where a form's answer redirects, too: back to the shop.
    policy = (
        "default-src 'self'; script-src 'none'; base-uri 'none'; frame-ancestors 'self'; "
        f"form-action {' '.join(["'self'", *shops])}"
    )
    headers = {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    return Response(text, status, headers, "text/html; charset=utf-8")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _both(words: tuple[str, str]) -> str:
    """The same in Chinese and, smaller, in English."""
    return f'<span>{words[0]}</span> <span class="english" lang="en">{words[1]}</span>'


def _document(title: str, content: str, mount: str, address: str = "") -> str:
    """A page as LINE shows it: over the chat, under a bar that says whose page it is."""
    return (
        '<!doctype html>\n<html lang="zh-Hant-TW">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{title}</title>\n<link rel="stylesheet" href="{escape(mount)}/web/line-pay.css">\n</head>\n'
        '<body>\n<header><p class="address"><span class="lock" aria-hidden="true"></span>LINE Pay'
        f"{f' <span>{escape(address)}</span>' if address else ''}</p>"
        '<p class="note">測試用付款頁，不會真的扣款 <span lang="en">A test page: no money moves</span></p></header>\n'
        f"<main>\n{content}\n</main>\n</body>\n</html>\n"
    )


def _page(platform: LinePayPlatform, payment: Payment, mount: str, address: str) -> str:
    asked = payment.asked
    total = shown_amount(asked.amount, asked.currency)
    rows = "\n".join(
        f'<tr><th scope="row">{escape(line["name"])}</th><td>{line["quantity"]}</td>'
        f"<td>{shown_amount(line['price'], asked.currency)}</td>"
        f"<td>{shown_amount(line['quantity'] * line['price'], asked.currency)}</td></tr>"
        for line in asked.lines
    )
    content = (
        f'<div class="sum"><p class="shop">{escape(platform.shop_name)}</p>\n'
        f'<h1><span class="unseen">付款 </span><span class="amount">{total}</span></h1>\n'
        f'<p class="standing {payment.state}" role="status">{_standing(platform, payment)}</p></div>\n'
        "<section>\n<table>\n"
        f"<caption>付款明細 <small>訂單編號 {escape(asked.order_id)}</small></caption>\n"
        '<thead><tr><th scope="col">商品</th><th scope="col">數量</th><th scope="col">單價</th>'
        f'<th scope="col">小計</th></tr></thead>\n<tbody>\n{rows}\n</tbody>\n'
        f'<tfoot><tr><th scope="row" colspan="3">合計</th><td>{total}</td></tr></tfoot>\n</table>\n</section>\n'
    )
    if payment.state is PaymentState.REQUESTED:
        content += _buttons(payment, mount, total)
    else:
        ended = ("可以關閉這個視窗，回到聊天室。", "You can close this window and go back to the chat.")
        content += f'<p class="ended">{_both(ended)}</p>'
    return _document(f"LINE Pay 付款 {total}", content, mount, address)


def _standing(platform: LinePayPlatform, payment: Payment) -> str:
    chinese, english = STANDINGS[payment.state]
    if payment.state is PaymentState.REQUESTED:
        left = timedelta(seconds=payment.expires_at - platform.now())
        minutes = max(1, round(left / timedelta(minutes=1)))
        chinese = f"{chinese}（請在 {minutes} 分鐘內完成）"
        english = f"{english}: {minutes} min left"
    return _both((chinese, english))


def _buttons(payment: Payment, mount: str, total: str) -> str:
    here = f"{escape(mount)}/web/payment/{escape(payment.token)}"

    def button(action: Action, described: str = "", more: str = "") -> str:
        return (
            f'<button type="submit" class="{action}" formaction="{here}/{action}"{described}>'
            f"{_both(BUTTONS[action])}{more}</button>"
        )

    cases = "\n".join(
        f"<li>{button(action, f' aria-describedby="about-{action}"')}"
        f'<p id="about-{action}">{_both(words)}</p></li>'
        for action, words in EXPLANATIONS.items()
    )
    pay = button(Action.APPROVE, more=f" <strong>{total}</strong>")
    return (
        '<form method="post">\n'
        f'<div class="choices">{pay}{button(Action.CANCEL)}</div>\n'
        f"<h2>{_both(('其他結局', 'Other endings'))}</h2>\n<ul>\n{cases}\n</ul>\n</form>"
    )


def shown_amount(amount: Number, currency: str) -> str:
    return f"{SYMBOLS[currency]}{amount:,.{DECIMALS[currency]}f}"


def _record(platform: LinePayPlatform, request: Request, response: Response, at: float, began: float) -> None:
    platform.record(
        Hop(
            number=0,
            at=int(at * 1000),
            direction="browser",
            method=request.method,
            url=str(request.url),
            path=request.url.path,
            request_headers=dict(request.headers),
            request_body="",
            signature="",
            status=response.status_code,
            response_headers=dict(response.headers),
            response_body=bytes(response.body).decode(),
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
        )
    )
