"""How long personal data is kept: the demo shop's file is right, and a wrong one says which line."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest

from storefront.adapters.layout import LAYOUTS
from storefront.settings import Settings

DEMO = Settings({}).retention


def test_the_demo_shop_s_file_names_a_time_for_every_kind() -> None:
    assert asdict(DEMO) == {
        "conversation": 730,
        "delivery": 180,
        "unlinked": 60,
        "events_out": 400,
        "events_in": 30,
        "messages": 30,
        "phrases": 90,
        "remarks": 400,
        "leads": 90,
    }
    assert DEMO.of("leads") == timedelta(days=90)


@pytest.mark.parametrize("days", [0, -1, 3_651, 1.5, "90", None, True])
def test_what_is_no_number_of_days_is_refused_with_its_name(days: Any) -> None:
    with pytest.raises(ValueError, match="leads = "):
        replace(DEMO, leads=days)


def test_every_kind_of_the_file_is_kept_by_it_and_no_row_by_a_kind_that_is_not_there() -> None:
    kinds = {layout.kept for layout in LAYOUTS.values() if isinstance(layout.kept, str)}
    assert kinds | {"delivery", "unlinked"} == set(asdict(DEMO))
