"""How well the shop understands what customers write; the same figures as `make corpus`."""

import pytest

from tests.corpus.dialogues import GOAL, LEAST, dialogues, play
from tests.corpus.measuring import GOALS, HERE, READERS, measure
from tests.corpus.measuring import LEAST as LEAST_UTTERANCES


@pytest.mark.parametrize("corpus", sorted(GOALS))
def test_utterances_get_their_whole_answer_and_no_product_that_nobody_named(corpus: str) -> None:
    measured = measure(HERE / f"{corpus}.jsonl", READERS[corpus])
    assert sum(measured.asked.values()) >= LEAST_UTTERANCES[corpus]
    assert [miss.text for miss in measured.wrong_products] == []
    assert measured.accuracy >= GOALS[corpus], measured.misses


def test_dialogues_come_to_the_right_cart_with_one_question_or_none() -> None:
    played = [play(dialogue) for dialogue in dialogues()]
    assert len(played) >= LEAST
    right = sum(each.is_right for each in played) / len(played)
    assert right >= GOAL, [each for each in played if not each.is_right]
