"""The decision on a quote: token and outcome in either order, and what a quote became when its time is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.casework import WaitStep, WorkflowWait
from storefront.domain.errors import Conflict
from storefront.domain.order import OrderState
from storefront.domain.quote import QuoteState
from storefront.domain.quote_record import EntryKind, QuoteEntry
from storefront.services.deciding import Decision, Review
from storefront.services.ports import Put, Write
from tests.doubles.memory_store import MemoryStore
from tests.doubles.talking_shop import TalkingShop

SECOND = timedelta(seconds=1)


def quoted() -> TalkingShop:
    """A shop with an open quote whose workflow has not come to its wait yet."""
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.workflow.to_do.clear()
    return shop


def wait(shop: TalkingShop, token: str = "token") -> None:
    shop.deciding.await_decision(shop.quote.quote_id, shop.quote.quote_version, token)


def review(shop: TalkingShop) -> Review:
    return shop.deciding.review_quote(shop.quote.quote_id, shop.quote.quote_version)


def accept(shop: TalkingShop) -> str:
    shop.press("accept?q=quote1&v=1")
    return shop.order.order_number


# The mailbox, in both orders ----------------------------------------------------------------------------------


def test_an_open_quote_waits_with_its_token() -> None:
    shop = quoted()
    wait(shop)
    kept = shop.store.read(WorkflowWait, "quote1-1", WaitStep.DECISION)
    assert kept is not None
    assert kept.token == "token"
    assert (shop.workflow.woken, shop.workflow.ended) == ([], [])


def test_an_accepted_quote_waits_on_until_the_delivery_is_known() -> None:
    shop = quoted()
    accept(shop)
    wait(shop)
    assert (shop.workflow.woken, shop.workflow.ended) == ([], [])


@pytest.mark.parametrize("token_first", [True, False])
def test_details_wake_the_workflow_whichever_comes_first_D1(token_first: bool) -> None:
    shop = quoted()
    number = accept(shop)
    if token_first:
        wait(shop)
    shop.say("王小明 0912345678 台北市信義區市府路45號")
    if not token_first:
        wait(shop)
    assert shop.workflow.woken == [("token", {"orderNumber": number})]
    assert shop.workflow.ended == []


@pytest.mark.parametrize("token_first", [True, False])
def test_a_declined_quote_ends_its_workflow_whichever_comes_first_D1(token_first: bool) -> None:
    shop = quoted()
    if token_first:
        wait(shop)
    shop.press("decline?q=quote1&v=1")
    if not token_first:
        wait(shop)
    assert (shop.workflow.ended, shop.workflow.causes) == ([("token", "QuoteEnded")], ["declined"])
    assert shop.workflow.woken == []


@pytest.mark.parametrize("token_first", [True, False])
def test_a_cancelled_order_ends_its_workflow_whichever_comes_first_D1(token_first: bool) -> None:
    shop = quoted()
    accept(shop)
    if token_first:
        wait(shop)
    shop.say("取消訂單")
    if not token_first:
        wait(shop)
    assert ("token", "OrderEnded") in shop.workflow.ended
    assert set(shop.workflow.causes) == {"cancelled"}
    assert shop.workflow.woken == []


def test_a_paid_order_wakes_a_workflow_that_comes_late() -> None:
    shop = TalkingShop()
    order = shop.paid()
    shop.deciding.await_decision("quote1", 1, "late")
    assert shop.workflow.woken[-1] == ("late", {"orderNumber": order.order_number})


def test_a_retried_task_brings_a_new_token_D4() -> None:
    shop = quoted()
    wait(shop, "first")
    wait(shop, "second")
    shop.press("decline?q=quote1&v=1")
    assert shop.workflow.ended == [("second", "QuoteEnded")]


def test_a_workflow_cannot_wait_for_a_quote_that_is_gone() -> None:
    with pytest.raises(LookupError, match=r"^a workflow names a quote that is gone$"):
        TalkingShop().deciding.await_decision("quote1", 1, "token")


def test_a_review_names_an_order_and_a_wait_only_if_there_is_one() -> None:
    review = Review(Decision.ENDED)
    assert (review.order_number, review.wait_seconds) == (None, None)


# When the time is over ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "decision", "state", "held"),
    [
        (-SECOND, Review(Decision.WAITING, None, 1), QuoteState.OFFERED, 3),
        (timedelta(0), Review(Decision.ENDED), QuoteState.EXPIRED, 0),
        (SECOND, Review(Decision.ENDED), QuoteState.EXPIRED, 0),
    ],
)
def test_an_open_quote_expires_at_its_moment_and_not_before_S4(
    moment: timedelta, decision: Review, state: QuoteState, held: int
) -> None:
    shop = quoted()
    shop.clock.now = shop.quote.valid_until + moment
    assert review(shop) == decision
    assert (shop.quote.state, shop.held("TEA-JAS")) == (state, held)
    assert review(shop) == decision
    assert shop.held("TEA-JAS") == held


def test_what_the_workflow_ends_is_recorded_as_its_doing() -> None:
    shop = quoted()
    shop.clock.now = shop.quote.valid_until
    review(shop)
    (expired,) = [each for each in shop.store.all(QuoteEntry) if each.kind is EntryKind.EXPIRED]
    assert (expired.cause, expired.at) == ("workflow", shop.clock.now)


@pytest.mark.parametrize(
    ("due_after", "seconds"), [(None, 1_800), (timedelta(0), 60), (timedelta(seconds=90.5), 91)]
)
def test_an_order_without_details_is_looked_at_when_it_is_due_and_not_before_a_minute(
    due_after: timedelta | None, seconds: int
) -> None:
    shop = quoted()
    number = accept(shop)
    now = shop.clock.now
    due_at = None if due_after is None else now + due_after
    shop.store.commit(Put(replace(shop.order, due_at=due_at, hold_until=now + timedelta(seconds=1_800))))
    assert review(shop) == Review(Decision.WAITING, number, seconds)


@pytest.mark.parametrize("data", ["decline?q=quote1&v=1", "order_of?sku=TEA-JAS&n=5"])
def test_a_quote_that_has_ended_already_is_left_alone(data: str) -> None:
    shop = quoted()
    shop.press(data)
    held = shop.held("TEA-JAS")
    shop.clock.go_on(2 * 86_400)
    assert shop.deciding.review_quote("quote1", 1) == Review(Decision.ENDED)
    assert shop.held("TEA-JAS") == held


def test_an_accepted_quote_is_never_expired_D2() -> None:
    shop = quoted()
    number = accept(shop)
    shop.clock.go_on(2 * 86_400)
    assert review(shop) == Review(Decision.WAITING, number, 60)
    assert (shop.quote.state, shop.held("TEA-JAS")) == (QuoteState.ACCEPTED, 3)


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"state": OrderState.AWAITING_PAYMENT}, Decision.ACCEPTED),
        ({"state": OrderState.PAID, "captured": 660}, Decision.ACCEPTED),
        ({"state": OrderState.REFUNDED, "captured": 660, "refunded": 660}, Decision.ACCEPTED),
        ({"state": OrderState.CANCELLED}, Decision.ENDED),
        ({"state": OrderState.EXPIRED}, Decision.ENDED),
    ],
)
def test_what_became_of_the_order_decides_D2(changes: dict[str, object], decision: Decision) -> None:
    shop = quoted()
    number = accept(shop)
    shop.store.commit(Put(replace(shop.order, **changes)))  # type: ignore[arg-type]
    assert review(shop) == Review(decision, number)


class BusyStore(MemoryStore):
    """A store whose next commits are lost to somebody else."""

    lost = 0

    def commit(self, *writes: Write) -> None:
        if self.lost:
            self.lost -= 1
            raise Conflict("Quote")
        super().commit(*writes)


@pytest.mark.parametrize("lost", [1, 7])
def test_a_quote_that_somebody_changes_meanwhile_is_read_again(lost: int) -> None:
    store = BusyStore()
    shop = TalkingShop(store=store)
    shop.say("茉莉綠茶 3 盒")
    shop.clock.now = shop.quote.valid_until
    store.lost = lost
    assert review(shop) == Review(Decision.ENDED)
    assert shop.held("TEA-JAS") == 0


def test_a_quote_that_keeps_changing_is_left_to_the_next_try() -> None:
    store = BusyStore()
    shop = TalkingShop(store=store)
    shop.say("茉莉綠茶 3 盒")
    shop.clock.now = shop.quote.valid_until
    store.lost = 8
    with pytest.raises(Conflict, match=r"^quote1$"):
        review(shop)
    assert (shop.quote.state, shop.held("TEA-JAS")) == (QuoteState.OFFERED, 3)


def test_a_wait_that_is_contested_is_kept_in_the_end() -> None:
    store = BusyStore()
    shop = TalkingShop(store=store)
    shop.say("茉莉綠茶 3 盒")
    store.lost = 2
    wait(shop)
    assert store.read(WorkflowWait, "quote1-1", WaitStep.DECISION) is not None
    store.lost = 8
    with pytest.raises(Conflict):
        wait(shop, "other")
