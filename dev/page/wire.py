"""The wire: every hop between the shop and the others, from all that see one, newest last, no request twice.

The stand-ins and the gateway tell of requests when they are over. A webhook is told of by LINE's stand-in, which sent
it, and by the gateway, which passed it on; so is a return address that LINE Pay's stand-in opens by itself.
"""

import dataclasses
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from dev.local.context import CallLog, ProxiedCall
from dev.page.feed import Feed, News
from dev.page.hops import (
    Headers,
    Hop,
    Ids,
    Mask,
    Party,
    Verdict,
    ids_of,
    searchable,
    summary,
    without_replay_mark,
)
from dev.page.signatures import judge_bearer, judge_standard_webhook, judge_webhook
from dev.standins.line_pay_api import mac
from dev.standins.line_pay_state import Hop as LinePayHop
from dev.standins.line_pay_state import LinePayPlatform
from dev.standins.line_platform import Hop as LineHop
from dev.standins.line_platform import LinePlatform

JsonObject = dict[str, Any]

KEPT_HOPS = 500
SAME_MOMENT_MS = 250  # two clocks are read a little apart
_MAC, _NONCE = "x-line-authorization", "x-line-authorization-nonce"


class Secrets(Protocol):
    """What the others of a local run sign with."""

    @property
    def wms_secret(self) -> str: ...
    @property
    def outgoing_secret(self) -> str: ...


