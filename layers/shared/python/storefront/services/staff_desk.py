"""The staff desk: what members of staff press and write in their own chats about a price that is asked of them.

A button is a pointer: who pressed it is looked up in the list of the deployment, and what it is about in the tables.
The first decision counts; it is carried out in the same transaction, so that its answer says what came of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from storefront.domain.approval import Approval, ApprovalState
from storefront.domain.conversation import Conversation, Step
from storefront.domain.outbox import Topic
from storefront.language.amounts import amount_in
from storefront.language.postbacks import Postback
from storefront.services.approving import Approving
from storefront.services.ports import Clock, Store
from storefront.services.staff import Staff
from storefront.services.turns import Turn

APPROVE: Final = "approval_ok"
COUNTER: Final = "approval_counter"
PRICE: Final = "approval_price"
REFUSE: Final = "approval_no"
STAFF_VERBS: Final = frozenset({APPROVE, COUNTER, PRICE, REFUSE})


class StaffDesk:
    """Turns of members of staff."""

    def __init__(self, store: Store, staff: Staff, approving: Approving, clock: Clock) -> None:
        self._store = store
        self._staff = staff
        self._approving = approving
        self._clock = clock

    def tapped(self, conversation: Conversation, postback: Postback) -> Turn | None:
        """One of staff's buttons; None when it was not one of the shop's own people who pressed it."""
        if not self._staff.is_staff(conversation.customer_id):
            return None
        free = replace(conversation, step=Step.FREE, approval_id=None)
        approval = self._store.read(Approval, postback.fields.get("a", ""))
        if approval is None:
            return Turn(free, Topic.STAFF_ANSWER, {"said": "unknown"})
        refusal = self._why_not(free, approval)
        if refusal is not None:
            return refusal
        match postback.verb:
            case "approval_ok":
                return self._decide(free, approval, ApprovalState.APPROVED, approval.asked)
            case "approval_no":
                return self._decide(free, approval, ApprovalState.DECLINED, {})
            case "approval_price":
                return self._countered(free, approval, postback.fields.get("p", ""))
            case _:
                asking = replace(free, step=Step.STAFF_PRICE, approval_id=approval.approval_id)
                return Turn(asking, Topic.STAFF_ANSWER, _about(approval, "price_wanted"))

    def wrote(self, conversation: Conversation, text: str) -> Turn | None:
        """A price that was asked for; None for everything else, which means what it means to any customer."""
        if (
            conversation.step is not Step.STAFF_PRICE
            or amount_in(text) is None
            or not self._staff.is_staff(conversation.customer_id)
        ):
            return None
        approval = self._store.read(Approval, conversation.approval_id or "")
        if approval is None:
            return None
        free = replace(conversation, step=Step.FREE, approval_id=None)
        return self._why_not(free, approval) or self._countered(free, approval, text)

    def _why_not(self, free: Conversation, approval: Approval) -> Turn | None:
        """Nobody decides about a quote of their own, and nobody decides twice."""
        if approval.customer_id == free.customer_id:
            return Turn(free, Topic.STAFF_ANSWER, _about(approval, "own"))
        if not approval.is_open:
            return Turn(free, Topic.STAFF_ANSWER, _about(approval, "taken"))
        return None

    def _countered(self, free: Conversation, approval: Approval, text: str) -> Turn:
        prices = approval.prices_for(amount_in(text) or 0)
        if prices is None:
            asking = replace(free, step=Step.STAFF_PRICE, approval_id=approval.approval_id)
            return Turn(asking, Topic.STAFF_ANSWER, _about(approval, "price_wrong"))
        return self._decide(free, approval, ApprovalState.COUNTERED, prices)

    def _decide(
        self, free: Conversation, approval: Approval, state: ApprovalState, granted: Mapping[str, int]
    ) -> Turn:
        now = self._clock()
        done = self._approving.plan(approval.decided(state, free.customer_id, now, granted), now)
        return Turn(
            free,
            Topic.STAFF_ANSWER,
            _about(approval, "decided"),
            done.writes,
            start=done.start,
            end=done.end,
            also_told=done.told,
            decided=done.approval,
        )


def _about(approval: Approval, said: str) -> dict[str, str]:
    return {"approval_id": approval.approval_id, "said": said}
