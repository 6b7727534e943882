"""The third-party layer as it will be deployed: built the way `sam build` does it, for both architectures."""

import ast
import hashlib
import importlib.util
import json
import os
import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dev.local.template import read_template
from layers.dependencies import byte_code, pruning, service_models, wheels
from layers.dependencies.build_layer import Step, StepError, build
from layers.dependencies.byte_code import ByteCodeError, compile_tree, copy_and_compile
from layers.dependencies.pruning import PruningError, drop_unreachable
from layers.dependencies.service_models import (
    AWS_SERVICES,
    ServiceModelsError,
    prove_same_answers,
    without_documentation,
)

PROJECT = Path(__file__).resolve().parents[2]
LAYER = PROJECT / "layers" / "dependencies"
DEPLOYED_CODE = (PROJECT / "functions", PROJECT / "layers" / "shared" / "python")

# AWS refuses a function whose layers exceed 250 MB unzipped; growing to a fifth of that deserves a look.
LARGEST_LAYER = 50_000_000

ELF_MACHINES = {"x86_64": 62, "arm64": 183}
UNCHECKED_HASH = 1

# Everything that the product takes from the layer, done once in an interpreter that has nothing else.
WHAT_THE_PRODUCT_USES = """
import json
from linebot.v3.messaging import ApiClient, Configuration, FlexMessage, MessagingApi, PushMessageRequest
from linebot.v3.messaging import ReplyMessageRequest, TextMessage
from linebot.v3.webhook import SignatureValidator
import linepay, msgspec, pydantic
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.utilities import parameters
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, SqsFifoPartialProcessor
import boto3

class Cart(pydantic.BaseModel):
    quantity: int

flex = {
    "type": "flex",
    "altText": "NT$720",
    "contents": {
        "type": "bubble",
        "body": {
            "type": "box",
            "layout": "vertical",
            "contents": [
                {"type": "text", "text": "NT$720", "weight": "bold"},
                {"type": "button", "action": {"type": "postback", "label": "Accept", "data": "a=1"}},
            ],
        },
    },
}
text = {"type": "text", "text": "hello"}
client = ApiClient(Configuration(access_token="t"))
push = PushMessageRequest(to="U1", messages=[FlexMessage.from_dict(flex), TextMessage(text="hello")])
reply = ReplyMessageRequest.from_dict({"replyToken": "r", "messages": [text]})
session = boto3.Session("key", "secret", region_name="ap-northeast-1")
json.dump({
    "sent": client.sanitize_for_serialization(push),
    "expected": {"notificationDisabled": False, "to": "U1", "messages": [flex, text]},
    "reply": client.sanitize_for_serialization(reply)["messages"],
    "secrets": parameters.SecretsProvider.__name__,
    "endpoints": {name: session.client(name).meta.endpoint_url for name in sys.argv[1:]},
    "cart": Cart.model_validate_json('{"quantity": 3}').quantity,
    "modules": sorted(sys.modules),
}, sys.stdout)
"""


@dataclass(frozen=True)
class Layer:
    """A built layer and the import path with which this machine can load it."""

    architecture: str
    tree: Path
    path: list[Path]


