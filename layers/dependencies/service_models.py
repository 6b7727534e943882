"""botocore's descriptions of AWS, cut down in place to the services that the product calls.

To make a client, botocore lists the folders of all its services, reads an endpoint table of 1.2 MB and
unpacks the service's model, two thirds of which is documentation. All of it happens at a cold start. The
files stay where botocore looks for its own: a second data path would make it resolve endpoints in another
way.
"""

import gzip
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from layers.dependencies import service_answers

# The one list of AWS services that deployed code may call; a test holds the code against it.
AWS_SERVICES = ("dynamodb", "secretsmanager", "sqs", "stepfunctions", "sts")

# The proof asks a fresh interpreter; one that hangs must not hold a build up for ever.
PROOF_SECONDS = 120


class ServiceModelsError(Exception):
    """botocore would say something else about a service than it did before."""


def cut_down(tree: Path) -> None:
    """Leave only the models and endpoints of `AWS_SERVICES`, without their documentation."""
    described = tree / "botocore" / "data"
    for folder in sorted(path for path in described.iterdir() if path.is_dir()):
        if folder.name not in AWS_SERVICES:
            shutil.rmtree(folder)
    for service in AWS_SERVICES:
        _drop_older_versions(described / service)
    prefixes = {_endpoint_prefix(described / service) for service in AWS_SERVICES}
    _cut_endpoints(described / "endpoints.json", prefixes)
    for packed in sorted(described.glob("*/*/*.json.gz")):
        _unpack_without_documentation(packed)


def record_answers(path: Sequence[Path]) -> object:
    """What botocore says about every service and region, in a fresh interpreter with this import path."""
    command = [sys.executable, "-I", "-S", "-B", "-W", "ignore", str(Path(service_answers.__file__))]
    asked = json.dumps({"path": [str(entry) for entry in path], "services": AWS_SERVICES})
    finished = subprocess.run(  # noqa: S603
        command, input=asked, capture_output=True, text=True, timeout=PROOF_SECONDS, check=False
    )
    if finished.returncode:
        raise ServiceModelsError(f"botocore does not know a service of the product:\n{finished.stderr}")
    answers: object = json.loads(finished.stdout)
    return answers


def prove_same_answers(before: object, after: object) -> None:
    """Stop the build when botocore would call an AWS service differently than as it was released."""
    if before != after:
        raise ServiceModelsError(
            "After cutting down, botocore describes a service or an endpoint differently."
        )


def without_documentation(model: object) -> object:
    """A model without its prose. A member of that name is an object and stays."""
    if isinstance(model, dict):
        return {
            key: without_documentation(value)
            for key, value in model.items()
            if not (key == "documentation" and isinstance(value, str))
        }
    if isinstance(model, list):
        return [without_documentation(entry) for entry in model]
    return model


def _drop_older_versions(service: Path) -> None:
    *older, _newest = sorted(path for path in service.iterdir() if path.is_dir())
    for folder in older:
        shutil.rmtree(folder)


def _endpoint_prefix(service: Path) -> str:
    packed = next(service.glob("*/service-2.json.gz"))
    prefix = json.loads(gzip.decompress(packed.read_bytes()))["metadata"]["endpointPrefix"]
    if not isinstance(prefix, str):
        raise ServiceModelsError(f"{packed} names no endpoint prefix.")
    return prefix


def _cut_endpoints(file: Path, prefixes: set[str]) -> None:
    endpoints = json.loads(file.read_text(encoding="utf-8"))
    for partition in endpoints["partitions"]:
        services = partition["services"]
        partition["services"] = {name: entry for name, entry in services.items() if name in prefixes}
    _write(file, endpoints)


def _unpack_without_documentation(packed: Path) -> None:
    _write(packed.with_suffix(""), without_documentation(json.loads(gzip.decompress(packed.read_bytes()))))
    packed.unlink()


def _write(file: Path, content: object) -> None:
    file.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")
