"""Cold start: what each function costs from a fresh interpreter until it could handle its first event.

    python -m bench.cold_start [--runs 7] [--function line_webhook …] [--scenario lean …] [--instructions]

Every start is a new process that sees the standard library, the built layers and the handler. Scenarios
take turns, so that a busy moment of the machine hits them all. Read the ratios: these are not AWS's
milliseconds. Instruction counts (valgrind) hardly move between runs and are what two versions can be
compared by. No figure here fails anything; a function that cannot start does.
"""

import argparse
import ast
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.support.layers import PROJECT, WORK, BuiltLayers, Scenario, build_layers
from bench.support.secret_store import secret_store
from dev.local.template import Json, read_template, resources_of

ONE_START = Path(__file__).resolve().parent / "support" / "one_start.py"
RESULT = WORK / "cold_start.json"
RUNS = 7
START_SECONDS = 60
VALGRIND_SECONDS = 1200


@dataclass(frozen=True, eq=False)
class Function:
    """A function of the template: its folder, its environment, and what it makes when its first event arrives."""

    name: str
    folder: Path
    environment: Mapping[str, str]
    makes: tuple[str, ...]


@dataclass(frozen=True)
class Start:
    """One cold start, in milliseconds of CPU time."""

    imported: float
    made: float
    modules: int


@dataclass(frozen=True)
class Figure:
    """The medians of a function's starts under one scenario, in milliseconds of CPU time and in instructions."""

    function: str
    scenario: Scenario
    imported: float
    made: float
    total: float
    modules: int
    runs: int
    instructions: int | None


class CannotStartError(Exception):
    """A function did not get ready for its first event."""


def functions_of(template: Json) -> list[Function]:
    """The functions of a template that have a folder, in the order in which a message meets them."""
    shared: Json = template.get("Globals", {}).get("Function", {})
    found = []
    for _, properties in resources_of(template, "AWS::Serverless::Function"):
        if "CodeUri" not in properties:
            continue
        folder = PROJECT / str(properties["CodeUri"])
        variables = [*_variables(shared), *_variables(properties)]
        environment = {name: _stand_in(name) for name in variables}
        makes = made_by(folder.joinpath("handler.py").read_text(encoding="utf-8"))
        found.append(Function(folder.name, folder, environment, makes))
    return found


def made_by(handler: str) -> tuple[str, ...]:
    """The functions of `storefront.bootstrap` that a handler's source calls, each once, in the order of the text."""
    calls = [
        call.func
        for call in ast.walk(ast.parse(handler))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
    ]
    calls.sort(key=lambda function: (function.lineno, function.col_offset))
    return tuple(
        dict.fromkeys(
            call.attr for call in calls if isinstance(call.value, ast.Name) and call.value.id == "bootstrap"
        )
    )


def _variables(properties: Json) -> list[str]:
    return list(properties.get("Environment", {}).get("Variables", {}))


def _stand_in(variable: str) -> str:
    if variable.endswith("_URL"):
        return "https://bench.invalid"
    return {"POWERTOOLS_LOG_LEVEL": "INFO", "LINE_PAY_API_VERSION": "v4"}.get(variable, "bench")


def _environment(function: Function, layers: BuiltLayers, endpoint: str) -> dict[str, str]:
    timers = {name: "600" for name in function.environment if name.endswith("_SECONDS")}
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{function.folder}:{layers.python_path}",
        "PYTHONHASHSEED": "0",
        "AWS_REGION": "ap-northeast-1",
        "AWS_DEFAULT_REGION": "ap-northeast-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_EC2_METADATA_DISABLED": "true",
        **function.environment,
        **timers,
    }


def start(function: Function, layers: BuiltLayers, endpoint: str) -> Start:
    """Start a function once, in a fresh interpreter that writes no byte code.

    Raises:
        CannotStartError: it did not get ready.
    """
    command = [sys.executable, "-S", "-B", str(ONE_START), *function.makes]
    environment = _environment(function, layers, endpoint)
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    if done.returncode:
        raise CannotStartError(f"{function.name}: {done.stderr.strip().splitlines()[-1]}")
    imported, made, modules = done.stdout.split()[-3:]
    return Start(int(imported) / 1e6, int(made) / 1e6, int(modules))


