"""`make erase CUSTOMER=… NOTE=…`: forgets a customer who asked for it in another way than in the chat.

    python -m dev.erase k7q2mz… --note "asked by letter on 24 November"     the local run
    python -m dev.erase U4af4980629… --note "…" --stack name                a deployed shop

The customer is named as in a case (`customerId`) or by their LINE user id. The wish is kept with who, when and why, and
carried out within minutes; asked again it says how far it has come (docs/operations.md, "Personal data").
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev.catalogue import NoShop
from dev.invoking import InvocationFailed, RunningShop, running_shop

FUNCTION = "OperatorDeskFunctionName"


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
    answer = shop.invoke(FUNCTION, asked)
    if "refused" in answer:
        return 1, f"Not done: {answer['refused']}"
    return 0, shown(answer["erasure"])


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m dev.erase", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("customer", help="the customerId of a case, or a LINE user id")
    parser.add_argument("--note", required=True, help="why: kept with the wish; no names")
    parser.add_argument("--stack", help="a deployed stack, reached with your own AWS credentials")
    parser.add_argument("--port", type=int, help="port of the local run, if there are several")
    arguments = parser.parse_args(argv)
    try:
        shop = running_shop(arguments.stack, arguments.port)
        status, said = ask(shop, arguments.customer, arguments.note)
    except (NoShop, InvocationFailed, BotoCoreError, ClientError) as reason:
        print(reason, file=sys.stderr)
        return 2
    print(said, file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
