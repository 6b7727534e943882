"""When a paid order has gone too long without news: the customer is told so honestly, and somebody has to ask. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from storefront.domain.order import Order, OrderState
from storefront.domain.shipment import AT_A_STORE, RECEIVED, TERMINAL, Parcel

TAIPEI: Final = ZoneInfo("Asia/Taipei")


@dataclass(frozen=True)
class SilenceRules:
    """Days without news after which it is too quiet, by where the goods are; rules are the shop's data.

    `preparing_days` come on top of the longest lead time of the order.
    """

    preparing_days: int
    moving_days: int
    in_store_days: int

    @classmethod
    def of(cls, table: Mapping[str, object]) -> "SilenceRules":
        days = [table[name] for name in ("preparing_days", "moving_days", "in_store_days")]
        if not all(isinstance(each, int) and not isinstance(each, bool) and each > 0 for each in days):
            raise TypeError("rules about silence are three numbers of days")
        return cls(*(int(str(each)) for each in days))


def last_news_at(order: Order, parcels: Sequence[Parcel]) -> datetime:
    """When anything was last heard of an order: of its money, or of a parcel by its source's own time."""
    steps = (step.at for step in order.history)
    events = (event.at for parcel in parcels for event in parcel.events)
    return max((order.created_at, *steps, *events))


def may_be_silent(order: Order, now: datetime, rules: SilenceRules) -> bool:
    """Whether it is worth reading the parcels: an order with news of its own within the shortest patience is not."""
    shortest = min(rules.preparing_days, rules.moving_days, rules.in_store_days)
    return order.state is OrderState.PAID and now - last_news_at(order, ()) >= timedelta(days=shortest)


def silent_since(
    order: Order, parcels: Sequence[Parcel], now: datetime, rules: SilenceRules
) -> datetime | None:
    """Since when there is no news of an order that should have some; None while all is well.

    Before the day that the customer wished for, nothing has to happen; what has come to an end has no news to come.
    """
    if order.state is not OrderState.PAID or order.completed_at is not None or order.open_refund is not None:
        return None
    if any(parcel.status in TERMINAL - RECEIVED for parcel in parcels):
        return None
    last = last_news_at(order, parcels)
    begins = max(last, _wished(order) or last)
    return last if now - begins >= _patience(order, parcels, rules) else None


def _patience(order: Order, parcels: Sequence[Parcel], rules: SilenceRules) -> timedelta:
    under_way = [parcel for parcel in parcels if not parcel.is_final]
    if under_way and all(parcel.status in AT_A_STORE for parcel in under_way):
        return timedelta(days=rules.in_store_days)
    if under_way and all(parcel.has_left for parcel in under_way):
        return timedelta(days=rules.moving_days)
    lead_days = max((line.lead_days for line in order.lines), default=0)
    return timedelta(days=rules.preparing_days + lead_days)


def _wished(order: Order) -> datetime | None:
    """The beginning in Taiwan of the day that the customer wished for."""
    if order.wished_date is None:
        return None
    return datetime.combine(date.fromisoformat(order.wished_date), time(), TAIPEI)
