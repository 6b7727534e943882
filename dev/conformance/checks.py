"""All that docs/back-office.md says about the door, tried out: one result for each request.

Without an order nothing of it can reach a customer: what is taken speaks of orders that are never given out, in
words that no shop knows, and waits for a person.
"""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from dev.conformance import probes
from dev.conformance.door import Answer, Door, Json, encoded
from dev.conformance.probes import Probe
from storefront.contracts.back_office import ABOUT_AN_ORDER
from storefront.domain.shipment import ShipmentStatus
from storefront.services.shipping import NewsKind

NO_ORDER: Final = "00000-00000"
"""An order number has a letter in it, so this one is nobody's."""

UNKNOWN_TYPE: Final = "conformance.check.v1"
SECONDS_AT_MOST: Final = 10.0
_S = ShipmentStatus
TO_A_DOOR: Final = (_S.PREPARING, _S.LABEL_CREATED, _S.SHIPPED, _S.OUT_FOR_DELIVERY, _S.DELIVERED)
TO_A_STORE: Final = (_S.PREPARING, _S.LABEL_CREATED, _S.SHIPPED, _S.READY_FOR_PICKUP, _S.PICKED_UP)


class Verdict(StrEnum):
    """What became of a check."""

    OK = "ok"
    FAILED = "FAIL"
    LEFT_OUT = "-"


@dataclass(frozen=True)
class Result:
    """One line of the report."""

    section: str
    name: str
    verdict: Verdict
    status: int | None
    told: str


