"""Details of many payments in one call, from the stand-in over a real connection."""

import json

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from dev.standins.line_pay import Action, LinePayPlatform, line_pay_app
from storefront.adapters.line_pay import LinePay
from storefront.domain.language import Language
from storefront.domain.money import Currency
from storefront.domain.payment_answers import Verdict
from tests.standins.serving import base_url, free_socket, serving


def test_one_call_tells_of_all_that_were_captured_and_of_their_refunds() -> None:
    platform = LinePayPlatform()
    listening = free_socket()
    client = LinePay(f"{base_url(listening)}/_line_pay", "dev-pay-channel", "dev-pay-channel-secret")
    with serving(Starlette(routes=[Mount("/_line_pay", line_pay_app(platform))]), listening):
        numbers = []
        for order in ("A-1", "B-1", "C-1"):
            opened = client.request(
                order_id=order,
                amount=100,
                currency=Currency.TWD,
                lines=[("tea", "茶", 1, 100)],
                confirm_url="http://127.0.0.1/confirm",
                cancel_url="http://127.0.0.1/cancel",
                language=Language.ZH_TW,
            )
            assert opened.value is not None
            numbers.append(opened.value.transaction_id)
        assert client.captures(numbers).verdict is Verdict.WAITING
        for number in numbers[:2]:
            platform.act(platform.payment(int(number)), Action.APPROVE)
            client.confirm(number, 100, Currency.TWD)
        client.refund(numbers[0], 30, Currency.TWD)

        found = client.captures(numbers)

    assert found.value is not None
    assert [
        (capture.order_id, capture.transaction_id, capture.amount, [each.amount for each in capture.refunds])
        for capture in found.value
    ] == [("A-1", numbers[0], 100, [30]), ("B-1", numbers[1], 100, [])]
    asked = [hop for hop in platform.wire if hop.method == "GET"]
    assert len(asked) == 2
    assert json.loads(asked[0].response_body)["returnCode"] == "1150"


@pytest.mark.parametrize("count", [0, 101])
def test_more_than_line_pay_tells_at_once_is_not_asked(count: int) -> None:
    client = LinePay("http://127.0.0.1:9", "channel", "secret")
    with pytest.raises(ValueError, match="1 to 100"):
        client.captures(["2026112400000000001"] * count)
