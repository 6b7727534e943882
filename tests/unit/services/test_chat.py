"""The chat: every kind of event gets its one answer, once, in the customer's language, and nobody else's business."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.conversation import Conversation, Step, customer_id_of
from storefront.domain.errors import Conflict
from storefront.domain.language import Language
from storefront.domain.order import OrderState
from storefront.domain.outbox import Message, MessageState, Topic
from storefront.domain.quote import Quote, QuoteState
from storefront.services.ports import Put, SendOutcome, Write
from storefront.services.turns import Happening
from tests.doubles.memory_store import MemoryStore
from tests.doubles.talking_shop import JUN, MEI, TalkingShop

GROUP = "C" + "9" * 32
HOME = "王小明 0912345678 台北市信義區市府路45號"


class ContestedStore(MemoryStore):
    """A store in which somebody else is faster: `before_commit` runs before the next commits, one each."""

    def __init__(self) -> None:
        super().__init__()
        self.before_commit: list[object] = []

    def commit(self, *writes: Write) -> None:
        if self.before_commit:
            meanwhile = self.before_commit.pop(0)
            assert callable(meanwhile)
            meanwhile()
        super().commit(*writes)


# Each kind of event -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happening", "text", "topic"),
    [
        (Happening.FOLLOW, "", Topic.WELCOME),
        (Happening.STICKER, "", Topic.ACKNOWLEDGED),
        (Happening.MEDIA, "", Topic.PERSON),
        (Happening.TEXT, "謝謝", Topic.THANKS),
        (Happening.TEXT, "好", Topic.ACKNOWLEDGED),
        (Happening.TEXT, "你好", Topic.HOW_TO_ORDER),
        (Happening.TEXT, "怎麼訂", Topic.HOW_TO_ORDER),
        (Happening.TEXT, "有什麼商品", Topic.CATALOGUE),
        (Happening.TEXT, "真人客服", Topic.PERSON),
        (Happening.TEXT, "茉莉綠茶 3 盒", Topic.QUOTE),
        (Happening.TEXT, "茉莉綠茶", Topic.QUESTION_QUANTITY),
        (Happening.TEXT, "今天天氣真好", Topic.NOT_UNDERSTOOD),
        (Happening.TEXT, "", Topic.NOT_UNDERSTOOD),
        (Happening.TEXT, "日文", Topic.LANGUAGE_CHANGED),
        (Happening.TEXT, "語言", Topic.HOW_TO_ORDER),
        (Happening.TEXT, "取消", Topic.QUOTE_DECLINED),
        (Happening.TEXT, "報價單", Topic.HOW_TO_ORDER),
    ],
)
def test_each_kind_of_event_has_its_one_answer(happening: Happening, text: str, topic: Topic) -> None:
    shop = TalkingShop(staff_ids=())
    answer = shop.answer_to(shop.event(happening, text=text))
    assert (answer.topic, answer.state) == (topic, MessageState.SENT)
    assert [(sent.kind, sent.key) for sent in shop.line.sent] == [("reply", "token1")]


@pytest.mark.parametrize(
    ("data", "topic"),
    [
        ("catalogue", Topic.CATALOGUE),
        ("person", Topic.PERSON),
        ("language?l=en", Topic.LANGUAGE_CHANGED),
        ("language?l=tlh", Topic.HOW_TO_ORDER),
        ("language", Topic.HOW_TO_ORDER),
        ("order_of?sku=TEA-JAS&n=3", Topic.QUOTE),
        ("order_of?sku=TEA-JAS", Topic.QUOTE),
        ("order_of?sku=GONE&n=3", Topic.QUESTION_QUANTITY),
        ("accept?q=nothing&v=1", Topic.QUOTE_UNKNOWN),
        ("accept?q=nothing&v=-1", Topic.QUOTE_UNKNOWN),
        ("accept", Topic.QUOTE_UNKNOWN),
        ("decline?q=nothing&v=1", Topic.QUOTE_UNKNOWN),
        ("renew?q=nothing&v=1", Topic.QUOTE_UNKNOWN),
        ("change?q=nothing&v=1", Topic.QUOTE_UNKNOWN),
        ("reorder?o=A7K3Q-9XM2T", Topic.ORDER_UNKNOWN),
        ("pay_again?o=A7K3Q-9XM2T", Topic.ORDER_UNKNOWN),
        ("pay_again", Topic.ORDER_UNKNOWN),
        ("cancel?o=A7K3Q-9XM2T", Topic.ORDER_UNKNOWN),
        ("cancel", Topic.ORDER_UNKNOWN),
        ("rate?o=A7K3Q-9XM2T&score=5", Topic.ORDER_UNKNOWN),
        ("deliver_same?o=A7K3Q-9XM2T", Topic.ORDER_UNKNOWN),
        ("invoice?o=A7K3Q-9XM2T", Topic.ORDER_UNKNOWN),
        ("never-heard-of?x=1", Topic.HOW_TO_ORDER),
        ("a", Topic.HOW_TO_ORDER),
        ("=&=&&%%%", Topic.HOW_TO_ORDER),
        ("x" * 5_000, Topic.HOW_TO_ORDER),
    ],
)
def test_each_button_has_its_answer_and_hostile_data_does_no_harm(data: str, topic: Topic) -> None:
    shop = TalkingShop()
    assert shop.press(data).topic is topic
    assert shop.orders == []
    assert shop.workflow.started == (
        [("quote1-1", shop.workflow.started[0][1])] if topic is Topic.QUOTE else []
    )


def test_what_nobody_can_answer_changes_nothing() -> None:
    shop = TalkingShop()
    shop.chat.handle(shop.event(Happening.IGNORED))
    assert shop.store.rows == {}
    assert shop.line.sent == []


@pytest.mark.parametrize("text", ["謝謝", "好"])
def test_a_short_word_gets_one_short_text_and_no_carousel(text: str) -> None:
    shop = TalkingShop()
    shop.say(text)
    assert [message["type"] for message in shop.line.shown] == ["text"]


def test_the_welcome_is_in_the_language_of_the_profile() -> None:
    shop = TalkingShop()
    shop.line.profiles[MEI] = "ja-JP"
    shop.answer_to(shop.event(Happening.FOLLOW))
    assert shop.conversation().language is Language.JA


# Once, whatever happens -------------------------------------------------------------------------------------


def test_a_redelivered_event_has_no_second_effect_A6() -> None:
    shop = TalkingShop()
    event = shop.event(Happening.TEXT, text="茉莉綠茶 3 盒")
    shop.chat.handle(event)
    rows, stock = shop.snapshot()
    sent = shop.line.sent.copy()
    shop.chat.handle(event)
    assert shop.snapshot() == (rows, stock)
    assert shop.line.sent == sent
    assert shop.held("TEA-JAS") == 3
    assert {name for name, _ in shop.workflow.started} == {"quote1-1"}


def test_what_a_crash_left_undone_is_finished_when_the_event_comes_again_A9() -> None:
    shop = TalkingShop()
    event = shop.event(Happening.TEXT, text="茉莉綠茶 3 盒")
    shop.line.script.append(SendOutcome.UNKNOWN)
    shop.chat.handle(event)
    shop.workflow.started.clear()
    assert shop.line.sent == []
    shop.clock.go_on(120)
    shop.chat.handle(event)
    assert [sent.kind for sent in shop.line.sent] == ["push"]
    assert shop.workflow.started == [
        (
            "quote1-1",
            {
                "quoteId": "quote1",
                "quoteVersion": 1,
                "decision": {"waitSeconds": 72_000},
                "timers": {"decision": 86_400},
            },
        )
    ]


def test_a_repeated_change_ends_the_workflow_of_the_quote_that_it_replaced_A9() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.go()
    event = shop.event(Happening.TEXT, text="改成 5 盒")
    shop.chat.handle(event)
    shop.workflow.ended.clear()
    shop.chat.handle(event)
    assert shop.workflow.ended == [("decision:quote1-1", "QuoteEnded")]


def test_a_change_that_comes_again_after_the_acceptance_starts_nothing_A9() -> None:
    shop = TalkingShop()
    event = shop.event(Happening.TEXT, text="茉莉綠茶 3 盒")
    shop.chat.handle(event)
    shop.press("accept?q=quote1&v=1")
    before = (shop.store.rows.copy(), len(shop.workflow.started), shop.workflow.ended.copy())
    shop.chat.handle(event)
    assert (shop.store.rows, len(shop.workflow.started), shop.workflow.ended) == before


def test_a_repeated_decline_ends_the_workflow_again_A9() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒")
    shop.go()
    event = shop.event(Happening.POSTBACK, data="decline?q=quote1&v=1")
    shop.chat.handle(event)
    shop.workflow.ended.clear()
    shop.chat.handle(event)
    assert shop.workflow.ended == [("decision:quote1-1", "QuoteEnded")]
    assert shop.held("TEA-JAS") == 0


def test_repeated_details_wake_the_workflow_again_and_give_no_second_link_A9() -> None:
    shop = TalkingShop()
    shop.accepted()
    event = shop.event(Happening.TEXT, text=HOME)
    shop.chat.handle(event)
    shop.go()
    rows = shop.store.rows.copy()
    shop.chat.handle(event)
    shop.go()
    assert shop.workflow.woken == [("decision:quote1-1", {"orderNumber": shop.order.order_number})] * 2
    assert shop.store.rows == rows
    assert shop.told.count("payment_card") == 1


def test_a_lost_wish_for_a_link_is_made_again_but_an_answered_one_is_not_A9() -> None:
    shop = TalkingShop()
    order = shop.with_link()
    shop.clock.go_on(300)
    event = shop.event(Happening.POSTBACK, data=f"pay_again?o={order.order_number}")
    shop.chat.handle(event)
    shop.jobs.waiting.clear()
    shop.chat.handle(event)
    assert [job.arguments for job in shop.jobs.named("open_payment")] == [
        (order.order_number, event.event_id)
    ]
    shop.go()
    assert shop.told.count("payment_card") == 2
    # The link is over, so asking makes a new one; the same event again asks for no other.
    shop.clock.go_on(840)
    late = shop.event(Happening.POSTBACK, data=f"pay_again?o={order.order_number}")
    shop.chat.handle(late)
    shop.go()
    assert len(shop.attempts) == 2
    shop.chat.handle(late)
    assert shop.jobs.named("open_payment") == []


def test_a_repeated_wish_for_a_link_is_dropped_once_the_order_is_paid() -> None:
    shop = TalkingShop()
    order = shop.with_link()
    event = shop.event(Happening.POSTBACK, data=f"pay_again?o={order.order_number}")
    shop.chat.handle(event)
    shop.jobs.waiting.clear()
    shop.pay.approve(shop.attempts[-1].transaction_id or "")
    shop.checkout.settle(shop.attempts[-1].attempt_id, "returned")
    shop.chat.handle(event)
    assert shop.jobs.named("open_payment") == []


def test_a_wish_for_a_link_between_two_links_is_made_again() -> None:
    shop = TalkingShop()
    order = shop.with_link()
    event = shop.event(Happening.POSTBACK, data=f"pay_again?o={order.order_number}")
    shop.chat.handle(event)
    shop.jobs.waiting.clear()
    shop.store.commit(Put(replace(shop.order, active_attempt=None)))
    shop.chat.handle(event)
    assert len(shop.jobs.named("open_payment")) == 1


def test_a_repeated_cancellation_ends_the_workflow_again_A9() -> None:
    shop = TalkingShop()
    shop.with_link()
    event = shop.event(Happening.TEXT, text="取消訂單")
    shop.chat.handle(event)
    shop.workflow.ended.clear()
    shop.chat.handle(event)
    assert ("payment:" + shop.order.order_number, "OrderEnded") in shop.workflow.ended
    assert shop.held("TEA-JAS") == 0
    assert shop.told.count("order_cancelled") == 1


def test_an_event_is_decided_again_when_another_process_changed_the_row_meanwhile() -> None:
    store = ContestedStore()
    shop = TalkingShop(store=store)
    shop.say("好")
    store.before_commit.append(lambda: shop.change(language=Language.TH, language_chosen=True))
    # The change itself is a commit: it must not be contested again.
    answer = shop.say("茉莉綠茶 3 盒")
    assert answer.topic is Topic.QUOTE
    assert shop.conversation().language is Language.TH
    assert shop.quote.language is Language.TH
    assert shop.held("TEA-JAS") == 3


def test_an_event_whose_rows_keep_changing_is_left_to_the_queue() -> None:
    store = ContestedStore()
    shop = TalkingShop(store=store)
    shop.say("好")

    def somebody() -> None:
        fresh = store.read(Conversation, customer_id_of(MEI))
        assert fresh is not None
        MemoryStore.commit(store, Put(replace(fresh, misses=0)))

    store.before_commit = [somebody] * 8
    event = shop.event(Happening.TEXT, text="茉莉綠茶 3 盒")
    with pytest.raises(Conflict):
        shop.chat.handle(event)
    assert shop.quote_rows == []
    assert store.read(Message, event.message_id) is None
    shop.chat.handle(event)
    assert shop.quote.state is QuoteState.OFFERED


# Friends and groups -----------------------------------------------------------------------------------------


def test_nothing_is_pushed_after_unfollow_until_the_customer_follows_again_A11() -> None:
    shop = TalkingShop()
    order = shop.paid()
    sent = len(shop.line.sent)
    shop.clock.go_on(60)
    shop.chat.handle(shop.event(Happening.UNFOLLOW, token=False))
    assert shop.conversation().blocked
    shop.parcel(order.order_number, "shipped")
    assert len(shop.line.sent) == sent
    notice = shop.store.read(Message, f"{order.order_number}:S1:shipped")
    assert notice is not None
    assert (notice.state, notice.reason) == (MessageState.SUPPRESSED, "blocked")
    shop.clock.go_on(60)
    shop.answer_to(shop.event(Happening.FOLLOW))
    assert not shop.conversation().blocked
    shop.parcel(order.order_number, "delivered")
    assert shop.line.sent[-1].said == f"訂單 {order.order_number} 已送達"


def test_a_late_unfollow_does_not_silence_a_customer_who_came_back_A6() -> None:
    shop = TalkingShop()
    left = shop.event(Happening.UNFOLLOW, token=False)
    shop.clock.go_on(60)
    shop.answer_to(shop.event(Happening.FOLLOW))
    shop.chat.handle(left)
    assert not shop.conversation().blocked


def test_a_late_message_does_not_undo_an_unfollow_A6() -> None:
    shop = TalkingShop()
    said = shop.event(Happening.TEXT, text="茉莉綠茶 3 盒")
    shop.clock.go_on(60)
    shop.chat.handle(shop.event(Happening.UNFOLLOW, token=False))
    shop.chat.handle(said)
    assert shop.conversation().blocked
    assert shop.line.sent == []


def test_a_group_gets_one_line_with_the_way_to_the_chat_and_then_silence_N4() -> None:
    shop = TalkingShop()
    first = shop.answer_to(shop.event(Happening.GROUP, text="我要 3 箱茉莉綠茶", group=GROUP))
    assert (first.topic, first.state) == (Topic.GROUP_HINT, MessageState.SENT)
    assert "https://line.me/R/ti/p/" in shop.line.sent[0].said
    rows = shop.store.rows.copy()
    for text in ("我的訂單", "茉莉綠茶 3 盒", "哈囉"):
        assert shop.handle(shop.event(Happening.GROUP, text=text, group=GROUP)) is None
    assert shop.store.rows == rows
    assert len(shop.line.sent) == 1
    assert shop.quote_rows == []


def test_the_line_for_a_group_speaks_the_language_that_was_written() -> None:
    shop = TalkingShop()
    shop.answer_to(shop.event(Happening.GROUP, text="what do you sell here?", group=GROUP))
    assert shop.conversation(GROUP).language is Language.EN


def test_without_a_living_reply_token_a_group_is_left_alone() -> None:
    shop = TalkingShop()
    shop.answer_to(shop.event(Happening.GROUP, text="哈囉", group=GROUP, token=False))
    assert shop.line.sent == []


# People -----------------------------------------------------------------------------------------------------


def test_an_album_of_pictures_is_answered_and_opens_one_case() -> None:
    shop = TalkingShop()
    for _ in range(3):
        assert shop.answer_to(shop.event(Happening.MEDIA)).topic is Topic.PERSON
    customer = customer_id_of(MEI)
    (case,) = shop.store.all(OperatorCase)
    assert (case.kind, case.subject, case.facts) == (
        CaseKind.PERSON_WANTED,
        customer,
        {"customerId": customer, "why": "photo"},
    )


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("我的資料", Topic.MY_DATA),
        ("刪除我的資料", Topic.ERASE_CONFIRM),
        ("my data", Topic.MY_DATA),
        ("delete my data", Topic.ERASE_CONFIRM),
        ("個人情報", Topic.MY_DATA),
        ("データを削除", Topic.ERASE_CONFIRM),
        ("ข้อมูลของฉัน", Topic.MY_DATA),
        ("ลบข้อมูลของฉัน", Topic.ERASE_CONFIRM),
    ],
)
def test_what_the_privacy_notice_promises_is_kept_whoever_is_talking_X12(text: str, topic: Topic) -> None:
    shop = TalkingShop()
    shop.say("真人客服")
    assert shop.say(text).topic is topic
    assert shop.conversation().with_person is not None


def test_the_second_miss_in_a_row_offers_a_person_and_an_understood_message_starts_over() -> None:
    shop = TalkingShop()
    said = "今天天氣真好"
    offers = [shop.say(said).facts["offer_person"] for _ in range(3)]
    assert offers == ["no", "yes", "yes"]
    shop.say("茉莉綠茶")
    assert shop.say(said).facts["offer_person"] == "no"


# Questions about the shop -----------------------------------------------------------------------------------


def test_when_the_shop_is_open_is_answered_from_its_own_file() -> None:
    shop = TalkingShop()
    answer = shop.say("請問你們幾點開門？")
    assert (answer.topic, answer.facts) == (Topic.SHOP_ANSWER, {"asks": "hours"})
    assert shop.line.sent[-1].said.splitlines()[:5] == [
        "營業時間：",
        "週一到週五 09:00–12:30、13:30–18:30",
        "週六 10:00–17:00",
        "週日 公休",
        "國定假日公休。這裡隨時都可以下單、查訂單。",
    ]


def test_two_questions_about_the_shop_are_answered_in_one_message() -> None:
    shop = TalkingShop()
    shop.say("Do you take credit cards? And can I get an invoice?")
    said = shop.line.sent[-1].said
    assert "LINE Pay" in said
    assert "electronic invoice" in said


def test_goods_come_first_in_a_text_that_also_asks_about_the_shop() -> None:
    shop = TalkingShop()
    assert shop.say("我要 3 盒茉莉綠茶，可以刷卡嗎").topic is Topic.QUOTE


def test_a_question_about_the_shop_changes_nothing_about_an_order_that_waits_for_its_details() -> None:
    shop = TalkingShop()
    order = shop.accepted()
    assert shop.say("可以刷卡嗎").topic is Topic.SHOP_ANSWER
    assert shop.order == order
    shop.say(HOME)
    assert shop.order.delivery_method is not None


# Language ---------------------------------------------------------------------------------------------------


def test_the_language_of_the_last_text_decides() -> None:
    shop = TalkingShop()
    shop.say("3 boxes of jasmine green tea please")
    assert shop.conversation().language is Language.EN
    assert "NT$540" in shop.line.sent[-1].said
    shop.say("ジャスミン緑茶を5箱ください")
    assert shop.conversation().language is Language.JA
    shop.say("3")
    assert shop.conversation().language is Language.JA


def test_a_chosen_language_stays_whatever_is_written() -> None:
    shop = TalkingShop()
    shop.press("language?l=th")
    shop.say("我要 3 箱茉莉綠茶")
    assert (shop.conversation().language, shop.quote.language) == (Language.TH, Language.TH)


def test_a_name_and_an_address_do_not_change_the_language() -> None:
    shop = TalkingShop()
    shop.accepted("3 boxes of jasmine green tea please")
    shop.say(HOME)
    assert shop.conversation().language is Language.EN


def test_another_wish_in_the_middle_of_the_details_is_answered_in_its_own_language() -> None:
    shop = TalkingShop()
    shop.accepted()
    shop.say("2 tins of oolong please")
    assert shop.conversation().language is Language.EN
    assert shop.quote.language is Language.EN


# Calling off ------------------------------------------------------------------------------------------------


def test_cancelling_an_unpaid_order_frees_its_stock_and_tells_the_order_system() -> None:
    shop = TalkingShop()
    order = shop.with_link()
    answer = shop.say("取消訂單")
    shop.go()
    assert (answer.topic, answer.facts["order_number"]) == (Topic.ORDER_CANCELLED, order.order_number)
    assert (shop.order.state, shop.held("TEA-JAS")) == (OrderState.CANCELLED, 0)
    assert list(shop.order_system.taken) == [f"{order.order_number}:order.cancelled.v1:1"]
    assert (shop.conversation().step, shop.conversation().order_number) == (Step.FREE, None)
    assert shop.attempts[-1].state.value == "closed"


def test_cancel_means_the_open_quote_when_it_came_after_the_order() -> None:
    shop = TalkingShop()
    order = shop.paid()
    shop.say("高山烏龍茶 2 罐")
    assert shop.say("取消").topic is Topic.QUOTE_DECLINED
    assert shop.quote.state is QuoteState.DECLINED
    assert shop.orders == [order]
    assert shop.refunds() == []


def test_a_paid_order_is_called_off_by_plain_words_only() -> None:
    shop = TalkingShop()
    order = shop.paid()
    vague = shop.say("不用了")
    assert (vague.topic, vague.facts["order_number"]) == (Topic.ORDER_STATUS, order.order_number)
    assert shop.refunds() == []
    plain = shop.say("取消訂單")
    shop.go()
    assert plain.topic is Topic.REFUND_PENDING
    assert (shop.order.state, shop.order.refunded) == (OrderState.REFUNDED, order.total)


def test_an_order_is_called_off_by_its_number_whatever_else_is_talked_about() -> None:
    shop = TalkingShop()
    order = shop.paid()
    shop.say("高山烏龍茶 2 罐")
    assert shop.say(f"取消訂單 {order.order_number}").topic is Topic.REFUND_PENDING
    shop.go()
    assert (shop.order.state, shop.quote.state) == (OrderState.REFUNDED, QuoteState.OFFERED)


def test_nobody_calls_off_what_is_not_theirs_X4() -> None:
    shop = TalkingShop()
    order = shop.paid()
    assert shop.say(f"取消訂單 {order.order_number}", "U" + "9" * 32).topic is Topic.ORDER_UNKNOWN
    assert (shop.order.state, shop.refunds()) == (OrderState.PAID, [])


def test_an_unpaid_order_is_let_go_by_vague_words_too() -> None:
    shop = TalkingShop()
    shop.accepted()
    assert shop.say("不要了").topic is Topic.ORDER_CANCELLED
    assert shop.order.state is OrderState.CANCELLED


def test_the_cancel_button_of_an_order_leaves_another_order_in_hand() -> None:
    shop = TalkingShop()
    first = shop.with_link()
    second = shop.accepted("高山烏龍茶 2 罐")
    shop.press(f"cancel?o={first.order_number}")
    assert shop.store.read(type(first), first.order_number).state is OrderState.CANCELLED  # type: ignore[union-attr]
    assert (shop.conversation().order_number, shop.conversation().step) == (
        second.order_number,
        Step.DELIVERY,
    )


def test_an_order_that_is_being_confirmed_cannot_be_cancelled_and_stays_in_hand() -> None:
    shop = TalkingShop()
    order = shop.with_link()
    shop.store.commit(Put(replace(order, confirming_attempt=order.active_attempt)))
    before = shop.orders
    answer = shop.press(f"cancel?o={order.order_number}")
    assert (answer.topic, answer.facts["reason"]) == (Topic.ORDER_CANNOT_CANCEL, "confirming")
    assert shop.orders == before
    assert shop.conversation().order_number == order.order_number


# Ratings, and other people's orders -------------------------------------------------------------------------


def test_a_score_is_kept_and_thanked_for() -> None:
    shop = TalkingShop()
    order = shop.paid()
    answer = shop.press(f"rate?o={order.order_number}&score=4")
    facts = {"score": "4", "order_number": order.order_number}
    assert (answer.topic, answer.facts) == (Topic.SATISFACTION_THANKS, facts)
    assert shop.order.satisfaction == 4


@pytest.mark.parametrize("score", ["0", "6", "4.5", "", "-1", "５", "99999"])
def test_a_forged_score_is_not_kept(score: str) -> None:
    shop = TalkingShop()
    order = shop.paid()
    assert shop.press(f"rate?o={order.order_number}&score={score}").topic in {
        Topic.ORDER_UNKNOWN,
        Topic.HOW_TO_ORDER,
    }
    assert shop.order.satisfaction is None


@pytest.mark.parametrize(
    "verb",
    ["pay_again", "cancel", "reorder", "deliver_same", "deliver_new", "deliver_home", "deliver_store",
     "invoice", "invoice_set", "rate"],
)  # fmt: skip
def test_somebody_elses_order_is_answered_like_an_unknown_one_X4(verb: str) -> None:
    shop = TalkingShop()
    order = shop.with_link()
    shop.say("好", JUN)
    before = {key: row for key, row in shop.store.rows.items() if type(row) is not Message}
    foreign = shop.press(f"{verb}?o={order.order_number}&score=5&kind=paper", JUN)
    shown = shop.line.sent[-1].said
    unknown = shop.press(f"{verb}?o=A7K3Q-9XM2T&score=5&kind=paper", JUN)
    assert (foreign.topic, dict(foreign.facts)) == (unknown.topic, dict(unknown.facts))
    assert foreign.topic is Topic.ORDER_UNKNOWN
    assert shop.line.sent[-1].said == shown
    assert order.order_number not in shown
    assert "茉莉" not in shown
    after = {key: row for key, row in shop.store.rows.items() if type(row) is not Message}
    jun = customer_id_of(JUN)
    assert {row for row in map(repr, after.values()) if jun not in row} == {
        row for row in map(repr, before.values()) if jun not in row
    }
    assert shop.jobs.named("open_payment") == []


# How much work an order is ----------------------------------------------------------------------------------


def test_a_first_purchase_takes_two_typed_messages_and_two_taps() -> None:
    shop = TalkingShop()
    shop.say("我要 3 箱茉莉綠茶")
    shop.tap("確認訂購")
    shop.go()
    shop.say(HOME)
    shop.go()
    shop.tap("付款")
    shop.go()
    assert shop.order.state is OrderState.PAID
    assert (shop.typed, shop.tapped) == (2, 2)
    assert shop.typed <= 3
    assert shop.tapped <= 4
    assert shop.heard == ["quote", "ask_delivery", "payment_card", "paid"]
    assert [sent.kind for sent in shop.line.sent] == ["reply", "reply", "reply", "push"]


def test_a_repeat_purchase_takes_three_taps() -> None:
    shop = TalkingShop()
    shop.paid()
    shop.typed = shop.tapped = 0
    shop.say("鳳梨酥 2 盒")
    shop.tap("確認訂購")
    shop.go()
    shop.tap("沿用")
    shop.go()
    shop.tap("付款")
    shop.go()
    assert [order.state for order in shop.orders] == [OrderState.PAID, OrderState.PAID]
    assert (shop.typed, shop.tapped) == (1, 3)


def test_an_order_by_taps_alone_after_a_delivery_needs_no_typing() -> None:
    shop = TalkingShop()
    order = shop.paid()
    shop.parcel(order.order_number, "delivered")
    shop.typed = shop.tapped = 0
    shop.press(f"reorder?o={order.order_number}")
    for words in ("確認訂購", "沿用", "付款"):
        shop.tap(words)
        shop.go()
    assert shop.order.state is OrderState.PAID
    assert shop.order.lines == order.lines
    assert shop.typed == 0


def test_the_answer_of_a_complete_order_uses_the_reply_token_that_nobody_used_yet() -> None:
    shop = TalkingShop()
    shop.accepted()
    event = shop.event(Happening.TEXT, text=HOME)
    shop.chat.handle(event)
    quiet = shop.store.read(Message, event.message_id)
    assert quiet is not None
    assert (quiet.state, quiet.reason) == (MessageState.SUPPRESSED, "answered-elsewhere")
    shop.go()
    assert (shop.line.sent[-1].kind, shop.line.sent[-1].key) == ("reply", event.reply_token)
    assert shop.conversation().reply is None


def test_an_answer_that_comes_after_the_token_is_pushed_A8() -> None:
    shop = TalkingShop()
    event = shop.event(Happening.TEXT, text="茉莉綠茶 3 盒")
    shop.clock.now += timedelta(seconds=50)
    shop.chat.handle(event)
    assert [sent.kind for sent in shop.line.sent] == ["push"]


def test_two_customers_never_meet() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶 3 盒", MEI)
    shop.say("茉莉綠茶 5 盒", JUN)
    assert [quote.customer_id for quote in shop.store.all(Quote)] == [
        customer_id_of(MEI),
        customer_id_of(JUN),
    ]
    assert [quote.state for quote in shop.quote_rows] == [QuoteState.OFFERED, QuoteState.OFFERED]
    assert shop.held("TEA-JAS") == 8
