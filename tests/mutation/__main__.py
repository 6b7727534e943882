"""Mutation testing of the code that money, payment attempts and stock depend on. `make mutation`.

python -m tests.mutation                                  every module
python -m tests.mutation domain/money.py services/…       some of them
python -m tests.mutation --workers 1                      one child at a time (as many as processors otherwise)
python -m tests.mutation --again                          only the survivors of the last run, say after a new test
"""

import argparse
import os
import sys
import time

from tests.mutation.coverage import TestsFail
from tests.mutation.judging import Verdict, judge_functions, judge_imports, prepare
from tests.mutation.mutants import Mutant, mutants_of
from tests.mutation.survivors import LEAST_PERCENT, Name, Result, keep_last, last, listed
from tests.mutation.targets import TARGETS


def main() -> int:
    """Judge every mutant; 0 if enough are killed and every survivor is listed with its reason."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("modules", nargs="*", help="as in the table: domain/money.py")
    parser.add_argument("--again", action="store_true", help="only the survivors of the last run")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    started = time.monotonic()
    known = listed()
    targets = [target for target in TARGETS if not options.modules or target.path in options.modules]
    mutants = [mutant for target in targets for mutant in mutants_of(target)]
    if options.again:
        again = last()
        mutants = [mutant for mutant in mutants if Name.of(mutant) in again]
    judged: list[tuple[Mutant, Verdict]] = []

    def tell(mutant: Mutant, verdict: Verdict) -> None:
        judged.append((mutant, verdict))
        if len(judged) % 100 == 0:
            sys.stdout.write(f"{len(judged)} of {len(mutants)} mutants\n")
            sys.stdout.flush()

    prepare()
    try:
        on_import = [mutant for mutant in mutants if mutant.runs_on_import]
        for mutant, verdict in judge_imports(on_import, options.workers):
            tell(mutant, verdict)
        judge_functions([each for each in mutants if not each.runs_on_import], options.workers, tell)
    except TestsFail as failing:
        sys.stderr.write(f"They fail without any mutant: pytest {failing}\n")
        return 1
    keep_last(judged)
    return _report(Result(judged, known, options.again), time.monotonic() - started)


def _report(result: Result, seconds: float) -> int:
    say = ["", *result.table()]
    if result.unlisted:
        say += ["", "Survived, and not in survivors.toml. Write a test, or the reason why it may live:"]
        say += [f"\n{name}" for name in result.unlisted]
    if result.overdue:
        say += [
            "",
            "In survivors.toml, but killed or gone by now:",
            *(f"\n{name}" for name in result.overdue),
        ]
    held = "Held." if result.holds else f"Not held: {LEAST_PERCENT} % of each group, every survivor listed."
    sys.stdout.write("\n".join([*say, "", f"{held} {seconds / 60:.1f} minutes.", ""]))
    return 0 if result.holds else 1


if __name__ == "__main__":
    sys.exit(main())
