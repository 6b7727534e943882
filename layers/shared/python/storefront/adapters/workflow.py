"""Step Functions: starts workflows and answers their task tokens."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from storefront.domain.errors import StorefrontError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class StateMachine:
    """One state machine of the stack."""

    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def start(self, name: str, payload: Mapping[str, object]) -> None:
        """Start the execution `name`; one that exists already is fine (D5)."""
        try:
            self._client.start_execution(
                stateMachineArn=self._state_machine_arn, name=name, input=json.dumps(payload)
            )
        except self._client.exceptions.ExecutionAlreadyExists:
            return

    def wake(self, token: str, output: Mapping[str, object]) -> None:
        """Answer a task token; one that is spent, timed out or unknown is fine (D3)."""
        gone = self._client.exceptions
        try:
            self._client.send_task_success(taskToken=token, output=json.dumps(output))
        except (gone.TaskTimedOut, gone.TaskDoesNotExist, gone.InvalidToken):
            return

    def end(self, token: str, error: StorefrontError) -> None:
        """Answer a task token with a business error; the state machine catches it by its class name."""
        gone = self._client.exceptions
        try:
            self._client.send_task_failure(
                taskToken=token, error=type(error).__name__, cause=str(error)[:256]
            )
        except (gone.TaskTimedOut, gone.TaskDoesNotExist, gone.InvalidToken):
            return
