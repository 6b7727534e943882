"""The product desk: the fact in the first line, from the catalogue; what it does not say is put to a person."""

from dataclasses import replace

import pytest

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.catalogue import Catalogue
from storefront.domain.conversation import customer_id_of
from storefront.domain.language import Language
from storefront.domain.outbox import Message, Topic
from storefront.domain.quote import Quote
from storefront.services.turns import Happening
from tests.doubles.memory_store import Counters
from tests.doubles.talking_shop import AN, JUN, MEI, TalkingShop, actions_in

CUSTOMER = customer_id_of(MEI)


def first_line(shop: TalkingShop) -> str:
    """What the last answer to a customer says first: of its text, and of what notifications show."""
    text, card = shop.line.shown[-2:]
    said = str(text["text"]).split("\n")[0]
    assert card["altText"] == said
    return said


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        ("茉莉綠茶保存期限多久", "茉莉綠茶的保存期限是 730 天（自製造日起）。"),
        ("鳳梨酥素食嗎", "鳳梨酥的素食標示：蛋奶素"),
        ("烏龍怎麼泡", "高山烏龍茶的使用方式：95°C，茶葉 5 公克配水 150 毫升，1 分鐘，可回沖 6 次"),
        ("鳳梨酥成分", "鳳梨酥的成分：土鳳梨餡、小麥粉、奶油、雞蛋、砂糖、奶粉"),
        ("太陽餅有過敏原嗎", "太陽餅的過敏原：含麩質穀物、牛奶"),
        ("春茶產地哪裡", "限量春茶的產地：台中和平（梨山，海拔約 2,000 公尺）"),
        ("茉莉綠茶淨重多少", "茉莉綠茶的規格：淨重 60 公克（2 公克 × 30 包）"),
        ("限量春茶多少錢", "限量春茶 NT$1,200／罐"),
        ("春茶有現貨嗎", "限量春茶有現貨，目前可訂 5 罐。"),
        ("茉莉綠茶幾天會出貨", "茉莉綠茶：付款後約 2 天內出貨。"),
        (
            "太陽餅可以退貨嗎",
            "太陽餅：屬易腐敗、保存期限短的食品，依法不適用 7 天鑑賞期；如有瑕疵請與我們聯絡。",
        ),
    ],
)
def test_the_fact_comes_first_then_the_product_and_nothing_is_ordered(asked: str, fact: str) -> None:
    shop = TalkingShop()
    assert shop.say(asked).topic is Topic.PRODUCT_ANSWER
    assert first_line(shop) == fact
    assert {action["data"].partition("?")[0] for action in actions_in(shop.line.shown[-1])} >= {
        "want",
        "about",
    }
    assert (shop.quote_rows, shop.orders, shop.cases) == ([], [], [])
    assert [sent.kind for sent in shop.line.sent] == ["reply"]


@pytest.mark.parametrize(
    ("asked", "fact"),
    [
        (
            "what is the shelf life of jasmine green tea?",
            "Jasmine green tea keeps for 730 days from production.",
        ),
        ("Are the pineapple cakes vegetarian?", "Pineapple cake, vegetarian: with egg and milk"),
        (
            "What are the pineapple cakes made of?",
            "Pineapple cake, ingredients: pineapple, wheat flour, butter, egg, sugar, milk powder",
        ),
        ("パイナップルケーキの賞味期限は？", "パイナップルケーキの賞味期間は製造日から30日です。"),
        ("ชาอู่หลงชงยังไง", "วิธีใช้ ชาอู่หลงภูเขาสูง: ชา 5 กรัม น้ำ 95°C 150 มล. 1 นาที ชงซ้ำได้ 6 ครั้ง"),
    ],
)
def test_the_answer_is_in_the_language_of_the_question(asked: str, fact: str) -> None:
    shop = TalkingShop()
    shop.say(asked)
    assert first_line(shop) == fact


