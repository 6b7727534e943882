"""Single-line mistakes in the real modules, each of which the explorer has to catch in the scenario named.

A mutant is a replacement in the source of one module, made while that module is imported, in a process of its own;
nothing on disk changes.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Final


@dataclass(frozen=True)
class Mutant:
    """`old` stands once in the source of `module`, and becomes `new`."""

    name: str
    module: str
    old: str
    new: str
    scenario: str


_CHECKOUT: Final = "storefront.services.checkout"
_ATTEMPTS: Final = "storefront.services.attempts"
_OPENING: Final = "storefront.services.opening"
_SETTLING: Final = "storefront.services.settling"
_REFUNDING: Final = "storefront.services.refunding"
_TELLING: Final = "storefront.services.telling"
_SHIPPING: Final = "storefront.services.shipping"
_REPLAY_DESK: Final = "storefront.services.replay_desk"
_ORDER_EVENTS: Final = "storefront.services.order_events"
_ORDER: Final = "storefront.domain.order"
_PAYMENT: Final = "storefront.domain.payment"

MUTANTS: Final = (
    Mutant(
        "the claim leaves no mark on the order",
        _SETTLING,
        "self._store.commit(Put(confirming), Put(claimed))",
        "self._store.commit(Put(claimed))",
        "expiry",
    ),
    Mutant(
        "the claim does not ask whether the hold lasts",
        _ORDER,
        "or not self.hold_is_alive_at(now)",
        "or self.hold is not HoldState.HELD",
        "expiry-twice",
    ),
    Mutant(
        "expiry does not ask whether a confirm is under way",
        _CHECKOUT,
        """            if order.confirming_attempt is not None:
                return Closing.UNSETTLED
""",
        "",
        "expiry",
    ),
    Mutant(
        "a confirm without an answer has failed",
        _SETTLING,
        "self._after_silence(attempt, cause)",
        'self._refused(attempt, "silence", Topic.PAYMENT_DECLINED)',
        "lost-answers",
    ),
    Mutant(
        "1152 and 1172 mean that it is paid",
        _SETTLING,
        """            case Verdict.MAYBE_ALREADY:
                self._recover(attempt, cause)
""",
        """            case Verdict.MAYBE_ALREADY:
                self._finish(attempt, attempt.amount, cause)
""",
        "lost-answers",
    ),
    Mutant(
        "a decline of a repeated confirm ends the attempt",
        _SETTLING,
        "and attempt.claims == 1",
        "and attempt.claims >= 1",
        "lost-answers",
    ),
    Mutant(
        "another amount is as good as ours",
        _SETTLING,
        "if not ours or foreign or capture.amount != attempt.amount:",
        "if not ours or foreign:",
        "mismatch",
    ),
    Mutant(
        "a claimed attempt is never due",
        _PAYMENT,
        """            claims=1,
            call_until=due_at,
            due_at=due_at,
""",
        """            claims=1,
            call_until=due_at,
            due_at=None,
""",
        "callbacks",
    ),
    Mutant(
        "a refused attempt keeps its order",
        _ATTEMPTS,
        "writes.append(Put(order.confirm_refused()))",
        "pass",
        "customer-cancels",
    ),
    Mutant(
        "a replaced link stays open",
        _OPENING,
        "if previous is not None and previous.is_open:",
        "if previous is not None and not previous.is_open:",
        "two-attempts",
    ),
    Mutant(
        "paid goods stay on hold",
        _SETTLING,
        "StockMove(line.sku, held=-line.quantity, committed=line.quantity)",
        "StockMove(line.sku, available=-line.quantity, committed=line.quantity)",
        "callbacks",
    ),
    Mutant(
        "any refund of our amount is ours",
        _REFUNDING,
        "if record.refund_transaction_id not in refund.known_before and record.amount == refund.amount",
        "if record.amount == refund.amount",
        "equal-refunds",
    ),
    Mutant(
        "a refund is asked for before it is written",
        _REFUNDING,
        """        self._store.commit(Put(sent))
        sent = written(sent)
        answer = self._gateway.refund(transaction_id, sent.amount, sent.currency)
