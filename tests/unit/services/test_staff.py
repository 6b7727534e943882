"""The shop's own people: who is one, and how each of them is told once."""

import pytest

from storefront.domain.conversation import Conversation, customer_id_of
from storefront.domain.errors import Conflict, SettingMissing
from storefront.domain.language import Language
from storefront.domain.outbox import Topic
from storefront.services.staff import Staff
from storefront.settings import Settings
from tests.doubles.talking_shop import AN, MEI, TalkingShop

BO = "U" + "d" * 32


@pytest.fixture
def shop() -> TalkingShop:
    return TalkingShop(staff_ids=(AN, BO))


def listed_as(value: str) -> tuple[str, ...]:
    return Settings({"STAFF_LINE_USER_IDS": value}).staff_line_user_ids


def test_the_list_of_the_deployment_names_each_once() -> None:
    assert listed_as(f"{AN}, {BO},{AN}") == (AN, BO)
    assert listed_as("") == ()


@pytest.mark.parametrize("listed", ["小安", "U123", f"{AN};{BO}", AN.upper()])
def test_what_is_no_list_of_line_user_ids_is_refused_by_name(listed: str) -> None:
    with pytest.raises(SettingMissing, match="STAFF_LINE_USER_IDS"):
        listed_as(listed)


def test_only_those_of_the_list_are_staff(shop: TalkingShop) -> None:
    assert shop.staff.can_be_told
    assert shop.staff.is_staff(customer_id_of(AN))
    assert not shop.staff.is_staff(customer_id_of(MEI))
    assert not Staff(shop.store, shop.telling, shop.clock).can_be_told


def test_everybody_is_told_in_a_chat_that_is_made_for_it_and_nobody_twice(shop: TalkingShop) -> None:
    writes = shop.staff.notices("cause1", Topic.HOW_TO_ORDER, {})
    shop.store.commit(*writes)
    for _ in range(2):
        shop.staff.deliver("cause1")

    assert shop.told == ["how_to_order", "how_to_order"]
    assert shop.heard == ["how_to_order", "how_to_order"]
    assert shop.conversation(AN) == Conversation(
        customer_id_of(AN), AN, Language.ZH_TW, language_chosen=True, revision=1
    )
    with pytest.raises(Conflict):
        shop.store.commit(*shop.staff.notices("cause1", Topic.HOW_TO_ORDER, {}))


def test_a_member_who_writes_first_reads_chinese_whatever_language_the_words_are_in(
    shop: TalkingShop,
) -> None:
    shop.say("hello there, can you help me", who=AN)

    assert (shop.conversation(AN).language, shop.conversation(AN).language_chosen) == (Language.ZH_TW, True)


def test_a_member_may_choose_another_language(shop: TalkingShop) -> None:
    shop.press("language?l=en", who=AN)
    shop.store.commit(*shop.staff.notices("cause1", Topic.HOW_TO_ORDER, {}))

    assert shop.conversation(AN).language is Language.EN
