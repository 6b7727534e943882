"""Every topic in every language: LINE takes it, the SDK keeps it, and the same rows give the same bytes."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from linebot.v3.messaging import FlexMessage, TextMessage

from dev.standins.line_limits import message_problems
from storefront.domain.language import Language
from storefront.domain.outbox import Topic
from storefront.language.postbacks import decode
from storefront.messages.render import BUILDERS, plain_text, render
from tests.unit.messages.scenes import CASES

LANGUAGE = pytest.mark.parametrize("language", Language)
ACCEPTING = re.compile("接受報價|確認訂購|accept|注文を確定|ยืนยันการสั่งซื้อ", re.IGNORECASE)
PAID_WORDS = re.compile(
    "付款完成|付款成功|已付款|paid|payment received|支払いが完了|支払い済|ชำระเงินสำเร็จ|ชำระเงินแล้ว",
    re.IGNORECASE,
)
FAILED_WORDS = re.compile(
    "失敗|未完成|未通過|failed|did not|not go through|通りません|ไม่ผ่าน|ไม่สำเร็จ", re.IGNORECASE
)
BEFORE_PAYMENT = {
    Topic.QUOTE,
    Topic.ASK_DELIVERY,
    Topic.CONFIRM_DELIVERY,
    Topic.ASK_INVOICE,
    Topic.DETAIL_REFUSED,
    Topic.PAYMENT_CARD,
    Topic.PAYMENT_UNAVAILABLE,
    Topic.PAYMENT_DECLINED,
    Topic.PAYMENT_PROCESSING,
    Topic.PAYMENT_CANCELLED,
    Topic.ORDER_EXPIRED,
    Topic.QUOTE_EXPIRED,
    Topic.QUOTE_SUPERSEDED,
}
OFFERS = {Topic.QUOTE, Topic.QUOTE_SUPERSEDED, Topic.QUOTE_REMINDER}
"""What shows a quote that can be accepted."""

VERBS: dict[str, set[str]] = {
    **{verb: {"q", "v"} for verb in ("accept", "decline", "change", "renew", "haggle")},
    **{verb: {"o"} for verb in ("deliver_same", "deliver_new", "deliver_home", "deliver_store", "invoice")},
    **{verb: {"o"} for verb in ("pay_again", "cancel", "status", "reorder")},
    **{
        verb: set()
        for verb in (
            "person",
            "orders",
            "catalogue",
            "self_service",
            "my_data",
            "erase_data",
            "erase_yes",
            "link_order",
            "link_stop",
        )
    },
    **{verb: {"sku"} for verb in ("about", "want")},
    **{verb: {"c"} for verb in ("take_over", "hand_back")},
    "ask": {"sku", "k"},
    "order_of": {"sku", "n"},
    "why": {"q", "v", "r"},
    "offer": {"q", "v", "t"},
    "more": {"q", "v", "sku"},
    **{verb: {"a"} for verb in ("approval_ok", "approval_counter", "approval_no")},
    "approval_price": {"a", "p"},
    "rate": {"o", "score"},
    "no_comment": set(),
    **{verb: {"o"} for verb in ("return", "problem", "usage")},
    "problem_of": {"o", "k"},
    "return_items": {"o", "i"},
    "return_why": {"o", "i", "w"},
    "return_send": {"o", "i", "w", "r"},
    "invoice_set": {"o", "kind"},
    "language": {"l"},
}


def actions(part: object) -> Iterator[dict[str, Any]]:
    """Every action anywhere in a message."""
    if isinstance(part, dict):
        if isinstance(part.get("action"), dict) and part["action"].get("type") != "action":
            yield part["action"]
        for inner in part.values():
            yield from actions(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from actions(inner)


def lost(ours: object, theirs: object, place: str = "") -> list[str]:
    """Where `theirs` lacks or changes something of `ours`; what the SDK adds is its own business."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return [at for key, part in ours.items() for at in lost(part, theirs.get(key), f"{place}/{key}")]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        pairs = enumerate(zip(ours, theirs, strict=True))
        return [at for index, (mine, other) in pairs for at in lost(mine, other, f"{place}/{index}")]
    return [] if ours == theirs else [place]


def words(part: object) -> str:
    """All that a person can read of a message."""
    return json.dumps(part, ensure_ascii=False)


