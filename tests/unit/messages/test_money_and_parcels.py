"""Payment, shipping and status cards: the facts that customers and the law count on."""

from dataclasses import replace

import pytest

from dev.standins.line_limits import message_problems
from storefront.domain.delivery import HomeDelivery, Recipient
from storefront.domain.language import Language
from storefront.domain.order import Order
from storefront.domain.outbox import Topic
from storefront.domain.shipment import Parcel, ShipmentStatus, StoreStop
from storefront.language.postbacks import decode
from storefront.messages.render import plain_text, render
from storefront.messages.standing import Standing, standing_of
from tests.unit.messages.scenes import (
    AWAITING_PAYMENT,
    CASES,
    CONFIRMING,
    HOME,
    ORDER_NUMBER,
    PAID_ORDER,
    PAID_STORE_ORDER,
    PAYMENT_URL,
    STOP,
    STORE_ORDER,
    Case,
    SampleScene,
    parcel,
    shipment_case,
    status_case,
)
from tests.unit.messages.test_every_topic import actions

S = ShipmentStatus
LANGUAGE = pytest.mark.parametrize("language", Language)
RECEIVED_WORDS = {
    Language.ZH_TW: "付款成功",
    Language.EN: "Payment received",
    Language.JA: "お支払いが完了",
    Language.TH: "ชำระเงินสำเร็จ",
}


def case_named(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def lines_of(case: Case, language: Language = Language.ZH_TW) -> list[str]:
    return str(plain_text(case.message, case.scene, language)["text"]).splitlines()


def verbs_of(case: Case) -> list[str]:
    tapped = actions(render(case.message, case.scene, Language.ZH_TW))
    return [decode(action["data"]).verb for action in tapped if action["type"] == "postback"]


# Payment -------------------------------------------------------------------------------------------


@LANGUAGE
def test_the_payment_button_goes_straight_to_line_pay(language: Language) -> None:
    case = case_named("payment_card")
    (message,) = render(case.message, case.scene, language)
    first = next(actions(message["contents"]))
    assert (first["type"], first["uri"]) == ("uri", PAYMENT_URL)


def test_the_payment_card_adds_up_and_names_the_deadline() -> None:
    lines = lines_of(case_named("payment_card"))
    assert lines[3:9] == [
        "茉莉綠茶 4 盒 NT$720",
        "商品金額 NT$720",
        "折扣碼 TEA100 -NT$20",
        "運費 NT$120",
        "總計（含稅） NT$820",
        "請於 11/24(二) 14:22 前付款，逾時訂單會自動取消，不會收費。",
    ]
    assert "收件人 王小明（0922***678）" in lines
    assert "山嵐茶業有限公司（統一編號 12345675）" in lines


def test_an_attempt_without_a_link_says_that_paying_is_not_possible_yet() -> None:
    case = case_named("payment_card without a link")
    assert lines_of(case)[1] == "暫時無法付款"
    assert verbs_of(case) == ["pay_again", "person"]


@LANGUAGE
def test_the_receipt_of_payment_says_so_with_the_order_number(language: Language) -> None:
    case = case_named("paid")
    (message,) = render(case.message, case.scene, language)
    assert RECEIVED_WORDS[language] in str(message["altText"])
    assert ORDER_NUMBER in str(message["altText"])
    text = "\n".join(lines_of(case, language))
    for fact in (RECEIVED_WORDS[language], ORDER_NUMBER, "NT$6,156", "12345675", "02-2345-6789"):
        assert fact in text


def test_erased_delivery_details_leave_the_method_only() -> None:
    lines = lines_of(case_named("paid erased"))
    assert "配送方式 宅配" in lines
    assert not any(line.startswith(("收件人", "地址")) for line in lines)


def test_a_phone_number_is_never_shown_in_full() -> None:
    short = replace(HOME, home=HomeDelivery(Recipient("王小明", "12345"), "台北市信義區市府路45號"))
    scene = replace(case_named("paid").scene, deliveries={ORDER_NUMBER: short})
    assert "收件人 王小明（***）" in lines_of(replace(case_named("paid"), scene=scene))
    for case in CASES:
        text = "\n".join(lines_of(case))
        assert "0922111678" not in text
        assert "0987654321" not in text


# Parcels -------------------------------------------------------------------------------------------


@LANGUAGE
@pytest.mark.parametrize("status", S)
def test_a_notice_is_one_message_with_the_order_number(status: ShipmentStatus, language: Language) -> None:
    case = shipment_case(status)
    (message,) = render(case.message, case.scene, language)
    assert ORDER_NUMBER in str(message["altText"])
    assert any(ORDER_NUMBER in line for line in lines_of(case, language))


@pytest.mark.parametrize(
    ("status", "word"),
    [(S.SHIPPED, "已出貨"), (S.DELIVERED, "已送達"), (S.PICKED_UP, "取件完成"), (S.STORE_CLOSED, "門市關轉")],
)
def test_a_notice_names_the_milestone(status: ShipmentStatus, word: str) -> None:
    assert word in lines_of(shipment_case(status))[1]


def test_a_parcel_that_waits_names_store_address_and_deadline() -> None:
    lines = lines_of(case_named("shipment-ready_for_pickup"))
    assert lines[3:7] == [
        "包裹已到取貨門市，請於 11/30(一) 前取件；請攜帶證件並告知姓名與手機末三碼。",
        "取貨門市 市府門市",
        "門市地址 台北市信義區市府路45號",
        "取件期限 請於 11/30(一) 前取件",
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2026-11-30", "11/30(一)"),
        ("2026-11-30T23:59:00+08:00", "11/30(一) 23:59"),
        ("2026-11-30T12:00:00Z", "11/30(一) 20:00"),
        ("2026-11-30T23:59:00", "11/30(一) 23:59"),
        ("11 月底前", "11 月底前"),
    ],
)
def test_a_deadline_is_told_in_taipei_time_or_as_it_was_written(written: str, told: str) -> None:
    case = shipment_case(S.READY_FOR_PICKUP, PAID_STORE_ORDER, store=replace(STOP, deadline=written))
    assert f"取件期限 請於 {told} 前取件" in lines_of(case)


