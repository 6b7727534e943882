"""The samples that receive: they take what we send, once, and nothing else."""

import base64
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from dev.contracts.examples import SAMPLES
from storefront.adapters.order_system import HttpOrderSystem, signature
from storefront.domain.outbox import OrderEvent, OrderEventType
from tests.integrators.conftest import LANGUAGES, sample
from tests.standins.serving import free_socket

SECRET = "whsec_" + base64.b64encode(b"\x00a secret of the order system\xff").decode()
OTHER = "whsec_" + base64.b64encode(b"another").decode()
BODY = (SAMPLES / "from_shop" / "order_paid.json").read_text("utf-8")
EVENT = OrderEvent(
    event_id="A7K3Q-9XM2T:order.paid.v1:1",
    order_number="A7K3Q-9XM2T",
    type=OrderEventType.PAID,
    body=BODY,
    created_at=datetime(2026, 11, 24, tzinfo=UTC),
)
SERVERS = pytest.mark.parametrize("language", [each for each in LANGUAGES if each != ".sh"])


@dataclass
class Receiver:
    """A sample that listens, and what it printed when it was ended."""

    url: str
    process: subprocess.Popen[str]

    def is_sent(self, event: OrderEvent, at: datetime | None = None, secret: str = SECRET) -> bool:
        return HttpOrderSystem(self.url, lambda: secret).post(event, at or datetime.now(UTC))

    def status(self, headers: Mapping[str, str | bytes], body: bytes = BODY.encode()) -> int:
        return httpx.post(self.url, content=body, headers=dict(headers), trust_env=False).status_code  # type: ignore[arg-type]

    def end(self) -> str:
        self.process.terminate()
        printed, _ = self.process.communicate(timeout=20)
        return printed


@contextmanager
def receiving(language: str, folder: Path) -> Iterator[Receiver]:
    program = sample(f"receive{language}")
    listening = free_socket()
    host, port = listening.getsockname()
    listening.close()
    served = ["-S", f"{host}:{port}", str(program.path)] if language == ".php" else [str(program.path)]
    process = program.start(served, SECRET=SECRET, PORT=str(port), TMPDIR=str(folder), PYTHONUNBUFFERED="1")
    try:
        ends = time.monotonic() + 30
        while not _listens(host, port):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < ends, "it does not listen"
            time.sleep(0.02)
        yield Receiver(f"http://{host}:{port}/", process)
    finally:
        process.kill()
        process.communicate()


