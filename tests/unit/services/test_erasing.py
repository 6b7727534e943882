"""A customer who wishes to be forgotten: nothing of them is left in any table, and nothing else is touched."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from storefront.adapters.layout import LAYOUTS, Table
from storefront.domain.casework import (
    AuditEntry,
    CaseKind,
    OperatorCase,
    ReceivedEvent,
    ReceivedState,
)
from storefront.domain.conversation import Conversation, OrderDelivery, customer_id_of
from storefront.domain.erasure import Erasure, ErasureState
from storefront.domain.errors import ActionRefused, Conflict
from storefront.domain.lead import Lead
from storefront.domain.order import OrderState
from storefront.domain.outbox import Message, MessageState, OrderEvent, OrderEventState, Topic
from storefront.domain.unknown_phrase import PhraseOfCustomer, UnknownPhrase
from storefront.services.ports import DueKind, Erase, Put, SendOutcome
from storefront.services.turns import Happening
from tests.doubles.little_shop import RETENTION
from tests.doubles.talking_shop import AN, JUN, MEI, TalkingShop

CUSTOMER = customer_id_of(MEI)
NAME, PHONE, ADDRESS = "金絲雀", "0987654321", "花蓮縣瑞穗鄉溫泉路三段777號"
COMMENT = "茶罐上的小狗貼紙很可愛"
WORDS, REMARK, NOTE = "斑紋翡翠露", "我先生王大同已經在別處買好了", "管理員老金代收"
PLANTED = (NAME, PHONE, ADDRESS, WORDS, REMARK, NOTE, COMMENT, "瑞穗", MEI)
DETAILS = f"{NAME} {PHONE} {ADDRESS}"


def everything(shop: TalkingShop) -> str:
    """Every row of every table, keys included."""
    rows = [(str(key), msgspec.to_builtins(row)) for key, row in shop.store.rows.items()]
    return json.dumps(rows, ensure_ascii=False, default=str)


def found(shop: TalkingShop, planted: tuple[str, ...] = PLANTED) -> list[str]:
    kept = everything(shop)
    return [each for each in planted if each in kept]


def journey(shop: TalkingShop) -> str:
    """A whole order with everything that a customer can leave behind; its number."""
    shop.say(f"有沒有{WORDS}")
    shop.say("茉莉綠茶 2 盒")
    shop.press(f"decline?q={shop.quote.quote_id}&v=1")
    shop.press(f"why?q={shop.quote.quote_id}&v=1&r=other")
    shop.say(REMARK)
    shop.say("茉莉綠茶是什麼")
    shop.say("真人客服")
    member = f"hand_back?c={CUSTOMER}"
    shop.press(member, AN)
    case = shop.store.read(OperatorCase, CaseKind.PERSON_WANTED, CUSTOMER)
    assert case is not None
    note = f"打給 {NAME} {PHONE}"
    shop.store.commit(
        Put(replace(case, resolution=note)),
        *(Put(replace(entry, note=note)) for entry in shop.store.all(AuditEntry)),
    )
    order = shop.paid(DETAILS)
    shop.go()
    assert order.state is OrderState.PAID
    return order.order_number


def delivered(shop: TalkingShop, number: str) -> None:
    shop.parcel(number, "shipped", note=NOTE, trackingNumber="123456789012", carrier="black_cat")
    shop.parcel(number, "delivered", note=NOTE)


def commented(shop: TalkingShop, number: str) -> None:
    shop.press(f"rate?o={number}&score=4")
    shop.say(COMMENT)


def wish(shop: TalkingShop) -> Message:
    """The customer asks and confirms."""
    shop.say("刪除我的資料")
    answer = shop.tap("確定刪除")
    assert answer is not None
    return answer


def swept(shop: TalkingShop, hours: int = 0) -> None:
    shop.clock.go_on(hours * 3600 + 1)
    shop.sweeping.sweep()
    shop.go()


def erasure(shop: TalkingShop) -> Erasure:
    (row,) = shop.store.all(Erasure)
    return row


def test_the_journey_leaves_everything_that_is_planted() -> None:
    shop = TalkingShop()
    number = journey(shop)
    delivered(shop, number)
    commented(shop, number)
    assert found(shop) == list(PLANTED)


def test_after_an_erasure_nothing_of_the_customer_is_in_any_row_of_any_table() -> None:
    shop = TalkingShop()
    number = journey(shop)
    delivered(shop, number)
    commented(shop, number)
    assert wish(shop).topic is Topic.ERASURE_ASKED
    swept(shop)
    assert found(shop) == []
    gone = erasure(shop)
    assert (gone.state, gone.customer_id, gone.asked_by) == (ErasureState.DONE, CUSTOMER, "customer")
    assert dict(gone.erased) == {
        "phrases": 1,
        "remarks": 2,
        "leads": 1,
        "notes": 2,
        "deliveries": 1,
        "events_out": 1,
        "parcels": 1,
        "conversations": 1,
    }
    assert shop.line.shown[-1]["text"].startswith("您的資料已全部刪除。")
    order = shop.order
    assert (order.order_number, order.state, order.captured) == (number, OrderState.PAID, order.total)
    assert [each.state for each in shop.store.all(OrderEvent)] == [OrderEventState.TAKEN]


def test_running_it_again_changes_nothing() -> None:
    shop = TalkingShop()
    delivered(shop, journey(shop))
    wish(shop)
    swept(shop)
    before = shop.snapshot()
    shop.erasing.go_on(erasure(shop))
    swept(shop, hours=2)
    assert shop.snapshot() == before


def test_words_alone_erase_nothing_and_the_card_says_what_goes_and_what_stays() -> None:
    shop = TalkingShop()
    journey(shop)
    shop.sweeping.sweep()
    before = found(shop)
    answer = shop.say("刪除我的資料")
    assert answer.topic is Topic.ERASE_CONFIRM
    assert answer.facts == {"orders": shop.order.order_number}
    swept(shop)
    assert found(shop) == before
    assert shop.store.all(Erasure) == []
    said = json.dumps(shop.line.shown[-1], ensure_ascii=False)
    assert all(word in said for word in ("會刪除", "會留下", shop.order.order_number, "無法復原"))


def test_an_order_under_way_keeps_its_details_until_it_has_arrived() -> None:
    shop = TalkingShop()
    number = journey(shop)
    answer = wish(shop)
    assert answer.facts == {"orders": number}
    swept(shop)
    assert erasure(shop).state is ErasureState.UNDER_WAY
    assert found(shop) == [NAME, PHONE, ADDRESS, "瑞穗", MEI]
    assert {type(row) for row in shop.store.rows.values() if NAME in str(row)} == {OrderDelivery, OrderEvent}
    shown = len(shop.line.shown)
    delivered(shop, number)
    assert len(shop.line.shown) > shown, "the customer still hears of the parcel"
    swept(shop, hours=1)
    assert found(shop) == []
    assert erasure(shop).state is ErasureState.DONE


def test_an_order_under_way_keeps_its_details_until_its_money_is_back() -> None:
    shop = TalkingShop()
    number = journey(shop)
    wish(shop)
    swept(shop)
    shop.press(f"cancel?o={number}")
    swept(shop, hours=1)
    shop.go()
    assert shop.order.state is OrderState.REFUNDED
    swept(shop, hours=1)
    assert found(shop, PLANTED[:-1]) == []


def test_an_event_that_the_order_system_has_not_taken_waits_with_its_recipient() -> None:
    shop = TalkingShop()
    shop.order_system.awake = False
    number = journey(shop)
    delivered(shop, number)
    wish(shop)
    swept(shop)
    assert erasure(shop).state is ErasureState.UNDER_WAY
    assert NAME in found(shop)
    shop.order_system.awake = True
    for event in shop.store.all(OrderEvent):
        shop.order_events.send(event.event_id)
    swept(shop, hours=1)
    assert found(shop) == []


def test_events_that_nobody_could_apply_go_with_their_order() -> None:
    shop = TalkingShop()
    number = journey(shop)
    delivered(shop, number)
    contradiction = shop.parcel(number, "lost", note=NOTE)
    assert contradiction.state is ReceivedState.QUARANTINED
    wish(shop)
    swept(shop)
    assert found(shop) == []
    states = [each.state for each in shop.store.all(ReceivedEvent)]
    assert states == [ReceivedState.APPLIED, ReceivedState.APPLIED, ReceivedState.DISMISSED]
    assert erasure(shop).erased["events_in"] == 1


def test_what_a_back_office_says_after_that_is_kept_without_its_words() -> None:
    shop = TalkingShop()
    number = journey(shop)
    delivered(shop, number)
    wish(shop)
    swept(shop)
    shop.parcel(number, "out_for_delivery", note=NOTE)
    contradiction = shop.parcel(number, "lost", note=NOTE)
    assert (contradiction.state, contradiction.reason) == (ReceivedState.QUARANTINED, "contradicts:delivered")
    assert found(shop) == []


def test_a_repeated_webhook_changes_nothing() -> None:
    shop = TalkingShop()
    event = shop.event(Happening.TEXT, text=f"有沒有{WORDS}")
    shop.handle(event)
    wish(shop)
    confirmed = shop.last_event
    swept(shop)
    before = shop.snapshot()
    for again in (event, confirmed):
        shop.handle(again)
        assert shop.snapshot() == before


def test_the_customer_goes_on_as_somebody_new() -> None:
    shop = TalkingShop()
    delivered(shop, journey(shop))
    wish(shop)
    swept(shop)
    order = shop.with_link("王小明 0912345678 台北市信義區市府路45號")
    assert shop.conversation().on_file is not None
    swept(shop, hours=3)
    assert shop.store.read(OrderDelivery, order.order_number) is not None
    assert found(shop, PLANTED[:-1]) == []


def test_what_is_ordered_after_the_wish_is_somebody_new_s() -> None:
    shop = TalkingShop()
    first = journey(shop)
    wish(shop)
    swept(shop)
    shop.clock.go_on(60)
    second = shop.paid("王小明 0912345678 台北市信義區市府路45號").order_number
    delivered(shop, first)
    swept(shop, hours=1)
    assert erasure(shop).state is ErasureState.DONE
    assert "conversations" not in erasure(shop).erased
    assert shop.store.read(OrderDelivery, second) is not None
    assert shop.store.read(OrderDelivery, first) is None
    assert found(shop, PLANTED[:-1]) == []


def test_a_second_press_is_the_same_wish() -> None:
    shop = TalkingShop()
    journey(shop)
    wish(shop)
    assert shop.press("erase_yes").topic is Topic.ERASURE_ASKED
    assert len(shop.store.all(Erasure)) == 1


def test_nobody_else_is_touched() -> None:
    shop = TalkingShop()
    shop.say(f"有沒有{WORDS}", JUN)
    shop.paid("陳美麗 0911222333 高雄市前鎮區中山路1號", who=JUN)
    others = [row for row in shop.store.rows.values() if not isinstance(row, UnknownPhrase)]
    delivered(shop, journey(shop))
    wish(shop)
    swept(shop)
    kept = list(shop.store.rows.values())
    assert [row for row in others if row not in kept and not isinstance(row, Message)] == []
    (phrase,) = shop.store.all(UnknownPhrase)
    assert (phrase.phrase, phrase.count) == (WORDS, 1)


class StopsAfter:
    """The store of a shop whose power fails after so many commits."""

    def __init__(self, shop: TalkingShop, commits: int) -> None:
        self._commit, self._left = shop.store.commit, commits

    def commit(self, *writes: Any) -> None:
        if not self._left:
            raise RuntimeError("power failure")
        self._left -= 1
        self._commit(*writes)


def test_a_crash_at_any_step_is_finished_later_with_the_same_count() -> None:
    whole = TalkingShop()
    delivered(whole, journey(whole))
    wish(whole)
    swept(whole)
    crashes = 0
    for commits in range(40):
        shop = TalkingShop()
        delivered(shop, journey(shop))
        wish(shop)
        shop.clock.go_on(1)
        sound = shop.store.commit
        shop.store.commit = StopsAfter(shop, commits).commit  # type: ignore[method-assign]
        try:
            shop.erasing.go_on(erasure(shop))
        except RuntimeError:
            crashes += 1
        shop.store.commit = sound  # type: ignore[method-assign]
        swept(shop, hours=2)
        swept(shop, hours=2)
        assert found(shop) == [], commits
        assert erasure(shop).erased == erasure(whole).erased, commits
        assert erasure(shop).state is ErasureState.DONE
        if crashes == commits:
            break
    assert crashes > 8


def test_somebody_who_has_left_is_forgotten_without_a_message() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 2 盒")
    wish(shop)
    shop.clock.go_on(5)
    sent = len(shop.line.sent)
    shop.handle(shop.event(Happening.UNFOLLOW))
    swept(shop)
    assert len(shop.line.sent) == sent
    assert erasure(shop).state is ErasureState.DONE


def test_being_forgotten_gives_nobody_new_tries() -> None:
    shop = TalkingShop()
    for code in (
        "優惠碼 AAAA1111",
        "優惠碼 BBBB2222",
        "優惠碼 CCCC3333",
        "優惠碼 DDDD4444",
        "優惠碼 EEEE5555",
    ):
        shop.say(code)
    assert shop.conversation().guesses_too_much(shop.clock.now)
    wish(shop)
    swept(shop)
    assert shop.conversation().guesses_too_much(shop.clock.now)
    swept(shop, hours=2)
    assert shop.store.read(Conversation, CUSTOMER) is None


# Staff -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("named", [MEI, CUSTOMER])
def test_a_person_in_the_shop_can_ask_for_it(named: str) -> None:
    shop = TalkingShop()
    delivered(shop, journey(shop))
    asked = shop.personal.wished_by_staff(named, "lin", "asked by letter")
    assert shop.personal.wished_by_staff(named, "lin", "asked by letter").cause == asked.cause
    swept(shop)
    assert found(shop) == []
    assert (erasure(shop).asked_by, erasure(shop).note) == ("lin", "asked by letter")


@pytest.mark.parametrize(("who", "note"), [("", "why"), ("lin", " ")])
def test_a_wish_that_nobody_signs_is_refused(who: str, note: str) -> None:
    shop = TalkingShop()
    journey(shop)
    before = shop.snapshot()
    with pytest.raises(ActionRefused):
        shop.personal.wished_by_staff(CUSTOMER, who, note)
    with pytest.raises(ActionRefused):
        shop.personal.wished_by_staff("nobody", "lin", "why")
    assert shop.snapshot() == before


# Taken back ------------------------------------------------------------------------------------------


def unsend(shop: TalkingShop, line_message_id: str) -> None:
    shop.handle(shop.event(Happening.UNSEND, line_message_id=line_message_id, token=False))


def test_a_message_that_is_taken_back_takes_its_words_along() -> None:
    shop = TalkingShop()
    asked = shop.event(Happening.TEXT, text=f"有沒有{WORDS}", line_message_id="325708")
    shop.handle(asked)
    assert found(shop, (WORDS,)) == [WORDS]
    unsend(shop, "325708")
    assert found(shop, (WORDS,)) == []


def test_a_comment_that_is_taken_back_is_gone_and_its_quote_stays() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 2 盒")
    shop.press(f"decline?q={shop.quote.quote_id}&v=1")
    shop.press(f"why?q={shop.quote.quote_id}&v=1&r=other")
    shop.handle(shop.event(Happening.TEXT, text=REMARK, line_message_id="325709"))
    quote = shop.quote
    unsend(shop, "325709")
    assert found(shop, (REMARK,)) == []
    assert shop.quote == quote


def test_a_comment_on_an_order_that_is_taken_back_is_gone() -> None:
    shop = TalkingShop()
    number = journey(shop)
    delivered(shop, number)
    commented(shop, number)
    unsend(shop, shop.last_event.line_message_id)
    assert found(shop, (COMMENT, REMARK)) == [REMARK]


def test_details_of_a_message_that_is_taken_back_are_not_used_any_more() -> None:
    shop = TalkingShop()
    shop.accepted()
    shop.say(f"{NAME} {PHONE}")
    assert shop.conversation().draft.name == NAME
    unsend(shop, shop.last_event.line_message_id)
    assert found(shop, (NAME, PHONE)) == []


def test_an_address_that_is_taken_back_stays_with_its_order_alone() -> None:
    shop = TalkingShop()
    order = shop.with_link(DETAILS)
    told = shop.last_event.line_message_id
    assert shop.conversation().on_file is not None
    unsend(shop, "another message")
    assert shop.conversation().on_file is not None
    unsend(shop, told)
    assert shop.conversation().on_file is None
    assert shop.store.read(OrderDelivery, order.order_number) is not None


def test_what_others_wrote_too_stays_theirs() -> None:
    shop = TalkingShop()
    shop.handle(shop.event(Happening.TEXT, text=f"有沒有{WORDS}", line_message_id="1"))
    shop.say(f"有沒有{WORDS}", JUN)
    unsend(shop, "1")
    unsend(shop, "1")
    assert [(each.phrase, each.count) for each in shop.store.all(UnknownPhrase)] == [(WORDS, 1)]
    assert [each.customer_id for each in shop.store.all(PhraseOfCustomer)] == [customer_id_of(JUN)]


def test_a_message_that_comes_after_it_was_taken_back_is_not_read() -> None:
    shop = TalkingShop()
    shop.say("你好")
    unsend(shop, "325710")
    sent = len(shop.line.sent)
    shop.handle(shop.event(Happening.TEXT, text="茉莉綠茶 2 盒", line_message_id="325710"))
    assert shop.quote_rows == []
    assert len(shop.line.sent) == sent


def test_a_message_of_nobody_we_know_makes_nobody_known() -> None:
    shop = TalkingShop()
    unsend(shop, "1")
    assert shop.store.rows == {}


# What is kept, and how long -----------------------------------------------------------------------------


def test_my_data_shows_what_is_kept_and_how_long() -> None:
    shop = TalkingShop()
    journey(shop)
    answer = shop.say("我的資料")
    assert answer.topic is Topic.MY_DATA
    assert answer.facts["orders"] == "1"
    assert (answer.facts["phrases"], answer.facts["remarks"]) == ("1", "1")
    assert answer.facts["delivery_days"] == str(RETENTION.delivery)
    said = json.dumps(shop.line.shown[-1], ensure_ascii=False)
    assert all(shown in said for shown in (NAME, "0987***321", ADDRESS, "中文", "刪除我的資料"))
    assert found_in_ledger(shop, (ADDRESS,)) == []


def found_in_ledger(shop: TalkingShop, planted: tuple[str, ...]) -> list[str]:
    rows = [str(row) for (table, _), row in shop.store.rows.items() if table is Table.LEDGER]
    return [each for each in planted if each in "".join(rows)]


def test_a_customer_s_words_leave_the_ledger_with_the_message_that_repeats_them() -> None:
    shop = TalkingShop()
    shop.line.script.extend([SendOutcome.RATE_LIMITED])
    refused = shop.say("茉莉綠茶 0 盒")
    assert refused.topic is Topic.QUANTITY_REFUSED
    assert (refused.state, refused.facts["phrase"]) == (MessageState.PENDING, "0 盒")
    swept(shop, hours=1)
    told = shop.store.read(Message, refused.message_id)
    assert told is not None
    assert (told.state, told.facts) == (MessageState.SENT, {"reason": "zero"})


def test_details_are_kept_so_many_days_after_the_order_is_over() -> None:
    shop = TalkingShop()
    number = journey(shop)
    delivered(shop, number)
    swept(shop, hours=24 * (RETENTION.delivery - 1))
    assert shop.store.read(OrderDelivery, number) is not None
    swept(shop, hours=49)
    assert shop.store.read(OrderDelivery, number) is None
    assert [each.body for each in shop.store.all(OrderEvent)] == [""]
    assert found(shop, (NOTE,)) == []
    assert shop.order.forgotten_at is not None
    swept(shop, hours=24 * 60)
    assert shop.store.due(DueKind.DELIVERY, shop.clock.now + timedelta(days=365), 10) == []


def test_details_of_an_order_that_is_not_over_are_looked_at_again() -> None:
    shop = TalkingShop()
    number = journey(shop)
    swept(shop, hours=24 * 400)
    delivery = shop.store.read(OrderDelivery, number)
    assert delivery is not None
    assert delivery.due_at is not None
    assert delivery.due_at > shop.clock.now


def test_every_kind_of_personal_row_is_erased_by_somebody() -> None:
    """A new kind of row has to be thought of here, and by the erasure."""
    personal = {kind.__name__ for kind, layout in LAYOUTS.items() if layout.table is Table.PERSONAL}
    assert personal == {
        "Conversation",
        "Lead",
        "OrderDelivery",
        "OrderEvent",
        "OrderRemark",
        "PhraseOfCustomer",
        "QuoteRemark",
        "ReceivedEvent",
        "UnappliedEvent",
        "UnknownPhrase",
    }


def test_a_row_that_was_written_meanwhile_is_not_erased() -> None:
    shop = TalkingShop()
    shop.say("你好")
    stale = shop.conversation()
    shop.say("謝謝")
    with pytest.raises(Conflict):
        shop.store.commit(Erase(stale))
    assert shop.store.read(Conversation, CUSTOMER) is not None
    assert shop.store.all(Lead) == []