def test_only_the_last_notice_asks_how_it_was() -> None:
    asked = {status for status in S if verbs_of(shipment_case(status)).count("rate") == 5}
    none = {status for status in S if "rate" not in verbs_of(shipment_case(status))}
    assert (asked, none) == ({S.DELIVERED, S.PICKED_UP}, set(S) - {S.DELIVERED, S.PICKED_UP})


def test_the_tracking_number_can_be_copied_and_followed() -> None:
    case = shipment_case(S.SHIPPED)
    taps = list(actions(render(case.message, case.scene, Language.ZH_TW)))
    assert [action["clipboardText"] for action in taps if action["type"] == "clipboard"] == ["901234567890"]
    assert [action["uri"] for action in taps if action["type"] == "uri"] == [
        "https://www.t-cat.com.tw/Inquire/TraceDetail.aspx?BillID=901234567890"
    ]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("shipped", "低溫包裹，收到請立即冷藏。"),
        ("out_for_delivery", "低溫包裹，收到請立即冷藏。"),
        ("delivered", "低溫商品請立即冷藏。"),
        ("delivery_attempted", "低溫包裹不能久放，請盡快聯絡物流約時間。"),
    ],
)
def test_the_notice_of_a_chilled_parcel_says_to_keep_it_cold(status: str, told: str) -> None:
    assert told in lines_of(case_named(f"shipment-{status} chilled"))
    assert "低溫" not in "".join(lines_of(case_named(f"shipment-{status}")))


def test_chilled_goods_are_not_offered_to_a_store() -> None:
    asked = case_named("ask_delivery-chilled")
    assert "訂單有低溫宅配：只送到臺灣本島的地址，不能超商取貨。" in lines_of(asked)
    assert "deliver_store" not in verbs_of(asked)
    assert "市府門市" not in "".join(lines_of(asked))
    assert "宅配 NT$120，滿 NT$1,000 免運（低溫，不能超商取貨）" in "\n".join(
        lines_of(case_named("quote-chilled"))
    )


def test_a_look_up_that_lags_behind_still_makes_a_notice() -> None:
    case = shipment_case(S.DELIVERED)
    assert lines_of(replace(case, scene=replace(case.scene, sent=[])))[1:4] == [
        "✅ 已送達",
        f"訂單編號 {ORDER_NUMBER}",
        "包裹已送達，謝謝您的訂購！這次的服務您滿意嗎？請按下面的表情告訴我們。",
    ]


@LANGUAGE
@pytest.mark.parametrize("junk", ["\n" * 500, "長" * 5_000, '"\\\u202e{0}%s', "👨‍👩‍👧‍👦" * 400, " "])
def test_whatever_a_back_office_writes_fits(junk: str, language: Language) -> None:
    written = StoreStop(junk, junk, junk)
    case = shipment_case(S.READY_FOR_PICKUP, carrier=junk, tracking_number=junk, store=written, note=junk)
    assert message_problems(render(case.message, case.scene, language)) == []
    status = status_case(PAID_ORDER, *case.scene.sent, name="junk")
    assert message_problems(render(status.message, status.scene, language)) == []


# Status --------------------------------------------------------------------------------------------


def a_parcel(*statuses: ShipmentStatus, name: str = "S1", units: int | None = None) -> Parcel:
    return parcel(*statuses, shipment_id=name, items={"TEA-JAS": units} if units else {})


