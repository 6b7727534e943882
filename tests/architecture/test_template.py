"""Properties of the template, as written and as CloudFormation will see it (T8)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from dev.local.context import LocalCredentials
from dev.local.template import Json, read_template
from dev.transformed import transformed
from storefront.queue_consumer import LAST_TRY
from tests.aws.deployment import Deployment

PROJECT: Final = Path(__file__).resolve().parents[2]

# What a role may do on every resource, and why nothing narrower exists.
ANY_RESOURCE: Final[dict[str, str]] = {}

MANAGED: Final = {
    "AWSLambdaBasicExecutionRole": "writes its log; the group's name is AWS's to know before it exists",
    "AWSXrayWriteOnlyAccess": "traces have no resource of their own",
    "AWSXRayDaemonWriteAccess": "traces have no resource of their own",
    "AWSLambdaSQSQueueExecutionRole": "the poller reads the queue of its event source",
}


@pytest.fixture(scope="module")
def plain() -> Json:
    """The template without SAM's short forms."""
    return transformed(read_template(PROJECT / "template.yaml"))


def of_kind(plain: Json, kind: str) -> dict[str, Json]:
    return {
        name: resource.get("Properties", {})
        for name, resource in plain["Resources"].items()
        if resource["Type"] == kind
    }


DEPLOYMENT: Final = Deployment()
FUNCTIONS: Final = DEPLOYMENT.of_kind("AWS::Serverless::Function")
QUEUES: Final = DEPLOYMENT.of_kind("AWS::SQS::Queue")
TABLES: Final = DEPLOYMENT.of_kind("AWS::DynamoDB::Table")
WORK_QUEUES: Final = {trigger.queue for trigger in DEPLOYMENT.triggers()}


