"""The run overlay: the built template, changed so that the local AWS runs it as AWS would.

The unmodified build deploys to the local AWS as well (`make rehearsal`), but does not run there: its own
Python executor hides the class of every exception; routes of an HTTP API and paths of timeouts are ignored.
So

- each function becomes a custom runtime whose `bootstrap` starts Lambda's runtime client on the built code,
- each route of an HTTP API becomes the integration, route and permission that it stands for,
- each `TimeoutSecondsPath` becomes the value that the stack parameter of that name has in this run; the wait for
  a decision, whose length differs from round to round, becomes equal steps that meet the reminder and the end.

Nothing here touches a file: `write_overlay` in `dev.local.deploying` does.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

from dev.local.template import Json, resources_of

MOST_STEPS = 20
API_ID = "10ca1a91"
IMPLICIT_API = "ServerlessHttpApi"
# What a custom runtime on a pinned copy of the code has no use for.
FUNCTION_PROPERTIES_DROPPED = (
    "Layers",
    "SnapStart",
    "AutoPublishAlias",
    "DeploymentPreference",
    "InlineCode",
)
GLOBALS_DROPPED = (*FUNCTION_PROPERTIES_DROPPED, "Runtime", "Handler", "CodeUri")
HTTP_EVENTS_REFUSED = ("Auth", "RouteSettings")


class OverlayError(Exception):
    """The template holds what the overlay does not know how to run; the message says what and where."""


@dataclass(frozen=True)
class FunctionRuntime:
    """How the local run starts Lambda's Python runtime."""

    python: Path
    client: Path  # a folder that holds nothing but awslambdaric and what it imports
    logs: Path


@dataclass(frozen=True)
class OverlayFile:
    """A file that stands beside the overlay, by its path relative to it."""

    path: str
    text: str
    executable: bool = False


@dataclass(frozen=True)
class Overlay:
    template: Json
    files: tuple[OverlayFile, ...]


def overlay(
    built: Json,
    *,
    build_folder: Path,
    runtime: FunctionRuntime,
    parameters: Mapping[str, str],
    read: Callable[[Path], str] = lambda path: path.read_text(encoding="utf-8"),
) -> Overlay:
    """`built` is what `sam build` left in `build_folder`; it is not changed. Raises OverlayError."""
    template = deepcopy(built)
    resources: Json = template["Resources"]
    values = parameter_values(template, parameters)
    files = [
        *_custom_runtimes(template, build_folder, runtime),
        *_literal_timeouts(resources, build_folder, values, read),
    ]
    _expand_http_apis(template)
    _drop_layers(template)
    _absolute_includes(template, build_folder)
    return Overlay(template, tuple(files))


def parameter_values(template: Json, parameters: Mapping[str, str]) -> dict[str, str]:
    """The value of each parameter in this run: the one chosen, else the template's default."""
    declared: Json = template.get("Parameters", {})
    unknown = sorted(set(parameters) - set(declared))
    if unknown:
        raise OverlayError(f"template.yaml has no parameter {', '.join(unknown)}, which the local run sets.")
    defaults = {name: str(body["Default"]) for name, body in declared.items() if "Default" in body}
    return {**defaults, **parameters}


# Functions ---------------------------------------------------------------------------------------------


def _custom_runtimes(template: Json, build_folder: Path, runtime: FunctionRuntime) -> Iterator[OverlayFile]:
    resources: Json = template["Resources"]
    shared: Json = template.get("Globals", {}).get("Function", {})
    for name, properties in resources_of(template, "AWS::Serverless::Function"):
        layers = [*shared.get("Layers", []), *properties.get("Layers", [])]
        folders = [build_folder / _code_uri(name, properties.get("CodeUri", shared.get("CodeUri")))]
        folders += [_layer_folder(name, layer, resources, build_folder) / "python" for layer in layers]
        handler = properties.get("Handler", shared.get("Handler"))
        if not isinstance(handler, str):
            raise OverlayError(f"{name}: no Handler.")
        for dropped in FUNCTION_PROPERTIES_DROPPED:
            properties.pop(dropped, None)
        properties |= {"Runtime": "provided.al2023", "Handler": "bootstrap", "CodeUri": f"functions/{name}"}
        resources[name].pop("Metadata", None)
        yield OverlayFile(
            f"functions/{name}/bootstrap", _bootstrap(name, handler, folders, runtime), executable=True
        )
    for dropped in GLOBALS_DROPPED:
        shared.pop(dropped, None)


