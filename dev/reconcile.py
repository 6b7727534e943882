"""`make reconcile`: hold a day's payments against LINE Pay's, and keep the report as a file.

Into the running local shop, or with STACK=name into a deployed one. DAY=2026-11-24 chooses the day, in Taiwan;
without it the local run compares today and a deployed stack yesterday. READ=1 only fetches the latest report.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from dev.catalogue import NoShop
from dev.invoking import InvocationFailed, RunningShop, running_shop
from storefront.domain.reconciliation import shop_day

FUNCTION = "ReconciliationFunctionName"


def reconcile(shop: RunningShop, day: date, *, only_read: bool = False) -> tuple[dict[str, Any], Path]:
    """The function's answer, and the file that its report was written to."""
    task = "report" if only_read else "reconcile"
    answer = shop.invoke(FUNCTION, {"task": task, "day": day.isoformat()})
    if not answer["found"]:
        raise NoShop(f"There is no report of {day.isoformat()}: run it without READ=1.")
    path = shop.folder / "reports" / f"reconciliation-{day.isoformat()}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(answer["report"], encoding="utf-8")
    return answer, path


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0 when both sides agree, 1 when somebody has to look, 2 when nothing could be compared."""
    parser = argparse.ArgumentParser(prog="python -m dev.reconcile", description=__doc__)
    parser.add_argument("--day", type=date.fromisoformat, help="a day in Taiwan, as 2026-11-24")
    parser.add_argument("--stack", help="a deployed stack, reached with your own AWS credentials")
    parser.add_argument("--port", type=int, help="port of the local run, if there are several")
    parser.add_argument("--read", action="store_true", help="only fetch the latest report of that day")
    arguments = parser.parse_args(argv)
    today = shop_day(datetime.now(UTC))
    day = arguments.day or (today - timedelta(days=1) if arguments.stack else today)
    try:
        answer, path = reconcile(running_shop(arguments.stack, arguments.port), day, only_read=arguments.read)
    except (NoShop, InvocationFailed, BotoCoreError, ClientError) as reason:
        print(reason, file=sys.stderr)
        return 2
    print(answer["report"])
    print(f"Kept in {path}")
    return 0 if answer["agrees"] else 1


if __name__ == "__main__":
    sys.exit(main())
