"""Writes the run overlay of a build and deploys it to the local AWS with a real `sam deploy`."""

import importlib.metadata
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import boto3

from dev.local.building import SAM, Build, last_lines
from dev.local.context import DeployedStack
from dev.local.overlay import API_ID, FunctionRuntime, Overlay, overlay
from dev.local.processes import REGION, clean_environment
from dev.local.settings import ROOT
from dev.local.template import read_template

STACK = "storefront"
BUCKET = "storefront-local-deployments"
# What Lambda itself brings along for Python functions; everything else must be in the code or in a layer.
RUNTIME_CLIENT = ("awslambdaric", "simplejson", "snapshot-restore-py")


class DeployFailed(Exception):
    """`sam deploy` refused; the message ends with its last words."""


def local_session() -> boto3.Session:
    """Credentials and region of the local AWS; its clients take `endpoint_url` from the run."""
    return boto3.Session(
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106
        region_name=REGION,
    )


def runtime_client(folder: Path) -> Path:
    """A folder that links to Lambda's runtime client and what it imports, out of this environment."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in RUNTIME_CLIENT:
        distribution = importlib.metadata.distribution(name)
        for top in sorted({file.parts[0] for file in distribution.files or ()}):
            if not top.endswith(".dist-info"):
                (folder / top).symlink_to(Path(str(distribution.locate_file(top))))
    return folder


def write_overlay(build: Build, folder: Path, parameters: Mapping[str, str], logs: Path) -> Path:
    """Returns the overlay's template. Raises OverlayError."""
    shutil.rmtree(folder, ignore_errors=True)
    runtime = FunctionRuntime(Path(sys.executable), runtime_client(folder / "runtime"), logs)
    made = overlay(
        read_template(build.template), build_folder=build.folder, runtime=runtime, parameters=parameters
    )
    return _write(made, folder)


def _write(made: Overlay, folder: Path) -> Path:
    for file in made.files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
        if file.executable:
            path.chmod(0o755)
    template = folder / "template.json"
    template.write_text(json.dumps(made.template, indent=2), encoding="utf-8")
    return template


def deploy(template: Path, endpoint: str, parameters: Mapping[str, str], folder: Path) -> None:
    """Raises DeployFailed."""
    local_session().client("s3", endpoint_url=endpoint).create_bucket(Bucket=BUCKET)
    sam_deploy([*("--template", str(template)), *("--s3-bucket", BUCKET)], endpoint, parameters, folder)


def sam_deploy(where: list[str], endpoint: str, parameters: Mapping[str, str], folder: Path) -> str:
    """`sam deploy`, asking nothing, of what `where` names; returns what it said. Raises DeployFailed."""
    overrides = [f"{name}={value}" for name, value in parameters.items() if value]
    done = subprocess.run(
        [
            *(str(SAM), "deploy", *where, "--stack-name", STACK, "--region", REGION),
            *("--capabilities", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"),
            *("--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar"),
            *(("--parameter-overrides", *overrides) if overrides else ()),
        ],
        cwd=ROOT,
        env=clean_environment(
            folder / "tmp", AWS_ENDPOINT_URL=endpoint, SAM_CLI_TELEMETRY="0", SAM_CLI_POLL_DELAY="0.2"
        ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    (folder / "deploy.log").write_text(done.stdout, encoding="utf-8")
    if done.returncode != 0:
        raise DeployFailed(f"sam deploy to the local AWS failed:\n{last_lines(done.stdout, 30)}")
    return done.stdout


def deployed_stack(endpoint: str) -> DeployedStack:
    """What was deployed, by the template's names."""
    cloudformation = local_session().client("cloudformation", endpoint_url=endpoint)
    ids: dict[str, dict[str, str]] = {}
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK):
        for resource in page["StackResourceSummaries"]:
            found = ids.setdefault(resource["ResourceType"], {})
            found[resource["LogicalResourceId"]] = resource["PhysicalResourceId"]
    [stack] = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    return DeployedStack(
        name=STACK,
        region=REGION,
        endpoint=endpoint,
        api_id=API_ID,
        tables=ids.get("AWS::DynamoDB::Table", {}),
        queues=ids.get("AWS::SQS::Queue", {}),
        functions=ids.get("AWS::Lambda::Function", {}),
        state_machines=ids.get("AWS::StepFunctions::StateMachine", {}),
        secrets=ids.get("AWS::SecretsManager::Secret", {}),
        outputs={output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])},
    )
