"""The stack of template.yaml under moto: its names, environments and permissions, and its resources as deployed.

Nothing about a table, a queue, a secret, a function or the state machine is said twice: all of it is read from
the template, so a setting or a permission that the template forgets is missing here, too.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, Final

import boto3

from dev.local.settings import ROOT
from dev.local.template import HttpRoute, Json, http_routes, read_template, resources_of

REGION: Final = "ap-northeast-1"
ACCOUNT: Final = "123456789012"
FUNCTION, TABLE, QUEUE = "AWS::Serverless::Function", "AWS::DynamoDB::Table", "AWS::SQS::Queue"
SECRET, MACHINE = "AWS::SecretsManager::Secret", "AWS::Serverless::StateMachine"
_PLACE: Final = re.compile(r"\$\{([^}]+)\}")


@cache
def template() -> Json:
    """template.yaml, read once; nobody changes it."""
    return read_template(ROOT / "template.yaml")


@dataclass(frozen=True)
class QueueTrigger:
    """A queue that a function consumes, by logical ids."""

    queue: str
    function: str
    batch_size: int


@dataclass
class Deployment:
    """Resolves what the template says; `parameters` overrides its defaults."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    stack: str = "shop"

    def __post_init__(self) -> None:
        self._pseudo = {
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": "amazonaws.com",
        }
        self.template = template()
        self.resources: Json = self.template["Resources"]
        self._parameters = {
            name: str(body.get("Default", "")) for name, body in self.template["Parameters"].items()
        } | dict(self.parameters)

    # Names -----------------------------------------------------------------------------------------------

    def of_kind(self, kind: str) -> dict[str, Json]:
        """Properties by logical id."""
        return dict(resources_of(self.template, kind))

    def functions(self) -> list[str]:
        return list(self.of_kind(FUNCTION))

    def folder(self, function: str) -> str:
        return str(self.resources[function]["Properties"]["CodeUri"])

    def function_name(self, function: str) -> str:
        return str(self.resolved(self.resources[function]["Properties"]["FunctionName"]))

    def function_named(self, name_or_arn: str) -> str | None:
        """The logical id behind a function's name or ARN, if the function is this stack's."""
        name = name_or_arn.rpartition(":")[2]
        return next((each for each in self.functions() if self.function_name(each) == name), None)

    def reference(self, logical_id: str) -> str:
        """What `Ref` gives."""
        kind = self.resources[logical_id]["Type"]
        if kind == QUEUE:
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self.queue_name(logical_id)}"
        if kind == TABLE:
            return f"{self.stack}-{logical_id}"
        if kind in {SECRET, MACHINE}:
            return self.arn(logical_id)
        return f"{self.stack}-{logical_id}"

    def queue_name(self, logical_id: str) -> str:
        fifo = self.resources[logical_id]["Properties"].get("FifoQueue", False)
        return f"{self.stack}-{logical_id}{'.fifo' if fifo else ''}"

    def arn(self, logical_id: str) -> str:
        kind = self.resources[logical_id]["Type"]
        where = f"{REGION}:{ACCOUNT}"
        match kind:
            case "AWS::SQS::Queue":
                return f"arn:aws:sqs:{where}:{self.queue_name(logical_id)}"
            case "AWS::DynamoDB::Table":
                return f"arn:aws:dynamodb:{where}:table/{self.reference(logical_id)}"
            case "AWS::SecretsManager::Secret":
                return f"arn:aws:secretsmanager:{where}:secret:{self.stack}-{logical_id}"
            case "AWS::Serverless::Function":
                return f"arn:aws:lambda:{where}:function:{self.function_name(logical_id)}"
            case "AWS::Serverless::StateMachine":
                name = self.resolved(self.resources[logical_id]["Properties"]["Name"])
                return f"arn:aws:states:{where}:stateMachine:{name}"
            case _:
                return f"arn:aws:other:{where}:{self.stack}-{logical_id}"

    # Resolving -------------------------------------------------------------------------------------------

    def resolved(self, value: Any) -> Any:
        """A value of the template with its intrinsic functions carried out."""
        if isinstance(value, list):
            return [self.resolved(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref":
                return self._referred(argument)
            if name == "Fn::GetAtt":
                return self._attribute(*argument)
            if name == "Fn::Sub":
                return _PLACE.sub(lambda place: str(self._substituted(place[1])), argument)
            if name == "Fn::If":
                condition, then, otherwise = argument
                return self.resolved(then if self.holds(condition) else otherwise)
        return {name: self.resolved(each) for name, each in value.items()}

    def holds(self, condition: Any) -> bool:
        """Whether a condition of the template, by name or as written, is true."""
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        name, argument = next(iter(condition.items()))
        match name:
            case "Fn::Not":
                return not self.holds(argument[0])
            case "Fn::Equals":
                return bool(self.resolved(argument[0]) == self.resolved(argument[1]))
            case "Condition":
                return self.holds(argument)
            case "Fn::And":
                return all(self.holds(each) for each in argument)
            case "Fn::Or":
                return any(self.holds(each) for each in argument)
        raise LookupError(f"condition {name}")

    def _referred(self, name: str) -> Any:
        if name in self._pseudo:
            return self._pseudo[name]
        return self._parameters[name] if name in self._parameters else self.reference(name)

    def _attribute(self, logical_id: str, name: str) -> str:
        if name == "QueueName":
            return self.queue_name(logical_id)
        return self.arn(logical_id)

    def _substituted(self, place: str) -> Any:
        logical_id, dot, attribute = place.partition(".")
        return self._attribute(logical_id, attribute) if dot else self._referred(place)

    # Functions -------------------------------------------------------------------------------------------

    def environment(self, function: str) -> dict[str, str]:
        """The environment variables of a function: those of all, then its own."""
        everyone = self.template["Globals"]["Function"]["Environment"]["Variables"]
        own = self.resources[function]["Properties"].get("Environment", {}).get("Variables", {})
        return {name: str(self.resolved(value)) for name, value in {**everyone, **own}.items()}

    def http_routes(self) -> tuple[HttpRoute, ...]:
        return http_routes(self.template)

    def triggers(self) -> Iterator[QueueTrigger]:
        """Which function consumes which queue."""
        for function, properties in self.of_kind(FUNCTION).items():
            for event in properties.get("Events", {}).values():
                if event["Type"] == "SQS":
                    queue = event["Properties"]["Queue"]["Fn::GetAtt"][0]
                    yield QueueTrigger(queue, function, int(event["Properties"].get("BatchSize", 10)))

    def statements(self, function: str) -> list[Json]:
        """The policy statements of a function's own role."""
        policies = self.resources[function]["Properties"].get("Policies", [])
        return [self.resolved(each) for policy in policies for each in policy["Statement"]]

    def may(self, function: str, action: str, resource: str) -> bool:
        """Whether the function's role allows an action on a resource."""
        return any(
            any(fnmatchcase(action, each) for each in _listed(statement["Action"]))
            and any(fnmatchcase(resource, each) for each in _listed(statement["Resource"]))
            for statement in self.statements(function)
            if statement["Effect"] == "Allow"
        )

    def definition(self, machine: str = "OrderStateMachine") -> Json:
        """A state machine with the template's substitutions in it."""
        properties = self.of_kind(MACHINE)[machine]
        text = (ROOT / properties["DefinitionUri"]).read_text(encoding="utf-8")
        given = self.resolved(properties["DefinitionSubstitutions"])
        definition: Json = json.loads(_PLACE.sub(lambda place: given[place[1]], text))
        return definition

    # Deploying -------------------------------------------------------------------------------------------

    def deploy(self, secrets: Mapping[str, Mapping[str, Any]]) -> None:
        """Create everything under the mock that is active; `secrets` maps logical ids to their values."""
        self._create_tables()
        self._create_queues()
        manager = boto3.client("secretsmanager", region_name=REGION)
        for logical_id in self.of_kind(SECRET):
            created = manager.create_secret(Name=f"{self.stack}-{logical_id}")
            manager.put_secret_value(SecretId=created["ARN"], SecretString=json.dumps(secrets[logical_id]))
        workflows = boto3.client("stepfunctions", region_name=REGION)
        for logical_id in self.of_kind(MACHINE):
            workflows.create_state_machine(
                name=self.arn(logical_id).rpartition(":")[2],
                definition=json.dumps(self.definition(logical_id)),
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/workflow",
                type="STANDARD",
            )

    def _create_tables(self) -> None:
        client = boto3.client("dynamodb", region_name=REGION)
        kept = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
        for logical_id, properties in self.of_kind(TABLE).items():
            asked = {name: properties[name] for name in kept if name in properties}
            client.create_table(TableName=self.reference(logical_id), **asked)

    def _create_queues(self) -> None:
        client = boto3.client("sqs", region_name=REGION)
        queues = self.of_kind(QUEUE)
        for logical_id in sorted(queues, key=lambda each: "RedrivePolicy" in queues[each]):
            properties = self.resolved(queues[logical_id])
            attributes = {
                name: json.dumps(value) if isinstance(value, dict) else str(value).lower()
                for name, value in properties.items()
                if name not in {"DeduplicationScope", "FifoThroughputLimit", "RedrivePolicy"}
            }
            for name in ("DeduplicationScope", "FifoThroughputLimit"):
                if name in properties:
                    attributes[name] = properties[name]
            if "RedrivePolicy" in properties:
                attributes["RedrivePolicy"] = json.dumps(properties["RedrivePolicy"])
            client.create_queue(QueueName=self.queue_name(logical_id), Attributes=attributes)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
