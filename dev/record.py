"""`make record QUOTE=…`: every round of one quote with its time and the event behind it (docs/quoting.md).

    python -m dev.record 8k2m0c7yq1x5t9we                the local run
    python -m dev.record 8k2m0c7yq1x5t9we --stack name   a deployed shop

The number is the one on the quote, with or without its version.
"""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev.catalogue import NoShop
from dev.invoking import InvocationFailed, RunningShop, running_shop

FUNCTION = "OperatorDeskFunctionName"


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
    return "\n".join(lines)


def facts_of(facts: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in facts.items())


def ask(shop: RunningShop, quote: str) -> tuple[int, str]:
    """Exit status and what to print about a quote, by its number with or without the version."""
    answer = shop.invoke(FUNCTION, {"task": "record", "quoteId": quote.partition("-")[0]})
    if "refused" in answer:
        return 1, f"Not found: {answer['refused']}"
    return 0, shown(answer["record"])


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m dev.record", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("quote", help="the number on the quote")
    parser.add_argument("--stack", help="a deployed stack, reached with your own AWS credentials")
    parser.add_argument("--port", type=int, help="port of the local run, if there are several")
    arguments = parser.parse_args(argv)
    try:
        status, said = ask(running_shop(arguments.stack, arguments.port), arguments.quote)
    except (NoShop, InvocationFailed, BotoCoreError, ClientError) as reason:
        print(reason, file=sys.stderr)
        return 2
    print(said, file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
