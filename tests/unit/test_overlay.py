"""The run overlay: what it changes in a built template, and what it leaves alone."""

import json
from copy import deepcopy
from pathlib import Path

import pytest

from dev.local.overlay import (
    API_ID,
    FunctionRuntime,
    Overlay,
    OverlayError,
    overlay,
    parameter_values,
    with_literal_timeouts,
)
from dev.local.template import Json

BUILD = Path("/builds/1")
RUNTIME = FunctionRuntime(python=Path("/venv/python"), client=Path("/run/client"), logs=Path("/run/my logs"))
DEFINITION = {
    "StartAt": "AwaitDecision",
    "States": {
        "AwaitDecision": {
            "Type": "Task",
            "TimeoutSecondsPath": "$.timers.quoteValiditySeconds",
            "Next": "Pause",
        },
        "Pause": {"Type": "Wait", "SecondsPath": "$.timers.graceSeconds", "Next": "Each"},
        "Each": {
            "Type": "Map",
            "ItemProcessor": {"States": {"Pay": {"TimeoutSecondsPath": "$.timers['paymentWindowSeconds']"}}},
        },
        "Close": {"Type": "Task", "TimeoutSeconds": 30},
    },
}


def built() -> Json:
    return {
        "Parameters": {
            "Architecture": {"Type": "String", "Default": "arm64"},
            "QuoteValiditySeconds": {"Type": "Number", "Default": 86400},
            "PaymentWindowSeconds": {"Type": "Number", "Default": 1200},
        },
        "Globals": {
            "Function": {
                "Runtime": "python3.13",
                "Timeout": 10,
                "Layers": [{"Ref": "SharedLayer"}],
                "Environment": {"Variables": {"LEDGER": {"Ref": "Ledger"}}},
            }
        },
        "Resources": {
            "SharedLayer": {
                "Type": "AWS::Serverless::LayerVersion",
                "Properties": {"ContentUri": "SharedLayer"},
            },
            "PillowLayer": {"Type": "AWS::Serverless::LayerVersion", "Properties": {"ContentUri": "Pillow"}},
            "Api": {"Type": "AWS::Serverless::HttpApi", "Properties": {"FailOnWarnings": True}},
            "Ledger": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST"}},
            "Door": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "CodeUri": "Door",
                    "Handler": "handler.handler",
                    "Layers": [{"Ref": "PillowLayer"}],
                    "SnapStart": {"ApplyOn": "PublishedVersions"},
                    "AutoPublishAlias": "live",
                    "Events": {
                        "Webhook": {
                            "Type": "HttpApi",
                            "Properties": {
                                "ApiId": {"Ref": "Api"},
                                "Method": "post",
                                "Path": "/line/webhook",
                            },
                        },
                        "Queue": {"Type": "SQS", "Properties": {"Queue": "arn"}},
                    },
                },
                "Metadata": {"SamResourceId": "Door"},
            },
            "Order": {
                "Type": "AWS::Serverless::StateMachine",
                "Properties": {"DefinitionUri": "../../infra/order.asl.json", "Type": "STANDARD"},
            },
            "Dashboard": {
                "Type": "AWS::CloudWatch::Dashboard",
                "Properties": {
                    "DashboardBody": {
                        "Fn::Transform": {
                            "Name": "AWS::Include",
                            "Parameters": {"Location": "../../infra/dash.json"},
                        }
                    }
                },
            },
        },
        "Outputs": {"Layer": {"Value": {"Ref": "SharedLayer"}}, "Url": {"Value": {"Ref": "Api"}}},
    }


def read_definition(path: Path) -> str:
    assert path == BUILD / "../../infra/order.asl.json"
    return json.dumps(DEFINITION)


def overlaid(template: Json | None = None, **parameters: str) -> Overlay:
    return overlay(
        template or built(),
        build_folder=BUILD,
        runtime=RUNTIME,
        parameters=parameters,
        read=read_definition,
    )


def test_a_function_runs_lambdas_own_runtime_client_on_the_built_code_and_layers() -> None:
    made = overlaid()

    door = made.template["Resources"]["Door"]
    assert door == {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": "functions/Door",
            "Handler": "bootstrap",
            "Runtime": "provided.al2023",
            "Events": {"Queue": {"Type": "SQS", "Properties": {"Queue": "arn"}}},
        },
    }
    bootstrap = next(file for file in made.files if file.path == "functions/Door/bootstrap")
    assert bootstrap.executable
    assert bootstrap.text == (
        "#!/bin/sh\n"
        "export LAMBDA_TASK_ROOT=/builds/1/Door\n"
        "export PYTHONPATH=/builds/1/Door:/builds/1/SharedLayer/python:/builds/1/Pillow/python:/run/client\n"
        "export _HANDLER=handler.handler\n"
        "export AWS_EXECUTION_ENV=AWS_Lambda_python3.13 TZ=UTC PYTHONUNBUFFERED=1\n"
        "export AWS_SDK_UA_APP_ID=Door-$$\n"
        'cd "$LAMBDA_TASK_ROOT" || exit 1\n'
        "exec /venv/python -S -m awslambdaric handler.handler >>'/run/my logs/Door.log' 2>&1\n"
    )


def test_what_is_shared_by_all_functions_stays_but_for_runtime_and_layers() -> None:
    assert overlaid().template["Globals"] == {
        "Function": {"Timeout": 10, "Environment": {"Variables": {"LEDGER": {"Ref": "Ledger"}}}}
    }