@pytest.mark.parametrize(
    ("order", "parcels", "standing"),
    [
        (CONFIRMING, (), Standing.CONFIRMING),
        (AWAITING_PAYMENT, (), Standing.AWAITING_PAYMENT),
        (PAID_ORDER, (), Standing.PREPARING),
        (PAID_ORDER, (a_parcel(S.LABEL_CREATED),), Standing.PREPARING),
        (PAID_ORDER, (a_parcel(S.SHIPPED, S.DELIVERED),), Standing.DELIVERED),
        (PAID_ORDER, (a_parcel(S.DELIVERED, units=35),), Standing.PARTLY_RECEIVED),
        (PAID_ORDER, (a_parcel(S.DELIVERED, units=36),), Standing.DELIVERED),
        (PAID_ORDER, (a_parcel(S.DELIVERED), a_parcel(S.SHIPPED, name="S2")), Standing.PARTLY_RECEIVED),
        (PAID_ORDER, (a_parcel(S.DELIVERED), a_parcel(S.LOST, name="S2")), Standing.NEEDS_ATTENTION),
        (PAID_ORDER, (a_parcel(S.SHIPPED), a_parcel(S.PREPARING, name="S2")), Standing.PREPARING),
        (PAID_STORE_ORDER, (a_parcel(S.PICKUP_REMINDER),), Standing.READY_FOR_PICKUP),
        (PAID_STORE_ORDER, (a_parcel(S.PICKED_UP),), Standing.PICKED_UP),
        (replace(PAID_STORE_ORDER, completed_at=PAID_ORDER.paid_at), (), Standing.PICKED_UP),
        (replace(PAID_ORDER, open_refund="R1"), (), Standing.REFUND_OPEN),
    ],
)
def test_where_an_order_stands(order: Order, parcels: tuple[Parcel, ...], standing: Standing) -> None:
    assert standing_of(order, parcels) is standing


def test_a_status_tells_its_moment_its_steps_and_what_can_be_done() -> None:
    case = case_named("order_status-paid")
    assert lines_of(case)[:7] == [
        "山嵐茶行・截至 14:02",
        "📦 備貨中",
        f"訂單編號 {ORDER_NUMBER}",
        "已收到款項，正在為您備貨，一般 2 天內出貨；出貨後會通知您。",
        "● 訂單成立 11/24(二) 13:57",
        "● 已付款 11/24(二) 14:02",
        "茉莉綠茶 36 盒",
    ]
    assert verbs_of(case) == ["deliver_new", "cancel", "person"]


def test_a_status_says_what_comes_next_and_where() -> None:
    assert lines_of(case_named("order_status-ready"))[3] == (
        "包裹已到 市府門市，請在 11/30(一) 前攜帶證件取件。"
    )
    assert lines_of(case_named("order_status-to a store"))[3] == (
        "包裹已交給物流，正送往取貨門市；到店後會通知您門市和取件期限。"
    )


def test_a_status_says_when_the_last_news_came_and_since_when_there_is_none() -> None:
    lines = lines_of(case_named("order_status-silent"))
    assert "山嵐茶行・截至 11/24(二) 14:02" in lines
    assert "從 11/24(二) 14:02 起還沒有新的出貨消息，我們已請店員查詢，有結果會在這裡告訴您。" in lines


def test_an_unknown_number_offers_the_list() -> None:
    assert verbs_of(case_named("order_unknown")) == ["orders", "link_order", "person"]


def test_a_store_orders_status_shows_the_tracking_number_and_then_that_it_was_taken() -> None:
    ready, taken = (lines_of(case_named(f"order_status-{name}")) for name in ("ready", "picked up"))
    assert "物流單號 E12345678901" in ready
    assert "取件期限 請於 11/30(一) 前取件" in ready
    assert taken[1] == "✅ 已領取"
    assert any("取件完成" in line for line in taken)
    assert not any("取件期限" in line for line in taken)


@pytest.mark.parametrize(
    ("name", "verbs"),
    [
        ("order_status-awaiting_details", ["deliver_new", "cancel", "person"]),
        ("order_status-awaiting_payment", ["pay_again", "cancel", "person"]),
        ("order_status-awaiting_payment attempt", ["person"]),
        ("order_status-shipped", ["person"]),
        ("order_status-parcel delivered", ["reorder", "problem", "person"]),
        ("order_status-completed", ["reorder", "return", "problem", "person"]),
        (
            "order_status-received with a guide",
            ["reorder", "return", "problem", "usage", "person"],
        ),
        ("order_status-cancelled", ["reorder", "person"]),
    ],
)
def test_the_buttons_of_a_status_fit_its_state(name: str, verbs: list[str]) -> None:
    assert verbs_of(case_named(name)) == verbs


