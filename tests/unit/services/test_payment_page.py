"""The return page: a hint is handed on, the truth is shown, and strangers learn nothing."""

from dataclasses import replace

import pytest

from storefront.domain.language import Language
from storefront.domain.payment_answers import Call
from storefront.messages.pages import PageState
from storefront.services.payment_page import PageView
from storefront.services.ports import Put
from tests.doubles.line_pay_model import Lost
from tests.doubles.little_shop import ORDER, LittleShop

NEUTRAL = PageView(PageState.NEUTRAL, Language.ZH_TW)


def opened() -> LittleShop:
    shop = LittleShop()
    shop.open()
    shop.jobs.waiting.clear()
    return shop


def visit(shop: LittleShop, *, cancelled: bool = False, visits: int = 0) -> PageView:
    ids = f"{ORDER}-1", shop.attempts[0].transaction_id
    return shop.page.visit(shop.key_of(), *ids, cancelled=cancelled, visits=visits)


@pytest.mark.parametrize(("cancelled", "cause"), [(False, "returned"), (True, "cancelled")])
def test_a_visit_asks_for_a_look_and_shows_that_it_is_being_looked_at(cancelled: bool, cause: str) -> None:
    shop = opened()
    assert visit(shop, cancelled=cancelled) == PageView(PageState.PROCESSING, Language.ZH_TW, ORDER)
    (job,) = shop.jobs.waiting
    assert (job.name, job.arguments, job.not_before) == (
        "check_payment",
        (shop.attempt.attempt_id, cause),
        shop.clock.now,
    )
    assert len(shop.pay.calls) == 1


def test_a_paid_order_is_shown_as_paid_however_often_it_is_opened_C6() -> None:
    shop = opened()
    shop.pay_and_return()
    shop.jobs.waiting.clear()
    views = {visit(shop) for _ in range(3)} | {visit(shop, cancelled=True)}
    assert views == {PageView(PageState.PAID, Language.ZH_TW, ORDER)}
    assert shop.jobs.waiting == []


def test_an_unanswered_confirm_is_shown_as_processing_M5() -> None:
    shop = opened()
    shop.pay.script(Call.CONFIRM, Lost.BEFORE)
    shop.pay_and_return()
    assert visit(shop).state is PageState.PROCESSING


def test_a_declined_payment_is_shown_as_not_paid() -> None:
    shop = opened()
    shop.pay.fail(shop.transaction)
    shop.settle()
    assert visit(shop).state is PageState.NOT_PAID


def test_a_replaced_link_says_that_it_is_closed() -> None:
    shop = opened()
    shop.clock.now = shop.attempt.expires_at
    shop.open("event2")
    assert visit(shop).state is PageState.CLOSED


def test_the_old_link_of_an_order_that_was_paid_with_another_shows_paid() -> None:
    shop = opened()
    shop.clock.now = shop.attempt.expires_at
    shop.open("event2")
    shop.pay_and_return()
    assert visit(shop).state is PageState.PAID


def test_an_order_that_ended_is_shown_as_closed() -> None:
    shop = opened()
    shop.cancel()
    assert visit(shop).state is PageState.CLOSED


def test_a_refunded_order_was_paid() -> None:
    shop = opened()
    shop.pay_and_return()
    shop.carry_out(shop.refund(720))
    assert visit(shop).state is PageState.PAID


@pytest.mark.parametrize(
    ("order_id", "transaction_id"),
    [
        (None, None),
        (f"{ORDER}-1", None),
        (None, "202600000001"),
        (f"{ORDER}-2", "202600000001"),
        (f"{ORDER}-1", "202600000002"),
        ("", ""),
    ],
)
def test_missing_or_swapped_ids_change_nothing_and_learn_nothing_C5_X5(
    order_id: str | None, transaction_id: str | None
) -> None:
    shop = opened()
    assert shop.transaction == "202600000001"
    assert shop.page.visit("key1", order_id, transaction_id, cancelled=False) == NEUTRAL
    assert shop.jobs.waiting == []


def test_a_link_whose_order_is_gone_learns_nothing() -> None:
    shop = opened()
    attempt = shop.attempt
    shop.store.commit(Put(replace(attempt, order_number="GONE")))
    view = visit(shop)
    assert (view.state, view.language, view.order_number) == (PageState.NEUTRAL, Language.ZH_TW, None)
    assert shop.jobs.waiting == []


@pytest.mark.parametrize("key", ["", "key2", "KEY1", "key1 "])
def test_a_wrong_key_looks_like_any_other_stranger_C5(key: str) -> None:
    shop = opened()
    assert shop.page.visit(key, f"{ORDER}-1", shop.transaction, cancelled=False) == NEUTRAL
    assert shop.jobs.waiting == []


def test_the_cancel_page_may_come_without_ids_but_not_with_wrong_ones() -> None:
    shop = opened()
    assert shop.page.visit("key1", None, None, cancelled=True).state is PageState.PROCESSING
    assert shop.page.visit("key1", "OTHER-1", None, cancelled=True) == NEUTRAL
    assert shop.page.visit("key1", None, "1", cancelled=True) == NEUTRAL
    assert len(shop.jobs.waiting) == 1


def test_the_page_itself_writes_nothing_and_asks_line_pay_nothing_T4() -> None:
    shop = opened()
    rows, calls = dict(shop.store.rows), list(shop.pay.calls)
    visit(shop)
    visit(shop, cancelled=True)
    assert shop.store.rows == rows
    assert shop.pay.calls == calls


# A page that waits ----------------------------------------------------------------------------------------


def test_a_page_that_opens_itself_again_asks_for_ever_fewer_looks() -> None:
    """Every three seconds for ten minutes, while the customer has approved nothing."""
    shop = opened()
    asked = []
    for visits in range(200):
        visit(shop, visits=visits)
        asked += [visits] * len(shop.jobs.take_due())
        shop.clock.go_on(3)
    assert asked == [0, 2, 5, 10, 20]


def test_the_first_visit_of_each_page_asks_at_once_whatever_was_asked_before() -> None:
    shop = opened()
    for cancelled in (True, False, False):
        visit(shop, cancelled=cancelled)
        assert len(shop.jobs.take_due()) == 1


def test_a_customer_who_approves_while_the_page_is_open_is_not_forgotten() -> None:
    """The page is past its last own look; the schedule of the attempt goes on."""
    shop = LittleShop()
    shop.open()
    shop.clock.go_on(70)
    shop.pay.approve(shop.transaction)
    visit(shop, visits=23)
    shop.go_on(60)
    assert visit(shop, visits=43).state is PageState.PAID
