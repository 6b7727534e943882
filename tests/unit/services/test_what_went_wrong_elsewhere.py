"""Payment defects that were found in comparable open systems, each as a case that this one has to pass.

The ids in the names are theirs: T LINE's table-order sample, S its retail sample, P its payment sample and the SDK
under it, E a serverless shop on AWS, W the most used plugin for WooCommerce. Nothing here repeats how ours works:
each test does what broke theirs.
"""

from dataclasses import fields, replace
from typing import Any

import msgspec
import pytest
from boto3.dynamodb.types import TypeSerializer
from hypothesis import given
from hypothesis import strategies as st

from storefront.adapters.line_pay import READ_SECONDS
from storefront.domain.errors import IllegalMove
from storefront.domain.language import Language
from storefront.domain.order import HoldState, Order, OrderState
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.domain.payment import AttemptState, PaymentAttempt
from storefront.domain.payment_answers import Call
from storefront.domain.quote import Discount, DiscountKind, Quote, QuoteLine
from storefront.domain.refund import Refund
from storefront.messages.pages import PageState
from storefront.services.ports import Put, SendOutcome, Write
from storefront.services.shipping import RefundNews
from tests.aws.deployment import Deployment
from tests.doubles.line_pay_model import Lost
from tests.doubles.little_shop import ORDER, STOCK, TEA, UNITS, LittleShop, order_row
from tests.doubles.memory_store import Counters
from tests.doubles.talking_shop import JUN, TalkingShop

SOLD = Counters(STOCK - UNITS, 0, UNITS, STOCK)


def linked() -> LittleShop:
    shop = LittleShop()
    shop.open()
    return shop


def visit(
    shop: LittleShop, order_id: str | None, transaction_id: str | None, *, cancelled: bool
) -> PageState:
    return shop.page.visit(shop.key_of(), order_id, transaction_id, cancelled=cancelled).state


def is_paid_once(shop: LittleShop) -> bool:
    return (
        shop.order.state is OrderState.PAID
        and shop.stock == SOLD
        and [each.captures for each in shop.pay.captured] == [1]
        and shop.told.count("paid") == 1
        and shop.events.count("order.paid.v1") == 1
    )


# The table-order sample -----------------------------------------------------------------------------------


def test_T1_a_paid_order_stays_paid_however_often_the_page_is_refreshed() -> None:
    """There, a second confirm failed at LINE Pay, and the paid order was set back to unpaid."""
    shop = linked()
    shop.pay_and_return()
    for _ in range(20):
        visit(shop, f"{ORDER}-1", shop.transaction, cancelled=False)
        shop.settle("returned")
    shop.go_on(600)
    assert is_paid_once(shop)
    assert len(shop.pay.made(Call.CONFIRM)) == 1


@pytest.mark.parametrize("cancelled", [False, True])
def test_T2_P1_a_made_up_transaction_changes_nothing_and_is_never_asked_about(cancelled: bool) -> None:
    """There, whoever knew a payment's id could un-pay it, or have any transaction confirmed for it."""
    shop = linked()
    shop.pay_and_return()
    shop.work_off()
    rows, calls = dict(shop.store.rows), len(shop.pay.calls)
    assert visit(shop, f"{ORDER}-1", "999999999999", cancelled=cancelled) is PageState.NEUTRAL
    shop.work_off()
    assert len(shop.pay.calls) == calls
    assert shop.store.rows == rows


@pytest.mark.parametrize(
    "trouble",
    [SendOutcome.QUOTA_USED_UP, SendOutcome.RATE_LIMITED, SendOutcome.UNKNOWN, SendOutcome.MALFORMED],
)
def test_T3_a_message_that_cannot_be_sent_does_not_change_what_was_paid(trouble: SendOutcome) -> None:
    """There, a push that failed after the charge was shown as an error, so that people paid again."""
    shop = linked()
    shop.line.script.extend([trouble] * 20)
    shop.pay_and_return()
    assert shop.order.state is OrderState.PAID
    assert visit(shop, f"{ORDER}-1", shop.transaction, cancelled=False) is PageState.PAID


def test_T4_nothing_is_paid_and_no_row_is_made_for_what_is_not_there() -> None:
    """There, any order could be marked paid without LINE Pay, and an unknown one came into being by it."""
    shop = LittleShop()
    rows = dict(shop.store.rows)
    shop.checkout.settle("no-such-attempt", "returned")
    for work in (shop.checkout.open_payment, shop.checkout.close, shop.checkout.await_payment):
        with pytest.raises(LookupError):
            work("Z9Z9Z-Z9Z9Z", "token")
    shop.refunding.carry_out(ORDER, "no-such-refund")
    shop.shipping.apply("wms", "no-such-event", RefundNews("Z9Z9Z-Z9Z9Z", None, "wish"))
    assert shop.store.rows == rows
    assert shop.pay.calls == []


def test_T5_an_order_is_shown_to_its_owner_only() -> None:
    """There, whoever knew its number could read it."""
    shop = TalkingShop()
    number = shop.with_link().order_number
    foreign = shop.ask(number, who=JUN)
    own = shop.ask(number)
    assert foreign is not None
    assert own is not None
    assert (foreign.topic, own.topic) == (Topic.ORDER_UNKNOWN, Topic.ORDER_STATUS)


