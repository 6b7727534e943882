"""Reading a template: short tags, resources, routes."""

from pathlib import Path

from dev.local.template import HttpRoute, http_routes, read_template, resources_of

TEMPLATE = """
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Condition: Always
  Door:
    Type: AWS::Serverless::Function
    Properties:
      Layers: [!Ref Layer]
      Policies: !If [Always, !GetAtt Queue.Arn, !Sub "${Queue}"]
      Events:
        Confirm: {Type: HttpApi, Properties: {Method: get, Path: "/pay/{key}/confirm"}}
        Cancel: {Type: HttpApi, Properties: {Method: get, Path: "/pay/{key}/cancel"}}
  Work:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}
  Sweeper:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Minute: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute)}}
"""


def written(folder: Path) -> Path:
    path = folder / "template.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def test_short_tags_are_read_as_their_long_forms(tmp_path: Path) -> None:
    template = read_template(written(tmp_path))

    door = dict(resources_of(template, "AWS::Serverless::Function"))["Door"]
    assert door["Layers"] == [{"Ref": "Layer"}]
    assert door["Policies"] == {
        "Fn::If": ["Always", {"Fn::GetAtt": ["Queue", "Arn"]}, {"Fn::Sub": "${Queue}"}]
    }


def test_routes_are_read_with_the_function_behind_them(tmp_path: Path) -> None:
    assert http_routes(read_template(written(tmp_path))) == (
        HttpRoute("GET", "/pay/{key}/confirm", "Door"),
        HttpRoute("GET", "/pay/{key}/cancel", "Door"),
    )
