"""The return page: what a browser that comes back from LINE Pay is told, and the hint that it came.

A visit is never proof of anything (C5, C6, C15): it asks for a look at the attempt, and shows what is committed.
A page that opens itself again says how often it has done so, and asks for fewer and fewer looks: the first is
made at once, and the schedule of the attempt takes care of what takes longer.
"""

from dataclasses import dataclass
from typing import Final

from storefront.domain.language import Language
from storefront.domain.order import Order
from storefront.domain.payment import AttemptState, PaymentAttempt, attempt_id_of
from storefront.messages.pages import PageState
from storefront.services.ports import Jobs, Store

ASKING_VISITS: Final = frozenset({0, 2, 5, 10, 20})
"""Which visits of one open page ask for a look: the first, and those about 6, 15, 30 and 60 seconds later."""


@dataclass(frozen=True)
class PageView:
    """One answer of the page."""

    state: PageState
    language: Language
    order_number: str | None = None


def page_state(order: Order, attempt: PaymentAttempt) -> PageState:
    """True state of an order as its payment page may show it."""
    if order.was_paid:
        return PageState.PAID
    if attempt.state is AttemptState.FAILED:
        return PageState.NOT_PAID
    if attempt.state is AttemptState.CLOSED or not order.is_unpaid_and_open:
        return PageState.CLOSED
    return PageState.PROCESSING


class PaymentPage:
    """Answers visits of the confirm and cancel URLs."""

    def __init__(self, store: Store, jobs: Jobs) -> None:
        self._store = store
        self._jobs = jobs

    def visit(
        self, key: str, order_id: str | None, transaction_id: str | None, *, cancelled: bool, visits: int = 0
    ) -> PageView:
        """Take the hint and show the state; foreign or missing ids change nothing and learn nothing (X5).

        `visits` is how often this page has opened itself again.
        """
        attempt = self._store.read(PaymentAttempt, attempt_id_of(key))
        if attempt is None or not self._is_its_own(attempt, order_id, transaction_id, cancelled=cancelled):
            return PageView(PageState.NEUTRAL, Language.ZH_TW)
        order = self._store.read(Order, attempt.order_number)
        if order is None:
            return PageView(PageState.NEUTRAL, Language.ZH_TW)
        if attempt.is_open and visits in ASKING_VISITS:
            self._jobs.check_payment(attempt.attempt_id, 0, "cancelled" if cancelled else "returned")
        return PageView(page_state(order, attempt), order.language, order.order_number)

    @staticmethod
    def _is_its_own(
        attempt: PaymentAttempt, order_id: str | None, transaction_id: str | None, *, cancelled: bool
    ) -> bool:
        if cancelled:
            # LINE Pay appends the ids to the cancel URL only sometimes; none is fine, wrong ones are not.
            return order_id in {None, attempt.provider_order_id} and transaction_id in {
                None,
                attempt.transaction_id,
            }
        return order_id == attempt.provider_order_id and transaction_id == attempt.transaction_id
