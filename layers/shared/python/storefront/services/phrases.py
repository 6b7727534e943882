"""Phrases that were not understood: counted by their normal form, listed for the shop while they are still unknown."""

import re
from collections.abc import Sequence
from typing import Final

from storefront.domain.conversation import Conversation
from storefront.domain.unknown_phrase import LONGEST_PHRASE, PhraseOfCustomer, UnknownPhrase
from storefront.language.products import Vocabulary
from storefront.language.text import clean, fold
from storefront.services.ports import Clock, Erase, Put, Store, Write

_NO_NAME: Final = re.compile(r"[0-9@/\\]")
"""Digits and addresses are phones, orders and e-mails, not what a product is called."""


def normal_form(phrase: str) -> str | None:
    """The form that phrases are counted by; None for what could be no product's name."""
    folded = " ".join(fold(clean(phrase)).split())
    usable = 1 < len(folded) <= LONGEST_PHRASE and not _NO_NAME.search(folded)
    return folded if usable and any(map(str.isalpha, folded)) else None


class Phrases:
    """Keeps what customers called products by."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def kept(self, conversation: Conversation, phrase: str, line_message_id: str) -> tuple[Write, ...]:
        """The writes that count a phrase once more and say whose it was; none for what could be no product's name."""
        normal = normal_form(phrase)
        if normal is None:
            return ()
        now, language = self._clock(), conversation.language
        known = self._store.read(UnknownPhrase, normal)
        whose = PhraseOfCustomer(conversation.customer_id, line_message_id, normal, now)
        counted = known.again(language, now) if known else UnknownPhrase(normal, language, now, now)
        return Put(counted), Put(whose)

    def taken_back(self, whose: PhraseOfCustomer) -> tuple[Write, ...]:
        """The writes that count a phrase once less; one that nobody else wrote goes."""
        known = self._store.read(UnknownPhrase, whose.phrase)
        if known is None:
            return (Erase(whose),)
        return (Put(known.taken_back()) if known.count > 1 else Erase(known)), Erase(whose)

    def unknown(self, vocabulary: Vocabulary) -> Sequence[UnknownPhrase]:
        """What the catalogue still has no name for, the most frequent first."""
        rows = self._store.rows_of(UnknownPhrase)
        strange = (row for row in rows if not _is_known(row.phrase, vocabulary))
        return sorted(strange, key=lambda row: (-row.count, row.phrase))


def _is_known(phrase: str, vocabulary: Vocabulary) -> bool:
    """Whether a product has the phrase for a name by now."""
    return any(mention.end - mention.start == len(phrase) for mention in vocabulary.find(phrase))
