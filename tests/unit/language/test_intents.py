"""Short messages that are no orders, and the queue that each event belongs to."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.language import Language
from storefront.language.intents import Intent, intent_of, language_named, queue_of

SAID = {
    Intent.MY_ORDERS: [
        "我的訂單",
        "我的订单",
        "請問我的訂單呢",
        "查詢訂單",
        "到哪了",
        "到哪裡了？",
        "什麼時候到",
        "什麼時候會到呢",
        "我的鳳梨酥什麼時候送到",
        "寄出了嗎",
        "還沒收到",
        "my orders",
        "My Orders!",
        "where is my order?",
        "track my parcel",
        "When will my tea arrive",
        "注文状況",
        "注文状況を教えて",
        "いつ届きますか",
        "คำสั่งซื้อของฉัน",
        "ของถึงไหนแล้ว",
        "ส่งหรือยังคะ",
    ],
    Intent.ORDER_NUMBER: ["A7K3Q-9XM2T", "訂單a7k3q9xm2t到哪了", "A7K3Q-9XM2S", "取消 A7K3Q-9XM2S"],
    Intent.TALK_TO_A_PERSON: [
        "真人",
        "我要找客服",
        "可以轉真人客服嗎",
        "talk to a person",
        "I want to speak with a human",
        "担当者と話したい",
        "ขอคุยกับเจ้าหน้าที่",
    ],
    Intent.THANKS: ["謝謝", "謝謝！😀", "感謝您", "thank you", "Thanks!!", "ありがとうございます", "ขอบคุณค่ะ"],
    Intent.ACKNOWLEDGE: ["好", "好的～", "OK", "ok!", "了解", "收到，謝謝", "はい", "โอเค"],
    Intent.GREETING: ["你好", "哈囉～", "Hi", "hello there", "こんにちは", "สวัสดีครับ"],
    Intent.HELP: ["怎麼訂", "請問怎麼訂購？", "說明", "help", "How do I order?", "注文方法", "วิธีสั่งซื้อ"],
    Intent.CATALOGUE: [
        "有什麼",
        "你們有賣什麼",
        "菜單",
        "商品",
        "menu",
        "What do you sell?",
        "メニュー",
        "มีอะไรบ้าง",
    ],
    Intent.CANCEL: [
        "取消",
        "取消訂單 A7K3Q-9XM2T",
        "cancel order a7k3q9xm2t",
        "我要取消",
        "不要了，謝謝",
        "cancel",
        "Cancel my order",
        "キャンセル",
        "ยกเลิก",
    ],
    Intent.FORMAL_QUOTE: [
        "報價單",
        "請給我報價單",
        "formal quote please",
        "見積書をください",
        "ขอใบเสนอราคา",
    ],
    Intent.LANGUAGE: ["語言", "中文", "English", "日本語", "ภาษาไทย", "change language"],
    Intent.MY_DATA: ["我的資料", "個資", "my data", "ข้อมูลของฉัน"],
    Intent.ERASE_MY_DATA: [
        "刪除我的資料",
        "請幫我刪除我的個人資料",
        "Delete my data",
        "データを削除してください",
        "ลบข้อมูลของฉัน",
    ],
    Intent.OTHER: [
        "謝謝，再來 2 盒太陽餅",
        "我要鳳梨酥",
        "不要鳳梨酥",
        "鳳梨酥2盒什麼時候到",
        "3",
        "",
        "🙏",
        "好吃嗎",
        "取消鳳梨酥",
        "我要三盒給客服部的禮物",
        "hi, 2 boxes of sun cakes",
        "王小明 0912345678 台北市信義區市府路45號",
    ],
}


@pytest.mark.parametrize(
    ("text", "intent"), [(text, intent) for intent, texts in SAID.items() for text in texts]
)
def test_a_short_message_is_understood(text: str, intent: Intent) -> None:
    assert intent_of(text) is intent


def text_event(text: object) -> dict[str, Any]:
    return {"type": "message", "message": {"type": "text", "id": "1", "text": text}}


@pytest.mark.parametrize(
    ("text", "intent"), [(text, intent) for intent, texts in SAID.items() for text in texts]
)
def test_questions_about_orders_go_to_the_status_queue_and_the_rest_to_the_inquiry_queue(
    text: str, intent: Intent
) -> None:
    asks = intent in {Intent.MY_ORDERS, Intent.ORDER_NUMBER}
    assert queue_of(text_event(text)) == ("status" if asks else "inquiry")


@pytest.mark.parametrize(
    ("pressed", "queue"),
    [
        ("status", "status"),
        ("status?o=A7K3Q-9XM2T", "status"),
        ("accept?q=1&v=1", "inquiry"),
        ("", "inquiry"),
        (None, "inquiry"),
    ],
)
def test_a_button_goes_where_its_verb_says(pressed: object, queue: str) -> None:
    assert queue_of({"type": "postback", "postback": {"data": pressed}}) == queue


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "follow"},
        {"type": "message"},
        {"type": "message", "message": None},
        {"type": "message", "message": {"type": "sticker"}},
        {"type": "message", "message": {"type": "text"}},
        {"type": "message", "message": {"type": "text", "text": ["我的訂單"]}},
        {"type": "postback"},
        {"type": "postback", "postback": "status"},
        {"type": ["message"], "message": {"type": "text", "text": "我的訂單"}},
    ],
)
def test_anything_else_goes_to_the_inquiry_queue(event: dict[str, object]) -> None:
    assert queue_of(event) == "inquiry"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
events = st.dictionaries(
    st.sampled_from(["type", "message", "postback", "x"]),
    json_values | st.just("message") | st.fixed_dictionaries({"type": st.just("text"), "text": json_values}),
)


@given(events)
def test_the_door_never_fails_on_an_event(event: dict[str, object]) -> None:
    assert queue_of(event) in {"inquiry", "status"}


@given(st.text())
def test_any_text_has_an_intent(text: str) -> None:
    assert intent_of(text) in Intent


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("中文", Language.ZH_TW),
        ("English please", Language.EN),
        ("切換成日文", Language.JA),
        ("ภาษาไทย", Language.TH),
        ("語言", None),
        ("中文 English", None),
        ("", None),
    ],
)
def test_a_message_may_name_a_language(text: str, language: Language | None) -> None:
    assert language_named(text) is language
