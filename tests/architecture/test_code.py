"""The direction of imports, handlers without an environment, and what a cold start must not load."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import linebot
import pytest

from dev.local.template import read_template, resources_of
from layers.dependencies import lazy_exports
from tests.aws.deployment import Deployment

PROJECT: Final = Path(__file__).resolve().parents[2]
SHARED: Final = PROJECT / "layers/shared/python"
FUNCTIONS: Final = sorted(
    path.name for path in (PROJECT / "functions").iterdir() if (path / "handler.py").exists()
)
DEPLOYED: Final = sorted([*(PROJECT / "functions").rglob("*.py"), *SHARED.rglob("*.py")])

NOWHERE: Final = ("aiohttp", "aws_xray_sdk", "async_timeout", "jsonpath_ng", "dev", "tests")
"""Time and size that buy nothing here: asynchronous clients, tracing by hand; and what is not deployed."""

SENDS_NOTHING: Final = {"line_webhook", "line_pay_return", "quote_page", "backoffice_events", "order_events"}
KNOWS_NO_LINE_PAY: Final = set(FUNCTIONS) - {"line_pay_checkout", "reconciliation", "operator_desk"}

WARM: Final = """
import sys
sys.path[:0] = {path!r}
{before}
import functions.{function}.handler
{after}
print("\\n".join(sorted(sys.modules)))
"""
# What the first call of each function makes; clients need a region and settings, but reach for nothing.
FIRST_CALL: Final = {
    "line_webhook": "line_door",
    "line_pay_return": "payment_page",
    "quote_page": "quote_pages",
    "backoffice_events": "back_office_door",
    "inquiry_to_quote": "chat",
    "order_status": "order_lookup",
    "order_events": "order_events",
    "shipping_notifications": "received_events",
    "sweeper": "sweeping",
}


@pytest.fixture(scope="session")
def lean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SDK of LINE as the layer's build leaves it: names are imported when they are asked for."""
    tree = tmp_path_factory.mktemp("lean")
    assert linebot.__file__ is not None
    shutil.copytree(
        Path(linebot.__file__).parent, tree / "linebot", ignore=shutil.ignore_patterns("__pycache__")
    )
    lazy_exports.rewrite_packages(tree, lazy_exports.packages_below(tree, "linebot"))
    return tree


def fresh(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in an interpreter that knows nothing but the installed packages."""
    return subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-I", "-W", "error", "-c", code],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def modules_after(function: str, lean: Path, after: str = "", **environment: str) -> set[str]:
    path = [str(lean), str(PROJECT), str(SHARED)]
    done = fresh(WARM.format(path=path, function=function, before="", after=after), **environment)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def names_of(modules: set[str], *forbidden: str) -> set[str]:
    return {
        module for module in modules for name in forbidden if module == name or module.startswith(f"{name}.")
    }


def test_imports_point_inwards() -> None:
    done = subprocess.run(  # noqa: S603 - a tool of the project
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(SHARED)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("path", DEPLOYED, ids=lambda path: str(path.relative_to(PROJECT)))
def test_what_is_deployed_imports_nothing_of_the_workshop(path: Path) -> None:
    imported = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "absolute imports only"
            imported.add(str(node.module).partition(".")[0])
    assert not imported & {"dev", "tests", "bench", "moto", "pytest", "starlette", "uvicorn", "httpx"}


# Patched before a handler is imported: whoever touches one of these at import is found out.
TRIPWIRES: Final = """
import os, socket
class Watched(type(os.environ)):
    pass
asked = []
class Environment(dict):
    def get(self, name, *default):
        asked.append(name)
        return super().get(name, *default)
    def __getitem__(self, name):
        asked.append(name)
        return super().__getitem__(name)
def refuse(*_arguments, **_named):
    raise AssertionError("a client or a connection at import")
import boto3
import storefront.settings
socket.socket.connect = refuse
boto3.client = boto3.resource = refuse
os.environ = Environment()
"""


def environment_of(function: str) -> dict[str, str]:
    """The variables that the template gives to the function of a folder."""
    deployment = Deployment()
    (logical_id,) = (
        each for each in deployment.functions() if deployment.folder(each) == f"functions/{function}"
    )
    return deployment.environment(logical_id)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_imports_with_an_empty_environment_and_does_nothing_meanwhile(function: str) -> None:
    path = [str(PROJECT), str(SHARED)]
    settings = sorted({name for each in FUNCTIONS for name in environment_of(each)})
    done = fresh(
        WARM.format(
            path=path,
            function=function,
            before=TRIPWIRES,
            after=f"read = set(asked) & set({settings!r})\nassert not read, read\nimport storefront.bootstrap as b\n"
            "made = [n for n, v in vars(b).items() if hasattr(v, 'cache_info') and v.cache_info().currsize]\n"
            "assert not made, made",
        )
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_cold_start_loads_nothing_that_it_does_not_need(function: str, lean: Path) -> None:
    modules = modules_after(function, lean)
    assert not names_of(modules, *NOWHERE)
    assert not {module for module in modules if "async_" in module}
    if function in SENDS_NOTHING:
        assert not names_of(modules, "linebot", "linepay", "requests")
    if function in KNOWS_NO_LINE_PAY:
        assert not names_of(modules, "linepay", "requests")


def test_the_webhook_s_door_loads_no_models_and_no_sdk_but_boto3(lean: Path) -> None:
    modules = modules_after("line_webhook", lean)
    assert not names_of(
        modules,
        "linebot",
        "linepay",
        "pydantic",
        "requests",
        "msgspec",
        "aws_lambda_powertools.utilities.parser",
        "aws_lambda_powertools.utilities.data_classes",
        "aws_lambda_powertools.event_handler",
        "storefront.services.chat",
        "storefront.messages.render",
    )


@pytest.mark.parametrize(("function", "made"), FIRST_CALL.items())
def test_the_first_call_loads_nothing_that_it_does_not_need(function: str, made: str, lean: Path) -> None:
    filled = {"STAFF_LINE_USER_IDS": "U" + "5afe" * 8}
    variables = {
        name: value or filled.get(name, "https://shop.example")
        for name, value in environment_of(function).items()
    }
    after = f"from storefront import bootstrap\nbootstrap.{made}()"
    modules = modules_after(function, lean, after, AWS_DEFAULT_REGION="ap-northeast-1", **variables)
    assert not names_of(modules, *NOWHERE, "linepay", "requests")
    assert not {module for module in modules if "async_" in module}
    if function in SENDS_NOTHING:
        assert not names_of(modules, "linebot")
    if function == "line_webhook":
        assert not names_of(modules, "pydantic", "msgspec")


def test_every_function_folder_is_in_the_template_and_back() -> None:
    template = read_template(PROJECT / "template.yaml")
    folders = {str(each["CodeUri"]) for _, each in resources_of(template, "AWS::Serverless::Function")}
    assert folders == {f"functions/{name}" for name in FUNCTIONS}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_one_file_that_says_what_triggers_it(function: str) -> None:
    folder = PROJECT / "functions" / function
    assert [path.name for path in folder.iterdir() if path.name != "__pycache__"] == ["handler.py"]
    tree = ast.parse((folder / "handler.py").read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert "handler" in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