def test_every_topic_has_a_builder_and_is_tried() -> None:
    assert {case.topic for case in CASES} == set(BUILDERS)
    assert {topic for topic in Topic if topic not in BUILDERS} <= {"staff_only"}


@LANGUAGE
def test_line_takes_every_card(language: Language) -> None:
    refused = {}
    for case in CASES:
        messages = render(case.message, case.scene, language)
        assert 1 <= len(messages) <= 5
        refused[case.name] = message_problems(messages)
    assert {name: problems for name, problems in refused.items() if problems} == {}


@LANGUAGE
def test_line_takes_every_text_that_stands_in_for_a_card(language: Language) -> None:
    refused = {}
    for case in CASES:
        text = plain_text(case.message, case.scene, language)
        assert text["type"] == "text"
        refused[case.name] = message_problems([text])
    assert {name: problems for name, problems in refused.items() if problems} == {}


@LANGUAGE
def test_the_same_rows_give_the_same_bytes(language: Language) -> None:
    for case in CASES:
        first, second = (json.dumps(render(case.message, case.scene, language)) for _ in range(2))
        assert first == second, case.name


@LANGUAGE
def test_the_sdk_keeps_every_property(language: Language) -> None:
    dropped = {}
    for case in CASES:
        for message in render(case.message, case.scene, language):
            kind = FlexMessage if message["type"] == "flex" else TextMessage
            dropped[case.name] = lost(message, kind.from_dict(message).to_dict())
    assert {name: places for name, places in dropped.items() if places} == {}


@LANGUAGE
def test_only_a_quote_can_be_accepted(language: Language) -> None:
    for case in CASES:
        messages = render(case.message, case.scene, language)
        accepting = [action for action in actions(messages) if ACCEPTING.search(words(action))]
        verbs = [decode(action["data"]).verb for action in accepting]
        assert verbs == ["accept"] * (case.topic in OFFERS), case.name
        assert case.topic in OFFERS or not ACCEPTING.search(words(messages)), case.name


@LANGUAGE
def test_every_button_comes_back_as_something_that_the_shop_knows(language: Language) -> None:
    for case in CASES:
        for action in actions(render(case.message, case.scene, language)):
            if action["type"] == "postback":
                pressed = decode(action["data"])
                assert set(pressed.fields) == VERBS[pressed.verb], case.name
                assert action["displayText"]


@LANGUAGE
def test_paid_is_not_said_before_it_is_so(language: Language) -> None:
    early = [
        case
        for case in CASES
        if case.topic in BEFORE_PAYMENT or case.name.startswith("order_status-awaiting")
    ]
    assert len(early) > len(BEFORE_PAYMENT)
    for case in early:
        assert not PAID_WORDS.search(words(render(case.message, case.scene, language))), case.name


@LANGUAGE
def test_an_unknown_outcome_is_never_called_a_failure(language: Language) -> None:
    unknown = [
        case
        for case in CASES
        if case.topic is Topic.PAYMENT_PROCESSING or case.name.endswith("payment attempt")
    ]
    assert len(unknown) == 2
    for case in unknown:
        messages = render(case.message, case.scene, language)
        assert not FAILED_WORDS.search(words(messages))
        verbs = {decode(action["data"]).verb for action in actions(messages) if action["type"] == "postback"}
        assert not verbs & {"pay_again", "cancel"}


@LANGUAGE
def test_short_words_get_one_short_line(language: Language) -> None:
    for case in CASES:
        if case.topic in {Topic.THANKS, Topic.ACKNOWLEDGED, Topic.GROUP_HINT}:
            (message,) = render(case.message, case.scene, language)
            assert set(message) == {"type", "text"}
            assert "\n" not in str(message["text"])


def test_pictures_come_over_https_from_the_shop_or_not_at_all() -> None:
    bases: dict[str, str] = {}
    for case in CASES:
        shown = re.findall(r'"url": "([^"]*)"', words(render(case.message, case.scene, Language.EN)))
        bases |= {address.rpartition("/")[0]: case.name for address in shown}
        for base in ("", "http://pictures.shanlan.example"):
            scene = replace(case.scene, shop=replace(case.scene.shop, picture_base_url=base))
            assert '"url"' not in words(render(case.message, scene, Language.EN)), case.name
    assert set(bases) == {"https://pictures.shanlan.example"}
