"""What there is to play: every module of `dev/scenarios`, with what happens in it, its kind and its steps.

A scenario says all of it itself: the first line of its docstring in English, `ABOUT` in Traditional Chinese, and its
steps are read from its own calls, so that no list elsewhere has to be kept.
"""

import ast
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SCENARIOS = Path(__file__).parent / "scenarios"
FIRST = "happy"


class Group(StrEnum):
    """What a scenario is about, in the order in which a list shows them."""

    ORDERING = "ordering"
    PRICES = "prices"
    PAYMENT = "payment"
    DELIVERY = "delivery"
    AFTERWARDS = "afterwards"
    PEOPLE = "people"


@dataclass(frozen=True)
class About:
    """A scenario in Traditional Chinese: a title of a few characters, and one sentence that says what happens."""

    group: Group
    title: str
    what_happens: str


@dataclass(frozen=True)
class Billed:
    """One entry of the playbill. `by_the_clock`: it waits for something that the shop does in its own time."""

    name: str
    english: str
    about: About
    steps: tuple[str, ...]
    by_the_clock: bool

    @property
    def english_title(self) -> str:
        return self.name.replace("_", " ").capitalize()


def playbill() -> dict[str, Billed]:
    """Every scenario by its name: first the one to begin with, then by the alphabet."""
    found = {}
    for path in sorted(SCENARIOS.glob("*.py"), key=lambda path: (path.stem != FIRST, path.stem)):
        if not path.stem.startswith("_"):
            module = importlib.import_module(f"dev.scenarios.{path.stem}")
            source = path.read_text("utf-8")
            found[path.stem] = Billed(
                name=path.stem,
                english=(module.__doc__ or "").splitlines()[0],
                about=module.ABOUT,
                steps=tuple(_steps(ast.parse(source))),
                by_the_clock="stage.patience" in source,
            )
    return found


def _steps(tree: ast.AST) -> Iterator[str]:
    """The headings that `play` will announce, as far as they stand in it as they are."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="step"), args=[ast.Constant(value=str(heading))]):
                yield heading
