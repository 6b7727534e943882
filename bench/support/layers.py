"""The layers that the benches compare: as `sam build` alone would leave them, with byte code, and lean."""

import hashlib
import shutil
from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from layers.dependencies import build_layer, byte_code, wheels
from layers.dependencies.build_layer import Step

PROJECT = Path(__file__).resolve().parents[2]
STOREFRONT = PROJECT / "layers" / "shared" / "python"
BUILD_TOOLS = PROJECT / "layers" / "dependencies"
WORK = PROJECT / ".local" / "bench"


class Scenario(StrEnum):
    """A way to build the layers."""

    PLAIN = "plain"
    BYTE_CODE = "byte-code"
    LEAN = "lean"


STEPS: Mapping[Scenario, Set[Step]] = {
    Scenario.PLAIN: frozenset(),
    Scenario.BYTE_CODE: frozenset({Step.BYTE_CODE}),
    Scenario.LEAN: frozenset(Step),
}


@dataclass(frozen=True)
class BuiltLayers:
    """Where a scenario's third-party packages and the storefront package lie."""

    dependencies: Path
    storefront: Path

    @property
    def python_path(self) -> str:
        """What PYTHONPATH has to be for an interpreter to see these layers, in Lambda's order."""
        return f"{self.dependencies}:{self.storefront}"


def build_layers(scenario: Scenario) -> BuiltLayers:
    """Build a scenario's layers for this machine; the third-party one only when its ingredients have changed."""
    folder = WORK / "layers" / scenario
    built = BuiltLayers(folder / "dependencies", folder / "storefront")
    stamp = folder / "dependencies.stamp"
    ingredients = _ingredients()
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != ingredients:
        stamp.unlink(missing_ok=True)
        build_layer.build(_architecture(), built.dependencies, STEPS[scenario])
        stamp.write_text(ingredients, encoding="utf-8")
    if built.storefront.exists():
        shutil.rmtree(built.storefront)
    if scenario is Scenario.PLAIN:
        shutil.copytree(STOREFRONT, built.storefront, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        byte_code.copy_and_compile(STOREFRONT, built.storefront)
    return built


def _architecture() -> str:
    fitting = [architecture for architecture in wheels.MACHINES if wheels.is_this_machine(architecture)]
    if not fitting:
        raise SystemExit("The benches load the layers' compiled modules: they need Linux on x86-64 or arm64.")
    return fitting[0]


def _ingredients() -> str:
    digest = hashlib.sha256()
    for path in sorted([wheels.LOCKED, *BUILD_TOOLS.glob("*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