@dataclass
class Conformance:
    """One run against one door. `order_number` is an order of the tester's own, whose customer may hear of it."""

    door: Door
    order_number: str = ""
    to_a_store: bool = False
    run: str = field(default_factory=lambda: secrets.token_hex(4))
    may_say: frozenset[str] = frozenset()
    refusals: set[str] = field(default_factory=set)

    def results(self) -> Iterator[Result]:
        """Every check, in order.

        Raises:
            Unreachable: nobody answers at the address.
        """
        self.door.compare_clocks()
        yield from self._scope()
        base = self._harmless()
        if base is None:
            yield Result(
                "taken", "a signed event", Verdict.FAILED, None, "this secret may send nothing at all"
            )
            return
        for probe in probes.proven(self.door, base):
            yield self._judged("taken", probe)
        yield from self._unknown()
        for probe in probes.unproven(self.door, base):
            yield self._judged("not proven", probe)
        yield self._all_alike()
        for probe, where in probes.no_events(self.door, self._event(str(base["type"]))):
            yield self._judged("no event", probe, where)
        yield from self._wrong_data()
        yield self._judged("refused", probes.too_large(self.door, self._event(str(base["type"]))))
        yield from self._same_id(base)
        yield from self._nobody(base)
        if self.order_number:
            yield from self._walk()

    # Events ----------------------------------------------------------------------------------------------

    def _event(self, kind: str, name: str = "", **changes: object) -> Json:
        """An event of this run; each `name` is an id of its own."""
        event_id = f"conformance-{self.run}-{name or secrets.token_hex(4)}"
        return {
            "specversion": "1.0",
            "id": event_id,
            "source": "/conformance",
            "type": kind,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "datacontenttype": "application/json",
            "data": {},
            **changes,
        }

    def _harmless(self) -> Json | None:
        """An event that is taken and changes nothing, of a type that this source may send."""
        nothing = f"CONFORMANCE-{self.run}"
        data: dict[str, Json] = {
            NewsKind.SHIPMENT: {"shipmentId": nothing, "status": "shipped", "note": "測試"},
            NewsKind.STOCK: {"sku": nothing, "onHand": 0, "version": 1},
            NewsKind.CANCEL: {"reason": "conformance 測試"},
            NewsKind.REFUND: {"amount": 1, "reason": "conformance 測試"},
            NewsKind.APPROVAL: {"approvalId": nothing, "decision": "decline", "by": "conformance"},
            NewsKind.PRODUCT: {
                "sku": nothing,
                "kind": "service",
                "name_zh_tw": "測試",
                "unit": "time",
                "price_twd": 1,
                "return_policy": "service",
                "active": "no",
                "version": 1,
            },
        }
        for kind, told in data.items():
            if kind in self.may_say:
                about = {"subject": NO_ORDER} if kind in ABOUT_AN_ORDER else {}
                return self._event(kind, "base", data=told, **about)
        return None

    # Checks ----------------------------------------------------------------------------------------------

    def _scope(self) -> Iterator[Result]:
        """Which types this source may send: one with no data in it is 400 if it may, 403 if not, and never taken."""
        may: set[str] = set()
        for kind in NewsKind:
            answer = self.door.send(self._event(kind, data={"amount": 0, "reason": []}))
            if answer.status == 400:
                may.add(kind)
            probe = Probe(f"{kind} with wrong data", frozenset({400, 403}))
            yield self._judge("scope", probe, answer, "type" if answer.status == 403 else "data")
        self.may_say = frozenset(may)
        if len(may) == len(NewsKind):
            yield Result(
                "scope",
                "a type that is not this source's",
                Verdict.LEFT_OUT,
                None,
                "this secret may send every type",
            )

    def _unknown(self) -> Iterator[Result]:
        """What the shop does not know is taken too, unless it is out of scope."""
        unknown = [(f"an unknown type ({UNKNOWN_TYPE})", self._event(UNKNOWN_TYPE))]
        if NewsKind.SHIPMENT in self.may_say:
            event = self._event(
                NewsKind.SHIPMENT,
                subject=NO_ORDER,
                traceparent="00-1-2-03",
                data={"shipmentId": "S1", "status": "conformance", "weight": {"grams": 900}},
            )
            unknown.append(("an unknown status and unknown fields", event))
        for name, event in unknown:
            answer = self.door.send(event)
            probe = Probe(name, frozenset({202}))
            if answer.status == 403 and event["type"] == UNKNOWN_TYPE:
                probe = Probe(name, frozenset({403}))
            yield self._judge("taken", probe, answer)

    def _all_alike(self) -> Result:
        """Why a proof failed is nobody's to know who has none."""
        alike = len(self.refusals) == 1
        told = "" if alike else " / ".join(sorted(self.refusals))
        return Result(
            "not proven", "every 401 says the same", Verdict.OK if alike else Verdict.FAILED, None, told
        )

    def _wrong_data(self) -> Iterator[Result]:
        wrong: list[tuple[str, str, Json, str]] = [
            ("a parcel without a name", NewsKind.SHIPMENT, {"status": "shipped"}, "data.shipmentId"),
            ("a parcel without a status", NewsKind.SHIPMENT, {"shipmentId": "S1"}, "data.status"),
            ("a count below zero", NewsKind.STOCK, {"sku": "A", "onHand": -1, "version": 1}, "data.onHand"),
            ("half a dollar back", NewsKind.REFUND, {"amount": 1.5, "reason": ""}, "data.amount"),
        ]
        for name, kind, data, where in wrong:
            if kind not in self.may_say:
                yield Result("no event", name, Verdict.LEFT_OUT, None, f"this secret may not send {kind}")
                continue
            answer = self.door.send(self._event(kind, data=data, subject=NO_ORDER))
            yield self._judge("no event", Probe(name, frozenset({400})), answer, where)

    def _same_id(self, base: Json) -> Iterator[Result]:
        other = {**base, "time": "2026-01-01T00:00:00+00:00"}
        answer = self.door.send(other)
        yield self._judge("refused", Probe("a taken id with another body", frozenset({409})), answer)
        answer = self.door.send(base)
        yield self._judge("taken", Probe("the first body once more", frozenset({202})), answer)

    def _nobody(self, base: Json) -> Iterator[Result]:
        body = encoded(base)
        good = self.door.headers(body, str(base["id"]))
        nobody = f"conformance-{self.run}"
        answer = self.door.post(body, good, source=nobody)
        yield self._judge("refused", Probe("a source that there is not", frozenset({404})), answer)
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            answer = self.door.post(b"" if method == "GET" else body, good, method=method)
            probe = Probe(f"{method} instead of POST", frozenset({404, 405}), gateway_may_answer=True)
            yield self._judge("refused", probe, answer)

    def _walk(self) -> Iterator[Result]:
        """A parcel of the tester's own order from the shelf to the customer, then one event that comes too late."""
        if NewsKind.SHIPMENT not in self.may_say:
            told = f"this secret may not send {NewsKind.SHIPMENT}"
            yield Result("parcel", self.order_number, Verdict.FAILED, None, told)
            return
        way = TO_A_STORE if self.to_a_store else TO_A_DOOR
        steps = [*((status, status.value) for status in way), (_S.SHIPPED, "shipped once more, too late")]
        for status, name in steps:
            data: Json = {
                "shipmentId": f"conformance-{self.run}",
                "status": status.value,
                "carrier": "seven" if self.to_a_store else "tcat",
                "trackingNumber": "905512345678",
            }
            if status is _S.READY_FOR_PICKUP:
                data["store"] = {"name": "測試門市"}
            answer = self.door.send(self._event(NewsKind.SHIPMENT, subject=self.order_number, data=data))
            probe = Probe(f"{self.order_number} {name}", frozenset({202}))
            yield self._judge("parcel", probe, answer)

    # Judging ---------------------------------------------------------------------------------------------

    def _judged(self, section: str, probe: Probe, where: str = "") -> Result:
        answer = self.door.post(probe.body, probe.headers, content_type=probe.content_type)
        return self._judge(section, probe, answer, where)

    def _judge(self, section: str, probe: Probe, answer: Answer, where: str = "") -> Result:
        """The right status, a reason that begins with the place, and within ten seconds."""
        if answer.status == 401 and answer.reason:
            self.refusals.add(answer.reason)
        wrong = None
        if answer.status not in probe.wanted:
            wanted = " or ".join(str(status) for status in sorted(probe.wanted))
            wrong = f"wanted {wanted}: {answer.reason or answer.body}"
        elif answer.reason is None and not probe.gateway_may_answer:
            wrong = f'no {{"reason": "…"}} in the answer: {answer.body}'
        elif where and not (answer.reason or "").startswith(where):
            wrong = f"wanted a reason that begins with {where}: {answer.reason}"
        elif answer.seconds > SECONDS_AT_MOST:
            wrong = f"took {answer.seconds:.0f} s"
        verdict = Verdict.OK if wrong is None else Verdict.FAILED
        return Result(section, probe.name, verdict, answer.status, wrong or answer.reason or answer.body)
