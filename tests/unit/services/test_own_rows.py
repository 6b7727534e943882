"""Own rows: a customer's buttons and words reach that customer's quotes and orders, and no others."""

import pytest

from storefront.domain.conversation import Conversation
from storefront.domain.language import Language
from storefront.language.postbacks import decode
from tests.doubles.talking_shop import JUN, MEI, TalkingShop


def shop_of_two() -> tuple[TalkingShop, Conversation, Conversation]:
    shop = TalkingShop()
    shop.accepted(who=MEI)
    shop.say("高山烏龍茶 2 罐", JUN)
    return shop, shop.conversation(MEI), shop.conversation(JUN)


def test_the_quote_that_a_button_names_is_found_for_its_owner_only_B3() -> None:
    shop, mei, jun = shop_of_two()
    button = decode("accept?q=quote1&v=1")
    found = shop.own.quote(mei, button)
    assert found is not None
    assert found.quote_id == "quote1"
    assert shop.own.quote(jun, button) is None


@pytest.mark.parametrize(
    "data",
    ["accept", "accept?q=quote1", "accept?v=1", "accept?q=quote1&v=2", "accept?q=&v=1", "accept?q=quote1&v=x",
     "accept?q=quote1&v=00001", "accept?q=quote1&v=%EF%BC%91", "accept?q=quote1&v=-1", "accept?q=quote9&v=1"],
)  # fmt: skip
def test_a_button_that_names_no_quote_finds_none(data: str) -> None:
    shop, mei, _ = shop_of_two()
    assert shop.own.quote(mei, decode(data)) is None


def test_an_order_is_found_for_its_owner_only_X4() -> None:
    shop, mei, jun = shop_of_two()
    number = shop.order.order_number
    assert shop.own.order(mei, number) == shop.order
    assert shop.own.order(jun, number) is None
    assert shop.own.order(mei, "A7K3Q-9XM2T") is None
    assert shop.own.order(mei, "") is None
    assert shop.own.order(mei, None) is None


def test_the_current_quote_is_the_one_being_talked_about() -> None:
    shop, mei, jun = shop_of_two()
    current = shop.own.current_quote(mei)
    assert current is not None
    assert (current.quote_id, current.customer_id) == ("quote1", mei.customer_id)
    assert shop.own.current_quote(jun) == shop.quote
    assert shop.own.current_quote(Conversation("nobody", "U0", Language.ZH_TW)) is None
