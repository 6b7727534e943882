"""The record of a quote as people read it: its versions, and every round with its time and the event behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from storefront.domain.quote import Quote
from storefront.domain.quote_record import QuoteEntry
from storefront.services.ports import Store


@dataclass(frozen=True)
class QuoteRecord:
    """All that is kept of one quote, oldest first."""

    versions: Sequence[Quote]
    entries: Sequence[QuoteEntry]


class QuoteRecords:
    """Reads records; nothing writes them but the transactions that they tell of."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, quote_id: str) -> QuoteRecord | None:
        """The record of a quote, by its number without the version."""
        versions = self._store.rows_of(Quote, quote_id)
        if not versions:
            return None
        return QuoteRecord(versions, self._store.rows_of(QuoteEntry, quote_id))