class Wire:
    """Keeps the latest hops and tells the feed of each. `clock` gives seconds since 1970."""

    def __init__(
        self,
        feed: Feed,
        line: LinePlatform,
        line_pay: LinePayPlatform | None,
        proxied: CallLog | None,
        secrets: Secrets,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._feed = feed
        self._line = line
        self._line_pay = line_pay
        self._secrets = secrets
        self._clock = clock
        self._hops: OrderedDict[int, Hop] = OrderedDict()
        self._ids: dict[int, Ids] = {}
        self._texts: dict[int, str] = {}
        self._half_seen: dict[int, str] = {}  # hop: who told of it, of two that will
        self._count = 0
        known = [line.channel_secret, secrets.wms_secret, secrets.outgoing_secret]
        known += [line_pay.channel_secret] if line_pay else []
        known += [getattr(secrets, "shop_secret", "")]
        self.mask = Mask(tuple(each for each in known if each))
        feed.register(self._what_is_there)
        line.on_hop.append(self._from_line)
        if line_pay is not None:
            line_pay.on_hop.append(self._from_line_pay)
        if proxied is not None:
            proxied.on_call.append(self._from_gateway)

    def hop(self, number: int) -> Hop | None:
        return self._hops.get(number)

    def standard_secret(self, hop: Hop) -> str | None:
        """What the sender of a Standard Webhooks event signs with; None for a source that nobody knows."""
        if hop.receiver is Party.ORDER_SYSTEM:
            return self._secrets.outgoing_secret
        source = urlsplit(hop.url).path.removeprefix("/hooks/")
        return getattr(self._secrets, f"{source}_secret", None)

    # What is looked for ------------------------------------------------------------------------------------

    def find(self, order: str = "", search: str = "") -> list[int]:
        """The numbers of the hops of an order that contain a text, in any spelling of capitals."""
        found = self._of_order(order) if order else list(self._hops)
        wanted = search.casefold()
        return [number for number in found if wanted in self._searched(self._hops[number])]

    def _searched(self, hop: Hop) -> str:
        if hop.number not in self._texts:
            self._texts[hop.number] = searchable(hop, self.mask).casefold()
        return self._texts[hop.number]

    def _of_order(self, order: str) -> list[int]:
        """Hops that name the order; those about its payments; those of its chat, from the order before to the next.

        Payments are known by LINE Pay's request, which names the order's number and gives the payment its own; the
        chat is the one that the order's number was sent to.
        """
        named = [number for number, ids in self._ids.items() if order in ids.orders]
        payments = {
            payment
            for number in named
            if self._hops[number].path.endswith("/payments/request")
            for payment in self._ids[number].payments
        }
        chats = self._chats_told(named)
        begins, ends = self._around(order, chats)
        return [
            number
            for number, ids in self._ids.items()
            if order in ids.orders
            or ids.payments & payments
            or (not ids.orders and begins <= self._hops[number].at <= ends and self._chats_of(number) & chats)
        ]

    def _chats_told(self, numbers: list[int]) -> set[str]:
        return {
            chat
            for number in numbers
            if self._hops[number].receiver is Party.LINE
            for chat in self._chats_of(number)
        }

    def _chats_of(self, number: int) -> set[str]:
        """The chats that a hop with LINE is about: named in it, or known by the reply token that it uses."""
        hop, ids = self._hops[number], self._ids[number]
        if Party.LINE not in {hop.sender, hop.receiver}:
            return set()
        if hop.receiver is Party.LINE and ids.reply_tokens:
            return {
                chat
                for other, others in self._ids.items()
                if others.reply_tokens & ids.reply_tokens and self._hops[other].sender is Party.LINE
                for chat in self._customers(others)
            }
        return self._customers(ids)

    def _customers(self, ids: Ids) -> set[str]:
        return set(ids.chats) - {self._line.bot_user_id}

    def _around(self, order: str, chats: set[str]) -> tuple[float, float]:
        """From when the chat's order before this one was first named, to when the next one was."""
        first: dict[str, int] = {}
        for number, ids in self._ids.items():
            hop = self._hops[number]
            if len(ids.orders) == 1 and hop.receiver is Party.LINE and self._chats_of(number) & chats:
                [named] = ids.orders
                first.setdefault(named, hop.at)
        own = first.get(order, 0)
        earlier = [at for named, at in first.items() if named != order and at <= own]
        later = [at for named, at in first.items() if named != order and at > own]
        return max(earlier, default=0), min(later, default=float("inf"))

    # What is told ------------------------------------------------------------------------------------------

    def _from_line(self, told: LineHop) -> None:
        webhook = told.direction == "webhook"
        sender, receiver = (Party.LINE, Party.SHOP) if webhook else (Party.SHOP, Party.LINE)
        hop = self._told(told, sender, receiver)
        if webhook:
            verdict, checked = judge_webhook(hop, self._line.channel_secret)
            self._seen_by("sender", dataclasses.replace(hop, signature=verdict, checked=checked))
            return
        self._keep(self._judged_call(hop))

    def _judged_call(self, hop: Hop) -> Hop:
        if urlsplit(hop.url).path.endswith(("/oauth2/v3/token", "/v2/oauth/accessToken")):
            form = parse_qs(hop.request_body.decode(errors="replace"))
            given = form.get("client_secret", [""])[0]
            right = given == self._line.channel_secret
            verdict = (Verdict.GOOD if right else Verdict.BAD) if given else Verdict.MISSING
            return dataclasses.replace(hop, signature=verdict, checked="clientSecret")
        verdict, checked = judge_bearer(hop, self._line.tokens.authorise)
        return dataclasses.replace(hop, signature=verdict, checked=checked)

    def _from_line_pay(self, told: LinePayHop) -> None:
        parties = {
            "api": (Party.SHOP, Party.LINE_PAY),
            "browser": (Party.BROWSER, Party.LINE_PAY),
            "return": (Party.LINE_PAY, Party.SHOP),
        }
        sender, receiver = parties[told.direction]
        verdict = Verdict(told.signature) if told.signature else Verdict.NONE
        checked = "linePay" if told.signature else "none"
        hop = dataclasses.replace(self._told(told, sender, receiver), signature=verdict, checked=checked)
        if told.direction == "return":
            self._seen_by("sender", hop)
        else:
            self._keep(hop)

    def _from_gateway(self, call: ProxiedCall) -> None:
        path = urlsplit(call.target).path
        sender = Party.BROWSER
        if path.startswith("/line/"):
            sender = Party.LINE
        elif path.startswith("/hooks/"):
            sender = Party.BACK_OFFICE
        host = next((value for name, value in call.request_headers if name.lower() == "host"), "127.0.0.1")
        hop = self._new(
            sender=sender,
            receiver=Party.SHOP,
            method=call.method,
            url=f"http://{host}{call.target}",
            request_headers=call.request_headers,
            request_body=call.request_body,
            status=call.status,
            response_headers=call.response_headers,
            response_body=call.response_body,
            milliseconds=call.milliseconds,
            received_milliseconds=call.milliseconds,
            received_status=call.status,
        )
        verdict, checked = Verdict.NONE, "link"
        if sender is Party.LINE:
            verdict, checked = judge_webhook(hop, self._line.channel_secret)
        elif sender is Party.BACK_OFFICE:
            secret = self.standard_secret(hop)
            verdict, checked = judge_standard_webhook(hop, secret, self._clock(), "standardWebhook")
        self._seen_by("receiver", dataclasses.replace(hop, signature=verdict, checked=checked))

    def order_system(
        self, url: str, headers: Headers, body: bytes, status: int, answer: bytes, milliseconds: float
    ) -> None:
        """The shop told its order system of something, and got this answer."""
        hop = self._new(
            sender=Party.SHOP,
            receiver=Party.ORDER_SYSTEM,
            method="POST",
            url=url,
            request_headers=headers,
            request_body=body,
            status=status,
            response_headers=(("content-type", "application/json"),),
            response_body=answer,
            milliseconds=milliseconds,
        )
        verdict, checked = judge_standard_webhook(
            hop, self._secrets.outgoing_secret, self._clock(), "standardWebhook"
        )
        self._keep(dataclasses.replace(hop, signature=verdict, checked=checked))

    # Keeping -----------------------------------------------------------------------------------------------

    def _told(self, told: LineHop | LinePayHop, sender: Party, receiver: Party) -> Hop:
        """What a stand-in saw; nothing is judged yet."""
        return self._new(
            sender=sender,
            receiver=receiver,
            method=told.method,
            url=told.url,
            request_headers=tuple(told.request_headers.items()),
            request_body=told.request_body.encode(),
            status=told.status,
            response_headers=tuple(told.response_headers.items()),
            response_body=told.response_body.encode(),
            milliseconds=told.milliseconds,
            note=told.note,
        )

    def _new(self, **facts: Any) -> Hop:
        ended = self._clock() * 1000
        return without_replay_mark(Hop(number=0, at=round(ended - facts["milliseconds"]), **facts))

    def _seen_by(self, end: str, hop: Hop) -> None:
        """One of two ends tells: with the other one's view it is one hop."""
        for number, seen_by in reversed(self._half_seen.items()):
            other = self._hops[number]
            sent, received = (hop, other) if end == "sender" else (other, hop)
            if seen_by != end and _same_request(sent, received):
                del self._half_seen[number]
                self._store(_joined(number, sent, received))
                return
        self._half_seen[self._keep(hop)] = end

    def _keep(self, hop: Hop) -> int:
        self._count += 1
        self._store(dataclasses.replace(hop, number=self._count))
        while len(self._hops) > KEPT_HOPS:
            oldest, _ = self._hops.popitem(last=False)
            for known in (self._ids, self._texts, self._half_seen):
                known.pop(oldest, None)
        return self._count

    def _store(self, hop: Hop) -> None:
        self._hops[hop.number] = hop
        self._ids[hop.number] = ids_of(hop)
        self._texts.pop(hop.number, None)
        self._feed.tell("hop", self._summary(hop))

    def _summary(self, hop: Hop) -> JsonObject:
        shown = summary(hop)
        return {**shown, "path": self.mask.text(shown["path"]), "gist": self.mask.text(shown["gist"])}

    def _what_is_there(self) -> list[News]:
        return [("hops", [self._summary(hop) for hop in self._hops.values()])]

    # Sending again -----------------------------------------------------------------------------------------

    def whole_headers(self, hop: Hop) -> Headers:
        """The request's headers as they were; LINE Pay's stand-in shows its own signatures shortened only."""
        if hop.receiver is not Party.LINE_PAY or self._line_pay is None or not hop.header(_MAC):
            return hop.request_headers
        parts = urlsplit(hop.url)
        signed = hop.request_body if hop.method == "POST" else parts.query.encode()
        signed_path = parts.path[parts.path.find("/v") :]
        whole = mac(self._line_pay.channel_secret, signed_path, signed, hop.header(_NONCE) or "")
        return tuple(
            (name, whole if name.lower() == _MAC and hop.signature is Verdict.GOOD else value)
            for name, value in hop.request_headers
        )


def _same_request(sent: Hop, received: Hop) -> bool:
    begins, ends = sent.at - SAME_MOMENT_MS, sent.at + sent.milliseconds + SAME_MOMENT_MS
    body = received.request_body.decode(errors="replace").encode()  # as the stand-ins keep it
    return (
        (sent.method, sent.path, sent.request_body) == (received.method, received.path, body)
        and sent.header("x-line-signature") == received.header("x-line-signature")
        and sent.replay_of == received.replay_of
        and begins <= received.at <= ends
    )


def _joined(number: int, sent: Hop, received: Hop) -> Hop:
    """The sender's view, with the body's exact bytes and what the receiver saw of the answer."""
    return dataclasses.replace(
        sent,
        number=number,
        request_headers=sent.request_headers or received.request_headers,
        request_body=received.request_body,
        received_milliseconds=received.received_milliseconds,
        received_status=received.received_status,
    )