def _code_uri(name: str, uri: Any) -> str:
    if not isinstance(uri, str):
        raise OverlayError(f"{name}: the build left no folder in CodeUri, but {uri!r}.")
    return uri


def _layer_folder(function: str, layer: Any, resources: Json, build_folder: Path) -> Path:
    reference = layer.get("Ref") if isinstance(layer, dict) else None
    resource = resources.get(reference, {}) if isinstance(reference, str) else {}
    if resource.get("Type") != "AWS::Serverless::LayerVersion":
        raise OverlayError(f"{function}: only layers of this template run locally, not {layer!r}.")
    return build_folder / _code_uri(str(reference), resource["Properties"].get("ContentUri"))


def _bootstrap(name: str, handler: str, folders: list[Path], runtime: FunctionRuntime) -> str:
    # -S: a function sees its code, its layers and the runtime client, nothing else that is installed here.
    path = ":".join(str(folder) for folder in (*folders, runtime.client))
    return "\n".join(
        (
            "#!/bin/sh",
            f"export LAMBDA_TASK_ROOT={shlex.quote(str(folders[0]))}",
            f"export PYTHONPATH={shlex.quote(path)}",
            f"export _HANDLER={shlex.quote(handler)}",
            "export AWS_EXECUTION_ENV=AWS_Lambda_python3.13 TZ=UTC PYTHONUNBUFFERED=1",
            # Every AWS call says which process makes it, so that dev.local.killing can find that one.
            f"export AWS_SDK_UA_APP_ID={shlex.quote(name)}-$$",
            'cd "$LAMBDA_TASK_ROOT" || exit 1',
            f"exec {shlex.quote(str(runtime.python))} -S -m awslambdaric {shlex.quote(handler)}"
            f" >>{shlex.quote(str(runtime.logs / f'{name}.log'))} 2>&1",
            "",
        )
    )


def _drop_layers(template: Json) -> None:
    layers = {name for name, _ in resources_of(template, "AWS::Serverless::LayerVersion")}
    for name in layers:
        del template["Resources"][name]
    outputs: Json = template.get("Outputs", {})
    for name in [name for name, output in outputs.items() if layers & set(_referenced(output))]:
        del outputs[name]


def _referenced(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("Ref"), str):
            yield value["Ref"]
        for part in value.values():
            yield from _referenced(part)
    elif isinstance(value, list):
        for part in value:
            yield from _referenced(part)


# Routes ------------------------------------------------------------------------------------------------


def _expand_http_apis(template: Json) -> None:
    resources: Json = template["Resources"]
    apis = [name for name, _ in resources_of(template, "AWS::Serverless::HttpApi")]
    routed = [
        (function, event, properties)
        for function, function_properties in resources_of(template, "AWS::Serverless::Function")
        for event, properties in _take_http_events(function, function_properties)
    ]
    if not apis and routed:
        apis = [IMPLICIT_API]
    if len(apis) > 1:
        raise OverlayError(f"The local run serves one HTTP API, but the template has {', '.join(apis)}.")
    template.get("Globals", {}).pop("HttpApi", None)
    for api in apis:
        resources[api] = {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": api, "ProtocolType": "HTTP", "Tags": {"ms-custom-id": API_ID}},
        }
        resources[f"{api}ApiGatewayDefaultStage"] = {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": api}, "StageName": "$default", "AutoDeploy": True},
        }
    for function, event, properties in routed:
        resources |= _route(apis[0], function, event, properties)


def _take_http_events(function: str, properties: Json) -> list[tuple[str, Json]]:
    events: Json = properties.get("Events", {})
    taken = [
        (name, event.get("Properties", {}))
        for name, event in events.items()
        if event.get("Type") == "HttpApi"
    ]
    for name, event in taken:
        refused = [key for key in HTTP_EVENTS_REFUSED if key in event]
        if refused:
            raise OverlayError(f"{function}.{name}: the local run cannot honour {', '.join(refused)}.")
        del events[name]
    if not events:
        properties.pop("Events", None)
    return taken


