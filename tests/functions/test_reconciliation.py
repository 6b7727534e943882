"""Every night and on demand: a day's payments and refunds are held against LINE Pay's own details (M6)."""

from datetime import UTC, datetime

from dev.standins.line_pay import Fault
from storefront.domain.order import OrderState
from storefront.domain.reconciliation import shop_day
from tests.aws.world import World, cloud_event
from tests.functions.test_sweeper import SCHEDULE

FUNCTION = "ReconciliationFunction"


def today() -> str:
    return shop_day(datetime.now(UTC)).isoformat()


def compare(shop: World) -> dict[str, object]:
    answer: dict[str, object] = shop.invoke(FUNCTION, {"task": "reconcile", "day": today()})
    return answer


def test_the_nightly_schedule_compares_yesterday(fresh_shop: World) -> None:
    fresh_shop.phone().bought()

    answer = fresh_shop.invoke(FUNCTION, {**SCHEDULE, "time": "2026-11-23T19:10:00Z"})

    assert answer["found"] is True
    assert answer["day"] < today()
    assert (answer["agrees"], answer["compared"]) == (True, 0)


def test_a_paid_and_a_refunded_order_agree_and_the_report_is_kept(fresh_shop: World) -> None:
    shop = fresh_shop
    shop.phone().bought("我要 2 盒鳳梨酥")
    _, order = shop.phone("林小雨").bought("太陽餅 2 盒")
    shop.hook(cloud_event("refund.requested.v1", order.order_number, {"reason": "broken"}))
    shop.settle()

    answer = compare(shop)

    assert (answer["agrees"], answer["compared"], answer["differences"], answer["healed"]) == (True, 2, 0, 0)
    assert "Both sides agree." in str(answer["report"])
    assert shop.invoke(FUNCTION, {"task": "report", "day": today()}) == answer
    assert shop.invoke(FUNCTION, {"task": "report", "day": "2020-01-01"}) == {"found": False}


def test_a_lost_confirm_that_nobody_looked_after_is_finished(fresh_shop: World) -> None:
    shop = fresh_shop
    phone = shop.phone()
    _, payment = phone.ordered()
    number = payment.transaction_id
    shop.pay.faults.script("check", Fault(), Fault.code("9000"), transaction_id=number)
    shop.pay.faults.script("confirm", Fault.drop_after_effect(), transaction_id=number)
    phone.at_line_pay(payment)
    assert phone.order().state is OrderState.AWAITING_PAYMENT

    answer = compare(shop)

    assert (answer["agrees"], answer["healed"]) == (True, 1)
    assert phone.order().state is OrderState.PAID


def test_money_that_line_pay_gave_back_by_itself_is_a_case_for_a_person(fresh_shop: World) -> None:
    shop = fresh_shop
    phone = shop.phone()
    _, order = phone.bought()
    (payment,) = shop.pay.payments.values()
    shop.pay.refund(payment.transaction_id, b'{"refundAmount": 50}')

    answer = compare(shop)

    subject = f"{order.order_number}:{payment.transaction_id}"
    assert (answer["agrees"], answer["differences"]) == (False, 1)
    assert f"| {order.order_number} | refunded_there_only | 0 | 50 | {payment.transaction_id} |" in str(
        answer["report"]
    )
    (listed,) = shop.invoke("OperatorDeskFunction", {"task": "list"})["cases"]
    assert (listed["kind"], listed["subject"]) == ("reconciliation", subject)
    assert phone.order() == order
