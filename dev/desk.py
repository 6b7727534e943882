"""`make desk`: events that software could not finish, replayed or dismissed by people (docs/operations.md).

    python -m dev.desk                                           what waits, the longest waiting first
    python -m dev.desk show events:wms:evt-1                     one event, and what would go out if it were replayed
    python -m dev.desk replay events:wms:evt-1 --note "why"      it goes the way of every event once more
    python -m dev.desk dismiss events:wms:evt-1 --note "why"     it is absorbed, and never comes back
    python -m dev.desk dismissed                                 what was dismissed (replayed: what was replayed)

With STACK=name (--stack) for a deployed shop. What is done is kept with who, when and why.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from dev.invoking import RunningShop
from dev.operating import command, printable, run, told

LISTS: Final = {"list": "waiting", "dismissed": "dismissed", "replayed": "replayed"}
ACTS: Final = {"replay": "replay_event", "dismiss": "dismiss_event"}
LOOKS: Final = 10
"""So often it is looked what became of a replayed event, a second apart."""


def listed(answer: dict[str, Any]) -> str:
    """The list, one line each."""
    events = answer["events"]
    if not events:
        return "Nothing here."
    lines = []
    for each in events:
        about = f"{each['type']:<26} {each['order'] or '-':<12} {each['why']}"
        lines += [f"{each['since'][:16]}  {each['kind']:<12} {about}", f"    {each['id']}"]
    if answer["more"]:
        lines.append("and more: these wait longest")
    return printable([*lines, "", "make desk DO='show ID' shows one."])


def shown(answer: dict[str, Any]) -> str:
    """One event as a person reads it."""
    event = answer["event"]
    lines = [
        event["id"],
        f"kind      {event['kind']}  {event['type']}",
        f"order     {event['order'] or 'none'}",
        f"since     {event['since'][:19]}",
        f"why       {event['why']}",
    ]
    if event["triesAgainAt"]:
        lines.append(f"tried     again by itself at {event['triesAgainAt'][:19]}")
    if event["body"] is not None:
        lines += ["", "It says", *_indented(json.dumps(event["body"], ensure_ascii=False, indent=2))]
    lines += ["", *_foreseen(event)]
    lines += [
        f"done      {entry['at'][:19]} {entry['who']}: {entry['action']} ({entry['note']})"
        for entry in event["audit"]
    ]
    if event["offers"]:
        lines.append(f"offers    {', '.join(event['offers'])}")
    return printable(lines)


def _foreseen(event: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    if event["foreseen"] is not None:
        lines += ["Replayed now, it would be " + event["foreseen"]["state"]]
        lines += [
            f"    {each['what']}: {each['before']} -> {each['after']}"
            for each in event["foreseen"]["changes"]
        ]
    for notice in event["wouldGoOut"]:
        when = f", not before {notice['notBefore'][:16]}" if notice["notBefore"] else ""
        lines += [f"To the customer ({notice['language']}{when})", *_indented(notice["text"])]
    if event["nothingBecause"]:
        lines.append(f"Messages  none foreseen: {event['nothingBecause']}")
    return lines


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.split("\n")]


def ask(
    shop: RunningShop, arguments: argparse.Namespace, pause: Callable[[float], None] = time.sleep
) -> tuple[int, str]:
    """Exit status and what to print; a replay is followed until it is known what became of it."""
    if arguments.verb in LISTS:
        return told(shop, {"task": "events", "show": LISTS[arguments.verb]}, listed)
    named = {"id": arguments.id}
    if arguments.verb == "show":
        return told(shop, {"task": "event", **named}, shown)
    signed = {**named, "who": shop.who, "note": arguments.note}
    last: dict[str, Any] = {}

    def seen(answer: dict[str, Any]) -> str:
        last.update(answer)
        return shown(answer)

    status, said = told(shop, {"task": ACTS[arguments.verb], **signed}, seen)
    for _ in range(LOOKS):
        if status or last["event"]["kind"] != "under_way" or not arguments.id.startswith("events:"):
            break
        pause(1)
        status, said = told(shop, {"task": "event", **named}, seen)
    return status, said


def arguments_of(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line, read and checked."""
    parser = command("dev.desk", __doc__)
    parser.add_argument("verb", nargs="?", default="list", choices=[*LISTS, "show", *ACTS])
    parser.add_argument("id", nargs="?", default="", help="as the list shows it")
    parser.add_argument("--note", default="", help="why: kept with what is done")
    arguments = parser.parse_args(argv)
    if arguments.verb not in LISTS and not arguments.id:
        parser.error(f"{arguments.verb} needs the id of an event, as the list shows it")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    arguments = arguments_of(argv)
    return run(arguments, lambda shop: ask(shop, arguments))


if __name__ == "__main__":
    sys.exit(main())
