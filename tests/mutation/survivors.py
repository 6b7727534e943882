"""The list of mutants that no test can or need kill, each with its reason, and what a run is worth beside it."""

import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.mutation.judging import Verdict
from tests.mutation.mutants import Mutant
from tests.mutation.targets import ROOT, TARGETS, Group

LIST: Final = Path(__file__).with_name("survivors.toml")
LAST: Final = ROOT / ".local" / "mutation-survivors.json"
LEAST_PERCENT: Final = 85


@dataclass(frozen=True, order=True)
class Name:
    """What a mutant is called in the list: it outlives changes elsewhere in its module."""

    module: str
    where: str
    was: str
    became: str
    nth: int = 1

    @classmethod
    def of(cls, mutant: Mutant) -> "Name":
        return cls(mutant.target.path, mutant.where, mutant.was, mutant.became, mutant.nth)

    def __str__(self) -> str:
        """An entry of the list that lacks its reason."""
        fields = {**asdict(self), "why": ""}
        if self.nth == 1:
            del fields["nth"]
        return "\n".join(
            [
                "[[survivor]]",
                *(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in fields.items()),
            ]
        )


class NoReason(Exception):
    """An entry of the list says nothing in its `why`."""


def listed(file: Path = LIST) -> dict[Name, str]:
    """The known survivors and why each may live.

    Raises:
        NoReason: an entry has none.
    """
    known: dict[Name, str] = {}
    for entry in tomllib.loads(file.read_text(encoding="utf-8")).get("survivor", []):
        name = Name(entry["module"], entry["where"], entry["was"], entry["became"], entry.get("nth", 1))
        if not entry["why"].strip():
            raise NoReason(str(name))
        known[name] = entry["why"]
    return known


def keep_last(judged: Iterable[tuple[Mutant, Verdict]]) -> None:
    """Keep the survivors of this run for `last`."""
    names = sorted({Name.of(mutant) for mutant, verdict in judged if verdict is Verdict.SURVIVED})
    LAST.parent.mkdir(exist_ok=True)
    LAST.write_text(json.dumps([asdict(name) for name in names], ensure_ascii=False), encoding="utf-8")


def last() -> set[Name]:
    """The survivors of the run before; none if there was no run."""
    if not LAST.is_file():
        return set()
    return {Name(**entry) for entry in json.loads(LAST.read_text(encoding="utf-8"))}


@dataclass(frozen=True)
class Count:
    """Mutants of one module or group."""

    killed: int
    survived: int

    @property
    def mutants(self) -> int:
        return self.killed + self.survived

    @property
    def percent(self) -> float:
        return 100 * self.killed / self.mutants if self.mutants else 100.0

    def row(self, title: str) -> str:
        return f"{title:32} {self.mutants:>7} {self.killed:>7} {self.survived:>9} {self.percent:>8.1f}"


@dataclass(frozen=True)
class Result:
    """One run. Of the survivors of the last run alone, a share says nothing: `again`."""

    judged: Sequence[tuple[Mutant, Verdict]]
    known: dict[Name, str]
    again: bool = False

    @property
    def unlisted(self) -> list[Name]:
        """Survivors that nobody has given a reason for."""
        return sorted(self._survivors() - self.known.keys())

    @property
    def overdue(self) -> list[Name]:
        """Entries of the list, about modules of this run, that no survivor answers to any more."""
        modules = {mutant.target.path for mutant, _ in self.judged}
        return sorted(name for name in self.known.keys() - self._survivors() if name.module in modules)

    @property
    def holds(self) -> bool:
        enough = self.again or all(self._count({group}).percent >= LEAST_PERCENT for group in Group)
        return enough and not self.unlisted and not self.overdue

    def table(self) -> Iterable[str]:
        """Module by module, then the groups and the whole."""
        yield f"{'module':32} {'mutants':>7} {'killed':>7} {'survived':>9} {'percent':>8}"
        for group in Group:
            paths = [target.path for target in TARGETS if target.group is group]
            counts = {path: self._of(path) for path in paths if self._of(path).mutants}
            yield from (count.row(path) for path, count in counts.items())
            if counts:
                yield self._count({group}).row(f"= {group}")
        yield self._count(set(Group)).row("= total")
        stillborn = sum(verdict is Verdict.NO_MUTANT for _, verdict in self.judged)
        yield f"{stillborn} more could not even be imported and count for nothing."

    def _survivors(self) -> set[Name]:
        return {Name.of(mutant) for mutant, verdict in self.judged if verdict is Verdict.SURVIVED}

    def _of(self, path: str) -> Count:
        return _counted(verdict for mutant, verdict in self.judged if mutant.target.path == path)

    def _count(self, groups: set[Group]) -> Count:
        return _counted(verdict for mutant, verdict in self.judged if mutant.target.group in groups)


def _counted(verdicts: Iterable[Verdict]) -> Count:
    every = list(verdicts)
    return Count(every.count(Verdict.KILLED), every.count(Verdict.SURVIVED))
