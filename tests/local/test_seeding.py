"""What the local run is seeded with: secrets, each by its owner as the functions read them, and rich menus."""

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from dev.local.context import LocalCredentials
from dev.local.seeding import CannotSeed, owner_of, secret_values, seed_rich_menus
from dev.local.settings import LocalSettings
from dev.standins.line_platform import LinePlatform, line_app
from tests.standins.serving import free_socket, serving


def settings_of(url: str, line_api: str = "") -> LocalSettings:
    """A local run at this address; `line_api` is somebody else's stand-in."""
    port = int(url.rsplit(":", 1)[1])
    chosen = {"LineApiBaseUrl": line_api} if line_api else {}
    return LocalSettings(port=port, headless=True, shop_csv=None, chosen=chosen)


def test_a_secret_belongs_to_the_owner_in_its_name() -> None:
    assert [owner_of(name) for name in ("LineSecret", "LinePaySecret", "OrderSystemSecret")] == [
        "line",
        "line_pay",
        "order_system",
    ]


def test_the_shop_source_may_say_nothing_about_shipments_and_wms_everything() -> None:
    sources = secret_values(LocalCredentials())["back_office"]

    assert sources == {
        "wms": {"secrets": ["whsec_ZGV2LWJhY2stb2ZmaWNlLXNlY3JldC0wMDAwMDE="], "types": ["*"]},
        "shop": {
            "secrets": ["whsec_ZGV2LXNob3Atc2VjcmV0LTAwMDAwMDAwMDAwMDAwMg=="],
            "types": [
                "stock.level.v1",
                "product.changed.v1",
                "order.cancel.requested.v1",
                "refund.requested.v1",
                "quote.approval.decided.v1",
                "order.placed.v1",
            ],
        },
    }


def test_the_rich_menus_are_registered_with_the_runs_own_line() -> None:
    line = LinePlatform("http://127.0.0.1:9/line/webhook")
    with serving(Starlette(routes=[Mount("/_line", line_app(line))]), free_socket()) as url:
        seed_rich_menus(settings_of(url), LocalCredentials())
    menus = line.rich_menus
    assert sorted(menus.aliases) == ["storefront-en", "storefront-ja", "storefront-th", "storefront-zh-tw"]
    assert menus.default_id == menus.aliases["storefront-zh-tw"]
    assert all(menu.picture for menu in menus.menus.values())


def test_somebody_elses_line_is_not_asked_for_anything() -> None:
    line = LinePlatform("http://127.0.0.1:9/line/webhook")
    with serving(Starlette(routes=[Mount("/_line", line_app(line))]), free_socket()) as url:
        seed_rich_menus(settings_of(url, line_api=f"{url}/elsewhere"), LocalCredentials())
    assert (line.rich_menus.menus, line.wire) == ({}, [])


def test_a_line_that_does_not_answer_is_told_of() -> None:
    with pytest.raises(CannotSeed, match="rich menus"):
        seed_rich_menus(settings_of("http://127.0.0.1:9"), LocalCredentials())