def test_what_the_catalogue_does_not_say_is_never_made_up_but_put_to_a_person() -> None:
    shop = TalkingShop()
    answer = shop.say("粉圓素食嗎")
    assert answer.topic is Topic.PRODUCT_ANSWER
    told, customer = shop.line.sent[1], shop.line.shown[0]["text"]
    assert customer == (
        "黑糖珍珠粉圓的素食標示，商品資料裡沒有寫；已請店員確認，會在這裡回覆您。\n"
        "黑糖珍珠粉圓的成分：樹薯澱粉、黑糖、水"
    )
    assert (told.to, told.said) == (AN, f"顧客的問題要人回答：#{CUSTOMER[:6]} 素食標示（黑糖珍珠粉圓）")
    assert shop.cases == [(CaseKind.PERSON_WANTED, CUSTOMER)]
    assert shop.conversation().with_person is None
    assert shop.quote_rows == []


def test_the_same_question_again_does_not_ring_twice() -> None:
    shop = TalkingShop()
    for _ in range(3):
        shop.say("粉圓素食嗎")
    shop.say("杯子成分是什麼，素食嗎")
    assert [sent.to for sent in shop.line.sent if sent.kind == "push"] == [AN, AN]


def test_a_sample_always_reaches_a_person() -> None:
    shop = TalkingShop()
    shop.say("想要茉莉綠茶的樣品")
    assert shop.line.shown[0]["text"] == "想先試茉莉綠茶的樣品：已通知店員，會在這裡回覆您。"
    assert [sent.said for sent in shop.line.sent if sent.to == AN] == [
        f"顧客想要樣品：#{CUSTOMER[:6]} 樣品（茉莉綠茶）"
    ]
    assert shop.cases == [(CaseKind.PERSON_WANTED, CUSTOMER)]


def test_without_staff_in_line_a_sample_is_a_case_all_the_same() -> None:
    shop = TalkingShop(staff_ids=())
    shop.say("可以試喝嗎")
    assert shop.line.shown[0]["text"] == "想先試樣品：已通知店員，會在這裡回覆您。"
    assert shop.cases == [(CaseKind.PERSON_WANTED, CUSTOMER)]
    assert len(shop.line.sent) == 1


def test_a_question_without_a_product_asks_of_which_one_and_one_tap_answers() -> None:
    shop = TalkingShop()
    assert shop.say("保存期限").topic is Topic.QUESTION_ABOUT
    answer = shop.tap("太陽餅")
    assert answer is not None
    assert (answer.topic, answer.facts["skus"]) == (Topic.PRODUCT_ANSWER, "CAK-SUN")


def test_a_question_is_about_what_is_being_talked_of() -> None:
    shop = TalkingShop()
    shop.say("鳳梨酥 2 盒")
    answer = shop.say("保存期限多久")
    assert (answer.topic, answer.facts["skus"]) == (Topic.PRODUCT_ANSWER, "CAK-PIN")
    assert shop.lines() == {"CAK-PIN": 2}
    assert shop.conversation().quote_id == "quote1"


def test_after_an_answer_a_bare_quantity_is_of_that_product() -> None:
    shop = TalkingShop()
    shop.say("茉莉綠茶多少錢")
    assert shop.say("3 盒").topic is Topic.QUOTE
    assert shop.lines() == {"TEA-JAS": 3}


def test_an_answer_beside_a_cart_does_not_change_what_a_quantity_means() -> None:
    shop = TalkingShop()
    shop.say("鳳梨酥 2 盒")
    shop.say("茉莉綠茶保存期限多久")
    shop.say("改成 5 盒")
    assert shop.lines() == {"CAK-PIN": 5}


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("抹茶保存期限多久", Topic.QUESTION_ABOUT),
        ("抹茶多少錢", Topic.NOT_UNDERSTOOD),
        ("matcha latte price?", Topic.NOT_UNDERSTOOD),
        ("is the matcha latte vegan?", Topic.QUESTION_ABOUT),
        ("抹茶拿鐵可以試喝嗎", Topic.PRODUCT_ANSWER),
    ],
)
def test_what_is_not_sold_is_never_answered_with_what_is_being_talked_of(text: str, topic: Topic) -> None:
    shop = TalkingShop()
    shop.say("鳳梨酥 2 盒")
    answer = shop.say(text)
    assert answer.topic is topic
    assert "CAK-PIN" not in answer.facts.get("skus", "")


@pytest.mark.parametrize(
    "text",
    [
        "這個可以放多久",
        "請問賞味期限多久呢",
        "那保存期限呢",
        "What's the shelf life?",
        "賞味期限はいつまでですか",
        "เก็บได้นานไหมคะ",
        "開封後可以放多久",
    ],
)
def test_plain_words_around_a_question_name_nothing_else(text: str) -> None:
    shop = TalkingShop()
    shop.say("鳳梨酥 2 盒")
    answer = shop.say(text)
    assert (answer.topic, answer.facts["skus"]) == (Topic.PRODUCT_ANSWER, "CAK-PIN")


