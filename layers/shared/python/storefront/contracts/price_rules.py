"""The shop's rules about prices, as `prices.toml` holds them: offers, coupons, order tiers.

A file with mistakes is refused as a whole, and every mistake is told at once. Moments without an offset are the shop's
own time; a plain date begins at its midnight, and as an end it is the last day that counts.
"""

import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo

from storefront.domain.catalogue import ProductKind
from storefront.domain.coupon import Coupon, CouponKind
from storefront.domain.errors import InvalidPriceRules
from storefront.domain.language import Language
from storefront.domain.offers import Offer, OfferKind, OrderTier, Period, Scope
from storefront.domain.pricing import PriceRules

SHOP_TIME: Final = ZoneInfo("Asia/Taipei")
_SCOPE: Final = ("skus", "kinds")
_PERIOD: Final = ("starts", "ends")


def read_price_rules(text: str) -> PriceRules:
    """The rules in `text`.

    Raises:
        InvalidPriceRules: with everything that is wrong with it, each named by where it stands.
    """
    try:
        file = tomllib.loads(text)
    except tomllib.TOMLDecodeError as unreadable:
        raise InvalidPriceRules((f"not TOML: {unreadable}",)) from unreadable
    problems = [f"{name}: no such kind of rule" for name in file if name not in _READERS]
    read: dict[str, list[Any]] = {name: [] for name in _READERS}
    for name, make in _READERS.items():
        tables = file.get(name, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            problems.append(f"{name}: is not a list of tables")
            continue
        for place, table in enumerate(tables, start=1):
            entry = _Entry(table)
            rule = entry.made(make)
            where = f"{name} {entry.name or place}"
            problems += [f"{where}: {problem}" for problem in entry.problems]
            if rule is not None:
                read[name].append(rule)
    problems += _repeated("offers", [offer.code for offer in read["offers"]])
    problems += _repeated("coupons", [coupon.code for coupon in read["coupons"]])
    problems += _repeated("order_tiers", [str(tier.from_total) for tier in read["order_tiers"]])
    if problems:
        raise InvalidPriceRules(tuple(problems))
    return PriceRules(tuple(read["offers"]), tuple(read["coupons"]), tuple(read["order_tiers"]))


def _repeated(kind: str, names: list[str]) -> list[str]:
    return [
        f"{kind} {name}: stands there twice"
        for name in sorted({each for each in names if names.count(each) > 1})
    ]


class _Entry:
    """One table of the file, taken apart; what is wrong is collected and what cannot be read is a stand-in."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self._table = table
        self._taken: set[str] = set()
        self.problems: list[str] = []
        self.name = str(table.get("code", ""))

    def made[Rule](self, make: "Callable[[_Entry], Callable[[], Rule]]") -> Rule | None:
        """The rule; None when something in the table keeps it from being one."""
        rule = make(self)
        self.problems += [f"{name} is not known here" for name in self._table if name not in self._taken]
        if self.problems:
            return None
        try:
            return rule()
        except InvalidPriceRules as invalid:
            self.problems += invalid.problems
        return None

    def text(self, name: str) -> str:
        value = self._take(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        return self._wrong(name, "text", "")

    def whole(self, name: str, default: int | None = None) -> int:
        """A whole number: `10.0` is none, and neither is `true`."""
        value = self._take(name, default)
        return value if type(value) is int else self._wrong(name, "a whole number", 1)

    def whole_or_none(self, name: str) -> int | None:
        return self.whole(name) if name in self._table else None

    def yes_or_no(self, name: str) -> bool:
        value = self._take(name, default=False)
        return value if isinstance(value, bool) else self._wrong(name, "true or false", stand_in=False)

    def one_of[Kind: StrEnum](self, name: str, kinds: type[Kind]) -> Kind:
        value = self._take(name)
        known = [kind for kind in kinds if kind.value == value]
        return known[0] if known else self._wrong(name, f"one of {', '.join(kinds)}", next(iter(kinds)))

    def scope(self) -> Scope:
        skus, kinds = (self._list(name) for name in _SCOPE)
        unknown = [kind for kind in kinds if kind not in set(ProductKind)]
        if unknown:
            self._wrong("kinds", f"among {', '.join(ProductKind)}", None)
        return Scope(frozenset(skus), frozenset(ProductKind(kind) for kind in kinds if kind not in unknown))

    def period(self) -> Period:
        starts, ends = (self._moment(name) for name in _PERIOD)
        return Period(starts, ends)

    def names(self) -> dict[Language, str]:
        value = self._take("names")
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values()):
            return self._wrong("names", "a table of texts", {})
        known = {language.value: language for language in Language}
        self.problems += [f"names: {tag} is no language of the shop" for tag in value if tag not in known]
        return {known[tag]: name for tag, name in value.items() if tag in known}

    def _list(self, name: str) -> list[str]:
        value = self._take(name, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return value
        return self._wrong(name, "a list of texts", [])

    def _moment(self, name: str) -> datetime:
        value = self._take(name)
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=SHOP_TIME)).astimezone(UTC)
        if isinstance(value, date):
            day = value + timedelta(days=1) if name == "ends" else value
            return datetime.combine(day, time(), SHOP_TIME).astimezone(UTC)
        return self._wrong(name, "a date or a date and time", datetime.min.replace(tzinfo=UTC))

    def _take(self, name: str, default: object = None) -> Any:
        self._taken.add(name)
        return self._table.get(name, default)

    def _wrong[StandIn](self, name: str, wanted: str, stand_in: StandIn) -> StandIn:
        self.problems.append(f"{name} is not {wanted}" if name in self._table else f"{name} is missing")
        return stand_in


def _offer(entry: _Entry) -> Callable[[], Offer]:
    facts: dict[str, Any] = {
        "code": entry.text("code"),
        "kind": entry.one_of("kind", OfferKind),
        "value": entry.whole("value"),
        "scope": entry.scope(),
        "period": entry.period(),
        "names": entry.names(),
        "from_quantity": entry.whole("from_quantity", 1),
        "may_undercut_floor": entry.yes_or_no("may_undercut_floor"),
    }
    return lambda: Offer(**facts)


def _coupon(entry: _Entry) -> Callable[[], Coupon]:
    facts: dict[str, Any] = {
        "code": entry.text("code"),
        "kind": entry.one_of("kind", CouponKind),
        "value": entry.whole("value"),
        "scope": entry.scope(),
        "period": entry.period(),
        "least_total": entry.whole("least_total", 0),
        "uses": entry.whole_or_none("uses"),
        "uses_per_customer": entry.whole_or_none("uses_per_customer"),
        "may_undercut_floor": entry.yes_or_no("may_undercut_floor"),
    }
    return lambda: Coupon(**facts)


def _order_tier(entry: _Entry) -> Callable[[], OrderTier]:
    facts: dict[str, Any] = {
        "from_total": entry.whole("from_total"),
        "percent": entry.whole("percent"),
        "may_undercut_floor": entry.yes_or_no("may_undercut_floor"),
    }
    return lambda: OrderTier(**facts)


_READERS: Final[Mapping[str, Callable[[_Entry], Callable[[], Any]]]] = {
    "offers": _offer,
    "coupons": _coupon,
    "order_tiers": _order_tier,
}
