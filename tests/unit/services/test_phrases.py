"""Words that nobody understood are counted for the shop until the catalogue has a name for them."""

import pytest

from storefront.domain.outbox import Topic
from storefront.domain.unknown_phrase import UnknownPhrase
from storefront.language.products import Vocabulary, VocabularyEntry
from storefront.services.phrases import normal_form
from tests.corpus.vocabularies import demo_vocabulary
from tests.doubles.talking_shop import JUN, TalkingShop


def test_what_was_not_understood_is_counted_by_its_normal_form() -> None:
    shop = TalkingShop()
    assert shop.say("我想買蛋捲兩盒").topic is Topic.NOT_UNDERSTOOD
    shop.say("蛋卷 3 盒", who=JUN)
    shop.say("有賣蛋捲嗎 要一盒", who=JUN)

    assert [(row.phrase, row.count) for row in shop.phrases.unknown(demo_vocabulary())] == [
        ("蛋捲", 2),
        ("蛋卷", 1),
    ]


def test_a_name_that_the_catalogue_has_by_now_is_off_the_list() -> None:
    shop = TalkingShop()
    shop.say("蛋捲 3 盒")
    named = Vocabulary([VocabularyEntry("EGG", ("蛋捲",), "box")])

    assert shop.phrases.unknown(named) == []
    assert [row.phrase for row in shop.store.all(UnknownPhrase)] == ["蛋捲"]


@pytest.mark.parametrize(
    "phrase", ["", "a", "0912345678", "王先生 0912", "mei@example.com", "…", "很" * 41, "http://a/b"]
)
def test_what_could_be_no_name_is_not_kept(phrase: str) -> None:
    assert normal_form(phrase) is None


def test_the_same_words_in_other_letters_are_one() -> None:
    assert {normal_form("ＥＧＧ  roll"), normal_form("egg roll"), normal_form("Egg\nRoll")} == {"egg roll"}


def test_what_was_understood_is_kept_nowhere() -> None:
    shop = TalkingShop()
    shop.say("鳳梨酥 3 盒")
    shop.say("改成 5 盒")
    assert shop.store.all(UnknownPhrase) == []
