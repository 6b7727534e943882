"""Coupons in use: who may still use which, counted in the transactions that make and end orders.

A coupon that is noted on a quote is nobody's yet. The transaction that makes the order uses it up, and the one that
ends the order unpaid gives it back, each once, because both write the order's own row. A refunded order keeps its
coupon used: it bought something with it, and giving it back would let one use be spent again and again.
"""

from datetime import datetime

from storefront.domain.coupon import EVERYBODY, Coupon, CouponRefusal, CouponTally
from storefront.domain.order import Order
from storefront.domain.pricing import PriceRules
from storefront.domain.quote import Quote, coupon_among
from storefront.services.ports import CouponUse, Store


class Coupons:
    """Says whether a customer may use a code."""

    def __init__(self, store: Store, rules: PriceRules) -> None:
        self._store = store
        self._rules = rules

    def refusal(self, code: str, customer_id: str, now: datetime) -> CouponRefusal | None:
        """Why this customer may not use `code` now; None when only the products decide."""
        coupon = self._rules.coupon(code)
        if coupon is None:
            return CouponRefusal.UNKNOWN
        return coupon.refusal_at(now) or self._used(coupon, customer_id)

    def refusal_of(self, quote: Quote) -> CouponRefusal | None:
        """Why `quote` cannot be accepted with what its coupon took off.

        Its dates were looked at when the quote was made and hold as long as the quote does. Uses are counted now, and
        a coupon that the shop has withdrawn is not honoured.
        """
        code = coupon_among(quote.discounts)
        if code is None:
            return None
        coupon = self._rules.coupon(code)
        return CouponRefusal.UNKNOWN if coupon is None else self._used(coupon, quote.customer_id)

    def is_known(self, code: str) -> bool:
        return self._rules.coupon(code) is not None

    def facts(self, code: str, refusal: CouponRefusal) -> dict[str, str]:
        """What a message needs to say why `code` takes nothing off."""
        facts = {"coupon": code, "coupon_refusal": refusal.value}
        coupon = self._rules.coupon(code)
        if coupon is None:
            return facts
        match refusal:
            case CouponRefusal.NOT_YET:
                return {**facts, "coupon_value": coupon.period.starts.isoformat()}
            case CouponRefusal.OVER:
                return {**facts, "coupon_value": coupon.period.ends.isoformat()}
            case CouponRefusal.LEAST_TOTAL:
                return {**facts, "coupon_value": str(coupon.least_total)}
            case _:
                return facts

    def _used(self, coupon: Coupon, customer_id: str) -> CouponRefusal | None:
        if (
            coupon.uses_per_customer is not None
            and self._uses(coupon, customer_id) >= coupon.uses_per_customer
        ):
            return CouponRefusal.USED_BY_YOU
        if coupon.uses is not None and self._uses(coupon, EVERYBODY) >= coupon.uses:
            return CouponRefusal.USED_UP
        return None

    def _uses(self, coupon: Coupon, holder: str) -> int:
        tally = self._store.read(CouponTally, coupon.code, holder)
        return tally.uses if tally is not None else 0


def redeemed(order: Order, rules: PriceRules) -> tuple[CouponUse, ...]:
    """The uses that go with a new order; a coupon that is known no more has none left."""
    if order.coupon is None:
        return ()
    coupon = rules.coupon(order.coupon)
    uses, uses_per_customer = (coupon.uses, coupon.uses_per_customer) if coupon is not None else (0, 0)
    return (
        CouponUse(order.coupon, EVERYBODY, 1, uses),
        CouponUse(order.coupon, order.customer_id, 1, uses_per_customer),
    )


def unredeemed(order: Order) -> tuple[CouponUse, ...]:
    """The uses that come back with the end of an unpaid order."""
    if order.coupon is None:
        return ()
    return (CouponUse(order.coupon, EVERYBODY, -1), CouponUse(order.coupon, order.customer_id, -1))
