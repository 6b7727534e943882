"""One sum on its way: what the quote promised is what LINE Pay is asked for, what was captured, and what the order
system is told, whatever offers, coupons and order tiers there are."""

import json
from datetime import timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.domain.catalogue import ProductKind
from storefront.domain.coupon import Coupon, CouponKind
from storefront.domain.language import Language
from storefront.domain.offers import Offer, OfferKind, OrderTier, Period, Scope
from storefront.domain.order import OrderState
from storefront.domain.outbox import OrderEvent
from storefront.domain.pricing import PriceRules
from tests.doubles.machinery import START
from tests.doubles.talking_shop import TalkingShop

NOW: Final = Period(START - timedelta(days=1), START + timedelta(days=30))
NAMES: Final = dict.fromkeys(Language, "週年慶")
SCOPE: Final = Scope(kinds=frozenset(ProductKind))
PERCENT: Final = st.integers(1, 99)
FLOOR: Final = st.booleans()
COUPON: Final = st.builds(
    lambda kind, value, floor: Coupon("CODE1", kind, value, SCOPE, NOW, may_undercut_floor=floor),
    st.sampled_from(CouponKind),
    PERCENT,
    FLOOR,
)
OFFER: Final = st.builds(
    lambda value, floor: Offer(
        "offer", OfferKind.PERCENT, value, SCOPE, NOW, NAMES, may_undercut_floor=floor
    ),
    PERCENT,
    FLOOR,
)
TIER: Final = st.builds(OrderTier, st.sampled_from([1, 500, 5_000]), PERCENT, FLOOR)
HOME: Final = "王小明 0912345678 台北市信義區市府路45號"
STORE: Final = "王小明 0912345678 7-11 市府門市"


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["TEA-JAS", "CAK-PIN", "CUP-GLA", "SVC-GIF", "SVC-COL"]),
        st.integers(1, 60),
        min_size=1,
    ),
    st.none() | COUPON,
    st.none() | OFFER,
    st.none() | TIER,
    st.sampled_from([HOME, STORE]),
)
def test_the_quote_line_pay_and_the_order_system_have_the_same_sum_M3(
    wanted: dict[str, int],
    coupon: Coupon | None,
    offer: Offer | None,
    tier: OrderTier | None,
    where: str,
) -> None:
    rules = PriceRules((offer,) if offer else (), (coupon,) if coupon else (), (tier,) if tier else ())
    shop = TalkingShop(rules=rules)
    if coupon is not None:
        shop.say("折扣碼 CODE1")
    for sku, units in wanted.items():
        shop.press(f"order_of?sku={sku}&n={units}")
    quote = shop.quote
    assert {line.sku: line.quantity for line in quote.lines} == wanted
    shop.press(f"accept?q={quote.quote_id}&v={quote.quote_version}")
    shop.go()
    shop.say(HOME if "SVC-COL" in wanted else where)  # chilled goods go to a door only
    shop.go()
    order, (attempt,) = shop.order, shop.attempts
    asked = order.total
    assert asked == sum(line.amount for line in order.lines) - order.discount + order.shipping_fee
    assert asked - order.shipping_fee == quote.total >= 1
    assert order.shipping_fee == 0 if quote.total >= 1_000 else order.shipping_fee > 0
    assert attempt.amount == asked
    shop.pay.approve(attempt.transaction_id or "")
    shop.checkout.settle(attempt.attempt_id, "returned")
    assert (shop.order.state, shop.order.captured) == (OrderState.PAID, asked)
    (event,) = [each for each in shop.store.all(OrderEvent) if each.type.value == "order.paid.v1"]
    data = json.loads(event.body)["data"]
    assert data["total"] == asked
    assert all(line["amount"] == line["unitPrice"] * line["quantity"] for line in data["lines"])
    amounts = sum(line["amount"] for line in data["lines"])
    assert amounts + data["shippingFee"] - data["discount"] == asked
