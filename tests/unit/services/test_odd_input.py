"""Whatever a customer writes or a button says, at whatever moment: one answer, no crash, and no order by accident."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storefront.domain.order import Order
from storefront.domain.outbox import Message
from storefront.services.turns import Happening
from tests.doubles.talking_shop import JUN, TalkingShop

MOMENTS = ["stranger", "asked", "quoted", "accepted", "invoice", "link", "paid"]
PIECES = st.sampled_from(
    ["茉莉綠茶", "烏龍", "茶", "3", "０", "-1", "三點五箱", "1000000000", "盒", "箱", "改成", "再加", "不要", "取消",
     "王小明",
     "0912345678", "091234", "台北市信義區市府路45號", "7-11", "市府門市", "統編", "04595257", "12345678", "/ABC1234",
     "捐贈", "919", "12/5 前要", "報價單", "我的資料", "日文", "真人", "謝謝", "A7K3Q-9XM2T", "\n", " ", "，",
     "\u200b", "\u202e",
     "\x00", "²", "½", "٣", "NaN", "<script>", "{{x}}", "%00", "🍵", "e\u0301" * 20]
)  # fmt: skip
TEXTS = (
    st.text(max_size=200)
    | st.lists(PIECES, max_size=8).map("".join)
    | st.lists(PIECES, max_size=6).map(" ".join)
)
BUTTONS = st.sampled_from(
    ["accept", "decline", "renew", "change", "order_of", "reorder", "pay_again", "cancel", "person", "catalogue",
     "language", "rate", "deliver_same", "deliver_new", "deliver_home", "deliver_store", "invoice", "invoice_set",
     "status", "orders", "x"]
)  # fmt: skip
FIELDS = st.dictionaries(
    st.sampled_from(["q", "v", "o", "sku", "n", "l", "score", "kind"]),
    st.sampled_from(
        ["quote1", "1", "2", "0", "-1", "99999", "TEA-JAS", "A7K3Q-9XM2T", "en", "paper", "%", "%E8", ""]
    ),
    max_size=3,
)


@cache
def _at(moment: str) -> TalkingShop:
    shop = TalkingShop()
    match moment:
        case "asked":
            shop.say("茉莉綠茶")
        case "quoted":
            shop.say("茉莉綠茶 3 盒")
        case "accepted":
            shop.accepted()
        case "invoice":
            shop.press(f"invoice?o={shop.accepted().order_number}")
        case "link":
            shop.with_link()
        case "paid":
            shop.paid()
    return shop


def shop_at(moment: str) -> TalkingShop:
    """A shop whose customer has come as far as `moment`."""
    before = _at(moment)
    shop = TalkingShop(store=before.store.copy())
    shop.pay = before.pay.copy()
    shop.ids.given = before.ids.given
    shop.events = before.events
    return shop


def check(shop: TalkingShop, before: TalkingShop, happening: Happening, **what: str) -> None:
    """One event more, one row more for it; orders are made by the accept button alone."""
    event = shop.event(happening, **what)  # type: ignore[arg-type]
    shop.chat.handle(event)
    assert shop.store.read(Message, event.message_id) is not None
    assert len(shop.line.replies()) <= 1
    if not what.get("data", "").startswith("accept"):
        assert len(shop.store.all(Order)) == len(before.store.all(Order))
    for counters in shop.store.stock.values():
        assert counters.on_hand == counters.available + counters.held + counters.committed
        assert min(counters.available, counters.held, counters.committed) >= 0
    rows = shop.store.rows.copy()
    shop.chat.handle(event)
    assert shop.store.rows == rows


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(MOMENTS), TEXTS)
def test_any_text_at_any_moment_has_its_one_answer(moment: str, text: str) -> None:
    check(shop_at(moment), _at(moment), Happening.TEXT, text=text)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(MOMENTS), BUTTONS, FIELDS)
def test_any_button_at_any_moment_has_its_one_answer_B3(
    moment: str, verb: str, fields: dict[str, str]
) -> None:
    pairs = "&".join(f"{name}={value}" for name, value in fields.items())
    check(shop_at(moment), _at(moment), Happening.POSTBACK, data=f"{verb}?{pairs}" if pairs else verb)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(MOMENTS), BUTTONS, FIELDS)
def test_no_button_of_a_stranger_touches_somebody_elses_rows_X4(
    moment: str, verb: str, fields: dict[str, str]
) -> None:
    shop = shop_at(moment)
    number = {"o": shop.orders[-1].order_number} if shop.orders else {}
    theirs = {key: row for key, row in shop.store.rows.items()}
    shop.press(
        f"{verb}?" + "&".join(f"{name}={value}" for name, value in {**fields, **number, "x": "1"}.items()),
        JUN,
    )
    assert {key: row for key, row in shop.store.rows.items() if key in theirs} == theirs


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("happening", [Happening.STICKER, Happening.MEDIA, Happening.FOLLOW])
def test_other_events_at_any_moment_change_no_order(moment: str, happening: Happening) -> None:
    shop = shop_at(moment)
    check(shop, _at(moment), happening)
    assert shop.store.all(Order) == _at(moment).store.all(Order)
