"""What the layer leaves out: files that no function can reach, named here with the reason.

Every pattern has to match something. One that does not has been overtaken by a new release of its package,
and a list that silently does nothing any more is worse than a build that stops.
"""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path


class PruningError(Exception):
    """A rule of this module does not fit the packages any more."""


# line-bot-sdk's asynchronous clients are the only users of aiohttp, and aiohttp of the rest. Lambda answers
# one event at a time: there is nothing to overlap. The SDK's own modules are importable without them once
# its re-exports are lazy.
ASYNCHRONOUS_DISTRIBUTIONS = (
    "aiohappyeyeballs",
    "aiohttp",
    "aiosignal",
    "attrs",
    "frozenlist",
    "multidict",
    "propcache",
    "yarl",
)
ASYNCHRONOUS_FILES = (
    "aiohappyeyeballs",
    "aiohttp",
    "aiosignal",
    "attr",
    "attrs",
    "frozenlist",
    "multidict",
    "propcache",
    "yarl",
    "linebot/async_*.py",
    "linebot/aiohttp_async_http_client.py",
    "linebot/v3/*/async_*.py",
    "linebot/v3/*/api/async_*.py",
)

UNREACHABLE_FILES = (
    "bin",  # command-line scripts
    "libfuturize",  # future's source converters
    "libpasteurize",
    "future/backports/test",
    "future/moves/test",
    "future/tests",
    "certifi/tests",
    "aenum/_py2.py",  # Python 2 syntax
    "boto3/data",  # boto3.resource, which nothing here uses
    "boto3/examples",
    "botocore/data/*/*/examples-1.json",  # shown in generated documentation only
    "**/*.pyi",
    "**/*.c",
)

# Notes of the installer. They differ between pip and uv, and the list of files is no longer true after
# pruning. METADATA, licences and entry points stay, for importlib.metadata and for whoever asks what is in
# here.
INSTALLER_NOTES = ("*.dist-info/RECORD", "*.dist-info/INSTALLER", "*.dist-info/REQUESTED")


def drop_installer_notes(tree: Path) -> None:
    """Remove what would make two installs of the same packages differ."""
    _remove(tree, INSTALLER_NOTES)
    (tree / ".lock").unlink(missing_ok=True)  # uv's, while it installs


def drop_unreachable(tree: Path) -> list[str]:
    """Remove what no function can reach; the dotted names of the Python modules that went."""
    distributions = [f"{name}-*.dist-info" for name in ASYNCHRONOUS_DISTRIBUTIONS]
    removed = _remove(tree, [*ASYNCHRONOUS_FILES, *distributions, *UNREACHABLE_FILES])
    return sorted(_module(path) for path in removed if path.suffix in {"", ".py"} and path.parts[0] != "bin")


def _remove(tree: Path, patterns: Iterable[str]) -> list[Path]:
    removed: list[Path] = []
    for pattern in patterns:
        matches = sorted(tree.glob(pattern))
        if not matches:
            raise PruningError(
                f"Nothing in the layer matches {pattern!r} any more: correct the list in pruning.py."
            )
        for path in matches:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            removed.append(path.relative_to(tree))
    return removed


def _module(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def sizes(tree: Path) -> Mapping[str, int]:
    """Bytes of each top-level entry of a tree."""
    return {
        entry.name: sum(path.stat().st_size for path in [entry, *entry.rglob("*")] if path.is_file())
        for entry in sorted(tree.iterdir())
    }
