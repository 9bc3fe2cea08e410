# Copyright: Contributors to the unity_jumpcloud.scim collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks requests and answers of published JumpCloud operations against their OpenAPI files."""

from __future__ import annotations

import functools
import json
import re
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from .wire import Request, Response

CONTRACTS = Path(__file__).resolve().parent.parent / "contracts"
PUBLISHED = (("jumpcloud_console.openapi.json", ""), ("jumpcloud_provider.openapi.json", ""), ("jumpcloud_insights.openapi.json", "/insights/directory"))
"""Files and the base path of their servers."""
METHODS = ("get", "post", "put", "patch", "delete")
MAX_ERRORS = 5
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None


class Operation:
    def __init__(self, method: str, template: str, parameters: list[dict[str, Any]], contract: dict[str, Any]) -> None:
        self.name = f"{method} {template}"
        self.method = method
        self.path = _path(template)
        self.scopes: tuple[str, ...] = tuple(contract.get("x-scopes", ()))
        self._query = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
        self._body = _validator(_json_schema(contract.get("requestBody")))
        self._body_required = contract.get("requestBody", {}).get("required", False)
        self._answers = {status: _validator(_json_schema(answer)) for status, answer in contract["responses"].items()}

    def request_errors(self, request: Request) -> list[str]:
        errors = []
        for name, values in request.query.items():
            if name not in self._query:
                errors.append(f"query parameter {name} is not documented")
                continue
            value, problem = _parsed(self._query[name], values)
            if problem:
                errors.append(f"query parameter {name}: {problem}")
            else:
                errors += [f"query parameter {name}: {found}" for found in _errors(_validator(self._query[name]["schema"]), value)]
        for name, parameter in self._query.items():
            if parameter.get("required") and name not in request.query:
                errors.append(f"query parameter {name} is required")
        return errors + self._body_errors(request)

    def _body_errors(self, request: Request) -> list[str]:
        if self._body is None:
            return ["a body is not documented"] if request.body else []
        if not request.body:
            return ["a body is required"] if self._body_required else []
        if not request.headers.get("content-type", "").startswith("application/json"):
            return ["the body's media type is not application/json"]
        try:
            return [f"body: {found}" for found in _errors(self._body, json.loads(request.body))]
        except ValueError:
            return ["the body is not JSON"]

    def response_errors(self, request: Request, response: Response) -> list[str]:
        """An undocumented error status is tolerated: the vendor documents most of them in prose only."""
        chosen_fields = "fields" in request.query or b'"fields"' in request.body
        status = str(response.status)
        if status not in self._answers and "default" not in self._answers:
            return [] if response.status >= 400 else [f"status {status} is not documented"]
        validator = self._answers.get(status, self._answers.get("default"))
        if validator is None:
            return ["a body is not documented"] if response.body is not None else []
        return [f"body: {found}" for found in _errors(validator, response.body, partial=chosen_fields)]


class Contracts:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._violations: list[dict[str, Any]] = []
        self._operations = [operation for name, base in PUBLISHED for operation in _operations(CONTRACTS / name, base)]

    def operation(self, request: Request) -> Operation | None:
        for operation in self._operations:
            if operation.method == request.method and operation.path.match(request.path):
                return operation
        return None

    def record(self, operation: Operation, side: str, errors: list[str]) -> None:
        with self._lock:
            self._violations += [{"operation": operation.name, "side": side, "message": error} for error in errors]

    def violations(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._violations)

    def clear(self) -> None:
        with self._lock:
            self._violations.clear()


@functools.cache
def _known_scopes() -> tuple[tuple[str, re.Pattern[str], tuple[str, ...]], ...]:
    published = [operation for name, base in PUBLISHED for operation in _operations(CONTRACTS / name, base)]
    assumed = yaml.safe_load((CONTRACTS / "assumed_scopes.yml").read_text(encoding="utf-8"))
    named = [(*operation.split(" "), tuple(scopes)) for operation, scopes in assumed.items()]
    return tuple((one.method, one.path, one.scopes) for one in published) + tuple((method, _path(template), scopes) for method, template, scopes in named)


def scopes_of(request: Request) -> tuple[str, ...]:
    """The scopes of which a service account needs one for this, published or assumed; none where none is known."""
    return next((scopes for method, path, scopes in _known_scopes() if method == request.method and path.match(request.path)), ())


def _path(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", template) + r"/?\Z")


def _operations(path: Path, base: str) -> list[Operation]:
    with open(path, encoding="utf-8") as stream:
        document = json.load(stream)
    made = []
    for template, raw_item in document["paths"].items():
        item = _resolved(raw_item, document)
        for method in METHODS:
            if method in item:
                parameters = item.get("parameters", []) + item[method].get("parameters", [])
                made.append(Operation(method.upper(), base + template, parameters, item[method]))
    return made


def _resolved(node: Any, document: dict[str, Any]) -> Any:
    """The same node with every reference replaced by what it points to (the documents have no cycles)."""
    if isinstance(node, list):
        return [_resolved(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return _resolved(target, document)
    return {name: _loosened(name, _resolved(item, document)) for name, item in node.items()}


def _loosened(name: str, schema: Any) -> Any:
    """The document types search_after's items as objects, yet the service gives and takes a timestamp and an id there."""
    return {"type": "array"} if name == "search_after" else schema


def _json_schema(holder: dict[str, Any] | None) -> dict[str, Any] | None:
    schema: dict[str, Any] | None = (holder or {}).get("content", {}).get("application/json", {}).get("schema")
    return schema


def _validator(schema: dict[str, Any] | None) -> Draft202012Validator | None:
    return None if schema is None else Draft202012Validator(schema, format_checker=_FORMATS)


def _errors(validator: Draft202012Validator | None, value: Any, partial: bool = False) -> list[str]:
    """Where it is wrong and by which keyword; never the value, which may be a secret. A partial value may lack fields."""
    if validator is None:
        return []
    found = [error for error in validator.iter_errors(value) if not (partial and error.validator == "required")][:MAX_ERRORS]
    return [f"{error.json_path} does not satisfy {error.validator}: {json.dumps(error.validator_value)[:120]}" for error in found]


def _parsed(parameter: dict[str, Any], values: list[str]) -> tuple[Any, str]:
    kind = parameter["schema"].get("type")
    if kind == "array":
        return [part for value in values for part in value.split(",")], ""
    if len(values) > 1:
        return None, "is sent more than once"
    if kind == "integer":
        try:
            return int(values[0]), ""
        except ValueError:
            return None, "is not an integer"
    return values[0], ""
