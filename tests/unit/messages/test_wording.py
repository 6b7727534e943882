"""The wording files: complete in every language, nothing left over, and said as a Taiwanese shop says it."""

import re
from string import Formatter

import pytest

from storefront.domain.catalogue import Allergen, Unit
from storefront.domain.delivery import StoreChain
from storefront.domain.language import Language
from storefront.messages.pages import PageState
from storefront.messages.render import composed
from storefront.messages.speaker import Speaker
from storefront.messages.wording import wording_of
from tests.unit.messages.scenes import CASES

FIRST = Language.ZH_TW
OTHERS = [language for language in Language if language is not FIRST]
QUICK_REPLIES_OF_VARIABLE_LENGTH = {"tap.order_of.label"}
ACCEPTING = ("接受報價", "確認訂購", "accept", "注文を確定", "ยืนยันการสั่งซื้อ")
ACCEPT_KEYS = {f"tap.{name}.{part}" for name in ("accept", "accept_formal") for part in ("label", "said")}
NOT_SAID_IN_TAIWAN = (
    *(
        "快递",
        "快遞",
        "短信",
        "質量",
        "視頻",
        "信息",
        "默認",
        "支付寶",
        "訂單號",
        "下單時間",
        "打印",
        "充值",
        "二維碼",
    ),
    *("客戶端", "屏幕", "網絡", "質保", "包郵", "親，", "发", "单", "请", "门", "货", "账", "优惠", "你"),
)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_keys(language: Language) -> None:
    assert set(wording_of(language)) == set(wording_of(FIRST))


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_has_the_same_placeholders_in_each_language(language: Language) -> None:
    ours, theirs = wording_of(FIRST), wording_of(language)
    differing = {key for key in ours if placeholders(ours[key]) != placeholders(theirs[key])}
    assert differing == set()


@pytest.mark.parametrize("language", Language)
def test_no_string_is_empty_or_padded(language: Language) -> None:
    assert [key for key, said in wording_of(language).items() if not said or said != said.strip()] in (
        [],
        ["form.comma"],
    )


class Recorded(dict[str, str]):
    """A wording that remembers which of its keys were asked for."""

    def __init__(self) -> None:
        super().__init__(wording_of(FIRST))
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.asked.add(key)
        return super().__getitem__(key)


def test_every_string_is_said_somewhere() -> None:
    wording = Recorded()
    speaker = Speaker(FIRST, wording)
    for case in CASES:
        composed(case.topic, case.facts, case.scene, speaker)
    named_by_data = ("unit.", "chain.", "language.", "page.", "quote_page.")
    assert {key for key in set(wording) - wording.asked if not key.startswith(named_by_data)} == set()


def test_every_page_has_its_words_and_no_others() -> None:
    pages = {f"page.{state}.{part}" for state in PageState for part in ("title", "text")}
    named = {key for key in wording_of(FIRST) if key.startswith("page.")}
    assert named == pages | {"page.link.label", "page.order.label"}


@pytest.mark.parametrize("language", Language)
def test_every_unit_allergen_and_chain_has_a_word(language: Language) -> None:
    wanted = {
        *(f"unit.{unit}" for unit in Unit),
        *(f"allergen.{allergen}" for allergen in Allergen),
        *(f"chain.{chain}" for chain in StoreChain),
        *(f"language.{other}" for other in Language),
    }
    assert wanted <= set(wording_of(language))


@pytest.mark.parametrize("language", Language)
def test_labels_fit_where_they_stand(language: Language) -> None:
    labels = {
        key: said
        for key, said in wording_of(language).items()
        if key.startswith("tap.") and key.split(".")[-1].startswith("label")
    }
    too_long_for_buttons = {key for key, said in labels.items() if len(said) > 40}
    quick = {key for key in labels if key not in ACCEPT_KEYS | QUICK_REPLIES_OF_VARIABLE_LENGTH}
    on_cards_only = {
        "tap.track_page.label",
        "tap.copy_number.label",
        "tap.renew.label",
        "tap.deliver_first.label",
        "tap.more.label",
    }
    too_long_for_quick_replies = {key for key in quick - on_cards_only if len(labels[key]) > 20}
    assert (too_long_for_buttons, too_long_for_quick_replies) == (set(), set())


@pytest.mark.parametrize("language", Language)
def test_the_words_that_order_stand_on_the_accept_button_only(language: Language) -> None:
    others = {key: said for key, said in wording_of(language).items() if key not in ACCEPT_KEYS}
    assert {key for key, said in others.items() if any(word in said.lower() for word in ACCEPTING)} == set()


@pytest.mark.parametrize(
    ("language", "word"),
    [
        (Language.ZH_TW, "確認訂購"),
        (Language.EN, "Accept"),
        (Language.JA, "注文を確定"),
        (Language.TH, "ยืนยันการสั่งซื้อ"),
    ],
)
def test_the_accept_button_says_so_in_label_and_words(language: Language, word: str) -> None:
    wording = wording_of(language)
    assert word in wording["tap.accept.label"]
    assert word in wording["tap.accept.said"]
    formal = "接受報價" if language is Language.ZH_TW else word
    assert formal in wording["tap.accept_formal.label"]
    assert formal in wording["tap.accept_formal.said"]


def test_chinese_is_written_as_in_taiwan() -> None:
    found = {
        (key, word) for key, said in wording_of(FIRST).items() for word in NOT_SAID_IN_TAIWAN if word in said
    }
    assert found == set()


def test_the_thai_file_is_thai_and_the_japanese_one_is_japanese() -> None:
    scripts = {Language.TH: r"[\u0e00-\u0e7f]", Language.JA: r"[\u3040-\u30ff\u4e00-\u9fff]"}
    for language, script in scripts.items():
        sentences = {
            key: said
            for key, said in wording_of(language).items()
            if key.endswith((".text", ".title", ".next", ".word"))
        }
        assert {key for key, said in sentences.items() if not re.search(script, said)} == set()


@pytest.mark.parametrize("language", Language)
def test_months_and_weekdays_are_complete(language: Language) -> None:
    wording = wording_of(language)
    assert len(wording["time.months"].split()) == 12
    assert len(wording["time.weekdays"].split()) == 7
