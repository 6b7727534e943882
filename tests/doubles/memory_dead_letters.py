"""Dead letters in memory: one hand at a time, and what was sent back is kept to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from storefront.domain.replay_desk import DeadLetter, ItemId


@dataclass
class MemoryDeadLetters:
    """The dead letters port; `in_hand` are those that somebody holds."""

    letters: dict[ItemId, DeadLetter] = field(default_factory=dict)
    in_hand: set[ItemId] = field(default_factory=set)
    sent_back: list[DeadLetter] = field(default_factory=list)

    def put(self, letter: DeadLetter) -> DeadLetter:
        self.letters[letter.item] = letter
        return letter

    def look(self, most: int) -> Sequence[DeadLetter]:
        return [letter for item, letter in self.letters.items() if item not in self.in_hand][:most]

    def hold(self, item: ItemId) -> DeadLetter | None:
        if item in self.in_hand or item not in self.letters:
            return None
        self.in_hand.add(item)
        return self.letters[item]

    def let_go(self, letter: DeadLetter) -> None:
        self.in_hand.discard(letter.item)

    def send_back(self, letter: DeadLetter) -> None:
        self.sent_back.append(letter)

    def remove(self, letter: DeadLetter) -> None:
        self.in_hand.discard(letter.item)
        self.letters.pop(letter.item, None)
