"""Plays a scenario against a running shop: `python -m dev.scenario happy --url http://127.0.0.1:8080`.

A scenario is a module of `dev/scenarios` with a first docstring line and an `ABOUT` that say what happens, and an
`async def play(stage)`. The stage has the customers, the back offices and LINE Pay's page; whoever listens to
it (the terminal, a test, the local page) gets one line for everything that happens. Its pace leaves time to read.
"""

import argparse
import asyncio
import importlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from dev.driver.back_office import BackOffice
from dev.driver.customer import Customer, anything
from dev.driver.line_pay_books import LinePayBooks
from dev.driver.order_system import OrderSystem
from dev.driver.payment_page import PaymentPage
from dev.driver.replay_desk import ReplayDesk
from dev.driver.telling import Audience
from dev.local.settings import STAFF_LINE_USER_ID, STAFF_NAME
from dev.pace import SPEEDS, Pace, seconds_to_read
from dev.playbill import playbill

# How long the shop may take over things that it does by its own clock, unless told otherwise.
PATIENCE_SECONDS = 180.0
# The welcome is the first answer of a shop that may have just started.
WELCOME_SECONDS = 30.0


@dataclass(frozen=True)
class Line:
    """One thing that happened: `kind` is step, act, met, unmet or error.

    `who` is the user id of the customer on whose phone an act shows, `link` a page to look at.
    """

    kind: str
    text: str
    seconds: float
    who: str = ""
    link: str = ""


Report = Callable[[Line], None]


class Unmet(AssertionError):
    """An expectation of the scenario did not hold."""


class Stage(Audience):
    """Everybody who takes part in a scenario. It hears what they do, and they wait for its pace."""

    def __init__(
        self,
        base_url: str,
        report: Report,
        patience: float = PATIENCE_SECONDS,
        pace: Pace | None = None,
    ) -> None:
        self.base_url = base_url
        self.patience = patience
        self._report = report
        self._pace = pace or Pace()
        self._unread = ""
        self._began = time.monotonic()
        self.back_office = BackOffice(base_url, "wms", audience=self)
        self.shop_office = BackOffice(base_url, "shop", audience=self)
        self.pay = PaymentPage(audience=self)
        self.books = LinePayBooks(base_url)
        self.order_system = OrderSystem(base_url)
        self.replay_desk = ReplayDesk(base_url, self)
        self._customers: list[Customer] = []

    async def customer(self, name: str = "王小明", language: str = "zh-TW") -> Customer:
        """A new customer, who has just added the shop as a friend and has been welcomed."""
        await self.ready()
        customer = await Customer.create(self.base_url, name, language=language, audience=self)
        self._customers.append(customer)
        self.hear(f"{name} ▸ (adds the shop as a friend)", customer.user_id)
        await customer.wait_for(anything, WELCOME_SECONDS)
        return customer

    async def staff(self) -> Customer:
        """The phone of the shop's own person, with what came before already read."""
        member = Customer(self.base_url, STAFF_LINE_USER_ID, STAFF_NAME, self)
        self._customers.append(member)
        await member.new_messages()
        return member

    def step(self, text: str) -> None:
        """A heading for what comes next."""
        self.tell("step", text)

    def expect(self, condition: bool, text: str) -> None:
        """Something that has to be so; the scenario ends where it is not."""
        self.tell("met" if condition else "unmet", text)
        if not condition:
            raise Unmet(text)

    def tell(self, kind: str, text: str, who: str = "", link: str = "") -> None:
        self._report(Line(kind, text, round(time.monotonic() - self._began, 1), who, link))

    async def ready(self) -> None:
        await self._pace.wait(seconds_to_read(self._unread))

    def hear(self, text: str, who: str = "", link: str = "") -> None:
        self._unread = text
        self.tell("act", text, who, link)

    async def aclose(self) -> None:
        await self.back_office.aclose()
        await self.shop_office.aclose()
        await self.pay.aclose()
        await self.books.aclose()
        await self.order_system.aclose()
        await self.replay_desk.aclose()
        for customer in self._customers:
            await customer.aclose()


def scenarios() -> dict[str, str]:
    """Every scenario by name, with what happens in it."""
    return {name: billed.english for name, billed in playbill().items()}


def print_line(line: Line) -> None:
    mark = {"step": "\n━━", "act": "  ", "met": "  ✓", "unmet": "  ✗", "error": "  ✗"}[line.kind]
    print(f"{mark} {line.text}", flush=True)


async def play(
    name: str,
    base_url: str,
    report: Report = print_line,
    patience: float = PATIENCE_SECONDS,
    pace: Pace | None = None,
) -> int:
    """Plays one scenario: 0 when everything held, 1 with a line that says what did not."""
    known = scenarios()
    if name not in known:
        report(Line("error", f"no scenario {name!r}; there is: {', '.join(known)}", 0.0))
        return 1
    stage = Stage(base_url, report, patience, pace)
    stage.step(f"{name}: {known[name]}")
    try:
        await importlib.import_module(f"dev.scenarios.{name}").play(stage)
    except httpx.TransportError as error:
        stage.tell("error", f"nothing answers at {base_url} ({type(error).__name__}); is `make run` running?")
        return 1
    except Unmet:
        return 1
    except AssertionError as error:
        stage.tell("unmet", str(error))
        return 1
    finally:
        await stage.aclose()
    stage.tell("met", f"{name} held")
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m dev.scenario", description="Plays a scenario.")
    parser.add_argument("name", nargs="*", help="scenarios to play; none: a list of them")
    parser.add_argument("--url", default="http://127.0.0.1:8080", help="where the shop runs")
    parser.add_argument(
        "--patience", type=float, default=PATIENCE_SECONDS, help="seconds for the shop's own clock"
    )
    parser.add_argument(
        "--pace", type=int, choices=SPEEDS, default=0, help="time to read between the acts: 0 none, 2 half"
    )
    chosen = parser.parse_args(arguments)
    if not chosen.name:
        for name, what in scenarios().items():
            print(f"{name:<16} {what}")
        return 0
    failed = [name for name in chosen.name if asyncio.run(_play_at(name, chosen))]
    if failed:
        print(f"\nnot as expected: {', '.join(failed)}")
    return 1 if failed else 0


async def _play_at(name: str, chosen: argparse.Namespace) -> int:
    return await play(name, chosen.url, patience=chosen.patience, pace=Pace(chosen.pace))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