def test_part_of_a_name_is_enough_for_a_question() -> None:
    shop = TalkingShop()
    shop.say("鳳梨酥 2 盒")
    assert shop.say("綠茶多少錢").facts["skus"] == "TEA-JAS"
    assert shop.say("茶多少錢").facts["skus"] == "TEA-JAS,TEA-OOL,TEA-ASM,TEA-SPR"


def test_how_it_tastes_better_compares_nothing() -> None:
    shop = TalkingShop()
    shop.say("高山烏龍茶 2 罐")
    assert shop.say("怎麼泡比較好喝").facts["kinds"] == "usage"


@pytest.mark.parametrize("text", ["茉莉綠茶半盒可以買嗎多少錢", "0.5 盒茉莉綠茶多少錢"])
def test_a_quantity_that_cannot_be_is_spoken_of_first(text: str) -> None:
    shop = TalkingShop()
    assert shop.say(text).topic is Topic.QUANTITY_REFUSED


def test_shipping_of_a_product_is_shipping() -> None:
    shop = TalkingShop()
    answer = shop.say("茉莉綠茶運費多少")
    assert answer.topic is Topic.PRODUCT_ANSWER
    assert answer.facts["kinds"].startswith("shipping_fee")
    assert shop.cases == []


def test_a_price_with_a_quantity_is_a_quote() -> None:
    shop = TalkingShop()
    assert shop.say("茉莉綠茶 3 盒多少錢").topic is Topic.QUOTE
    assert len(shop.line.shown) == 1


def test_an_order_that_also_asks_is_quoted_and_answered_in_one_call() -> None:
    shop = TalkingShop()
    answer = shop.say("我要 3 盒茉莉綠茶，保存期限多久？")
    assert answer.topic is Topic.QUOTE
    assert [sent.kind for sent in shop.line.sent] == ["reply"]
    card, text = shop.line.shown
    assert card["type"] == "flex"
    assert text["text"].startswith("茉莉綠茶的保存期限是 730 天（自製造日起）。")


def test_an_order_that_asks_what_the_catalogue_does_not_say_is_quoted_and_put_to_a_person() -> None:
    shop = TalkingShop()
    assert shop.say("粉圓 3 包，素食嗎").topic is Topic.QUOTE
    assert shop.lines() == {"BOB-TAP": 3}
    assert shop.line.shown[1]["text"].startswith("黑糖珍珠粉圓的素食標示，商品資料裡沒有寫")
    assert [sent.to for sent in shop.line.sent] == ["", AN]
    assert shop.cases == [(CaseKind.PERSON_WANTED, CUSTOMER)]


def test_questions_that_hold_for_the_whole_shop_need_no_product() -> None:
    shop = TalkingShop()
    shop.say("運費多少")
    assert shop.line.shown[-1]["text"] == "運費：宅配 NT$120、超商取貨 NT$60，滿 NT$1,000 免運。"
    shop.say("可以退貨嗎")
    assert "鳳梨酥、太陽餅：屬易腐敗" in shop.line.shown[-1]["text"]


def test_who_asks_what_is_vegetarian_gets_what_the_shop_states_of_each() -> None:
    shop = TalkingShop()
    shop.say("有蛋奶素的嗎")
    said = shop.line.shown[-1]["text"].split("\n")
    assert said[0] == "茉莉綠茶的素食標示：全素"
    assert "鳳梨酥的素食標示：蛋奶素" in said
    assert len(said) == 6
    assert shop.cases == []


def test_a_return_policy_is_the_shops() -> None:
    shop = TalkingShop()
    shop.say("What is your return policy?")
    assert "You may return goods within 7 days" in shop.line.shown[-1]["text"]


def test_a_service_in_the_cart_is_not_what_a_question_is_about() -> None:
    shop = TalkingShop()
    shop.say("禮盒包裝 1 組")
    assert shop.say("保存期限多久").topic is Topic.QUESTION_ABOUT


