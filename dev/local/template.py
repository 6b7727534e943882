"""Reads what the local run needs to know from a SAM template: its resources, and the routes of its API."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]


class TemplateLoader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as their long forms: `!Ref X` as `{"Ref": "X"}`."""


def _short_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Json:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    if suffix in {"Ref", "Condition"}:
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


TemplateLoader.add_multi_constructor("!", _short_tag)


def read_template(path: Path) -> Json:
    with path.open(encoding="utf-8") as file:
        template: Json = yaml.load(file, Loader=TemplateLoader)  # noqa: S506 - a subclass of SafeLoader
    return template


def resources_of(template: Json, kind: str) -> Iterator[tuple[str, Json]]:
    """Logical ids and properties of all resources of one type, in the template's order."""
    for name, resource in template["Resources"].items():
        if resource.get("Type") == kind:
            yield name, resource.setdefault("Properties", {})


@dataclass(frozen=True)
class HttpRoute:
    """One route of the API, and the function behind it by its logical id."""

    method: str
    path: str
    function: str


def http_routes(template: Json) -> tuple[HttpRoute, ...]:
    return tuple(
        HttpRoute(str(event["Properties"]["Method"]).upper(), str(event["Properties"]["Path"]), function)
        for function, properties in resources_of(template, "AWS::Serverless::Function")
        for event in properties.get("Events", {}).values()
        if event.get("Type") == "HttpApi"
    )
