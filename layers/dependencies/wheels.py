"""The locked third-party packages, as wheels of one platform, unpacked into a folder.

uv when the project has it (or it is on PATH), else pip: both check every hash and build nothing.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LOCKED = Path(__file__).resolve().parent / "requirements.txt"

# AWS's name of an architecture, and the machine's name in the wheels' platform tags.
MACHINES: Mapping[str, str] = {"arm64": "aarch64", "x86_64": "x86_64"}


class InstallError(Exception):
    """The locked packages could not be unpacked for the platform."""


def is_this_machine(architecture: str) -> bool:
    """Whether this interpreter can load the compiled modules of an architecture's wheels."""
    return sysconfig.get_platform() == f"linux-{MACHINES[architecture]}"


def install(into: Path, architecture: str | None) -> None:
    """Unpack the locked packages for an architecture of Lambda, or for this interpreter when it is None."""
    uv = _uv()
    command = _uv_command(uv, into, architecture) if uv else _pip_command(into, architecture)
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if finished.returncode:
        raise InstallError(
            f"{command[0]} could not install {LOCKED.name}:\n{finished.stderr or finished.stdout}"
        )


def import_path(tree: Path, architecture: str, scratch: Path) -> list[Path]:
    """The import path with which this machine can load `tree`, whatever machine it was built for.

    For another machine's tree, this machine's builds of the packages that hold compiled modules come first
    (put into `scratch`): all that is plain Python still comes from the tree, file by file as it will be
    deployed.
    """
    if is_this_machine(architecture):
        return [tree]
    compiled = {path.relative_to(tree).parts[0] for path in tree.rglob("*.so")}
    native = scratch / "native"
    native.mkdir()
    install(scratch / "wheels", None)
    for name in compiled:
        shutil.move(scratch / "wheels" / name, native / name)
    return [native, tree]


def forget_what_is_gone(path: list[Path]) -> None:
    """Take out of the counterparts what the tree has lost, lest a proof finds what the layer lacks."""
    *counterparts, tree = path
    for native in counterparts:
        for package in [entry for entry in native.iterdir() if not (tree / entry.name).exists()]:
            shutil.rmtree(package)


def _uv() -> str | None:
    own = PROJECT / ".tools" / "uv" / "bin" / "uv"
    return str(own) if own.is_file() else shutil.which("uv")


def _uv_command(uv: str, into: Path, architecture: str | None) -> list[str]:
    platform = ["--python-platform", f"{MACHINES[architecture]}-manylinux2014"] if architecture else []
    return [
        *(uv, "pip", "install", "--quiet", "--python", sys.executable, "--target", str(into)),
        *("--only-binary", ":all:", "--require-hashes", "--link-mode", "copy", *platform),
        *("--requirement", str(LOCKED)),
    ]


def _pip() -> list[str]:
    if find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if on_path := shutil.which("pip"):
        return [on_path]
    raise InstallError(
        "The third-party layer is installed with uv or pip, and neither is to be found on PATH."
    )


def _pip_command(into: Path, architecture: str | None) -> list[str]:
    platform = ["--platform", f"manylinux2014_{MACHINES[architecture]}"] if architecture else []
    return [
        *(*_pip(), "install", "--quiet", "--target", str(into), "--no-compile", "--no-deps"),
        *("--only-binary=:all:", "--require-hashes", "--python-version", "3.13", *platform),
        *("--requirement", str(LOCKED)),
    ]
