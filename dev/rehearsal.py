"""`make rehearsal`: `sam build` and `sam deploy` of the unmodified template into an empty local AWS.

This is the build that goes to AWS (arm64, SAM's own functions and routes), not the overlay of the local run.
It shows that the template deploys; running it is what `make run` does.
"""

import os
import shutil
import sys
from contextlib import ExitStack

from dev.local.building import BuildFailed, built
from dev.local.deploying import STACK, DeployFailed, local_session, sam_deploy
from dev.local.local_aws import LocalAwsFailed, start_local_aws
from dev.local.settings import ROOT
from dev.local.steps import Steps, complain, say

ARCHITECTURE = "arm64"


def rehearse() -> list[tuple[str, str, str]]:
    """Type, logical id and status of each deployed resource. Raises what the three steps raise."""
    folder = ROOT / ".local" / f"rehearsal-{os.getpid()}"
    steps = Steps()
    with ExitStack() as ending:
        ending.callback(shutil.rmtree, folder, ignore_errors=True)
        with steps.step("build", f"built functions and layers for {ARCHITECTURE} (sam build)"):
            build = built(ARCHITECTURE)
        ending.callback(build.release)
        with steps.step("local_aws", "started an empty local AWS (MiniStack)"):
            local_aws = start_local_aws(folder)
        ending.callback(local_aws.stop)
        with steps.step("deploy", "deployed the unmodified template (sam deploy --resolve-s3)"):
            sam_deploy(["--template", str(build.template), "--resolve-s3"], local_aws.endpoint, {}, folder)
        return _resources(local_aws.endpoint)


def _resources(endpoint: str) -> list[tuple[str, str, str]]:
    cloudformation = local_session().client("cloudformation", endpoint_url=endpoint)
    return sorted(
        (resource["ResourceType"], resource["LogicalResourceId"], resource["ResourceStatus"])
        for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
        for resource in page["StackResourceSummaries"]
    )


def main() -> int:
    try:
        resources = rehearse()
    except (BuildFailed, LocalAwsFailed, DeployFailed) as problem:
        complain(str(problem))
        return 1
    for kind, logical_id, status in resources:
        say(f"  {status:16} {kind:40} {logical_id}")
    say(f"{len(resources)} resources deployed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
