"""Errors of the pipeline. Each message says what is wrong, with the value, where, and what to do."""

from rules.errors import CallsiftError


class PipelineError(CallsiftError):
    """Anything that keeps one call, model or setting from being used."""


class BadRecording(PipelineError):
    """A recording that cannot be used. ``reason`` is a machine word, the message a sentence for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class BadMetadata(PipelineError):
    """A sidecar, mapping or contact log that cannot be read; the message names file, line or column, and the value."""


class ModelError(PipelineError):
    """A model that is missing, foreign or not what its manifest says."""


class RedactionError(PipelineError):
    """Redaction did not succeed: the call is parked and must not be searchable."""


class BadDataset(PipelineError):
    """A manifest for `callsift eval` that cannot be read; the message names file and line."""
