"""Build the third-party layer: the locked wheels of one architecture and their byte code."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from layers.dependencies import byte_code, wheels


def build(architecture: str, into: Path) -> None:
    """Fill `into` (a layer's `python` folder) for an architecture of Lambda."""
    byte_code.require_target_python()
    wheels.install(into, architecture)
    byte_code.compile_tree(into)


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what the command line asks for; 1 with a clear line when that is impossible."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--architecture", choices=sorted(wheels.MACHINES), required=True)
    parser.add_argument("--into", type=Path, required=True, help="the layer's python folder")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        build(options.architecture, options.into)
    except (byte_code.ByteCodeError, wheels.InstallError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{options.into}: built in {time.monotonic() - started:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
