"""Build the third-party layer: the locked wheels of one architecture, made to load fast, proven the same.

Every step can be left out (`--without`), and each one that changes what a package does is proven at every
build, in a fresh interpreter, against the packages as they were released. A proof that fails ends the
build.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence, Set
from enum import StrEnum
from pathlib import Path

from layers.dependencies import byte_code, lazy_exports, pruning, service_models, wheels

# The packages whose `__init__` files import everything they have; their proof covers every package below.
LAZY_ROOTS = ("linebot",)

# Where the time goes. Should a release of the SDK stop allowing these to be rewritten, the build has to say
# so.
MUST_BE_LAZY = frozenset({"linebot", "linebot.v3", "linebot.v3.messaging", "linebot.v3.messaging.models"})


class Step(StrEnum):
    """What the build does after unpacking the wheels, in this order."""

    PRUNE = "prune"
    LAZY_EXPORTS = "lazy-exports"
    SERVICE_MODELS = "service-models"
    BYTE_CODE = "byte-code"


class StepError(Exception):
    """The steps asked for do not add up to a layer."""


def build(architecture: str, into: Path, steps: Set[Step] = frozenset(Step)) -> list[str]:
    """Fill `into` (a layer's `python` folder, emptied first) for an architecture; lines for the log."""
    byte_code.require_target_python()
    if Step.PRUNE in steps and Step.LAZY_EXPORTS not in steps:
        raise StepError(
            "Without lazy exports the SDK imports its asynchronous clients: they cannot be pruned."
        )
    if into.exists():
        shutil.rmtree(into)
    wheels.install(into, architecture)
    pruning.drop_installer_notes(into)
    log = []
    if Step.LAZY_EXPORTS in steps:
        with tempfile.TemporaryDirectory() as scratch:
            path = wheels.import_path(into, architecture, Path(scratch))
            log.append(_make_lazy(path, prune=Step.PRUNE in steps))
    if Step.SERVICE_MODELS in steps:
        log.append(_cut_service_models(into))
    if Step.BYTE_CODE in steps:
        log.append(f"{byte_code.compile_tree(into)} files compiled")
    return log


def _make_lazy(path: list[Path], *, prune: bool) -> str:
    tree = path[-1]
    packages = [package for root in LAZY_ROOTS for package in lazy_exports.packages_below(tree, root)]
    before = lazy_exports.record_names(path, packages)
    removed = pruning.drop_unreachable(tree) if prune else []
    wheels.forget_what_is_gone(path)
    rewritten = lazy_exports.rewrite_packages(tree, packages)
    if missing := MUST_BE_LAZY - set(rewritten):
        raise lazy_exports.LazyExportsError(f"Cannot be made lazy any more: {', '.join(sorted(missing))}")
    after = lazy_exports.record_names(path, packages)
    same = lazy_exports.prove_same_names(before, after, removed)
    return f"{len(rewritten)} packages made lazy: {lazy_exports.summary(before, same)}"


def _cut_service_models(tree: Path) -> str:
    before = service_models.record_answers([tree])
    service_models.cut_down(tree)
    service_models.prove_same_answers(before, service_models.record_answers([tree]))
    return (
        f"botocore describes {', '.join(service_models.AWS_SERVICES)} exactly as released, and nothing else"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Build what the command line asks for; 1 with a clear line when that is impossible."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--architecture", choices=sorted(wheels.MACHINES), required=True)
    parser.add_argument("--into", type=Path, required=True, help="the layer's python folder; emptied first")
    parser.add_argument("--without", type=Step, choices=list(Step), action="append", default=[])
    options = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        log = build(options.architecture, options.into, frozenset(Step) - set(options.without))
    except (
        StepError,
        byte_code.ByteCodeError,
        lazy_exports.LazyExportsError,
        pruning.PruningError,
        service_models.ServiceModelsError,
        wheels.InstallError,
    ) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    size = sum(pruning.sizes(options.into).values()) / 1_000_000
    lines = [*log, f"{size:.1f} MB for {options.architecture} in {time.monotonic() - started:.1f} s"]
    sys.stdout.write("".join(f"DependenciesLayer: {line}\n" for line in lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
