"""Words that customers asked for products by, and that nobody here understood: kept for the shop to add as names.

The row is personal: what people write is theirs. It ends by itself some time after the words were last written.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from storefront.domain.language import Language

LONGEST_PHRASE: Final = 40
"""Characters; whatever is longer is a story and no name."""


@dataclass(frozen=True)
class UnknownPhrase:
    """A phrase in its normal form, how often it was written, and by readers of which language last."""

    phrase: str
    language: Language
    first_at: datetime
    last_at: datetime
    count: int = 1
    revision: int = 0

    def again(self, language: Language, at: datetime) -> "UnknownPhrase":
        """Written once more."""
        return replace(self, count=self.count + 1, language=language, last_at=at)

    def taken_back(self) -> "UnknownPhrase":
        """Written once less: somebody took it back, and others wrote it too."""
        return replace(self, count=self.count - 1)


@dataclass(frozen=True)
class PhraseOfCustomer:
    """Whose phrase it was, and in which of LINE's messages: how it is found when it has to go."""

    customer_id: str
    line_message_id: str
    phrase: str
    at: datetime
    revision: int = 0
