"""Approvals: a price beyond the rules is decided once, by one of the shop's own people or a signed call."""

from datetime import UTC, datetime, timedelta

import pytest

from storefront.contracts.case_views import approval_json
from storefront.domain.approval import Approval, ApprovalState, Effect
from storefront.domain.casework import OperatorCase, ReceivedState
from storefront.domain.conversation import Step, customer_id_of
from storefront.domain.outbox import Message, Topic
from storefront.domain.quote import PriceReason, QuoteState
from storefront.domain.quote_record import EntryKind, QuoteEntry
from storefront.services.case_refunds import CaseRefunds
from storefront.services.casework import Casework
from storefront.services.turns import Happening
from tests.doubles.talking_shop import AN, JUN, MEI, TalkingShop

BO = "U" + "d" * 32
"""Another of the shop's own people."""

NIGHT = datetime(2026, 11, 28, 16, 30, tzinfo=UTC)
"""Half past midnight in Taipei, before a Sunday."""


@pytest.fixture
def shop() -> TalkingShop:
    return TalkingShop(staff_ids=(AN, BO))


def referred(shop: TalkingShop, wish: str = "一盒 120 可以嗎", text: str = "我要 3 箱茉莉綠茶") -> Approval:
    """A customer who wants what only a person may allow."""
    shop.say(text)
    shop.say(wish)
    shop.go()
    return approval(shop)


def approval(shop: TalkingShop) -> Approval:
    return shop.store.all(Approval)[-1]


def said(message: Message) -> tuple[Topic, str | None]:
    return message.topic, message.facts.get("said")


def told(shop: TalkingShop, who: str) -> list[str]:
    return [each.topic.value for each in shop.store.all(Message) if each.customer_id == customer_id_of(who)]


def kinds(shop: TalkingShop) -> list[str]:
    return [entry.kind.value for entry in shop.store.all(QuoteEntry)]


def entry(shop: TalkingShop, kind: EntryKind) -> dict[str, str]:
    (found,) = (each for each in shop.store.all(QuoteEntry) if each.kind is kind)
    return dict(found.facts)


# The question -------------------------------------------------------------------------------------------


def test_a_price_below_the_floor_is_put_before_all_staff_and_the_quote_stands(shop: TalkingShop) -> None:
    question = referred(shop)

    assert question.asked == {"TEA-JAS": 120}
    assert question.is_open
    assert told(shop, MEI) == ["quote", "price_referred"]
    assert told(shop, AN) == told(shop, BO) == ["staff_approval"]
    assert shop.quote.state is QuoteState.OFFERED
    assert shop.quote.quote_version == 1
    assert shop.workflow.started[-1] == (
        question.approval_id,
        {
            "approvalId": question.approval_id,
            "timers": {
                "approvalReminderSeconds": 1800,
                "approvalPatienceSeconds": 3600,
                "quoteValiditySeconds": 86_400,
            },
        },
    )
    assert entry(shop, EntryKind.REFERRED) == {
        "total": "6156",
        "approval": question.approval_id,
        "asked": "TEA-JAS:120",
        "reason": "below_floor",
        "until": shop.quote.valid_until.isoformat(),
    }


def test_a_second_wish_asks_nobody_again_while_somebody_is_looking(shop: TalkingShop) -> None:
    referred(shop)

    shop.say("拜託一盒 110 可以嗎")

    assert len(shop.store.all(Approval)) == 1
    assert told(shop, MEI)[-1] == "price_referred"
    assert told(shop, AN) == ["staff_approval"]


def test_the_same_message_may_order_and_ask_a_person(shop: TalkingShop) -> None:
    answer = shop.say("2 盒鳳梨酥 一盒 250 可以嗎")

    assert answer.topic is Topic.QUOTE
    assert answer.facts["approval_id"] == approval(shop).approval_id
    assert told(shop, AN) == ["staff_approval"]


def test_at_night_the_customer_hears_when_the_shop_opens_and_the_reminder_waits_for_it(
    shop: TalkingShop,
) -> None:
    shop.clock.now = NIGHT
    question = referred(shop)

    (answer,) = (each for each in shop.store.all(Message) if each.topic is Topic.PRICE_REFERRED)
    opens = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
    assert answer.facts["opens_at"] == opens.isoformat()
    closed = int((opens - NIGHT).total_seconds())
    assert shop.referring.timers_of(question)["approvalReminderSeconds"] == closed + 1800
    assert "11/30(一) 09:00" in str(shop.line.shown)


