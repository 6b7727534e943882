"""`sam build`, once for each state of the sources: every run of the same sources shares one finished build.

A build is a folder named by the content of what goes into it and is never written to again, so that a run is
not disturbed when somebody edits a file and starts another one beside it.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from dev.local.settings import ROOT

SAM = ROOT / ".tools" / "sam" / "bin" / "sam"
BUILDS = ROOT / ".local" / "build"
# All that `sam build` reads; the state machines in infra/ are read where they lie.
SOURCES = ("template.yaml", "functions", "layers", "requirements/layer.txt", "requirements/sam.txt")
# Builds of other states of the sources that stay for the next change back.
KEPT_BUILDS = 2


class BuildFailed(Exception):
    """`sam build` refused; the message ends with its last words."""


@dataclass(frozen=True)
class Build:
    folder: Path
    template: Path
    use: IO[str]  # holding it open keeps the folder from being tidied away

    def release(self) -> None:
        self.use.close()


def local_architecture() -> str:
    """What AWS calls this machine's processor: the layer's wheels must run here."""
    return "arm64" if platform.machine().lower() in {"arm64", "aarch64"} else "x86_64"


def content_stamp(root: Path, sources: tuple[str, ...], *more: str) -> str:
    """Changes when any file under the sources changes its name, content or permission to run."""
    digest = hashlib.sha256("\n".join(more).encode())
    for path in sorted(_files(root, sources)):
        executable = path.stat().st_mode & 0o100
        digest.update(f"\0{path.relative_to(root)}\0{executable}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _files(root: Path, sources: tuple[str, ...]) -> Iterator[Path]:
    for source in sources:
        place = root / source
        if place.is_file():
            yield place
        for path in place.rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path


def built(architecture: str) -> Build:
    """The build of the present sources; waits while another run makes it. Raises BuildFailed."""
    BUILDS.mkdir(parents=True, exist_ok=True)
    with _locked(BUILDS / "building.lock"):
        stamp = content_stamp(ROOT, SOURCES, architecture)
        folder = BUILDS / stamp
        if not (folder / "template.yaml").is_file():
            _sam_build(folder, architecture)
        use = (BUILDS / f"{stamp}.use").open("w", encoding="utf-8")
        fcntl.flock(use, fcntl.LOCK_SH)
        _tidy(keep=stamp)
    return Build(folder, folder / "template.yaml", use)


def _sam_build(folder: Path, architecture: str) -> None:
    unfinished = folder.with_suffix(".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    # The third-party layer is what takes long; its cache is kept for as long as its lock file is.
    cache = (
        BUILDS
        / f"cache-{content_stamp(ROOT, ('layers/dependencies', 'requirements/layer.txt'), architecture)}"
    )
    done = subprocess.run(
        [
            *(str(SAM), "build", "--template", str(ROOT / "template.yaml"), "--build-dir", str(unfinished)),
            *("--cached", "--cache-dir", str(cache), "--parameter-overrides", f"Architecture={architecture}"),
        ],
        cwd=ROOT,
        # The person's own environment: it says how this machine reaches its package index.
        env={**os.environ, "SAM_CLI_TELEMETRY": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    (BUILDS / "build.log").write_text(done.stdout, encoding="utf-8")
    if done.returncode != 0:
        raise BuildFailed(f"sam build failed:\n{last_lines(done.stdout)}")
    unfinished.rename(folder)


def last_lines(output: str, count: int = 15) -> str:
    return "\n".join(f"    {line}" for line in output.strip().splitlines()[-count:])


def _tidy(keep: str) -> None:
    """Removes builds that no run uses, the oldest first, but for the latest few."""
    uses = sorted(BUILDS.glob("*.use"), key=lambda path: path.stat().st_mtime, reverse=True)
    for use in [use for use in uses if use.stem != keep][KEPT_BUILDS:]:
        with use.open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            shutil.rmtree(BUILDS / use.stem, ignore_errors=True)
            use.unlink()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
