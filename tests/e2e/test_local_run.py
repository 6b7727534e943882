"""The local run itself: readiness, where it listens, how it refuses to start and how it ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from dev.driver.back_office import LOCAL_SECRETS
from dev.driver.customer import Customer, anything
from dev.local.processes import is_alive
from dev.local.settings import ROOT
from tests.e2e.spawned import END_SECONDS, LocalRun, command_environment, local_stack

pytestmark = pytest.mark.local_run


def test_health_names_the_seconds_of_each_step(local_run: LocalRun) -> None:
    health = httpx.get(f"{local_run.base_url}/_local/health").json()

    assert health["status"] == "ready"
    steps = {"local_aws", "build", "deploy", "seed", "warm_up", "rich_menus", "ready"}
    assert set(health["seconds"]) == steps


def test_the_rich_menu_is_there_and_a_tap_changes_its_language_and_the_shops(local_run: LocalRun) -> None:
    async def tap_thai() -> None:
        async with await Customer.create(local_run.base_url) as customer:
            await customer.wait_for(anything)
            await customer.tap_menu(5)
            await customer.wait_for(lambda message: "จะคุยเป็นภาษาไทย" in message.words)
            shown = httpx.get(f"{local_run.base_url}/_local/line/richmenus").json()
            assert shown["menus"][shown["default"]]["chatBarText"] == "選單"
            assert shown["menus"][shown["linked"][customer.user_id]]["chatBarText"] == "เมนู"

    asyncio.run(tap_thai())


def test_nothing_listens_on_anything_but_the_loopback_address(local_run: LocalRun) -> None:
    parent = psutil.Process(local_run.process.pid)
    addresses = {
        connection.laddr.ip
        for process in [parent, *parent.children(recursive=True)]
        for connection in process.net_connections()
        if connection.status == psutil.CONN_LISTEN
    }

    assert addresses == {"127.0.0.1"}


def test_an_unsigned_webhook_is_refused_by_the_deployed_function(local_run: LocalRun) -> None:
    assert httpx.post(f"{local_run.base_url}/line/webhook", content=b"{}").status_code == 401


@pytest.mark.parametrize("source", LOCAL_SECRETS)
def test_a_back_office_finds_every_answer_as_its_page_says(local_run: LocalRun, source: str) -> None:
    url, secret = f"URL={local_run.base_url}/hooks/{source}", f"SECRET={LOCAL_SECRETS[source]}"
    done = subprocess.run(  # noqa: S603
        ["make", "--no-print-directory", "conformance", url, secret],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    failed = [line for line in done.stdout.splitlines() if line.startswith("FAIL")]
    assert (failed, done.returncode) == ([], 0), done.stderr
    assert " passed, 0 failed, " in done.stdout.splitlines()[-1]


def test_a_second_run_beside_it_ends_with_everything_that_it_started(
    local_run: LocalRun, tmp_path: Path
) -> None:
    with local_stack(tmp_path / "second.log") as second:
        assert second.port != local_run.port
        parent = psutil.Process(second.process.pid)
        tree = [parent, *parent.children(recursive=True)]
        assert len(tree) > 1  # the local AWS and its functions

        os.killpg(second.process.pid, signal.SIGTERM)

        assert second.process.wait(END_SECONDS) == 0
        assert [process for process in tree if is_alive(process)] == []
    assert httpx.get(f"{local_run.base_url}/_local/health").status_code == 200


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "dev.run"],
        cwd=ROOT,
        env=command_environment(**environment),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        refused = start(PORT=str(port))

    assert (refused.returncode, refused.stdout) == (1, "")
    assert (
        refused.stderr
        == f"Port {port} is in use: end what runs there, or choose another: PORT=8081 make run\n"
    )


def test_a_setting_that_cannot_be_used_is_one_clear_line() -> None:
    refused = start(PAYMENT_WINDOW_SECONDS="soon")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "PAYMENT_WINDOW_SECONDS must be a whole number from 1, not 'soon'.\n"