def test_a_quote_that_is_asked_about_at_night_stands_until_somebody_has_been_there(shop: TalkingShop) -> None:
    shop.clock.now = NIGHT
    question = referred(shop)
    opens = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
    assert shop.quote.valid_until == opens + timedelta(seconds=1800 + 3600)
    assert [quote.quote_version for quote in shop.quote_rows] == [1]

    shop.clock.now = opens + timedelta(minutes=20)
    shop.sweeping.sweep()
    shop.press(f"approval_ok?a={question.approval_id}", AN)

    assert approval(shop).effect is Effect.OFFERED
    assert shop.held("TEA-JAS") == 36


def test_a_new_quote_that_is_asked_about_at_night_stands_as_long(shop: TalkingShop) -> None:
    shop.clock.now = NIGHT
    shop.say("3 箱茉莉綠茶 一盒 120 可以嗎")

    assert shop.quote.valid_until == datetime(2026, 11, 30, 2, 30, tzinfo=UTC)
    assert len(shop.quote_rows) == 1


def test_no_question_keeps_stock_for_longer_than_three_days_more(shop: TalkingShop) -> None:
    shop.clock.now = datetime(2027, 2, 4, 10, 40, tzinfo=UTC)  # after closing, before six holidays
    referred(shop)

    assert shop.quote.valid_until == shop.clock.now + timedelta(days=4)


def test_a_shop_without_staff_calls_an_operator_at_once() -> None:
    shop = TalkingShop(staff_ids=())
    question = referred(shop)

    assert shop.cases == [("approval_wanted", question.approval_id)]


def test_a_person_is_asked_twice_about_one_quote_at_the_most(shop: TalkingShop) -> None:
    for _ in range(2):
        question = referred(shop, text="茉莉綠茶 36 盒") if not shop.quote_rows else _again(shop)
        shop.press(f"approval_no?a={question.approval_id}", AN)
        shop.go()

    assert shop.say("一盒 110 可以嗎").topic is Topic.PRICE_FIRM
    assert len(shop.store.all(Approval)) == 2


def _again(shop: TalkingShop) -> Approval:
    shop.say("一盒 120 可以嗎")
    shop.go()
    return approval(shop)


# The decision -------------------------------------------------------------------------------------------


def test_an_approval_is_the_next_version_in_the_name_of_who_approved_it(shop: TalkingShop) -> None:
    question = referred(shop)

    answer = shop.press(f"approval_ok?a={question.approval_id}", AN)
    shop.go()

    assert said(answer) == (Topic.STAFF_ANSWER, "decided")
    (line,) = shop.quote.lines
    assert (line.unit_price, line.price_reason) == (120, PriceReason.APPROVED)
    assert shop.quote.agreed["TEA-JAS"].approved_by == customer_id_of(AN)
    assert told(shop, MEI)[-1] == "quote"
    assert (approval(shop).state, approval(shop).effect) == (ApprovalState.APPROVED, Effect.OFFERED)
    assert entry(shop, EntryKind.APPROVED) == {
        "total": str(36 * 120),
        "approval": question.approval_id,
        "granted": "TEA-JAS:120",
        "decision": "approved",
        "by": customer_id_of(AN),
    }
    assert shop.workflow.started[-1][0] == shop.quote.workflow_name
    assert (f"decision:{shop.quote.quote_id}-1", "QuoteEnded") in shop.workflow.ended
    assert (f"approval:{question.approval_id}", {}) in shop.workflow.woken