def test_layers_and_the_outputs_that_name_them_are_gone() -> None:
    template = overlaid().template

    assert "SharedLayer" not in template["Resources"]
    assert "PillowLayer" not in template["Resources"]
    assert template["Outputs"] == {"Url": {"Value": {"Ref": "Api"}}}


def test_a_route_becomes_integration_route_and_permission_of_a_pinned_api() -> None:
    resources = overlaid().template["Resources"]

    assert {name: resource for name, resource in resources.items() if "Api" in name or "Webhook" in name} == {
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "Api", "ProtocolType": "HTTP", "Tags": {"ms-custom-id": API_ID}},
        },
        "ApiApiGatewayDefaultStage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True},
        },
        "DoorWebhookIntegration": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": {"Fn::GetAtt": ["Door", "Arn"]},
                "PayloadFormatVersion": "2.0",
            },
        },
        "DoorWebhookRoute": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {
                "ApiId": {"Ref": "Api"},
                "RouteKey": "POST /line/webhook",
                "Target": {"Fn::Sub": "integrations/${DoorWebhookIntegration}"},
            },
        },
        "DoorWebhookPermission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": {"Ref": "Door"},
                "Principal": "apigateway.amazonaws.com",
            },
        },
    }


def test_a_template_without_an_api_of_its_own_gets_the_one_that_sam_would_make() -> None:
    template = built()
    del template["Resources"]["Api"]

    resources = overlaid(template).template["Resources"]

    assert resources["ServerlessHttpApi"]["Type"] == "AWS::ApiGatewayV2::Api"
    assert resources["DoorWebhookRoute"]["Properties"]["ApiId"] == {"Ref": "ServerlessHttpApi"}


def test_each_timeout_path_becomes_the_value_of_the_parameter_of_that_name_in_this_run() -> None:
    made = overlaid(QuoteValiditySeconds="5")

    assert made.template["Resources"]["Order"]["Properties"] == {
        "DefinitionUri": "statemachines/Order.asl.json",
        "Type": "STANDARD",
    }
    written = next(file for file in made.files if file.path == "statemachines/Order.asl.json")
    expected = deepcopy(DEFINITION)
    expected["States"]["AwaitDecision"] = {"Type": "Task", "TimeoutSeconds": 5, "Next": "Pause"}  # type: ignore[index]
    expected["States"]["Each"]["ItemProcessor"] = {"States": {"Pay": {"TimeoutSeconds": 1200}}}  # type: ignore[index]
    assert json.loads(written.text) == expected


def test_an_included_file_is_found_from_the_overlays_own_folder() -> None:
    body = overlaid().template["Resources"]["Dashboard"]["Properties"]["DashboardBody"]

    assert body["Fn::Transform"]["Parameters"]["Location"] == "/infra/dash.json"


def test_the_built_template_is_not_changed() -> None:
    template = built()

    overlaid(template)

    assert template == built()


def test_a_parameter_chosen_for_the_run_goes_before_the_templates_default() -> None:
    values = parameter_values(built(), {"Architecture": "x86_64"})

    assert values == {
        "Architecture": "x86_64",
        "QuoteValiditySeconds": "86400",
        "PaymentWindowSeconds": "1200",
    }


def test_a_parameter_that_the_template_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(OverlayError, match="has no parameter LinePayBaseUrl"):
        parameter_values(built(), {"LinePayBaseUrl": "http://127.0.0.1:1"})


def test_a_timeout_without_a_parameter_of_its_name_is_refused() -> None:
    with pytest.raises(OverlayError, match="no parameter PatienceSeconds in whole seconds"):
        with_literal_timeouts({"TimeoutSecondsPath": "$.timers.patienceSeconds"}, {"Patience": "1"})


@pytest.mark.parametrize(
    ("reminder", "validity", "step"),
    [(72_000, 86_400, 14_400), (20, 30, 10), (12, 20, 4), (10, 10, 10), (72_000, 12, 12), (20, 31, 2)],
)
def test_the_wait_for_a_decision_goes_in_steps_that_meet_its_reminder_and_its_end(
    reminder: int, validity: int, step: int
) -> None:
    values = {"QuoteReminderSeconds": str(reminder), "QuoteValiditySeconds": str(validity)}
    made = with_literal_timeouts({"TimeoutSecondsPath": "$.decision.waitSeconds"}, values)
    assert made == {"TimeoutSeconds": step}


def test_a_layer_from_elsewhere_is_refused() -> None:
    template = built()
    template["Globals"]["Function"]["Layers"] = ["arn:aws:lambda:us-east-1:1:layer:other:1"]

    with pytest.raises(OverlayError, match="Door: only layers of this template run locally"):
        overlaid(template)


def test_an_authorizer_is_refused_because_the_local_run_would_not_ask_it() -> None:
    template = built()
    template["Resources"]["Door"]["Properties"]["Events"]["Webhook"]["Properties"]["Auth"] = {
        "Authorizer": "a"
    }

    with pytest.raises(OverlayError, match=r"Door\.Webhook: the local run cannot honour Auth"):
        overlaid(template)


def test_two_apis_are_refused_because_one_port_serves_one() -> None:
    template = built()
    template["Resources"]["Second"] = {"Type": "AWS::Serverless::HttpApi"}

    with pytest.raises(OverlayError, match="serves one HTTP API, but the template has Api, Second"):
        overlaid(template)