def make_layer(architecture: str, artifacts: Path) -> Path:
    """Run the Makefile as `sam build` does: in the architecture's folder, told where to put the result."""
    command = ["make", "--makefile", str(LAYER / "Makefile"), "build-DependenciesLayer"]
    where = LAYER / "platforms" / architecture
    environment = os.environ | {"ARTIFACTS_DIR": str(artifacts)}
    done = subprocess.run(  # noqa: S603
        command, cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return artifacts / "python"


@pytest.fixture(scope="module", params=sorted(wheels.MACHINES))
def layer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Layer:
    architecture: str = request.param
    folder = tmp_path_factory.mktemp(architecture)
    tree = make_layer(architecture, folder / "artifacts")
    path = wheels.import_path(tree, architecture, folder)
    return Layer(architecture, tree, path)


def run_in(layer: Layer, script: str, *arguments: str) -> str:
    """What a script prints in an interpreter that sees the standard library and the layer."""
    given = f"import sys; sys.path[:0] = {[str(entry) for entry in layer.path]!r}\n{script}"
    command = [sys.executable, "-I", "-S", "-B", "-c", given, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_the_product_uses_works(layer: Layer) -> None:
    answer = json.loads(run_in(layer, WHAT_THE_PRODUCT_USES, *AWS_SERVICES))

    assert answer["sent"] == answer["expected"]
    assert answer["reply"] == [{"type": "text", "text": "hello"}]
    assert (answer["secrets"], answer["cart"]) == ("SecretsProvider", 3)
    assert answer["endpoints"] == {
        "dynamodb": "https://dynamodb.ap-northeast-1.amazonaws.com",
        "secretsmanager": "https://secretsmanager.ap-northeast-1.amazonaws.com",
        "sqs": "https://sqs.ap-northeast-1.amazonaws.com",
        "stepfunctions": "https://states.ap-northeast-1.amazonaws.com",
        "sts": "https://sts.ap-northeast-1.amazonaws.com",
    }
    loaded = {name.partition(".")[0] for name in answer["modules"]}
    assert loaded & {"aiohttp", "attr", "multidict", "yarl"} == set()
    assert [name for name in answer["modules"] if name.startswith("linebot") and "async" in name] == []


def test_one_message_type_does_not_load_the_whole_sdk(layer: Layer) -> None:
    script = (
        "import json\nfrom linebot.v3.messaging import TextMessage\nprint(json.dumps(sorted(sys.modules)))"
    )

    modules = [name for name in json.loads(run_in(layer, script)) if name.startswith("linebot.v3.")]

    assert "linebot.v3.messaging.models.text_message" in modules
    assert not {"linebot.v3.webhook", "linebot.v3.messaging.api_client", "linebot.v3.messaging.api"} & set(
        modules
    )
    assert len(modules) < 20


def test_the_asynchronous_clients_are_gone_without_a_trace(layer: Layer) -> None:
    script = """
import importlib.util, json
import linebot.v3.messaging as messaging
from linebot.v3.messaging import *
print(json.dumps([
    hasattr(messaging, "AsyncApiClient"), [name for name in dir(messaging) if "async" in name.lower()],
    importlib.util.find_spec("aiohttp"), MessagingApi.__name__,
]))
"""
    assert json.loads(run_in(layer, script)) == [False, [], None, "MessagingApi"]


def test_compiled_modules_are_the_architectures_own(layer: Layer) -> None:
    headers = {module.name: module.read_bytes()[:20] for module in sorted(layer.tree.rglob("*.so"))}

    assert headers
    assert {
        name: (header[:4], struct.unpack("<H", header[18:20])[0]) for name, header in headers.items()
    } == (dict.fromkeys(headers, (b"\x7fELF", ELF_MACHINES[layer.architecture])))


def test_every_source_file_has_byte_code_that_is_never_checked(layer: Layer) -> None:
    sources = sorted(layer.tree.rglob("*.py"))
    headers = [Path(importlib.util.cache_from_source(str(path))).read_bytes()[:8] for path in sources]

    assert len(sources) > 1000
    assert set(headers) == {importlib.util.MAGIC_NUMBER + struct.pack("<I", UNCHECKED_HASH)}


def test_only_our_aws_services_are_described(layer: Layer) -> None:
    described = layer.tree / "botocore" / "data"
    models = [path.read_text(encoding="utf-8") for path in sorted(described.rglob("service-2.json"))]

    assert sorted(path.name for path in described.iterdir() if path.is_dir()) == sorted(AWS_SERVICES)
    assert list(described.rglob("*.gz")) == []
    assert len(models) == len(AWS_SERVICES)
    assert '"documentation":"' not in "".join(models)


def test_the_layer_stays_small(layer: Layer) -> None:
    sizes = pruning.sizes(layer.tree)
    largest = sorted(sizes.items(), key=lambda entry: -entry[1])[:8]
    shown = [f"{layer.architecture}: {sum(sizes.values()) / 1e6:.1f} MB"]
    shown += [f"  {size / 1e6:5.1f} MB {name}" for name, size in largest]
    print("\n".join(shown))  # noqa: T201  (read with pytest -s)

    assert sum(sizes.values()) < LARGEST_LAYER
    assert list(layer.tree.rglob("RECORD")) == []


@pytest.mark.parametrize("layer", ["arm64"], indirect=True)
def test_a_second_build_is_identical(layer: Layer, tmp_path: Path) -> None:
    assert fingerprint(make_layer(layer.architecture, tmp_path)) == fingerprint(layer.tree)


def fingerprint(tree: Path) -> Mapping[str, tuple[str, int]]:
    """Content and mode of every file of a tree."""
    return {
        path.relative_to(tree).as_posix(): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mode,
        )
        for path in sorted(tree.rglob("*"))
        if path.is_file()
    }


def test_the_lock_file_is_part_of_what_sam_watches() -> None:
    assert (LAYER / "requirements.txt").resolve() == PROJECT / "requirements" / "layer.txt"
    assert sorted(path.name for path in (LAYER / "platforms").iterdir()) == sorted(wheels.MACHINES)


def test_the_template_declares_each_layer_so_that_its_makefile_can_build_it() -> None:
    resources = read_template(PROJECT / "template.yaml")["Resources"]
    layers = {
        name: entry for name, entry in resources.items() if entry["Type"] == "AWS::Serverless::LayerVersion"
    }
    makefiles = {
        name: PROJECT / entry["Properties"]["ContentUri"] / "Makefile" for name, entry in layers.items()
    }

    assert sorted(layers) == ["DependenciesLayer", "StorefrontLayer"]
    assert {entry["Metadata"]["BuildMethod"] for entry in layers.values()} == {"makefile"}
    assert all(f"\nbuild-{name}:" in path.read_text(encoding="utf-8") for name, path in makefiles.items())
    assert layers["DependenciesLayer"]["Metadata"]["WorkingDirectory"] == {
        "Fn::Sub": "layers/dependencies/platforms/${Architecture}"
    }


def test_deployed_code_calls_no_service_that_the_layer_left_out() -> None:
    sources = [path for folder in DEPLOYED_CODE for path in sorted(folder.rglob("*.py"))]

    assert sources
    assert {
        f"{path.relative_to(PROJECT)}: {service}"
        for path in sources
        for service in services_called(path.read_text(encoding="utf-8"))
        if service not in AWS_SERVICES
    } == set()


def services_called(source: str) -> list[str]:
    """The service names with which a source file makes boto3 or botocore clients."""
    return [
        call.args[0].value
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func).rpartition(".")[2] in {"client", "resource", "create_client"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    ]


def test_the_search_for_clients_finds_them() -> None:
    source = (
        "boto3.client('sqs')\nsession.client('s3', region_name=r)\ncreate_client('events')\nclient(name)\n"
    )

    assert services_called(source) == ["sqs", "s3", "events"]


def test_pruning_needs_lazy_exports(tmp_path: Path) -> None:
    with pytest.raises(StepError, match="cannot be pruned"):
        build("x86_64", tmp_path / "python", {Step.PRUNE, Step.BYTE_CODE})
    assert not (tmp_path / "python").exists()


def test_a_pruning_rule_that_fits_nothing_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(PruningError, match="aiohappyeyeballs"):
        drop_unreachable(tmp_path)


def test_a_source_file_that_does_not_compile_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("print 'two'\n", encoding="utf-8")

    with pytest.raises(ByteCodeError, match=r"^/opt/python/broken\.py: "):
        compile_tree(tmp_path)


def test_a_service_described_differently_stops_the_build() -> None:
    before = {"sqs": {"operations": {"SendMessage": ["POST"]}}}

    prove_same_answers(before, {"sqs": {"operations": {"SendMessage": ["POST"]}}})
    with pytest.raises(ServiceModelsError):
        prove_same_answers(before, {"sqs": {"operations": {}}})


def test_documentation_is_prose_and_not_a_member_of_that_name() -> None:
    member = {
        "type": "structure",
        "members": {"documentation": {"shape": "Text", "documentation": "A text."}},
    }

    assert without_documentation({"documentation": "All of it.", "shapes": [member]}) == {
        "shapes": [{"type": "structure", "members": {"documentation": {"shape": "Text"}}}]
    }


def test_a_layer_without_botocore_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(ServiceModelsError, match="No module named 'botocore'"):
        service_models.record_answers([tmp_path])


def test_a_copied_package_gets_fresh_byte_code_under_its_name_in_lambda(tmp_path: Path) -> None:
    source, into = tmp_path / "source", tmp_path / "into"
    (source / "shop" / "__pycache__").mkdir(parents=True)
    (source / "shop" / "__init__.py").write_text('"""A shop."""\n', encoding="utf-8")
    (source / "shop" / "prices.csv").write_text("sku,price\n", encoding="utf-8")
    (source / "shop" / "__pycache__" / "closed.cpython-313.pyc").write_bytes(b"old")

    assert copy_and_compile(source, into) == 1

    assert sorted(path.relative_to(into).as_posix() for path in into.rglob("*") if path.is_file()) == [
        "shop/__init__.py",
        "shop/__pycache__/__init__.cpython-313.pyc",
        "shop/prices.csv",
    ]
    compiled = (into / "shop" / "__pycache__" / "__init__.cpython-313.pyc").read_bytes()
    assert f"{byte_code.WHERE_LAMBDA_UNPACKS_LAYERS}/shop/__init__.py".encode() in compiled
