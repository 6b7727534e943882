"""The transformed template shows cfn-lint a circle that the template itself hides."""

import json
import subprocess
import sys
from pathlib import Path

from dev.local.settings import ROOT
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


def lint(template: Json, folder: Path) -> subprocess.CompletedProcess[str]:
    path = folder / "transformed.json"
    path.write_text(json.dumps(transformed(template)), encoding="utf-8")
    return subprocess.run(
        [sys.executable, "-m", "cfnlint", str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_function_that_starts_the_machine_that_invokes_it_is_found(tmp_path: Path) -> None:
    found = lint(machine_and_function({"Ref": "Order"}), tmp_path)

    assert found.returncode != 0
    assert "E3004" in found.stdout


def test_the_same_with_a_name_instead_of_a_reference_passes(tmp_path: Path) -> None:
    found = lint(machine_and_function({"Fn::Sub": "${AWS::StackName}-order"}), tmp_path)

    assert (found.returncode, found.stdout) == (0, "")
