"""The player of the local page: one scenario at a time, told as it goes, stopped cleanly, kept as a transcript."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from dev.page.feed import Feed
from dev.page.player import Player
from dev.page.playing import playing_routes
from dev.standins.line_platform import LinePlatform, line_app, line_control_routes
from tests.standins.serving import base_url, free_socket, serving
from tests.standins.tiny_shop import ORDER, TinyShop

LONGEST_SECONDS = 30.0
SCENARIOS = "/_local/page/scenarios"


@dataclass
class House:
    """A tiny shop with a player; `told` is what every window would hear."""

    client: httpx.Client
    player: Player
    told: list[tuple[str, Any]]

    def play(self, name: str, speed: int = 0) -> httpx.Response:
        return self.client.post(f"{SCENARIOS}/play", json={"name": name, "speed": speed})

    def wait_until(self, condition: Callable[[], bool]) -> None:
        ends = time.monotonic() + LONGEST_SECONDS
        while not condition():
            assert time.monotonic() < ends, self.told[-3:]
            time.sleep(0.02)

    def wait_for(self, state: str) -> None:
        self.wait_until(lambda: self.player.latest is not None and self.player.latest.state == state)

    def transcript(self, **asked: str) -> httpx.Response:
        return self.client.get("/_local/page/transcript", params=asked)


class _Overheard(Feed):
    def __init__(self, told: list[tuple[str, Any]]) -> None:
        super().__init__()
        self._told = told

    def tell(self, name: str, value: Any) -> None:
        self._told.append((name, value))
        super().tell(name, value)


@dataclass
class Times:
    """A shop whose times can be changed; `changes` is every change, in order."""

    now: dict[str, int]
    changes: list[dict[str, Any]] = field(default_factory=list)

    def timers(self) -> dict[str, int]:
        return dict(self.now)

    def change_timers(self, wanted: Mapping[str, Any]) -> dict[str, int]:
        self.changes.append(dict(wanted))
        self.now |= wanted
        return self.timers()


@contextmanager
def house(shop: TinyShop | None = None, times: Times | None = None, **seconds: str) -> Iterator[House]:
    shop = shop or TinyShop()
    listening = free_socket()
    url = base_url(listening)
    line = LinePlatform(f"{url}/line/webhook")
    shop.base, shop.line = url, f"{url}/_line"
    told: list[tuple[str, Any]] = []
    player = Player(url, line, _Overheard(told), seconds, times)
    routes = [
        *shop.routes(),
        *line_control_routes(line),
        *playing_routes(player, line, "小店"),
        Mount("/_line", line_app(line)),
    ]
    with (
        serving(Starlette(routes=routes), listening),
        httpx.Client(base_url=url, trust_env=False, timeout=30) as client,
    ):
        yield House(client, player, told)
        client.post(f"{SCENARIOS}/stop", json={})


def test_a_scenario_is_played_to_its_end_and_told_as_it_goes() -> None:
    with house() as here:
        assert here.play("happy").json() == {"number": 1, "name": "happy"}
        here.wait_for("passed")
        lines = [value for name, value in here.told if name == "playLine"]
        assert [line["index"] for line in lines] == list(range(len(lines)))
        assert [line["text"] for line in lines if line["kind"] == "step"][1:] == [
            "詢價",
            "接受報價",
            "付款",
            "出貨",
            "查詢",
        ]
        (who,) = {line["who"] for line in lines} - {""}
        assert who.startswith("U")
        assert any(line["text"] == "LINE Pay ▸ [approve]" and line["link"] for line in lines)
        states = [value for name, value in here.told if name == "play"]
        assert [state["state"] for state in states] == ["playing", "passed"]
        assert states[-1] == {"number": 1, "name": "happy", "state": "passed", "speed": 0, "paused": False}


def test_its_transcript_has_the_steps_the_words_and_what_held() -> None:
    with house() as here:
        here.play("happy")
        here.wait_for("passed")
        answer = here.transcript()
        assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="happy.md"'
        said = answer.text
        assert said.startswith("# 一路順利\n\n")
        order = [
            "## 詢價",
            "> 我要 3 箱茉莉綠茶",
            "- ✓ the quote shows NT$6,156",
            "## 付款",
            "*LINE Pay ▸ \\[approve\\]*",
            f"- ✓ the payment arrived for order {ORDER}",
            "## 出貨",
        ]
        places = [said.index(words) for words in order]
        assert places == sorted(places)
        assert "王小明 ▸" not in said  # the entries say it in full
        whole = here.transcript(format="json").json()
        assert (whole["scenario"], whole["state"]) == ("happy", "passed")
        assert {next(iter(each)) for each in whole["timeline"]} == {"line", "entry"}
        assert "all held" in here.transcript(lang="en").text


def test_a_second_scenario_is_refused_until_the_first_is_over() -> None:
    with house() as here:
        here.play("happy", speed=1)
        refused = here.play("unknown_product")
        assert (refused.status_code, refused.json()) == (
            409,
            {"reason": "alreadyPlaying", "message": "happy is playing: stop it first"},
        )
        here.client.post(f"{SCENARIOS}/stop", json={})
        assert here.player.latest is not None
        assert here.player.latest.state == "stopped"
        assert here.play("unknown_product").status_code == 202
        here.wait_for("passed")
        assert here.player.latest.number == 2


def test_what_is_held_goes_on_at_another_speed() -> None:
    with house() as here:
        here.play("happy", speed=1)
        here.client.post(f"{SCENARIOS}/pace", json={"paused": True})
        assert [value["paused"] for name, value in here.told if name == "play"] == [False, True]
        here.client.post(f"{SCENARIOS}/pace", json={"speed": 0, "paused": False})
        here.wait_for("passed")
        assert here.client.post(f"{SCENARIOS}/pace", json={"speed": 2}).status_code == 200


def test_a_scenario_that_does_not_hold_says_where() -> None:
    with house(TinyShop(delivered="在路上")) as here:
        here.play("happy")
        here.wait_for("failed")
        assert "- **✗ the status says 已送達**" in here.transcript().text


def test_a_scenario_about_time_says_how_the_run_has_to_be_started() -> None:
    with house() as here:
        refused = here.play("expiry")
        assert refused.json() == {
            "reason": "needsShorterTimes",
            "message": "start the run with: QUOTE_VALIDITY_SECONDS=20 make run",
        }
        listed = {each["name"]: each["startWith"] for each in here.client.get(SCENARIOS).json()["scenarios"]}
        assert listed["reminder"] == "QUOTE_REMINDER_SECONDS=20 QUOTE_VALIDITY_SECONDS=300"
        assert listed["happy"] == ""
        assert here.told == []
    with house(QuoteValiditySeconds="60") as here:
        listed = {each["name"]: each["startWith"] for each in here.client.get(SCENARIOS).json()["scenarios"]}
        assert listed["expiry"] == ""


def test_a_scenario_about_time_shortens_the_shops_own_while_it_plays() -> None:
    times = Times({"QUOTE_VALIDITY_SECONDS": 86_400, "PAYMENT_CHECK_SECONDS": 30})
    with house(times=times) as here:
        listed = {each["name"]: each for each in here.client.get(SCENARIOS).json()["scenarios"]}
        assert (listed["expiry"]["shortens"], listed["expiry"]["startWith"]) == (
            "QUOTE_VALIDITY_SECONDS=20",
            "",
        )
        assert here.play("expiry", speed=1).status_code == 202
        here.wait_until(lambda: bool(times.changes))
        assert times.now["QUOTE_VALIDITY_SECONDS"] == 20
        here.client.post(f"{SCENARIOS}/stop", json={})
        assert times.changes == [{"QUOTE_VALIDITY_SECONDS": 20}, {"QUOTE_VALIDITY_SECONDS": 86_400}]
        assert here.play("happy").status_code == 202
        here.wait_for("passed")
        assert len(times.changes) == 2


def test_only_what_can_be_played_is_played() -> None:
    with house() as here:
        assert here.play("no_such_story").json()["reason"] == "noSuchScenario"
        assert here.play("happy", speed=7).status_code == 400
        assert here.client.post(f"{SCENARIOS}/play", content=b'{"name": "happy"}').status_code == 400
        assert here.client.post(f"{SCENARIOS}/stop", content=b"").status_code == 400
        assert here.transcript().status_code == 404
        assert here.transcript(customer="Unobody").status_code == 404
        assert (here.told, here.player.latest) == ([], None)


def test_a_transcript_s_file_name_takes_letters_and_digits_of_its_customer_alone() -> None:
    with house() as here:
        who = 'U"\r\nx: y'
        here.client.post("/_local/line/customers", json={"displayName": "某人", "userId": who})

        named = {kind: here.transcript(customer=who, format=kind) for kind in ("json", "md")}

        assert {kind: answer.headers["content-disposition"] for kind, answer in named.items()} == {
            kind: f'attachment; filename="chat-Uxy.{kind}"' for kind in named
        }


def test_a_window_that_opens_later_hears_everything() -> None:
    with house() as here:
        feed_before = here.player._what_is_there()
        assert feed_before == [("play", None)]
        here.play("unknown_product")
        here.wait_for("passed")
        there = here.player._what_is_there()
        assert there == [
            ("play", next(value for name, value in reversed(here.told) if name == "play")),
            *(each for each in here.told if each[0] == "playLine"),
        ]


def test_the_list_says_everything_in_both_languages() -> None:
    with house() as here:
        (happy,) = [
            each for each in here.client.get(SCENARIOS).json()["scenarios"] if each["name"] == "happy"
        ]
        assert happy == {
            "name": "happy",
            "group": "ordering",
            "title": {"zh-TW": "一路順利", "en": "Happy"},
            "what": {
                "zh-TW": "顧客詢價三箱茶、接受報價、付款，一路收到出貨和送達通知。",
                "en": "A customer asks for three cases of tea, accepts, pays, and follows the parcel to the door.",
            },
            "steps": ["詢價", "接受報價", "付款", "出貨", "查詢"],
            "byTheClock": False,
            "shortens": "",
            "startWith": "",
        }