def test_the_approved_price_is_ordered_as_any_other(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.press(f"approval_ok?a={question.approval_id}", AN)
    shop.go()

    order = shop.accepted_now()

    assert [(line.unit_price, line.price_reason) for line in order.lines] == [(120, PriceReason.APPROVED)]


def test_a_counter_offer_is_a_number_in_the_chat_of_who_was_asked(shop: TalkingShop) -> None:
    question = referred(shop)

    assert said(shop.press(f"approval_counter?a={question.approval_id}", AN)) == (
        Topic.STAFF_ANSWER,
        "price_wanted",
    )
    assert shop.conversation(AN).step is Step.STAFF_PRICE
    assert said(shop.say("171", AN)) == (Topic.STAFF_ANSWER, "price_wrong")
    assert said(shop.say("NT$150", AN)) == (Topic.STAFF_ANSWER, "decided")

    assert shop.quote.lines[0].unit_price == 150
    assert approval(shop).state is ApprovalState.COUNTERED
    assert shop.conversation(AN).step is Step.FREE


def test_a_counter_offer_is_one_tap_away(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.press(f"approval_counter?a={question.approval_id}", AN)

    shop.tap("NT$145", AN)

    assert shop.quote.lines[0].unit_price == 145


def test_words_instead_of_a_price_mean_what_they_mean_to_any_customer(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.press(f"approval_counter?a={question.approval_id}", AN)

    assert shop.say("謝謝", AN).topic is Topic.THANKS
    assert shop.conversation(AN).step is Step.FREE
    assert shop.say("150", AN).topic is not Topic.STAFF_ANSWER
    assert approval(shop).is_open


def test_a_refusal_is_told_kindly_and_the_quote_stands(shop: TalkingShop) -> None:
    question = referred(shop)

    shop.press(f"approval_no?a={question.approval_id}", AN)
    shop.go()

    assert told(shop, MEI)[-1] == "price_refused"
    assert [quote.state for quote in shop.quote_rows] == [QuoteState.OFFERED]
    assert approval(shop).effect is Effect.DECLINED
    assert entry(shop, EntryKind.REFUSED)["by"] == customer_id_of(AN)


def test_the_first_decision_counts_and_the_second_hears_of_it(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.press(f"approval_ok?a={question.approval_id}", AN)
    before = shop.quote_rows

    for button in ("approval_no", "approval_ok", "approval_counter"):
        assert said(shop.press(f"{button}?a={question.approval_id}", BO)) == (Topic.STAFF_ANSWER, "taken")

    assert shop.quote_rows == before
    assert approval(shop).decided_by == customer_id_of(AN)
    assert "另一位同事" in str(shop.line.shown[-1])


def test_the_customer_may_be_in_the_middle_of_something_else(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.change(step=Step.DELIVERY, misses=1)

    shop.press(f"approval_ok?a={question.approval_id}", AN)

    assert (shop.conversation().step, shop.conversation().misses) == (Step.DELIVERY, 1)
    assert shop.conversation().quote_version == 2


# Who may press ------------------------------------------------------------------------------------------

STAFF_BUTTONS = (
    "approval_ok?a={a}",
    "approval_no?a={a}",
    "approval_counter?a={a}",
    "approval_price?a={a}&p=130",
)


def apart_from_the_chat(shop: TalkingShop, who: str) -> dict[str, object]:
    """All rows but messages and what is remembered of this person's chat."""
    own = f"CUSTOMER#{customer_id_of(who)}"
    return {
        f"{key.pk} {key.sk}": row
        for (_, key), row in shop.snapshot()[0].items()
        if not key.pk.startswith("MESSAGE#") and key.pk != own
    }


@pytest.mark.parametrize("button", STAFF_BUTTONS)
@pytest.mark.parametrize("who", [MEI, JUN])
def test_a_button_of_staff_in_other_hands_is_an_unknown_button(
    shop: TalkingShop, button: str, who: str
) -> None:
    question = referred(shop)
    shop.say("嗨", who)
    rows = apart_from_the_chat(shop, who)

    answer = shop.press(button.format(a=question.approval_id), who)

    assert answer.topic is Topic.HOW_TO_ORDER
    assert approval(shop) == question
    assert apart_from_the_chat(shop, who) == rows
    assert shop.conversation(who).step is Step.FREE
    assert [quote.quote_version for quote in shop.quote_rows] == [1]


@pytest.mark.parametrize("button", STAFF_BUTTONS)
def test_nobody_decides_about_a_quote_of_their_own(shop: TalkingShop, button: str) -> None:
    shop.say("我要 3 箱茉莉綠茶", AN)
    shop.say("一盒 120 可以嗎", AN)
    question = approval(shop)

    assert said(shop.press(button.format(a=question.approval_id), AN)) == (Topic.STAFF_ANSWER, "own")
    assert approval(shop).is_open
    shop.press(button.format(a=question.approval_id), BO)
    assert approval(shop).is_open == button.startswith("approval_counter")


@pytest.mark.parametrize("button", STAFF_BUTTONS)
def test_a_button_of_no_approval_says_so(shop: TalkingShop, button: str) -> None:
    assert said(shop.press(button.format(a="nothing"), AN)) == (Topic.STAFF_ANSWER, "unknown")


@pytest.mark.parametrize("price", ["0", "-5", "171", "1e2", "", "９９９"])
def test_a_forged_price_is_no_decision(shop: TalkingShop, price: str) -> None:
    question = referred(shop)

    shop.press(f"approval_price?a={question.approval_id}&p={price}", AN)

    assert approval(shop).is_open


def test_a_staff_member_s_number_decides_nothing_once_they_are_staff_no_more(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.press(f"approval_counter?a={question.approval_id}", AN)
    shop.staff._members.pop(customer_id_of(AN))

    shop.say("150", AN)

    assert approval(shop).is_open


# Too late -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meanwhile", "effect"),
    [
        ("accepted", Effect.ACCEPTED_BEFORE),
        ("declined", Effect.ENDED_BEFORE),
        ("expired", Effect.ENDED_BEFORE),
        ("fewer", Effect.CHANGED_BEFORE),
        ("another", Effect.CHANGED_BEFORE),
    ],
)
def test_what_happened_meanwhile_stays_and_the_decision_says_so(
    shop: TalkingShop, meanwhile: str, effect: Effect
) -> None:
    question = referred(shop)
    match meanwhile:
        case "accepted":
            shop.accepted_now()
        case "declined":
            shop.say("不要了")
        case "expired":
            shop.clock.go_on(86_401)
        case "fewer":
            shop.say("改成 1 箱")
        case "another":
            shop.say("鳳梨酥 2 盒")
    quotes, orders, heard = shop.quote_rows, shop.orders, told(shop, MEI)

    answer = shop.press(f"approval_ok?a={question.approval_id}", AN)
    shop.go()

    assert said(answer) == (Topic.STAFF_ANSWER, "decided")
    assert approval(shop).effect is effect
    assert (shop.quote_rows, shop.orders, told(shop, MEI)) == (quotes, orders, heard)


def test_a_quote_that_grew_meanwhile_gets_the_price(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.say("改成 4 箱")

    shop.press(f"approval_ok?a={question.approval_id}", AN)

    assert [(line.quantity, line.unit_price) for line in shop.quote.lines] == [(48, 120)]


# The workflow -------------------------------------------------------------------------------------------


def test_silence_reminds_staff_once_then_calls_an_operator_and_tells_the_customer(shop: TalkingShop) -> None:
    question = referred(shop)

    for _ in range(2):
        shop.approving.remind(question.approval_id, "t1")
    assert told(shop, AN) == ["staff_approval", "staff_approval"]
    for _ in range(2):
        shop.approving.escalate(question.approval_id, "t2")
    assert told(shop, MEI)[-1] == "price_delayed"
    assert told(shop, MEI).count("price_delayed") == 1
    assert shop.cases == [("approval_wanted", question.approval_id)]
    assert shop.store.all(OperatorCase)[0].facts["reason"] == "no-decision"

    shop.press(f"approval_ok?a={question.approval_id}", AN)
    assert shop.quote.lines[0].unit_price == 120, "a late decision still counts"


def test_a_token_that_comes_after_the_decision_is_answered_at_once(shop: TalkingShop) -> None:
    shop.say("我要 3 箱茉莉綠茶")
    shop.say("一盒 120 可以嗎")
    question = approval(shop)
    shop.press(f"approval_ok?a={question.approval_id}", AN)
    shop.workflow.woken.clear()

    shop.approving.await_decision(question.approval_id, "approval:late")

    assert shop.workflow.woken == [("approval:late", {})]


@pytest.mark.parametrize("step", ["remind", "escalate"])
def test_nobody_is_reminded_of_a_quote_that_is_over(shop: TalkingShop, step: str) -> None:
    question = referred(shop)
    shop.accepted_now()
    heard = (told(shop, AN), told(shop, MEI))

    getattr(shop.approving, step)(question.approval_id, "token")

    assert (told(shop, AN), told(shop, MEI)) == heard
    assert shop.workflow.woken[-1] == ("token", {})
    assert shop.approving.carry_out(question.approval_id) is Effect.LAPSED
    assert shop.cases == []


def test_what_nobody_decides_lapses(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.clock.go_on(90_000)

    assert shop.approving.carry_out(question.approval_id) is Effect.LAPSED
    assert said(shop.press(f"approval_ok?a={question.approval_id}", AN)) == (Topic.STAFF_ANSWER, "taken")


def test_carrying_out_twice_changes_nothing(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.press(f"approval_ok?a={question.approval_id}", AN)
    before = shop.snapshot()

    assert shop.approving.carry_out(question.approval_id) is Effect.OFFERED
    assert shop.snapshot() == before


def test_a_decision_that_comes_twice_is_finished_and_not_repeated(shop: TalkingShop) -> None:
    question = referred(shop)
    event = shop.event(Happening.POSTBACK, data=f"approval_ok?a={question.approval_id}", who=AN)
    shop.handle(event)
    before = shop.snapshot()
    shop.workflow.started.clear()

    shop.handle(event)

    assert shop.snapshot() == before
    assert shop.workflow.started[-1][0] == shop.quote.workflow_name, "a lost start is made up for"


def test_an_approval_that_its_workflow_forgot_becomes_a_case(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.clock.go_on(timedelta(days=3).total_seconds())

    shop.sweeping.sweep()

    assert ("approval_wanted", question.approval_id) in shop.cases
    assert shop.sweeping.approval_needs_operator(question.approval_id, "FAILED") is False, (
        "one case is enough"
    )


# From outside -------------------------------------------------------------------------------------------


def decision(shop: TalkingShop, **data: object) -> tuple[ReceivedState, str | None]:
    received = shop.back_office("quote.approval.decided.v1", None, data)
    shop.go()
    return received.state, received.reason


def test_a_back_office_decides_as_staff_do_and_all_of_them_hear_of_it(shop: TalkingShop) -> None:
    question = referred(shop)

    assert decision(shop, approvalId=question.approval_id, decision="approve", by="Amy") == (
        ReceivedState.APPLIED,
        None,
    )

    assert shop.quote.lines[0].unit_price == 120
    assert shop.quote.agreed["TEA-JAS"].approved_by == "wms:Amy"
    assert told(shop, MEI)[-1] == "quote"
    assert told(shop, AN)[-1] == told(shop, BO)[-1] == "staff_answer"
    assert "Amy" in str(shop.line.shown[-1])


@pytest.mark.parametrize(
    ("data", "price"),
    [
        ({"decision": "counter", "unitPrices": {"TEA-JAS": 150}}, 150),
        ({"decision": "counter", "total": 36 * 145}, 145),
        ({"decision": "decline"}, 171),
    ],
)
def test_a_back_office_counters_or_declines(shop: TalkingShop, data: dict[str, object], price: int) -> None:
    question = referred(shop)

    decision(shop, approvalId=question.approval_id, by="Amy", note="regular", **data)

    assert shop.quote.lines[0].unit_price == price
    assert approval(shop).note == "regular"


@pytest.mark.parametrize(
    "prices",
    [
        {"unitPrices": {"TEA-JAS": 171}},
        {"unitPrices": {"CAK-PIN": 1}},
        {"total": 6156},
    ],
)
def test_a_counter_that_is_no_better_is_set_aside(shop: TalkingShop, prices: dict[str, object]) -> None:
    question = referred(shop)

    assert decision(shop, approvalId=question.approval_id, decision="counter", by="Amy", **prices) == (
        ReceivedState.QUARANTINED,
        "no-better-price",
    )
    assert approval(shop).is_open


def test_a_back_office_that_comes_second_changes_nothing(shop: TalkingShop) -> None:
    question = referred(shop)
    shop.press(f"approval_no?a={question.approval_id}", AN)

    assert decision(shop, approvalId=question.approval_id, decision="approve", by="Amy") == (
        ReceivedState.APPLIED,
        "decided-before",
    )
    assert approval(shop).decided_by == customer_id_of(AN)
    assert [quote.quote_version for quote in shop.quote_rows] == [1]


def test_a_decision_about_nothing_waits_for_a_person(shop: TalkingShop) -> None:
    assert decision(shop, approvalId="nothing", decision="decline", by="Amy") == (
        ReceivedState.PARKED,
        "unknown-approval",
    )


def test_open_questions_are_listed_for_operators_until_they_are_decided(shop: TalkingShop) -> None:
    question = referred(shop)
    refunds = CaseRefunds(shop.store, shop.pay, shop.cancelling, shop.waits, shop.jobs, shop.clock, shop.ids)
    desk = Casework(shop.store, refunds, shop.jobs, shop.clock)
    assert [approval_json(each) for each in desk.open_approvals()] == [
        {
            "approvalId": question.approval_id,
            "askedAt": question.created_at.isoformat(),
            "reason": "below_floor",
            "lines": [{"sku": "TEA-JAS", "quantity": 36, "standing": 171, "asked": 120}],
            "standingTotal": 6156,
            "askedTotal": 4320,
            "reminded": False,
            "escalated": False,
        }
    ]

    shop.press(f"approval_no?a={question.approval_id}", AN)

    assert desk.open_approvals() == []


def test_every_round_is_in_the_record(shop: TalkingShop) -> None:
    shop.say("我要 3 箱茉莉綠茶")
    shop.say("便宜一點好嗎")
    shop.say("一盒 120 可以嗎")
    shop.press(f"approval_counter?a={approval(shop).approval_id}", AN)
    shop.say("150", AN)
    shop.accepted_now()

    assert sorted(kinds(shop)) == sorted(
        ["offered", "offered", "countered", "referred", "approved", "offered", "accepted"]
    )
