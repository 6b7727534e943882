"""Requests that a door has to refuse, or bear with: what is wrong with each, and its answer."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from dev.conformance.door import Door, Headers, Json, encoded
from dev.driver.back_office import sign
from storefront.adapters.http_api import LARGEST_BODY
from storefront.adapters.signatures import TOLERANCE_SECONDS

ANOTHER_SECRET: Final = f"whsec_{base64.b64encode(b'another secret').decode()}"
MARGIN_SECONDS: Final = 30
"""How far from the tolerance the checks stay: clocks and networks are not exact."""


@dataclass(frozen=True)
class Probe:
    """One request: what is special about it, and the statuses that are right for it.

    An answer of the gateway before the door needs no reason.
    """

    name: str
    wanted: frozenset[int]
    body: bytes = b""
    headers: Headers = ()
    content_type: str = "application/cloudevents+json"
    gateway_may_answer: bool = False


def proven(door: Door, event: Json) -> Iterator[Probe]:
    """The same good event, proven in every way that counts."""
    body, event_id = encoded(event), str(event["id"])
    good = door.headers(body, event_id)
    right, wrong = (
        good["webhook-signature"],
        door.headers(body, event_id, secret=ANOTHER_SECRET)["webhook-signature"],
    )

    def probe(
        name: str, headers: dict[str, str], content_type: str = "application/cloudevents+json"
    ) -> Probe:
        return Probe(name, frozenset({202}), body, list(headers.items()), content_type)

    yield probe("a signed event of an unknown order", good)
    yield probe("the same again", good)
    yield probe("right signature behind a wrong one", {**good, "webhook-signature": f"{wrong} {right}"})
    yield probe("right signature before a wrong one", {**good, "webhook-signature": f"{right} {wrong}"})
    yield probe(
        "right signature beside one of another version", {**good, "webhook-signature": f"v1a,AAAA {right}"}
    )
    yield probe("header names in capitals", {name.upper(): value for name, value in good.items()})
    yield probe("content-type application/json", good, "application/json")
    for late in (TOLERANCE_SECONDS - MARGIN_SECONDS, MARGIN_SECONDS - TOLERANCE_SECONDS):
        at = door.now() + late
        yield probe(f"clock {abs(late)} s {_side(late)}", door.headers(body, event_id, at=at))


def unproven(door: Door, event: Json) -> Iterator[Probe]:
    """The same good event, proven in no way: all of these are 401."""
    body, event_id = encoded(event), str(event["id"])
    good = door.headers(body, event_id)
    right, stamp = good["webhook-signature"], good["webhook-timestamp"]

    def probe(name: str, headers: Headers | dict[str, Any], sent: bytes = body) -> Probe:
        pairs = list(headers.items()) if isinstance(headers, dict) else headers
        return Probe(name, frozenset({401}), sent, pairs)

    yield probe("no proof at all", {})
    for missing in good:
        rest = {name: value for name, value in good.items() if name != missing}
        yield probe(f"without {missing}", rest)
        yield probe(f"with an empty {missing}", {**good, missing: ""})
        yield probe(f"with {missing} twice", [*good.items(), (missing, good[missing])])
    yield probe("another secret", door.headers(body, event_id, secret=ANOTHER_SECRET))
    yield probe("one byte of the body changed", good, body.replace(b"conformance", b"conformancE", 1))
    yield probe("one byte behind the body", good, body + b" ")
    yield probe("a byte order mark before the body", good, b"\xef\xbb\xbf" + body)
    yield probe("no body", good, b"")
    yield probe("another id", {**good, "webhook-id": f"{event_id}x"})
    yield probe("another time", {**good, "webhook-timestamp": str(int(stamp) - 1)})
    for name, signature in (
        ("signature without its version", right.removeprefix("v1,")),
        ("signature of another version", right.replace("v1,", "v1a,")),
        ("signature of version 2", right.replace("v1,", "v2,")),
        ("signature cut short", right[:-4]),
        ("signature in another case", right.replace("v1,", "V1,")),
        ("signature that is no base64", "v1,this is no base64!"),
        ("signature with nothing in it", "v1,"),
        ("signature in hexadecimal", "v1," + "0f" * 32),
        ("signatures joined by a comma", f"{right},{right}"),
        ("five hundred wrong signatures", " ".join(["v1,AAAA"] * 500)),
    ):
        yield probe(name, {**good, "webhook-signature": signature})
    # Some gateways refuse such a header themselves.
    for name in good:
        odd = good[name].encode() + b"\xff\xe5"
        yield Probe(
            f"{name} with bytes that are no ASCII",
            frozenset({400, 401}),
            body,
            [*((each, value) for each, value in good.items() if each != name), (name, odd)],
            gateway_may_answer=True,
        )
    yield from _times(probe, door, body, event_id)


def _times(probe: Any, door: Door, body: bytes, event_id: str) -> Iterator[Probe]:
    stamp = str(door.now())
    for name, written in (
        ("with a fraction", f"{stamp}.0"),
        ("with underscores", f"{stamp[:1]}_{stamp[1:4]}_{stamp[4:7]}_{stamp[7:]}"),
        ("with a blank in it", f"{stamp[:5]} {stamp[5:]}"),
        ("with a sign", f"+{stamp}"),
        ("below zero", f"-{stamp}"),
        ("in milliseconds", f"{stamp}000"),
        ("in ISO 8601", "2026-11-24T10:00:00Z"),
        ("in exponents", "1.79e9"),
        ("in hexadecimal", hex(int(stamp))),
        ("in words", "now"),
        ("that is no number", "NaN"),
        ("of four hundred digits", "9" * 400),
    ):
        # The signature is right over this very text: only its form can be what is refused.
        yield probe(f"time {name}", sign(door.secret, event_id, written, body))
    for late in (TOLERANCE_SECONDS + MARGIN_SECONDS, 86_400):
        for side in (-late, late):
            headers = door.headers(body, event_id, at=door.now() + side)
            yield probe(f"clock {abs(side)} s {_side(side)}", headers)


def _side(seconds: int) -> str:
    return "ahead" if seconds > 0 else "behind"


def no_events(door: Door, event: Json) -> Iterator[tuple[Probe, str]]:
    """Proven, but no event: 400, and where the reason has to begin."""

    def probe(name: str, body: bytes) -> Probe:
        return Probe(name, frozenset({400}), body, list(door.headers(body, str(event["id"])).items()))

    def without(name: str) -> bytes:
        return encoded({key: value for key, value in event.items() if key != name})

    yield probe("text", b"not json"), "body"
    yield probe("nothing", b""), "body"
    yield probe("bytes that are no UTF-8", b"\xff\xfe\x00" + encoded(event)), "body"
    yield probe("UTF-16", encoded(event).decode().encode("utf-16")), "body"
    yield probe("a list", b"[]"), "body"
    yield probe("null", b"null"), "body"
    yield probe("a name twice", b'{"id": "a",' + encoded(event)[1:]), "body"
    yield probe("a number that JSON does not know", encoded(event)[:-1] + b', "x": NaN}'), "body"
    yield probe("brackets ten thousand deep", b"[" * 10_000), "body"
    for name in ("specversion", "id", "source", "type"):
        yield probe(f"without {name}", without(name)), name
    yield probe("of an older specversion", encoded({**event, "specversion": "0.3"})), "specversion"
    yield probe("with a number as its id", encoded({**event, "id": 7})), "id"
    yield probe("with a time that is none", encoded({**event, "time": "yesterday"})), "time"
    yield probe("with data that is text", encoded({**event, "data": "shipped"})), "data"


def too_large(door: Door, event: Json) -> Probe:
    """One byte more than the door takes."""
    empty = len(encoded({**event, "padding": ""}))
    body = encoded({**event, "padding": "x" * (LARGEST_BODY + 1 - empty)})
    return Probe(
        "a body over 256 KB", frozenset({413}), body, list(door.headers(body, str(event["id"])).items())
    )
