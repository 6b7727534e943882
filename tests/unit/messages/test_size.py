"""The largest shop and the largest order still make cards that LINE takes."""

from dataclasses import replace

import pytest

from dev.standins.line_limits import message_problems
from storefront.domain.catalogue import Allergen, Catalogue, PriceTier, Unit
from storefront.domain.language import Language
from storefront.domain.outbox import Topic
from storefront.domain.shipment import ShipmentStatus
from storefront.messages.render import BUILDERS, render
from storefront.messages.speaker import Speaker
from tests.unit.messages.scenes import (
    HOME,
    JASMINE,
    ORDER_NUMBER,
    PAID_ORDER,
    STOP,
    Case,
    SampleScene,
    a_quote,
    parcel,
)

LANGUAGE = pytest.mark.parametrize("language", Language)
LONG = "ชาเขียวมะลิ長" * 8
PRODUCTS = tuple(
    replace(
        JASMINE,
        sku=f"TEA-{number}",
        names={language: LONG for language in Language},
        descriptions={language: LONG * 3 for language in Language},
        specifications={language: {f"{LONG[:20]}{row}": LONG for row in range(8)} for language in Language},
        tiers=tuple(PriceTier(100 * step, 180 - step) for step in range(1, 9)),
        packs={Unit.CASE: 12, Unit.PACK: 6, Unit.SET: 3},
        allergens=tuple(Allergen),
        shelf_life_days=365,
    )
    for number in range(40)
)
LARGE_SHOP = Catalogue.of(PRODUCTS)
LARGE_ORDER = replace(
    PAID_ORDER, lines=a_quote(*((product, 9_999) for product in PRODUCTS[:20])).lines, captured=1
)


def scene(**changes: object) -> SampleScene:
    parcels = [
        parcel(*ShipmentStatus, shipment_id=f"S{number}", store=STOP, note=LONG, items={"TEA-1": 9_999})
        for number in range(12)
    ]
    made = SampleScene(
        products=LARGE_SHOP,
        orders=[replace(LARGE_ORDER, order_number=ORDER_NUMBER) for _ in range(10)],
        sent=parcels,
        deliveries={ORDER_NUMBER: replace(HOME, note=LONG)},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


@LANGUAGE
@pytest.mark.parametrize(
    ("topic", "facts"),
    [
        (Topic.CATALOGUE, {}),
        (Topic.NOT_UNDERSTOOD, {"offer_person": "no"}),
        (Topic.PAID, {}),
        (Topic.PAYMENT_CARD, {"attempt_id": "attempt"}),
        (Topic.ORDERS, {}),
        (Topic.ORDER_STATUS, {"as_of": "2026-11-24T06:02:00+00:00"}),
        (Topic.SHIPMENT, {"shipment_id": "S1", "status": "ready_for_pickup"}),
        (
            Topic.QUESTION_PRODUCT,
            {"candidates": ",".join(LARGE_SHOP.products), "quantity": "9999", "phrase": LONG},
        ),
    ],
)
def test_it_still_fits(topic: Topic, facts: dict[str, str], language: Language) -> None:
    case = Case("large", topic, {"order_number": ORDER_NUMBER, **facts}, scene())
    assert message_problems(render(case.message, case.scene, language)) == []


def test_products_without_room_for_a_card_are_named_on_the_last_one() -> None:
    speaker = Speaker.of(Language.EN)
    (message,) = BUILDERS[Topic.CATALOGUE]({}, scene(), speaker)
    contents = message["contents"]
    assert isinstance(contents, dict)
    *cards, last = contents["contents"]
    assert 2 <= len(cards) <= 11
    assert last["body"]["contents"][0]["text"] == f"{40 - len(cards)} more products"