def test_the_list_shows_ten_orders_newest_first() -> None:
    case = case_named("orders")
    (message,) = render(case.message, case.scene, Language.ZH_TW)
    numbers = [
        decode(action["data"]).fields["o"]
        for action in actions(message["contents"])
        if decode(action["data"]).verb == "status"
    ]
    assert numbers == [f"C{number}K3Q-9XM2T" for number in range(10)]


def test_an_unknown_order_names_no_product_and_no_number() -> None:
    case = case_named("order_unknown")
    text = "\n".join(lines_of(case))
    assert not any(known in text for known in ("茉莉", "烏龍", "鳳梨", ORDER_NUMBER, STORE_ORDER))


def test_an_unhappy_customer_is_offered_a_person() -> None:
    assert verbs_of(case_named("satisfaction_thanks-low")) == ["problem", "person"]
    assert verbs_of(case_named("satisfaction_thanks-high")) == ["no_comment", "catalogue"]


def test_the_scene_of_a_stranger_is_not_needed_for_an_unknown_order() -> None:
    assert lines_of(Case("unknown", Topic.ORDER_UNKNOWN, {}, SampleScene())) == [
        "找不到這筆訂單。訂單編號可能少字或有一個字打錯了（例如 8 和 B、5 和 S），"
        "請照訂單訊息再輸入一次，或輸入「我的訂單」看您的所有訂單。"
    ]


def test_a_carrier_that_the_table_does_not_know_is_called_as_the_back_office_calls_it() -> None:
    case = shipment_case(S.SHIPPED, carrier="飛天物流")
    taps = [action["type"] for action in actions(render(case.message, case.scene, Language.ZH_TW))]
    assert "物流 飛天物流" in lines_of(case)
    assert taps == ["clipboard", "postback"]


def test_a_parcel_without_a_carrier_or_a_number_says_neither() -> None:
    case = shipment_case(S.SHIPPED, carrier=None, tracking_number=None)
    assert lines_of(case)[3:] == ["包裹已交給物流，正在送往您的地址。"]


def test_one_of_several_parcels_says_which_it_is_and_what_is_in_it() -> None:
    case = shipment_case(S.DELIVERED, items={"TEA-JAS": 12})
    second = a_parcel(S.SHIPPED, name="S2")
    lines = lines_of(replace(case, scene=replace(case.scene, sent=[*case.scene.sent, second])))
    assert "第 1 個包裹，共 2 個" in lines
    assert "內容 茉莉綠茶 12 盒" in lines


def test_what_is_not_in_the_order_is_not_named_as_contents() -> None:
    assert not any(line.startswith("內容") for line in lines_of(shipment_case(S.SHIPPED, items={"OTHER": 1})))


def test_an_order_without_delivery_details_shows_none() -> None:
    undecided = replace(PAID_ORDER, delivery_method=None)
    case = status_case(undecided, name="undecided")
    lines = lines_of(replace(case, scene=replace(case.scene, deliveries={})))
    assert not any(line.startswith(("配送方式", "收件人", "發票")) for line in lines)


def test_goods_are_chosen_one_by_one_and_what_the_law_excludes_cannot_be() -> None:
    none, one, both = (case_named(f"return_items-of several {items}") for items in ("", "0", "0,1"))
    assert verbs_of(none) == ["return_items", "return_items", "return_items", "person"]
    assert verbs_of(one) == ["return_why", "return_why", "return_items", "return", "return_items", "person"]
    assert verbs_of(both) == ["return_why", "return_why", "return_items", "return_items", "person"]
    assert verbs_of(case_named("return_items-only")) == ["return_why", "return_why", "person"]
    shown = lines_of(one)
    assert "請選擇要退換的商品。可申請到 12/1(二) 為止。" in shown
    marks = [line.split(" ")[0] for line in shown if line.endswith("盒")]
    assert marks == ["☑", "☐", "不適用"]


@pytest.mark.parametrize(
    ("verdict", "verbs"),
    [
        ("not_paid", ["person", "status"]),
        ("not_received", ["problem", "person", "status"]),
        ("nothing", ["problem", "person", "status"]),
        ("too_late", ["problem", "person", "status"]),
    ],
)
def test_a_no_has_a_way_on(verdict: str, verbs: list[str]) -> None:
    assert verbs_of(case_named(f"return_refused-{verdict}")) == verbs


def test_staff_see_what_is_wanted_and_why() -> None:
    lines = lines_of(case_named("staff_customer-return faulty"))
    assert {"希望 換貨", "原因 商品有瑕疵"} <= set(lines)
    assert "評分 😣 很不滿意" in lines_of(case_named("staff_customer-low score"))
