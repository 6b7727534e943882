"""The world of one schedule: every row, LINE Pay, LINE, the workflow and the clock, as one value to branch from.

A world is never changed: each port call makes the next one. What reads only, leaves the world as it is.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from storefront.domain.coupon import CouponTally
from storefront.domain.errors import Conflict, CouponUsedUp, IllegalMove, OrderEnded, QuoteEnded, StockShort
from storefront.domain.payment_answers import Call
from storefront.services.ports import SendOutcome
from tests.doubles.line_model import LineModel
from tests.doubles.line_pay_model import LinePayModel, Lost, Script, Transaction
from tests.doubles.little_shop import CATALOGUE
from tests.doubles.machinery import MemoryCatalogues, OrderSystemModel, RecordingWorkflow
from tests.doubles.memory_store import MemoryStore

READS: Final = frozenset({"read", "rows_of", "recent_orders", "due", "available", "is_configured"})
BUSINESS_ERRORS: Final = (Conflict, StockShort, CouponUsedUp, IllegalMove, OrderEnded, QuoteEnded)


@dataclass(frozen=True)
class Request:
    """One port call that a process wants to make next."""

    port: str
    method: str
    arguments: tuple[Any, ...]
    named: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return f"{self.port}.{self.method}"


@dataclass(frozen=True)
class Raised:
    """An error that a port call answered with."""

    error: type[Exception]
    arguments: tuple[Any, ...]


class Canon:
    """One object for all equal values, so that equality of worlds and histories is equality of identities."""

    def __init__(self) -> None:
        self._by_text: dict[str, Any] = {}
        self._canonical: set[int] = set()
        self._stored: dict[int, Any] = {}
        self._kept: list[Any] = []

    def __call__(self, value: Any) -> Any:
        if value is None or id(value) in self._canonical:
            return value
        canonical = self._by_text.setdefault(f"{type(value).__name__}{value!r}", value)
        self._canonical.add(id(canonical))
        return canonical

    def stored(self, entity: Any) -> Any:
        """The canonical row that a write of `entity` leaves."""
        found = self._stored.get(id(entity))
        if found is None:
            self._kept.append(entity)
            found = self(replace(entity, revision=entity.revision + 1))
            self._stored[id(entity)] = found
        return found


class CanonicalStore(MemoryStore):
    """A store that keeps one object for all equal rows."""

    canon = Canon()

    def stored(self, entity: Any) -> Any:
        return self.canon.stored(entity)

    def tallied(self, tally: CouponTally) -> CouponTally:
        counted: CouponTally = self.canon(tally)
        return counted


@dataclass
class World:
    """Everything that lasts. `seen` are facts about what happened that no row keeps: calls without an intent, …"""

    store: CanonicalStore
    pay: LinePayModel
    line: LineModel
    workflow: RecordingWorkflow
    now: datetime
    seen: frozenset[str] = frozenset()
    order_system: OrderSystemModel = field(default_factory=OrderSystemModel)
    _key: Any = field(default=None, compare=False)

    @property
    def key(self) -> Any:
        """Equal for equal worlds: what can still happen, and what is checked, depends on nothing else."""
        if self._key is None:
            self._key = (
                frozenset(map(id, self.store.rows.values())),
                tuple(self.store.stock.values()),
                tuple(map(_transaction_key, self.pay.transactions.values())),
                tuple((called.call, called.transaction_id, called.amount) for called in self.pay.late),
                frozenset((sent.kind, sent.key, sent.objects) for sent in self.line.sent),
                frozenset(token for token, _ in self.workflow.woken),
                frozenset(self.workflow.ended),
                frozenset(self.order_system.taken),
                self.now,
                self.seen,
            )
        return self._key

    def copy(self) -> "World":
        workflow = RecordingWorkflow([], self.workflow.woken.copy(), self.workflow.ended.copy())
        order_system = replace(self.order_system, taken=self.order_system.taken.copy())
        return World(
            self.store.copy(), self.pay.copy(), self.line.copy(), workflow, self.now, self.seen, order_system
        )

    def answer(self, request: Request, skew: timedelta) -> tuple["World", Any]:
        """The world after `request`, and what the caller is answered."""
        if request.port == "clock":
            return self, self.now + skew
        if request.method in READS:
            return self, self._call(self, request)
        if request.port == "pay" and request.method in {"check", "details"} and not self.pay.scripts:
            return self, self._call(self, request)
        after = self.copy()
        result = self._call(after, request)
        after.pay.scripts = {}
        return after, result

    @staticmethod
    def _call(world: "World", request: Request) -> Any:
        ports: dict[str, Any] = {
            "store": world.store,
            "pay": world.pay,
            "line": world.line,
            "workflow": world.workflow,
            "order_system": world.order_system,
        }
        target = (
            MemoryCatalogues(CATALOGUE, world.store) if request.port == "catalogues" else ports[request.port]
        )
        try:
            answer = getattr(target, request.method)(*request.arguments, **dict(request.named))
        except BUSINESS_ERRORS as error:
            return Raised(type(error), _arguments_of(error))
        return tuple(answer) if isinstance(answer, list) else answer

    def with_fault(self, request: Request, fault: Script) -> "World":
        """The same world in which the next call of this kind goes wrong in this way."""
        after = self.copy()
        if request.port == "pay":
            after.pay.script(Call(request.method), fault)
        elif fault is Lost.AFTER:
            after.line.lost = 1
        else:
            after.line.script.append(SendOutcome.UNKNOWN)
        return after


def _transaction_key(transaction: Transaction) -> Any:
    return (transaction.transaction_id, transaction.stage, transaction.captures, transaction.refunds)


def _arguments_of(error: Exception) -> tuple[Any, ...]:
    if isinstance(error, StockShort):
        return (error.sku,)
    if isinstance(error, IllegalMove):
        return (error.machine, error.source, error.target)
    return error.args


def forgetful(pay: LinePayModel) -> LinePayModel:
    """LINE Pay without a list of its calls: a world must not differ by what was only looked at."""
    pay.calls = deque(maxlen=0)  # type: ignore[assignment]
    return pay


type Environment = Callable[[World], None]
