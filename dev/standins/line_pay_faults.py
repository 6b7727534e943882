"""What can go wrong between the shop and LINE Pay: faults, scripted per call and used up in order.

A fault says when the call takes effect, how long the answer is held back, and what the caller then sees.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

CALLS = ("request", "check", "confirm", "details", "refund")


class Effect(StrEnum):
    """When the call is carried out: never, before the wait, or after it (the caller may have gone by then)."""

    NONE = "none"
    AT_ONCE = "at_once"
    AFTER_WAIT = "after_wait"


class Reply(StrEnum):
    """What the caller sees."""

    AS_DUE = "as_due"
    NOTHING = "nothing"
    BAD_GATEWAY = "bad_gateway"
    CODE = "code"
    RESULT_CODE = "result_code"
    LIST = "list"
    NO_CODE = "no_code"
    NOT_JSON = "not_json"
    EMPTY = "empty"
    REDIRECT = "redirect"
    WRONG_ORDER_ID = "wrong_order_id"
    WRONG_TRANSACTION_ID = "wrong_transaction_id"
    WRONG_SUM = "wrong_sum"


@dataclass(frozen=True)
class Fault:
    """One call that goes wrong; without arguments it is a call that goes right."""

    effect: Effect = Effect.AT_ONCE
    seconds: float = 0.0
    reply: Reply = Reply.AS_DUE
    return_code: str = ""

    @classmethod
    def refuse(cls) -> Self:
        """The connection is closed before anything happens."""
        return cls(Effect.NONE, reply=Reply.NOTHING)

    @classmethod
    def drop_before_effect(cls) -> Self:
        return cls.refuse()

    @classmethod
    def drop_after_effect(cls) -> Self:
        """Done, and the answer is lost."""
        return cls(Effect.AT_ONCE, reply=Reply.NOTHING)

    @classmethod
    def hang(cls, seconds: float, *, then_answer: bool = False) -> Self:
        """Silence first; then the call is carried out and answered, or the connection closes with nothing done."""
        if then_answer:
            return cls(Effect.AFTER_WAIT, seconds)
        return cls(Effect.NONE, seconds, Reply.NOTHING)

    @classmethod
    def late_answer(cls, seconds: float) -> Self:
        """Carried out at once and answered late."""
        return cls(Effect.AT_ONCE, seconds)

    @classmethod
    def bad_gateway(cls, *, after_effect: bool = False) -> Self:
        """502 with a page of HTML."""
        return cls(Effect.AT_ONCE if after_effect else Effect.NONE, reply=Reply.BAD_GATEWAY)

    @classmethod
    def code(cls, return_code: str, *, after_effect: bool = False) -> Self:
        effect = Effect.AT_ONCE if after_effect else Effect.NONE
        return cls(effect, reply=Reply.CODE, return_code=return_code)

    @classmethod
    def odd(cls, reply: Reply) -> Self:
        """Carried out, and answered in an odd shape or with wrong facts."""
        return cls(reply=reply)


@dataclass(frozen=True)
class Scripted:
    """A fault that waits for its call; with a transaction it waits for a call about that one."""

    call: str
    fault: Fault
    transaction_id: int | None = None


class Faults:
    """What will go wrong next. `call` is request, check, confirm, details or refund."""

    def __init__(self) -> None:
        self._waiting: list[Scripted] = []

    def script(self, call: str, *faults: Fault, transaction_id: int | None = None) -> None:
        """Adds faults, one per call, in this order. Raises ValueError for a call that does not exist."""
        if call not in CALLS:
            raise ValueError(f"{call} is none of {', '.join(CALLS)}")
        self._waiting += [Scripted(call, fault, transaction_id) for fault in faults]

    def take(self, call: str, transaction_id: int | None) -> Fault | None:
        """The fault for this call, which is used up by it."""
        for scripted in self._waiting:
            if scripted.call == call and scripted.transaction_id in {None, transaction_id}:
                self._waiting.remove(scripted)
                return scripted.fault
        return None

    def waiting(self) -> Iterable[Scripted]:
        return tuple(self._waiting)

    def clear(self) -> None:
        self._waiting.clear()
