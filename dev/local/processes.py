"""Child processes of the local run: a free port for them, their environment, and an end to all of them."""

import contextlib
import os
import socket
import time
from pathlib import Path
from typing import Final

import psutil

# The local AWS keeps regions apart; this one is also what a client without a region falls back to there.
REGION: Final = "us-east-1"
END_SECONDS = 3.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def clean_environment(temporary: Path, **more: str) -> dict[str, str]:
    """The environment of a child that talks to the local AWS: nothing of the person's own AWS settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LC_ALL") if name in os.environ}
    return {
        **kept,
        "TMPDIR": str(temporary),
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }


def end_children() -> None:
    """Ends everything that this process started, politely first; returns when all of it is gone."""
    _end(psutil.Process().children(recursive=True))


def end_tree(pid: int) -> None:
    """Ends one process and everything that it started, in the same way."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        _end([process, *process.children(recursive=True)])


def _end(tree: list[psutil.Process]) -> None:
    """Only looks whether a process is gone: to wait for it, and learn how it ended, is for who started it."""
    for process in tree:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in _alive_after(END_SECONDS, tree):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    _alive_after(END_SECONDS, tree)


def _alive_after(seconds: float, processes: list[psutil.Process]) -> list[psutil.Process]:
    ends = time.monotonic() + seconds
    while (alive := [process for process in processes if is_alive(process)]) and time.monotonic() < ends:
        time.sleep(0.05)
    return alive


def is_alive(process: psutil.Process) -> bool:
    """Whether it still runs; one that ended but that nobody has asked for its end does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
