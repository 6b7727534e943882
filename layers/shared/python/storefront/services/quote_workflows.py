"""The order workflow of each quote version: begun when it is told of, ended when it ends without an order.

Both are safe to repeat: a second start is refused by its name, an ended wait is ended (D3, D5).
"""

from collections.abc import Mapping
from math import ceil
from typing import Final

from storefront.domain.casework import WaitStep
from storefront.domain.errors import QuoteEnded
from storefront.domain.quote import Quote, QuoteState
from storefront.services.ports import Workflow
from storefront.services.waiting import Waits

_ENDED: Final = frozenset({QuoteState.SUPERSEDED, QuoteState.DECLINED, QuoteState.EXPIRED})


class QuoteWorkflows:
    """`timers` are the durations that the workflow takes from its input, in seconds."""

    def __init__(self, workflow: Workflow, waits: Waits, timers: Mapping[str, int]) -> None:
        self._workflow = workflow
        self._waits = waits
        self._timers = dict(timers)

    def start(self, quote: Quote) -> None:
        """Ids and durations only: the state is in the tables."""
        first = quote.remind_at or quote.valid_until
        payload = {
            "quoteId": quote.quote_id,
            "quoteVersion": quote.quote_version,
            "decision": {"waitSeconds": ceil((first - quote.created_at).total_seconds())},
            "timers": self._timers,
        }
        self._workflow.start(quote.workflow_name, payload)

    def end(self, quote: Quote | None) -> None:
        """The workflow of a quote that has ended without an order waits no longer."""
        if quote is not None and quote.state in _ENDED:
            self._waits.end(quote, QuoteEnded(quote.state.value), WaitStep.DECISION)
