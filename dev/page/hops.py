"""A hop of the wire: one request and its answer between the shop and somebody else, and what a person may see of it."""

import dataclasses
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import unquote, urlsplit

JsonObject = dict[str, Any]
Headers = tuple[tuple[str, str], ...]

SHOWN_BYTES = 64 * 1024
GIST_LENGTH = 90
SECRET_SHOWN = 6
REPLAY_HEADER = "x-local-replay"
"""Says of which hop a request is a replay; the gateway keeps it to itself."""

ORDER_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}(?![0-9A-Za-z])")
_TRANSACTION = re.compile(r"(?<!\d)\d{19}(?!\d)")
_PAYMENT_TOKEN = re.compile(r"/web/payment/([\w-]{16,})")
_RETURN_KEY = re.compile(r"/pay/([\w-]{8,})/")
_CHAT = re.compile(r"(?<![0-9A-Za-z])[UC][0-9a-f]{32}(?![0-9A-Za-z])")
_REPLY_TOKEN = re.compile(r'"replyToken":\s*"([0-9a-zA-Z]+)"')
_ACCESS_TOKEN = re.compile(r'("(?:access_token|paymentAccessToken)":\s*")([^"]+)')
# What LINE Pay's check says of a payment that is on its way, or over, is no failure.
_FINE_CODES = {"0000", "0110", "0121", "0122", "0123"}


class Party(StrEnum):
    LINE = "line"
    LINE_PAY = "linePay"
    BROWSER = "browser"
    BACK_OFFICE = "backOffice"
    ORDER_SYSTEM = "orderSystem"
    SHOP = "shop"


class Verdict(StrEnum):
    GOOD = "good"
    BAD = "bad"
    STALE = "stale"  # the right signature, of a time too long ago or too far ahead
    MISSING = "missing"
    NONE = "none"  # none is needed


@dataclass(frozen=True)
class Hop:
    """One exchange. `at` in milliseconds since 1970, by this machine's clock whatever the stand-ins' clocks say.

    A webhook is seen by its sender and by the gateway: it is one hop, and `received_milliseconds` and
    `received_status` are the receiver's view, which differs where the sender did not wait.
    """

    number: int
    at: int
    sender: Party
    receiver: Party
    method: str
    url: str
    request_headers: Headers
    request_body: bytes
    status: int | None
    response_headers: Headers
    response_body: bytes
    milliseconds: float
    signature: Verdict = Verdict.NONE
    checked: str = "none"  # how: a word of the page's wording, `checked_…`
    note: str = ""
    received_milliseconds: float | None = None
    received_status: int | None = None
    replay_of: int | None = None

    @property
    def path(self) -> str:
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.request_headers if key.lower() == name), None)

    @property
    def return_code(self) -> str | None:
        """LINE Pay's own verdict; its HTTP status is always 200."""
        if self.receiver is not Party.LINE_PAY:
            return None
        said = read_json(self.response_body)
        code = said.get("returnCode") if isinstance(said, dict) else None
        return str(code) if code is not None else None

    @property
    def failed(self) -> bool:
        code = self.return_code
        return (
            self.status is None
            or self.status >= 400
            or self.signature in {Verdict.BAD, Verdict.STALE, Verdict.MISSING}
            or (code is not None and code not in _FINE_CODES)
        )

    @property
    def everything(self) -> str:
        """Address and bodies as one text, to look for ids in."""
        return "\n".join((self.url, _text(self.request_body), _text(self.response_body)))


@dataclass(frozen=True)
class Ids:
    """What a hop names: orders by their number, and things that belong to one order or one chat."""

    orders: frozenset[str]
    payments: frozenset[str]  # transactions, tokens of payment pages, keys of return addresses
    chats: frozenset[str]
    reply_tokens: frozenset[str]


def ids_of(hop: Hop) -> Ids:
    text = unquote(hop.everything)
    return Ids(
        orders=frozenset(ORDER_NUMBER.findall(text)),
        payments=frozenset(
            (*_TRANSACTION.findall(text), *_PAYMENT_TOKEN.findall(text), *_RETURN_KEY.findall(text))
        ),
        chats=frozenset(_CHAT.findall(text)),
        reply_tokens=frozenset(_REPLY_TOKEN.findall(text)),
    )


def read_json(body: bytes) -> Any:
    """What the body says, or None when it is not JSON, or nested too deep to be read."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def read_out(said: Any) -> str | None:
    """JSON as a person reads it; None if it is nested too deep to be written."""
    try:
        return json.dumps(said, ensure_ascii=False, indent=2)
    except RecursionError:
        return None


_CALLS = (
    (r"/oauth2/v3/token$|/v2/oauth/accessToken$", "token"),
    (r"/v2/bot/profile/", "profile"),
    (r"/v2/bot/message/(reply|push|multicast)$", ""),
    (r"/payments/(request)$", ""),
    (r"/payments/requests/\d+/(check)$", ""),
    (r"/payments/\d+/(confirm|refund)$", ""),
    (r"/v[34]/payments$", "details"),
    (r"/web/payment/[\w-]+$", "paymentPage"),
    (r"/web/payment/[\w-]+/", "paymentButton"),
    (r"^/pay/[\w-]+/confirm$", "return"),
    (r"^/pay/[\w-]+/cancel$", "returnCancelled"),
    (r"^/quotes/", "quotePage"),
)


def call_of(hop: Hop) -> str:
    """Which call it is, by its path: a word of the page's wording, `call_…`; empty where the gist says it."""
    path = urlsplit(hop.url).path
    for pattern, name in _CALLS:
        found = re.search(pattern, path)
        if found:
            return name or found[1]
    return ""


