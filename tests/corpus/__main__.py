"""Prints how well the shop understands what customers write: `make corpus`. Ends non-zero below the goals."""

import json
import sys

from tests.corpus.dialogues import GOAL, Played, dialogues, play
from tests.corpus.measuring import GOALS, HERE, READERS, Measured, measure


def main() -> int:
    """Measure all utterances and dialogues, print the figures and the misses; 0 when every goal is met."""
    measured = {name: measure(HERE / f"{name}.jsonl", READERS[name]) for name in GOALS}
    played = [play(dialogue) for dialogue in dialogues()]
    for name, corpus in measured.items():
        _print_corpus(name, corpus)
    _print_dialogues(played)
    wrong = sum(len(corpus.wrong_products) for corpus in measured.values())
    print(f"wrong products silently accepted: {wrong} (goal 0)")
    seconds = [seconds for corpus in measured.values() for seconds in corpus.seconds]
    together = Measured(seconds=seconds)
    print(f"parse time: median {together.median_ms:.2f} ms, worst {together.worst_ms:.1f} ms")
    met = wrong == 0 and _share(played) >= GOAL
    met = met and all(corpus.accuracy >= GOALS[name] for name, corpus in measured.items())
    print("all goals met" if met else "below the goals")
    return 0 if met else 1


def _print_corpus(name: str, corpus: Measured) -> None:
    asked = sum(corpus.asked.values())
    print(f"{name:14} {corpus.accuracy:6.1%} of {asked} (goal {GOALS[name]:.0%})")
    for kind, (count, accuracy) in corpus.accuracy_by_kind().items():
        print(f"    {kind:12} {accuracy:6.1%} of {count}")
    for miss in corpus.misses:
        differing = {key: value for key, value in miss.expected.items() if value != miss.got.get(key)}
        got = {key: miss.got.get(key) for key in differing}
        print(f"    missed {miss.text!r}")
        print(f"        wanted {json.dumps(differing, ensure_ascii=False)}")
        print(f"        got    {json.dumps(got, ensure_ascii=False)}")


def _print_dialogues(played: list[Played]) -> None:
    print(f"dialogues      {_share(played):6.1%} of {len(played)} (goal {GOAL:.0%})")
    for each in played:
        for difference in each.differences:
            print(f"    missed {each.kind} {each.name!r}: {difference}")


def _share(played: list[Played]) -> float:
    return sum(each.is_right for each in played) / len(played)


if __name__ == "__main__":
    sys.exit(main())
