"""What the cards tell customers to type is understood when they do."""

import re
from pathlib import Path

import pytest

from storefront.contracts.catalogue_file import read_catalogue
from storefront.domain.catalogue import Catalogue
from storefront.domain.delivery import InvoiceKind
from storefront.domain.language import Language
from storefront.language.delivery_text import parse_delivery, parse_invoice
from storefront.language.inquiry import parse_inquiry
from storefront.language.intents import Intent, intent_of
from storefront.messages import render
from storefront.messages.greetings import example_order
from storefront.messages.speaker import Speaker
from storefront.services.vocabulary import vocabulary_of
from tests.unit.messages.scenes import NOW, SampleScene

LANGUAGE = pytest.mark.parametrize("language", Language)
DEMO_SHOP = Path(render.__file__).parent.parent / "demo_shop" / "catalogue.csv"
QUOTED = re.compile("[「“]([^」”]+)[」”]")


@pytest.fixture(scope="module")
def demo_shop() -> Catalogue:
    return Catalogue.of(read_catalogue(DEMO_SHOP.read_bytes()).products)


@LANGUAGE
def test_the_example_order_makes_a_quote(language: Language, demo_shop: Catalogue) -> None:
    example = example_order(SampleScene(products=demo_shop), Speaker.of(language))
    inquiry = parse_inquiry(example, vocabulary_of(demo_shop), today=NOW.date())
    ordered = {line.sku: line.quantity_in_units for line in inquiry.lines}
    assert (ordered, inquiry.questions) == ({"TEA-JAS": 24, "TEA-OOL": 5}, ())


@LANGUAGE
def test_the_hint_for_one_product_makes_a_quote(language: Language, demo_shop: Catalogue) -> None:
    speaker = Speaker.of(language)
    for product in demo_shop.on_offer:
        name, counted = product.name(language), speaker.counted(5, product.unit)
        said = speaker.say("form.named_count", name=name, counted=counted)
        inquiry = parse_inquiry(said, vocabulary_of(demo_shop), today=NOW.date())
        assert [(line.sku, line.quantity_in_units) for line in inquiry.lines] == [(product.sku, 5)], said


@LANGUAGE
def test_the_delivery_examples_are_complete(language: Language) -> None:
    speaker = Speaker.of(language)
    home = parse_delivery(speaker.say("ask_delivery.example.home"))
    assert (home.name, home.phone, home.address, home.refused) == (
        speaker.say("ask_delivery.part.name"),
        "0912345678",
        "台北市信義區市府路45號",
        (),
    )
    store = parse_delivery(speaker.say("ask_delivery.example.store"))
    assert (store.name, store.phone, store.chain, store.store_name, store.refused) == (
        speaker.say("ask_delivery.part.name"),
        "0912345678",
        "seven",
        "市府門市",
        (),
    )


@LANGUAGE
def test_the_invoice_examples_are_choices(language: Language) -> None:
    speaker = Speaker.of(language)
    for kind in InvoiceKind:
        choice = parse_invoice(speaker.say(f"ask_invoice.{kind}_example")).choice
        assert choice is not None
        assert choice.kind is kind


@LANGUAGE
@pytest.mark.parametrize("key", ["welcome.commands", "how_to_order.commands", "order_status.commands"])
def test_the_commands_that_cards_name_are_understood(language: Language, key: str) -> None:
    named = QUOTED.findall(Speaker.of(language).say(key))
    assert len(named) >= 2
    assert {word: intent_of(word) for word in named if intent_of(word) is Intent.OTHER} == {}


@LANGUAGE
@pytest.mark.parametrize(
    ("key", "intent"),
    [
        ("not_understood.again", Intent.TALK_TO_A_PERSON),
        ("order_unknown.text", Intent.MY_ORDERS),
        ("paid.commands", Intent.MY_ORDERS),
        ("ask_delivery.privacy", Intent.MY_DATA),
    ],
)
def test_the_command_in_a_sentence_means_what_it_says(language: Language, key: str, intent: Intent) -> None:
    said = Speaker.of(language).say(key, example="", shop="")
    assert {intent_of(word) for word in QUOTED.findall(said)} == {intent}
