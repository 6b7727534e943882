"""`make record QUOTE=…`: every round of one quote with its time and the event behind it (docs/quoting.md).

    python -m dev.record 8k2m0c7yq1x5t9we                the local run
    python -m dev.record 8k2m0c7yq1x5t9we --stack name   a deployed shop

The number is the one on the quote, with or without its version.
"""

import sys
from collections.abc import Sequence
from typing import Any

from dev.invoking import RunningShop
from dev.operating import command, printable, run, told


def shown(record: dict[str, Any]) -> str:
    """A record as a person reads it."""
    lines = [f"quote {record['quoteId']} of customer {record['customerId']}", ""]
    for version in record["versions"]:
        order = f"  order {version['orderNumber']}" if "orderNumber" in version else ""
        lines.append(
            f"version {version['version']}  {version['state']:<10} {version['currency']} {version['total']}"
            f"  until {version['validUntil'][:16]}{order}"
        )
        lines += [
            f"    {line['sku']:<8} {line['quantity']:>5} x {line['unitPrice']}"
            f" (list {line['listPrice']}, {line['reason']})"
            for line in version["lines"]
        ]
    lines.append("")
    lines += [
        f"{entry['at'][:19]}  v{entry['version']} {entry['kind']:<10} {facts_of(entry['facts'])}  [{entry['cause']}]"
        for entry in record["entries"]
    ]
    return printable(lines)


def facts_of(facts: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in facts.items())


def ask(shop: RunningShop, quote: str) -> tuple[int, str]:
    """Exit status and what to print about a quote, by its number with or without the version."""
    asked = {"task": "record", "quoteId": quote.partition("-")[0]}
    return told(shop, asked, lambda answer: shown(answer["record"]), refused="Not found")


def main(argv: Sequence[str] | None = None) -> int:
    parser = command("dev.record", __doc__)
    parser.add_argument("quote", help="the number on the quote")
    arguments = parser.parse_args(argv)
    return run(arguments, lambda shop: ask(shop, arguments.quote))


if __name__ == "__main__":
    sys.exit(main())
