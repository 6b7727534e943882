"""Nothing that was changed on its way, or never proven, gets through the back offices' door (T4, X1, X3, K10, K11)."""

import ast
import inspect
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev.driver.back_office import sign
from storefront.adapters import signatures
from storefront.adapters.back_office_door import BackOfficeDoor, Taken
from storefront.adapters.signatures import TOLERANCE_SECONDS
from storefront.domain.casework import ReceivedEvent
from tests.aws.world import cloud_event
from tests.doubles.machinery import CountingMetrics, RecordingJobs, VirtualClock
from tests.doubles.memory_store import MemoryStore

NOW: Final = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
STAMP: Final = int(NOW.timestamp())
SECRET: Final = "whsec_b3VyIHNlY3JldCBvZiB0d28gZG96ZW4gYnl0ZXM="
OTHER: Final = "whsec_YW5vdGhlciBvbmU="
EVENT: Final = cloud_event(
    "shipment.status.v1", "A7K3Q-9XM2T", {"shipmentId": "S1", "status": "shipped", "note": "易碎"}
)
BODY: Final = json.dumps(EVENT, ensure_ascii=False).encode()
GOOD: Final = sign(SECRET, str(EVENT["id"]), STAMP, BODY)


class Door:
    """A door, and whether anything came of what was sent through it."""

    def __init__(self, *secrets: str, at: datetime = NOW) -> None:
        self.store, self.clock, self.metrics = MemoryStore(), VirtualClock(at), CountingMetrics()
        self.jobs = RecordingJobs(self.clock)
        self.asked = 0
        sources = {"wms": {"secrets": list(secrets or (SECRET,)), "types": ["*"]}}

        def known(refresh: bool) -> Mapping[str, Any]:
            self.asked += refresh
            return sources

        self._door = BackOfficeDoor(self.store, self.jobs, known, self.clock, self.metrics)

    def take(self, headers: Mapping[str, str], body: bytes = BODY) -> Taken:
        return self._door.take("wms", headers, body)

    def refuses(self, headers: Mapping[str, str], body: bytes = BODY) -> bool:
        """401, the one reason that everybody gets, nothing written, nothing handed on, and counted."""
        before = self.metrics.counts["BackOfficeSignatureRefused"]
        taken = self.take(headers, body)
        counted = self.metrics.counts["BackOfficeSignatureRefused"] - before
        refused = taken == Taken(401, "the signature does not prove that this source sent it now")
        return refused and counted == 1 and not self.store.all(ReceivedEvent) and not self.jobs.waiting


def changed(**headers: str) -> dict[str, str]:
    return {**GOOD, **{f"webhook-{name}": value for name, value in headers.items()}}


def test_what_everything_below_changes_is_taken_as_it_is() -> None:
    assert Door().take(GOOD) == Taken(202, "taken")


# A byte here or there -------------------------------------------------------------------------------------


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_a_body_with_one_byte_changed_is_refused(place: int, flip: int) -> None:
    assert Door().refuses(GOOD, BODY[:place] + bytes([BODY[place] ^ flip]) + BODY[place + 1 :])


@given(st.integers(0, len(BODY)), st.binary(min_size=1, max_size=8))
def test_a_body_with_bytes_put_in_is_refused(place: int, more: bytes) -> None:
    assert Door().refuses(GOOD, BODY[:place] + more + BODY[place:])


@given(st.integers(0, len(BODY) - 1), st.integers(1, 40))
def test_a_body_with_bytes_taken_out_is_refused(place: int, fewer: int) -> None:
    assert Door().refuses(GOOD, BODY[:place] + BODY[place + fewer :])


def test_the_same_event_written_in_another_way_is_another_body() -> None:
    for written in (json.dumps(EVENT).encode(), json.dumps(EVENT, ensure_ascii=False, indent=1).encode()):
        assert Door().refuses(GOOD, written)


