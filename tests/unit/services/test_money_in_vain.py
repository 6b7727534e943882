"""Money that LINE Pay holds for an order that has ended: it goes back, and nothing takes the order for a paid one.

The workflow may have missed that the order ended, because its token was lost or a retried task has brought a new one.
"""

import pytest

from storefront.domain.errors import OrderEnded
from storefront.domain.order import HoldState, OrderState
from storefront.domain.quote import Quote, QuoteState
from storefront.domain.refund import RefundState
from storefront.messages.pages import PageState
from storefront.services.checkout import Closing
from storefront.services.deciding import Deciding, Decision, Review
from storefront.services.payment_page import page_state
from storefront.services.ports import Put
from tests.doubles.little_shop import ORDER, LittleShop
from tests.doubles.talking_shop import TalkingShop


def captured_in_vain() -> LittleShop:
    """An order that an operator ended because LINE Pay holds money which nobody could place; its refund is intended."""
    shop = LittleShop()
    shop.open()
    ended = shop.order.captured_in_vain(shop.attempt.attempt_id, 720, shop.clock.now, "operator:mei")
    shop.store.commit(Put(ended))
    return shop


def test_its_order_is_cancelled_and_was_never_paid() -> None:
    order = captured_in_vain().order
    assert (order.state, order.hold, order.refundable) == (OrderState.CANCELLED, HoldState.RELEASED, 720)
    assert not order.was_paid


def test_a_workflow_that_asks_what_became_of_the_payment_is_told_that_it_is_over_D2() -> None:
    shop = captured_in_vain()
    assert shop.checkout.close(ORDER, "workflow") is Closing.CLOSED
    assert "order_expired" not in shop.told


def test_a_workflow_that_brings_a_new_token_is_ended_and_not_woken_as_paid_D4() -> None:
    shop = captured_in_vain()
    shop.checkout.await_payment(ORDER, "token2")
    assert (shop.workflow.woken, shop.workflow.ended) == ([], [("token2", "OrderEnded")])


def test_nobody_gets_a_link_for_it() -> None:
    shop = captured_in_vain()
    calls = len(shop.pay.calls)
    with pytest.raises(OrderEnded):
        shop.checkout.open_payment(ORDER, "workflow")
    assert len(shop.pay.calls) == calls


def test_its_page_does_not_say_that_it_was_paid() -> None:
    shop = captured_in_vain()
    assert page_state(shop.order, shop.attempt) is PageState.CLOSED


@pytest.mark.parametrize("given_back", [False, True])
def test_a_decision_on_its_quote_is_over_D2(given_back: bool) -> None:
    shop = captured_in_vain()
    if given_back:
        refund = shop.refund(720)
        assert shop.carry_out(refund).state is not RefundState.REFUSED
    quote = Quote(**{**vars(_quote_of_the_order()), "order_number": ORDER, "state": QuoteState.ACCEPTED})
    shop.store.commit(Put(quote))
    deciding = Deciding(shop.store, shop.lapsing, shop.waits, shop.clock)
    assert deciding.review_quote(quote.quote_id, 1) == Review(Decision.ENDED, ORDER)
    deciding.await_decision(quote.quote_id, 1, "token3")
    assert (shop.workflow.woken, shop.workflow.ended) == ([], [("token3", "OrderEnded")])
    assert shop.store.read(Quote, quote.quote_id, 1) is not None


def _quote_of_the_order() -> Quote:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    return Quote(**{**vars(shop.quote), "revision": 0})
