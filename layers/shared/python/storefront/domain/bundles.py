"""Bundles: what a shop takes off when products are bought together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from storefront.domain.quote import Discount, DiscountKind, QuoteLine


@dataclass(frozen=True)
class Bundle:
    """`needs` maps SKU to the units that make it; it takes `off` an amount, or the price of one unit of `free`."""

    code: str
    needs: Mapping[str, int]
    off: int | None = None
    free: str | None = None


def bundle_discounts(
    lines: Sequence[QuoteLine], bundles: Sequence[Bundle], room: int
) -> tuple[Discount, ...]:
    """One discount for each bundle that the lines make, once each; together at most `room` (what lies above floors)."""
    bought = {line.sku: line for line in lines}
    found: list[Discount] = []
    for bundle in bundles:
        if not all(sku in bought and bought[sku].quantity >= units for sku, units in bundle.needs.items()):
            continue
        wanted = bought[bundle.free].unit_price if bundle.free is not None else bundle.off or 0
        amount = min(wanted, room)
        if amount > 0:
            found.append(Discount(DiscountKind.BUNDLE, bundle.code, amount, capped=amount < wanted))
            room -= amount
    return tuple(found)
