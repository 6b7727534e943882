"""The vocabulary in which LINE's rules about JSON are written down: small checks, put together into tables.

A check takes a value and the place where it stands, and yields a problem for whatever LINE would refuse.
`null` counts as absent, as it does at LINE.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import regex  # type: ignore[import-untyped]

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """One thing that LINE refuses: where it stands and what is wrong with it."""

    property: str
    message: str


@dataclass(frozen=True)
class Place:
    """Where a value stands: `messages[0].text` in a request, `/body/contents/0` inside a Flex container."""

    path: str = ""
    pointer: bool = False

    def at(self, key: str | int) -> "Place":
        if self.pointer:
            return Place(f"{self.path}/{key}", pointer=True)
        if isinstance(key, int):
            return Place(f"{self.path}[{key}]")
        return Place(f"{self.path}.{key}" if self.path else key)

    def problem(self, message: str) -> Problem:
        return Problem(self.path or "/", message)


Check = Callable[[Any, Place], Iterator[Problem]]


def utf16_units(text: str) -> int:
    """How LINE counts the text of a message: 🍎 is two."""
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def graphemes(text: str) -> int:
    """How LINE counts labels and the like: one for everything that a person sees as one character."""
    return len(regex.findall(r"\X", text))


def text(
    most: int | None = None, *, least: int = 1, count: Callable[[str], int] = utf16_units, pattern: str = ""
) -> Check:
    def check(value: Any, place: Place) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield place.problem("Must be a string")
        elif least and not value:
            yield place.problem("May not be empty")
        elif most is not None and count(value) > most:
            yield place.problem(f"Length must be between {least} and {most}")
        elif pattern and not re.fullmatch(pattern, value):
            yield place.problem(f"Must match {pattern}")

    return check


def whole(least: int | None = None, most: int | None = None, *, step: int = 1) -> Check:
    def check(value: Any, place: Place) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int):
            yield place.problem("Must be an integer")
        elif (least is not None and value < least) or (most is not None and value > most) or value % step:
            yield place.problem(f"Must be between {least} and {most}, in steps of {step}")

    return check


def number(least: float, most: float) -> Check:
    def check(value: Any, place: Place) -> Iterator[Problem]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield place.problem("Must be a number")
        elif not least <= value <= most:
            yield place.problem(f"Must be between {least} and {most}")

    return check


def flag(value: Any, place: Place) -> Iterator[Problem]:
    if not isinstance(value, bool):
        yield place.problem("Must be a boolean")


def one_of(*values: str) -> Check:
    def check(value: Any, place: Place) -> Iterator[Problem]:
        if value not in values:
            yield place.problem(f"Must be one of the following values: [{', '.join(values)}]")

    return check


def uri(*schemes: str, most: int) -> Check:
    """A URI of one of these schemes. White space and all but ASCII have to be percent-encoded."""

    def check(value: Any, place: Place) -> Iterator[Problem]:
        if not isinstance(value, str) or not value:
            yield place.problem("invalid uri")
            return
        try:
            parts = urlsplit(value)
        except ValueError:
            yield place.problem("invalid uri")
            return
        if parts.scheme not in schemes:
            yield place.problem("invalid uri scheme")
        elif not re.fullmatch(r"[\x21-\x7e]+", value) or (
            parts.scheme in {"http", "https"} and not parts.netloc
        ):
            yield place.problem("invalid uri")
        elif len(value) > most:
            yield place.problem(f"Length must be between 1 and {most}")

    return check


def measure(*keywords: str, percent: bool = False, signed: bool = False) -> Check:
    """A Flex size: pixels, one of the keywords, for some properties a percentage; only offsets go below zero."""
    unit = "(px|%)" if percent else "px"
    sign = "-?" if signed else ""

    def check(value: Any, place: Place) -> Iterator[Problem]:
        if not isinstance(value, str) or (
            value not in keywords and not re.fullmatch(rf"{sign}\d+(\.\d+)?{unit}", value)
        ):
            yield place.problem("invalid property")

    return check


def items(check_item: Check, least: int = 0, most: int | None = None) -> Check:
    def check(value: Any, place: Place) -> Iterator[Problem]:
        if not isinstance(value, list):
            yield place.problem("Must be an array")
            return
        if len(value) < least or (most is not None and len(value) > most):
            yield place.problem(f"Size must be between {least} and {most}")
        for index, item in enumerate(value):
            yield from check_item(item, place.at(index))

    return check


def shape(required: Mapping[str, Check], optional: Mapping[str, Check] | None = None) -> Check:
    """An object with these properties and no others."""
    known = {**required, **(optional or {})}

    def check(value: Any, place: Place) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield place.problem("Must be an object")
            return
        for name in required:
            if value.get(name) is None:
                yield place.at(name).problem("must be specified" if place.pointer else "May not be null")
        for name, part in value.items():
            if name not in known:
                yield place.at(name).problem("unknown field")
            elif part is not None:
                yield from known[name](part, place.at(name))

    return check


def anything(_value: Any, _place: Place) -> Iterator[Problem]:
    yield from ()


def tagged(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which of these checks it must pass."""

    def check(value: Any, place: Place) -> Iterator[Problem]:
        if not isinstance(value, dict):
            yield place.problem("Must be an object")
        elif not isinstance(value.get("type"), str) or value["type"] not in kinds:
            yield place.at("type").problem(f"Must be one of the following values: [{', '.join(kinds)}]")
        else:
            yield from kinds[value["type"]](value, place)

    return check


def both(first: Check, second: Check) -> Check:
    """Two checks; the second, on how properties go together, runs only on what the first lets pass."""

    def check(value: Any, place: Place) -> Iterator[Problem]:
        problems = list(first(value, place))
        yield from problems
        if not problems:
            yield from second(value, place)

    return check
