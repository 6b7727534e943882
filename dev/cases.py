"""`make cases`: what waits for a person, one case in full, and what can be done about it (docs/operations.md).

    python -m dev.cases                                          the open cases
    python -m dev.cases approvals                                prices that nobody has decided about
    python -m dev.cases show KIND SUBJECT                        one case, its order, what was done about it
    python -m dev.cases ACTION KIND SUBJECT --note "why"         resolve, settle_again, send_again
    python -m dev.cases refund KIND SUBJECT --order A7K3Q-9XM2T --amount 720 --note "why"
    python -m dev.cases refunded_by_hand … --order … --amount … --reference "bank transfer 123" --note "why"

With STACK=name (--stack) for a deployed shop. Every action is kept with who, when and why.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from dev.invoking import RunningShop
from dev.operating import command, printable, run, told
from storefront.domain.casework import CaseAction, CaseKind


def listed(cases: Sequence[dict[str, Any]]) -> str:
    """The open cases, one line each, the longest waiting first."""
    if not cases:
        return "No open cases."
    rows = [
        f"{case['openedAt'][:16]}  {case['kind']:<22} {case['subject']:<34} {_facts(case['facts'])}"
        for case in cases
    ]
    return printable([*rows, "", "make cases DO='show KIND SUBJECT' shows one."])


def approvals(waiting: Sequence[dict[str, Any]]) -> str:
    """The prices that wait for a decision, the longest waiting first."""
    if not waiting:
        return "No price waits for a decision."
    rows = []
    for each in waiting:
        lines = ", ".join(
            f"{line['quantity']} {line['sku']} {line['standing']} -> {line['asked']}"
            for line in each["lines"]
        )
        said = "escalated" if each["escalated"] else "reminded" if each["reminded"] else ""
        rows.append(f"{each['askedAt'][:16]}  {each['approvalId']:<22} {each['reason']:<12} {lines}  {said}")
    return printable(rows)


def shown(case: dict[str, Any]) -> str:
    """One case as a person reads it."""
    lines = [f"{case['kind']}  {case['subject']}", f"opened    {case['openedAt']}"]
    lines += [f"fact      {name} = {value}" for name, value in case["facts"].items()]
    if case.get("order"):
        lines.append(f"order     {_facts(case['order'])}")
    lines += [f"refund    {_facts(refund)}" for refund in case.get("refunds", [])]
    lines += [
        f"done      {entry['at'][:19]} {entry['who']}: {entry['action']} ({entry['note']}) {_facts(entry['facts'])}"
        for entry in case.get("audit", [])
    ]
    if "resolvedAt" in case:
        lines.append(f"settled   {case['resolvedAt'][:19]} by {case['resolvedBy']}: {case['resolution']}")
    elif case["offers"]:
        lines.append(f"offers    {', '.join(case['offers'])}")
    return printable(lines)


def _facts(facts: dict[str, Any]) -> str:
    return " ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in facts.items())


def payload_of(arguments: argparse.Namespace, who: str) -> dict[str, Any]:
    """What the operator's desk is asked."""
    if arguments.verb in {"list", "approvals"}:
        return {"task": arguments.verb}
    named = {"kind": arguments.kind, "subject": arguments.subject}
    if arguments.verb == "show":
        return {"task": "show", **named}
    return {
        "task": "act",
        **named,
        "action": arguments.verb,
        "who": who,
        "note": arguments.note,
        "orderNumber": arguments.order,
        "amount": arguments.amount,
        "reference": arguments.reference,
    }


def ask(shop: RunningShop, arguments: argparse.Namespace) -> tuple[int, str]:
    """Exit status and what to print."""
    return told(shop, payload_of(arguments, shop.who), _answered)


def _answered(answer: dict[str, Any]) -> str:
    if "approvals" in answer:
        return approvals(answer["approvals"])
    return listed(answer["cases"]) if "cases" in answer else shown(answer["case"])


def arguments_of(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command line, read and checked."""
    parser = command("dev.cases", __doc__)
    verbs = ["list", "approvals", "show", *(action.value for action in CaseAction)]
    parser.add_argument("verb", nargs="?", default="list", choices=verbs)
    parser.add_argument("kind", nargs="?", choices=[kind.value for kind in CaseKind])
    parser.add_argument("subject", nargs="?")
    parser.add_argument("--note", default="", help="why: kept with the action")
    parser.add_argument("--order", default="", help="the order number once more, where money moves")
    parser.add_argument("--amount", type=int, default=0, help="the amount in whole payable units")
    parser.add_argument("--reference", default="", help="what proves a refund by hand")
    arguments = parser.parse_args(argv)
    if arguments.verb not in {"list", "approvals"} and not arguments.subject:
        parser.error(f"{arguments.verb} needs a kind and a subject, as the list shows them")
    return arguments


def main(argv: Sequence[str] | None = None) -> int:
    arguments = arguments_of(argv)
    return run(arguments, lambda shop: ask(shop, arguments))


if __name__ == "__main__":
    sys.exit(main())
