"""`make cases`, `desk`, `record`, `erase` and `reconcile`: what is asked of the functions, and what a person reads."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dev import desk, phrases
from dev.cases import arguments_of, ask
from dev.catalogue import NoShop
from dev.erase import ask as ask_erasure
from dev.invoking import RunningShop
from dev.operating import FUNCTION as DESK
from dev.reconcile import FUNCTION as BOOKS
from dev.reconcile import reconcile
from dev.record import ask as ask_record
from storefront.domain.casework import CaseAction, CaseKind

CASE = {
    "kind": "refund_refused",
    "subject": "A7K3Q-9XM2T:r1",
    "openedAt": "2026-11-24T06:00:00+00:00",
    "facts": {"code": "1163"},
    "offers": ["resolve", "refund"],
}


class Answering(RunningShop):
    """A shop whose functions answer as told, and which keeps what they were asked."""

    asked: list[tuple[str, Mapping[str, Any]]]
    answer: dict[str, Any]

    def invoke(self, output: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append((output, payload))
        return self.answer


def answering(answer: dict[str, Any], folder: Path = Path()) -> Answering:
    shop = Answering(client=None, outputs={}, folder=folder, who="local:mei")  # type: ignore[arg-type]
    object.__setattr__(shop, "asked", [])
    object.__setattr__(shop, "answer", answer)
    return shop


def test_without_a_word_the_open_cases_are_listed() -> None:
    shop = answering({"cases": [CASE]})

    status, said = ask(shop, arguments_of([]))

    assert (status, shop.asked) == (0, [(DESK, {"task": "list"})])
    assert said.splitlines()[0].split() == [
        "2026-11-24T06:00",
        "refund_refused",
        "A7K3Q-9XM2T:r1",
        'code="1163"',
    ]


def test_prices_that_wait_for_a_decision_are_listed() -> None:
    waiting = {
        "approvalId": "k3v9-a1",
        "askedAt": "2026-11-24T06:00:00+00:00",
        "reason": "below_floor",
        "lines": [{"sku": "TEA-JAS", "quantity": 36, "standing": 171, "asked": 120}],
        "standingTotal": 6156,
        "askedTotal": 4320,
        "reminded": True,
        "escalated": False,
    }
    shop = answering({"approvals": [waiting]})

    status, said = ask(shop, arguments_of(["approvals"]))

    assert (status, shop.asked) == (0, [(DESK, {"task": "approvals"})])
    assert " ".join(said.split()) == ("2026-11-24T06:00 k3v9-a1 below_floor 36 TEA-JAS 171 -> 120 reminded")
    assert ask(answering({"approvals": []}), arguments_of(["approvals"])) == (
        0,
        "No price waits for a decision.",
    )


def test_no_cases_are_said_to_be_none() -> None:
    assert ask(answering({"cases": []}), arguments_of([])) == (0, "No open cases.")


def test_a_case_is_shown_with_its_order_its_refunds_and_its_audit() -> None:
    entry = {"at": "2026-11-24T07:00:00", "who": "mei", "action": "resolve", "note": "called", "facts": {}}
    settled = {"resolvedAt": "2026-11-24T07:00:00+00:00", "resolvedBy": "mei", "resolution": "called"}
    whole = {**CASE, **settled, "order": {"state": "paid"}, "refunds": [{"amount": 100}], "audit": [entry]}

    _, said = ask(answering({"case": whole}), arguments_of(["show", "refund_refused", "A7K3Q-9XM2T:r1"]))

    assert said == (
        "refund_refused  A7K3Q-9XM2T:r1\n"
        "opened    2026-11-24T06:00:00+00:00\n"
        'fact      code = 1163\norder     state="paid"\nrefund    amount=100\n'
        "done      2026-11-24T07:00:00 mei: resolve (called) \n"
        "settled   2026-11-24T07:00:00 by mei: called"
    )


def test_what_others_wrote_cannot_steer_the_terminal_X20() -> None:
    hostile = {**CASE, "facts": {"reason": "gone\x1b[2J\n\u202edenruter"}}
    for answer, words in (({"case": hostile}, ["show", "refund_refused", "x"]), ({"cases": [hostile]}, [])):
        _, said = ask(answering(answer), arguments_of(words))
        assert all(character.isprintable() or character == "\n" for character in said)
        assert "gone" in said


def test_an_action_goes_with_who_why_and_the_two_fields() -> None:
    shop = answering({"case": CASE})
    typed = ["refund", "refund_refused", "A7K3Q-9XM2T:r1", "--order", "A7K3Q-9XM2T", "--amount", "100"]

    ask(shop, arguments_of([*typed, "--note", "agreed"]))

    assert shop.asked == [
        (
            DESK,
            {
                "task": "act",
                "kind": "refund_refused",
                "subject": "A7K3Q-9XM2T:r1",
                "action": "refund",
                "who": "local:mei",
                "note": "agreed",
                "orderNumber": "A7K3Q-9XM2T",
                "amount": 100,
                "reference": "",
            },
        )
    ]


def test_what_is_not_done_says_why_and_fails() -> None:
    arguments = arguments_of(["resolve", "person_wanted", "event1"])

    assert ask(answering({"refused": "say why"}), arguments) == (1, "Not done: say why")


@pytest.mark.parametrize(
    "typed", [["show"], ["refund", "refund_refused"], ["pay"], ["show", "nonsense", "x"]]
)
def test_half_a_command_is_explained(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments_of(typed)
    assert "usage" in capsys.readouterr().err


def test_the_report_becomes_a_file(tmp_path: Path) -> None:
    shop = answering({"found": True, "agrees": True, "report": "# Reconciliation\n"}, tmp_path)

    _, path = reconcile(shop, date(2026, 11, 24))

    assert path == tmp_path / "reports" / "reconciliation-2026-11-24.md"
    assert path.read_text(encoding="utf-8") == "# Reconciliation\n"
    assert shop.asked == [(BOOKS, {"task": "reconcile", "day": "2026-11-24"})]


def test_a_report_that_is_not_there_is_not_made_up(tmp_path: Path) -> None:
    shop = answering({"found": False}, tmp_path)

    with pytest.raises(NoShop, match="no report of 2026-11-24"):
        reconcile(shop, date(2026, 11, 24), only_read=True)
    assert shop.asked == [(BOOKS, {"task": "report", "day": "2026-11-24"})]
    assert list(tmp_path.iterdir()) == []


def test_the_manual_has_a_section_for_every_kind_of_case_and_a_row_for_every_action() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")

    assert [kind for kind in CaseKind if f"\n### {kind.value}\n" not in manual] == []
    assert [action for action in CaseAction if f"| `{action.value}` |" not in manual] == []


def test_words_that_nobody_understood_are_listed_with_what_to_do_about_them() -> None:
    row = {"phrase": "蛋捲\x1b[2J", "count": 12, "language": "zh-TW", "lastAt": "2026-11-24T06:00:00+00:00"}
    shop = answering({"phrases": [row]})

    status, said = phrases.ask(shop)

    assert (status, shop.asked) == (0, [(DESK, {"task": "phrases"})])
    assert said.splitlines() == ["   12  2026-11-24  zh-TW  蛋捲·[2J", "", phrases.HINT]


def test_nothing_unknown_is_said_to_be_nothing() -> None:
    shop = answering({"phrases": []})
    assert phrases.ask(shop) == (0, "Nothing that customers wrote was left without a meaning.")


def test_the_record_of_a_quote_is_asked_for_by_its_number_and_shown_round_by_round() -> None:
    line = {"sku": "TEA-JAS", "quantity": 36, "unitPrice": 171, "listPrice": 180, "reason": "tier"}
    version = {"version": 1, "state": "accepted", "currency": "TWD", "total": 6_156, "lines": [line]}
    version |= {"validUntil": "2026-11-25T06:00:00+00:00", "orderNumber": "A7K3Q-9XM2T"}
    entry = {
        "at": "2026-11-24T06:00:00+00:00",
        "version": 1,
        "kind": "offered",
        "cause": "01M8",
        "facts": {"total": "6156"},
    }
    record = {"quoteId": "8k2m", "customerId": "upz3", "versions": [version], "entries": [entry]}
    shop = answering({"record": record})

    assert ask_record(shop, "8k2m-1") == (
        0,
        "quote 8k2m of customer upz3\n\n"
        "version 1  accepted   TWD 6156  until 2026-11-25T06:00  order A7K3Q-9XM2T\n"
        "    TEA-JAS     36 x 171 (list 180, tier)\n\n"
        "2026-11-24T06:00:00  v1 offered    total=6156  [01M8]",
    )
    assert shop.asked == [(DESK, {"task": "record", "quoteId": "8k2m"})]
    assert ask_record(answering({"refused": "no such quote"}), "x") == (1, "Not found: no such quote")


def test_a_customer_is_forgotten_in_the_name_of_who_asks_and_the_answer_says_how_far_it_is() -> None:
    wish: dict[str, Any] = {
        "customerId": "upz3",
        "state": "under_way",
        "askedAt": "2026-11-24T06:00:00+00:00",
    }
    wish |= {"askedBy": "local:mei", "erased": {"leads": 1, "phrases": 2}}
    shop = answering({"erasure": wish})

    assert ask_erasure(shop, "upz3", "asked by letter") == (
        0,
        "customer upz3: under_way, asked 2026-11-24T06:00 by local:mei\nerased: leads 1, phrases 2",
    )
    asked = {"task": "erase", "customer": "upz3", "who": "local:mei", "note": "asked by letter"}
    assert shop.asked == [(DESK, asked)]
    nothing = answering({"erasure": {**wish, "erased": {}}})
    assert ask_erasure(nothing, "upz3", "x")[1].endswith("erased: nothing yet")
    assert ask_erasure(answering({"refused": "nobody is known by that"}), "x", "y") == (
        1,
        "Not done: nobody is known by that",
    )


# The replay desk ---------------------------------------------------------------------------------------------

EVENT: dict[str, Any] = {
    "id": "events:wms:evt-1",
    "place": "events",
    "kind": "parked",
    "type": "shipment.status.v1",
    "order": "A7K3Q-9XM2T",
    "since": "2026-11-24T06:00:00+00:00",
    "why": "order-not-paid",
    "triesAgainAt": "2026-11-24T06:00:30+00:00",
    "offers": ["replay", "dismiss"],
}
WHOLE: dict[str, Any] = {
    **EVENT,
    "body": {"id": "evt-1"},
    "foreseen": {
        "state": "applied",
        "reason": None,
        "changes": [{"what": "parcel S1", "before": "new", "after": "shipped"}],
    },
    "wouldGoOut": [
        {
            "customerId": "upz3",
            "topic": "shipment",
            "language": "zh-TW",
            "text": "已出貨\n黑貓",
            "messages": [],
            "notBefore": None,
        }
    ],
    "nothingBecause": None,
    "audit": [
        {"at": "2026-11-24T07:00:00+00:00", "who": "mei", "action": "replay", "note": "mended", "facts": {}}
    ],
}


def test_what_waits_at_the_replay_desk_is_listed_with_the_name_to_ask_for() -> None:
    shop = answering({"events": [EVENT], "more": True})

    status, said = desk.ask(shop, desk.arguments_of([]))

    assert (status, shop.asked) == (0, [(DESK, {"task": "events", "show": "waiting"})])
    lines = said.splitlines()
    assert lines[0].split() == [
        "2026-11-24T06:00",
        "parked",
        "shipment.status.v1",
        "A7K3Q-9XM2T",
        "order-not-paid",
    ]
    assert lines[1:3] == ["    events:wms:evt-1", "and more: these wait longest"]
    nothing = answering({"events": [], "more": False})
    assert desk.ask(nothing, desk.arguments_of(["dismissed"])) == (0, "Nothing here.")
    assert nothing.asked == [(DESK, {"task": "events", "show": "dismissed"})]


def test_an_event_is_shown_with_what_it_says_what_would_go_out_and_what_was_done() -> None:
    shop = answering({"event": WHOLE})

    status, said = desk.ask(shop, desk.arguments_of(["show", "events:wms:evt-1"]))

    assert (status, shop.asked) == (0, [(DESK, {"task": "event", "id": "events:wms:evt-1"})])
    assert said == (
        "events:wms:evt-1\n"
        "kind      parked  shipment.status.v1\n"
        "order     A7K3Q-9XM2T\n"
        "since     2026-11-24T06:00:00\n"
        "why       order-not-paid\n"
        "tried     again by itself at 2026-11-24T06:00:30\n\n"
        'It says\n    {\n      "id": "evt-1"\n    }\n\n'
        "Replayed now, it would be applied\n"
        "    parcel S1: new -> shipped\n"
        "To the customer (zh-TW)\n    已出貨\n    黑貓\n"
        "done      2026-11-24T07:00:00 mei: replay (mended)\n"
        "offers    replay, dismiss"
    )


def test_what_a_sender_wrote_cannot_steer_the_terminal_at_the_replay_desk_X20() -> None:
    hostile = {**WHOLE, "why": "unknown-status:\x1b[2J", "body": {"note": "\u202edenruter\x07"}}
    for answer, words in (
        ({"event": hostile}, ["show", "events:wms:evt-1"]),
        ({"events": [hostile], "more": False}, []),
    ):
        _, said = desk.ask(answering(answer), desk.arguments_of(words))
        assert all(character.isprintable() or character == "\n" for character in said)
        assert "unknown-status" in said


def test_a_replay_goes_with_who_and_why_and_is_followed_to_its_end() -> None:
    shop = answering({"event": {**WHOLE, "kind": "under_way", "offers": []}})
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            shop.answer["event"] = {**WHOLE, "kind": "applied", "offers": []}

    typed = ["replay", "events:wms:evt-1", "--note", "mended"]
    status, said = desk.ask(shop, desk.arguments_of(typed), pause)

    assert (status, pauses) == (0, [1, 1])
    signed = {"id": "events:wms:evt-1", "who": "local:mei", "note": "mended"}
    assert shop.asked == [(DESK, {"task": "replay_event", **signed})] + 2 * [
        (DESK, {"task": "event", "id": "events:wms:evt-1"})
    ]
    assert "applied" in said


def test_what_the_replay_desk_refuses_says_why_and_fails() -> None:
    arguments = desk.arguments_of(["dismiss", "payments:1", "--note", "x"])
    assert desk.ask(answering({"refused": "it is gone"}), arguments) == (1, "Not done: it is gone")


@pytest.mark.parametrize("typed", [["show"], ["replay"], ["pay", "events:wms:evt-1"]])
def test_half_a_command_for_the_replay_desk_is_explained(
    typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        desk.arguments_of(typed)
    assert "usage" in capsys.readouterr().err
