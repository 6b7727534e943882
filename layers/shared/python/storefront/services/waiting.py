"""Waiting workflows: store a task token, look for an outcome that came first, wake or end what waits.

Outcomes are written before a token is answered, and whoever stores a token looks for an outcome afterwards, so
neither order of the two loses the other (D1). A token that is spent or unknown is fine everywhere (D3).
"""

from typing import Final, Protocol

from storefront.domain.casework import WaitStep, WorkflowWait
from storefront.domain.errors import Conflict, StorefrontError
from storefront.services.ports import Clock, Put, Store, Workflow

TRIES: Final = 8


class Named(Protocol):
    """A quote, an order or an approval: each knows the workflow that it belongs to."""

    @property
    def workflow_name(self) -> str: ...


class Waits:
    """Task tokens of order workflows."""

    def __init__(self, store: Store, workflow: Workflow, clock: Clock) -> None:
        self._store = store
        self._workflow = workflow
        self._clock = clock

    def keep(self, owner: Named, step: WaitStep, token: str) -> None:
        """Keep the newest token of `step`; a retried task brings a new one (D4)."""
        for _ in range(TRIES):
            known = self._store.read(WorkflowWait, owner.workflow_name, step)
            wait = WorkflowWait(
                owner.workflow_name, step, token, self._clock(), revision=known.revision if known else 0
            )
            try:
                self._store.commit(Put(wait))
            except Conflict:
                continue
            return
        raise Conflict(owner.workflow_name)

    def wake(self, owner: Named, step: WaitStep, order_number: str) -> None:
        """Let the workflow go on with `order_number`; one that does not wait yet will look by itself."""
        wait = self._store.read(WorkflowWait, owner.workflow_name, step)
        if wait is not None:
            self._workflow.wake(wait.token, {"orderNumber": order_number})

    def let_go(self, owner: Named, step: WaitStep) -> None:
        """Let a workflow go on that reads by itself what happened."""
        wait = self._store.read(WorkflowWait, owner.workflow_name, step)
        if wait is not None:
            self._workflow.wake(wait.token, {})

    def end(self, owner: Named, error: StorefrontError, *steps: WaitStep) -> None:
        """End the workflow wherever in `steps` it waits."""
        for step in steps:
            wait = self._store.read(WorkflowWait, owner.workflow_name, step)
            if wait is not None:
                self._workflow.end(wait.token, error)
