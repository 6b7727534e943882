"""`make erase CUSTOMER=… NOTE=…`: forgets a customer who asked for it in another way than in the chat.

    python -m dev.erase k7q2mz… --note "asked by letter on 24 November"     the local run
    python -m dev.erase U4af4980629… --note "…" --stack name                a deployed shop

The customer is named as in a case (`customerId`) or by their LINE user id. The wish is kept with who, when and why, and
carried out within minutes; asked again it says how far it has come (docs/operations.md, "Personal data").
"""

import sys
from collections.abc import Sequence
from typing import Any

from dev.invoking import RunningShop
from dev.operating import command, run, told


def shown(wish: dict[str, Any]) -> str:
    """A wish as a person reads it."""
    gone = ", ".join(f"{kind} {rows}" for kind, rows in wish["erased"].items()) or "nothing yet"
    return (
        f"customer {wish['customerId']}: {wish['state']}, asked {wish['askedAt'][:16]} by {wish['askedBy']}\n"
        f"erased: {gone}"
    )


def ask(shop: RunningShop, customer: str, note: str) -> tuple[int, str]:
    """Exit status and what to print about a wish."""
    asked = {"task": "erase", "customer": customer, "who": shop.who, "note": note}
    return told(shop, asked, lambda answer: shown(answer["erasure"]))


def main(argv: Sequence[str] | None = None) -> int:
    parser = command("dev.erase", __doc__)
    parser.add_argument("customer", help="the customerId of a case, or a LINE user id")
    parser.add_argument("--note", required=True, help="why: kept with the wish; no names")
    arguments = parser.parse_args(argv)
    return run(arguments, lambda shop: ask(shop, arguments.customer, arguments.note))


if __name__ == "__main__":
    sys.exit(main())
