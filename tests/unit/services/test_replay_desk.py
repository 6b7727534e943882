"""The replay desk: what waits is shown as it would go on, and replayed or dismissed once (X25, G1 to G5, N1, T3)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, Final

import pytest

from storefront.adapters.rehearsal import RehearsalStore
from storefront.contracts.back_office import glance, news_in
from storefront.contracts.line_events import chat_glance
from storefront.domain.casework import (
    CaseKind,
    OperatorCase,
    ReceivedEvent,
    ReceivedState,
    UnappliedEvent,
)
from storefront.domain.conversation import Conversation
from storefront.domain.erasure import Erasure
from storefront.domain.errors import ActionRefused
from storefront.domain.outbox import Message, Topic
from storefront.domain.replay_desk import (
    DeadLetter,
    DeskAction,
    DeskDeed,
    DeskEntry,
    ItemId,
    LetterDecision,
    Place,
    Standing,
)
from storefront.services.dead_letter_desk import DeadLetterDesk
from storefront.services.ports import Erase, Put, Write
from storefront.services.rehearsing import Rehearsing
from storefront.services.replay_desk import LISTED_AT_MOST, ReplayDesk
from tests.doubles.little_shop import SHOP
from tests.doubles.machinery import START
from tests.doubles.memory_dead_letters import MemoryDeadLetters
from tests.doubles.memory_store import MemoryStore
from tests.doubles.talking_shop import TalkingShop

HOME: Final = "王小明 0912345678 台北市信義區市府路45號"
REPLAY, DISMISS = DeskAction.REPLAY, DeskAction.DISMISS
UNKNOWN: Final = "A7K3Q-9XM2T"


@cache
def _paid() -> TalkingShop:
    shop = TalkingShop()
    shop.paid(HOME, "茉莉綠茶 3 盒")
    return shop


class Desk:
    """A shop with one paid order, and its replay desk."""

    def __init__(self, store: Callable[[MemoryStore], MemoryStore] = lambda store: store) -> None:
        before = _paid()
        self.shop = TalkingShop(store=store(before.store.copy()))
        self.shop.pay = before.pay.copy()
        self.shop.ids.given = before.ids.given
        self.letters = MemoryDeadLetters()
        shop = self.shop
        rehearsing = Rehearsing(
            store=shop.store,
            stage=lambda: RehearsalStore(shop.store),
            catalogues=shop.catalogues,
            ids=shop.ids,
            understand=news_in,
            shop=SHOP,
            policy=shop.policy,
            clock=shop.clock,
        )
        letters = DeadLetterDesk(shop.store, self.letters, chat_glance, shop.clock)
        self.desk = ReplayDesk(shop.store, letters, rehearsing, shop.jobs, glance, shop.clock)

    @property
    def number(self) -> str:
        return self.shop.order.order_number

    def event(self, event_id: str, kind: str, subject: str | None, **data: object) -> ReceivedEvent:
        """An event that the door has taken, and nobody has applied yet."""
        body = {
            "specversion": "1.0",
            "id": event_id,
            "source": "/wms",
            "type": kind,
            "subject": subject,
            "time": self.shop.clock.now.isoformat(),
            "data": data,
        }
        received = ReceivedEvent("wms", event_id, "hash", json.dumps(body), self.shop.clock.now)
        self.shop.store.commit(Put(received))
        return self.received(event_id)

    def aside(self, event_id: str, kind: str, subject: str | None, **data: object) -> ItemId:
        """The same, parked for people as if its order had not been there for an hour."""
        received = self.event(event_id, kind, subject, **data)
        place = UnappliedEvent((subject or "").upper(), "wms", event_id, due_at=self.shop.clock.now)
        self.shop.store.commit(Put(received.parked("unknown-order", None)), Put(place))
        return ItemId.of_event("wms", event_id)

    def shipped(self, event_id: str = "e1", status: str = "shipped", shipment: str = "S1") -> ItemId:
        return self.aside(event_id, "shipment.status.v1", self.number, shipmentId=shipment, status=status)

    def received(self, event_id: str) -> ReceivedEvent:
        found = self.shop.store.read(ReceivedEvent, "wms", event_id)
        assert found is not None
        return found

    def act(self, action: DeskAction, item: ItemId, who: str = "mei", note: str = "mended") -> None:
        self.desk.act(DeskDeed(item, action, who, note))

    def work(self) -> None:
        """The queue hands on what the desk put there."""
        for job in self.shop.jobs.take_due():
            assert job.name == "settle_event"
            self.shop.take_in(*job.arguments[:2])

    def told(self) -> list[str]:
        return [sent.said for sent in self.shop.line.pushes()]


# What is foreseen --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["shipped", "delivered", "delivery_attempted", "delayed", "returned"])
def test_what_is_foreseen_is_what_happens_and_looking_changes_nothing_N1(status: str) -> None:
    desk = Desk()
    item = desk.shipped(status=status)
    before, said = dict(desk.shop.store.rows), desk.told()

    view = desk.desk.show(item)

    assert (desk.shop.store.rows, desk.told(), desk.shop.jobs.waiting) == (before, said, [])
    assert view.foreseen is not None
    assert view.foreseen.state is ReceivedState.APPLIED
    (notice,) = view.foreseen.notices
    assert (notice.topic, notice.language.value, view.silence) == (Topic.SHIPMENT, "zh-TW", None)
    desk.act(REPLAY, item)
    desk.work()
    assert desk.received("e1").state is ReceivedState.APPLIED
    assert desk.shop.line.shown[-len(notice.messages) :] == list(notice.messages)
    assert len(desk.told()) == len(said) + 1


def test_what_would_change_is_said_of_the_parcel_and_the_order() -> None:
    desk = Desk()
    foreseen = desk.desk.show(desk.shipped(status="delivered")).foreseen
    assert foreseen is not None
    assert [(each.what, each.before, each.after) for each in foreseen.changes] == [
        ("parcel S1", "new", "delivered"),
        (f"order {desk.number}: label", "no", "yes"),
        (f"order {desk.number}: units that have left", "none", "3 TEA-JAS"),
        (f"order {desk.number}: all has arrived", "no", "yes"),
    ]


def test_why_nothing_would_go_out_is_said_plainly_G2_N1() -> None:
    desk = Desk()
    preparing = desk.shipped("quiet", "preparing")
    assert desk.desk.show(preparing).silence == (
        "preparing is shown to customers who ask, and announced to nobody"
    )
    desk.shop.parcel(desk.number, "shipped", fact_id="fact", event_id="first")
    desk.shop.clock.go_on(60)
    again = desk.aside("copy", "shipment.status.v1", desk.number, shipmentId="S1", status="shipped")
    assert desk.desk.show(again).silence == "the customer has been told already"
    same = desk.event("same", "shipment.status.v1", desk.number, shipmentId="S1", status="shipped")
    body = json.dumps({**json.loads(same.body), "id": "fact"})
    desk.shop.store.commit(Put(replace(same, body=body).parked("unknown-order", None)))
    assert desk.desk.show(ItemId.of_event("wms", "same")).silence == "the customer has been told already"
    desk.shop.parcel(desk.number, "delivered", event_id="second")
    late = desk.shipped("late", "out_for_delivery")
    assert (
        desk.desk.show(late).silence
        == "out_for_delivery is shown to customers who ask, and announced to nobody"
    )
    overtaken = desk.shipped("overtaken", "delayed")
    assert desk.desk.show(overtaken).silence == "later news has overtaken it: the parcel is delivered"


def test_a_customer_who_blocked_the_shop_or_was_forgotten_hears_nothing() -> None:
    desk = Desk()
    item = desk.shipped()
    desk.shop.change(blocked=True)
    assert desk.desk.show(item).silence == "the customer has blocked the shop"
    (conversation,) = desk.shop.store.all(Conversation)
    desk.shop.store.commit(Erase(conversation))
    view = desk.desk.show(item)
    assert view.silence == "the customer's chat is not known any more: it was erased, or kept long enough"
    assert view.foreseen is not None
    assert (view.foreseen.state, view.foreseen.notices) == (ReceivedState.APPLIED, [])


def test_what_would_not_be_applied_says_how_it_would_end_G3_G4_G5() -> None:
    desk = Desk()
    unknown = desk.aside("lost", "shipment.status.v1", UNKNOWN, shipmentId="S1", status="shipped")
    odd = desk.shipped("odd", "teleported")
    desk.shop.parcel(desk.number, "delivered", "S2")
    contradicts = desk.shipped("two-ends", "lost", "S2")
    new_type = desk.aside("new", "weather.v1", None)
    assert [desk.desk.show(each).silence for each in (unknown, odd, contradicts, new_type)] == [
        "it would be parked again: unknown-order",
        "it would be parked again: unknown-status:teleported",
        "it would be quarantined again: contradicts:delivered",
        "it would be parked again: unknown-type:weather.v1",
    ]


def test_money_stock_and_products_are_foreseen_without_being_moved() -> None:
    desk = Desk()
    refund = desk.aside("r", "refund.requested.v1", desk.number, amount=100, reason="broken")
    stock = desk.aside("s", "stock.level.v1", None, sku="TEA-JAS", onHand=7, version=3)
    before, changes = dict(desk.shop.store.rows), list(desk.shop.catalogues.changes)

    money, count = desk.desk.show(refund), desk.desk.show(stock)

    assert (desk.shop.store.rows, desk.shop.catalogues.changes) == (before, changes)
    assert money.silence == "the customer hears of it when LINE Pay has given the money back"
    assert money.foreseen is not None
    assert [each.after for each in money.foreseen.changes if each.what.startswith("refund")] == [
        "intended 100"
    ]
    assert (count.silence, [each.after for each in count.foreseen.changes]) == (  # type: ignore[union-attr]
        "it is about no order of a customer",
        ["7 on hand (count 3)"],
    )


# What is done ------------------------------------------------------------------------------------------------


def test_what_is_dismissed_never_comes_back_whatever_its_sender_repeats_T3_X25() -> None:
    desk = Desk()
    item = desk.shipped()
    desk.act(DISMISS, item, note="a test of the warehouse")
    absorbed = desk.received("e1")
    assert (absorbed.state, absorbed.body) == (ReceivedState.DISMISSED, "")
    (entry,) = desk.shop.store.all(DeskEntry)
    assert (entry.item, entry.who, entry.action, entry.note, entry.at) == (
        "events:wms:e1",
        "mei",
        DISMISS,
        "a test of the warehouse",
        desk.shop.clock.now,
    )
    rows, said = dict(desk.shop.store.rows), desk.told()
    desk.shop.take_in("wms", "e1")
    for action in DeskAction:
        with pytest.raises(ActionRefused, match="it is dismissed"):
            desk.act(action, item)
    assert (desk.shop.store.rows, desk.told()) == (rows, said)
    assert desk.desk.waiting().items == []
    (listed,) = desk.desk.done(DISMISS).items
    assert (str(listed.item), listed.type, listed.order, listed.why, listed.offers) == (
        "events:wms:e1",
        "shipment.status.v1",
        desk.number,
        "a test of the warehouse",
        (),
    )
    assert desk.desk.done(REPLAY).items == []


def test_a_replayed_event_that_cannot_be_applied_is_put_aside_again_with_a_new_case_G4() -> None:
    desk = Desk()
    item = desk.aside("lost", "shipment.status.v1", UNKNOWN, shipmentId="S1", status="shipped")
    desk.act(REPLAY, item)
    desk.work()
    parked = desk.received("lost")
    assert (parked.state, parked.reason, parked.tries) == (ReceivedState.PARKED, "unknown-order", 1)
    assert parked.due_at is not None
    (listed,) = desk.desk.waiting().items
    assert (listed.standing, listed.why, listed.tries_again_at) == (
        Standing.PARKED,
        "unknown-order",
        parked.due_at,
    )
    desk.shop.clock.go_on(3_600)
    for _ in range(4):
        desk.shop.clock.go_on(3_600)
        desk.shop.take_in("wms", "lost")
    (listed,) = desk.desk.waiting().items
    assert (listed.tries_again_at, listed.offers) == (None, (REPLAY, DISMISS))
    (case,) = desk.shop.store.all(OperatorCase)
    assert case.is_open


def test_a_case_is_settled_with_its_event_and_opens_again_if_it_contradicts_again_G3() -> None:
    desk = Desk()
    desk.shop.parcel(desk.number, "delivered")
    desk.shop.parcel(desk.number, "lost", event_id="two-ends")
    item = ItemId.of_event("wms", "two-ends")
    desk.act(REPLAY, item, note="the warehouse says so")
    case = desk.shop.store.read(OperatorCase, CaseKind.EVENT_QUARANTINED, "wms:two-ends")
    assert case is not None
    assert (case.is_open, case.resolved_by, case.resolution) == (False, "mei", "the warehouse says so")
    desk.work()
    case = desk.shop.store.read(OperatorCase, CaseKind.EVENT_QUARANTINED, "wms:two-ends")
    assert case is not None
    assert case.is_open
    (listed,) = desk.desk.waiting().items
    assert (listed.standing, listed.why) == (Standing.QUARANTINED, "contradicts:delivered")


def test_a_replayed_copy_of_what_the_customer_knows_is_not_told_again_N1_G1() -> None:
    desk = Desk()
    desk.shop.parcel(desk.number, "shipped", fact_id="fact", event_id="first")
    said = desk.told()
    received = desk.event("copy", "shipment.status.v1", desk.number, shipmentId="S1", status="shipped")
    body = {**json.loads(received.body), "id": "fact"}
    parked = replace(received, body=json.dumps(body)).parked("unknown-order", None)
    desk.shop.store.commit(Put(parked))
    desk.act(REPLAY, ItemId.of_event("wms", "copy"))
    desk.work()
    assert desk.received("copy").state is ReceivedState.APPLIED
    assert desk.told() == said


def test_an_event_whose_job_is_lost_after_the_replay_is_handed_on_by_the_sweeper() -> None:
    """A crash between the transaction and the queue (E1)."""
    desk = Desk()
    desk.act(REPLAY, desk.shipped())
    desk.shop.jobs.waiting.clear()
    desk.shop.sweeping.sweep()
    desk.work()
    assert desk.received("e1").state is ReceivedState.APPLIED
    assert len(desk.shop.store.all(DeskEntry)) == 1


class Overtaken(MemoryStore):
    """Somebody else dismisses the event a moment before the first act on it is written."""

    def commit(self, *writes: Write) -> None:
        acts = any(isinstance(getattr(write, "entity", None), DeskEntry) for write in writes)
        if acts and not self.all(DeskEntry):
            received = self.read(ReceivedEvent, "wms", "e1")
            assert received is not None
            deed = DeskDeed(ItemId.of_event("wms", "e1"), DISMISS, "lin", "first")
            super().commit(
                Put(received.ended(ReceivedState.DISMISSED)), Put(deed.entry(START, {"type": "x"}))
            )
        super().commit(*writes)


def test_two_people_cannot_both_decide() -> None:
    desk = Desk(lambda store: Overtaken(store.rows, store.stock))
    item = desk.shipped()
    with pytest.raises(ActionRefused, match="it is dismissed"):
        desk.act(REPLAY, item)
    assert [entry.who for entry in desk.shop.store.all(DeskEntry)] == ["lin"]
    assert desk.shop.jobs.waiting == []


@pytest.mark.parametrize(("who", "note"), [("", "why"), ("mei", ""), (" ", " ")])
@pytest.mark.parametrize("action", DeskAction)
def test_nothing_is_done_without_who_and_why_X25(action: DeskAction, who: str, note: str) -> None:
    desk = Desk()
    item = desk.shipped()
    before = dict(desk.shop.store.rows)
    with pytest.raises(ActionRefused, match="say who you are"):
        desk.act(action, item, who, note)
    assert (desk.shop.store.rows, desk.shop.jobs.waiting) == (before, [])


def test_an_event_whose_body_went_with_its_order_can_only_be_dismissed() -> None:
    desk = Desk()
    desk.shop.parcel(desk.number, "delivered")
    desk.shop.store.commit(Put(replace(desk.shop.order, forgotten_at=desk.shop.clock.now)))
    desk.shop.parcel(desk.number, "lost", event_id="after")
    item = ItemId.of_event("wms", "after")
    assert [each.item for each in desk.desk.waiting().items] == [item]
    view = desk.desk.show(item)
    assert (view.body, view.item.offers) == ("", (DISMISS,))
    assert view.silence == "its body is gone with the order that it was about"
    with pytest.raises(ActionRefused, match="only be dismissed"):
        desk.act(REPLAY, item)
    desk.act(DISMISS, item)
    assert desk.received("after").state is ReceivedState.DISMISSED
    assert desk.desk.waiting().items == []


def test_what_nobody_understands_of_a_forgotten_order_is_kept_without_its_words_X12() -> None:
    desk = Desk()
    desk.shop.parcel(desk.number, "delivered")
    desk.shop.store.commit(Put(replace(desk.shop.order, forgotten_at=desk.shop.clock.now)))
    desk.shop.parcel(desk.number, "teleported", event_id="odd", note="王小明 0912345678")
    (listed,) = desk.desk.waiting().items
    assert (str(listed.item), listed.why, listed.offers) == (
        "events:wms:odd",
        "unknown-status:teleported",
        (DISMISS,),
    )
    assert not any("王小明 0912345678" in str(row) for row in desk.shop.store.all(ReceivedEvent))


def test_an_event_that_its_sender_repeats_in_time_leaves_the_desk_by_itself_G4() -> None:
    desk = Desk()
    desk.shipped()
    desk.shop.take_in("wms", "e1")
    assert desk.received("e1").state is ReceivedState.APPLIED
    assert desk.desk.waiting().items == []


# The list ----------------------------------------------------------------------------------------------------


def test_what_waits_longest_comes_first_and_a_flood_is_said_to_be_more() -> None:
    desk = Desk()
    for place in range(3):
        desk.shipped(f"e{place}")
        desk.shop.clock.go_on(60)
    desk.letters.put(DeadLetter(Place.PAYMENTS, "m1", "{}", START - timedelta(days=1)))
    listed = desk.desk.waiting()
    assert [str(each.item) for each in listed.items] == [
        "payments:m1",
        "events:wms:e0",
        "events:wms:e1",
        "events:wms:e2",
    ]
    assert not listed.more
    for place in range(LISTED_AT_MOST):
        desk.aside(f"n{place}", "weather.v1", None)
    assert desk.desk.waiting().more


@pytest.mark.parametrize(
    "name", ["", "e1", "wms:e1", "events", "events:", "events:wms", "events::e1", "tables:x"]
)
def test_what_is_no_name_of_the_list_is_refused(name: str) -> None:
    with pytest.raises(ActionRefused):
        ItemId.parse(name)


# Dead letters ------------------------------------------------------------------------------------------------


def back_office_letter(desk: Desk, event_id: str = "e1") -> DeadLetter:
    desk.event(event_id, "shipment.status.v1", desk.number, shipmentId="S1", status="shipped")
    body = json.dumps({"source": "wms", "eventId": event_id})
    return desk.letters.put(DeadLetter(Place.BACK_OFFICE, "m1", body, START, group="order"))


def test_a_dead_letter_of_an_event_shows_what_the_event_would_do() -> None:
    desk = Desk()
    letter = back_office_letter(desk)
    view = desk.desk.show(letter.item)
    assert view.foreseen is not None
    assert [notice.topic for notice in view.foreseen.notices] == [Topic.SHIPMENT]
    assert (desk.letters.in_hand, list(desk.letters.letters)) == (set(), [letter.item])
    desk.shop.take_in("wms", "e1")
    assert desk.desk.show(letter.item).silence == "the event is applied already"


def test_a_letter_is_sent_back_once_and_its_decision_is_kept_X25() -> None:
    desk = Desk()
    letter = back_office_letter(desk)
    desk.act(REPLAY, letter.item)
    assert (desk.letters.sent_back, desk.letters.letters, desk.letters.in_hand) == ([letter], {}, set())
    (decision,) = desk.shop.store.all(LetterDecision)
    assert (decision.action, decision.who, decision.done_at) == (REPLAY, "mei", desk.shop.clock.now)
    with pytest.raises(ActionRefused, match="no such dead letter"):
        desk.act(DISMISS, letter.item)
    assert len(desk.shop.store.all(DeskEntry)) == 1


def test_a_letter_in_somebodys_hand_is_nobody_elses() -> None:
    desk = Desk()
    letter = back_office_letter(desk)
    desk.letters.hold(letter.item)
    before = dict(desk.shop.store.rows)
    with pytest.raises(ActionRefused, match="in hand"):
        desk.act(REPLAY, letter.item)
    assert (desk.shop.store.rows, desk.letters.sent_back) == (before, [])


class Torn(MemoryDeadLetters):
    """A queue at which the world ends once, before the named step."""

    breaks_at: str = ""

    def send_back(self, letter: DeadLetter) -> None:
        self._break("send_back", letter)
        super().send_back(letter)

    def remove(self, letter: DeadLetter) -> None:
        self._break("remove", letter)
        super().remove(letter)

    def _break(self, step: str, letter: DeadLetter) -> None:
        if self.breaks_at == step:
            self.breaks_at = ""
            self.let_go(letter)  # the minute is over
            raise ConnectionError(step)


@pytest.mark.parametrize(("step", "copies"), [("send_back", 1), ("remove", 2)])
def test_a_replay_that_broke_off_is_finished_by_asking_again_and_copies_count_once_E1_G1(
    step: str, copies: int
) -> None:
    desk = Desk()
    torn = Torn()
    torn.breaks_at = step
    letters = DeadLetterDesk(desk.shop.store, torn, chat_glance, desk.shop.clock)
    desk.letters = torn
    letter = back_office_letter(desk)
    deed = DeskDeed(letter.item, REPLAY, "mei", "mended")
    with pytest.raises(ConnectionError):
        letters.act(deed)
    (view,) = letters.look(10)
    assert view.why == "mei has decided: replay; not finished"
    with pytest.raises(ActionRefused, match="mei has decided: replay"):
        letters.act(replace(deed, action=DISMISS, who="lin"))
    letters.act(replace(deed, who="lin"))
    assert (len(torn.sent_back), torn.letters) == (copies, {})
    said = len(desk.told())
    for _ in torn.sent_back:
        desk.shop.take_in("wms", "e1")
    assert len(desk.told()) == said + 1
    assert [entry.who for entry in desk.shop.store.all(DeskEntry)] == ["mei"]


def test_the_event_of_a_dismissed_letter_is_absorbed_with_it_T3() -> None:
    desk = Desk()
    letter = back_office_letter(desk)
    desk.act(DISMISS, letter.item)
    assert (desk.received("e1").state, desk.letters.sent_back) == (ReceivedState.DISMISSED, [])
    said = desk.told()
    desk.shop.take_in("wms", "e1")
    assert desk.told() == said


def test_a_letter_of_a_queue_whose_end_nobody_can_foresee_says_so() -> None:
    desk = Desk()
    jobs: dict[Place, dict[str, Any]] = {
        Place.PAYMENTS: {"job": "check", "attemptId": "a", "cause": "sweep"},
        Place.ORDER_EVENTS: {"eventId": f"{UNKNOWN}:order.paid.v1:1"},
        Place.BACK_OFFICE: {"source": "wms", "eventId": "nobody"},
        Place.CHAT: {"no": "event"},
    }
    said = {}
    for place, job in jobs.items():
        letter = desk.letters.put(DeadLetter(place, f"m-{place}", json.dumps(job), START))
        view = desk.desk.show(letter.item)
        said[place] = (view.item.type, view.item.order, view.silence)
        assert view.foreseen is None
    assert said == {
        Place.PAYMENTS: (
            "check",
            None,
            "LINE Pay is asked first: what the customer hears depends on its answer",
        ),
        Place.ORDER_EVENTS: ("event", UNKNOWN, "the order system hears of it, and no customer"),
        Place.BACK_OFFICE: ("event", None, "there is no such event any more"),
        Place.CHAT: (
            "unreadable",
            None,
            "the chat answers as if it had just been written: the answer depends on where the chat is then",
        ),
    }


def chat_letter(desk: Desk, sent_at: Any) -> DeadLetter:
    event = {
        "type": "message",
        "webhookEventId": "01",
        "timestamp": 1_795_500_000_000,
        "mode": "active",
        "replyToken": "token",
        "source": {"type": "user", "userId": f"U{'a' * 32}"},
        "message": {"id": "325708", "type": "text", "text": "秘密 0912-345-678"},
    }
    body = json.dumps({"receivedAt": START.isoformat(), "event": event})
    return desk.letters.put(DeadLetter(Place.CHAT, "m1", body, sent_at, group="customer"))


def test_of_what_a_customer_wrote_no_word_is_shown_or_kept() -> None:
    desk = Desk()
    letter = chat_letter(desk, START)
    view = desk.desk.show(letter.item)
    shown = json.loads(view.body)
    assert (view.item.type, shown.keys(), shown["lineMessageId"]) == (
        "text",
        {"customerId", "lineMessageId"},
        "325708",
    )
    desk.act(DISMISS, letter.item)
    (entry,) = desk.shop.store.all(DeskEntry)
    for word in ("秘密", "0912", "U" + "a" * 32, "token"):
        assert word not in view.body + str(entry.facts)


@pytest.mark.parametrize(("wished_after", "offers"), [(True, (DISMISS,)), (False, (REPLAY, DISMISS))])
def test_what_a_customer_wrote_before_asking_to_be_forgotten_is_not_answered_any_more(
    wished_after: bool, offers: tuple[DeskAction, ...]
) -> None:
    desk = Desk()
    letter = chat_letter(desk, START)
    customer = json.loads(desk.desk.show(letter.item).body)["customerId"]
    asked_at = START + timedelta(minutes=1 if wished_after else -1)
    desk.shop.store.commit(Put(Erasure(customer, "wish", asked_at, "customer", due_at=asked_at)))
    assert desk.desk.show(letter.item).item.offers == offers
    if wished_after:
        with pytest.raises(ActionRefused, match="asked to be forgotten"):
            desk.act(REPLAY, letter.item)
        assert (desk.letters.sent_back, desk.letters.in_hand) == ([], set())
        assert desk.shop.store.all(DeskEntry) == []


def test_the_note_about_a_customers_letter_is_forgotten_with_the_customer_and_the_act_is_not_X12() -> None:
    desk = Desk()
    letter = chat_letter(desk, START)
    customer = json.loads(desk.desk.show(letter.item).body)["customerId"]
    desk.act(DISMISS, letter.item, note="called Mei about it")
    desk.act(DISMISS, desk.shipped(), note="a test of the warehouse")
    desk.shop.clock.go_on(200 * 86_400)
    wish = Erasure(customer, "wish", desk.shop.clock.now, "customer", due_at=desk.shop.clock.now)
    desk.shop.store.commit(Put(wish))
    desk.shop.erasing.go_on(replace(wish, revision=1))
    assert sorted((entry.item, entry.note) for entry in desk.shop.store.all(DeskEntry)) == [
        ("chat:m1", ""),
        ("events:wms:e1", "a test of the warehouse"),
    ]
    kept = desk.shop.store.read(Erasure, customer, "wish")
    assert kept is not None
    assert kept.erased["notes"] == 1


def test_a_letter_that_is_gone_still_says_what_was_done_with_it() -> None:
    desk = Desk()
    letter = desk.letters.put(DeadLetter(Place.PAYMENTS, "m1", '{"job": "close"}', START))
    desk.act(DISMISS, letter.item)
    view = desk.desk.show(letter.item)
    assert (view.item.standing, view.body, view.item.offers) == (
        Standing.DISMISSED,
        '{"job": "close"}',
        (),
    )
    with pytest.raises(ActionRefused, match="no such dead letter"):
        desk.desk.show(ItemId(Place.PAYMENTS, "m2"))
    assert all(row.topic is not Topic.SHIPMENT for row in desk.shop.store.all(Message))
