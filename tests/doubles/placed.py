"""An order that was placed in a web shop: its event, and a shop that has been told of it."""

from collections.abc import Mapping
from typing import Any, Final

from storefront.domain.casework import ReceivedEvent
from storefront.domain.order import Order
from tests.doubles.talking_shop import TalkingShop

NUMBER: Final = "WEB-20261124-0007"
PHONE: Final = "0922-333-444"
DIGITS: Final = "3444"
NAME: Final = "林小雨"
ADDRESS: Final = "台北市大安區和平東路一段1號"

HOME: Final[Mapping[str, Any]] = {
    "method": "home",
    "recipient": {"name": NAME, "phone": PHONE},
    "address": ADDRESS,
}


def placed_data(number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    """The data of `order.placed.v1`: two boxes of tea and a box that is in no catalogue, NT$1,400."""
    data: dict[str, Any] = {
        "externalNumber": number,
        "currency": "TWD",
        "lines": [
            {"sku": "TEA-JAS", "name": "茉莉綠茶", "quantity": 2, "unitPrice": 180},
            {"name": "年節禮盒 A", "quantity": 1, "unitPrice": 980},
        ],
        "shippingFee": 120,
        "discount": 60,
        "total": 1_400,
        "delivery": HOME,
    }
    return {**data, **changes}


def place(
    shop: TalkingShop, number: str = NUMBER, *, source: str = "shop", event_id: str = "", **changes: Any
) -> ReceivedEvent:
    """The web shop tells of an order; what became of its event."""
    data = placed_data(number, **changes)
    return shop.back_office("order.placed.v1", number, data, event_id, source=source)


def placed(shop: TalkingShop, number: str = NUMBER, **changes: Any) -> Order:
    """The order that the web shop told of."""
    place(shop, number, **changes)
    return shop.order


def link(shop: TalkingShop, who: str, number: str = NUMBER, digits: str = DIGITS) -> Order:
    """A customer links it."""
    shop.say(f"綁定訂單 {number}", who)
    shop.say(digits, who)
    return shop.order


def now_of(shop: TalkingShop, order: Order) -> Order:
    """The order as it stands."""
    known = shop.store.read(Order, order.order_number)
    assert known is not None
    return known
