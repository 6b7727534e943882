"""When a paid order has been quiet for too long, by where its goods are."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from storefront.domain.order import Order, OrderState
from storefront.domain.shipment import Parcel, ShipmentStatus
from storefront.domain.silence import SilenceRules, last_news_at, may_be_silent, silent_since
from tests.unit.messages.scenes import NOW, PAID_ORDER, parcel

S = ShipmentStatus
RULES = SilenceRules(preparing_days=2, moving_days=4, in_store_days=8)
LEAD_DAYS = max(line.lead_days for line in PAID_ORDER.lines)


def since(order: Order, days: float, *parcels: Parcel) -> datetime | None:
    now = last_news_at(order, parcels) + timedelta(days=days)
    found = silent_since(order, parcels, now, RULES)
    # Whoever is silent is never missed by the first look.
    assert found is None or may_be_silent(order, now, RULES)
    return found


def test_before_it_is_sent_the_lead_time_counts() -> None:
    assert LEAD_DAYS > 0
    patience = RULES.preparing_days + LEAD_DAYS
    assert since(PAID_ORDER, patience - 0.001) is None
    assert since(PAID_ORDER, patience) == last_news_at(PAID_ORDER, ())
    assert since(PAID_ORDER, patience, parcel(S.PREPARING)) == last_news_at(
        PAID_ORDER, (parcel(S.PREPARING),)
    )


@pytest.mark.parametrize(
    ("status", "days"),
    [
        (S.SHIPPED, 4),
        (S.OUT_FOR_DELIVERY, 4),
        (S.DELAYED, 4),
        (S.READY_FOR_PICKUP, 8),
        (S.PICKUP_REMINDER, 8),
    ],
)
def test_on_its_way_and_in_a_store_have_patience_of_their_own(status: ShipmentStatus, days: int) -> None:
    sent = parcel(S.SHIPPED, status)
    assert since(PAID_ORDER, days - 0.001, sent) is None
    assert since(PAID_ORDER, days, sent) == sent.latest.at


@pytest.mark.parametrize("status", [S.RETURNED, S.LOST])
def test_an_end_is_news_enough(status: ShipmentStatus) -> None:
    assert since(PAID_ORDER, 99, parcel(S.SHIPPED, status)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"state": OrderState.AWAITING_PAYMENT},
        {"state": OrderState.REFUNDED},
        {"completed_at": NOW},
        {"open_refund": "R1"},
    ],
)
def test_only_a_paid_order_that_is_under_way_can_be_silent(changes: dict[str, Any]) -> None:
    assert since(replace(PAID_ORDER, **changes), 99) is None


def test_before_the_day_that_was_wished_for_nothing_has_to_happen() -> None:
    patience = RULES.preparing_days + LEAD_DAYS
    later = replace(PAID_ORDER, wished_date="2026-12-24")
    wished = datetime.fromisoformat("2026-12-24T00:00:00+08:00")
    end = wished + timedelta(days=patience)
    assert silent_since(later, (), end - timedelta(seconds=1), RULES) is None
    assert silent_since(later, (), end, RULES) == last_news_at(later, ())


@pytest.mark.parametrize("days", [0, -1, True, "2"])
def test_rules_are_numbers_of_days(days: object) -> None:
    with pytest.raises(TypeError):
        SilenceRules.of({"preparing_days": days, "moving_days": 1, "in_store_days": 1})