def count_instructions(function: Function, layers: BuiltLayers, endpoint: str) -> int:
    """The instructions of a whole start, interpreter included, as valgrind counts them."""
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    command = [*valgrind, sys.executable, "-S", "-B", str(ONE_START), *function.makes]
    environment = _environment(function, layers, endpoint)
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=VALGRIND_SECONDS, check=False
    )
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode or not counted:
        raise CannotStartError(f"{function.name} under valgrind: {done.stderr.strip().splitlines()[-1]}")
    return int(counted[1])


def figure(turn: tuple[Function, Scenario], starts: Sequence[Start], instructions: int | None) -> Figure:
    """The medians of some starts."""
    return Figure(
        function=turn[0].name,
        scenario=turn[1],
        imported=round(statistics.median(one.imported for one in starts), 1),
        made=round(statistics.median(one.made for one in starts), 1),
        total=round(statistics.median(one.imported + one.made for one in starts), 1),
        modules=starts[-1].modules,
        runs=len(starts),
        instructions=instructions,
    )


def table(figures: Sequence[Figure]) -> str:
    """The figures as text: a row per function and scenario, with the ratio to the function's first scenario."""
    lines = [
        f"{'function':24} {'scenario':10} {'import':>8} {'make':>8} {'ready':>8} {'ratio':>6} {'modules':>8}"
        f" {'million instructions':>21}"
    ]
    first: dict[str, float] = {}
    for row in figures:
        ratio = row.total / first.setdefault(row.function, row.total)
        counted = f"{row.instructions / 1e6:,.0f}" if row.instructions else "-"
        cells = f"{row.imported:8.1f} {row.made:8.1f} {row.total:8.1f} {ratio:6.2f} {row.modules:8}"
        lines.append(f"{row.function:24} {row.scenario:10} {cells} {counted:>21}")
    return "\n".join(lines)


def measure(
    functions: Sequence[Function],
    layers: Mapping[Scenario, BuiltLayers],
    endpoint: str,
    runs: int,
    *,
    instructions: bool,
) -> list[Figure]:
    """Start every function under every scenario, taking turns."""
    turns = [(function, scenario) for function in functions for scenario in layers]
    starts: dict[tuple[Function, Scenario], list[Start]] = {turn: [] for turn in turns}
    for _ in range(runs):
        for function, scenario in turns:
            starts[function, scenario].append(start(function, layers[scenario], endpoint))
    counted = {
        (function, scenario): count_instructions(function, layers[scenario], endpoint)
        for function, scenario in (turns if instructions else [])
    }
    return [figure(turn, taken, counted.get(turn)) for turn, taken in starts.items()]


def able_to_start(
    functions: Sequence[Function], layers: Mapping[Scenario, BuiltLayers], endpoint: str
) -> list[Function]:
    """The functions that start; what ails the others goes to standard error. Warms the file cache on the way."""
    able = []
    for function in functions:
        try:
            for built in layers.values():
                start(function, built, endpoint)
        except CannotStartError as error:
            sys.stderr.write(f"{error}\n")
        else:
            able.append(function)
    return able


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for, print it and keep it; 1 when a function cannot start."""
    known = functions_of(read_template(PROJECT / "template.yaml"))
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--function", choices=[function.name for function in known], action="append")
    parser.add_argument("--scenario", type=Scenario, choices=list(Scenario), action="append")
    parser.add_argument("--instructions", action="store_true", help="count instructions with valgrind (slow)")
    options = parser.parse_args(arguments)
    if options.instructions and not shutil.which("valgrind"):
        parser.error("--instructions needs valgrind on PATH")
    functions = [function for function in known if function.name in (options.function or [function.name])]
    layers = {scenario: build_layers(scenario) for scenario in options.scenario or Scenario}
    with secret_store() as endpoint:
        able = able_to_start(functions, layers, endpoint)
        figures = measure(able, layers, endpoint, options.runs, instructions=options.instructions)
    print(f"Cold start in milliseconds of CPU time, medians of {options.runs} starts")
    print("The ratio is to the function's first scenario\n")
    print(table(figures))
    WORK.mkdir(parents=True, exist_ok=True)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    kept = {"when": when, "figures": [asdict(row) for row in figures]}
    RESULT.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    print(f"\nKept in {RESULT.relative_to(PROJECT)}")
    return 0 if len(able) == len(functions) else 1


if __name__ == "__main__":
    sys.exit(main())
