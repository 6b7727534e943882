"""One way for every state machine of the business to move: along an edge of its table, or not at all."""

from collections.abc import Mapping
from enum import StrEnum

from storefront.domain.errors import IllegalMove


def move[State: StrEnum](allowed: Mapping[State, frozenset[State]], source: State, target: State) -> State:
    """Return `target` when `allowed` holds the edge from `source`.

    Raises:
        IllegalMove: the table has no such edge; terminal states have none at all (T1, T3).
    """
    if target not in allowed[source]:
        raise IllegalMove(type(target).__name__, source.value, target.value)
    return target