@given(
    st.integers(1, 1_000_000),
    st.integers(1, 9_999),
    st.integers(0, 10_000),
    st.integers(min_value=0, max_value=99),
)
def test_T6_S2_every_price_is_stored_and_asked_for_exactly(
    price: int, quantity: int, fee: int, percent_off: int
) -> None:
    """There, prices went through floats: some orders could not be stored, others were a dollar short."""
    line = QuoteLine.priced(replace(TEA, price=price, floor_price=price), quantity, Language.ZH_TW)
    discount = line.amount * percent_off // 100
    taken_off = (Discount(DiscountKind.COUPON, "TEA", discount),)
    order = replace(order_row(), lines=(line,), shipping_fee=fee, discounts=taken_off)
    assert order.total == price * quantity + fee - discount
    stored = TypeSerializer().serialize(msgspec.to_builtins(order))
    assert stored["M"]["discounts"]["L"][0]["M"]["amount"] == {"N": str(discount)}
    assert stored["M"]["lines"]["L"][0]["M"]["unit_price"] == {"N": str(price)}


@pytest.mark.parametrize("amount", [-720, -1, 0, 721, 10**30])
def test_T7_S4_an_amount_below_one_or_above_what_is_left_moves_nothing(amount: int) -> None:
    """There, a negative quantity made a negative amount, and an amount of nothing counted as paid."""
    shop = LittleShop().paid()
    with pytest.raises(IllegalMove):
        shop.refund(amount)
    assert shop.refunds == []
    assert shop.pay.made(Call.REFUND) == []


@pytest.mark.parametrize("said", ["茉莉綠茶 -5 盒", "茉莉綠茶 0 盒", "茉莉綠茶 99999999 盒"])
def test_T7_a_quantity_that_is_none_makes_no_quote(said: str) -> None:
    shop = TalkingShop()
    shop.say(said)
    assert all(line.quantity > 0 for quote in shop.store.all(Quote) for line in quote.lines)
    assert all(quote.total > 0 for quote in shop.store.all(Quote))


def test_T8_an_unknown_product_is_answered_in_words() -> None:
    """There, it was an error of the server."""
    shop = TalkingShop()
    assert shop.say("霓虹鞋帶 3 雙").topic is not None
    assert shop.store.all(Quote) == []


def test_T10_T11_two_phones_at_once_lose_nothing_of_each_other() -> None:
    """There, the list of lines was read, changed and written back without a condition."""
    shop = linked()
    mine, theirs = shop.order, shop.order
    shop.store.commit(Put(replace(mine, satisfaction=5)))
    before = shop.order
    with pytest.raises(Exception, match="Order"):
        shop.store.commit(Put(replace(theirs, satisfaction=1)))
    assert shop.order == before


def test_T12_messages_that_nobody_could_be_told_end_all_the_same() -> None:
    """There, a bad credential was an error of the server; here the message waits, or says why it was not sent."""
    shop = linked()
    shop.line.script.extend([SendOutcome.MALFORMED] * 2)
    shop.pay_and_return()
    (paid,) = (each for each in shop.store.all(Message) if each.topic is Topic.PAID)
    assert (paid.state, paid.reason) == (MessageState.UNDELIVERABLE, "malformed")


def test_T13_a_paid_order_gets_no_other_link_and_an_open_one_has_one() -> None:
    """There, a new payment could be opened for a paid order, over one line that named no product."""
    asked: list[dict[str, Any]] = []
    shop = LittleShop()
    request = shop.pay.request

    def watched(**named: Any) -> Any:
        asked.append(named)
        return request(**named)

    shop.pay.request = watched  # type: ignore[method-assign]
    for cause in ("workflow", "event1", "event2"):
        shop.checkout.open_payment(ORDER, cause)
    (first,) = asked
    assert [(name, quantity * price) for _, name, quantity, price in first["lines"]] == [
        ("茉莉綠茶", 540),
        ("禮盒包裝", 60),
        ("運費", 120),
    ]
    assert first["amount"] == 720
    shop.pay_and_return()
    shop.checkout.open_payment(ORDER, "event3")
    assert len(asked) == 1


