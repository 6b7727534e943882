"""The product desk: questions about products are answered from the catalogue, or put to the shop's people."""

from dataclasses import replace
from typing import Final

from storefront.domain.catalogue import Product, ProductKind
from storefront.domain.conversation import Conversation
from storefront.domain.handover import Why
from storefront.domain.outbox import Topic
from storefront.language.inquiry import Inquiry, QuestionKind
from storefront.language.postbacks import Postback
from storefront.language.product_questions import (
    MOST_COMPARED,
    About,
    ProductQuestion,
    product_question_of,
    speaks_of_something_else,
)
from storefront.messages import product_facts
from storefront.messages.scene import Shop
from storefront.messages.speaker import Speaker
from storefront.services.own_rows import OwnRows
from storefront.services.ports import Catalogues
from storefront.services.turns import Turn
from storefront.services.vocabulary import vocabulary_of

ANSWERED_MOST: Final = 4
KINDS_MOST: Final = 3

OF_THE_SHOP: Final = frozenset(
    {About.SHIPPING_FEE, About.RETURNS, About.LEAD_TIME, About.SAMPLE, About.VEGETARIAN}
)
"""What can be answered without a product."""

VERBS: Final = frozenset({"about", "ask", "want"})

_TO_ASK_FIRST: Final = frozenset({QuestionKind.QUANTITY_REFUSED, QuestionKind.WHICH_UNIT})
_ON_A_QUOTE: Final = frozenset(
    {About.PRICE, About.STOCK, About.LEAD_TIME, About.RETURNS, About.SHIPPING_FEE, About.COMPARISON}
)
"""What a quote says by itself."""


