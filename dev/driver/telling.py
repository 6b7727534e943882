"""How the drivers tell what they do: one short line each, to whoever listens."""

from collections.abc import Callable, Sequence

Tell = Callable[[str], None]

LONGEST = 100


def silent(_line: str) -> None:
    """Nobody listens."""


def brief(words: str, labels: Sequence[str] = ()) -> str:
    """A message on one line: its words, shortened, and its buttons."""
    flat = " ".join(words.split())
    shortened = flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
    return " ".join([shortened, *(f"[{label}]" for label in labels)])