@given(st.sampled_from(sorted(GOOD)), st.data(), st.characters())
def test_a_header_with_one_character_changed_is_refused(name: str, data: st.DataObject, other: str) -> None:
    value = GOOD[name]
    place = data.draw(st.integers(0, len(value) - 1))
    if value[place] != other:
        assert Door().refuses({**GOOD, name: value[:place] + other + value[place + 1 :]})


@given(st.sampled_from(sorted(GOOD)), st.data())
def test_a_header_with_characters_taken_out_is_refused(name: str, data: st.DataObject) -> None:
    value = GOOD[name]
    place = data.draw(st.integers(0, len(value) - 1))
    fewer = data.draw(st.integers(1, len(value)))
    assert Door().refuses({**GOOD, name: value[:place] + value[place + fewer :]})


@given(
    st.sampled_from(sorted(GOOD)),
    st.data(),
    st.text(st.characters(exclude_characters=" "), min_size=1, max_size=6),
)
def test_a_header_with_characters_put_in_is_refused(name: str, data: st.DataObject, more: str) -> None:
    value = GOOD[name]
    place = data.draw(st.integers(0, len(value)))
    assert Door().refuses({**GOOD, name: value[:place] + more + value[place:]})


@given(st.permutations(sorted(GOOD)))
def test_headers_in_each_other_s_place_are_refused(names: list[str]) -> None:
    if names != sorted(GOOD):
        swapped = {name: GOOD[other] for name, other in zip(sorted(GOOD), names, strict=True)}
        assert Door().refuses(swapped)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_header_that_came_twice_is_joined_by_a_comma_and_refused(name: str) -> None:
    for joined in (f"{GOOD[name]},{GOOD[name]}", f"{GOOD[name]}, {GOOD[name]}", f"x,{GOOD[name]}"):
        assert Door().refuses({**GOOD, name: joined})


# Headers that are none ------------------------------------------------------------------------------------

hostile = st.one_of(
    st.none(),
    st.text(max_size=60),
    st.text("0123456789_.+-eE, \t\u0660\uff11\u00b2", max_size=20),
    st.text(st.characters(categories=["Cs", "Cc", "Cf"]), max_size=10),
    st.sampled_from(
        [
            "v1,",
            "v1",
            ",",
            "v1,====",
            "v1,AA=A",
            "v1,\u7c3d\u7ae0",
            "v1a,AAAA",
            "\x00",
            "\ud800",
            "NaN",
            "1e9",
        ]
    ),
)


@given(hostile, hostile, hostile)
def test_no_headers_whatever_are_an_error_or_a_proof(
    message_id: str | None, timestamp: str | None, signature: str | None
) -> None:
    given_headers = {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
    assert Door().refuses({name: value for name, value in given_headers.items() if value is not None})


@pytest.mark.parametrize(
    "written",
    [
        f"{STAMP}.0",
        f"{STAMP}.",
        f"{str(STAMP)[:1]}_{str(STAMP)[1:]}",
        f" {STAMP}",
        f"{STAMP} ",
        f"{STAMP}\n",
        f"+{STAMP}",
        f"-{STAMP}",
        f"{STAMP}000",
        hex(STAMP),
        f"{STAMP:e}",
        str(STAMP).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}),
        str(STAMP).translate({ord("0") + digit: 0x0660 + digit for digit in range(10)}),
        NOW.isoformat(),
    ],
)
def test_a_timestamp_in_any_other_form_is_refused_though_it_is_signed_as_it_stands(written: str) -> None:
    assert Door().refuses(sign(SECRET, str(EVENT["id"]), written, BODY))


@pytest.mark.parametrize(
    "message_id", [" evt", "evt ", "e\tvt", "訂單", "evt\u200b", "e\x00", "x" * 201, "\udcff"]
)
def test_an_id_that_no_row_could_be_called_by_is_refused_though_it_is_signed(message_id: str) -> None:
    key = str(EVENT["id"])
    headers = sign(SECRET, message_id.encode("utf-8", "replace").decode(), STAMP, BODY)
    assert Door().refuses({**headers, "webhook-id": message_id})
    assert Door().take(sign(SECRET, key, STAMP, BODY)).status == 202