class ProductDesk:
    """Turns about products that order nothing."""

    def __init__(self, catalogues: Catalogues, own: OwnRows, shop: Shop) -> None:
        self._catalogues = catalogues
        self._own = own
        self._shop = shop

    def asked(self, conversation: Conversation, inquiry: Inquiry) -> Turn | None:
        """The answer to a question; None for a text that orders, or that asks nothing about products."""
        if inquiry.asks is None or _orders(inquiry):
            return None
        candidates: list[str] = []
        for question in inquiry.questions:
            if question.quantity is not None or question.kind in _TO_ASK_FIRST:
                return None
            candidates += question.candidates
        skus = tuple(dict.fromkeys((*inquiry.asks.skus, *candidates)))
        if not skus and speaks_of_something_else(inquiry.unknown):
            return self._unknown(conversation, inquiry.asks)
        return self.answer(conversation, replace(inquiry.asks, skus=skus))

    def _unknown(self, conversation: Conversation, asks: ProductQuestion) -> Turn | None:
        """A question about something that is not in the catalogue is never answered with something else."""
        if asks.kind in {About.PRICE, About.STOCK, About.DETAILS, About.COMPARISON}:
            return None
        of_the_shop = tuple(kind for kind in asks.kinds if kind in OF_THE_SHOP - {About.VEGETARIAN})
        if of_the_shop:
            return self._answered(conversation, of_the_shop[:KINDS_MOST], ())
        return Turn(replace(conversation, misses=0), Topic.QUESTION_ABOUT, {"kinds": asks.kind.value})

    def named_in(self, text: str, conversation: Conversation) -> Turn | None:
        """The answer to a question that names its product, in a text that orders nothing."""
        question = product_question_of(text, vocabulary_of(self._catalogues.read()))
        return self.answer(conversation, question) if question is not None and question.skus else None

    def beside(self, turn: Turn, inquiry: Inquiry) -> Turn:
        """A quote whose text also asked something that no quote says: the answer goes with it."""
        asks = inquiry.asks
        if turn.topic is not Topic.QUOTE or asks is None:
            return turn
        kinds = tuple(kind for kind in asks.kinds if kind not in _ON_A_QUOTE)
        skus = asks.skus or tuple(line.sku for line in inquiry.lines if line.sku)
        if not kinds or not skus:
            return turn
        answer = self.answer(turn.conversation, ProductQuestion(kinds, skus))
        also = {f"also_{name}": value for name, value in answer.facts.items()}
        return replace(turn, facts={**turn.facts, **also}, attention=answer.attention)

    def tapped(self, conversation: Conversation, postback: Postback) -> Turn:
        """A button about one product."""
        sku = postback.fields.get("sku", "")
        if self._catalogues.read().find(sku) is None:
            return Turn(conversation, Topic.QUESTION_QUANTITY, {"sku": sku})
        if postback.verb == "want":
            asking = replace(conversation, asked_sku=sku, misses=0)
            return Turn(asking, Topic.QUESTION_QUANTITY, {"sku": sku})
        kind = postback.fields.get("k", "")
        if postback.verb == "ask" and kind in set(About) - {About.COMPARISON}:
            return self.answer(conversation, ProductQuestion((About(kind),), (sku,)))
        return self._shown(conversation, (sku,), Topic.PRODUCT)

    def answer(self, conversation: Conversation, question: ProductQuestion) -> Turn:
        """From the catalogue; what it does not say is the shop's people's to answer, and they are told."""
        catalogue = self._catalogues.read()
        # What is asked for in particular comes before what a description may say about it.
        kinds = tuple(sorted(question.kinds, key=lambda kind: kind is About.DETAILS))[:KINDS_MOST]
        named = [sku for sku in question.skus if catalogue.find(sku) is not None]
        if kinds[0] is About.COMPARISON:
            compared = tuple(named) or self._talked_of(conversation)
            if len(compared) > 1 or len(kinds) == 1:
                return self._compared(conversation, compared)
            # 怎麼泡比較好喝 of one product compares nothing.
            kinds = kinds[1:]
        of_the_shop = {About.SHIPPING_FEE} if named else OF_THE_SHOP
        skus = tuple(named) or self._talked_of(conversation)
        if not named and kinds[0] is About.SHIPPING_FEE:
            skus = ()
        if not skus and not set(kinds) & of_the_shop:
            if kinds[0] is About.PRICE:
                return Turn(replace(conversation, misses=0), Topic.CATALOGUE)
            asking = {"kinds": kinds[0].value}
            return Turn(replace(conversation, misses=0), Topic.QUESTION_ABOUT, asking)
        if not skus:
            kinds = tuple(kind for kind in kinds if kind in of_the_shop)
        if kinds == (About.DETAILS,) and len(skus) == 1:
            return self._shown(conversation, skus, Topic.PRODUCT)
        return self._answered(conversation, kinds, skus[:ANSWERED_MOST])

    def _answered(self, conversation: Conversation, kinds: tuple[About, ...], skus: tuple[str, ...]) -> Turn:
        catalogue = self._catalogues.read()
        products = [catalogue.products[sku] for sku in skus]
        facts = {"kinds": ",".join(kinds), "skus": ",".join(skus), "stock": self._stock(products)}
        # With an empty cart the next bare quantity is of the product that was just talked about.
        only = skus[0] if len(skus) == 1 and not conversation.cart else conversation.asked_sku
        heard = replace(conversation, misses=0, asked_sku=only)
        return Turn(heard, Topic.PRODUCT_ANSWER, facts, attention=self._attention(heard, kinds, products))

    def _attention(
        self, conversation: Conversation, kinds: tuple[About, ...], products: list[Product]
    ) -> Why | None:
        if About.SAMPLE in kinds:
            return Why.SAMPLE
        speaker = Speaker.of(conversation.language)
        stock = self._available(products)
        known = all(
            product_facts.statement(product, kind, speaker, self._shop, stock)
            for kind in kinds
            for product in products
        )
        if not products:
            catalogue = self._catalogues.read()
            known = all(product_facts.general(kind, catalogue, self._shop, speaker) for kind in kinds)
        return None if known else Why.QUESTION

    def _compared(self, conversation: Conversation, skus: tuple[str, ...]) -> Turn:
        if len(skus) < 2:
            return Turn(replace(conversation, misses=0), Topic.CATALOGUE)
        return self._shown(conversation, skus[:MOST_COMPARED], Topic.COMPARISON)

    def _shown(self, conversation: Conversation, skus: tuple[str, ...], topic: Topic) -> Turn:
        catalogue = self._catalogues.read()
        facts = {"skus": ",".join(skus), "stock": self._stock([catalogue.products[sku] for sku in skus])}
        only = skus[0] if len(skus) == 1 and not conversation.cart else conversation.asked_sku
        return Turn(replace(conversation, misses=0, asked_sku=only), topic, facts)

    def _talked_of(self, conversation: Conversation) -> tuple[str, ...]:
        """The goods of the conversation: what was asked about, else those of the cart or the quote."""
        catalogue = self._catalogues.read()
        quote = self._own.current_quote(conversation)
        talked = [
            *([conversation.asked_sku] if conversation.asked_sku and not conversation.cart else []),
            *conversation.cart,
            *((line.sku for line in quote.lines) if quote is not None and not conversation.cart else ()),
        ]
        products = {sku: catalogue.find(sku) for sku in talked}
        return tuple(
            sku
            for sku, product in products.items()
            if product is not None and product.kind is ProductKind.GOODS
        )

    def _available(self, products: list[Product]) -> dict[str, int]:
        counted = [product.sku for product in products if product.stock_counted]
        return dict(self._catalogues.available(counted)) if counted else {}

    def _stock(self, products: list[Product]) -> str:
        return ",".join(f"{sku}:{max(0, units)}" for sku, units in self._available(products).items())


def _orders(inquiry: Inquiry) -> bool:
    """Whether the words order something; the two of 這兩個差在哪 are no quantity."""
    compares = inquiry.asks is not None and inquiry.asks.kind is About.COMPARISON
    return any(line.sku is not None or not compares for line in inquiry.lines)
