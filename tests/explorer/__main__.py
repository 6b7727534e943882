"""The explorer: every interleaving of the real services, with crashes and lost answers. `make explore`.

python -m tests.explorer                         all scenarios, the naive variant, every mutant
python -m tests.explorer --scenario expiry       one scenario
python -m tests.explorer --replay 'expiry:0,1,c0'  one schedule, step by step (add --naive or --mutant NAME)
"""

import argparse
import sys

from tests.explorer.mutants import MUTANTS, install


def main() -> int:
    """Run what the command line asks for; 0 if everything held."""
    parser = argparse.ArgumentParser(prog="python -m tests.explorer", description=__doc__)
    parser.add_argument("--scenario", help="only this one")
    parser.add_argument("--replay", metavar="SCENARIO:STEPS", help="walk one schedule and tell each step")
    parser.add_argument("--naive", action="store_true", help="the read-act-write checkout instead of ours")
    parser.add_argument("--mutant", help="with one of the seeded mistakes", metavar="NAME")
    parser.add_argument(
        "--schedules", type=int, default=600_000, help="random schedules walked one by one, besides"
    )
    parser.add_argument("--seed", type=int, default=20_261_124)
    options = parser.parse_args()
    if options.mutant:
        install(next(mutant for mutant in MUTANTS if mutant.name == options.mutant))
    # Only now, so that a mutant is in place before its module is imported.
    from tests.explorer import runs  # noqa: PLC0415

    if options.replay:
        return runs.replay(options.replay, naive=options.naive)
    if options.scenario:
        return runs.one(options.scenario, naive=options.naive, schedules=options.schedules, seed=options.seed)
    return runs.everything(options.schedules, options.seed)


if __name__ == "__main__":
    sys.exit(main())
