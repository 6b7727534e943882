"""`make phrases`: what customers called products by and nobody understood, the most frequent first.

    python -m dev.phrases [--stack NAME]

What means one of the shop's products is added to the `aliases` of its row in the catalogue's CSV; once that is loaded
(`make catalogue CSV=…`), customers are understood and the phrase leaves the list. What is not written again for 90 days
is forgotten.
"""

import sys
from collections.abc import Sequence
from typing import Any

from dev.invoking import RunningShop
from dev.operating import command, printable, run, told

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
    return told(shop, {"task": "phrases"}, lambda answer: listed(answer["phrases"]))


def main(argv: Sequence[str] | None = None) -> int:
    return run(command("dev.phrases", __doc__).parse_args(argv), ask)


if __name__ == "__main__":
    sys.exit(main())
