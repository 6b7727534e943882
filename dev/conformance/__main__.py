"""`make conformance`: is this door as docs/back-office.md says? For back offices, against any deployed shop.

    URL=https://…/hooks/wms SECRET=whsec_… [SOURCE=wms] [ORDER=A7K3Q-9XM2T [PICKUP=1]] python -m dev.conformance

URL may also be the shop's address or its HooksUrl; then SOURCE is your name there, or wms. They are read from the
environment, so that the secret stands on no command line. One line for each check, with the answer and its
reason; ends with 1 if one failed, with 2 if nobody answers. No customer sees any of it unless an order is named:
then a parcel of that order goes its whole way.
"""

import base64
import binascii
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from dev.conformance.checks import Conformance, Result, Verdict
from dev.conformance.door import Address, Door, Unreachable
from storefront.adapters.signatures import TOLERANCE_SECONDS

UNUSABLE = 2


def line_of(result: Result) -> str:
    """One check as a line: verdict, status, what was tried, what came back."""
    status = result.status if result.status is not None else "   "
    return f"{result.verdict:<4}  {status}  {result.section}: {result.name}{f' ({result.told})' if result.told else ''}"


def summary_of(results: Sequence[Result]) -> str:
    counted = Counter(result.verdict for result in results)
    return f"{counted[Verdict.OK]} passed, {counted[Verdict.FAILED]} failed" + (
        f", {counted[Verdict.LEFT_OUT]} left out" if counted[Verdict.LEFT_OUT] else ""
    )


def unusable(secret: str) -> str | None:
    """What is wrong with a secret, if anything is."""
    try:
        base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return "SECRET is no whsec_ and base64"
    return None if secret.removeprefix("whsec_") else "SECRET is empty"


def main(chosen: Mapping[str, str] = os.environ) -> int:
    """`chosen` names URL, SECRET, and perhaps SOURCE, ORDER and PICKUP."""
    try:
        address = Address.of(chosen.get("URL", ""), chosen.get("SOURCE", ""))
    except ValueError as wrong:
        print(wrong, file=sys.stderr)
        return UNUSABLE
    secret = chosen.get("SECRET", "").strip()
    if (why := unusable(secret)) is not None:
        print(why, file=sys.stderr)
        return UNUSABLE
    print(f"{address.url}")
    results: list[Result] = []
    with Door(address, secret) as door:
        run = Conformance(door, chosen.get("ORDER", "").strip().upper(), bool(chosen.get("PICKUP")))
        try:
            for result in run.results():
                results.append(result)
                print(line_of(result), flush=True)
        except Unreachable as nobody:
            print(f"Nobody answers: {nobody}", file=sys.stderr)
            return UNUSABLE
        if abs(door.clock_ahead) > TOLERANCE_SECONDS:
            print(
                f"Mind your clock: the shop's is {door.clock_ahead:+.0f} s from it, and your own events are refused."
            )
    print(f"{summary_of(results)}  (events of this run: conformance-{run.run}-…)")
    return int(any(result.verdict is Verdict.FAILED for result in results))


if __name__ == "__main__":
    sys.exit(main())