def gist(hop: Hop) -> str:
    """What it is about, in the words of those who said it: a message, an event's type, LINE Pay's answer."""
    asked, answered = read_json(hop.request_body), read_json(hop.response_body)
    parts: Iterable[str] = ()
    if isinstance(asked, dict) and isinstance(asked.get("events"), list):
        parts = [_event_gist(event) for event in asked["events"] if isinstance(event, dict)] or ["—"]
    elif isinstance(asked, dict) and isinstance(asked.get("messages"), list):
        parts = [_message_gist(message) for message in asked["messages"] if isinstance(message, dict)]
    elif isinstance(asked, dict) and "specversion" in asked:
        status = asked["data"].get("status") if isinstance(asked.get("data"), dict) else None
        parts = [str(part) for part in (asked.get("type"), status, asked.get("subject")) if part]
    elif hop.return_code is not None and isinstance(answered, dict):
        parts = [f"{answered['returnCode']} {answered.get('returnMessage', '')}"]
    text = " · ".join(" ".join(part.split()) for part in parts)
    return text if len(text) <= GIST_LENGTH else f"{text[: GIST_LENGTH - 1]}…"


def _event_gist(event: JsonObject) -> str:
    said = event.get("message", {}).get("text") or event.get("postback", {}).get("data")
    redelivered = event.get("deliveryContext", {}).get("isRedelivery")
    kind = event.get("message", {}).get("type") if event.get("type") == "message" else event.get("type")
    return f"{'↻ ' if redelivered else ''}{said or kind}"


def _message_gist(message: JsonObject) -> str:
    return str(message.get("text") or message.get("altText") or message.get("type"))


# What is shown ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mask:
    """Shortens what opens doors, wherever it stands. Everything else is shown as it is."""

    secrets: tuple[str, ...]

    def text(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, shortened(secret))
        return _ACCESS_TOKEN.sub(lambda found: found[1] + shortened(found[2]), text)

    def header(self, name: str, value: str) -> str:
        if name.lower() == "authorization":
            scheme, _, credentials = value.partition(" ")
            return f"{scheme} {shortened(credentials)}" if credentials else shortened(value)
        return self.text(value)


def shortened(secret: str) -> str:
    return secret if secret.endswith("…") else f"{secret[:SECRET_SHOWN]}…"


def summary(hop: Hop) -> JsonObject:
    """One line of the list."""
    return {
        "number": hop.number,
        "at": hop.at,
        "milliseconds": hop.milliseconds,
        "sender": hop.sender,
        "receiver": hop.receiver,
        "method": hop.method,
        "path": hop.path if len(hop.path) <= 300 else f"{hop.path[:299]}…",
        "call": call_of(hop),
        "gist": gist(hop),
        "status": hop.status,
        "returnCode": hop.return_code,
        "signature": hop.signature,
        "failed": hop.failed,
        "replayOf": hop.replay_of,
        "faulty": hop.note.startswith("fault"),
    }


def detail(hop: Hop, mask: Mask) -> JsonObject:
    """All that can be seen of a hop; long bodies are cut, and say by how much."""
    return {
        **summary(hop),
        "url": mask.text(hop.url),
        "checked": hop.checked,
        "note": hop.note,
        "receivedMilliseconds": hop.received_milliseconds,
        "receivedStatus": hop.received_status,
        "request": {
            "headers": _shown_headers(hop.request_headers, mask),
            "body": shown_body(hop.request_body, mask),
        },
        "response": {
            "headers": _shown_headers(hop.response_headers, mask),
            "body": shown_body(hop.response_body, mask),
        },
        "replays": replays(hop),
    }


def searchable(hop: Hop, mask: Mask) -> str:
    """All of a hop that is shown, as one text: JSON as it reads, not as it is escaped."""
    parts = [f"{hop.method} {mask.text(hop.url)}"]
    for headers, body in (
        (hop.request_headers, hop.request_body),
        (hop.response_headers, hop.response_body),
    ):
        parts += [f"{name}: {value}" for name, value in _shown_headers(headers, mask)]
        parts.append(str(shown_body(body, mask)["text"]))
    return "\n".join(parts)


def replays(hop: Hop) -> list[str]:
    """How it can be sent again: only what others send to the shop is ours to send."""
    if hop.receiver is not Party.SHOP:
        return []
    if hop.sender is Party.LINE:
        return ["exact", "broken"]
    if hop.sender is Party.BACK_OFFICE:
        return ["resigned", "exact", "broken"]
    return ["exact"]


def shown_body(body: bytes, mask: Mask) -> JsonObject:
    said = read_json(body) if len(body) <= SHOWN_BYTES else None
    # Python keeps every digit of a transaction's number, which a browser would not.
    text = read_out(said) if said is not None else None
    if text is not None:
        return {"text": mask.text(text), "bytes": len(body), "cut": 0}
    kept = body[:SHOWN_BYTES]
    return {"text": mask.text(_text(kept)), "bytes": len(body), "cut": len(body) - len(kept)}


def _shown_headers(headers: Headers, mask: Mask) -> list[list[str]]:
    return [[name, mask.header(name, value)] for name, value in headers if name.lower() != REPLAY_HEADER]


def without_replay_mark(hop: Hop) -> Hop:
    """The mark of a replay is ours: it becomes a property of the hop, and no header of it."""
    mark = hop.header(REPLAY_HEADER) or ""
    if not mark.isdigit():
        return hop
    kept = tuple(each for each in hop.request_headers if each[0].lower() != REPLAY_HEADER)
    return dataclasses.replace(hop, request_headers=kept, replay_of=int(mark))


def _text(body: bytes) -> str:
    return body.decode(errors="replace")