@pytest.mark.parametrize("message_id", ["e", "evt 1", "A7K3Q-9XM2T:shipped/1", "{}~!", "x" * 200])
def test_any_printable_id_of_200_characters_will_do(message_id: str) -> None:
    assert Door().take(sign(SECRET, message_id, STAMP, BODY)).status == 202


# Time -----------------------------------------------------------------------------------------------------


@given(st.integers(-10 * 60, 10 * 60))
def test_a_proof_counts_within_five_minutes_on_either_side_G6(late: int) -> None:
    door = Door(at=NOW + timedelta(seconds=late))
    if abs(late) <= TOLERANCE_SECONDS:
        assert door.take(GOOD).status == 202
    else:
        assert door.refuses(GOOD)


@given(st.integers(0, 10**12 - 1))
def test_a_good_signature_of_any_other_time_is_refused(stamp: int) -> None:
    headers = sign(SECRET, str(EVENT["id"]), stamp, BODY)
    assert (Door().take(headers).status == 202) is (abs(stamp - STAMP) <= TOLERANCE_SECONDS)


def test_a_request_that_was_overheard_is_worth_nothing_later_X3() -> None:
    door = Door()
    assert door.take(GOOD).status == 202
    stored = door.store.all(ReceivedEvent)
    door.clock.go_on(TOLERANCE_SECONDS + 1)
    assert door.take(GOOD).status == 401
    assert door.store.all(ReceivedEvent) == stored


# Several signatures and secrets ---------------------------------------------------------------------------


@given(st.lists(st.sampled_from([OTHER, SECRET]), min_size=1, max_size=10))
def test_one_right_signature_among_several_is_enough(signed_with: list[str]) -> None:
    each = [sign(secret, str(EVENT["id"]), STAMP, BODY)["webhook-signature"] for secret in signed_with]
    headers = changed(signature=" ".join(each))
    if SECRET in signed_with:
        assert Door().take(headers).status == 202
    else:
        assert Door().refuses(headers)


def test_while_a_secret_rotates_both_prove_and_afterwards_only_the_new_one() -> None:
    old, new = (sign(secret, str(EVENT["id"]), STAMP, BODY) for secret in (OTHER, SECRET))
    assert [Door(OTHER, SECRET).take(headers).status for headers in (old, new)] == [202, 202]
    assert Door(SECRET).refuses(old)
    assert Door(SECRET).take(new).status == 202


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_no base64", "whsec_密", "no secret"])
def test_a_secret_that_is_none_proves_nothing_and_breaks_nothing(secret: str) -> None:
    assert Door(secret).refuses(GOOD)
    assert Door(secret, SECRET).take(GOOD).status == 202


def test_an_empty_key_is_no_key() -> None:
    assert Door("whsec_").refuses(sign("whsec_", str(EVENT["id"]), STAMP, BODY))


def test_forgeries_of_a_minute_ask_for_the_secret_once() -> None:
    door = Door()
    for place in range(50):
        assert door.refuses(changed(signature=f"v1,{place}"))
    assert door.asked == 1


# Constant time --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proof", [signatures.is_from_back_office, signatures.is_from_line])
def test_signatures_are_compared_in_constant_time_and_every_one_of_them(proof: object) -> None:
    tree = ast.parse(inspect.getsource(proof))  # type: ignore[arg-type]
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert "hmac.compare_digest" in called
    equalities = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
    compared = [node for node in ast.walk(tree) if isinstance(node, ast.Compare)]
    assert not [node for node in compared if any(isinstance(kind, equalities) for kind in node.ops)]
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For)]
    assert loops
    early = (ast.Break, ast.Return)
    assert not [node for loop in loops for node in ast.walk(loop) if isinstance(node, early)]
