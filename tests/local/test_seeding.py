"""The secrets of the local run: each by its owner, as the functions read them."""

from dev.local.context import LocalCredentials
from dev.local.seeding import owner_of, secret_values


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
