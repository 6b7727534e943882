"""How the drivers tell what they do: one short line each, to whoever listens, who may hold up what comes next."""

from collections.abc import Sequence

LONGEST = 100


class Audience:
    """Whoever follows what the drivers do. This one does not listen, and holds nobody up."""

    async def ready(self) -> None:
        """Returns when the next act may begin."""

    def hear(self, text: str, who: str = "", link: str = "") -> None:
        """What was done. `who`: the user id of the customer on whose phone it shows; `link`: a page to look at."""


NOBODY = Audience()


def brief(words: str, labels: Sequence[str] = ()) -> str:
    """A message on one line: its words, shortened, and its buttons."""
    flat = " ".join(words.split())
    shortened = flat if len(flat) <= LONGEST else f"{flat[: LONGEST - 1]}…"
    return " ".join([shortened, *(f"[{label}]" for label in labels)])
