"""Run the benches of this folder, one after the other: `python -m bench [name …]`."""

import sys
from importlib import import_module
from pathlib import Path

BENCHES = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_"))


def main(names: list[str]) -> int:
    """Run the benches named, or all; 1 when one of them could not measure."""
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        sys.stderr.write(f"No such bench: {', '.join(unknown)}. There are: {', '.join(BENCHES)}.\n")
        return 2
    failed = 0
    for name in names or BENCHES:
        print(f"\n== {name}\n", flush=True)
        failed |= import_module(f"bench.{name}").main([])
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
