"""The transformed template shows cfn-lint a circle that the template itself hides."""

import json

from cfnlint.api import lint

from dev.local.processes import REGION
from dev.local.template import Json
from dev.transformed import transformed


def machine_and_function(machine_reference: Json) -> Json:
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Step": {
                "Type": "AWS::Serverless::Function",
                "Properties": {
                    "Runtime": "python3.13",
                    "Handler": "handler.handler",
                    "CodeUri": "functions/step",
                    "Environment": {"Variables": {"MACHINE": machine_reference}},
                },
            },
            "Order": {
                "Type": "AWS::Serverless::StateMachine",
                "Properties": {
                    "DefinitionUri": "order.asl.json",
                    "DefinitionSubstitutions": {"StepArn": {"Fn::GetAtt": ["Step", "Arn"]}},
                    "Policies": [{"LambdaInvokePolicy": {"FunctionName": {"Ref": "Step"}}}],
                },
            },
        },
    }


def rules_broken(template: Json) -> list[str]:
    return [match.rule.id for match in lint(json.dumps(transformed(template)), regions=[REGION])]


def test_a_function_that_starts_the_machine_that_invokes_it_is_found() -> None:
    assert "E3004" in rules_broken(machine_and_function({"Ref": "Order"}))


def test_the_same_with_a_name_instead_of_a_reference_passes() -> None:
    assert rules_broken(machine_and_function({"Fn::Sub": "${AWS::StackName}-order"})) == []
