"""What is offered instead of a product of which there is too little."""

import pytest

from storefront.domain.alternatives import similar_to
from storefront.domain.outbox import Topic
from tests.doubles.memory_store import Counters
from tests.doubles.talking_shop import TalkingShop, actions_in, demo_catalogue


@pytest.mark.parametrize(
    ("sku", "first"),
    [
        ("TEA-SPR", ["TEA-OOL", "TEA-JAS", "TEA-ASM"]),
        ("TEA-JAS", ["TEA-ASM", "TEA-OOL", "TEA-SPR"]),
        ("CAK-SUN", ["CAK-PIN"]),
        ("CAK-PIN", ["CAK-SUN"]),
        ("SVC-GIF", ["SVC-COL"]),
    ],
)
def test_what_is_called_alike_comes_first_then_what_costs_alike(sku: str, first: list[str]) -> None:
    catalogue, _ = demo_catalogue()
    similar = [product.sku for product in similar_to(catalogue.products[sku], catalogue)]
    assert similar[: len(first)] == first
    assert sku not in similar
    assert all(sku.startswith("SVC") == other.startswith("SVC") for other in similar)


def test_what_is_out_of_stock_as_well_is_not_offered() -> None:
    shop = TalkingShop()
    shop.store.stock["TEA-OOL"] = Counters()
    answer = shop.say("限量春茶 10 罐")
    assert (answer.topic, answer.facts["similar"]) == (Topic.OUT_OF_STOCK, "TEA-JAS,TEA-ASM,CAK-PIN")


def test_the_answer_says_when_the_rest_could_come_and_nothing_on_it_orders() -> None:
    shop = TalkingShop()
    shop.say("限量春茶 10 罐")
    shown = str(shop.line.shown[-1])
    assert "另外 5 罐最快 11/25(三) 可補貨（約 1 天）" in shown
    verbs = [str(action["data"]).partition("?")[0] for action in actions_in(shop.line.shown[-1])]
    assert verbs == ["order_of"] * 4 + ["person"]


def test_the_day_is_the_shops_own() -> None:
    shop = TalkingShop()
    shop.clock.go_on(10.5 * 3_600)
    assert shop.say("限量春茶 10 罐").facts["rest_on"] == "2026-11-26"


def test_one_tap_raises_a_line_to_its_next_tier_as_a_new_quote() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 20 盒，鳳梨酥 1 盒")
    answer = shop.tap("再加 4 盒")
    assert answer is not None
    assert (answer.topic, shop.lines()) == (Topic.QUOTE, {"TEA-JAS": 24, "CAK-PIN": 1})
    assert shop.quote.quote_version == 2
    assert shop.orders == []