""",
        """        answer = self._gateway.refund(transaction_id, sent.amount, sent.currency)
        self._store.commit(Put(sent))
        sent = written(sent)
""",
        "refund",
    ),
    Mutant(
        "a part is given back again as soon as the lease is over",
        _REFUNDING,
        "patience = timedelta() if gives_all else PART_PATIENCE",
        "patience = timedelta()",
        "refund",
    ),
    Mutant(
        "every push has a key of its own",
        _TELLING,
        "self._messenger.push(to, envelope.objects, leader.retry_key, silent=silent)",
        'self._messenger.push(to, envelope.objects, f"{leader.retry_key}{leader.revision}", silent=silent)',
        "together",
    ),
    Mutant(
        "a message that somebody has begun to send is begun again",
        _TELLING,
        "if not message.is_being_tried_at(self._clock()):",
        "if message.created_at <= self._clock():",
        "outbox",
    ),
    Mutant(
        "a message is written without a time at which it is looked for",
        _TELLING,
        "due_at=now + FIRST_SWEEP_AFTER,\n    )",
        "due_at=None,\n    )",
        "callbacks",
    ),
    Mutant(
        "a token that is stored after the payment is not answered",
        _CHECKOUT,
        "        if order.was_paid:\n            self._waits.wake(",
        "        if order.is_unpaid_and_open:\n            self._waits.wake(",
        "mailbox",
    ),
    Mutant(
        "a cancellation that comes while a payment is under way is forgotten",
        _SHIPPING,
        'self._park(received, "payment-under-way", news.order_number)',
        "self._store.commit(Put(received.ended(ReceivedState.APPLIED)))",
        "office-cancels",
    ),
    Mutant(
        "what a person decides about an event is written down without the event",
        _REPLAY_DESK,
        "self._store.commit(Put(after), Put(deed.entry(now, facts)),",
        "self._store.commit(Put(deed.entry(now, facts)),",
        "replay-desk",
    ),
    Mutant(
        "an event that is replayed leaves its place at the desk as it was",
        _REPLAY_DESK,
        "return *settled, *taken_up(self._store, received, self._order_of(received))",
        "return settled",
        "replay-desk",
    ),
    Mutant(
        "an event counts as taken whatever the order system answers",
        _ORDER_EVENTS,
        "if self._order_system.post(event, now):",
        "if event.state is OrderEventState.PENDING:",
        "order-system",
    ),
    Mutant(
        "an order that runs out of time keeps its coupon",
        _CHECKOUT,
        "*unredeemed(order))",
        ")",
        "coupon-comes-back",
    ),
    Mutant(
        "a coupon is used without a look at its limit",
        "storefront.services.coupons",
        "CouponUse(order.coupon, EVERYBODY, 1, uses)",
        "CouponUse(order.coupon, EVERYBODY, 1)",
        "last-coupon",
    ),
)


class _Mutating(SourceFileLoader):
    """Loads a module from its source with one replacement."""

    mutant: Mutant

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_source(fullname) or ""
        if source.count(self.mutant.old) != 1:
            raise LookupError(f"{self.mutant.name}: its line stands {source.count(self.mutant.old)} times")
        return compile(source.replace(self.mutant.old, self.mutant.new), self.get_filename(fullname), "exec")


class _Finder(MetaPathFinder):
    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin is not None:
            loader = _Mutating(fullname, spec.origin)
            loader.mutant = self._mutant
            spec.loader = loader
        return spec


def install(mutant: Mutant) -> None:
    """From now on the mutant's module is imported with its mistake.

    Raises:
        LookupError: the module has been imported already.
    """
    if mutant.module in sys.modules:
        raise LookupError(f"{mutant.module} is imported already")
    sys.meta_path.insert(0, _Finder(mutant))
