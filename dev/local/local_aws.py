"""The local AWS of one run: MiniStack as a child process on a free port of 127.0.0.1."""

import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from dev.local.processes import REGION, clean_environment, end_tree, free_port
from dev.local.settings import ROOT

START_SECONDS = 30.0
ATTEMPTS = 3
PYTHON = ROOT / ".tools" / "ministack" / "bin" / "python"
LAUNCHER = Path(__file__).with_name("ministack_launcher.py")
# A worker keeps its function warm until the run ends; many cold starts at once are what two cores are bad at.
WARM_SECONDS = "86400"


class LocalAwsFailed(Exception):
    """MiniStack did not start; the message says where its log is."""


@dataclass(frozen=True)
class MiniStack:
    endpoint: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def is_running(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        end_tree(self.process.pid)
        self.process.wait()


def start_local_aws(folder: Path) -> MiniStack:
    """Returns when it answers. `folder` takes its log and its temporary files. Raises LocalAwsFailed."""
    temporary = folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    log = folder / "ministack.log"
    for _ in range(ATTEMPTS):  # somebody else may take the free port before MiniStack does
        ministack = _launch(free_port(), temporary, log)
        if _answers(ministack):
            return ministack
        ministack.stop()
    raise LocalAwsFailed(f"The local AWS did not start; its log is {log}.")


def _launch(port: int, temporary: Path, log: Path) -> MiniStack:
    endpoint = f"http://127.0.0.1:{port}"
    environment = clean_environment(
        temporary,
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        MINISTACK_REGION=REGION,
        AWS_ENDPOINT_URL=endpoint,
        LAMBDA_WARM_TTL_SECONDS=WARM_SECONDS,
        # Listeners of services that the product does not use; they would bind every interface.
        SFTP_ENABLED="0",
        IOT_MTLS_ENABLED="0",
    )
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(PYTHON), "-P", str(LAUNCHER)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=temporary,
        )
    return MiniStack(endpoint, port, process, log)


def _answers(ministack: MiniStack) -> bool:
    ends = time.monotonic() + START_SECONDS
    while ministack.is_running() and time.monotonic() < ends:
        try:
            with urllib.request.urlopen(f"{ministack.endpoint}/_ministack/health", timeout=5) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False
