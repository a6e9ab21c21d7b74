"""The JSON schema of rule files, made from the typed models: completion and help in any editor that knows YAML."""

from __future__ import annotations

from typing import Any, Union

from pydantic import TypeAdapter

from rules.engine.kind import kinds


def rule_schema() -> dict[str, Any]:
    """One schema with a branch for each kind, told apart by ``kind``."""
    models = tuple(kind.model for kind in kinds().values())
    union: Any = Union[models]  # noqa: UP007 (the members are known only at run time)
    schema = TypeAdapter(union).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "callsift rule", **schema}