def test_T14_S7_an_order_is_not_paid_before_the_money_has_moved_nor_lost_after_it() -> None:
    """There, one sample wrote "paid" first and charged then, the other charged first and failed to write."""
    shop = linked()
    seen: list[OrderState] = []
    confirm, commit = shop.pay.confirm, shop.store.commit

    def no_more_writes(*_writes: Write) -> None:
        raise ConnectionError("the tables are away")

    def charged(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        seen.append(shop.order.state)
        shop.store.commit = no_more_writes  # type: ignore[method-assign]
        return confirm(transaction_id, amount, currency)

    shop.pay.confirm = charged  # type: ignore[method-assign]
    shop.pay.approve(shop.transaction)
    with pytest.raises(ConnectionError):
        shop.settle("returned")
    assert seen == [OrderState.AWAITING_PAYMENT]
    assert (shop.order.state, shop.order.hold) == (OrderState.AWAITING_PAYMENT, HoldState.HELD)
    shop.store.commit = commit  # type: ignore[method-assign]
    shop.jobs.waiting.clear()
    shop.go_on(240)
    assert is_paid_once(shop)


def test_T15_a_function_outlives_the_answer_that_it_waits_for_and_a_lost_one_is_found_again() -> None:
    """There, 30 seconds of life stood around a call that may take 40."""
    life = Deployment().resources["LinePayCheckoutFunction"]["Properties"]["Timeout"]
    assert life >= READ_SECONDS[Call.CONFIRM] + READ_SECONDS[Call.CHECK] + READ_SECONDS[Call.DETAILS]
    shop = linked()
    shop.pay.script(Call.CONFIRM, Lost.AFTER)
    shop.pay_and_return()
    assert is_paid_once(shop)


def test_T16_no_function_has_less_time_than_the_calls_that_it_makes() -> None:
    """There, three seconds had to do for a cold start and a call to LINE."""
    deployment = Deployment()
    default = deployment.template["Globals"]["Function"]["Timeout"]
    functions = {
        name: each["Properties"].get("Timeout", default)
        for name, each in deployment.resources.items()
        if each["Type"] == "AWS::Serverless::Function"
    }
    assert functions.pop("LineWebhookFunction") >= 5, "it calls nothing but its queue"
    assert min(functions.values()) >= 10


# The retail sample ----------------------------------------------------------------------------------------


def test_S6_where_the_browser_comes_back_to_is_ours_alone() -> None:
    """There, the address came from a header of the caller."""
    shop = LittleShop()
    seen: list[str] = []
    request = shop.pay.request

    def watched(**named: Any) -> Any:
        seen.extend((named["confirm_url"], named["cancel_url"]))
        return request(**named)

    shop.pay.request = watched  # type: ignore[method-assign]
    shop.open()
    key = shop.key_of()
    assert seen == [f"https://shop.example/pay/{key}/confirm", f"https://shop.example/pay/{key}/cancel"]


# The SDK --------------------------------------------------------------------------------------------------


def test_P5_every_call_has_an_end_and_every_amount_is_whole() -> None:
    """There, no call had a time-out and a hundred dollars went out as 100.0."""
    assert set(READ_SECONDS) == set(Call)
    assert all(seconds > 0 for seconds in READ_SECONDS.values())
    money = {"amount", "captured", "refunded", "shipping_fee"}
    kinds = {field.name: field.type for kind in (Order, PaymentAttempt, Refund) for field in fields(kind)}
    assert {kinds[name] for name in money} == {int}


# The serverless shop --------------------------------------------------------------------------------------


def test_E5_a_job_that_comes_twice_and_one_that_died_after_the_charge_charge_once() -> None:
    """There, a second delivery failed, and a function that died in between charged again."""
    shop = linked()
    shop.pay.script(Call.CONFIRM, Lost.LATE)
    shop.pay_and_return()
    shop.pay.do_late()
    for _ in range(3):
        shop.settle("schedule")
    assert is_paid_once(shop)
    refund = shop.refund(300)
    shop.pay.script(Call.REFUND, Lost.AFTER)
    for _ in range(3):
        shop.carry_out(refund)
    assert shop.order.refunded == 300
    assert len(shop.pay.made(Call.REFUND)) == 1


# The plugin -----------------------------------------------------------------------------------------------


def test_W1_the_amount_that_was_asked_for_is_what_the_capture_is_held_against() -> None:
    """There, the order's total was compared with itself."""
    shop = linked()
    found = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(found, paid_amount=719)
    shop.pay_and_return()
    assert (shop.order.state, shop.order.captured) == (OrderState.AWAITING_PAYMENT, 0)
    assert shop.attempt.state is AttemptState.CONFIRMING
    assert "paid" not in shop.told


def test_W2_while_one_confirms_nobody_else_does() -> None:
    """There, "confirmation in progress" was read, and then confirmed all the same."""
    shop = linked()
    shop.pay.approve(shop.transaction)
    confirm = shop.pay.confirm

    def slow(transaction_id, amount, currency):  # type: ignore[no-untyped-def]
        for cause in ("returned", "schedule", "sweep", "operator"):
            shop.settle(cause)
        return confirm(transaction_id, amount, currency)

    shop.pay.confirm = slow  # type: ignore[method-assign]
    shop.settle("returned")
    assert is_paid_once(shop)
    assert len(shop.pay.made(Call.CONFIRM)) == 1


def test_W3_a_visit_of_the_cancel_address_cancels_nothing() -> None:
    """There, an order number in an address was enough to cancel somebody's payment."""
    shop = linked()
    before = shop.order
    for ids in ((None, None), (f"{ORDER}-1", shop.transaction), ("OTHER-1", None)):
        visit(shop, *ids, cancelled=True)
        shop.work_off()
    assert shop.order == before
    assert shop.attempt.state is AttemptState.REQUESTED
    shop.pay_and_return()
    assert is_paid_once(shop)
