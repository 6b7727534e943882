"""Invokes a function of a running shop: the local one by its `endpoint.json`, a deployed one with STACK=name.

In AWS the caller's own credentials decide whether that is allowed; real ones are never sent to the local AWS.
"""

import getpass
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from dev.catalogue import NoShop, local_run
from dev.local.settings import ROOT

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

LOCAL: Final = ROOT / ".local"
LONGEST_SECONDS: Final = 910
"""A little more than a function may live."""

_ONCE: Final = Config(read_timeout=LONGEST_SECONDS, retries={"total_max_attempts": 1})


class InvocationFailed(Exception):
    """The function ended with an error; the message names it."""


@dataclass(frozen=True)
class RunningShop:
    """A shop whose functions can be invoked. `who` is the person at the keyboard, for the audit."""

    client: "LambdaClient"
    outputs: Mapping[str, str]
    folder: Path
    who: str

    def invoke(self, output: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """The answer of the function that the stack's `output` names.

        Raises:
            NoShop: the stack is of an older version and has no such output.
            InvocationFailed: the function failed.
        """
        if output not in self.outputs:
            raise NoShop(f"The shop has no output {output}: deploy this version of the project first.")
        answer = self.client.invoke(FunctionName=self.outputs[output], Payload=json.dumps(payload).encode())
        told: dict[str, Any] = json.loads(answer["Payload"].read())
        if answer.get("FunctionError"):
            raise InvocationFailed(f"{output}: {told.get('errorType')}: {told.get('errorMessage')}")
        return told


def running_shop(stack: str | None, port: int | None) -> RunningShop:
    """The deployed stack of that name, else the local run.

    Raises:
        NoShop: there is none, or more than one.
    """
    if stack:
        described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
        outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
        who = boto3.client("sts").get_caller_identity()["Arn"]
        return RunningShop(boto3.client("lambda", config=_ONCE), outputs, LOCAL / stack, who)
    running = local_run(LOCAL, port)
    client = boto3.client(
        "lambda",
        endpoint_url=running["endpoint"],
        region_name=running["region"],
        aws_access_key_id="local",
        aws_secret_access_key="local",  # noqa: S106 - no secret: the local AWS takes anything
        config=_ONCE,
    )
    return RunningShop(client, running["tables"], _folder_of(port), f"local:{getpass.getuser()}")


def _folder_of(port: int | None) -> Path:
    if port:
        return LOCAL / str(port)
    return next(LOCAL.glob("*/endpoint.json")).parent
