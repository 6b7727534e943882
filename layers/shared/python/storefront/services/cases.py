"""Operator cases: what software must not decide is put before a person once, and again if it comes back."""

from collections.abc import Mapping
from datetime import datetime

from storefront.domain.casework import CaseKind, OperatorCase
from storefront.services.ports import Put, Store, Write


def case_writes(
    store: Store, kind: CaseKind, subject: str, now: datetime, facts: Mapping[str, str]
) -> tuple[Write, ...]:
    """The write that opens a case; none while one of the same kind and subject is open."""
    known = store.read(OperatorCase, kind, subject)
    if known is not None and known.resolved_at is None:
        return ()
    revision = known.revision if known is not None else 0
    return (Put(OperatorCase(kind, subject, now, dict(facts), due_at=now, revision=revision)),)
