"""Functions as Lambda runs them: each with an environment, a composition root and warm state of its own."""

import importlib.util
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from types import ModuleType
from typing import Any, Final

from aws_lambda_powertools.utilities import parameters

import storefront
from dev.local.settings import ROOT
from storefront import bootstrap, observability, queue_consumer

WARM: Final = (observability, queue_consumer, bootstrap)
"""Modules that keep what they made, or join others that do; each is executed after those that it imports."""


@dataclass(frozen=True)
class LambdaContext:
    """What Lambda hands to a handler beside the event."""

    function_name: str
    invoked_function_arn: str = "arn:aws:lambda:ap-northeast-1:123456789012:function:any"
    memory_limit_in_mb: int = 512
    aws_request_id: str = "00000000-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        return 20_000


class FunctionProcess:
    """One warm function: its handler, joined to copies of what keeps state that no other function sees."""

    def __init__(self, folder: str, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        with _own_warm_modules():
            handler = _executed(str(ROOT / folder / "handler.py"), f"{folder.replace('/', '.')}.handler")
        self._handler = handler.handler

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> Any:
        """Call the handler with JSON, as Lambda does; gives JSON back."""
        answer = self._handler(json.loads(json.dumps(event)), context)
        return json.loads(json.dumps(answer))


@contextmanager
def environment(variables: Mapping[str, str], others: frozenset[str]) -> Iterator[None]:
    """The process environment with `variables` and without whatever else is in `others`."""
    before = {name: os.environ.pop(name) for name in others if name in os.environ}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]
        os.environ.update(before)


def forget_warm_state() -> None:
    """As after a cold start: nothing that was made on first use is kept, in any module that keeps it."""
    for module in WARM:
        for made in vars(module).values():
            if isinstance(made, _lru_cache_wrapper):
                made.cache_clear()
    parameters.clear_caches()  # type: ignore[no-untyped-call]
    for logger in logging.root.manager.loggerDict.values():
        handler = getattr(logger, "powertools_handler", None)
        if isinstance(logger, logging.Logger) and handler is not None:
            # Powertools keeps the first logger's stream for good; the next one writes where output goes then.
            logger.removeHandler(handler)
            for mark in ("powertools_handler", "init"):
                if hasattr(logger, mark):
                    delattr(logger, mark)


def _executed(path: str, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def _own_warm_modules() -> Iterator[None]:
    """What is imported meanwhile gets fresh copies of the modules that keep state."""
    shared = {module.__name__: module for module in WARM}
    try:
        for name, module in shared.items():
            _put_in_place(name, _executed(str(module.__file__), name))
        yield
    finally:
        for name, module in shared.items():
            _put_in_place(name, module)


def _put_in_place(name: str, module: ModuleType) -> None:
    sys.modules[name] = module
    setattr(storefront, name.rpartition(".")[2], module)