def timeout(function: str) -> int:
    everyone = DEPLOYMENT.template["Globals"]["Function"]["Timeout"]
    return int(FUNCTIONS[function].get("Timeout", everyone))


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted_and_its_dead_letters_are_kept_and_watched(queue: str) -> None:
    properties = QUEUES[queue]
    assert properties["SqsManagedSseEnabled"] is True
    if queue in WORK_QUEUES:
        target = properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        assert QUEUES[target].get("FifoQueue", False) == properties.get("FifoQueue", False)
        assert QUEUES[target]["MessageRetentionPeriod"] == 14 * 86_400
    else:
        dead_letters_of = [
            each
            for each in WORK_QUEUES
            if QUEUES[each]["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] == queue
        ]
        assert len(dead_letters_of) == 1
        watched = json.dumps(DEPLOYMENT.of_kind("AWS::CloudWatch::Alarm"))
        assert f'["{queue}", "QueueName"]' in watched


@pytest.mark.parametrize("queue", sorted(WORK_QUEUES))
def test_a_queue_waits_six_times_as_long_as_its_function_and_takes_failures_one_by_one(queue: str) -> None:
    (trigger,) = (each for each in DEPLOYMENT.triggers() if each.queue == queue)
    assert QUEUES[queue]["VisibilityTimeout"] >= 6 * timeout(trigger.function)
    (event,) = (each for each in FUNCTIONS[trigger.function]["Events"].values() if each["Type"] == "SQS")
    assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@pytest.mark.parametrize("queue", sorted(each for each in WORK_QUEUES if QUEUES[each].get("FifoQueue")))
def test_a_fifo_queue_counts_tries_as_its_consumer_does_and_keeps_customers_apart(queue: str) -> None:
    properties = QUEUES[queue]
    assert properties["RedrivePolicy"]["maxReceiveCount"] == LAST_TRY
    assert properties["DeduplicationScope"] == "messageGroup"
    assert properties["FifoThroughputLimit"] == "perMessageGroupId"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_has_an_end_a_size_and_a_log_of_its_own_that_is_not_kept_for_ever(function: str) -> None:
    properties = FUNCTIONS[function]
    everyone = DEPLOYMENT.template["Globals"]["Function"]
    assert 1 <= timeout(function) <= 900
    assert 128 <= {**everyone, **properties}["MemorySize"] <= 1024
    log = properties["LoggingConfig"]["LogGroup"]["Ref"]
    assert DEPLOYMENT.resources[log]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    shared = [name for name, each in FUNCTIONS.items() if each["LoggingConfig"]["LogGroup"]["Ref"] == log]
    assert shared == [function]
    assert "Role" not in properties, "its own role is made for it"


def test_a_door_answers_before_line_loses_its_patience() -> None:
    assert timeout("LineWebhookFunction") <= 10
    assert timeout("LinePayCheckoutFunction") >= 80, (
        "LINE Pay asks for 40 s to confirm, and a look at each end"
    )


@dataclass(frozen=True)
class Grant:
    """One statement of a role."""

    role: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


def grants(plain: Json) -> Iterator[Grant]:
    for role, properties in of_kind(plain, "AWS::IAM::Role").items():
        for policy in properties.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                actions, resources = (
                    statement[part] if isinstance(statement[part], list) else [statement[part]]
                    for part in ("Action", "Resource")
                )
                yield Grant(role, tuple(actions), tuple(json.dumps(each) for each in resources))


def test_no_role_may_do_everything_or_touch_everything(plain: Json) -> None:
    for grant in grants(plain):
        assert not [action for action in grant.actions if "*" in action], grant
        if not set(grant.actions) <= set(ANY_RESOURCE):
            assert '"*"' not in grant.resources, grant


def test_every_function_has_a_role_of_its_own_and_only_known_managed_policies(plain: Json) -> None:
    roles = {
        name: json.dumps(properties["Role"])
        for name, properties in of_kind(plain, "AWS::Lambda::Function").items()
    }
    assert len(set(roles.values())) == len(roles)
    managed = {
        str(arn).rpartition("/")[2].rstrip("'}")
        for properties in of_kind(plain, "AWS::IAM::Role").values()
        for arn in properties.get("ManagedPolicyArns", [])
    }
    assert managed <= set(MANAGED)


def test_each_secret_is_read_by_those_who_need_it(plain: Json) -> None:
    readers: dict[str, set[str]] = {}
    for grant in grants(plain):
        for resource in grant.resources:
            if "secretsmanager:GetSecretValue" in grant.actions:
                readers.setdefault(json.loads(resource)["Ref"], set()).add(
                    grant.role.removesuffix("FunctionRole")
                )
    assert readers["LinePaySecret"] == {"LinePayCheckout", "Reconciliation", "OperatorDesk"}
    assert readers["BackOfficeSecret"] == {"BackofficeEvents"}
    assert readers["OrderSystemSecret"] == {"OrderEvents"}
    assert not {"LinePayReturn", "QuotePage"} & readers["LineSecret"]


def test_only_the_chat_may_start_a_workflow_and_no_door_may_answer_one(plain: Json) -> None:
    def may(action: str) -> set[str]:
        return {grant.role.removesuffix("FunctionRole") for grant in grants(plain) if action in grant.actions}

    assert may("states:StartExecution") == {"InquiryToQuote"}
    assert not may("states:SendTaskSuccess") & {
        "LineWebhook",
        "LinePayReturn",
        "QuotePage",
        "BackofficeEvents",
        "OrderEvents",
    }


@pytest.mark.parametrize("table", TABLES)
def test_a_table_can_be_restored_is_encrypted_with_our_key_and_outlives_the_stack(table: str) -> None:
    properties = TABLES[table]
    assert properties["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert properties["SSESpecification"]["SSEType"] == "KMS"
    assert properties["SSESpecification"]["KMSMasterKeyId"] == {"Ref": "DataKey"}
    assert properties["DeletionProtectionEnabled"] == {"Ref": "ProtectData"}
    assert DEPLOYMENT.template["Parameters"]["ProtectData"]["Default"] == "true"
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    resource = DEPLOYMENT.resources[table]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_the_api_has_throttles_and_its_log_no_path() -> None:
    (api,) = DEPLOYMENT.of_kind("AWS::Serverless::HttpApi").values()
    assert 1 <= api["DefaultRouteSettings"]["ThrottlingRateLimit"] <= 10_000
    assert 1 <= api["DefaultRouteSettings"]["ThrottlingBurstLimit"] <= 5_000
    logged = api["AccessLogSettings"]["Format"]
    assert not [part for part in ("path", "query", "authorizer", "ip", "Ip", "userAgent") if part in logged]


def test_no_secret_stands_in_the_template_or_in_an_environment() -> None:
    text = (PROJECT / "template.yaml").read_text("utf-8")
    for value in vars(LocalCredentials()).values():
        assert str(value) not in text
    assert "SecretString" not in text
    assert "GenerateSecretString" not in text
    for function in FUNCTIONS:
        for name, value in DEPLOYMENT.environment(function).items():
            assert not any(word in name for word in ("TOKEN", "PASSWORD", "KEY"))
            if "SECRET" in name:
                assert name.endswith("_SECRET_NAME")
                assert value.startswith("arn:aws:secretsmanager:")


def test_every_setting_that_a_function_is_given_is_a_parameter_a_resource_or_a_name() -> None:
    for function in FUNCTIONS:
        names = set(DEPLOYMENT.environment(function))
        assert {"POWERTOOLS_SERVICE_NAME", "LEDGER_TABLE", "PERSONAL_TABLE", "CATALOGUE_TABLE"} <= names
    services = [DEPLOYMENT.environment(function)["POWERTOOLS_SERVICE_NAME"] for function in FUNCTIONS]
    assert services == [str(each["CodeUri"]).removeprefix("functions/") for each in FUNCTIONS.values()]


def test_the_rule_on_dead_workflows_hears_every_bad_end() -> None:
    (rule,) = (
        event["Properties"]["Pattern"]
        for event in FUNCTIONS["SweeperFunction"]["Events"].values()
        if event["Type"] == "EventBridgeRule"
    )
    assert set(rule["detail"]["status"]) == {"FAILED", "TIMED_OUT", "ABORTED"}
    heard = DEPLOYMENT.resolved(rule["detail"]["stateMachineArn"])
    machines = DEPLOYMENT.of_kind("AWS::Serverless::StateMachine")
    assert set(heard) == {DEPLOYMENT.arn(machine) for machine in machines}


def test_every_workflow_has_an_alarm_a_trace_and_a_role_that_may_invoke_its_tasks_only(plain: Json) -> None:
    watched = json.dumps(DEPLOYMENT.of_kind("AWS::CloudWatch::Alarm"))
    for machine, properties in DEPLOYMENT.of_kind("AWS::Serverless::StateMachine").items():
        assert f'{{"Name": "StateMachineArn", "Value": {{"Ref": "{machine}"}}}}' in watched
        assert properties["Tracing"] == {"Enabled": True}
        granted = [grant for grant in grants(plain) if grant.role == f"{machine}Role"]
        invoked = {resource for grant in granted for resource in grant.resources}
        assert {action for grant in granted for action in grant.actions} == {"lambda:InvokeFunction"}
        assert invoked == {json.dumps(arn) for arn in properties["DefinitionSubstitutions"].values()}


def test_nothing_goes_in_circles(plain: Json, tmp_path: Path) -> None:
    file = tmp_path / "plain.json"
    file.write_text(json.dumps(plain), encoding="utf-8")
    assert "E3004" not in circles(file)


def test_a_circle_would_be_seen(plain: Json, tmp_path: Path) -> None:
    turning: Any = json.loads(json.dumps(plain))
    turning["Resources"]["LedgerTable"]["DependsOn"] = "PersonalTable"
    turning["Resources"]["PersonalTable"]["DependsOn"] = "LedgerTable"
    file = tmp_path / "turning.json"
    file.write_text(json.dumps(turning), encoding="utf-8")
    assert "E3004" in circles(file)


def circles(file: Path) -> str:
    done = subprocess.run(  # noqa: S603 - a tool of the project
        [str(Path(sys.executable).with_name("cfn-lint")), "--format", "parseable", str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert not done.stderr
    return done.stdout
