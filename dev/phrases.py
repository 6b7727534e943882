"""`make phrases`: what customers called products by and nobody understood, the most frequent first.

    python -m dev.phrases [--stack NAME]

What means one of the shop's products is added to the `aliases` of its row in the catalogue's CSV; once that is loaded
(`make catalogue CSV=…`), customers are understood and the phrase leaves the list. What is not written again for 90 days
is forgotten.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev.cases import FUNCTION, printable
from dev.catalogue import NoShop
from dev.invoking import InvocationFailed, RunningShop, running_shop

HINT = "Add those that mean a product to its aliases in the catalogue's CSV, then: make catalogue CSV=…"


def listed(phrases: Sequence[dict[str, Any]]) -> str:
    """The phrases, one line each: how often, when last, in which language, the words."""
    if not phrases:
        return "Nothing that customers wrote was left without a meaning."
    rows = [
        f"{each['count']:>5}  {each['lastAt'][:10]}  {each['language']:<5}  {each['phrase']}"
        for each in phrases
    ]
    return printable([*rows, "", HINT])


def ask(shop: RunningShop) -> tuple[int, str]:
    """Exit status and what to print."""
    answer = shop.invoke(FUNCTION, {"task": "phrases"})
    if "refused" in answer:
        return 1, f"Not done: {answer['refused']}"
    return 0, listed(answer["phrases"])


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m dev.phrases",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--stack", help="a deployed stack, reached with your own AWS credentials")
    parser.add_argument("--port", type=int, help="port of the local run, if there are several")
    arguments = parser.parse_args(argv)
    try:
        status, said = ask(running_shop(arguments.stack, arguments.port))
    except (NoShop, InvocationFailed, BotoCoreError, ClientError) as reason:
        print(reason, file=sys.stderr)
        return 2
    print(said, file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
