"""Orders in messages: what is clear becomes a line, what is not becomes a question, and nothing is guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.language import Language
from storefront.language.inquiry import (
    MAX_CHARACTERS,
    Change,
    Inquiry,
    Intent,
    Question,
    QuestionKind,
    Refusal,
    RequestedLine,
    parse_inquiry,
)
from storefront.language.quantities import MAX_QUANTITY
from tests.corpus.vocabularies import demo_vocabulary

SHOP = demo_vocabulary()
SUNDAY = date(2026, 11, 22)
PIN, SUN, JAS, BOB = "CAK-PIN", "CAK-SUN", "TEA-JAS", "BOB-TAP"


def read(text: str) -> Inquiry:
    return parse_inquiry(text, SHOP, today=SUNDAY)


def test_a_whole_order_is_read_with_its_day_and_language() -> None:
    assert read("茉莉綠茶 3 箱、鳳梨酥兩盒，下週三送到，要緞帶") == Inquiry(
        lines=(RequestedLine(JAS, 36, 3, "case"), RequestedLine(PIN, 2, 2, "box")),
        questions=(),
        unknown="緞帶",
        wished_date=date(2026, 11, 25),
        intent=Intent.OTHER,
        language=Language.ZH_TW,
    )


def test_a_message_that_orders_nothing_has_no_lines_and_no_questions() -> None:
    assert read("謝謝") == Inquiry(intent=Intent.THANKS, language=Language.ZH_TW)
    assert read("") == Inquiry()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("改成5箱", RequestedLine(None, 5, 5, "case", Change.INSTEAD)),
        ("再加一盒", RequestedLine(None, 1, 1, "box", Change.ADD)),
        ("少 2 盒", RequestedLine(None, 2, 2, "box", Change.REMOVE)),
        ("3", RequestedLine(None, 3, 3)),
        ("不要鳳梨酥", RequestedLine(PIN, 0, 0, None, Change.REMOVE)),
        ("少兩盒鳳梨酥", RequestedLine(PIN, 2, 2, "box", Change.REMOVE)),
        ("鳳梨酥 2 盒改成 3 盒", RequestedLine(PIN, 3, 3, "box", Change.INSTEAD)),
        ("鳳梨酥 3 -> 5", RequestedLine(PIN, 5, 5, None, Change.INSTEAD)),
        ("再來 2 盒太陽餅", RequestedLine(SUN, 2, 2, "box", Change.ADD)),
        ("add another box of sun cakes", RequestedLine(SUN, 1, 1, "box", Change.ADD)),
        ("another box of sun cakes", RequestedLine(SUN, 1, 1, "box", Change.ADD)),
        ("要不要買鳳梨酥 2 盒", RequestedLine(PIN, 2, 2, "box")),
    ],
)
def test_a_correction_says_what_it_changes(text: str, line: RequestedLine) -> None:
    assert (read(text).lines, read(text).questions) == ((line,), ())


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("黑糖 3 包", Question(QuestionKind.WHICH_PRODUCT, "黑糖", (BOB,), 3, "pack")),
        ("再加黑糖 3 包", Question(QuestionKind.WHICH_PRODUCT, "黑糖", (BOB,), 3, "pack", change=Change.ADD)),
        ("蛋捲 3 盒", Question(QuestionKind.UNKNOWN_PRODUCT, "蛋捲", (), 3, "box")),
        ("鳳梨酥", Question(QuestionKind.HOW_MANY, "鳳梨酥", (PIN,))),
        ("鳳梨酥 2 盒，鳳梨酥 3 盒", Question(QuestionKind.HOW_MANY, "鳳梨酥", (PIN,))),
        ("鳳梨酥 3 罐", Question(QuestionKind.WHICH_UNIT, "3 罐", (PIN,), 3, "tin")),
        (
            "鳳梨酥三點五箱",
            Question(QuestionKind.QUANTITY_REFUSED, "三點五箱", (PIN,), None, "case", Refusal.FRACTION),
        ),
        (
            "鳳梨酥 900 箱",
            Question(QuestionKind.QUANTITY_REFUSED, "900 箱", (PIN,), None, None, Refusal.TOO_LARGE),
        ),
        ("-3", Question(QuestionKind.QUANTITY_REFUSED, "-3", (), None, None, Refusal.NEGATIVE)),
    ],
)
def test_what_is_not_clear_is_asked(text: str, question: Question) -> None:
    assert (read(text).lines, read(text).questions) == ((), (question,))


def test_a_quantity_between_two_products_is_not_shared_out() -> None:
    inquiry = read("鳳梨酥、太陽餅 2 盒")
    assert inquiry.lines == (RequestedLine(SUN, 2, 2, "box"),)
    assert inquiry.questions == (Question(QuestionKind.HOW_MANY, "鳳梨酥", (PIN,)),)


def test_a_list_with_each_gives_every_product_its_quantity() -> None:
    for text in (
        "鳳梨酥、太陽餅各 2 盒",
        "各 2 盒：鳳梨酥、太陽餅",
        "pineapple cakes and sun cakes, 2 boxes each",
    ):
        assert read(text).lines == (RequestedLine(PIN, 2, 2, "box"), RequestedLine(SUN, 2, 2, "box"))


def test_amounts_of_one_product_in_two_units_add_up() -> None:
    assert read("茉莉綠茶1箱又3盒").lines == (RequestedLine(JAS, 15, 15),)
    assert read("1 case and 3 boxes of jasmine green tea").lines == (RequestedLine(JAS, 15, 15),)


def test_a_product_takes_the_place_of_another() -> None:
    assert read("鳳梨酥換成太陽餅 3 盒").lines == (
        RequestedLine(PIN, 0, 0, None, Change.REMOVE),
        RequestedLine(SUN, 3, 3, "box", Change.INSTEAD),
    )


def test_more_of_another_product_in_a_new_order_goes_on_with_the_order() -> None:
    assert read("鳳梨酥 2 盒，再來太陽餅 3 盒").lines == (
        RequestedLine(PIN, 2, 2, "box"),
        RequestedLine(SUN, 3, 3, "box"),
    )
    assert read("鳳梨酥改成 2 盒，再來太陽餅 3 盒").lines == (
        RequestedLine(PIN, 2, 2, "box", Change.INSTEAD),
        RequestedLine(SUN, 3, 3, "box", Change.ADD),
    )


def test_a_box_is_a_carton_in_chinese_and_a_box_in_japanese() -> None:
    assert read("鳳梨酥3箱").lines == (RequestedLine(PIN, 60, 3, "case"),)
    assert read("パイナップルケーキ3箱").lines == (RequestedLine(PIN, 3, 3, "box"),)


def test_numbers_that_belong_to_something_else_order_nothing() -> None:
    for text in (
        "王小明 0912345678 台北市信義區市府路45號",
        "A7K3Q-9XM2T",
        "下午三點到可以嗎",
        "預算 $2,000",
        "http://a.tw/3",
    ):
        assert (read(text).lines, read(text).questions) == ((), ())


def test_an_order_is_read_up_to_its_longest_length() -> None:
    late = "好" * MAX_CHARACTERS + "鳳梨酥 2 盒"
    assert (read(late).lines, read(late).questions) == ((), ())


amounts = st.integers(1, 400)
gaps = st.sampled_from(["", " "])
separators = st.sampled_from(["\n", "，", "、", " ", ", ", "和", "；"])


@given(
    st.permutations(["鳳梨酥", "太陽餅", "阿薩姆紅茶", "黑糖珍珠粉圓"]),
    st.lists(amounts, min_size=4, max_size=4),
    gaps,
    separators,
)
def test_a_list_of_products_and_quantities_is_read_in_either_order(
    products: list[str], quantities: list[int], gap: str, separator: str
) -> None:
    skus = {"鳳梨酥": PIN, "太陽餅": SUN, "阿薩姆紅茶": "TEA-ASM", "黑糖珍珠粉圓": "BOB-TAP"}
    pairs = list(zip(products, quantities, strict=True))
    wanted = [(skus[name], quantity) for name, quantity in pairs]
    product_first = separator.join(f"{name}{gap}{quantity}個" for name, quantity in pairs)
    quantity_first = separator.join(f"{quantity}個{gap}{name}" for name, quantity in pairs)
    for text in (product_first, quantity_first):
        inquiry = read(text)
        assert [(line.sku, line.quantity_in_units) for line in inquiry.lines] == wanted
        assert inquiry.questions == ()


words = st.sampled_from(
    ["鳳梨酥", "太陽餅", "綠茶", "茶", "蛋捲", "2", "三", "箱", "盒", "罐", "-3", "半", "½", "1e9", "各", "和",
     "，", "\n", " ", "不要", "改成", "再加", "下週三", "12/3", "A7K3Q-9XM2T", "oolong", "each",
     "dozen", "ください", "กล่อง", "\u202e", "\ud800", "99999", "x"]
)  # fmt: skip


@given(st.text() | st.lists(words, max_size=25).map("".join) | st.lists(words, max_size=25).map(" ".join))
def test_any_message_is_read_within_bounds(text: str) -> None:
    inquiry = read(text)
    for line in inquiry.lines:
        assert line.sku is None or line.sku in SHOP
        assert 1 <= line.quantity_in_units <= MAX_QUANTITY or (
            line.quantity_in_units == 0 and line.change is Change.REMOVE
        )
    for question in inquiry.questions:
        assert all(sku in SHOP for sku in question.candidates)
        assert question.phrase or question.kind is QuestionKind.WHICH_DATE
        if question.kind in {QuestionKind.HOW_MANY, QuestionKind.WHICH_UNIT}:
            assert len(question.candidates) == 1
        assert (question.reason is None) or question.quantity is None
    assert inquiry.wished_date is None or inquiry.wished_date >= SUNDAY
    assert inquiry == read(text)