def test_out_of_stock_is_said_with_when_there_is_more() -> None:
    shop = TalkingShop()
    shop.store.stock["TEA-SPR"] = Counters.of(0)
    shop.say("春茶有現貨嗎")
    assert first_line(shop) == "限量春茶目前沒有現貨，約 1 天可補貨。"


def test_two_products_stand_side_by_side_and_each_button_asks_how_many() -> None:
    shop = TalkingShop()
    answer = shop.say("茉莉綠茶跟高山烏龍差在哪")
    assert (answer.topic, answer.facts["skus"]) == (Topic.COMPARISON, "TEA-JAS,TEA-OOL")
    (card,) = shop.line.shown
    assert card["altText"] == "商品比較：茉莉綠茶 NT$180／盒、高山烏龍茶 NT$420／罐"
    assert [action["data"] for action in actions_in(card["contents"])] == [
        "want?sku=TEA-JAS",
        "want?sku=TEA-OOL",
    ]
    asked = shop.tap("我要高山烏龍茶")
    assert asked is not None
    assert asked.topic is Topic.QUESTION_QUANTITY
    assert shop.quote_rows == []
    assert shop.say("2 罐").topic is Topic.QUOTE
    assert shop.lines() == {"TEA-OOL": 2}


def test_a_comparison_without_names_compares_what_is_in_the_cart() -> None:
    shop = TalkingShop()
    assert shop.say("差在哪").topic is Topic.CATALOGUE
    shop.say("茉莉綠茶 1 盒、阿薩姆 1 盒")
    answer = shop.say("這兩個差在哪")
    assert (answer.topic, answer.facts["skus"]) == (Topic.COMPARISON, "TEA-JAS,TEA-ASM")


@pytest.mark.parametrize("data", ["about?sku=GONE", "ask?sku=GONE&k=price", "want?sku=GONE", "want"])
def test_a_button_of_a_product_that_is_gone_says_so(data: str) -> None:
    shop = TalkingShop()
    assert shop.press(data).topic is Topic.QUESTION_QUANTITY
    assert "目前沒有販售" in shop.line.shown[-1]["text"]
    assert shop.quote_rows == []


@pytest.mark.parametrize(
    "data", ["ask?sku=TEA-JAS&k=nonsense", "ask?sku=TEA-JAS", "ask?sku=TEA-JAS&k=comparison"]
)
def test_a_forged_question_shows_the_product(data: str) -> None:
    shop = TalkingShop()
    assert shop.press(data).topic is Topic.PRODUCT


def test_when_can_it_ship_of_somebody_without_orders_is_about_the_product() -> None:
    shop = TalkingShop()
    answer = shop.ask("茉莉綠茶多久可以出貨")
    assert answer is not None
    assert (answer.topic, answer.facts["kinds"]) == (Topic.PRODUCT_ANSWER, "lead_time")
    paying = TalkingShop()
    paying.paid()
    order = paying.ask("茉莉綠茶多久可以出貨")
    assert order is not None
    assert order.topic is Topic.ORDER_STATUS


def test_a_redelivered_question_tells_staff_once() -> None:
    shop = TalkingShop()
    event = shop.event(Happening.TEXT, text="想要茉莉綠茶的樣品")
    shop.chat.handle(event)
    before = shop.snapshot(), shop.line.sent.copy()
    shop.chat.handle(event)
    assert (shop.snapshot(), shop.line.sent) == before


def test_another_customers_question_is_another_case() -> None:
    shop = TalkingShop()
    shop.say("可以試喝嗎")
    shop.say("可以試喝嗎", who=JUN)
    assert [case.subject for case in shop.store.all(OperatorCase)] == [CUSTOMER, customer_id_of(JUN)]


def test_names_that_break_things_break_nothing() -> None:
    shop = TalkingShop()
    catalogue = shop.catalogues.read()
    odd = replace(
        catalogue.products["TEA-JAS"],
        names={Language.ZH_TW: "\u202e\"{x}' 茶🍵" + "長" * 80},
        specifications={},
    )
    shop.catalogues.catalogue = Catalogue.of([*catalogue.products.values(), odd], version=2)
    for data in ("about?sku=TEA-JAS", "ask?sku=TEA-JAS&k=usage", "ask?sku=TEA-JAS&k=price"):
        shop.press(data)
    assert {message.state.value for message in shop.store.all(Message)} == {"sent"}
    assert shop.store.all(Quote) == []
