"""What a quote costs beyond the catalogue: the shop's offers, coupons, bundles and order tiers, applied together.

Lines come first, each at the customer's best price of list, tier, offer and what was agreed on. From their sum the
order tier is taken, then bundles, then the coupon. A rule that may not undercut floor prices takes no more than the
lines have above their floors, and whatever the rules say one unit stays to be paid, since LINE Pay cannot be asked for
nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from storefront.domain.bundles import Bundle, bundle_discounts
from storefront.domain.catalogue import Product
from storefront.domain.coupon import Coupon, CouponRefusal
from storefront.domain.language import Language
from storefront.domain.offers import Offer, OrderTier, percent_of
from storefront.domain.quote import Discount, DiscountKind, OfferedPrice, QuoteLine


@dataclass(frozen=True)
class PriceRules:
    """The shop's rules about prices."""

    offers: tuple[Offer, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    order_tiers: tuple[OrderTier, ...] = ()
    bundles: tuple[Bundle, ...] = ()

    def coupon(self, code: str) -> Coupon | None:
        return next((coupon for coupon in self.coupons if coupon.code == code), None)

    def offered(
        self, product: Product, quantity: int, language: Language, at: datetime
    ) -> OfferedPrice | None:
        """The best offer for so many units of `product` at this moment, if there is one."""
        prices = [(offer.unit_price(product, quantity, at), offer) for offer in self.offers]
        known = [(price, offer) for price, offer in prices if price is not None]
        if not known:
            return None
        price, offer = min(known, key=lambda each: each[0])
        return OfferedPrice(offer.code, offer.names[language], price, offer.period.ends)

    def reductions(
        self, lines: Sequence[QuoteLine], products: Mapping[str, Product], coupon: Coupon | None = None
    ) -> "Reductions":
        """What is taken off `lines` as a whole; `coupon` has to be one that this customer may use now."""
        subtotal = sum(line.amount for line in lines)
        room = sum(above_floor(line, products[line.sku]) for line in lines)
        discounts: list[Discount] = []
        taken = 0
        reached = [tier for tier in self.order_tiers if tier.from_total <= subtotal]
        if reached:
            tier = max(reached, key=lambda each: each.from_total)
            most = subtotal - 1 if tier.may_undercut_floor else min(subtotal - 1, room)
            wanted = percent_of(subtotal, tier.percent)
            taken = min(wanted, most)
            if taken > 0:
                code = f"from-{tier.from_total}"
                discounts.append(Discount(DiscountKind.ORDER_TIER, code, taken, capped=taken < wanted))
        bundled = bundle_discounts(lines, self.bundles, max(0, min(subtotal - 1, room) - taken))
        discounts += bundled
        taken += sum(discount.amount for discount in bundled)
        if coupon is None:
            return Reductions(tuple(discounts))
        refusal = coupon.refusal_for(lines, products)
        if refusal is not None:
            return Reductions(tuple(discounts), refusal)
        covered = coupon.covered(lines, products)
        wanted = coupon.takes_off(sum(line.amount for line in covered))
        most = subtotal - 1 - taken
        if not coupon.may_undercut_floor:
            most = min(most, room - taken, sum(above_floor(line, products[line.sku]) for line in covered))
        off = min(wanted, most)
        if off <= 0:
            return Reductions(tuple(discounts), CouponRefusal.AT_FLOOR)
        discounts.append(Discount(DiscountKind.COUPON, coupon.code, off, capped=off < wanted))
        return Reductions(tuple(discounts))


@dataclass(frozen=True)
class Reductions:
    """What is taken off a quote, and why its coupon takes nothing off."""

    discounts: tuple[Discount, ...] = ()
    coupon_refusal: CouponRefusal | None = None


def above_floor(line: QuoteLine, product: Product) -> int:
    """How much of a line's amount stands above its floor price; nothing once a person has approved less."""
    return max(0, line.amount - product.floor_price * line.quantity)