def _listens(host: str, port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex((host, port)) == 0


def signed() -> dict[str, str]:
    """The headers of a good request of now."""
    now = int(time.time())
    return {
        "webhook-id": EVENT.event_id,
        "webhook-timestamp": str(now),
        "webhook-signature": signature(SECRET, EVENT.event_id, now, BODY.encode()),
    }


@SERVERS
def test_our_event_is_taken_and_the_same_one_again_is_taken_but_counts_once(
    language: str, tmp_path: Path
) -> None:
    with receiving(language, tmp_path) as receiver:
        assert receiver.is_sent(EVENT)
        assert receiver.is_sent(EVENT)
        assert receiver.is_sent(replace(EVENT, event_id="A7K3Q-9XM2T:order.paid.v1:2"))
        printed = receiver.end()
    assert printed.count('"orderNumber": "A7K3Q-9XM2T"') == 2
    assert "王小明" in printed


@SERVERS
def test_what_we_did_not_send_now_is_refused_and_never_an_error(language: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with receiving(language, tmp_path) as receiver:
        assert not receiver.is_sent(EVENT, secret=OTHER)
        assert not receiver.is_sent(EVENT, now - timedelta(seconds=330))
        assert not receiver.is_sent(EVENT, now + timedelta(seconds=330))
        assert receiver.status(signed(), BODY.replace("王小明", "王大明").encode()) == 401
        good = signed()
        proof, stamp = good["webhook-signature"], good["webhook-timestamp"]
        assert receiver.status({}) == 401
        for name, wrong in (
            ("id", "another"),
            ("id", ""),
            ("timestamp", ""),
            ("timestamp", f"{stamp}.0"),
            ("timestamp", f"{stamp[:1]}_{stamp[1:]}"),
            ("timestamp", "now"),
            ("timestamp", "9" * 30),
            ("signature", ""),
            ("signature", "v1"),
            ("signature", "v1,"),
            ("signature", "v1,AAAA"),
            ("signature", "v1,不".encode()),
            ("signature", b"\xff\xfe"),
            ("signature", proof.removeprefix("v1,")),
            ("signature", proof.replace("v1,", "v1a,")),
        ):
            assert receiver.status({**good, f"webhook-{name}": wrong}) == 401, wrong
        assert '"orderNumber"' not in receiver.end()


@SERVERS
def test_while_the_shop_s_secret_rotates_either_signature_is_enough(language: str, tmp_path: Path) -> None:
    headers = signed()
    now, right = int(headers["webhook-timestamp"]), headers["webhook-signature"]
    wrong = signature(OTHER, EVENT.event_id, now, BODY.encode())
    with receiving(language, tmp_path) as receiver:
        assert receiver.status({**headers, "webhook-signature": f"{wrong} {right}"}) == 204
        assert receiver.status({**headers, "webhook-signature": f"{right} {wrong}"}) == 204
        assert receiver.status({**headers, "webhook-signature": f"{wrong} {wrong}"}) == 401


def proven_in_a_shell(body: Path, headers: Mapping[str, str]) -> bool:
    arguments = [headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")]
    done = sample("receive.sh").run(*arguments, str(body), SECRET=SECRET)
    assert done.returncode in {0, 1}, done.stderr
    return done.returncode == 0


def test_a_shell_proves_a_kept_request(tmp_path: Path) -> None:
    kept = tmp_path / "body.json"
    kept.write_text(BODY, "utf-8")
    good = signed()
    now, right = int(good["webhook-timestamp"]), good["webhook-signature"]
    wrong = signature(OTHER, EVENT.event_id, now, BODY.encode())
    assert proven_in_a_shell(kept, good)
    assert proven_in_a_shell(kept, {**good, "webhook-signature": f"{wrong} {right}"})
    for signatures in (wrong, "", "v1", "v1,", "*", "v1,AAAA", right.removeprefix("v1,")):
        assert not proven_in_a_shell(kept, {**good, "webhook-signature": signatures})
    for late in (-330, 330):
        proof = signature(SECRET, EVENT.event_id, now + late, BODY.encode())
        late_headers = {"webhook-timestamp": str(now + late), "webhook-signature": proof}
        assert not proven_in_a_shell(kept, {**good, **late_headers})
    for timestamp in ("", "now", f"{now}.0", "1_790", "08" * 20):
        assert not proven_in_a_shell(kept, {**good, "webhook-timestamp": timestamp})
    kept.write_text(BODY + " ", "utf-8")
    assert not proven_in_a_shell(kept, good)


def test_the_standard_s_own_example_holds_for_the_samples_written_in_python() -> None:
    secret, moment = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "1614265330"
    body, message_id = b'{"test": 2432232314}', "msg_p5jXN8AQM9LWM0D4loKWxJek"
    space: dict[str, object] = {"__name__": "sample"}
    exec(compile((SAMPLES / "send.py").read_text("utf-8"), "send.py", "exec"), space)  # noqa: S102
    made = space["signature"]
    assert callable(made)
    assert made(secret, message_id, moment, body) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sample_compares_in_constant_time(language: str) -> None:
    comparing = {
        ".sh": "openssl rand",
        ".py": "hmac.compare_digest",
        ".mjs": "timingSafeEqual",
        ".php": "hash_equals",
    }
    assert comparing[language] in (SAMPLES / f"receive{language}").read_text("utf-8")
