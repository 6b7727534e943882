"""The samples that send: what they print, and that the shop and the standard's own package both believe them."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest
from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dev.contracts.examples import SAMPLES
from tests.aws.world import World
from tests.integrators.conftest import LANGUAGES, sample
from tests.standins.serving import free_socket, serving

EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
FILES = sorted(path.name for path in (SAMPLES / "to_shop").glob("*.json"))
KEYS = [b"\x00\x01\n\r \xff\x00", b"k", bytes(range(256))]
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret").decode()


@dataclass
class Ear:
    """A door that keeps what it hears."""

    url: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.heard.append((dict(request.headers), await request.body()))
        return JSONResponse({"reason": "taken"}, 202)


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    with serving(Starlette(routes=[Route("/hooks/wms", made.take, methods=["POST"])]), free_socket()) as url:
        made.url = f"{url}/hooks/wms"
        yield made


def event_file(folder: Path, language: str) -> Path:
    """An event with an id of its own, written as the page's own are."""
    body = (SAMPLES / "to_shop" / "shipped.json").read_text("utf-8")
    path = folder / "event.json"
    path.write_text(body.replace("wms-1000417-shipped", f"evt{language}-{folder.name}"), "utf-8")
    return path


@EVERY_LANGUAGE
def test_what_a_sample_sends_is_taken_by_the_shop_and_again_when_it_is_repeated(
    shop: World, language: str, tmp_path: Path
) -> None:
    program, event = sample(f"send{language}"), event_file(tmp_path, language)
    url, secret = f"{shop.url}/hooks/wms", shop.credentials.wms_secret
    for _ in range(2):
        done = program.run(str(event), URL=url, SECRET=secret)
        assert (done.returncode, done.stdout, done.stderr) == (0, '{"reason": "taken"} 202\n', "")
    row = shop.rows("PersonalTable")[f"RECEIVED#wms {json.loads(event.read_text('utf-8'))['id']}"]
    assert row["body"]["S"] == event.read_text("utf-8"), "the very bytes of the file"
    shop.settle()


@EVERY_LANGUAGE
def test_a_sample_shows_why_it_was_refused(shop: World, language: str, tmp_path: Path) -> None:
    program, event = sample(f"send{language}"), event_file(tmp_path, language)
    before = shop.state()
    done = program.run(str(event), URL=f"{shop.url}/hooks/wms", SECRET=OTHER_SECRET)
    reason = "the signature does not prove that this source sent it now"
    assert (done.returncode, done.stdout) == (0, f'{{"reason": "{reason}"}} 401\n')
    assert shop.state() == before


@EVERY_LANGUAGE
@pytest.mark.parametrize(("name", "key"), list(zip(FILES, cycle(KEYS), strict=False)))
def test_the_standard_s_own_package_proves_what_a_sample_sends(
    ear: Ear, language: str, name: str, key: bytes
) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    path = SAMPLES / "to_shop" / name
    done = sample(f"send{language}").run(str(path), URL=ear.url, SECRET=secret)
    assert (done.returncode, done.stdout) == (0, '{"reason":"taken"} 202\n')
    ((headers, body),) = ear.heard
    assert body == path.read_bytes()
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    assert headers["webhook-id"] == json.loads(body)["id"]
    assert headers["content-type"] == "application/cloudevents+json"


@EVERY_LANGUAGE
def test_nobody_at_the_other_end_is_an_error(language: str, tmp_path: Path) -> None:
    program, event = sample(f"send{language}"), event_file(tmp_path, language)
    listening = free_socket()
    host, port = listening.getsockname()
    listening.close()
    done = program.run(str(event), URL=f"http://{host}:{port}/hooks/wms", SECRET=OTHER_SECRET)
    assert done.returncode != 0
    assert "202" not in done.stdout
