"""What a step of a checkout left behind: messages, cases and jobs as values, and stores that are busy."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.domain.errors import Conflict
from storefront.domain.outbox import Message, Topic
from storefront.domain.payment import PaymentAttempt, attempt_id_of
from storefront.services.ports import Write
from tests.doubles.line_pay_model import LinePayModel, Stage
from tests.doubles.little_shop import ORDER, LittleShop
from tests.doubles.machinery import START

KEY1 = attempt_id_of("key1")
LATER = START + timedelta(seconds=60)


class Asked(LinePayModel):
    """LINE Pay, remembering everything that a request said, and what was stored at that moment."""

    def __init__(self, shop: LittleShop) -> None:
        super().__init__()
        self.asked: list[dict[str, Any]] = []
        self.stored: list[tuple[PaymentAttempt, object]] = []
        self._shop = shop

    def request(self, **asked: Any) -> Any:
        self.asked.append(asked)
        self.stored.append((self._shop.attempt, self._shop.order))
        return super().request(**asked)


def watched() -> tuple[LittleShop, Asked]:
    shop = LittleShop()
    shop.pay = pay = Asked(shop)
    return shop, pay


def message(shop: LittleShop, milestone: str) -> Message:
    found = shop.store.read(Message, f"{ORDER}:{milestone}")
    assert found is not None
    return found


def told(shop: LittleShop, milestone: str) -> tuple[str, Topic, dict[str, str], object]:
    found = message(shop, milestone)
    return found.customer_id, found.topic, found.facts, found.created_at


def cases(shop: LittleShop) -> list[tuple[CaseKind, str, dict[str, str], object]]:
    return [(each.kind, each.subject, each.facts, each.opened_at) for each in shop.store.all(OperatorCase)]


def captured_at_line_pay(shop: LittleShop) -> None:
    """LINE Pay holds the money, whatever we know."""
    transaction = shop.pay.transactions[shop.transaction]
    shop.pay.transactions[shop.transaction] = replace(transaction, stage=Stage.CAPTURED, captures=1)


def jobs(shop: LittleShop) -> list[tuple[str, tuple[str, ...], float]]:
    return [
        (job.name, job.arguments, (job.not_before - shop.clock.now).total_seconds())
        for job in shop.jobs.waiting
    ]


class Busy:
    """A store of which a number of commits are lost to somebody else; what was tried is counted."""

    def __init__(self, shop: LittleShop, lost: int) -> None:
        self._commit = shop.store.commit
        self.lost = lost
        self.tried = 0
        shop.store.commit = self.commit  # type: ignore[method-assign]

    def commit(self, *writes: Write) -> None:
        self.tried += 1
        if self.lost:
            self.lost -= 1
            raise Conflict("Order")
        self._commit(*writes)