def _route(api: str, function: str, event: str, properties: Json) -> Json:
    integration = f"{function}{event}Integration"
    return {
        integration: {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": api},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Fn::GetAtt": [function, "Arn"]},
                "PayloadFormatVersion": properties.get("PayloadFormatVersion", "2.0"),
            },
        },
        f"{function}{event}Route": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": api},
                "RouteKey": route_key(properties),
                "Target": {"Fn::Sub": f"integrations/${{{integration}}}"},
            },
        },
        f"{function}{event}Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": function},
                "Principal": "apigateway.amazonaws.com",
            },
        },
    }


def route_key(properties: Json) -> str:
    """`POST /line/webhook`; a method of ANY stays the word that API Gateway uses."""
    if "Path" not in properties:
        return "$default"
    return f"{str(properties.get('Method', 'ANY')).upper()} {properties['Path']}"


# State machines ----------------------------------------------------------------------------------------


def _literal_timeouts(
    resources: Json, build_folder: Path, values: Mapping[str, str], read: Callable[[Path], str]
) -> Iterator[OverlayFile]:
    for name, properties in resources_of({"Resources": resources}, "AWS::Serverless::StateMachine"):
        if "Definition" in properties:
            properties["Definition"] = with_literal_timeouts(properties["Definition"], values)
            continue
        uri = properties.get("DefinitionUri")
        if not isinstance(uri, str):
            raise OverlayError(f"{name}: neither Definition nor a file in DefinitionUri.")
        definition = with_literal_timeouts(json.loads(read(build_folder / uri)), values)
        path = f"statemachines/{name}.asl.json"
        properties["DefinitionUri"] = path
        yield OverlayFile(path, json.dumps(definition, indent=2, ensure_ascii=False))


def with_literal_timeouts(definition: Any, values: Mapping[str, str]) -> Any:
    """The definition with `TimeoutSeconds` wherever it had `TimeoutSecondsPath`, as numbers."""
    if isinstance(definition, list):
        return [with_literal_timeouts(part, values) for part in definition]
    if not isinstance(definition, dict):
        return definition
    literal: Json = {}
    for key, value in definition.items():
        if key == "TimeoutSecondsPath":
            literal["TimeoutSeconds"] = _seconds(value, values)
        else:
            literal[key] = with_literal_timeouts(value, values)
    return literal


def _seconds(path: str, values: Mapping[str, str]) -> int:
    """`$.timers.quoteValiditySeconds` names the parameter QuoteValiditySeconds."""
    field = re.split(r"[.\[\]'\"]+", path.rstrip("]'\""))[-1]
    if field == "waitSeconds":
        return _step(_seconds("quoteReminderSeconds", values), _seconds("quoteValiditySeconds", values))
    parameter = field[:1].upper() + field[1:]
    if not values.get(parameter, "").isdigit():
        raise OverlayError(
            f"TimeoutSecondsPath {path}: the template has no parameter {parameter} in whole seconds."
        )
    return int(values[parameter])


def _step(reminder: int, validity: int) -> int:
    """The longest step by which both moments are met, but not so short that a quote is looked at all the time."""
    if reminder >= validity:
        return validity
    return max(gcd(reminder, validity), -(-validity // MOST_STEPS))


# Files that the template includes -----------------------------------------------------------------------


def _absolute_includes(value: Any, build_folder: Path) -> None:
    """The overlay lies in another folder than the build, so a relative place would miss."""
    if isinstance(value, list):
        for part in value:
            _absolute_includes(part, build_folder)
    elif isinstance(value, dict):
        transform = value.get("Fn::Transform")
        if isinstance(transform, dict) and transform.get("Name") == "AWS::Include":
            location = transform["Parameters"]["Location"]
            if isinstance(location, str) and "://" not in location:
                transform["Parameters"]["Location"] = str((build_folder / location).resolve())
        for part in value.values():
            _absolute_includes(part, build_folder)
