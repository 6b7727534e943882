"""Byte code that is valid wherever the files land: the layers' only use of the compiler.

Lambda unpacks a zip whose files all carry the same made-up date, so the usual byte code, which is checked
against the source's date, is never accepted and every cold start compiles everything again. Unchecked-hash
byte code (PEP 552) is taken as it is. That is right only for files that nobody edits in place, which is why
it is made in the build's own copy.
"""

import argparse
import os
import py_compile
import shutil
import sys
import warnings
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

TARGET_PYTHON = (3, 13)
WHERE_LAMBDA_UNPACKS_LAYERS = "/opt/python"

# What the compiler writes can depend on what the same process compiled before. A fixed number of fresh
# processes, each with a fixed share of the sorted files, makes two builds identical on any number of cores.
SHARES = 4

# Python 2 syntax that aenum imports under Python 2 only.
NEVER_IMPORTED = frozenset({"aenum/_py2.py"})


class ByteCodeError(Exception):
    """A file of the tree cannot be compiled for the runtime."""


def require_target_python() -> None:
    """Refuse an interpreter whose byte code the functions' runtime would not accept."""
    if sys.version_info[:2] != TARGET_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        raise ByteCodeError(
            f"The layers need Python {TARGET_PYTHON[0]}.{TARGET_PYTHON[1]} to compile; this is {found}."
        )


def compile_tree(tree: Path) -> int:
    """Write unchecked-hash byte code beside every source file of `tree`; the number of files compiled."""
    require_target_python()
    sources = sorted(
        path for path in tree.rglob("*.py") if path.relative_to(tree).as_posix() not in NEVER_IMPORTED
    )
    shares = [(tree, sources[start::SHARES]) for start in range(SHARES)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        return sum(pool.map(_compile_share, shares))


def copy_and_compile(source: Path, into: Path) -> int:
    """Copy a package folder without whatever byte code lies in it, and compile the copy."""
    shutil.copytree(source, into, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    return compile_tree(into)


def _compile_share(share: tuple[Path, Sequence[Path]]) -> int:
    tree, sources = share
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # old escapes in packages that are not ours to change
        for source in sources:
            _compile(source, f"{WHERE_LAMBDA_UNPACKS_LAYERS}/{source.relative_to(tree).as_posix()}")
    return len(sources)


def _compile(source: Path, name_in_tracebacks: str) -> None:
    try:
        py_compile.compile(
            str(source),
            dfile=name_in_tracebacks,
            doraise=True,
            optimize=0,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except py_compile.PyCompileError as error:
        raise ByteCodeError(f"{name_in_tracebacks}: {error.msg}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Copy and compile one folder, as a layer's Makefile asks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--source", type=Path, required=True, help="folder of packages")
    parser.add_argument("--into", type=Path, required=True, help="the layer's python folder")
    options = parser.parse_args(arguments)
    try:
        count = copy_and_compile(options.source, options.into)
    except ByteCodeError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{options.into}: {count} files compiled\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
