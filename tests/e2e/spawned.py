"""Starts `dev.run` as a process of its own, as `make run` does, and ends it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from dev.local.processes import free_port
from dev.local.settings import ROOT

READY_SECONDS = 240.0
END_SECONDS = 10.0


class NotReady(AssertionError):
    """The run ended, or took longer than the contract allows; the message holds what it said."""


@dataclass(frozen=True)
class LocalRun:
    """A running product. `output` is the file that its log goes to."""

    base_url: str
    port: int
    process: subprocess.Popen[bytes]
    output: Path


def command_environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "layers" / "shared" / "python"), "HEADLESS": "1", **more}


@contextmanager
def local_stack(output: Path, **environment: str) -> Iterator[LocalRun]:
    """A run on a free port, ready when the block begins and gone when it is over."""
    port = free_port()
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "dev.run"],
            cwd=ROOT,
            env=command_environment(PORT=str(port), **environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    run = LocalRun(f"http://127.0.0.1:{port}", port, process, output)
    try:
        _wait_until_ready(run)
        yield run
    finally:
        _end(run)


def _wait_until_ready(run: LocalRun) -> None:
    ends = time.monotonic() + READY_SECONDS
    while run.process.poll() is None and time.monotonic() < ends:
        try:
            if httpx.get(f"{run.base_url}/_local/health", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise NotReady(f"the local run is not ready:\n{run.output.read_text(encoding='utf-8')}")


def _end(run: LocalRun) -> None:
    if run.process.poll() is None:
        os.killpg(run.process.pid, signal.SIGTERM)
    try:
        run.process.wait(END_SECONDS)
    finally:
        if run.process.poll() is None:
            os.killpg(run.process.pid, signal.SIGKILL)
        shutil.rmtree(ROOT / ".local" / str(run.port), ignore_errors=True)
