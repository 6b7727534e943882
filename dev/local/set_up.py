"""Makes the project's environments on a machine that has only Python 3.13.

Run as `python3.13 -I dev/local/set_up.py`, with the environments that are needed (`dev`, `sam`, `ministack`;
all by default). Standard library only, because it runs before anything is installed. An environment is made
again when its requirements file changes; everything is installed with its hashes.
"""

import concurrent.futures
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
UV_FOLDER = ROOT / ".tools" / "uv"
STAMP = ".installed-from"


class CannotSetUp(Exception):
    """The message is one line that says what to do."""


@dataclass(frozen=True)
class Environment:
    folder: Path
    requirements: Path

    def wanted_stamp(self) -> str:
        digest = hashlib.sha256(self.requirements.read_bytes()).hexdigest()
        return f"{sys.version_info.major}.{sys.version_info.minor} {digest}"

    def is_ready(self) -> bool:
        stamp = self.folder / STAMP
        return stamp.is_file() and stamp.read_text(encoding="utf-8") == self.wanted_stamp()

    def mark_ready(self) -> None:
        (self.folder / STAMP).write_text(self.wanted_stamp(), encoding="utf-8")


UV = Environment(UV_FOLDER, ROOT / "requirements" / "uv.txt")
ENVIRONMENTS = {
    "dev": Environment(ROOT / ".venv", ROOT / "requirements" / "dev.txt"),
    "sam": Environment(ROOT / ".tools" / "sam", ROOT / "requirements" / "sam.txt"),
    "ministack": Environment(ROOT / ".tools" / "ministack", ROOT / "requirements" / "ministack.txt"),
}


def set_up(names: list[str]) -> None:
    """Raises CannotSetUp."""
    if sys.version_info[:2] != (3, 13):
        raise CannotSetUp("This project needs Python 3.13: install it so that `python3.13` is on the PATH.")
    wanted = [ENVIRONMENTS[name] for name in names]
    if UV.is_ready() and all(environment.is_ready() for environment in wanted):
        return
    (ROOT / ".tools").mkdir(exist_ok=True)
    with (ROOT / ".tools" / "set-up.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two first starts at once must not install into one folder
        if not UV.is_ready():
            _install_uv()
        missing = [environment for environment in wanted if not environment.is_ready()]
        with concurrent.futures.ThreadPoolExecutor(max_workers=len(ENVIRONMENTS)) as pool:
            list(pool.map(_install, missing))


def _install_uv() -> None:
    started = time.monotonic()
    shutil.rmtree(UV.folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(UV.folder)], "make a virtual environment")
    pip = [
        str(UV.folder / "bin" / "python"),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    _run([*pip, "--require-hashes", "-r", str(UV.requirements)], f"install {UV.requirements.name}")
    UV.mark_ready()
    _say("uv", started)


def _install(environment: Environment) -> None:
    started = time.monotonic()
    uv = str(UV.folder / "bin" / "uv")
    folder = str(environment.folder)
    _run([uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, folder], f"make {folder}")
    python = str(environment.folder / "bin" / "python")
    sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python]
    _run([*sync, str(environment.requirements)], f"install requirements/{environment.requirements.name}")
    environment.mark_ready()
    _say(f"requirements/{environment.requirements.name}", started)


def _run(command: list[str], purpose: str) -> None:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        log = ROOT / ".tools" / "set-up.log"
        log.write_text(f"{' '.join(command)}\n{done.stdout}{done.stderr}", encoding="utf-8")
        raise CannotSetUp(
            f"Could not {purpose}: check that this machine reaches its Python package index, then run "
            f"the same command again (details in {log.relative_to(ROOT)})."
        )


def _say(what: str, started: float) -> None:
    print(f"  {time.monotonic() - started:5.1f} s  installed {what}", flush=True)


def main() -> int:
    try:
        set_up(sys.argv[1:] or list(ENVIRONMENTS))
    except CannotSetUp as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
